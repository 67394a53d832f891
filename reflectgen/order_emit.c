// SPDX-License-Identifier: MIT
//
// Printing the functions of GO_ORDER.
//
// Each term becomes a function that compares two objects, which the compiler
// inlines into one that compares by all of them and into the sort.

#include <inttypes.h>
#include <string.h>

#include "reflectgen/model.h"

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
	text_format(out, "\treturn %s;\n",
		    t->is_down ? "(c < 0) - (c > 0)" : "c");
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

// one_line makes a specification fit into a comment.
static const char *
one_line(const char *spec)
{
	char *line = keep_format("%s", spec), *p;

	for (p = line; *p != '\0'; p++)
		if (*p == '\n' || *p == '\\')
			*p = ' ';
	return line;
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
			    one_line(m->orders[i].spec));
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
			    one_line(o->spec), t, o->name, c, t, o->name, c);
		text_format(out,
			    "size_t %s_search_%s(const %s *a, size_t n,\n"
			    "        const %s *key);\n"
			    "bool %s_is_sorted_%s(const %s *a, size_t n);\n"
			    "int %s_compare_%s(const %s *a,\n"
			    "        const %s *b);\n",
			    t, o->name, c, c, t, o->name, c, t, o->name, c, c);
	}
}
