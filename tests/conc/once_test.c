// SPDX-License-Identifier: MIT

#include <pthread.h>

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

static void
leave(void)
{
	go_mutex_lock(&gate);
	go_mutex_unlock(&gate);
	calls++;
	go_exit();
}

static void
stumble(void)
{
	calls++;
	go_panic("no %s", "luck");
}

static void
do_once(void (*fn)(void))
{
	go_once_do(&once, fn);
}

START_TEST(a_function_that_exits_was_called)
{
	go_mutex_lock(&gate);
	for (int i = 0; i < 3; i++)
		go_wg_go(&finished, do_once, leave);
	await_queued(&once, 2);
	go_mutex_unlock(&gate);
	go_wg_wait(&finished);
	go_once_do(&once, set_up);
	ck_assert_int_eq(calls, 1);
	ck_assert_ptr_null(once.caller);
}

static void
try_once(void)
{
	go_error *err = go_try(do_once, stumble);

	ck_assert_str_eq(go_error_text(err), "no luck");
	go_error_free(err);
	ck_assert_ptr_null(go_try(do_once, stumble));
	ck_assert_int_eq(calls, 1);
	ck_assert_ptr_null(once.caller);
}

static void *
try_in_thread(void *unused)
{
	try_once();
	return unused;
}

START_TEST(a_panic_reaches_the_caller_and_counts_as_the_call)
{
	pthread_t thread;

	go_wg_go(&finished, try_once);
	go_wg_wait(&finished);
	once = (go_once){0};
	calls = 0;
	try_once();  // in main
	once = (go_once){0};
	calls = 0;
	pthread_create(&thread, NULL, try_in_thread, NULL);
	pthread_join(thread, NULL);
}

START_TEST(a_panic_that_nobody_takes_aborts)
{
	go_once_do(&once, stumble);
}

int
main(void)
{
	Suite *s = suite_create("once");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, it_calls_once_and_the_others_wait_for_that);
	tcase_add_test(tc, a_function_that_exits_was_called);
	tcase_add_test(tc, a_panic_reaches_the_caller_and_counts_as_the_call);
	tcase_add_test_raise_signal(tc, a_panic_that_nobody_takes_aborts,
				    SIGABRT);
	tcase_add_test_raise_signal(tc, a_call_within_the_call_panics, SIGABRT);
	return run_suite(s);
}
