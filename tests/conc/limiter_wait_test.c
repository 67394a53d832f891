// SPDX-License-Identifier: MIT

#include <errno.h>
#include <pthread.h>

#include "limiter_clock.h"
#include "rt/timer.h"

static go_chan(int64_t) served;

// take_and_send sends n, or -n if it was refused.
static void
take_and_send(go_limiter *l, go_ctx *ctx, int64_t n)
{
	go_error *err = go_limiter_wait(l, ctx, n);

	go_send(served, err == NULL ? n : -n);
	go_error_free(err);
}

// await_served lets what is due wake, until somebody is served.
static int64_t
await_served(void)
{
	int64_t n;

	while (!go_try_recv(served, &n)) {
		go__timers_run(read_present());
		go_yield();
	}
	return n;
}

static go_limiter *
empty_bucket(int64_t n, int64_t burst)
{
	go_limiter *l = by_hand(go_token_bucket_new(n, GO_SECOND, burst));

	ck_assert(go_limiter_allow_n(l, burst));
	served = go_chan_make(int64_t, 16);
	return l;
}

static void
end(go_limiter *l)
{
	go_limiter_free(l);
	go_chan_release(served);
}

START_TEST(what_is_there_is_had_without_waiting)
{
	go_limiter *l = by_hand(go_token_bucket_new(1, GO_SECOND, 3));

	ck_assert_ptr_null(go_limiter_wait(l, NULL, 3));
	ck_assert_ptr_null(go_limiter_wait(l, NULL, 0));
	ck_assert(!go_limiter_allow(l));
	go_limiter_free(l);
}

START_TEST(waiters_are_served_in_turn_and_large_ones_not_starved)
{
	const int64_t wishes[] = {1, 8, 2, 1};
	go_limiter *l = empty_bucket(1, 8);

	for (size_t i = 0; i < COUNT(wishes); i++) {
		go(take_and_send, l, NULL, wishes[i]);
		await_booked(l, (int64_t)i + 1);
	}
	for (size_t i = 0; i < COUNT(wishes); i++) {
		step(wishes[i] * GO_SECOND - 1);
		ck_assert(!go_limiter_allow(l));
		ck_assert_int_eq(booked(l), (int64_t)(COUNT(wishes) - i));
		step(1);
		ck_assert_int_eq(await_served(), wishes[i]);
	}
	ck_assert(!go_limiter_allow(l));
	end(l);
}

START_TEST(who_gives_up_lets_those_behind_move_forward)
{
	go_ctx *ctx = go_ctx_with_cancel(NULL);
	go_limiter *l = empty_bucket(1, 8);

	go(take_and_send, l, ctx, 8);
	await_booked(l, 1);
	go(take_and_send, l, NULL, 2);
	await_booked(l, 2);
	go(take_and_send, l, NULL, 1);
	await_booked(l, 3);
	step(2 * GO_SECOND);
	go_ctx_cancel(ctx);
	// One is served by the tokens that were kept for the first.
	if (await_served() == -8)
		ck_assert_int_eq(await_served(), 2);
	else
		ck_assert_int_eq(await_served(), -8);
	ck_assert_int_eq(booked(l), 1);
	ck_assert_int_eq(go_limiter_check(l, 1).retry_after, 2 * GO_SECOND);
	step(GO_SECOND);
	ck_assert_int_eq(await_served(), 1);
	go_ctx_release(ctx);
	end(l);
}

START_TEST(a_cancelled_reservation_lets_waiters_move_forward)
{
	go_limiter *l = empty_bucket(1, 8);
	go_reservation r = go_limiter_reserve(l, 8);
	go_reservation fixed;

	go(take_and_send, l, NULL, 1);
	await_booked(l, 2);
	fixed = go_limiter_reserve(l, 1);
	go(take_and_send, l, NULL, 3);
	await_booked(l, 4);
	go_reservation_cancel(r);
	step(GO_SECOND);
	ck_assert_int_eq(await_served(), 1);
	ck_assert_int_eq(go_reservation_delay(fixed), 9 * GO_SECOND);
	step(9 * GO_SECOND);
	ck_assert_int_eq(await_served(), 3);
	end(l);
}

