// SPDX-License-Identifier: MIT
//
// Wait group: a count of those who work, and a queue of those who wait.
//
// state is twice the count, plus 1 (WAITING) while somebody waits. Adding is
// one atomic addition; the one that brings the count to 0 with WAITING set
// goes on to wake everybody.
//
// Invariants, whenever wg->lock is free:
//   I1  WAITING is set while somebody is queued. It is cleared under the
//       lock, by the addition that made the count 0 (the closer), or by a
//       waiter that gives up and leaves nobody.
//   I2  A state of WAITING alone says that a closer is on its way. Nobody
//       returns from a wait then, not even he who gave up: the closer wakes
//       him. So once the last wait has returned no addition has yet to touch
//       the wait group, and it may be freed.

#include "conc/wait.h"
#include "libgo/context.h"
#include "libgo/sync.h"
#include "rt/call.h"

enum { WAITING = 1, ONE = 2 };

static void
check_place(go_waitgroup *wg)
{
	go__check_place(&wg->waiters, wg->self, &wg->lock, "go_waitgroup");
}

static void
wake_all(go_waitgroup *wg)
{
	struct go__waitq ready = {NULL, NULL};
	struct go__waiter *w;

	go__lock(&wg->lock);
	check_place(wg);
	while ((w = go__waitq_pop(&wg->waiters)) != NULL)
		go__waitq_push(&ready, w);
	if (load_rlx(&wg->state) & WAITING)  // the lock orders both: I1
		add_rlx(&wg->state, -WAITING);
	go__unlock(&wg->lock);
	// wg may be gone.
	go__ready_all(&ready);
}

int64_t
go__wg_count(go_waitgroup *wg, int n)
{
	// [WG1] pairs with wait: what was done before is seen after the wait.
	int64_t s = add_acqrel(&wg->state, (int64_t)n * ONE);

	if (s == WAITING && n < 0)
		wake_all(wg);
	return s;
}

void
go_wg_add(go_waitgroup *wg, int n)
{
	int64_t s = go__wg_count(wg, n);

	if (s < 0)
		go_panic("go_wg_add: the number of those waited for is "
			 "negative");
	if (s == (int64_t)n * ONE + WAITING && n > 0)  // it was WAITING: I2
		go_panic("go_wg_add: added to 0 before those who wait for 0 "
			 "have returned");
}

void
go_wg_done(go_waitgroup *wg)
{
	go_wg_add(wg, -1);
}

// set_waiting returns false if there is nothing to wait for. The lock is held.
static bool
set_waiting(go_waitgroup *wg)
{
	int64_t s;

	do {
		// [WG1] pairs with go_wg_add.
		s = load_acq(&wg->state);
		if (s == 0)
			return false;
	} while (!cas_rlx(&wg->state, s, s | WAITING));  // the lock orders it
	return true;
}

// clear_waiting returns false if a closer is on its way. The lock is held.
static bool
clear_waiting(go_waitgroup *wg)
{
	int64_t s;

	do {
		s = load_rlx(&wg->state);
		if (s == WAITING)
			return false;
		if (wg->waiters.first != NULL || !(s & WAITING))
			return true;
	} while (!cas_rlx(&wg->state, s, s - WAITING));  // the lock orders it
	return true;
}

static go_error *
wait(go_waitgroup *wg, go_ctx *ctx)
{
	struct go__waiter w;

	go__lock(&wg->lock);
	check_place(wg);
	if (!set_waiting(wg)) {
		go__unlock(&wg->lock);
		return NULL;
	}
	go__wait_queue(&wg->waiters, &wg->self, &w);
	if (go__wait(&wg->lock, &wg->waiters, &w, GO__WHY_WAITGROUP, ctx))
		return NULL;
	if (clear_waiting(wg)) {
		go__unlock(&wg->lock);
		return go_ctx_err(ctx);
	}
	go__wait_queue(&wg->waiters, &wg->self, &w);  // I2
	go__wait(&wg->lock, &wg->waiters, &w, GO__WHY_WAITGROUP, NULL);
	return NULL;
}

void
go_wg_wait(go_waitgroup *wg)
{
	(void)!wait(wg, NULL);
}

go_error *
go_wg_wait_ctx(go_waitgroup *wg, go_ctx *ctx)
{
	return wait(wg, ctx);
}

static void
finish(void *wg, uintptr_t result)
{
	(void)result;
	go_wg_done(wg);
}

void
go__wg_start(go_waitgroup *wg, go__fn fn, const struct go__site *site)
{
	go_wg_add(wg, 1);
	if (fn != NULL && go__go(NULL, fn, site, finish, wg))
		return;
	go_wg_done(wg);
	go__go_refused("go_wg_go", fn, site);
}
