// SPDX-License-Identifier: MIT
//
// A second module written by hand, with what parcel has not: a union with a
// discriminator, arrays of structs, wide and odd numbers, types of another
// module.

#ifndef TESTS_DATA_CRATE_MODULE_H
#define TESTS_DATA_CRATE_MODULE_H

#include "reflect_module.h"

struct point {
	double x, y;
};

struct crate {
	struct point corner[2];
	enum which { BY_ID, BY_NAME } which;
	union {
		int id;
		char name[8];
	} key;  // GO_UNION(which), GO_CASE(BY_ID), GO_CASE(BY_NAME)
	unsigned n_parcels;
	struct parcel *parcels;  // GO_LEN(n_parcels)
	struct point *origin;
	void *cargo;
	const char *owner;
	float ratio;
	int8_t tiny;
	uint64_t big;
	int64_t bytes;
	__extension__ __int128 wide;
	long double fine;
	double _Complex z;
	unsigned char raw[3];
	const char seal[4];
	_Atomic uint8_t locks;
	int64_t wide_bits : 64;
};

GO_BEGIN_DECLS
GO__EXPORT_TYPE(point, struct point)
GO__EXPORT_TYPE(which, enum which)
GO__EXPORT_TYPE(crate, struct crate)
GO_END_DECLS

enum {
	C_POINT,
	C_WHICH,
	C_CRATE,
	C_KEY,
	C_CORNERS,
	C_PARCELS,
	C_POINT_PTR,
	C_CARGO,
	C_TEXT,
	C_RAW,
	C_SEAL,
	C_NAME,
	C_COUNT
};

// clang-format off
#define CRATE_STRINGS(X)                                                  \
	X(none, "") X(file, "crate.h") X(point, "point") X(which, "which") \
	X(crate, "crate") X(key_type, "crate.key") X(corners, "point [2]") \
	X(parcels_type, "parcel *") X(point_ptr, "point *")               \
	X(cargo_type, "void *") X(text, "const char *")                   \
	X(raw_type, "unsigned char [3]") X(seal_type, "const char [4]")   \
	X(name_type, "char [8]") X(by_id, "BY_ID") X(by_name, "BY_NAME")  \
	X(x, "x") X(y, "y") X(corner, "corner") X(key, "key")             \
	X(n_parcels, "n_parcels") X(parcels, "parcels")                   \
	X(origin, "origin") X(cargo, "cargo") X(owner, "owner")           \
	X(ratio, "ratio") X(tiny, "tiny") X(big, "big")                   \
	X(bytes, "bytes") X(wide, "wide") X(fine, "fine") X(z, "z")       \
	X(raw, "raw") X(seal, "seal") X(locks, "locks")                   \
	X(wide_bits, "wide_bits") X(id, "id") X(name, "name")             \
	X(owner_tag, "json:\"held_by,omitempty\" table:\"Held by\"")      \
	X(bytes_tag, "json:\",string\" unit:\"bytes\" table:\"SIZE\"")    \
	X(raw_tag, "json:\"-\" table:\"-\"") X(doc, "What to ship.")
// clang-format on

#define CRATE_MEMBER(name, text) char name[sizeof(text)];
#define CRATE_TEXT(name, text) text,
struct crate_strings {
	CRATE_STRINGS(CRATE_MEMBER)
};
#define CS(member) ((uint32_t)offsetof(struct crate_strings, member))
#define CAT(member) ((uint32_t)offsetof(struct crate, member))
#define F_CRATE 2
#define F_KEY 21

struct crate_module {
	struct go__module head;
	struct go_type types[C_COUNT];
	struct go__field_rec fields[23];
	struct go__enumerator_rec enumerators[2];
	struct go__note notes[8];
	struct crate_strings strings;
};

static void *crate_cache[C_COUNT + 1];
static const go_type *const crate_imports[] = {&parcel_module.types[T_PARCEL]};

#define POINTER(index, name, quals, target)                                    \
	{                                                                      \
		index, CS(name), GO_KIND_POINTER, 0, GO__ALIGN(void *), quals, \
			sizeof(void *), target, 0                              \
	}

