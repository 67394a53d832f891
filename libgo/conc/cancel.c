// SPDX-License-Identifier: MIT
//
// Cancellation: down the tree, without recursion.
//
// Who cancels keeps a list of contexts whose phase it has moved from LIVE,
// with a reference on each, and finishes them one by one, which may put their
// children on the list. Two cancellations that meet share the tree between
// them: each context is finished by one. But whoever finds a context that has
// left LIVE, and promises that it is done, closes its channel himself: it may
// be far down on the other's list.
//
// Done and err: err must be NULL as long as done is open, and must not be
// once it is closed. The channel cannot be closed under the context's lock,
// so there is an instant at which phase is CLOSING; who looks then asks the
// channel. Its closing is what makes a context cancelled.

#include "conc/context.h"

#include <assert.h>
#include <stddef.h>

#include "conc/chan.h"
#include "libgo/goroutine.h"
#include "rt/call.h"

// begin puts c, which is LIVE and of which the caller has a reference to give
// away, on the list. c->lock is held.
static void
begin(go_ctx *c, go_error *err, go_error *cause, go_ctx **work)
{
	assert(load_rlx(&c->phase) == GO__CTX_LIVE);
	c->err = err;
	c->cause = go_error_retain(cause);
	// [CX2] pairs with go_ctx_err: err and cause are set.
	store_rel(&c->phase, GO__CTX_CLOSING);
	c->next_work = *work;
	*work = c;
}

static void
unlink_child(struct go__ctx_link *l)
{
	if (!l->is_linked)
		return;
	l->is_linked = false;
	if (l->prev != NULL)
		l->prev->next = l->next;
	else
		l->parent->children = l->next;
	if (l->next != NULL)
		l->next->prev = l->prev;
}

// sweep_children moves c's children to the list. c->lock is held.
static void
sweep_children(go_ctx *c, go_ctx **work)
{
	struct go__ctx_link *l;
	go_ctx *child;

	while ((l = c->children) != NULL) {
		unlink_child(l);
		child = l->child;  // memory while we have c->lock: C2
		go__lock(&child->lock);
		if (load_rlx(&child->phase) == GO__CTX_LIVE &&
		    go__ctx_try_retain(child))
			begin(child, c->err, c->cause, work);
		go__unlock(&child->lock);
	}
}

static void
finish(go_ctx *c, go_ctx **work, uint32_t *n_refused)
{
	go__chan_close(c->done);
	// [CX2] pairs with go_ctx_err: the channel is closed.
	store_rel(&c->phase, GO__CTX_DONE);
	go__ctx_disarm(c);
	while (go__ctx_run_hook(c, n_refused))
		;
	sweep_children(c, work);
	c->is_swept = true;  // C3
	go__unlock(&c->lock);
	go__ctx_detach(c);
}

// finish_all panics if functions could not be started, once all is done.
static void
finish_all(go_ctx *work)
{
	uint32_t n_refused = 0;
	go_ctx *c;

	while ((c = work) != NULL) {
		work = c->next_work;
		finish(c, &work, &n_refused);
		go_ctx_release(c);
	}
	if (n_refused > 0)
		go_panic("go_ctx_after_func: %s, for %u functions of contexts "
			 "that were cancelled",
			 go__go_lack(), n_refused);
}

// start makes c done, unless it cannot be, and returns it as a list if it was
// LIVE.
static go_ctx *
start(go_ctx *c, go_error *err, go_error *cause)
{
	go_ctx *work = NULL;

	if (c->done == NULL)
		return NULL;
	go__lock(&c->lock);
	if (load_rlx(&c->phase) == GO__CTX_LIVE) {  // it changes under the lock
		go_ctx_retain(c);
		begin(c, err, cause, &work);
	}
	go__unlock(&c->lock);
	go__chan_close(c->done);
	return work;
}

void
go__ctx_cancel(go_ctx *c, go_error *err, go_error *cause)
{
	finish_all(start(c, err, cause));
}

void
go__ctx_expire(go_ctx *c, go_error *cause)
{
	go_ctx *work = start(c, GO_DEADLINE_EXCEEDED, cause);
	bool is_short;

	if (work == NULL)
		return;
	go__lock(&c->lock);
	is_short = c->children == NULL && c->hooks == NULL;
	go__unlock(&c->lock);
	if (is_short || go_try_start(finish_all, work) != NULL)
		finish_all(work);
}

void
go__ctx_attach(go_ctx *c)
{
	for (int i = 0; i < 2; i++) {
		struct go__ctx_link *l = &c->up[i];
		go_ctx *p = l->parent;
		bool is_live;

		if (p == NULL || p->done == NULL)
			continue;
		go__lock(&p->lock);
		is_live = load_rlx(&p->phase) == GO__CTX_LIVE;  // C3
		if (is_live) {
			l->next = p->children;
			if (l->next != NULL)
				l->next->prev = l;
			p->children = l;
			l->is_linked = true;
		}
		go__unlock(&p->lock);
		if (!is_live) {
			go__chan_close(p->done);  // no child is done before
			go__ctx_cancel(c, p->err, p->cause);
		}
	}
	// Cancelled by one parent while it was not yet with the other: C2.
	// Relaxed: if finish's detach came before we linked, the parent's lock
	// shows us the phase.
	if (load_rlx(&c->phase) != GO__CTX_LIVE)
		go__ctx_detach(c);
}

void
go__ctx_detach(go_ctx *c)
{
	for (int i = 0; i < 2; i++) {
		go_ctx *p = c->up[i].parent;

		if (p == NULL || p->done == NULL)
			continue;
		go__lock(&p->lock);
		unlink_child(&c->up[i]);
		go__unlock(&p->lock);
	}
}

go_error *
go_ctx_err(go_ctx *ctx)
{
	struct go__chan *done;
	bool is_closed;

	if (ctx == NULL)
		return NULL;
	// [CX2] pairs with begin and finish.
	switch (load_acq(&ctx->phase)) {
	case GO__CTX_LIVE:
		return NULL;
	case GO__CTX_DONE:
		return ctx->err;
	default:
		done = go__chan_of(ctx->done);
		go__lock(&done->lock);
		is_closed = done->is_closed;
		go__unlock(&done->lock);
		return is_closed ? ctx->err : NULL;
	}
}

go_error *
go_ctx_cause(go_ctx *ctx)
{
	return go_ctx_err(ctx) != NULL ? ctx->cause : NULL;
}

void
go_ctx_cancel(go_ctx *ctx)
{
	if (ctx != NULL)
		go_ctx_cancel_cause(ctx, ctx->is_given_to_cancel ? ctx->given
								 : NULL);
}

void
go_ctx_cancel_cause(go_ctx *ctx, go_error *err)
{
	if (ctx != NULL)
		go__ctx_cancel(ctx, GO_CANCELED,
			       err != NULL ? err : GO_CANCELED);
}
