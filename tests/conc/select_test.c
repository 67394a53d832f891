// SPDX-License-Identifier: MIT
//
// Select: what blocks, what is taken, and in whose favour.

#include <pthread.h>
#include <string.h>

#include "chan_blocked.h"

// The states of a channel that a case may find.
enum state {
	NIL,
	CLOSED,
	CLOSED_WITH_VALUE,
	EMPTY,     // unbuffered, nobody there
	HAS_ROOM,  // buffered, one value, one place
	FULL,
	HAS_SENDER,    // unbuffered, a sender waits
	HAS_RECEIVER,  // unbuffered, a receiver waits
	STATES,
};

static const struct {
	const char *name;
	bool can_recv, can_send;
	bool is_open, is_sent;  // the answers, if it can
	size_t capacity, n_buffered;
} states[] = {
	[NIL] = {"nil", false, false, false, false, 0, 0},
	[CLOSED] = {"closed", true, true, false, false, 0, 0},
	[CLOSED_WITH_VALUE] = {"with a last value", true, true, true, false, 1,
			       1},
	[EMPTY] = {"empty", false, false, false, false, 0, 0},
	[HAS_ROOM] = {"has room", true, true, true, true, 2, 1},
	[FULL] = {"full", true, false, true, false, 1, 1},
	[HAS_SENDER] = {"has a sender", true, false, true, false, 0, 0},
	[HAS_RECEIVER] = {"has a receiver", false, true, false, true, 0, 0},
};

typedef go_chan(int) int_chan;

static void
send_one(int_chan c, int v)
{
	go_send(c, v);
	go_chan_release(c);
}

static void
recv_one(int_chan c)
{
	go_recv(c, NULL);
	go_chan_release(c);
}

static int_chan
make(enum state state)
{
	int_chan c;

	if (state == NIL)
		return NULL;
	c = go_chan_make(int, states[state].capacity);
	for (size_t i = 0; i < states[state].n_buffered; i++)
		go_send(c, 5);
	if (state == CLOSED || state == CLOSED_WITH_VALUE)
		go_close(c);
	if (state == HAS_SENDER) {
		go(send_one, go_chan_retain(c), 5);
		await_senders(c, 1);
	}
	if (state == HAS_RECEIVER) {
		go(recv_one, go_chan_retain(c));
		await_receivers(c, 1);
	}
	return c;
}

// release lets go of c and of those who wait at it.
static void
release(int_chan c)
{
	if (c != NULL)
		go_close(c);
	go_chan_release(c);
}

enum other { ALONE, WITH_DEFAULT, WITH_NIL, WITH_TIMEOUT, OTHERS };

struct attempt {
	struct trial trial;
	int_chan c;
	bool is_send;
	enum other other;
	int v;
	bool ok;
	size_t taken;
};

static void
attempt(void *arg)
{
	struct attempt *a = arg;
	go_case first = a->is_send ? go_on_send_from(a->c, &a->v, &a->ok)
				   : go_on_recv(a->c, &a->v, &a->ok);

	switch (a->other) {
	case ALONE:
		a->taken = go_select(first);
		break;
	case WITH_DEFAULT:
		a->taken = go_select(first, go_on_default);
		break;
	case WITH_NIL:
		a->taken = go_select(first,
				     go_on_recv((int_chan)NULL, (int *)NULL));
		break;
	default:
		a->taken = go_select(first, go_on_timeout(0));
	}
}

// Static: the goroutines that block keep theirs.
static struct attempt attempts[STATES][OTHERS][2];

static void
try_state(enum state state, enum other other, bool is_send)
{
	struct attempt *a = &attempts[state][other][is_send];
	bool is_ready =
		is_send ? states[state].can_send : states[state].can_recv;
	bool want_block = !is_ready && (other == ALONE || other == WITH_NIL);
	bool want_ok = is_send ? states[state].is_sent : states[state].is_open;
	bool got_block;

	a->c = make(state);
	a->is_send = is_send;
	a->other = other;
	a->v = 99;
	got_block = blocks(&a->trial, attempt, a);
	ck_assert_msg(got_block == want_block, "%s, %s, with %d: %s",
		      states[state].name, is_send ? "send" : "recv", other,
		      got_block ? "blocks" : "does not block");
	if (got_block)
		return;
	ck_assert_uint_eq(a->taken, is_ready ? 0 : 1);
	if (is_ready)
		ck_assert_msg(a->ok == want_ok, "%s, %s: %d",
			      states[state].name, is_send ? "send" : "recv",
			      a->ok);
	// A value is zeroed by the end of a channel, else left alone.
	if (!is_send)
		ck_assert_int_eq(a->v, !is_ready ? 99 : want_ok ? 5 : 0);
	release(a->c);
}

