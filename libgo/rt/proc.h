// SPDX-License-Identifier: MIT
//
// proc: processors, their queues, and the queue that belongs to none.

#ifndef RT_PROC_H
#define RT_PROC_H

#include "rt/machine.h"

// go__proc_start sees that there are processors.
void go__proc_start(void);
// go__proc_made returns how many there are, [0, n) of go__sched.all.
static inline int
go__proc_made(void)
{
	return load_acq(&go__sched.n_made);  // [S2] pairs with make_p in proc.c
}
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

#endif
