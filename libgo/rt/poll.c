// SPDX-License-Identifier: MIT
//
// The poller: one epoll set for the process, each descriptor in it once, edge
// triggered, for reading and writing.
//
// Nobody owns it. A machine that falls asleep while a processor is idle sleeps
// in epoll_wait instead of on its futex, if no other does; machines that run
// goroutines look now and then; the monitor looks while they compute.
//
// An edge that comes while nobody waits is remembered in is_ready, and the
// next wait returns at once: a caller that found EAGAIN just before the edge
// tries again. An edge wakes all who wait: the first may leave bytes for the
// second, and no other edge would tell.
//
// Events arrive after the record they are for may have been closed and given
// to another descriptor. So an event carries the record's index and its
// number of lives, and records are never freed.
//
// Invariants, whenever d->lock is free:
//   E1  Nobody waits in a mode that is_ready, or at a shut descriptor.

#include "rt/poll.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libgo/chan.h"
#include "rt/fork.h"
#include "rt/g.h"
#include "rt/os.h"
#include "rt/sched.h"

enum {
	CHUNK = 1024,
	CHUNKS = 16384,
	INTERRUPT = 0,  // the index of no record: the eventfd's
};

struct go__desc {
	uint32_t lock;
	uint32_t life;                  // lock; odd while open
	uint32_t index;                 // immutable
	int fd;                         // lock
	bool is_shut;                   // lock
	int want, seen;                 // lock; of a watched copy, else 0
	bool is_ready[GO__POLL_MODES];  // lock
	struct go__waitq waiters[GO__POLL_MODES];  // lock
	struct go__desc *next_free;                // poller.lock
};

static struct {
	uint32_t lock;
	int epoll, event;                 // immutable once is_made
	uint32_t is_made;                 // atomic
	uint32_t n_made;                  // lock; records
	struct go__desc *free;            // lock
	struct go__desc *chunks[CHUNKS];  // immutable once n_made covers them
} poller;

uint32_t go__poll_n_open;  // poller.lock

static struct go__desc *
desc_of(uint64_t key)
{
	uint32_t i = (uint32_t)key;

	return &poller.chunks[i / CHUNK][i % CHUNK];
}

// make makes the epoll set. poller.lock is held.
static int
make(void)
{
	struct epoll_event e = {.events = EPOLLIN, .data.u64 = INTERRUPT};
	int error;

	if (poller.is_made)
		return 0;
	poller.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (poller.epoll < 0)
		return -errno;
	poller.event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (poller.event < 0 ||
	    epoll_ctl(poller.epoll, EPOLL_CTL_ADD, poller.event, &e) != 0) {
		error = -errno;
		close(poller.epoll);
		if (poller.event >= 0)
			close(poller.event);
		return error;
	}
	poller.n_made = 1;  // none has the index INTERRUPT
	go__tools_release(&poller);
	// [P1] pairs with go__poll_interrupt: the set is whole.
	store_rel(&poller.is_made, 1);
	return 0;
}

// take returns an unused record, NULL without memory. poller.lock is held.
static struct go__desc *
take(void)
{
	struct go__desc *d = poller.free;
	uint32_t i = poller.n_made;

	if (d != NULL) {
		poller.free = d->next_free;
		return d;
	}
	if (i == CHUNK * CHUNKS)
		return NULL;
	if (poller.chunks[i / CHUNK] == NULL)
		poller.chunks[i / CHUNK] = go__os_reserve(CHUNK * sizeof *d);
	if (poller.chunks[i / CHUNK] == NULL)
		return NULL;
	poller.n_made++;
	d = desc_of(i);
	d->index = i;
	return d;
}

static void
give(struct go__desc *d)
{
	go__lock(&poller.lock);
	d->next_free = poller.free;
	poller.free = d;
	store_rlx(&go__poll_n_open,
		  go__poll_n_open - 1);  // who sleeps looks again
	go__unlock(&poller.lock);
}

// open_as adds fd to the set for the given events.
static int
open_as(int fd, uint32_t events, int want, struct go__desc **out)
{
	struct epoll_event e = {.events = events};
	struct go__desc *d = NULL;
	int saved = errno, error;

	if (go__fork_is_child())
		go__fork_refuse();
	go__lock(&poller.lock);
	error = make();
	if (error == 0) {
		d = take();
		error = d != NULL ? 0 : -ENOMEM;
	}
	if (d != NULL)
		store_rlx(&go__poll_n_open, go__poll_n_open + 1);  // likewise
	go__unlock(&poller.lock);
	if (d == NULL)
		goto out;

	go__lock(&d->lock);
	d->life++;
	d->fd = fd;
	d->want = want;
	d->seen = 0;
	d->is_shut = d->is_ready[0] = d->is_ready[1] = false;
	e.data.u64 = (uint64_t)d->life << 32 | d->index;
	go__unlock(&d->lock);
	if (epoll_ctl(poller.epoll, EPOLL_CTL_ADD, fd, &e) != 0) {
		error = -errno;
		go__lock(&d->lock);
		d->life++;
		go__unlock(&d->lock);
		give(d);
		d = NULL;
	}
out:
	errno = saved;
	*out = d;
	return error;
}

