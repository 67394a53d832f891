// SPDX-License-Identifier: MIT
//
// From a specification to an order.
//
//	spec  = term {"," term}
//	term  = {"-" | "^" | "~" | "?"} path
//	path  = name {"." name | "[" index "]"}
//
// Blanks may stand between a term's parts but not inside its path. What is
// wrong is told with its column, counted from 1 in bytes.

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/module.h"
#include "data/order.h"
#include "libgo/error.h"

struct parser {
	const char *spec;
	const char *p;  // what is read next
	struct go__key *key;
	const char *text_only;  // the first ^ or ~ of the term, or NULL
};

// Where a path has come to.
struct spot {
	const go_type *type;    // without typedefs
	const go_field *field;  // the member that this is, or NULL
	size_t offset;          // from the last hop
	size_t owner;           // offset of the record that field is in
	unsigned flags;         // GO_IS_ATOMIC
	bool is_in_union;
};

__attribute__((format(printf, 3, 4))) static go_error *
bad(const struct parser *s, const char *at, const char *fmt, ...)
{
	char what[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return go_errorf("sort: %s (column %zu of \"%s\")", what,
			 (size_t)(at - s->spec) + 1, s->spec);
}

static void
skip_blanks(struct parser *s)
{
	s->p += strspn(s->p, " \t\n");
}

static bool
is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 128;
}

static go_error *
unexpected(const struct parser *s, const char *want)
{
	if (*s->p == '\0' || *s->p == ',')
		return bad(s, s->p, "%s is missing", want);
	return bad(s, s->p, "unexpected \"%c\", want %s", *s->p, want);
}

// ---- paths -----------------------------------------------------------------

// follow goes through pointers to the record that a name is looked up in.
static go_error *
follow(const struct parser *s, struct spot *at, const char *name)
{
	while (at->type->kind == GO_KIND_POINTER) {
		if (at->is_in_union)
			return bad(s, name, "a pointer in a union may be none");
		if (s->key->n_hops == GO__KEY_HOPS)
			return bad(s, name, "more than %d pointers to follow",
				   GO__KEY_HOPS);
		s->key->hop[s->key->n_hops++] = at->offset;
		at->type = go_type_underlying(go_type_elem(at->type));
		at->offset = 0;
	}
	if (at->type->kind == GO_KIND_STRUCT || at->type->kind == GO_KIND_UNION)
		return NULL;
	return bad(s, name, "%s has no fields", go_type_name(at->type));
}

static go_error *
take_name(struct parser *s, struct spot *at)
{
	const char *name = s->p;
	const go_field *f;
	go_error *err;

	while (is_name(*s->p))
		s->p++;
	if (s->p == name)
		return unexpected(s, "a field");
	err = follow(s, at, name);
	if (err != NULL)
		return err;
	f = go_type_field_by_text(at->type, name, (size_t)(s->p - name));
	if (f == NULL)
		return bad(s, name, "%s has no field \"%.*s\"",
			   go_type_name(at->type), (int)(s->p - name), name);
	at->owner = at->offset + f->offset - go__field_own(f)->offset;
	at->is_in_union |= at->type->kind == GO_KIND_UNION ||
			   go_type_kind(f->owner) == GO_KIND_UNION;
	at->offset += f->offset;
	at->field = f;
	at->flags = f->flags;
	at->type = go_type_underlying(f->type);
	return NULL;
}

static go_error *
take_index(struct parser *s, struct spot *at)
{
	const char *start = ++s->p;
	size_t i = 0;

	for (; *s->p >= '0' && *s->p <= '9'; s->p++)
		if (__builtin_mul_overflow(i, 10, &i) ||
		    __builtin_add_overflow(i, (size_t)(*s->p - '0'), &i))
			return bad(s, start, "index too large");
	if (s->p == start)
		return unexpected(s, "an index");
	if (*s->p != ']')
		return unexpected(s, "\"]\"");
	if (at->type->kind != GO_KIND_ARRAY && at->type->kind != GO_KIND_VECTOR)
		return bad(s, start, "%s is no array", go_type_name(at->type));
	if (i >= go_type_len(at->type))
		return bad(s, start, "%s has no element %zu",
			   go_type_name(at->type), i);
	s->p++;
	at->flags |= go_type_elem_flags(at->type);
	at->type = go_type_underlying(go_type_elem(at->type));
	at->offset += i * go_type_size(at->type);
	at->field = NULL;
	return NULL;
}

static go_error *
take_path(struct parser *s, struct spot *at)
{
	go_error *err = take_name(s, at);

	while (err == NULL && (*s->p == '.' || *s->p == '[')) {
		if (*s->p == '[') {
			err = take_index(s, at);
		} else {
			s->p++;
			err = take_name(s, at);
		}
	}
	return err;
}

// ---- keys ------------------------------------------------------------------

static bool
is_text(const go_type *t)
{
	return (t->kind == GO_KIND_ARRAY || t->kind == GO_KIND_POINTER) &&
	       go_type_is_char(go_type_elem(t));
}

