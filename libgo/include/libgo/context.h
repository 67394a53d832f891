// SPDX-License-Identifier: MIT
//
// context: tells goroutines to stop, by when, and why.
//
//	go_ctx *ctx = go_ctx_with_timeout(parent, 2 * GO_SECOND);
//	go_error *err = fetch(ctx, url);
//	go_ctx_release(ctx);
//
// Contexts form a tree. Cancelling one cancels all below it, with the same
// error and cause; it never touches those above. Code that waits also waits
// for go_ctx_done(ctx), or calls a _ctx form of a lock; code that computes
// looks at go_ctx_err(ctx) now and then.
//
// NULL is the background: never cancelled, without deadline and values.
//
// A context is counted. The caller of a maker owns one reference and gives it
// up with go_ctx_release; a context keeps those above it alive, not those
// below. To give up the last reference neither cancels nor waits for anybody.
// The makers panic without memory, as go() does.
//
// Any thread may call anything here, at any time while it has a reference.

#ifndef LIBGO_CONTEXT_H
#define LIBGO_CONTEXT_H

#include "libgo/base.h"
#include "libgo/chan.h"
#include "libgo/error.h"

GO_BEGIN_DECLS

// go_ctx_with_cancel returns a context below parent, for go_ctx_cancel. The
// _cause form keeps err, retained, as the cause that go_ctx_cancel gives.
GO_API GO_MUST_USE go_ctx *go_ctx_with_cancel(go_ctx *parent);
GO_API GO_MUST_USE go_ctx *go_ctx_with_cancel_cause(go_ctx *parent,
						    go_error *err);

// go_ctx_with_deadline returns one that is also cancelled at instant t, with
// GO_DEADLINE_EXCEEDED, or sooner if its parent has an earlier deadline. The
// _cause form keeps err, retained, as the cause that the deadline gives.
GO_API GO_MUST_USE go_ctx *go_ctx_with_deadline(go_ctx *parent, go_time t);
GO_API GO_MUST_USE go_ctx *go_ctx_with_deadline_cause(go_ctx *parent, go_time t,
						      go_error *err);

// go_ctx_with_timeout is go_ctx_with_deadline for d from now.
GO_API GO_MUST_USE go_ctx *go_ctx_with_timeout(go_ctx *parent, go_duration d);
GO_API GO_MUST_USE go_ctx *
go_ctx_with_timeout_cause(go_ctx *parent, go_duration d, go_error *err);

// go_ctx_with_value returns one in which key has a value. Keys are compared
// by address: take that of a static variable. The value must outlive the
// context. Panics if key is NULL.
GO_API GO_MUST_USE go_ctx *go_ctx_with_value(go_ctx *parent, const void *key,
					     void *value);

// go_ctx_without_cancel returns one with the values of parent, but which is
// never cancelled and has no deadline.
GO_API GO_MUST_USE go_ctx *go_ctx_without_cancel(go_ctx *parent);

// go_ctx_merge returns one that is below both a and b: done when either is,
// with the earlier deadline. A value is looked up in a first.
GO_API GO_MUST_USE go_ctx *go_ctx_merge(go_ctx *a, go_ctx *b);

// go_ctx_cancel cancels ctx, and all below it before it returns, with the
// error GO_CANCELED. If ctx is cancelled already it does nothing; when another
// is about that just now, ctx is done when it returns, but some below it may
// not yet be. Nor does it do anything if ctx cannot be cancelled.
GO_API void go_ctx_cancel(go_ctx *ctx);

// go_ctx_cancel_cause gives a cause, retained; NULL is GO_CANCELED.
GO_API void go_ctx_cancel_cause(go_ctx *ctx, go_error *err);

// go_ctx_done returns a channel that is closed when ctx is cancelled; NULL if
// it never is. It lives as long as ctx.
GO_API go_receiver(go_unit) go_ctx_done(go_ctx *ctx);

// go_on_done is a case of go_select: ctx is done.
#define go_on_done(ctx) GO__CASE(GO__RECV_FROM, go_ctx_done(ctx), NULL, NULL, 0)

// go_ctx_err returns NULL until the done channel is closed, and afterwards,
// for ever, GO_CANCELED or GO_DEADLINE_EXCEEDED. Borrowed.
GO_API go_error *go_ctx_err(go_ctx *ctx);

// go_ctx_cause returns the cause that was given when ctx was cancelled, or
// what go_ctx_err returns if there was none. It lives as long as ctx.
GO_API go_error *go_ctx_cause(go_ctx *ctx);

// go_ctx_deadline stores in *t when ctx will be done at the latest, and
// returns true; false if it has no deadline.
GO_API bool go_ctx_deadline(go_ctx *ctx, go_time *t);

// go_ctx_value returns the value that key has in ctx or the nearest context
// above it; NULL if it has none.
GO_API void *go_ctx_value(go_ctx *ctx, const void *key);

// go_ctx_after_func has fn(arg) called in a goroutine of its own once ctx is
// cancelled, at once if it is already. The handle must be given to
// go_ctx_hook_stop, once, before or after.
typedef struct go_ctx_hook go_ctx_hook;
GO_API GO_MUST_USE go_ctx_hook *
go_ctx_after_func(go_ctx *ctx, void (*fn)(void *arg), void *arg);

// go_ctx_hook_stop returns true if it kept fn from being called; else fn has
// been started, and may still run. It does not wait. The handle is gone.
GO_API bool go_ctx_hook_stop(go_ctx_hook *hook);

// go_ctx_retain takes one more reference and returns ctx.
GO_API go_ctx *go_ctx_retain(go_ctx *ctx);

// go_ctx_release drops one.
GO_API void go_ctx_release(go_ctx *ctx);

GO_END_DECLS

#endif
