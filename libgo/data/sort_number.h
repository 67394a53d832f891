// SPDX-License-Identifier: MIT
//
// sort_number: the sort of one type of numbers. sort.c includes it once for
// each: NUMBER is the type, MOST its greatest value, NAME(x) a name of its own.
//
// Comparing numbers calls nobody, so elements may wait in registers, and the
// whole aims at code without branches that depend on the numbers: a network
// sorts 8, merges from both ends at once make 16 and 32 of them, and the
// partition moves every element whether it has to or not. A range that is not
// small after 2 log2(n) partitions goes to a heap sort.
//
// Nothing here is a NaN: those have been put last. Without NUMBER this header
// is empty.

#ifdef NUMBER

#include <stdbool.h>
#include <stddef.h>

#define MIN(x, y) ((y) < (x) ? (y) : (x))
#define MAX(x, y) ((y) < (x) ? (x) : (y))
#define ORDER(i, j)                                                            \
	do {                                                                   \
		NUMBER low = MIN(x##i, x##j);                                  \
		x##j = MAX(x##i, x##j);                                        \
		x##i = low;                                                    \
	} while (0)

// sort8 is a network of 19 comparisons, the fewest that sort 8 elements.
static inline void
NAME(sort8)(NUMBER *a)
{
	NUMBER x0 = a[0], x1 = a[1], x2 = a[2], x3 = a[3];
	NUMBER x4 = a[4], x5 = a[5], x6 = a[6], x7 = a[7];

	ORDER(0, 2);
	ORDER(1, 3);
	ORDER(4, 6);
	ORDER(5, 7);
	ORDER(0, 4);
	ORDER(1, 5);
	ORDER(2, 6);
	ORDER(3, 7);
	ORDER(0, 1);
	ORDER(2, 3);
	ORDER(4, 5);
	ORDER(6, 7);
	ORDER(2, 4);
	ORDER(3, 5);
	ORDER(1, 4);
	ORDER(3, 6);
	ORDER(1, 2);
	ORDER(3, 4);
	ORDER(5, 6);
	a[0] = x0;
	a[1] = x1;
	a[2] = x2;
	a[3] = x3;
	a[4] = x4;
	a[5] = x5;
	a[6] = x6;
	a[7] = x7;
}

// merge makes one run of the two runs of half elements each at `from`. From
// either end half elements are taken, so no run is read past its end.
static inline void
NAME(merge)(NUMBER *to, const NUMBER *from, size_t half)
{
	const NUMBER *l = from, *r = from + half;
	const NUMBER *l_last = r - 1, *r_last = r + half - 1;
	size_t i;
	bool right;

	for (i = 0; i < half; i++) {
		right = *r < *l;
		to[i] = right ? *r : *l;
		r += right;
		l += !right;
		right = !(*r_last < *l_last);
		to[2 * half - 1 - i] = right ? *r_last : *l_last;
		r_last -= right;
		l_last -= !right;
	}
}

static void
NAME(small)(NUMBER *a, size_t n)
{
	NUMBER x[NUMBER_SMALL], y[NUMBER_SMALL];
	size_t room = n <= 8 ? 8 : n <= 16 ? 16 : NUMBER_SMALL, i;
	const NUMBER *sorted = x;

	for (i = 0; i < n; i++)
		x[i] = a[i];
	for (; i < room; i++)
		x[i] = MOST;
	for (i = 0; i < room; i += 8)
		NAME(sort8)(x + i);
	for (i = 0; i + 8 < room; i += 16) {
		NAME(merge)(y + i, x + i, 8);
		sorted = y;
	}
	if (room > 16) {
		NAME(merge)(x, y, 16);
		sorted = x;
	}
	for (i = 0; i < n; i++)
		a[i] = sorted[i];
}

static void
NAME(sift)(NUMBER *a, size_t root, size_t n)
{
	NUMBER x = a[root];
	size_t child;

	while ((child = 2 * root + 1) < n) {
		child += child + 1 < n && a[child] < a[child + 1];
		if (!(x < a[child]))
			break;
		a[root] = a[child];
		root = child;
	}
	a[root] = x;
}

static void
NAME(heap)(NUMBER *a, size_t n)
{
	NUMBER most;
	size_t i;

	for (i = n / 2; i-- > 0;)
		NAME(sift)(a, i, n);
	for (i = n; i-- > 1;) {
		most = a[0];
		a[0] = a[i];
		a[i] = most;
		NAME(sift)(a, 0, i);
	}
}

static inline size_t
NAME(median)(const NUMBER *a, size_t i, size_t j, size_t k)
{
	bool ij = a[i] < a[j];

	if (ij != (a[i] < a[k]))
		return i;
	return ij != (a[j] < a[k]) ? k : j;
}

static inline size_t
NAME(pivot)(const NUMBER *a, size_t n)
{
	size_t s = (n - 1) / 8;

	if (n < 128)
		return NAME(median)(a, 0, n / 2, n - 1);
	return NAME(median)(a, NAME(median)(a, 0, s, 2 * s),
			    NAME(median)(a, 3 * s, 4 * s, 5 * s),
			    NAME(median)(a, 6 * s, 7 * s, 8 * s));
}

// partition puts what is less than a[0] before it, or with equal what is not
// greater, and returns the place where a[0] then is. Elements go round through
// a gap: what is at m moves to the gap, a[i] moves to m, i is the next gap.
static inline size_t
NAME(partition)(NUMBER *a, size_t n, bool equal)
{
	NUMBER pivot = a[0], first = a[1], x;
	size_t m = 1, gap = 1, i;

	for (i = 2; i < n; i++) {
		x = a[i];
		a[gap] = a[m];
		a[m] = x;
		gap = i;
		m += equal ? !(pivot < x) : x < pivot;
	}
	a[gap] = a[m];
	a[m] = first;
	m += equal ? !(pivot < first) : first < pivot;
	a[0] = a[m - 1];
	a[m - 1] = pivot;
	return m - 1;
}

static bool
NAME(presorted)(NUMBER *a, size_t n)
{
	bool down = a[1] < a[0];
	NUMBER x;
	size_t i = 1;

	while (i < n && !(down ? a[i - 1] < a[i] : a[i] < a[i - 1]))
		i++;
	if (i < n)
		return false;
	for (i = 0; down && i < n / 2; i++) {
		x = a[i];
		a[i] = a[n - 1 - i];
		a[n - 1 - i] = x;
	}
	return true;
}

// sort_range sorts a; with has_before, no element of it is less than a[-1].
static void
NAME(sort_range)(NUMBER *a, size_t n, unsigned limit, bool has_before)
{
	NUMBER pivot;
	size_t m;

	while (n > NUMBER_SMALL) {
		if (limit-- == 0) {
			NAME(heap)(a, n);
			return;
		}
		m = NAME(pivot)(a, n);
		pivot = a[m];
		a[m] = a[0];
		a[0] = pivot;
		if (has_before && !(a[-1] < pivot)) {
			m = NAME(partition)(a, n, true) + 1;
			a += m;
			n -= m;
			continue;
		}
		m = NAME(partition)(a, n, false);
		// The smaller side first: the depth is log2(n) at most.
		if (m < n - m) {
			NAME(sort_range)(a, m, limit, has_before);
			a += m + 1;
			n -= m + 1;
			has_before = true;
		} else {
			NAME(sort_range)(a + m + 1, n - m - 1, limit, true);
			n = m;
		}
	}
	if (n > 1)
		NAME(small)(a, n);
}

static void
NAME(sort)(NUMBER *a, size_t n)
{
	unsigned limit = 0;
	size_t i;

	for (i = n; i > 1; i /= 2)
		limit += 2;
	if (n > 1 && !NAME(presorted)(a, n))
		NAME(sort_range)(a, n, limit, false);
}

#undef MIN
#undef MAX
#undef ORDER
#undef NUMBER
#undef MOST
#undef NAME

#endif
