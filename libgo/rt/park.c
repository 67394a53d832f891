// SPDX-License-Identifier: MIT
//
// A goroutine that parks leaves its stack, and then its thread releases what
// park was given: at that moment, and no earlier, others can find the goroutine
// and ready it, perhaps on another machine.
//
// With a deadline there is a second one who may ready it: the timer. It is
// armed before the release, for afterwards the goroutine may run and end; and
// it must not ready the goroutine before the release, for that reads the
// goroutine's frame. So the scheduler holds g.parting from arming to release,
// and the timer's callback passes through that lock before it claims.
//
// A late callback, begun before its timer was cancelled, finds another ticket
// or none: tickets are never used twice. g->n_late counts those that are under
// way, and the struct g stays one until they have ended.

#include "rt/park.h"

#include <assert.h>
#include <stddef.h>

#include "rt/fork.h"
#include "rt/machine.h"
#include "rt/os.h"

static struct g main_g = {.kind = G_MAIN, .id = 1};
static __thread struct g thread_g = {.kind = G_THREAD};
static __thread bool is_known, is_main;

// As in sched.c: the compiler must not keep a thread's address across a call.
static __attribute__((noinline)) struct g *
thread_self(void)
{
	__asm__ volatile("");
	if (!is_known) {
		is_main = go__os_is_main_thread();
		is_known = true;
	}
	return is_main ? &main_g : &thread_g;
}

struct g *
go__park_main(void)
{
	return &main_g;
}

struct g *
go__self(void)
{
	const struct m *m = go__sched_machine();

	return m != NULL && m->g != NULL ? m->g : thread_self();
}

// leave is go__sched_leave, for which main must be a goroutine.
static void
leave(struct g *g, void (*after)(struct g *g, void *arg), void *arg)
{
	if (g->kind == G_MAIN && go__sched_machine() == NULL)
		go__sched_adopt(g);
	go__sched_leave(after, arg);
}

// thread_park sleeps until go__ready or the deadline; true if ready.
static bool
thread_park(struct g *g, go_time deadline)
{
	// [K1] pairs with go__ready: what it wrote before is seen.
	while (load_acq(&g->token) == 0) {
		if (go__fork_is_child())
			go__fork_refuse();
		if (deadline != GO__NEVER && go__os_now() >= deadline)
			return false;
		go__os_wait(&g->token, 0, deadline);
	}
	store_rlx(&g->token, 0);  // nobody sets it before we park again
	return true;
}

static void
unlock(struct g *g, void *lock)
{
	(void)g;
	go__unlock_after(lock);
}

void
go__park(uint32_t *lock, enum go__why why)
{
	struct g *g = go__self();

	g->why = why;
	if (g->kind == G_THREAD) {
		go__unlock(lock);
		thread_park(g, GO__NEVER);
	} else {
		go__tools_release(lock);
		leave(g, unlock, lock);
	}
	go__tools_acquire(g);
	g->why = GO__WHY_NONE;
	go__stress_yield();
}

struct parting {
	void (*release)(void *);
	void *arg;
	go_time deadline;
	uint64_t ticket;
};

static void
deadline_passed(struct go__timer *t, uint64_t ticket)
{
	struct g *g =
		(struct g *)(void *)((char *)t - offsetof(struct g, timer));

	go__lock(&g->parting);
	go__unlock(&g->parting);
	// Relaxed: the cas only decides; winner was set with the ticket.
	if (cas_rlx(&g->claim, ticket, 0))
		go__ready(g);
	else
		sub_acqrel(&g->n_late, 1);  // [SW1] pairs with sweep.c: the end
}

static void
part(struct g *g, void *arg)
{
	struct parting *p = arg;  // on g's stack: gone after the release

	go__tools_acquire(g);
	if (p->deadline == GO__NEVER) {
		p->release(p->arg);
		return;
	}
	go__lock(&g->parting);
	go__timer_arm(&g->timer, p->deadline, p->ticket);
	p->release(p->arg);
	go__unlock(&g->parting);
}

