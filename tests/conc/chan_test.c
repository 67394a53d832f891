// SPDX-License-Identifier: MIT
//
// Channels as objects: what they carry, how long they live, what drops.

#include <pthread.h>
#include <string.h>

#include "chan_blocked.h"

struct three {
	char c[3];
};

struct sixteen {
	uint64_t lo, hi;
};

struct large {
	unsigned char bytes[1000];
};

struct aligned {
	_Alignas(64) int v;
};

// carry sends T's over channels of some capacities, once straight to a
// receiver that waits and once through the buffer.
#define CARRY(T)                                                               \
	static void recv_##T(go_chan(T) c, T *v)                               \
	{                                                                      \
		go_recv(c, v);                                                 \
	}                                                                      \
                                                                               \
	static void carry_##T(void)                                            \
	{                                                                      \
		T out[3], in[3];                                               \
		go_waitgroup wg = {0};                                         \
		go_chan(T) c = go_chan_make(T, 3);                             \
                                                                               \
		for (size_t i = 0; i < 3; i++) {                               \
			memset(&out[i], 0xa0 + (int)i, sizeof(T));             \
			ck_assert(go_send(c, out[i]));                         \
		}                                                              \
		for (size_t i = 0; i < 3; i++)                                 \
			ck_assert(go_recv(c, &in[i]));                         \
		ck_assert_mem_eq(in, out, sizeof in);                          \
		memset(in, 0, sizeof in);                                      \
		for (size_t i = 0; i < 3; i++) {                               \
			go_wg_go(&wg, recv_##T, c, &in[i]);                    \
			await_receivers(c, i + 1);                             \
		}                                                              \
		for (size_t i = 0; i < 3; i++)                                 \
			ck_assert(go_send(c, out[i]));                         \
		go_wg_wait(&wg);                                               \
		ck_assert_mem_eq(in, out, sizeof in);                          \
		go_chan_release(c);                                            \
	}

typedef struct three three;
typedef struct sixteen sixteen;
typedef struct large large;
typedef struct aligned aligned;
typedef char *text;

CARRY(char)
CARRY(three)
CARRY(int)
CARRY(double)
CARRY(text)
CARRY(sixteen)
CARRY(large)
CARRY(aligned)

START_TEST(elements_of_every_size_arrive_whole)
{
	carry_char();
	carry_three();
	carry_int();
	carry_double();
	carry_text();
	carry_sixteen();
	carry_large();
	carry_aligned();
}

static void
signal_units(go_sender(go_unit) c, int n)
{
	while (n-- > 0)
		go_send(c, GO_UNIT);
	go_close(c);
}

START_TEST(zerosize_units_are_counted_although_they_are_nothing)
{
	go_chan(go_unit) c = go_chan_make(go_unit, 5);
	go_unit u;
	int n = 0;

	for (int i = 0; i < 5; i++)
		ck_assert(go_try_send(c, GO_UNIT));
	ck_assert(!go_try_send(c, GO_UNIT));
	ck_assert_uint_eq(go_chan_len(c), 5);
	for (int i = 0; i < 5; i++)
		ck_assert(go_recv(c, &u));
	go(signal_units, go_send_only(c), 100);
	while (go_recv(c, NULL))
		n++;
	ck_assert_int_eq(n, 100);
	go_chan_release(c);
}

START_TEST(units_may_be_buffered_without_end)
{
	go_chan(go_unit) c = go_chan_make(go_unit, SIZE_MAX);

	ck_assert(c != NULL);
	for (int i = 0; i < 1000; i++)
		ck_assert(go_send(c, GO_UNIT));
	ck_assert_uint_eq(go_chan_len(c), 1000);
	ck_assert_uint_eq(go_chan_cap(c), SIZE_MAX);
	go_chan_release(c);
}

START_TEST(makechan_a_capacity_that_overflows_gives_null)
{
	ck_assert(go_chan_make(char, SIZE_MAX) == NULL);
	ck_assert(go_chan_make(char, PTRDIFF_MAX) == NULL);
	ck_assert(go_chan_make(int, SIZE_MAX / 4 + 1) == NULL);
	ck_assert(go_chan_make(int, SIZE_MAX / 4 + 2) == NULL);
	ck_assert(go_chan_make(struct large, SIZE_MAX / 1000) == NULL);
	ck_assert(go_chan_make(struct large, SIZE_MAX) == NULL);
}

START_TEST(null_has_no_length_and_takes_references)
{
	go_chan(int) nil = NULL;

	ck_assert_uint_eq(go_chan_len(nil), 0);
	ck_assert_uint_eq(go_chan_cap(nil), 0);
	ck_assert(go_chan_retain(nil) == NULL);
	go_chan_release(nil);
	go_chan_on_drop(nil, NULL);
}

START_TEST(ends_are_the_same_channel)
{
	go_chan(int) c = go_chan_make(int, 2);
	go_sender(int) to = go_send_only(c);
	go_receiver(int) from = go_recv_only(c);
	int v;

	ck_assert(go_send(to, 1));
	ck_assert(go_try_send(go_send_only(to), 2));
	ck_assert_uint_eq(go_chan_len(from), 2);
	ck_assert_uint_eq(go_chan_cap(to), 2);
	ck_assert(go_recv(from, &v) && v == 1);
	ck_assert(go_try_recv(go_recv_only(from), &v) && v == 2);
	ck_assert(go_close(to));
	ck_assert(!go_recv(from, &v));
	// A reference may be held, and dropped, through any of them.
	from = go_chan_retain(from);
	go_chan_release(to);
	go_chan_release(from);
}

static int n_evaluated;

static go_chan(int) evaluated(go_chan(int) c)
{
	n_evaluated++;
	return c;
}

START_TEST(arguments_are_evaluated_once)
{
	go_chan(int) c = go_chan_make(int, 8);
	int v = 0, values[2], *p = values;

	ck_assert(go_send(evaluated(c), ++v));
	ck_assert(go_try_send(evaluated(c), ++v));
	ck_assert(go_recv(evaluated(c), p++));
	ck_assert(go_try_recv(evaluated(c), p++));
	ck_assert_int_eq(n_evaluated, 4);
	ck_assert_int_eq(v, 2);
	ck_assert_ptr_eq(p, values + 2);
	ck_assert_uint_eq(go_chan_len(evaluated(c)), 0);
	ck_assert_uint_eq(go_chan_cap(evaluated(c)), 8);
	ck_assert(go_close(evaluated(c)));
	ck_assert_int_eq(n_evaluated, 7);
	go_chan_release(evaluated(c));
	ck_assert_int_eq(n_evaluated, 8);
}

struct point {
	int x, y;
};

START_TEST(a_value_may_be_a_literal_or_a_call_that_sends)
{
	go_chan(struct point) points = go_chan_make(struct point, 2);
	go_chan(int) c = go_chan_make(int, 4);
	struct point p;
	double half = 3.5;
	int v;

	ck_assert(go_send(points, (struct point){1, 2}));
	ck_assert(go_try_send(points, (struct point){.x = 3, .y = 4}));
	ck_assert(go_recv(points, &p) && p.x == 1 && p.y == 2);
	ck_assert(go_recv(points, &p) && p.x == 3 && p.y == 4);
	ck_assert(go_send(c, go_send(c, 7)));
	ck_assert(go_recv(c, &v) && v == 7);
	ck_assert(go_recv(c, &v) && v == 1);
	ck_assert(go_send(c, half));
	ck_assert(go_recv(c, &v) && v == 3);
	go_chan_release(points);
	go_chan_release(c);
}

typedef go_chan(int) reply_chan;

struct request {
	int n;
	reply_chan reply;
};

static void
serve(go_receiver(struct request) requests)
{
	struct request r;

	while (go_recv(requests, &r)) {
		go_send(r.reply, r.n * r.n);
		go_chan_release(r.reply);
	}
}

START_TEST(channels_travel_over_channels)
{
	go_chan(struct request) requests = go_chan_make(struct request, 0);
	go_waitgroup wg = {0};
	reply_chan reply;
	int v;

	go_wg_go(&wg, serve, go_recv_only(requests));
	for (int i = 0; i < 100; i++) {
		reply = go_chan_make(int, 0);
		go_send(requests, (struct request){i, go_chan_retain(reply)});
		ck_assert(go_recv(reply, &v));
		ck_assert_int_eq(v, i * i);
		go_chan_release(reply);
	}
	go_close(requests);
	go_wg_wait(&wg);
	go_chan_release(requests);
}

static int dropped[64];
static int n_dropped;

static void
drop_int(int *v)
{
	dropped[n_dropped++] = *v;
}

START_TEST(each_value_never_received_is_dropped_once)
{
	go_chan(int) c = go_chan_make(int, 4);
	int v;

	go_chan_on_drop(c, drop_int);
	for (int i = 0; i < 4; i++)
		ck_assert(go_send(c, i));
	for (int i = 0; i < 3; i++)
		ck_assert(go_recv(c, &v));
	for (int i = 4; i < 7; i++)
		ck_assert(go_send(c, i));  // now the ring wraps
	ck_assert(!go_try_send(c, 7));
	go_close(c);
	ck_assert(!go_send(c, 8));
	go_chan_retain(c);
	go_chan_release(c);
	ck_assert_int_eq(n_dropped, 0);
	go_chan_release(c);
	ck_assert_int_eq(n_dropped, 4);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(dropped[i], 3 + i);
}

static void
drop_text(char **s)
{
	n_dropped++;
	free(*s);
}

START_TEST(a_drop_frees_what_values_own)
{
	go_chan(char *) c = go_chan_make(char *, 8);
	char *s;

	go_chan_on_drop(c, drop_text);
	for (int i = 0; i < 8; i++)
		ck_assert(go_send(c, strdup("value")));
	ck_assert(go_recv(c, &s));
	free(s);
	go_chan_release(c);
	ck_assert_int_eq(n_dropped, 7);
}

static uintptr_t misaligned;

static void
drop_aligned(struct aligned *v)
{
	misaligned |= (uintptr_t)v % _Alignof(struct aligned);
	n_dropped++;
}

START_TEST(a_drop_sees_its_value_aligned)
{
	enum { CHANNELS = 16 };
	go_chan(struct aligned) c[CHANNELS];
	struct aligned v = {0};

	for (size_t i = 0; i < CHANNELS; i++) {
		c[i] = go_chan_make(struct aligned, i + 1);
		go_chan_on_drop(c[i], drop_aligned);
		ck_assert(go_send(c[i], v));
	}
	for (size_t i = 0; i < CHANNELS; i++)
		go_chan_release(c[i]);
	ck_assert_int_eq(n_dropped, CHANNELS);
	ck_assert_uint_eq(misaligned, 0);
}

static void
hold(go_chan(int) c, go_atomic_int32 *sum)
{
	int v;

	if (go_recv(c, &v))
		go_atomic_add(sum, v);
	go_chan_release(c);
}

START_TEST(the_last_of_many_references_frees)
{
	enum { HOLDERS = 100 };
	go_chan(int) c = go_chan_make(int, 0);
	go_atomic_int32 sum = {0};
	go_waitgroup wg = {0};

	for (int i = 0; i < HOLDERS; i++)
		go_wg_go(&wg, hold, go_chan_retain(c), &sum);
	for (int i = 1; i <= HOLDERS; i++)
		ck_assert(go_send(c, i));
	go_chan_release(c);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&sum), HOLDERS * (HOLDERS + 1) / 2);
}

