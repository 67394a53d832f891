// SPDX-License-Identifier: MIT
//
// A module written by hand: the worked example of libgo/meta.h. What
// reflectgen writes for such types goes to a .reflect.h and a .reflect.c; here
// both stand behind the types, which are not marked so that nothing is
// generated for them.

#ifndef TESTS_DATA_REFLECT_MODULE_H
#define TESTS_DATA_REFLECT_MODULE_H

#include <string.h>

#include "libgo/reflect.h"

enum shade { DARK, LIGHT = 5, PALE = -2 };
enum mode { READ = 1, WRITE = 2, EXEC = 4 };  // GO_FLAGS

struct parcel {
	char label[8];  // GO_TAG(json:"name")
	const int serial;
	enum shade shade;
	unsigned low : 1;
	int mid : 5;
	unsigned long long high : 40;
	enum mode mode;
	struct {
		short width, height;
	};
	size_t n_weights;
	float *weights;  // GO_LEN(n_weights)
	const char *note;
	struct parcel *next;
	_Atomic int count;
	bool done;
};
int parcel_scale(struct parcel *p, short by);

// ---- parcel.reflect.h ------------------------------------------------------

GO_BEGIN_DECLS
GO__EXPORT_TYPE(shade, enum shade)
GO__EXPORT_TYPE(mode, enum mode)
GO__EXPORT_TYPE(parcel, struct parcel)
GO_END_DECLS

// ---- parcel.reflect.c ------------------------------------------------------

// Indices into types.
enum {
	T_SHADE,
	T_MODE,
	T_PARCEL,
	T_SIZE_PAIR,
	T_LABEL,
	T_WEIGHTS,
	T_NOTE,
	T_NEXT,
	T_SCALE,
	T_COUNT
};

// The offset of a string is that of the member before it that has its name.
struct parcel_strings {
	char none[1], file[9], shade[6], mode[5], parcel[7], pair[9];
	char char8[9], floats[8], text[13], next_type[9], scale_type[22];
	char dark[5], light[6], pale[5], read[5], write[6], exec[5];
	char label[6], serial[7], low[4], mid[4], high[5], width[6], height[7];
	char n_weights[10], weights[8], note[5], next[5], count[6], done[5];
	char scale[13], p[2], by[3], tag[12];
};
#define S(member) ((uint32_t)offsetof(struct parcel_strings, member))
#define AT(member) ((uint32_t)offsetof(struct parcel, member))

struct parcel_module {
	struct go__module head;
	struct go_type types[T_COUNT];
	struct go__field_rec fields[19];
	struct go__enumerator_rec enumerators[6];
	struct go__method_rec methods[1];
	struct go__note notes[2];
	struct parcel_strings strings;
};

int
parcel_scale(struct parcel *p, short by)
{
	p->width = (short)(p->width * by);
	return p->width;
}

static void
parcel_thunk_0(void *result, void *const *args)
{
	struct parcel *p;
	short by;
	int got;

	memcpy(&p, args[0], sizeof(p));
	memcpy(&by, args[1], sizeof(by));
	got = parcel_scale(p, by);
	memcpy(result, &got, sizeof(got));
}

static go__thunk *const parcel_thunks[] = {parcel_thunk_0};
static void *parcel_cache[T_COUNT + 1];

