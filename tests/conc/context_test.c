// SPDX-License-Identifier: MIT

#include <stdio.h>

#include "conc/context.h"
#include "suite.h"

static bool
is_done(go_ctx *ctx)
{
	bool open = true;

	return go_select(go_on_recv(go_ctx_done(ctx), NULL, &open),
			 go_on_default) == 0 &&
	       !open;
}

START_TEST(the_background_is_never_canceled)
{
	go_time t = 7;

	go_ctx_cancel(NULL);
	go_ctx_cancel_cause(NULL, GO_EOF);
	ck_assert(go_ctx_done(NULL) == NULL);
	ck_assert_ptr_null(go_ctx_err(NULL));
	ck_assert_ptr_null(go_ctx_cause(NULL));
	ck_assert_ptr_null(go_ctx_value(NULL, &t));
	ck_assert(!go_ctx_deadline(NULL, &t));
	ck_assert_int_eq(t, 7);
	ck_assert_ptr_null(go_ctx_retain(NULL));
	go_ctx_release(NULL);
}

START_TEST(a_parent_cancels_those_below_and_no_other)
{
	go_ctx *top = go_ctx_with_cancel(NULL);
	go_ctx *mid = go_ctx_with_cancel(top), *side = go_ctx_with_cancel(top);
	go_ctx *low = go_ctx_with_value(mid, &top, top);

	ck_assert(!is_done(low) && go_ctx_err(low) == NULL);
	go_ctx_cancel(mid);
	ck_assert(is_done(mid) && is_done(low));
	ck_assert_ptr_eq(go_ctx_err(low), GO_CANCELED);
	ck_assert(!is_done(top) && !is_done(side));
	ck_assert_ptr_null(go_ctx_err(side));
	go_ctx_cancel(top);
	ck_assert(is_done(side));
	go_ctx_cancel(top);
	go_ctx_release(top);
	go_ctx_release(mid);
	go_ctx_release(side);
	go_ctx_release(low);
}

START_TEST(a_child_of_a_canceled_parent_is_born_canceled)
{
	go_ctx *top = go_ctx_with_cancel(NULL), *low;

	go_ctx_cancel_cause(top, GO_EOF);
	low = go_ctx_with_timeout(top, GO_HOUR);
	ck_assert(is_done(low));
	ck_assert_ptr_eq(go_ctx_err(low), GO_CANCELED);
	ck_assert_ptr_eq(go_ctx_cause(low), GO_EOF);
	go_ctx_release(top);
	go_ctx_release(low);
}

START_TEST(a_deadline_cancels)
{
	go_ctx *ctx = go_ctx_with_timeout(NULL, GO_MILLISECOND);
	go_ctx *low = go_ctx_with_cancel(ctx);
	go_time t;

	ck_assert(go_ctx_deadline(low, &t));
	ck_assert(!go_recv(go_ctx_done(low), NULL));
	ck_assert_int_ge(go_now(), t);
	ck_assert_ptr_eq(go_ctx_err(low), GO_DEADLINE_EXCEEDED);
	ck_assert_ptr_eq(go_ctx_cause(low), GO_DEADLINE_EXCEEDED);
	ck_assert_ptr_eq(go_ctx_err(ctx), GO_DEADLINE_EXCEEDED);
	go_ctx_cancel(ctx);
	ck_assert_ptr_eq(go_ctx_err(ctx), GO_DEADLINE_EXCEEDED);
	go_ctx_release(ctx);
	go_ctx_release(low);
}

START_TEST(the_earliest_deadline_counts)
{
	go_time now = go_now(), t;
	go_ctx *top = go_ctx_with_deadline(NULL, now + GO_HOUR);
	go_ctx *later = go_ctx_with_deadline(top, now + 2 * GO_HOUR);
	go_ctx *sooner = go_ctx_with_deadline(top, now + GO_MINUTE);
	go_ctx *both = go_ctx_merge(later, sooner);
	go_ctx *never = go_ctx_with_timeout(NULL, INT64_MAX);

	ck_assert(go_ctx_deadline(later, &t) && t == now + GO_HOUR);
	ck_assert(go_ctx_deadline(sooner, &t) && t == now + GO_MINUTE);
	ck_assert(go_ctx_deadline(both, &t) && t == now + GO_MINUTE);
	ck_assert(!is_done(never));
	go_ctx_release(top);
	go_ctx_release(later);
	go_ctx_release(sooner);
	go_ctx_release(both);
	go_ctx_release(never);
}

