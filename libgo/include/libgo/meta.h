// SPDX-License-Identifier: MIT
//
// meta: the format in which generated files describe types. Programs do not
// call it: reflectgen writes it, data/ reads it, reflect.h is its face. A
// generated file is one module, one const object:
//
//	static const struct {
//		struct go__module head;
//		struct go_type types[N];
//		struct go__field_rec fields[M];
//		struct go__enumerator_rec enumerators[E];
//		struct go__method_rec methods[D];
//		struct go__note notes[S];
//		char strings[K];
//	} module = {...};
//
// A table that would be empty is left out and its offset in the head is 0.
// types begins right behind head, so a type finds its module by its index.
// The tables hold no pointers: a name is an offset into strings (strings[0]
// is NUL, so 0 is ""), a type is a reference (below). Sizes, offsets and
// values are expressions for the compiler, not literals, wherever C has one.
// tests/data/reflect_module.h is a module written by hand.
//
// The module is made known by a constructor, which also checks the version at
// link time:
//	static struct go__module_node node = {.module = &module.head};
//	__attribute__((constructor)) static void
//	enter(void) { go__module_register_v1(&node); }
//
// For each exported type T the generated header has
//	GO__EXPORT_TYPE(T, struct T)   // struct, union, enum or typedef T
// and the generated file
//	GO__DEFINE_TYPE(T, &module.types[i])

#ifndef LIBGO_META_H
#define LIBGO_META_H

#include "libgo/base.h"

GO_BEGIN_DECLS

#define GO__META_MAGIC 0x316f6772u  // "rgo1"

// A reference to a type: an index into the module's own types, or
// GO__BUILTIN(name), or GO__REF_IMPORT | index into head.imports.
#define GO__REF_BUILTIN 0x80000000u
#define GO__REF_IMPORT 0x40000000u
#define GO__REF_INDEX 0x3fffffffu
#define GO__BUILTIN(name) (GO__REF_BUILTIN | (uint32_t)GO__B_##name)

// struct go_type: 24 bytes, aligned to 8 so that values may tag its address.
// Meaning of link and count, by kind (enum go_kind of reflect.h):
//   STRUCT, UNION   first record in fields, number of fields
//   ENUM            first record in enumerators, number of them
//   FUNC            first record in fields, number of parameters; the first
//                   record is the result (name ""), parameters follow it
//   ARRAY           reference to the element, number of elements
//   FLEX_ARRAY      reference to the element, 0
//   VECTOR, COMPLEX reference to the element, number of elements
//   POINTER, TYPEDEF   reference to the target (or void), 0
//   others          0, 0
struct go_type {
	uint32_t index;  // its own place in types
	uint32_t name;   // C spelling without "struct"
	uint8_t kind;
	uint8_t flags;  // GO__TYPE_*
	uint8_t align;  // GO__ALIGN(T); 0 if it has none
	uint8_t quals;  // GO_IS_CONST... of what link refers to
	uint32_t size;  // low 32 bits of sizeof; 0 if it has none
	uint32_t link;
	uint32_t count;  // low 32 bits
} __attribute__((aligned(8)));

#define GO__ALIGN(T) ((uint8_t)__builtin_ctz((unsigned)_Alignof(T)))

enum {
	GO__TYPE_SIGNED = 1,      // INT, ENUM and plain char where it is signed
	GO__TYPE_CHAR = 2,        // plain char: arrays of it are text
	GO__TYPE_FLAGS = 4,       // ENUM whose values are or'ed together
	GO__TYPE_VARIADIC = 8,    // FUNC
	GO__TYPE_NO_PROTO = 16,   // FUNC declared as ()
	GO__TYPE_EXPORTED = 32,   // has GO__EXPORT_TYPE; found by name first
	GO__TYPE_ANONYMOUS = 64,  // has no name in C; name is a path to it
	GO__TYPE_WIDE = 128       // has a SIZE_HIGH or COUNT_HIGH note
};

// struct go__field_rec: a member, result or parameter; 16 bytes. bit_offset
// counts from the byte at offset, 0 to 7; bit_width is 0 unless a bit-field.
// Unnamed bit-fields are left out.
struct go__field_rec {
	uint32_t name;    // "" is an anonymous member
	uint32_t type;    // reference
	uint32_t offset;  // low 32 bits of the offset in bytes
	uint8_t bit_offset;
	uint8_t bit_width;
	uint16_t flags;  // GO_IS_CONST and so on
};

