// SPDX-License-Identifier: MIT
//
// context: what context.c, cancel.c, hook.c and values.c share.
//
// Invariants:
//   C1  A context holds a reference on each parent until it is freed.
//   C2  A context is on a parent's list of children, without a reference,
//       from its making until it is cancelled or freed, whichever is first.
//       parent->lock guards the list and the links on it; so a child found
//       there is memory, but may have lost its last reference: who wants to
//       keep it calls try_retain.
//   C3  phase only grows. Who moved it from LIVE, under the lock, finishes
//       the cancellation: closes done, moves it to DONE, then sweeps: takes
//       the hooks off until none is left, then the children and, under the
//       same lock, sets is_swept. Hooks are taken until then, children only
//       while it is LIVE.
//   C4  err and cause are set before phase leaves LIVE, and never again.
//
// Lock rank: a parent's lock is taken before its child's, and both before
// those of timers. No context's lock is held together with a channel's.

#ifndef CONC_CONTEXT_H
#define CONC_CONTEXT_H

#include "libgo/context.h"
#include "rt/lock.h"
#include "rt/timer.h"

enum go__ctx_phase { GO__CTX_LIVE, GO__CTX_CLOSING, GO__CTX_DONE };

struct go__ctx_link {
	struct go_ctx *parent;      // immutable; NULL for none
	struct go_ctx *child;       // immutable
	struct go__ctx_link *next;  // parent->lock
	struct go__ctx_link *prev;  // parent->lock
	bool is_linked;             // parent->lock
};

struct go__ctx_value {
	const void *key;
	void *value;
};

struct go_ctx {
	uint32_t lock;
	uint32_t refs;      // atomic; of those who may use it
	uint32_t holds;     // atomic; 1 for all refs together, 1 for the timer
	uint32_t phase;     // atomic; enum go__ctx_phase
	go__chan_ref done;  // immutable; NULL: never cancelled
	struct go__ctx_link up[2];      // the second for merged contexts
	struct go__ctx_link *children;  // lock
	struct go_ctx_hook *hooks;      // lock; the first
	struct go_ctx_hook *last_hook;  // lock
	bool is_swept;                  // lock
	bool has_timer;                 // immutable
	go_error *err;                  // C4
	go_error *cause;                // C4; a reference
	go_error *given;                // immutable; of the _cause makers
	bool is_given_to_cancel;        // immutable; else to the deadline
	go_time deadline;               // immutable; GO__NEVER for none
	struct go__timer timer;
	const struct go_ctx *source;  // immutable, as all values; NULL for none
	struct go__ctx_value value;   // of go_ctx_with_value
	struct go__ctx_value *table;  // of go_ctx_merge, if it needs one
	size_t n_values;              // in table
	struct go_ctx *next_work;     // the canceller's, or the releaser's
};

// go__ctx_cancel cancels c, unless it already is or cannot be, and all below.
void go__ctx_cancel(go_ctx *c, go_error *err, go_error *cause);

// go__ctx_expire cancels c in a timer's callback, where nothing long may be
// done: it leaves all below c to a goroutine.
void go__ctx_expire(go_ctx *c, go_error *cause);

// go__ctx_attach puts c on its parents' lists, or cancels it if a parent is.
void go__ctx_attach(go_ctx *c);

// go__ctx_detach takes c off its parents' lists.
void go__ctx_detach(go_ctx *c);

// go__ctx_disarm stops the timer, and drops its hold.
void go__ctx_disarm(go_ctx *c);

// go__ctx_unhold drops a hold; the last one frees the memory.
void go__ctx_unhold(go_ctx *c);

// go__ctx_try_retain takes a reference unless there is none left.
bool go__ctx_try_retain(go_ctx *c);

// go__ctx_inherit gives c, which is new, the values of its parents; false
// without memory.
bool go__ctx_inherit(go_ctx *c);

// go__ctx_run_hook starts c's first hook, or counts it in *n_refused if it
// cannot; it returns false, with the lock held, when there is none. The lock is
// not held before.
bool go__ctx_run_hook(go_ctx *c, uint32_t *n_refused);

#endif
