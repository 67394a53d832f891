// SPDX-License-Identifier: MIT
//
// Who searches for work, who sleeps, who is woken: see the head of sched.c.

#include "rt/idle.h"

#include <stddef.h>

#include "libgo/goroutine.h"
#include "rt/fault.h"
#include "rt/fork.h"
#include "rt/machine.h"
#include "rt/os.h"
#include "rt/panic.h"
#include "rt/proc.h"

// How many threads there may be, of which most hold no processor: their
// goroutines block, or compute, in code that is not ours.
enum { MAX_MACHINES = 2048 };

static void
update_wake_at(void)
{
	go_time first = GO__NEVER;

	for (struct m *m = go__sched.idle_m; m != NULL; m = m->next_idle)
		if (m->alarm < first)
			first = m->alarm;
	// [T1] pairs with go__idle_mind: who arms a timer sees the
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

	while (m != NULL && (m->alarm != GO__NEVER || go__stress_one_in(2)))
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
	// What m was given lies under the lock. The token is read only where m
	// is not polling; m may be neither by now, and then nothing is lost.
	store_rlx(&m->token, 1);
	if (load_rlx(&m->is_polling))
		go__poll_interrupt();
	else
		go__os_wake(&m->token, 1);
}

void
go__idle_init(struct m *m)
{
	static uint64_t seed;  // atomic

	m->random = add_rlx(&seed, 0x9e3779b97f4a7c15) | 1;
	m->in_runtime = 1;
	m->now = go__os_coarse_now();
}

void
go__idle_enlist(struct m *m)
{
	go__lock(&go__sched.lock);
	m->next_made = go__sched.made;
	// [S3] pairs with go__sched_count: the machine is whole.
	store_rel(&go__sched.made, m);
	go__sched.n_unbound++;
	go__unlock(&go__sched.lock);
	// [W1] pairs with go__window_open: m is on the list before.
	store_rel(&m->may_open, go__os_barrier() == 0);
}

// launch makes a thread that searches with p, or sleeps if p is NULL. False if
// there is no memory, or no thread to be had.
static bool
launch(struct p *p)
{
	struct m *m = go__os_reserve(sizeof *m);
	bool may_be;

	if (m == NULL)
		return false;
	go__idle_init(m);
	m->is_searching = p != NULL;
	go__lock(&go__sched.lock);
	if (p != NULL)
		go__proc_own(p, m);
	may_be = ++go__sched.n_machines <= MAX_MACHINES;
	go__deadlock_awake();
	go__unlock(&go__sched.lock);
	if (may_be && go__os_thread(go__sched_thread, m) == 0) {
		go__idle_enlist(m);
		go__monitor_suffice();
		return true;
	}
	go__lock(&go__sched.lock);
	if (p != NULL)
		p->owner = NULL;
	go__sched.n_machines--;
	go__unlock(&go__sched.lock);
	go__os_release(m, sizeof *m);
	return false;
}

bool
go__idle_spare(void)
{
	return launch(NULL);
}

// employ takes a sleeper to search with p; NULL if there is none. The lock is
// held.
static struct m *
employ(struct p *p)
{
	struct m *m = pop_idle_m();

	if (m != NULL) {
		go__proc_own(p, m);
		m->is_searching = true;
	}
	return m;
}

// send has m, or a new machine if m is NULL, search with p; searching counts it
// already. False if there is none.
static bool
send(struct m *m, struct p *p)
{
	if (m == NULL && launch(p))
		return true;
	if (m == NULL) {
		// The machines that there are will come to look for work and
		// for timers. One may have gone to sleep since, or be about to:
		// see doze.
		go__lock(&go__sched.lock);
		m = employ(p);
		if (m == NULL) {
			// Who is busy with its own queue does not steal.
			go__proc_push_idle(p);
			go__proc_pool();
		}
		go__unlock(&go__sched.lock);
	}
	if (m != NULL) {
		rouse(m);
		return true;
	}
	add_seq(&go__sched.searching, -1);  // [S1]
	if (go__sched_is_started())
		go__monitor_lack();
	return false;
}

bool
go__sched_is_started(void)
{
	// Not n_machines: launch counts those that it cannot have yet.
	return load_rlx(&go__sched.made) != NULL;  // it stays so, but for fork
}

