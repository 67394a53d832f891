// SPDX-License-Identifier: MIT

#include <stdio.h>
#include <string.h>

#include "rt/g.h"
#include "suite.h"

static go_error *
succeed(int n)
{
	if (n % 2 == 0)
		go_yield();
	return NULL;
}

static go_error *
refuse(int n)
{
	return go_errorf("task %d", n);
}

static go_error *
wait_for(go_ctx *ctx)
{
	go_recv(go_ctx_done(ctx), NULL);
	return go_errorf("%w: %w", go_ctx_err(ctx), go_ctx_cause(ctx));
}

START_TEST(a_group_without_errors_returns_null)
{
	go_group *g = go_group_new(NULL);

	for (int i = 0; i < 100; i++)
		ck_assert(go_group_go(g, succeed, i));
	ck_assert_ptr_null(go_group_wait(g));
	ck_assert_ptr_null(go_group_wait_all(g));
	ck_assert_ptr_eq(go_ctx_err(go_group_ctx(g)), GO_CANCELED);
	go_group_free(g);
	go_group_free(NULL);
}

START_TEST(the_first_error_cancels_the_others_and_is_returned)
{
	go_ctx *top = go_ctx_with_cancel(NULL);
	go_group *g = go_group_new(top);
	go_error *e;

	for (int i = 0; i < 8; i++)
		go_group_go(g, wait_for, go_group_ctx(g));
	go_group_go(g, refuse, 8);
	e = go_group_wait(g);
	ck_assert_str_eq(go_error_text(e), "task 8");
	ck_assert_ptr_eq(go_ctx_cause(go_group_ctx(g)), e);
	ck_assert_ptr_null(go_ctx_err(top));
	go_error_free(e);
	go_group_free(g);
	go_ctx_release(top);
}

START_TEST(wait_all_joins_what_came)
{
	go_group *g = go_group_new(NULL);
	go_error *e, *first;
	char line[32];

	for (int i = 0; i < 100; i++)
		go_group_go(g, refuse, i);
	e = go_group_wait_all(g);
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof line, "task %d", i);
		ck_assert(strstr(go_error_text(e), line) != NULL);
	}
	first = go_group_wait(g);
	ck_assert(go_error_is(e, first));
	go_error_free(first);
	go_group_free(g);
	go_error_free(e);
}

START_TEST(the_parents_end_reaches_the_tasks)
{
	go_ctx *top = go_ctx_with_cancel(NULL);
	go_group *g = go_group_new(top);
	go_error *e;

	go_group_go(g, wait_for, go_group_ctx(g));
	go_ctx_cancel_cause(top, GO_EOF);
	e = go_group_wait(g);
	ck_assert(go_error_is(e, GO_CANCELED) && go_error_is(e, GO_EOF));
	go_error_free(e);
	go_group_free(g);
	go_ctx_release(top);
}

static go_atomic_int32 inside, most;

static go_error *
count(int limit)
{
	int32_t n = go_atomic_add(&inside, 1);

	ck_assert_int_le(n, limit);
	if (n > go_atomic_load(&most))
		go_atomic_store(&most, n);
	go_yield();
	go_atomic_add(&inside, -1);
	return NULL;
}

START_TEST(no_more_than_the_limit_run)
{
	go_group *g = go_group_new(NULL);

	go_group_limit(g, 3);
	for (int i = 0; i < 500; i++)
		ck_assert(go_group_go(g, count, 3));
	ck_assert_ptr_null(go_group_wait(g));
	ck_assert_int_ge(go_atomic_load(&most), 1);
	go_group_limit(g, -1);
	go_group_free(g);
}

static go_error *
meet(go_receiver(int) c)
{
	int n;

	go_recv(c, &n);
	return NULL;
}

START_TEST(try_go_does_not_wait)
{
	go_group *g = go_group_new(NULL);
	go_chan(int) c = go_chan_make(int, 0);

	go_group_limit(g, 0);
	ck_assert(!go_group_try_go(g, meet, go_recv_only(c)));
	go_group_limit(g, 2);
	ck_assert(go_group_try_go(g, meet, go_recv_only(c)));
	ck_assert(go_group_try_go(g, meet, go_recv_only(c)));
	ck_assert(!go_group_try_go(g, meet, go_recv_only(c)));
	go_send(c, 1);
	ck_assert(go_group_go(g, meet, go_recv_only(c)));
	ck_assert(!go_group_try_go(g, meet, go_recv_only(c)));
	go_close(c);
	ck_assert_ptr_null(go_group_wait(g));
	go_group_free(g);
	go_chan_release(c);
}

