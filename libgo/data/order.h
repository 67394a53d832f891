// SPDX-License-Identifier: MIT
//
// order: a compiled specification. orderspec.c makes it, orderkey.c compares
// by it, orderpack.c turns its keys into numbers, order.c is its face.
//
// A key is a way to a scalar or text: from the object through the pointers at
// hop[0], hop[1] ..., each an offset into what the one before points to, then
// to offset. go_value is not involved.

#ifndef DATA_ORDER_H
#define DATA_ORDER_H

#include "libgo/order.h"
#include "libgo/sort.h"

enum { GO__KEY_HOPS = 6 };

enum go__load {
	GO__LOAD_INT,  // of 1, 2, 4 or 8 bytes, or a bit-field
	GO__LOAD_UINT,
	GO__LOAD_FLOAT,
	GO__LOAD_DOUBLE,
	GO__LOAD_INT128,
	GO__LOAD_UINT128,
	GO__LOAD_LDOUBLE,
	GO__LOAD_CHARS,  // an array of len
	GO__LOAD_STRING  // a pointer
};

// Where a number is, from the start of what it is in.
struct go__place {
	size_t offset;
	uint8_t load;
	uint8_t size;       // bytes
	uint8_t bit_width;  // 0 unless a bit-field
	uint8_t bit_offset;
	bool is_atomic;
};

struct go__key {
	struct go__place at;
	struct go__place len_at;  // the length of a STRING, if has_len
	size_t len;               // of CHARS
	size_t hop[GO__KEY_HOPS];
	uint8_t n_hops;
	bool has_len;
	bool is_down, is_folded, is_natural, is_null_last;
};

struct go_order {
	size_t size;  // of an object
	size_t n_keys;
	struct go__key key[];
};

// go__key_owner is the record that k's scalar is in; NULL if a pointer on the
// way is.
const char *go__key_owner(const struct go__key *k, const void *object);
// go__key_number is a number's rank: unsigned, in the order of k. Not for the
// loads from INT128 on.
uint64_t go__key_number(const struct go__key *k, const char *owner);
// go__key_text is the text of k and its length, which a NUL may cut short.
const char *go__key_text(const struct go__key *k, const char *owner,
			 size_t *len);
unsigned char go__key_fold(unsigned char c);
// go__order_from compares by the keys from k on; 0 if they are equal.
int go__order_from(const go_order *o, size_t k, const void *a, const void *b);
bool go__order_less(const void *a, const void *b, void *order);

// go__order_pack returns the places of n objects in the order of o, stable,
// each in the low half of an element; NULL without memory. The caller frees.
go__uint128 *go__order_pack(const go_order *o, const char *a, size_t n);

#endif
