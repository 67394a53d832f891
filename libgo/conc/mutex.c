// SPDX-License-Identifier: MIT
//
// Mutex: one compare-and-swap while nobody waits, a queue when somebody does.
//
// To unlock is a look and a store then, in a window (rt/window.h): an atomic
// operation would double the cost. Somebody who has to wait first sets
// CONTENDED, which makes the holder use atomic operations, and waits until no
// window is open in which that was not yet seen; it may be overwritten in one,
// and is then set again. It stays set for a while, as what is contended once is
// contended again.
//
// An unlock wakes who waits longest but lets newcomers take the mutex in the
// meantime: they run already, and a mutex that goes idle until a goroutine is
// scheduled is slow. Who is woken stays at the head of the queue until he has
// the mutex. An unlock that finds him waiting for STARVING or longer, whether
// he is still on his way or sleeps again, hands it to him without freeing it.
// So once the head has starved, the queue is served strictly in its order
// until its head is younger.
//
// While somebody is on his way, to look at the clock at each unlock would be
// dear. state counts these unlocks, and the 1st, 2nd, 4th, 8th and so on look:
// few where the mutex is held shortly, and where it is held long he waits at
// most twice as long as he should.
//
// Invariants, whenever m->lock is free:
//   I1  QUEUED is set exactly when somebody is on the queue.
//   I2  WOKEN is set exactly when the head was woken, not handed the mutex,
//       and has not yet looked; while it is, unlocking wakes nobody else, and
//       nobody pops the queue. The count of unlocks is 0 while it is not.
//   I3  QUEUED and WOKEN change under m->lock only; LOCKED and the count
//       without it. CONTENDED is set under it, and cleared without.
//   I4  With QUEUED or WOKEN, CONTENDED is set, and no window is open in which
//       it may be overwritten.
// Nobody sleeps beside a free mutex: what frees it sees that QUEUED is clear,
// or that WOKEN is set; and who was woken takes it, or sleeps behind a holder
// whose unlock will see QUEUED without WOKEN.
//
// Freeing it is the last time that an unlock touches the mutex: the next
// holder may be its last and free the memory.

#include "libgo/sync.h"

#include "conc/time.h"
#include "conc/wait.h"
#include "libgo/context.h"
#include "rt/window.h"

enum { LOCKED = 1, QUEUED = 2, WOKEN = 4, CONTENDED = 8, UNLOCK = 16 };

// Unlocks with nobody waiting after which CONTENDED is cleared: they make up
// for the barrier that it cost.
enum { CALM = 2000 };

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

// contend sets CONTENDED beside LOCKED alone, unless that has changed. When it
// returns CONTENDED is there to stay, or was overwritten. m->lock is held.
static void
contend(go_mutex *m)
{
	// Relaxed: the barrier orders it.
	if (cas_rlx(&m->state, LOCKED, LOCKED | CONTENDED))
		go__window_await();
}

// take_or_queue takes m if it is free, and else sets QUEUED for the caller,
// who must then queue. m->lock is held.
static bool
take_or_queue(go_mutex *m)
{
	uint32_t s;

	for (;;) {
		s = load_rlx(&m->state);  // the cas decides
		// [MU1] pairs with go_mutex_unlock: the last holder's writes
		// are seen.
		if ((s & LOCKED) == 0 && cas_acq(&m->state, s, s | LOCKED))
			return true;
		if (s == LOCKED)
			contend(m);
		else if ((s & LOCKED) && cas_rlx(&m->state, s, s | QUEUED))
			return false;
	}
}

// take_woken is how w, the head, looks once it was woken: it ends WOKEN, and
// takes m if it is free. m->lock is held.
static bool
take_woken(go_mutex *m, struct go__waiter *w)
{
	uint32_t s, next;

	do {
		s = load_rlx(&m->state);  // the cas decides
		next = LOCKED | CONTENDED;
		if ((s & LOCKED) || w->next != NULL)
			next |= QUEUED;
		// [MU1] pairs with go_mutex_unlock: the last holder's writes
		// are seen.
	} while (!cas_acq(&m->state, s, next));
	if ((s & LOCKED) == 0)
		go__waitq_remove(&m->waiters, w);
	return (s & LOCKED) == 0;
}

static void
check_place(go_mutex *m)
{
	go__check_place(&m->waiters, m->self, &m->lock, "go_mutex");
}

