// SPDX-License-Identifier: MIT
//
// Stacks: their sizes, their reuse, their guards.

#include "rt/stack.h"

#include "rt/g.h"
#include "rt/os.h"
#include "rt/park.h"
#include "rt/slab.h"
#include "suite.h"

START_TEST(a_stack_has_its_size_and_its_goroutine_on_top)
{
	static const size_t asked[] = {
		1,       16 << 10, (16 << 10) + 1, 100000,
		1 << 18, 1 << 20,  (8 << 20) + 1,  STACK_MAX,
	};
	struct g *g;

	for (size_t i = 0; i < COUNT(asked); i++) {
		g = go__stack_new(asked[i]);
		ck_assert_ptr_nonnull(g);
		ck_assert_ptr_eq(g->stack + g->stack_size, (char *)g);
		ck_assert_uint_eq((uintptr_t)g % 64, 0);
		ck_assert_uint_eq((uintptr_t)g->stack % go__os_page(), 0);
		ck_assert_uint_ge(g->stack_size - go__os_page(), asked[i]);
		go__stack_free(g);
	}
	g = go__stack_new(0);
	ck_assert_uint_eq(go__stack_size(g), STACK_DEFAULT);
	ck_assert_uint_ge(g->stack_size - go__os_page() + SLAB_OVERHEAD,
			  STACK_DEFAULT);
	go__stack_free(g);
	ck_assert_ptr_null(go__stack_new(STACK_MAX + 1));
	ck_assert_ptr_null(go__stack_new(SIZE_MAX));
}

enum { N = 200, SMALL = 4 << 10 };

START_TEST(stacks_do_not_overlap)
{
	struct g *g[N];
	size_t usable;

	for (int i = 0; i < N; i++) {
		g[i] = go__stack_new(i % 2 ? SMALL : STACK_DEFAULT);
		ck_assert_ptr_nonnull(g[i]);
		usable = g[i]->stack_size - go__os_page();
		memset(g[i]->stack + go__os_page(), i, usable);
	}
	for (int i = 0; i < N; i++) {
		usable = g[i]->stack_size - go__os_page();
		for (size_t k = 0; k < usable; k++)
			if (g[i]->stack[go__os_page() + k] != (char)i)
				ck_abort_msg("stack %d, byte %zu", i, k);
		go__stack_free(g[i]);
	}
}

START_TEST(what_was_freed_last_is_used_first)
{
	struct g *a = go__stack_new(0), *b = go__stack_new(0);
	struct g *small = go__stack_new(SMALL);

	ck_assert_ptr_ne(a, b);
	go__stack_free(a);
	go__stack_free(b);
	go__stack_free(small);
	ck_assert_ptr_eq(go__stack_new(0), b);
	ck_assert_ptr_eq(go__stack_new(0), a);
	ck_assert_ptr_eq(go__stack_new(1), small);
}

enum { CROWD = 1000, ROUNDS = 20 };

static void
count(struct g *g, void *n)
{
	(void)g;
	++*(int *)n;
}

static void
end(void)
{
}

static void
start_crowd(void)
{
	go_waitgroup wg = {0};

	for (int i = 0; i < CROWD; i++)
		go_wg_go(&wg, end);
	go_wg_wait(&wg);
}

// Goroutines that are started on one processor and end on another take no more
// stacks than there are at once, and what the caches hold.
START_TEST(stacks_go_round)
{
	int n = 0;

	go_procs(4);
	for (int i = 0; i < ROUNDS; i++)
		start_crowd();
	go__stack_each(count, &n);
	ck_assert_int_le(n, CROWD + 4 * STACK_CACHE + 4);
}

static void
start_inner(int n)
{
	go_waitgroup wg = {0};

	if (n > 0)
		go_wg_go(&wg, start_inner, n - 1);
	go_wg_wait(&wg);
}

// A processor's last one is its next one.
START_TEST(one_after_the_other_needs_no_more_than_a_few)
{
	int n = 0;
	go_waitgroup wg = {0};

	go_procs(1);
	go_wg_go(&wg, start_inner, 5);  // six at once
	go_wg_wait(&wg);
	for (int i = 0; i < 10 * CROWD; i++) {
		go_wg_go(&wg, end);
		go_wg_wait(&wg);
	}
	go__stack_each(count, &n);
	// A few more if the monitor gave the processor to another thread.
	ck_assert_int_le(n, STACK_CACHE);
}

static void
tell_size(go_sender(size_t) to)
{
	go_send(to, go__stack_size(go__self()));
}

START_TEST(a_size_too_small_is_the_least)
{
	static const size_t asked[] = {1, 3, 4095, 4096};
	go_chan(size_t) c = go_chan_make(size_t, 0);
	size_t size, least = 0;

	for (size_t i = 0; i < COUNT(asked); i++) {
		go_with(GO_ATTR(.stack_size = asked[i]), tell_size,
			go_send_only(c));
		go_recv(c, &size);
		if (i == 0)
			least = size;
		ck_assert_uint_eq(size, least);
		ck_assert_uint_ge(size, asked[i]);
	}
}

