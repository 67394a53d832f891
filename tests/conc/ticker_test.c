// SPDX-License-Identifier: MIT

#include <pthread.h>
#include <string.h>

#include "chan_blocked.h"
#include "turn.h"

#define HOUR GO_HOUR

static bool
try_recv(go_ticker *t, go_time *due)
{
	return go_try_recv(go_ticker_chan(t), due);
}

static go_time
recv_tick(go_ticker *t)
{
	go_time due;

	ck_assert(go_recv(go_ticker_chan(t), &due));
	return due;
}

static void
wait_until(go_time t)
{
	while (go_now() < t)
		go_sleep(t - go_now());
}

START_TEST(a_tick_is_the_time_it_was_due)
{
	go_time before = go_now(), due;
	go_ticker *t = go_ticker_new(HOUR);
	go_time after = go_now();

	ck_assert(!try_recv(t, &due));
	turn(10 * HOUR);
	ck_assert(try_recv(t, &due));
	ck_assert(before + HOUR <= due && due <= after + HOUR);
	go_ticker_free(t);
}

START_TEST(ticks_do_not_pile_up)
{
	go_ticker *t = go_ticker_new(HOUR);

	for (int i = 2; i < 10; i++) {
		turn(i * HOUR);
		ck_assert_uint_eq(go_chan_len(go_ticker_chan(t)), 0);
		ck_assert_uint_eq(go_chan_cap(go_ticker_chan(t)), 0);
	}
	ck_assert(try_recv(t, NULL));
	ck_assert(!try_recv(t, NULL));
	go_ticker_free(t);
}

START_TEST(a_ticker_that_nobody_reads_rests)
{
	go_ticker *t = go_ticker_new(HOUR);

	ck_assert_int_ne(go__timers_next(), GO__NEVER);
	turn(2 * HOUR);
	ck_assert_int_eq(go__timers_next(), GO__NEVER);
	ck_assert(try_recv(t, NULL));
	ck_assert_int_ne(go__timers_next(), GO__NEVER);
	go_ticker_free(t);
	ck_assert_int_eq(go__timers_next(), GO__NEVER);
}

START_TEST(ticks_stay_on_the_grid_however_many)
{
	const go_duration period = 2 * GO_MICROSECOND;
	go_ticker *t = go_ticker_new(period);
	go_time first = recv_tick(t), last = first, due;

	for (int i = 0; i < 50000; i++) {
		due = recv_tick(t);
		ck_assert_int_gt(due, last);
		ck_assert_int_eq((due - first) % period, 0);
		ck_assert_int_le(due, go_now());
		last = due;
	}
	go_ticker_free(t);
}

// late is a ticker whose second tick is received when more are missed.
struct late {
	go_ticker *t;
	go_time second;         // when that was due
	go_time before, after;  // its receiving
};

enum { MISSED = 5 };
static const go_duration period = GO_MILLISECOND;

static struct late
make_late(go_tick_policy policy)
{
	struct late l = {.t = go_ticker_new(period)};

	go_ticker_policy(l.t, policy);
	recv_tick(l.t);
	// The second is due a period from now, or sooner.
	wait_until(go_now() + (1 + MISSED) * period);
	l.before = go_now();
	l.second = recv_tick(l.t);
	l.after = go_now();
	return l;
}

START_TEST(skip_drops_missed_ticks_and_returns_to_the_grid)
{
	struct late l = make_late(GO_TICK_SKIP);
	go_time third = recv_tick(l.t);

	ck_assert_int_eq((third - l.second) % period, 0);
	ck_assert_int_ge(third, l.before);
	ck_assert_int_le(third, l.after + period);
	go_ticker_free(l.t);
}

START_TEST(burst_delivers_missed_ticks_without_delay)
{
	struct late l = make_late(GO_TICK_BURST);
	go_time due, next = l.second + period;

	for (; next <= l.before; next += period) {
		ck_assert(try_recv(l.t, &due));
		ck_assert_int_eq(due, next);
	}
	for (int i = 0; i < 20; i++, next += period)
		ck_assert_int_eq(recv_tick(l.t), next);
	go_ticker_free(l.t);
}

START_TEST(delay_counts_from_when_the_late_tick_was_received)
{
	struct late l = make_late(GO_TICK_DELAY);
	go_time third = recv_tick(l.t);

	ck_assert_int_ge(third, l.before + period);
	ck_assert_int_le(third, l.after + period);
	go_ticker_free(l.t);
}

