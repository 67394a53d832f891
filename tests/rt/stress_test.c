// SPDX-License-Identifier: MIT
//
// The stress build's chances: the same from the same seed, and what a dead
// stack is like.

#include <pthread.h>

#include "rt/g.h"
#include "rt/os.h"
#include "rt/stack.h"
#include "rt/stress.h"
#include "suite.h"

enum { DRAWS = 200 };

static void *
draw(void *bits)
{
	for (int i = 0; i < DRAWS; i++)
		((char *)bits)[i] = go__stress_draw(2) ? '1' : '0';
	return NULL;
}

// draw_in_threads says what two threads draw, one after the other.
static void
draw_in_threads(const char *unused)
{
	char bits[DRAWS + 1] = {0};
	pthread_t thread;

	(void)unused;
	for (int i = 0; i < 2; i++) {
		pthread_create(&thread, NULL, draw, bits);
		pthread_join(thread, NULL);
		fprintf(stderr, "%s\n", bits);
	}
}

START_TEST(the_same_process_has_the_same_luck_in_each_thread)
{
	struct ending a, b;

	run_child(&a, draw_in_threads, NULL);
	run_child(&b, draw_in_threads, NULL);
	ck_assert_str_eq(a.said, b.said);
	ck_assert_int_ne(memcmp(a.said, a.said + DRAWS + 1, DRAWS), 0);
	ck_assert(strchr(a.said, '0') != NULL && strchr(a.said, '1') != NULL);
}

static void
touch_the_dead(const char *unused)
{
	struct g *g = go__stack_new(0);
	volatile char *p = g->stack + g->stack_size - 2 * go__os_page();

	(void)unused;
	*p = 1;
	go__stack_free(g);
	*p = 2;
}

START_TEST(who_touches_a_dead_stack_faults)
{
	struct ending e;

	run_child(&e, touch_the_dead, NULL);
	ck_assert(WIFSIGNALED(e.status));
	ck_assert_int_eq(WTERMSIG(e.status), SIGSEGV);
}

START_TEST(a_stack_that_comes_back_is_whole)
{
	struct g *g;

	for (int i = 0; i < 1000; i++) {
		g = go__stack_new(0);
		memset(g->stack + go__os_page(), i,
		       g->stack_size - go__os_page());
		go__stack_free(g);
	}
}

int
main(void)
{
	Suite *s = suite_create("stress");
	TCase *tc = tcase_create("all"), *native = tcase_create("native");

	suite_add_tcase(s, tc);
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");  // not under an emulator
	tcase_add_test(tc, the_same_process_has_the_same_luck_in_each_thread);
	tcase_add_test(tc, a_stack_that_comes_back_is_whole);
	if (STRESS)
		tcase_add_test(native, who_touches_a_dead_stack_faults);
	return run_suite(s);
}
