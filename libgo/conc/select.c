// SPDX-License-Identifier: MIT
//
// Select: lock all channels, in the order of their addresses; take a case
// that is ready, one by chance; else queue a waiter at every channel and
// park. Whoever claims the select's ticket first serves it; the select then
// takes its other waiters back, one channel at a time.
//
// Everything lives in the cases: the order of locking is a list through them,
// and each has its waiter. So nothing is allocated for any number of them.
//
// A ready case is chosen in one pass without a shuffled order: the k-th that
// is ready replaces the choice with probability 1/k. (Reservoir sampling,
// Vitter 1985.)

#include "conc/chan.h"

#include "libgo/time.h"

enum { NONE = -1 };

// merge joins two lists that are in the order of their channels' addresses.
static struct go__case *
merge(struct go__case *a, struct go__case *b)
{
	struct go__case *first = NULL, **link = &first;

	while (a != NULL && b != NULL) {
		if ((uintptr_t)b->chan < (uintptr_t)a->chan) {
			*link = b;
			link = &b->next;
			b = b->next;
		} else {
			*link = a;
			link = &a->next;
			a = a->next;
		}
	}
	*link = a != NULL ? a : b;
	return first;
}

// sort lists the cases that have a channel in the order of locking: runs[i] is
// NULL or a sorted list of 2^i of them.
static struct go__case *
sort(struct go__case *cases, size_t n)
{
	struct go__case *runs[64] = {NULL}, *list;
	int i, used = 0;

	for (struct go__case *k = cases; k < cases + n; k++) {
		if (k->chan == NULL)
			continue;
		k->next = NULL;
		list = k;
		for (i = 0; i < used && runs[i] != NULL; i++) {
			list = merge(runs[i], list);
			runs[i] = NULL;
		}
		if (i == used)
			used++;
		runs[i] = list;
	}
	list = NULL;
	for (i = 0; i < used; i++)
		list = merge(runs[i], list);
	return list;
}

static void
lock_all(struct go__case *list)
{
	go__chan_ref held = NULL;

	for (; list != NULL; list = list->next) {
		if (list->chan != held)
			go__lock(&go__chan_of(list->chan)->lock);
		held = list->chan;
	}
}

// unlock_all also is what park calls: when the last lock is free the goroutine
// may run and its cases die, so it looks ahead before it unlocks.
static void
unlock_all(void *arg)
{
	struct go__case *list = arg, *next;

	for (; list != NULL; list = next) {
		next = list->next;
		if (next == NULL || next->chan != list->chan)
			go__unlock(&go__chan_of(list->chan)->lock);
	}
}

static bool
is_ready(const struct go__case *k)
{
	struct go__chan *c = go__chan_of(k->chan);

	if (c == NULL)
		return false;
	return k->kind == GO__SEND_TO ? go__chan_can_send(c)
				      : go__chan_can_recv(c);
}

static void
answer(struct go__case *k, bool ok)
{
	if (k->ok != NULL)
		*k->ok = ok;
}

// take carries a case out if it can.
static bool
take(struct go__case *k, struct g **wake)
{
	struct go__chan *c = go__chan_of(k->chan);
	bool ok, is_done;

	if (k->kind == GO__SEND_TO)
		is_done = go__chan_offer(c, k->value, &ok, wake);
	else
		is_done = go__chan_accept(c, k->value, &ok, wake);
	if (is_done)
		answer(k, ok);
	return is_done;
}

// poll takes a case that is ready; NONE if there is none.
static ptrdiff_t
poll(struct g *self, struct go__case *cases, size_t n, bool in_order,
     struct g **wake)
{
	ptrdiff_t choice;
	uint64_t n_ready;

	do {
		choice = NONE;
		n_ready = 0;
		for (size_t i = 0; i < n; i++) {
			if (!is_ready(&cases[i]))
				continue;
			n_ready++;
			if (n_ready == 1 || go__random(self) % n_ready == 0)
				choice = (ptrdiff_t)i;
			if (in_order)
				break;
		}
		// If it cannot be taken after all a stale waiter is gone.
	} while (choice != NONE && !take(&cases[choice], wake));
	return choice;
}

