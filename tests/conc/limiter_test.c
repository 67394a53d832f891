// SPDX-License-Identifier: MIT

#include <errno.h>

#include "limiter_clock.h"

START_TEST(rl1_a_bucket_starts_full_and_refills_evenly)
{
	go_limiter *l = by_hand(go_token_bucket_new(2, GO_SECOND, 5));

	ck_assert(!go_limiter_allow_n(l, 6));
	ck_assert(go_limiter_allow_n(l, 5));
	ck_assert(!go_limiter_allow(l));
	step(GO_SECOND / 2 - 1);
	ck_assert(!go_limiter_allow(l));
	step(1);
	ck_assert(go_limiter_allow(l));
	step(GO_HOUR);
	ck_assert(!go_limiter_allow_n(l, 6));
	ck_assert(go_limiter_allow_n(l, 5));
	ck_assert(!go_limiter_allow(l));
	go_limiter_free(l);
}

START_TEST(a_bucket_without_burst_admits_none_but_none)
{
	go_limiter *l = by_hand(go_token_bucket_new(1, 1, 0));
	go_limit_state s;

	step(GO_HOUR);
	ck_assert(!go_limiter_allow(l));
	ck_assert(go_limiter_allow_n(l, 0));
	s = go_limiter_check(l, 1);
	ck_assert(!s.allowed && s.limit == 0 && s.remaining == 0);
	ck_assert_int_eq(s.retry_after, INT64_MAX);
	ck_assert_int_eq(s.reset_after, 0);
	go_limiter_free(l);
}

START_TEST(rl3_no_token_is_lost_at_awkward_rates)
{
	go_limiter *l = by_hand(go_token_bucket_new(3, 10, 2));
	int allowed = 0;

	for (int i = 0; i < 10 * 1000; i++) {
		allowed += go_limiter_allow(l);
		step(1);
	}
	ck_assert_int_eq(allowed, 2 + (3 * 9999) / 10);
	go_limiter_free(l);
}

START_TEST(rl4_a_clock_that_goes_back_grants_nothing)
{
	go_limiter *all[] = {
		go_token_bucket_new(1, GO_SECOND, 1),
		go_fixed_window_new(1, GO_SECOND),
		go_sliding_window_new(1, GO_SECOND),
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		go_limiter *l = by_hand(all[i]);

		ck_assert(go_limiter_allow(l));
		step(-GO_HOUR);
		ck_assert(!go_limiter_allow(l));
		ck_assert_int_eq(go_limiter_check(l, 1).retry_after, GO_SECOND);
		step(GO_SECOND);
		ck_assert(!go_limiter_allow(l));
		step(GO_HOUR);
		ck_assert(go_limiter_allow(l));
		go_limiter_free(l);
	}
}

START_TEST(rl14_a_fixed_window_begins_with_its_first_use)
{
	go_limiter *l = by_hand(go_fixed_window_new(4, 10));

	step(7);
	ck_assert(go_limiter_allow(l));
	step(9);
	ck_assert(!go_limiter_allow_n(l, 4));
	ck_assert(go_limiter_allow_n(l, 3));
	ck_assert(!go_limiter_allow(l));
	ck_assert_int_eq(go_limiter_check(l, 1).retry_after, 1);
	step(1);
	ck_assert(go_limiter_allow_n(l, 4));  // 7 within 2 ns: the edge
	step(9);
	ck_assert(!go_limiter_allow(l));
	step(25);  // into the middle of a window
	ck_assert(go_limiter_allow_n(l, 4));
	ck_assert_int_eq(go_limiter_check(l, 1).retry_after, 6);
	go_limiter_free(l);
}

START_TEST(rl16_a_sliding_window_has_no_edge)
{
	go_limiter *l = by_hand(go_sliding_window_new(4, 10));

	ck_assert(go_limiter_allow(l));
	step(9);
	ck_assert(go_limiter_allow_n(l, 3));
	step(1);
	ck_assert(!go_limiter_allow_n(l, 2));
	ck_assert(go_limiter_allow(l));
	ck_assert_int_eq(go_limiter_check(l, 1).retry_after, 9);
	ck_assert_int_eq(go_limiter_check(l, 4).retry_after, 10);
	step(9);
	ck_assert_int_eq(go_limiter_check(l, 1).remaining, 3);
	go_limiter_free(l);
}

START_TEST(rl17_a_leaky_bucket_spaces_and_bounds_its_queue)
{
	go_limiter *l = by_hand(go_leaky_bucket_new(100, GO_SECOND, 2));
	go_reservation r[4];
	go_error *err;

	for (int i = 0; i < 4; i++)
		r[i] = go_limiter_reserve(l, 1);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(go_reservation_delay(r[i]),
				 i * 10 * GO_MILLISECOND);
	err = go_reservation_err(r[3]);
	ck_assert_int_eq(go_error_errno(err), EAGAIN);
	go_error_free(err);
	err = go_limiter_wait(l, NULL, 1);
	ck_assert_int_eq(go_error_errno(err), EAGAIN);
	ck_assert_str_eq(go_error_text(err), "rate: the queue is full");
	go_error_free(err);
	step(10 * GO_MILLISECOND);
	r[0] = go_limiter_reserve(l, 1);
	ck_assert_int_eq(go_reservation_delay(r[0]), 20 * GO_MILLISECOND);
	go_limiter_free(l);
}

