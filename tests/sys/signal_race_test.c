// SPDX-License-Identifier: MIT
//
// Signals that come while somebody stops listening.

#include "libgo/signal.h"

#include <pthread.h>

#include "tests/rt/suite.h"

static go_atomic_bool goes;

static void *
raise_once(void *unused)
{
	while (!go_atomic_load(&goes))
		;
	raise(SIGUSR1);
	return unused;
}

static void
stop_meanwhile(const char *unused)
{
	go_chan(int) c = go_chan_make(int, 1);
	pthread_t thread;

	(void)unused;
	go_signal_notify(c, SIGUSR1);
	pthread_create(&thread, NULL, raise_once, NULL);
	go_atomic_store(&goes, true);
	go_signal_stop(c);
	pthread_join(thread, NULL);
	// Still here: so it was caught, and is sent already.
	_exit(go_chan_len(c) == 1 ? 0 : 1);
}

START_TEST(a_signal_is_sent_or_takes_its_action)  // SG2
{
	struct ending e;

	for (int i = 0; i < (IS_SANITIZED ? 10 : 100); i++) {
		run_child(&e, stop_meanwhile, NULL);
		ck_assert_msg(
			(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 0) ||
				(WIFSIGNALED(e.status) &&
				 WTERMSIG(e.status) == SIGUSR1),
			"status %#x: %s", e.status, e.said);
	}
}

enum { RAISES = 2000, RAISERS = 3 };

static go_atomic_int32 heard;
static go_atomic_int32 raisers_left;

static void
on_heard(int sig)
{
	(void)sig;
	go_atomic_add(&heard, 1);
}

static void
raise_many(void)
{
	for (int i = 0; i < RAISES; i++)
		raise(SIGUSR1);
	go_atomic_add(&raisers_left, -1);
}

static void *
raise_in_thread(void *unused)
{
	raise_many();
	return unused;
}

static void
come_and_go(bool resets)
{
	go_chan(int) c = go_chan_make(int, 4);
	size_t n;

	while (go_atomic_load(&raisers_left) > 0) {
		go_signal_notify(c, SIGUSR1);
		if (resets)
			go_signal_reset(SIGUSR1);
		go_signal_stop(c);
		n = go_chan_len(c);
		go_yield();
		ck_assert_uint_eq(go_chan_len(c), n);  // SG2
		while (go_try_recv(c, NULL))
			;
	}
	go_chan_release(c);
}

// Whoever listens and stops meanwhile, the handler that was there hears each
// signal once.
START_TEST(under_load_none_is_lost_or_doubled)  // SG2, SG8
{
	struct sigaction a = {.sa_handler = on_heard};
	pthread_t raisers[RAISERS];
	go_waitgroup wg = {0};

	sigaction(SIGUSR1, &a, NULL);
	go_atomic_store(&raisers_left, RAISERS + 1);
	for (int i = 0; i < 3; i++)
		go_wg_go(&wg, come_and_go, i % 2 == 1);
	for (int i = 0; i < RAISERS; i++)
		pthread_create(&raisers[i], NULL, raise_in_thread, NULL);
	go_wg_go(&wg, raise_many);
	go_wg_wait(&wg);
	for (int i = 0; i < RAISERS; i++)
		pthread_join(raisers[i], NULL);
	ck_assert_int_eq(go_atomic_load(&heard), RAISES * (RAISERS + 1));
}

int
main(void)
{
	Suite *s = suite_create("signal_race");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, a_signal_is_sent_or_takes_its_action);
	tcase_add_test(tc, under_load_none_is_lost_or_doubled);
	return run_suite(s);
}
