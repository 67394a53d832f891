// SPDX-License-Identifier: MIT
//
// Numbers, texts and pointers as the object holds them.
//
// Every integer passes through go__wide, whatever its size and sign.
// Bit-fields are up to nine bytes of which the bits from bit_offset on count,
// lowest first: the layout of little-endian machines.

#include "data/value.h"

#include <assert.h>
#include <string.h>

#include "data/module.h"
#include "rt/atomic.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "bit-fields");

bool
go__type_is_integer(const go_type *t)
{
	return t->kind == GO_KIND_BOOL || t->kind == GO_KIND_INT ||
	       t->kind == GO_KIND_UINT || t->kind == GO_KIND_ENUM;
}

unsigned
go__value_width(go_value v)
{
	const go_field *f = go__value_origin(v);
	const go_type *t = go__value_bare(v);

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

void
go__value_load(go_value v, void *out, size_t size)
{
	uint64_t x;

	if (!go__value_is_atomic(v) || !fits_atomic(size)) {
		memcpy(out, v.address, size);
		return;
	}
	x = load_atomic(v.address, size);
	memcpy(out, &x, size);
}

void
go__value_store(go_value v, const void *in, size_t size)
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

	assert(n <= sizeof(go__bits));
	return n;
}

go__bits
go__bit_mask(unsigned width)
{
	return width >= 128 ? ~(go__bits)0 : ((go__bits)1 << width) - 1;
}

static go__bits
load_bits(go_value v, const go_type *t)
{
	const go_field *f = go__value_origin(v);
	go__bits x = 0;

	if (f == NULL || f->bit_width == 0) {
		go__value_load(v, &x, go_type_size(t));
		return x;
	}
	memcpy(&x, v.address, bit_field_bytes(f));
	return x >> f->bit_offset & go__bit_mask(f->bit_width);
}

void
go__value_store_bits(go_value v, go__bits x)
{
	const go_field *f = go__value_origin(v);
	go__bits old = 0, mask;
	size_t n;

	if (f == NULL || f->bit_width == 0) {
		go__value_store(v, &x, go_type_size(go_value_type(v)));
		return;
	}
	n = bit_field_bytes(f);
	mask = go__bit_mask(f->bit_width) << f->bit_offset;
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
	go__bits raw;

	if (t == NULL || !go__type_is_integer(t) ||
	    go_type_size(t) > sizeof(raw))
		return false;
	raw = load_bits(v, t);
	width = go__value_width(v);
	if ((t->flags & GO__TYPE_SIGNED) && (raw >> (width - 1) & 1))
		raw |= ~go__bit_mask(width);
	*x = (go__wide)raw;
	return true;
}

bool
go__value_real(go_value v, long double *x)
{
	const go_type *t = go__value_bare(v);
	union {
		float f;
		double d;
		long double l;
	} u;

	if (t == NULL || t->kind != GO_KIND_FLOAT ||
	    go_type_size(t) > sizeof(u))
		return false;
	go__value_load(v, &u, go_type_size(t));
	switch (go_type_size(t)) {
	case sizeof(float):
		*x = (long double)u.f;
		return true;
	case sizeof(double):
		*x = (long double)u.d;
		return true;
	case sizeof(long double):
		*x = u.l;
		return true;
	default:
		return false;
	}
}

// 2^63 and 2^64 are exact in every floating type.
int64_t
go_value_int(go_value v)
{
	long double real;
	go__wide x;

	if (go__value_wide(v, &x))
		return (int64_t)x;
	if (!go__value_real(v, &real) || !(real >= -0x1p63L && real < 0x1p63L))
		return 0;
	return (int64_t)real;
}

uint64_t
go_value_uint(go_value v)
{
	long double real;
	go__wide x;

	if (go__value_wide(v, &x))
		return (uint64_t)x;
	if (!go__value_real(v, &real) || !(real > -1 && real < 0x1p64L))
		return 0;
	return (uint64_t)real;
}

double
go_value_float(go_value v)
{
	long double real;
	go__wide x;

	if (go__value_wide(v, &x))
		return (double)x;
	return go__value_real(v, &real) ? (double)real : 0;
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
	go__value_load(v, &p, sizeof(p));
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
