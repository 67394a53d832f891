// SPDX-License-Identifier: MIT

#include <pthread.h>

#include "chan_blocked.h"
#include "turn.h"

#define HOUR GO_HOUR

static bool
try_recv(go_timer *t, go_time *due)
{
	return go_try_recv(go_timer_chan(t), due);
}

START_TEST(a_value_is_the_time_it_was_due)
{
	go_time before = go_now(), due = 0;
	go_timer *t = go_timer_new(HOUR);
	go_time after = go_now();

	ck_assert(!try_recv(t, &due));
	turn(5 * HOUR);
	ck_assert(try_recv(t, &due));
	ck_assert(before + HOUR <= due && due <= after + HOUR);
	ck_assert(!try_recv(t, &due));
	go_timer_free(t);
}

START_TEST(a_channel_looks_unbuffered)
{
	go_timer *t = go_timer_new(HOUR);

	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(go_chan_len(go_timer_chan(t)), 0);
		ck_assert_uint_eq(go_chan_cap(go_timer_chan(t)), 0);
		turn(2 * HOUR);
	}
	ck_assert(try_recv(t, NULL));
	go_timer_free(t);
}

START_TEST(a_duration_that_is_not_positive_is_over_at_once)
{
	const go_duration rows[] = {0, -1, -HOUR, INT64_MIN};
	go_timer *t = go_timer_new(HOUR);
	go_time before, due;

	for (size_t i = 0; i < COUNT(rows); i++) {
		before = go_now();
		ck_assert(go_timer_reset(t, rows[i]));
		ck_assert(try_recv(t, &due));
		ck_assert(before <= due && due <= go_now());
		go_timer_reset(t, HOUR);
	}
	go_timer_free(t);
	t = go_timer_new(-HOUR);
	ck_assert(try_recv(t, NULL));
	go_timer_free(t);
}

START_TEST(a_duration_beyond_the_clock_never_ends)
{
	go_timer *t = go_timer_new(INT64_MAX);

	go__timers_run(INT64_MAX - 1);
	ck_assert(!try_recv(t, NULL));
	ck_assert(go_timer_stop(t));
	go_timer_free(t);
}

START_TEST(null_is_freed_in_peace)
{
	go_timer_free(NULL);
	go_ticker_free(NULL);
}

// What may happen to a timer, one after the other. That it goes off comes in
// two steps, for its callback may be late: it leaves the runtime's heap, and
// then the callback begins. Several may be on their way, and overtake.
enum event {
	STOP,
	RESET,
	RECEIVE,
	LEAVE_HEAP,
	CALL_FIRST,
	CALL_LAST,
	EVENTS,
};

enum { LENGTH = 6, SEQUENCES = 46656 };  // EVENTS to the power of LENGTH

// What a timer is, in a few words.
struct model {
	enum { CLEAR, ON_HEAP, LEFT_HEAP, OFFERED } state;
	uint64_t setting;
	uint64_t late[LENGTH];  // settings of the callbacks on their way
	size_t n_late;
};

static void
call_late(go_timer *t, struct model *m, size_t i)
{
	struct go__timer *timer = &alarm_of(t)->timer;
	uint64_t setting = m->late[i];

	m->n_late--;
	for (; i < m->n_late; i++)
		m->late[i] = m->late[i + 1];
	timer->fn(timer, setting);
	if (m->state == LEFT_HEAP && setting == m->setting)
		m->state = OFFERED;
}

static void
step(go_timer *t, struct model *m, enum event e)
{
	struct go__alarm *a = alarm_of(t);
	go_time due = 0;

	switch (e) {
	case STOP:
		ck_assert_int_eq(go_timer_stop(t), m->state != CLEAR);
		m->state = CLEAR;
		break;
	case RESET:
		ck_assert_int_eq(go_timer_reset(t, HOUR), m->state != CLEAR);
		m->state = ON_HEAP;
		m->setting++;
		break;
	case RECEIVE:
		ck_assert_int_eq(try_recv(t, &due), m->state == OFFERED);
		ck_assert_int_eq(due, m->state == OFFERED ? a->due : 0);
		if (m->state == OFFERED)
			m->state = CLEAR;
		break;
	case LEAVE_HEAP:
		ck_assert_int_eq(go__timer_cancel(&a->timer),
				 m->state == ON_HEAP);
		if (m->state != ON_HEAP)
			break;
		m->late[m->n_late++] = m->setting;
		m->state = LEFT_HEAP;
		break;
	case CALL_FIRST:
	case CALL_LAST:
		if (m->n_late > 0)
			call_late(t, m, e == CALL_FIRST ? 0 : m->n_late - 1);
		break;
	case EVENTS:
		break;
	}
	ck_assert_uint_eq(a->setting, m->setting);
}

