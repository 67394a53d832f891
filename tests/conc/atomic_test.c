// SPDX-License-Identifier: MIT

#include "suite.h"

START_TEST(operations_return_what_they_say)
{
	go_atomic_int32 i = {5};
	go_atomic_uint64 u = {6};
	go_atomic_bool b = {0};
	go_atomic_ptr p = {0};

	ck_assert_int_eq(go_atomic_add(&i, 3), 8);
	ck_assert_int_eq(go_atomic_add(&i, -10), -2);
	ck_assert_int_eq(go_atomic_swap(&i, 1), -2);
	ck_assert(!go_atomic_cas(&i, 2, 3));
	ck_assert(go_atomic_cas(&i, 1, 3));
	ck_assert_int_eq(go_atomic_load(&i), 3);
	ck_assert_uint_eq(go_atomic_and(&u, 3), 6);
	ck_assert_uint_eq(go_atomic_or(&u, 8), 2);
	ck_assert_uint_eq(go_atomic_load(&u), 10);
	ck_assert(!go_atomic_swap(&b, true));
	ck_assert(go_atomic_load(&b));
	go_atomic_store(&p, &i);
	ck_assert_ptr_eq(go_atomic_load(&p), &i);
	ck_assert(go_atomic_cas(&p, &i, NULL));
}

START_TEST(numbers_wrap_around)
{
	go_atomic_int32 i = {INT32_MAX};
	go_atomic_int64 l = {INT64_MAX};
	go_atomic_uint32 u = {0};

	ck_assert_int_eq(go_atomic_add(&i, 1), INT32_MIN);
	ck_assert_int_eq(go_atomic_add(&l, 1), INT64_MIN);
	ck_assert_uint_eq(go_atomic_add(&u, (uint32_t)-1), UINT32_MAX);
}

START_TEST(arguments_are_evaluated_once)
{
	go_atomic_int64 a[2] = {{0}, {0}};
	go_atomic_int64 *at = a;
	int n = 1;

	go_atomic_add(at++, n++);
	ck_assert_int_eq(go_atomic_load(&a[0]), 1);
	ck_assert_ptr_eq(at, &a[1]);
	ck_assert_int_eq(n, 2);
	ck_assert_int_eq(go_atomic_add(at, go_atomic_add(&a[0], 1)), 2);
}

static go_atomic_int64 number;
static go_atomic_uint32 bits;
static go_counter counter;

static void
hammer(unsigned bit)
{
	for (int i = 0; i < 10000; i++) {
		go_atomic_add(&number, 1);
		go_atomic_or(&bits, 1u << bit);
		go_atomic_and(&bits, ~(1u << bit));
		go_counter_add(&counter, bit % 2 == 0 ? 3 : -1);
	}
	go_atomic_or(&bits, 1u << bit);
}

START_TEST(nothing_is_lost_between_goroutines)
{
	go_waitgroup wg = {0};

	for (unsigned i = 0; i < 32; i++)
		go_wg_go(&wg, hammer, i);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&number), 32 * 10000);
	ck_assert_uint_eq(go_atomic_load(&bits), UINT32_MAX);
	ck_assert_int_eq(go_counter_sum(&counter), 16 * 20000);
}

static go_atomic_int32 x, y;
static int saw_y, saw_x;

static void
store_x_load_y(void)
{
	go_atomic_store(&x, 1);
	saw_y = go_atomic_load(&y);
}

static void
store_y_load_x(void)
{
	go_atomic_store(&y, 1);
	saw_x = go_atomic_load(&x);
}

START_TEST(all_see_one_order)
{
	for (int i = 0; i < 2000; i++) {
		go_waitgroup wg = {0};

		go_atomic_store(&x, 0);
		go_atomic_store(&y, 0);
		go_wg_go(&wg, store_x_load_y);
		go_wg_go(&wg, store_y_load_x);
		go_wg_wait(&wg);
		ck_assert(saw_x + saw_y > 0);
	}
}

int
main(void)
{
	Suite *s = suite_create("atomic");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, operations_return_what_they_say);
	tcase_add_test(tc, numbers_wrap_around);
	tcase_add_test(tc, arguments_are_evaluated_once);
	tcase_add_test(tc, nothing_is_lost_between_goroutines);
	tcase_add_test(tc, all_see_one_order);
	return run_suite(s);
}
