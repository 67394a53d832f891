// SPDX-License-Identifier: MIT
//
// No lock is taken around fork: the parent goes on undisturbed, and the child
// must not count on what others were about to do. What could wait finds out on
// its slow path, where a few words have been changed in the child: its machine
// has lost its processor, and no machine is known (go__sched_forked).

#include "rt/fork.h"

#include <pthread.h>

#include "libgo/goroutine.h"
#include "rt/atomic.h"
#include "rt/sched.h"

static uint32_t is_started;  // atomic
static bool is_child;        // written while the child has one thread

static void
in_child(void)
{
	is_child = true;
	go__sched_forked();
}

void
go__fork_start(void)
{
	// Without memory for it children are not told; they need not be.
	if (cas_rlx(&is_started, 0, 1))  // decides who does it
		pthread_atfork(NULL, NULL, in_child);
}

bool
go__fork_is_child(void)
{
	return is_child;
}

void
go__fork_refuse(void)
{
	go_panic("this process was made by fork and has no threads to run "
		 "goroutines: until it calls exec it can neither wait nor "
		 "start any");
}