START_TEST(rl8_a_deadline_too_near_is_told_at_once)
{
	go_limiter *l = empty_bucket(1, 8);
	go_time deadline = read_present() + GO_SECOND;
	go_ctx *soon = go_ctx_with_deadline(NULL, deadline - 1);
	go_ctx *late = go_ctx_with_deadline(NULL, deadline);
	go_error *err = go_limiter_wait(l, soon, 1);

	ck_assert_str_eq(go_error_text(err),
			 "rate: wait would exceed the context deadline");
	ck_assert(go_error_is(err, GO_DEADLINE_EXCEEDED));
	ck_assert_int_eq(booked(l), 0);
	ck_assert_int_eq(go_limiter_check(l, 1).retry_after, GO_SECOND);
	go_error_free(err);
	go(take_and_send, l, late, 1);
	await_booked(l, 1);
	go_ctx_cancel(late);
	ck_assert_int_eq(await_served(), -1);
	ck_assert_int_eq(booked(l), 0);
	ck_assert_int_eq(go_limiter_check(l, 1).retry_after, GO_SECOND);
	go_ctx_release(soon);
	go_ctx_release(late);
	end(l);
}

START_TEST(more_than_is_ever_admitted_is_told_at_once)
{
	go_limiter *all[] = {
		go_token_bucket_new(1, GO_SECOND, 3),
		go_gcra_new(1, GO_SECOND, 3),
		go_fixed_window_new(3, GO_SECOND),
		go_sliding_window_new(3, GO_SECOND),
		go_leaky_bucket_new(3, GO_SECOND, 9),
	};
	go_error *err;

	for (size_t i = 0; i < COUNT(all); i++) {
		err = go_limiter_wait(all[i], NULL, 4);
		ck_assert_int_eq(go_error_errno(err), EINVAL);
		go_error_free(err);
		ck_assert(go_limiter_check(all[i], 1).allowed);
		go_limiter_free(all[i]);
	}
}

START_TEST(a_context_that_is_done_fails_and_takes_nothing)
{
	go_limiter *l = by_hand(go_fixed_window_new(1, GO_SECOND));
	go_ctx *ctx = go_ctx_with_cancel(NULL);

	go_ctx_cancel(ctx);
	ck_assert_ptr_eq(go_limiter_wait(l, ctx, 1), GO_CANCELED);
	ck_assert(go_limiter_allow(l));
	go_ctx_release(ctx);
	go_limiter_free(l);
}

START_TEST(who_waits_for_a_window_gets_the_next_and_the_next)
{
	go_limiter *all[] = {
		go_fixed_window_new(2, GO_SECOND),
		go_sliding_window_new(2, GO_SECOND),
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		go_limiter *l = by_hand(all[i]);

		served = go_chan_make(int64_t, 16);
		ck_assert(go_limiter_allow_n(l, 2));
		for (int64_t n = 1; n <= 2; n++) {
			go(take_and_send, l, NULL, n);
			await_booked(l, n);
		}
		for (int64_t n = 1; n <= 2; n++) {
			step(GO_SECOND);
			ck_assert_int_eq(await_served(), n);
			ck_assert_int_eq(booked(l), 2 - n);
		}
		end(l);
	}
}

static void *
take_three(void *l)
{
	for (int i = 0; i < 3; i++)
		ck_assert_ptr_null(go_limiter_wait(l, NULL, 1));
	return NULL;
}

START_TEST(a_plain_thread_waits_as_well)
{
	go_limiter *l = go_leaky_bucket_new(1, GO_MILLISECOND, 9);
	go_time begin = go_now();
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, take_three, l), 0);
	take_three(l);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	ck_assert_int_ge(go_now() - begin, 5 * GO_MILLISECOND);
	go_limiter_free(l);
}

START_TEST(freeing_under_a_waiter_panics)
{
	go_limiter *l = empty_bucket(1, 1);
	go_error *err;

	go(take_and_send, l, NULL, 1);
	await_booked(l, 1);
	err = go_try(go_limiter_free, l);
	ck_assert_ptr_nonnull(err);
	go_error_free(err);
	step(GO_SECOND);
	ck_assert_int_eq(await_served(), 1);
	end(l);
}