START_TEST(a_deadline_that_has_passed_cancels_at_birth)
{
	go_ctx *a = go_ctx_with_timeout(NULL, 0);
	go_ctx *b = go_ctx_with_deadline_cause(NULL, go_now() - 1, GO_EOF);

	ck_assert(is_done(a) && is_done(b));
	ck_assert_ptr_eq(go_ctx_err(a), GO_DEADLINE_EXCEEDED);
	ck_assert_ptr_eq(go_ctx_cause(b), GO_EOF);
	go_ctx_release(a);
	go_ctx_release(b);
}

// What a step does in the table of causes.
enum step {
	NOTHING,
	CANCEL_PARENT,        // with the cause "parent"
	CANCEL_PARENT_PLAIN,  // without one
	CANCEL_CHILD,
	CANCEL_CHILD_PLAIN,
};

START_TEST(the_first_cancellation_gives_the_cause)
{
	go_error *p = go_errorf("parent"), *c = go_errorf("child");
	const struct {
		enum step steps[2];
		go_error *parent, *child;  // their causes
	} rows[] = {
		{{NOTHING, NOTHING}, NULL, NULL},
		{{CANCEL_PARENT, NOTHING}, p, p},
		{{CANCEL_PARENT_PLAIN, NOTHING}, GO_CANCELED, GO_CANCELED},
		{{CANCEL_CHILD, NOTHING}, NULL, c},
		{{CANCEL_CHILD_PLAIN, NOTHING}, NULL, GO_CANCELED},
		{{CANCEL_PARENT, CANCEL_CHILD}, p, p},
		{{CANCEL_PARENT, CANCEL_PARENT_PLAIN}, p, p},
		{{CANCEL_PARENT_PLAIN, CANCEL_PARENT},
		 GO_CANCELED,
		 GO_CANCELED},
		{{CANCEL_CHILD, CANCEL_PARENT}, p, c},
		{{CANCEL_CHILD, CANCEL_CHILD_PLAIN}, NULL, c},
		{{CANCEL_CHILD_PLAIN, CANCEL_CHILD}, NULL, GO_CANCELED},
		{{CANCEL_CHILD_PLAIN, CANCEL_PARENT}, p, GO_CANCELED},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		go_ctx *parent = go_ctx_with_cancel(NULL);
		go_ctx *child = go_ctx_with_cancel(parent);

		for (int k = 0; k < 2; k++) {
			switch (rows[i].steps[k]) {
			case NOTHING:
				break;
			case CANCEL_PARENT:
				go_ctx_cancel_cause(parent, p);
				break;
			case CANCEL_PARENT_PLAIN:
				go_ctx_cancel(parent);
				break;
			case CANCEL_CHILD:
				go_ctx_cancel_cause(child, c);
				break;
			case CANCEL_CHILD_PLAIN:
				go_ctx_cancel_cause(child, NULL);
				break;
			}
		}
		ck_assert_msg(go_ctx_cause(parent) == rows[i].parent, "row %zu",
			      i);
		ck_assert_msg(go_ctx_cause(child) == rows[i].child, "row %zu",
			      i);
		go_ctx_release(parent);
		go_ctx_release(child);
	}
	go_error_free(p);
	go_error_free(c);
}

START_TEST(makers_with_a_cause_give_it_to_their_own_end)
{
	go_error *why = go_errorf("why");
	go_ctx *a = go_ctx_with_cancel_cause(NULL, why);
	go_ctx *b = go_ctx_with_timeout_cause(NULL, GO_MILLISECOND, why);
	go_ctx *c = go_ctx_with_timeout_cause(NULL, GO_HOUR, why);

	go_error_free(why);  // they have references of their own
	go_ctx_cancel(a);
	ck_assert_str_eq(go_error_text(go_ctx_cause(a)), "why");
	ck_assert_ptr_eq(go_ctx_err(a), GO_CANCELED);
	go_recv(go_ctx_done(b), NULL);
	ck_assert_str_eq(go_error_text(go_ctx_cause(b)), "why");
	ck_assert_ptr_eq(go_ctx_err(b), GO_DEADLINE_EXCEEDED);
	go_ctx_cancel(c);
	ck_assert_ptr_eq(go_ctx_cause(c), GO_CANCELED);
	go_ctx_release(a);
	go_ctx_release(b);
	go_ctx_release(c);
}

