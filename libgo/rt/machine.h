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

enum { MAX_PROCS = 1024 };

struct p {
	struct runq queue;
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
	struct g *g;                 // owner; what runs, NULL in the scheduler
	// What it holds, unless that was taken. Owner, or its waker while it
	// sleeps.
	struct p *p;
	uint32_t in_runtime;  // atomic, owner writes; see monitor.c
	uint32_t taken;       // atomic, enum taken; see monitor.c
	int tid;              // immutable; of the thread
	void (*after)(struct g *g, void *arg);  // owner
	void *after_arg;                        // owner
	uint64_t random;                        // owner
	go_time now;               // owner; the time, some turns ago
	uint64_t next_id, end_id;  // owner; numbers for new goroutines
	int64_t alive;             // owner writes; born less died here
	bool is_searching;         // owner, or its waker while it sleeps
	bool is_polling;           // sched.lock; it is sched.poller
	uint32_t token;            // atomic; 1 wakes it
	struct g *bound;           // owner; the goroutine that stays here
	struct g *handed;          // sched.lock; that one, to be run
	go_time alarm;             // sched.lock; while on idle_m
	struct m *next_idle;       // sched.lock
	struct m *next_made;       // immutable once published
};

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
	int64_t alive;           // atomic; born on threads that are no machine
};

extern struct sched go__sched;

// proc.c: processors, and the queue that belongs to none.

// go__proc_start sees that there are processors.
void go__proc_start(void);
// go__proc_made returns how many there are, [0, n) of go__sched.all.
int go__proc_made(void);
// go__proc_push_idle and _pop_idle keep the idle ones; sched.lock is held.
void go__proc_push_idle(struct p *p);
struct p *go__proc_pop_idle(void);
// go__proc_own makes p, which nobody owns, m's; sched.lock is held.
void go__proc_own(struct p *p, struct m *m);
// go__proc_take_idle makes an idle one m's; false if there is none.
bool go__proc_take_idle(struct m *m);
// go__proc_put adds g behind the others of p. Owner of p only.
void go__proc_put(struct p *p, struct g *g);
// go__proc_put_global queues a list of n for any processor.
void go__proc_put_global(struct g *first, struct g *last, uint32_t n);
// go__proc_pool gives to it what idle processors have queued; sched.lock is
// held.
void go__proc_pool(void);
// go__proc_take_global takes one to run, NULL if there is none, and a fair
// share of at most most in all for p's own queue.
struct g *go__proc_take_global(struct p *p, uint32_t most);
// go__proc_any_work tells whether anything is queued anywhere.
bool go__proc_any_work(void);

// idle.c: who searches, who sleeps, who is woken.

// go__idle_init makes zeroed memory a machine without a thread;
// go__idle_enlist counts it among those made.
void go__idle_init(struct m *m);
void go__idle_enlist(struct m *m);
// go__idle_wake sees to it that somebody searches if a processor is idle.
void go__idle_wake(void);
// go__idle_begin_search and _end_search are m's: it looks for others' work.
void go__idle_begin_search(struct m *m);
void go__idle_end_search(struct m *m);
// go__idle_spare makes a machine that sleeps; false if none can be had.
bool go__idle_spare(void);
// go__idle_doze puts m to sleep until it is given a processor, or its alarm
// rings and it finds one idle.
void go__idle_doze(struct m *m);
// go__idle_give has a machine search with p, which is nobody's; false if there
// is none and none can be made. go__sched.lock is free.
bool go__idle_give(struct p *p);
// go__idle_rest gives m's processor back, and takes one again if there is
// work after all.
void go__idle_rest(struct m *m);
// go__idle_give_back makes m's processor idle and has others take over, while m
// runs its goroutine on or sleeps.
void go__idle_give_back(struct m *m);
// go__idle_await sleeps until m, which has no processor, is handed one and its
// bound goroutine; go__idle_hand hands m's to g's machine.
struct g *go__idle_await(struct m *m);
void go__idle_hand(struct m *m, struct g *g);
// go__idle_retire gives it up because there are to be fewer.
void go__idle_retire(struct m *m);
// go__idle_mind sees to it that somebody wakes at when, or minds the timers
// awake.
void go__idle_mind(go_time when);
// go__idle_mind_poll sees to it that somebody sleeps in the poller.
void go__idle_mind_poll(void);

// bound.c: machines that are a goroutine's own.

// go__bound_bind binds m, the caller's, to g, and returns how many machines are
// then bound to nobody.
int go__bound_bind(struct m *m, struct g *g);

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

// go__sched_machine is the calling thread's, or NULL.
struct m *go__sched_machine(void);
void *go__sched_thread(void *m);

#endif