// number_at says how to load a number of type t; false if t is none.
static bool
number_at(struct go__place *at, const struct spot *spot)
{
	const go_type *t = spot->type;
	size_t size = go_type_size(t);

	at->offset = spot->offset;
	at->size = (uint8_t)size;
	at->is_atomic = (spot->flags & GO_IS_ATOMIC) != 0;
	if (spot->field != NULL) {
		at->bit_width = spot->field->bit_width;
		at->bit_offset = spot->field->bit_offset;
	}
	switch (t->kind) {
	case GO_KIND_BOOL:
	case GO_KIND_INT:
	case GO_KIND_UINT:
	case GO_KIND_ENUM:
		at->load = go_type_is_signed(t) ? GO__LOAD_INT : GO__LOAD_UINT;
		if (size == sizeof(go__int128) && at->bit_width == 0) {
			at->load += GO__LOAD_INT128 - GO__LOAD_INT;
			return !at->is_atomic;
		}
		return size <= 8 && (size & (size - 1)) == 0 &&
		       at->bit_width <= 64;
	case GO_KIND_FLOAT:
		at->load = size == sizeof(float)    ? GO__LOAD_FLOAT
			   : size == sizeof(double) ? GO__LOAD_DOUBLE
						    : GO__LOAD_LDOUBLE;
		return at->load != GO__LOAD_LDOUBLE ||
		       (go_type_same(t, GO_TYPE(ldouble)) && !at->is_atomic);
	default:
		return false;
	}
}

// find_length finds the member that GO_LEN of spot's field names.
static bool
find_length(struct go__key *k, const struct spot *spot)
{
	const go_field *f = spot->field;
	const struct go__module *m;
	const struct go__note *note;
	struct spot len = {0};

	if (f == NULL)
		return true;
	m = go__module_of(f->owner);
	note = go__module_note(m, GO__NOTE_FIELD_LEN, f->index);
	if (note == NULL)
		return true;
	f = go_type_field(f->owner, note->value - f->owner->link);
	if (f == NULL)
		return false;
	k->has_len = true;
	len.type = go_type_underlying(f->type);
	len.field = f;
	len.offset = spot->owner + f->offset;
	len.flags = f->flags;
	return number_at(&k->len_at, &len) && k->len_at.load <= GO__LOAD_UINT;
}

static go_error *
finish_key(struct parser *s, const struct spot *at, const char *path)
{
	struct go__key *k = s->key;
	bool is_good;

	if (is_text(at->type)) {
		k->at.offset = at->offset;
		k->at.is_atomic = (at->flags & GO_IS_ATOMIC) != 0;
		k->at.load = at->type->kind == GO_KIND_ARRAY ? GO__LOAD_CHARS
							     : GO__LOAD_STRING;
		k->len = k->at.load == GO__LOAD_CHARS ? go_type_len(at->type)
						      : SIZE_MAX;
		is_good = k->at.load == GO__LOAD_CHARS ||
			  (!at->is_in_union && find_length(k, at));
	} else {
		is_good = number_at(&k->at, at);
	}
	if (!is_good)
		return bad(s, path, "%s%s has no order", go_type_name(at->type),
			   at->is_in_union ? " in a union" : "");
	if (s->text_only != NULL && k->at.load < GO__LOAD_CHARS)
		return bad(s, s->text_only, "\"%c\" is for text, not for %s",
			   *s->text_only, go_type_name(at->type));
	return NULL;
}

static go_error *
take_prefixes(struct parser *s)
{
	static const char marks[] = "-^~?";
	struct go__key *k = s->key;
	bool *const flag[] = {&k->is_down, &k->is_folded, &k->is_natural,
			      &k->is_null_last};
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
	return NULL;
}

static go_error *
take_term(struct parser *s, const go_type *t)
{
	struct spot at = {.type = go_type_underlying(t)};
	const char *path;
	go_error *err;

	s->text_only = NULL;
	err = take_prefixes(s);
	if (err != NULL)
		return err;
	path = s->p;
	if (*path == '\0' || *path == ',')
		return bad(s, path, "a term is empty");
	err = take_path(s, &at);
	if (err == NULL)
		err = finish_key(s, &at, path);
	skip_blanks(s);
	if (err == NULL && *s->p != '\0' && *s->p != ',')
		err = unexpected(s, "\",\"");
	return err;
}

go_error *
go_order_new(const go_type *t, const char *spec, go_order **order)
{
	struct parser s = {spec, spec, NULL, NULL};
	go_error *err = NULL;
	const char *p;
	size_t n = 1;
	go_order *o;

	*order = NULL;
	if (spec == NULL)
		return go_errorf("sort: the specification is a null pointer");
	for (p = spec; *p != '\0'; p++)
		n += *p == ',';
	o = calloc(1, sizeof(*o) + n * sizeof(o->key[0]));
	if (o == NULL)
		return GO_NO_MEMORY;
	o->size = go_type_size(t);
	while (err == NULL && o->n_keys < n) {
		s.key = &o->key[o->n_keys++];
		err = take_term(&s, t);
		s.p += *s.p == ',';
	}
	if (err != NULL) {
		free(o);
		return err;
	}
	*order = o;
	return NULL;
}

void
go_order_free(go_order *o)
{
	free(o);
}
