// SPDX-License-Identifier: MIT
//
// Select over descriptors.

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "suite.h"

static void
make_pair(int fds[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
}

static void
close_pair(int fds[2])
{
	close(fds[0]);
	close(fds[1]);
}

START_TEST(what_is_ready_now_is_taken_and_told)
{
	int fds[2], events = 0;

	make_pair(fds);
	ck_assert_uint_eq(go_select(go_on_fd(fds[0], GO_READABLE, &events),
				    go_on_default),
			  1);
	ck_assert_uint_eq(
		go_select(go_on_fd(fds[0], GO_READABLE | GO_WRITABLE, &events),
			  go_on_default),
		0);
	ck_assert_int_eq(events, GO_WRITABLE);
	ck_assert_int_eq(write(fds[1], "x", 1), 1);
	ck_assert_uint_eq(
		go_select(go_on_fd(fds[0], GO_READABLE | GO_WRITABLE, &events)),
		0);
	ck_assert_int_eq(events, GO_READABLE | GO_WRITABLE);
	close_pair(fds);
}

static void
answer(int fd, go_receiver(bool) start)
{
	go_recv(start, NULL);
	ck_assert_int_eq(write(fd, "x", 1), 1);
}

// select_later waits for a descriptor that becomes ready only afterwards, or
// almost so: the other side starts when this one is about to wait.
static void
select_later(void)
{
	go_chan(bool) start = go_chan_make(bool, 1);
	go_chan(int) never = go_chan_make(int, 0);
	go_waitgroup wg = {0};
	int fds[2], events = 0, v;

	make_pair(fds);
	go_wg_go(&wg, answer, fds[1], go_recv_only(start));
	go_send(start, true);
	ck_assert_uint_eq(go_select(go_on_recv(never, &v),
				    go_on_fd(fds[0], GO_READABLE, &events)),
			  1);
	ck_assert_int_eq(events, GO_READABLE);
	go_wg_wait(&wg);
	close_pair(fds);
	go_chan_release(start);
	go_chan_release(never);
}

START_TEST(what_becomes_ready_wakes)
{
	for (int i = 0; i < 200; i++)
		select_later();
}

static void *
select_in_thread(void *arg)
{
	for (int i = 0; i < 20; i++)
		select_later();
	return arg;
}

START_TEST(a_plain_thread_may_wait_too)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, select_in_thread, NULL),
			 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
}

START_TEST(a_timeout_and_a_channel_end_the_wait)
{
	go_chan(int) c = go_chan_make(int, 1);
	int fds[2], v = 0;

	make_pair(fds);
	for (int i = 0; i < 20; i++)
		ck_assert_uint_eq(go_select(go_on_fd(fds[0], GO_READABLE),
					    go_on_timeout(GO_MICROSECOND)),
				  1);
	go_send(c, 7);
	ck_assert_uint_eq(
		go_select(go_on_fd(fds[0], GO_READABLE), go_on_recv(c, &v)), 1);
	ck_assert_int_eq(v, 7);
	close_pair(fds);
	go_chan_release(c);
}

START_TEST(the_end_of_the_other_side_is_readable)
{
	int fds[2], events = 0;

	make_pair(fds);
	close(fds[1]);
	ck_assert_uint_eq(go_select(go_on_fd(fds[0], GO_READABLE, &events)), 0);
	ck_assert_int_eq(events, GO_READABLE);
	close(fds[0]);
}

START_TEST(a_regular_file_is_always_ready)
{
	int fd = open("/proc/self/exe", O_RDONLY), events = 0;

	ck_assert_int_ge(fd, 0);
	ck_assert_uint_eq(go_select(go_on_fd(fd, GO_READABLE, &events)), 0);
	ck_assert_int_eq(events, GO_READABLE);
	close(fd);
}

static void
take_bytes(int fd, go_atomic_int32 *n, int all)
{
	char byte;

	while (go_atomic_load(n) < all) {
		go_select(go_on_fd(fd, GO_READABLE),
			  go_on_timeout(GO_MILLISECOND));
		if (recv(fd, &byte, 1, MSG_DONTWAIT) == 1)
			go_atomic_add(n, 1);
	}
}

START_TEST(many_may_watch_one)
{
	enum { WATCHERS = 8, BYTES = 200 };
	go_atomic_int32 n = {0};
	go_waitgroup wg = {0};
	int fds[2];

	make_pair(fds);
	for (int i = 0; i < WATCHERS; i++)
		go_wg_go(&wg, take_bytes, fds[0], &n, BYTES);
	for (int i = 0; i < BYTES; i++) {
		ck_assert_uint_eq(go_select(go_on_fd(fds[1], GO_WRITABLE)), 0);
		ck_assert_int_eq(write(fds[1], "x", 1), 1);
	}
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n), BYTES);
	close_pair(fds);
}

START_TEST(without_descriptors_left_it_waits_all_the_same)
{
	struct rlimit old, none;
	go_chan(bool) start = go_chan_make(bool, 1);
	go_waitgroup wg = {0};
	int fds[2];

	make_pair(fds);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = (rlim_t)(fds[0] > fds[1] ? fds[0] : fds[1]) + 1;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	go_wg_go(&wg, answer, fds[1], go_recv_only(start));
	go_send(start, true);
	ck_assert_uint_eq(go_select(go_on_fd(fds[0], GO_READABLE)), 0);
	go_wg_wait(&wg);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	close_pair(fds);
	go_chan_release(start);
}

START_TEST(a_closed_descriptor_panics)
{
	go_select(go_on_fd(1000, GO_READABLE), go_on_default);
}

START_TEST(an_empty_want_panics)
{
	go_select(go_on_fd(0, 0), go_on_default);
}

int
main(void)
{
	Suite *s = suite_create("select_fd");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, what_is_ready_now_is_taken_and_told);
	tcase_add_test(tc, what_becomes_ready_wakes);
	tcase_add_test(tc, a_plain_thread_may_wait_too);
	tcase_add_test(tc, a_timeout_and_a_channel_end_the_wait);
	tcase_add_test(tc, the_end_of_the_other_side_is_readable);
	tcase_add_test(tc, a_regular_file_is_always_ready);
	tcase_add_test(tc, many_may_watch_one);
	tcase_add_test(tc, without_descriptors_left_it_waits_all_the_same);
	tcase_add_test_raise_signal(tc, a_closed_descriptor_panics, SIGABRT);
	tcase_add_test_raise_signal(tc, an_empty_want_panics, SIGABRT);
	return run_suite(s);
}
