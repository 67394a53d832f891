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

START_TEST(nonblock_a_call_blocks_or_answers_as_the_table_says)
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

// struct ops are the calls on channels of one size of element.
struct ops {
	size_t size;
	void *(*make)(size_t capacity);
	bool (*send)(void *c, const void *v);
	bool (*recv)(void *c, void *v);
	bool (*try_send)(void *c, const void *v);
	bool (*try_recv)(void *c, void *v);
};

#define CHAN_OF(c, N) ((go_chan(struct bytes##N))(uintptr_t)(c))
#define OPS(N)                                                                 \
	struct bytes##N {                                                      \
		char b[N];                                                     \
	};                                                                     \
	static void *make##N(size_t capacity)                                  \
	{                                                                      \
		return (void *)(uintptr_t)go_chan_make(struct bytes##N,        \
						       capacity);              \
	}                                                                      \
	static bool send##N(void *c, const void *v)                            \
	{                                                                      \
		return go_send(CHAN_OF(c, N), *(const struct bytes##N *)v);    \
	}                                                                      \
	static bool recv##N(void *c, void *v)                                  \
	{                                                                      \
		return go_recv(CHAN_OF(c, N), (struct bytes##N *)v);           \
	}                                                                      \
	static bool try_send##N(void *c, const void *v)                        \
	{                                                                      \
		return go_try_send(CHAN_OF(c, N),                              \
				   *(const struct bytes##N *)v);               \
	}                                                                      \
	static bool try_recv##N(void *c, void *v)                              \
	{                                                                      \
		return go_try_recv(CHAN_OF(c, N), (struct bytes##N *)v);       \
	}
#define ROW(N)                                                                 \
	{                                                                      \
		N, make##N, send##N, recv##N, try_send##N, try_recv##N         \
	}

OPS(1)
OPS(2)
OPS(4)
OPS(8)
OPS(16)
OPS(24)
OPS(64)
OPS(4096)

static const struct ops sizes[] = {ROW(1),  ROW(2),  ROW(4),  ROW(8),
				   ROW(16), ROW(24), ROW(64), ROW(4096)};

enum { LARGEST = 4096 };

struct partner {
	const struct ops *ops;
	void *c;
	char v[LARGEST];
	bool ok;
};

static void
send_it(struct partner *p)
{
	p->ok = p->ops->send(p->c, p->v);
}

static void
recv_it(struct partner *p)
{
	p->ok = p->ops->recv(p->c, p->v);
}

// try_alone expects what a channel answers while nobody else is there.
static void
try_alone(const struct ops *ops, void *c, size_t capacity)
{
	char v[LARGEST], got[LARGEST], old[LARGEST];

	memset(old, 0x11, sizeof old);
	memset(got, 0x11, sizeof got);
	ck_assert(!ops->try_recv(c, got));
	ck_assert_mem_eq(got, old, sizeof got);
	for (size_t i = 0; i < capacity; i++) {
		memset(v, 0x20 + (int)i, sizeof v);
		ck_assert(ops->try_send(c, v));
	}
	ck_assert(!ops->try_send(c, v));
	for (size_t i = 0; i < capacity; i++) {
		memset(v, 0x20 + (int)i, ops->size);
		ck_assert(ops->try_recv(c, got));
		ck_assert_mem_eq(got, v, ops->size);
	}
	// Not a byte behind the element was touched.
	ck_assert_mem_eq(got + ops->size, old, sizeof got - ops->size);
	ck_assert(!ops->try_recv(c, got));
}

static void
try_with_partner(const struct ops *ops, void *c, size_t capacity)
{
	struct partner p = {.ops = ops, .c = c};
	go_waitgroup wg = {0};
	char v[LARGEST], got[LARGEST];

	memset(v, 0x5a, sizeof v);
	go_wg_go(&wg, recv_it, &p);
	await_receivers(c, 1);
	ck_assert(ops->try_send(c, v));
	go_wg_wait(&wg);
	ck_assert(p.ok);
	ck_assert_mem_eq(p.v, v, ops->size);
	for (size_t i = 0; i < capacity; i++)
		ck_assert(ops->try_send(c, v));
	memset(p.v, 0x6b, sizeof p.v);
	go_wg_go(&wg, send_it, &p);
	await_senders(c, 1);
	for (size_t i = 0; i <= capacity; i++) {
		ck_assert(ops->try_recv(c, got));
		ck_assert_mem_eq(got, i < capacity ? v : p.v, ops->size);
	}
	go_wg_wait(&wg);
	ck_assert(p.ok);
	ck_assert(!ops->try_recv(c, got));
}

START_TEST(nonblock_elements_of_every_size_go_whole_or_not_at_all)
{
	void *c;

	for (size_t i = 0; i < COUNT(sizes); i++) {
		for (size_t capacity = 0; capacity < 4; capacity++) {
			c = sizes[i].make(capacity);
			try_alone(&sizes[i], c, capacity);
			try_with_partner(&sizes[i], c, capacity);
			go__chan_release((go__chan_ref)(uintptr_t)c);
		}
	}
}

int
main(void)
{
	Suite *s = suite_create("nonblock");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, nonblock_a_call_blocks_or_answers_as_the_table_says);
	tcase_add_test(tc, what_need_not_block_works_before_any_goroutine);
	tcase_add_test(tc, try_recv_of_nothing_leaves_the_variable_alone);
	tcase_add_test(tc, try_send_serves_a_waiting_receiver);
	tcase_add_test(tc, try_recv_serves_a_waiting_sender);
	tcase_add_test(tc, the_buffer_behaves_as_a_queue_of_its_capacity);
	tcase_add_test(tc,
		       nonblock_elements_of_every_size_go_whole_or_not_at_all);
	return run_suite(s);
}
