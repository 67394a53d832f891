// SPDX-License-Identifier: MIT
//
// Processors change hands: who computes or blocks in C stalls nobody. A
// runtime that fails here hangs, and the time limit ends the test.

#include <pthread.h>
#include <unistd.h>

#include "rt/machine.h"
#include "rt/os.h"
#include "suite.h"

static go_waitgroup wg;
static go_atomic_bool stop;

static void
set_stop(void)
{
	go_atomic_store(&stop, true);
}

// spin computes, for all that the runtime can tell.
static void
spin(void)
{
	while (!go_atomic_load(&stop))
		go__os_pause();
}

START_TEST(a_hog_lets_others_run)
{
	go_procs(1);
	for (int i = 0; i < 20; i++) {
		go_atomic_store(&stop, false);
		go_wg_go(&wg, spin);
		go_wg_go(&wg, set_stop);
		go_wg_wait(&wg);
	}
}

START_TEST(main_may_be_the_hog)
{
	go_procs(1);
	go_yield();
	go_wg_go(&wg, set_stop);
	spin();
	go_wg_wait(&wg);
}

START_TEST(many_hogs_let_others_run)
{
	go_procs(2);
	for (int i = 0; i < 8; i++)
		go_wg_go(&wg, spin);
	go_wg_go(&wg, set_stop);
	go_wg_wait(&wg);
}

static void
sleep_and_stop(int n)
{
	for (int i = 0; i < n; i++)
		go_sleep(GO_MILLISECOND);
	set_stop();
}

START_TEST(a_sleep_among_hogs_ends)
{
	go_procs(2);
	go_wg_go(&wg, sleep_and_stop, 10);
	for (int i = 0; i < 4; i++)
		go_wg_go(&wg, spin);
	go_wg_wait(&wg);
}

static void
start_late(go_atomic_bool *is_on)
{
	go_sleep(300 * GO_MILLISECOND);
	go_atomic_store(is_on, true);
	spin();
}

START_TEST(a_hog_that_ends_an_idle_time_lets_others_run)
{
	go_atomic_bool is_on = {0};

	go_procs(1);
	go_wg_go(&wg, start_late, &is_on);
	go_wg_go(&wg, sleep_and_stop, 400);
	go_wg_wait(&wg);
	ck_assert(go_atomic_load(&is_on));
}

// compute_for computes without a call; how long matters to no result.
static void
compute_for(go_duration d)
{
	go_time end = go__os_now() + d;

	while (go__os_now() < end)
		go__os_pause();
}

static void
compute_and_sleep(void)
{
	// By then the second hog has the processor, and nobody waits for it.
	compute_for(200 * GO_MILLISECOND);
	go_sleep(GO_MILLISECOND);
	set_stop();
}

START_TEST(who_lost_its_processor_may_sleep)
{
	go_procs(1);
	go_wg_go(&wg, compute_and_sleep);
	go_wg_go(&wg, spin);
	go_wg_wait(&wg);
}

// Calls of hogs, at every stage of losing and queueing.

static void
compute_and_call(int self, go_chan(int) c, go_mutex *mu, int *sum)
{
	int v;

	for (int i = 0; i < 10; i++) {
		compute_for((self + i) % 4 * GO_MILLISECOND);
		if ((self + i) % 3 == 0)
			go_yield();
		go_send(c, i);
		compute_for((self * i) % 3 * GO_MILLISECOND);
		if (go_recv(c, &v)) {
			go_mutex_lock(mu);
			*sum += v;
			go_mutex_unlock(mu);
		}
	}
}

START_TEST(hogs_call_again)
{
	enum { HOGS = 12 };
	go_chan(int) c = go_chan_make(int, HOGS);
	go_mutex mu = {0};
	int sum = 0;

	go_procs(2);
	for (int i = 0; i < HOGS; i++)
		go_wg_go(&wg, compute_and_call, i, c, &mu, &sum);
	go_wg_wait(&wg);
	ck_assert_int_eq(sum, HOGS * 45);
	go_chan_release(c);
}

START_TEST(hogs_call_while_processors_come_and_go)
{
	enum { HOGS = 12 };
	unsigned seed = test_seed();
	go_chan(int) c = go_chan_make(int, HOGS);
	go_mutex mu = {0};
	int sum = 0;

	go_procs(1);
	for (int i = 0; i < HOGS; i++)
		go_wg_go(&wg, compute_and_call, i, c, &mu, &sum);
	for (int i = 0; i < 100; i++) {
		go_procs(1 + (int)(rand_r(&seed) % 4U));
		go_sleep(GO_MILLISECOND);
	}
	go_wg_wait(&wg);
	ck_assert_int_eq(sum, HOGS * 45);
	go_chan_release(c);
}

// A hog that starts others, over and over, while its processor is asked for.
static void
compute_and_start(int depth, go_atomic_int32 *n)
{
	go_atomic_add(n, 1);
	for (int i = 0; depth > 0 && i < 3; i++) {
		compute_for(GO_MILLISECOND + 50 * GO_MICROSECOND * i);
		go_wg_go(&wg, compute_and_start, depth - 1, n);
	}
}