START_TEST(select3_a_case_is_ready_or_not_as_the_table_says)
{
	for (int state = 0; state < STATES; state++)
		for (int other = 0; other < OTHERS; other++)
			for (int is_send = 0; is_send < 2; is_send++)
				try_state((enum state)state, (enum other)other,
					  is_send);
}

static void
select_nothing(void *arg)
{
	(void)arg;
	go_select_array(NULL, 0);
}

static void
select_nil(void *arg)
{
	int_chan nil = NULL;
	int v = 0;

	(void)arg;
	go_select(go_on_recv(nil, &v), go_on_send(nil, v));
}

static void
select_timeouts(void *arg)
{
	(void)arg;
	go_select(go_on_timeout(INT64_MAX), go_on_timeout(INT64_MAX - 1));
}

START_TEST(select3_what_nothing_can_end_waits_for_ever)
{
	static struct trial trials[3];

	ck_assert(blocks(&trials[0], select_nothing, NULL));
	ck_assert(blocks(&trials[1], select_nil, NULL));
	ck_assert(blocks(&trials[2], select_timeouts, NULL));
}

START_TEST(default_alone_is_taken)
{
	ck_assert_uint_eq(go_select(go_on_default), 0);
	ck_assert_uint_eq(go_select_first(go_on_default), 0);
}

START_TEST(default_beats_a_timeout_but_no_channel)
{
	int_chan c = go_chan_make(int, 1);
	int v;

	ck_assert_uint_eq(go_select(go_on_timeout(0), go_on_default), 1);
	ck_assert_uint_eq(go_select(go_on_timeout(GO_HOUR), go_on_default,
				    go_on_recv(c, &v)),
			  1);
	for (int i = 0; i < 100; i++) {
		go_send(c, i);
		ck_assert_uint_eq(go_select(go_on_timeout(0), go_on_default,
					    go_on_recv(c, &v)),
				  2);
		ck_assert_int_eq(v, i);
	}
	go_chan_release(c);
}

START_TEST(a_timeout_fires_when_nothing_else_can)
{
	int_chan c = go_chan_make(int, 0);
	go_time before;
	int v = 7;

	ck_assert_uint_eq(go_select(go_on_recv(c, &v), go_on_timeout(0)), 1);
	ck_assert_uint_eq(go_select(go_on_timeout(-GO_HOUR), go_on_send(c, 1)),
			  0);
	before = go_now();
	ck_assert_uint_eq(go_select(go_on_recv(c, &v),
				    go_on_timeout(GO_MILLISECOND),
				    go_on_timeout(GO_HOUR)),
			  1);
	ck_assert(go_now() - before >= GO_MILLISECOND);
	ck_assert_int_eq(v, 7);
	// Nothing of it stays behind.
	ck_assert(!go_try_send(c, 1));
	ck_assert(!go_try_recv(c, &v));
	go_chan_release(c);
}

static void
wait_long(int_chan c, size_t *taken, go_chan(go_unit) ended)
{
	int v;

	*taken = go_select(go_on_timeout(GO_HOUR), go_on_recv(c, &v));
	go_send(ended, GO_UNIT);
}

static void
wait_briefly(int_chan c)
{
	go_select(go_on_timeout(10 * GO_MICROSECOND));
	go_close(c);
}

START_TEST(a_short_timeout_does_not_wait_for_a_long_one)
{
	int_chan c = go_chan_make(int, 0);
	go_chan(go_unit) ended = go_chan_make(go_unit, 0);
	size_t taken = 0;

	go(wait_long, c, &taken, ended);
	await_receivers(c, 1);
	go(wait_briefly, c);
	go_recv(ended, NULL);
	ck_assert_uint_eq(taken, 1);
	go_chan_release(c);
	go_chan_release(ended);
}

START_TEST(select_first_takes_the_first_ready_one)
{
	enum { N = 200 };
	int_chan a = go_chan_make(int, N), b = go_chan_make(int, N);
	int_chan nil = NULL;
	int v;

	for (int i = 0; i < N; i++) {
		go_send(a, i);
		go_send(b, i);
	}
	for (int i = 0; i < N; i++) {
		ck_assert_uint_eq(go_select_first(go_on_recv(nil, &v),
						  go_on_recv(b, &v),
						  go_on_recv(a, &v)),
				  1);
		ck_assert_int_eq(v, i);
	}
	for (int i = 0; i < N; i++)
		ck_assert_uint_eq(go_select_first(go_on_recv(b, &v),
						  go_on_recv(a, &v),
						  go_on_default),
				  1);
	ck_assert_uint_eq(go_select_first(go_on_default, go_on_recv(a, &v)), 0);
	go_chan_release(a);
	go_chan_release(b);
}

