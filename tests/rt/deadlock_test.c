// SPDX-License-Identifier: MIT
//
// A program whose goroutines all wait for each other is told so; one that
// waits for anything else never is.

#include <pthread.h>
#include <sys/socket.h>

#include "rt/os.h"
#include "rt/park.h"
#include "rt/poll.h"
#include "rt/stress.h"
#include "suite.h"

static go_waitgroup wg;

static void
recv_forever(void)
{
	go_recv(go_chan_make(int, 0), NULL);
}

static void
send_forever(void)
{
	go_send(go_chan_make(int, 0), 1);
}

static void
send_to_null(void)
{
	go_send((go_chan(int))NULL, 1);
}

static void
select_two(void)
{
	go_chan(int) c = go_chan_make(int, 0);

	go_select(go_on_recv(c, NULL), go_on_send(c, 1));
}

static void
lock_twice(void)
{
	static go_mutex mu;

	go_mutex_lock(&mu);
	go_mutex_lock(&mu);
}

static void
read_lock_and_write(void)
{
	static go_rwmutex mu;

	go_rwmutex_rlock(&mu);
	go_rwmutex_lock(&mu);
}

static void
wait_for_nobody(void)
{
	go_wg_add(&wg, 1);
	go_wg_wait(&wg);
}

static void
wait_for_a_signal(void)
{
	static go_mutex mu;
	static go_cond cond;

	go_mutex_lock(&mu);
	go_cond_wait(&cond, &mu);
}

static void
wait_locked(void)
{
	go_lock_thread();
	recv_forever();
}

static void
wait_with_others(void)
{
	for (int i = 0; i < 10; i++)
		go(i % 2 == 0 ? recv_forever : wait_locked);
	go_yield();
	wait_for_nobody();
}

static void
wait_after_changes(void)
{
	for (int i = 0; i < 20; i++) {
		go(i % 3 == 0 ? wait_locked : recv_forever);
		go_procs(1 + i % 5);
		go_yield();
	}
	go_procs(1);
	recv_forever();
}

static void
wait_after_a_timer(void)
{
	go_sleep(GO_MILLISECOND);
	recv_forever();
}

static void
wait_after_a_hog(void)
{
	go_atomic_bool stop = {0};
	go_time end = go_now() + 5 * GO_MILLISECOND;

	go(recv_forever);
	while (go_now() < end && !go_atomic_load(&stop))
		;
	recv_forever();
}

// The others have been asleep for long when main first is a goroutine.
static void
wait_after_a_pause(void)
{
	go(recv_forever);
	usleep(100000);
	recv_forever();
}

static void *
end_at_once(void *arg)
{
	return arg;
}

static void
wait_after_a_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, end_at_once, NULL);
	pthread_join(thread, NULL);
	recv_forever();
}

static void
end_main(void)
{
	go(recv_forever);
	go_exit();
}

static void
pass(go_chan(int) in, go_chan(int) out, int n)
{
	int v;

	go_lock_thread();
	for (int i = 0; i < n && go_recv(in, &v); i++)
		go_send(out, v);
}

// All machines get their processors back, however they were handed about.
static void
wait_after_locked_play(void)
{
	enum { N = 5, LAPS = STRESS ? 200 : 2000 };
	go_chan(int) c[N + 1];
	int v;

	go_procs(4);
	for (int i = 0; i <= N; i++)
		c[i] = go_chan_make(int, 2);
	for (int i = 0; i < N; i++)
		go(pass, c[i], c[i + 1], LAPS);
	for (int i = 0; i < LAPS + 3; i++) {
		if (i < LAPS)
			go_send(c[0], i);
		if (i >= 3)
			go_recv(c[N], &v);
	}
	recv_forever();
}

// Shapes of bugs that programs had.

struct two_locks {
	go_mutex a, b;
	go_chan(go_unit) is_held;
};

static void
lock_b_then_a(struct two_locks *t)
{
	go_mutex_lock(&t->b);
	go_send(t->is_held, GO_UNIT);
	go_mutex_lock(&t->a);
}