START_TEST(without_cancel_keeps_the_values_alone)
{
	go_ctx *top = go_ctx_with_timeout(NULL, GO_HOUR);
	go_ctx *mid = go_ctx_with_value(top, &top, top);
	go_ctx *free_one = go_ctx_without_cancel(mid);
	go_ctx *low = go_ctx_with_cancel(free_one);
	go_time t;

	go_ctx_cancel(top);
	go_ctx_cancel(free_one);
	ck_assert(go_ctx_done(free_one) == NULL);
	ck_assert_ptr_null(go_ctx_err(free_one));
	ck_assert_ptr_null(go_ctx_cause(free_one));
	ck_assert(!go_ctx_deadline(free_one, &t));
	ck_assert_ptr_eq(go_ctx_value(low, &top), top);
	ck_assert(!is_done(low));
	go_ctx_cancel(low);
	ck_assert(is_done(low));
	go_ctx_release(top);
	go_ctx_release(mid);
	go_ctx_release(free_one);
	go_ctx_release(low);
}

START_TEST(merged_contexts_end_with_the_first_of_them)
{
	for (int first = 0; first < 3; first++) {
		go_ctx *a = go_ctx_with_cancel(NULL);
		go_ctx *b = go_ctx_with_cancel(NULL);
		go_ctx *both = go_ctx_merge(a, b);
		go_ctx *same = go_ctx_merge(a, a);

		switch (first) {
		case 0:
			go_ctx_cancel_cause(a, GO_EOF);
			break;
		case 1:
			go_ctx_cancel_cause(b, GO_EOF);
			break;
		default:
			go_ctx_cancel_cause(both, GO_EOF);
			break;
		}
		ck_assert(is_done(both));
		ck_assert_ptr_eq(go_ctx_cause(both), GO_EOF);
		ck_assert_int_eq(is_done(a), first == 0);
		ck_assert_int_eq(is_done(b), first == 1);
		go_ctx_cancel(a);
		go_ctx_cancel(b);
		ck_assert_ptr_eq(go_ctx_cause(both), GO_EOF);
		ck_assert(is_done(same));
		go_ctx_release(both);
		both = go_ctx_merge(a, b);
		ck_assert(is_done(both));
		go_ctx_release(a);
		go_ctx_release(b);
		go_ctx_release(both);
		go_ctx_release(same);
	}
}

static void
tell(void *to)
{
	go_send(*(go_chan(int) *)to, 1);
}

START_TEST(a_hook_runs_once_in_a_goroutine_of_its_own)
{
	go_ctx *ctx = go_ctx_with_cancel(NULL);
	go_chan(int) c = go_chan_make(int, 0);
	go_ctx_hook *a = go_ctx_after_func(ctx, tell, &c);
	go_ctx_hook *b = go_ctx_after_func(ctx, tell, &c);
	go_ctx_hook *stopped = go_ctx_after_func(ctx, tell, &c), *late;
	int n;

	ck_assert(go_ctx_hook_stop(stopped));
	go_ctx_cancel(ctx);  // does not wait for the hooks, which block
	late = go_ctx_after_func(ctx, tell, &c);
	for (int i = 0; i < 3; i++)
		ck_assert(go_recv(c, &n));
	ck_assert(!go_ctx_hook_stop(a));
	ck_assert(!go_ctx_hook_stop(b));
	ck_assert(!go_ctx_hook_stop(late));
	ck_assert(!go_try_recv(c, &n));
	ck_assert(!go_ctx_hook_stop(NULL));
	ck_assert(go_ctx_hook_stop(go_ctx_after_func(NULL, tell, &c)));
	go_ctx_release(ctx);
	go_chan_release(c);
}

