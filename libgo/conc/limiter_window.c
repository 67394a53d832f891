// SPDX-License-Identifier: MIT
//
// Windows. The fixed one counts; the sliding one keeps the last n instants in
// a ring and may admit k more once the k-th oldest of them is a window away.
//
// The ring holds what has been admitted. What is booked is on the list, which
// continues it: nothing is copied, and nothing must be undone on a cancel.

#include <assert.h>

#include "conc/limiter.h"
#include "conc/time.h"

static go_time
fixed_first(const go_limiter *l, const union go__account *a, go_time from,
	    int64_t n)
{
	if (a->window.start == GO__NEVER || from - a->window.start >= l->per ||
	    n <= l->n - a->window.count)
		return from;
	return go__time_sum(a->window.start, l->per);
}

static void
fixed_take(go_limiter *l, union go__account *a, go_time at, int64_t n)
{
	go_duration age;

	if (a->window.start == GO__NEVER)
		a->window.start = at;
	age = at - a->window.start;
	if (age >= l->per) {
		a->window.start += age - age % l->per;
		a->window.count = 0;
	}
	a->window.count += n;
	assert(a->window.count <= l->n);
}

static int64_t
fixed_remaining(const go_limiter *l, go_time now)
{
	const union go__account *a = &l->base;

	if (a->window.start == GO__NEVER || now - a->window.start >= l->per)
		return l->n;
	return l->n - a->window.count;
}

static go_time
fixed_reset(const go_limiter *l, const union go__account *a)
{
	if (a->window.count == 0)
		return 0;
	return go__time_sum(a->window.start, l->per);
}

go_limiter *
go_fixed_window_new(int64_t n, go_duration per)
{
	static const struct go__promise promise = {
		.first = fixed_first,
		.take = fixed_take,
		.remaining = fixed_remaining,
		.reset = fixed_reset,
	};
	go_limiter *l =
		go__limiter_new(&promise, n, per, n, 0, "go_fixed_window_new");

	l->base.window.start = GO__NEVER;
	return l;
}

// leaves returns when the i-th oldest of the ring is a window away. The ring
// begins full of zeros, each for none.
static go_time
leaves(const go_limiter *l, int64_t i)
{
	int64_t place =
		i < l->n - l->oldest ? l->oldest + i : i - (l->n - l->oldest);

	return l->log[place] == 0 ? 0 : go__time_sum(l->log[place], l->per);
}

static go_time
sliding_first(const go_limiter *l, const union go__account *a, go_time from,
	      int64_t n)
{
	const struct go__booking *b;
	int64_t behind = l->n - n;  // admissions younger than the one to leave
	go_time t;

	(void)a;
	for (b = l->last; b != NULL && behind >= b->n; b = b->prev)
		behind -= b->n;
	t = b != NULL ? go__time_sum(b->at, l->per)
		      : leaves(l, l->n - 1 - behind);
	return t > from ? t : from;
}

static void
sliding_take(go_limiter *l, union go__account *a, go_time at, int64_t n)
{
	if (a == &l->tail)
		return;  // it is on the list
	for (; n > 0; n--) {
		l->log[l->oldest] = at;
		l->oldest = l->oldest + 1 < l->n ? l->oldest + 1 : 0;
	}
}

static int64_t
sliding_remaining(const go_limiter *l, go_time now)
{
	int64_t low = 0, high = l->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (leaves(l, mid) <= now)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static go_time
sliding_reset(const go_limiter *l, const union go__account *a)
{
	(void)a;
	return l->last != NULL ? go__time_sum(l->last->at, l->per)
			       : leaves(l, l->n - 1);
}

go_limiter *
go_sliding_window_new(int64_t n, go_duration per)
{
	static const struct go__promise promise = {
		.first = sliding_first,
		.take = sliding_take,
		.remaining = sliding_remaining,
		.reset = sliding_reset,
	};

	return go__limiter_new(&promise, n, per, n, n > 0 ? n : 0,
			       "go_sliding_window_new");
}