// clang-format off
static const struct crate_module crate_module = {
	.head = {
		GO__META_MAGIC, CS(file), C_COUNT, 23, 2, 0, 8,
		offsetof(struct crate_module, fields),
		offsetof(struct crate_module, enumerators), 0,
		offsetof(struct crate_module, notes),
		offsetof(struct crate_module, strings),
		crate_cache, NULL, crate_imports,
	},
	.types = {
		{C_POINT, CS(point), GO_KIND_STRUCT, GO__TYPE_EXPORTED,
		 GO__ALIGN(struct point), 0, sizeof(struct point), 0, 2},
		{C_WHICH, CS(which), GO_KIND_ENUM, GO__TYPE_EXPORTED,
		 GO__ALIGN(enum which), 0, sizeof(enum which), 0, 2},
		{C_CRATE, CS(crate), GO_KIND_STRUCT, GO__TYPE_EXPORTED,
		 GO__ALIGN(struct crate), 0, sizeof(struct crate), F_CRATE, 19},
		{C_KEY, CS(key_type), GO_KIND_UNION, GO__TYPE_ANONYMOUS,
		 GO__ALIGN(int), 0, 8, F_KEY, 2},
		{C_CORNERS, CS(corners), GO_KIND_ARRAY, 0,
		 GO__ALIGN(struct point), 0, 2 * sizeof(struct point),
		 C_POINT, 2},
		POINTER(C_PARCELS, parcels_type, 0, GO__REF_IMPORT | 0),
		POINTER(C_POINT_PTR, point_ptr, 0, C_POINT),
		POINTER(C_CARGO, cargo_type, 0, GO__BUILTIN(void)),
		POINTER(C_TEXT, text, GO_IS_CONST, GO__BUILTIN(char)),
		{C_RAW, CS(raw_type), GO_KIND_ARRAY, 0, 0, 0, 3,
		 GO__BUILTIN(uchar), 3},
		{C_SEAL, CS(seal_type), GO_KIND_ARRAY, 0, 0, GO_IS_CONST, 4,
		 GO__BUILTIN(char), 4},
		{C_NAME, CS(name_type), GO_KIND_ARRAY, 0, 0, 0, 8,
		 GO__BUILTIN(char), 8},
	},
	.fields = {
		{CS(x), GO__BUILTIN(double), offsetof(struct point, x), 0, 0,
		 0},
		{CS(y), GO__BUILTIN(double), offsetof(struct point, y), 0, 0,
		 0},
		{CS(corner), C_CORNERS, CAT(corner), 0, 0, 0},
		{CS(which), C_WHICH, CAT(which), 0, 0, 0},
		{CS(key), C_KEY, CAT(key), 0, 0, 0},
		{CS(n_parcels), GO__BUILTIN(uint), CAT(n_parcels), 0, 0, 0},
		{CS(parcels), C_PARCELS, CAT(parcels), 0, 0, 0},
		{CS(origin), C_POINT_PTR, CAT(origin), 0, 0, 0},
		{CS(cargo), C_CARGO, CAT(cargo), 0, 0, 0},
		{CS(owner), C_TEXT, CAT(owner), 0, 0, 0},
		{CS(ratio), GO__BUILTIN(float), CAT(ratio), 0, 0, 0},
		{CS(tiny), GO__BUILTIN(int8_t), CAT(tiny), 0, 0, 0},
		{CS(big), GO__BUILTIN(uint64_t), CAT(big), 0, 0, 0},
		{CS(bytes), GO__BUILTIN(int64_t), CAT(bytes), 0, 0, 0},
		{CS(wide), GO__BUILTIN(int128), CAT(wide), 0, 0, 0},
		{CS(fine), GO__BUILTIN(ldouble), CAT(fine), 0, 0, 0},
		{CS(z), GO__BUILTIN(cdouble), CAT(z), 0, 0, 0},
		{CS(raw), C_RAW, CAT(raw), 0, 0, 0},
		{CS(seal), C_SEAL, CAT(seal), 0, 0, 0},
		{CS(locks), GO__BUILTIN(uchar), CAT(locks), 0, 0, GO_IS_ATOMIC},
		// The eight bytes behind the last aligned ones.
		{CS(wide_bits), GO__BUILTIN(int64_t),
		 (CAT(locks) + 8) / 8 * 8, 0, 64, 0},
		{CS(id), GO__BUILTIN(int), 0, 0, 0, 0},
		{CS(name), C_NAME, 0, 0, 0, 0},
	},
	.enumerators = {{BY_ID, CS(by_id), 0}, {BY_NAME, CS(by_name), 0}},
	.notes = {
		{GO__NOTE_FIELD_TAG, F_CRATE + 7, CS(owner_tag)},
		{GO__NOTE_FIELD_TAG, F_CRATE + 11, CS(bytes_tag)},
		{GO__NOTE_FIELD_TAG, F_CRATE + 15, CS(raw_tag)},
		{GO__NOTE_FIELD_LEN, F_CRATE + 4, F_CRATE + 3},
		{GO__NOTE_FIELD_UNION, F_CRATE + 2, F_CRATE + 1},
		{GO__NOTE_FIELD_CASE, F_KEY, BY_ID},
		{GO__NOTE_FIELD_CASE, F_KEY + 1, BY_NAME},
		{GO__NOTE_TYPE_DOC, C_CRATE, CS(doc)},
	},
	.strings = {CRATE_STRINGS(CRATE_TEXT)},
};
// clang-format on

GO__DEFINE_TYPE(point, &crate_module.types[C_POINT])
GO__DEFINE_TYPE(which, &crate_module.types[C_WHICH])
GO__DEFINE_TYPE(crate, &crate_module.types[C_CRATE])

static struct go__module_node crate_node = {&crate_module.head, NULL};

__attribute__((constructor)) static void
enter_crate(void)
{
	go__module_register_v1(&crate_node);
}

#endif
