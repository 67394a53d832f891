// SPDX-License-Identifier: MIT

#include <pthread.h>

#include "suite.h"

enum { SPREAD = 4, READER = 8 };  // of the state

static go_rwmutex mu;
static go_atomic_int32 readers, writers;
static int64_t value;

static void
read_often(int times)
{
	while (times-- > 0) {
		go_rwmutex_rlock(&mu);
		ck_assert_int_ge(go_atomic_add(&readers, 1), 1);
		ck_assert_int_eq(go_atomic_load(&writers), 0);
		if (times % 16 == 0)
			go_yield();
		go_atomic_add(&readers, -1);
		go_rwmutex_runlock(&mu);
	}
}

static void
write_often(int times)
{
	while (times-- > 0) {
		go_rwmutex_lock(&mu);
		ck_assert_int_eq(go_atomic_add(&writers, 1), 1);
		ck_assert_int_eq(go_atomic_load(&readers), 0);
		value++;
		if (times % 16 == 0)
			go_yield();
		go_atomic_add(&writers, -1);
		go_rwmutex_unlock(&mu);
	}
}

START_TEST(writers_exclude_all)
{
	go_waitgroup wg = {0};

	for (int i = 0; i < 4; i++) {
		go_wg_go(&wg, read_often, 5000);
		go_wg_go(&wg, write_often, 1000);
	}
	go_wg_wait(&wg);
	ck_assert_int_eq(value, 4000);
	ck_assert_uint_eq(mu.state & ~SPREAD, 0);
}

// Many reads without a write between them: the readers are spread.

static void
spread(void)
{
	for (int i = 0; !(load_rlx(&mu.state) & SPREAD); i++) {
		ck_assert_int_lt(i, 100000);
		go_rwmutex_rlock(&mu);
		go_rwmutex_runlock(&mu);
	}
}

static void
write_seldom(int times)
{
	while (times-- > 0) {
		spread();
		write_often(1);
	}
}

START_TEST(writers_exclude_readers_who_are_spread)
{
	go_waitgroup wg = {0};

	go_procs(4);
	for (int i = 0; i < 4; i++)
		go_wg_go(&wg, read_often, 50000);
	for (int i = 0; i < 2; i++)
		go_wg_go(&wg, write_seldom, 20);
	go_wg_wait(&wg);
	ck_assert_int_eq(value, 40);
	ck_assert_uint_eq(mu.state & ~SPREAD, 0);
	ck_assert(go_rwmutex_try_lock(&mu));
	go_rwmutex_unlock(&mu);
}

START_TEST(a_writer_waits_for_a_reader_who_is_spread)
{
	go_waitgroup wg = {0};

	spread();
	go_rwmutex_rlock(&mu);
	ck_assert_uint_eq(mu.state, SPREAD);
	ck_assert(!go_rwmutex_try_lock(&mu));  // counts the reader
	ck_assert_uint_eq(mu.state, READER);
	go_rwmutex_runlock(&mu);
	spread();
	go_rwmutex_rlock(&mu);
	go_wg_go(&wg, write_often, 1);
	await_queued(&mu, 1);
	ck_assert_int_eq(value, 0);
	ck_assert(!go_rwmutex_try_rlock(&mu));
	go_rwmutex_runlock(&mu);
	go_wg_wait(&wg);
	ck_assert_int_eq(value, 1);
}

static void *
runlock(void *m)
{
	go_rwmutex_runlock(m);
	return m;
}

START_TEST(who_is_spread_may_leave_on_another_thread)
{
	pthread_t thread;

	spread();
	go_rwmutex_rlock(&mu);
	ck_assert_uint_eq(mu.state, SPREAD);
	pthread_create(&thread, NULL, runlock, &mu);
	pthread_join(thread, NULL);
	ck_assert(go_rwmutex_try_lock(&mu));
	go_rwmutex_unlock(&mu);
}

START_TEST(two_readers_of_one_thread_may_be_spread)
{
	spread();
	go_rwmutex_rlock(&mu);
	go_rwmutex_rlock(&mu);
	ck_assert_uint_eq(mu.state, SPREAD + READER);
	go_rwmutex_runlock(&mu);
	ck_assert(!go_rwmutex_try_lock(&mu));
	go_rwmutex_runlock(&mu);
	ck_assert(go_rwmutex_try_lock(&mu));
	go_rwmutex_unlock(&mu);
}

START_TEST(runlock_of_a_spread_unlocked_panics)
{
	spread();
	go_rwmutex_runlock(&mu);
}

static void
meet(go_sender(go_unit) in, go_receiver(go_unit) out, go_waitgroup *wg)
{
	go_rwmutex_rlock(&mu);
	go_send(in, GO_UNIT);
	go_recv(out, NULL);
	go_rwmutex_runlock(&mu);
	go_wg_done(wg);
}