START_TEST(no_sequence_of_events_shows_a_stale_value)
{
	struct go__timer *timer;
	struct model m;
	go_timer *t;
	int rest;

	for (int i = 0; i < SEQUENCES; i++) {
		t = go_timer_new(HOUR);
		timer = &alarm_of(t)->timer;
		m = (struct model){.state = ON_HEAP, .setting = 1};
		rest = i;
		for (int k = 0; k < LENGTH; k++, rest /= EVENTS)
			step(t, &m, (enum event)(rest % EVENTS));
		go_timer_free(t);
		// The last callback on its way frees the memory.
		for (size_t k = 0; k < m.n_late; k++)
			timer->fn(timer, m.late[k]);
	}
}

START_TEST(a_channel_may_outlive_its_timer)
{
	go_timer *t = go_timer_new(0);
	go_receiver(go_time) c = go_chan_retain(go_timer_chan(t));

	go_timer_free(t);
	ck_assert(!go_try_recv(c, NULL));
	go_chan_release(c);
}

static void
recv_from(void *t)
{
	go_time due;

	ck_assert(go_recv(go_timer_chan((go_timer *)t), &due));
}

START_TEST(who_waits_is_served)
{
	go_timer *t = go_timer_new(HOUR);
	struct trial trial = {0};

	ck_assert(blocks(&trial, recv_from, t));
	turn(2 * HOUR);
	while (!go_atomic_load(&trial.ended))
		go_yield();
	ck_assert(!go_timer_stop(t));
	go_timer_free(t);
}

START_TEST(who_waits_is_served_by_a_reset_to_now)
{
	go_timer *t = go_timer_new(HOUR);
	struct trial trial = {0};

	ck_assert(blocks(&trial, recv_from, t));
	ck_assert(go_timer_reset(t, 0));
	while (!go_atomic_load(&trial.ended))
		go_yield();
	go_timer_free(t);
}

START_TEST(select_takes_what_is_due)
{
	go_timer *sooner = go_timer_new(HOUR), *later = go_timer_new(3 * HOUR);

	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(
			go_select(go_on_recv(go_timer_chan(later), NULL),
				  go_on_recv(go_timer_chan(sooner), NULL),
				  go_on_default),
			i == 0 ? 2 : 1);
		turn(2 * HOUR);
	}
	ck_assert(!go_timer_stop(sooner) && go_timer_stop(later));
	go_timer_free(sooner);
	go_timer_free(later);
}

static void *
use_timers(void *none)
{
	go_timer *t = go_timer_new(GO_MILLISECOND);
	go_ticker *ticker = go_ticker_new(GO_MILLISECOND);
	go_time due;

	ck_assert(go_recv(go_timer_chan(t), &due));
	ck_assert_int_le(due, go_now());
	ck_assert(!go_timer_reset(t, GO_MILLISECOND));
	for (int i = 0; i < 3; i++)
		ck_assert(go_recv(go_ticker_chan(ticker), NULL));
	ck_assert(go_recv(go_timer_chan(t), NULL));
	go_ticker_free(ticker);
	go_timer_free(t);
	return none;
}

START_TEST(a_plain_thread_may_use_timers_before_there_is_a_goroutine)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, use_timers, NULL), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

START_TEST(main_may_use_timers_before_there_is_a_goroutine)
{
	use_timers(NULL);
}

START_TEST(many_timers_are_set_anew_and_all_go_off)
{
	static go_timer *timers[10000];

	for (size_t i = 0; i < COUNT(timers); i++)
		timers[i] = go_timer_new(HOUR + (go_duration)i);
	for (size_t i = COUNT(timers); i-- > 0;)
		ck_assert(go_timer_reset(timers[i], (go_duration)i * 100));
	for (size_t i = 0; i < COUNT(timers); i++) {
		ck_assert(go_recv(go_timer_chan(timers[i]), NULL));
		go_timer_free(timers[i]);
	}
}

// Stress. Each setting is either received, or taken back by whoever stops or
// resets the timer: the numbers of both add up to the number of settings.
struct shared {
	go_timer *t;
	go_waitgroup setters, takers;
	go_atomic_int64 n_set, n_back, n_taken;
	go_chan(go_unit) over;
};

