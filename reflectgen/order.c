// SPDX-License-Identifier: MIT
//
// GO_ORDER: from a specification to typed functions.
//
// The grammar and its meaning are those of libgo/order.h. Each term becomes a
// function that compares two objects, which the compiler inlines into one that
// compares by all of them and into the sort.

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reflectgen/model.h"

enum { MOST_HOPS = 6 };

struct order_term {
	const char *path;             // behind the object: "->home.zip"
	const char *hops[MOST_HOPS];  // the pointers on its way, likewise
	size_t n_hops;
	const struct type *type;  // of what is compared
	const char *len;          // path to a text's length; NULL
	bool is_len_signed;
	bool is_down, is_folded, is_natural, is_null_last;
};

struct parser {
	const struct order *order;
	const char *p;  // what is read next
	struct order_term *term;
	const char *text_only;  // the first ^ or ~ of the term, or NULL
	// Where the path has come to.
	const struct type *type;  // without typedefs
	const struct type *owner;
	const struct field *field;  // the member that this is, or NULL
	const char *stem;           // the path without its last name
	bool is_in_union;
};

// ---- complaints -------------------------------------------------------------

// place_in finds where a byte of the specification stands in the header.
static struct place
place_in(const struct order *o, const char *p)
{
	const char *text = file_text(o->at.file), *quote, *s;
	struct place at = o->at;

	if (text == NULL || strlen(text) < at.offset)
		return at;
	quote = strchr(text + at.offset, '"');
	if (quote == NULL || strncmp(quote + 1, o->spec, strlen(o->spec)) != 0)
		return at;
	for (s = text + at.offset; s < quote + 1 + (p - o->spec); s++) {
		at.column++;
		if (*s == '\n') {
			at.line++;
			at.column = 1;
		}
	}
	return at;
}

PRINTF(3, 4)
static bool
bad(const struct parser *s, const char *p, const char *format, ...)
{
	struct place at = place_in(s->order, p);
	char what[256];
	va_list list;

	va_start(list, format);
	vsnprintf(what, sizeof(what), format, list);
	va_end(list);
	complain(&at, NULL, "GO_ORDER: %s (column %zu of \"%s\")", what,
		 (size_t)(p - s->order->spec) + 1, s->order->spec);
	return false;
}

static bool
unexpected(const struct parser *s, const char *want)
{
	if (*s->p == '\0' || *s->p == ',')
		return bad(s, s->p, "%s is missing", want);
	return bad(s, s->p, "unexpected \"%c\", want %s", *s->p, want);
}

static const char *
name_of(const struct type *t)
{
	const struct use use = {.type = (struct type *)t};

	return spell_name(&use, "");
}

// ---- paths ------------------------------------------------------------------

static void
skip_blanks(struct parser *s)
{
	s->p += strspn(s->p, " \t\n");
}

static bool
is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 128;
}

// follow goes through pointers to the record that a name is looked up in.
static bool
follow(struct parser *s, const char *name)
{
	struct order_term *term = s->term;

	while (s->type->kind == KIND_POINTER) {
		if (s->is_in_union)
			return bad(s, name, "a pointer in a union may be none");
		if (term->n_hops == MOST_HOPS)
			return bad(s, name, "more than %d pointers to follow",
				   MOST_HOPS);
		term->hops[term->n_hops++] = term->path;
		s->type = bare(s->type->link.type);
		if (s->type->kind == KIND_POINTER)
			term->path = keep_format("[0]%s", term->path);
	}
	if (!is_record(s->type))
		return bad(s, name, "%s has no fields", name_of(s->type));
	return true;
}

// passes_union tells whether a member found in t lies in a union.
static bool
passes_union(const struct type *t, const struct field *f)
{
	const struct type *inner;
	size_t i;

	if (t->kind == KIND_UNION)
		return true;
	for (i = 0; i < t->n_fields; i++) {
		if (&t->fields[i] == f)
			return false;
		inner = bare(t->fields[i].use.type);
		if (t->fields[i].name[0] == '\0' && is_record(inner) &&
		    f >= inner->fields && f < inner->fields + inner->n_fields)
			return inner->kind == KIND_UNION;
	}
	return false;
}

