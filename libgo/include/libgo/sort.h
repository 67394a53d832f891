// SPDX-License-Identifier: MIT
//
// sort: arrays of numbers, strings and anything else in order.
//
//	int numbers[] = {3, -1, 2};
//	go_sort(numbers, 3);
//
// All sorts take O(n log n) comparisons at worst, and one look at an array
// that is in order already or in reverse. They allocate nothing, the stable
// ones excepted, and never park. A comparison that contradicts itself gets
// some permutation of the elements; one that panics finds every element in
// the array. Sorting one array from two threads is the caller's race.
//
// See order.h for structs by a specification, sorter.h for a sort of one type
// with its comparison inlined, heap.h for priority queues.

#ifndef LIBGO_SORT_H
#define LIBGO_SORT_H

#include "libgo/base.h"

GO_BEGIN_DECLS

// go_less tells whether *a comes before *b. It must be a strict weak order: no
// element comes before itself, and so on.
typedef bool go_less(const void *a, const void *b, void *arg);

// go_sort_func sorts n elements of size bytes. Equal ones end in any order.
GO_API void go_sort_func(void *a, size_t n, size_t size, go_less *less,
			 void *arg);

// go_stable_sort_func leaves equal elements in the order that they had. It
// allocates room for n elements past 1 KB; if it cannot, it takes O(n log² n)
// moves. BUG: a panic in less that the program survives leaks that room.
GO_API void go_stable_sort_func(void *a, size_t n, size_t size, go_less *less,
				void *arg);

GO_API bool go_is_sorted_func(const void *a, size_t n, size_t size,
			      go_less *less, void *arg);

// go_search_func returns the first of n sorted elements that does not come
// before *key, or n.
GO_API size_t go_search_func(const void *a, size_t n, size_t size,
			     const void *key, go_less *less, void *arg);

// go_search returns the least i < n for which fn(i) is true, or n. Once true,
// fn must stay so for all greater i.
GO_API size_t go_search(size_t n, bool (*fn)(size_t i, void *arg), void *arg);

// go_sortable is what go_sort_interface sorts through: a collection of any
// shape, its elements known by their places alone.
typedef struct go_sortable {
	size_t (*len)(void *x);
	bool (*less)(void *x, size_t i, size_t j);
	void (*swap)(void *x, size_t i, size_t j);
} go_sortable;

// go_sort_interface sorts x; go_stable_sort_interface keeps the order of equal
// elements, in O(n log² n) swaps.
GO_API void go_sort_interface(const go_sortable *s, void *x);
GO_API void go_stable_sort_interface(const go_sortable *s, void *x);
GO_API bool go_is_sorted_interface(const go_sortable *s, void *x);

// go_reverse turns the order of n elements of size bytes around.
GO_API void go_reverse(void *a, size_t n, size_t size);

// go_shuffle puts n elements of size bytes into an order chosen at random,
// each as likely as any other as far as seed is: one seed, one order. Seed 0
// takes another each time.
GO_API void go_shuffle(void *a, size_t n, size_t size, uint64_t seed);

// GO__SORTABLE lists what go_sort takes: the type and the function.
// clang-format off
#define GO__SORTABLE(X)                                                       \
	X(bool, bool) X(char, char) X(signed char, schar)                     \
	X(unsigned char, uchar) X(short, short) X(unsigned short, ushort)     \
	X(int, int) X(unsigned int, uint) X(long, long)                       \
	X(unsigned long, ulong) X(long long, llong)                           \
	X(unsigned long long, ullong) X(go__int128, int128)                   \
	X(go__uint128, uint128) X(float, float) X(double, double)             \
	X(long double, ldouble) X(char *, string) X(const char *, const_string)
// clang-format on

__extension__ typedef __int128 go__int128;
__extension__ typedef unsigned __int128 go__uint128;

#define GO__SORT_DECLARE(T, name) GO_API void go__sort_##name(T *a, size_t n);
GO__SORTABLE(GO__SORT_DECLARE)
#undef GO__SORT_DECLARE

GO_END_DECLS

// go_sort sorts an array of n integers, floats or strings, ascending. NaN comes
// last. Strings compare as unsigned bytes; NULL comes first.
#ifdef __cplusplus
#define GO__SORT_OVERLOAD(T, name)                                             \
	inline void go_sort(T *a, size_t n)                                    \
	{                                                                      \
		go__sort_##name(a, n);                                         \
	}
GO__SORTABLE(GO__SORT_OVERLOAD)
#undef GO__SORT_OVERLOAD
#else
#define go_sort(a, n)                                                          \
	((void)sizeof(struct {                                                 \
		 _Static_assert(                                               \
			 _Generic((a),                                         \
				  GO__SORTABLE(GO__SORT_YES) default : 0),     \
			 "go_sort: neither numbers nor strings; "              \
			 "see go_sort_func");                                  \
		 int unused;                                                   \
	 }),                                                                   \
	 _Generic((a), GO__SORTABLE(GO__SORT_NAME) default                     \
		  : go__sort_nothing)((a), (n)))
#define GO__SORT_YES(T, name) T * : 1,
#define GO__SORT_NAME(T, name) T * : go__sort_##name,
GO_API void go__sort_nothing(const void *a, size_t n);
#endif

#endif
