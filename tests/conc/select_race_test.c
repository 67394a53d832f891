// SPDX-License-Identifier: MIT
//
// Many selects on the same channels: each value is received once, whoever
// wins; and nobody comes too late to a channel that is gone.

#include <pthread.h>
#include <string.h>

#include "chan_blocked.h"

typedef go_chan(int) int_chan;

enum { LINES = 3, MANY = 6, VALUES = 3000 };

struct exchange {
	int_chan lines[LINES];
	go_chan(go_unit) done;
	go_atomic_int32 next;
	go_atomic_int32 marks[VALUES];
};

static void
send_somewhere(struct exchange *x)
{
	bool sent[LINES];
	size_t taken;
	int v;

	while ((v = go_atomic_add(&x->next, 1) - 1) < VALUES) {
		taken = go_select(go_on_send_from(x->lines[0], &v, &sent[0]),
				  go_on_send_from(x->lines[1], &v, &sent[1]),
				  go_on_send_from(x->lines[2], &v, &sent[2]));
		if (!sent[taken])
			go_atomic_add(&x->marks[v], 100);
	}
}

static void
recv_anywhere(struct exchange *x)
{
	int v[LINES];
	bool open[LINES];
	size_t taken;

	for (;;) {
		taken = go_select(go_on_recv(x->lines[0], &v[0], &open[0]),
				  go_on_recv(x->lines[1], &v[1], &open[1]),
				  go_on_recv(x->lines[2], &v[2], &open[2]),
				  go_on_recv(x->done, NULL));
		if (taken == LINES)
			return;
		if (open[taken])
			go_atomic_add(&x->marks[v[taken]], 1);
	}
}

static void *
send_in_thread(void *x)
{
	send_somewhere(x);
	return NULL;
}

static void *
recv_in_thread(void *x)
{
	recv_anywhere(x);
	return NULL;
}

static void
expect_each_once(struct exchange *x, size_t capacity, bool with_threads)
{
	go_waitgroup senders = {0}, receivers = {0};
	pthread_t threads[2];

	memset(x, 0, sizeof *x);
	for (int i = 0; i < LINES; i++)
		x->lines[i] = go_chan_make(int, capacity);
	x->done = go_chan_make(go_unit, 0);
	for (int i = 0; i < MANY; i++) {
		go_wg_go(&receivers, recv_anywhere, x);
		go_wg_go(&senders, send_somewhere, x);
	}
	if (with_threads) {
		pthread_create(&threads[0], NULL, send_in_thread, x);
		pthread_create(&threads[1], NULL, recv_in_thread, x);
		pthread_join(threads[0], NULL);
	}
	go_wg_wait(&senders);
	for (int i = 0; i < LINES; i++)
		while (go_chan_len(x->lines[i]) > 0)
			go_yield();
	go_close(x->done);
	go_wg_wait(&receivers);
	if (with_threads)
		pthread_join(threads[1], NULL);
	for (int i = 0; i < VALUES; i++)
		ck_assert_int_eq(go_atomic_load(&x->marks[i]), 1);
	for (int i = 0; i < LINES; i++)
		go_chan_release(x->lines[i]);
	go_chan_release(x->done);
}

START_TEST(a_value_is_received_once_among_many_selects)
{
	static struct exchange x;

	for (size_t capacity = 0; capacity < 4; capacity++)
		expect_each_once(&x, capacity, false);
}

START_TEST(plain_threads_select_among_goroutines)
{
	static struct exchange x;

	for (size_t capacity = 0; capacity < 2; capacity++)
		expect_each_once(&x, capacity, true);
}

// A select that waits at two channels hears from one of them only, even if
// both speak at once.

struct pair {
	int_chan a, b;
	go_chan(go_unit) gate;
	go_atomic_int32 n_sent, n_received;
};

static void
try_when_open(struct pair *p, int_chan c)
{
	go_recv(p->gate, NULL);
	if (go_try_send(c, 1))
		go_atomic_add(&p->n_sent, 1);
}

static void
recv_either(struct pair *p)
{
	int v = 0;

	go_select(go_on_recv(p->a, &v), go_on_recv(p->b, &v));
	go_atomic_add(&p->n_received, v);
}

START_TEST(one_waiting_select_is_served_by_one_of_two)
{
	enum { ROUNDS = 1000 };
	go_waitgroup wg = {0};
	struct pair p;

	for (int i = 0; i < ROUNDS; i++) {
		memset(&p, 0, sizeof p);
		p.a = go_chan_make(int, 0);
		p.b = go_chan_make(int, 0);
		p.gate = go_chan_make(go_unit, 0);
		go_wg_go(&wg, recv_either, &p);
		await_receivers(p.a, 1);
		await_receivers(p.b, 1);
		go_wg_go(&wg, try_when_open, &p, p.a);
		go_wg_go(&wg, try_when_open, &p, p.b);
		go_close(p.gate);
		go_wg_wait(&wg);
		ck_assert_int_eq(go_atomic_load(&p.n_sent), 1);
		ck_assert_int_eq(go_atomic_load(&p.n_received), 1);
		go_chan_release(p.a);
		go_chan_release(p.b);
		go_chan_release(p.gate);
	}
}

// Two selects, each with both directions on both channels, must find each
// other: whoever comes second sees the first, whatever the order of locking.

static void
swap_over(int_chan a, int_chan b, int v, go_atomic_int32 *sum)
{
	size_t taken;
	int got = 0;

	taken = go_select(go_on_send(a, v), go_on_send(b, v),
			  go_on_recv(a, &got), go_on_recv(b, &got));
	if (taken >= 2)
		go_atomic_add(sum, got);
}

