// SPDX-License-Identifier: MIT
//
// Values that belong to a goroutine, or to a plain thread.

#include <pthread.h>
#include <stdint.h>

#include "suite.h"

static go_waitgroup wg;
static const char keys[40];
static char trail[100];

static void
note(void *value)
{
	size_t n = strlen(trail);

	ck_assert_uint_lt(n, sizeof trail - 1);
	trail[n] = *(const char *)value;
}

static char a[] = "a", b[] = "b", c[] = "c";

START_TEST(a_key_without_a_value_is_null)
{
	ck_assert_ptr_null(go_local(&keys[0]));
	go_set_local(&keys[0], NULL, note);
	ck_assert_ptr_null(go_local(&keys[0]));
	go_set_local(&keys[0], a, NULL);
	ck_assert_ptr_eq(go_local(&keys[0]), a);
	ck_assert_ptr_null(go_local(&keys[1]));
	go_set_local(&keys[0], b, NULL);
	ck_assert_ptr_eq(go_local(&keys[0]), b);
	go_set_local(&keys[0], NULL, NULL);
	ck_assert_ptr_null(go_local(&keys[0]));
}

START_TEST(a_key_is_any_address)
{
	go_set_local(NULL, a, NULL);
	go_set_local((const void *)-1, b, NULL);
	ck_assert_ptr_eq(go_local(NULL), a);
	ck_assert_ptr_eq(go_local((const void *)-1), b);
}

START_TEST(values_are_as_many_as_keys)
{
	char values[COUNT(keys)];

	for (size_t i = 0; i < COUNT(keys); i++)
		go_set_local(&keys[i], &values[i], NULL);
	for (size_t i = 0; i < COUNT(keys); i += 2)
		go_set_local(&keys[i], NULL, NULL);
	for (size_t i = 0; i < COUNT(keys); i++)
		ck_assert_ptr_eq(go_local(&keys[i]),
				 i % 2 == 0 ? NULL : &values[i]);
}

static void
keep_own(int self, go_atomic_int32 *n_wrong)
{
	char value = (char)self;

	if (go_local(&keys[0]) != NULL)
		go_atomic_add(n_wrong, 1);
	go_set_local(&keys[0], &value, NULL);
	for (int i = 0; i < 50; i++) {
		go_yield();
		if (go_local(&keys[0]) != &value)
			go_atomic_add(n_wrong, 1);
	}
}

START_TEST(each_goroutine_has_its_own_wherever_it_runs)
{
	go_atomic_int32 n_wrong = {0};

	go_procs(8);
	go_set_local(&keys[0], a, NULL);
	for (int i = 0; i < 100; i++)
		go_wg_go(&wg, keep_own, i, &n_wrong);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	ck_assert_ptr_eq(go_local(&keys[0]), a);
}

static void
set_three(void)
{
	go_defer(note, c);
	go_set_local(&keys[0], b, note);
	go_set_local(&keys[0], a, note);
	go_set_local(&keys[1], b, note);
	go_set_local(&keys[1], NULL, note);
	go_set_local(&keys[2], b, NULL);
}

START_TEST(the_last_value_of_each_key_is_destroyed_after_the_deferred)
{
	go_wg_go(&wg, set_three);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "ca");
}

// The compiler is not to know that it never returns.
static void (*volatile leave)(void) = go_exit;

static void
set_and_exit(void)
{
	set_three();
	leave();
}

START_TEST(values_are_destroyed_on_exit)
{
	go_wg_go(&wg, set_and_exit);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "ca");
}

static void
set_again(void *value)
{
	static char left[] = "321";
	char *next = left + strlen(trail);

	note(value);
	if (go_local(&keys[0]) != NULL)
		note(b);
	if (*next != '\0')
		go_set_local(&keys[0], next, set_again);
}

static void
set_one_that_sets(void)
{
	go_set_local(&keys[0], a, set_again);
}

START_TEST(a_destructor_may_set_values)
{
	go_wg_go(&wg, set_one_that_sets);
	go_wg_wait(&wg);
	// It finds its own taken away already.
	ck_assert_str_eq(trail, "a321");
}

static void
park_and_defer(void *value)
{
	go_yield();
	go_sleep(GO_MICROSECOND);
	go_defer(note, value);
	go_set_local(&keys[1], b, note);
}

static void
set_one_that_defers(void)
{
	go_set_local(&keys[0], a, park_and_defer);
}

static void
do_nothing(void)
{
}

START_TEST(a_destructor_may_park_and_defer)
{
	go_procs(1);
	go_wg_go(&wg, set_one_that_defers);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "ab");
	// Nothing is left to the next on the same stack.
	go_wg_go(&wg, do_nothing);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "ab");
}

static void
exit_now(void *value)
{
	note(value);
	leave();
}

static void
set_some_that_exit(void)
{
	go_set_local(&keys[0], a, exit_now);
	go_set_local(&keys[1], a, exit_now);
}

START_TEST(a_destructor_may_exit)
{
	go_wg_go(&wg, set_some_that_exit);
	go_wg_wait(&wg);
	ck_assert_str_eq(trail, "aa");
}

static void *
thread_sets(void *arg)
{
	(void)arg;
	if (go_local(&keys[0]) != NULL)
		note(b);
	go_set_local(&keys[0], a, set_again);
	return NULL;
}

START_TEST(a_plain_thread_has_its_own_until_it_ends)
{
	pthread_t thread;

	go_set_local(&keys[0], c, note);
	pthread_create(&thread, NULL, thread_sets, NULL);
	pthread_join(thread, NULL);
	ck_assert_str_eq(trail, "a321");
	ck_assert_ptr_eq(go_local(&keys[0]), c);
}

static void
panic_in_destructor(void *value)
{
	go_panic("destructor of %s", (const char *)value);
}

static void
set_one_that_panics(void)
{
	go_set_local(&keys[3], a, panic_in_destructor);
	go_error_free(go_try(set_and_exit));
}

static void
run_one_that_panics(const char *arg)
{
	(void)arg;
	go_wg_go(&wg, set_one_that_panics);
	go_wg_wait(&wg);
}

START_TEST(no_try_is_around_a_destructor)
{
	struct ending e;

	run_child(&e, run_one_that_panics, NULL);
	expect_abort(&e, "panic: destructor of a\n");
}

int
main(void)
{
	Suite *s = suite_create("local");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, a_key_without_a_value_is_null);
	tcase_add_test(tc, a_key_is_any_address);
	tcase_add_test(tc, values_are_as_many_as_keys);
	tcase_add_test(tc, each_goroutine_has_its_own_wherever_it_runs);
	tcase_add_test(
		tc, the_last_value_of_each_key_is_destroyed_after_the_deferred);
	tcase_add_test(tc, values_are_destroyed_on_exit);
	tcase_add_test(tc, a_destructor_may_set_values);
	tcase_add_test(tc, a_destructor_may_park_and_defer);
	tcase_add_test(tc, a_destructor_may_exit);
	tcase_add_test(tc, a_plain_thread_has_its_own_until_it_ends);
	tcase_add_test(tc, no_try_is_around_a_destructor);
	return run_suite(s);
}
