// SPDX-License-Identifier: MIT
//
// go_lock_thread: a goroutine stays on its thread, and nobody else runs there.

#include <pthread.h>
#include <unistd.h>

#include "rt/os.h"
#include "suite.h"

static go_waitgroup wg;
static go_atomic_int32 n_wrong;

// stays calls everything that parks and checks where it continues.
static void
stays(int rounds, go_chan(int) c, go_mutex *mu)
{
	int self = go__os_thread_id(), v;

	for (int i = 0; i < rounds; i++) {
		go_yield();
		if (go__os_thread_id() != self)
			go_atomic_add(&n_wrong, 1);
		go_send(c, i);
		if (go__os_thread_id() != self)
			go_atomic_add(&n_wrong, 1);
		go_mutex_lock(mu);
		go_yield();
		go_mutex_unlock(mu);
		if (go__os_thread_id() != self)
			go_atomic_add(&n_wrong, 1);
		go_recv(c, &v);
		if (i % 10 == 0)
			go_sleep(10 * GO_MICROSECOND);
		if (go__os_thread_id() != self)
			go_atomic_add(&n_wrong, 1);
		go_blocking_begin();
		go_blocking_end();
		if (go__os_thread_id() != self)
			go_atomic_add(&n_wrong, 1);
	}
}

static void
lock_and_stay(int rounds, go_chan(int) c, go_mutex *mu)
{
	go_lock_thread();
	stays(rounds, c, mu);
	go_unlock_thread();
}

static void
run_some_locked(int procs, int rounds)
{
	enum { LOCKED = 8 };
	go_chan(int) c = go_chan_make(int, 3);
	go_mutex mu = {0};

	go_procs(procs);
	// One more in the buffer than is taken, so that all senders get on.
	for (int i = 0; i < LOCKED; i++)
		go_wg_go(&wg, lock_and_stay, rounds, c, &mu);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	go_chan_release(c);
}

START_TEST(lock_os_thread_a_goroutine_stays_on_its_thread)
{
	run_some_locked(1, 50);
	run_some_locked(2, 50);
	run_some_locked(8, 50);
}

static go_atomic_bool stop;
static go_atomic_int64 n_rounds;

static void
yield_until_stop(bool counts)
{
	while (!go_atomic_load(&stop)) {
		go_yield();
		if (counts)
			go_atomic_add(&n_rounds, 1);
	}
}

static void
echo_locked(go_chan(int) in, go_chan(int) out)
{
	int v;

	go_lock_thread();
	while (go_recv(in, &v))
		go_send(out, v);
}

// Its turn comes as that of any other, however many others there are: the
// scheduler does something special at some turns, and not only then. A trip may
// be long because the system took a thread's CPU away; most are not.
START_TEST(a_locked_goroutine_has_its_turns)
{
	enum { TRIPS = 40 };
	go_chan(int) there = go_chan_make(int, 0);
	go_chan(int) back = go_chan_make(int, 0);
	int64_t before = 0, now;
	int v = 0, n_long = 0;

	go_procs(1);
	for (int i = 0; i < 5 + _i; i++)
		go_wg_go(&wg, yield_until_stop, i == 0);
	go_wg_go(&wg, echo_locked, there, back);
	for (int i = 0; i <= TRIPS; i++) {
		go_send(there, i);
		go_recv(back, &v);
		now = go_atomic_load(&n_rounds);
		n_long += i > 0 && now - before > 4;  // main is a goroutine
		before = now;
	}
	ck_assert_int_le(n_long, TRIPS / 2);
	go_atomic_store(&stop, true);
	go_close(there);
	go_wg_wait(&wg);
	go_chan_release(there);
	go_chan_release(back);
}

static void
pass_on(go_chan(int) in, go_chan(int) out, int n, bool is_locked)
{
	int self, v;

	if (is_locked)
		go_lock_thread();
	self = go__os_thread_id();
	for (int i = 0; i < n; i++) {
		go_recv(in, &v);
		if (is_locked && go__os_thread_id() != self)
			go_atomic_add(&n_wrong, 1);
		go_send(out, v + 1);
	}
	if (is_locked)
		go_unlock_thread();
}