static bool
take_name(struct parser *s)
{
	const char *name = s->p;
	const struct field *f;
	bool is_pointer = s->field == NULL || s->type->kind == KIND_POINTER;
	uint64_t base = 0;
	size_t n;

	while (is_name(*s->p))
		s->p++;
	n = (size_t)(s->p - name);
	if (n == 0)
		return unexpected(s, "a field");
	is_pointer = s->term->path[0] == '\0' || s->type->kind == KIND_POINTER;
	if (!follow(s, name))
		return false;
	f = find_field(s->type, name, n, &base);
	if (f == NULL)
		return bad(s, name, "%s has no field \"%.*s\"",
			   name_of(s->type), (int)n, name);
	s->is_in_union |= passes_union(s->type, f);
	s->stem = keep_format("%s%s", s->term->path, is_pointer ? "->" : ".");
	s->term->path = keep_format("%s%s", s->stem, f->name);
	s->field = f;
	s->type = bare(f->use.type);
	return true;
}

static bool
take_index(struct parser *s)
{
	const char *start = ++s->p;
	uint64_t i = 0;

	for (; isdigit((unsigned char)*s->p); s->p++)
		if (__builtin_mul_overflow(i, 10, &i) ||
		    __builtin_add_overflow(i, (uint64_t)(*s->p - '0'), &i))
			return bad(s, start, "index too large");
	if (s->p == start)
		return unexpected(s, "an index");
	if (*s->p != ']')
		return unexpected(s, "\"]\"");
	if (s->type->kind != KIND_ARRAY && s->type->kind != KIND_VECTOR)
		return bad(s, start, "%s is no array", name_of(s->type));
	if (i >= s->type->count)
		return bad(s, start, "%s has no element %" PRIu64,
			   name_of(s->type), i);
	s->p++;
	s->type = bare(s->type->link.type);
	s->term->path = keep_format("%s[%" PRIu64 "]", s->term->path, i);
	s->field = NULL;
	return true;
}

static bool
take_path(struct parser *s)
{
	bool ok = take_name(s);

	while (ok && (*s->p == '.' || *s->p == '[')) {
		if (*s->p == '[') {
			ok = take_index(s);
		} else {
			s->p++;
			ok = take_name(s);
		}
	}
	return ok;
}

// ---- terms ------------------------------------------------------------------

static bool
is_text(const struct type *t)
{
	return (t->kind == KIND_ARRAY || t->kind == KIND_POINTER) &&
	       bare(t->link.type)->is_char;
}

static bool
is_number(const struct type *t)
{
	return is_integer(t) || t->kind == KIND_FLOAT;
}

static bool
finish_term(struct parser *s, const char *path)
{
	struct order_term *term = s->term;
	const struct field *len;
	bool is_good = is_number(s->type);

	if (is_text(s->type)) {
		is_good = s->type->kind == KIND_ARRAY || !s->is_in_union;
		len = s->field == NULL ? NULL : s->field->len_field;
		if (len != NULL && s->type->kind == KIND_POINTER) {
			term->len = keep_format("%s%s", s->stem, len->name);
			term->is_len_signed = bare(len->use.type)->is_signed;
		}
	}
	if (!is_good)
		return bad(s, path, "%s%s has no order", name_of(s->type),
			   s->is_in_union ? " in a union" : "");
	if (s->text_only != NULL && !is_text(s->type))
		return bad(s, s->text_only, "\"%c\" is for text, not for %s",
			   *s->text_only, name_of(s->type));
	term->type = s->type;
	return true;
}

static bool
take_prefixes(struct parser *s)
{
	static const char marks[] = "-^~?";
	struct order_term *t = s->term;
	bool *const flag[] = {&t->is_down, &t->is_folded, &t->is_natural,
			      &t->is_null_last};
	const char *mark;

	for (skip_blanks(s); *s->p != '\0'; s->p++, skip_blanks(s)) {
		mark = strchr(marks, *s->p);
		if (mark == NULL)
			break;
		if (*flag[mark - marks])
			return bad(s, s->p, "a second \"%c\"", *mark);
		*flag[mark - marks] = true;
		if (s->text_only == NULL && (*mark == '^' || *mark == '~'))
			s->text_only = s->p;
	}
	return true;
}

