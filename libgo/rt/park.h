// SPDX-License-Identifier: MIT
//
// park: the waist of the library. Whatever blocks, blocks here.
//
// A room that wants to make its caller wait puts a struct go__waiter, which
// lives on the caller's stack, on a queue of its own, and parks. Whoever
// serves that waiter takes it off the queue and readies its goroutine. The
// lock that guards the queue is released by park itself, once the goroutine
// is off its stack: nobody can ready it before it sleeps.
//
// Invariants:
//   K1  A goroutine is readied exactly once for each park.
//   K2  A waiter with ticket 0 waits on one queue only: taking it off that
//       queue, under the queue's lock, earns the right to ready it.
//   K3  A waiter with a ticket may be on several queues and may have a
//       deadline: go__claim decides, once, who readies it. The waiter itself
//       takes the rest off their queues before its frame ends.
//
// A goroutine here is also a plain thread that made a blocking call: it has a
// struct g too, sleeps in the kernel, and blocks nobody else.

#ifndef RT_PARK_H
#define RT_PARK_H

#include <stdbool.h>
#include <stdint.h>

#include "libgo/base.h"
#include "rt/atomic.h"
#include "rt/lock.h"
#include "rt/panic.h"

// enum go__why says what a parked goroutine waits for; go__why_text gives the
// words.
enum go__why {
	GO__WHY_NONE,
	GO__WHY_SEND,
	GO__WHY_RECV,
	GO__WHY_NIL_CHAN,
	GO__WHY_SELECT,
	GO__WHY_SELECT_NOTHING,
	GO__WHY_SLEEP,
	GO__WHY_MUTEX,
	GO__WHY_RWMUTEX_READ,
	GO__WHY_RWMUTEX_WRITE,
	GO__WHY_WAITGROUP,
	GO__WHY_GROUP,
	GO__WHY_ONCE,
	GO__WHY_COND,
	GO__WHY_SEM,
	GO__WHY_TIMER,
	GO__WHY_READ,
	GO__WHY_WRITE,
	GO__WHY_ENDED,
	GO__WHY_COUNT,
};

// GO__NEVER is the deadline that never comes.
#define GO__NEVER INT64_MAX

// go__self returns the calling goroutine, or the calling thread's stand-in.
// Never NULL.
struct g *go__self(void);

// go__park_main returns goroutine 1.
struct g *go__park_main(void);

// go__park stops the caller until somebody readies it, and releases *lock
// once nobody can find the caller running any more.
void go__park(uint32_t *lock, enum go__why why);

// go__park_until is park for waiters with a ticket (K3). It stops the caller
// until a claim readies it or the deadline passes, and calls release(arg)
// where go__park would unlock. Returns the waiter that was claimed, or NULL
// when the deadline came first.
struct go__waiter *go__park_until(void (*release)(void *), void *arg,
				  enum go__why why, go_time deadline);

// go__ready lets a parked goroutine run again. The caller must hold no lock,
// and must own the right to (K2, K3). Any thread may call it.
void go__ready(struct g *g);

// go__ready_all takes the waiters off q, a queue of the caller's own with those
// it has the right to ready, and readies them in their order. No lock is held.
void go__ready_all(struct go__waitq *q);

// go__ticket makes the ticket for the caller's next go__park_until.
uint64_t go__ticket(struct g *self);

// go__claim tries to become the one that readies w->g; true at most once a
// ticket. With ticket 0 it is always true (K2). The queue's lock is held.
bool go__claim(struct go__waiter *w);

// go__random returns a number from the goroutine's own sequence: fair enough
// to choose by, no secret.
uint64_t go__random(struct g *self);

// go__why_text gives the words for dumps.
const char *go__why_text(enum go__why why);

// Channels look at first without the lock: [CH2] pairs with chan.c, where a
// queue that close has emptied is seen after the close.
static inline void
go__waitq_push(struct go__waitq *q, struct go__waiter *w)
{
	w->next = NULL;
	w->prev = q->last;
	w->is_queued = true;
	if (q->last != NULL)
		q->last->next = w;
	else
		store_rel(&q->first, w);  // [CH2]
	q->last = w;
	go__stress_check(go__waitq_is_valid(q), "a queue of waiters");
}

static inline void
go__waitq_remove(struct go__waitq *q, struct go__waiter *w)
{
	if (!w->is_queued)
		return;
	w->is_queued = false;
	if (w->prev != NULL)
		w->prev->next = w->next;
	else
		store_rel(&q->first, w->next);  // [CH2]
	if (w->next != NULL)
		w->next->prev = w->prev;
	else
		q->last = w->prev;
	go__stress_check(go__waitq_is_valid(q), "a queue of waiters");
}

// go__waitq_pop takes the longest waiter off that it can claim; NULL when
// there is none. Waiters that somebody else claimed leave the queue on the
// way. The caller readies the goroutine, after reading all it needs from w:
// w dies as soon as its goroutine runs.
static inline struct go__waiter *
go__waitq_pop(struct go__waitq *q)
{
	struct go__waiter *w;

	while ((w = q->first) != NULL) {
		go__waitq_remove(q, w);
		if (w->ticket == 0 || go__claim(w))
			return w;
	}
	return NULL;
}

#endif
