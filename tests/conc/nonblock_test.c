// SPDX-License-Identifier: MIT
//
// Which calls block, which do not, and what those that do not answer.

#include <stdio.h>

#include "chan_blocked.h"

enum outcome { BLOCKS, YES, NO };
enum operation { SEND, RECV, TRY_SEND, TRY_RECV, OPERATIONS };

static const char *const names[] = {"send", "recv", "try_send", "try_recv"};

enum { NIL = -1 };

static const struct {
	int capacity;  // NIL: a NULL channel
	int n_buffered;
	bool is_closed;
	enum outcome want[OPERATIONS];
} rows[] = {
	{NIL, 0, false, {BLOCKS, BLOCKS, NO, NO}},
	{0, 0, false, {BLOCKS, BLOCKS, NO, NO}},
	{0, 0, true, {NO, NO, NO, NO}},
	{1, 0, false, {YES, BLOCKS, YES, NO}},
	{1, 1, false, {BLOCKS, YES, NO, YES}},
	{1, 0, true, {NO, NO, NO, NO}},
	{1, 1, true, {NO, YES, NO, YES}},
	{3, 0, false, {YES, BLOCKS, YES, NO}},
	{3, 2, false, {YES, YES, YES, YES}},
	{3, 3, false, {BLOCKS, YES, NO, YES}},
	{3, 2, true, {NO, YES, NO, YES}},
	{3, 3, true, {NO, YES, NO, YES}},
};

struct attempt {
	struct trial trial;
	enum operation operation;
	go_chan(int) c;
	int v;
	bool result;
};

static void
attempt(void *arg)
{
	struct attempt *a = arg;

	switch (a->operation) {
	case SEND:
		a->result = go_send(a->c, a->v);
		break;
	case RECV:
		a->result = go_recv(a->c, &a->v);
		break;
	case TRY_SEND:
		a->result = go_try_send(a->c, a->v);
		break;
	default:
		a->result = go_try_recv(a->c, &a->v);
	}
}

static go_chan(int) make(size_t row)
{
	go_chan(int) c;

	if (rows[row].capacity == NIL)
		return NULL;
	c = go_chan_make(int, (size_t)rows[row].capacity);
	ck_assert_ptr_nonnull((void *)(uintptr_t)c);
	for (int i = 0; i < rows[row].n_buffered; i++)
		ck_assert(go_try_send(c, i + 1));
	if (rows[row].is_closed)
		ck_assert(go_close(c));
	return c;
}

// Static: the goroutines that block keep theirs.
static struct attempt attempts[COUNT(rows)][OPERATIONS];

START_TEST(a_call_blocks_or_answers_as_the_table_says)
{
	enum outcome got;
	struct attempt *a;

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int op = 0; op < OPERATIONS; op++) {
			a = &attempts[i][op];
			a->operation = (enum operation)op;
			a->c = make(i);
			a->v = 99;
			got = BLOCKS;
			if (!blocks(&a->trial, attempt, a))
				got = a->result ? YES : NO;
			ck_assert_msg(got == rows[i].want[op],
				      "row %zu, %s: outcome %d, want %d", i,
				      names[op], got, rows[i].want[op]);
			if (got == YES && (op == RECV || op == TRY_RECV))
				ck_assert_int_eq(a->v, 1);
			if (got != BLOCKS)
				go_chan_release(a->c);
		}
	}
}

START_TEST(what_need_not_block_works_before_any_goroutine)
{
	go_chan(int) c = go_chan_make(int, 1);
	int v = 7;

	ck_assert(!go_try_recv(c, &v));
	ck_assert_int_eq(v, 7);
	ck_assert(go_try_send(c, 5));
	ck_assert(!go_try_send(c, 6));
	ck_assert(go_try_recv(c, &v));
	ck_assert_int_eq(v, 5);
	go_chan_release(c);
}

START_TEST(try_recv_of_nothing_leaves_the_variable_alone)
{
	go_chan(int) open = go_chan_make(int, 1), shut = go_chan_make(int, 1);
	int v = 7;

	ck_assert(!go_try_recv(open, &v));
	ck_assert_int_eq(v, 7);
	ck_assert(!go_try_recv((go_chan(int))NULL, &v));
	ck_assert_int_eq(v, 7);
	go_close(shut);
	ck_assert(!go_try_recv(shut, &v));
	ck_assert_int_eq(v, 0);
	go_chan_release(open);
	go_chan_release(shut);
}

static void
recv_into(go_chan(int) c, int *v, go_chan(go_unit) done)
{
	go_recv(c, v);
	go_send(done, GO_UNIT);
}

START_TEST(try_send_serves_a_waiting_receiver)
{
	go_chan(int) c = go_chan_make(int, 0);
	go_chan(go_unit) done = go_chan_make(go_unit, 0);
	int v = 0;

	go(recv_into, c, &v, done);
	await_receivers(c, 1);
	ck_assert(go_try_send(c, 42));
	ck_assert(!go_try_send(c, 43));
	go_recv(done, NULL);
	ck_assert_int_eq(v, 42);
	go_chan_release(c);
	go_chan_release(done);
}

static void
send_one(go_chan(int) c, int v, go_chan(go_unit) done)
{
	go_send(c, v);
	go_send(done, GO_UNIT);
}

START_TEST(try_recv_serves_a_waiting_sender)
{
	go_chan(int) c = go_chan_make(int, 0);
	go_chan(go_unit) done = go_chan_make(go_unit, 0);
	int v = 0;

	go(send_one, c, 42, done);
	await_senders(c, 1);
	ck_assert(go_try_recv(c, &v));
	ck_assert_int_eq(v, 42);
	ck_assert(!go_try_recv(c, &v));
	go_recv(done, NULL);
	go_chan_release(c);
	go_chan_release(done);
}

START_TEST(the_buffer_behaves_as_a_queue_of_its_capacity)
{
	enum { MOST = 9, STEPS = 20000 };
	unsigned seed = test_seed();
	int next_in = 0, next_out = 0, v;
	size_t capacity, n;
	go_chan(int) c;
	bool ok;

	for (capacity = 1; capacity <= MOST; capacity++) {
		c = go_chan_make(int, capacity);
		next_in = next_out = 0;
		for (int i = 0; i < STEPS / MOST; i++) {
			n = (size_t)(next_in - next_out);
			if (rand_r(&seed) % 2) {
				ok = go_try_send(c, next_in);
				ck_assert(ok == (n < capacity));
				next_in += ok;
			} else {
				ok = go_try_recv(c, &v);
				ck_assert(ok == (n > 0));
				ck_assert(!ok || v == next_out);
				next_out += ok;
			}
			ck_assert_uint_eq(go_chan_len(c),
					  (size_t)(next_in - next_out));
			ck_assert_uint_eq(go_chan_cap(c), capacity);
		}
		go_chan_release(c);
	}
}

int
main(void)
{
	Suite *s = suite_create("nonblock");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, a_call_blocks_or_answers_as_the_table_says);
	tcase_add_test(tc, what_need_not_block_works_before_any_goroutine);
	tcase_add_test(tc, try_recv_of_nothing_leaves_the_variable_alone);
	tcase_add_test(tc, try_send_serves_a_waiting_receiver);
	tcase_add_test(tc, try_recv_serves_a_waiting_sender);
	tcase_add_test(tc, the_buffer_behaves_as_a_queue_of_its_capacity);
	return run_suite(s);
}
