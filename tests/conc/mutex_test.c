// SPDX-License-Identifier: MIT

#include <pthread.h>

#include "suite.h"

enum { CONTENDED = 8 };  // of the state

static go_mutex mu;
static int hits;

static void
hit(int times)
{
	while (times-- > 0) {
		go_mutex_lock(&mu);
		hits++;
		go_mutex_unlock(&mu);
	}
}

static void
hit_and_yield(int times)
{
	int was;

	while (times-- > 0) {
		go_mutex_lock(&mu);
		was = hits;
		if (times % 8 == 0)
			go_yield();
		hits = was + 1;
		go_mutex_unlock(&mu);
	}
}

START_TEST(one_holds_it_at_a_time)
{
	go_waitgroup wg = {0};

	for (int i = 0; i < 8; i++) {
		go_wg_go(&wg, hit, 20000);
		go_wg_go(&wg, hit_and_yield, 2000);
	}
	go_wg_wait(&wg);
	ck_assert_int_eq(hits, 8 * 22000);
	ck_assert_uint_eq(mu.state & ~CONTENDED, 0);
}

static void *
hit_in_thread(void *times)
{
	hit(*(int *)times);
	return NULL;
}

START_TEST(threads_and_goroutines_share_it)
{
	go_waitgroup wg = {0};
	pthread_t threads[4];
	int times = 20000;

	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_create(&threads[i], NULL, hit_in_thread, &times);
	for (int i = 0; i < 4; i++)
		go_wg_go(&wg, hit_and_yield, 2000);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	go_wg_wait(&wg);
	ck_assert_int_eq(hits, 4 * 22000);
}

START_TEST(try_lock_never_waits)
{
	ck_assert(go_mutex_try_lock(&mu));
	ck_assert(!go_mutex_try_lock(&mu));
	go_mutex_unlock(&mu);
	ck_assert(go_mutex_try_lock(&mu));
}

static void
lock_and_send(go_sender(int) to, int id)
{
	go_mutex_lock(&mu);
	go_send(to, id);
	go_mutex_unlock(&mu);
}

START_TEST(those_who_wait_are_served_in_their_order)
{
	go_chan(int) order = go_chan_make(int, 5);
	int id;

	go_mutex_lock(&mu);
	for (int i = 0; i < 5; i++) {
		go(lock_and_send, go_send_only(order), i);
		await_queued(&mu, (size_t)i + 1);
	}
	// They have starved: the mutex is handed from one to the next.
	go_sleep(2 * GO_MILLISECOND);
	go_mutex_unlock(&mu);
	for (int i = 0; i < 5; i++) {
		ck_assert(go_recv(order, &id));
		ck_assert_int_eq(id, i);
	}
	go_chan_release(order);
}

static go_atomic_bool is_over;

static void
hog(void)
{
	while (!go_atomic_load(&is_over)) {
		go_mutex_lock(&mu);
		go_yield();  // whoever tries now finds it locked
		go_mutex_unlock(&mu);
	}
}

START_TEST(a_hog_starves_nobody)
{
	go_waitgroup wg = {0};

	go_wg_go(&wg, hog);
	for (int i = 0; i < 10; i++) {
		go_sleep(100 * GO_MICROSECOND);
		go_mutex_lock(&mu);
		go_mutex_unlock(&mu);
	}
	go_atomic_store(&is_over, true);
	go_wg_wait(&wg);
}

static void
hold_until(go_chan(go_unit) gate)
{
	go_mutex_lock(&mu);
	go_recv(gate, NULL);
	go_mutex_unlock(&mu);
}

static void
starve(go_chan(go_unit) gate)
{
	go_waitgroup wg = {0};
	go_time since;

	go_mutex_lock(&mu);
	go_wg_go(&wg, hold_until, gate);
	await_queued(&mu, 1);
	since = go_now();
	go_mutex_unlock(&mu);  // wakes him, who cannot run now
	if (go_mutex_try_lock(&mu)) {
		while (go_now() - since < GO_MILLISECOND)
			;
		go_mutex_unlock(&mu);
	}
	ck_assert(!go_mutex_try_lock(&mu));
	go_send(gate, GO_UNIT);
	go_wg_wait(&wg);
}

START_TEST(who_was_woken_and_starves_on_his_way_is_handed_it)
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);
	go_waitgroup wg = {0};

	go_procs(1);
	go_wg_go(&wg, starve, gate);
	go_wg_wait(&wg);
	ck_assert_uint_eq(mu.state & ~CONTENDED, 0);
	go_chan_release(gate);
}

START_TEST(another_may_unlock_it)
{
	go_waitgroup wg = {0};

	go_mutex_lock(&mu);
	go_wg_go(&wg, go_mutex_unlock, &mu);
	go_mutex_lock(&mu);
	go_wg_wait(&wg);
}

