// SPDX-License-Identifier: MIT
//
// poll: waiting for descriptors, without a thread each.
//
// A descriptor that may block is opened here once, made non-blocking by its
// owner, and then used in a loop:
//
//	while ((n = read(fd, buf, size)) < 0 && errno == EAGAIN)
//		if ((error = go__poll_wait(d, GO__POLL_READ, deadline)) != 0)
//			break;
//
// A wait may end without cause; the loop then waits again. Any thread may call
// anything here; a plain thread blocks itself alone.

#ifndef RT_POLL_H
#define RT_POLL_H

#include <stdbool.h>

#include "libgo/base.h"
#include "rt/atomic.h"

struct go__desc;

enum go__poll_mode {
	GO__POLL_READ,
	GO__POLL_WRITE,
	GO__POLL_MODES,
};

// go__poll_open has the poller watch fd, and gives the record to wait with.
// -EPERM for files that are always ready; -ENOMEM and what epoll refuses;
// -EAGAIN if the caller is a plain thread, and no other can be had to mind the
// descriptors.
int go__poll_open(int fd, struct go__desc **d);

// go__poll_shut makes all waits on d, those under way and those to come,
// return -ECANCELED.
void go__poll_shut(struct go__desc *d);

// go__poll_close ends the watching and gives the record back. Called before
// the descriptor is closed, and when nobody waits any more.
void go__poll_close(struct go__desc *d);

// go__poll_wait parks until fd may be ready, shut: -ECANCELED, or the deadline
// has passed: -ETIMEDOUT; -EAGAIN as for open. go__poll_expire makes those that
// wait in mode now return -ETIMEDOUT, for a deadline that was moved.
int go__poll_wait(struct go__desc *d, enum go__poll_mode mode,
		  go_time deadline);
void go__poll_expire(struct go__desc *d, enum go__poll_mode mode);

// For select, which watches descriptors that are not its own: want and the
// events are GO_READABLE and GO_WRITABLE.

// go__poll_look tells what fd is ready for now; -EBADF if it is none.
int go__poll_look(int fd, int want);
// go__poll_watch watches a copy of fd for the first event, which stays until
// go__poll_unwatch. Under its lock go__poll_seen tells the events so far, and
// a waiter that is pushed on the queue while there are none is claimed then.
int go__poll_watch(int fd, int want, struct go__desc **d);
void go__poll_unwatch(struct go__desc *d);
uint32_t *go__poll_lock(struct go__desc *d);
int go__poll_seen(const struct go__desc *d);
struct go__waitq *go__poll_queue(struct go__desc *d);

// The rest is for the scheduler.

// go__poll_is_used tells whether anything is open.
extern uint32_t go__poll_n_open;  // written under a lock, read by anyone
static inline bool
go__poll_is_used(void)
{
	return load_rlx(&go__poll_n_open) >
	       0;  // who opens one looks for events
}
// go__poll_now readies who waits for what is ready, and returns how many
// descriptors that were. Never blocks.
int go__poll_now(void);
// go__poll_sleep blocks until a descriptor is ready, go__poll_interrupt is
// called, or until; go__poll_ready then readies who waits for them.
struct go__poll_found {
	int n;
	struct {
		uint32_t events;
		uint64_t key;
	} at[64];
};
void go__poll_sleep(struct go__poll_found *found, go_time until);
void go__poll_ready(const struct go__poll_found *found);
void go__poll_interrupt(void);

#endif