// Whoever receives the last value may release at once, while the send that
// brought it still returns. The address sanitizer sees who comes too late.

static void
send_last(go_chan(int) c)
{
	go_send(c, 1);
}

static void
close_last(go_chan(int) c)
{
	go_close(c);
}

static void
select_last(go_chan(int) c)
{
	go_select(go_on_send(c, 1));
}

static void
recv_last(go_chan(int) c)
{
	go_recv(c, NULL);
}

static void *
send_last_in_thread(void *c)
{
	go_send(*(reply_chan *)c, 1);
	return NULL;
}

enum { ROUNDS = 2000 };

START_TEST(the_last_release_may_race_with_the_tail_of_a_call)
{
	static void (*const tails[])(go_chan(int)) = {send_last, close_last,
						      select_last};
	go_waitgroup wg = {0};
	go_chan(int) c;

	for (int i = 0; i < ROUNDS; i++) {
		c = go_chan_make(int, (size_t)i % 2);
		go_wg_go(&wg, tails[i % COUNT(tails)], c);
		go_recv(c, NULL);
		go_chan_release(c);
	}
	for (int i = 0; i < ROUNDS; i++) {
		c = go_chan_make(int, 0);
		go_wg_go(&wg, recv_last, c);
		go_send(c, 1);
		go_chan_release(c);
	}
	go_wg_wait(&wg);
}

