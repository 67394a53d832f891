// SPDX-License-Identifier: MIT
//
// The life of goroutines: names, numbers, ends.

#include <pthread.h>
#include <stdint.h>

#include "suite.h"

static go_waitgroup wg;

static void
store_id(uint64_t *id)
{
	*id = go_id();
}

static void *
thread_stores_id(void *id)
{
	store_id(id);
	return NULL;
}

START_TEST(main_is_1_and_no_two_are_the_same)
{
	enum { N = 1000 };
	static uint64_t ids[N];
	uint64_t id = 99;
	pthread_t thread;

	ck_assert_uint_eq(go_id(), 1);
	for (int i = 0; i < N; i++)
		go_wg_go(&wg, store_id, &ids[i]);
	go_wg_wait(&wg);
	ck_assert_uint_eq(go_id(), 1);
	for (int i = 0; i < N; i++) {
		ck_assert_uint_gt(ids[i], 1);
		for (int k = 0; k < i; k++)
			ck_assert(ids[i] != ids[k]);
	}
	pthread_create(&thread, NULL, thread_stores_id, &id);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(id, 0);
}

static void
wait_for(go_receiver(go_unit) gate)
{
	go_recv(gate, NULL);
}

START_TEST(the_count_is_of_those_alive)
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);

	ck_assert_uint_eq(go_count(), 1);
	for (size_t i = 0; i < 100; i++) {
		ck_assert_uint_eq(go_count(), 1 + i);
		go_wg_go(&wg, wait_for, go_recv_only(gate));
	}
	ck_assert_uint_eq(go_count(), 101);
	go_close(gate);
	go_wg_wait(&wg);
	while (go_count() > 1)
		go_yield();
	go_chan_release(gate);
}

static void
set_flag(go_atomic_bool *flag)
{
	go_atomic_store(flag, true);
}

START_TEST(goroutines_run_although_main_never_blocks)
{
	go_atomic_bool flag = {0};

	go(set_flag, &flag);
	while (!go_atomic_load(&flag))
		;
}

static bool went_on;
// The compiler is not to know that it never returns.
static void (*volatile leave)(void) = go_exit;

static void
exit_deep_down(int depth)
{
	if (depth > 0)
		exit_deep_down(depth - 1);
	else
		leave();
	went_on = true;
}

START_TEST(exit_ends_the_goroutine_from_any_depth)
{
	for (int i = 0; i < 100; i++)
		go_wg_go(&wg, exit_deep_down, i);
	go_wg_wait(&wg);
	ck_assert(!went_on);
	while (go_count() > 1)
		go_yield();
}

static void
say_and_end(go_chan(go_unit) c)
{
	go_select(go_on_recv(c, NULL), go_on_timeout(GO_MILLISECOND));
	fputs("went on\n", stderr);
	_exit(3);
}

static void
exit_beside_another(const char *arg)
{
	(void)arg;
	go(say_and_end, go_chan_make(go_unit, 0));
	leave();
}

static void
exit_main(const char *arg)
{
	(void)arg;
	leave();
}

START_TEST(when_main_exits_the_others_go_on)
{
	struct ending e;

	run_child(&e, exit_beside_another, NULL);
	ck_assert_str_eq(e.said, "went on\n");
	ck_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 3);
}

static void *
exit_thread(void *arg)
{
	(void)arg;
	leave();
	return NULL;
}

static void
exit_in_thread(const char *arg)
{
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, exit_thread, NULL);
	pthread_join(thread, NULL);
}

START_TEST(an_exit_of_main_alone_is_a_deadlock)
{
	struct ending e;

	run_child(&e, exit_main, NULL);
	ck_assert_msg(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2,
		      "status %#x, want exit 2; it said: %s", e.status, e.said);
	ck_assert_ptr_nonnull(strstr(e.said, "asleep - deadlock!"));
	ck_assert_ptr_nonnull(strstr(e.said, "goroutine 1 [main has ended"));
}

START_TEST(a_plain_thread_may_not_exit)
{
	struct ending e;

	run_child(&e, exit_in_thread, NULL);
	expect_abort(&e, "panic: go_exit: a plain thread");
}

typedef void (*function)(void);
typedef go_error *(*fallible)(void);

static void
start_null(void)
{
	go((function)NULL);
}

static void
start_null_with(void)
{
	go_with(GO_ATTR(.name = "nobody"), (function)NULL);
}

static void
try_start_null(void)
{
	(void)!go_try_start((function)NULL);
}

static void
try_null(void)
{
	(void)!go_try((function)NULL);
}

static void
defer_null(void)
{
	go_defer(NULL, NULL);
}

