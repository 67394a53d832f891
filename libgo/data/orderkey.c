// SPDX-License-Identifier: MIT
//
// Comparing two objects by the keys of an order.

#include <assert.h>
#include <string.h>

#include "data/order.h"
#include "rt/atomic.h"

enum { BIT_FIELD_BYTES = 9 };

const char *
go__key_owner(const struct go__key *k, const void *object)
{
	const char *p = object;
	size_t i;

	for (i = 0; i < k->n_hops && p != NULL; i++)
		memcpy(&p, p + k->hop[i], sizeof(p));
	return p;
}

// ---- numbers ---------------------------------------------------------------

// Relaxed: a sort looks at each object often and none of its looks orders
// anything; _Atomic here only keeps a number from being torn.
static uint64_t
load_atomic(const void *p, size_t size)
{
	switch (size) {
	case 1:
		return load_rlx((const uint8_t *)p);
	case 2:
		return load_rlx((const uint16_t *)p);
	case 4:
		return load_rlx((const uint32_t *)p);
	default:
		return load_rlx((const uint64_t *)p);
	}
}

// load_bits is the number's own bits, those above undefined.
static uint64_t
load_bits(const struct go__place *at, const char *p)
{
	uint64_t x = 0;
	uint32_t half;
	uint16_t quarter;
	uint8_t byte;

	if (at->is_atomic)
		return load_atomic(p, at->size);
	switch (at->size) {
	case 1:
		memcpy(&byte, p, 1);
		return byte;
	case 2:
		memcpy(&quarter, p, 2);
		return quarter;
	case 4:
		memcpy(&half, p, 4);
		return half;
	default:
		memcpy(&x, p, 8);
		return x;
	}
}

// load_field reads a bit-field, lowest bit first as little-endian machines
// have them.
static uint64_t
load_field(const struct go__place *at, const char *p)
{
	size_t n = (at->bit_offset + at->bit_width + 7u) / 8u;
	go__uint128 x = 0;

	assert(n <= BIT_FIELD_BYTES);
	memcpy(&x, p, n);
	return (uint64_t)(x >> at->bit_offset);
}

// load_integer is sign-extended if the number has a sign.
static uint64_t
load_integer(const struct go__place *at, const char *owner)
{
	const char *p = owner + at->offset;
	uint64_t x = at->bit_width != 0 ? load_field(at, p) : load_bits(at, p);
	unsigned spare =
		64 - (at->bit_width != 0 ? at->bit_width : at->size * 8u);

	x <<= spare;
	return at->load == GO__LOAD_INT ? (uint64_t)((int64_t)x >> spare)
					: x >> spare;
}

static uint64_t
rank_double(double x, bool is_down)
{
	uint64_t bits;

	if (x != x)
		return UINT64_MAX;  // in either direction; no number has it
	x += 0.0;                   // -0 is 0
	memcpy(&bits, &x, sizeof(bits));
	bits = bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
	return is_down ? ~bits : bits;
}

// rank is go__key_number, inlined where two of them are compared.
__attribute__((always_inline)) static inline uint64_t
rank(const struct go__key *k, const char *owner)
{
	uint64_t x;
	uint32_t half;
	float narrow;
	double wide;

	switch (k->at.load) {
	case GO__LOAD_INT:
		x = load_integer(&k->at, owner) ^ (uint64_t)1 << 63;
		return k->is_down ? ~x : x;
	case GO__LOAD_UINT:
		x = load_integer(&k->at, owner);
		return k->is_down ? ~x : x;
	case GO__LOAD_FLOAT:
		half = (uint32_t)load_bits(&k->at, owner + k->at.offset);
		memcpy(&narrow, &half, sizeof(narrow));
		return rank_double((double)narrow, k->is_down);
	default:
		assert(k->at.load == GO__LOAD_DOUBLE);
		x = load_bits(&k->at, owner + k->at.offset);
		memcpy(&wide, &x, sizeof(wide));
		return rank_double(wide, k->is_down);
	}
}

uint64_t
go__key_number(const struct go__key *k, const char *owner)
{
	return rank(k, owner);
}

#define COMPARE(x, y) (((x) > (y)) - ((x) < (y)))

static int
compare_wide(const struct go__key *k, const char *a, const char *b)
{
	go__int128 i, j;
	go__uint128 u, v;
	long double x, y;
	int c;

	a += k->at.offset;
	b += k->at.offset;
	if (k->at.load == GO__LOAD_INT128) {
		memcpy(&i, a, sizeof(i));
		memcpy(&j, b, sizeof(j));
		c = COMPARE(i, j);
	} else if (k->at.load == GO__LOAD_UINT128) {
		memcpy(&u, a, sizeof(u));
		memcpy(&v, b, sizeof(v));
		c = COMPARE(u, v);
	} else {
		memcpy(&x, a, sizeof(x));
		memcpy(&y, b, sizeof(y));
		if (x != x || y != y)
			return (x != x) - (y != y);
		c = COMPARE(x, y);
	}
	return k->is_down ? -c : c;
}

