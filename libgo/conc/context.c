// SPDX-License-Identifier: MIT
//
// Contexts: their making and their end. See context.h for the invariants,
// cancel.c for cancellation, values.c for values.
//
// An armed timer must not keep a context that everybody has let go of, nor
// may its memory go while the timer's callback begins. So there are two
// counts: refs, of those who may use the context, and holds, of those who may
// look at refs. When refs falls to 0 it stays there; the context leaves the
// tree, disarms its timer, and drops the hold that stands for all refs. A
// callback that has begun by then finds no reference to take, and drops the
// other hold. Dropping either is acquire and release ([CX1], [CX3]): the end
// comes after what all others did.

#include "conc/context.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "conc/chan.h"
#include "conc/time.h"
#include "libgo/goroutine.h"

// -- life --------------------------------------------------------------------

go_ctx *
go_ctx_retain(go_ctx *ctx)
{
	// Relaxed: the caller's own reference keeps it alive.
	if (ctx != NULL)
		add_rlx(&ctx->refs, 1);
	return ctx;
}

bool
go__ctx_try_retain(go_ctx *c)
{
	uint32_t n;

	do {
		n = load_rlx(&c->refs);
		if (n == 0)
			return false;
		// Relaxed: a lock, or the timer, led the caller here.
	} while (!cas_rlx(&c->refs, n, n + 1));
	return true;
}

void
go__ctx_unhold(go_ctx *c)
{
	// [CX3] pairs with itself: the other's last look comes before the free.
	if (sub_acqrel(&c->holds, 1) != 0)
		return;
	if (c->has_timer)
		go__timer_forget(&c->timer);
	free(c);
}

void
go__ctx_disarm(go_ctx *c)
{
	if (c->has_timer && go__timer_cancel(&c->timer))
		go__ctx_unhold(c);
}

// drop gives up one reference, and puts c on the list if it was the last.
static void
drop(go_ctx *c, go_ctx **dead)
{
	if (c == NULL)
		return;
	// [CX1] pairs with itself: whatever others did with c comes before
	// the last one buries it.
	if (sub_acqrel(&c->refs, 1) != 0)
		return;
	c->next_work = *dead;
	*dead = c;
}

void
go_ctx_release(go_ctx *ctx)
{
	go_ctx *dead = NULL, *c;

	drop(ctx, &dead);
	while ((c = dead) != NULL) {
		dead = c->next_work;
		assert(c->children == NULL && c->hooks == NULL);  // C1
		go__ctx_detach(c);
		go__ctx_disarm(c);
		go__chan_release(c->done);
		go_error_free(c->cause);
		go_error_free(c->given);
		free(c->table);
		drop(c->up[0].parent, &dead);
		drop(c->up[1].parent, &dead);
		go__ctx_unhold(c);
	}
}

static void
deadline_passed(struct go__timer *t, uint64_t arg)
{
	go_ctx *c = (go_ctx *)(void *)((char *)t - offsetof(go_ctx, timer));
	go_error *cause;

	(void)arg;
	if (go__ctx_try_retain(c)) {
		cause = c->given != NULL ? c->given : GO_DEADLINE_EXCEEDED;
		go__ctx_expire(c, cause);
		go_ctx_release(c);
	}
	go__ctx_unhold(c);
}

// -- makers ------------------------------------------------------------------

static go_time
deadline_of(const go_ctx *c)
{
	return c != NULL ? c->deadline : GO__NEVER;
}

// make returns a context below a and b, which is not yet attached.
static go_ctx *
make(go_ctx *a, go_ctx *b)
{
	go_ctx *c = malloc(sizeof *c);
	go_time first = deadline_of(a), second = deadline_of(b);

	if (c == NULL)
		goto no_memory;
	*c = (go_ctx){.refs = 1, .holds = 1};
	c->up[0].parent = a;
	c->up[1].parent = b;
	c->up[0].child = c->up[1].child = c;
	c->deadline = first < second ? first : second;
	c->done = go__chan_make(sizeof(go_unit), 0);
	if (c->done == NULL)
		goto free_c;
	if (!go__ctx_inherit(c))
		goto release_done;
	go_ctx_retain(a);
	go_ctx_retain(b);
	return c;

release_done:
	go__chan_release(c->done);
free_c:
	free(c);
no_memory:
	go_panic("go_ctx: no memory");
}