// Each of n ready cases is taken with probability 1/n: of ROUNDS n/8 even the
// rarest gets more than half its share, unless chance is far beyond belief
// (more than 20 standard deviations).
START_TEST(ready_cases_are_equally_likely)
{
	enum { N = 8, ROUNDS = 16000 };
	int_chan c[N];
	go_case cases[N];
	int counts[N] = {0}, v;

	for (int i = 0; i < N; i++) {
		c[i] = go_chan_make(int, 1);
		if (i % 2 == 0)
			go_send(c[i], i);
		cases[i] = i % 2 == 0 ? go_on_recv(c[i], &v)
				      : go_on_send_from(c[i], &v);
	}
	for (int i = 0; i < ROUNDS; i++) {
		size_t taken = go_select_array(cases, N);

		counts[taken]++;
		if (taken % 2 == 0)
			go_send(c[taken], 1);
		else
			go_recv(c[taken], NULL);
	}
	for (int i = 0; i < N; i++) {
		ck_assert_int_gt(counts[i], ROUNDS / N / 2);
		ck_assert_int_lt(counts[i], ROUNDS / N * 3 / 2);
		go_chan_release(c[i]);
	}
}

START_TEST(a_channel_may_stand_in_several_cases)
{
	int_chan c = go_chan_make(int, 1);
	int counts[4] = {0}, x = 0, y = 0;
	size_t taken;

	for (int i = 1; i <= 2000; i++) {
		taken = go_select(go_on_send(c, i), go_on_recv(c, &x),
				  go_on_send(c, -i), go_on_recv(c, &y));
		counts[taken]++;
		if (taken % 2 == 0)
			continue;
		ck_assert(abs(taken == 1 ? x : y) == i - 1);
	}
	// In turn: nothing to receive, then no room.
	ck_assert_int_eq(counts[0] + counts[2], 1000);
	ck_assert_int_eq(counts[1] + counts[3], 1000);
	for (int i = 0; i < 4; i++)
		ck_assert_int_gt(counts[i], 250);
	go_chan_release(c);
}

static void
meet_oneself(void *arg)
{
	int_chan c = *(int_chan *)arg;
	int v;

	go_select(go_on_send(c, 1), go_on_recv(c, &v));
}

START_TEST(self_select_does_not_meet_itself)
{
	static struct trial trial;
	static int_chan c;
	int v = 0;

	c = go_chan_make(int, 0);
	ck_assert(blocks(&trial, meet_oneself, &c));
	ck_assert(go_recv(c, &v));
	ck_assert_int_eq(v, 1);
	while (!go_atomic_load(&trial.ended))
		go_yield();
	ck_assert(!go_try_send(c, 2));
	ck_assert(!go_try_recv(c, &v));
	go_chan_release(c);
}

static int order[8], n_order;

static int
note(int i)
{
	order[n_order++] = i;
	return i;
}

START_TEST(operands_are_evaluated_once_and_in_order)
{
	int_chan c[2] = {go_chan_make(int, 1), go_chan_make(int, 1)};
	int v[2];
	bool ok[2];

	go_send(c[1], 5);
	ck_assert_uint_eq(go_select(go_on_timeout(note(0) + GO_HOUR),
				    go_on_recv(c[note(1)], &v[0], &ok[0]),
				    go_on_send((int_chan)NULL, note(2)),
				    go_on_timeout(GO_HOUR + note(3))),
			  1);
	ck_assert_int_eq(v[0], 5);
	ck_assert(ok[0]);
	ck_assert_uint_eq(go_select(go_on_send(c[0], note(4)),
				    go_on_timeout(GO_HOUR + note(5))),
			  0);
	ck_assert_int_eq(n_order, 6);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(order[i], i);
	ck_assert(go_recv(c[0], &v[0]) && v[0] == 4);
	go_chan_release(c[0]);
	go_chan_release(c[1]);
}

