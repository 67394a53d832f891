// SPDX-License-Identifier: MIT
//
// Hints that a goroutine blocks its thread.

#include "libgo/goroutine.h"
#include "rt/idle.h"
#include "rt/machine.h"
#include "rt/proc.h"

void
go_blocking_begin(void)
{
	struct m *m = go__machine_enter();

	if (m == NULL)
		return;
	if (m->p != NULL)
		go__idle_give_back(m);
	go__machine_exit(m);
}

void
go_blocking_end(void)
{
	struct m *m = go__machine_enter();
	bool has_p;

	if (m == NULL)
		return;
	has_p = m->p != NULL;
	if (!has_p && go__proc_take_idle(m)) {
		has_p = true;
		// It may have been the last: who slept for it sleeps on.
		go__idle_mind(go__timers_next());
		go__idle_mind_poll();
	}
	go__machine_exit(m);
	if (!has_p)
		go__sched_yield();
}
