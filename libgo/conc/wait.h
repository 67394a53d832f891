// SPDX-License-Identifier: MIT
//
// wait: how the locks of this room wait, with a context or without.

#ifndef CONC_WAIT_H
#define CONC_WAIT_H

#include "libgo/sync.h"
#include "rt/call.h"
#include "rt/park.h"

// go__wait parks the caller until w, which the caller has put on q, is taken
// off and readied; w->ok is then what the server said. *lock guards q; it is
// held, and free when go__wait returns true.
//
// Returns false when ctx was done first, or at once when it already is: w is
// then off the queue, and the lock is held. A NULL ctx is never done.
//
// A server takes w off with go__waitq_pop, or with go__waitq_remove and
// go__claim, under the lock. It may put w back before it readies the goroutine,
// which then finds w still on q.
bool go__wait(uint32_t *lock, struct go__waitq *q, struct go__waiter *w,
	      enum go__why why, go_ctx *ctx);

// go__wait_queue puts w on q, whose object keeps in *self where it is while
// somebody is queued.
static inline void
go__wait_queue(struct go__waitq *q, struct go__waitq **self,
	       struct go__waiter *w)
{
	*self = q;
	go__waitq_push(q, w);
}

// go__check_place panics if q's object is a copy, made while somebody was
// queued: it would ready those who wait elsewhere, perhaps no longer. The lock
// is held, and released before the panic.
static inline void
go__check_place(const struct go__waitq *q, const struct go__waitq *self,
		uint32_t *lock, const char *what)
{
	if (q->first == NULL || self == q)
		return;
	go__unlock(lock);
	go_panic("%s: this is a copy, made while somebody waited for the "
		 "original",
		 what);
}

// go__waitq_push_first is for those who have waited before.
static inline void
go__waitq_push_first(struct go__waitq *q, struct go__waiter *w)
{
	w->prev = NULL;
	w->next = q->first;
	w->is_queued = true;
	if (q->first != NULL)
		q->first->prev = w;
	else
		q->last = w;
	q->first = w;
}

// go__wg_count is go_wg_add that leaves it to the caller to judge the state it
// returns. For those who may add to 0 beside a wait: it counts as over then.
int64_t go__wg_count(go_waitgroup *wg, int n);

// go__go_refused panics for go__go, which could not start fn, once the caller
// has taken back what it counted.
static inline void GO__NORETURN
go__go_refused(const char *call, go__fn fn, const struct go__site *site)
{
	go_panic("%s: %s, %s:%d", call,
		 fn == NULL ? "the function is NULL" : go__go_lack(),
		 site->file, site->line);
}

#endif
