// SPDX-License-Identifier: MIT

#include "sort_patterns.h"

static bool
is_at_least(size_t i, void *arg)
{
	return i >= *(const size_t *)arg;
}

START_TEST(search_finds_the_least_index_for_each_answer)
{
	size_t n, want;

	for (n = 0; n < 100; n++)
		for (want = 0; want <= n; want++)
			WANT(go_search(n, is_at_least, &want) == want);
}

START_TEST(search_counts_to_the_end_of_size_t)
{
	size_t want = SIZE_MAX - 1;

	ck_assert_uint_eq(go_search(SIZE_MAX, is_at_least, &want), want);
}

static bool
int_less(const void *a, const void *b, void *arg)
{
	size_t *count = arg;

	if (count != NULL)
		++*count;
	return *(const int *)a < *(const int *)b;
}

START_TEST(search_func_finds_the_first_that_is_not_before)
{
	int a[100], key;
	size_t n, i, at, count;

	for (i = 0; i < 100; i++)
		a[i] = (int)(i / 3) * 2;
	for (n = 0; n < 100; n++) {
		for (key = -1; key < 70; key++) {
			count = 0;
			at = go_search_func(a, n, sizeof(int), &key, int_less,
					    &count);
			WANT(at <= n && count <= 8);
			WANT(at == n || a[at] >= key);
			WANT(at == 0 || a[at - 1] < key);
		}
	}
}

START_TEST(is_sorted_sees_one_pair_out_of_order)
{
	int a[] = {1, 1, 2, 3, 5};

	ck_assert(go_is_sorted_func(a, 5, sizeof(int), int_less, NULL));
	ck_assert(go_is_sorted_func(a, 1, sizeof(int), int_less, NULL));
	ck_assert(go_is_sorted_func(a, 0, sizeof(int), int_less, NULL));
	a[3] = 6;
	ck_assert(!go_is_sorted_func(a, 5, sizeof(int), int_less, NULL));
}

START_TEST(reverse_turns_any_number_of_elements_around)
{
	struct item a[8];
	unsigned char big[5][200];
	size_t n, i;

	for (n = 0; n < 8; n++) {
		fill_items(a, n, ASCENDING);
		go_reverse(a, n, sizeof(a[0]));
		for (i = 0; i < n; i++)
			ck_assert_uint_eq(a[i].place, n - 1 - i);
	}
	for (i = 0; i < 5; i++)
		memset(big[i], (int)i, sizeof(big[i]));
	go_reverse(big, 5, sizeof(big[0]));
	for (i = 0; i < 5 * 200; i++)
		ck_assert_uint_eq(big[i / 200][i % 200], 4 - i / 200);
}

START_TEST(one_seed_is_one_order)
{
	struct item a[50], b[50], c[50];

	fill_items(a, 50, ASCENDING);
	memcpy(b, a, sizeof(a));
	memcpy(c, a, sizeof(a));
	go_shuffle(a, 50, sizeof(a[0]), 1);
	go_shuffle(b, 50, sizeof(b[0]), 1);
	go_shuffle(c, 50, sizeof(c[0]), 2);
	ck_assert_int_eq(memcmp(a, b, sizeof(a)), 0);
	ck_assert_int_ne(memcmp(a, c, sizeof(a)), 0);
	expect_all(a, 50);
}

START_TEST(seed_zero_is_another_order_each_time)
{
	struct item a[50], b[50];

	fill_items(a, 50, ASCENDING);
	memcpy(b, a, sizeof(a));
	go_shuffle(a, 50, sizeof(a[0]), 0);
	go_shuffle(b, 50, sizeof(b[0]), 0);
	ck_assert_int_ne(memcmp(a, b, sizeof(a)), 0);
}

START_TEST(each_order_is_as_likely_as_any_other)
{
	enum { ROUNDS = 24000 };
	size_t count[256] = {0}, orders = 0, i;
	unsigned char a[4];

	seed_random();
	for (i = 0; i < ROUNDS; i++) {
		memcpy(a, "\0\1\2\3", 4);
		go_shuffle(a, 4, 1, draw() | 1);
		count[a[0] << 6 | a[1] << 4 | a[2] << 2 | a[3]]++;
	}
	// 24 orders, 1000 of each expected: six standard deviations.
	for (i = 0; i < 256; i++) {
		orders += count[i] != 0;
		WANT(count[i] == 0 || (count[i] > 810 && count[i] < 1190));
	}
	ck_assert_uint_eq(orders, 24);
}

int
main(void)
{
	Suite *s = suite_create("search");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, search_finds_the_least_index_for_each_answer);
	tcase_add_test(tc, search_counts_to_the_end_of_size_t);
	tcase_add_test(tc, search_func_finds_the_first_that_is_not_before);
	tcase_add_test(tc, is_sorted_sees_one_pair_out_of_order);
	tcase_add_test(tc, reverse_turns_any_number_of_elements_around);
	tcase_add_test(tc, one_seed_is_one_order);
	tcase_add_test(tc, seed_zero_is_another_order_each_time);
	tcase_add_test(tc, each_order_is_as_likely_as_any_other);
	return run_suite(s);
}
