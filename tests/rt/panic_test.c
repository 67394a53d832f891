// SPDX-License-Identifier: MIT
//
// Ends: what is deferred runs, panics stop at a go_try, exits at none. Each
// function here notes a letter when it runs; a test compares the whole word.

#include <pthread.h>
#include <stdint.h>

#include "suite.h"

static go_waitgroup wg;
static char trail[400];

static void
note(char c)
{
	size_t n = strlen(trail);

	ck_assert_uint_lt(n, sizeof trail - 1);
	trail[n] = c;
}

static void
note_arg(void *arg)
{
	note((char)(intptr_t)arg);
}

static void
defer(char c)
{
	go_defer(note_arg, (void *)(intptr_t)c);
}

static void
defer_text(void (*fn)(void *arg), const char *text)
{
	go_defer(fn, (void *)(uintptr_t)text);
}

// expect_error takes the reference.
static void
expect_error(go_error *e, const char *text)
{
	ck_assert_ptr_nonnull(e);
	ck_assert_str_eq(go_error_text(e), text);
	go_error_free(e);
}

// The compiler is not to know that these never return.
static void (*volatile leave)(void) = go_exit;
static void (*volatile panic)(const char *fmt, ...) = go_panic;

static void
panics(const char *text)
{
	panic("%s", text);
	note('!');
}

static void
exits(void)
{
	leave();
	note('!');
}

static void
returns(void)
{
	note('r');
}

START_TEST(a_try_of_what_returns_gives_no_error)
{
	ck_assert_ptr_null(go_try(returns));
	ck_assert_str_eq(trail, "r");
}

static void
add_up(int a, double b, const char *c, uint8_t d, bool e, long *sum)
{
	*sum = a + (long)b + (long)strlen(c) + d + e;
}

START_TEST(a_try_passes_arguments_as_a_call_does)
{
	long sum = 0;

	ck_assert_ptr_null(go_try(add_up, 1, 20, "xyz", 200, true, &sum));
	ck_assert_int_eq(sum, 1 + 20 + 3 + 200 + 1);
}

START_TEST(a_try_returns_the_panic_as_an_error)
{
	for (int i = 0; i < 100; i++)
		expect_error(go_try(panics, "100%s"), "100%s");
	ck_assert_str_eq(trail, "");
}

static void
fall(int depth)
{
	volatile char frame[200];

	frame[0] = '!';
	if (depth > 0)
		fall(depth - 1);
	else
		panic("the bottom");
	note(frame[0]);
}

START_TEST(a_panic_comes_from_any_depth)
{
	expect_error(go_try(fall, 200), "the bottom");
	ck_assert_str_eq(trail, "");
}

static void
defers_abcde(void)
{
	for (char c = 'a'; c <= 'e'; c++)
		defer(c);
	note('.');
}

START_TEST(the_last_deferred_runs_first)
{
	ck_assert_ptr_null(go_try(defers_abcde));
	ck_assert_str_eq(trail, ".edcba");
	go_wg_go(&wg, defers_abcde);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, ".edcba.edcba");
}

static void
defers_and_panics(char c, const char *text)
{
	defer(c);
	panic("%s", text);
}

static void
tries_within(void)
{
	defer('a');
	expect_error(go_try(defers_and_panics, 'b', "inner"), "inner");
	note('.');
	ck_assert_ptr_null(go_try(returns));
	defer('c');
}

START_TEST(what_was_deferred_outside_of_a_try_stays)
{
	ck_assert_ptr_null(go_try(tries_within));
	ck_assert_str_eq(trail, "b.rca");
	memset(trail, 0, sizeof trail);
	go_wg_go(&wg, tries_within);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "b.rca");
}

static void
panics_as_deferred(void *text)
{
	note('p');
	panic("%s", (const char *)text);
}

static void
panics_thrice(void)
{
	defer('a');
	defer_text(panics_as_deferred, "third");
	defer('b');
	defer_text(panics_as_deferred, "second");
	panic("first");
}

START_TEST(recursive_panic_the_last_takes_the_place_of_the_first)
{
	expect_error(go_try(panics_thrice), "third");
	ck_assert_str_eq(trail, "pbpa");
}

static void
returns_then_panics(void)
{
	defer('a');
	defer_text(panics_as_deferred, "late");
	note('r');
}

