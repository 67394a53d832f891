// SPDX-License-Identifier: MIT
//
// What a channel and a select must do, one scene at a time: the cases that
// other implementations once got wrong.

#include <stdio.h>
#include <unistd.h>

#include "chan_blocked.h"

typedef go_chan(int) int_chan;

// What two selects leave behind on a channel that neither is served by is
// nothing, or it would grow by that with each.

enum { SELECTS = 100000 };

static void
feed(int_chan c, int n)
{
	for (int i = 0; i < n; i++)
		go_send(c, i);
}

// select_beside asserts once: an assertion takes memory, and a sanitizer keeps
// what was freed.
static void
select_beside(int_chan used, int_chan idle)
{
	int v, n = 0;

	for (int i = 0; i < SELECTS; i++)
		n += go_select(go_on_recv(idle, &v), go_on_recv(used, &v),
			       go_on_send(idle, 1)) == 1;
	ck_assert_int_eq(n, SELECTS);
}

static long
resident_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%*d %ld", &pages), 1);
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}

START_TEST(select2_cases_not_taken_leave_nothing_behind)
{
	enum { MOST = SELECTS * 16 };  // less than any record of a wait
	int_chan used = go_chan_make(int, 0), idle = go_chan_make(int, 0);
	go_waitgroup wg = {0};
	long before = 0;

	for (int round = 0; round < 2; round++) {
		before = round == 0 ? 0 : resident_bytes();
		go_wg_go(&wg, feed, used, SELECTS);
		select_beside(used, idle);
		go_wg_wait(&wg);
		ck_assert_uint_eq(
			queued(&go__chan_of((go__chan_ref)idle)->lock,
			       &go__chan_of((go__chan_ref)idle)->receivers),
			0);
	}
	ck_assert_int_lt(resident_bytes() - before, MOST);
	go_chan_release(used);
	go_chan_release(idle);
}

// Some of those in a queue are selects that are served elsewhere: they leave
// it, from wherever they stood, and the others move up in their order. Whoever
// comes once they have left stands behind the others.

enum { STANDING = 5, ALL };

struct stand {
	int_chan c, own;
	bool is_select, is_send;
	int number, got;
};

static void
stand(struct stand *s)
{
	if (s->is_send && s->is_select)
		go_select(go_on_send(s->c, s->number),
			  go_on_recv(s->own, NULL));
	else if (s->is_send)
		go_send(s->c, s->number);
	else if (s->is_select)
		go_select(go_on_recv(s->own, NULL), go_on_recv(s->c, &s->got));
	else
		go_recv(s->c, &s->got);
}

static void
await_length(const struct stand *s, size_t n)
{
	if (s->is_send)
		await_senders(s->c, n);
	else
		await_receivers(s->c, n);
}

// line_up has the selects of a set of bits, and plain ones, stand in a queue.
static void
line_up(struct stand *s, go_waitgroup *wg, bool is_send, unsigned selects)
{
	int_chan c = go_chan_make(int, 0);

	for (int i = 0; i < ALL; i++)
		s[i] = (struct stand){
			c, go_chan_make(int, 0), selects >> i & 1, is_send, i,
			-1};
	for (size_t i = 0; i < STANDING; i++) {
		go_wg_go(wg, stand, &s[i]);
		await_length(&s[i], i + 1);
	}
}

// serve_elsewhere serves the selects, each when the one before is gone if that
// is so wished; otherwise some may not have left yet.
static void
serve_elsewhere(struct stand *s, bool last_first, bool one_by_one)
{
	size_t n = STANDING;

	for (int i = 0; i < STANDING; i++) {
		struct stand *one = &s[last_first ? STANDING - 1 - i : i];

		if (!one->is_select)
			continue;
		ck_assert(go_try_send(one->own, 1));
		n--;
		if (one_by_one)
			await_length(one, n);
	}
}

static void
expect_order(bool is_send, unsigned selects, bool last_first, bool one_by_one)
{
	struct stand s[ALL];
	go_waitgroup wg = {0};
	int v, n = one_by_one ? ALL : STANDING;

	line_up(s, &wg, is_send, selects);
	serve_elsewhere(s, last_first, one_by_one);
	if (one_by_one) {
		go_wg_go(&wg, stand, &s[STANDING]);
		await_length(s, (size_t)(ALL - __builtin_popcount(selects)));
	}
	for (int i = 0; i < n; i++) {
		if (s[i].is_select)
			continue;
		if (is_send)
			ck_assert(go_try_recv(s[i].c, &v) && v == i);
		else
			ck_assert(go_try_send(s[i].c, 100 + i));
	}
	ck_assert(!go_try_recv(s[0].c, &v) && !go_try_send(s[0].c, 1));
	go_wg_wait(&wg);
	for (int i = 0; i < n && !is_send; i++)
		ck_assert_int_eq(s[i].got, s[i].is_select ? -1 : 100 + i);
	for (int i = 0; i < ALL; i++)
		go_chan_release(s[i].own);
	go_chan_release(s[0].c);
}