START_TEST(a_deadline_runs_hooks)
{
	go_ctx *ctx = go_ctx_with_timeout(NULL, GO_MILLISECOND);
	go_chan(int) c = go_chan_make(int, 0);
	go_ctx_hook *h = go_ctx_after_func(ctx, tell, &c);
	int n;

	go_ctx_release(ctx);  // the hook keeps it
	ck_assert(go_recv(c, &n));
	ck_assert(!go_ctx_hook_stop(h));
	go_chan_release(c);
}

START_TEST(releasing_the_last_reference_disarms_the_timer)
{
	for (int i = 0; i < 1000; i++) {
		go_ctx_release(go_ctx_with_timeout(NULL, GO_HOUR));
		go_ctx_release(go_ctx_with_timeout(NULL, i * GO_MICROSECOND));
	}
}

static void
wait_for(go_ctx *ctx)
{
	go_recv(go_ctx_done(ctx), NULL);
	// Done is closed: err must be there.
	ck_assert_ptr_eq(go_ctx_err(ctx), GO_CANCELED);
	go_ctx_release(ctx);
}

static void
ask(go_ctx *ctx)
{
	while (go_ctx_err(ctx) == NULL)
		go_yield();
	// Err is there: done must be closed.
	ck_assert(is_done(ctx));
	go_ctx_release(ctx);
}

START_TEST(err_and_done_agree)
{
	for (int i = 0; i < 500; i++) {
		go_ctx *top = go_ctx_with_cancel(NULL);
		go_ctx *low = go_ctx_with_cancel(top);
		go_waitgroup wg = {0};

		go_wg_go(&wg, wait_for, go_ctx_retain(low));
		go_wg_go(&wg, ask, go_ctx_retain(low));
		go_wg_go(&wg, ask, go_ctx_retain(top));
		go_wg_go(&wg, go_ctx_cancel, top);
		go_wg_go(&wg, go_ctx_cancel, low);
		go_wg_wait(&wg);
		go_ctx_release(top);
		go_ctx_release(low);
	}
}

START_TEST(a_deep_tree_needs_no_deep_stack)
{
	go_ctx *top = go_ctx_with_cancel(NULL), *ctx = top, *low;

	go_ctx_retain(top);
	for (int i = 0; i < 50000; i++) {
		low = go_ctx_with_cancel(ctx);
		go_ctx_release(ctx);
		ctx = low;
	}
	go_ctx_cancel(top);
	ck_assert(is_done(ctx));
	go_ctx_release(top);
	go_ctx_release(ctx);
}

// grow makes and drops contexts below others while they are canceled.
static void
grow(go_ctx *a, go_ctx *b, unsigned seed)
{
	for (int i = 0; i < 300; i++) {
		go_ctx *low, *lower;

		seed = seed * 1664525 + 1013904223;
		switch (seed >> 29) {
		case 0:
			low = go_ctx_merge(a, b);
			break;
		case 1:
			low = go_ctx_merge(b, a);
			break;
		case 2:
			low = go_ctx_with_value(a, &a, b);
			break;
		case 3:
			low = go_ctx_with_timeout(a, seed % 4096);
			break;
		default:
			low = go_ctx_with_cancel(b);
			break;
		}
		lower = go_ctx_with_timeout(low, (seed >> 8) % 65536);
		if (seed & 4)
			go_ctx_cancel(low);
		go_ctx_release(low);
		if (seed & 8)
			go_recv(go_ctx_done(lower), NULL);
		go_ctx_release(lower);
	}
}

START_TEST(trees_are_made_canceled_and_dropped_at_once)
{
	unsigned seed = (unsigned)go_now();

	printf("seed %u\n", seed);
	for (int round = 0; round < 10; round++) {
		go_ctx *top = go_ctx_with_cancel(NULL);
		go_ctx *a = go_ctx_with_cancel(top);
		go_ctx *b = go_ctx_with_timeout(top, 2 * GO_MILLISECOND);
		go_waitgroup wg = {0};

		for (unsigned i = 0; i < 4; i++)
			go_wg_go(&wg, grow, a, b, seed++);
		go_sleep(GO_MILLISECOND);
		go_ctx_cancel(round % 2 == 0 ? top : a);
		go_wg_wait(&wg);
		go_ctx_release(top);
		go_ctx_release(a);
		go_ctx_release(b);
	}
}

