// SPDX-License-Identifier: MIT
//
// chan: what chan.c and select.c share.

#ifndef CONC_CHAN_H
#define CONC_CHAN_H

#include "libgo/chan.h"
#include "rt/park.h"

struct go__chan {
	uint32_t lock;               // guards all below but as said
	uint32_t refs;               // atomic
	size_t n;                    // buffered values; anyone may look
	size_t head;                 // index of the oldest
	size_t capacity;             // immutable
	size_t elem_size;            // immutable
	uint32_t n_visitors;         // waiters with a ticket
	bool is_closed;              // anyone may look
	bool is_orphan;              // the last visitor frees it
	struct go__waitq senders;    // slot: the value
	struct go__waitq receivers;  // slot: where to; may be NULL
	void (*drop)(void *value);
	char *ring;  // immutable; behind the struct
};

// struct go__source is a sender that is no goroutine. Queued among the senders
// it offers once what slot points at; whoever receives that calls taken, if it
// is not NULL, under the lock: it may queue the source again.
struct go__source {
	struct go__waiter waiter;  // first; g is NULL
	void (*taken)(struct go__source *s);
};

// go__chan_of is the channel behind a reference.
static inline struct go__chan *
go__chan_of(go__chan_ref ref)
{
	return (struct go__chan *)(uintptr_t)ref;
}

// go__chan_would_block_send and _recv tell that, of some moment, with the lock
// or without. If they deny it, and offer or accept then has no effect, it has
// taken a stale waiter away, or somebody else was faster.
bool go__chan_would_block_send(const struct go__chan *c);
bool go__chan_would_block_recv(const struct go__chan *c);

// go__chan_visit puts w, which has a ticket, on q, one of c's: all such waiters
// come this way. Unless it is served it must be taken back by go__chan_leave,
// until when c stays. Visit is called with the lock held, leave without.
void go__chan_visit(struct go__chan *c, struct go__waitq *q,
		    struct go__waiter *w);
void go__chan_leave(struct go__chan *c, struct go__waitq *q,
		    struct go__waiter *w);

// go__chan_offer sends if that needs no waiting; it then returns true and
// tells in *ok whether the value was taken, and in *wake whom to ready, NULL
// for nobody. go__chan_accept receives likewise. The lock is held.
bool go__chan_offer(struct go__chan *c, const void *value, bool *ok,
		    struct g **wake);
bool go__chan_accept(struct go__chan *c, void *value, bool *ok,
		     struct g **wake);

#endif
