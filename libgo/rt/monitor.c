// SPDX-License-Identifier: MIT
//
// The monitor: processors that are held too long change hands.
//
// C code cannot be preempted without signals, and signals break C code: so
// not the goroutine leaves the thread, but the processor does. The monitor, a
// thread of its own, sees that a processor has run one goroutine for long
// while others wait, takes it away and has another machine run it. The hog
// goes on in its own thread; when it next enters the runtime it finds its
// processor gone, and queues for one when it waits, yields or wakes somebody.
//
// Taking is a question that the owner may answer. In enter() it says that it
// is in the runtime and then looks whether it was asked; the monitor asks,
// has every thread pass a memory barrier, and then looks whether the owner is
// in the runtime. So one of the two sees the other:
//
//	not in the runtime: the processor is the monitor's. The owner touches
//	    its queue in the runtime only, and will see the question first.
//	in the runtime: the monitor takes its question back, unless the owner
//	    has seen it and given the processor up.
//
// The price is paid by the monitor (membarrier); entering costs the owner a
// store and a load. On a kernel without it (before 4.14, or forbidden) nothing
// is taken: hogs then keep their processors.
//
// The monitor sleeps while a processor is idle or nothing waits; whoever makes
// somebody wait for a busy processor calls it. monitor.until is 0 while it is
// awake, else when it wakes by itself.
//
//	caller:  [S1] queue, [T1] arm       monitor:  [H3] set until
//	         [H3] read until                      [S1], [T1] look once more
//
// Threads that compute share the CPUs, so the more of them are without a
// processor the longer a goroutine may hold one; those that block in the
// kernel take nothing from anybody, and lose theirs at the first look.

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "rt/debug.h"
#include "rt/idle.h"
#include "rt/machine.h"
#include "rt/os.h"
#include "rt/proc.h"

enum {
	// ns between two looks while somebody waits, and ns that a goroutine
	// may hold a processor
	TICK = STRESS ? 100000 : 1000000,
	SLICE = STRESS ? 50000 : 1000000,
	MAX_DOUBLINGS = 6,     // of SLICE
	LATE = 50000,          // ns that a timer may be late before we look
	POLL_TICK = 10000000,  // ns between two looks at descriptors
	LINGER = 20,           // looks without finding anybody waiting
	RETRY = 10000000,      // ns until a thread is asked for again
};

static struct {
	go_time until;      // atomic, but for the waiting: see above
	uint32_t bell;      // atomic; futex, rung by callers
	uint32_t is_made;   // atomic
	uint32_t is_owed;   // atomic; it was called and could not be had
	uint32_t lacks;     // atomic; idle processors have no thread
	bool is_reporting;  // immutable once made
} monitor = {.until = GO__NEVER};

static bool
somebody_waits(go_time now)
{
	return go__proc_any_work() || go__timers_next() <= now;
}

// somebody_sleeps tells whether an idle processor has a thread to sleep for
// it: who queues, or takes the last one, sees to the rest.
static bool
somebody_sleeps(void)
{
	return load_seq(&go__sched.n_idle_p) > 0 &&  // [S1]
	       load_seq(&monitor.lacks) == 0;        // [H3]
}

struct report {
	char text[256];
	size_t n;
};

// compose writes the report; nothing if none is asked for. The goroutine runs
// on, and its memory may be another's soon.
static void
compose(struct report *r, const struct m *m, go_duration held, bool is_blocked)
{
	const struct g *g = m->g;
	int n = 0;

	if (monitor.is_reporting && g != NULL)
		n = snprintf(
			r->text, sizeof r->text,
			"libgo: goroutine %llu (%s), started at %s:%d, %s for "
			"%.1f ms in thread %d: its processor goes on without "
			"it\n",
			(unsigned long long)g->id,
			g->name[0] != '\0' ? g->name
			: g->site != NULL  ? g->site->function
					   : "main",
			g->site != NULL ? g->site->file : "main",
			g->site != NULL ? g->site->line : 0,
			is_blocked ? "blocked" : "computed", (double)held / 1e6,
			m->tid);
	r->n = n < (int)sizeof r->text ? (size_t)n : sizeof r->text - 1;
}

