// SPDX-License-Identifier: MIT
//
// window: a few instructions that look at a word and then write it, without an
// atomic operation, and that others can wait for.
//
// Whoever changes the word calls go__window_await, and then looks again. By
// then each window that was open at the change is closed, and what it wrote is
// seen; one that opens later sees the change. The price is paid by him who
// waits (membarrier); a window costs two stores to the thread's own memory.
//
//	window:  open = 1     [W1]     other:  change the word
//	         look at the word              [W1] the barrier, for all threads
//	         write it                      [W1] wait while open == 1
//	         open = 0     [W1]             look at the word
//
// The first two need no barrier of their own: the interrupt that makes a thread
// pass the barrier comes between two of its instructions; if it comes after the
// look, open is seen to be 1. No memory of the word's owner is touched after
// the write: it may be freed by who sees that.

#ifndef RT_WINDOW_H
#define RT_WINDOW_H

#include "rt/machine.h"

// go__window_open returns what go__window_close wants, or NULL where there can
// be no window: on a plain thread, or on a kernel without membarrier. Nothing
// may be called in between; nor may a signal's handler open one.
static inline struct m *
go__window_open(void)
{
	struct m *m = go__sched_machine();

	// [W1] pairs with go__idle_enlist: who waits finds m on the list.
	if (m == NULL || !load_acq(&m->may_open))
		return NULL;
	store_rlx(&m->is_open, 1);  // [W1] see the head
	__asm__ volatile("" ::: "memory");
	return m;
}

static inline void
go__window_close(struct m *m)
{
	store_rel(&m->is_open, 0);  // [W1]
}

// go__window_await returns when the windows of all threads that were open are
// closed.
void go__window_await(void);

#endif
