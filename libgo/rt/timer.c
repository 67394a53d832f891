// SPDX-License-Identifier: MIT
//
// A heap for each processor: goroutines on different processors arm and cancel
// timers without getting in each other's way. The machine that has a processor
// fires what is due on its heap between two goroutines; one that looks for
// work does so for other processors, as it steals their goroutines.
//
// To cancel, one exchange decides against the firing; what is left is to take
// the timer off its heap. On another processor's heap that is done only if the
// lock is free at the moment; otherwise a dead timer stays on it, until it
// comes to the root or its owner arms or forgets it. So cancelling waits for
// no other processor, and there are never more dead timers than owners. Those
// at the root are taken off before anybody sleeps until they are due. (A plain
// thread, which does not do that, waits for the lock.)
//
// Rejected: to leave all cancelled timers on the heap until they are due, as
// their memory must then be kept as long; to move a retired processor's timers
// (the others look after its heap, see sched.c).
//
// Invariants, whenever h->lock is free:
//   T1  A timer that is armed is on a heap, and t->heap says on which. One that
//       is on a heap and not armed is dead: it was cancelled.
//   T2  No timer is due before its parent.
//   T3  h->next is the root's time, or GO__NEVER without one. Readers
//       without the lock may see it late by what others did meanwhile; who
//       arms an earlier timer wakes the scheduler (go__sched_timer_armed).
//   T4  t->heap changes from NULL by arming only, which is the owner's; to
//       NULL under the heap's lock, when nothing on the heap points at t and
//       who took it off needs no more of it.

#include "rt/timer.h"

#include <assert.h>

#include "rt/lock.h"
#include "rt/park.h"
#include "rt/proc.h"
#include "rt/tools.h"

// patient is the heap of timers that may be late: the machines do not look at
// it between any two goroutines, which would have them read the clock, but
// where they look at all heaps.
static struct go__timers patient = {.next = GO__NEVER};

void
go__heap_init(struct go__timers *h)
{
	*h = (struct go__timers){.next = GO__NEVER};
}

// meld joins two heaps and returns the root. Both are roots: no siblings.
static struct go__timer *
meld(struct go__timer *a, struct go__timer *b)
{
	struct go__timer *t;

	if (a == NULL)
		return b;
	if (b == NULL)
		return a;
	if (b->when < a->when) {
		t = a;
		a = b;
		b = t;
	}
	b->prev = a;
	b->next = a->child;
	if (b->next != NULL)
		b->next->prev = b;
	a->child = b;
	return a;
}

// meld_siblings makes one heap of a list of siblings: pairs from left to
// right, then the pairs from right to left.
static struct go__timer *
meld_siblings(struct go__timer *t)
{
	struct go__timer *pairs = NULL, *root = NULL;
	struct go__timer *a, *b;

	while (t != NULL) {
		a = t;
		b = a->next;
		t = b != NULL ? b->next : NULL;
		a->next = a->prev = NULL;
		if (b != NULL)
			b->next = b->prev = NULL;
		a = meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs != NULL) {
		a = pairs;
		pairs = a->next;
		a->next = NULL;
		root = meld(root, a);
	}
	if (root != NULL)
		root->prev = NULL;
	return root;
}

// detach takes t off h. The lock is held, here and below; t->heap is not yet
// cleared.
static void
detach(struct go__timers *h, struct go__timer *t)
{
	struct go__timer *below = meld_siblings(t->child);

	if (t == h->root) {
		h->root = below;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next != NULL)
			t->next->prev = t->prev;
		h->root = meld(h->root, below);
	}
	t->child = t->next = t->prev = NULL;
}

static void
update_next(struct go__timers *h)
{
	go_time next = h->root != NULL ? h->root->when : GO__NEVER;

	// [T1] pairs with go__heap_next in the scheduler that goes to sleep: it
	// sees this time, or go__sched_timer_armed sees it asleep.
	if (next != load_rlx(&h->next))  // the lock orders it
		store_seq(&h->next, next);
	go__stress_check(go__heap_is_valid(h), "a heap of timers");
}

// let_go ends what h has to do with t, whose memory may go at once: T4.
static void
let_go(struct go__timer *t)
{
	store_rel(&t->heap, NULL);  // [T2] pairs with heap_of
}

// take_off takes t off h if it is there still.
static void
take_off(struct go__timers *h, struct go__timer *t)
{
	if (load_rlx(&t->heap) != h)  // the lock orders it
		return;
	detach(h, t);
	update_next(h);
	let_go(t);
}

// heap_of returns the heap where t is, or NULL. Owner, or who cancelled.
static struct go__timers *
heap_of(struct go__timer *t)
{
	return load_acq(&t->heap);  // [T2] pairs with let_go
}

