// SPDX-License-Identifier: MIT
//
// machine: what the files of the scheduler share: proc.c, idle.c, monitor.c and
// sched.c, whose head tells the design; deadlock.c and dump.c only look.

#ifndef RT_MACHINE_H
#define RT_MACHINE_H

#include "rt/g.h"
#include "rt/poll.h"
#include "rt/runq.h"
#include "rt/sched.h"
#include "rt/stack.h"
#include "self.h"

enum { MAX_PROCS = 1024 };

struct p {
	struct runq queue;
	struct go__timers timers;
	struct stack_cache stacks;
	uint32_t n_turns;     // owner writes, the monitor looks; of schedule
	uint32_t streak;      // owner; of runs of next
	int id;               // immutable
	bool is_retired;      // sched.lock
	struct m *owner;      // sched.lock; NULL while idle or retired
	uint32_t seen_turns;  // monitor
	go_time seen_at;      // monitor; when n_turns was first what it is
	struct p *next_idle;  // sched.lock
} __attribute__((aligned(128)));

struct m {
	struct go__context context;  // owner; its scheduler, while g runs
	struct go__tools tools;      // owner
	struct g *g;                 // owner; what runs, NULL on its own stack
	struct g *left;  // owner; what ran before, until it is settled
	struct g *pick;  // owner; what runs next, found before
	// What it holds, unless that was taken. Owner, or its waker while it
	// sleeps.
	struct p *p;
	bool may_open;        // atomic; see window.h
	uint32_t is_open;     // atomic, owner writes; likewise
	uint32_t in_runtime;  // atomic, owner writes; see monitor.c
	uint32_t taken;       // atomic, enum taken; see monitor.c
	int tid;              // immutable; of the thread
	void (*after)(struct g *g, void *arg);  // owner
	void *after_arg;                        // owner
	uint64_t random;                        // owner
	go_time now;               // owner; the time, some turns ago
	uint64_t next_id, end_id;  // owner; numbers for new goroutines
	uint64_t born, died;       // owner writes; of goroutines, here
	bool is_searching;         // owner, or its waker while it sleeps
	bool is_polling;           // sched.lock; it is sched.poller
	uint32_t token;            // atomic; 1 wakes it
	struct g *bound;           // owner; the goroutine that stays here
	struct g *handed;          // sched.lock; that one, to be run
	go_time alarm;             // sched.lock; while on idle_m
	struct m *next_idle;       // sched.lock
	struct m *next_made;       // immutable once published
};

// go__machine_schedules tells whether m, the caller's, runs no goroutine's code
// at the moment.
static inline bool
go__machine_schedules(const struct m *m)
{
	return m->g == NULL || m->left != NULL;
}

// What the monitor wants of a machine's processor.
enum taken {
	TAKEN_NOT,
	TAKEN_ASKED,
	TAKEN_AWAY,
	TAKEN_BY_FORK,  // in a child of it
};

struct sched {
	// Read at every turn, seldom written.
	uint32_t searching;        // atomic
	uint32_t n_idle_p;         // written under lock, read by anyone
	uint32_t n_global;         // written under lock, read by anyone
	int procs;                 // written under lock, read by anyone
	int n_made;                // written under lock, read by anyone
	go_time wake_at;           // written under lock, read by anyone
	struct m *made;            // written under lock, read by anyone
	uint32_t n_machines;       // written under lock, read by anyone
	int32_t n_away;            // atomic; machines whose processor was taken
	struct p *all[MAX_PROCS];  // [0, n_made) immutable

	uint32_t lock __attribute__((aligned(128)));
	struct p *idle_p;        // lock
	struct m *idle_m;        // lock
	struct m *poller;        // lock; the sleeper that sleeps in epoll
	uint32_t n_asleep;       // lock; machines that doze or await
	int n_unbound;           // lock; machines that run anybody, see S6
	struct g *first, *last;  // lock; the global queue
	uint64_t ids;            // atomic; the last goroutine number given out
	uint64_t born;           // atomic; on threads that are no machine
};

extern struct sched go__sched;

// monitor.c: processors that are held too long change hands.

// go__monitor_call tells that somebody waits, from when on, while all
// processors are busy.
void go__monitor_call(go_time when);
// go__monitor_lack tells that no thread could be had for a processor: the
// monitor tries again as long as somebody waits, or until go__monitor_suffice
// tells that one is there.
void go__monitor_lack(void);
void go__monitor_suffice(void);
// go__monitor_retry returns when a machine that sleeps should call the monitor
// again, which could not be had; GO__NEVER if it need not.
go_time go__monitor_retry(void);
// go__monitor_lost is what a machine calls that enters the runtime and finds
// its processor asked for: it gives it up, if it is not too late to ask. False
// in a child of fork.
bool go__monitor_lost(struct m *m);

// go__monitor_threads returns how many threads it has: 0 or 1.
int go__monitor_threads(void);

// bound.c: machines that are a goroutine's own.

// go__bound_bind binds m, the caller's, to g, and returns how many machines are
// then bound to nobody.
int go__bound_bind(struct m *m, struct g *g);

// deadlock.c: nobody is left who could wake anybody. sched.lock is held.

// go__deadlock_grace returns until when the caller, who is about to sleep, may
// sleep before it must check; GO__NEVER if somebody else is awake.
go_time go__deadlock_grace(void);
// go__deadlock_check ends the program if all still sleep at grace, and there
// is nobody else.
void go__deadlock_check(go_time grace);
// go__deadlock_awake tells that a machine woke to run something, or is new.
void go__deadlock_awake(void);

// sched.c

// go__sched_thread is what the thread of m does.
void *go__sched_thread(void *m);

// go__machine_enter is where a goroutine's thread comes from the program's code
// into the runtime; until go__machine_exit the monitor leaves its processor
// alone. m->p is NULL if that is gone. NULL for a plain thread, and in a child
// of fork.
static inline struct m *
go__machine_enter(void)
{
	struct m *m = go__sched_machine();

	if (m == NULL)
		return NULL;
	store_rlx(&m->in_runtime, 1);
	// [H1] the compiler's half of a barrier; the monitor makes the other
	// half for all threads: it sees in_runtime, or we see taken.
	__asm__ volatile("" ::: "memory");
	go__stress_point();
	if (load_rlx(&m->taken) != TAKEN_NOT && !go__monitor_lost(m))
		return NULL;
	return m;
}

static inline void
go__machine_exit(struct m *m)
{
	// [H2] pairs with the monitor: it sees the queue as we left it.
	store_rel(&m->in_runtime, 0);
}

#endif