static void
lock_in_two_orders(void)
{
	static struct two_locks t;

	t.is_held = go_chan_make(go_unit, 0);
	go_mutex_lock(&t.a);
	go(lock_b_then_a, &t);
	go_recv(t.is_held, NULL);
	go_mutex_lock(&t.b);
}

static void
send_and_be_done(go_chan(int) c)
{
	go_send(c, 1);
	go_wg_done(&wg);
}

static void
wait_before_receiving(void)
{
	go_chan(int) c = go_chan_make(int, 0);

	go_wg_add(&wg, 1);
	go(send_and_be_done, c);
	go_wg_wait(&wg);
	go_recv(c, NULL);
}

static void
send_locked(go_mutex *mu, go_chan(int) c)
{
	go_mutex_lock(mu);
	go_send(c, 1);
	go_mutex_unlock(mu);
}

static void
lock_before_receiving(void)
{
	static go_mutex mu;
	go_chan(int) c = go_chan_make(int, 0);

	go(send_locked, &mu, c);
	while (go_mutex_try_lock(&mu)) {
		go_mutex_unlock(&mu);
		go_yield();
	}
	go_mutex_lock(&mu);
	go_recv(c, NULL);
}

static const struct {
	void (*fn)(void);
	const char *state;  // of main
} deadlocks[] = {
	{lock_in_two_orders, "mutex"},
	{wait_before_receiving, "wait group"},
	{lock_before_receiving, "mutex"},
	{recv_forever, "channel receive"},
	{send_forever, "channel send"},
	{send_to_null, "NULL channel"},
	{select_two, "select"},
	{lock_twice, "mutex"},
	{read_lock_and_write, "rwmutex, to write"},
	{wait_for_nobody, "wait group"},
	{wait_for_a_signal, "condition"},
	{wait_locked, "channel receive"},
	{wait_with_others, "wait group"},
	{wait_after_changes, "channel receive"},
	{wait_after_a_timer, "channel receive"},
	{wait_after_a_hog, "channel receive"},
	{wait_after_a_pause, "channel receive"},
	{wait_after_a_thread, "channel receive"},
	{wait_after_locked_play, "channel receive"},
	{end_main, "main has ended"},
};

static void
run_deadlock(const char *i)
{
	alarm(15);
	deadlocks[(int)*i].fn();
}

START_TEST(deadlock_text_says_what_main_waits_for)
{
	const char i = (char)_i;
	char want[200];
	struct ending e;

	run_child(&e, run_deadlock, &i);
	ck_assert_msg(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2,
		      "status %#x, want exit 2; it said: %.1500s", e.status,
		      e.said);
	snprintf(want, sizeof want,
		 "fatal error: all goroutines are asleep - deadlock!\n\n"
		 "goroutine 1 [%s]: main\n",
		 deadlocks[_i].state);
	ck_assert_msg(strncmp(e.said, want, strlen(want)) == 0,
		      "it said: %.1500s", e.said);
}

static void
pause_and_wait(const char *unused)
{
	(void)unused;
	alarm(15);
	wait_after_a_pause();
}

// Main's thread, which is the last to fall asleep, tells of it.
START_TEST(main_is_shown_where_it_waits)
{
	struct ending e;

	run_child(&e, pause_and_wait, NULL);
	ck_assert_ptr_nonnull(strstr(e.said, " go__park+0x"));
	ck_assert_ptr_null(strstr(e.said, " go__idle_doze+0x"));
}

// What follows is no deadlock, although all goroutines sleep for longer than
// it takes to find one: each ends the program with 7.

enum { LONG = 100000 };  // us

static go_chan(go_unit) gate;

static void
open_gate(void)
{
	go_close(gate);
}

static void *
open_gate_from_thread(void *arg)
{
	usleep(LONG);
	open_gate();
	return arg;
}

static void
wait_for_a_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, open_gate_from_thread, NULL);
	go_recv(gate, NULL);
	pthread_join(thread, NULL);
}

static void *
sleep_in_thread(void *arg)
{
	go_sleep(LONG * GO_MICROSECOND);
	return open_gate_from_thread(arg);
}

static void
wait_for_a_thread_that_parks(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, sleep_in_thread, NULL);
	go_recv(gate, NULL);
	pthread_join(thread, NULL);
}