// clang-format off
static const struct parcel_module parcel_module = {
	.head = {
		GO__META_MAGIC, S(file), T_COUNT, 19, 6, 1, 2,
		offsetof(struct parcel_module, fields),
		offsetof(struct parcel_module, enumerators),
		offsetof(struct parcel_module, methods),
		offsetof(struct parcel_module, notes),
		offsetof(struct parcel_module, strings),
		parcel_cache, parcel_thunks, NULL,
	},
	.types = {
		{T_SHADE, S(shade), GO_KIND_ENUM,
		 GO__TYPE_EXPORTED | GO__TYPE_SIGNED, GO__ALIGN(enum shade),
		 0, sizeof(enum shade), 0, 3},
		{T_MODE, S(mode), GO_KIND_ENUM,
		 GO__TYPE_EXPORTED | GO__TYPE_FLAGS, GO__ALIGN(enum mode),
		 0, sizeof(enum mode), 3, 3},
		{T_PARCEL, S(parcel), GO_KIND_STRUCT, GO__TYPE_EXPORTED,
		 GO__ALIGN(struct parcel), 0, sizeof(struct parcel), 0, 14},
		{T_SIZE_PAIR, S(pair), GO_KIND_STRUCT, GO__TYPE_ANONYMOUS, 1,
		 0, 2 * sizeof(short), 14, 2},
		{T_LABEL, S(char8), GO_KIND_ARRAY, 0, 0, 0, 8,
		 GO__BUILTIN(char), 8},
		{T_WEIGHTS, S(floats), GO_KIND_POINTER, 0,
		 GO__ALIGN(void *), 0, sizeof(void *), GO__BUILTIN(float), 0},
		{T_NOTE, S(text), GO_KIND_POINTER, 0, GO__ALIGN(void *),
		 GO_IS_CONST, sizeof(void *), GO__BUILTIN(char), 0},
		{T_NEXT, S(next_type), GO_KIND_POINTER, 0, GO__ALIGN(void *),
		 0, sizeof(void *), T_PARCEL, 0},
		{T_SCALE, S(scale_type), GO_KIND_FUNC, 0, 0, 0, 0, 16, 2},
	},
	.fields = {
		{S(label), T_LABEL, AT(label), 0, 0, 0},
		{S(serial), GO__BUILTIN(int), AT(serial), 0, 0, GO_IS_CONST},
		{S(shade), T_SHADE, AT(shade), 0, 0, 0},
		// Behind shade: 1 + 5 bits, then 40 in the next unit's turn.
		{S(low), GO__BUILTIN(uint), AT(shade) + 4, 0, 1, 0},
		{S(mid), GO__BUILTIN(int), AT(shade) + 4, 1, 5, 0},
		{S(high), GO__BUILTIN(ullong), AT(shade) + 4, 6, 40, 0},
		{S(mode), T_MODE, AT(mode), 0, 0, 0},
		{S(none), T_SIZE_PAIR, AT(width), 0, 0, 0},
		{S(n_weights), GO__BUILTIN(size_t), AT(n_weights), 0, 0, 0},
		{S(weights), T_WEIGHTS, AT(weights), 0, 0, 0},
		{S(note), T_NOTE, AT(note), 0, 0, 0},
		{S(next), T_NEXT, AT(next), 0, 0, 0},
		{S(count), GO__BUILTIN(int), AT(count), 0, 0, GO_IS_ATOMIC},
		{S(done), GO__BUILTIN(bool), AT(done), 0, 0, 0},
		{S(width), GO__BUILTIN(short), 0, 0, 0, 0},
		{S(height), GO__BUILTIN(short),
		 AT(height) - AT(width), 0, 0, 0},
		{S(none), GO__BUILTIN(int), 0, 0, 0, 0},
		{S(p), T_NEXT, 0, 0, 0, 0},
		{S(by), GO__BUILTIN(short), 0, 0, 0, 0},
	},
	.enumerators = {
		{DARK, S(dark), 0}, {LIGHT, S(light), 0}, {PALE, S(pale), 0},
		{READ, S(read), 0}, {WRITE, S(write), 0}, {EXEC, S(exec), 0},
	},
	.methods = {{T_PARCEL, S(scale), 7, T_SCALE}},
	.notes = {
		{GO__NOTE_FIELD_TAG, 0, S(tag)},
		{GO__NOTE_FIELD_LEN, 9, 8},
	},
	.strings = {
		"", "parcel.h", "shade", "mode", "parcel", "parcel.0",
		"char [8]", "float *", "const char *", "parcel *",
		"int (parcel *, short)", "DARK", "LIGHT", "PALE", "READ",
		"WRITE", "EXEC", "label", "serial", "low", "mid", "high",
		"width", "height", "n_weights", "weights", "note", "next",
		"count", "done", "parcel_scale", "p", "by", "json:\"name\"",
	},
};
// clang-format on

GO__DEFINE_TYPE(shade, &parcel_module.types[T_SHADE])
GO__DEFINE_TYPE(mode, &parcel_module.types[T_MODE])
GO__DEFINE_TYPE(parcel, &parcel_module.types[T_PARCEL])

static struct go__module_node parcel_node = {&parcel_module.head, NULL};

__attribute__((constructor)) static void
enter_parcel(void)
{
	go__module_register_v1(&parcel_node);
}

#endif