static void
enqueue(struct g *self, struct go__case *cases, size_t n, uint64_t ticket)
{
	struct go__chan *c;

	for (struct go__case *k = cases; k < cases + n; k++) {
		c = go__chan_of(k->chan);
		if (c == NULL)
			continue;
		go__chan_retain(k->chan);
		k->waiter = (struct go__waiter){
			.g = self,
			.ticket = ticket,
			.slot = k->value,
		};
		go__waitq_push(k->kind == GO__SEND_TO ? &c->senders
						      : &c->receivers,
			       &k->waiter);
	}
}

// dequeue takes all waiters back but the winner, which its server took off.
static void
dequeue(struct go__case *cases, size_t n, struct go__waiter *winner)
{
	struct go__chan *c;

	for (struct go__case *k = cases; k < cases + n; k++) {
		c = go__chan_of(k->chan);
		if (c == NULL)
			continue;
		if (&k->waiter != winner) {
			go__lock(&c->lock);
			go__waitq_remove(k->kind == GO__SEND_TO ? &c->senders
								: &c->receivers,
					 &k->waiter);
			go__unlock(&c->lock);
		}
		go__chan_release(k->chan);
	}
}

// find_last_resort finds the case for when no channel is ready: default, or
// the shortest timeout, or NONE.
static ptrdiff_t
find_last_resort(const struct go__case *cases, size_t n)
{
	ptrdiff_t found = NONE;

	for (size_t i = 0; i < n; i++) {
		if (cases[i].kind == GO__DEFAULT)
			return (ptrdiff_t)i;
		if (cases[i].kind == GO__TIMEOUT &&
		    (found == NONE || cases[i].timeout < cases[found].timeout))
			found = (ptrdiff_t)i;
	}
	return found;
}

// wait parks with the locks of list held until a channel serves a case, or
// the deadline passes: NONE.
static ptrdiff_t
wait(struct g *self, struct go__case *cases, size_t n, struct go__case *list,
     go_time deadline)
{
	struct go__waiter *winner;
	struct go__case *k;

	enqueue(self, cases, n, go__ticket(self));
	winner = go__park_until(unlock_all, list,
				list != NULL ? GO__WHY_SELECT
					     : GO__WHY_SELECT_NOTHING,
				deadline);
	dequeue(cases, n, winner);
	if (winner == NULL)
		return NONE;
	k = (struct go__case *)(void *)((char *)winner -
					offsetof(struct go__case, waiter));
	answer(k, winner->ok);
	return k - cases;
}

// deadline_of is when k, a timeout, is due; GO__NEVER past the end of time.
static go_time
deadline_of(const struct go__case *k)
{
	go_time when;

	if (__builtin_add_overflow(go_now(), k->timeout, &when))
		return GO__NEVER;
	return when;
}

static size_t
run(struct go__case *cases, size_t n, bool in_order)
{
	struct g *self = go__self(), *wake = NULL;
	struct go__case *list = sort(cases, n);
	ptrdiff_t last = find_last_resort(cases, n), taken;
	bool has_timeout = last != NONE && cases[last].kind == GO__TIMEOUT &&
			   cases[last].timeout > 0;
	go_time deadline = has_timeout ? deadline_of(&cases[last]) : GO__NEVER;

	lock_all(list);
	taken = poll(self, cases, n, in_order, &wake);
	if (taken == NONE && (last == NONE || has_timeout)) {
		taken = wait(self, cases, n, list, deadline);
	} else {
		unlock_all(list);
		if (wake != NULL)
			go__ready(wake);
	}
	return (size_t)(taken != NONE ? taken : last);
}

size_t
go__select(struct go__case *cases, size_t n)
{
	return run(cases, n, false);
}

size_t
go__select_first(struct go__case *cases, size_t n)
{
	return run(cases, n, true);
}

size_t
go_select_array(go_case *cases, size_t n)
{
	return run(cases, n, false);
}
