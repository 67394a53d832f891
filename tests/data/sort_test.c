// SPDX-License-Identifier: MIT

#include <math.h>

#include "libgo/sorter.h"
#include "sort_patterns.h"

// ---- go_sort ---------------------------------------------------------------

// TYPE tests go_sort with one type: every shape and size, against qsort.
#define TYPE(T, name, from)                                                    \
	static int name##_compare(const void *a, const void *b)                \
	{                                                                      \
		const T *x = a, *y = b;                                        \
                                                                               \
		return (*x > *y) - (*x < *y);                                  \
	}                                                                      \
	static void name##_expect(size_t n, enum pattern p)                    \
	{                                                                      \
		T *a = malloc(n * sizeof(T) + 1);                              \
		T *b = malloc(n * sizeof(T) + 1);                              \
		uint64_t x;                                                    \
		size_t i;                                                      \
                                                                               \
		for (i = 0; i < n; i++) {                                      \
			x = pattern_at(p, i, n);                               \
			a[i] = b[i] = (T)(from);                               \
		}                                                              \
		go_sort(a, n);                                                 \
		qsort(b, n, sizeof(T), name##_compare);                        \
		for (i = 0; i < n; i++)                                        \
			WANT(a[i] == b[i]);                                    \
		free(a);                                                       \
		free(b);                                                       \
	}                                                                      \
	START_TEST(name##_arrays_end_as_qsort_has_them)                        \
	{                                                                      \
		size_t n;                                                      \
		int p;                                                         \
                                                                               \
		seed_random();                                                 \
		for (p = 0; p < PATTERNS; p++) {                               \
			for (n = 0; n < 2000; n = next_size(n))                \
				name##_expect(n, (enum pattern)p);             \
			name##_expect(60000, (enum pattern)p);                 \
		}                                                              \
	}

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;
#define TYPES(X)                                                               \
	X(bool, bool, x % 2)                                                   \
	X(char, char, x)                                                       \
	X(signed char, schar, x)                                               \
	X(unsigned char, uchar, x)                                             \
	X(short, short, x)                                                     \
	X(unsigned short, ushort, x)                                           \
	X(int, int, x)                                                         \
	X(unsigned, uint, x)                                                   \
	X(long, long, x)                                                       \
	X(unsigned long, ulong, x)                                             \
	X(long long, llong, x)                                                 \
	X(unsigned long long, ullong, x)                                       \
	X(int128, int128, (int128)((uint128)x << 64 | x * 31))                 \
	X(uint128, uint128, (uint128)x << 64 | x * 31)                         \
	X(float, float, (double)(int64_t)x / 1000)                             \
	X(double, double, (double)(int64_t)x / 1000)                           \
	X(long double, ldouble, (long double)(int64_t)x / 1000)
TYPES(TYPE)

START_TEST(extreme_numbers_have_their_places)
{
	int a[] = {INT32_MAX, 0, INT32_MIN, -1, INT32_MAX, 1, INT32_MIN};
	uint64_t b[] = {UINT64_MAX, 0, UINT64_MAX, 1};

	go_sort(a, 7);
	ck_assert(a[0] == INT32_MIN && a[1] == INT32_MIN && a[2] == -1);
	ck_assert(a[3] == 0 && a[4] == 1 && a[5] == a[6]);
	go_sort(b, 4);
	ck_assert(b[0] == 0 && b[1] == 1 && b[2] == UINT64_MAX);
}

#define EXPECT_NAN_LAST(T)                                                     \
	do {                                                                   \
		T a[100];                                                      \
		size_t i, n_nan = 0;                                           \
                                                                               \
		for (i = 0; i < 100; i++) {                                    \
			a[i] = (T)(draw() % 50) - 25;                          \
			if (i % 9 == 0)                                        \
				a[i] = i % 2 ? (T)NAN : -(T)NAN;               \
			n_nan += i % 9 == 0;                                   \
		}                                                              \
		a[1] = (T)INFINITY;                                            \
		a[2] = -(T)INFINITY;                                           \
		go_sort(a, 100);                                               \
		for (i = 0; i < 100; i++)                                      \
			ck_assert(isnan(a[i]) == (i >= 100 - n_nan));          \
		for (i = 1; i < 100 - n_nan; i++)                              \
			ck_assert(a[i - 1] <= a[i]);                           \
		ck_assert(isinf(a[0]) && isinf(a[99 - n_nan]));                \
	} while (0)

START_TEST(nan_comes_last)
{
	seed_random();
	EXPECT_NAN_LAST(float);
	EXPECT_NAN_LAST(double);
}

START_TEST(nan_comes_last_among_long_doubles)
{
	seed_random();
	EXPECT_NAN_LAST(long double);
}

START_TEST(strings_compare_as_unsigned_bytes_and_null_comes_first)
{
	char zebra[] = "zebra", umlaut[] = "\xc3\xa4", empty[] = "";
	char *a[] = {zebra, umlaut, NULL, empty, zebra, NULL};
	const char *b[] = {"b", "a", "ab"};

	go_sort(a, 6);
	ck_assert(a[0] == NULL && a[1] == NULL && a[2] == empty);
	ck_assert(a[3] == zebra && a[4] == zebra && a[5] == umlaut);
	go_sort(b, 3);
	ck_assert_str_eq(b[0], "a");
	ck_assert_str_eq(b[1], "ab");
}

// ---- go_sort_func ----------------------------------------------------------

static void
sort_items(struct item *a, size_t n, go_less *less, void *arg)
{
	go_sort_func(a, n, sizeof(*a), less, arg);
}

START_TEST(func_sorts_every_shape_and_size)
{
	struct item *a = malloc(60000 * sizeof(*a));
	size_t n;
	int p;

	seed_random();
	for (p = 0; p < PATTERNS; p++) {
		for (n = 0; n <= 60000;
		     n = n > 5000 ? n + 55000 : next_size(n)) {
			fill_items(a, n, (enum pattern)p);
			sort_items(a, n, item_less, NULL);
			expect_items_sorted(a, n, false);
		}
	}
	free(a);
}

// Big elements repeat their key in every byte, so a torn one shows.
static bool
byte_less(const void *a, const void *b, void *arg)
{
	(void)arg;
	return *(const unsigned char *)a < *(const unsigned char *)b;
}

START_TEST(func_sorts_elements_of_any_size)
{
	static const size_t sizes[] = {1,  2,  3,  4,  5,  7,  8,   12,   16,
				       24, 31, 32, 40, 64, 65, 100, 1024, 4099};
	size_t i, k, s, size, count[256];
	const size_t n = 500;
	unsigned char *a;

	seed_random();
	for (s = 0; s < COUNT(sizes); s++) {
		size = sizes[s];
		a = malloc(n * size);
		memset(count, 0, sizeof(count));
		for (i = 0; i < n; i++) {
			memset(a + i * size, (int)(draw() % 256), size);
			count[a[i * size]]++;
		}
		go_sort_func(a, n, size, byte_less, NULL);
		for (i = 0; i < n; i++) {
			for (k = 1; k < size; k++)
				WANT(a[i * size] == a[i * size + k]);
			if (i > 0)
				WANT(a[(i - 1) * size] <= a[i * size]);
			count[a[i * size]]--;
		}
		for (i = 0; i < 256; i++)
			ck_assert_uint_eq(count[i], 0);
		free(a);
	}
}

START_TEST(what_is_in_order_or_in_reverse_takes_one_look)
{
	static const enum pattern patterns[] = {ASCENDING, DESCENDING,
						DESCENDING_PAIRS, ALL_EQUAL};
	struct item a[1000];
	struct witness w;
	size_t i;

	for (i = 0; i < COUNT(patterns); i++) {
		memset(&w, 0, sizeof(w));
		fill_items(a, 1000, patterns[i]);
		sort_items(a, 1000, witness_less, &w);
		ck_assert_uint_le(w.count, 1000);
		expect_items_sorted(a, 1000, false);
	}
}

START_TEST(func_survives_liars_and_jumps)
{
	seed_random();
	expect_robust(sort_items);
}

START_TEST(an_adversary_gets_no_more_than_n_log_n)
{
	expect_bounded(sort_items, 1000, 0, 3.4);
	expect_bounded(sort_items, 100000, 0, 3.4);
	expect_bounded(sort_items, 100000, 16, 3.4);
}

// ---- GO_SORT ---------------------------------------------------------------

static inline bool
key_less(const struct item *a, const struct item *b)
{
	return a->key < b->key;
}
GO_SORT(by_key, struct item, key_less);

static go_less *ask;
static void *ask_arg;

static inline bool
asked_less(const struct item *a, const struct item *b)
{
	return ask(a, b, ask_arg);
}
GO_SORT(by_asking, struct item, asked_less);

static void
sort_inlined(struct item *a, size_t n, go_less *less, void *arg)
{
	ask = less;
	ask_arg = arg;
	by_asking(a, n);
}

START_TEST(go_sort_macro_defines_the_whole_family)
{
	struct item a[500], key = {3, 0};
	size_t n, at;

	seed_random();
	for (n = 0; n < 500; n = next_size(n)) {
		fill_items(a, n, FEW_DISTINCT);
		by_key(a, n);
		expect_items_sorted(a, n, false);
		ck_assert(by_key_is_sorted(a, n));
		at = by_key_search(a, n, &key);
		ck_assert(at == n || a[at].key >= 3);
		ck_assert(at == 0 || a[at - 1].key < 3);
		fill_items(a, n, FEW_DISTINCT);
		by_key_stable(a, n);
		expect_items_sorted(a, n, true);
	}
	a[0].key = 2;
	a[1].key = 1;
	ck_assert(!by_key_is_sorted(a, 2));
}

START_TEST(inlined_sorts_survive_liars_jumps_and_adversaries)
{
	seed_random();
	expect_robust(sort_inlined);
	expect_bounded(sort_inlined, 100000, 16, 3.4);
}

// ---- through an interface --------------------------------------------------

struct collection {
	struct item *a;
	size_t n, swaps;
	go_less *less;
	void *arg;
};

static size_t
collection_len(void *x)
{
	const struct collection *c = x;

	return c->n;
}

static bool
collection_less(void *x, size_t i, size_t j)
{
	const struct collection *c = x;

	WANT(i < c->n && j < c->n);
	return c->less(&c->a[i], &c->a[j], c->arg);
}

static void
collection_swap(void *x, size_t i, size_t j)
{
	struct collection *c = x;
	struct item t = c->a[i];

	WANT(i < c->n && j < c->n);
	c->a[i] = c->a[j];
	c->a[j] = t;
	c->swaps++;
}

static const go_sortable collection = {collection_len, collection_less,
				       collection_swap};

static void
sort_collection(struct item *a, size_t n, go_less *less, void *arg)
{
	struct collection c = {a, n, 0, less, arg};

	go_sort_interface(&collection, &c);
}

static void
stable_sort_collection(struct item *a, size_t n, go_less *less, void *arg)
{
	struct collection c = {a, n, 0, less, arg};

	go_stable_sort_interface(&collection, &c);
}

START_TEST(an_interface_sorts_what_it_alone_can_reach)
{
	struct item a[5000];
	struct collection c = {a, 0, 0, item_less, NULL};
	size_t n;
	int p;

	seed_random();
	for (p = 0; p < PATTERNS; p++) {
		for (n = 0; n <= 5000; n = next_size(n)) {
			fill_items(a, n, (enum pattern)p);
			sort_collection(a, n, item_less, NULL);
			expect_items_sorted(a, n, false);
			c.n = n;
			ck_assert(go_is_sorted_interface(&collection, &c));
			fill_items(a, n, (enum pattern)p);
			stable_sort_collection(a, n, item_less, NULL);
			expect_items_sorted(a, n, true);
		}
	}
	a[1] = a[0];
	a[0].key++;
	c.n = 2;
	ck_assert(!go_is_sorted_interface(&collection, &c));
}

START_TEST(interface_sorts_survive_liars_jumps_and_adversaries)
{
	seed_random();
	expect_robust(sort_collection);
	expect_bounded(sort_collection, 50000, 0, 3.4);
	expect_bounded(sort_collection, 50000, 16, 3.4);
}

int
main(void)
{
	Suite *s = suite_create("sort");
	TCase *tc = tcase_create("all"), *ld = tcase_create("ldouble");

	suite_add_tcase(s, tc);
	suite_add_tcase(s, ld);
	tcase_set_tags(ld, "ldouble");  // not under valgrind
	tcase_set_timeout(tc, 30);
#define ADD(T, name, from)                                                     \
	tcase_add_test(tc, name##_arrays_end_as_qsort_has_them);
	TYPES(ADD)
	tcase_add_test(tc, extreme_numbers_have_their_places);
	tcase_add_test(tc, nan_comes_last);
	tcase_add_test(ld, nan_comes_last_among_long_doubles);
	tcase_add_test(tc,
		       strings_compare_as_unsigned_bytes_and_null_comes_first);
	tcase_add_test(tc, func_sorts_every_shape_and_size);
	tcase_add_test(tc, func_sorts_elements_of_any_size);
	tcase_add_test(tc, what_is_in_order_or_in_reverse_takes_one_look);
	tcase_add_test(tc, func_survives_liars_and_jumps);
	tcase_add_test(tc, an_adversary_gets_no_more_than_n_log_n);
	tcase_add_test(tc, go_sort_macro_defines_the_whole_family);
	tcase_add_test(tc, inlined_sorts_survive_liars_jumps_and_adversaries);
	tcase_add_test(tc, an_interface_sorts_what_it_alone_can_reach);
	tcase_add_test(tc, interface_sorts_survive_liars_jumps_and_adversaries);
	return run_suite(s);
}