static void
lock_until_canceled(go_ctx *ctx, go_sender(int) to)
{
	go_error *err = go_mutex_lock_ctx(&mu, ctx);

	go_send(to, err == GO_CANCELED);
}

START_TEST(a_context_ends_the_wait)
{
	go_ctx *ctx = go_ctx_with_cancel(NULL);
	go_chan(int) answers = go_chan_make(int, 0);
	int ok;

	go_mutex_lock(&mu);
	for (size_t i = 0; i < 3; i++) {
		go(lock_until_canceled, ctx, go_send_only(answers));
		await_queued(&mu, i + 1);
	}
	go_ctx_cancel(ctx);
	for (int i = 0; i < 3; i++) {
		ck_assert(go_recv(answers, &ok));
		ck_assert(ok);
	}
	ck_assert_ptr_eq(go_mutex_lock_ctx(&mu, ctx), GO_CANCELED);
	go_mutex_unlock(&mu);
	ck_assert_uint_eq(mu.state & ~CONTENDED, 0);
	ck_assert_ptr_null(go_mutex_lock_ctx(&mu, ctx));  // no wait, no error
	go_mutex_unlock(&mu);
	ck_assert_ptr_null(go_mutex_lock_ctx(&mu, NULL));
	go_chan_release(answers);
	go_ctx_release(ctx);
}

static void
lock_with_deadlines(int times)
{
	while (times-- > 0) {
		go_ctx *ctx = go_ctx_with_timeout(NULL, (times % 64) *
								GO_MICROSECOND);

		if (go_mutex_lock_ctx(&mu, ctx) == NULL) {
			hits++;
			if (times % 4 == 0)
				go_yield();
			go_mutex_unlock(&mu);
		}
		go_ctx_release(ctx);
	}
}

START_TEST(waits_that_end_early_lose_no_wake_up)
{
	go_waitgroup wg = {0};

	for (int i = 0; i < 4; i++) {
		go_wg_go(&wg, lock_with_deadlines, 1000);
		go_wg_go(&wg, hit_and_yield, 1000);
	}
	go_wg_wait(&wg);
	ck_assert_int_ge(hits, 4000);
	ck_assert_uint_eq(mu.state & ~CONTENDED, 0);
}

// Objects that are freed by whoever finds, under their own lock, that he is
// the last: unlock must not touch the mutex once the next can have it.
struct object {
	go_mutex mu;
	int refs;
};

static void
unref(struct object *o)
{
	bool is_last;

	go_mutex_lock(&o->mu);
	is_last = --o->refs == 0;
	go_mutex_unlock(&o->mu);
	if (is_last)
		free(o);
}

START_TEST(the_last_holder_may_free_it)
{
	go_waitgroup wg = {0};

	for (int i = 0; i < 2000; i++) {
		struct object *o = calloc(1, sizeof *o);

		o->refs = 3;
		for (int k = 0; k < 3; k++)
			go_wg_go(&wg, unref, o);
		go_wg_wait(&wg);
	}
}

START_TEST(a_copy_made_while_somebody_waits_panics)
{
	go_waitgroup wg = {0};
	go_mutex copy;

	go_mutex_lock(&mu);
	go_wg_go(&wg, hit, 1);
	await_queued(&mu, 1);
	copy = mu;
	ck_assert(takes_it_for_a_copy(go_try(go_mutex_unlock, &copy)));
	ck_assert(takes_it_for_a_copy(go_try(go_mutex_lock, &copy)));
	go_mutex_unlock(&mu);
	go_wg_wait(&wg);
	copy = mu;  // which nobody uses now
	go_mutex_lock(&copy);
	go_mutex_unlock(&copy);
}

START_TEST(unlock_of_unlocked_panics)
{
	go_mutex_lock(&mu);
	go_mutex_unlock(&mu);
	go_mutex_unlock(&mu);
}

int
main(void)
{
	Suite *s = suite_create("mutex");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, one_holds_it_at_a_time);
	tcase_add_test(tc, threads_and_goroutines_share_it);
	tcase_add_test(tc, try_lock_never_waits);
	tcase_add_test(tc, those_who_wait_are_served_in_their_order);
	tcase_add_test(tc, a_hog_starves_nobody);
	tcase_add_test(tc, who_was_woken_and_starves_on_his_way_is_handed_it);
	tcase_add_test(tc, another_may_unlock_it);
	tcase_add_test(tc, a_context_ends_the_wait);
	tcase_add_test(tc, waits_that_end_early_lose_no_wake_up);
	tcase_add_test(tc, the_last_holder_may_free_it);
	tcase_add_test(tc, a_copy_made_while_somebody_waits_panics);
	tcase_add_test_raise_signal(tc, unlock_of_unlocked_panics, SIGABRT);
	return run_suite(s);
}
