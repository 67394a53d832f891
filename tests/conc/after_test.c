// SPDX-License-Identifier: MIT
//
// go_after_func: functions that are called later.

#include <pthread.h>
#include <string.h>

#include "chan_blocked.h"
#include "turn.h"

#define HOUR GO_HOUR

typedef go_chan(go_unit) gate;
typedef go_chan(uint64_t) numbers;

struct pair {
	double x;
	const char *name;
};

static void
say(go_sender(int) to, int n, struct pair pair, float f, uint8_t byte)
{
	bool is_right = pair.x == 0.5 && pair.name[0] == 'x' && f == 1.5f &&
			byte == 200;

	go_send(to, is_right ? n : -1);
}

START_TEST(a_function_is_called_with_the_arguments_of_then)
{
	go_chan(int) c = go_chan_make(int, 1);
	struct pair pair = {0.5, "x"};
	int n = 7;
	go_timer *t =
		go_after_func(HOUR, say, go_send_only(c), n, pair, 1.5, 200);

	n = 0;
	pair.name = "y";
	ck_assert(go_timer_chan(t) == NULL);
	ck_assert(!go_try_recv(c, NULL));
	turn(2 * HOUR);
	ck_assert(go_recv(c, &n));
	ck_assert_int_eq(n, 7);
	ck_assert(!go_timer_stop(t));
	go_timer_free(t);
	go_chan_release(c);
}

static void
say_id(numbers to)
{
	go_send(to, go_id());
}

START_TEST(each_call_is_a_goroutine_of_its_own)
{
	numbers c = go_chan_make(uint64_t, 0);
	go_timer *t = go_after_func(0, say_id, c);
	uint64_t first, second;

	ck_assert(go_recv(c, &first));
	ck_assert(!go_timer_reset(t, GO_MILLISECOND));
	ck_assert(go_recv(c, &second));
	ck_assert_uint_ne(first, 0);
	ck_assert_uint_ne(first, go_id());
	ck_assert_uint_ne(first, second);
	go_timer_free(t);
	go_chan_release(c);
}

static void
never(void)
{
	ck_abort_msg("called after it was stopped");
}

START_TEST(what_is_stopped_is_not_called)
{
	go_timer *stopped = go_after_func(HOUR, never);
	go_timer *waited = go_after_func(HOUR, never);
	go_timer *freed = go_after_func(HOUR, never);

	ck_assert(go_timer_stop(stopped) && !go_timer_stop(stopped));
	ck_assert(go_timer_stop_wait(waited) && !go_timer_stop_wait(waited));
	go_timer_free(freed);
	turn(2 * HOUR);
	ck_assert_int_eq(go__timers_next(), GO__NEVER);
	go_timer_free(stopped);
	go_timer_free(waited);
}

START_TEST(stop_wait_stops_a_timer_with_a_channel)
{
	go_timer *t = go_timer_new(0);

	ck_assert(go_timer_stop_wait(t));
	ck_assert(!go_timer_stop_wait(t));
	ck_assert(!go_try_recv(go_timer_chan(t), NULL));
	go_timer_free(t);
}

START_TEST(a_late_callback_calls_nothing)
{
	go_timer *t = go_after_func(HOUR, never);
	struct go__timer *timer = &alarm_of(t)->timer;

	ck_assert(go__timer_cancel(timer));  // it has left the heap
	ck_assert(go_timer_reset(t, HOUR));
	timer->fn(timer, 1);
	ck_assert(go__timer_cancel(timer));
	ck_assert(go_timer_stop(t));
	timer->fn(timer, 2);
	go_timer_free(t);
}

START_TEST(a_late_callback_outlives_its_timer)
{
	go_timer *t = go_after_func(HOUR, never);
	struct go__timer *timer = &alarm_of(t)->timer;

	ck_assert(go__timer_cancel(timer));
	go_timer_free(t);
	timer->fn(timer, 1);
}

// struct work is a function that runs from begun to end.
struct work {
	go_timer *t;
	gate begun, end;
	int n_runs;  // not atomic: stop_wait orders it
	int n_left;  // how often it resets the timer
	go_duration again;
	go_chan(bool) answers;
};

static struct work
make_work(void)
{
	return (struct work){
		.begun = go_chan_make(go_unit, 0),
		.end = go_chan_make(go_unit, 0),
		.answers = go_chan_make(bool, 1),
	};
}

static void
end_work(struct work *w)
{
	go_chan_release(w->begun);
	go_chan_release(w->end);
	go_chan_release(w->answers);
}

static void
do_work(struct work *w)
{
	bool is_set;

	go_send(w->begun, GO_UNIT);
	if (w->n_left-- > 0) {
		is_set = go_timer_reset(w->t, w->again);
		go_send(w->answers, is_set);
	}
	go_recv(w->end, NULL);
	w->n_runs++;
}

