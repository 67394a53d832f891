// SPDX-License-Identifier: MIT
//
// Numbers, texts and pointers: read and set, with the ranges of the object.
//
// Every integer passes through go__wide, so each range check is one
// comparison whatever the signs. Bit-fields are up to nine bytes of which the
// bits from bit_offset on count, lowest first: the layout of little-endian
// machines.
//
// Invariants:
//   I1  A setter writes after its last check and not at all if one fails.

#include "data/value.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/module.h"
#include "libgo/error.h"
#include "rt/atomic.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bit-fields");

enum { LABEL_SIZE = 128, BIT_FIELD_BYTES = 9 };

__extension__ typedef unsigned __int128 bits;

static bool
is_integer(const go_type *t)
{
	return t->kind == GO_KIND_BOOL || t->kind == GO_KIND_INT ||
	       t->kind == GO_KIND_UINT || t->kind == GO_KIND_ENUM;
}

// width_of is the number of bits of an integer object.
static unsigned
width_of(go_value v, const go_type *t)
{
	const go_field *f = go__value_origin(v);

	if (f != NULL && f->bit_width != 0)
		return f->bit_width;
	return t->kind == GO_KIND_BOOL ? 1 : (unsigned)go_type_size(t) * 8;
}

// ---- memory ----------------------------------------------------------------

// The atomics are of C's default order. [V1]: a load here pairs with a store
// here and with the program's own.
static uint64_t
load_atomic(const void *p, size_t size)
{
	switch (size) {
	case 1:
		return load_seq((const uint8_t *)p);  // [V1]
	case 2:
		return load_seq((const uint16_t *)p);  // [V1]
	case 4:
		return load_seq((const uint32_t *)p);  // [V1]
	default:
		return load_seq((const uint64_t *)p);  // [V1]
	}
}

static void
store_atomic(void *p, size_t size, uint64_t x)
{
	switch (size) {
	case 1:
		store_seq((uint8_t *)p, (uint8_t)x);  // [V1]
		break;
	case 2:
		store_seq((uint16_t *)p, (uint16_t)x);  // [V1]
		break;
	case 4:
		store_seq((uint32_t *)p, (uint32_t)x);  // [V1]
		break;
	default:
		store_seq((uint64_t *)p, x);  // [V1]
		break;
	}
}

