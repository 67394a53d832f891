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
// Nobody sleeps while the mutex is free: it becomes free only at once with
// seeing neither QUEUED nor a lack of WOKEN, and who was woken will take it,
// or queue behind a holder who looks again.
//
// Freeing it is the last time that an unlock touches the mutex: the next
// holder may be its last and free the memory.

#include "libgo/sync.h"

#include "conc/time.h"
#include "conc/wait.h"
#include "libgo/context.h"

enum { LOCKED = 1, QUEUED = 2, WOKEN = 4 };

#define STARVING GO_MILLISECOND

// update makes QUEUED true to I1, sets the bits of more, and returns what the
// state was. m->lock is held.
static uint32_t
update(go_mutex *m, uint32_t more)
{
	uint32_t s, next;

	do {
		s = load_rlx(&m->state);  // the lock orders these bits
		next = (s & ~(uint32_t)QUEUED) | more;
		if (m->waiters.first != NULL)
			next |= QUEUED;
	} while (!cas_rlx(&m->state, s, next));
	return s;
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
	// [MU1] pairs with go_mutex_unlock: the last holder's writes are seen.
	if (!cas_acq(&m->state, 0, LOCKED))
		(void)!lock_slow(m, NULL);
}

bool
go_mutex_try_lock(go_mutex *m)
{
	uint32_t s;
	bool is_taken;

	// [MU1] pairs with go_mutex_unlock: the last holder's writes are seen.
	if (cas_acq(&m->state, 0, LOCKED))
		return true;
	if (load_rlx(&m->state) & LOCKED)
		return false;
	go__lock(&m->lock);
	s = load_rlx(&m->state);
	// [MU1] as above; I1 and I2 stay as they are.
	is_taken = (s & LOCKED) == 0 && cas_acq(&m->state, s, s | LOCKED);
	go__unlock(&m->lock);
	return is_taken;
}

go_error *
go_mutex_lock_ctx(go_mutex *m, go_ctx *ctx)
{
	// [MU1] pairs with go_mutex_unlock: the last holder's writes are seen.
	if (cas_acq(&m->state, 0, LOCKED))
		return NULL;
	return lock_slow(m, ctx);
}

static bool
is_starving(const struct go__waiter *w)
{
	return go_now() - (go_time)w->arg >= STARVING;
}

// unlock_slow wakes somebody and frees m, or hands it over. Returns false if
// neither could be done: m->state has changed, or nobody is left to wake.
static bool
unlock_slow(go_mutex *m, uint32_t s)
{
	struct go__waiter *w;
	struct g *g;
	bool is_handed;

	// [MU1] pairs with go_mutex_lock: our writes are seen by the next.
	if ((s & WOKEN) != 0)
		return cas_rel(&m->state, s, s & ~(uint32_t)LOCKED);
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
	// [MU1] as above. Handed over, our writes go with go__ready.
	if (!is_handed)
		sub_acqrel(&m->state, LOCKED);
	go__ready(g);
	return true;
}

void
go_mutex_unlock(go_mutex *m)
{
	uint32_t s;

	// [MU1] pairs with go_mutex_lock: our writes are seen by the next.
	while (!cas_rel(&m->state, LOCKED, 0)) {
		s = load_rlx(&m->state);  // the cas decides
		if ((s & LOCKED) == 0)
			go_panic(
				"go_mutex_unlock: unlock of an unlocked mutex");
		if (unlock_slow(m, s))
			return;
	}
}
