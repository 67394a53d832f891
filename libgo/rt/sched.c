// SPDX-License-Identifier: MIT
//
// The scheduler: goroutines on processors on threads, with work stealing.
//
// A machine (thread) with a processor takes goroutines from the processor's
// queue, from the global queue, and from other processors' queues. One that
// finds none gives the processor back and sleeps in the kernel.
//
// A goroutine that stops says what is to be done once it is off its stack, and
// switches: to the next one in its processor's queue, as most often there is
// one, or else to the machine's own stack, where the search goes on. Wherever
// the thread arrives, that is done first (settle): until then it is in the
// scheduler, and nobody else can find the goroutine that was left.
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
// Timers. Each processor has a heap of them (timer.c). A machine that runs
// goroutines looks at its processor's between two of them, and at those of
// retired processors that fall to it; one that looks for work looks at all, and
// so do the others now and then. A machine that goes to sleep while a processor
// is idle sleeps until the earliest timer of all is due, unless another does so
// already; sched.wake_at is the earliest of these alarms. Whoever arms an
// earlier timer rouses one sleeper, which sets its alarm anew. While no
// processor is idle the monitor minds those of processors that are held.
//
// Rejected: a poller per processor; a periodic tick (an idle program would not
// be idle); Go's bound of runnext by time (it needs a clock read each turn; a
// count does as well).
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
// Lock rank: locks of conc/ < g.parting < heaps of timers < sched.lock; that of
// a depot of stacks is a leaf. Nothing here is called with sched.lock held.

#include "rt/sched.h"

#include <assert.h>

#include "libgo/goroutine.h"
#include "rt/fault.h"
#include "rt/fork.h"
#include "rt/guard.h"
#include "rt/idle.h"
#include "rt/machine.h"
#include "rt/os.h"
#include "rt/proc.h"
#include "rt/stack.h"

enum {
	GLOBAL_EVERY = 61,  // a prime, so that it meets no other rhythm
	CLOCK_EVERY = 16,
	NEXT_STREAK = 64,  // runs of next that share one turn
	STEAL_ROUNDS = 16,
	ROUND_PAUSES = 32,
	SERVED = 64,  // pauses in which a queue is looked after, or not
	PLENTY = 16,  // goroutines that are worth moving anyhow
	SCHED_STACK = 256 << 10,
};

__thread struct m *go__this_m __attribute__((used));  // read by self.h

