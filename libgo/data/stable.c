// SPDX-License-Identifier: MIT
//
// Stable sorting: a merge sort of the runs that the array has.
//
// A run is what is in order already, or strictly in reverse and then turned
// around; one shorter than SHORT is made longer by insertion. Runs are merged
// with their neighbours as powersort does: the border between two runs has
// the depth that it would have in the balanced tree over the whole array, and
// deeper borders go first. So the work is n times the entropy of the runs'
// lengths, at most n log2(n) comparisons.
//
// A merge writes to a buffer of its own and copies it back when the last
// comparison is done; without memory for it, ranges are rotated in place.
//
// Invariants:
//   I1  While less runs, every element is in the array, so less may panic.
//   I2  Every loop ends by an index, never by what less answers.
//   I3  Runs on the stack adjoin, their borders' depths increase strictly:
//       64 of them are enough.

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "libgo/sort.h"
#include "libgo/sorter.h"

enum { SHORT = 16, TRIMMED = 256, MOST_RUNS = 68, NEAR_BYTES = 1024 };

struct job {
	char *a;
	size_t n;
	char *buffer;  // room for n elements, or NULL
	bool has_tried;
	char near[NEAR_BYTES];
};

struct run {
	size_t first, n;
	unsigned depth;  // of the border to the run before
};

// ---- in place --------------------------------------------------------------

// rotate exchanges first..middle with middle..end.
static void
rotate(char *a, size_t first, size_t middle, size_t end, size_t size)
{
	go_reverse(a + first * size, middle - first, size);
	go_reverse(a + middle * size, end - middle, size);
	go_reverse(a + first * size, end - first, size);
}

// merge_in_place is the SymMerge of Kim and Kutzner: as many elements of the
// two runs as must change sides are rotated about their border; two merges of
// half the size are left.
static void
merge_in_place(char *a, size_t first, size_t middle, size_t end,
	       struct go__sorter by)
{
	const size_t size = by.size;
	size_t half, sum, low, high, i;

	while (first < middle && middle < end) {
		half = first + (end - first) / 2;
		sum = half + middle;
		low = middle > half ? sum - end : first;
		high = middle > half ? half : middle;
		while (low < high) {
			i = low + (high - low) / 2;
			if (go__sorter_less(by, a + (sum - 1 - i) * size,
					    a + i * size))
				high = i;
			else
				low = i + 1;
		}
		if (low < middle && middle < sum - low)
			rotate(a, low, middle, sum - low, size);
		merge_in_place(a, first, low, half, by);
		first = half;
		middle = sum - low;
	}
}

// ---- with a buffer ---------------------------------------------------------

// bound returns the number of the n at p that stay before *key: those that
// *key does not precede, or if strict only those that precede *key.
static size_t
bound(const char *p, size_t n, const char *key, bool strict,
      struct go__sorter by)
{
	size_t low = 0, high = n, mid;
	bool stays;