go_ctx *
go_ctx_with_cancel(go_ctx *parent)
{
	return go_ctx_with_cancel_cause(parent, NULL);
}

go_ctx *
go_ctx_with_cancel_cause(go_ctx *parent, go_error *err)
{
	go_ctx *c = make(parent, NULL);

	c->given = go_error_retain(err);
	c->is_given_to_cancel = true;
	go__ctx_attach(c);
	return c;
}

// arm has c cancelled at its deadline, which is its own.
static void
arm(go_ctx *c)
{
	add_rlx(&c->holds, 1);  // ours alone so far
	go__timer_arm(&c->timer, c->deadline, 0);
	// Who cancelled c meanwhile may not have seen the timer armed; then its
	// go__timer_cancel came before our arm, which shows us the phase.
	if (load_rlx(&c->phase) != GO__CTX_LIVE)
		go__ctx_disarm(c);
}

go_ctx *
go_ctx_with_deadline_cause(go_ctx *parent, go_time t, go_error *err)
{
	bool is_own = t < deadline_of(parent), has_passed = t <= go_now();
	go_ctx *c;

	if (is_own && !has_passed && !go__timers_start())
		go_panic("go_ctx: no thread can be had to mind the timers");
	c = make(parent, NULL);
	c->given = go_error_retain(err);
	if (is_own)
		c->deadline = t;
	if (is_own && !has_passed) {
		go__timer_init(&c->timer, deadline_passed);
		c->has_timer = true;
	}
	go__ctx_attach(c);
	if (is_own && has_passed)
		go__ctx_cancel(c, GO_DEADLINE_EXCEEDED,
			       err != NULL ? err : GO_DEADLINE_EXCEEDED);
	else if (is_own)
		arm(c);
	return c;
}

go_ctx *
go_ctx_with_deadline(go_ctx *parent, go_time t)
{
	return go_ctx_with_deadline_cause(parent, t, NULL);
}

go_ctx *
go_ctx_with_timeout_cause(go_ctx *parent, go_duration d, go_error *err)
{
	return go_ctx_with_deadline_cause(parent, go__time_after(d), err);
}

go_ctx *
go_ctx_with_timeout(go_ctx *parent, go_duration d)
{
	return go_ctx_with_timeout_cause(parent, d, NULL);
}

go_ctx *
go_ctx_with_value(go_ctx *parent, const void *key, void *value)
{
	go_ctx *c;

	if (key == NULL)
		go_panic("go_ctx_with_value: the key is NULL");
	c = make(parent, NULL);
	c->value = (struct go__ctx_value){key, value};
	c->source = c;
	go__ctx_attach(c);
	return c;
}

go_ctx *
go_ctx_without_cancel(go_ctx *parent)
{
	go_ctx *c = malloc(sizeof *c);

	if (c == NULL)
		go_panic("go_ctx: no memory");
	*c = (go_ctx){.refs = 1, .holds = 1, .deadline = GO__NEVER};
	// It has a parent for the values, but is never on its list.
	c->up[0].parent = go_ctx_retain(parent);
	c->up[0].child = c;
	(void)go__ctx_inherit(c);  // one parent's need no memory
	return c;
}

go_ctx *
go_ctx_merge(go_ctx *a, go_ctx *b)
{
	go_ctx *c = make(a, b);

	go__ctx_attach(c);
	return c;
}

// -- questions ---------------------------------------------------------------

go_receiver(go_unit) go_ctx_done(go_ctx *ctx)
{
	return (go_receiver(go_unit))(ctx != NULL ? ctx->done : NULL);
}

bool
go_ctx_deadline(go_ctx *ctx, go_time *t)
{
	if (deadline_of(ctx) == GO__NEVER)
		return false;
	*t = ctx->deadline;
	return true;
}
