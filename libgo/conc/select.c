// SPDX-License-Identifier: MIT
//
// Select: glance at all channels, and take a case that is ready, one by chance,
// with that channel's lock. If there is none, lock all channels, in the order
// of their addresses, and look again: now it is certain, and default may be
// taken; else queue a waiter at every channel and park. Whoever claims the
// select's ticket first serves it; the select then takes its other waiters
// back, one channel at a time.
//
// The first in order is found only with all locks: a channel that comes first
// may become ready between a glance at it and one at a later one.
//
// Everything lives in the cases: the order of locking is a list through them,
// and each has its waiter. So nothing is allocated for any number of them.
//
// A descriptor is looked at, and only if nothing is ready watched: the poller
// then has a lock and a queue for it, as a channel does, and it is one more
// thing to lock, queue at and take a waiter back from.
//
// A ready case is chosen in one pass without a shuffled order: the k-th that
// is ready replaces the choice with probability 1/k. (Reservoir sampling,
// Vitter 1985.)

#include "conc/chan.h"

#include "libgo/goroutine.h"
#include "libgo/time.h"
#include "rt/poll.h"

enum { NONE = -1 };

enum { RETRY = 10000000 };  // ns

// merge joins two lists that are in the order of their locks' addresses.
static struct go__case *
merge(struct go__case *a, struct go__case *b)
{
	struct go__case *first = NULL, **link = &first;

	while (a != NULL && b != NULL) {
		if ((uintptr_t)b->lock < (uintptr_t)a->lock) {
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

static bool
has_chan(const struct go__case *k)
{
	return k->kind >= GO__SEND_TO && k->chan != NULL;
}

// lock_of returns the lock of what k waits at, NULL if that is nothing.
static uint32_t *
lock_of(const struct go__case *k)
{
	if (k->kind == GO__FD)
		return k->desc != NULL ? go__poll_lock(k->desc) : NULL;
	return has_chan(k) ? &go__chan_of(k->chan)->lock : NULL;
}

// sort lists the cases that have a lock in the order of locking: runs[i] is
// NULL or a sorted list of 2^i of them.
static struct go__case *
sort(struct go__case *cases, size_t n)
{
	struct go__case *runs[64], *list;  // those used so far are set
	int i, used = 0;

	for (struct go__case *k = cases; k < cases + n; k++) {
		k->lock = lock_of(k);
		if (k->lock == NULL)
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
	uint32_t *held = NULL;

	for (; list != NULL; list = list->next) {
		if (list->lock != held)
			go__lock(list->lock);
		held = list->lock;
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
		if (next == NULL || next->lock != list->lock)
			go__unlock(list->lock);
	}
}

static bool
would_block(enum go__case_kind kind, const struct go__chan *c)
{
	return kind == GO__SEND_TO ? go__chan_would_block_send(c)
				   : go__chan_would_block_recv(c);
}

// exchange sends or receives if it can. c's lock is held.
static bool
exchange(enum go__case_kind kind, struct go__chan *c, void *value, bool *ok,
	 struct g **wake)
{
	return kind == GO__SEND_TO ? go__chan_offer(c, value, ok, wake)
				   : go__chan_accept(c, value, ok, wake);
}

// is_ready tells that of some moment, with k's lock or without.
static bool
is_ready(const struct go__case *k)
{
	if (k->kind == GO__FD)
		return k->watched.seen != 0 ||
		       (k->desc != NULL && go__poll_seen(k->desc) != 0);
	return has_chan(k) && !would_block(k->kind, go__chan_of(k->chan));
}

static void
answer(struct go__case *k, bool ok)
{
	if (k->ok != NULL)
		*k->ok = ok;
}

// tell tells what a descriptor is ready for. Its lock is held if it is watched.
static void
tell(struct go__case *k)
{
	int *events = k->value;

	if (k->desc != NULL)
		k->watched.seen |= (short)go__poll_seen(k->desc);
	if (events != NULL)
		*events = k->watched.seen;
}

// take carries a case out if it can.
static bool
take(struct go__case *k, struct g **wake)
{
	bool ok, is_done;

	if (k->kind == GO__FD) {
		tell(k);
		return true;
	}
	is_done = exchange(k->kind, go__chan_of(k->chan), k->value, &ok, wake);
	if (is_done)
		answer(k, ok);
	return is_done;
}

// choose returns a case that is ready, NONE if none is.
static ptrdiff_t
choose(struct g *self, const struct go__case *cases, size_t n, bool in_order)
{
	ptrdiff_t choice = NONE;
	uint64_t n_ready = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_ready(&cases[i]))
			continue;
		n_ready++;
		if (n_ready == 1 || go__random(self) % n_ready == 0)
			choice = (ptrdiff_t)i;
		if (in_order)
			break;
	}
	return choice;
}

// poll takes a case that is ready; NONE if there is none. All locks are held.
static ptrdiff_t
poll(struct g *self, struct go__case *cases, size_t n, bool in_order,
     struct g **wake)
{
	ptrdiff_t choice;

	// If it cannot be taken after all a stale waiter is gone.
	do
		choice = choose(self, cases, n, in_order);
	while (choice != NONE && !take(&cases[choice], wake));
	return choice;
}

// attempt is exchange for who holds no lock.
static bool
attempt(enum go__case_kind kind, struct go__chan *c, void *value, bool *ok)
{
	struct g *wake = NULL;
	bool is_done;

	go__lock(&c->lock);
	is_done = exchange(kind, c, value, ok, &wake);
	go__unlock(&c->lock);
	if (wake != NULL)
		go__ready(wake);
	return is_done;
}

// take_alone is take for who holds no lock, before descriptors are watched.
static bool
take_alone(struct go__case *k)
{
	bool ok, is_done;

	if (k->kind == GO__FD) {
		tell(k);
		return true;
	}
	is_done = attempt(k->kind, go__chan_of(k->chan), k->value, &ok);
	if (is_done)
		answer(k, ok);
	return is_done;
}

// glance is poll without the locks: it finds a case that can be taken at some
// moment, but not that none can.
static ptrdiff_t
glance(struct g *self, struct go__case *cases, size_t n)
{
	ptrdiff_t choice;

	do
		choice = choose(self, cases, n, false);
	while (choice != NONE && !take_alone(&cases[choice]));
	return choice;
}

// queue_of returns the queue that k's waiter waits on.
static struct go__waitq *
queue_of(const struct go__case *k)
{
	if (k->kind == GO__FD)
		return go__poll_queue(k->desc);
	return k->kind == GO__SEND_TO ? &go__chan_of(k->chan)->senders
				      : &go__chan_of(k->chan)->receivers;
}

static void
enqueue(struct g *self, struct go__case *cases, size_t n, uint64_t ticket)
{
	for (struct go__case *k = cases; k < cases + n; k++) {
		if (k->lock == NULL)
			continue;
		k->waiter = (struct go__waiter){
			.g = self,
			.ticket = ticket,
			.slot = k->value,
		};
		if (k->kind == GO__FD)
			go__waitq_push(queue_of(k), &k->waiter);
		else
			go__chan_visit(go__chan_of(k->chan), queue_of(k),
				       &k->waiter);
	}
}

// dequeue takes all waiters back but the winner, which its server took off.
static void
dequeue(struct go__case *cases, size_t n, struct go__waiter *winner)
{
	for (struct go__case *k = cases; k < cases + n; k++) {
		if (k->lock == NULL || &k->waiter == winner)
			continue;
		if (k->kind != GO__FD) {
			go__chan_leave(go__chan_of(k->chan), queue_of(k),
				       &k->waiter);
			continue;
		}
		go__lock(k->lock);
		go__waitq_remove(queue_of(k), &k->waiter);
		go__unlock(k->lock);
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
	if (k->kind == GO__FD)
		tell(k);
	else
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

// look asks what the descriptors are ready for now; false without any.
static bool
look(struct go__case *cases, size_t n)
{
	bool has_any = false;
	int seen;

	for (struct go__case *k = cases; k < cases + n; k++) {
		if (k->kind != GO__FD)
			continue;
		has_any = true;
		seen = go__poll_look(k->watched.fd, k->watched.want);
		if (seen < 0)
			go_panic("go_on_fd: %d is no open descriptor",
				 k->watched.fd);
		k->watched.seen = (short)seen;
		k->desc = NULL;
	}
	return has_any;
}

// watch watches the descriptors; false if the process has none left for that.
static bool
watch(struct go__case *cases, size_t n)
{
	bool is_whole = true;

	for (struct go__case *k = cases; k < cases + n; k++)
		if (k->kind == GO__FD &&
		    go__poll_watch(k->watched.fd, k->watched.want, &k->desc) !=
			    0)
			is_whole = false;
	return is_whole;
}

static void
unwatch(struct go__case *cases, size_t n)
{
	for (struct go__case *k = cases; k < cases + n; k++) {
		if (k->kind != GO__FD)
			continue;
		go__poll_unwatch(k->desc);
		k->desc = NULL;
	}
}

// try takes a case that is ready; NONE, with the locks of *list held, if none
// is.
static ptrdiff_t
try(struct g *self, struct go__case *cases, size_t n, bool in_order,
    struct go__case **list)
{
	struct g *wake = NULL;
	ptrdiff_t taken;

	*list = sort(cases, n);
	lock_all(*list);
	taken = poll(self, cases, n, in_order, &wake);
	if (taken == NONE)
		return NONE;
	unlock_all(*list);
	if (wake != NULL)
		go__ready(wake);
	return taken;
}

// await is wait with descriptors, without locks held.
static ptrdiff_t
await(struct g *self, struct go__case *cases, size_t n, bool in_order,
      go_time deadline)
{
	struct go__case *list;
	ptrdiff_t taken;
	go_time until;

	for (;;) {
		until = deadline;
		if (!watch(cases, n) && until > go_now() + RETRY)
			until = go_now() + RETRY;
		taken = try(self, cases, n, in_order, &list);
		if (taken == NONE)
			taken = wait(self, cases, n, list, until);
		unwatch(cases, n);
		if (taken != NONE || until == deadline)
			return taken;
		look(cases, n);  // what could not be watched
	}
}

static size_t
run(struct go__case *cases, size_t n, bool in_order)
{
	struct g *self = go__self();
	struct go__case *list;
	ptrdiff_t last, taken;
	bool has_fds, has_timeout;
	go_time deadline;

	has_fds = look(cases, n);
	taken = in_order ? NONE : glance(self, cases, n);
	if (taken != NONE)
		return (size_t)taken;
	last = find_last_resort(cases, n);
	has_timeout = last != NONE && cases[last].kind == GO__TIMEOUT &&
		      cases[last].timeout > 0;
	deadline = has_timeout ? deadline_of(&cases[last]) : GO__NEVER;
	taken = try(self, cases, n, in_order, &list);
	if (taken != NONE)
		return (size_t)taken;
	if (last != NONE && !has_timeout) {
		unlock_all(list);
	} else if (has_fds) {
		unlock_all(list);
		taken = await(self, cases, n, in_order, deadline);
	} else {
		taken = wait(self, cases, n, list, deadline);
	}
	return (size_t)(taken != NONE ? taken : last);
}

size_t
go__select_try(enum go__case_kind kind, go__chan_ref chan, void *value,
	       bool *ok)
{
	struct go__chan *c = go__chan_of(chan);
	bool answer;

	if (c == NULL || would_block(kind, c) ||
	    !attempt(kind, c, value, &answer))
		return 1;
	if (ok != NULL)
		*ok = answer;
	return 0;
}

struct go__case
go__on_fd(int fd, int want, int *events)
{
	struct go__case k = {.kind = GO__FD, .value = events};

	if ((want & ~(GO_READABLE | GO_WRITABLE)) != 0 || want == 0)
		go_panic("go_on_fd: want is GO_READABLE, GO_WRITABLE or both, "
			 "not %#x",
			 (unsigned)want);
	k.watched.fd = fd;
	k.watched.want = (short)want;
	return k;
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
