// SPDX-License-Identifier: MIT

#include <sys/resource.h>

#include "sort_patterns.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

static void
stable_sort(struct item *a, size_t n, go_less *less, void *arg)
{
	go_stable_sort_func(a, n, sizeof(*a), less, arg);
}

START_TEST(equal_elements_keep_their_order)
{
	struct item *a = malloc(60000 * sizeof(*a));
	size_t n;
	int p;

	seed_random();
	for (p = 0; p < PATTERNS; p++) {
		for (n = 0; n <= 60000;
		     n = n > 5000 ? n + 55000 : next_size(n)) {
			fill_items(a, n, (enum pattern)p);
			stable_sort(a, n, item_less, NULL);
			expect_items_sorted(a, n, true);
		}
	}
	free(a);
}

// A big element: an item and bytes that follow from it.
struct big {
	struct item item;
	unsigned char bytes[92];
};

START_TEST(elements_of_odd_sizes_stay_whole)
{
	const size_t n = 3000;
	struct big *a = malloc(n * sizeof(*a));
	size_t i, k;

	seed_random();
	for (i = 0; i < n; i++) {
		a[i].item.key = (uint32_t)(draw() % 10);
		a[i].item.place = (uint32_t)i;
		memset(a[i].bytes, (int)(i % 251), sizeof(a[i].bytes));
	}
	go_stable_sort_func(a, n, sizeof(*a), item_less, NULL);
	for (i = 1; i < n; i++) {
		WANT(a[i - 1].item.key <= a[i].item.key);
		WANT(a[i - 1].item.key < a[i].item.key ||
		     a[i - 1].item.place < a[i].item.place);
		for (k = 0; k < sizeof(a[i].bytes); k++)
			WANT(a[i].bytes[k] == a[i].item.place % 251);
	}
	free(a);
}

START_TEST(runs_cost_little_more_than_one_look)
{
	static const struct {
		enum pattern pattern;
		size_t most;
	} rows[] = {
		{ASCENDING, 10000},  {DESCENDING, 10000}, {ALL_EQUAL, 10000},
		{PUSH_FRONT, 10200}, {ORGAN_PIPE, 20200}, {TWO_RUNS, 20200},
	};
	struct item a[10000];
	struct witness w;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memset(&w, 0, sizeof(w));
		fill_items(a, 10000, rows[i].pattern);
		stable_sort(a, 10000, witness_less, &w);
		ck_assert_uint_le(w.count, rows[i].most);
		expect_items_sorted(a, 10000, true);
	}
}

START_TEST(random_elements_take_n_log_n_comparisons)
{
	const size_t n = 1 << 16;
	struct item *a = malloc(n * sizeof(*a));
	struct witness w = {.liar = HONEST};

	seed_random();
	fill_items(a, n, RANDOM);
	stable_sort(a, n, witness_less, &w);
	ck_assert_uint_le(w.count, n * 17);
	free(a);
}

START_TEST(liars_and_jumps_lose_nothing)
{
	seed_random();
#ifdef __SANITIZE_ADDRESS__
	__lsan_disable();  // a jump leaks the buffer: BUG in stable.c
#endif
	expect_robust(stable_sort);
}

START_TEST(an_adversary_gets_no_more_than_n_log_n)
{
	expect_bounded(stable_sort, 100000, 0, 1.2);
	expect_bounded(stable_sort, 100000, 16, 1.2);
}

// The sanitizers' own memory does not survive a limit.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) &&         \
	!defined(GO__TSAN)
START_TEST(without_memory_it_sorts_in_place_and_stays_stable)
{
	const struct rlimit none = {0, 0};
	const size_t n = 50000;
	struct item *a = malloc(n * sizeof(*a));
	int p;

	seed_random();
	// Data beyond what there is now is refused; this child is the test's.
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &none), 0);
	ck_assert_ptr_null(malloc(n * sizeof(*a)));
	for (p = 0; p < PATTERNS; p++) {
		fill_items(a, n, (enum pattern)p);
		stable_sort(a, n, item_less, NULL);
	}
	fill_items(a, n, FEW_DISTINCT);
	stable_sort(a, n, item_less, NULL);
	for (size_t i = 1; i < n; i++) {
		WANT(a[i - 1].key <= a[i].key);
		WANT(a[i - 1].key < a[i].key || a[i - 1].place < a[i].place);
	}
}
#define HAS_LIMITS 1
#else
#define HAS_LIMITS 0
#endif

int
main(void)
{
	Suite *s = suite_create("stable");
	TCase *tc = tcase_create("all"), *native = tcase_create("native");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 30);
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");  // not under an emulator
	tcase_set_timeout(native, 30);
	tcase_add_test(tc, equal_elements_keep_their_order);
	tcase_add_test(tc, elements_of_odd_sizes_stay_whole);
	tcase_add_test(tc, runs_cost_little_more_than_one_look);
	tcase_add_test(tc, random_elements_take_n_log_n_comparisons);
	tcase_add_test(tc, liars_and_jumps_lose_nothing);
	tcase_add_test(tc, an_adversary_gets_no_more_than_n_log_n);
#if HAS_LIMITS
	tcase_add_test(native,
		       without_memory_it_sorts_in_place_and_stays_stable);
#endif
	return run_suite(s);
}
