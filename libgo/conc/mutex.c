// SPDX-License-Identifier: MIT
//
// Mutex: one compare-and-swap while nobody waits, a queue when somebody does.
//
// An unlock wakes who waits longest but lets newcomers take the mutex in the
// meantime: they run already, and a mutex that goes idle until a goroutine is
// scheduled is slow. Who is woken in vain goes back to the head of the queue;
// the next unlock that finds him waiting for STARVING or longer hands the
// mutex to him without freeing it. So once the head has starved, the queue is
// served strictly in its order until its head is younger.
//
// Invariants, whenever m->lock is free:
//   I1  QUEUED is set exactly when somebody is on the queue.
//   I2  WOKEN is set exactly when somebody was woken, not handed the mutex,
//       and has not yet looked; while it is, unlocking wakes nobody else.
//   I3  QUEUED and WOKEN change under m->lock only; LOCKED without it.
// Nobody sleeps beside a free mutex: what frees it sees that QUEUED is clear,
// or that WOKEN is set; and who was woken takes it, or queues behind a holder
// whose unlock will see QUEUED.
//
// Freeing it is the last time that an unlock touches the mutex: the next
// holder may be its last and free the memory.

#include "libgo/sync.h"

#include "conc/time.h"
#include "conc/wait.h"
#include "libgo/context.h"

enum { LOCKED = 1, QUEUED = 2, WOKEN = 4 };

#define STARVING GO_MILLISECOND

// update makes QUEUED true to I1 and sets the bits of more. m->lock is held.
static void
update(go_mutex *m, uint32_t more)
{
	uint32_t s, next;

	do {
		s = load_rlx(&m->state);  // the lock orders these bits
		next = (s & ~(uint32_t)QUEUED) | more;
		if (m->waiters.first != NULL)
			next |= QUEUED;
	} while (!cas_rlx(&m->state, s, next));
}

// take takes m if it is free, whoever else waits.
static bool
take(go_mutex *m)
{
	uint32_t s = load_rlx(&m->state);  // the cas decides

	// [MU1] pairs with go_mutex_unlock: the last holder's writes are seen.
	return (s & LOCKED) == 0 && cas_acq(&m->state, s, s | LOCKED);
}

// take_or_queue takes m if it is free, and else sets QUEUED for the caller,
// who must then queue. m->lock is held.
static bool
take_or_queue(go_mutex *m, bool was_woken)
{
	uint32_t s, next;

	do {
		s = load_rlx(&m->state);  // the cas decides
		next = was_woken ? s & ~(uint32_t)WOKEN : s;
		next |= s & LOCKED ? QUEUED : LOCKED;
		// [MU1] pairs with go_mutex_unlock: the last holder's writes
		// are seen.
	} while (!cas_acq(&m->state, s, next));
	return (s & LOCKED) == 0;
}

static go_error *
lock_slow(go_mutex *m, go_ctx *ctx)
{
	struct go__waiter w = {.arg = (uint64_t)go_now()};
	bool was_woken = false;

	for (;;) {
		go__lock(&m->lock);
		if (take_or_queue(m, was_woken)) {
			go__unlock(&m->lock);
			return NULL;
		}
		if (was_woken)
			go__waitq_push_first(&m->waiters, &w);
		else
			go__waitq_push(&m->waiters, &w);
		if (!go__wait(&m->lock, &m->waiters, &w, GO__WHY_MUTEX, ctx)) {
			update(m, 0);
			go__unlock(&m->lock);
			return go_ctx_err(ctx);
		}
		if (w.ok)
			return NULL;  // handed over
		was_woken = true;
	}
}

void
go_mutex_lock(go_mutex *m)
{
	if (!take(m))
		(void)!lock_slow(m, NULL);
}

bool
go_mutex_try_lock(go_mutex *m)
{
	uint32_t s;

	do {
		s = load_rlx(&m->state);  // the cas decides
		if (s & LOCKED)
			return false;
		// [MU1] pairs with go_mutex_unlock, as in take.
	} while (!cas_acq(&m->state, s, s | LOCKED));
	return true;
}

go_error *
go_mutex_lock_ctx(go_mutex *m, go_ctx *ctx)
{
	return take(m) ? NULL : lock_slow(m, ctx);
}

static bool
is_starving(const struct go__waiter *w)
{
	return go_now() - (go_time)w->arg >= STARVING;
}

// unlock_slow wakes somebody and frees m, or hands it over. Returns false if
// nobody is left to wake. m is LOCKED and nobody WOKEN.
static bool
unlock_slow(go_mutex *m)
{
	struct go__waiter *w;
	struct g *g;
	bool is_handed;

	go__lock(&m->lock);
	w = go__waitq_pop(&m->waiters);
	if (w == NULL) {
		update(m, 0);
		go__unlock(&m->lock);
		return false;
	}
	g = w->g;
	is_handed = is_starving(w);
	w->ok = is_handed;
	update(m, is_handed ? 0 : WOKEN);
	go__unlock(&m->lock);
	// [MU1] pairs with take: our writes are seen by the next. Handed over,
	// they go with go__ready.
	if (!is_handed)
		sub_acqrel(&m->state, LOCKED);
	go__ready(g);
	return true;
}

void
go_mutex_unlock(go_mutex *m)
{
	uint32_t s;

	for (;;) {
		s = load_rlx(&m->state);  // the cas decides
		if ((s & LOCKED) == 0)
			go_panic(
				"go_mutex_unlock: unlock of an unlocked mutex");
		if ((s & (QUEUED | WOKEN)) == QUEUED) {
			if (unlock_slow(m))
				return;
			continue;
		}
		// [MU1] pairs with take: our writes are seen by the next.
		if (cas_rel(&m->state, s, s & ~(uint32_t)LOCKED))
			return;
	}
}
