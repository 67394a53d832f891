// SPDX-License-Identifier: MIT
//
// Groups: a wait group, a limit, a list of errors and a context.
//
// Invariants, whenever g->lock is free:
//   I1  n_active counts those that entered and have not left. While limit is
//       not negative it is at most limit.
//   I2  Somebody waits to enter only while n_active is limit: who leaves
//       hands the place over.
//   I3  The list has room for an error of each goroutine that has started and
//       not ended: ending needs no memory.
//   I4  The first n_errors of the list never change, and a list that a larger
//       one has replaced stays until the group is freed: who has seen both
//       under the lock may read them without it.
//
// The wait group is what an ending goroutine touches last: the group may be
// freed then.

#include "libgo/group.h"

#include <assert.h>
#include <stdlib.h>

#include "conc/error.h"
#include "conc/wait.h"
#include "libgo/sync.h"
#include "rt/call.h"

struct list {
	struct list *older;  // immutable; the one it replaced
	go_error *errors[];  // references
};

struct go_group {
	uint32_t lock;
	int limit;                  // lock; negative: none
	size_t n_active;            // lock
	struct go__waitq entering;  // lock
	struct list *list;          // lock; the newest
	size_t n_errors;            // lock
	size_t capacity;            // lock; of list
	go_ctx *ctx;                // immutable
	go_waitgroup wg;
};

go_group *
go_group_new(go_ctx *ctx)
{
	go_ctx *own = go_ctx_with_cancel(ctx);
	go_group *g = malloc(sizeof *g);

	if (g == NULL) {
		go_ctx_release(own);
		go_panic("go_group_new: no memory");
	}
	*g = (go_group){.limit = -1, .ctx = own};
	return g;
}

go_ctx *
go_group_ctx(go_group *g)
{
	return g->ctx;
}

static bool
is_full(const go_group *g)
{
	return g->limit >= 0 && g->n_active >= (size_t)g->limit;
}

void
go_group_limit(go_group *g, int n)
{
	struct go__waitq ready = {NULL, NULL};
	struct go__waiter *w;
	bool is_busy;

	go__lock(&g->lock);
	is_busy = g->n_active > 0;
	if (!is_busy)
		g->limit = n;
	// Under a limit of 0 some may wait though nobody is active.
	while (!is_full(g) && (w = go__waitq_pop(&g->entering)) != NULL) {
		g->n_active++;
		go__waitq_push(&ready, w);
	}
	go__unlock(&g->lock);
	go__ready_all(&ready);
	if (is_busy)
		go_panic("go_group_limit: goroutines of the group run");
}

// reserve makes room for the errors of all that are active. No memory is asked
// for under the lock, so it looks again afterwards.
static bool
reserve(go_group *g)
{
	struct list *bigger;
	size_t want;

	go__lock(&g->lock);
	while (g->n_errors + g->n_active > g->capacity) {
		want = 2 * (g->n_errors + g->n_active);
		go__unlock(&g->lock);
		bigger = malloc(sizeof *bigger + want * sizeof(go_error *));
		if (bigger == NULL)
			return false;
		go__lock(&g->lock);
		if (want > g->capacity) {
			for (size_t i = 0; i < g->n_errors; i++)
				bigger->errors[i] = g->list->errors[i];
			bigger->older = g->list;  // I4
			g->list = bigger;
			g->capacity = want;
			bigger = NULL;
		}
		go__unlock(&g->lock);
		free(bigger);
		go__lock(&g->lock);
	}
	go__unlock(&g->lock);
	return true;
}

// leave gives a place up, to the next who waits to enter.
static void
leave(go_group *g)
{
	struct go__waiter *w;
	struct g *next = NULL;

	go__lock(&g->lock);
	w = go__waitq_pop(&g->entering);
	if (w != NULL)
		next = w->g;  // read now: w dies as soon as it runs
	else
		g->n_active--;
	go__unlock(&g->lock);
	if (next != NULL)
		go__ready(next);
}

// admit prepares the start of one that has entered.
static go_group *
admit(go_group *g)
{
	if (!reserve(g)) {
		leave(g);
		go_panic("go_group_go: no memory");
	}
	go__wg_count(&g->wg, 1);
	return g;
}

go_group *
go__group_enter(go_group *g)
{
	struct go__waiter w;
	bool is_in;

	go__lock(&g->lock);
	if (!is_full(g)) {
		g->n_active++;
		go__unlock(&g->lock);
		return admit(g);
	}
	go__waitq_push(&g->entering, &w);
	is_in = go__wait(&g->lock, &g->entering, &w, GO__WHY_GROUP, g->ctx);
	if (!is_in)
		go__unlock(&g->lock);
	return is_in ? admit(g) : NULL;
}

go_group *
go__group_try_enter(go_group *g)
{
	bool is_in;

	go__lock(&g->lock);
	is_in = !is_full(g);
	if (is_in)
		g->n_active++;
	go__unlock(&g->lock);
	return is_in ? admit(g) : NULL;
}

// finish is what an ended goroutine does: its function returned result, or 0
// if it ended otherwise.
static void
finish(void *group, uintptr_t result)
{
	go_group *g = group;
	go_error *err = (go_error *)result;
	bool is_first = false;

	if (err != NULL) {
		go__lock(&g->lock);
		assert(g->n_errors < g->capacity);  // I3
		is_first = g->n_errors == 0;
		g->list->errors[g->n_errors++] = err;
		go__unlock(&g->lock);
	}
	if (is_first)
		go_ctx_cancel_cause(g->ctx, err);
	leave(g);
	go_wg_done(&g->wg);
}

bool
go__group_start(go_group *g, go__fn fn, const struct go__site *site)
{
	if (g == NULL)
		return false;
	if (fn != NULL && go__go(NULL, fn, site, finish, g))
		return true;
	finish(g, 0);
	go__go_refused("go_group_go", fn, site);
}

// wait waits for all and returns their errors, of which there are *n.
static go_error *const *
wait(go_group *g, size_t *n)
{
	struct list *list;

	go_wg_wait(&g->wg);
	go_ctx_cancel(g->ctx);
	go__lock(&g->lock);
	list = g->list;
	*n = g->n_errors;
	go__unlock(&g->lock);
	return list != NULL ? list->errors : NULL;  // I4
}

go_error *
go_group_wait(go_group *g)
{
	size_t n;
	go_error *const *errors = wait(g, &n);

	return n > 0 ? go_error_retain(errors[0]) : NULL;
}

go_error *
go_group_wait_all(go_group *g)
{
	size_t n;
	go_error *const *errors = wait(g, &n);

	return go__error_join_all(errors, n);
}

void
go_group_free(go_group *g)
{
	struct list *list;

	if (g == NULL)
		return;
	if (g->n_active > 0)
		go_panic("go_group_free: goroutines of the group run");
	for (size_t i = 0; i < g->n_errors; i++)
		go_error_free(g->list->errors[i]);
	while ((list = g->list) != NULL) {
		g->list = list->older;
		free(list);
	}
	go_ctx_cancel(g->ctx);
	go_ctx_release(g->ctx);
	free(g);
}