START_TEST(sixteen_cases_fit)
{
	int_chan c[16];
	size_t taken;
	int v;

	for (int i = 0; i < 16; i++)
		c[i] = go_chan_make(int, 1);
	for (int i = 0; i < 16; i++) {
		go_send(c[i], 100 + i);
		taken = go_select(go_on_recv(c[0], &v), go_on_recv(c[1], &v),
				  go_on_recv(c[2], &v), go_on_recv(c[3], &v),
				  go_on_recv(c[4], &v), go_on_recv(c[5], &v),
				  go_on_recv(c[6], &v), go_on_recv(c[7], &v),
				  go_on_recv(c[8], &v), go_on_recv(c[9], &v),
				  go_on_recv(c[10], &v), go_on_recv(c[11], &v),
				  go_on_recv(c[12], &v), go_on_recv(c[13], &v),
				  go_on_recv(c[14], &v), go_on_recv(c[15], &v));
		ck_assert_uint_eq(taken, (size_t)i);
		ck_assert_int_eq(v, 100 + i);
	}
	for (int i = 0; i < 16; i++)
		go_chan_release(c[i]);
}

START_TEST(an_array_may_have_hundreds_of_cases)
{
	enum { N = 500 };
	int_chan c[N];
	go_case cases[N];
	bool open[N];
	int v[N] = {0};
	unsigned seed = test_seed();

	for (int i = 0; i < N; i++) {
		c[i] = go_chan_make(int, 0);
		cases[i] = go_on_recv(c[i], &v[i], &open[i]);
	}
	for (int i = 0; i < 200; i++) {
		size_t k = (size_t)rand_r(&seed) % N;

		go(send_one, go_chan_retain(c[k]), i);
		ck_assert_uint_eq(go_select_array(cases, N), k);
		ck_assert(open[k]);
		ck_assert_int_eq(v[k], i);
	}
	go_close(c[N - 1]);
	ck_assert_uint_eq(go_select_array(cases, N), N - 1);
	ck_assert(!open[N - 1]);
	for (int i = 0; i < N; i++)
		go_chan_release(c[i]);
}

START_TEST(send_from_reads_its_value_when_it_is_taken)
{
	int_chan c = go_chan_make(int, 2);
	bool sent = false;
	go_case k;
	int v = 1;

	k = go_on_send_from(c, &v, &sent);
	v = 2;
	ck_assert_uint_eq(go_select_array(&k, 1), 0);
	ck_assert(sent);
	v = 3;
	ck_assert_uint_eq(go_select_array(&k, 1), 0);
	ck_assert(go_recv(c, &v) && v == 2);
	ck_assert(go_recv(c, &v) && v == 3);
	go_close(c);
	ck_assert_uint_eq(go_select_array(&k, 1), 0);
	ck_assert(!sent);
	go_chan_release(c);
}

START_TEST(ends_of_channels_take_their_cases)
{
	int_chan c = go_chan_make(int, 1);
	go_sender(int) to = go_send_only(c);
	go_receiver(int) from = go_recv_only(c);
	int v = 4;

	ck_assert_uint_eq(go_select(go_on_send_from(to, &v)), 0);
	ck_assert_uint_eq(go_select(go_on_recv(from, NULL), go_on_default), 0);
	ck_assert_uint_eq(go_select(go_on_send(to, 1 + 1)), 0);
	ck_assert_uint_eq(go_select(go_on_recv(from, &v)), 0);
	ck_assert_int_eq(v, 2);
	go_chan_release(c);
}

int
main(void)
{
	Suite *s = suite_create("select");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, select3_a_case_is_ready_or_not_as_the_table_says);
	tcase_add_test(tc, select3_what_nothing_can_end_waits_for_ever);
	tcase_add_test(tc, default_alone_is_taken);
	tcase_add_test(tc, default_beats_a_timeout_but_no_channel);
	tcase_add_test(tc, a_timeout_fires_when_nothing_else_can);
	tcase_add_test(tc, a_short_timeout_does_not_wait_for_a_long_one);
	tcase_add_test(tc, select_first_takes_the_first_ready_one);
	tcase_add_test(tc, ready_cases_are_equally_likely);
	tcase_add_test(tc, a_channel_may_stand_in_several_cases);
	tcase_add_test(tc, self_select_does_not_meet_itself);
	tcase_add_test(tc, operands_are_evaluated_once_and_in_order);
	tcase_add_test(tc, sixteen_cases_fit);
	tcase_add_test(tc, an_array_may_have_hundreds_of_cases);
	tcase_add_test(tc, send_from_reads_its_value_when_it_is_taken);
	tcase_add_test(tc, ends_of_channels_take_their_cases);
	return run_suite(s);
}
