// SPDX-License-Identifier: MIT
//
// sched: who runs next, and where. The contract inside rt/; everybody else
// uses park.h and goroutine.h.
//
//	g  goroutine: a stack and where it left off
//	m  machine: a thread that runs goroutines, on its own stack in between
//	p  processor: the right to run one at a time, with a queue of them
//
// See sched.c for the design.

#ifndef RT_SCHED_H
#define RT_SCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libgo/base.h"

struct g;
struct go__timers;

// go__sched_self returns the goroutine that runs on this thread, or NULL if
// the thread is none of the scheduler's.
struct g *go__sched_self(void);

// go__sched_forked is what a child of fork does, on its only thread: from then
// on go__sched_start, and what would leave the caller's goroutine, refuse.
void go__sched_forked(void);

// go__sched_is_between tells whether the caller runs on a scheduler's stack,
// between two goroutines: a timer's callback does.
bool go__sched_is_between(void);

// go__sched_leave stops the calling goroutine and runs after(g, arg) once it is
// off its stack. It returns when g runs again.
void go__sched_leave(void (*after)(struct g *g, void *arg), void *arg);

// go__sched_arrive is the first thing that a new goroutine calls.
void go__sched_arrive(struct g *g);

// go__sched_finish is leave for good.
void go__sched_finish(void (*after)(struct g *g, void *arg), void *arg)
	__attribute__((noreturn));

// go__sched_put queues g, which may then run at any moment, even before the
// call returns: next on the caller's processor, or where a processor is idle.
void go__sched_put(struct g *g);

// go__sched_yield queues the calling goroutine behind all others.
void go__sched_yield(void);

// go__sched_start sees to it that there is a machine; false if none can be had.
// go__sched_is_started tells whether there is one.
bool go__sched_start(void);
bool go__sched_is_started(void);

// go__sched_adopt makes the calling thread a machine whose current goroutine
// is g, which so far ran on the thread's own stack.
void go__sched_adopt(struct g *g);

// go__sched_timer_armed tells that the earliest timer on h is now due at when.
void go__sched_timer_armed(const struct go__timers *h, go_time when);

// go__sched_poll_awaited tells that a plain thread waits for a descriptor.
void go__sched_poll_awaited(void);

// go__sched_procs makes n processors usable, none changed if n < 1, and
// returns how many there were.
int go__sched_procs(int n);

// go__sched_born counts one more goroutine alive and returns a number never
// used before; go__sched_died, off the goroutine's stack, counts one less.
uint64_t go__sched_born(void);
void go__sched_died(void);
size_t go__sched_count(void);

#endif
