// SPDX-License-Identifier: MIT
//
// Processors, their queues, and the global queue.
//
// The global queue is a list through the goroutines: whoever queues allocates
// nothing. With a hundred thousand of them each link is a miss of all caches
// and of the TLB, and the next one is known only then. So each knows one that
// comes some places later, too, which is brought near meanwhile.

#include "rt/proc.h"

#include <stdio.h>
#include <stdlib.h>

#include "libgo/goroutine.h"
#include "rt/fork.h"
#include "rt/idle.h"
#include "rt/machine.h"
#include "rt/os.h"
#include "rt/panic.h"

enum {
	AHEAD = 8,
	LINES = 4,  // of what a goroutine touches first when it goes on
	LINE = 64,
};

struct sched go__sched = {.wake_at = GO__NEVER, .ids = 1};

void
go__proc_push_idle(struct p *p)
{
	p->owner = NULL;
	if (p->id >= go__sched.procs) {  // fewer are wanted by now
		p->is_retired = true;
		return;
	}
	p->next_idle = go__sched.idle_p;
	go__sched.idle_p = p;
	// [S1] see the head of sched.c, here and below.
	store_seq(&go__sched.n_idle_p, go__sched.n_idle_p + 1);
}

struct p *
go__proc_pop_idle(void)
{
	struct p *p = go__sched.idle_p;

	if (p != NULL) {
		go__sched.idle_p = p->next_idle;
		store_seq(&go__sched.n_idle_p, go__sched.n_idle_p - 1);  // [S1]
	}
	return p;
}

void
go__proc_own(struct p *p, struct m *m)
{
	p->owner = m;
	m->p = p;
	store_rlx(&m->taken, TAKEN_NOT);  // the monitor asks under the lock
}

bool
go__proc_take_idle(struct m *m)
{
	struct p *p;

	go__lock(&go__sched.lock);
	p = go__proc_pop_idle();
	if (p != NULL)
		go__proc_own(p, m);
	go__unlock(&go__sched.lock);
	return p != NULL;
}

static int
procs_wanted(void)
{
	const char *text = getenv("LIBGO_PROCS");
	char message[160], *end;
	long n;

	if (text == NULL || *text == '\0')
		return go__os_cpus();
	n = strtol(text, &end, 10);
	if (*text >= '0' && *text <= '9' && *end == '\0' && n >= 1 &&
	    n <= MAX_PROCS)
		return (int)n;
	n = snprintf(message, sizeof message,
		     "libgo: LIBGO_PROCS=%.40s is no number from 1 to %d; "
		     "using %d\n",
		     text, MAX_PROCS, go__os_cpus());
	go__os_write(2, message, (size_t)n);
	return go__os_cpus();
}

// make_p makes one more. The first is there from the start: nothing that
// blocks can fail for want of memory.
static bool
make_p(void)
{
	static struct p first;
	struct p *p = &first;

	if (go__sched.n_made > 0)
		p = go__os_reserve(sizeof *p);
	if (p == NULL)
		return false;
	p->id = go__sched.n_made;
	go__heap_init(&p->timers);
	go__sched.all[go__sched.n_made] = p;
	// [S2] pairs with go__proc_made: the processor is whole.
	store_rel(&go__sched.n_made, go__sched.n_made + 1);
	p->is_retired = true;
	return true;
}

// set_procs makes n processors usable. Of those above n the idle ones retire
// here, the others at their next turn. Called with sched.lock.
static void
set_procs(int n)
{
	struct p **link = &go__sched.idle_p, *p;

	while ((p = *link) != NULL) {
		if (p->id < n) {
			link = &p->next_idle;
			continue;
		}
		*link = p->next_idle;
		p->is_retired = true;
		store_seq(&go__sched.n_idle_p, go__sched.n_idle_p - 1);  // [S1]
	}
	while (go__sched.n_made < n && make_p())
		;
	if (n > go__sched.n_made)
		n = go__sched.n_made;
	store_rlx(&go__sched.procs, n);  // what retires reads it again, locked
	for (int i = 0; i < n; i++) {
		p = go__sched.all[i];
		if (p->is_retired) {
			p->is_retired = false;
			go__proc_push_idle(p);
		}
	}
}

// complain_if_fewer says that there is no memory for n processors.
static void
complain_if_fewer(int n)
{
	char text[120];
	int made = go__proc_made();

	if (n <= made)
		return;
	n = snprintf(text, sizeof text,
		     "libgo: no memory for %d processors; using %d\n", n, made);
	go__os_write(2, text, (size_t)n);
}