START_TEST(readers_hold_it_together)
{
	go_chan(go_unit) in = go_chan_make(go_unit, 0);
	go_chan(go_unit) out = go_chan_make(go_unit, 0);
	go_waitgroup wg = {0};

	go_wg_add(&wg, 10);
	for (int i = 0; i < 10; i++)
		go(meet, go_send_only(in), go_recv_only(out), &wg);
	for (int i = 0; i < 10; i++)
		go_recv(in, NULL);
	ck_assert(!go_rwmutex_try_lock(&mu));
	ck_assert(go_rwmutex_try_rlock(&mu));
	go_rwmutex_runlock(&mu);
	go_close(out);
	go_wg_wait(&wg);
	ck_assert(go_rwmutex_try_lock(&mu));
	ck_assert(!go_rwmutex_try_rlock(&mu));
	go_rwmutex_unlock(&mu);
	go_chan_release(in);
	go_chan_release(out);
}

static void
read_and_send(go_sender(char) to)
{
	go_rwmutex_rlock(&mu);
	go_send(to, 'r');
	go_rwmutex_runlock(&mu);
}

static void
write_and_send(go_sender(char) to)
{
	go_rwmutex_lock(&mu);
	go_send(to, 'w');
	go_rwmutex_unlock(&mu);
}

START_TEST(a_new_reader_waits_behind_a_waiting_writer)
{
	go_chan(char) order = go_chan_make(char, 4);
	char c;

	go_rwmutex_rlock(&mu);
	go(write_and_send, go_send_only(order));
	await_queued(&mu, 1);
	ck_assert(!go_rwmutex_try_rlock(&mu));
	go(read_and_send, go_send_only(order));
	await_queued(&mu, 2);
	go(read_and_send, go_send_only(order));
	await_queued(&mu, 3);
	go(write_and_send, go_send_only(order));
	await_queued(&mu, 4);
	go_rwmutex_runlock(&mu);
	for (const char *want = "wrrw"; *want != '\0'; want++) {
		ck_assert(go_recv(order, &c));
		ck_assert_int_eq(c, *want);
	}
	go_rwmutex_lock(&mu);
	go_rwmutex_unlock(&mu);
	go_chan_release(order);
}

static void
write_until_canceled(go_ctx *ctx, go_sender(int) to)
{
	go_send(to, go_rwmutex_lock_ctx(&mu, ctx) == GO_CANCELED);
}

START_TEST(readers_pass_when_the_writer_before_them_gives_up)
{
	go_ctx *ctx = go_ctx_with_cancel(NULL);
	go_chan(char) order = go_chan_make(char, 2);
	go_chan(int) answer = go_chan_make(int, 0);
	char c;
	int ok;

	go_rwmutex_rlock(&mu);
	go(write_until_canceled, ctx, go_send_only(answer));
	await_queued(&mu, 1);
	go(read_and_send, go_send_only(order));
	await_queued(&mu, 2);
	go_ctx_cancel(ctx);
	ck_assert(go_recv(answer, &ok) && ok);
	ck_assert(go_recv(order, &c) && c == 'r');
	ck_assert_ptr_eq(go_rwmutex_lock_ctx(&mu, ctx), GO_CANCELED);
	ck_assert_ptr_null(go_rwmutex_rlock_ctx(&mu, ctx));
	go_rwmutex_runlock(&mu);
	go_rwmutex_runlock(&mu);
	ck_assert_ptr_null(go_rwmutex_lock_ctx(&mu, NULL));
	ck_assert_ptr_eq(go_rwmutex_rlock_ctx(&mu, ctx), GO_CANCELED);
	go_rwmutex_unlock(&mu);
	ck_assert_uint_eq(mu.state, 0);
	go_chan_release(order);
	go_chan_release(answer);
	go_ctx_release(ctx);
}

static void
lock_with_deadlines(int times)
{
	while (times-- > 0) {
		go_ctx *ctx = go_ctx_with_timeout(NULL, (times % 64) *
								GO_MICROSECOND);

		if (times % 2 == 0) {
			if (go_rwmutex_lock_ctx(&mu, ctx) == NULL) {
				value++;
				go_yield();
				go_rwmutex_unlock(&mu);
			}
		} else if (go_rwmutex_rlock_ctx(&mu, ctx) == NULL) {
			go_yield();
			go_rwmutex_runlock(&mu);
		}
		go_ctx_release(ctx);
	}
}

START_TEST(waits_that_end_early_lose_no_wake_up)
{
	go_waitgroup wg = {0};

	for (int i = 0; i < 4; i++) {
		go_wg_go(&wg, lock_with_deadlines, 1000);
		go_wg_go(&wg, write_often, 500);
		go_wg_go(&wg, read_often, 500);
	}
	go_wg_wait(&wg);
	ck_assert_uint_eq(mu.state, 0);
}

// Threads whose only order, but for steps that order nothing, is the lock's:
// what is wrong here the thread sanitizer sees.
static int step;  // relaxed

static void
await_step(int n)
{
	while (load_rlx(&step) != n)
		go_yield();
}

static void *
read_and_leave_first(void *seen)
{
	go_rwmutex_rlock(&mu);
	*(int64_t *)seen = value;
	store_rlx(&step, 1);
	await_step(2);
	go_rwmutex_runlock(&mu);
	store_rlx(&step, 3);
	return NULL;
}

