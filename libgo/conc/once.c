// SPDX-License-Identifier: MIT
//
// Once: a word to look at, and a queue for those who come while fn runs.
//
// Invariants:
//   I1  state only grows, under o->lock: NEW, RUNNING, DONE.
//   I2  Somebody is on the queue only while it is RUNNING.
//
// However fn ends, by a panic or go_exit too, it was called once and is DONE.
// So it runs in a go_try, with the end of RUNNING deferred; its panic then goes
// on from there.

#include <stdio.h>

#include "conc/wait.h"
#include "libgo/error.h"
#include "libgo/sync.h"
#include "rt/panic.h"

enum { NEW, RUNNING, DONE };

static void
end(void *once)
{
	struct go__waitq ready = {NULL, NULL};
	struct go__waiter *w;
	go_once *o = once;

	go__lock(&o->lock);
	o->caller = NULL;
	// [ON1] pairs with go_once_do: what fn did is seen.
	store_rel(&o->state, DONE);
	while ((w = go__waitq_pop(&o->waiters)) != NULL)
		go__waitq_push(&ready, w);
	go__unlock(&o->lock);
	go__ready_all(&ready);
}

// call has room in a frame that outlives it: what is deferred runs once it has
// returned, too.
static void
call(go_once *o, void (*fn)(void), struct go__deed_room *room)
{
	go__defer_in(room, end, o);
	fn();
}

static void
run(go_once *o, void (*fn)(void))
{
	struct go__deed_room room;
	go_error *err = go_try(call, o, fn, &room);
	char text[1024];  // as much as go_panic keeps

	if (err == NULL)
		return;
	snprintf(text, sizeof text, "%s", go_error_text(err));
	go_error_free(err);
	go_panic("%s", text);
}

static void
do_slow(go_once *o, void (*fn)(void))
{
	struct g *self = go__self();
	struct go__waiter w;
	bool is_caller;

	if (fn == NULL)
		go_panic("go_once_do: the function is NULL");
	go__lock(&o->lock);
	switch (load_rlx(&o->state)) {  // it changes under the lock: I1
	case NEW:
		store_rlx(&o->state, RUNNING);
		o->caller = self;
		go__unlock(&o->lock);
		run(o, fn);
		return;
	case RUNNING:
		is_caller = o->caller == self;
		if (is_caller)
			break;
		go__waitq_push(&o->waiters, &w);
		go__wait(&o->lock, &o->waiters, &w, GO__WHY_ONCE, NULL);
		return;
	default:
		is_caller = false;
		break;
	}
	go__unlock(&o->lock);
	if (is_caller)
		go_panic("go_once_do: called by the function that it calls");
}

void
go_once_do(go_once *o, void (*fn)(void))
{
	// [ON1] pairs with run: what fn did is seen.
	if (load_acq(&o->state) != DONE)
		do_slow(o, fn);
}