START_TEST(hogs_start_hogs)
{
	go_atomic_int32 n = {0};

	go_procs(1);
	go_wg_go(&wg, compute_and_start, 4, &n);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n), (243 - 1) / 2);
}

// Calls of C that block.

static void
read_one(int fd)
{
	char c;

	ck_assert_int_eq(read(fd, &c, 1), 1);
}

static void
write_bytes(int fd, int n)
{
	for (int i = 0; i < n; i++)
		ck_assert_int_eq(write(fd, "x", 1), 1);
}

START_TEST(syscall_handoff_who_blocks_in_the_kernel_stalls_nobody)
{
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	go_procs(1);
	for (int i = 0; i < 20; i++) {
		go_wg_go(&wg, read_one, fds[0]);
		go_wg_go(&wg, write_bytes, fds[1], 1);
		go_wg_wait(&wg);
	}
}

START_TEST(fifty_block_at_once)
{
	enum { N = 50 };
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	go_procs(2);
	for (int i = 0; i < N; i++)
		go_wg_go(&wg, read_one, fds[0]);
	go_wg_go(&wg, write_bytes, fds[1], N);
	go_wg_wait(&wg);
}

static void
read_as_hinted(int fd, bool shall_nest)
{
	go_blocking_begin();
	if (shall_nest)
		go_blocking_begin();
	read_one(fd);
	if (shall_nest)
		go_blocking_end();
	go_blocking_end();
}

START_TEST(a_hint_hands_the_processor_on)
{
	enum { N = 50 };
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	go_procs(1);
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < N; i++)
			go_wg_go(&wg, read_as_hinted, fds[0], i % 5 == 0);
		go_wg_go(&wg, write_bytes, fds[1], N);
		go_wg_wait(&wg);
	}
}

static void
sleep_once(go_atomic_bool *is_asleep)
{
	go_atomic_store(is_asleep, true);
	go_sleep(200 * GO_MILLISECOND);
	set_stop();
}

// The processor that the hint gave away comes back, the last idle one. Whoever
// slept for the timer meanwhile finds none.
static void
hint_and_hog(go_atomic_bool *is_asleep)
{
	while (!go_atomic_load(is_asleep))
		go_yield();
	go_blocking_begin();
	while (load_seq(&go__sched.wake_at) == GO__NEVER)  // somebody sleeps
		go__os_pause();
	compute_for(100 * GO_MILLISECOND);  // the monitor, too, may sleep
	go_blocking_end();
	spin();
}

START_TEST(who_comes_back_to_hog_lets_timers_fire)
{
	static go_atomic_bool is_asleep;

	go_procs(1);
	go_wg_go(&wg, sleep_once, &is_asleep);
	go_wg_go(&wg, hint_and_hog, &is_asleep);
	go_wg_wait(&wg);
}

static void
call_between_hints(go_chan(int) c, int n)
{
	int v;

	for (int i = 0; i < n; i++) {
		go_blocking_begin();
		go_send(c, i);
		go_blocking_end();
		go_blocking_end();
		go_blocking_begin();
		go_recv(c, &v);
		go_blocking_begin();
		go_yield();
		go_blocking_end();
	}
}

START_TEST(hints_are_only_hints)
{
	go_chan(int) c = go_chan_make(int, 8);

	go_procs(2);
	for (int i = 0; i < 8; i++)
		go_wg_go(&wg, call_between_hints, c, 200);
	go_wg_wait(&wg);
	ck_assert_uint_eq(go_chan_len(c), 0);
	go_chan_release(c);
}

static void *
hint_in_thread(void *arg)
{
	go_blocking_begin();
	go_blocking_end();
	return arg;
}

START_TEST(hints_do_nothing_in_threads_and_in_main_before_it_blocks)
{
	pthread_t thread;

	hint_in_thread(NULL);
	pthread_create(&thread, NULL, hint_in_thread, NULL);
	pthread_join(thread, NULL);
	go_blocking_end();
	go_wg_go(&wg, set_stop);
	go_wg_wait(&wg);
}

static void
ping(go_chan(int) in, go_chan(int) out, int n)
{
	int v;

	for (int i = 0; i < n; i++) {
		go_recv(in, &v);
		go_send(out, v + 1);
	}
}

START_TEST(a_pair_plays_on_among_hogs)
{
	enum { N = 2000 };
	go_chan(int) there = go_chan_make(int, 0);
	go_chan(int) back = go_chan_make(int, 0);
	int v = 0;

	go_procs(2);
	for (int i = 0; i < 3; i++)
		go_wg_go(&wg, spin);
	go_wg_go(&wg, ping, there, back, N);
	for (int i = 0; i < N; i++) {
		ck_assert(go_send(there, v));
		ck_assert(go_recv(back, &v));
	}
	ck_assert_int_eq(v, N);
	set_stop();
	go_wg_wait(&wg);
	go_chan_release(there);
	go_chan_release(back);
}

