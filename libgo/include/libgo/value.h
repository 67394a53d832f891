// SPDX-License-Identifier: MIT
//
// value: an object and its type, two words passed by value.
//
// go_value_of makes one; fields, elements and paths lead to others inside. A
// value borrows its object. A step that fails gives an invalid value, which
// stays invalid through further steps and remembers the first error; reading
// it gives 0 or NULL, setting it returns the error. Setters check the range,
// refuse const objects and change nothing when they fail.

#ifndef LIBGO_VALUE_H
#define LIBGO_VALUE_H

#include "libgo/reflect.h"

GO_BEGIN_DECLS

typedef struct go_value {
	/* private */
	const void *ref;
	void *address;
} go_value;

// go_value_of is the value of the object at ptr, which the compiler checks to
// be a pointer to the named type; go_value_of_const cannot be set.
#ifdef __cplusplus
#define go_value_of(name, ptr)                                                 \
	go_value_make(go__type_##name(), static_cast<go__c_##name *>(ptr))
#define go_value_of_const(name, ptr)                                           \
	go_value_make_const(go__type_##name(),                                 \
			    static_cast<const go__c_##name *>(ptr))
#else
#define go_value_of(name, ptr)                                                 \
	go_value_make(go__type_##name(), GO__CHECKED(go__c_##name, #name, ptr))
#define go_value_of_const(name, ptr)                                           \
	go_value_make_const(go__type_##name(),                                 \
			    GO__CHECKED(go__c_##name, #name, ptr))
#define GO__CHECKED(type, text, ptr)                                           \
	((void)sizeof(struct {                                                 \
		 _Static_assert(__builtin_types_compatible_p(                  \
					__typeof__(*(ptr)), type),             \
				"go_value_of: not a pointer to " text);        \
		 int unused;                                                   \
	 }),                                                                   \
	 (ptr))
#endif
GO_API go_value go_value_make(const go_type *t, void *object);
GO_API go_value go_value_make_const(const go_type *t, const void *object);

// go_array is the type of an array whose length is known at run time only; it
// must live as long as values of it.
typedef struct go_array {
	/* private */
	struct go__module head;
	go_type type;
	struct go__note notes[2];
	const go_type *elem;
	void *cache[2];
	char strings[64];
} go_array;
// go_array_init makes a the type of n elements and returns &a->type.
GO_API const go_type *go_array_init(go_array *a, const go_type *elem, size_t n);

// go_value_of_array is the value of the n elements at ptr, good until the end
// of the enclosing block; go_value_of_const_array cannot be set.
#ifndef __cplusplus
#define go_value_of_array(name, ptr, n)                                        \
	go_value_make(go_array_init(&(go_array){.elem = NULL},                 \
				    go__type_##name(), n),                     \
		      GO__CHECKED(go__c_##name, #name, ptr))
#define go_value_of_const_array(name, ptr, n)                                  \
	go_value_make_const(go_array_init(&(go_array){.elem = NULL},           \
					  go__type_##name(), n),               \
			    GO__CHECKED(go__c_##name, #name, ptr))
#endif

GO_API bool go_value_is_valid(go_value v);
// go_value_error is NULL for a valid value.
GO_API GO_MUST_USE go_error *go_value_error(go_value v);
GO_API const go_type *go_value_type(go_value v);  // NULL if invalid
// go_value_kind never is GO_KIND_TYPEDEF.
GO_API go_kind go_value_kind(go_value v);
GO_API void *go_value_address(go_value v);
GO_API bool go_value_can_set(go_value v);

// go_value_field is field i; _named takes names of promoted members too; _at
// takes a path, "users[3].home.zip", in which pointers are followed; _index is
// an element of an array, vector, pointer with GO_LEN or flexible array;
// _elem is what a pointer points to.
GO_API go_value go_value_field(go_value v, size_t i);
GO_API go_value go_value_of_field(go_value v, const go_field *f);
GO_API go_value go_value_named(go_value v, const char *name);
GO_API go_value go_value_at(go_value v, const char *path);
GO_API go_value go_value_index(go_value v, size_t i);
GO_API go_value go_value_elem(go_value v);
// go_value_len is the number of elements: of an array, or as GO_LEN says.
// Without a length it is 0.
GO_API size_t go_value_len(go_value v);

// Readers. _int, _uint and _float read integers, enums, bools and floats, as
// a conversion in C would; a float out of range and all else read as 0.
GO_API int64_t go_value_int(go_value v);
GO_API uint64_t go_value_uint(go_value v);
GO_API double go_value_float(go_value v);
GO_API bool go_value_bool(go_value v);
// go_value_string borrows the text of a char array or char pointer; NULL if it
// is something else, has no NUL or is NULL.
GO_API const char *go_value_string(go_value v);
// go_value_bytes borrows the n bytes of the object itself.
GO_API const void *go_value_bytes(go_value v, size_t *n);
GO_API void *go_value_pointer(go_value v);
// go_value_enum_text is the name of an enum's value, static; NULL if none has
// it. For sets of flags see go_value_text.
GO_API const char *go_value_enum_text(go_value v);
// go_value_text writes any value as text, cut to n bytes with its NUL, and
// returns the length that it needs without the NUL: numbers in decimal, enums
// by name, flags as A|B|0x40, structs as {Ada 36}.
GO_API size_t go_value_text(go_value v, char *buf, size_t n);

// Setters.
GO_API GO_MUST_USE go_error *go_value_set_int(go_value v, int64_t x);
GO_API GO_MUST_USE go_error *go_value_set_uint(go_value v, uint64_t x);
GO_API GO_MUST_USE go_error *go_value_set_float(go_value v, double x);
GO_API GO_MUST_USE go_error *go_value_set_bool(go_value v, bool x);
// go_value_set_string copies into a char array, filling the rest with NUL; the
// text and its NUL must fit. A char pointer is refused: see set_pointer.
GO_API GO_MUST_USE go_error *go_value_set_string(go_value v, const char *s);
GO_API GO_MUST_USE go_error *go_value_set_bytes(go_value v, const void *bytes,
						size_t n);
GO_API GO_MUST_USE go_error *go_value_set_pointer(go_value v, void *p);
GO_API GO_MUST_USE go_error *go_value_set_enum(go_value v, const char *text);

// go_value_equal compares as C's == does, member by member: NaN differs from
// NaN, pointers by address but text by content, unions by the member that
// their discriminator names, by bytes without one. Different types differ.
GO_API bool go_value_equal(go_value a, go_value b);
// go_value_copy copies src into dst, of the same type; pointers are shared.
GO_API GO_MUST_USE go_error *go_value_copy(go_value dst, go_value src);
GO_API GO_MUST_USE go_error *go_value_zero(go_value v);
GO_API bool go_value_is_zero(go_value v);

// go_value_walk calls visit for every leaf below v (a number, text, pointer)
// with its path, "home.city", until it returns false; tells whether none did.
// Paths of more than 255 bytes are cut.
typedef bool go_visitor(const char *path, go_value leaf, void *arg);
GO_API bool go_value_walk(go_value v, go_visitor *visit, void *arg);

GO_END_DECLS

#endif