// ---- texts -----------------------------------------------------------------

unsigned char
go__key_fold(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? c | 32 : c;
}

const char *
go__key_text(const struct go__key *k, const char *owner, size_t *len)
{
	const char *s;
	uint64_t n;

	*len = k->len;
	if (k->at.load == GO__LOAD_CHARS)
		return owner + k->at.offset;
	if (k->at.is_atomic)  // relaxed, as in load_atomic
		s = load_rlx((const char *const *)(const void *)(owner +
								 k->at.offset));
	else
		memcpy(&s, owner + k->at.offset, sizeof(s));
	if (k->has_len) {
		n = load_integer(&k->len_at, owner);
		*len = k->len_at.load == GO__LOAD_INT && (int64_t)n < 0 ? 0 : n;
	}
	return s;
}

// A text with its end: of n bytes, or before if there is a NUL.
struct text {
	const unsigned char *s, *end;
	bool is_folded;
};

static unsigned char
peek(const struct text *t)
{
	if (t->s == t->end)
		return '\0';
	return t->is_folded ? go__key_fold(*t->s) : *t->s;
}

static int
compare_text(struct text x, struct text y)
{
	unsigned char c, d;

	for (;; x.s++, y.s++) {
		c = peek(&x);
		d = peek(&y);
		if (c != d || c == '\0')
			return COMPARE(c, d);
	}
}

static bool
is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

// compare_digits compares two numbers and leaves x and y behind them.
static int
compare_digits(struct text *x, struct text *y)
{
	int first = 0;

	while (peek(x) == '0')
		x->s++;
	while (peek(y) == '0')
		y->s++;
	for (; is_digit(peek(x)) && is_digit(peek(y)); x->s++, y->s++)
		if (first == 0)
			first = COMPARE(peek(x), peek(y));
	if (is_digit(peek(x)) || is_digit(peek(y)))
		return is_digit(peek(x)) ? 1 : -1;
	return first;
}

static int
compare_natural(struct text x, struct text y)
{
	struct text all_x = x, all_y = y;
	unsigned char c, d;
	int n;

	for (;;) {
		c = peek(&x);
		d = peek(&y);
		if (is_digit(c) && is_digit(d)) {
			n = compare_digits(&x, &y);
			if (n != 0)
				return n;
			continue;
		}
		if (c != d)
			return COMPARE(c, d);
		if (c == '\0')
			break;
		x.s++;
		y.s++;
	}
	// They differ in zeros before a number, if at all.
	return compare_text(all_x, all_y);
}

static int
compare_nulls(const struct go__key *k, const void *x, const void *y)
{
	int c = (x != NULL) - (y != NULL);

	return k->is_null_last ? -c : c;
}

static int
compare_texts(const struct go__key *k, const char *a, const char *b)
{
	size_t n, m;
	const char *s = go__key_text(k, a, &n), *t = go__key_text(k, b, &m);
	struct text x, y;
	int c;

	if (s == NULL || t == NULL)
		return compare_nulls(k, s, t);
	if (n == m && !k->is_folded && !k->is_natural) {
		c = strncmp(s, t, n);
	} else {
		x.s = (const unsigned char *)s;
		y.s = (const unsigned char *)t;
		// Without a length the end is one that is never met.
		x.end = n == SIZE_MAX ? NULL : x.s + n;
		y.end = m == SIZE_MAX ? NULL : y.s + m;
		x.is_folded = y.is_folded = k->is_folded;
		c = k->is_natural ? compare_natural(x, y) : compare_text(x, y);
	}
	return k->is_down ? -c : c;
}

// ---- orders ----------------------------------------------------------------

static int
compare_key(const struct go__key *k, const void *object_a, const void *object_b)
{
	const char *a = object_a, *b = object_b;
	uint64_t x, y;

	if (k->n_hops > 0) {
		a = go__key_owner(k, a);
		b = go__key_owner(k, b);
		if (a == NULL || b == NULL)
			return compare_nulls(k, a, b);
	}
	if (k->at.load >= GO__LOAD_CHARS)
		return compare_texts(k, a, b);
	if (k->at.load >= GO__LOAD_INT128)
		return compare_wide(k, a, b);
	x = rank(k, a);
	y = rank(k, b);
	return COMPARE(x, y);
}

int
go__order_from(const go_order *o, size_t k, const void *a, const void *b)
{
	int c;

	for (; k < o->n_keys; k++) {
		c = compare_key(&o->key[k], a, b);
		if (c != 0)
			return c < 0 ? -1 : 1;
	}
	return 0;
}

int
go_order_compare(const go_order *o, const void *a, const void *b)
{
	return go__order_from(o, 0, a, b);
}

bool
go__order_less(const void *a, const void *b, void *order)
{
	return go__order_from(order, 0, a, b) < 0;
}