// A ring through which several values run, so that a locked goroutine is
// readied while its thread has not come to rest.
static void
run_ring(int procs, int n_tokens, int laps, bool all_locked)
{
	enum { MEMBERS = 6 };
	go_chan(int) c[MEMBERS];
	int v;

	go_procs(procs);
	for (int i = 0; i < MEMBERS; i++)
		c[i] = go_chan_make(int, 2);
	for (int i = 0; i < MEMBERS - 1; i++)
		go_wg_go(&wg, pass_on, c[i], c[i + 1], n_tokens * laps,
			 all_locked || i % 2 == 0);
	for (int i = 0; i < n_tokens; i++)
		go_send(c[0], 0);
	for (int i = 0; i < n_tokens * laps; i++) {
		go_recv(c[MEMBERS - 1], &v);
		if (i < n_tokens * (laps - 1))
			go_send(c[0], v);
	}
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	for (int i = 0; i < MEMBERS; i++)
		go_chan_release(c[i]);
}

START_TEST(values_run_through_locked_goroutines)
{
	const int laps = IS_SANITIZED ? 200 : 1000;

	for (int procs = 1; procs <= 8; procs *= 2) {
		run_ring(procs, 3, laps, true);
		run_ring(procs, 3, laps, false);
	}
}

static go_atomic_int32 n_running;

static void
count_and_wait(int all)
{
	go_atomic_add(&n_running, 1);
	while (go_atomic_load(&n_running) < all)
		go__os_pause();
}

// All processors run at once, or the monitor would have to help.
START_TEST(no_processor_is_lost_by_locking)
{
	enum { PROCS = 4 };

	run_ring(PROCS, 3, IS_SANITIZED ? 200 : 1000, true);
	for (int i = 0; i < PROCS; i++)
		go_wg_go(&wg, count_and_wait, PROCS);
	go_wg_wait(&wg);
}

static void
nest(void)
{
	go_chan(int) c = go_chan_make(int, 4);
	go_mutex mu = {0};

	go_lock_thread();
	go_lock_thread();
	go_lock_thread();
	go_unlock_thread();
	stays(10, c, &mu);
	go_unlock_thread();
	stays(10, c, &mu);
	go_unlock_thread();
	go_chan_release(c);
}

START_TEST(lock_os_thread_nesting_a_lock_holds_until_undone_as_often)
{
	go_procs(2);
	for (int i = 0; i < 4; i++)
		go_wg_go(&wg, nest);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
}

START_TEST(main_stays_on_the_first_thread)
{
	go_chan(int) c = go_chan_make(int, 4);
	go_mutex mu = {0};

	go_lock_thread();
	for (int i = 0; i < 4; i++)
		go_wg_go(&wg, lock_and_stay, 20, c, &mu);
	stays(20, c, &mu);
	go_wg_wait(&wg);
	ck_assert_int_eq(go__os_thread_id(), getpid());
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	go_unlock_thread();
	go_chan_release(c);
}

START_TEST(main_may_sleep_locked_and_alone)
{
	go_lock_thread();
	for (int i = 0; i < 10; i++)
		go_sleep(GO_MICROSECOND);
	ck_assert_int_eq(go__os_thread_id(), getpid());
	go_unlock_thread();
}

static void
set_flag(go_atomic_bool *flag)
{
	go_atomic_store(flag, true);
}

static void
lock_and_spin(go_atomic_bool *flag)
{
	go_lock_thread();
	while (!go_atomic_load(flag))
		go__os_pause();
	go_yield();
	go_unlock_thread();
}

static void
lock_and_block(int fd)
{
	int self;
	char c;

	go_lock_thread();
	self = go__os_thread_id();
	ck_assert_int_eq(read(fd, &c, 1), 1);
	go_yield();
	if (go__os_thread_id() != self)
		go_atomic_add(&n_wrong, 1);
	go_unlock_thread();
}

static void
write_one(int fd)
{
	ck_assert_int_eq(write(fd, "x", 1), 1);
}