START_TEST(a_stopped_ticker_is_silent_until_it_is_reset)
{
	go_ticker *t = go_ticker_new(HOUR);
	go_time before, due;

	go_ticker_stop(t);
	turn(10 * HOUR);
	ck_assert(!try_recv(t, NULL));
	go_ticker_reset(t, HOUR);
	turn(2 * HOUR);
	go_ticker_stop(t);  // takes the tick back
	ck_assert(!try_recv(t, NULL));
	go_ticker_stop(t);
	before = go_now();
	go_ticker_reset(t, 3 * HOUR);
	turn(2 * HOUR);
	ck_assert(!try_recv(t, NULL));
	turn(10 * HOUR);
	ck_assert(try_recv(t, &due));
	ck_assert_int_ge(due, before + 3 * HOUR);
	go_ticker_free(t);
}

START_TEST(reset_takes_a_tick_of_the_old_period_back)
{
	go_ticker *t = go_ticker_new(HOUR);
	go_time due;

	turn(2 * HOUR);
	go_ticker_reset(t, 4 * HOUR);
	ck_assert(!try_recv(t, &due));
	go_ticker_reset(t, GO_MILLISECOND);
	due = recv_tick(t);
	ck_assert_int_eq((recv_tick(t) - due) % GO_MILLISECOND, 0);
	go_ticker_free(t);
}

START_TEST(a_late_callback_gives_no_tick)
{
	go_ticker *t = go_ticker_new(HOUR);
	struct go__timer *timer = &alarm_of(t)->timer;

	ck_assert(go__timer_cancel(timer));  // it has left the heap
	go_ticker_reset(t, HOUR);
	timer->fn(timer, 1);
	ck_assert(!try_recv(t, NULL));
	ck_assert(go__timer_cancel(timer));
	timer->fn(timer, 2);
	ck_assert(try_recv(t, NULL));
	ck_assert(go__timer_cancel(timer));
	go_ticker_free(t);
	timer->fn(timer, 3);
}

START_TEST(a_period_beyond_the_clock_never_ticks)
{
	go_ticker *t = go_ticker_new(INT64_MAX);

	go__timers_run(INT64_MAX - 1);
	ck_assert(!try_recv(t, NULL));
	go_ticker_free(t);
	t = go_ticker_new(HOUR);
	turn(2 * HOUR);
	go_ticker_reset(t, INT64_MAX - go_now() - HOUR);
	go__timers_run(INT64_MAX - 1);
	ck_assert(try_recv(t, NULL));
	go__timers_run(INT64_MAX - 1);
	ck_assert(!try_recv(t, NULL));
	go_ticker_free(t);
}

static void
make_with(go_duration d)
{
	go_ticker_free(go_ticker_new(d));
}

static void
expect_panic(go_error *err, const char *text)
{
	ck_assert_ptr_nonnull(err);
	ck_assert_str_eq(go_error_text(err), text);
	go_error_free(err);
}

START_TEST(a_period_must_be_positive)
{
	const go_duration rows[] = {0, -1, INT64_MIN};
	go_ticker *t = go_ticker_new(HOUR);

	for (size_t i = 0; i < COUNT(rows); i++) {
		expect_panic(go_try(make_with, rows[i]),
			     "go_ticker_new: the period must be positive");
		expect_panic(go_try(go_ticker_reset, t, rows[i]),
			     "go_ticker_reset: the period must be positive");
	}
	turn(2 * HOUR);
	ck_assert(try_recv(t, NULL));
	go_ticker_free(t);
}

START_TEST(a_policy_must_be_one_of_the_three)
{
	go_ticker *t = go_ticker_new(HOUR);

	expect_panic(go_try(go_ticker_policy, t, (go_tick_policy)3),
		     "go_ticker_policy: there is no policy 3");
	go_ticker_free(t);
}

START_TEST(select_takes_a_tick)
{
	go_ticker *t = go_ticker_new(HOUR);
	go_time due = 0;

	ck_assert_uint_eq(
		go_select(go_on_recv(go_ticker_chan(t), &due), go_on_default),
		1);
	turn(2 * HOUR);
	ck_assert_uint_eq(
		go_select(go_on_recv(go_ticker_chan(t), &due), go_on_default),
		0);
	ck_assert_int_gt(due, 0);
	go_ticker_free(t);
}

