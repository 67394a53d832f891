// SPDX-License-Identifier: MIT
//
// Who searches for work, who sleeps, who is woken: see the head of sched.c.

#include <stddef.h>

#include "libgo/goroutine.h"
#include "rt/machine.h"
#include "rt/os.h"

static void
update_wake_at(void)
{
	go_time first = GO__NEVER;

	for (struct m *m = go__sched.idle_m; m != NULL; m = m->next_idle)
		if (m->alarm < first)
			first = m->alarm;
	// [T1] pairs with go__sched_timer_armed: who arms a timer sees the
	// alarm, or the sleeper sees the timer.
	store_seq(&go__sched.wake_at, first);
}

static void
remove_idle_m(struct m *m)
{
	struct m **link = &go__sched.idle_m;

	while (*link != m)
		link = &(*link)->next_idle;
	*link = m->next_idle;
	if (m->alarm == go__sched.wake_at)
		update_wake_at();
}

// pop_idle_m takes a sleeper, one without an alarm if there is one.
static struct m *
pop_idle_m(void)
{
	struct m *m = go__sched.idle_m;

	while (m != NULL && m->alarm != GO__NEVER)
		m = m->next_idle;
	if (m == NULL)
		m = go__sched.idle_m;
	if (m != NULL)
		remove_idle_m(m);
	return m;
}

static void
rouse(struct m *m)
{
	store_rlx(&m->token, 1);  // what m was given lies under the lock
	go__os_wake(&m->token, 1);
}

struct m *
go__idle_new(void)
{
	static uint64_t seed;  // atomic
	struct m *m = go__os_reserve(sizeof *m);

	if (m != NULL)
		m->random = add_rlx(&seed, 0x9e3779b97f4a7c15) | 1;
	return m;
}

void
go__idle_enlist(struct m *m)
{
	go__lock(&go__sched.lock);
	m->next_made = go__sched.made;
	// [S3] pairs with go__sched_count: the machine is whole.
	store_rel(&go__sched.made, m);
	go__unlock(&go__sched.lock);
}

// launch makes a thread that searches with p. False without memory.
static bool
launch(struct p *p)
{
	struct m *m = go__idle_new();

	if (m == NULL)
		return false;
	m->p = p;
	m->is_searching = true;
	if (go__os_thread(go__sched_thread, m) != 0) {
		go__os_release(m, sizeof *m);
		return false;
	}
	go__idle_enlist(m);
	return true;
}

// send has m, or a new machine if m is NULL, search with p; searching counts it
// already.
static void
send(struct m *m, struct p *p)
{
	if (m != NULL) {
		rouse(m);
		return;
	}
	if (launch(p))
		return;
	// The machines that there are will come to look for work.
	if (load_rlx(&go__sched.made) == NULL)  // only grows
		go_panic("go: cannot start a thread");
	go__lock(&go__sched.lock);
	go__proc_push_idle(p);
	go__unlock(&go__sched.lock);
	add_seq(&go__sched.searching, -1);  // [S1]
}

void
go__idle_wake(void)
{
	struct p *p;
	struct m *m;

	do {
		// [S1] see the head of sched.c.
		if (load_seq(&go__sched.n_idle_p) == 0 ||
		    load_seq(&go__sched.searching) != 0 ||
		    !cas_seq(&go__sched.searching, 0, 1))
			return;
		m = NULL;
		go__lock(&go__sched.lock);
		p = go__proc_pop_idle();
		if (p != NULL)
			m = pop_idle_m();
		if (m != NULL) {
			m->p = p;
			m->is_searching = true;
		}
		go__unlock(&go__sched.lock);
		if (p != NULL) {
			send(m, p);
			return;
		}
		// Others may have relied on our searcher: look for them (S4).
		add_seq(&go__sched.searching, -1);  // [S1]
	} while (go__proc_any_work());
}

void
go__idle_begin_search(struct m *m)
{
	m->is_searching = true;
	add_seq(&go__sched.searching, 1);  // [S1]
}

void
go__idle_end_search(struct m *m)
{
	if (!m->is_searching)
		return;
	m->is_searching = false;
	// [S1] see the head of sched.c.
	if (add_seq(&go__sched.searching, -1) == 0 && go__proc_any_work())
		go__idle_wake();
}

// set_alarm makes m wake when the earliest timer is due, if a processor is idle
// that could serve it, and no other sleeper does.
static void
set_alarm(struct m *m)
{
	go_time when;

	m->alarm = GO__NEVER;
	update_wake_at();
	while (go__sched.n_idle_p > 0 &&
	       (when = go__timers_next()) < go__sched.wake_at) {
		m->alarm = when;
		update_wake_at();
	}
}

void
go__idle_doze(struct m *m)
{
	go_time alarm;

	go__lock(&go__sched.lock);
	m->next_idle = go__sched.idle_m;
	go__sched.idle_m = m;
	for (;;) {
		set_alarm(m);
		alarm = m->alarm;
		store_rlx(&m->token, 0);  // whoever sets it comes after us
		go__unlock(&go__sched.lock);
		go__os_wait(&m->token, 0, alarm);
		go__lock(&go__sched.lock);
		if (m->p != NULL)
			break;
		if (alarm == GO__NEVER || go__os_now() < alarm)
			continue;
		m->p = go__proc_pop_idle();
		if (m->p != NULL) {
			remove_idle_m(m);
			go__idle_begin_search(m);
			break;
		}
	}
	go__unlock(&go__sched.lock);
}

void
go__idle_rest(struct m *m)
{
	go__lock(&go__sched.lock);
	go__proc_push_idle(m->p);
	m->p = NULL;
	go__unlock(&go__sched.lock);
	if (m->is_searching) {
		m->is_searching = false;
		add_seq(&go__sched.searching, -1);  // [S1]
	}
	if (!go__proc_any_work())  // [S1]
		return;
	go__lock(&go__sched.lock);
	m->p = go__proc_pop_idle();
	go__unlock(&go__sched.lock);
	if (m->p != NULL)
		go__idle_begin_search(m);
}

void
go__idle_retire(struct m *m)
{
	struct p *p = m->p;
	struct g *g;

	while ((g = runq_take_next(&p->queue)) != NULL ||
	       (g = runq_get(&p->queue)) != NULL)
		go__proc_put_global(g, g, 1);
	go__lock(&go__sched.lock);
	if (p->id >= go__sched.procs) {
		p->is_retired = true;
		m->p = NULL;
	}
	go__unlock(&go__sched.lock);
	go__idle_end_search(m);
	if (go__proc_any_work())
		go__idle_wake();
}

void
go__idle_mind(go_time when)
{
	struct m *m;

	// [T1] pairs with update_wake_at. [S1] pairs with rest.
	if (load_seq(&go__sched.wake_at) <= when ||
	    load_seq(&go__sched.n_idle_p) == 0)
		return;
	go__lock(&go__sched.lock);
	for (m = go__sched.idle_m; m != NULL; m = m->next_idle)
		if (m->alarm == go__sched.wake_at)
			break;
	go__unlock(&go__sched.lock);
	if (m != NULL)
		rouse(m);
	else
		go__idle_wake();
}

void
go__sched_timer_armed(go_time when)
{
	struct m *m = go__sched_machine();

	// A scheduler looks at the timers before it runs or sleeps again.
	if (m == NULL || m->g != NULL)
		go__idle_mind(when);
}