static void
wait_for_a_timer(void)
{
	for (int i = 0; i < 5; i++)
		go_sleep(LONG / 3 * GO_MICROSECOND);
	go_select(go_on_recv(gate, NULL), go_on_timeout(LONG * GO_MICROSECOND));
}

static void
call_c_and_open(void)
{
	usleep(LONG);
	open_gate();
}

static void
wait_for_one_in_c(void)
{
	go_procs(1);
	go(call_c_and_open);
	go_recv(gate, NULL);
}

static void
block_and_open(void)
{
	go_blocking_begin();
	usleep(LONG);
	go_blocking_end();
	open_gate();
}

static void
wait_for_one_that_blocks(void)
{
	go_procs(1);
	go(block_and_open);
	go_recv(gate, NULL);
}

static void
compute_and_open(void)
{
	go_time end = go__os_now() + LONG * GO_MICROSECOND;

	while (go__os_now() < end)
		go__os_pause();
	open_gate();
}

static void
wait_for_a_hog(void)
{
	go_procs(1);
	go(compute_and_open);
	go_recv(gate, NULL);
}

static void
wait_for_the_others_in_main(void)
{
	go(recv_forever);
	go(wait_locked);
	usleep(LONG);
	go_yield();
	usleep(LONG);
}

static void
wait_for_a_descriptor(void)
{
	struct go__desc *d;
	int fds[2];
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds) != 0 ||
	    go__poll_open(fds[0], &d) != 0)
		_exit(1);
	while (go__poll_wait(d, GO__POLL_READ, 0) == 0)
		;
	child = fork();
	if (child == 0) {
		usleep(LONG);
		_exit(write(fds[1], "x", 1) != 1);
	}
	if (go__poll_wait(d, GO__POLL_READ, GO__NEVER) != 0)
		_exit(1);
	waitpid(child, NULL, 0);
}

static void *
start_timers(void *arg)
{
	go_timer *t = go_timer_new(LONG * GO_MICROSECOND);

	go_timer_stop(t);
	go_timer_free(t);
	go_after_func(LONG * GO_MICROSECOND, open_gate);
	return arg;
}

static void
wait_for_a_timer_of_a_thread_that_ended(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, start_timers, NULL);
	go_recv(gate, NULL);
	pthread_join(thread, NULL);
}

static void (*const no_deadlocks[])(void) = {
	wait_for_a_thread,
	wait_for_a_thread_that_parks,
	wait_for_a_timer,
	wait_for_one_in_c,
	wait_for_one_that_blocks,
	wait_for_a_hog,
	wait_for_the_others_in_main,
	wait_for_a_descriptor,
	wait_for_a_timer_of_a_thread_that_ended,
};

static void
run_no_deadlock(const char *i)
{
	alarm(15);
	gate = go_chan_make(go_unit, 0);
	no_deadlocks[(int)*i]();
	_exit(7);
}

START_TEST(what_waits_for_something_else_is_no_deadlock)
{
	const char i = (char)_i;
	struct ending e;

	run_child(&e, run_no_deadlock, &i);
	ck_assert_msg(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 7,
		      "status %#x, want exit 7; it said: %.1500s", e.status,
		      e.said);
	ck_assert_str_eq(e.said, "");
}

int
main(void)
{
	Suite *s = suite_create("deadlock");
	TCase *tc = tcase_create("all"), *native = tcase_create("native");
	TCase *both = tcase_create("both");

	suite_add_tcase(s, both);
	tcase_set_tags(both, "native frames");
	tcase_set_timeout(both, 20);
	if (!IS_SANITIZED)
		tcase_add_test(both, main_is_shown_where_it_waits);
	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	suite_add_tcase(s, native);
	// A sanitizer may have a thread of its own, and an emulator has.
	tcase_set_tags(native, "native");
	tcase_set_timeout(native, 20);
	if (!IS_SANITIZED)
		tcase_add_loop_test(native,
				    deadlock_text_says_what_main_waits_for, 0,
				    COUNT(deadlocks));
	tcase_add_loop_test(tc, what_waits_for_something_else_is_no_deadlock, 0,
			    COUNT(no_deadlocks));
	return run_suite(s);
}
