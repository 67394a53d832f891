// SPDX-License-Identifier: MIT
//
// timer: what happens at an instant of the monotonic clock.
//
// A timer lives in its owner's memory and on one heap of the runtime while it
// is armed: a pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986) linked
// through the timers, so that arming allocates nothing.
//
// The callback runs on a scheduler's stack and must not park; it may take
// short locks, ready goroutines, and arm or cancel timers. It begins after
// the timer has left the heap, so that the owner may arm it again; arg is the
// value the timer was armed with, which tells a late callback from a new one.

#ifndef RT_TIMER_H
#define RT_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "libgo/base.h"

struct go__timer {
	void (*fn)(struct go__timer *t, uint64_t arg);  // immutable
	go_time when;  // timers.lock, as all below
	uint64_t arg;
	struct go__timer *child;  // first of the later ones below this one
	struct go__timer *next;   // sibling
	struct go__timer *prev;   // sibling before, or the parent
	bool is_armed;
};

void go__timer_init(struct go__timer *t,
		    void (*fn)(struct go__timer *t, uint64_t arg));

// go__timers_start sees to it that somebody minds the timers; false if no
// thread can be had. What arms a timer calls it first, where it can still
// refuse; who runs as a goroutine need not.
bool go__timers_start(void);

// go__timer_arm has fn(t, arg) called at when. The timer must not be armed.
void go__timer_arm(struct go__timer *t, go_time when, uint64_t arg);

// go__timer_cancel returns true if it kept the timer from firing, false if it
// was not armed, or its callback has begun: that may still be running.
bool go__timer_cancel(struct go__timer *t);

// go__timers_next returns when the earliest timer is due, or GO__NEVER.
go_time go__timers_next(void);

// go__timers_run fires what is due at now, and returns how many that were.
int go__timers_run(go_time now);

#endif
