// SPDX-License-Identifier: MIT

#include <signal.h>

#include "libgo/heap.h"
#include "sort_patterns.h"

static void
expect_heap(const go_heap *h)
{
	const struct item *a = h->items;
	size_t i;

	for (i = 1; i < h->len; i++)
		WANT(a[(i - 1) / 2].key <= a[i].key);
}

START_TEST(elements_come_out_in_order)
{
	struct item a[300], x;
	go_heap h;
	size_t n, i;
	int p;

	seed_random();
	go_heap_init(&h, sizeof(struct item), item_less, NULL);
	for (p = 0; p < PATTERNS; p++) {
		for (n = 0; n < 300; n = next_size(n)) {
			fill_items(a, n, (enum pattern)p);
			for (i = 0; i < n; i++) {
				expect_ok(go_heap_push(&h, &a[i]));
				expect_heap(&h);
			}
			for (i = 0; i < n; i++) {
				x = *(struct item *)go_heap_peek(&h);
				ck_assert(go_heap_pop(&h, &a[i]));
				WANT(memcmp(&x, &a[i], sizeof(x)) == 0);
				expect_heap(&h);
			}
			expect_items_sorted(a, n, false);
		}
	}
	ck_assert_uint_eq(h.len, 0);
	go_heap_deinit(&h);
}

START_TEST(an_empty_heap_gives_nothing)
{
	struct item x = {7, 7};
	go_heap h;

	go_heap_init(&h, sizeof(x), item_less, NULL);
	ck_assert_ptr_null(go_heap_peek(&h));
	ck_assert(!go_heap_pop(&h, &x));
	ck_assert_uint_eq(x.key, 7);
	expect_ok(go_heap_from(&h, NULL, 0));
	go_heap_deinit(&h);
	go_heap_deinit(&h);
	go_heap_deinit(NULL);
}

START_TEST(a_heap_is_made_of_an_array)
{
	struct item a[1000];
	struct witness w = {.liar = HONEST};
	go_heap h;
	size_t i;

	seed_random();
	fill_items(a, 1000, RANDOM);
	go_heap_init(&h, sizeof(a[0]), witness_less, &w);
	expect_ok(go_heap_from(&h, a, 1000));
	ck_assert_uint_le(w.count, 2000);
	expect_heap(&h);
	for (i = 0; i < 1000; i++)
		ck_assert(go_heap_pop(&h, &a[i]));
	expect_items_sorted(a, 1000, false);
	go_heap_deinit(&h);
}

enum { TRACKED = 200 };
static size_t place_of[TRACKED];

static void
track(void *item, size_t i, void *arg)
{
	(void)arg;
	place_of[((struct item *)item)->place] = i;
}

START_TEST(moved_knows_where_to_fix_and_remove)
{
	struct item x, *at;
	go_heap h;
	uint32_t i;
	size_t k;

	seed_random();
	go_heap_init(&h, sizeof(x), item_less, NULL);
	h.moved = track;
	for (i = 0; i < TRACKED; i++) {
		x.key = (uint32_t)(draw() % 100);
		x.place = i;
		expect_ok(go_heap_push(&h, &x));
	}
	for (i = 0; i < TRACKED; i += 2) {
		at = go_heap_at(&h, place_of[i]);
		ck_assert_uint_eq(at->place, i);
		at->key = (uint32_t)(draw() % 100);
		go_heap_fix(&h, place_of[i]);
		expect_heap(&h);
	}
	for (i = 0; i < TRACKED; i += 3) {
		go_heap_remove(&h, place_of[i], &x);
		ck_assert_uint_eq(x.place, i);
		expect_heap(&h);
	}
	for (k = 0; k < h.len; k++) {
		at = go_heap_at(&h, k);
		ck_assert_uint_eq(place_of[at->place], k);
	}
	go_heap_deinit(&h);
}

START_TEST(a_comparison_that_jumps_loses_no_element)
{
	struct item a[100];
	struct witness w = {.liar = HONEST};
	go_heap h;
	volatile size_t pushed = 0;

	seed_random();
	fill_items(a, 100, DESCENDING);
	go_heap_init(&h, sizeof(a[0]), witness_less, &w);
	w.jump_at = 300;
	if (setjmp(w.back) == 0)
		while (pushed < 100) {
			pushed++;
			expect_ok(go_heap_push(&h, &a[pushed - 1]));
		}
	ck_assert_uint_gt(pushed, 10);
	ck_assert_uint_lt(pushed, 100);
	ck_assert_uint_eq(h.len, pushed);
	expect_all(h.items, h.len);
	go_heap_deinit(&h);
}

START_TEST(fixing_what_is_not_there_panics)
{
	go_heap h;

	go_heap_init(&h, sizeof(struct item), item_less, NULL);
	go_heap_fix(&h, 0);
}

int
main(void)
{
	Suite *s = suite_create("heap");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, elements_come_out_in_order);
	tcase_add_test(tc, an_empty_heap_gives_nothing);
	tcase_add_test(tc, a_heap_is_made_of_an_array);
	tcase_add_test(tc, moved_knows_where_to_fix_and_remove);
	tcase_add_test(tc, a_comparison_that_jumps_loses_no_element);
	tcase_add_test_raise_signal(tc, fixing_what_is_not_there_panics,
				    SIGABRT);
	return run_suite(s);
}
