// SPDX-License-Identifier: MIT
//
// The end of a channel: what close does to values and to those who wait.

#include <string.h>

#include "chan_blocked.h"

START_TEST(recv_on_closed_drains_then_reports_done)
{
	go_chan(int) c = go_chan_make(int, 3);
	int v = 0;

	for (int i = 1; i <= 3; i++)
		ck_assert(go_send(c, i));
	ck_assert(go_close(c));
	for (int i = 1; i <= 3; i++) {
		ck_assert(go_recv(c, &v));
		ck_assert_int_eq(v, i);
	}
	for (int i = 0; i < 3; i++) {
		v = 99;
		ck_assert(!go_recv(c, &v));
		ck_assert_int_eq(v, 0);
	}
	go_chan_release(c);
}

START_TEST(double_close_says_which_was_the_first)
{
	go_chan(int) c = go_chan_make(int, 0);

	ck_assert(go_close(c));
	ck_assert(!go_close(c));
	ck_assert(!go_close(go_send_only(c)));
	ck_assert(!go_send(c, 1));
	ck_assert(!go_try_send(c, 1));
	ck_assert(!go_recv(c, NULL));
	go_chan_release(c);
}

static void
count_close(go_chan(int) c, go_atomic_int32 *n)
{
	if (go_close(c))
		go_atomic_add(n, 1);
}

START_TEST(of_many_that_close_one_is_the_first)
{
	enum { ROUNDS = 200, CLOSERS = 8 };
	go_waitgroup wg = {0};
	go_atomic_int32 n;
	go_chan(int) c;

	for (int i = 0; i < ROUNDS; i++) {
		c = go_chan_make(int, 0);
		go_atomic_store(&n, 0);
		for (int k = 0; k < CLOSERS; k++)
			go_wg_go(&wg, count_close, c, &n);
		go_wg_wait(&wg);
		ck_assert_int_eq(go_atomic_load(&n), 1);
		go_chan_release(c);
	}
}

struct big {
	char bytes[1000];
};

struct waiting {
	go_chan(struct big) c;
	struct big v;
	bool ok;
};

static void
wait_to_recv(struct waiting *w)
{
	memset(&w->v, 0x5a, sizeof w->v);
	w->ok = go_recv(w->c, &w->v);
}

static void
wait_to_send(struct waiting *w)
{
	memset(&w->v, 0x5a, sizeof w->v);
	w->ok = go_send(w->c, w->v);
}

START_TEST(close_wakes_receivers_with_zeroed_values)
{
	enum { N = 20 };
	static struct waiting w[N];
	static const struct big zero;
	go_chan(struct big) c = go_chan_make(struct big, 0);
	go_waitgroup wg = {0};

	for (int i = 0; i < N; i++) {
		w[i].c = c;
		w[i].ok = true;
		go_wg_go(&wg, wait_to_recv, &w[i]);
	}
	await_receivers(c, N);
	go_close(c);
	go_wg_wait(&wg);
	for (int i = 0; i < N; i++) {
		ck_assert(!w[i].ok);
		ck_assert_mem_eq(&w[i].v, &zero, sizeof zero);
	}
	go_chan_release(c);
}

static go_atomic_int32 n_dropped;

static void
count_drop(struct big *v)
{
	(void)v;
	go_atomic_add(&n_dropped, 1);
}