START_TEST(children_leave_a_long_lived_parent)
{
	go_ctx *top = go_ctx_with_cancel(NULL), *low;

	for (int i = 0; i < 100; i++) {
		low = go_ctx_with_cancel(top);
		ck_assert_ptr_nonnull(top->children);
		if (i % 2 == 0)
			go_ctx_cancel(low);
		else
			go_ctx_release(low);
		ck_assert_ptr_null(top->children);
		if (i % 2 == 0)
			go_ctx_release(low);
	}
	go_ctx_release(top);
}

// As another canceller's list holds it: its phase has left LIVE, its channel
// is open or closed, and what is below it has not been swept.
static go_ctx *
on_the_list(enum go__ctx_phase phase)
{
	go_ctx *c = go_ctx_with_cancel(NULL);

	c->err = GO_CANCELED;
	c->cause = GO_EOF;
	if (phase == GO__CTX_DONE)
		go__chan_close(c->done);
	store_rlx(&c->phase, phase);
	return c;
}

START_TEST(it_is_done_when_cancel_returns_whoever_cancels)
{
	go_ctx *c = on_the_list(GO__CTX_CLOSING);

	ck_assert_ptr_null(go_ctx_err(c));
	go_ctx_cancel(c);
	ck_assert(is_done(c));
	ck_assert_ptr_eq(go_ctx_err(c), GO_CANCELED);
	ck_assert_ptr_eq(go_ctx_cause(c), GO_EOF);
	go_ctx_release(c);
}

START_TEST(a_child_is_born_done_while_its_parents_hooks_run)
{
	for (enum go__ctx_phase p = GO__CTX_CLOSING; p <= GO__CTX_DONE; p++) {
		go_ctx *c = on_the_list(p);
		go_ctx *low = go_ctx_with_timeout(c, GO_HOUR);

		ck_assert(is_done(low) && is_done(c));
		ck_assert_ptr_eq(go_ctx_cause(low), GO_EOF);
		go_ctx_release(low);
		go_ctx_release(c);
	}
}

START_TEST(a_deadline_reaches_all_of_a_large_tree)
{
	static go_ctx *low[5000];
	go_ctx *top = go_ctx_with_timeout(NULL, 5 * GO_MILLISECOND);

	for (size_t i = 0; i < COUNT(low); i++)
		low[i] = go_ctx_with_cancel(i % 8 == 0 ? top : low[i - 1]);
	for (size_t i = 0; i < COUNT(low); i++) {
		go_recv(go_ctx_done(low[i]), NULL);
		ck_assert_ptr_eq(go_ctx_err(low[i]), GO_DEADLINE_EXCEEDED);
		go_ctx_release(low[i]);
	}
	go_ctx_release(top);
}

int
main(void)
{
	Suite *s = suite_create("context");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, the_background_is_never_canceled);
	tcase_add_test(tc, a_parent_cancels_those_below_and_no_other);
	tcase_add_test(tc, a_child_of_a_canceled_parent_is_born_canceled);
	tcase_add_test(tc, a_deadline_cancels);
	tcase_add_test(tc, the_earliest_deadline_counts);
	tcase_add_test(tc, a_deadline_that_has_passed_cancels_at_birth);
	tcase_add_test(tc, the_first_cancellation_gives_the_cause);
	tcase_add_test(tc, makers_with_a_cause_give_it_to_their_own_end);
	tcase_add_test(tc, without_cancel_keeps_the_values_alone);
	tcase_add_test(tc, merged_contexts_end_with_the_first_of_them);
	tcase_add_test(tc, a_hook_runs_once_in_a_goroutine_of_its_own);
	tcase_add_test(tc, a_deadline_runs_hooks);
	tcase_add_test(tc, releasing_the_last_reference_disarms_the_timer);
	tcase_add_test(tc, err_and_done_agree);
	tcase_add_test(tc, a_deep_tree_needs_no_deep_stack);
	tcase_add_test(tc, trees_are_made_canceled_and_dropped_at_once);
	tcase_add_test(tc, children_leave_a_long_lived_parent);
	tcase_add_test(tc, it_is_done_when_cancel_returns_whoever_cancels);
	tcase_add_test(tc, a_child_is_born_done_while_its_parents_hooks_run);
	tcase_add_test(tc, a_deadline_reaches_all_of_a_large_tree);
	return run_suite(s);
}