START_TEST(select6_the_queue_is_whole_after_some_left_it)
{
	for (unsigned selects = 0; selects < 1U << STANDING; selects++)
		for (int k = 0; k < 8; k++)
			expect_order(k & 1, selects, k & 2, k & 4);
}

// A value that nobody wants to have is received all the same.

static void
send_two(int_chan c, int how)
{
	int_chan nil = NULL;

	for (int i = 1; i <= 2; i++) {
		if (how == 0)
			go_send(c, i);
		else if (how == 1)
			go_select(go_on_send(c, i));
		else
			go_select(go_on_send(c, i), go_on_send(nil, i));
	}
}

static void
discard(int_chan c, int how)
{
	int_chan nil = NULL;
	bool ok = false;

	if (how == 0)
		ok = go_recv(c, NULL);
	else if (how == 1)
		go_select(go_on_recv(c, NULL, &ok));
	else
		go_select(go_on_recv(nil, NULL), go_on_recv(c, NULL, &ok));
	ck_assert(ok);
}

static void
expect_discarded(size_t capacity, int how_send, int how_recv, bool recv_first)
{
	int_chan c = go_chan_make(int, capacity);
	go_waitgroup wg = {0};
	int v;

	if (recv_first) {
		go_wg_go(&wg, discard, c, how_recv);
		await_receivers(c, 1);
		go_wg_go(&wg, send_two, c, how_send);
	} else {
		go_wg_go(&wg, send_two, c, how_send);
		if (capacity < 2)
			await_senders(c, 1);
		discard(c, how_recv);
	}
	ck_assert(go_recv(c, &v));
	ck_assert_int_eq(v, 2);
	go_wg_wait(&wg);
	ck_assert(!go_try_recv(c, NULL));
	go_chan_release(c);
}

START_TEST(select7_a_value_discarded_is_received)
{
	for (size_t capacity = 0; capacity < 3; capacity++)
		for (int k = 0; k < 18; k++)
			expect_discarded(capacity, k % 3, k / 3 % 3, k / 9);
}

static void
meet_the_other(int_chan c, int me, go_atomic_int32 *n_met_self)
{
	int v, n = 0;

	for (int i = 0; i < 1000; i++) {
		v = -1;
		if (me == 0 || i % 2 == 0)
			go_select(go_on_send(c, me), go_on_recv(c, &v));
		else
			go_select(go_on_recv(c, &v), go_on_send(c, me));
		n += v == me;
	}
	go_atomic_add(n_met_self, n);
}

START_TEST(self_select_meets_the_other_one)
{
	go_atomic_int32 n_met_self = {0};
	go_waitgroup wg = {0};
	int_chan c;

	// With room for values one may well receive one's own.
	for (size_t capacity = 0; capacity <= 10; capacity += 10) {
		c = go_chan_make(int, capacity);
		for (int me = 0; me < 2; me++)
			go_wg_go(&wg, meet_the_other, c, me, &n_met_self);
		go_wg_wait(&wg);
		if (capacity == 0)
			ck_assert_int_eq(go_atomic_load(&n_met_self), 0);
		go_chan_release(c);
	}
}

static void
wait_twice_at(int_chan c, int_chan d, int_chan e)
{
	ck_assert_uint_eq(go_select(go_on_recv(c, NULL), go_on_recv(d, NULL),
				    go_on_recv(c, NULL)),
			  1);
	go_send(e, 9);
}

static void
wait_once_at(int_chan c, int_chan e)
{
	int v = 0;

	go_recv(c, &v);
	go_send(e, v);
}

// Leaving a queue in which it stands twice, with another between or behind, a
// select takes just itself away.
START_TEST(select_duplicate_cases_leave_others_in_the_queue)
{
	int_chan c = go_chan_make(int, 0), d = go_chan_make(int, 0);
	int_chan e = go_chan_make(int, 0);
	int v;

	for (int n = 0; n < 3; n++) {
		for (int i = 0; i < n; i++) {
			go(wait_once_at, c, e);
			await_receivers(c, (size_t)i + 1);
		}
		go(wait_twice_at, c, d, e);
		await_receivers(c, (size_t)n + 2);
		go(wait_once_at, c, e);
		await_receivers(c, (size_t)n + 3);
		go_send(d, 7);
		ck_assert(go_recv(e, &v) && v == 9);
		for (int i = 0; i <= n; i++) {
			ck_assert(go_try_send(c, 20 + i));
			ck_assert(go_recv(e, &v) && v == 20 + i);
		}
		ck_assert(!go_try_send(c, 1));
	}
	go_chan_release(c);
	go_chan_release(d);
	go_chan_release(e);
}