START_TEST(close_gives_senders_their_values_back)
{
	enum { N = 20, CAPACITY = 2 };
	static struct waiting w[N];
	go_chan(struct big) c = go_chan_make(struct big, CAPACITY);
	go_waitgroup wg = {0};
	struct big v = {{0}};

	go_chan_on_drop(c, count_drop);
	for (int i = 0; i < CAPACITY; i++)
		ck_assert(go_send(c, v));
	for (int i = 0; i < N; i++) {
		w[i].c = c;
		w[i].ok = true;
		go_wg_go(&wg, wait_to_send, &w[i]);
	}
	await_senders(c, N);
	go_close(c);
	go_wg_wait(&wg);
	for (int i = 0; i < N; i++) {
		ck_assert(!w[i].ok);
		ck_assert_int_eq(w[i].v.bytes[999], 0x5a);
	}
	// None of theirs came in: only what was buffered comes out.
	ck_assert_uint_eq(go_chan_len(c), CAPACITY);
	ck_assert(go_recv(c, &v));
	ck_assert_int_eq(v.bytes[0], 0);
	go_chan_release(c);
	ck_assert_int_eq(go_atomic_load(&n_dropped), CAPACITY - 1);
}

static void
send_until_closed(go_chan(int) c, go_atomic_int64 *sum)
{
	int i = 0;

	while (go_send(c, ++i))
		go_atomic_add(sum, i);
}

START_TEST(what_send_confirmed_is_received_or_buffered)
{
	enum { SENDERS = 4, TAKEN = 500 };
	int64_t got;
	go_atomic_int64 sent;
	go_waitgroup wg;
	go_chan(int) c;
	int v;

	for (size_t capacity = 0; capacity < 4; capacity++) {
		c = go_chan_make(int, capacity);
		wg = (go_waitgroup){0};
		go_atomic_store(&sent, 0);
		got = 0;
		for (int i = 0; i < SENDERS; i++)
			go_wg_go(&wg, send_until_closed, c, &sent);
		for (int i = 0; i < TAKEN; i++) {
			ck_assert(go_recv(c, &v));
			got += v;
		}
		go_close(c);
		while (go_recv(c, &v))
			got += v;
		go_wg_wait(&wg);
		ck_assert_int_eq(got, go_atomic_load(&sent));
		go_chan_release(c);
	}
}

static void
count_values(go_chan(int) c, go_atomic_int64 *n)
{
	while (go_recv(c, NULL))
		go_atomic_add(n, 1);
}

START_TEST(what_was_sent_before_close_is_received)
{
	enum { RECEIVERS = 4, VALUES = 1000 };
	go_waitgroup wg = {0};
	go_atomic_int64 n = {0};
	go_chan(int) c = go_chan_make(int, 64);

	for (int i = 0; i < RECEIVERS; i++)
		go_wg_go(&wg, count_values, c, &n);
	for (int i = 0; i < VALUES; i++)
		ck_assert(go_send(c, i));
	go_close(c);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n), VALUES);
	go_chan_release(c);
}

// A stage of a pipeline ends when the one before it does.
static void
pass_on(go_receiver(int) in, go_sender(int) out)
{
	int v;

	while (go_recv(in, &v))
		go_send(out, v + 1);
	go_close(out);
}

START_TEST(the_end_runs_through_a_pipeline)
{
	enum { STAGES = 50, VALUES = 20 };
	go_chan(int) c[STAGES + 1];
	go_waitgroup wg = {0};
	int v, n = 0;

	for (int i = 0; i <= STAGES; i++)
		c[i] = go_chan_make(int, i % 3);
	for (int i = 0; i < STAGES; i++)
		go_wg_go(&wg, pass_on, go_recv_only(c[i]),
			 go_send_only(c[i + 1]));
	for (int i = 0; i < VALUES; i++)
		go_send(c[0], i);
	go_close(c[0]);
	while (go_recv(c[STAGES], &v))
		ck_assert_int_eq(v, n++ + STAGES);
	ck_assert_int_eq(n, VALUES);
	go_wg_wait(&wg);
	for (int i = 0; i <= STAGES; i++)
		go_chan_release(c[i]);
}

START_TEST(close_of_null_panics)
{
	go_close((go_chan(int))NULL);
}

typedef go_chan(int) int_chan;

// The calls on a channel that is closed. None may block: a select without
// default that did would be a deadlock, of which the process dies.

static bool
do_send(int_chan c, int *v)
{
	return go_send(c, *v);
}