static bool
take_term(struct parser *s)
{
	const char *path;

	if (!take_prefixes(s))
		return false;
	path = s->p;
	if (*path == '\0' || *path == ',')
		return bad(s, path, "a term is empty");
	if (!take_path(s) || !finish_term(s, path))
		return false;
	skip_blanks(s);
	if (*s->p != '\0' && *s->p != ',')
		return unexpected(s, "\",\"");
	return true;
}

static void
parse(struct order *o)
{
	const char *next = o->spec;
	struct parser s;

	do {
		o->terms = keep_grow(o->terms, o->n_terms, sizeof(*o->terms));
		s = (struct parser){.order = o, .p = next};
		s.type = bare(o->type);
		s.term = &o->terms[o->n_terms++];
		*s.term = (struct order_term){.path = ""};
		if (!take_term(&s))
			return;
		next = s.p + 1;
	} while (*s.p == ',');
}

void
order_check(struct model *m)
{
	struct order *o;
	size_t i;

	for (i = 0; i < m->n_orders; i++) {
		o = &m->orders[i];
		o->type = find_type(m, o->type_name, strlen(o->type_name));
		if (o->type == NULL || !o->type->is_exported)
			complain(&o->at, "Mark it GO_REFLECT in this header.",
				 "GO_ORDER: no type \"%s\" is reflected here",
				 o->type_name);
		else if (!is_record(bare(o->type)))
			complain(&o->at, NULL,
				 "GO_ORDER: %s is neither struct nor union",
				 o->type_name);
		else
			parse(o);
	}
}

// ---- printing ---------------------------------------------------------------

static const char text_helper[] =
	"// go__text_order compares as unsigned bytes up to a NUL or the end;\n"
	"// fold makes capitals small, natural compares numbers by value.\n"
	"struct go__text {\n"
	"\tconst unsigned char *s, *end;\n"
	"\tbool fold;\n"
	"};\n"
	"\n"
	"static inline unsigned\n"
	"go__text_at(const struct go__text *t)\n"
	"{\n"
	"\tunsigned c = t->s == t->end ? 0 : *t->s;\n"
	"\n"
	"\treturn t->fold && c >= 'A' && c <= 'Z' ? c | 32u : c;\n"
	"}\n"
	"\n"
	"static inline bool\n"
	"go__text_has_digit(const struct go__text *t)\n"
	"{\n"
	"\treturn go__text_at(t) - '0' < 10u;\n"
	"}\n"
	"\n"
	"static inline int\n"
	"go__text_numbers(struct go__text *x, struct go__text *y)\n"
	"{\n"
	"\tint c = 0;\n"
	"\n"
	"\tfor (; go__text_at(x) == '0'; x->s++)\n"
	"\t\t;\n"
	"\tfor (; go__text_at(y) == '0'; y->s++)\n"
	"\t\t;\n"
	"\tfor (; go__text_has_digit(x) && go__text_has_digit(y); "
	"x->s++, y->s++)\n"
	"\t\tif (c == 0)\n"
	"\t\t\tc = (int)go__text_at(x) - (int)go__text_at(y);\n"
	"\tif (go__text_has_digit(x) != go__text_has_digit(y))\n"
	"\t\treturn go__text_has_digit(x) ? 1 : -1;\n"
	"\treturn c;\n"
	"}\n"
	"\n"
	"static inline int\n"
	"go__text_order(struct go__text x, struct go__text y, bool natural)\n"
	"{\n"
	"\tstruct go__text all_x = x, all_y = y;\n"
	"\tint c;\n"
	"\n"
	"\tfor (;;) {\n"
	"\t\tif (natural && go__text_has_digit(&x) && "
	"go__text_has_digit(&y)) {\n"
	"\t\t\tc = go__text_numbers(&x, &y);\n"
	"\t\t\tif (c != 0)\n"
	"\t\t\t\treturn c;\n"
	"\t\t\tcontinue;\n"
	"\t\t}\n"
	"\t\tc = (int)go__text_at(&x) - (int)go__text_at(&y);\n"
	"\t\tif (c != 0)\n"
	"\t\t\treturn c;\n"
	"\t\tif (go__text_at(&x) == 0)\n"
	"\t\t\tbreak;\n"
	"\t\tx.s++;\n"
	"\t\ty.s++;\n"
	"\t}\n"
	"\t// Equal but for zeros before a number, if at all.\n"
	"\treturn natural ? go__text_order(all_x, all_y, false) : 0;\n"
	"}\n\n";

