// SPDX-License-Identifier: MIT
//
// runq: a processor's queue of runnable goroutines.
//
// A ring that its owner fills at the tail; the owner and thieves empty it at
// the head. In front of it one slot, next: the goroutine readied last, which
// finds its waker's data still in the cache. (The shape of Go's run queue.)
//
// Invariants:
//   Q1  Slots head .. tail-1 hold goroutines; tail - head <= RUNQ_SIZE.
//   Q2  Only the owner writes tail, and slots, and puts into next.
//   Q3  head only grows, by compare-and-swap: whoever moves it owns what
//       stood in the slots it passed. A thief reads them before it moves head;
//       the owner writes them again only after it has seen head move.

#ifndef RT_RUNQ_H
#define RT_RUNQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rt/atomic.h"

struct g;

enum { RUNQ_SIZE = STRESS ? 2 : 256 };  // a power of two
#define RUNQ_MASK (RUNQ_SIZE - 1)

struct runq {
	uint32_t head;              // atomic
	uint32_t tail;              // atomic; owner writes
	struct g *next;             // atomic
	struct g *ring[RUNQ_SIZE];  // atomic
};

// runq_put adds g at the tail; false when the ring is full. Owner only.
static inline bool
runq_put(struct runq *q, struct g *g)
{
	// [Q1] pairs with the thieves' cas of head: they have read the slots.
	uint32_t head = load_acq(&q->head);
	uint32_t tail = load_rlx(&q->tail);  // we wrote it

	if (tail - head >= RUNQ_SIZE)
		return false;
	store_rlx(&q->ring[tail & RUNQ_MASK], g);  // published by tail
	// [Q2] pairs with runq_steal: the slot, and what g points at, are
	// written before the tail moves. [S1] sequentially consistent: see
	// sched.c, the sleeping searcher.
	store_seq(&q->tail, tail + 1);
	return true;
}

// runq_put_next makes g the one to run next, and returns the one that was,
// or NULL. Owner only.
static inline struct g *
runq_put_next(struct runq *q, struct g *g)
{
	// [Q3] pairs with runq_steal_next: g is whole before it is seen; and
	// [S1] as above.
	return swap_seq(&q->next, g);
}

// runq_take_next takes the goroutine in next, or NULL. Owner only.
static inline struct g *
runq_take_next(struct runq *q)
{
	struct g *g = load_rlx(&q->next);  // we put it there

	// [Q3] the owner takes back what it put: no data comes with it, but a
	// thief may be as quick.
	if (g != NULL && cas_acq(&q->next, g, NULL))
		return g;
	return NULL;
}

// runq_get takes the goroutine at the head, or NULL. Owner only.
static inline struct g *
runq_get(struct runq *q)
{
	uint32_t tail = load_rlx(&q->tail);  // we wrote it
	uint32_t head;
	struct g *g;

	for (;;) {
		// [Q1] pairs with the thieves' cas.
		head = load_acq(&q->head);
		if (head == tail)
			return NULL;
		g = load_rlx(&q->ring[head & RUNQ_MASK]);  // we wrote it
		// [Q1] pairs with runq_put: the slot is read before it is free.
		if (cas_rel(&q->head, head, head + 1))
			return g;
	}
}

// runq_drain moves half of a full ring, in order, to out (RUNQ_SIZE / 2 of
// them) and returns how many; 0 if thieves were faster. Owner only.
static inline uint32_t
runq_drain(struct runq *q, struct g **out)
{
	// [Q1] pairs with the thieves' cas.
	uint32_t head = load_acq(&q->head);
	uint32_t n = RUNQ_SIZE / 2;

	if (load_rlx(&q->tail) - head < RUNQ_SIZE)  // we wrote it
		return 0;
	for (uint32_t i = 0; i < n; i++)
		out[i] = load_rlx(&q->ring[(head + i) & RUNQ_MASK]);
	// [Q1] pairs with runq_put: the slots are read before they are free.
	return cas_rel(&q->head, head, head + n) ? n : 0;
}

// runq_steal moves up to half of from's ring to the thief's own, which is
// empty, and returns one more to run at once, or NULL. Owner of to only.
static inline struct g *
runq_steal(struct runq *to, struct runq *from)
{
	uint32_t own = load_rlx(&to->tail);  // we wrote it
	uint32_t head, tail, n;
	struct g *last;

	for (;;) {
		// [Q1] pairs with the other takers' cas: what it frees, we
		// do not see twice.
		head = load_acq(&from->head);
		// [Q2] pairs with runq_put: the slots below tail are written.
		tail = load_acq(&from->tail);
		n = tail - head;
		n -= n / 2;
		if (n == 0)
			return NULL;
		if (n > RUNQ_SIZE / 2)
			continue;  // head moved on between the two loads
		// Relaxed: ordered by the loads above and the cas below; a
		// slot overwritten meanwhile makes the cas fail.
		for (uint32_t i = 0; i < n; i++)
			store_rlx(
				&to->ring[(own + i) & RUNQ_MASK],
				load_rlx(&from->ring[(head + i) & RUNQ_MASK]));
		// [Q1] pairs with runq_put: the slots are read before they
		// are free.
		if (cas_acqrel(&from->head, head, head + n))
			break;
	}
	last = load_rlx(&to->ring[(own + n - 1) & RUNQ_MASK]);
	if (n > 1) {
		// [Q2] pairs with thieves of ours. [S1] as in runq_put.
		store_seq(&to->tail, own + n - 1);
	}
	return last;
}

// runq_steal_next takes the goroutine in from's next if it is still expected.
static inline bool
runq_steal_next(struct runq *from, struct g *expected)
{
	// [Q3] pairs with runq_put_next: g is whole.
	return cas_acq(&from->next, expected, NULL);
}

// runq_peek_next returns what is in next; it may be gone at once.
static inline struct g *
runq_peek_next(const struct runq *q)
{
	return load_rlx(&q->next);  // only compared and handed to the cas
}

// runq_peek_head and runq_ring_length tell what was true a moment ago.
static inline uint32_t
runq_peek_head(const struct runq *q)
{
	return load_rlx(&q->head);  // only compared
}

static inline uint32_t
runq_ring_length(const struct runq *q)
{
	return load_rlx(&q->tail) - load_rlx(&q->head);  // a hint
}

// runq_ring_is_empty is the same but for next.
static inline bool
runq_ring_is_empty(const struct runq *q)
{
	// [S1] pairs with runq_put and runq_steal.
	return load_seq(&q->head) == load_seq(&q->tail);
}

// runq_is_empty tells whether there was nothing at some instant.
static inline bool
runq_is_empty(const struct runq *q)
{
	// The owner may move next into the ring between two loads, so look at
	// next again: a goroutine never moves from the ring to next.
	// [S1] pairs with runq_put_next.
	return load_seq(&q->next) == NULL && runq_ring_is_empty(q) &&
	       load_seq(&q->next) == NULL;
}

#endif