START_TEST(a_panic_of_something_deferred_by_what_returned_is_caught)
{
	expect_error(go_try(returns_then_panics), "late");
	ck_assert_str_eq(trail, "rpa");
}

static void
tries_as_deferred(void *arg)
{
	(void)arg;
	note('(');
	expect_error(go_try(panics, "inner"), "inner");
	ck_assert_ptr_null(go_try(returns));
	note(')');
}

static void
panics_over_a_try(void)
{
	defer('a');
	go_defer(tries_as_deferred, NULL);
	panic("outer");
}

START_TEST(something_deferred_may_try_while_a_panic_is_under_way)
{
	expect_error(go_try(panics_over_a_try), "outer");
	ck_assert_str_eq(trail, "(r)a");
}

static void
defers_as_deferred(void *arg)
{
	note('d');
	if ((intptr_t)arg > 0)
		go_defer(defers_as_deferred, (void *)((intptr_t)arg - 1));
}

static void
defers_deferrers(void)
{
	defer('a');
	go_defer(defers_as_deferred, (void *)5);
	defer('b');
}

START_TEST(something_deferred_may_defer)
{
	ck_assert_ptr_null(go_try(defers_deferrers));
	ck_assert_str_eq(trail, "bdddddda");
}

static void
free_error(void *e)
{
	go_error_free(e);
}

static void
passes_it_on(void)
{
	go_error *e = go_try(panics, "first");

	note('.');
	go_defer(free_error, e);
	panic("again: %s", go_error_text(e));
}

START_TEST(a_panic_may_be_passed_on)
{
	go_error *e = go_try(passes_it_on);

	expect_error(e, "again: first");
	ck_assert_str_eq(trail, ".");
}

enum { MANY = 100 };

static void
defers_many(bool shall_panic)
{
	for (int i = 0; i < MANY; i++)
		defer((char)('0' + i % 10));
	if (shall_panic)
		panic("many");
}

static void
expect_many(size_t times)
{
	ck_assert_uint_eq(strlen(trail), MANY * times);
	for (size_t i = 0; i < MANY * times; i++)
		ck_assert_int_eq(trail[i], '9' - (char)(i % 10));
}

START_TEST(a_hundred_are_deferred)
{
	ck_assert_ptr_null(go_try(defers_many, false));
	expect_error(go_try(defers_many, true), "many");
	go_wg_go(&wg, defers_many, false);
	go_wg_wait(&wg);
	expect_many(3);
}

// Exits.

static void
exits_after(char c)
{
	defer(c);
	exits();
}

static void
exits_through_tries(void)
{
	defer('a');
	go_error_free(go_try(exits_after, 'b'));
	note('!');
}

static void
exits_deep_through_tries(void)
{
	defer('c');
	go_error_free(go_try(exits_through_tries));
	note('!');
}

START_TEST(an_exit_passes_through_every_try)
{
	go_wg_go(&wg, exits_deep_through_tries);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "bac");
}

static void
exits_over_a_try(void)
{
	defer('a');
	go_defer(tries_as_deferred, NULL);
	defer('b');
	exits();
}

START_TEST(something_deferred_may_try_while_an_exit_is_under_way)
{
	go_wg_go(&wg, exits_over_a_try);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "b(r)a");
}

static void
exits_over_a_panic(void)
{
	defer('b');
	defer_text(panics_as_deferred, "taken");
	exits();
}

static void
takes_a_panic_of_an_exit(void)
{
	defer('a');
	go_error_free(go_try(exits_over_a_panic));
	note('!');
}

START_TEST(an_exit_goes_on_when_a_panic_on_its_way_is_taken)
{
	go_wg_go(&wg, takes_a_panic_of_an_exit);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "pba");
}

static void
exits_as_deferred(void *arg)
{
	(void)arg;
	note('e');
	exits();
}

static void
panics_over_an_exit(void)
{
	go_defer(exits_as_deferred, NULL);
	panic("forgotten");
}

static void
exits_out_of_a_panic(void)
{
	defer('a');
	go_error_free(go_try(panics_over_an_exit));
	note('!');
}

START_TEST(goexit_in_panic_an_exit_takes_its_place)
{
	go_wg_go(&wg, exits_out_of_a_panic);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "ea");
	memset(trail, 0, sizeof trail);
	go_wg_go(&wg, panics_over_an_exit);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "e");
}

static void
exits_over_an_exit(void)
{
	defer('a');
	go_defer(exits_as_deferred, NULL);
	defer('b');
	exits();
}

