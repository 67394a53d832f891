// SPDX-License-Identifier: MIT

#include "suite.h"

START_TEST(values_are_found_nearest_first)
{
	static const char k1, k2, k3;
	int one = 1, two = 2, three = 3;
	go_ctx *a = go_ctx_with_value(NULL, &k1, &one);
	go_ctx *b = go_ctx_with_value(a, &k2, &two);
	go_ctx *c = go_ctx_with_cancel(b);
	go_ctx *d = go_ctx_with_value(c, &k1, &three);
	go_ctx *other = go_ctx_with_value(NULL, &k3, &three);
	go_ctx *hidden = go_ctx_with_value(other, &k1, &two);
	go_ctx *both = go_ctx_merge(c, hidden), *half = go_ctx_merge(NULL, a);

	ck_assert_ptr_eq(go_ctx_value(d, &k1), &three);
	ck_assert_ptr_eq(go_ctx_value(c, &k1), &one);
	ck_assert_ptr_eq(go_ctx_value(d, &k2), &two);
	ck_assert_ptr_null(go_ctx_value(d, &k3));
	ck_assert_ptr_null(go_ctx_value(d, NULL));
	ck_assert_ptr_eq(go_ctx_value(both, &k1), &one);
	ck_assert_ptr_eq(go_ctx_value(both, &k3), &three);
	ck_assert_ptr_null(go_ctx_value(both, &one));
	ck_assert_ptr_eq(go_ctx_value(half, &k1), &one);
	go_ctx_release(a);
	go_ctx_release(b);
	go_ctx_release(c);
	go_ctx_release(d);
	go_ctx_release(other);
	go_ctx_release(hidden);
	go_ctx_release(both);
	go_ctx_release(half);
}

// merge_and_release gives up a and b.
static go_ctx *
merge_and_release(go_ctx *a, go_ctx *b)
{
	go_ctx *both = go_ctx_merge(a, b);

	go_ctx_release(a);
	go_ctx_release(b);
	return both;
}

START_TEST(merged_values_are_found_in_the_first_side_first)
{
	static char keys[4], values[4];
	go_ctx *top = go_ctx_with_value(NULL, &keys[0], &values[0]);
	go_ctx *a = go_ctx_with_value(top, &keys[1], &values[1]);
	go_ctx *b = go_ctx_with_value(top, &keys[1], &values[2]);
	go_ctx *c = merge_and_release(a, go_ctx_with_cancel(b));
	go_ctx *d = go_ctx_with_value(c, &keys[0], &values[3]);
	go_ctx *e = go_ctx_without_cancel(d);
	go_ctx *f = merge_and_release(go_ctx_with_value(b, &keys[2], NULL), e);
	const struct {
		go_ctx *ctx;
		char *found[3];
	} rows[] = {
		{c, {&values[0], &values[1], NULL}},
		{d, {&values[3], &values[1], NULL}},
		{f, {&values[0], &values[2], NULL}},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int k = 0; k < 3; k++)
			ck_assert_ptr_eq(go_ctx_value(rows[i].ctx, &keys[k]),
					 rows[i].found[k]);
		ck_assert_ptr_null(go_ctx_value(rows[i].ctx, &keys[3]));
	}
	go_ctx_release(top);
	go_ctx_release(b);
	go_ctx_release(c);
	go_ctx_release(d);
	go_ctx_release(f);
}

// Each level is merged from two contexts above the one before; keys of their
// own make them differ.
static go_ctx *
ladder(int levels, char (*keys)[2])
{
	go_ctx *c = go_ctx_with_cancel(NULL), *a, *b;

	for (int i = 0; i < levels; i++) {
		a = go_ctx_with_value(c, &keys[i % 4][0], keys);
		b = go_ctx_with_value(c, &keys[i % 4][1], keys);
		go_ctx_release(c);
		c = merge_and_release(a, b);
	}
	return c;
}

static void
look_up_in_deep_merges(void)
{
	static char keys[5][2];
	go_ctx *c = ladder(2000, keys), *x;

	ck_assert_ptr_eq(go_ctx_value(c, &keys[3][1]), keys);
	ck_assert_ptr_null(go_ctx_value(c, &keys[4][1]));
	x = go_ctx_with_value(NULL, &keys[4][0], c);
	for (int i = 0; i < 20000; i++)
		c = merge_and_release(c, go_ctx_retain(x));
	ck_assert_ptr_nonnull(go_ctx_value(c, &keys[4][0]));
	ck_assert_ptr_null(go_ctx_value(c, &keys[4][1]));
	go_ctx_release(c);
	go_ctx_release(x);
}

START_TEST(values_below_many_merges_cost_no_stack_and_little_time)
{
	go_waitgroup wg = {0};

	go_wg_go(&wg, look_up_in_deep_merges);
	go_wg_wait(&wg);
}

START_TEST(a_value_without_a_key_panics)
{
	(void)!go_ctx_with_value(NULL, NULL, NULL);
}

int
main(void)
{
	Suite *s = suite_create("values");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, values_are_found_nearest_first);
	tcase_add_test(tc, merged_values_are_found_in_the_first_side_first);
	tcase_add_test(tc,
		       values_below_many_merges_cost_no_stack_and_little_time);
	tcase_add_test_raise_signal(tc, a_value_without_a_key_panics, SIGABRT);
	return run_suite(s);
}
