// SPDX-License-Identifier: MIT
//
// Setters: check that the value may be set and that it fits, then write.
//
// Invariants:
//   I1  A setter writes after its last check and not at all if one fails.

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/module.h"
#include "data/value.h"
#include "libgo/error.h"

enum { LABEL_SIZE = 128 };

static go_error *
is_const(go_value v)
{
	char label[LABEL_SIZE];

	return go_errorf("%s: const, cannot be set",
			 go__value_label(v, label, sizeof(label)));
}

go_error *
go__value_check(go_value v)
{
	if (!go_value_is_valid(v))
		return go_value_error(v);
	return go_value_can_set(v) ? NULL : is_const(v);
}

// find_const finds a const member in what t holds; "" is an element.
static const char *
find_const(const go_type *t)
{
	const go_field *f;
	const char *name;
	size_t i;

	t = go__type_bare(t);
	if (t->kind == GO_KIND_ARRAY)
		return t->quals & GO_IS_CONST ? ""
					      : find_const(go_type_elem(t));
	for (i = 0; i < go_type_num_field(t); i++) {
		f = go_type_field(t, i);
		name = f->flags & GO_IS_CONST ? f->name : find_const(f->type);
		if (name != NULL)
			return name[0] != '\0' ? name : f->name;
	}
	return NULL;
}

go_error *
go__value_check_whole(go_value v)
{
	go_error *err = go__value_check(v);
	const char *name;

	if (err != NULL)
		return err;
	name = find_const(go_value_type(v));
	if (name == NULL)
		return NULL;
	if (name[0] == '\0')
		return is_const(v);
	return go_errorf("%s: its member \"%s\" is const",
			 go_type_name(go_value_type(v)), name);
}

go_error *
go__value_wrong_kind(go_value v, const char *want)
{
	char label[LABEL_SIZE];

	return go_errorf("%s: %s, not %s",
			 go__value_label(v, label, sizeof(label)),
			 go_kind_name(go_value_kind(v)), want);
}

static go_error *
out_of_range(go_value v, go__wide x, go__wide least, go__wide most)
{
	char label[LABEL_SIZE], number[24];

	if (x < 0)
		snprintf(number, sizeof(number), "%lld", (long long)x);
	else
		snprintf(number, sizeof(number), "%llu", (unsigned long long)x);
	return go_errorf("%s: %s is out of range %lld to %llu",
			 go__value_label(v, label, sizeof(label)), number,
			 (long long)least, (unsigned long long)most);
}

go_error *
go__value_set_wide(go_value v, go__wide x)
{
	const go_type *t = go__value_bare(v);
	go_error *err = go__value_check(v);
	go__wide least = 0, most;
	unsigned width;

	if (err != NULL)
		return err;
	if (!go__type_is_integer(t) || go_type_size(t) > sizeof(go__bits))
		return go__value_wrong_kind(v, "an integer");
	width = go__value_width(v);
	if (t->flags & GO__TYPE_SIGNED) {
		most = (go__wide)go__bit_mask(width - 1);
		least = -most - 1;
	} else {
		// x is below 2^64, so 2^127 is limit enough for uint128.
		most = (go__wide)go__bit_mask(width > 127 ? 127 : width);
	}
	if (x < least || x > most)
		return out_of_range(v, x, least, most);
	go__value_store_bits(v, (go__bits)x);  // I1
	return NULL;
}

go_error *
go_value_set_int(go_value v, int64_t x)
{
	return go__value_set_wide(v, x);
}

go_error *
go_value_set_uint(go_value v, uint64_t x)
{
	return go__value_set_wide(v, x);
}

go_error *
go_value_set_bool(go_value v, bool x)
{
	if (go_value_is_valid(v) && go_value_kind(v) != GO_KIND_BOOL)
		return go__value_wrong_kind(v, "a bool");
	return go__value_set_wide(v, x);
}

go_error *
go_value_set_float(go_value v, double x)
{
	const go_type *t = go__value_bare(v);
	go_error *err = go__value_check(v);
	char label[LABEL_SIZE];
	// An x87 long double has ten bytes and padding: nothing unset is kept.
	long double wide = (long double)x;
	float narrow;

	if (err != NULL)
		return err;
	if (t->kind != GO_KIND_FLOAT)
		return go__value_wrong_kind(v, "a float");
	switch (go_type_size(t)) {
	case sizeof(float):
		narrow = (float)x;
		if (isinf(narrow) && !isinf(x))
			return go_errorf(
				"%s: %g is out of range",
				go__value_label(v, label, sizeof(label)), x);
		go__value_store(v, &narrow, sizeof(narrow));  // I1
		return NULL;
	case sizeof(double):
		go__value_store(v, &x, sizeof(x));
		return NULL;
	case sizeof(long double):
		go__value_store(v, &wide, sizeof(wide));
		return NULL;
	default:
		return go_errorf("%s: cannot set a float of this size",
				 go__value_label(v, label, sizeof(label)));
	}
}

go_error *
go_value_set_string(go_value v, const char *s)
{
	const go_type *t = go__value_bare(v);
	go_error *err = go__value_check(v);
	char label[LABEL_SIZE];
	size_t n, room;

	if (err != NULL)
		return err;
	if ((t->kind != GO_KIND_ARRAY && t->kind != GO_KIND_FLEX_ARRAY) ||
	    !go_type_is_char(go_type_elem(t)))
		return go__value_wrong_kind(v, "a char array");
	if ((go_type_elem_flags(t) & GO_IS_CONST) != 0)
		return is_const(v);
	if (s == NULL)
		return go_errorf("%s: the text is a null pointer",
				 go__value_label(v, label, sizeof(label)));
	n = strlen(s);
	room = go_value_len(v);
	if (n >= room)
		return go_errorf(
			"%s: \"%.40s%s\" needs %zu bytes, there are %zu",
			go__value_label(v, label, sizeof(label)), s,
			n > 40 ? "..." : "", n + 1, room);
	memcpy(v.address, s, n);  // I1
	memset((char *)v.address + n, 0, room - n);
	return NULL;
}

go_error *
go_value_set_bytes(go_value v, const void *bytes, size_t n)
{
	const go_field *f = go__value_origin(v);
	go_error *err = go__value_check_whole(v);
	char label[LABEL_SIZE];
	size_t size;

	if (err != NULL)
		return err;
	if (f != NULL && f->bit_width != 0)
		return go__value_wrong_kind(v, "bytes: it is a bit-field");
	size = go_type_size(go_value_type(v));
	if (n != size)
		return go_errorf("%s: has %zu bytes, not %zu",
				 go__value_label(v, label, sizeof(label)), size,
				 n);
	if (size <= sizeof(go__bits))
		go__value_store(v, bytes, size);
	else
		memmove(v.address, bytes, size);
	return NULL;
}

go_error *
go_value_set_pointer(go_value v, void *p)
{
	go_error *err = go__value_check(v);

	if (err != NULL)
		return err;
	if (go_value_kind(v) != GO_KIND_POINTER)
		return go__value_wrong_kind(v, "a pointer");
	go__value_store(v, &p, sizeof(p));
	return NULL;
}