// is_plain tells texts that strcmp and strncmp compare.
static bool
is_plain(const struct order_term *t)
{
	return !t->is_folded && !t->is_natural && t->len == NULL;
}

static void
emit_end(const struct order_term *t, const char *v, struct text *out)
{
	const char *s = keep_format("(const unsigned char *)%s%s", v, t->path);

	if (t->type->kind == KIND_ARRAY)
		text_format(out, "%s + %" PRIu64, s, t->type->count);
	else if (t->len == NULL)
		text_add(out, "NULL");
	else if (t->is_len_signed)
		text_format(out, "%s + (%s%s < 0 ? 0 : (size_t)%s%s)", s, v,
			    t->len, v, t->len);
	else
		text_format(out, "%s + (size_t)%s%s", s, v, t->len);
}

static void
emit_text(const struct order_term *t, struct text *out)
{
	static const char *const names[] = {"a", "b"};
	size_t i;

	if (t->type->kind == KIND_POINTER)
		text_format(out,
			    "\tif (a%s == NULL || b%s == NULL)\n"
			    "\t\treturn %s((a%s != NULL) - (b%s != NULL));\n",
			    t->path, t->path, t->is_null_last ? "-" : "",
			    t->path, t->path);
	if (is_plain(t) && t->type->kind == KIND_POINTER) {
		text_format(out, "\tc = strcmp(a%s, b%s);\n", t->path, t->path);
	} else if (is_plain(t)) {
		text_format(out,
			    "\tc = strncmp((const char *)a%s, "
			    "(const char *)b%s, %" PRIu64 ");\n",
			    t->path, t->path, t->type->count);
	} else {
		text_add(out, "\tc = go__text_order(\n");
		for (i = 0; i < 2; i++) {
			text_format(out,
				    "\t    (struct go__text){(const unsigned "
				    "char *)%s%s,\n\t        ",
				    names[i], t->path);
			emit_end(t, names[i], out);
			text_format(out, ", %s},\n",
				    t->is_folded ? "true" : "false");
		}
		text_format(out, "\t    %s);\n",
			    t->is_natural ? "true" : "false");
	}
	text_format(out, "\treturn %sc;\n",
		    t->is_down ? "c == 0 ? 0 : c > 0 ? -1 : 1, " : "");
}

static const char *
number_type(const struct type *t)
{
	if (t->kind == KIND_FLOAT)
		return t->size > sizeof(double) ? "long double" : "double";
	if (t->size > 8)
		return t->is_signed ? "go__int128" : "go__uint128";
	return t->is_signed ? "int64_t" : "uint64_t";
}

static void
emit_number(const struct order_term *t, struct text *out)
{
	if (t->type->kind == KIND_FLOAT)
		text_add(out, "\tif (x != x || y != y)\n"
			      "\t\treturn (x != x) - (y != y);\n");
	text_format(out, "\treturn %s;\n",
		    t->is_down ? "(y > x) - (y < x)" : "(x > y) - (x < y)");
}

static void
emit_hops(const struct order_term *t, struct text *out)
{
	static const char *const names[] = {"a", "b"};
	size_t i, k;

	if (t->n_hops == 0)
		return;
	for (k = 0; k < 2; k++) {
		text_format(out, "\t%s_is_there = ", names[k]);
		for (i = 0; i < t->n_hops; i++)
			text_format(out, "%s%s%s != NULL", i > 0 ? " && " : "",
				    names[k], t->hops[i]);
		text_add(out, ";\n");
	}
	text_format(out,
		    "\tif (!a_is_there || !b_is_there)\n"
		    "\t\treturn %s(a_is_there - b_is_there);\n",
		    t->is_null_last ? "-" : "");
}

static void
emit_term(const struct order *o, size_t order, size_t i, struct text *out)
{
	const struct order_term *t = &o->terms[i];
	const char *number = number_type(t->type);

	text_format(out,
		    "static inline int\ngo__term_%zu_%zu(const %s *a, "
		    "const %s *b)\n{\n",
		    order, i, o->type->c, o->type->c);
	if (t->n_hops > 0)
		text_add(out, "\tbool a_is_there, b_is_there;\n");
	if (is_text(t->type)) {
		text_add(out, "\tint c;\n\n");
		emit_hops(t, out);
		emit_text(t, out);
	} else if (t->n_hops > 0) {
		text_format(out, "\t%s x, y;\n\n", number);
		emit_hops(t, out);
		text_format(out, "\tx = a%s;\n\ty = b%s;\n", t->path, t->path);
		emit_number(t, out);
	} else {
		text_format(out, "\t%s x = a%s, y = b%s;\n\n", number, t->path,
			    t->path);
		emit_number(t, out);
	}
	text_add(out, "}\n\n");
}

