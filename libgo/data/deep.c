// SPDX-License-Identifier: MIT
//
// Whole objects: equal, copy, zero, walk.
//
// Comparisons go member by member, so padding never counts. Pointers are not
// followed, texts excepted, so no cycle can hold them up and the depth is that
// of the type.

#include "data/value.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/module.h"
#include "libgo/error.h"

enum { PATH_SIZE = 256 };

static bool
equal_bytes(go_value a, go_value b)
{
	size_t n, m;
	const void *p = go_value_bytes(a, &n);
	const void *q = go_value_bytes(b, &m);

	return p != NULL && q != NULL && n == m && memcmp(p, q, n) == 0;
}

static bool
equal_text(go_value a, go_value b)
{
	const char *s, *t;
	size_t n, m;
	bool has_s = go__value_text_bytes(a, &s, &n);
	bool has_t = go__value_text_bytes(b, &t, &m);

	if (!has_s || !has_t)
		return has_s == has_t;
	return n == m && memcmp(s, t, n) == 0;
}

static bool
is_text(const go_type *t)
{
	return (t->kind == GO_KIND_ARRAY || t->kind == GO_KIND_POINTER) &&
	       go_type_is_char(go_type_elem(t));
}

static bool
equal_fields(go_value a, go_value b, const go_type *t)
{
	size_t i, n = go_type_num_field(t);

	for (i = 0; i < n; i++)
		if (!go_value_equal(go_value_field(a, i), go_value_field(b, i)))
			return false;
	return true;
}

static bool
equal_elements(go_value a, go_value b)
{
	size_t i, n = go_value_len(a);

	if (n != go_value_len(b))
		return false;
	for (i = 0; i < n; i++)
		if (!go_value_equal(go_value_index(a, i), go_value_index(b, i)))
			return false;
	return true;
}

static bool
equal_union(go_value a, go_value b)
{
	const go_field *f = go__value_case(a);
	const go_field *g = go__value_case(b);

	if (f == NULL || g == NULL)
		return f == NULL && g == NULL && equal_bytes(a, b);
	return f->index == g->index &&
	       go_value_equal(go_value_of_field(a, f), go_value_of_field(b, g));
}

bool
go_value_equal(go_value a, go_value b)
{
	const go_type *t = go__value_bare(a);
	const go_type *u = go__value_bare(b);
	long double p, q;
	go__wide x, y;

	if (t == NULL || u == NULL || !go_type_same(t, u))
		return false;
	if (go__value_wide(a, &x) && go__value_wide(b, &y))
		return x == y;
	if (go__value_real(a, &p) && go__value_real(b, &q))
		return p == q;
	if (is_text(t))
		return equal_text(a, b);
	switch (t->kind) {
	case GO_KIND_STRUCT:
		return equal_fields(a, b, t);
	case GO_KIND_UNION:
		return equal_union(a, b);
	case GO_KIND_ARRAY:
	case GO_KIND_FLEX_ARRAY:
	case GO_KIND_VECTOR:
		return equal_elements(a, b);
	case GO_KIND_POINTER:
		return go_value_pointer(a) == go_value_pointer(b);
	default:
		return equal_bytes(a, b);
	}
}

go_error *
go_value_copy(go_value dst, go_value src)
{
	const go_type *t = go__value_bare(dst);
	const go_type *u = go__value_bare(src);
	go_error *err = go__value_check_whole(dst);
	go__wide x;

	if (err != NULL)
		return err;
	if (u == NULL)
		return go_value_error(src);
	if (!go_type_same(t, u))
		return go_errorf("%s: cannot take a %s", go_type_name(t),
				 go_type_name(u));
	// A bit-field has no bytes, and takes fewer values than its type.
	if (go__value_wide(src, &x) && go_type_size(t) <= sizeof(uint64_t))
		return go__value_set_wide(dst, x);
	return go_value_set_bytes(dst, src.address, go_type_size(t));
}

go_error *
go_value_zero(go_value v)
{
	go_error *err = go__value_check_whole(v);
	go__wide x;

	if (err != NULL)
		return err;
	if (go__value_wide(v, &x))
		return go_value_set_int(v, 0);
	if (go_value_kind(v) == GO_KIND_POINTER)
		return go_value_set_pointer(v, NULL);
	memset(v.address, 0, go_type_size(go_value_type(v)));
	return NULL;
}

static bool
all_zero(go_value v)
{
	size_t n, i;
	const unsigned char *p = go_value_bytes(v, &n);

	for (i = 0; i < n; i++)
		if (p[i] != 0)
			return false;
	return p != NULL;
}

bool
go_value_is_zero(go_value v)
{
	const go_type *t = go__value_bare(v);
	long double real;
	size_t i, n;
	go__wide x;

	if (t == NULL)
		return false;
	if (go__value_wide(v, &x))
		return x == 0;
	if (go__value_real(v, &real))
		return real == 0 && !signbit(real);  // as in Go
	switch (t->kind) {
	case GO_KIND_STRUCT:
		n = go_type_num_field(t);
		for (i = 0; i < n; i++)
			if (!go_value_is_zero(go_value_field(v, i)))
				return false;
		return true;
	case GO_KIND_ARRAY:
		n = go_value_len(v);
		for (i = 0; i < n; i++)
			if (!go_value_is_zero(go_value_index(v, i)))
				return false;
		return true;
	case GO_KIND_POINTER:
		return go_value_pointer(v) == NULL;
	default:
		return all_zero(v);
	}
}

// ---- walk ------------------------------------------------------------------

struct walk {
	go_visitor *visit;
	void *arg;
	char path[PATH_SIZE];
};

static bool walk_value(struct walk *w, size_t len, go_value v);

static size_t
append(struct walk *w, size_t len, const char *text)
{
	size_t room = PATH_SIZE - 1 - len, n = strlen(text);

	if (n > room)
		n = room;
	memcpy(w->path + len, text, n);
	w->path[len + n] = '\0';
	return len + n;
}

static bool
walk_member(struct walk *w, size_t len, go_value v, const go_field *f)
{
	size_t end = len;

	// Members of anonymous members have their own names only.
	if (f->name[0] != '\0') {
		if (len > 0)
			end = append(w, end, ".");
		end = append(w, end, f->name);
	}
	return walk_value(w, end, go_value_of_field(v, f));
}

static bool
walk_elements(struct walk *w, size_t len, go_value v)
{
	size_t i, n = go_value_len(v);
	char index[32];

	for (i = 0; i < n; i++) {
		snprintf(index, sizeof(index), "[%zu]", i);
		if (!walk_value(w, append(w, len, index), go_value_index(v, i)))
			return false;
	}
	return true;
}

static bool
walk_value(struct walk *w, size_t len, go_value v)
{
	const go_type *t = go__value_bare(v);
	const go_field *f;
	size_t i;

	if (t->kind == GO_KIND_STRUCT) {
		for (i = 0; i < go_type_num_field(t); i++)
			if (!walk_member(w, len, v, go_type_field(t, i)))
				return false;
		return true;
	}
	f = go__value_case(v);
	if (f != NULL)
		return walk_member(w, len, v, f);
	if ((t->kind == GO_KIND_ARRAY || t->kind == GO_KIND_VECTOR ||
	     t->kind == GO_KIND_FLEX_ARRAY) &&
	    !is_text(t))
		return walk_elements(w, len, v);
	w->path[len] = '\0';
	return w->visit(w->path, v, w->arg);
}

bool
go_value_walk(go_value v, go_visitor *visit, void *arg)
{
	struct walk w = {.visit = visit, .arg = arg};

	return go_value_is_valid(v) && walk_value(&w, 0, v);
}