static bool
fits_atomic(size_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

// load_raw and store_raw move an object of at most 16 bytes.
static void
load_raw(go_value v, void *out, size_t size)
{
	uint64_t x;

	if (!go__value_is_atomic(v) || !fits_atomic(size)) {
		memcpy(out, v.address, size);
		return;
	}
	x = load_atomic(v.address, size);
	memcpy(out, &x, size);
}

static void
store_raw(go_value v, const void *in, size_t size)
{
	uint64_t x = 0;

	if (!go__value_is_atomic(v) || !fits_atomic(size)) {
		memcpy(v.address, in, size);
		return;
	}
	memcpy(&x, in, size);
	store_atomic(v.address, size, x);
}

static size_t
bit_field_bytes(const go_field *f)
{
	size_t n = (f->bit_offset + f->bit_width + 7u) / 8u;

	assert(n <= sizeof(bits));
	return n;
}

static bits
bit_mask(unsigned width)
{
	return width >= 128 ? ~(bits)0 : ((bits)1 << width) - 1;
}

static bits
load_bits(go_value v, const go_type *t)
{
	const go_field *f = go__value_origin(v);
	bits x = 0;

	if (f == NULL || f->bit_width == 0) {
		load_raw(v, &x, go_type_size(t));
		return x;
	}
	memcpy(&x, v.address, bit_field_bytes(f));
	return x >> f->bit_offset & bit_mask(f->bit_width);
}

static void
store_bits(go_value v, const go_type *t, bits x)
{
	const go_field *f = go__value_origin(v);
	bits old = 0, mask;
	size_t n;

	if (f == NULL || f->bit_width == 0) {
		store_raw(v, &x, go_type_size(t));
		return;
	}
	n = bit_field_bytes(f);
	mask = bit_mask(f->bit_width) << f->bit_offset;
	memcpy(&old, v.address, n);
	x = (old & ~mask) | (x << f->bit_offset & mask);
	memcpy(v.address, &x, n);
}

// ---- readers ---------------------------------------------------------------

bool
go__value_wide(go_value v, go__wide *x)
{
	const go_type *t = go__value_bare(v);
	unsigned width;
	bits raw;

	if (t == NULL || !is_integer(t) || go_type_size(t) > sizeof(raw))
		return false;
	raw = load_bits(v, t);
	width = width_of(v, t);
	if ((t->flags & GO__TYPE_SIGNED) && (raw >> (width - 1) & 1))
		raw |= ~bit_mask(width);
	*x = (go__wide)raw;
	return true;
}

int64_t
go_value_int(go_value v)
{
	go__wide x;

	return go__value_wide(v, &x) ? (int64_t)x : 0;
}

uint64_t
go_value_uint(go_value v)
{
	go__wide x;

	return go__value_wide(v, &x) ? (uint64_t)x : 0;
}

double
go_value_float(go_value v)
{
	const go_type *t = go__value_bare(v);
	union {
		float f;
		double d;
		long double l;
	} u;
	go__wide x;

	if (go__value_wide(v, &x))
		return (double)x;
	if (t == NULL || t->kind != GO_KIND_FLOAT ||
	    go_type_size(t) > sizeof(u))
		return 0;
	load_raw(v, &u, go_type_size(t));
	switch (go_type_size(t)) {
	case sizeof(float):
		return (double)u.f;
	case sizeof(double):
		return u.d;
	case sizeof(long double):
		return (double)u.l;
	default:
		return 0;
	}
}

bool
go_value_bool(go_value v)
{
	go__wide x;

	return go__value_wide(v, &x) && x != 0;
}

void *
go_value_pointer(go_value v)
{
	const go_type *t = go__value_bare(v);
	void *p;

	if (t == NULL || t->kind != GO_KIND_POINTER)
		return NULL;
	load_raw(v, &p, sizeof(p));
	return p;
}

bool
go__value_text_bytes(go_value v, const char **s, size_t *n)
{
	const go_type *t = go__value_bare(v);
	const char *end;

	if (t == NULL ||
	    (t->kind != GO_KIND_ARRAY && t->kind != GO_KIND_FLEX_ARRAY &&
	     t->kind != GO_KIND_POINTER) ||
	    !go_type_is_char(go_type_elem(t)))
		return false;
	*s = t->kind == GO_KIND_POINTER ? go_value_pointer(v) : v.address;
	if (*s == NULL)
		return false;
	if (go__value_has_len(v)) {
		*n = go_value_len(v);
		end = memchr(*s, '\0', *n);
		if (end != NULL)
			*n = (size_t)(end - *s);
		return true;
	}
	*n = t->kind == GO_KIND_POINTER ? strlen(*s) : 0;
	return t->kind == GO_KIND_POINTER;
}

const char *
go_value_string(go_value v)
{
	const char *s;
	size_t n;

	if (!go__value_text_bytes(v, &s, &n))
		return NULL;
	// A text that fills all of its length has no NUL to end it.
	return go__value_has_len(v) && n == go_value_len(v) ? NULL : s;
}

const void *
go_value_bytes(go_value v, size_t *n)
{
	const go_field *f = go__value_origin(v);

	*n = 0;
	if (!go_value_is_valid(v) || (f != NULL && f->bit_width != 0))
		return NULL;
	*n = go_type_size(go_value_type(v));
	return v.address;
}

const char *
go_value_enum_text(go_value v)
{
	const go_type *t = go__value_bare(v);
	const go_enumerator *e;
	size_t n, i;
	int64_t x;

	if (t == NULL || t->kind != GO_KIND_ENUM)
		return NULL;
	x = go_value_int(v);
	e = go_type_enumerators(t, &n);
	for (i = 0; i < n; i++)
		if (e[i].value == x)
			return e[i].name;
	return NULL;
}

// ---- setters ---------------------------------------------------------------

static go_error *
check_settable(go_value v)
{
	char label[LABEL_SIZE];

	if (!go_value_is_valid(v))
		return go_value_error(v);
	if (!go_value_can_set(v))
		return go_errorf("%s: const, cannot be set",
				 go__value_label(v, label, sizeof(label)));
	return NULL;
}

static go_error *
wrong_kind(go_value v, const char *want)
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

static go_error *
set_wide(go_value v, go__wide x)
{
	const go_type *t = go__value_bare(v);
	go_error *err = check_settable(v);
	go__wide least = 0, most;
	unsigned width;

	if (err != NULL)
		return err;
	if (!is_integer(t) || go_type_size(t) > sizeof(bits))
		return wrong_kind(v, "an integer");
	width = width_of(v, t);
	if (t->flags & GO__TYPE_SIGNED) {
		most = (go__wide)bit_mask(width - 1);
		least = -most - 1;
	} else {
		// x is below 2^64, so 2^127 is limit enough for uint128.
		most = (go__wide)bit_mask(width > 127 ? 127 : width);
	}
	if (x < least || x > most)
		return out_of_range(v, x, least, most);
	store_bits(v, t, (bits)x);  // I1
	return NULL;
}

go_error *
go_value_set_int(go_value v, int64_t x)
{
	return set_wide(v, x);
}

go_error *
go_value_set_uint(go_value v, uint64_t x)
{
	return set_wide(v, x);
}

go_error *
go_value_set_bool(go_value v, bool x)
{
	if (go_value_is_valid(v) && go_value_kind(v) != GO_KIND_BOOL)
		return wrong_kind(v, "a bool");
	return set_wide(v, x);
}

go_error *
go_value_set_float(go_value v, double x)
{
	const go_type *t = go__value_bare(v);
	go_error *err = check_settable(v);
	char label[LABEL_SIZE];
	// An x87 long double has ten bytes and padding: nothing unset is kept.
	long double wide = (long double)x;
	float narrow;

	if (err != NULL)
		return err;
	if (t->kind != GO_KIND_FLOAT)
		return wrong_kind(v, "a float");
	switch (go_type_size(t)) {
	case sizeof(float):
		narrow = (float)x;
		if (isinf(narrow) && !isinf(x))
			return go_errorf(
				"%s: %g is out of range",
				go__value_label(v, label, sizeof(label)), x);
		store_raw(v, &narrow, sizeof(narrow));  // I1
		return NULL;
	case sizeof(double):
		store_raw(v, &x, sizeof(x));
		return NULL;
	case sizeof(long double):
		store_raw(v, &wide, sizeof(wide));
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
	go_error *err = check_settable(v);
	char label[LABEL_SIZE];
	size_t n, room;

	if (err != NULL)
		return err;
	if ((t->kind != GO_KIND_ARRAY && t->kind != GO_KIND_FLEX_ARRAY) ||
	    !go_type_is_char(go_type_elem(t)))
		return wrong_kind(v, "a char array");
	if ((go_type_elem_flags(t) & GO_IS_CONST) != 0)
		return go_errorf("%s: const, cannot be set",
				 go__value_label(v, label, sizeof(label)));
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
	go_error *err = check_settable(v);
	char label[LABEL_SIZE];
	size_t size;

	if (err != NULL)
		return err;
	if (f != NULL && f->bit_width != 0)
		return wrong_kind(v, "bytes: it is a bit-field");
	size = go_type_size(go_value_type(v));
	if (n != size)
		return go_errorf("%s: has %zu bytes, not %zu",
				 go__value_label(v, label, sizeof(label)), size,
				 n);
	if (size <= sizeof(bits))
		store_raw(v, bytes, size);
	else
		memmove(v.address, bytes, size);
	return NULL;
}

go_error *
go_value_set_pointer(go_value v, void *p)
{
	go_error *err = check_settable(v);

	if (err != NULL)
		return err;
	if (go_value_kind(v) != GO_KIND_POINTER)
		return wrong_kind(v, "a pointer");
	store_raw(v, &p, sizeof(p));
	return NULL;
}

// ---- enumerations ----------------------------------------------------------

static bool
find_enumerator(const go_type *t, const char *s, size_t n, go__wide *x)
{
	const go_enumerator *e;
	size_t count, i;

	e = go_type_enumerators(t, &count);
	for (i = 0; i < count; i++) {
		if (strncmp(e[i].name, s, n) != 0 || e[i].name[n] != '\0')
			continue;
		*x = t->flags & GO__TYPE_SIGNED
			     ? (go__wide)e[i].value
			     : (go__wide)(uint64_t)e[i].value;
		return true;
	}
	return false;
}

static bool
parse_number(const char *s, size_t n, go__wide *x)
{
	unsigned base = 10, digit;
	bool negative = n > 0 && *s == '-';
	size_t i = negative;
	uint64_t sum = 0;

	if (n - i > 2 && s[i] == '0' && (s[i + 1] | 32) == 'x') {
		base = 16;
		i += 2;
	}
	if (i == n)
		return false;
	for (; i < n; i++) {
		digit = (unsigned char)s[i] - (unsigned)'0';
		if (digit > 9)
			digit = ((unsigned char)s[i] | 32u) - 'a' + 10u;
		if (digit >= base || __builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return false;
	}
	*x = negative ? -(go__wide)sum : (go__wide)sum;
	return true;
}

static go_error *
parse_enum(const go_type *t, const char *text, go__wide *sum)
{
	const char *p = text;
	go__wide x;
	size_t n;

	for (*sum = 0;;) {
		p += strspn(p, " ");
		n = strcspn(p, "| ");
		if (!find_enumerator(t, p, n, &x) && !parse_number(p, n, &x))
			return go_errorf("%s: no enumerator \"%.*s\"",
					 go_type_name(t),
					 n > 100 ? 100 : (int)n, p);
		*sum |= x;
		p += n;
		p += strspn(p, " ");
		if (*p == '\0')
			return NULL;
		if (*p != '|' || !(t->flags & GO__TYPE_FLAGS))
			return go_errorf("%s: no enumerator \"%.100s\"",
					 go_type_name(t), text);
		p++;
	}
}

go_error *
go_value_set_enum(go_value v, const char *text)
{
	go_error *err = check_settable(v);
	go__wide x;

	if (err != NULL)
		return err;
	if (go_value_kind(v) != GO_KIND_ENUM)
		return wrong_kind(v, "an enum");
	err = parse_enum(go__value_bare(v), text, &x);
	return err != NULL ? err : set_wide(v, x);
}
