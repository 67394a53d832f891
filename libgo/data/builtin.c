// SPDX-License-Identifier: MIT
//
// The types of C itself: a module written by hand, its types in the order of
// GO__BUILTINS. Sizes and signs are the compiler's.

#include "libgo/reflect.h"

#include <limits.h>

#include "data/module.h"

#define SPELLING(name, ...) char name##_spelling[sizeof(#__VA_ARGS__)];
#define SPELL(name, ...) #__VA_ARGS__,

struct spellings {
	char none[1];
	char self[sizeof("builtin")];
	GO__BUILTINS(SPELLING)
};

#define NAME(member) ((uint32_t)offsetof(struct spellings, member))

#define PLAIN(name, T, kind, flags)                                            \
	[GO__B_##name] = {GO__B_##name,                                        \
			  NAME(name##_spelling),                               \
			  kind,                                                \
			  flags,                                               \
			  GO__ALIGN(T),                                        \
			  0,                                                   \
			  sizeof(T),                                           \
			  0,                                                   \
			  0}
#define INT(name, T) PLAIN(name, T, GO_KIND_INT, GO__TYPE_SIGNED)
#define UINT(name, T) PLAIN(name, T, GO_KIND_UINT, 0)
#define FLOAT(name, T) PLAIN(name, T, GO_KIND_FLOAT, 0)
#define COMPLEX(name, T, part)                                                 \
	[GO__B_##name] = {GO__B_##name,                                        \
			  NAME(name##_spelling),                               \
			  GO_KIND_COMPLEX,                                     \
			  0,                                                   \
			  GO__ALIGN(T),                                        \
			  0,                                                   \
			  sizeof(T),                                           \
			  GO__BUILTIN(part),                                   \
			  2}
#define ALIAS(name)                                                            \
	[GO__B_##name] = {GO__B_##name,                                        \
			  NAME(name##_spelling),                               \
			  GO_KIND_TYPEDEF,                                     \
			  0,                                                   \
			  GO__ALIGN(name),                                     \
			  0,                                                   \
			  sizeof(name),                                        \
			  UNDERLYING(name),                                    \
			  0}
#define UNDERLYING(T)                                                          \
	_Generic((T)0, signed char                                             \
		 : GO__BUILTIN(schar), unsigned char                           \
		 : GO__BUILTIN(uchar), short                                   \
		 : GO__BUILTIN(short), unsigned short                          \
		 : GO__BUILTIN(ushort), int                                    \
		 : GO__BUILTIN(int), unsigned int                              \
		 : GO__BUILTIN(uint), long                                     \
		 : GO__BUILTIN(long), unsigned long                            \
		 : GO__BUILTIN(ulong), long long                               \
		 : GO__BUILTIN(llong), unsigned long long                      \
		 : GO__BUILTIN(ullong))

#if CHAR_MIN < 0
#define CHAR_KIND GO_KIND_INT
#define CHAR_FLAGS (GO__TYPE_CHAR | GO__TYPE_SIGNED)
#else
#define CHAR_KIND GO_KIND_UINT
#define CHAR_FLAGS GO__TYPE_CHAR
#endif

struct builtin {
	struct go__module head;
	struct go_type types[GO__B_COUNT];
	struct spellings strings;
};

static void *cache[GO__B_COUNT + 1];

// clang-format off
static const struct builtin module = {
	.head = {
		.magic = GO__META_MAGIC,
		.name = offsetof(struct spellings, self),
		.n_types = GO__B_COUNT,
		.strings = offsetof(struct builtin, strings),
		.cache = cache,
	},
	.types = {
		[GO__B_void] = {GO__B_void, NAME(void_spelling), GO_KIND_VOID,
		                0, 0, 0, 0, 0, 0},
		PLAIN(bool, bool, GO_KIND_BOOL, 0),
		PLAIN(char, char, CHAR_KIND, CHAR_FLAGS),
		INT(schar, signed char),
		UINT(uchar, unsigned char),
		INT(short, short),
		UINT(ushort, unsigned short),
		INT(int, int),
		UINT(uint, unsigned int),
		INT(long, long),
		UINT(ulong, unsigned long),
		INT(llong, long long),
		UINT(ullong, unsigned long long),
		INT(int128, __int128),
		UINT(uint128, unsigned __int128),
		FLOAT(float, float),
		FLOAT(double, double),
		FLOAT(ldouble, long double),
		COMPLEX(cfloat, float _Complex, float),
		COMPLEX(cdouble, double _Complex, double),
		COMPLEX(cldouble, long double _Complex, ldouble),
		ALIAS(size_t),
		ALIAS(ptrdiff_t),
		ALIAS(intptr_t),
		ALIAS(uintptr_t),
		ALIAS(int8_t),
		ALIAS(int16_t),
		ALIAS(int32_t),
		ALIAS(int64_t),
		ALIAS(uint8_t),
		ALIAS(uint16_t),
		ALIAS(uint32_t),
		ALIAS(uint64_t),
		ALIAS(intmax_t),
		ALIAS(uintmax_t),
	},
	.strings = {"", "builtin", GO__BUILTINS(SPELL)},
};
// clang-format on

_Static_assert(offsetof(struct builtin, types) == sizeof(struct go__module),
	       "types follow the head");

const struct go__module *
go__builtin_module(void)
{
	return &module.head;
}

// As in reflect.h, bool may be a macro.
#define DEFINE(name, ...)                                                      \
	const go_type *go__type_##name(void)                                   \
	{                                                                      \
		return &module.types[GO__B_##name];                            \
	}
GO__BUILTINS(DEFINE)
