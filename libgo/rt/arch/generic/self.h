// SPDX-License-Identifier: MIT
//
// self: the calling thread's machine, on any machine.
//
// The compiler may keep the address of a thread-local across a switch, after
// which the goroutine may be on another thread: so ask anew, by a call.

#ifndef RT_SELF_H
#define RT_SELF_H

extern __thread struct m *go__this_m;

// go__sched_machine returns the calling thread's machine, or NULL.
struct m *go__sched_machine(void);

#endif
