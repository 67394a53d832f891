// SPDX-License-Identifier: MIT
//
// Deadlock: every goroutine waits, and nothing is left that could wake one.
//
// That is so when all machines sleep, nothing is queued, no timer is armed, no
// descriptor is watched and nobody outside can call: no thread but the
// library's own. Threads are counted by the kernel, which takes a while; so
// the last machine to sleep sleeps a moment first, and counts only if nothing
// has changed then. A program that is idle for a reason pays one more wake-up
// each time it falls idle, and nothing as long as it stays so.

#include <stddef.h>
#include <unistd.h>

#include "libgo/goroutine.h"
#include "rt/fault.h"
#include "rt/machine.h"
#include "rt/os.h"
#include "rt/proc.h"

enum { GRACE = 20000000 };  // ns

static bool is_counted;  // sched.lock; since the last one fell asleep

// all_asleep tells whether no machine is awake nor has anything to wake for.
static bool
all_asleep(void)
{
	return go__sched.n_asleep == go__sched.n_machines &&
	       go__sched.n_idle_p == (uint32_t)go__sched.procs &&
	       !go__proc_any_work() && go__timers_next() == GO__NEVER &&
	       !go__poll_is_used();
}

go_time
go__deadlock_grace(void)
{
	if (!all_asleep() || is_counted)
		return GO__NEVER;
	return go__os_now() + GRACE;
}

void
go__deadlock_awake(void)
{
	is_counted = false;
}

void
go__deadlock_check(go_time grace)
{
	static const char text[] =
		"fatal error: all goroutines are asleep - deadlock!\n\n";
	static bool is_told;  // sched.lock
	int ours = (int)go__sched.n_machines + go__monitor_threads() +
		   go__fault_threads();

	if (grace == GO__NEVER || go__os_now() < grace || !all_asleep())
		return;
	is_counted = true;
	// A thread that has ended may have armed a timer before.
	if (go__os_threads() != ours || !all_asleep() || is_told)
		return;
	is_told = true;
	go__unlock(&go__sched.lock);
	go__os_write(2, text, sizeof text - 1);
	go_dump(2);
	_exit(2);
}
