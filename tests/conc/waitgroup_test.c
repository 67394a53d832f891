// SPDX-License-Identifier: MIT

#include <string.h>

#include "suite.h"

static go_atomic_int32 done;

static void
work(int n)
{
	if (n % 2 == 0)
		go_yield();
	go_atomic_add(&done, n);
}

START_TEST(wait_returns_after_all_are_done)
{
	go_waitgroup wg = {0};

	for (int round = 0; round < 200; round++) {
		go_atomic_store(&done, 0);
		for (int i = 1; i <= 16; i++)
			go_wg_go(&wg, work, i);
		go_wg_wait(&wg);
		ck_assert_int_eq(go_atomic_load(&done), 136);
	}
}

START_TEST(wait_for_nobody_returns_at_once)
{
	go_waitgroup wg = {0};

	go_wg_wait(&wg);
	go_wg_add(&wg, 0);
	go_wg_wait(&wg);
	ck_assert_ptr_null(go_wg_wait_ctx(&wg, NULL));
}

static void
wait_and_send(go_waitgroup *wg, go_sender(int) to)
{
	go_wg_wait(wg);
	go_send(to, go_atomic_load(&done));
}

START_TEST(one_done_frees_all_who_wait)
{
	go_waitgroup wg = {0};
	go_chan(int) seen = go_chan_make(int, 0);
	int n;

	go_wg_add(&wg, 2);
	for (size_t i = 0; i < 8; i++) {
		go(wait_and_send, &wg, go_send_only(seen));
		await_queued(&wg, i + 1);
	}
	go_wg_done(&wg);
	ck_assert(!go_try_recv(seen, &n));
	go_atomic_store(&done, 7);
	go_wg_done(&wg);
	for (int i = 0; i < 8; i++)
		ck_assert(go_recv(seen, &n) && n == 7);
	go_chan_release(seen);
}

static void
spawn(go_waitgroup *wg, int depth)
{
	go_atomic_add(&done, 1);
	if (depth == 0)
		return;
	go_wg_go(wg, spawn, wg, depth - 1);
	go_wg_go(wg, spawn, wg, depth - 1);
}

START_TEST(those_waited_for_may_start_more)
{
	go_waitgroup wg = {0};

	go_wg_go(&wg, spawn, &wg, 9);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&done), 1023);
}

START_TEST(the_group_may_be_freed_after_the_wait)
{
	for (int i = 0; i < 2000; i++) {
		go_waitgroup *wg = calloc(1, sizeof *wg);

		go_wg_go(wg, work, 1);
		go_wg_go(wg, work, 2);
		go_wg_wait(wg);
		free(wg);
	}
}

START_TEST(a_context_ends_the_wait)
{
	go_ctx *ctx = go_ctx_with_timeout(NULL, GO_MILLISECOND);
	go_waitgroup wg = {0};

	go_wg_add(&wg, 1);
	ck_assert_ptr_eq(go_wg_wait_ctx(&wg, ctx), GO_DEADLINE_EXCEEDED);
	ck_assert_ptr_eq(go_wg_wait_ctx(&wg, ctx), GO_DEADLINE_EXCEEDED);
	go_wg_done(&wg);
	ck_assert_ptr_null(go_wg_wait_ctx(&wg, ctx));
	ck_assert_int_eq(wg.state, 0);
	go_ctx_release(ctx);
}

START_TEST(waits_that_end_early_leave_nobody_behind)
{
	for (int i = 0; i < 2000; i++) {
		go_waitgroup *wg = calloc(1, sizeof *wg);
		go_ctx *ctx = go_ctx_with_cancel(NULL);
		go_waitgroup cancel = {0};

		go_wg_go(wg, work, 1);
		go_wg_go(&cancel, go_ctx_cancel, ctx);
		while (go_wg_wait_ctx(wg, ctx) != NULL)
			go_yield();
		free(wg);
		go_wg_wait(&cancel);
		go_ctx_release(ctx);
	}
}

START_TEST(a_copy_made_while_somebody_waits_panics)
{
	go_waitgroup wg = {0}, waiting = {0}, copy;

	go_wg_add(&wg, 1);
	go_wg_go(&waiting, go_wg_wait, &wg);
	await_queued(&wg, 1);
	copy = wg;
	ck_assert(takes_it_for_a_copy(go_try(go_wg_wait, &copy)));
	ck_assert(takes_it_for_a_copy(go_try(go_wg_done, &copy)));
	go_wg_done(&wg);
	go_wg_wait(&waiting);
}

START_TEST(negative_waitgroup_panics)
{
	go_waitgroup wg = {0};

	go_wg_add(&wg, 1);
	go_wg_add(&wg, -2);
}

START_TEST(adding_to_0_beside_a_wait_that_has_not_returned_panics)
{
	go_waitgroup wg = {0};

	wg.state = 1;  // somebody waits for 0, and is about to be woken
	go_wg_add(&wg, 1);
}

static void
start_null(go_waitgroup *wg)
{
	void (*none)(void) = NULL;

	go_wg_go(wg, none);
}

START_TEST(who_could_not_be_started_is_not_waited_for)
{
	go_waitgroup wg = {0};
	go_error *e = go_try(start_null, &wg);

	ck_assert(strstr(go_error_text(e), "go_wg_go: the function is NULL"));
	go_error_free(e);
	go_wg_wait(&wg);
	ck_assert_int_eq(wg.state, 0);
}

int
main(void)
{
	Suite *s = suite_create("waitgroup");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, wait_returns_after_all_are_done);
	tcase_add_test(tc, wait_for_nobody_returns_at_once);
	tcase_add_test(tc, one_done_frees_all_who_wait);
	tcase_add_test(tc, those_waited_for_may_start_more);
	tcase_add_test(tc, the_group_may_be_freed_after_the_wait);
	tcase_add_test(tc, a_context_ends_the_wait);
	tcase_add_test(tc, waits_that_end_early_leave_nobody_behind);
	tcase_add_test(tc, a_copy_made_while_somebody_waits_panics);
	tcase_add_test_raise_signal(tc, negative_waitgroup_panics, SIGABRT);
	tcase_add_test_raise_signal(
		tc, adding_to_0_beside_a_wait_that_has_not_returned_panics,
		SIGABRT);
	tcase_add_test(tc, who_could_not_be_started_is_not_waited_for);
	return run_suite(s);
}