// As for reading, self.h: the compiler must not keep the address.
static __attribute__((noinline)) void
set_self_m(struct m *m)
{
	go__this_m = m;
	__asm__ volatile("" ::: "memory");
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

	return m != NULL && go__machine_schedules(m);
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

static void
linger(int pauses)
{
	while (pauses-- > 0)
		go__os_pause();
}

// steal_next takes what another processor runs next, last of all: its owner
// is about to, and has its data in the cache. It must have stood a while.
static struct g *
steal_next(struct runq *q)
{
	struct g *g = runq_peek_next(q);

	if (g == NULL)
		return NULL;
	linger(SERVED);
	return runq_peek_next(q) == g && runq_steal_next(q, g) ? g : NULL;
}

// steal_ring takes half of what another processor has in its ring. A few that
// are being served will run before their data could come here; they are left
// unless it is the last try.
static struct g *
steal_ring(struct runq *own, struct runq *q, bool is_last)
{
	uint32_t head;

	if (runq_ring_is_empty(q))
		return NULL;
	if (!is_last && runq_ring_length(q) < PLENTY) {
		head = runq_peek_head(q);
		linger(SERVED);
		if (runq_peek_head(q) != head)
			return NULL;
	}
	return runq_steal(own, q);
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
		if (load_rlx(&go__sched.n_global) > 0)  // find comes back
			return NULL;
		// Work that comes soon is cheaper to wait for than to be woken
		// for.
		if (round > 1)
			linger(ROUND_PAUSES);
		i = (uint32_t)(next_random(m) >> 32) % n;
		step = coprime(n, (uint32_t)(next_random(m) >> 32));
		for (uint32_t k = 0; k < n; k++, i = (i + step) % n) {
			other = &go__sched.all[i]->queue;
			if (other == own)
				continue;
			g = steal_ring(own, other, round == STEAL_ROUNDS);
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

// due returns when the earliest timer is due that p looks after: one of its
// own, or of a retired processor, of which each has its share.
static inline go_time
due(const struct p *p)
{
	int made = go__proc_made(), procs = load_rlx(&go__sched.procs);
	go_time first = go__heap_next(&p->timers), next;

	for (int i = p->id + procs; i < made; i += procs) {
		next = go__heap_next(&go__sched.all[i]->timers);
		if (next < first)
			first = next;
	}
	return first;
}

static bool
is_past(go_time when)
{
	return when != GO__NEVER && when <= go__os_now();
}

// run_all fires whatever is due, and returns how many that were.
static int
run_all(void)
{
	go_time first = go__timers_next();

	return first != GO__NEVER ? go__timers_run(go__os_now()) : 0;
}

// mind sees to it that others look at the timers and descriptors while m runs
// a goroutine.
static inline void
mind(go_time when)
{
	if (when != GO__NEVER)
		go__idle_mind(when);
	if (go__poll_is_used())
		go__idle_mind_poll();
}

// take_near is take for most turns: from p's own queue, when there is nothing
// else to look at.
static struct g *
take_near(struct m *m)
{
	struct p *p = m->p;
	uint32_t turn = p->n_turns + 1;
	go_time when = due(p);
	struct g *g;

	if (turn % GLOBAL_EVERY == 0 || turn % CLOCK_EVERY == 0 ||
	    go__stress_one_in(4) ||
	    p->id >= load_rlx(&go__sched.procs) ||  // take decides
	    is_past(when))
		return NULL;
	g = take_own(p);
	if (g == NULL)
		return NULL;
	store_rlx(&p->n_turns, turn);  // the monitor compares
	mind(when);
	return g;
}

static struct g *
take(struct m *m)
{
	struct p *p = m->p;
	struct g *g = NULL;

	if (is_past(due(p)))
		run_all();
	store_rlx(&p->n_turns, p->n_turns + 1);  // the monitor compares
	if (p->n_turns % CLOCK_EVERY == 0)
		m->now = go__os_coarse_now();
	go__stress_check(go__runq_is_valid(&p->queue), "a run queue");
	if (p->n_turns % GLOBAL_EVERY == 0 || go__stress_one_in(8)) {
		run_all();
		poll();
		g = go__proc_take_global(p, 1);
	}
	if (g == NULL)
		g = take_own(p);
	if (g == NULL)
		g = go__proc_take_global(p, RUNQ_SIZE / 2);
	if (g == NULL && (poll() || run_all() > 0))
		g = take_own(p);
	if (g == NULL)
		g = steal(m);
	return g;
}

// A searcher may come from a sleep, in which it minded the timers of all.
static void
end_search(struct m *m)
{
	bool was_searching = m->is_searching;

	if (was_searching)
		go__idle_end_search(m);
	mind(was_searching ? go__timers_next() : due(m->p));
}

static struct g *
find(struct m *m)
{
	struct g *g = m->pick;

	m->pick = NULL;
	if (g != NULL)
		return g;
	for (;;) {
		if (m->p == NULL) {
			go__idle_doze(m);
		} else if (m->p->id >= load_rlx(&go__sched.procs)) {
			go__idle_retire(m);  // decides under the lock
		} else if ((g = take(m)) != NULL) {
			end_search(m);
			return g;
		} else {
			go__idle_rest(m);
		}
	}
}

// Machines.

// settle does what is to be done for the goroutine that the thread has left.
static void
settle(struct m *m)
{
	// Before it can be readied, and handed back to us with a processor.
	if (m->bound != NULL && m->p != NULL)
		go__idle_give_back(m);
	m->after(m->left, m->after_arg);
	m->left = NULL;
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
		go__tools_leave(&m->tools, &g->tools, false);
		go__switch(&m->context, &g->context);
		go__tools_arrive(&m->tools, &m->left->tools);
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

	go__tools_arrive(&m->tools, &m->left->tools);
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
		go__guard_set(guarded);
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

// take_next returns who runs next if that is found at once, and may run here.
static struct g *
take_next(struct m *m)
{
	struct g *g;

	if (m->p == NULL || m->bound != NULL)
		return NULL;
	g = take_near(m);
	if (g == NULL || g->machine == NULL)
		return g;
	m->pick = g;  // its machine must be given it
	return NULL;
}

// away switches from the calling goroutine to the one that runs next, or to
// its machine's scheduler, which looks further. The program's code, into which
// it must not be inlined, may use registers that the switch does not know.
static __attribute__((noinline)) void
away(void (*after)(struct g *g, void *arg), void *arg, bool for_good)
{
	struct m *m = go__machine_enter();
	struct g *g, *next;

	if (__builtin_expect(m == NULL, 0))
		go__fork_refuse();
	g = m->g;
	next = take_next(m);
	m->after = after;
	m->after_arg = arg;
	m->left = g;
	m->g = next;
	g->since = m->now;
	if (for_good)
		go__tools_release(g);  // to who lives on this stack next
	go__tools_leave(&g->tools, next != NULL ? &next->tools : &m->tools,
			for_good);
	go__switch(&g->context, next != NULL ? &next->context : &m->context);
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
	struct g *left = m->left;

	assert(m->g == g);
	go__tools_arrive(&g->tools, left != NULL ? &left->tools : &m->tools);
	go__tools_acquire(&m->tools);  // g may use the thread's variables
	if (left != NULL)
		settle(m);
	go__machine_exit(m);
}

// requeue puts g behind all others; it wakes nobody if there are none, not even
// one that the thread has come to.
static void
requeue(struct g *g, void *arg)
{
	struct m *m = go__sched_machine();
	struct p *p = m->p;
	bool is_alone =
		p != NULL && m->g == NULL && runq_ring_is_empty(&p->queue);

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
		if (!go__stress_one_in(4))
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

	if (m == NULL || go__machine_schedules(m)) {
		put(m, g);
		return;
	}
	if (go__machine_enter() == NULL)
		return;  // g is the parent's
	put(m, g);
	is_lost = m->p == NULL;
	go__machine_exit(m);
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
