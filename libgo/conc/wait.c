// SPDX-License-Identifier: MIT
//
// Waiting on a queue and a context at once: a select in small. The second
// waiter queues for the context's done channel, as a receiver would.
//
// Both locks are held until the goroutine is off its stack, the queue's taken
// first. Whoever is woken takes the lock of the other queue to leave it, and
// so waits for the release to be through with that lock.

#include "conc/wait.h"

#include <assert.h>
#include <stddef.h>

#include "conc/chan.h"
#include "libgo/context.h"

struct locks {
	uint32_t *first;
	uint32_t *second;
};

static void
release(void *arg)
{
	struct locks *locks = arg;
	uint32_t *second = locks->second;

	go__unlock(locks->first);
	// The goroutine may run and its frame, where locks is, may be gone.
	go__unlock(second);
}

// wait_either is go__wait with a channel that can be closed.
static bool
wait_either(uint32_t *lock, struct go__waitq *q, struct go__waiter *w,
	    enum go__why why, struct go__chan *done)
{
	struct locks locks = {lock, &done->lock};
	struct go__waiter other = {.g = w->g};
	struct go__waiter *winner;

	go__lock(&done->lock);
	if (done->is_closed) {
		go__unlock(&done->lock);
		go__waitq_remove(q, w);
		return false;
	}
	w->ticket = other.ticket = go__ticket(w->g);
	go__chan_visit(done, &done->receivers, &other);
	winner = go__park_until(release, &locks, why, GO__NEVER);

	if (winner == w) {
		go__chan_leave(done, &done->receivers, &other);
		return true;
	}
	assert(winner == &other);
	go__lock(lock);
	go__waitq_remove(q, w);
	return false;
}

bool
go__wait(uint32_t *lock, struct go__waitq *q, struct go__waiter *w,
	 enum go__why why, go_ctx *ctx)
{
	struct go__chan *done = go__chan_of((go__chan_ref)go_ctx_done(ctx));

	assert(w->is_queued);
	w->g = go__self();
	w->ticket = 0;
	w->ok = false;
	if (done != NULL)
		return wait_either(lock, q, w, why, done);
	go__park(lock, why);
	return true;
}