START_TEST(the_last_release_may_race_with_a_thread)
{
	enum { THREADS = ROUNDS / 20 };
	pthread_t threads[THREADS];
	reply_chan c[THREADS];

	for (int i = 0; i < THREADS; i++) {
		c[i] = go_chan_make(int, (size_t)i % 2);
		pthread_create(&threads[i], NULL, send_last_in_thread, &c[i]);
		go_recv(c[i], NULL);
		go_chan_release(c[i]);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

START_TEST(the_length_stays_between_0_and_the_capacity)
{
	enum { CAPACITY = 3 };
	go_chan(go_unit) c = go_chan_make(go_unit, CAPACITY);

	go(signal_units, go_send_only(c), 20000);
	do {
		ck_assert(go_chan_len(c) <= CAPACITY);
	} while (go_recv(c, NULL));
	go_chan_release(c);
}

int
main(void)
{
	Suite *s = suite_create("chan");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, elements_of_every_size_arrive_whole);
	tcase_add_test(tc,
		       zerosize_units_are_counted_although_they_are_nothing);
	tcase_add_test(tc, units_may_be_buffered_without_end);
	tcase_add_test(tc, makechan_a_capacity_that_overflows_gives_null);
	tcase_add_test(tc, null_has_no_length_and_takes_references);
	tcase_add_test(tc, ends_are_the_same_channel);
	tcase_add_test(tc, arguments_are_evaluated_once);
	tcase_add_test(tc, a_value_may_be_a_literal_or_a_call_that_sends);
	tcase_add_test(tc, channels_travel_over_channels);
	tcase_add_test(tc, each_value_never_received_is_dropped_once);
	tcase_add_test(tc, a_drop_sees_its_value_aligned);
	tcase_add_test(tc, a_drop_frees_what_values_own);
	tcase_add_test(tc, the_last_of_many_references_frees);
	tcase_add_test(tc, the_last_release_may_race_with_the_tail_of_a_call);
	tcase_add_test(tc, the_last_release_may_race_with_a_thread);
	tcase_add_test(tc, the_length_stays_between_0_and_the_capacity);
	return run_suite(s);
}