START_TEST(an_exit_within_an_exit_goes_on)
{
	go_wg_go(&wg, exits_over_an_exit);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "bea");
}

// The next goroutine lives on the stack of the last.
START_TEST(a_goroutine_begins_without_what_the_last_left)
{
	go_procs(1);
	for (int i = 0; i < 20; i++) {
		memset(trail, 0, sizeof trail);
		go_wg_go(&wg, exits_deep_through_tries);
		go_wg_wait(&wg);
		go_wg_go(&wg, tries_within);
		go_wg_wait(&wg);
		ck_assert_str_eq(trail, "bacb.rca");
	}
}

// Other threads.

static void
hops_and_panics(int hops)
{
	for (int i = 0; i < hops; i++)
		go_yield();
	go_sleep(GO_MICROSECOND);
	panic("after %d hops", hops);
}

static void
tries_hops(go_atomic_int32 *n)
{
	for (int i = 0; i < 20; i++) {
		go_error *e = go_try(hops_and_panics, i);
		char want[40];

		snprintf(want, sizeof want, "after %d hops", i);
		if (strcmp(go_error_text(e), want) == 0)
			go_atomic_add(n, 1);
		go_error_free(e);
	}
}

START_TEST(a_try_moves_between_threads)
{
	go_atomic_int32 n = {0};

	go_procs(8);
	for (int i = 0; i < 50; i++)
		go_wg_go(&wg, tries_hops, &n);
	tries_hops(&n);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n), 51 * 20);
}

static void *
thread_tries(void *arg)
{
	(void)arg;
	expect_error(go_try(panics_thrice), "third");
	expect_error(go_try(exits),
		     "go_exit: a plain thread is no goroutine; return from its "
		     "function instead");
	return NULL;
}

START_TEST(a_plain_thread_may_try)
{
	pthread_t thread;

	pthread_create(&thread, NULL, thread_tries, NULL);
	pthread_join(thread, NULL);
	ck_assert_str_eq(trail, "pbpa");
}

static void
misuse(void)
{
	go_wg_add(&wg, -1);
}

START_TEST(the_library_panics_as_anybody)
{
	go_error *e = go_try(misuse);

	ck_assert_ptr_nonnull(e);
	ck_assert_ptr_nonnull(strstr(go_error_text(e), "go_wg"));
	go_error_free(e);
}

static void
panics_at_length(size_t n)
{
	char *text = malloc(n + 1);

	memset(text, 'x', n);
	text[n] = '\0';
	go_defer(free, text);
	panic("%s", text);
}

START_TEST(a_long_sentence_is_cut)
{
	go_error *e = go_try(panics_at_length, 100000);
	size_t n = strlen(go_error_text(e));

	ck_assert_uint_ge(n, 500);
	ck_assert_uint_eq(strspn(go_error_text(e), "x"), n);
	go_error_free(e);
}

// Ends of the program.

static void
say(void *text)
{
	fputs(text, stderr);
}

static void
panic_with_deferred(void)
{
	defer_text(say, "first\n");
	defer_text(say, "second\n");
	panic("unhandled");
}

static void
end_by(go_chan(go_unit) gate, void (*fn)(void))
{
	go_recv(gate, NULL);
	fn();
}

static void
run_in_goroutine(void (*fn)(void))
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);

	go(end_by, gate, fn);
	go_close(gate);
	go_recv(go_chan_make(go_unit, 0), NULL);
}

static void
panic_in_goroutine(const char *arg)
{
	(void)arg;
	run_in_goroutine(panic_with_deferred);
}

START_TEST(panic_traceback_runs_what_was_deferred_and_dumps)
{
	struct ending e;

	run_child(&e, panic_in_goroutine, NULL);
	expect_abort(&e, "second\nfirst\npanic: unhandled\ngoroutine ");
	expect_abort(&e, " (end_by), started at " __FILE__ ":");
	expect_abort(&e, "\n\ngoroutine 1 [");  // waiting already, or not yet
	expect_abort(&e, " [running]: end_by, started at " __FILE__ ":");
}

static void
panic_outside(void)
{
	// What it defers is no business of the go_try that it leaves.
	defer_text(panics_as_deferred, "not taken");
	go_error_free(go_try(exits));
}

static void
panic_on_an_exit(const char *arg)
{
	(void)arg;
	run_in_goroutine(panic_outside);
}

