// SPDX-License-Identifier: MIT
//
// A goroutine and its thread: staying on it, and blocking it.

#include "libgo/goroutine.h"
#include "rt/idle.h"
#include "rt/machine.h"
#include "rt/proc.h"

void
go_lock_thread(void)
{
	struct m *m = go__sched_machine();
	struct g *g = go__self();

	// Main, before it is a goroutine, stays where it is; adopt binds it.
	if (g->n_locks++ == 0 && m != NULL)
		go__machine_bind(m, g);
}

void
go_unlock_thread(void)
{
	struct m *m = go__sched_machine();
	struct g *g = go__self();

	if (g->n_locks == 0)
		go_panic("go_unlock_thread: the thread is not locked");
	if (--g->n_locks == 0 && m != NULL) {
		m->bound = NULL;
		g->machine = NULL;
	}
}

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
	has_p = m->p != NULL || go__proc_take_idle(m);
	go__machine_exit(m);
	if (!has_p)
		go__sched_yield();
}
