// SPDX-License-Identifier: MIT

#include "suite.h"

static go_once once;
static int calls;
static go_waitgroup started, finished;
static go_mutex gate;

static void
set_up(void)
{
	go_mutex_lock(&gate);
	go_mutex_unlock(&gate);
	calls++;
}

static void
call(void)
{
	go_wg_done(&started);
	go_once_do(&once, set_up);
	ck_assert_int_eq(calls, 1);
}

START_TEST(it_calls_once_and_the_others_wait_for_that)
{
	go_mutex_lock(&gate);
	go_wg_add(&started, 10);
	for (int i = 0; i < 10; i++)
		go_wg_go(&finished, call);
	go_wg_wait(&started);
	await_queued(&once, 9);
	ck_assert_int_eq(calls, 0);
	go_mutex_unlock(&gate);
	go_wg_wait(&finished);
	go_once_do(&once, set_up);
	ck_assert_int_eq(calls, 1);
}

static void
call_again(void)
{
	go_once_do(&once, call_again);
}

START_TEST(a_call_within_the_call_panics)
{
	go_once_do(&once, call_again);
}

int
main(void)
{
	Suite *s = suite_create("once");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, it_calls_once_and_the_others_wait_for_that);
	tcase_add_test_raise_signal(tc, a_call_within_the_call_panics, SIGABRT);
	return run_suite(s);
}