static go_error *
lock_slow(go_mutex *m, go_ctx *ctx)
{
	struct go__waiter w = {.arg = (uint64_t)go_now()};
	bool is_mine;

	go__lock(&m->lock);
	check_place(m);
	is_mine = take_or_queue(m);
	if (!is_mine)
		go__wait_queue(&m->waiters, &m->self, &w);
	while (!is_mine) {
		if (!go__wait(&m->lock, &m->waiters, &w, GO__WHY_MUTEX, ctx)) {
			update(m, 0);
			go__unlock(&m->lock);
			return go_ctx_err(ctx);
		}
		go__lock(&m->lock);
		is_mine = w.ok || take_woken(m, &w);
	}
	go__unlock(&m->lock);
	return NULL;
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

// hand_over gives m to w, the head. m->lock is held.
static void
hand_over(go_mutex *m, struct go__waiter *w)
{
	w->ok = true;
	go__waitq_remove(&m->waiters, w);
	// Nobody but us, who hold it, changes it now. The lock orders it.
	store_rlx(&m->state,
		  LOCKED | CONTENDED | (m->waiters.first != NULL ? QUEUED : 0));
}

// wake wakes the head and frees m, or hands it over. Returns false if nobody
// is left to wake. m is LOCKED and nobody WOKEN.
static bool
wake(go_mutex *m)
{
	struct go__waiter *w;
	struct g *g;
	bool is_handed;

	go__lock(&m->lock);
	check_place(m);
	w = go__waitq_pop(&m->waiters);
	if (w == NULL) {
		update(m, 0);
		go__unlock(&m->lock);
		return false;
	}
	g = w->g;
	is_handed = is_starving(w);
	go__waitq_push_first(&m->waiters, w);
	if (is_handed)
		hand_over(m, w);
	else
		update(m, WOKEN);
	go__unlock(&m->lock);
	// [MU1] pairs with take: our writes are seen by the next. Handed over,
	// they go with m->lock.
	if (!is_handed)
		sub_acqrel(&m->state, LOCKED);
	go__ready(g);
	return true;
}

// hand_to_woken hands m to who is on his way if he has starved.
static bool
hand_to_woken(go_mutex *m)
{
	bool is_handed;

	go__lock(&m->lock);
	check_place(m);
	is_handed = (load_rlx(&m->state) & WOKEN) &&  // the lock orders it
		    is_starving(m->waiters.first);
	if (is_handed)
		hand_over(m, m->waiters.first);
	go__unlock(&m->lock);
	return is_handed;
}

static bool
is_power_of_2(uint32_t n)
{
	return (n & (n - 1)) == 0;
}

// pass_on unlocks m in state s, where somebody waits, unless that has changed.
static bool
pass_on(go_mutex *m, uint32_t s)
{
	uint32_t next = (s & ~(uint32_t)LOCKED) + UNLOCK;

	if ((s & WOKEN) == 0)
		return wake(m);
	if (is_power_of_2(next / UNLOCK) && hand_to_woken(m))
		return true;
	// [MU1] pairs with take: our writes are seen by the next.
	return cas_rel(&m->state, s, next);
}

// calm_down unlocks m, CONTENDED, with nobody waiting, unless that has changed.
static bool
calm_down(go_mutex *m)
{
	uint32_t next = CONTENDED;

	if (++m->n_calm >= CALM) {
		m->n_calm = 0;
		next = 0;
	}
	// [MU1] pairs with take: our writes are seen by the next.
	return cas_rel(&m->state, LOCKED | CONTENDED, next);
}

static void
unlock_slow(go_mutex *m)
{
	uint32_t s;

	for (;;) {
		s = load_rlx(&m->state);  // the cas decides
		if ((s & LOCKED) == 0)
			go_panic(
				"go_mutex_unlock: unlock of an unlocked mutex");
		if (s == LOCKED && cas_rel(&m->state, LOCKED, 0))  // [MU1]
			return;
		if (s == (LOCKED | CONTENDED) && calm_down(m))
			return;
		if ((s & QUEUED) && pass_on(m, s))
			return;
	}
}

void
go_mutex_unlock(go_mutex *m)
{
	struct m *window = go__window_open();
	bool is_done;

	if (window != NULL) {
		is_done = load_rlx(&m->state) == LOCKED;  // see contend
		// [MU1] pairs with take: our writes are seen by the next.
		if (is_done)
			store_rel(&m->state, 0);
		go__window_close(window);
		if (is_done)
			return;
	}
	// [MU1] pairs with take: our writes are seen by the next.
	if (window != NULL || !cas_rel(&m->state, LOCKED, 0))
		unlock_slow(m);
}
