// SPDX-License-Identifier: MIT
//
// A timer ages the depots that are due, twice in less than two seconds, marks
// what is cold then, and gives its pages back to the system: in pieces, so that
// no goroutine waits long behind them. When nothing is left to give back the
// timer is not armed again: an idle program is idle. What the depots keep is
// bounded (depot.c), and so are the caches of the processors that run; the
// sweep empties those of idle processors.
//
// MADV_FREE would be as fast, and the pages be there again if they are used
// soon; but they count as resident until the system is short of memory, and
// who watches it would think that we leak. A run of slots, side by side, of
// two megabytes or more is mapped anew: that takes the page tables away, too,
// and the guards, which are in there. Of a shorter run the pages alone go.
//
// A slot that was given back is zeros: its struct g is gone. The memory stays
// readable, for ever; but who still means to write to it must be done:
//	a heap of timers, on which a cancelled timer may be: it is told to
//	    forget it;
//	a timer's callback that began before it was cancelled and runs late:
//	    while g->n_late counts one the slot is spared;
//	the scheduler that armed that timer: while it holds g->parting the
//	    slot is spared. Nobody but those two takes that lock.
// Tickets must not be used twice for one address (K3): the depot keeps the
// highest.
//
// Invariants, whenever sweep.lock is free:
//   W1  The timer is armed, or its callback runs, if and only if is_called;
//       then its fields belong to the callback.
//   W2  If a depot is due, is_called, or who made it due is about to call.

#include "rt/sweep.h"

#include <errno.h>
#include <stdbool.h>

#include "libgo/time.h"
#include "rt/depot.h"
#include "rt/guard.h"
#include "rt/lock.h"
#include "rt/os.h"
#include "rt/panic.h"
#include "rt/proc.h"
#include "rt/stack.h"
#include "rt/timer.h"

enum {
	PIECE = 512,      // stacks given back at once
	MARKS = 8192,     // stacks marked at once
	LOOKS = 1 << 16,  // slots looked at at once
	RENEW = 2 << 20,  // bytes: what a page of page tables describes
};

#define INTERVAL (800 * GO_MILLISECOND)  // between two ageings
#define PAUSE (GO_MILLISECOND / 4)       // between two pieces

static struct {
	uint32_t lock;
	bool is_called;          // lock
	struct go__timer timer;  // see W1, as all below
	struct pile cold[DEPOTS];
	uint32_t lo, hi;  // the marked ones are in [lo, hi)
} sweep = {.lo = UINT32_MAX};

// release says farewell to g's memory. False if somebody may yet use it.
static bool
release(struct g *g, uint64_t *floor)
{
	// [SW1] pairs with the late callback in park.c: it needs g no more.
	if (load_acq(&g->n_late) != 0 || !go__try_lock(&g->parting))
		return false;
	go__unlock(&g->parting);
	go__tools_acquire(g);
	go__timer_forget(&g->timer);
	if (g->n_tickets > *floor)
		*floor = g->n_tickets;
	go__guard_unset(g->stack, g->guard);
	return true;
}

static void
return_pages(char *p, size_t size)
{
	int error = -1;

	if (size >= RENEW)
		error = go__os_renew(p, size);
	if (error != 0 && error != -EFAULT)
		error = go__os_discard(p, size);
	// Memory that is locked stays, and is as good as zeros: the struct g
	// is made anew. A hole is none of ours until it is filled.
	while (error == -EFAULT)
		error = go__os_renew(p, size);
}

// mark notes down some of what is cold; false if nothing is left to note.
static bool
mark(void)
{
	uint32_t number, n = 0;

	for (int i = 0; i < DEPOTS; i++)
		while (n < MARKS && (number = pile_pop(&sweep.cold[i])) != 0) {
			store_rlx(go__slab_note(number), NOTE_DUE);  // ours
			if (number < sweep.lo)
				sweep.lo = number;
			if (number >= sweep.hi)
				sweep.hi = number + 1;
			n++;
		}
	return n > 0;
}