// Stress: a burst misses no tick, and gives none twice, to however many.
enum { TICKS = 20000 };

struct crowd {
	go_ticker *t;
	go_time first;
	go_duration period;
	go_chan(go_unit) over;
	go_atomic_int32 n;
	go_atomic_int32 marks[TICKS];
};

static void
take_ticks(struct crowd *c)
{
	go_time due, i;

	while (go_select(go_on_recv(go_ticker_chan(c->t), &due),
			 go_on_recv(c->over, NULL)) == 0) {
		ck_assert_int_eq((due - c->first) % c->period, 0);
		i = (due - c->first) / c->period;
		if (i >= TICKS)
			continue;
		ck_assert_int_eq(go_atomic_add(&c->marks[i], 1), 1);
		if (go_atomic_add(&c->n, 1) == TICKS)
			go_close(c->over);
	}
}

static void *
take_in_thread(void *c)
{
	take_ticks(c);
	return NULL;
}

START_TEST(a_burst_gives_each_tick_once)
{
	static struct crowd c;
	go_waitgroup wg = {0};
	pthread_t thread;

	c.period = 500;
	c.over = go_chan_make(go_unit, 0);
	c.t = go_ticker_new(c.period);
	go_ticker_policy(c.t, GO_TICK_BURST);
	c.first = recv_tick(c.t) + c.period;
	for (int i = 0; i < 4; i++)
		go_wg_go(&wg, take_ticks, &c);
	ck_assert_int_eq(pthread_create(&thread, NULL, take_in_thread, &c), 0);
	go_wg_wait(&wg);
	pthread_join(thread, NULL);
	ck_assert_int_eq(go_atomic_load(&c.n), TICKS);
	go_ticker_free(c.t);
	go_chan_release(c.over);
}

static void
do_anything(go_ticker *t, unsigned seed)
{
	for (int i = 0; i < 3000; i++) {
		switch (rand_r(&seed) % 6) {
		case 0:
			go_ticker_reset(t, 1 + rand_r(&seed) % 5000);
			break;
		case 1:
			go_ticker_policy(t,
					 (go_tick_policy)(rand_r(&seed) % 3));
			break;
		case 2:
			go_ticker_stop(t);
			break;
		case 3:
			go_sleep(rand_r(&seed) % 10000);
			break;
		default:
			(void)!go_select(go_on_recv(go_ticker_chan(t), NULL),
					 go_on_timeout(rand_r(&seed) % 10000));
		}
	}
}

START_TEST(anything_may_be_done_at_any_time)
{
	unsigned seed = test_seed();
	go_waitgroup wg = {0};
	go_ticker *t;

	for (int k = 0; k < 3; k++) {
		t = go_ticker_new(1);
		for (unsigned i = 0; i < 4; i++)
			go_wg_go(&wg, do_anything, t, seed + i);
		go_wg_wait(&wg);
		go_ticker_reset(t, 1);
		go_ticker_free(t);
	}
}

int
main(void)
{
	Suite *s = suite_create("ticker");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_tick_is_the_time_it_was_due);
	tcase_add_test(tc, ticks_do_not_pile_up);
	tcase_add_test(tc, a_ticker_that_nobody_reads_rests);
	tcase_add_test(tc, ticks_stay_on_the_grid_however_many);
	tcase_add_test(tc, skip_drops_missed_ticks_and_returns_to_the_grid);
	tcase_add_test(tc, burst_delivers_missed_ticks_without_delay);
	tcase_add_test(tc, delay_counts_from_when_the_late_tick_was_received);
	tcase_add_test(tc, a_stopped_ticker_is_silent_until_it_is_reset);
	tcase_add_test(tc, reset_takes_a_tick_of_the_old_period_back);
	tcase_add_test(tc, a_late_callback_gives_no_tick);
	tcase_add_test(tc, a_period_beyond_the_clock_never_ticks);
	tcase_add_test(tc, a_period_must_be_positive);
	tcase_add_test(tc, a_policy_must_be_one_of_the_three);
	tcase_add_test(tc, select_takes_a_tick);
	tcase_add_test(tc, a_burst_gives_each_tick_once);
	tcase_add_test(tc, anything_may_be_done_at_any_time);
	return run_suite(s);
}