START_TEST(rl18_a_rest_saves_up_nothing_in_a_leaky_bucket)
{
	go_limiter *l = by_hand(go_leaky_bucket_new(2, GO_SECOND, 0));

	for (int i = 0; i < 5; i++) {
		ck_assert(go_limiter_allow(l));
		ck_assert(!go_limiter_allow(l));
		step(GO_HOUR);
	}
	go_limiter_free(l);
}

START_TEST(a_check_tells_and_takes_nothing)
{
	go_limiter *l = by_hand(go_gcra_new(10, GO_SECOND, 4));
	go_limit_state s;

	for (int i = 0; i < 3; i++) {
		s = go_limiter_check(l, 4);
		ck_assert(s.allowed && s.limit == 4 && s.remaining == 4);
		ck_assert_int_eq(s.retry_after, 0);
		ck_assert_int_eq(s.reset_after, 0);
	}
	ck_assert(go_limiter_allow_n(l, 3));
	s = go_limiter_check(l, 4);
	ck_assert(!s.allowed && s.remaining == 1);
	ck_assert_int_eq(s.retry_after, 300 * GO_MILLISECOND);
	ck_assert_int_eq(s.reset_after, 300 * GO_MILLISECOND);
	s = go_limiter_check(l, 5);
	ck_assert(!s.allowed && s.retry_after == INT64_MAX);
	s = go_limiter_check(l, 0);
	ck_assert(s.allowed && s.retry_after == 0);
	step(100 * GO_MILLISECOND);
	ck_assert_int_eq(go_limiter_check(l, 1).remaining, 2);
	go_limiter_free(l);
}

START_TEST(rl5_reservations_queue_and_keep_others_from_overtaking)
{
	go_limiter *l = by_hand(go_token_bucket_new(1, GO_SECOND, 4));
	go_reservation large, small, never;
	go_error *err;

	ck_assert(go_limiter_allow_n(l, 2));
	large = go_limiter_reserve(l, 4);
	ck_assert_int_eq(go_reservation_delay(large), 2 * GO_SECOND);
	ck_assert(!go_limiter_allow(l));  // though there are two tokens
	ck_assert_int_eq(go_limiter_check(l, 1).remaining, 0);
	never = go_limiter_reserve(l, 5);
	ck_assert_int_eq(go_reservation_delay(never), INT64_MAX);
	err = go_reservation_err(never);
	ck_assert_int_eq(go_error_errno(err), EINVAL);
	go_error_free(err);
	go_reservation_cancel(never);
	small = go_limiter_reserve(l, 1);
	ck_assert_int_eq(go_reservation_delay(small), 3 * GO_SECOND);
	ck_assert_ptr_null(go_reservation_err(small));
	step(4 * GO_SECOND);
	ck_assert_int_eq(go_reservation_delay(large), 0);
	ck_assert(go_limiter_allow(l));
	ck_assert(!go_limiter_allow(l));
	go_limiter_free(l);
}

START_TEST(rl6_a_cancel_gives_back_all_and_once)
{
	go_limiter *l = by_hand(go_token_bucket_new(1, GO_SECOND, 4));
	go_reservation first, second, now;

	now = go_limiter_reserve(l, 4);
	first = go_limiter_reserve(l, 2);
	second = go_limiter_reserve(l, 1);
	go_reservation_cancel(now);  // too late
	ck_assert_int_eq(go_limiter_check(l, 1).retry_after, 4 * GO_SECOND);
	go_reservation_cancel(first);
	// What flows in until the second, in 3 s, is 3: one is left over 2.
	ck_assert_int_eq(go_reservation_delay(second), 3 * GO_SECOND);
	ck_assert_int_eq(go_limiter_check(l, 2).retry_after, 3 * GO_SECOND);
	ck_assert_int_eq(go_limiter_check(l, 3).retry_after, 4 * GO_SECOND);
	go_reservation_cancel(first);
	ck_assert_int_eq(go_limiter_check(l, 3).retry_after, 4 * GO_SECOND);
	go_reservation_cancel(second);
	ck_assert_int_eq(go_limiter_check(l, 3).retry_after, 3 * GO_SECOND);
	step(3 * GO_SECOND);
	ck_assert(go_limiter_allow_n(l, 3));
	ck_assert(!go_limiter_allow(l));
	go_limiter_free(l);
}

