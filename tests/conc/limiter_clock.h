// SPDX-License-Identifier: MIT
//
// limiter_clock: a limiter's clock, turned by hand. It begins a year ahead of
// the real one, so that nobody who waits wakes by himself.

#ifndef TESTS_CONC_LIMITER_CLOCK_H
#define TESTS_CONC_LIMITER_CLOCK_H

#include "conc/limiter.h"
#include "suite.h"

static go_atomic_int64 present;

static inline go_time
read_present(void)
{
	return go_atomic_load(&present);
}

// by_hand gives a new limiter the clock.
static inline go_limiter *
by_hand(go_limiter *l)
{
	if (read_present() == 0)
		go_atomic_store(&present, go_now() + 365 * 24 * GO_HOUR);
	l->now = read_present;
	return l;
}

static inline void
step(go_duration d)
{
	go_atomic_add(&present, d);
}

static inline int64_t
booked(go_limiter *l)
{
	int64_t n;

	go__lock(&l->lock);
	n = l->n_bookings;
	go__unlock(&l->lock);
	return n;
}

// await_booked lets others run until n are booked.
static inline void
await_booked(go_limiter *l, int64_t n)
{
	while (booked(l) != n)
		go_yield();
}

#endif
