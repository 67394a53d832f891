// SPDX-License-Identifier: MIT
//
// The scheduler: goroutines on processors on threads, with work stealing.
//
// A machine (thread) with a processor takes goroutines from the processor's
// queue, from the global queue, and from other processors' queues. One that
// finds none gives the processor back and sleeps in the kernel. All of it
// happens on the machine's own stack: a goroutine that stops switches there
// and says what is to be done once it is off its own.
//
// Who is woken when. A machine that looks for work without having any is a
// searcher. Whoever makes a goroutine runnable wakes a searcher if a processor
// is idle and nobody searches; more is not needed, because whoever takes
// searching down to 0, with or without success, looks at all the queues
// afterwards and sees to it that a next one searches if there is work left. So
// a burst of goroutines wakes machines one after another, never a herd, and
// none sleeps while there is work:
//
//	producer:  [S1] put the goroutine     idler:  [S1] idle processors += 1
//	           [S1] read idle processors          [S1] searching -= 1
//	           [S1] read searching                [S1] read the queues
//
// All are sequentially consistent: one of the two sees the other.
//
// Timers. A machine that goes to sleep while a processor is idle sleeps until
// the earliest timer is due, unless another does so already; sched.wake_at is
// the earliest of these alarms. Whoever arms an earlier timer rouses one
// sleeper, which sets its alarm anew. Machines that run goroutines look at the
// timers between two of them.
//
// Rejected: a timer heap and a poller per processor (stealing timers is the
// hardest part of Go's scheduler, and one lock per sleep has not been seen to
// hurt); a periodic tick (an idle program would not be idle); Go's bound of
// runnext by time (it needs a clock read each turn; a count does as well).
//
// Invariants, whenever sched.lock is free:
//   S1  A processor is idle (on sched.idle_p), retired, or owned by one
//       machine.
//   S2  A machine on sched.idle_m owns no processor and runs nothing.
//   S3  searching counts the machines that have is_searching, and the wakers
//       that are about to make one.
//   S4  While a goroutine is queued and a processor idle, somebody searches,
//       or is between putting it and reading searching, or between taking
//       searching down and reading the queues.
//   S5  wake_at is the earliest alarm of the machines on sched.idle_m.
//   S6  While a goroutine is locked to its thread there is a machine that is
//       not bound to one: it runs the others, and hands over those that are.
//
// Lock rank: locks of conc/ < g.parting < timers.lock < sched.lock; the lock
// of a stack class is a leaf. Nothing here is called with sched.lock held.

#include "rt/sched.h"

#include <assert.h>

#include "libgo/goroutine.h"
#include "rt/fault.h"
#include "rt/fork.h"
#include "rt/machine.h"
#include "rt/os.h"
#include "rt/stack.h"

enum {
	GLOBAL_EVERY = 61,  // a prime, so that it meets no other rhythm
	CLOCK_EVERY = 16,
	NEXT_STREAK = 64,  // runs of next that share one turn
	STEAL_ROUNDS = 16,
	ROUND_SPINS = 32,
	NEXT_SPINS = 64,  // how long next must stand before it is stolen
	ID_BLOCK = 64,
	SCHED_STACK = 256 << 10,
};

static __thread struct m *this_m;

// The compiler may keep the address of a thread-local across a switch, after
// which the goroutine may be on another thread: so ask anew, by a call.
__attribute__((noinline)) struct m *
go__sched_machine(void)
{
	__asm__ volatile("");
	return this_m;
}

static __attribute__((noinline)) void
set_self_m(struct m *m)
{
	__asm__ volatile("");
	this_m = m;
}

struct g *
go__sched_self(void)
{
	struct m *m = go__sched_machine();

	return m != NULL ? m->g : NULL;
}

bool
go__sched_is_between(void)
{
	struct m *m = go__sched_machine();

	return m != NULL && m->g == NULL;
}

static uint64_t
next_random(struct m *m)
{
	// xorshift64 (Marsaglia 2003)
	m->random ^= m->random << 13;
	m->random ^= m->random >> 7;
	m->random ^= m->random << 17;
	return m->random;
}

