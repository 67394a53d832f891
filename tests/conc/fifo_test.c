// SPDX-License-Identifier: MIT
//
// Order and conservation: first come, first served, nothing twice, nothing
// lost, whoever sends and receives.

#include <pthread.h>
#include <string.h>

#include "chan_blocked.h"

static void
count_up(go_sender(int) c, int n)
{
	for (int i = 0; i < n; i++)
		go_send(c, i);
	go_close(c);
}

START_TEST(fifo_values_arrive_in_the_order_sent)
{
	enum { MOST = 20, VALUES = 2000 };
	go_chan(int) c;
	go_waitgroup wg = {0};
	int v, n;

	for (size_t capacity = 0; capacity <= MOST; capacity++) {
		c = go_chan_make(int, capacity);
		go_wg_go(&wg, count_up, go_send_only(c), VALUES);
		for (n = 0; go_recv(c, &v); n++)
			ck_assert(v == n);
		ck_assert_int_eq(n, VALUES);
		go_wg_wait(&wg);
		go_chan_release(c);
	}
}

enum { WAITING = 12 };

static void
send_value(go_chan(int) c, int v)
{
	go_send(c, v);
}

START_TEST(waiting_senders_are_served_first_come)
{
	go_waitgroup wg;
	go_chan(int) c;
	int v;

	for (size_t capacity = 0; capacity < 4; capacity++) {
		c = go_chan_make(int, capacity);
		wg = (go_waitgroup){0};
		for (size_t i = 0; i < capacity; i++)
			go_send(c, (int)i);
		for (size_t i = 0; i < WAITING; i++) {
			go_wg_go(&wg, send_value, c, (int)(capacity + i));
			await_senders(c, i + 1);
		}
		for (size_t i = 0; i < capacity + WAITING; i++) {
			ck_assert(go_recv(c, &v));
			ck_assert_int_eq(v, (int)i);
		}
		go_wg_wait(&wg);
		go_chan_release(c);
	}
}

static void
recv_value(go_chan(int) c, int *v)
{
	go_recv(c, v);
}

START_TEST(waiting_receivers_are_served_first_come)
{
	go_waitgroup wg;
	go_chan(int) c;
	int v[WAITING];

	for (size_t capacity = 0; capacity < 4; capacity++) {
		c = go_chan_make(int, capacity);
		wg = (go_waitgroup){0};
		for (size_t i = 0; i < WAITING; i++) {
			go_wg_go(&wg, recv_value, c, &v[i]);
			await_receivers(c, i + 1);
		}
		for (int i = 0; i < WAITING; i++)
			ck_assert(go_send(c, i));
		go_wg_wait(&wg);
		for (int i = 0; i < WAITING; i++)
			ck_assert_int_eq(v[i], i);
		go_chan_release(c);
	}
}

START_TEST(a_waiting_sender_fills_the_room_at_once)
{
	go_chan(int) c = go_chan_make(int, 2);
	go_waitgroup wg = {0};
	int v;

	go_send(c, 1);
	go_send(c, 2);
	go_wg_go(&wg, send_value, c, 3);
	await_senders(c, 1);
	ck_assert(go_recv(c, &v));
	// A newcomer cannot slip in before the one who waited.
	ck_assert_uint_eq(go_chan_len(c), 2);
	ck_assert(!go_try_send(c, 4));
	go_wg_wait(&wg);
	ck_assert(go_recv(c, &v));
	ck_assert_int_eq(v, 2);
	ck_assert(go_recv(c, &v));
	ck_assert_int_eq(v, 3);
	go_chan_release(c);
}

enum { MANY = 8, EACH = 1500 };

struct parcel {
	int sender;
	int number;
};

static void
send_parcels(go_chan(struct parcel) c, int sender)
{
	struct parcel p = {sender, 0};

	while (p.number < EACH) {
		if (p.number % 3 == 0 && go_try_send(c, p)) {
			p.number++;
			continue;
		}
		go_send(c, p);
		p.number++;
	}
}

// tally checks that the parcels of each sender come in order, and marks them.
static void
tally(go_chan(struct parcel) c, go_atomic_int32 (*marks)[EACH],
      go_atomic_int32 *wrong)
{
	int last[MANY];
	struct parcel p;

	for (int i = 0; i < MANY; i++)
		last[i] = -1;
	while (go_recv(c, &p)) {
		if (p.number <= last[p.sender])
			go_atomic_add(wrong, 1);
		last[p.sender] = p.number;
		go_atomic_add(&marks[p.sender][p.number], 1);
	}
}

