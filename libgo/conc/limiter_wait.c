// SPDX-License-Identifier: MIT
//
// Waiting for a limiter, and reserving.
//
// Who waits has a booking and sleeps until its instant; nobody needs to wake
// it. It wakes earlier when its context is done, or when its instant has come
// forward because somebody before it gave up.
//
// Lock order: the limiter's, then that of the context's done channel.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conc/chan.h"
#include "conc/error.h"
#include "conc/limiter.h"
#include "conc/wait.h"
#include "libgo/context.h"
#include "libgo/goroutine.h"

// error_of returns the error for a refusal.
static go_error *
error_of(enum go__refusal refusal)
{
	static const char *const texts[] = {
		[GO__REFUSAL_NEVER] =
			"rate: more than is ever admitted at once",
		[GO__REFUSAL_LATE] =
			"rate: wait would exceed the context deadline",
		[GO__REFUSAL_FULL] = "rate: the queue is full",
	};
	go_error *e, *below;
	char *text;
	size_t size;

	if (refusal == GO__REFUSAL_NONE)
		return NULL;
	size = strlen(texts[refusal]) + 1;
	e = go__error_make(1, size, &text);
	if (e == NULL)
		return GO_NO_MEMORY;
	memcpy(text, texts[refusal], size);
	if (refusal == GO__REFUSAL_LATE)
		below = GO_DEADLINE_EXCEEDED;
	else
		below = go_error_from_errno(
			refusal == GO__REFUSAL_FULL ? EAGAIN : EINVAL);
	go__error_wrap(e, below);
	return e;
}

struct locks {
	uint32_t *limiter;
	uint32_t *done;  // NULL for none
};

static void
release(void *arg)
{
	struct locks locks = *(struct locks *)arg;

	// The goroutine may run and its frame, where arg is, may be gone, once
	// one of them is free.
	go__unlock(locks.limiter);
	if (locks.done != NULL)
		go__unlock(locks.done);
}

// sleep_for parks until b's instant, or earlier. The limiter's lock is held,
// and free when it returns.
static void
sleep_for(go_limiter *l, struct go__booking *b, go_ctx *ctx)
{
	struct go__chan *done = go__chan_of((go__chan_ref)go_ctx_done(ctx));
	struct go__waiter w = {.g = go__self()}, other = {.g = w.g};
	struct locks locks = {&l->lock, NULL};
	struct go__waiter *winner;

	if (done != NULL) {
		go__lock(&done->lock);
		if (done->is_closed) {
			go__unlock(&done->lock);
			go__unlock(&l->lock);
			return;
		}
		locks.done = &done->lock;
	}
	w.ticket = other.ticket = go__ticket(w.g);
	b->waiter = &w;
	if (done != NULL)
		go__chan_visit(done, &done->receivers, &other);
	winner = go__park_until(release, &locks, GO__WHY_SLEEP, b->at);

	if (done != NULL && winner != &other)
		go__chan_leave(done, &done->receivers, &other);
	if (winner != &w) {
		go__lock(&l->lock);
		b->waiter = NULL;
		go__unlock(&l->lock);
	}
}

// wait_for returns once b, which is booked, is granted, or with the error of
// ctx once it is off the list. The lock is held, and free when it returns.
static go_error *
wait_for(go_limiter *l, struct go__booking *b, go_ctx *ctx)
{
	struct go__waitq ready = {NULL, NULL};
	go_error *err = NULL;
	go_time now;

	while (!b->is_granted) {
		sleep_for(l, b, ctx);
		err = go_ctx_err(ctx);
		now = go__limiter_lock(l);
		if (err != NULL && !b->is_granted) {
			go__limiter_cancel(l, b, now, &ready);
			break;
		}
		err = NULL;  // granted in time
	}
	go__unlock(&l->lock);
	go__ready_all(&ready);
	return err;
}

go_error *
go_limiter_wait(go_limiter *l, go_ctx *ctx, int64_t n)
{
	struct go__booking b = {.n = n, .is_wait = true};
	enum go__refusal refusal;
	go_error *err = go_ctx_err(ctx);
	go_time now, deadline;

	if (n < 0)
		go_panic("go_limiter_wait: a negative number");
	if (err != NULL)
		return err;
	if (!go_ctx_deadline(ctx, &deadline))
		deadline = GO__NEVER;
	now = go__limiter_lock(l);
	b.at = go__limiter_place(l, now, n);
	if (b.at == GO__NEVER)
		refusal = GO__REFUSAL_NEVER;
	else if (b.at > now && b.at > deadline)
		refusal = GO__REFUSAL_LATE;
	else
		refusal = go__limiter_book(l, &b, now);
	if (refusal == GO__REFUSAL_NONE)
		return wait_for(l, &b, ctx);
	go__unlock(&l->lock);
	return error_of(refusal);
}

go_reservation
go_limiter_reserve(go_limiter *l, int64_t n)
{
	go_reservation r = {.limiter = l};
	struct go__booking *b, *next;
	go_time now;

	if (n < 0)
		go_panic("go_limiter_reserve: a negative number");
	b = malloc(sizeof *b);
	if (b == NULL)
		go_panic("go_limiter_reserve: no memory");
	*b = (struct go__booking){.n = n};
	now = go__limiter_lock(l);
	b->at = r.at = go__limiter_place(l, now, n);
	b->id = r.id = ++l->n_reserved;
	if (r.at == GO__NEVER)
		r.refusal = GO__REFUSAL_NEVER;
	else
		r.refusal = (int)go__limiter_book(l, b, now);
	if (r.refusal != GO__REFUSAL_NONE || b->is_granted) {
		b->next = l->spare;
		l->spare = b;
	}
	b = l->spare;
	l->spare = NULL;
	go__unlock(&l->lock);
	for (; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	return r;
}

go_error *
go_reservation_err(go_reservation r)
{
	return error_of((enum go__refusal)r.refusal);
}

go_duration
go_reservation_delay(go_reservation r)
{
	go_time now;

	if (r.refusal != GO__REFUSAL_NONE)
		return INT64_MAX;
	now = r.limiter->now();
	return r.at > now ? r.at - now : 0;
}

void
go_reservation_cancel(go_reservation r)
{
	struct go__waitq ready = {NULL, NULL};
	struct go__booking *b;
	go_time now;

	if (r.refusal != GO__REFUSAL_NONE)
		return;
	now = go__limiter_lock(r.limiter);
	for (b = r.limiter->last; b != NULL; b = b->prev) {
		if (!b->is_wait && b->id == r.id)
			break;
	}
	if (b != NULL)
		go__limiter_cancel(r.limiter, b, now, &ready);
	go__unlock(&r.limiter->lock);
	free(b);
	go__ready_all(&ready);
}