void
go__proc_start(void)
{
	int n = 0;

	if (load_rlx(&go__sched.procs) > 0)  // settled below, under the lock
		return;
	go__lock(&go__sched.lock);
	if (go__sched.procs == 0) {
		n = procs_wanted();
		set_procs(n);
	}
	go__unlock(&go__sched.lock);
	go__fork_start();
	complain_if_fewer(n);
}

// push_global adds a list of n. sched.lock is held.
static void
push_global(struct g *first, struct g *last, uint32_t n)
{
	last->next = NULL;
	last->ahead = NULL;
	if (go__sched.last != NULL)
		go__sched.last->next = first;
	else
		go__sched.first = first;
	go__sched.last = last;
	store_seq(&go__sched.n_global, go__sched.n_global + n);  // [S1]
}

void
go__proc_put_global(struct g *first, struct g *last, uint32_t n)
{
	go__lock(&go__sched.lock);
	push_global(first, last, n);
	go__unlock(&go__sched.lock);
}

void
go__proc_pool(void)
{
	struct g *g;

	// Nobody owns them, nor comes to while we have the lock.
	for (struct p *p = go__sched.idle_p; p != NULL; p = p->next_idle)
		while ((g = runq_take_next(&p->queue)) != NULL ||
		       (g = runq_get(&p->queue)) != NULL)
			push_global(g, g, 1);
}

// fetch has g brought near: its first line, and the frames it stopped in.
static void
fetch(const struct g *g)
{
	for (int i = 0; i < LINES; i++)
		__builtin_prefetch((const char *)g - i * LINE, 1);
}

static struct g *
pop_global(void)
{
	struct g *g = go__sched.first;

	if (g->ahead != NULL)
		fetch(g->ahead);
	go__sched.first = g->next;
	if (go__sched.first == NULL)
		go__sched.last = NULL;
	return g;
}

struct g *
go__proc_take_global(struct p *p, uint32_t most)
{
	struct g *g = NULL;
	uint32_t n, left;

	if (load_rlx(&go__sched.n_global) == 0)  // a hint; the lock decides
		return NULL;
	go__lock(&go__sched.lock);
	left = go__sched.n_global;
	if (left > 0) {
		n = left / (uint32_t)go__sched.procs + 1;
		if (n > most)
			n = most;
		if (n > left)
			n = left;
		g = pop_global();
		left -= n;
		// Into the ring before they are off the count: whoever looks
		// for work sees them in one or the other (S4). There is room:
		// p's ring is empty, unless most is 1.
		while (--n > 0)
			go__check(runq_put(&p->queue, pop_global()),
				  "no room for a share of the global queue");
		store_seq(&go__sched.n_global, left);  // [S1]
	}
	go__unlock(&go__sched.lock);
	return g;
}

static void
link_half(struct g **half, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		half[i]->next = i + 1 < n ? half[i + 1] : NULL;
		half[i]->ahead = i + AHEAD < n ? half[i + AHEAD] : NULL;
	}
}

// A full ring gives its older half, and g, to the global queue.
void
go__proc_put(struct p *p, struct g *g)
{
	struct g *half[RUNQ_SIZE / 2];
	uint32_t n;

	while (!runq_put(&p->queue, g)) {
		n = runq_drain(&p->queue, half);
		if (n == 0)
			continue;  // a thief made room
		link_half(half, n);
		half[n - 1]->next = g;
		go__proc_put_global(half[0], g, n + 1);
		return;
	}
}

bool
go__proc_any_work(void)
{
	if (load_seq(&go__sched.n_global) > 0)  // [S1]
		return true;
	for (int i = 0; i < go__proc_made(); i++)
		if (!runq_is_empty(&go__sched.all[i]->queue))
			return true;
	return false;
}

int
go__sched_procs(int n)
{
	int old;

	go__proc_start();
	go__lock(&go__sched.lock);
	old = go__sched.procs;
	if (n > MAX_PROCS)
		n = MAX_PROCS;
	if (n > 0)
		set_procs(n);
	go__unlock(&go__sched.lock);
	complain_if_fewer(n);
	// What was idle before has new company: it may have to wake.
	if (go__proc_any_work())
		go__idle_wake();
	go__idle_mind(go__timers_next());
	go__idle_mind_poll();
	return old;
}
