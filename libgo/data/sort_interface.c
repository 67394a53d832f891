// SPDX-License-Identifier: MIT
//
// Sorting through an interface: elements are known by their places, compared
// and swapped by the caller's functions.
//
// Quicksort whose pivot is the middle of 3 or 9 and stays at the front;
// ranges that are not small after 1.5 log2(n) partitions go to a heap sort. The
// stable sort is insertion in blocks and merges by rotation.
//
//   I1  Between two calls every element is in the collection.
//   I2  Every loop ends by an index, never by what less answers.

#include "libgo/sort.h"

enum { SMALL = 12, BLOCK = 20, NINE = 50 };

struct job {
	const go_sortable *s;
	void *x;
};

static bool
less(const struct job *j, size_t a, size_t b)
{
	return j->s->less(j->x, a, b);
}

static void
swap(const struct job *j, size_t a, size_t b)
{
	if (a != b)
		j->s->swap(j->x, a, b);
}

static void
insertion(const struct job *j, size_t first, size_t end)
{
	size_t i, k;

	for (i = first + 1; i < end; i++)
		for (k = i; k > first && less(j, k, k - 1); k--)
			swap(j, k, k - 1);
}

static void
reverse(const struct job *j, size_t first, size_t end)
{
	while (first + 1 < end)
		swap(j, first++, --end);
}

static void
sift(const struct job *j, size_t first, size_t root, size_t n)
{
	size_t child;

	while ((child = 2 * root + 1) < n) {
		if (child + 1 < n && less(j, first + child, first + child + 1))
			child++;
		if (!less(j, first + root, first + child))
			return;
		swap(j, first + root, first + child);
		root = child;
	}
}

static void
heap(const struct job *j, size_t first, size_t end)
{
	size_t n = end - first, i;

	for (i = n / 2; i-- > 0;)
		sift(j, first, i, n);
	for (i = n; i-- > 1;) {
		swap(j, first, first + i);
		sift(j, first, 0, i);
	}
}

static size_t
median(const struct job *j, size_t a, size_t b, size_t c)
{
	bool ab = less(j, a, b);

	if (ab != less(j, a, c))
		return a;
	return ab != less(j, b, c) ? c : b;
}

static size_t
pivot(const struct job *j, size_t first, size_t end)
{
	size_t n = end - first, s = (n - 1) / 8;

	if (n < NINE)
		return median(j, first, first + n / 2, end - 1);
	return median(j, median(j, first, first + s, first + 2 * s),
		      median(j, first + 3 * s, first + 4 * s, first + 5 * s),
		      median(j, first + 6 * s, first + 7 * s, first + 8 * s));
}

// partition puts what precedes the element at first before it and returns its
// new place. Both sides stop at equals, so these are shared out evenly.
static size_t
partition(const struct job *j, size_t first, size_t end)
{
	size_t l = first + 1, r = end;

	for (;;) {
		while (l < r && less(j, l, first))
			l++;
		while (l < r && less(j, first, r - 1))
			r--;
		if (l >= r)
			break;
		swap(j, l, r - 1);
		l++;
		// One element of two equal ones may be left between the sides.
		if (l < r)
			r--;
	}
	swap(j, first, l - 1);
	return l - 1;
}

static bool
presorted(const struct job *j, size_t n)
{
	size_t i = 2;
	bool down = less(j, 1, 0);

	while (i < n && !(down ? less(j, i - 1, i) : less(j, i, i - 1)))
		i++;
	if (i < n)
		return false;
	if (down)
		reverse(j, 0, n);
	return true;
}

static void
sort(const struct job *j, size_t first, size_t end, unsigned limit)
{
	size_t m;

	while (end - first > SMALL) {
		if (limit-- == 0) {
			heap(j, first, end);
			return;
		}
		swap(j, first, pivot(j, first, end));
		m = partition(j, first, end);
		// The smaller side first: the depth is log2(n) at most.
		if (m - first < end - m) {
			sort(j, first, m, limit);
			first = m + 1;
		} else {
			sort(j, m + 1, end, limit);
			end = m;
		}
	}
	insertion(j, first, end);
}

void
go_sort_interface(const go_sortable *s, void *x)
{
	struct job j = {s, x};
	size_t n = s->len(x), i;
	unsigned limit = 0;

	for (i = n; i > 1; i /= 2)
		limit += 3;
	if (n > 1 && !presorted(&j, n))
		sort(&j, 0, n, limit / 2);
}

// ---- stable ----------------------------------------------------------------

static void
rotate(const struct job *j, size_t first, size_t middle, size_t end)
{
	reverse(j, first, middle);
	reverse(j, middle, end);
	reverse(j, first, end);
}

// merge is SymMerge: see merge_in_place in stable.c.
static void
merge(const struct job *j, size_t first, size_t middle, size_t end)
{
	size_t half, sum, low, high, i;

	while (first < middle && middle < end) {
		half = first + (end - first) / 2;
		sum = half + middle;
		low = middle > half ? sum - end : first;
		high = middle > half ? half : middle;
		while (low < high) {
			i = low + (high - low) / 2;
			if (less(j, sum - 1 - i, i))
				high = i;
			else
				low = i + 1;
		}
		if (low < middle && middle < sum - low)
			rotate(j, low, middle, sum - low);
		merge(j, first, low, half);
		first = half;
		middle = sum - low;
	}
}

void
go_stable_sort_interface(const go_sortable *s, void *x)
{
	struct job j = {s, x};
	size_t n = s->len(x), block, i;

	for (i = 0; i < n; i += BLOCK)
		insertion(&j, i, n - i < BLOCK ? n : i + BLOCK);
	for (block = BLOCK; block < n; block *= 2)
		for (i = 0; n - i > block; i += 2 * block) {
			if (less(&j, i + block, i + block - 1))
				merge(&j, i, i + block,
				      n - i < 2 * block ? n : i + 2 * block);
			if (n - i < 2 * block)
				break;
		}
}
