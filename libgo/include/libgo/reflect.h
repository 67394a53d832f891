// SPDX-License-Identifier: MIT
//
// reflect: types described at run time, values read and set by name.
//
// reflectgen reads a header and writes the description of its marked types,
// NAME.reflect.h and NAME.reflect.c. Types, fields and methods are immortal
// and never change; any goroutine or thread may ask anything at any time.
// Values borrow the object; reading and writing it at once is the caller's
// race, as with the object itself (_Atomic members excepted). Nothing here
// allocates but errors and the first look at a type's fields. All functions
// see through typedefs but for name, kind, align and doc.

#ifndef LIBGO_REFLECT_H
#define LIBGO_REFLECT_H

#include "libgo/base.h"
#include "libgo/meta.h"

// Marks, for reflectgen alone: GO_REFLECT after struct, union or enum or before
// a function, the others after a member; GO_FLAGS after enum.
#ifdef __GO_REFLECTGEN__
#define GO__NOTE(...) __attribute__((annotate(__VA_ARGS__)))
#define GO_REFLECT GO__NOTE("go:reflect")
#define GO_TAG(...) GO__NOTE("go:tag:" #__VA_ARGS__)
#define GO_LEN(field) GO__NOTE("go:len:" #field)
#define GO_UNION(field) GO__NOTE("go:union:" #field)
#define GO_CASE(...) GO__NOTE("go:case:" #__VA_ARGS__)
#define GO_OWNED GO__NOTE("go:owned")
#define GO_FLAGS GO__NOTE("go:flags")
#define GO_ORDER(type, name, spec)                                             \
	extern int go__order_##type##_##name GO__NOTE("go:order:" #type        \
						      ":" #name ":" spec);