static void
stop_wait(void *arg)
{
	struct work *w = arg;
	bool is_in_time = go_timer_stop_wait(w->t);

	ck_assert_int_eq(w->n_runs, 1);
	go_send(w->answers, is_in_time);
}

START_TEST(stop_wait_waits_for_the_function_that_has_begun)
{
	struct trial waits[2] = {{0}};
	struct work w = make_work();
	bool is_in_time;

	w.t = go_after_func(HOUR, do_work, &w);
	turn(2 * HOUR);
	go_recv(w.begun, NULL);
	ck_assert(!go_timer_stop(w.t));
	ck_assert(blocks(&waits[0], stop_wait, &w));
	ck_assert(blocks(&waits[1], stop_wait, &w));
	go_send(w.end, GO_UNIT);
	for (int i = 0; i < 2; i++) {
		ck_assert(go_recv(w.answers, &is_in_time));
		ck_assert(!is_in_time);
	}
	while (!go_atomic_load(&waits[0].ended) ||
	       !go_atomic_load(&waits[1].ended))
		go_yield();
	go_timer_free(w.t);
	end_work(&w);
}

START_TEST(stop_wait_undoes_what_the_function_sets_anew)
{
	struct work w = make_work();
	struct trial waits = {0};
	bool answer;

	w.again = HOUR;
	w.n_left = 1;
	w.t = go_after_func(HOUR, do_work, &w);
	turn(2 * HOUR);
	go_recv(w.begun, NULL);
	go_recv(w.answers, &answer);
	ck_assert(!answer);  // it was not set while it ran
	ck_assert(go_timer_stop(w.t));
	ck_assert(blocks(&waits, stop_wait, &w));
	ck_assert(!go_timer_reset(w.t, HOUR));
	go_send(w.end, GO_UNIT);
	go_recv(w.answers, &answer);
	ck_assert(!answer);
	ck_assert(!go_timer_stop(w.t));
	while (!go_atomic_load(&waits.ended))
		go_yield();
	go_timer_free(w.t);
	end_work(&w);
}

static void *
stop_in_thread(void *arg)
{
	stop_wait(arg);
	return NULL;
}

START_TEST(a_plain_thread_may_wait_for_the_function)
{
	struct work w = make_work();
	pthread_t thread;

	w.t = go_after_func(0, do_work, &w);
	go_recv(w.begun, NULL);
	pthread_create(&thread, NULL, stop_in_thread, &w);
	ck_assert(!go_try_recv(w.answers, NULL));
	go_send(w.end, GO_UNIT);
	pthread_join(thread, NULL);
	go_timer_free(w.t);
	end_work(&w);
}

static void
stop_myself(struct work *w)
{
	go_recv(w->begun, NULL);
	go_send(w->answers, go_timer_stop_wait(w->t));
}

START_TEST(a_function_that_stops_its_timer_does_not_wait_for_itself)
{
	struct work w = make_work();
	bool answer;

	w.t = go_after_func(0, stop_myself, &w);
	go_send(w.begun, GO_UNIT);
	ck_assert(go_recv(w.answers, &answer));
	ck_assert(!answer);
	ck_assert(!go_timer_stop_wait(w.t));
	go_timer_free(w.t);
	end_work(&w);
}

static void
free_myself(struct work *w)
{
	go_recv(w->begun, NULL);
	go_timer_free(w->t);
	go_send(w->answers, true);
}

START_TEST(a_function_may_free_its_timer)
{
	struct work w = make_work();

	w.t = go_after_func(0, free_myself, &w);
	go_send(w.begun, GO_UNIT);
	ck_assert(go_recv(w.answers, NULL));
	end_work(&w);
}

static void
stand(struct work *w)
{
	go_send(w->begun, GO_UNIT);
	go_recv(w->end, NULL);
}

START_TEST(a_timer_may_be_freed_while_its_function_runs)
{
	struct work w = make_work();

	w.t = go_after_func(0, stand, &w);
	go_recv(w.begun, NULL);
	go_timer_free(w.t);
	go_send(w.end, GO_UNIT);
	while (go_count() > 1)
		go_yield();
	end_work(&w);
}

START_TEST(a_function_may_run_beside_itself)
{
	struct work w = make_work();

	w.t = go_after_func(0, stand, &w);
	go_recv(w.begun, NULL);
	ck_assert(!go_timer_reset(w.t, 0));
	go_recv(w.begun, NULL);
	go_send(w.end, GO_UNIT);
	go_send(w.end, GO_UNIT);
	go_timer_stop_wait(w.t);
	go_timer_free(w.t);
	end_work(&w);
}

static void
again(struct work *w)
{
	// One runs after the other: each is set by the one before.
	if (w->n_left-- > 0) {
		w->n_runs++;
		go_timer_reset(w->t, w->again);
	} else {
		go_send(w->begun, GO_UNIT);
	}
}

