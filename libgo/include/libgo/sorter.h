// SPDX-License-Identifier: MIT
//
// sorter: GO_SORT, the sort of one type with its comparison inlined.
//
//	static inline bool
//	older(const struct person *a, const struct person *b)
//	{
//		return a->age > b->age;
//	}
//	GO_SORT(sort_by_age, struct person, older)
//
// defines sort_by_age(a, n) and beside it sort_by_age_stable(a, n),
// sort_by_age_is_sorted(a, n) and sort_by_age_search(a, n, &key), the first
// element that is not before key. What sort.h promises holds for them.
//
// The rest is how: quicksort with the median of 3 or 9. A partition compares
// blocks of elements with the pivot, which stays in its place, notes which are
// on the wrong side, then swaps those: few branches to guess wrong. Elements
// equal to an earlier pivot are set aside at once. A range that is not small
// after 1.5 log2(n) partitions goes to the heap sort. Invariants: sort_core.h.

#ifndef LIBGO_SORTER_H
#define LIBGO_SORTER_H

#include "libgo/sort_core.h"

// clang-format off
#define GO_SORT(name, T, before)                                              \
	typedef T name##_elem;                                                \
	__attribute__((unused)) static inline bool                            \
	name##_less(const void *a, const void *b, void *arg)                  \
	{                                                                     \
		(void)arg;                                                    \
		return before((const name##_elem *)a,                         \
			      (const name##_elem *)b);                        \
	}                                                                     \
	__attribute__((unused)) static void                                   \
	name(name##_elem *a, size_t n)                                        \
	{                                                                     \
		struct go__sorter by = {sizeof(T), name##_less, NULL};        \
		go__sorter_sort((char *)a, n, by);                            \
	}                                                                     \
	__attribute__((unused)) static void                                   \
	name##_stable(name##_elem *a, size_t n)                               \
	{                                                                     \
		go_stable_sort_func(a, n, sizeof(T), name##_less, NULL);      \
	}                                                                     \
	__attribute__((unused)) static bool                                   \
	name##_is_sorted(const name##_elem *a, size_t n)                      \
	{                                                                     \
		return go_is_sorted_func(a, n, sizeof(T), name##_less, NULL); \
	}                                                                     \
	__attribute__((unused)) static size_t                                 \
	name##_search(const name##_elem *a, size_t n, const name##_elem *key) \
	{                                                                     \
		return go_search_func(a, n, sizeof(T), key, name##_less,      \
				      NULL);                                  \
	}                                                                     \
	GO__STATIC_ASSERT(sizeof(T) > 0, "GO_SORT")
// clang-format on

// The elements of a block that are on the wrong side, by place in it.
struct go__sorter_block {
	size_t first, n;
	unsigned char at[GO__SORTER_BLOCK];
};

// go__sorter_note lists those of the block at p, which goes up or down by
// step, that do not belong there: the left side is what precedes the pivot.
GO__INLINE void
go__sorter_note(struct go__sorter_block *b, const char *p, const char *pivot,
		bool is_left, struct go__sorter by)
{
	size_t i;

	for (i = 0, b->first = 0; i < GO__SORTER_BLOCK; i++) {
		b->at[b->n] = (unsigned char)i;
		b->n += go__sorter_less(by, p, pivot) != is_left;
		p = is_left ? p + by.size : p - by.size;
	}
}

// go__sorter_tail places a[m] to a[n-1], those that precede the pivot a[0]
// first, and returns where they end. With equal it is those that the pivot
// does not precede.
GO__INLINE size_t
go__sorter_tail(char *a, size_t m, size_t n, bool equal, struct go__sorter by)
{
	char *p = a + m * by.size, *end = a + n * by.size;
	bool left;

	for (; p < end; p += by.size) {
		left = equal ? !go__sorter_less(by, a, p)
			     : go__sorter_less(by, p, a);
		go__sorter_swap(a + m * by.size, p, by.size);
		m += left;
	}
	return m;
}

// go__sorter_partition puts what precedes the pivot, a[0], before it and
// returns the pivot's new place.
GO__INLINE size_t
go__sorter_partition(char *a, size_t n, struct go__sorter by)
{
	struct go__sorter_block left, right;
	size_t l = 1, r = n, i, k;  // a[l] to a[r-1] are not placed yet

	left.n = right.n = left.first = right.first = 0;
	while (r - l >= (size_t)2 * GO__SORTER_BLOCK) {
		if (left.n == 0)
			go__sorter_note(&left, a + l * by.size, a, true, by);
		if (right.n == 0)
			go__sorter_note(&right, a + (r - 1) * by.size, a, false,
					by);
		k = left.n < right.n ? left.n : right.n;
		for (i = 0; i < k; i++)
			go__sorter_swap(
				a + (l + left.at[left.first++]) * by.size,
				a + (r - 1 - right.at[right.first++]) * by.size,
				by.size);
		l += (left.n -= k) == 0 ? GO__SORTER_BLOCK : 0;
		r -= (right.n -= k) == 0 ? GO__SORTER_BLOCK : 0;
	}
	// A block half done is compared again: cheaper than to be clever.
	l = go__sorter_tail(a, l, r, false, by) - 1;
	go__sorter_swap(a, a + l * by.size, by.size);
	return l;
}

// A range to sort, and whether there is an element before it; none of the
// range precedes that one.
struct go__sorter_range {
	char *a;
	size_t n;
	unsigned limit;  // partitions left until the heap sort
	bool has_before;
};

// go__sorter_split partitions *r, keeps the smaller side in it and returns the
// other.
GO__INLINE struct go__sorter_range
go__sorter_split(struct go__sorter_range *r, struct go__sorter by)
{
	struct go__sorter_range other = *r;
	size_t m, right;

	go__sorter_swap(r->a, go__sorter_pivot(r->a, r->n, by), by.size);
	if (r->has_before && !go__sorter_less(by, r->a - by.size, r->a)) {
		// All that equals the pivot is the least there is.
		m = go__sorter_tail(r->a, 1, r->n, true, by);
		r->a += m * by.size;
		r->n -= m;
		other.n = 0;
		return other;
	}
	m = go__sorter_partition(r->a, r->n, by);
	right = r->n - m - 1;
	r->n = other.n = m;
	if (m < right) {
		other.a += (m + 1) * by.size;
		other.n = right;
		other.has_before = true;
	} else {
		r->a += (m + 1) * by.size;
		r->n = right;
		r->has_before = true;
	}
	return other;
}

GO__INLINE void
go__sorter_sort(char *a, size_t n, struct go__sorter by)
{
	struct go__sorter_range wait[64], r = {a, n, 0, false};
	size_t n_wait = 0, i;

	for (i = n; i > 1; i /= 2)
		r.limit += 3;
	r.limit /= 2;
	if (n < 2 || go__sorter_presorted(a, n, by))
		return;
	for (;;) {
		while (r.n > GO__SORTER_SMALL && r.limit-- > 0) {
			// The smaller side goes first: 64 may wait.
			wait[n_wait] = go__sorter_split(&r, by);
			wait[n_wait].limit = r.limit;
			n_wait += wait[n_wait].n > 1;
		}
		if (r.n > GO__SORTER_SMALL)
			go__sorter_heap(r.a, r.n, by);
		else if (r.n > 1)
			go__sorter_insertion(r.a, r.n, 1, by);
		if (n_wait == 0)
			return;
		r = wait[--n_wait];
	}
}

#endif
