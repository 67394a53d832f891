// SPDX-License-Identifier: MIT

#include "suite.h"

static go_sem sem;
static go_atomic_int64 inside;

static void
take_and_give(int64_t n, int times)
{
	while (times-- > 0) {
		ck_assert_ptr_null(go_sem_acquire(&sem, NULL, n));
		ck_assert_int_le(go_atomic_add(&inside, n), 10);
		if (times % 8 == 0)
			go_yield();
		go_atomic_add(&inside, -n);
		go_sem_release(&sem, n);
	}
}

START_TEST(no_more_than_the_permits_are_taken)
{
	go_waitgroup wg = {0};

	go_sem_init(&sem, 10);
	for (int64_t n = 1; n <= 10; n++)
		go_wg_go(&wg, take_and_give, n, 1000);
	go_wg_wait(&wg);
	ck_assert_int_eq(sem.permits, 10);
	ck_assert(go_sem_try_acquire(&sem, 10));
	ck_assert(!go_sem_try_acquire(&sem, 1));
}

static void
take_and_send(go_ctx *ctx, int64_t n, go_sender(int64_t) to)
{
	go_error *err = go_sem_acquire(&sem, ctx, n);

	go_send(to, err == NULL ? n : -n);
}

START_TEST(a_large_wish_is_not_starved_by_small_ones)
{
	go_chan(int64_t) served = go_chan_make(int64_t, 4);
	int64_t n;

	go_sem_init(&sem, 10);
	ck_assert(go_sem_try_acquire(&sem, 10));
	go(take_and_send, NULL, (int64_t)8, go_send_only(served));
	await_queued(&sem, 1);
	go(take_and_send, NULL, (int64_t)1, go_send_only(served));
	await_queued(&sem, 2);
	go_sem_release(&sem, 5);
	ck_assert(!go_sem_try_acquire(&sem, 1));
	ck_assert(!go_try_recv(served, &n));
	go_sem_release(&sem, 3);
	ck_assert(go_recv(served, &n) && n == 8);
	go_sem_release(&sem, 2);
	ck_assert(go_recv(served, &n) && n == 1);
	go_chan_release(served);
}

START_TEST(who_gives_up_at_the_head_lets_the_next_pass)
{
	go_ctx *ctx = go_ctx_with_cancel(NULL);
	go_chan(int64_t) served = go_chan_make(int64_t, 4);
	int64_t n;

	go_sem_init(&sem, 10);
	ck_assert(go_sem_try_acquire(&sem, 8));
	go(take_and_send, ctx, (int64_t)10, go_send_only(served));
	await_queued(&sem, 1);
	go(take_and_send, NULL, (int64_t)2, go_send_only(served));
	await_queued(&sem, 2);
	go_ctx_cancel(ctx);
	ck_assert(go_recv(served, &n));
	if (n == 2)
		ck_assert(go_recv(served, &n) && n == -10);
	else
		ck_assert(n == -10 && go_recv(served, &n) && n == 2);
	ck_assert_int_eq(sem.permits, 0);
	go_chan_release(served);
	go_ctx_release(ctx);
}

START_TEST(a_wish_too_large_waits_without_delaying_others)
{
	go_ctx *ctx = go_ctx_with_cancel(NULL);
	go_chan(int64_t) served = go_chan_make(int64_t, 0);
	int64_t n;

	go_sem_init(&sem, 2);
	go(take_and_send, ctx, (int64_t)3, go_send_only(served));
	for (int i = 0; i < 100; i++) {
		ck_assert_ptr_null(go_sem_acquire(&sem, NULL, 2));
		go_yield();
		go_sem_release(&sem, 2);
	}
	ck_assert(!go_try_recv(served, &n));
	go_ctx_cancel(ctx);
	ck_assert(go_recv(served, &n) && n == -3);
	go_chan_release(served);
	go_ctx_release(ctx);
}

START_TEST(a_context_that_is_done_fails_at_once)
{
	go_ctx *ctx = go_ctx_with_cancel(NULL);

	go_sem_init(&sem, 1);
	go_ctx_cancel(ctx);
	ck_assert_ptr_eq(go_sem_acquire(&sem, ctx, 1), GO_CANCELED);
	ck_assert_int_eq(sem.permits, 1);
	go_ctx_release(ctx);
}

static void
take_with_deadlines(int times)
{
	while (times-- > 0) {
		go_ctx *ctx = go_ctx_with_timeout(NULL, (1 + times % 64) *
								GO_MICROSECOND);
		int64_t n = 1 + times % 10;

		if (go_sem_acquire(&sem, ctx, n) == NULL) {
			go_yield();
			go_sem_release(&sem, n);
		}
		go_ctx_release(ctx);
	}
}

START_TEST(waits_that_end_early_lose_no_permit)
{
	go_waitgroup wg = {0};

	go_sem_init(&sem, 10);
	for (int i = 0; i < 8; i++)
		go_wg_go(&wg, take_with_deadlines, 1000);
	go_wg_go(&wg, take_and_give, (int64_t)7, 1000);
	go_wg_wait(&wg);
	ck_assert_int_eq(sem.permits, 10);
}

START_TEST(the_zero_value_has_none_and_takes_any_number)
{
	ck_assert(!go_sem_try_acquire(&sem, 1));
	go_sem_release(&sem, 5);
	ck_assert_ptr_null(go_sem_acquire(&sem, NULL, 5));
}

START_TEST(a_maximum_of_none_is_a_maximum)
{
	go_error *err;

	go_sem_init(&sem, 0);
	err = go_try(go_sem_release, &sem, (int64_t)1);
	ck_assert_ptr_nonnull(err);
	go_error_free(err);
	ck_assert(!go_sem_try_acquire(&sem, 1));
}

START_TEST(a_copy_made_while_somebody_waits_panics)
{
	go_waitgroup wg = {0};
	go_sem copy;

	go_sem_init(&sem, 1);
	ck_assert(go_sem_try_acquire(&sem, 1));
	go_wg_go(&wg, take_and_give, (int64_t)1, 1);
	await_queued(&sem, 1);
	copy = sem;
	ck_assert(
		takes_it_for_a_copy(go_try(go_sem_release, &copy, (int64_t)1)));
	go_sem_release(&sem, 1);
	go_wg_wait(&wg);
}

START_TEST(releasing_too_many_panics)
{
	go_sem_init(&sem, 1);
	go_sem_release(&sem, 1);
}

START_TEST(a_negative_number_panics)
{
	go_sem_release(&sem, -1);
}

int
main(void)
{
	Suite *s = suite_create("sem");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, no_more_than_the_permits_are_taken);
	tcase_add_test(tc, a_large_wish_is_not_starved_by_small_ones);
	tcase_add_test(tc, who_gives_up_at_the_head_lets_the_next_pass);
	tcase_add_test(tc, a_wish_too_large_waits_without_delaying_others);
	tcase_add_test(tc, a_context_that_is_done_fails_at_once);
	tcase_add_test(tc, waits_that_end_early_lose_no_permit);
	tcase_add_test(tc, the_zero_value_has_none_and_takes_any_number);
	tcase_add_test(tc, a_maximum_of_none_is_a_maximum);
	tcase_add_test(tc, a_copy_made_while_somebody_waits_panics);
	tcase_add_test_raise_signal(tc, releasing_too_many_panics, SIGABRT);
	tcase_add_test_raise_signal(tc, a_negative_number_panics, SIGABRT);
	return run_suite(s);
}