START_TEST(a_try_does_not_take_what_was_deferred_outside_of_it)
{
	struct ending e;

	run_child(&e, panic_on_an_exit, NULL);
	expect_abort(&e, "panic: not taken\n");
}

static void
panic_after_exits(const char *arg)
{
	(void)arg;
	go_procs(1);
	for (int i = 0; i < 20; i++)
		go_wg_go(&wg, exits_through_tries);
	go_wg_wait(&wg);
	run_in_goroutine(panic_with_deferred);
}

START_TEST(a_try_that_an_exit_left_takes_no_later_panic)
{
	struct ending e;

	run_child(&e, panic_after_exits, NULL);
	expect_abort(&e, "second\nfirst\npanic: unhandled\ngoroutine ");
}

static void
defer_in_main(const char *arg)
{
	(void)arg;
	defer_text(say, "never");
}

static void *
thread_defers(void *arg)
{
	defer_in_main(arg);
	return NULL;
}

static void
defer_in_thread(const char *arg)
{
	pthread_t thread;

	(void)arg;
	pthread_create(&thread, NULL, thread_defers, NULL);
	pthread_join(thread, NULL);
}

START_TEST(main_and_threads_have_no_end_to_defer_to)
{
	struct ending e;

	run_child(&e, defer_in_main, NULL);
	expect_abort(&e, "panic: go_defer: nothing ends here");
	run_child(&e, defer_in_thread, NULL);
	expect_abort(&e, "panic: go_defer: nothing ends here");
}

static void
exit_main_through_a_try(const char *arg)
{
	(void)arg;
	go_error_free(go_try(exits_after, 'x'));
	fputs("went on\n", stderr);
}

START_TEST(main_exits_through_a_try)
{
	struct ending e;

	run_child(&e, exit_main_through_a_try, NULL);
	ck_assert_msg(strstr(e.said, "went on") == NULL, "%s", e.said);
	ck_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2);
}

int
main(void)
{
	Suite *s = suite_create("panic");
	TCase *tc = tcase_create("all"), *native = tcase_create("native");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");  // not under an emulator
	tcase_set_timeout(native, 20);
	tcase_add_test(tc, a_try_of_what_returns_gives_no_error);
	tcase_add_test(tc, a_try_passes_arguments_as_a_call_does);
	tcase_add_test(tc, a_try_returns_the_panic_as_an_error);
	tcase_add_test(tc, a_panic_comes_from_any_depth);
	tcase_add_test(tc, the_last_deferred_runs_first);
	tcase_add_test(tc, what_was_deferred_outside_of_a_try_stays);
	tcase_add_test(tc,
		       recursive_panic_the_last_takes_the_place_of_the_first);
	tcase_add_test(
		tc, a_panic_of_something_deferred_by_what_returned_is_caught);
	tcase_add_test(tc,
		       something_deferred_may_try_while_a_panic_is_under_way);
	tcase_add_test(tc, something_deferred_may_defer);
	tcase_add_test(tc, a_panic_may_be_passed_on);
	tcase_add_test(tc, a_hundred_are_deferred);
	tcase_add_test(tc, an_exit_passes_through_every_try);
	tcase_add_test(tc,
		       something_deferred_may_try_while_an_exit_is_under_way);
	tcase_add_test(tc, an_exit_goes_on_when_a_panic_on_its_way_is_taken);
	tcase_add_test(tc, goexit_in_panic_an_exit_takes_its_place);
	tcase_add_test(tc, an_exit_within_an_exit_goes_on);
	tcase_add_test(tc, a_goroutine_begins_without_what_the_last_left);
	tcase_add_test(tc, a_try_moves_between_threads);
	tcase_add_test(tc, a_plain_thread_may_try);
	tcase_add_test(tc, the_library_panics_as_anybody);
	tcase_add_test(tc, a_long_sentence_is_cut);
	tcase_add_test(tc, panic_traceback_runs_what_was_deferred_and_dumps);
	tcase_add_test(tc, a_try_does_not_take_what_was_deferred_outside_of_it);
	tcase_add_test(tc, a_try_that_an_exit_left_takes_no_later_panic);
	tcase_add_test(tc, main_and_threads_have_no_end_to_defer_to);
	if (!IS_SANITIZED)  // a sanitizer has a thread, so that all may wait
		tcase_add_test(native, main_exits_through_a_try);
	return run_suite(s);
}
