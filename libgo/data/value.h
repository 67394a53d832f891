// SPDX-License-Identifier: MIT
//
// value: what the files that work on values share.
//
// A value's ref is an address, aligned to 8, with three bits of meaning:
//   FIELD set     a go_field: a bit-field, or a member with GO_LEN or GO_UNION;
//                 the object is inside the field's owner
//   FIELD clear   a go_type
//   CONST         not to be set
//   ATOMIC        the object is _Atomic
//   ERROR         FIELD and ATOMIC: the type (or NULL) at which a step failed;
//                 address then is the number of the failure's text

#ifndef DATA_VALUE_H
#define DATA_VALUE_H

#include "libgo/value.h"

enum {
	GO__REF_CONST = 1,
	GO__REF_ATOMIC = 2,
	GO__REF_FIELD = 4,
	GO__REF_ERROR = GO__REF_FIELD | GO__REF_ATOMIC,
	GO__REF_BITS = 7
};

// A go__wide holds every integer that C has but the upper half of uint128.
__extension__ typedef __int128 go__wide;
__extension__ typedef unsigned __int128 go__bits;

// go__value_bare is the type without typedefs; NULL if v is invalid.
const go_type *go__value_bare(go_value v);
// go__value_origin is the field that v came from, if its ref has one.
const go_field *go__value_origin(go_value v);
bool go__value_is_atomic(go_value v);
// go__value_fail is an invalid value with that text.
go_value go__value_fail(const go_type *t, const char *fmt, ...)
	GO__PRINTF(2, 3);
// go__value_label names v for an error: "person.admin" or its type.
const char *go__value_label(go_value v, char *buf, size_t n);
// go__value_relation is the member of the same object that what (LEN, UNION)
// names; invalid if there is none.
go_value go__value_relation(go_value v, uint32_t what);
bool go__value_has_len(go_value v);
// go__value_case is the union's member that its discriminator names, or NULL.
const go_field *go__value_case(go_value v);

// go__type_is_integer tells bool, integer and enum; t has no typedefs.
bool go__type_is_integer(const go_type *t);
// go__value_width is the number of bits of an integer object.
unsigned go__value_width(go_value v);
go__bits go__bit_mask(unsigned width);
// go__value_wide reads a bool, integer or enum, go__value_real a float.
bool go__value_wide(go_value v, go__wide *x);
bool go__value_real(go_value v, long double *x);
// go__value_load and go__value_store move an object of at most 16 bytes,
// go__value_store_bits the bits of an integer.
void go__value_load(go_value v, void *out, size_t size);
void go__value_store(go_value v, const void *in, size_t size);
void go__value_store_bits(go_value v, go__bits x);

// go__value_check tells why v may not be set, go__value_check_whole also why
// not all of it at once.
GO_MUST_USE go_error *go__value_check(go_value v);
GO_MUST_USE go_error *go__value_check_whole(go_value v);
GO_MUST_USE go_error *go__value_wrong_kind(go_value v, const char *want);
GO_MUST_USE go_error *go__value_set_wide(go_value v, go__wide x);

// go__value_text_bytes finds the text that v holds or points to: a char array
// without NUL has its whole length. False if v is no text or NULL.
bool go__value_text_bytes(go_value v, const char **s, size_t *n);
// go__value_member is go_value_named for a name of n bytes.
go_value go__value_member(go_value v, const char *name, size_t n);

#endif