START_TEST(a_locked_hog_loses_its_processor_and_comes_back)
{
	go_atomic_bool flag = {0};
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	go_procs(1);
	for (int i = 0; i < 20; i++) {
		go_atomic_store(&flag, false);
		go_wg_go(&wg, lock_and_spin, &flag);
		go_wg_go(&wg, lock_and_block, fds[0]);
		go_wg_go(&wg, set_flag, &flag);
		go_wg_go(&wg, write_one, fds[1]);
		go_wg_wait(&wg);
	}
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
}

// Those that end while locked give their threads back: else there would soon
// be none left.
static void
lock_and_end(bool shall_exit)
{
	go_lock_thread();
	go_lock_thread();
	go_yield();
	if (shall_exit)
		go_exit();
}

START_TEST(lock_os_thread_exit_the_end_of_a_goroutine_unlocks)
{
	for (int i = 0; i < 3000; i++) {
		go_wg_go(&wg, lock_and_end, i % 2 == 0);
		if (i % 20 == 0)
			go_wg_wait(&wg);
	}
	go_wg_wait(&wg);
}

static void *
thread_locks(void *arg)
{
	go_lock_thread();
	go_sleep(GO_MICROSECOND);
	go_unlock_thread();
	return arg;
}

START_TEST(a_plain_thread_may_lock)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_locks, NULL);
	pthread_join(thread, NULL);
}

static void
unlock_in_main(const char *arg)
{
	(void)arg;
	go_unlock_thread();
}

static void
unlock_in_goroutine(const char *arg)
{
	(void)arg;
	go_wg_go(&wg, go_unlock_thread);
	go_wg_wait(&wg);
}

START_TEST(to_unlock_what_is_not_locked_panics)
{
	struct ending e;

	run_child(&e, unlock_in_main, NULL);
	expect_abort(&e, "panic: go_unlock_thread: the thread is not locked");
	run_child(&e, unlock_in_goroutine, NULL);
	expect_abort(&e, "panic: go_unlock_thread: the thread is not locked");
}

static void
lock_while_procs_change(go_atomic_bool *flag)
{
	int self;

	go_lock_thread();
	self = go__os_thread_id();
	while (!go_atomic_load(flag)) {
		go_yield();
		if (go__os_thread_id() != self)
			go_atomic_add(&n_wrong, 1);
	}
	go_unlock_thread();
}

START_TEST(locks_hold_while_processors_come_and_go)
{
	unsigned seed = test_seed();
	go_atomic_bool flag = {0};

	for (int i = 0; i < 6; i++)
		go_wg_go(&wg, lock_while_procs_change, &flag);
	for (int i = 0; i < 300; i++) {
		go_procs(1 + (int)(rand_r(&seed) % 6U));
		go_yield();
	}
	set_flag(&flag);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
}

int
main(void)
{
	Suite *s = suite_create("lock_thread");
	TCase *tc = tcase_create("all"), *order = tcase_create("order");

	suite_add_tcase(s, tc);
	suite_add_tcase(s, order);
	tcase_set_tags(order, "order");  // not under stress
	tcase_set_timeout(tc, IS_SANITIZED ? 60 : 20);
	tcase_add_test(tc, lock_os_thread_a_goroutine_stays_on_its_thread);
	tcase_add_loop_test(order, a_locked_goroutine_has_its_turns, 0, 12);
	tcase_add_test(tc, values_run_through_locked_goroutines);
	tcase_add_test(tc, no_processor_is_lost_by_locking);
	tcase_add_test(
		tc, lock_os_thread_nesting_a_lock_holds_until_undone_as_often);
	tcase_add_test(tc, main_stays_on_the_first_thread);
	tcase_add_test(tc, main_may_sleep_locked_and_alone);
	tcase_add_test(tc, a_locked_hog_loses_its_processor_and_comes_back);
	tcase_add_test(tc, lock_os_thread_exit_the_end_of_a_goroutine_unlocks);
	tcase_add_test(tc, a_plain_thread_may_lock);
	tcase_add_test(tc, to_unlock_what_is_not_locked_panics);
	tcase_add_test(tc, locks_hold_while_processors_come_and_go);
	return run_suite(s);
}