// enter is where a goroutine's thread comes from the program's code into the
// runtime; until exit, or until it runs a goroutine again, the monitor leaves
// its processor alone. m->p is NULL if that is gone. NULL for a plain thread,
// and in a child of fork.
static struct m *
enter(void)
{
	struct m *m = go__sched_machine();

	if (m == NULL)
		return NULL;
	store_rlx(&m->in_runtime, 1);
	// [H1] the compiler's half of a barrier; the monitor makes the other
	// half for all threads: it sees in_runtime, or we see taken.
	__asm__ volatile("" ::: "memory");
	if (load_rlx(&m->taken) != TAKEN_NOT && !go__monitor_lost(m))
		return NULL;
	return m;
}

static void
leave_runtime(struct m *m)
{
	// [H2] pairs with the monitor: it sees the queue as we left it.
	store_rel(&m->in_runtime, 0);
}

// Who runs next.

static uint32_t
coprime(uint32_t n, uint32_t seed)
{
	uint32_t step = 1 + seed % n, a, b, rest;

	for (;; step++) {
		for (a = step, b = n; b != 0; a = b, b = rest)
			rest = a % b;
		if (a == 1)
			return step;
	}
}

// steal_next takes what another processor runs next, last of all: its owner
// is about to, and has its data in the cache. It must have stood a while.
static struct g *
steal_next(struct runq *q)
{
	struct g *g = runq_peek_next(q);

	if (g == NULL)
		return NULL;
	for (int i = 0; i < NEXT_SPINS; i++) {
		if (runq_peek_next(q) != g)
			return NULL;
		go__os_pause();
	}
	return runq_steal_next(q, g) ? g : NULL;
}

static struct g *
steal(struct m *m)
{
	uint32_t n = (uint32_t)go__proc_made(), i, step;
	struct runq *own = &m->p->queue, *other;
	struct g *g;

	if (n == 1)
		return NULL;
	if (!m->is_searching) {
		// More searchers than half the busy ones find no more work.
		// Hints: whoever sleeps looks once more before.
		if (2 * load_rlx(&go__sched.searching) +
			    load_rlx(&go__sched.n_idle_p) >=
		    (uint32_t)load_rlx(&go__sched.procs))
			return NULL;
		go__idle_begin_search(m);
	}
	for (int round = 1; round <= STEAL_ROUNDS; round++) {
		// Work that comes soon is cheaper to wait for than to be woken
		// for.
		for (int k = 0; k < ROUND_SPINS && round > 1; k++)
			go__os_pause();
		i = (uint32_t)(next_random(m) >> 32) % n;
		step = coprime(n, (uint32_t)(next_random(m) >> 32));
		for (uint32_t k = 0; k < n; k++, i = (i + step) % n) {
			other = &go__sched.all[i]->queue;
			if (other == own)
				continue;
			g = runq_steal(own, other);
			if (g == NULL && round == STEAL_ROUNDS)
				g = steal_next(other);
			if (g != NULL)
				return g;
		}
	}
	return NULL;
}

// take_own takes from p's own queue: next first, for its data is in the cache,
// but no more than NEXT_STREAK times while others wait behind it.
static struct g *
take_own(struct p *p)
{
	struct g *g = runq_take_next(&p->queue);

	if (g != NULL && ++p->streak < NEXT_STREAK)
		return g;
	p->streak = 0;
	if (g != NULL) {
		if (runq_ring_is_empty(&p->queue))
			return g;
		go__proc_put(p, g);
	}
	return runq_get(&p->queue);
}

// poll readies who waits for descriptors, unless a sleeper does; true if it
// found any.
static bool
poll(void)
{
	return go__poll_is_used() &&
	       load_rlx(&go__sched.poller) == NULL &&  // a hint
	       go__poll_now() > 0;
}

