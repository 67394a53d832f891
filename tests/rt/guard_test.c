// SPDX-License-Identifier: MIT
//
// Guard pages, in each of the ways to make them.

#include "rt/guard.h"

#include "memory.h"
#include "rt/os.h"
#include "suite.h"

static char *
pages(size_t n)
{
	char *p = go__os_reserve(n * go__os_page());

	ck_assert_ptr_nonnull(p);
	memset(p, 1, n * go__os_page());
	return p;
}

static void
touch(const char *row)
{
	size_t page = go__os_page();
	volatile char *p = pages(3);

	if (row[0] == 'm')
		go__guard_limit(GUARD_MAPPED, 1);
	go__guard_set((char *)p + page);
	p[page - 1] = p[2 * page] = 2;  // its neighbours
	p[row[1] == '0' ? page : 2 * page - 1] = 2;
	_exit(0);
}

START_TEST(a_guard_faults_and_its_neighbours_do_not)
{
	static const char *const rows[] = {"i0", "i1", "m0", "m1"};
	static struct ending e;

	run_child(&e, touch, rows[_i]);
	ck_assert_msg(WIFSIGNALED(e.status) && WTERMSIG(e.status) == SIGSEGV,
		      "status %#x: %.200s", e.status, e.said);
	ck_assert_str_eq(e.said, "");
}

enum { N = 100 };

START_TEST(installed_guards_cost_no_mappings)
{
	char *p = pages(2 * N);
	int before = count_mappings();

	for (size_t i = 0; i < N; i++)
		if (go__guard_set(p + 2 * i * go__os_page()) != GUARD_INSTALLED)
			return;  // an older kernel
	ck_assert_int_lt(count_mappings(), before + N);
}

static void
exhaust(const char *unused)
{
	char *p = pages(2 * N);
	size_t step = 2 * go__os_page();
	int n_mapped = 0;

	(void)unused;
	go__guard_limit(GUARD_MAPPED, 10);
	for (size_t i = 0; i < N; i++)
		n_mapped += go__guard_set(p + i * step) == GUARD_MAPPED;
	if (n_mapped != 10)
		fprintf(stderr, "%d mapped", n_mapped);
	// What is taken away can be had again, and used.
	go__guard_unset(p, GUARD_MAPPED);
	((volatile char *)p)[0] = 1;
	if (go__guard_set(p + 11 * step) != GUARD_MAPPED)
		fprintf(stderr, "none was given back");
	go__guard_unset(p + 12 * step, GUARD_NONE);
	if (go__guard_set(p + 12 * step) != GUARD_NONE)
		fprintf(stderr, "one too many was given back");
	((volatile char *)p)[12 * step] = 1;
}

START_TEST(past_the_limit_pages_are_unguarded_and_one_sentence_says_so)
{
	static struct ending e;

	run_child(&e, exhaust, NULL);
	ck_assert_str_eq(e.said, "libgo: no guard pages are left "
				 "(vm.max_map_count): goroutines run on, but "
				 "some whose stack overflows will not be "
				 "noticed\n");
	ck_assert_int_eq(e.status, 0);
}

static void
set_many(const char *unused)
{
	size_t n = go__os_max_mappings(), mapped = 0;
	char *p = go__os_reserve(2 * n * go__os_page());

	(void)unused;
	go__guard_limit(GUARD_MAPPED, 0);
	for (size_t i = 0; i < n; i++)
		mapped += go__guard_set(p + 2 * i * go__os_page()) ==
			  GUARD_MAPPED;
	if (mapped == 0 || mapped > n / 3)
		fprintf(stderr, "%zu of %zu\n", mapped, n);
	// The program can still map.
	for (int i = 0; i < N; i++)
		if (go__os_reserve(go__os_page()) == NULL)
			fprintf(stderr, "no mapping is left\n");
	_exit(0);
}

START_TEST(guards_leave_the_program_enough_mappings)
{
	static struct ending e;

	run_child(&e, set_many, NULL);
	ck_assert_msg(strncmp(e.said, "libgo: no guard pages", 21) == 0 &&
			      strchr(e.said, '\n')[1] == '\0',
		      "%s", e.said);
	ck_assert_int_eq(e.status, 0);
}

int
main(void)
{
	Suite *s = suite_create("guard");
	TCase *t = tcase_create("all"), *native = tcase_create("native");

	suite_add_tcase(s, t);
	tcase_add_test(
		t, past_the_limit_pages_are_unguarded_and_one_sentence_says_so);

	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");  // an emulator may make no guards
	tcase_set_timeout(native, 20);
	tcase_add_loop_test(native, a_guard_faults_and_its_neighbours_do_not, 0,
			    4);
	tcase_add_test(native, installed_guards_cost_no_mappings);
	tcase_add_test(native, guards_leave_the_program_enough_mappings);
	return run_suite(s);
}