static bool
do_try_send(int_chan c, int *v)
{
	return go_try_send(c, *v);
}

static bool
do_recv(int_chan c, int *v)
{
	return go_recv(c, v);
}

static bool
do_try_recv(int_chan c, int *v)
{
	return go_try_recv(c, v);
}

static bool
do_close(int_chan c, int *v)
{
	(void)v;
	return go_close(c);
}

static bool
do_select_recv(int_chan c, int *v)
{
	bool ok = true;

	ck_assert_uint_eq(go_select(go_on_recv(c, v, &ok)), 0);
	return ok;
}

static bool
do_select_recv_among(int_chan c, int *v)
{
	int_chan nil = NULL;
	bool ok = true;

	ck_assert_uint_eq(go_select(go_on_default, go_on_recv(nil, v),
				    go_on_recv(c, v, &ok)),
			  2);
	return ok;
}

static bool
do_select_send(int_chan c, int *v)
{
	bool ok = true;

	ck_assert_uint_eq(go_select(go_on_send_from(c, v, &ok)), 0);
	return ok;
}

static bool
do_select_send_among(int_chan c, int *v)
{
	int_chan nil = NULL;
	bool ok = true;

	ck_assert_uint_eq(go_select(go_on_send(nil, 1),
				    go_on_send_from(c, v, &ok), go_on_default),
			  1);
	return ok;
}

static const struct {
	const char *name;
	bool (*fn)(int_chan c, int *v);
	bool is_recv;
} calls[] = {
	{"send", do_send, false},
	{"try_send", do_try_send, false},
	{"recv", do_recv, true},
	{"try_recv", do_try_recv, true},
	{"close", do_close, false},
	{"select of recv", do_select_recv, true},
	{"select of recv among others", do_select_recv_among, true},
	{"select of send", do_select_send, false},
	{"select of send among others", do_select_send_among, false},
};

static void
expect_closed(size_t call, size_t capacity, int n_left)
{
	int_chan c = go_chan_make(int, capacity);
	int v;
	bool ok;

	for (int i = 0; i < n_left; i++)
		ck_assert(go_send(c, 5 + i));
	go_close(c);
	// Twice beyond the last value: the end stays the end.
	for (int i = 0; i < n_left + 2; i++) {
		v = 99;
		ok = calls[call].fn(c, &v);
		ck_assert_msg(ok == (calls[call].is_recv && i < n_left),
			      "%s, capacity %zu, %d left: %d", calls[call].name,
			      capacity, n_left - i, ok);
		ck_assert_int_eq(v, !calls[call].is_recv ? 99 : ok ? 5 + i : 0);
	}
	ck_assert_uint_eq(go_chan_len(c),
			  calls[call].is_recv ? 0 : (size_t)n_left);
	go_chan_release(c);
}

START_TEST(closedchan_every_call_answers_at_once)
{
	for (size_t call = 0; call < COUNT(calls); call++) {
		expect_closed(call, 0, 0);
		expect_closed(call, 2, 0);
		expect_closed(call, 2, 1);
		expect_closed(call, 2, 2);
	}
}

int
main(void)
{
	Suite *s = suite_create("closed");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, recv_on_closed_drains_then_reports_done);
	tcase_add_test(tc, double_close_says_which_was_the_first);
	tcase_add_test(tc, of_many_that_close_one_is_the_first);
	tcase_add_test(tc, close_wakes_receivers_with_zeroed_values);
	tcase_add_test(tc, close_gives_senders_their_values_back);
	tcase_add_test(tc, what_send_confirmed_is_received_or_buffered);
	tcase_add_test(tc, what_was_sent_before_close_is_received);
	tcase_add_test(tc, the_end_runs_through_a_pipeline);
	tcase_add_test(tc, closedchan_every_call_answers_at_once);
	tcase_add_test_raise_signal(tc, close_of_null_panics, SIGABRT);
	return run_suite(s);
}