static void
ask_for_too_much(const char *shift)
{
	go_with(GO_ATTR(.stack_size = (size_t)1 << atoi(shift)), end);
}

START_TEST(a_size_too_large_panics_with_a_sentence)
{
	static const char *const shifts[] = {"31", "60", "63"};
	static struct ending e;
	char text[200];

	for (size_t i = 0; i < COUNT(shifts); i++) {
		run_child(&e, ask_for_too_much, shifts[i]);
		snprintf(text, sizeof text,
			 "panic: go_with: a stack of %zu bytes is over the "
			 "limit of 1 GB, tests/rt/stack_test.c:",
			 (size_t)1 << atoi(shifts[i]));
		expect_abort(&e, text);
	}
}

static void
touch(const char *offset)
{
	struct g *g = go__stack_new(0);

	((volatile char *)g->stack)[atoi(offset)] = 1;
}

START_TEST(the_guard_and_nothing_else_faults)
{
	static const struct {
		const char *offset;
		bool faults;
	} rows[] = {
		{"0", true}, {"1000", true}, {"4095", true}, {"4096", false}};
	struct ending e;

	for (size_t i = 0; i < COUNT(rows); i++) {
		run_child(&e, touch, rows[i].offset);
		if (rows[i].faults)
			ck_assert(WIFSIGNALED(e.status) &&
				  WTERMSIG(e.status) == SIGSEGV);
		else
			ck_assert_int_eq(e.status, 0);
	}
}

static volatile int bottom = -1;

static __attribute__((noinline)) int
recurse(int depth)
{
	volatile char frame[512];

	frame[0] = (char)depth;
	return depth == bottom ? 0 : recurse(depth + 1) + frame[0];
}

static void
overflow(const char *unused)
{
	(void)unused;
	go(recurse, 0);
	go_select(go_on_timeout(GO_HOUR));
}

START_TEST(a_goroutine_that_recurses_too_deep_faults)
{
	struct ending e;

	run_child(&e, overflow, NULL);
	ck_assert_msg(WIFSIGNALED(e.status) && WTERMSIG(e.status) == SIGSEGV,
		      "status %#x: %s", e.status, e.said);
}

static void
wait_for(go_chan(go_unit) c)
{
	go_recv(c, NULL);
}

// short_of_memory fills the address space with stacks. The thread that runs
// goroutines exists before.
static void
short_of_memory(const char *unused)
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);
	struct rlimit limit = {(rlim_t)4 << 30, (rlim_t)4 << 30};
	go_error *err = NULL;
	int n;

	(void)unused;
	go_procs(1);
	go(wait_for, gate);
	go_select(go_on_timeout(GO_MILLISECOND));
	setrlimit(RLIMIT_AS, &limit);
	for (n = 0; err == NULL && n < 1000000; n++)
		err = go_try_start(wait_for, gate);
	if (go_error_is(err, GO_NO_MEMORY) && n > 1000)
		fprintf(stderr, "refused\n");
	// Those that there are go on.
	go_close(gate);
	while (go_count() > 1)
		go_yield();
	if (go_try_start(wait_for, gate) == NULL)
		fprintf(stderr, "recovered\n");
	while (go_count() > 1)
		go_yield();
}

START_TEST(without_memory_try_start_refuses)
{
	struct ending e;

	run_child(&e, short_of_memory, NULL);
	// No thread can be had either, if one more is needed: that is said.
	ck_assert_ptr_ne(strstr(e.said, "refused\n"), NULL);
	ck_assert_ptr_ne(strstr(e.said, "recovered\n"), NULL);
	ck_assert_int_eq(e.status, 0);
}

int
main(void)
{
	Suite *s = suite_create("stack");
	TCase *tc = tcase_create("all"), *native = tcase_create("native");
	TCase *order = tcase_create("order");

	suite_add_tcase(s, tc);
	suite_add_tcase(s, order);
	tcase_set_tags(order, "order");  // not under stress
	tcase_set_timeout(tc, 20);
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");  // not under an emulator
	tcase_set_timeout(native, 20);
	tcase_add_test(tc, a_stack_has_its_size_and_its_goroutine_on_top);
	tcase_add_test(tc, stacks_do_not_overlap);
	tcase_add_test(order, what_was_freed_last_is_used_first);
	tcase_add_test(tc, stacks_go_round);
	tcase_add_test(order, one_after_the_other_needs_no_more_than_a_few);
	tcase_add_test(tc, a_size_too_small_is_the_least);
	tcase_add_test(tc, a_size_too_large_panics_with_a_sentence);
	tcase_add_test(native, the_guard_and_nothing_else_faults);
	tcase_add_test(native, a_goroutine_that_recurses_too_deep_faults);
	if (!IS_SANITIZED)  // their own mappings exceed any limit
		tcase_add_test(native, without_memory_try_start_refuses);
	return run_suite(s);
}