// take asks p's owner for it; true if it is ours. *can tells whether the system
// lets us ask. sched.lock is held.
static bool
take(struct p *p, bool *can)
{
	struct m *m = p->owner;

	store_rlx(&m->taken, TAKEN_ASKED);  // [H1] ordered by the barrier
	*can = go__os_barrier() == 0;
	if (*can && load_acq(&m->in_runtime) == 0) {
		// [H2] pairs with go__machine_exit: we see its queue.
		cas_rlx(&m->taken, TAKEN_ASKED, TAKEN_AWAY);  // or it did
	} else if (cas_rlx(&m->taken, TAKEN_ASKED, TAKEN_NOT)) {
		return false;
	}
	// [H2] pairs with go__monitor_lost.
	(void)load_acq(&m->taken);
	p->owner = NULL;
	add_rlx(&go__sched.n_away, 1);  // a measure
	return true;
}

bool
go__monitor_lost(struct m *m)
{
	uint32_t taken = load_rlx(&m->taken);  // the cas decides

	if (taken == TAKEN_BY_FORK)
		return false;
	// [H2] pairs with take: the monitor sees the queue as we left it.
	if (!cas_rel(&m->taken, TAKEN_ASKED, TAKEN_AWAY) &&
	    load_rlx(&m->taken) != TAKEN_AWAY)  // it is this or not at all
		return true;
	if (m->p != NULL)
		add_rlx(&go__sched.n_away, -1);  // a measure
	m->p = NULL;
	return true;
}

// slice is how long a goroutine that computes may hold a processor.
static go_duration
slice(void)
{
	// A measure: a hog may be back before it is counted.
	int n = load_rlx(&go__sched.n_away) / load_rlx(&go__sched.procs);

	if (n < 0)
		n = 0;
	return (go_duration)SLICE << (n < MAX_DOUBLINGS ? n : MAX_DOUBLINGS);
}

// complain says once what goroutines wait for.
static void
complain(uint32_t *is_said, const char *text)
{
	if (swap_rlx(is_said, 1) == 0)  // decides who does
		go__os_write(2, text, strlen(text));
}

// complain_of_threads says that none can be had for a processor.
static void
complain_of_threads(void)
{
	static uint32_t is_said;  // atomic

	complain(&is_said, "libgo: too many threads block or compute outside "
			   "of libgo; goroutines wait for one of them to come "
			   "back\n");
}

// complain_of_barrier says that processors cannot be taken from anybody.
static void
complain_of_barrier(void)
{
	static uint32_t is_said;  // atomic

	complain(&is_said, "libgo: the system refuses membarrier; goroutines "
			   "that compute or block keep their processors, and "
			   "others wait for them\n");
}

// look takes p away if one goroutine has held it for long.
static void
look(struct p *p, go_time now)
{
	uint32_t turns = load_rlx(&p->n_turns);  // only compared
	bool is_ours = false, is_blocked, can = true;
	go_duration held = now - p->seen_at;
	struct report report;
	struct m *m;

	if (turns != p->seen_turns) {
		p->seen_turns = turns;
		p->seen_at = now;
		return;
	}
	if (held < SLICE || !somebody_waits(now))
		return;
	go__lock(&go__sched.lock);
	m = p->owner;
	if (m != NULL && load_rlx(&p->n_turns) == turns &&
	    load_rlx(&m->in_runtime) == 0) {  // hints; take decides
		is_blocked = go__os_thread_is_blocked(m->tid);
		if (is_blocked || held >= slice())
			is_ours = take(p, &can);
		if (is_ours)
			compose(&report, m, held, is_blocked);
	}
	go__unlock(&go__sched.lock);
	if (!can)
		complain_of_barrier();
	if (!is_ours)
		return;
	p->seen_at = now;
	if (!go__idle_give(p))
		complain_of_threads();
	if (report.n > 0)
		go__os_write(2, report.text, report.n);
}

// nap sleeps for a tick, or until a timer is late.
static void
nap(go_time now)
{
	go_time when = now + TICK, timer = go__timers_next();

	if (timer > now && timer < when - LATE)
		when = timer + LATE;
	go__os_nap(when);
}