static void *
start_from_thread(void *arg)
{
	(void)arg;
	go_wg_go(&wg, set_stop);
	return NULL;
}

START_TEST(a_thread_starts_one_among_hogs)
{
	go_atomic_bool is_on = {0};
	pthread_t thread;

	go_procs(1);
	go_wg_go(&wg, start_late, &is_on);
	while (!go_atomic_load(&is_on))
		go_sleep(GO_MILLISECOND);
	pthread_create(&thread, NULL, start_from_thread, NULL);
	go_wg_wait(&wg);
	pthread_join(thread, NULL);
}

static go_atomic_int32 hog_thread;

static void
begin_and_spin(int fd)
{
	(void)fd;
	go_atomic_store(&hog_thread, go__os_thread_id());
	spin();
}

static void
begin_and_read(int fd)
{
	go_atomic_store(&hog_thread, go__os_thread_id());
	read_one(fd);
}

// expect_line copies a line from one descriptor to another, which fails unless
// it says text.
static void
expect_line(int from, int to, const char *text)
{
	char line[512];
	size_t n = 0;

	do {
		ck_assert_uint_lt(n, sizeof line - 1);
		ck_assert_int_eq(read(from, line + n, 1), 1);
	} while (line[n++] != '\n');
	line[n] = '\0';
	ck_assert_msg(strstr(line, text) != NULL, "%s lacks %s", line, text);
	ck_assert_int_eq(write(to, line, n), (ssize_t)n);
}

// lose_processor runs a hog in a process of its own until it has lost the
// processor, and until that was reported, if it is to be: the monitor may come
// to write later than others come to run. Main is no goroutine meanwhile.
static void
lose_processor(void (*hog)(int fd), const char *debug)
{
	int said = dup(2), reports[2], fds[2];

	setenv("LIBGO_DEBUG", debug, 1);
	ck_assert_int_eq(pipe(fds), 0);
	ck_assert_int_eq(pipe(reports), 0);
	dup2(reports[1], 2);
	go_procs(1);
	go_with(GO_ATTR(.name = "hog"), hog, fds[0]);
	while (go_atomic_load(&hog_thread) == 0)
		go__os_pause();
	while (hog == begin_and_read &&
	       !go__os_thread_is_blocked(go_atomic_load(&hog_thread)))
		go__os_pause();
	go_wg_go(&wg, set_stop);
	if (strcmp(debug, "handoff") == 0)
		expect_line(reports[0], said, "(hog)");
	go_wg_wait(&wg);
	write_bytes(fds[1], 1);
}

static void
spin_until_lost(const char *debug)
{
	lose_processor(begin_and_spin, debug);
}

static void
read_until_lost(const char *debug)
{
	lose_processor(begin_and_read, debug);
}

static void
expect_report(void (*lose)(const char *debug), const char *text)
{
	struct ending e;

	run_child(&e, lose, "handoff");
	ck_assert_int_eq(e.status, 0);
	ck_assert_msg(strstr(e.said, " (hog), started at " __FILE__ ":") &&
			      strstr(e.said, text) &&
			      strstr(e.said, ": its processor goes on"),
		      "it said: %s", e.said);
	run_child(&e, lose, "");
	ck_assert_int_eq(e.status, 0);
	ck_assert_str_eq(e.said, "");
}

START_TEST(a_handoff_is_reported_when_asked_for)
{
	expect_report(spin_until_lost, ", computed for ");
	expect_report(read_until_lost, ", blocked for ");
}

int
main(void)
{
	Suite *s = suite_create("monitor");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, IS_SANITIZED ? 60 : 20);
	tcase_add_test(tc, a_hog_lets_others_run);
	tcase_add_test(tc, main_may_be_the_hog);
	tcase_add_test(tc, many_hogs_let_others_run);
	tcase_add_test(tc, a_sleep_among_hogs_ends);
	tcase_add_test(tc, a_hog_that_ends_an_idle_time_lets_others_run);
	tcase_add_test(tc, who_lost_its_processor_may_sleep);
	tcase_add_test(tc, hogs_call_again);
	tcase_add_test(tc, hogs_call_while_processors_come_and_go);
	tcase_add_test(tc, hogs_start_hogs);
	tcase_add_test(tc,
		       syscall_handoff_who_blocks_in_the_kernel_stalls_nobody);
	tcase_add_test(tc, fifty_block_at_once);
	tcase_add_test(tc, a_hint_hands_the_processor_on);
	tcase_add_test(tc, who_comes_back_to_hog_lets_timers_fire);
	tcase_add_test(tc, hints_are_only_hints);
	tcase_add_test(
		tc, hints_do_nothing_in_threads_and_in_main_before_it_blocks);
	tcase_add_test(tc, a_pair_plays_on_among_hogs);
	tcase_add_test(tc, a_thread_starts_one_among_hogs);
	tcase_add_test(tc, a_handoff_is_reported_when_asked_for);
	return run_suite(s);
}