// somebody_minds tells whether there is a thread to sleep in the poller for the
// caller; a goroutine's own will, and main's.
static bool
somebody_minds(void)
{
	return go__self()->kind != G_THREAD || go__sched_start();
}

int
go__poll_open(int fd, struct go__desc **d)
{
	*d = NULL;
	if (!somebody_minds())
		return -EAGAIN;
	return open_as(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, 0, d);
}

int
go__poll_watch(int fd, int want, struct go__desc **d)
{
	uint32_t events = EPOLLONESHOT;
	int saved = errno, error;
	bool is_thread = go__self()->kind == G_THREAD;
	int copy;

	*d = NULL;
	if (!somebody_minds())
		return -EAGAIN;
	copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0) {
		error = -errno;
		errno = saved;
		return error;
	}
	if (want & GO_READABLE)
		events |= EPOLLIN | EPOLLRDHUP;
	if (want & GO_WRITABLE)
		events |= EPOLLOUT;
	error = open_as(copy, events, want, d);
	if (error != 0)
		close(copy);
	else if (is_thread)
		go__sched_poll_awaited();
	errno = saved;
	return error;
}

void
go__poll_unwatch(struct go__desc *d)
{
	int copy, saved = errno;

	if (d == NULL)
		return;
	copy = d->fd;
	go__poll_close(d);
	close(copy);
	errno = saved;
}

uint32_t *
go__poll_lock(struct go__desc *d)
{
	return &d->lock;
}

int
go__poll_seen(const struct go__desc *d)
{
	return d->seen;
}

struct go__waitq *
go__poll_queue(struct go__desc *d)
{
	return &d->waiters[GO__POLL_READ];
}

int
go__poll_look(int fd, int want)
{
	struct pollfd p = {.fd = fd};
	int saved = errno, events = 0;

	if (want & GO_READABLE)
		p.events |= POLLIN | POLLRDHUP;
	if (want & GO_WRITABLE)
		p.events |= POLLOUT;
	if (poll(&p, 1, 0) < 1)
		p.revents = 0;
	errno = saved;
	if (p.revents & POLLNVAL)
		return -EBADF;
	if (p.revents & (POLLIN | POLLRDHUP | POLLHUP | POLLERR))
		events |= GO_READABLE;
	if (p.revents & (POLLOUT | POLLHUP | POLLERR))
		events |= GO_WRITABLE;
	return events & want;
}

// wake_all readies those who wait in mode, with the answer ok.
static void
wake_all(struct go__desc *d, enum go__poll_mode mode, bool ok,
	 struct go__waitq *out)
{
	struct go__waiter *w;

	while ((w = go__waitq_pop(&d->waiters[mode])) != NULL) {
		w->ok = ok;
		go__waitq_push(out, w);
	}
}

void
go__poll_shut(struct go__desc *d)
{
	struct go__waitq out = {NULL, NULL};

	go__lock(&d->lock);
	d->is_shut = true;
	wake_all(d, GO__POLL_READ, false, &out);
	wake_all(d, GO__POLL_WRITE, false, &out);
	go__unlock(&d->lock);
	go__ready_all(&out);
}

void
go__poll_expire(struct go__desc *d, enum go__poll_mode mode)
{
	struct go__waitq out = {NULL, NULL};

	go__lock(&d->lock);
	wake_all(d, mode, false, &out);
	go__unlock(&d->lock);
	go__ready_all(&out);
}

void
go__poll_close(struct go__desc *d)
{
	struct epoll_event unused;
	int saved = errno;

	if (d == NULL)
		return;
	// The set is the parent's, too.
	if (!go__fork_is_child())
		epoll_ctl(poller.epoll, EPOLL_CTL_DEL, d->fd, &unused);
	errno = saved;
	go__lock(&d->lock);
	d->life++;  // events that are under way find it changed
	go__unlock(&d->lock);
	give(d);
}

static void
unlock(void *lock)
{
	go__unlock(lock);
}