bool
go__sched_start(void)
{
	struct p *p;

	if (go__sched_is_started())
		return true;
	if (go__fork_is_child())
		go__fork_refuse();
	// The first one takes the kernel 10 ms and more, unless there is only
	// one thread, as so far there may be.
	(void)go__os_barrier();
	go__fault_start();
	go__proc_start();
	for (;;) {
		go__lock(&go__sched.lock);
		p = go__proc_pop_idle();
		go__unlock(&go__sched.lock);
		if (p != NULL)
			break;
		// Another thread has it and tries the same.
		if (go__sched_is_started())
			return true;
		go__os_yield();
	}
	add_seq(&go__sched.searching, 1);  // [S1]
	return send(NULL, p);
}

bool
go__idle_give(struct p *p)
{
	struct m *m;

	add_seq(&go__sched.searching, 1);  // [S1]
	go__lock(&go__sched.lock);
	m = employ(p);
	go__unlock(&go__sched.lock);
	return send(m, p);
}

void
go__idle_search(void)
{
	struct p *p;
	struct m *m;

	do {
		// [S1] see the head of sched.c.
		if (load_seq(&go__sched.n_idle_p) == 0) {
			go__monitor_call(0);
			return;
		}
		if (load_seq(&go__sched.searching) != 0 ||
		    !cas_seq(&go__sched.searching, 0, 1))
			return;
		go__lock(&go__sched.lock);
		p = go__proc_pop_idle();
		m = p != NULL ? employ(p) : NULL;
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

// sleep sleeps until somebody rouses m, or until; or, if nobody else does, for
// descriptors, and tells which are ready. The lock is held but meanwhile.
static void
sleep(struct m *m, go_time until, struct go__poll_found *found)
{
	bool is_poller = go__sched.poller == NULL && go__poll_is_used();

	found->n = 0;
	go__stress_check(go__idle_is_valid(), "who is idle");
	store_rlx(&m->token, 0);  // whoever sets it comes after us
	if (is_poller) {
		go__sched.poller = m;
		store_rlx(&m->is_polling, true);
	}
	go__unlock(&go__sched.lock);
	if (is_poller)
		go__poll_sleep(found, until);
	else
		go__os_wait(&m->token, 0, until);
	go__timers_tidy();  // until may have been a dead one's time
	go__lock(&go__sched.lock);
	if (is_poller) {
		store_rlx(&m->is_polling, false);
		go__sched.poller = NULL;
	}
}

static go_time
earliest(go_time a, go_time b, go_time c)
{
	a = a < b ? a : b;
	return a < c ? a : c;
}

// call_monitor calls it without the lock.
static void
call_monitor(void)
{
	go__unlock(&go__sched.lock);
	go__monitor_call(0);
	go__lock(&go__sched.lock);
}

void
go__idle_doze(struct m *m)
{
	struct go__poll_found found;
	go_time alarm, grace, retry;
	struct p *p;

	go__timers_tidy();
	go__lock(&go__sched.lock);
	// Who gave a processor back, having found no thread for it, relies on
	// those that are about to sleep (S4).
	if (go__sched.n_idle_p > 0 && go__proc_any_work()) {
		go__proc_own(go__proc_pop_idle(), m);
		go__unlock(&go__sched.lock);
		go__idle_begin_search(m);
		return;
	}
	m->next_idle = go__sched.idle_m;
	go__sched.idle_m = m;
	go__sched.n_asleep++;
	go__monitor_suffice();
	found.n = 0;
	while (m->p == NULL) {
		set_alarm(m);
		alarm = m->alarm;
		grace = go__deadlock_grace();
		retry = go__monitor_retry();
		sleep(m, earliest(alarm, grace, retry), &found);
		if (m->p != NULL)
			break;
		go__deadlock_check(grace);
		if (found.n == 0 &&
		    (alarm == GO__NEVER || go__os_now() < alarm)) {
			if (retry != GO__NEVER)
				call_monitor();
			continue;
		}
		p = go__proc_pop_idle();
		if (p != NULL) {
			go__proc_own(p, m);
			remove_idle_m(m);
			go__idle_begin_search(m);
			break;
		}
		go__unlock(&go__sched.lock);
		go__poll_ready(&found);
		go__lock(&go__sched.lock);
	}
	go__sched.n_asleep--;
	go__deadlock_awake();
	go__unlock(&go__sched.lock);
	m->now = go__os_coarse_now();
	go__poll_ready(&found);
}

void
go__idle_rest(struct m *m)
{
	bool is_retired;

	go__lock(&go__sched.lock);
	go__proc_push_idle(m->p);
	is_retired = m->p->is_retired;
	m->p = NULL;
	go__stress_check(go__idle_is_valid(), "who is idle");
	go__unlock(&go__sched.lock);
	if (is_retired)
		go__idle_mind(go__timers_next());  // as in retire
	if (m->is_searching) {
		m->is_searching = false;
		add_seq(&go__sched.searching, -1);  // [S1]
	}
	if (!go__proc_any_work())  // [S1]
		return;
	if (go__proc_take_idle(m))
		go__idle_begin_search(m);
}

void
go__idle_give_back(struct m *m)
{
	struct p *p = m->p;

	store_rlx(&p->n_turns, p->n_turns + 1);  // nobody holds it too long
	m->p = NULL;
	go__lock(&go__sched.lock);
	go__proc_push_idle(p);
	go__unlock(&go__sched.lock);
	if (go__proc_any_work())  // [S1]
		go__idle_wake();
	go__idle_mind(go__timers_next());
	go__idle_mind_poll();
}

struct g *
go__idle_await(struct m *m)
{
	struct g *g;
	go_time grace;

	go__idle_mind_poll();
	go__timers_tidy();
	go__lock(&go__sched.lock);
	go__sched.n_asleep++;
	while (m->handed == NULL) {
		store_rlx(&m->token, 0);  // whoever sets it comes after us
		grace = go__deadlock_grace();
		go__unlock(&go__sched.lock);
		go__os_wait(&m->token, 0, grace);
		go__lock(&go__sched.lock);
		if (m->handed == NULL)
			go__deadlock_check(grace);
	}
	go__sched.n_asleep--;
	go__deadlock_awake();
	g = m->handed;
	m->handed = NULL;
	go__unlock(&go__sched.lock);
	m->now = go__os_coarse_now();
	return g;
}

void
go__idle_hand(struct m *m, struct g *g)
{
	struct m *to = g->machine;
	struct p *p = m->p;

	m->p = NULL;
	go__lock(&go__sched.lock);
	go__proc_own(p, to);
	to->handed = g;
	go__unlock(&go__sched.lock);
	rouse(to);
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
		p->owner = NULL;
		m->p = NULL;
	}
	go__unlock(&go__sched.lock);
	go__idle_end_search(m);
	if (go__proc_any_work())
		go__idle_wake();
	go__idle_mind(go__timers_next());  // p's are others' now
}

void
go__idle_mind_poll(void)
{
	struct m *m;

	if (!go__poll_is_used())
		return;
	if (load_seq(&go__sched.n_idle_p) == 0) {  // [S1] pairs with rest
		go__monitor_call(GO__NEVER - 1);
		return;
	}
	// A hint: who falls asleep becomes the poller.
	if (load_rlx(&go__sched.poller) != NULL)
		return;
	go__lock(&go__sched.lock);
	m = go__sched.idle_m;
	go__unlock(&go__sched.lock);
	if (m != NULL)
		rouse(m);
	else
		go__idle_wake();
}

void
go__idle_mind(go_time when)
{
	struct m *m;

	if (when == GO__NEVER)
		return;
	if (load_seq(&go__sched.n_idle_p) == 0) {  // [S1] pairs with rest
		go__monitor_call(when);
		return;
	}
	// [T1] pairs with update_wake_at.
	if (load_seq(&go__sched.wake_at) <= when)
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
go__sched_timer_armed(const struct go__timers *h, go_time when)
{
	struct m *m = go__sched_machine();

	// On its own stack a scheduler with a processor looks at its timers
	// before it runs or sleeps again. On a goroutine's it has looked.
	if (m != NULL && m->g == NULL && m->p != NULL && h == &m->p->timers)
		return;
	if (!go__sched_start())
		go_panic("no thread can be had to mind the timers");
	go__idle_mind(when);
}

void
go__sched_poll_awaited(void)
{
	go__check(go__sched_start(), "a descriptor is nobody's to mind");
	go__idle_mind_poll();
}
