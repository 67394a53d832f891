// SPDX-License-Identifier: MIT
//
// Invariants, whenever timers.lock is free:
//   T1  A timer is on the heap exactly when is_armed.
//   T2  No timer is due before its parent.
//   T3  timers.next is the root's time, or GO__NEVER without one. Readers
//       without the lock may see it late by what others did meanwhile; who
//       arms an earlier timer wakes the scheduler (go__sched_timer_armed).

#include "rt/timer.h"

#include <assert.h>

#include "rt/lock.h"
#include "rt/park.h"
#include "rt/sched.h"
#include "rt/tools.h"

static struct {
	uint32_t lock;
	struct go__timer *root;  // lock
	go_time next;            // written under lock; read by anyone
} timers = {.next = GO__NEVER};

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

static void
unlink_timer(struct go__timer *t)
{
	struct go__timer *below = meld_siblings(t->child);

	if (t == timers.root) {
		timers.root = below;
	} else {
		if (t->prev->child == t)
			t->prev->child = t->next;
		else
			t->prev->next = t->next;
		if (t->next != NULL)
			t->next->prev = t->prev;
		timers.root = meld(timers.root, below);
	}
	t->child = t->next = t->prev = NULL;
	t->is_armed = false;
}

static void
update_next(void)
{
	// [T1] pairs with go__timers_next in the scheduler that goes to sleep:
	// it sees this time, or go__sched_timer_armed sees it asleep.
	store_seq(&timers.next, timers.root ? timers.root->when : GO__NEVER);
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

void
go__timer_arm(struct go__timer *t, go_time when, uint64_t arg)
{
	bool is_first;

	go__tools_release(t);
	go__lock(&timers.lock);
	assert(!t->is_armed);
	t->when = when;
	t->arg = arg;
	t->is_armed = true;
	timers.root = meld(timers.root, t);
	is_first = timers.root == t;
	if (is_first)
		update_next();
	go__unlock(&timers.lock);
	// t may have fired and died already.
	if (is_first)
		go__sched_timer_armed(when);
}

bool
go__timer_cancel(struct go__timer *t)
{
	bool was_armed;

	go__lock(&timers.lock);
	was_armed = t->is_armed;
	if (was_armed) {
		unlink_timer(t);
		update_next();
	}
	go__unlock(&timers.lock);
	return was_armed;
}

go_time
go__timers_next(void)
{
	// [T1] pairs with update_next.
	return load_seq(&timers.next);
}

int
go__timers_run(go_time now)
{
	void (*fn)(struct go__timer * t, uint64_t arg);
	struct go__timer *t;
	uint64_t arg;
	int n = 0;

	for (;;) {
		if (go__timers_next() > now)
			return n;
		go__lock(&timers.lock);
		t = timers.root;
		if (t == NULL || t->when > now) {
			go__unlock(&timers.lock);
			return n;
		}
		unlink_timer(t);
		update_next();
		fn = t->fn;
		arg = t->arg;
		go__unlock(&timers.lock);
		go__tools_acquire(t);
		fn(t, arg);
		n++;
	}
}