// home returns the heap of the caller's processor, or, for a thread that has
// none, of the first one. That it may have been taken away does not matter.
static struct go__timers *
home(void)
{
	struct m *m = go__sched_machine();

	if (m != NULL && m->p != NULL)
		return &m->p->timers;
	go__proc_start();
	return &go__sched.all[0]->timers;
}

void
go__timer_init(struct go__timer *t,
	       void (*fn)(struct go__timer *t, uint64_t arg))
{
	*t = (struct go__timer){.fn = fn};
}

bool
go__timers_start(void)
{
	return go__sched_start();
}

static void
arm(struct go__timers *h, struct go__timer *t, go_time when, uint64_t arg)
{
	bool is_first, was_armed;

	go__tools_release(t);
	go__lock(&h->lock);
	if (load_rlx(&t->heap) == h)  // dead; the lock orders it
		detach(h, t);
	t->when = when;
	t->arg = arg;
	store_rlx(&t->heap, h);  // the lock orders it
	// [T3] pairs with cancel: one that found t not armed came before.
	was_armed = swap_acqrel(&t->is_armed, true);
	assert(!was_armed);
	(void)was_armed;
	h->root = meld(h->root, t);
	is_first = h->root == t;
	update_next(h);
	go__unlock(&h->lock);
	// t may have fired and died already.
	if (is_first)
		go__sched_timer_armed(h, when);
}

void
go__timer_arm(struct go__timer *t, go_time when, uint64_t arg)
{
	struct go__timers *h = heap_of(t);

	arm(h != NULL ? h : home(), t, when, arg);
}

void
go__timer_arm_patient(struct go__timer *t, go_time when, uint64_t arg)
{
	go__proc_start();
	arm(&patient, t, when, arg);
}

bool
go__timer_cancel(struct go__timer *t)
{
	struct go__timers *h;

	// [T3] pairs with arm and fire.
	if (!swap_acqrel(&t->is_armed, false))
		return false;
	h = heap_of(t);
	if (h == NULL)
		return true;  // it came to the root, dead
	if (h == home() || go__sched_machine() == NULL) {
		go__lock(&h->lock);
	} else if (!go__try_lock(&h->lock)) {
		store_rlx(&h->may_have_dead, true);  // we tidy before we sleep
		return true;
	}
	take_off(h, t);
	go__unlock(&h->lock);
	return true;
}

void
go__timer_forget(struct go__timer *t)
{
	struct go__timers *h = heap_of(t);

	assert(!load_rlx(&t->is_armed));
	if (h == NULL)
		return;
	go__lock(&h->lock);
	take_off(h, t);
	go__unlock(&h->lock);
}

// fire takes the root off, which is due, and calls it unless it is dead. The
// lock is free when it returns.
static bool
fire(struct go__timers *h)
{
	struct go__timer *t = h->root;
	void (*fn)(struct go__timer * t, uint64_t arg) = t->fn;
	uint64_t arg = t->arg;
	bool is_armed;

	detach(h, t);
	update_next(h);
	// [T3] pairs with cancel: one of the two finds t armed.
	is_armed = swap_acqrel(&t->is_armed, false);
	let_go(t);
	go__unlock(&h->lock);
	if (!is_armed)
		return false;
	go__tools_acquire(t);
	fn(t, arg);
	return true;
}

int
go__heap_run(struct go__timers *h, go_time now)
{
	int n = 0;

	while (go__heap_next(h) <= now) {
		go__lock(&h->lock);
		if (h->root == NULL || h->root->when > now)
			go__unlock(&h->lock);
		else
			n += fire(h);
	}
	return n;
}

go_time
go__timers_next(void)
{
	go_time first = go__heap_next(&patient), next;

	for (int i = 0; i < go__proc_made(); i++) {
		next = go__heap_next(&go__sched.all[i]->timers);
		if (next < first)
			first = next;
	}
	return first;
}

int
go__timers_run(go_time now)
{
	int n = go__heap_run(&patient, now);

	for (int i = 0; i < go__proc_made(); i++)
		n += go__heap_run(&go__sched.all[i]->timers, now);
	return n;
}

static void
tidy(struct go__timers *h)
{
	go__lock(&h->lock);
	// Relaxed: who cancels later is awake, and will tidy himself.
	while (h->root != NULL && !load_rlx(&h->root->is_armed))
		take_off(h, h->root);
	if (h->root == NULL)
		store_rlx(&h->may_have_dead, false);  // the lock orders it
	go__unlock(&h->lock);
}

void
go__timers_tidy(void)
{
	struct go__timers *h;

	for (int i = 0; i < go__proc_made(); i++) {
		h = &go__sched.all[i]->timers;
		if (load_rlx(&h->may_have_dead))  // who sets it is awake
			tidy(h);
	}
}