enum { SETTERS = 3, ROUNDS = 2000 };

static go_duration
some_time(unsigned *seed)
{
	return rand_r(seed) % 4 == 0 ? 0 : rand_r(seed) % 20000;
}

static void
set_and_stop(struct shared *s, unsigned seed)
{
	for (int i = 0; i < ROUNDS; i++) {
		if (rand_r(&seed) % 3 == 0) {
			go_atomic_add(&s->n_back, go_timer_stop(s->t));
		} else {
			go_atomic_add(&s->n_set, 1);
			go_atomic_add(&s->n_back,
				      go_timer_reset(s->t, some_time(&seed)));
		}
		if (rand_r(&seed) % 8 == 0)
			go_sleep(some_time(&seed));
	}
}

static void *
set_in_thread(void *arg)
{
	set_and_stop(arg, 7);
	return NULL;
}

static void
take_values(struct shared *s)
{
	size_t taken;
	go_time due = 0;

	for (;;) {
		taken = go_select(go_on_recv(go_timer_chan(s->t), &due),
				  go_on_recv(s->over, NULL));
		if (taken == 1)
			return;
		ck_assert_int_gt(due, 0);
		ck_assert_int_le(due, go_now());
		go_atomic_add(&s->n_taken, 1);
	}
}

START_TEST(each_setting_is_received_or_taken_back)
{
	struct shared s = {
		.t = go_timer_new(0),
		.n_set = {1},
		.over = go_chan_make(go_unit, 0),
	};
	unsigned seed = test_seed();
	pthread_t thread;

	for (int i = 0; i < 2; i++)
		go_wg_go(&s.takers, take_values, &s);
	for (unsigned i = 0; i < SETTERS; i++)
		go_wg_go(&s.setters, set_and_stop, &s, seed + i);
	ck_assert_int_eq(pthread_create(&thread, NULL, set_in_thread, &s), 0);
	go_wg_wait(&s.setters);
	pthread_join(thread, NULL);
	go_atomic_add(&s.n_back, go_timer_stop(s.t));
	go_close(s.over);
	go_wg_wait(&s.takers);
	ck_assert_int_eq(go_atomic_load(&s.n_taken) + go_atomic_load(&s.n_back),
			 go_atomic_load(&s.n_set));
	go_chan_release(s.over);
	go_timer_free(s.t);
}

static void
free_at_any_time(unsigned seed)
{
	go_timer *t;

	for (int i = 0; i < ROUNDS; i++) {
		t = go_timer_new(some_time(&seed));
		if (rand_r(&seed) % 2 == 0)
			go_recv(go_timer_chan(t), NULL);
		if (rand_r(&seed) % 2 == 0)
			go_timer_reset(t, some_time(&seed));
		if (rand_r(&seed) % 4 == 0)
			go_sleep(some_time(&seed));
		go_timer_free(t);
	}
}

START_TEST(timers_are_freed_while_they_go_off)
{
	unsigned seed = test_seed();
	go_waitgroup wg = {0};

	for (unsigned i = 0; i < 4; i++)
		go_wg_go(&wg, free_at_any_time, seed + i);
	go_wg_wait(&wg);
}

int
main(void)
{
	Suite *s = suite_create("timer");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_value_is_the_time_it_was_due);
	tcase_add_test(tc, a_channel_looks_unbuffered);
	tcase_add_test(tc, a_duration_that_is_not_positive_is_over_at_once);
	tcase_add_test(tc, a_duration_beyond_the_clock_never_ends);
	tcase_add_test(tc, null_is_freed_in_peace);
	tcase_add_test(tc, no_sequence_of_events_shows_a_stale_value);
	tcase_add_test(tc, a_channel_may_outlive_its_timer);
	tcase_add_test(tc, who_waits_is_served);
	tcase_add_test(tc, who_waits_is_served_by_a_reset_to_now);
	tcase_add_test(tc, select_takes_what_is_due);
	tcase_add_test(
		tc, a_plain_thread_may_use_timers_before_there_is_a_goroutine);
	tcase_add_test(tc, main_may_use_timers_before_there_is_a_goroutine);
	tcase_add_test(tc, many_timers_are_set_anew_and_all_go_off);
	tcase_add_test(tc, each_setting_is_received_or_taken_back);
	tcase_add_test(tc, timers_are_freed_while_they_go_off);
	return run_suite(s);
}
