// SPDX-License-Identifier: MIT
//
// idle: who searches for work, who sleeps, who is woken.

#ifndef RT_IDLE_H
#define RT_IDLE_H

#include "rt/machine.h"

// go__idle_init makes zeroed memory a machine without a thread;
// go__idle_enlist counts it among those made.
void go__idle_init(struct m *m);
void go__idle_enlist(struct m *m);
// go__idle_search is go__idle_wake once it has found that there may be need.
void go__idle_search(void);
// go__idle_wake sees to it that somebody searches if a processor is idle.
static inline void
go__idle_wake(void)
{
	// [S1] see the head of sched.c.
	if (load_seq(&go__sched.n_idle_p) == 0)
		go__monitor_call(0);
	else if (load_seq(&go__sched.searching) == 0)
		go__idle_search();
}
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

#endif