#define GO_TAG_EXT(type, field, ...)                                           \
	extern int GO__CAT(go__tag_ext_, __COUNTER__)                          \
		GO__NOTE("go:ext:" #type ":" #field ":" #__VA_ARGS__);
#else
#define GO_REFLECT
#define GO_TAG(...)
#define GO_LEN(field)
#define GO_UNION(field)
#define GO_CASE(...)
#define GO_OWNED
#define GO_FLAGS
#define GO_ORDER(type, name, spec)
#define GO_TAG_EXT(type, field, ...)
#endif

GO_BEGIN_DECLS

typedef struct go_type go_type;

typedef enum go_kind {
	GO_KIND_INVALID,
	GO_KIND_VOID,
	GO_KIND_BOOL,
	GO_KIND_INT,   // signed, of any size; plain char where signed
	GO_KIND_UINT,  // unsigned, of any size
	GO_KIND_FLOAT,
	GO_KIND_COMPLEX,
	GO_KIND_ENUM,
	GO_KIND_STRUCT,
	GO_KIND_UNION,
	GO_KIND_ARRAY,
	GO_KIND_FLEX_ARRAY,
	GO_KIND_POINTER,
	GO_KIND_FUNC,
	GO_KIND_TYPEDEF,
	GO_KIND_VECTOR,
	GO_KIND_OPAQUE  // size and name at most
} go_kind;

// Flags of a field, parameter or target.
enum {
	GO_IS_CONST = 1,
	GO_IS_VOLATILE = 2,
	GO_IS_RESTRICT = 4,
	GO_IS_ATOMIC = 8,
	GO_IS_OWNED = 16  // GO_OWNED
};

typedef struct go_field {
	/* read-only */
	const char *name;  // "" is an anonymous member
	const go_type *type;
	size_t offset;          // in bytes
	unsigned bit_offset;    // from that byte, 0 to 7
	unsigned bit_width;     // 0 unless a bit-field
	unsigned flags;         // GO_IS_CONST and so on
	const char *tag, *doc;  // "" if none
	/* private */
	const go_type *owner;
	uint32_t index;
} go_field;

typedef struct go_enumerator {
	/* read-only */
	const char *name, *doc;
	int64_t value;
} go_enumerator;

typedef struct go_method {
	/* read-only */
	const char *name;      // "birthday"
	const char *function;  // "person_birthday"
	const go_type *type;   // its FUNC type; see go_type_num_param
	const char *doc;
	/* private */
	go__thunk *thunk;
} go_method;

// GO_TYPE is the type of `struct person`, `union person`, `enum person` or the
// typedef person; also int, uint, schar, size_t and the others of meta.h. A
// type that was not generated is an error of the compiler or linker.
#define GO_TYPE(name) (go__type_##name())

// go_type_by_name finds a type among all linked in, or NULL; go_types lists
// those that generated headers export.
GO_API const go_type *go_type_by_name(const char *name);
GO_API const go_type *const *go_types(size_t *n);

// go_type_name is "person", "person *", "char [16]", "int (person *, int)".
GO_API const char *go_type_name(const go_type *t);
GO_API go_kind go_type_kind(const go_type *t);
GO_API const char *go_kind_name(go_kind kind);
GO_API size_t go_type_size(const go_type *t);
GO_API size_t go_type_align(const go_type *t);
GO_API const char *go_type_doc(const go_type *t);
GO_API const char *go_type_tag(const go_type *t);
// go_type_underlying removes typedefs; other types are their own.
GO_API const go_type *go_type_underlying(const go_type *t);
// go_type_is_char tells plain char; arrays of it and pointers to it are text.
GO_API bool go_type_is_char(const go_type *t);
GO_API bool go_type_is_signed(const go_type *t);
// go_type_hash covers names, layout and kinds, the same in every module;
// go_type_same tells equal types of different modules.
GO_API uint64_t go_type_hash(const go_type *t);
GO_API bool go_type_same(const go_type *a, const go_type *b);

// go_type_elem is an array's, vector's or complex' element, a pointer's or
// typedef's target, a function's result; NULL for others. go_type_elem_flags
// has its GO_IS_CONST and so on. go_type_len is the length of an array.
GO_API const go_type *go_type_elem(const go_type *t);
GO_API unsigned go_type_elem_flags(const go_type *t);
GO_API size_t go_type_len(const go_type *t);

// Fields of a struct or union, parameters of a function; NULL past the end.
// Members of anonymous members are found by name too, as promoted copies
// whose offset is from the start of t.
GO_API size_t go_type_num_field(const go_type *t);
GO_API const go_field *go_type_field(const go_type *t, size_t i);
GO_API const go_field *go_type_field_by_name(const go_type *t,
					     const char *name);
// go_type_field_by_text is the same for the n bytes at text.
GO_API const go_field *go_type_field_by_text(const go_type *t, const char *text,
					     size_t n);
GO_API size_t go_type_num_param(const go_type *t);
GO_API const go_field *go_type_param(const go_type *t, size_t i);

// go_type_enumerators returns n of them, in the order of the source.
GO_API const go_enumerator *go_type_enumerators(const go_type *t, size_t *n);
GO_API bool go_type_is_flags(const go_type *t);

GO_API size_t go_type_num_method(const go_type *t);
GO_API const go_method *go_type_method(const go_type *t, size_t i);
// go_type_method_by_name takes "birthday" or "person_birthday".
GO_API const go_method *go_type_method_by_name(const go_type *t,
					       const char *name);
// go_method_call calls m with n pointers to the arguments, each of exactly its
// parameter's type, and stores the result, unless it is void or result NULL.
GO_API GO_MUST_USE go_error *
go_method_call(const go_method *m, void *const *args, size_t n, void *result);

// go_tag_get copies the value of key in a tag such as `json:"age" db:"years"`
// to buf, cut to n bytes with its NUL, and tells whether key is there.
GO_API bool go_tag_get(const char *tag, const char *key, char *buf, size_t n);

// The types of C itself. The names are pasted here and not handed on: bool may
// be a macro.
#define GO__DECLARE_BUILTIN(name, ...)                                         \
	__extension__ typedef __VA_ARGS__ go__c_##name;                        \
	GO_API const go_type *go__type_##name(void) __attribute__((const));
GO__BUILTINS(GO__DECLARE_BUILTIN)
#undef GO__DECLARE_BUILTIN

GO_END_DECLS

#include "libgo/value.h"

#endif