START_TEST(two_selects_with_all_directions_meet)
{
	enum { ROUNDS = 2000 };
	int_chan a = go_chan_make(int, 0), b = go_chan_make(int, 0);
	go_waitgroup wg = {0};
	go_atomic_int32 sum;

	for (int i = 0; i < ROUNDS; i++) {
		go_atomic_store(&sum, 0);
		go_wg_go(&wg, swap_over, a, b, 1, &sum);
		go_wg_go(&wg, swap_over, b, a, 1, &sum);
		go_wg_wait(&wg);
		ck_assert_int_eq(go_atomic_load(&sum), 1);
	}
	go_chan_release(a);
	go_chan_release(b);
}

static void
recv_until_closed(int_chan a, int_chan b, go_atomic_int32 *n_closed)
{
	bool open_a = true, open_b = true;
	int v;

	while (open_a && open_b)
		go_select(go_on_recv(a, &v, &open_a),
			  go_on_recv(b, &v, &open_b));
	go_atomic_add(n_closed, 1);
}

static void
close_it(int_chan c)
{
	go_close(c);
}

START_TEST(close_wakes_every_select)
{
	enum { ROUNDS = 200, SELECTS = 10 };
	go_waitgroup wg = {0};
	go_atomic_int32 n_closed = {0};
	int_chan a, b;

	for (int i = 0; i < ROUNDS; i++) {
		a = go_chan_make(int, 0);
		b = go_chan_make(int, 1);
		for (int k = 0; k < SELECTS; k++)
			go_wg_go(&wg, recv_until_closed, a, b, &n_closed);
		// Both at once: each select is woken by one of them.
		go_wg_go(&wg, close_it, a);
		go_wg_go(&wg, close_it, b);
		go_wg_wait(&wg);
		go_chan_release(a);
		go_chan_release(b);
	}
	ck_assert_int_eq(go_atomic_load(&n_closed), ROUNDS * SELECTS);
}

// A select that was served elsewhere takes its waiters back from channels that
// others may release meanwhile.

static void
recv_three(int_chan a, int_chan b, int_chan c)
{
	int v;

	go_select(go_on_recv(a, &v), go_on_recv(b, &v), go_on_recv(c, &v));
}

START_TEST(a_channel_may_be_released_while_a_select_leaves)
{
	enum { ROUNDS = 3000 };
	go_waitgroup wg = {0};
	int_chan c[3];

	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < 3; k++)
			c[k] = go_chan_make(int, 0);
		go_wg_go(&wg, recv_three, c[0], c[1], c[2]);
		go_send(c[i % 3], i);
		for (int k = 0; k < 3; k++)
			go_chan_release(c[k]);
	}
	go_wg_wait(&wg);
}

// A timeout and a value that come at the same time: the value is received, or
// it stays with its sender.

static void
offer(int_chan c, go_atomic_int32 *n_sent, go_atomic_bool *stop)
{
	while (!go_atomic_load(stop)) {
		if (go_try_send(c, 1))
			go_atomic_add(n_sent, 1);
		go_yield();
	}
}

START_TEST(a_timeout_loses_no_value)
{
	enum { ROUNDS = 2000 };
	unsigned seed = test_seed();
	go_atomic_int32 n_sent = {0};
	go_atomic_bool stop = {0};
	go_waitgroup wg = {0};
	int_chan c = go_chan_make(int, 0);
	int v, n_received = 0;

	go_wg_go(&wg, offer, c, &n_sent, &stop);
	for (int i = 0; i < ROUNDS; i++)
		if (go_select(go_on_recv(c, &v),
			      go_on_timeout(rand_r(&seed) % 2000)) == 0)
			n_received++;
	go_atomic_store(&stop, true);
	go_wg_wait(&wg);
	ck_assert_int_eq(n_received, go_atomic_load(&n_sent));
	go_chan_release(c);
}

static void *
thread_times_out(void *arg)
{
	int_chan c = *(int_chan *)arg;
	int v, n = 0;

	for (int i = 0; i < 300; i++)
		if (go_select(go_on_recv(c, &v),
			      go_on_timeout(20 * GO_MICROSECOND)) == 0)
			n++;
	return (void *)(intptr_t)n;
}

START_TEST(a_timeout_in_a_thread_loses_no_value)
{
	go_atomic_int32 n_sent = {0};
	go_atomic_bool stop = {0};
	go_waitgroup wg = {0};
	int_chan c = go_chan_make(int, 0);
	pthread_t thread;
	void *n;

	go_wg_go(&wg, offer, c, &n_sent, &stop);
	pthread_create(&thread, NULL, thread_times_out, &c);
	pthread_join(thread, &n);
	go_atomic_store(&stop, true);
	go_wg_wait(&wg);
	ck_assert_int_eq((intptr_t)n, go_atomic_load(&n_sent));
	go_chan_release(c);
}

int
main(void)
{
	Suite *s = suite_create("select_race");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, a_value_is_received_once_among_many_selects);
	tcase_add_test(tc, plain_threads_select_among_goroutines);
	tcase_add_test(tc, one_waiting_select_is_served_by_one_of_two);
	tcase_add_test(tc, two_selects_with_all_directions_meet);
	tcase_add_test(tc, close_wakes_every_select);
	tcase_add_test(tc, a_channel_may_be_released_while_a_select_leaves);
	tcase_add_test(tc, a_timeout_loses_no_value);
	tcase_add_test(tc, a_timeout_in_a_thread_loses_no_value);
	return run_suite(s);
}
