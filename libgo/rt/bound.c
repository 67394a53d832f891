// SPDX-License-Identifier: MIT
//
// Machines bound to a goroutine, which runs nowhere else and with nobody else.
//
// Who finds a bound goroutine in a queue hands it, with the processor, to its
// machine. So there must be somebody to find it: S6.

#include "libgo/goroutine.h"
#include "rt/machine.h"

// count_unbound adds n to the machines that are not bound, and returns how many
// there are.
static int
count_unbound(int n)
{
	go__lock(&go__sched.lock);
	n = go__sched.n_unbound += n;
	go__unlock(&go__sched.lock);
	return n;
}

int
go__bound_bind(struct m *m, struct g *g)
{
	m->bound = g;
	g->machine = m;
	return count_unbound(-1);
}

static void
unbind(struct m *m, struct g *g)
{
	m->bound = NULL;
	g->machine = NULL;
	count_unbound(1);
}

void
go_lock_thread(void)
{
	struct m *m = go__sched_machine();
	struct g *g = go__self();
	bool has_others = true;

	if (g->n_locks == 0 && m != NULL) {
		has_others = go__bound_bind(m, g) > 0 || go__idle_spare();
		if (!has_others)
			unbind(m, g);
	} else if (g->n_locks == 0 && g->kind == G_MAIN) {
		// Not yet a goroutine it stays where it is; adopt binds it.
		has_others = count_unbound(0) > 0 || go__idle_spare();
	}
	if (!has_others)
		go_panic("go_lock_thread: no thread can be had for the other "
			 "goroutines");
	g->n_locks++;
}

void
go_unlock_thread(void)
{
	struct m *m = go__sched_machine();
	struct g *g = go__self();

	if (g->n_locks == 0)
		go_panic("go_unlock_thread: the thread is not locked");
	if (--g->n_locks == 0 && m != NULL)
		unbind(m, g);
}