static void *
read_and_leave_last(void *none)
{
	await_step(1);
	go_rwmutex_rlock(&mu);
	store_rlx(&step, 2);
	await_step(3);
	while (!(load_rlx(&mu.state) & 2))  // the writer queues
		go_yield();
	go_rwmutex_runlock(&mu);
	return none;
}

static void *
write_after_both(void *none)
{
	await_step(3);
	go_rwmutex_lock(&mu);
	value = 1;
	go_rwmutex_unlock(&mu);
	return none;
}

START_TEST(a_writer_comes_after_all_readers_not_only_the_last)
{
	void *(*fns[])(void *) = {read_and_leave_first, read_and_leave_last,
				  write_after_both};
	pthread_t threads[COUNT(fns)];
	int64_t seen = -1;

	for (size_t i = 0; i < COUNT(fns); i++)
		pthread_create(&threads[i], NULL, fns[i], &seen);
	for (size_t i = 0; i < COUNT(fns); i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(seen, 0);
	ck_assert_int_eq(value, 1);
}

static void *
write_first(void *none)
{
	go_rwmutex_lock(&mu);
	value = 1;
	go_rwmutex_unlock(&mu);
	store_rlx(&step, 1);
	return none;
}

static void *
hold_to_read(void *none)
{
	await_step(1);
	go_rwmutex_rlock(&mu);
	store_rlx(&step, 2);
	await_step(4);
	go_rwmutex_runlock(&mu);
	return none;
}

static void *
give_up_writing(void *ctx)
{
	await_step(2);
	ck_assert_ptr_eq(go_rwmutex_lock_ctx(&mu, ctx), GO_CANCELED);
	store_rlx(&step, 3);
	return NULL;
}

static void *
read_after_that(void *seen)
{
	await_step(3);
	go_rwmutex_rlock(&mu);
	*(int64_t *)seen = value;
	go_rwmutex_runlock(&mu);
	store_rlx(&step, 4);
	return NULL;
}

START_TEST(who_gives_up_breaks_no_order_between_the_others)
{
	go_ctx *ctx = go_ctx_with_cancel(NULL);
	pthread_t threads[4];
	int64_t seen = -1;

	pthread_create(&threads[0], NULL, write_first, NULL);
	pthread_create(&threads[1], NULL, hold_to_read, NULL);
	pthread_create(&threads[2], NULL, give_up_writing, ctx);
	pthread_create(&threads[3], NULL, read_after_that, &seen);
	await_step(2);
	await_queued(&mu, 1);
	go_ctx_cancel(ctx);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(seen, 1);
	go_ctx_release(ctx);
}

START_TEST(a_copy_made_while_somebody_waits_panics)
{
	go_waitgroup wg = {0};
	go_rwmutex copy;

	go_rwmutex_lock(&mu);
	go_wg_go(&wg, read_often, 1);
	await_queued(&mu, 1);
	copy = mu;
	ck_assert(takes_it_for_a_copy(go_try(go_rwmutex_unlock, &copy)));
	ck_assert(takes_it_for_a_copy(go_try(go_rwmutex_rlock, &copy)));
	go_rwmutex_unlock(&mu);
	go_wg_wait(&wg);
}

START_TEST(unlock_of_unlocked_panics)
{
	go_rwmutex_unlock(&mu);
}

START_TEST(runlock_of_unlocked_panics)
{
	go_rwmutex_runlock(&mu);
}

START_TEST(unlock_of_read_locked_panics)
{
	go_rwmutex_rlock(&mu);
	go_rwmutex_unlock(&mu);
}

START_TEST(runlock_of_write_locked_panics)
{
	go_rwmutex_lock(&mu);
	go_rwmutex_runlock(&mu);
}

int
main(void)
{
	Suite *s = suite_create("rwmutex");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, writers_exclude_all);
	tcase_add_test(tc, writers_exclude_readers_who_are_spread);
	tcase_add_test(tc, a_writer_waits_for_a_reader_who_is_spread);
	tcase_add_test(tc, who_is_spread_may_leave_on_another_thread);
	tcase_add_test(tc, two_readers_of_one_thread_may_be_spread);
	tcase_add_test(tc, readers_hold_it_together);
	tcase_add_test(tc, a_new_reader_waits_behind_a_waiting_writer);
	tcase_add_test(tc, readers_pass_when_the_writer_before_them_gives_up);
	tcase_add_test(tc, waits_that_end_early_lose_no_wake_up);
	tcase_add_test(tc, a_writer_comes_after_all_readers_not_only_the_last);
	tcase_add_test(tc, who_gives_up_breaks_no_order_between_the_others);
	tcase_add_test(tc, a_copy_made_while_somebody_waits_panics);
	tcase_add_test_raise_signal(tc, runlock_of_a_spread_unlocked_panics,
				    SIGABRT);
	tcase_add_test_raise_signal(tc, unlock_of_unlocked_panics, SIGABRT);
	tcase_add_test_raise_signal(tc, runlock_of_unlocked_panics, SIGABRT);
	tcase_add_test_raise_signal(tc, unlock_of_read_locked_panics, SIGABRT);
	tcase_add_test_raise_signal(tc, runlock_of_write_locked_panics,
				    SIGABRT);
	return run_suite(s);
}