static bool
is_marked(uint32_t number)
{
	return load_rlx(go__slab_note(number)) == NOTE_DUE;  // only we set it
}

// give_back gives back the run of marked slots that begins at sweep.lo, up to
// end, or spares the first, and goes on behind.
static void
give_back(uint32_t end, struct pile *dried, struct pile *spared,
	  uint64_t *floor)
{
	const struct slab *s = go__slab_of(sweep.lo);
	uint32_t first = sweep.lo, n = first;

	while (n < end && is_marked(n) && release(go__slab_g(n), floor))
		n++;
	if (n == first) {
		pile_push(spared, first, 0);
		sweep.lo++;
		return;
	}
	return_pages(go__slab_at(first), (n - first) * s->stride);
	sweep.lo = n;
	while (n-- > first)  // the lowest is used first
		pile_push(dried, n, NOTE_DRY);
}

// sweep_piece gives back some of the marked ones, all of one slab; false if
// none is left. In the order of their addresses they make the longest runs.
static bool
sweep_piece(void)
{
	struct pile dried = {0}, spared = {0};
	const struct slab *s;
	uint32_t slab = sweep.lo - sweep.lo % SLAB_MAX_SLOTS, end;
	uint64_t floor = 0;

	if (sweep.lo >= sweep.hi) {
		sweep.lo = UINT32_MAX;
		sweep.hi = 0;
		return false;
	}
	s = go__slab_of(sweep.lo);
	end = slab + load_rlx(&s->n_used);  // those that are ours are below
	if (end > sweep.hi)
		end = sweep.hi;
	for (int i = 0; i < LOOKS && sweep.lo < end; i++) {
		if (dried.n + spared.n >= PIECE)
			break;
		if (is_marked(sweep.lo))
			give_back(sweep.lo + PIECE < end ? sweep.lo + PIECE
							 : end,
				  &dried, &spared, &floor);
		else
			sweep.lo++;
	}
	if (sweep.lo == end)
		sweep.lo = end < sweep.hi ? slab + SLAB_MAX_SLOTS : end;
	go__depot_dried(&go__depots[s->depot], &dried, &spared, floor);
	return true;
}

// flush_idle empties the caches of processors that nobody uses.
static void
flush_idle(void)
{
	struct p *p;

	go__lock(&go__sched.lock);
	for (int i = 0; i < go__proc_made(); i++) {
		p = go__sched.all[i];
		if (p->owner == NULL)
			go__stack_flush(&p->stacks);
	}
	go__unlock(&go__sched.lock);
}

static void
age(void)
{
	flush_idle();
	for (int i = 0; i < DEPOTS; i++)
		if (go__depot_is_due(&go__depots[i]))
			go__depot_age(&go__depots[i], &sweep.cold[i]);
}

// any_due tells whether the sweep is to come again; if not, that was it.
static bool
any_due(void)
{
	bool is_any = false;

	go__lock(&sweep.lock);
	for (int i = 0; i < DEPOTS && !is_any; i++)
		is_any = go__depot_is_due(&go__depots[i]);
	sweep.is_called = is_any;
	go__unlock(&sweep.lock);
	return is_any;
}

static void
arm(go_duration in, uint64_t is_piece)
{
	go__timer_arm_patient(&sweep.timer, go__os_now() + in, is_piece);
}

static void
come(struct go__timer *t, uint64_t is_piece)
{
	(void)t;
	if (!is_piece)
		age();
	if (mark() || sweep_piece())
		arm(PAUSE, true);
	else if (any_due())
		arm(INTERVAL, false);
}

void
go__sweep_call(void)
{
	bool was_called;

	go__lock(&sweep.lock);
	was_called = sweep.is_called;
	sweep.is_called = true;
	go__unlock(&sweep.lock);
	if (was_called)
		return;
	sweep.timer.fn = come;
	arm(INTERVAL, false);
}

bool
go__sweep_is_called(void)
{
	bool is_called;

	go__lock(&sweep.lock);
	is_called = sweep.is_called;
	go__unlock(&sweep.lock);
	return is_called;
}