static void
wait_for_null(void)
{
	go_wg_go(&wg, (function)NULL);
}

static go_group *group;

static void
group_null(void)
{
	(void)go_group_go(group, (fallible)NULL);
}

static void
once_null(void)
{
	static go_once once;

	go_once_do(&once, NULL);
}

static void
call_null_later(void)
{
	(void)go_after_func(GO_HOUR, (function)NULL);
}

static void
call_null_after_context(void)
{
	(void)!go_ctx_after_func(NULL, NULL, NULL);
}

START_TEST(a_function_that_is_null_is_refused)
{
	static const struct {
		void (*fn)(void);
		const char *call;
	} calls[] = {
		{start_null, "go"},
		{start_null_with, "go"},
		{try_start_null, "go"},
		{try_null, "go_try"},
		{defer_null, "go_defer"},
		{wait_for_null, "go_wg_go"},
		{group_null, "go_group_go"},
		{once_null, "go_once_do"},
		{call_null_later, "go_after_func"},
		{call_null_after_context, "go_ctx_after_func"},
	};
	char want[80];
	go_error *err;

	group = go_group_new(NULL);
	for (size_t i = 0; i < COUNT(calls); i++) {
		err = go_try(calls[i].fn);
		snprintf(want, sizeof want, "%s: the function is NULL",
			 calls[i].call);
		ck_assert_ptr_nonnull(err);
		ck_assert_msg(strncmp(go_error_text(err), want, strlen(want)) ==
				      0,
			      "%s: %s", calls[i].call, go_error_text(err));
		go_error_free(err);
	}
	go_wg_wait(&wg);  // nobody is counted
	ck_assert_ptr_null(go_group_wait(group));
	go_group_free(group);
}

static void
panic_now(int n)
{
	go_panic("value %d is %s", n, "wrong");
}

static void
panic_in_main(const char *arg)
{
	(void)arg;
	panic_now(7);
}

static void
panic_in_goroutine(const char *name)
{
	if (name != NULL)
		go_wg_go(&wg, panic_now, 8);
	else
		go_with(GO_ATTR(.name = "reader"), panic_now, 9);
	go_wg_add(&wg, 1);
	go_wg_wait(&wg);
}

static void *
thread_panics(void *arg)
{
	(void)arg;
	panic_now(10);
	return NULL;
}

static void
panic_in_thread(const char *arg)
{
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, thread_panics, NULL);
	pthread_join(thread, NULL);
}

static void
panic_at_length(const char *arg)
{
	char text[2000];

	(void)arg;
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	go_panic("%s", text);
}

START_TEST(a_panic_says_what_and_who)
{
	struct ending e;

	run_child(&e, panic_in_main, NULL);
	expect_abort(&e, "panic: value 7 is wrong\ngoroutine 1 (main)\n");
	run_child(&e, panic_in_goroutine, "its function");
	expect_abort(&e, "panic: value 8 is wrong\ngoroutine ");
	expect_abort(&e, " (panic_now), started at " __FILE__ ":");
	run_child(&e, panic_in_goroutine, NULL);
	expect_abort(&e, "panic: value 9 is wrong\ngoroutine ");
	expect_abort(&e, " (reader), started at ");
	run_child(&e, panic_in_thread, NULL);
	expect_abort(&e, "panic: value 10 is wrong\non a plain thread\n");
	run_child(&e, panic_at_length, NULL);
	expect_abort(&e, "panic: xxxxxxxx");
	expect_abort(&e, "goroutine 1 (main)");
}

static void
rename_and_panic(const char *name)
{
	go_set_name(name);
	go_panic("renamed");
}

static void
panic_renamed(const char *name)
{
	go_with(GO_ATTR(.name = "first"), rename_and_panic, name);
	go_wg_add(&wg, 1);
	go_wg_wait(&wg);
}

START_TEST(a_name_is_cut_to_31_bytes_and_may_be_taken_away)
{
	struct ending e;

	run_child(&e, panic_renamed, "second");
	expect_abort(&e, " (second), started at ");
	run_child(&e, panic_renamed, "0123456789012345678901234567890123456");
	expect_abort(&e, " (0123456789012345678901234567890), started at ");
	run_child(&e, panic_renamed, NULL);
	expect_abort(&e, " (rename_and_panic), started at ");
}

static void
ask_too_much(const char *arg)
{
	(void)arg;
	go_with(GO_ATTR(.stack_size = SIZE_MAX), set_flag, NULL);
}

START_TEST(a_stack_that_cannot_be_panics)
{
	struct ending e;

	run_child(&e, ask_too_much, NULL);
	expect_abort(&e, "panic: go_with: a stack of 18446744073709551615 "
			 "bytes is over the limit");
}

