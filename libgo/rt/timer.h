// SPDX-License-Identifier: MIT
//
// timer: what happens at an instant of the monotonic clock.
//
// A timer lives in its owner's memory and, while it is armed, on the heap of
// the processor where it was armed: a pairing heap (Fredman, Sedgewick,
// Sleator, Tarjan 1986) linked through the timers, so that arming allocates
// nothing.
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
#include "rt/atomic.h"

struct go__timer {
	void (*fn)(struct go__timer *t, uint64_t arg);  // immutable
	uint32_t is_armed;                              // atomic
	struct go__timers *heap;  // that heap's lock; atomic; NULL if on none
	go_time when;             // heap's lock, as all below
	uint64_t arg;
	struct go__timer *child;  // first of the later ones below this one
	struct go__timer *next;   // sibling
	struct go__timer *prev;   // sibling before, or the parent
};

// struct go__timers is a processor's heap of timers.
struct go__timers {
	uint32_t lock;
	struct go__timer *root;  // lock
	go_time next;            // written under lock; read by anyone
	uint32_t may_have_dead;  // atomic
};

// go__timer_init is for a timer that was never armed.
void go__timer_init(struct go__timer *t,
		    void (*fn)(struct go__timer *t, uint64_t arg));

// go__timers_start sees to it that somebody minds the timers; false if no
// thread can be had. What arms a timer calls it first, where it can still
// refuse; who runs as a goroutine need not.
bool go__timers_start(void);

// go__timer_arm has fn(t, arg) called at when. The timer must not be armed,
// nor may two arm it at the same time.
void go__timer_arm(struct go__timer *t, go_time when, uint64_t arg);

// go__timer_arm_patient is go__timer_arm for a timer that may be late by some
// turns of the scheduler, costs it nothing meanwhile, and is never cancelled.
void go__timer_arm_patient(struct go__timer *t, go_time when, uint64_t arg);

// go__timer_cancel returns true if it kept the timer from firing, false if it
// was not armed, or its callback has begun: that may still be running. What
// came before a cancel that found it not armed is seen after the next arm.
bool go__timer_cancel(struct go__timer *t);

// go__timer_forget is what the owner of a timer that is not armed calls before
// its memory goes.
void go__timer_forget(struct go__timer *t);

// go__timers_next returns when the earliest timer of all is due, or GO__NEVER.
go_time go__timers_next(void);

// go__timers_run fires what is due at now anywhere, and returns how many that
// were.
int go__timers_run(go_time now);

// go__timers_tidy sees to it that go__timers_next tells of a timer that is
// armed, as far as others do not cancel it meanwhile.
void go__timers_tidy(void);

// go__heap_init, go__heap_next and go__heap_run are for one heap.
void go__heap_init(struct go__timers *h);
int go__heap_run(struct go__timers *h, go_time now);
static inline go_time
go__heap_next(const struct go__timers *h)
{
	return load_seq(&h->next);  // [T1] pairs with update_next in timer.c
}

#endif
