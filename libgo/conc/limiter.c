// SPDX-License-Identifier: MIT
//
// Limiters: asking without waiting, and the list of bookings. limiter.h has
// the invariants, limiter_wait.c those who wait, limiter_bucket.c and
// limiter_window.c the promises.

#include "conc/limiter.h"

#include <assert.h>
#include <stdlib.h>

#include "conc/wait.h"
#include "libgo/goroutine.h"
#include "libgo/time.h"

go_limiter *
go__limiter_new(const struct go__promise *promise, int64_t n, go_duration per,
		int64_t limit, int64_t n_log, const char *call)
{
	go_limiter *l = NULL;
	size_t size;

	if (n <= 0)
		go_panic("%s: the number must be positive", call);
	if (per <= 0)
		go_panic("%s: the duration must be positive", call);
	if (limit < 0)
		go_panic("%s: the burst is negative", call);
	if (!__builtin_mul_overflow(n_log, sizeof l->log[0], &size) &&
	    !__builtin_add_overflow(size, sizeof *l, &size))
		l = calloc(1, size);
	if (l == NULL)
		go_panic("%s: no memory", call);
	l->promise = promise;
	l->now = go_now;
	l->n = n;
	l->per = per;
	l->limit = limit;
	l->queue = INT64_MAX;
	return l;
}

void
go_limiter_free(go_limiter *l)
{
	struct go__booking *b, *next;

	if (l == NULL)
		return;
	for (b = l->first; b != NULL; b = next) {
		next = b->next;
		if (b->is_wait)
			go_panic("go_limiter_free: somebody waits");
		free(b);
	}
	for (b = l->spare; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(l);
}

static void
unlink_booking(go_limiter *l, struct go__booking *b)
{
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		l->first = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
	else
		l->last = b->prev;
	l->n_bookings--;
}

static void
append(go_limiter *l, struct go__booking *b)
{
	assert(l->last == NULL || l->last->at <= b->at);  // I1
	if (l->first == NULL)
		l->tail = l->base;
	b->next = NULL;
	b->prev = l->last;
	if (l->last != NULL)
		l->last->next = b;
	else
		l->first = b;
	l->last = b;
	l->n_bookings++;
	l->promise->take(l, &l->tail, b->at, b->n);
}

void
go__limiter_settle(go_limiter *l, go_time now)
{
	struct go__booking *b;

	while ((b = l->first) != NULL && b->at <= now) {
		unlink_booking(l, b);
		l->promise->take(l, &l->base, b->at, b->n);
		if (b->is_wait) {
			b->is_granted = true;
		} else {
			b->next = l->spare;
			l->spare = b;
		}
	}
}

go_time
go__limiter_lock(go_limiter *l)
{
	go_time now = l->now();

	go__lock(&l->lock);
	if (now < l->seen)
		now = l->seen;  // the clock went back, or another was quicker
	l->seen = now;
	if (l->first != NULL)
		go__limiter_settle(l, now);
	return now;
}

go_time
go__limiter_place(const go_limiter *l, go_time now, int64_t n)
{
	if (n == 0)
		return now;
	if (n > l->limit)
		return GO__NEVER;
	if (l->first == NULL)
		return l->promise->first(l, &l->base, now, n);
	return l->promise->first(l, &l->tail,
				 l->last->at > now ? l->last->at : now, n);
}

enum go__refusal
go__limiter_book(go_limiter *l, struct go__booking *b, go_time now)
{
	b->is_granted = b->at <= now;
	if (b->is_granted && b->n > 0) {
		assert(l->first == NULL);  // I1
		l->promise->take(l, &l->base, now, b->n);
	} else if (!b->is_granted) {
		if (l->n_bookings >= l->queue)
			return GO__REFUSAL_FULL;
		append(l, b);
	}
	return GO__REFUSAL_NONE;
}

void
go__limiter_cancel(go_limiter *l, struct go__booking *b, go_time now,
		   struct go__waitq *ready)
{
	struct go__booking *next;
	go_time at;

	unlink_booking(l, b);
	b = l->first;
	l->first = l->last = NULL;
	l->n_bookings = 0;
	for (; b != NULL; b = next) {
		next = b->next;
		at = b->is_wait ? go__limiter_place(l, now, b->n) : b->at;
		assert(at <= b->at);  // I3
		if (at < b->at && b->waiter != NULL && go__claim(b->waiter)) {
			go__waitq_push(ready, b->waiter);
			b->waiter = NULL;
		}
		b->at = at;
		append(l, b);
	}
	go__limiter_settle(l, now);
}

bool
go_limiter_allow_n(go_limiter *l, int64_t n)
{
	struct go__booking b = {.n = n};
	go_time now;

	if (n < 0)
		go_panic("go_limiter_allow_n: a negative number");
	now = go__limiter_lock(l);
	b.at = go__limiter_place(l, now, n);
	if (b.at <= now)
		go__limiter_book(l, &b, now);
	go__unlock(&l->lock);
	return b.is_granted;
}

bool
go_limiter_allow(go_limiter *l)
{
	return go_limiter_allow_n(l, 1);
}

go_limit_state
go_limiter_check(go_limiter *l, int64_t n)
{
	go_limit_state state = {.limit = l->limit};
	go_time now, at, reset;
	bool is_idle;

	if (n < 0)
		go_panic("go_limiter_check: a negative number");
	now = go__limiter_lock(l);
	is_idle = l->first == NULL;
	at = go__limiter_place(l, now, n);
	reset = l->promise->reset(l, is_idle ? &l->base : &l->tail);
	if (is_idle)
		state.remaining = l->promise->remaining(l, now);
	go__unlock(&l->lock);

	state.allowed = at <= now;
	state.retry_after = at == GO__NEVER ? INT64_MAX : at - now;
	state.reset_after = reset == GO__NEVER ? INT64_MAX
			    : reset > now      ? reset - now
					       : 0;
	return state;
}