// thread_park_until is go__park_until for a plain thread, whose deadline is
// the kernel's business.
static struct go__waiter *
thread_park_until(struct g *g, struct parting *p)
{
	p->release(p->arg);
	// A claim that came first means that go__ready is under way.
	if (!thread_park(g, p->deadline) && !cas_rlx(&g->claim, p->ticket, 0))
		thread_park(g, GO__NEVER);
	return g->winner;
}

struct go__waiter *
go__park_until(void (*release)(void *), void *arg, enum go__why why,
	       go_time deadline)
{
	struct g *g = go__self();
	struct parting p = {release, arg, deadline, g->n_tickets};
	struct go__waiter *winner;

	g->why = why;
	if (g->kind == G_THREAD) {
		winner = thread_park_until(g, &p);
	} else {
		if (g->timer.fn == NULL)
			go__timer_init(&g->timer, deadline_passed);
		go__tools_release(g);
		leave(g, part, &p);
		winner = g->winner;
		if (deadline != GO__NEVER && winner != NULL &&
		    !go__timer_cancel(&g->timer))
			add_rlx(&g->n_late, 1);  // ours, or soon the depot's
	}
	go__tools_acquire(g);
	g->why = GO__WHY_NONE;
	go__stress_yield();
	return winner;
}

void
go__ready(struct g *g)
{
	go__tools_release(g);
	if (g->kind != G_THREAD) {
		go__sched_put(g);
		go__stress_yield();
		return;
	}
	// [K1] pairs with thread_park. The thread may end at once; waking an
	// address that is gone is harmless.
	store_rel(&g->token, 1);
	go__os_wake(&g->token, 1);
}

void
go__ready_all(struct go__waitq *q)
{
	struct go__waiter *w;

	while ((w = q->first) != NULL) {
		go__waitq_remove(q, w);
		go__ready(w->g);  // w dies as soon as its goroutine runs
	}
}

uint64_t
go__ticket(struct g *self)
{
	uint64_t ticket = ++self->n_tickets;

	self->winner = NULL;
	// Relaxed: others learn of the ticket through a queue's lock, or the
	// timers'.
	store_rlx(&self->claim, ticket);
	return ticket;
}

bool
go__claim(struct go__waiter *w)
{
	if (w->ticket == 0)
		return true;
	// Relaxed: the cas only decides who readies; what the winner writes
	// goes to the waiter with go__ready.
	if (!cas_rlx(&w->g->claim, w->ticket, 0))
		return false;
	w->g->winner = w;
	return true;
}

uint64_t
go__random(struct g *self)
{
	// xorshift64 (Marsaglia 2003); any seed but 0 will do.
	if (self->random == 0)
		self->random = (uintptr_t)self * 0x9e3779b97f4a7c15 | 1;
	self->random ^= self->random << 13;
	self->random ^= self->random >> 7;
	self->random ^= self->random << 17;
	return self->random;
}

const char *
go__why_text(enum go__why why)
{
	static const char *const texts[] = {
		[GO__WHY_NONE] = "running",
		[GO__WHY_SEND] = "channel send",
		[GO__WHY_RECV] = "channel receive",
		[GO__WHY_NIL_CHAN] = "NULL channel",
		[GO__WHY_SELECT] = "select",
		[GO__WHY_SELECT_NOTHING] = "select without a case",
		[GO__WHY_SLEEP] = "sleep",
		[GO__WHY_MUTEX] = "mutex",
		[GO__WHY_RWMUTEX_READ] = "rwmutex, to read",
		[GO__WHY_RWMUTEX_WRITE] = "rwmutex, to write",
		[GO__WHY_WAITGROUP] = "wait group",
		[GO__WHY_GROUP] = "group's limit",
		[GO__WHY_ONCE] = "once",
		[GO__WHY_COND] = "condition",
		[GO__WHY_SEM] = "semaphore",
		[GO__WHY_TIMER] = "timer's function",
		[GO__WHY_READ] = "descriptor, to read",
		[GO__WHY_WRITE] = "descriptor, to write",
		[GO__WHY_ENDED] = "main has ended",
	};

	_Static_assert(sizeof texts / sizeof texts[0] == GO__WHY_COUNT,
		       "each reason to wait has its words");
	return texts[why];
}