START_TEST(the_largest_numbers_overflow_nothing)
{
	const int64_t most = INT64_MAX;
	go_limiter *all[] = {
		go_token_bucket_new(most, most, most),
		go_token_bucket_new(1, most, most),
		go_gcra_new(most, 1, most),
		go_fixed_window_new(most, most),
		go_leaky_bucket_new(1, most, most),
		go_sliding_window_new(1, most),
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		go_limiter *l = by_hand(all[i]);
		int64_t limit = go_limiter_check(l, 1).limit;
		go_limit_state s;

		ck_assert(go_limiter_allow_n(l, limit));
		s = go_limiter_check(l, limit);
		ck_assert_int_ge(s.retry_after, 0);
		ck_assert_int_ge(s.reset_after, 0);
		step(GO_HOUR);
		s = go_limiter_check(l, 1);
		ck_assert(s.remaining >= 0 && s.remaining <= limit);
		go_limiter_free(l);
	}
}

START_TEST(what_a_limiter_cannot_be_panics)
{
	const struct {
		go_limiter *(*make)(int64_t n, go_duration per, int64_t more);
		int64_t n, per, more;
	} rows[] = {
		{go_token_bucket_new, 0, 1, 1},
		{go_token_bucket_new, -1, 1, 1},
		{go_token_bucket_new, 1, 0, 1},
		{go_token_bucket_new, 1, INT64_MIN, 1},
		{go_token_bucket_new, 1, 1, -1},
		{go_gcra_new, 0, 1, 1},
		{go_gcra_new, 1, -1, 1},
		{go_gcra_new, 1, 1, INT64_MIN},
		{go_leaky_bucket_new, 0, 1, 1},
		{go_leaky_bucket_new, 1, 0, 1},
		{go_leaky_bucket_new, 1, 1, -1},
	};
	go_limiter *(*const windows[])(int64_t n, go_duration per) = {
		go_fixed_window_new,
		go_sliding_window_new,
	};
	go_error *err;

	for (size_t i = 0; i < COUNT(rows); i++) {
		err = go_try(rows[i].make, rows[i].n, rows[i].per,
			     rows[i].more);
		ck_assert_ptr_nonnull(err);
		go_error_free(err);
	}
	for (size_t i = 0; i < COUNT(windows); i++) {
		for (int bad = 0; bad < 3; bad++) {
			err = go_try(windows[i], (int64_t)(bad != 0),
				     (go_duration)(bad == 1   ? 0
						   : bad == 2 ? INT64_MIN
							      : 1));
			ck_assert_ptr_nonnull(err);
			go_error_free(err);
		}
	}
	err = go_try(go_sliding_window_new, INT64_MAX, (go_duration)1);
	ck_assert_ptr_nonnull(strstr(go_error_text(err), "no memory"));
	go_error_free(err);
}

static void
check(go_limiter *l, int64_t n)
{
	go_limiter_check(l, n);
}

static void
reserve(go_limiter *l, int64_t n)
{
	go_reservation_cancel(go_limiter_reserve(l, n));
}

START_TEST(a_negative_number_panics)
{
	go_limiter *l = go_fixed_window_new(1, 1);
	go_error *errs[] = {
		go_try(go_limiter_allow_n, l, (int64_t)-1),
		go_try(go_limiter_wait, l, NULL, INT64_MIN),
		go_try(check, l, (int64_t)-1),
		go_try(reserve, l, (int64_t)-1),
	};

	for (size_t i = 0; i < COUNT(errs); i++) {
		ck_assert_ptr_nonnull(errs[i]);
		go_error_free(errs[i]);
	}
	go_limiter_free(l);
	go_limiter_free(NULL);
}

int
main(void)
{
	Suite *s = suite_create("limiter");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, rl1_a_bucket_starts_full_and_refills_evenly);
	tcase_add_test(tc, a_bucket_without_burst_admits_none_but_none);
	tcase_add_test(tc, rl3_no_token_is_lost_at_awkward_rates);
	tcase_add_test(tc, rl4_a_clock_that_goes_back_grants_nothing);
	tcase_add_test(tc, rl14_a_fixed_window_begins_with_its_first_use);
	tcase_add_test(tc, rl16_a_sliding_window_has_no_edge);
	tcase_add_test(tc, rl17_a_leaky_bucket_spaces_and_bounds_its_queue);
	tcase_add_test(tc, rl18_a_rest_saves_up_nothing_in_a_leaky_bucket);
	tcase_add_test(tc, a_check_tells_and_takes_nothing);
	tcase_add_test(tc,
		       rl5_reservations_queue_and_keep_others_from_overtaking);
	tcase_add_test(tc, rl6_a_cancel_gives_back_all_and_once);
	tcase_add_test(tc, the_largest_numbers_overflow_nothing);
	tcase_add_test(tc, what_a_limiter_cannot_be_panics);
	tcase_add_test(tc, a_negative_number_panics);
	return run_suite(s);
}
