// SPDX-License-Identifier: MIT
//
// Readers and writers: a word while nobody waits, a queue when somebody does.
//
// Whoever must wait is handed the lock by whoever leaves it, strictly in the
// order of the queue: a writer alone, readers with all readers next to them.
// With somebody queued newcomers queue too. So a waiter's wait is bounded by
// those before him, and a writer's by the readers that were there first.
//
// state is WRITING, QUEUED, SPREAD, and READER times the number of readers; but
// a lock that is read often without being written is SPREAD: its readers are in
// a table by thread (readers.c), where they do not meet. A writer ends that,
// and takes those in the table over into state, which then tells of all.
//
//	reader:  [RW2] enter the table     writer:  [RW2] clear SPREAD
//	         [RW2] look at SPREAD               [RW2] look at the table
//
// One of the two sees the other. A reader that finds SPREAD cleared takes its
// entry out again; if that is gone, the writer has taken it over, or somebody
// who left: either way there is one more reader for it to be.
//
// Invariants, whenever m->lock is free:
//   I1  QUEUED is set exactly when somebody is on the queue.
//   I2  The head of the queue cannot be admitted.
//   I3  While QUEUED is set, state changes only under m->lock.
//   I4  While SPREAD is set nobody writes or is on the queue. While it is not,
//       an entry in the table belongs to nobody but a reader that is about to
//       take it out.

#include "conc/readers.h"
#include "conc/wait.h"
#include "libgo/context.h"
#include "libgo/sync.h"

enum { WRITING = 1, QUEUED = 2, SPREAD = 4, READER = 8 };

enum { READS = 1024 };  // after SPREAD was ended, before it is set again

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

// enter takes the lock to read through the table, if it is SPREAD.
static bool
enter(go_rwmutex *m)
{
	// [RW1] pairs with leave: SPREAD came after the last writer.
	if (!(load_acq(&m->state) & SPREAD) || !go__readers_enter(m))
		return false;
	return (load_seq(&m->state) & SPREAD) ||  // [RW2]
	       !go__readers_leave(m);
}

// spread_due counts a reader, and tells whether it is time to spread them: by
// then they have made up for what it costs a writer. Some may go uncounted.
static uint32_t
spread_due(go_rwmutex *m)
{
	uint32_t n = load_rlx(&m->n_reads);

	if (n == READS)
		return SPREAD;
	store_rlx(&m->n_reads, n + 1);
	return 0;
}

// try takes the lock if it can be had and nobody waits for it.
static bool
try(go_rwmutex *m, uint32_t want)
{
	uint32_t s, next;

	do {
		s = load_rlx(&m->state);  // the cas decides
		if ((s & QUEUED) || !admits(s, want))
			return false;
		next = s + want;
		if (want == READER && !(s & SPREAD))
			next |= spread_due(m);
		// [RW1] pairs with leave: the last holders' writes are seen.
	} while (!cas_acq(&m->state, s, next));
	return true;
}

// freeze sets QUEUED, so that I3 holds for state, and for a writer ends SPREAD.
// Returns what the state then is. m->lock is held.
static uint32_t
freeze(go_rwmutex *m, uint32_t want)
{
	uint32_t s, next;

	do {
		s = load_rlx(&m->state);  // the cas decides
		next = want == WRITING ? s & ~(uint32_t)SPREAD : s;
	} while (!cas_seq(&m->state, s, next | QUEUED));  // [RW2]
	// [RW1] pairs with leave: the last holders' writes are seen.
	next = load_acq(&m->state);
	if (want == READER || !(s & SPREAD))
		return next;
	store_rlx(&m->n_reads, 0);
	return next + go__readers_leave_all(m) * READER;  // [RW2]
}

// thaw ends what freeze began, with the state that it returned or what has
// become of it. m->lock is held.
static void
thaw(go_rwmutex *m, uint32_t s, bool shall_queue)
{
	if (m->waiters.first == NULL && !shall_queue)
		s &= ~(uint32_t)QUEUED;
	// [RW1] pairs with try: the readers taken over are a link of the chain.
	store_rel(&m->state, s);
}

// take_now takes the lock if it can be had and nobody waits for it. If not it
// leaves QUEUED to who shall queue. m->lock is held.
static bool
take_now(go_rwmutex *m, uint32_t want, bool shall_queue)
{
	uint32_t s = freeze(m, want);
	bool is_mine = m->waiters.first == NULL && admits(s, want);

	thaw(m, is_mine ? s + want : s, !is_mine && shall_queue);
	return is_mine;
}

// try_locked is try that is not misled by what others do under m->lock.
static bool
try_locked(go_rwmutex *m, uint32_t want)
{
	bool is_mine;

	go__lock(&m->lock);
	is_mine = take_now(m, want, false);
	go__unlock(&m->lock);
	return is_mine;
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
	if (take_now(m, want, true)) {
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

// leave_table is for a reader that is neither in its thread's cell nor counted
// in state: it came in on another thread. Or a writer is taking it over: then
// it is counted. False if it is nowhere.
//
// Those who come and go meanwhile may leave by its entry and make another where
// the search has been, or be counted in its place. If the search finds nothing
// the table is taken over: then what there is, is counted.
static bool
leave_table(go_rwmutex *m, bool *is_counted)
{
	bool is_found;
	uint32_t s;

	go__lock(&m->lock);
	*is_counted = load_rlx(&m->state) >= READER;  // looked at again
	is_found = !*is_counted && go__readers_leave_any(m);
	if (!*is_counted && !is_found) {
		s = freeze(m, WRITING);
		thaw(m, s, false);
		*is_counted = s >= READER;
	}
	go__unlock(&m->lock);
	return is_found;
}

// leave gives back what take took; false if it was not taken.
static bool
leave(go_rwmutex *m, uint32_t had)
{
	bool is_counted;
	uint32_t s;

	for (;;) {
		s = load_rlx(&m->state);  // the cas decides
		if (had == WRITING && !(s & WRITING))
			return false;
		if (had == READER && s < READER) {
			if (leave_table(m, &is_counted))
				return true;
			if (!is_counted)
				return false;
			continue;
		}
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
	return try(m, WRITING) ||
	       // Else it was held or waited for.
	       ((load_rlx(&m->state) & SPREAD) && try_locked(m, WRITING));
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
	if (!enter(m))
		(void)!take(m, READER, GO__WHY_RWMUTEX_READ, NULL);
}

bool
go_rwmutex_try_rlock(go_rwmutex *m)
{
	return enter(m) || try(m, READER) ||
	       // Somebody may have the state frozen, and not wait.
	       ((load_rlx(&m->state) & (WRITING | QUEUED)) == QUEUED &&
		try_locked(m, READER));
}

go_error *
go_rwmutex_rlock_ctx(go_rwmutex *m, go_ctx *ctx)
{
	return enter(m) ? NULL : take(m, READER, GO__WHY_RWMUTEX_READ, ctx);
}

void
go_rwmutex_runlock(go_rwmutex *m)
{
	if (!go__readers_leave(m) && !leave(m, READER))
		go_panic("go_rwmutex_runlock: nobody holds it to read: "
			 "unlock of an unlocked rwmutex");
}