static struct g *
take(struct m *m)
{
	struct p *p = m->p;
	struct g *g = NULL;
	go_time due = go__timers_next(), now;

	if (due != GO__NEVER && due <= (now = go__os_now()))
		go__timers_run(now);
	store_rlx(&p->n_turns, p->n_turns + 1);  // the monitor compares
	if (p->n_turns % CLOCK_EVERY == 0)
		m->now = go__os_coarse_now();
	if (p->n_turns % GLOBAL_EVERY == 0) {
		poll();
		g = go__proc_take_global(p, 1);
	}
	if (g == NULL)
		g = take_own(p);
	if (g == NULL)
		g = go__proc_take_global(p, RUNQ_SIZE / 2);
	if (g == NULL && poll())
		g = take_own(p);
	if (g == NULL)
		g = steal(m);
	return g;
}

static struct g *
find(struct m *m)
{
	struct g *g;

	for (;;) {
		if (m->p == NULL) {
			go__idle_doze(m);
		} else if (m->p->id >= load_rlx(&go__sched.procs)) {
			go__idle_retire(m);  // decides under the lock
		} else if ((g = take(m)) != NULL) {
			go__idle_end_search(m);
			go__idle_mind(go__timers_next());
			go__idle_mind_poll();
			return g;
		} else {
			go__idle_rest(m);
		}
	}
}

// Machines.

// settle is where a goroutine's thread comes to when it left its stack.
static void
settle(struct m *m)
{
	struct g *g = m->g;

	go__tools_arrive(&m->tools, &g->tools);
	m->g = NULL;
	// Before g can be readied, and handed back to us with a processor.
	if (m->bound != NULL && m->p != NULL)
		go__idle_give_back(m);
	m->after(g, m->after_arg);
}

static void __attribute__((noreturn)) loop(struct m *m)
{
	struct g *g;

	for (;;) {
		g = m->bound != NULL ? go__idle_await(m) : find(m);
		if (g->machine != NULL && g->machine != m) {
			go__idle_hand(m, g);
			continue;
		}
		m->g = g;
		leave_runtime(m);
		go__tools_leave(&m->tools, &g->tools, false);
		go__switch(&m->context, &g->context);
		settle(m);
	}
}

void *
go__sched_thread(void *arg)
{
	struct m *m = arg;

	m->tid = go__os_thread_id();
	set_self_m(m);
	go__tools_thread(&m->tools);
	go__tools_release(
		&m->tools);  // the thread's variables are made: arrive
	go__fault_thread();
	loop(m);
}

static void
adopted(void)
{
	struct m *m = go__sched_machine();

	settle(m);
	loop(m);
}

// Main becomes a goroutine when it first blocks, with a lock held: this must
// not fail. There is one main thread, so what its machine needs is there from
// the start; its stack, without a guard, only for want of a better one.
void
go__sched_adopt(struct g *g)
{
	static _Alignas(16) char room[SCHED_STACK];
	static struct m main_m;
	char *guarded = go__os_reserve(SCHED_STACK);
	char *stack = guarded != NULL ? guarded : room;
	size_t guard = guarded != NULL ? go__os_page() : 0;
	struct m *m = &main_m;

	if (go__fork_is_child())
		go__fork_refuse();
	go__idle_init(m);
	go__proc_start();
	go__fault_thread();
	if (guarded != NULL)
		go__os_guard(guarded);
	go__tools_thread(&g->tools);
	go__tools_born(&m->tools, stack + guard, SCHED_STACK - guard);
	go__tools_release(&m->tools);  // as of any machine
	go__context_init(&m->context, stack + SCHED_STACK, adopted);
	m->g = g;
	m->tid = go__os_thread_id();
	go__lock(&go__sched.lock);
	go__sched.n_machines++;
	go__deadlock_awake();
	go__unlock(&go__sched.lock);
	go__idle_enlist(m);
	if (g->n_locks > 0)
		go__bound_bind(m, g);
	set_self_m(m);
}

