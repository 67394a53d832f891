// SPDX-License-Identifier: MIT
//
// sort_core: the parts of the inlined sorts; private. See sorter.h.
//
// The compiler inlines each of them into a sort whose element size and
// comparison are constants.
//
//   I1  Comparisons and moves alternate: while less runs, every element is in
//       the array, so less may panic.
//   I2  Every loop ends by an index, never by what less answers.
//   I3  No element is compared with itself.

#ifndef LIBGO_SORT_CORE_H
#define LIBGO_SORT_CORE_H

#include <string.h>

#include "libgo/sort.h"

#define GO__INLINE __attribute__((always_inline)) static inline

struct go__sorter {
	size_t size;
	go_less *less;
	void *arg;
};

enum {
	GO__SORTER_SMALL = 20,  // elements; fewer are sorted by insertion
	GO__SORTER_BLOCK = 64,  // elements compared before any is moved
	GO__SORTER_NINE = 96,   // elements; fewer take the median of 3
	GO__SORTER_CHUNK = 64,  // bytes swapped at a time
	GO__SORTER_HELD = 256   // bytes of an element held while others move
};

GO__INLINE bool
go__sorter_less(struct go__sorter by, const char *x, const char *y)
{
	return by.less(x, y, by.arg);
}

// go__sorter_swap_part swaps up to a chunk; they may be the same.
GO__INLINE void
go__sorter_swap_part(char *x, char *y, size_t size)
{
	char t[GO__SORTER_CHUNK], u[GO__SORTER_CHUNK];

	memcpy(t, x, size);
	memcpy(u, y, size);
	memcpy(x, u, size);
	memcpy(y, t, size);
}

GO__INLINE void
go__sorter_swap(char *x, char *y, size_t size)
{
	size_t at = 0;

	if (__builtin_constant_p(size) && size <= GO__SORTER_CHUNK) {
		go__sorter_swap_part(x, y, size);
		return;
	}
	for (; size - at >= GO__SORTER_CHUNK; at += GO__SORTER_CHUNK)
		go__sorter_swap_part(x + at, y + at, GO__SORTER_CHUNK);
	for (; size - at >= 8; at += 8)
		go__sorter_swap_part(x + at, y + at, 8);
	for (; at < size; at++)
		go__sorter_swap_part(x + at, y + at, 1);
}

// go__sorter_insert moves the element at from down to `to`, and those between
// up by one.
GO__INLINE void
go__sorter_insert(char *to, char *from, size_t size)
{
	char t[GO__SORTER_HELD], *p;
	size_t at, part;

	if (size <= sizeof(t)) {
		memcpy(t, from, size);
		memmove(to + size, to, (size_t)(from - to));
		memcpy(to, t, size);
		return;
	}
	for (at = 0; at < size; at += part) {
		part = size - at < sizeof(t) ? size - at : sizeof(t);
		memcpy(t, from + at, part);
		for (p = from + at; p > to + at; p -= size)
			memcpy(p, p - size, part);
		memcpy(to + at, t, part);
	}
}

// go__sorter_insertion sorts a, of which the first `sorted` are in order.
GO__INLINE void
go__sorter_insertion(char *a, size_t n, size_t sorted, struct go__sorter by)
{
	char *from = a + sorted * by.size, *end = a + n * by.size, *to;

	for (; from < end; from += by.size) {
		to = from;
		while (to > a && go__sorter_less(by, from, to - by.size))
			to -= by.size;  // I2
		if (to != from)
			go__sorter_insert(to, from, by.size);
	}
}

GO__INLINE void
go__sorter_sift(char *a, size_t root, size_t n, struct go__sorter by)
{
	size_t child;

	while ((child = 2 * root + 1) < n) {
		if (child + 1 < n && go__sorter_less(by, a + child * by.size,
						     a + (child + 1) * by.size))
			child++;
		if (!go__sorter_less(by, a + root * by.size,
				     a + child * by.size))
			return;
		go__sorter_swap(a + root * by.size, a + child * by.size,
				by.size);
		root = child;
	}
}

GO__INLINE void
go__sorter_heap(char *a, size_t n, struct go__sorter by)
{
	size_t i;

	// One loop with one sift: first i counts the roots, then the heap.
	for (i = n + n / 2; i-- > 1;) {
		if (i < n)
			go__sorter_swap(a, a + i * by.size, by.size);
		go__sorter_sift(a, i < n ? 0 : i - n, i < n ? i : n, by);
	}
}

GO__INLINE char *
go__sorter_median(char *x, char *y, char *z, struct go__sorter by)
{
	bool xy = go__sorter_less(by, x, y);

	if (xy != go__sorter_less(by, x, z))
		return x;
	return xy != go__sorter_less(by, y, z) ? z : y;
}

GO__INLINE char *
go__sorter_pivot(char *a, size_t n, struct go__sorter by)
{
	size_t step = (n - 1) / 8 * by.size, i;
	char *m[3], *p = a;

	if (n < GO__SORTER_NINE)
		return go__sorter_median(a, a + n / 2 * by.size,
					 a + (n - 1) * by.size, by);
	for (i = 0; i < 3; i++, p += 3 * step)
		m[i] = go__sorter_median(p, p + step, p + 2 * step, by);
	return go__sorter_median(m[0], m[1], m[2], by);
}

// go__sorter_presorted looks how far a, of two elements or more, is in order,
// or in reverse, from the start. If that is all of it, it finishes the
// work.
GO__INLINE bool
go__sorter_presorted(char *a, size_t n, struct go__sorter by)
{
	char *last = a + (n - 1) * by.size, *p = a + by.size;
	bool down = go__sorter_less(by, p, a);

	while (p < last && (down ? !go__sorter_less(by, p, p + by.size)
				 : !go__sorter_less(by, p + by.size, p)))
		p += by.size;
	if (p < last)
		return false;
	for (p = a; down && p < last; p += by.size, last -= by.size)
		go__sorter_swap(p, last, by.size);
	return true;
}

#endif