static go_atomic_int64 admitted;

static void
ask(go_limiter *l, int times)
{
	while (times-- > 0) {
		if (go_limiter_allow(l))
			go_atomic_add(&admitted, 1);
		if (times % 64 == 0)
			go_yield();
	}
}

START_TEST(rl2_many_at_once_get_the_burst_and_no_more)
{
	go_limiter *all[] = {
		go_token_bucket_new(1, GO_SECOND, 5000),
		go_fixed_window_new(5000, GO_SECOND),
		go_sliding_window_new(5000, GO_SECOND),
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		go_waitgroup wg = {0};

		go_atomic_store(&admitted, 0);
		by_hand(all[i]);
		for (int j = 0; j < 8; j++)
			go_wg_go(&wg, ask, all[i], 1000);
		go_wg_wait(&wg);
		ck_assert_int_eq(go_atomic_load(&admitted), 5000);
		go_limiter_free(all[i]);
	}
}

static void
give_up(go_ctx *ctx)
{
	go_ctx_cancel(ctx);
	go_ctx_release(ctx);
}

static void
take_with_deadlines(go_limiter *l, int times)
{
	while (times-- > 0) {
		go_ctx *ctx = go_ctx_with_cancel(NULL);
		go_ctx *timed = go_ctx_with_timeout(ctx, GO_SECOND);
		go_timer *t = go_after_func((1 + times % 64) * GO_MICROSECOND,
					    give_up, go_ctx_retain(ctx));

		if (times % 3 == 0)
			go_reservation_cancel(go_limiter_reserve(l, 1));
		if (go_limiter_wait(l, timed, 1 + times % 4) == NULL)
			go_atomic_add(&admitted, 1 + times % 4);
		if (go_timer_stop(t))
			go_ctx_release(ctx);  // give_up's
		go_timer_free(t);
		go_ctx_release(timed);
		go_ctx_release(ctx);
	}
}

START_TEST(waits_that_end_early_lose_nothing_and_nobody)
{
	go_limiter *all[] = {
		go_token_bucket_new(1, 10 * GO_MICROSECOND, 4),
		go_fixed_window_new(4, 40 * GO_MICROSECOND),
		go_sliding_window_new(4, 40 * GO_MICROSECOND),
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		go_time begin = go_now();
		go_waitgroup wg = {0};
		int64_t most;

		go_atomic_store(&admitted, 0);
		for (int j = 0; j < 8; j++)
			go_wg_go(&wg, take_with_deadlines, all[i], 200);
		go_wg_wait(&wg);
		most = 8 + (go_now() - begin) / (10 * GO_MICROSECOND);
		ck_assert_int_le(go_atomic_load(&admitted), most);
		ck_assert_int_gt(go_atomic_load(&admitted), 0);
		ck_assert_int_eq(booked(all[i]), 0);
		go_limiter_free(all[i]);
	}
}

int
main(void)
{
	Suite *s = suite_create("limiter_wait");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, what_is_there_is_had_without_waiting);
	tcase_add_test(tc,
		       waiters_are_served_in_turn_and_large_ones_not_starved);
	tcase_add_test(tc, who_gives_up_lets_those_behind_move_forward);
	tcase_add_test(tc, a_cancelled_reservation_lets_waiters_move_forward);
	tcase_add_test(tc, rl8_a_deadline_too_near_is_told_at_once);
	tcase_add_test(tc, more_than_is_ever_admitted_is_told_at_once);
	tcase_add_test(tc, a_context_that_is_done_fails_and_takes_nothing);
	tcase_add_test(tc, who_waits_for_a_window_gets_the_next_and_the_next);
	tcase_add_test(tc, a_plain_thread_waits_as_well);
	tcase_add_test(tc, freeing_under_a_waiter_panics);
	tcase_add_test(tc, rl2_many_at_once_get_the_burst_and_no_more);
	tcase_add_test(tc, waits_that_end_early_lose_nothing_and_nobody);
	return run_suite(s);
}
