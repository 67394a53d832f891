// SPDX-License-Identifier: MIT
//
// Conditions: a queue of those who wait.
//
// A waiter queues first, then unlocks the mutex, then parks, so that a signal
// by whoever locks the mutex next finds it. A signal that comes before it has
// parked only notes that (ok): only parked goroutines may be readied.
//
// Invariant, whenever c->lock is free:
//   I1  A queued waiter is parked if its arg is PARKED, and otherwise on its
//       way between its two steps, where it has no ticket.

#include "conc/wait.h"
#include "libgo/context.h"
#include "libgo/sync.h"

enum { COMING, PARKED };

static void
check_place(go_cond *c)
{
	go__check_place(&c->waiters, c->self, &c->lock, "go_cond");
}

// check_locked panics before anybody is queued.
static void
check_locked(go_mutex *m)
{
	if (!go_mutex_try_lock(m))
		return;
	go_mutex_unlock(m);
	go_panic("go_cond_wait: the mutex is not locked");
}

static go_error *
wait(go_cond *c, go_mutex *m, go_ctx *ctx)
{
	struct go__waiter w = {.arg = COMING};
	bool is_done = false;

	check_locked(m);
	go__lock(&c->lock);
	check_place(c);
	go__wait_queue(&c->waiters, &c->self, &w);
	go__unlock(&c->lock);
	go_mutex_unlock(m);

	go__lock(&c->lock);
	if (w.ok) {
		go__unlock(&c->lock);
	} else {
		w.arg = PARKED;
		is_done =
			!go__wait(&c->lock, &c->waiters, &w, GO__WHY_COND, ctx);
		if (is_done)
			go__unlock(&c->lock);
	}
	go_mutex_lock(m);
	return is_done ? go_ctx_err(ctx) : NULL;
}

void
go_cond_wait(go_cond *c, go_mutex *m)
{
	(void)!wait(c, m, NULL);
}

go_error *
go_cond_wait_ctx(go_cond *c, go_mutex *m, go_ctx *ctx)
{
	return wait(c, m, ctx);
}

// wake_first takes the longest waiter off, and moves it to ready if it is
// parked; false if nobody waits. c->lock is held.
static bool
wake_first(go_cond *c, struct go__waitq *ready)
{
	struct go__waiter *w = go__waitq_pop(&c->waiters);

	if (w == NULL)
		return false;
	w->ok = true;
	if (w->arg == PARKED)
		go__waitq_push(ready, w);
	return true;
}

void
go_cond_signal(go_cond *c)
{
	struct go__waitq ready = {NULL, NULL};

	go__lock(&c->lock);
	check_place(c);
	wake_first(c, &ready);
	go__unlock(&c->lock);
	go__ready_all(&ready);
}

void
go_cond_broadcast(go_cond *c)
{
	struct go__waitq ready = {NULL, NULL};

	go__lock(&c->lock);
	check_place(c);
	while (wake_first(c, &ready))
		;
	go__unlock(&c->lock);
	go__ready_all(&ready);
}