int
go__poll_wait(struct go__desc *d, enum go__poll_mode mode, go_time deadline)
{
	struct go__waiter self = {.g = go__self()}, *winner;
	bool is_shut;

	if (!somebody_minds())
		return -EAGAIN;
	if (self.g->kind == G_THREAD)
		go__sched_poll_awaited();
	go__lock(&d->lock);
	if (d->is_shut || d->is_ready[mode]) {
		is_shut = d->is_shut;
		d->is_ready[mode] = false;
		go__unlock(&d->lock);
		return is_shut ? -ECANCELED : 0;
	}
	self.ticket = go__ticket(self.g);
	go__waitq_push(&d->waiters[mode], &self);
	winner = go__park_until(
		unlock, &d->lock,
		mode == GO__POLL_READ ? GO__WHY_READ : GO__WHY_WRITE, deadline);
	if (winner != NULL && self.ok)
		return 0;
	go__lock(&d->lock);
	go__waitq_remove(&d->waiters[mode], &self);
	is_shut = d->is_shut;
	go__unlock(&d->lock);
	return is_shut ? -ECANCELED : -ETIMEDOUT;
}

// deliver tells d of events, and moves those who waited for them to out.
static void
deliver(struct go__desc *d, uint32_t events, struct go__waitq *out)
{
	const uint32_t wanted[] = {
		EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR,
		EPOLLOUT | EPOLLHUP | EPOLLERR,
	};
	struct go__waiter *last;

	if (d->want != 0) {  // a watched copy: one queue for all
		d->seen |= events & wanted[GO__POLL_READ] ? GO_READABLE : 0;
		d->seen |= events & wanted[GO__POLL_WRITE] ? GO_WRITABLE : 0;
		d->seen &= d->want;
		wake_all(d, GO__POLL_READ, true, out);
		return;
	}
	for (int mode = 0; mode < GO__POLL_MODES; mode++) {
		if ((events & wanted[mode]) == 0)
			continue;
		last = out->last;
		wake_all(d, (enum go__poll_mode)mode, true, out);
		d->is_ready[mode] = out->last == last;
	}
}

void
go__poll_ready(const struct go__poll_found *found)
{
	struct go__waitq out;
	struct go__desc *d;

	for (int i = 0; i < found->n; i++) {
		uint64_t key = found->at[i].key;

		out = (struct go__waitq){NULL, NULL};
		d = desc_of(key);
		go__lock(&d->lock);
		if (d->life == key >> 32)
			deliver(d, found->at[i].events, &out);
		go__unlock(&d->lock);
		go__ready_all(&out);
	}
}

// look finds what is ready, or becomes ready until then. An interrupt is the
// sleeper's: a counter that others reset would not wake it.
static void
look(struct go__poll_found *found, go_time until, bool is_sleeper)
{
	struct epoll_event events[sizeof found->at / sizeof found->at[0]];
	const int most = (int)(sizeof events / sizeof events[0]);
	go_duration left = until - (until == 0 ? 0 : go__os_now());
	struct timespec ts;
	uint64_t count;
	int saved = errno, n;

	go__tools_acquire(&poller);
	if (left < 0)
		left = 0;
	ts.tv_sec = left / 1000000000;
	ts.tv_nsec = left % 1000000000;
	n = epoll_pwait2(poller.epoll, events, most,
			 until == GO__NEVER ? NULL : &ts, NULL);
	// Before Linux 5.11, or in a sandbox that does not know it.
	if (n < 0 && (errno == ENOSYS || errno == EPERM))
		n = epoll_wait(
			poller.epoll, events, most,
			until == GO__NEVER
				? -1
				: (int)((left < 1000000000000 ? left
							      : 1000000000000) +
					999999) /
					  1000000);
	found->n = 0;
	for (int i = 0; i < n; i++) {
		if (events[i].data.u64 == INTERRUPT) {
			if (is_sleeper)
				(void)!read(poller.event, &count, sizeof count);
			continue;
		}
		found->at[found->n].events = events[i].events;
		found->at[found->n++].key = events[i].data.u64;
	}
	errno = saved;
}

void
go__poll_sleep(struct go__poll_found *found, go_time until)
{
	look(found, until, true);
}

int
go__poll_now(void)
{
	struct go__poll_found found;

	look(&found, 0, false);
	go__poll_ready(&found);
	return found.n;
}

void
go__poll_interrupt(void)
{
	uint64_t one = 1;
	int saved = errno;

	// [P1] pairs with make.
	if (!load_acq(&poller.is_made))
		return;
	go__tools_acquire(&poller);
	(void)!write(poller.event, &one, sizeof one);
	errno = saved;
}