// away switches from the calling goroutine to its machine's scheduler.
static void
away(void (*after)(struct g *g, void *arg), void *arg, bool for_good)
{
	struct m *m = enter();
	struct g *g;

	if (__builtin_expect(m == NULL, 0))
		go__fork_refuse();
	g = m->g;
	m->after = after;
	m->after_arg = arg;
	g->since = m->now;
	go__tools_leave(&g->tools, &m->tools, for_good);
	go__switch(&g->context, &m->context);
	go__sched_arrive(g);  // perhaps on another machine
}

void
go__sched_leave(void (*after)(struct g *g, void *arg), void *arg)
{
	away(after, arg, false);
}

void
go__sched_finish(void (*after)(struct g *g, void *arg), void *arg)
{
	away(after, arg, true);
	__builtin_unreachable();
}

void
go__sched_arrive(struct g *g)
{
	struct m *m = go__sched_machine();

	assert(m->g == g);
	go__tools_arrive(&g->tools, &m->tools);
	go__tools_acquire(&m->tools);  // g may use the thread's variables
}

// requeue puts g behind all others; it wakes nobody if there are none.
static void
requeue(struct g *g, void *arg)
{
	struct p *p = go__sched_machine()->p;
	bool is_alone = p != NULL && runq_ring_is_empty(&p->queue);

	(void)arg;
	if (p != NULL)
		go__proc_put(p, g);
	else
		go__proc_put_global(g, g, 1);
	if (!is_alone)
		go__idle_wake();
}

void
go__sched_yield(void)
{
	away(requeue, NULL, false);
}

// put queues g on m's processor, or for any.
static void
put(struct m *m, struct g *g)
{
	if (m != NULL && m->p != NULL) {
		g = runq_put_next(&m->p->queue, g);
		if (g != NULL)
			go__proc_put(m->p, g);
	} else {
		if (go__fork_is_child())
			return;  // g is the parent's
		go__proc_start();
		go__proc_put_global(g, g, 1);
	}
	go__idle_wake();
}

void
go__sched_put(struct g *g)
{
	struct m *m = go__sched_machine();
	bool is_lost;

	if (m == NULL || m->g == NULL) {
		put(m, g);  // a plain thread, or a scheduler
		return;
	}
	if (enter() == NULL)
		return;  // g is the parent's
	put(m, g);
	is_lost = m->p == NULL;
	leave_runtime(m);
	if (is_lost)
		go__sched_yield();  // queue for a processor
}

void
go__sched_forked(void)
{
	struct m *m = go__sched_machine();

	store_rlx(&go__sched.made, NULL);  // there is one thread
	if (m != NULL)
		store_rlx(&m->taken, TAKEN_BY_FORK);
}

void
go_blocking_begin(void)
{
	struct m *m = enter();

	if (m == NULL)
		return;
	if (m->p != NULL)
		go__idle_give_back(m);
	leave_runtime(m);
}

void
go_blocking_end(void)
{
	struct m *m = enter();
	bool has_p;

	if (m == NULL)
		return;
	has_p = m->p != NULL || go__proc_take_idle(m);
	leave_runtime(m);
	if (!has_p)
		go__sched_yield();
}

// Numbers.

uint64_t
go__sched_born(void)
{
	struct m *m = go__sched_machine();

	if (m == NULL) {
		add_rlx(&go__sched.alive, 1);       // a statistic
		return add_rlx(&go__sched.ids, 1);  // unique is enough
	}
	store_rlx(&m->alive, m->alive + 1);  // a statistic
	if (m->next_id == m->end_id) {
		m->end_id =
			add_rlx(&go__sched.ids, ID_BLOCK);  // unique is enough
		m->next_id = m->end_id - ID_BLOCK;
	}
	return ++m->next_id;
}

void
go__sched_died(void)
{
	struct m *m = go__sched_machine();

	store_rlx(&m->alive, m->alive - 1);  // a statistic
}

size_t
go__sched_count(void)
{
	int64_t n = 1 + load_rlx(&go__sched.alive);  // main; a statistic

	// [S3] pairs with go__idle_enlist.
	for (struct m *m = load_acq(&go__sched.made); m != NULL;
	     m = m->next_made)
		n += load_rlx(&m->alive);  // a statistic
	return n > 0 ? (size_t)n : 0;
}