// next_look returns when to look although nobody calls: a timer may find all
// processors busy, and nobody polls while all compute.
static go_time
next_look(go_time now)
{
	go_time until = go__timers_next();

	if (somebody_sleeps())
		return GO__NEVER;
	if (go__poll_is_used() && until > now + POLL_TICK)
		until = now + POLL_TICK;
	return until;
}

// rest sleeps until then, or until somebody calls: true if so.
static bool
rest(go_time now)
{
	go_time until = next_look(now);
	uint32_t bell = load_rlx(&monitor.bell);  // compared by the kernel

	store_seq(&monitor.until, until);  // [H3] see the head
	// Those who found us awake a moment ago did not call.
	if (somebody_sleeps() ||
	    (!go__proc_any_work() && next_look(now) >= until))
		go__os_wait(&monitor.bell, bell, until);
	store_seq(&monitor.until, 0);            // [H3]
	return load_rlx(&monitor.bell) != bell;  // what for is looked at next
}

static void *__attribute__((noreturn)) run(void *arg)
{
	bool is_full, is_waited_for;
	go_time now;
	int quiet = 0;

	(void)arg;
	for (;;) {
		now = go__os_now();
		is_full = load_seq(&go__sched.n_idle_p) == 0;  // [S1]
		if (is_full && go__poll_is_used())
			go__poll_now();
		is_waited_for = somebody_waits(now);
		if (is_waited_for && !is_full)
			go__idle_wake();  // a thread could not be had before
		quiet = is_waited_for && !somebody_sleeps() ? 0 : quiet + 1;
		for (int i = 0; i < go__proc_made(); i++)
			look(go__sched.all[i], now);
		if (quiet < LINGER)
			nap(now);
		else
			quiet = rest(now) ? 0 : LINGER;
	}
}

// make makes the monitor's thread. If none can be had it is owed: whoever calls
// next tries again, and so do machines that sleep.
static void
make(void)
{
	static uint32_t is_said;  // atomic
	int error;

	if (!cas_rlx(&monitor.is_made, 0, 1))  // decides who does it
		return;
	monitor.is_reporting = go__debug_has(GO__DEBUG_handoff);
	store_seq(&monitor.until, 0);  // [H3]
	error = go__os_thread(run, NULL);
	store_rlx(&monitor.is_owed, error != 0);  // whoever sleeps looks
	if (error == 0)
		return;
	store_seq(&monitor.until, GO__NEVER);  // [H3]
	store_rlx(&monitor.is_made, 0);        // try again
	complain(&is_said, "libgo: no thread can be had for the monitor; "
			   "goroutines that compute or block keep their "
			   "processors, and others wait for them\n");
}

void
go__monitor_lack(void)
{
	store_seq(&monitor.lacks, 1);  // [H3]
	go__monitor_call(0);
}

void
go__monitor_suffice(void)
{
	if (load_rlx(&monitor.lacks) > 0)      // seen late it does no harm
		store_seq(&monitor.lacks, 0);  // [H3]
}

go_time
go__monitor_retry(void)
{
	if (load_rlx(&monitor.is_owed) == 0)  // seen late it is seen soon
		return GO__NEVER;
	// Who takes the last processor calls.
	if (load_seq(&go__sched.n_idle_p) > 0 ||  // [S1]
	    (!go__proc_any_work() && go__timers_next() == GO__NEVER &&
	     !go__poll_is_used())) {
		store_rlx(&monitor.is_owed, 0);
		return GO__NEVER;
	}
	return go__os_now() + RETRY;
}

void
go__monitor_call(go_time when)
{
	// [H3] see the head.
	if (load_seq(&monitor.until) <= when)
		return;
	if (load_rlx(&monitor.is_made) == 0) {  // the cas decides
		make();
		return;
	}
	add_rlx(&monitor.bell, 1);  // the kernel compares it
	go__os_wake(&monitor.bell, 1);
}

int
go__monitor_threads(void)
{
	return load_rlx(&monitor.is_made) != 0;  // it stays
}