// use_stack touches size bytes of stack and more, and returns their sum.
static __attribute__((noinline)) long
use_stack(long size)
{
	volatile char block[1024];
	long sum;

	memset((char *)block, 1, sizeof block);
	sum = size > 1024 ? use_stack(size - 1024) : 0;
	for (size_t i = 0; i < sizeof block; i++)
		sum += block[i];
	return sum;
}

static void
dig(long size, go_chan(long) out)
{
	go_send(out, use_stack(size));
}

START_TEST(a_goroutine_recurses_as_deep_as_its_stack)
{
	// A sanitizer's frames are larger.
	const long part = IS_SANITIZED ? 8 : 2;
	go_chan(long) out = go_chan_make(long, 0);
	long sum;

	for (long size = 64 << 10; size <= 8 << 20; size *= 2) {
		go_with(GO_ATTR(.stack_size = (size_t)size), dig, size / part,
			out);
		ck_assert(go_recv(out, &sum));
		ck_assert_int_eq(sum, size / part);
	}
	go_chan_release(out);
}

static void
count_at_gate(go_receiver(go_unit) gate, go_atomic_int32 *n)
{
	go_recv(gate, NULL);
	go_atomic_add(n, 1);
}

START_TEST(a_hundred_thousand_live_at_once)
{
	const int n = IS_SANITIZED ? 2000 : 100000;
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);
	go_atomic_int32 woken = {0};

	for (int i = 0; i < n; i++)
		go_wg_go(&wg, count_at_gate, go_recv_only(gate), &woken);
	ck_assert_uint_eq(go_count(), (size_t)n + 1);
	go_close(gate);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&woken), n);
	go_chan_release(gate);
}

static void
branch(int depth, go_atomic_int32 *n)
{
	go_atomic_add(n, 1);
	for (int i = 0; depth > 0 && i < 4; i++)
		go_wg_go(&wg, branch, depth - 1, n);
}

START_TEST(goroutines_start_goroutines)
{
	go_atomic_int32 n = {0};

	go_wg_go(&wg, branch, 6, &n);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n), (4096 * 4 - 1) / 3);
}

static void
add_one(go_atomic_int32 *n)
{
	go_atomic_add(n, 1);
}

static void *
call_everything(void *arg)
{
	go_atomic_int32 *n = arg;
	go_chan(int) c = go_chan_make(int, 0);
	go_waitgroup own = {0};
	int v = 0;

	for (int i = 0; i < 100; i++) {
		go_wg_go(&own, add_one, n);
		go_yield();
		go_set_name("thread");
		if (go_id() != 0 || go_count() < 1 || go_procs(0) < 1)
			go_atomic_add(n, -1000000);
		go_select(go_on_recv(c, &v), go_on_timeout(GO_MICROSECOND));
	}
	go_wg_wait(&own);
	go_chan_release(c);
	return NULL;
}

START_TEST(plain_threads_call_everything)
{
	enum { THREADS = 4 };
	pthread_t threads[THREADS];
	go_atomic_int32 n = {0};

	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, call_everything, &n);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(go_atomic_load(&n), THREADS * 100);
}

int
main(void)
{
	Suite *s = suite_create("goroutine");
	TCase *tc = tcase_create("all"), *native = tcase_create("native");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");  // not under an emulator
	tcase_set_timeout(native, 20);
	tcase_add_test(tc, main_is_1_and_no_two_are_the_same);
	tcase_add_test(tc, the_count_is_of_those_alive);
	tcase_add_test(tc, goroutines_run_although_main_never_blocks);
	tcase_add_test(tc, exit_ends_the_goroutine_from_any_depth);
	if (!IS_SANITIZED)  // a sanitizer's own thread might wake somebody
		tcase_add_test(native, an_exit_of_main_alone_is_a_deadlock);
	tcase_add_test(tc, when_main_exits_the_others_go_on);
	tcase_add_test(tc, a_plain_thread_may_not_exit);
	tcase_add_test(tc, a_function_that_is_null_is_refused);
	tcase_add_test(tc, a_panic_says_what_and_who);
	tcase_add_test(tc, a_name_is_cut_to_31_bytes_and_may_be_taken_away);
	tcase_add_test(tc, a_stack_that_cannot_be_panics);
	tcase_add_test(tc, a_goroutine_recurses_as_deep_as_its_stack);
	tcase_add_test(tc, a_hundred_thousand_live_at_once);
	tcase_add_test(tc, goroutines_start_goroutines);
	tcase_add_test(tc, plain_threads_call_everything);
	return run_suite(s);
}
