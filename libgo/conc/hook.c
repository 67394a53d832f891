// SPDX-License-Identifier: MIT
//
// Functions to call once a context is cancelled.
//
// A hook is on its context's list until it is started or stopped; the
// context's lock decides which. It holds a reference on the context, and
// belongs to whoever has the handle: the starter copies what it needs.

#include <stdlib.h>

#include "conc/context.h"
#include "libgo/goroutine.h"
#include "rt/call.h"

struct go_ctx_hook {
	void (*fn)(void *arg);     // immutable
	void *arg;                 // immutable
	go_ctx *ctx;               // immutable; a reference, NULL never calls
	struct go_ctx_hook *next;  // ctx->lock
	struct go_ctx_hook *prev;  // ctx->lock
	bool is_queued;            // ctx->lock
};

static void
push(go_ctx *c, go_ctx_hook *h)
{
	h->prev = c->last_hook;
	h->next = NULL;
	h->is_queued = true;
	if (h->prev != NULL)
		h->prev->next = h;
	else
		c->hooks = h;
	c->last_hook = h;
}

static void
take_off(go_ctx *c, go_ctx_hook *h)
{
	h->is_queued = false;
	if (h->prev != NULL)
		h->prev->next = h->next;
	else
		c->hooks = h->next;
	if (h->next != NULL)
		h->next->prev = h->prev;
	else
		c->last_hook = h->prev;
}

bool
go__ctx_run_hook(go_ctx *c, uint32_t *n_refused)
{
	void (*fn)(void *arg);
	go_ctx_hook *h;
	void *arg;

	go__lock(&c->lock);
	h = c->hooks;
	if (h == NULL)
		return false;
	take_off(c, h);
	fn = h->fn;
	arg = h->arg;
	go__unlock(&c->lock);
	// h may be gone.
	if (go_try_start(fn, arg) != NULL)
		++*n_refused;
	return true;
}

go_ctx_hook *
go_ctx_after_func(go_ctx *ctx, void (*fn)(void *arg), void *arg)
{
	go_ctx_hook *h;
	bool is_late;

	if (fn == NULL)
		go_panic("go_ctx_after_func: the function is NULL");
	h = malloc(sizeof *h);
	if (h == NULL)
		go_panic("go_ctx_after_func: no memory");
	*h = (go_ctx_hook){.fn = fn, .arg = arg, .ctx = go_ctx_retain(ctx)};
	if (ctx == NULL)
		return h;
	go__lock(&ctx->lock);
	is_late = ctx->is_swept;
	if (!is_late)
		push(ctx, h);
	go__unlock(&ctx->lock);
	if (is_late && go_try_start(fn, arg) != NULL) {
		go_ctx_hook_stop(h);
		go_panic("go_ctx_after_func: %s", go__go_lack());
	}
	return h;
}

bool
go_ctx_hook_stop(go_ctx_hook *hook)
{
	bool is_stopped = true;

	if (hook == NULL)
		return false;
	if (hook->ctx != NULL) {
		go__lock(&hook->ctx->lock);
		is_stopped = hook->is_queued;
		if (is_stopped)
			take_off(hook->ctx, hook);
		go__unlock(&hook->ctx->lock);
	}
	go_ctx_release(hook->ctx);
	free(hook);
	return is_stopped;
}