static void
emit_order(const struct order *o, size_t number, struct text *out)
{
	const char *c = o->type->c, *t = o->type->name;
	size_t i;

	for (i = 0; i < o->n_terms; i++)
		emit_term(o, number, i, out);
	text_format(out,
		    "static inline int\ngo__order_%zu(const %s *a, "
		    "const %s *b)\n{\n\tint c = go__term_%zu_0(a, b);\n\n",
		    number, c, c, number);
	for (i = 1; i < o->n_terms; i++)
		text_format(out,
			    "\tif (c == 0)\n\t\tc = go__term_%zu_%zu(a, b);\n",
			    number, i);
	text_add(out, "\treturn c;\n}\n\n");
	text_format(out,
		    "static inline bool\ngo__before_%zu(const %s *a, "
		    "const %s *b)\n{\n"
		    "\treturn go__order_%zu(a, b) < 0;\n}\n\n"
		    "GO_SORT(go__sort_%zu, %s, go__before_%zu);\n\n",
		    number, c, c, number, number, c, number);
	text_format(out,
		    "void\n%s_sort_%s(%s *a, size_t n)\n{\n"
		    "\tgo__sort_%zu(a, n);\n}\n\n"
		    "void\n%s_stable_sort_%s(%s *a, size_t n)\n{\n"
		    "\tgo__sort_%zu_stable(a, n);\n}\n\n",
		    t, o->name, c, number, t, o->name, c, number);
	text_format(out,
		    "size_t\n%s_search_%s(const %s *a, size_t n, "
		    "const %s *key)\n{\n"
		    "\treturn go__sort_%zu_search(a, n, key);\n}\n\n"
		    "bool\n%s_is_sorted_%s(const %s *a, size_t n)\n{\n"
		    "\treturn go__sort_%zu_is_sorted(a, n);\n}\n\n",
		    t, o->name, c, c, number, t, o->name, c, number);
	text_format(out,
		    "int\n%s_compare_%s(const %s *a, const %s *b)\n{\n"
		    "\treturn go__order_%zu(a, b);\n}\n",
		    t, o->name, c, c, number);
}

void
order_emit(const struct model *m, struct text *out)
{
	bool needs_text = false;
	size_t i, j;

	for (i = 0; i < m->n_orders; i++)
		for (j = 0; j < m->orders[i].n_terms; j++)
			needs_text |= is_text(m->orders[i].terms[j].type) &&
				      !is_plain(&m->orders[i].terms[j]);
	if (needs_text) {
		text_add(out, "\n");
		text_add(out, text_helper);
	}
	for (i = 0; i < m->n_orders; i++) {
		text_format(out, "\n// GO_ORDER(%s, %s, \"%s\")\n\n",
			    m->orders[i].type_name, m->orders[i].name,
			    m->orders[i].spec);
		emit_order(&m->orders[i], i, out);
	}
}

void
order_declare(const struct model *m, struct text *out)
{
	const struct order *o;
	const char *c, *t;
	size_t i;

	for (i = 0; i < m->n_orders; i++) {
		o = &m->orders[i];
		c = o->type->c;
		t = o->type->name;
		text_format(out,
			    "\n// In the order \"%s\"; see libgo/sort.h.\n"
			    "void %s_sort_%s(%s *a, size_t n);\n"
			    "void %s_stable_sort_%s(%s *a, size_t n);\n",
			    o->spec, t, o->name, c, t, o->name, c);
		text_format(out,
			    "size_t %s_search_%s(const %s *a, size_t n, "
			    "const %s *key);\n"
			    "bool %s_is_sorted_%s(const %s *a, size_t n);\n"
			    "int %s_compare_%s(const %s *a, const %s *b);\n",
			    t, o->name, c, c, t, o->name, c, t, o->name, c, c);
	}
}