START_TEST(a_full_group_whose_context_is_done_starts_nobody)
{
	go_ctx *ctx = go_ctx_with_timeout(NULL, GO_MILLISECOND);
	go_group *g = go_group_new(ctx);
	go_chan(int) c = go_chan_make(int, 0);

	go_group_limit(g, 1);
	ck_assert(go_group_go(g, meet, go_recv_only(c)));
	ck_assert(!go_group_go(g, meet, go_recv_only(c)));
	go_close(c);
	ck_assert_ptr_null(go_group_wait(g));
	go_group_free(g);
	go_ctx_release(ctx);
	go_chan_release(c);
}

static go_error *
leave(void)
{
	go_exit();
}

START_TEST(a_task_that_exits_has_no_error)
{
	go_group *g = go_group_new(NULL);

	go_group_go(g, leave);
	ck_assert_ptr_null(go_group_wait(g));
	go_group_free(g);
}

static go_atomic_ptr entering[5];

static void
enter(go_group *g, int i)
{
	go_atomic_store(&entering[i], (void *)go__self());
	ck_assert(go_group_go(g, succeed, i));
}

START_TEST(a_raised_limit_admits_those_who_wait)
{
	go_group *g = go_group_new(NULL);
	go_waitgroup wg = {0};
	struct g *who;

	go_group_limit(g, 0);
	for (size_t i = 0; i < COUNT(entering); i++) {
		go_wg_go(&wg, enter, g, (int)i);
		do {
			go_yield();
			who = go_atomic_load(&entering[i]);
		} while (who == NULL || load_rlx(&who->why) != GO__WHY_GROUP);
	}
	go_group_limit(g, 2);
	go_wg_wait(&wg);
	ck_assert_ptr_null(go_group_wait(g));
	go_group_free(g);
}

static go_error *
add_errors(go_group *g, int n)
{
	while (n-- > 0)
		ck_assert(go_group_go(g, refuse, n));
	return NULL;
}

static void
wait_often(go_group *g, int times)
{
	while (times-- > 0) {
		go_error *all = go_group_wait_all(g), *e = go_group_wait(g);

		if (e != NULL)
			ck_assert_int_eq(strncmp(go_error_text(e), "task ", 5),
					 0);
		go_error_free(all);
		go_error_free(e);
	}
}

START_TEST(waits_beside_new_tasks_read_whole_lists)
{
	for (int round = 0; round < 20; round++) {
		go_group *g = go_group_new(NULL);
		go_waitgroup wg = {0};

		go_wg_go(&wg, wait_often, g, 100);
		go_wg_go(&wg, add_errors, g, 100);
		go_wg_wait(&wg);
		wait_often(g, 1);
		go_group_free(g);
	}
}

static void
start_null(go_group *g)
{
	go_error *(*none)(void) = NULL;

	(void)!go_group_go(g, none);
}

START_TEST(who_could_not_be_started_leaves_his_place)
{
	go_group *g = go_group_new(NULL);
	go_error *e;

	go_group_limit(g, 1);
	e = go_try(start_null, g);
	ck_assert(strstr(go_error_text(e), "go_group_go: the function is"));
	go_error_free(e);
	ck_assert(go_group_try_go(g, succeed, 0));
	ck_assert_ptr_null(go_group_wait(g));
	go_group_free(g);
}

START_TEST(a_limit_while_tasks_run_panics)
{
	go_group *g = go_group_new(NULL);

	go_group_go(g, wait_for, go_group_ctx(g));
	go_group_limit(g, 1);
}

int
main(void)
{
	Suite *s = suite_create("group");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, a_group_without_errors_returns_null);
	tcase_add_test(tc, the_first_error_cancels_the_others_and_is_returned);
	tcase_add_test(tc, wait_all_joins_what_came);
	tcase_add_test(tc, the_parents_end_reaches_the_tasks);
	tcase_add_test(tc, no_more_than_the_limit_run);
	tcase_add_test(tc, try_go_does_not_wait);
	tcase_add_test(tc, a_full_group_whose_context_is_done_starts_nobody);
	tcase_add_test(tc, a_task_that_exits_has_no_error);
	tcase_add_test(tc, a_raised_limit_admits_those_who_wait);
	tcase_add_test(tc, waits_beside_new_tasks_read_whole_lists);
	tcase_add_test(tc, who_could_not_be_started_leaves_his_place);
	tcase_add_test_raise_signal(tc, a_limit_while_tasks_run_panics,
				    SIGABRT);
	return run_suite(s);
}
