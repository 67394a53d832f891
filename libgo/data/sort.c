// SPDX-License-Identifier: MIT
//
// go_sort: a sort for each type of numbers, and for strings.
//
// Numbers of one byte are counted. NaNs are set aside before the floats are
// sorted. No sort allocates: radix sorts of wider integers would have to, and
// a call that sorts ten numbers or ten million should not differ in that.

#include "libgo/sort.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "libgo/sorter.h"

enum { NUMBER_SMALL = 32 };

// long and long long are one machine type, and so are others: each is sorted
// through the name of its size, which may alias them all.
#define ALIAS __attribute__((may_alias))
typedef int16_t ALIAS i16;
typedef uint16_t ALIAS u16;
typedef int32_t ALIAS i32;
typedef uint32_t ALIAS u32;
typedef int64_t ALIAS i64;
typedef uint64_t ALIAS u64;
typedef go__int128 ALIAS i128;
typedef go__uint128 ALIAS u128;
typedef long double ALIAS ldouble;

#define NUMBER i16
#define MOST INT16_MAX
#define NAME(x) i16_##x
#include "data/sort_number.h"

#define NUMBER u16
#define MOST UINT16_MAX
#define NAME(x) u16_##x
#include "data/sort_number.h"

#define NUMBER i32
#define MOST INT32_MAX
#define NAME(x) i32_##x
#include "data/sort_number.h"

#define NUMBER u32
#define MOST UINT32_MAX
#define NAME(x) u32_##x
#include "data/sort_number.h"

#define NUMBER i64
#define MOST INT64_MAX
#define NAME(x) i64_##x
#include "data/sort_number.h"

#define NUMBER u64
#define MOST UINT64_MAX
#define NAME(x) u64_##x
#include "data/sort_number.h"

#define NUMBER i128
#define MOST ((i128)((u128)-1 >> 1))
#define NAME(x) i128_##x
#include "data/sort_number.h"

#define NUMBER u128
#define MOST ((u128)-1)
#define NAME(x) u128_##x
#include "data/sort_number.h"

#define NUMBER ldouble
#define MOST ((ldouble)INFINITY)
#define NAME(x) ldouble_##x
#include "data/sort_number.h"

#define SORT_INTEGER(T, name, as)                                              \
	_Static_assert(sizeof(T) == sizeof(as), "size of " #T);                \
	void go__sort_##name(T *a, size_t n)                                   \
	{                                                                      \
		as##_sort((as *)a, n);                                         \
	}
SORT_INTEGER(short, short, i16)
SORT_INTEGER(unsigned short, ushort, u16)
SORT_INTEGER(int, int, i32)
SORT_INTEGER(unsigned, uint, u32)
SORT_INTEGER(long, long, i64)
SORT_INTEGER(unsigned long, ulong, u64)
SORT_INTEGER(long long, llong, i64)
SORT_INTEGER(unsigned long long, ullong, u64)
SORT_INTEGER(go__int128, int128, i128)
SORT_INTEGER(go__uint128, uint128, u128)

// ---- floats ----------------------------------------------------------------

#define NANS_LAST(T)                                                           \
	static size_t T##_nans_last(T *a, size_t n)                            \
	{                                                                      \
		size_t i = 0;                                                  \
		T nan;                                                         \
                                                                               \
		while (i < n) {                                                \
			if (!isnan(a[i])) {                                    \
				i++;                                           \
				continue;                                      \
			}                                                      \
			nan = a[i];                                            \
			a[i] = a[--n];                                         \
			a[n] = nan;                                            \
		}                                                              \
		return n;                                                      \
	}
NANS_LAST(float)
NANS_LAST(double)
NANS_LAST(ldouble)

// The bits of a float, those below the sign turned over if it is set, are in
// order as signed integers. turn is its own inverse.
#define SORT_FLOAT(T, as, most)                                                \
	static void T##_turn(as *a, size_t n)                                  \
	{                                                                      \
		size_t i;                                                      \
                                                                               \
		for (i = 0; i < n; i++)                                        \
			a[i] ^= a[i] < 0 ? most : 0;                           \
	}                                                                      \
	void go__sort_##T(T *a, size_t n)                                      \
	{                                                                      \
		n = T##_nans_last(a, n);                                       \
		T##_turn((as *)a, n);                                          \
		as##_sort((as *)a, n);                                         \
		T##_turn((as *)a, n);                                          \
	}
SORT_FLOAT(float, i32, INT32_MAX)
SORT_FLOAT(double, i64, INT64_MAX)

void
go__sort_ldouble(long double *a, size_t n)
{
	ldouble_sort(a, ldouble_nans_last(a, n));
}

// ---- bytes and strings -----------------------------------------------------

// sort_bytes counts how often each value occurs; bias is that of the least.
static void
sort_bytes(void *a, size_t n, int bias)
{
	size_t count[UCHAR_MAX + 1] = {0}, i;
	unsigned char *p = a, x;

	for (i = 0; i < n; i++)
		count[p[i]]++;
	for (i = 0; i <= UCHAR_MAX; i++) {
		x = (unsigned char)((int)i + bias);
		memset(p, x, count[x]);
		p += count[x];
	}
}

#define SORT_BYTES(T, name, least)                                             \
	void go__sort_##name(T *a, size_t n)                                   \
	{                                                                      \
		sort_bytes(a, n, least);                                       \
	}
SORT_BYTES(bool, bool, 0)
SORT_BYTES(char, char, CHAR_MIN)
SORT_BYTES(signed char, schar, SCHAR_MIN)
SORT_BYTES(unsigned char, uchar, 0)

typedef const char *string;

static inline bool
string_less(const string *a, const string *b)
{
	if (*a == NULL || *b == NULL)
		return *a == NULL && *b != NULL;
	return strcmp(*a, *b) < 0;
}

GO_SORT(sort_strings, string, string_less);

void
go__sort_const_string(const char **a, size_t n)
{
	sort_strings(a, n);
}

void
go__sort_string(char **a, size_t n)
{
	go__sort_const_string((const char **)a, n);
}

// The compiler refuses a call of this one: see go_sort.
void
go__sort_nothing(const void *a, size_t n)
{
	(void)a;
	(void)n;
}
