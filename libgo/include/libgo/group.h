// SPDX-License-Identifier: MIT
//
// group: goroutines that work on parts of one task, and may fail.
//
//	go_group *group = go_group_new(ctx);
//	for (int i = 0; i < n; i++)
//		go_group_go(group, fetch, go_group_ctx(group), urls[i]);
//	go_error *err = go_group_wait(group);
//	go_group_free(group);
//
// The first to return an error cancels the group's context with the error as
// its cause, so that the others may give up; go_group_wait returns that error.
//
// Any thread may call anything here, but go_group_free. The makers panic
// without memory, as go() does.

#ifndef LIBGO_GROUP_H
#define LIBGO_GROUP_H

#include "libgo/context.h"
#include "libgo/error.h"
#include "libgo/goroutine.h"

GO_BEGIN_DECLS

typedef struct go_group go_group;

// go_group_new returns a group whose context is below ctx.
GO_API GO_MUST_USE go_group *go_group_new(go_ctx *ctx);

// go_group_ctx returns the group's context, borrowed. It is cancelled by the
// first error, and when a wait returns.
GO_API go_ctx *go_group_ctx(go_group *g);

// go_group_limit allows at most n goroutines at a time; a negative n is no
// limit, as at the beginning. Those who wait to start one are let in as far as
// the new limit allows. Panics while any run.
GO_API void go_group_limit(go_group *g, int n);

// go_group_go starts fn(args...), which returns a go_error *, NULL or owned
// by the group from then on. It waits while the limit is reached, and returns
// false, without a call of fn, if the group's context is done first.
#define go_group_go(g, ...)                                                    \
	GO__GROUP_LAUNCH(__COUNTER__, go__group_enter(g), __VA_ARGS__)

// go_group_try_go is go_group_go that returns false instead of waiting.
#define go_group_try_go(g, ...)                                                \
	GO__GROUP_LAUNCH(__COUNTER__, go__group_try_enter(g), __VA_ARGS__)

// go_group_wait waits until all have ended, cancels the group's context, and
// returns the first error, with a reference for the caller; NULL if there was
// none. go_group_wait_all returns all errors joined, in the order in which
// they came.
GO_API GO_MUST_USE go_error *go_group_wait(go_group *g);
GO_API GO_MUST_USE go_error *go_group_wait_all(go_group *g);

// go_group_free frees a group that nobody uses any more. Panics while any of
// its goroutines run.
GO_API void go_group_free(go_group *g);

// Private: entering takes a place under the limit, or returns NULL.
GO_API go_group *go__group_enter(go_group *g);
GO_API go_group *go__group_try_enter(go_group *g);
GO_API bool go__group_start(go_group *g, go__fn fn,
			    const struct go__site *site);

GO_END_DECLS

#define GO__GROUP_LAUNCH(id, group, ...)                                       \
	__extension__({                                                        \
		GO__STATIC_ASSERT(                                             \
			GO__IS_ERROR(GO__RESULT(GO__NARG(__VA_ARGS__),         \
						__VA_ARGS__)),                 \
			"go_group_go: the function must return go_error *");   \
		GO__LAUNCH(id, group, go__group_start, __VA_ARGS__);           \
	})
#ifdef __cplusplus
#define GO__IS_ERROR(type) __is_same(type, go_error *)
#else
#define GO__IS_ERROR(type) __builtin_types_compatible_p(type, go_error *)
#endif
#define GO__RESULT(n, ...) GO__RESULT_(n, __VA_ARGS__)
#define GO__RESULT_(n, ...) __typeof__(GO__CAT(GO__RESULT_, n)(__VA_ARGS__))
#define GO__RESULT_1(f) (f)()
#define GO__RESULT_2(f, a) (f)(a)
#define GO__RESULT_3(f, a, b) (f)(a, b)
#define GO__RESULT_4(f, a, b, c) (f)(a, b, c)
#define GO__RESULT_5(f, a, b, c, d) (f)(a, b, c, d)
#define GO__RESULT_6(f, a, b, c, d, e) (f)(a, b, c, d, e)
#define GO__RESULT_7(f, a, b, c, d, e, g) (f)(a, b, c, d, e, g)
// More are refused by GO__LAUNCH.
#define GO__RESULT_8(...) (go_error *)0

#endif