	while (low < high) {
		mid = low + (high - low) / 2;
		stays = strict ? go__sorter_less(by, p + mid * by.size, key)
			       : !go__sorter_less(by, key, p + mid * by.size);
		if (stays)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

// pick is take ? x : y, without a branch to guess.
GO__INLINE const char *
pick(bool take, const char *x, const char *y)
{
	return y + ((x - y) & -(ptrdiff_t)take);
}

// merge_to_buffer merges from both ends at once, which keeps two comparisons
// in flight, for as long as neither run can end; then the rest from the front.
GO__INLINE void
merge_to_buffer(char *to, const char *from, size_t n_left, size_t n,
		struct go__sorter by)
{
	const size_t size = by.size;
	const char *l = from, *l_end = from + n_left * size;
	const char *r = l_end, *r_end = from + n * size;
	char *back = to + n * size, *front = to;
	size_t k = n_left < n - n_left ? n_left : n - n_left;
	bool take;

	for (; k > 0; k--) {
		take = go__sorter_less(by, r, l);
		memcpy(front, pick(take, r, l), size);
		front += size;
		r += size * take;
		l += size * !take;
		take = go__sorter_less(by, r_end - size, l_end - size);
		back -= size;
		memcpy(back, pick(take, l_end, r_end) - size, size);
		l_end -= size * take;
		r_end -= size * !take;
	}
	if (l > l_end || r > r_end) {
		// less contradicted itself: take every element once, at least.
		front = to;
		r = l_end = from + n_left * size;
		r_end = from + n * size;
		l = from;
	}
	while (l < l_end && r < r_end) {
		take = go__sorter_less(by, r, l);
		memcpy(front, pick(take, r, l), size);
		front += size;
		r += size * take;
		l += size * !take;
	}
	memcpy(front, l, (size_t)(l_end - l));
	front += l_end - l;
	memcpy(front, r, (size_t)(r_end - r));
}

// has_buffer tells whether there is one, after it has tried to get one.
// BUG: a panic in less that the program survives leaks a buffer from malloc.
static bool
has_buffer(struct job *j, size_t size)
{
	if (!j->has_tried && j->n <= NEAR_BYTES / size)
		j->buffer = j->near;
	else if (!j->has_tried)
		j->buffer = malloc(j->n * size);
	j->has_tried = true;
	return j->buffer != NULL;
}

// merge makes one run of the n elements from first, where one ends and another
// begins at middle.
GO__INLINE void
merge(struct job *j, size_t first, size_t middle, size_t n,
      struct go__sorter by)
{
	char *p = j->a + first * by.size, *border = j->a + middle * by.size;
	size_t n_left = middle - first, skip;

	if (!go__sorter_less(by, border, border - by.size))
		return;
	if (n >= TRIMMED) {
		// What has its place already takes no part.
		skip = bound(p, n_left, border, false, by);
		n = n_left +
		    bound(border, n - n_left, border - by.size, true, by);
		p += skip * by.size;
		n -= skip;
		n_left -= skip;
	}
	if (!has_buffer(j, by.size)) {
		merge_in_place(p, 0, n_left, n, by);
		return;
	}
	merge_to_buffer(j->buffer, p, n_left, n, by);  // I1
	memcpy(p, j->buffer, n * by.size);
}

// ---- runs ------------------------------------------------------------------

GO__INLINE size_t
next_run(char *a, size_t n, struct go__sorter by)
{
	char *p = a + by.size, *end = a + n * by.size;
	size_t found, want = n < SHORT ? n : SHORT;
	bool down;

	if (n < 2)
		return n;
	down = go__sorter_less(by, p, a);
	for (p += by.size; p < end; p += by.size)
		if (go__sorter_less(by, p, p - by.size) != down)
			break;
	found = (size_t)(p - a) / by.size;
	if (down)
		go_reverse(a, found, by.size);
	if (found >= want)
		return found;
	go__sorter_insertion(a, want, found, by);
	return want;
}

// depth returns how deep in the balanced tree over n elements the border
// between two adjoining runs is: in how many leading bits the places of their
// middles, as fractions of n, agree, and one.
static unsigned
depth(size_t n, const struct run *x, const struct run *y)
{
	size_t a = 2 * x->first + x->n, b = a + x->n + y->n;
	unsigned bits = 1;

	while (a >= n || b < n) {
		a -= a >= n ? n : 0;
		b -= b >= n ? n : 0;
		a *= 2;
		b *= 2;
		bits++;
	}
	return bits;
}

GO__INLINE void
stable_sort(char *a, size_t n, struct go__sorter by)
{
	struct job j;
	struct run stack[MOST_RUNS], run = {0, 0, 0}, next;
	size_t top = 0;

	j.a = a;
	j.n = n;
	j.buffer = NULL;
	j.has_tried = false;
	run.n = next_run(a, n, by);
	while (top > 0 || run.first + run.n < n) {
		next.first = run.first + run.n;
		next.n = next_run(a + next.first * by.size, n - next.first, by);
		next.depth = next.n == 0 ? 0 : depth(n, &run, &next);
		while (top > 0 && stack[top - 1].depth >= next.depth) {
			top--;
			merge(&j, stack[top].first, run.first,
			      stack[top].n + run.n, by);
			run.first = stack[top].first;
			run.n += stack[top].n;
		}
		if (next.n == 0)
			break;
		assert(top < MOST_RUNS);  // I3
		run.depth = next.depth;
		stack[top++] = run;
		run = next;
	}
	if (j.buffer != j.near)
		free(j.buffer);
}

// ---- one for each common size ----------------------------------------------

#define SIZES(X) X(4) X(8) X(16) X(32) X(64)
#define SORT(bytes)                                                            \
	static void sort_##bytes(char *a, size_t n, go_less *less, void *arg)  \
	{                                                                      \
		struct go__sorter by = {bytes, less, arg};                     \
		stable_sort(a, n, by);                                         \
	}
#define CASE(bytes)                                                            \
	case bytes:                                                            \
		sort_##bytes(a, n, less, arg);                                 \
		break;

SIZES(SORT)

void
go_stable_sort_func(void *a, size_t n, size_t size, go_less *less, void *arg)
{
	struct go__sorter by = {size, less, arg};

	assert(size > 0);
	switch (size) {
		SIZES(CASE)
	default:
		stable_sort(a, n, by);
	}
}
