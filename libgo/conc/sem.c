// SPDX-License-Identifier: MIT
//
// Weighted semaphore: a number of permits and a queue.
//
// Invariants, whenever s->lock is free:
//   I1  0 <= permits; and permits <= most if is_limited.
//   I2  The head of the queue wants more than there are permits.
//
// A release hands permits to the head; newcomers queue behind it. Whoever
// gives up at the head may leave enough for the next: so it serves, too.

#include "conc/wait.h"
#include "libgo/context.h"
#include "libgo/sync.h"

void
go_sem_init(go_sem *s, int64_t n)
{
	if (n < 0)
		go_panic("go_sem_init: a negative number of permits");
	*s = (go_sem){.permits = n, .most = n, .is_limited = true};
}

static void
check_place(go_sem *s)
{
	go__check_place(&s->waiters, s->self, &s->lock, "go_sem");
}

// serve restores I2. The lock is held.
static void
serve(go_sem *s, struct go__waitq *ready)
{
	struct go__waiter *w;

	while ((w = s->waiters.first) != NULL &&
	       (int64_t)w->arg <= s->permits) {
		go__waitq_remove(&s->waiters, w);
		if (!go__claim(w))
			continue;  // its context was done first
		s->permits -= (int64_t)w->arg;
		go__waitq_push(ready, w);
	}
}

// wait_in_vain waits for ctx alone.
static go_error *
wait_in_vain(go_ctx *ctx)
{
	struct go__waitq nobody = {NULL, NULL};
	struct go__waiter w;
	uint32_t lock = 0;

	go__lock(&lock);
	go__waitq_push(&nobody, &w);
	go__wait(&lock, &nobody, &w, GO__WHY_SEM, ctx);
	return go_ctx_err(ctx);
}

go_error *
go_sem_acquire(go_sem *s, go_ctx *ctx, int64_t n)
{
	struct go__waitq ready = {NULL, NULL};
	struct go__waiter w = {.arg = (uint64_t)n};
	go_error *err = go_ctx_err(ctx);

	if (n < 0)
		go_panic("go_sem_acquire: a negative number of permits");
	if (err != NULL)
		return err;
	go__lock(&s->lock);
	check_place(s);
	if (s->is_limited && n > s->most) {
		go__unlock(&s->lock);
		return wait_in_vain(ctx);
	}
	if (s->waiters.first == NULL && n <= s->permits) {
		s->permits -= n;
		go__unlock(&s->lock);
		return NULL;
	}
	go__wait_queue(&s->waiters, &s->self, &w);
	if (go__wait(&s->lock, &s->waiters, &w, GO__WHY_SEM, ctx))
		return NULL;
	serve(s, &ready);
	go__unlock(&s->lock);
	go__ready_all(&ready);
	return go_ctx_err(ctx);
}

bool
go_sem_try_acquire(go_sem *s, int64_t n)
{
	bool is_taken;

	if (n < 0)
		go_panic("go_sem_try_acquire: a negative number of permits");
	go__lock(&s->lock);
	check_place(s);
	is_taken = s->waiters.first == NULL && n <= s->permits;
	if (is_taken)
		s->permits -= n;
	go__unlock(&s->lock);
	return is_taken;
}

void
go_sem_release(go_sem *s, int64_t n)
{
	struct go__waitq ready = {NULL, NULL};
	int64_t permits;
	bool is_too_many;

	if (n < 0)
		go_panic("go_sem_release: a negative number of permits");
	go__lock(&s->lock);
	check_place(s);
	is_too_many = __builtin_add_overflow(s->permits, n, &permits) ||
		      (s->is_limited && permits > s->most);
	if (!is_too_many) {
		s->permits = permits;
		serve(s, &ready);
	}
	go__unlock(&s->lock);
	go__ready_all(&ready);
	if (is_too_many)
		go_panic("go_sem_release: more permits than were taken");
}
