// SPDX-License-Identifier: MIT

#include "suite.h"

static go_mutex mu;
static go_cond cond;
static int ready, n_woken;

static void
wait_and_send(go_sender(int) to, int id)
{
	go_mutex_lock(&mu);
	go_cond_wait(&cond, &mu);
	ck_assert(!go_mutex_try_lock(&mu));
	n_woken++;
	go_mutex_unlock(&mu);
	go_send(to, id);
}

START_TEST(a_signal_wakes_who_waits_longest)
{
	go_chan(int) woken = go_chan_make(int, 0);
	int id;

	for (int i = 0; i < 5; i++) {
		go(wait_and_send, go_send_only(woken), i);
		await_queued(&cond, (size_t)i + 1);
	}
	for (int i = 0; i < 5; i++) {
		if (i % 2 == 0) {
			go_cond_signal(&cond);
		} else {
			go_mutex_lock(&mu);
			go_cond_signal(&cond);
			go_mutex_unlock(&mu);
		}
		ck_assert(go_recv(woken, &id));
		ck_assert_int_eq(id, i);
		ck_assert_int_eq(n_woken, i + 1);
	}
	go_cond_signal(&cond);  // nobody: it is not kept
	ck_assert_uint_eq(queued(&cond.lock, &cond.waiters), 0);
	go_chan_release(woken);
}

START_TEST(a_broadcast_wakes_those_who_wait_now)
{
	go_chan(int) woken = go_chan_make(int, 0);
	int id, sum = 0;

	for (int i = 0; i < 5; i++)
		go(wait_and_send, go_send_only(woken), i);
	await_queued(&cond, 5);
	go_cond_broadcast(&cond);
	for (int i = 0; i < 5; i++) {
		ck_assert(go_recv(woken, &id));
		sum += id;
	}
	ck_assert_int_eq(sum, 10);
	go(wait_and_send, go_send_only(woken), 6);
	await_queued(&cond, 1);
	ck_assert(!go_try_recv(woken, &id));
	go_cond_signal(&cond);
	ck_assert(go_recv(woken, &id));
	go_chan_release(woken);
}

// A queue of one place, filled and emptied under one condition.
static void
produce(int n)
{
	for (int i = 0; i < n; i++) {
		go_mutex_lock(&mu);
		while (ready == 1)
			go_cond_wait(&cond, &mu);
		ready = 1;
		go_cond_broadcast(&cond);
		go_mutex_unlock(&mu);
	}
}

static void
consume(int n)
{
	for (int i = 0; i < n; i++) {
		go_mutex_lock(&mu);
		while (ready == 0)
			go_cond_wait(&cond, &mu);
		ready = 0;
		n_woken++;
		go_cond_broadcast(&cond);
		go_mutex_unlock(&mu);
	}
}

START_TEST(no_signal_is_lost)
{
	go_waitgroup wg = {0};

	for (int i = 0; i < 4; i++) {
		go_wg_go(&wg, produce, 2000);
		go_wg_go(&wg, consume, 2000);
	}
	go_wg_wait(&wg);
	ck_assert_int_eq(n_woken, 8000);
}

START_TEST(a_context_ends_the_wait_with_the_mutex_locked)
{
	go_ctx *ctx = go_ctx_with_timeout(NULL, GO_MILLISECOND);

	go_mutex_lock(&mu);
	ck_assert_ptr_eq(go_cond_wait_ctx(&cond, &mu, ctx),
			 GO_DEADLINE_EXCEEDED);
	ck_assert(!go_mutex_try_lock(&mu));
	ck_assert_ptr_eq(go_cond_wait_ctx(&cond, &mu, ctx),
			 GO_DEADLINE_EXCEEDED);
	go_mutex_unlock(&mu);
	ck_assert_uint_eq(queued(&cond.lock, &cond.waiters), 0);
	go_ctx_release(ctx);
}

START_TEST(waiting_without_the_mutex_panics_and_queues_nobody)
{
	go_error *err = go_try(go_cond_wait, &cond, &mu);

	ck_assert_str_eq(go_error_text(err),
			 "go_cond_wait: the mutex is not locked");
	go_error_free(err);
	ck_assert_uint_eq(queued(&cond.lock, &cond.waiters), 0);
	ck_assert(go_mutex_try_lock(&mu));
}

static void
wait_once(void)
{
	go_mutex_lock(&mu);
	go_cond_wait(&cond, &mu);
	go_mutex_unlock(&mu);
}

static bool
is_parked(void)
{
	uint64_t step = 0;

	go__lock(&cond.lock);
	if (cond.waiters.first != NULL)
		step = cond.waiters.first->arg;
	go__unlock(&cond.lock);
	return step != 0;
}

START_TEST(a_copy_made_while_somebody_waits_panics)
{
	go_waitgroup wg = {0};
	go_cond copy;

	go_wg_go(&wg, wait_once);
	while (!is_parked())
		go_yield();
	go_mutex_lock(&mu);
	copy = cond;
	ck_assert(takes_it_for_a_copy(go_try(go_cond_signal, &copy)));
	ck_assert(takes_it_for_a_copy(go_try(go_cond_broadcast, &copy)));
	ck_assert(takes_it_for_a_copy(go_try(go_cond_wait, &copy, &mu)));
	go_mutex_unlock(&mu);
	go_cond_signal(&cond);
	go_wg_wait(&wg);
}

int
main(void)
{
	Suite *s = suite_create("cond");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, a_signal_wakes_who_waits_longest);
	tcase_add_test(tc, a_broadcast_wakes_those_who_wait_now);
	tcase_add_test(tc, no_signal_is_lost);
	tcase_add_test(tc, a_context_ends_the_wait_with_the_mutex_locked);
	tcase_add_test(tc, waiting_without_the_mutex_panics_and_queues_nobody);
	tcase_add_test(tc, a_copy_made_while_somebody_waits_panics);
	return run_suite(s);
}