// Of TRIALS between two that are ready one gets TRIALS/2, give or take 5
// standard deviations of sqrt(TRIALS)/2 each. The binomial distribution goes
// beyond that in 5.6 of ten million runs: a red test is a skewed choice. A coin
// of 0.525 passes in 3 of them.
START_TEST(select_fairness_is_that_of_a_coin)
{
	enum { TRIALS = 40000, MOST = 500 };
	int_chan c[2], idle[2];
	int n = 0, v;

	for (int i = 0; i < 2; i++) {
		c[i] = go_chan_make(int, TRIALS);
		idle[i] = go_chan_make(int, 0);
		feed(c[i], TRIALS);
	}
	for (int i = 0; i < TRIALS; i++) {
		size_t taken = go_select(
			go_on_recv(idle[0], &v), go_on_recv(c[0], &v),
			go_on_recv(c[1], &v), go_on_recv(idle[1], &v));

		ck_assert(taken == 1 || taken == 2);
		n += taken == 1;
	}
	ck_assert_int_le(abs(n - TRIALS / 2), MOST);
	for (int i = 0; i < 2; i++) {
		go_chan_release(c[i]);
		go_chan_release(idle[i]);
	}
}

// 200,000 waiters, ten each of so many selects, leave one queue from all over
// it. If each had to be looked for that would be 10^10 steps from one place in
// memory to another, minutes; it takes a fraction of a second.

enum { CROWD = 20000, CASES = 10 };

static go_chan(go_unit) exits[CROWD];

static void
stand_in_crowd(int_chan c, int i, go_waitgroup *up)
{
	go_wg_done(up);
	ck_assert_uint_eq(go_select(go_on_recv(c, NULL), go_on_recv(c, NULL),
				    go_on_recv(c, NULL), go_on_recv(c, NULL),
				    go_on_recv(c, NULL), go_on_recv(c, NULL),
				    go_on_recv(c, NULL), go_on_recv(c, NULL),
				    go_on_recv(c, NULL), go_on_recv(c, NULL),
				    go_on_recv(exits[i], NULL)),
			  CASES);
}

START_TEST(chanlinear_leaving_a_long_queue_is_no_search)
{
	int_chan c = go_chan_make(int, 0);
	go_waitgroup up = {0}, all = {0};

	go_wg_add(&up, CROWD);
	for (int i = 0; i < CROWD; i++) {
		exits[i] = go_chan_make(go_unit, 0);
		go_wg_go(&all, stand_in_crowd, c, i, &up);
	}
	go_wg_wait(&up);
	await_receivers(c, CROWD * CASES);
	for (int i = 0; i < CROWD; i++)
		go_close(exits[i * 7919 % CROWD]);  // a prime: each once
	go_wg_wait(&all);
	await_receivers(c, 0);
	for (int i = 0; i < CROWD; i++)
		go_chan_release(exits[i]);
	go_chan_release(c);
}

struct nothing {
	char b[0];
};

static void
send_nothing(go_chan(struct nothing) c)
{
	struct nothing v = {};

	go_send(c, v);
}

START_TEST(zerosize_channels_of_any_capacity_work)
{
	go_waitgroup wg = {0};
	go_chan(struct nothing) c;
	struct nothing v = {};

	for (size_t capacity = 0; capacity < 3; capacity++) {
		c = go_chan_make(struct nothing, capacity);
		for (size_t i = 0; i < capacity; i++)
			ck_assert(go_try_send(c, v));
		ck_assert(!go_try_send(c, v));
		go_wg_go(&wg, send_nothing, c);
		await_senders(c, 1);
		for (size_t i = 0; i <= capacity; i++)
			ck_assert(go_recv(c, &v));
		ck_assert(!go_try_recv(c, &v));
		go_wg_wait(&wg);
		go_close(c);
		ck_assert(!go_recv(c, &v));
		go_chan_release(c);
	}
}

int
main(void)
{
	Suite *s = suite_create("conform");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, select2_cases_not_taken_leave_nothing_behind);
	tcase_add_test(tc, select6_the_queue_is_whole_after_some_left_it);
	tcase_add_test(tc, select7_a_value_discarded_is_received);
	tcase_add_test(tc, self_select_meets_the_other_one);
	tcase_add_test(tc, select_duplicate_cases_leave_others_in_the_queue);
	tcase_add_test(tc, select_fairness_is_that_of_a_coin);
	tcase_add_test(tc, chanlinear_leaving_a_long_queue_is_no_search);
	tcase_add_test(tc, zerosize_channels_of_any_capacity_work);
	return run_suite(s);
}