START_TEST(many_to_many_loses_nothing_and_keeps_order)
{
	static go_atomic_int32 marks[MANY][EACH];
	static const size_t capacities[] = {0, 1, 7, 300};
	go_waitgroup senders, receivers;
	go_atomic_int32 wrong = {0};
	go_chan(struct parcel) c;

	for (size_t k = 0; k < COUNT(capacities); k++) {
		c = go_chan_make(struct parcel, capacities[k]);
		memset(marks, 0, sizeof marks);
		memset(&senders, 0, sizeof senders);
		memset(&receivers, 0, sizeof receivers);
		for (int i = 0; i < MANY; i++) {
			go_wg_go(&receivers, tally, c, marks, &wrong);
			go_wg_go(&senders, send_parcels, c, i);
		}
		go_wg_wait(&senders);
		go_close(c);
		go_wg_wait(&receivers);
		ck_assert_int_eq(go_atomic_load(&wrong), 0);
		for (int i = 0; i < MANY; i++)
			for (int n = 0; n < EACH; n++)
				ck_assert(go_atomic_load(&marks[i][n]) == 1);
		go_chan_release(c);
	}
}

struct job {
	go_chan(int) in;
	go_chan(int) out;
};

// relay is a plain thread or a goroutine, as it pleases the test.
static void *
relay(void *arg)
{
	struct job *job = arg;
	int v;

	while (go_recv(job->in, &v))
		go_send(job->out, v);
	go_close(job->out);
	return NULL;
}

static void
expect_relayed(struct job *job, int n)
{
	go_waitgroup wg = {0};
	int v, i = 0;

	go_wg_go(&wg, count_up, go_send_only(job->in), n);
	while (go_recv(job->out, &v))
		ck_assert_int_eq(v, i++);
	ck_assert_int_eq(i, n);
	go_wg_wait(&wg);
}

START_TEST(plain_threads_send_and_receive)
{
	enum { VALUES = 500 };
	pthread_t thread;
	struct job job;

	for (size_t capacity = 0; capacity < 3; capacity++) {
		job.in = go_chan_make(int, capacity);
		job.out = go_chan_make(int, capacity);
		ck_assert_int_eq(pthread_create(&thread, NULL, relay, &job), 0);
		expect_relayed(&job, VALUES);
		pthread_join(thread, NULL);
		go_chan_release(job.in);
		go_chan_release(job.out);
	}
}

START_TEST(threads_alone_share_a_channel)
{
	enum { VALUES = 500 };
	pthread_t threads[2];
	struct job jobs[2];
	int v;

	jobs[0].in = go_chan_make(int, 1);
	jobs[0].out = jobs[1].in = go_chan_make(int, 0);
	jobs[1].out = go_chan_make(int, VALUES);
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, relay, &jobs[i]);
	for (int i = 0; i < VALUES; i++)
		go_send(jobs[0].in, i);
	go_close(jobs[0].in);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < VALUES; i++) {
		ck_assert(go_try_recv(jobs[1].out, &v));
		ck_assert_int_eq(v, i);
	}
	go_chan_release(jobs[0].in);
	go_chan_release(jobs[1].in);
	go_chan_release(jobs[1].out);
}

static void
filter(go_receiver(int) in, go_sender(int) out, int prime)
{
	int v;

	while (go_recv(in, &v))
		if (v % prime != 0)
			go_send(out, v);
	go_close(out);
}

static void
candidates(go_sender(int) c, int limit)
{
	for (int i = 2; i < limit; i++)
		go_send(c, i);
	go_close(c);
}

START_TEST(sieve1_a_chain_of_filters_finds_the_primes)
{
	enum { LIMIT = 1000 };
	static bool is_composite[LIMIT];
	go_chan(int) chain[LIMIT];
	go_waitgroup wg = {0};
	int prime, n = 0, want = 2;

	for (int i = 2; i < LIMIT; i++)
		for (int k = 2 * i; k < LIMIT; k += i)
			is_composite[k] = true;
	chain[0] = go_chan_make(int, 0);
	go_wg_go(&wg, candidates, go_send_only(chain[0]), LIMIT);
	while (go_recv(chain[n], &prime)) {
		ck_assert_int_eq(prime, want);
		for (want++; want < LIMIT && is_composite[want]; want++)
			;
		chain[n + 1] = go_chan_make(int, 0);
		go_wg_go(&wg, filter, go_recv_only(chain[n]),
			 go_send_only(chain[n + 1]), prime);
		n++;
	}
	ck_assert_int_eq(want, LIMIT);
	go_wg_wait(&wg);
	for (int i = 0; i <= n; i++)
		go_chan_release(chain[i]);
}

int
main(void)
{
	Suite *s = suite_create("fifo");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, fifo_values_arrive_in_the_order_sent);
	tcase_add_test(tc, waiting_senders_are_served_first_come);
	tcase_add_test(tc, waiting_receivers_are_served_first_come);
	tcase_add_test(tc, a_waiting_sender_fills_the_room_at_once);
	tcase_add_test(tc, many_to_many_loses_nothing_and_keeps_order);
	tcase_add_test(tc, plain_threads_send_and_receive);
	tcase_add_test(tc, threads_alone_share_a_channel);
	tcase_add_test(tc, sieve1_a_chain_of_filters_finds_the_primes);
	return run_suite(s);
}
