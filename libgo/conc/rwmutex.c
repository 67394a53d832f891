// SPDX-License-Identifier: MIT
//
// Readers and writers: a word while nobody waits, a queue when somebody does.
//
// Whoever must wait is handed the lock by whoever leaves it, strictly in the
// order of the queue: a writer alone, readers with all readers next to them.
// With somebody queued newcomers queue too. So a waiter's wait is bounded by
// those before him, and a writer's by the readers that were there first.
//
// state is WRITING, QUEUED, and READER times the number of readers.
//
// Invariants, whenever m->lock is free:
//   I1  QUEUED is set exactly when somebody is on the queue.
//   I2  The head of the queue cannot be admitted.
//   I3  While QUEUED is set, state changes only under m->lock.

#include "conc/wait.h"
#include "libgo/context.h"
#include "libgo/sync.h"

enum { WRITING = 1, QUEUED = 2, READER = 4 };

// A waiter's arg is what it adds to the state.

static bool
admits(uint32_t state, uint32_t want)
{
	return want == READER ? (state & WRITING) == 0
			      : (state & ~(uint32_t)QUEUED) == 0;
}

// serve hands the lock to those at the head who can have it once the state is
// s, moves them to ready, and returns what the state then is. m->lock is held.
static uint32_t
serve(go_rwmutex *m, uint32_t s, struct go__waitq *ready)
{
	struct go__waiter *w;

	while ((w = m->waiters.first) != NULL && admits(s, (uint32_t)w->arg)) {
		go__waitq_remove(&m->waiters, w);
		if (!go__claim(w))
			continue;  // its context was done first
		s += (uint32_t)w->arg;
		go__waitq_push(ready, w);
	}
	return m->waiters.first != NULL ? s : s & ~(uint32_t)QUEUED;
}

// try takes the lock if it can be had and nobody waits for it.
static bool
try(go_rwmutex *m, uint32_t want)
{
	uint32_t s;

	do {
		s = load_rlx(&m->state);  // the cas decides
		if ((s & QUEUED) || !admits(s, want))
			return false;
		// [RW1] pairs with leave: the last holders' writes are seen.
	} while (!cas_acq(&m->state, s, s + want));
	return true;
}

// take_or_queue is try that sets QUEUED if it fails. m->lock is held.
static bool
take_or_queue(go_rwmutex *m, uint32_t want)
{
	uint32_t s;

	do {
		if (try(m, want))
			return true;
		s = load_rlx(&m->state);  // the cas decides
	} while (!(s & QUEUED) &&
		 (admits(s, want) || !cas_rlx(&m->state, s, s | QUEUED)));
	return false;
}

static void
check_place(go_rwmutex *m)
{
	go__check_place(&m->waiters, m->self, &m->lock, "go_rwmutex");
}

static go_error *
take(go_rwmutex *m, uint32_t want, enum go__why why, go_ctx *ctx)
{
	struct go__waitq ready = {NULL, NULL};
	struct go__waiter w = {.arg = want};
	uint32_t s;

	if (try(m, want))
		return NULL;
	go__lock(&m->lock);
	check_place(m);
	if (take_or_queue(m, want)) {
		go__unlock(&m->lock);
		return NULL;
	}
	go__wait_queue(&m->waiters, &m->self, &w);
	if (go__wait(&m->lock, &m->waiters, &w, why, ctx))
		return NULL;
	// [RW1] pairs with leave: who comes in over us sees what it wrote.
	s = load_acq(&m->state);
	// Who leaves the lock may have seen us gone already: then I3 is over.
	if (s & QUEUED)
		// [RW1] pairs with try: the handing on is a link of the chain.
		store_rel(&m->state, serve(m, s, &ready));
	go__unlock(&m->lock);
	go__ready_all(&ready);
	return go_ctx_err(ctx);
}

// hand_on gives back what take took, to those who wait. Returns false if
// nobody does after all.
static bool
hand_on(go_rwmutex *m, uint32_t had)
{
	struct go__waitq ready = {NULL, NULL};
	uint32_t s, next;
	bool is_done;

	go__lock(&m->lock);
	check_place(m);
	// [RW1] pairs with leave: readers that left before us did so without
	// the lock, and those we serve must come after them, too.
	s = load_acq(&m->state);
	if (!(s & QUEUED)) {
		go__unlock(&m->lock);
		return false;
	}
	next = serve(m, s - had, &ready);
	is_done = ready.first != NULL || (next & QUEUED);
	// Without a waiter the lock must not be free before we are through with
	// m->lock: the next holder may be the last, and free the memory.
	// [RW1] pairs with try: our writes are seen by the next.
	store_rel(&m->state, is_done ? next : s & ~(uint32_t)QUEUED);
	go__unlock(&m->lock);
	go__ready_all(&ready);
	return is_done;
}

// leave gives back what take took; false if it was not taken.
static bool
leave(go_rwmutex *m, uint32_t had)
{
	uint32_t s;

	for (;;) {
		s = load_rlx(&m->state);  // the cas decides
		if (had == READER ? s < READER : !(s & WRITING))
			return false;
		// [RW1] pairs with try: our writes are seen by the next.
		if (!(s & QUEUED) && cas_rel(&m->state, s, s - had))
			return true;
		if ((s & QUEUED) && hand_on(m, had))
			return true;
	}
}

void
go_rwmutex_lock(go_rwmutex *m)
{
	(void)!take(m, WRITING, GO__WHY_RWMUTEX_WRITE, NULL);
}

bool
go_rwmutex_try_lock(go_rwmutex *m)
{
	return try(m, WRITING);
}

go_error *
go_rwmutex_lock_ctx(go_rwmutex *m, go_ctx *ctx)
{
	return take(m, WRITING, GO__WHY_RWMUTEX_WRITE, ctx);
}

void
go_rwmutex_unlock(go_rwmutex *m)
{
	if (!leave(m, WRITING))
		go_panic("go_rwmutex_unlock: unlock of an unlocked rwmutex");
}

void
go_rwmutex_rlock(go_rwmutex *m)
{
	(void)!take(m, READER, GO__WHY_RWMUTEX_READ, NULL);
}

bool
go_rwmutex_try_rlock(go_rwmutex *m)
{
	return try(m, READER);
}

go_error *
go_rwmutex_rlock_ctx(go_rwmutex *m, go_ctx *ctx)
{
	return take(m, READER, GO__WHY_RWMUTEX_READ, ctx);
}

void
go_rwmutex_runlock(go_rwmutex *m)
{
	if (!leave(m, READER))
		go_panic("go_rwmutex_runlock: nobody holds it to read: "
			 "unlock of an unlocked rwmutex");
}