struct go__enumerator_rec {
	int64_t value;  // (int64_t)NAME
	uint32_t name;
	uint32_t reserved;  // 0
};
// struct go__method_rec: sorted by owner. thunks[i] calls method i: it stores
// the result through result unless void; args[k] points to argument k.
struct go__method_rec {
	uint32_t owner;   // index of the type
	uint32_t name;    // the function's name, "person_birthday"
	uint32_t prefix;  // bytes of it to skip for "birthday"
	uint32_t type;    // index of its FUNC type, with named parameters
};
typedef void go__thunk(void *result, void *const *args);
// struct go__note: what few have; 12 bytes, sorted by what, then owner. owner
// is an index into the table that the name of what begins with.
struct go__note {
	uint32_t what;
	uint32_t owner;
	uint32_t value;
};
enum {
	GO__NOTE_FIELD_TAG = 1,  // string: all GO_TAGs, a space between
	GO__NOTE_FIELD_DOC,      // string: the comment, without its marks
	GO__NOTE_FIELD_LEN,      // field: index in fields, GO_LEN
	GO__NOTE_FIELD_UNION,    // field: the discriminator, GO_UNION
	GO__NOTE_FIELD_CASE,     // (uint32_t) of an int; may repeat, GO_CASE
	GO__NOTE_FIELD_OFFSET_HIGH,  // high 32 bits
	GO__NOTE_TYPE_TAG,
	GO__NOTE_TYPE_DOC,
	GO__NOTE_TYPE_SIZE_HIGH,
	GO__NOTE_TYPE_COUNT_HIGH,
	GO__NOTE_ENUMERATOR_DOC,
	GO__NOTE_METHOD_DOC
};
// struct go__module: the head; offsets are in bytes from the head. cache has
// n_types + 1 elements, all NULL, in the file's own writable memory.
struct go__module {
	uint32_t magic;  // GO__META_MAGIC
	uint32_t name;   // string: the header's name as given
	uint32_t n_types, n_fields, n_enumerators, n_methods, n_notes;
	uint32_t fields, enumerators, methods, notes, strings;
	void **cache;
	go__thunk *const *thunks;              // n_methods; or NULL
	const struct go_type *const *imports;  // or NULL
};

struct go__module_node {
	const struct go__module *module;
	struct go__module_node *next;  // the registry's
};
GO_API void go__module_register_v1(struct go__module_node *node);

#define GO__EXPORT_TYPE(name, ...)                                             \
	typedef __VA_ARGS__ go__c_##name;                                      \
	GO_API const struct go_type *go__type_##name(void)                     \
		__attribute__((const));
#define GO__DEFINE_TYPE(name, address)                                         \
	const struct go_type *go__type_##name(void)                            \
	{                                                                      \
		return address;                                                \
	}

// The annotations that GO_REFLECT and its kin leave under __GO_REFLECTGEN__:
// one string each, text after the last colon verbatim.
//   go:reflect                  a record, enum or function to be reflected
//   go:tag:TAGS                 on a member
//   go:len:FIELD                on a pointer, array or flexible array
//   go:union:FIELD              on a union member: its discriminator
//   go:case:CONSTANT, ...       on a member of that union
//   go:owned                    on a pointer: freed with the object
//   go:flags                    on an enum: values are or'ed together
// and, on a dummy `extern int` that only carries them,
//   go:order:TYPE:NAME:SPEC     GO_ORDER(TYPE, NAME, "SPEC")
//   go:ext:TYPE:FIELD:TAGS      GO_TAG_EXT(TYPE, FIELD, TAGS)

// GO__BUILTINS lists the types that libgo.a describes; typedefs of these names
// refer to them too (size_t keeps its name).
// clang-format off
#define GO__BUILTINS(X)                                                   \
	X(void, void) X(bool, bool) X(char, char) X(schar, signed char)   \
	X(uchar, unsigned char) X(short, short) X(ushort, unsigned short) \
	X(int, int) X(uint, unsigned int) X(long, long)                   \
	X(ulong, unsigned long) X(llong, long long)                       \
	X(ullong, unsigned long long) X(int128, __int128)                 \
	X(uint128, unsigned __int128) X(float, float) X(double, double)   \
	X(ldouble, long double) X(cfloat, float _Complex)                 \
	X(cdouble, double _Complex) X(cldouble, long double _Complex)     \
	X(size_t, size_t) X(ptrdiff_t, ptrdiff_t) X(intptr_t, intptr_t)   \
	X(uintptr_t, uintptr_t) X(int8_t, int8_t) X(int16_t, int16_t)     \
	X(int32_t, int32_t) X(int64_t, int64_t) X(uint8_t, uint8_t)       \
	X(uint16_t, uint16_t) X(uint32_t, uint32_t) X(uint64_t, uint64_t) \
	X(intmax_t, intmax_t) X(uintmax_t, uintmax_t)
// clang-format on

#define GO__BUILTIN_ID(name, ...) GO__B_##name,
enum go__builtin { GO__BUILTINS(GO__BUILTIN_ID) GO__B_COUNT };
#undef GO__BUILTIN_ID

GO_END_DECLS

#endif
