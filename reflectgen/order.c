// SPDX-License-Identifier: MIT
//
// GO_ORDER: from a specification to terms that are known to be right.
//
// The grammar and its meaning are those of libgo/order.h.

#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reflectgen/model.h"

struct parser {
	const struct order *order;
	const char *p;  // what is read next
	struct order_term *term;
	const char *text_only;  // the first ^ or ~ of the term, or NULL
	// Where the path has come to.
	const struct type *type;    // without typedefs
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
			term->path = keep_format("%s[0]", term->path);
	}
	if (!is_record(s->type))
		return bad(s, name, "%s has no fields", name_of(s->type));
	return true;
}

// passes_union finds f in t or its anonymous members and tells in *is_union
// whether one of them is a union.
static bool
passes_union(const struct type *t, const struct field *f, bool *is_union)
{
	const struct field *member;
	const struct type *inner;
	bool is_found = false;
	size_t i;

	for (i = 0; i < t->n_fields && !is_found; i++) {
		member = &t->fields[i];
		inner = bare(member->use.type);
		is_found = member == f;
		if (member->name[0] == '\0' && is_record(inner))
			is_found = passes_union(inner, f, is_union);
	}
	*is_union |= is_found && t->kind == KIND_UNION;
	return is_found;
}

static bool
take_name(struct parser *s)
{
	const char *name = s->p;
	const struct field *f;
	bool is_pointer;
	uint64_t base = 0;
	size_t n;

	while (is_name(*s->p))
		s->p++;
	n = (size_t)(s->p - name);
	if (n == 0)
		return unexpected(s, "a field");
	// The object itself is reached through a pointer.
	is_pointer = s->term->path[0] == '\0' || s->type->kind == KIND_POINTER;
	if (!follow(s, name))
		return false;
	f = find_field(s->type, name, n, &base);
	if (f == NULL)
		return bad(s, name, "%s has no field \"%.*s\"",
			   name_of(s->type), (int)n, name);
	passes_union(s->type, f, &s->is_in_union);
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

bool
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

// has_twin tells whether an order before the i-th has its type and name.
static bool
has_twin(const struct model *m, size_t i)
{
	const struct order *o = &m->orders[i];
	size_t k;

	for (k = 0; k < i; k++)
		if (m->orders[k].type == o->type &&
		    strcmp(m->orders[k].name, o->name) == 0)
			return true;
	return false;
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
		else if (has_twin(m, i))
			complain(&o->at, "Give it another name.",
				 "GO_ORDER: %s has an order %s already",
				 o->type_name, o->name);
		else
			parse(o);
	}
}