START_TEST(a_function_may_set_its_timer_anew)
{
	struct work w = make_work();

	w.n_left = 100;
	w.again = 10 * GO_MICROSECOND;
	w.t = go_after_func(HOUR, again, &w);
	ck_assert(go_timer_reset(w.t, 0));
	go_recv(w.begun, NULL);
	ck_assert_int_eq(w.n_runs, 100);
	ck_assert(!go_timer_stop_wait(w.t));
	go_timer_free(w.t);
	end_work(&w);
}

static void
exit_early(struct work *w)
{
	w->n_runs++;
	go_recv(w->begun, NULL);
	go_exit();
}

START_TEST(stop_wait_returns_when_the_function_exits)
{
	struct work w = make_work();

	w.t = go_after_func(0, exit_early, &w);
	go_send(w.begun, GO_UNIT);
	ck_assert(!go_timer_stop_wait(w.t));
	ck_assert_int_eq(w.n_runs, 1);
	go_timer_free(w.t);
	end_work(&w);
}

static void
call_nothing(void)
{
	void (*fn)(void) = NULL;

	go_timer_free(go_after_func(0, fn));
}

START_TEST(no_function_panics)
{
	go_error *err = go_try(call_nothing);

	ck_assert_ptr_nonnull(err);
	ck_assert_ptr_nonnull(strstr(go_error_text(err), "go_after_func: the "
							 "function is NULL"));
	go_error_free(err);
}

// Stress. Each setting ends in a call or is taken back.
struct shared {
	go_timer *t;
	go_atomic_int64 n_calls, n_set, n_back;
};

static void
count(struct shared *s)
{
	go_atomic_add(&s->n_calls, 1);
}

static void
set_and_stop(struct shared *s, unsigned seed)
{
	for (int i = 0; i < 2000; i++) {
		switch (rand_r(&seed) % 8) {
		case 0:
			go_atomic_add(&s->n_back, go_timer_stop(s->t));
			break;
		case 1:
			go_sleep(rand_r(&seed) % 20000);
			break;
		default:
			go_atomic_add(&s->n_set, 1);
			go_atomic_add(
				&s->n_back,
				go_timer_reset(s->t, rand_r(&seed) % 20000));
		}
	}
}

START_TEST(each_setting_is_called_or_taken_back)
{
	struct shared s = {.n_set = {1}};
	unsigned seed = test_seed();
	go_waitgroup wg = {0};

	s.t = go_after_func(HOUR, count, &s);
	for (unsigned i = 0; i < 4; i++)
		go_wg_go(&wg, set_and_stop, &s, seed + i);
	go_wg_wait(&wg);
	go_atomic_add(&s.n_back, go_timer_stop_wait(s.t));
	ck_assert_int_eq(go_atomic_load(&s.n_calls) + go_atomic_load(&s.n_back),
			 go_atomic_load(&s.n_set));
	go_timer_free(s.t);
}

static void
free_at_any_time(struct shared *s, unsigned seed)
{
	go_timer *t;

	for (int i = 0; i < 1000; i++) {
		t = go_after_func(rand_r(&seed) % 20000, count, s);
		if (rand_r(&seed) % 2 == 0)
			go_sleep(rand_r(&seed) % 20000);
		if (rand_r(&seed) % 2 == 0)
			go_timer_stop_wait(t);
		go_timer_free(t);
	}
}

START_TEST(timers_are_freed_while_their_functions_begin)
{
	unsigned seed = test_seed();
	static struct shared s;
	go_waitgroup wg = {0};

	for (unsigned i = 0; i < 4; i++)
		go_wg_go(&wg, free_at_any_time, &s, seed + i);
	go_wg_wait(&wg);
}

int
main(void)
{
	Suite *s = suite_create("after");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_function_is_called_with_the_arguments_of_then);
	tcase_add_test(tc, each_call_is_a_goroutine_of_its_own);
	tcase_add_test(tc, what_is_stopped_is_not_called);
	tcase_add_test(tc, stop_wait_stops_a_timer_with_a_channel);
	tcase_add_test(tc, a_late_callback_calls_nothing);
	tcase_add_test(tc, a_late_callback_outlives_its_timer);
	tcase_add_test(tc, stop_wait_waits_for_the_function_that_has_begun);
	tcase_add_test(tc, stop_wait_undoes_what_the_function_sets_anew);
	tcase_add_test(tc, a_plain_thread_may_wait_for_the_function);
	tcase_add_test(
		tc, a_function_that_stops_its_timer_does_not_wait_for_itself);
	tcase_add_test(tc, a_function_may_free_its_timer);
	tcase_add_test(tc, a_timer_may_be_freed_while_its_function_runs);
	tcase_add_test(tc, a_function_may_run_beside_itself);
	tcase_add_test(tc, a_function_may_set_its_timer_anew);
	tcase_add_test(tc, stop_wait_returns_when_the_function_exits);
	tcase_add_test(tc, no_function_panics);
	tcase_add_test(tc, each_setting_is_called_or_taken_back);
	tcase_add_test(tc, timers_are_freed_while_their_functions_begin);
	return run_suite(s);
}
