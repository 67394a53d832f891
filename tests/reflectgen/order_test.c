// SPDX-License-Identifier: MIT
//
// The functions of GO_ORDER, against the same specifications at run time.

#include "order.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libgo/error.h"
#include "libgo/order.h"
#include "order.reflect.h"

enum { N = 200 };

// The seed of the objects; ORDER_SEED sets it.
static unsigned seed;
static uint64_t state;

static unsigned
draw(unsigned n)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(state >> 33) % n;
}

static const char *
draw_text(void)
{
	static const char *const texts[] = {
		"",     "a",    "B",     "b",   "file9", "file10", "File09",
		"file", "\xff", "a\x80", "007", "7",     "07a",    "file009",
		"10",   "9",    "ab",    "aB1", "aB01",
	};
	unsigned i = draw(sizeof(texts) / sizeof(texts[0]) + 1);

	return i == 0 ? NULL : texts[i - 1];
}

static double
draw_number(void)
{
	static const double numbers[] = {0.0,      -0.0,      1.5, -2.5,
					 INFINITY, -INFINITY, NAN, 1e300};

	return numbers[draw(sizeof(numbers) / sizeof(numbers[0]))];
}

static void
fill(struct entry *a, struct place *places, struct place **far)
{
	const char *text;
	struct entry *e;
	size_t i;

	for (i = 0; i < N; i++) {
		places[i].zip = (int)draw(5) - 2;
		places[i].street = draw_text();
		places[i].near = draw(3) == 0 ? NULL : &places[draw(N)];
		far[i] = draw(3) == 0 ? NULL : &places[draw(N)];
	}
	for (e = a; e < a + N; e++) {
		memset(e, 0, sizeof(*e));
		text = draw_text();
		// Eight bytes may fill the array, without a NUL.
		if (text != NULL)
			strncpy(e->name, text, sizeof(e->name));
		e->title = draw_text();
		e->code = draw_text();
		e->n_code =
			e->code == NULL ? 0 : draw(4) % (strlen(e->code) + 1);
		e->number = (int)draw(7) - 3;
		e->big = draw(2) ? ~0ul - draw(3) : draw(3);
		e->bits = (int)draw(32) - 16;
		e->flag = draw(2) & 1;
		e->yes = draw(2);
		e->rank = (enum rank)((int)draw(3) - 1);
		e->part = (float)draw_number();
		e->score = draw_number();
		e->fine = draw_number();
		e->wide = ((__int128)1 << 70) * ((int)draw(5) - 2) + draw(3);
		e->hits = (int)draw(5) - 2;
		e->depth = (int)draw(3);
		e->home = places[draw(N)];
		e->work = draw(3) == 0 ? NULL : &places[draw(N)];
		if (draw(3) != 0)
			e->far = &far[draw(N)];
		e->grid[1][2] = (int)draw(3);
		e->grid[0][0] = (int)draw(9);
		e->key.id = (int)draw(1000) - 500;
	}
}

struct functions {
	const char *spec;
	int (*compare)(const struct entry *, const struct entry *);
	void (*sort)(struct entry *, size_t);
	void (*stable_sort)(struct entry *, size_t);
	size_t (*search)(const struct entry *, size_t, const struct entry *);
	bool (*is_sorted)(const struct entry *, size_t);
};
#define ROW(name, spec)                                                        \
	{                                                                      \
		spec, entry_compare_##name, entry_sort_##name,                 \
			entry_stable_sort_##name, entry_search_##name,         \
			entry_is_sorted_##name                                 \
	}

static const struct functions rows[] = {
	ROW(by_name, "name"),
	ROW(by_folded, "^name, number"),
	ROW(by_natural, "~name"),
	ROW(by_both, "-^~title"),
	ROW(by_title, "title, -name"),
	ROW(by_title_last, "?-title"),
	ROW(by_code, "code"),
	ROW(by_code_natural, "- ~ code"),
	ROW(by_number, "-number"),
	ROW(by_big, "big"),
	ROW(by_bits, "bits, -flag, yes"),
	ROW(by_rank, "-rank, number"),
	ROW(by_part, "part, -score"),
	ROW(by_score, "-score"),
	ROW(by_fine, "-fine"),
	ROW(by_wide, "-wide, hits"),
	ROW(by_depth, "depth, home.zip, -home.street"),
	ROW(by_work, "work.zip, number"),
	ROW(by_work_last, "? -work.near.zip, ?work.street"),
	ROW(by_grid, "grid[1][2], -grid[0][0]"),
	ROW(by_far, "?far.near.zip, -far.zip"),
	ROW(by_key, "key.id, key.raw[1]"),
};
enum { N_ROWS = sizeof(rows) / sizeof(rows[0]) };

static struct entry a[N], b[N];
static struct place places[N], *far[N];

static int
sign(int x)
{
	return (x > 0) - (x < 0);
}

static void
setup(void)
{
	state = seed;
	fill(a, places, far);
}

START_TEST(compare_agrees_with_the_specification_at_run_time)
{
	const struct functions *row = &rows[_i];
	go_order *o;
	size_t i, j;

	setup();
	ck_assert_ptr_null(go_order_new(GO_TYPE(entry), row->spec, &o));
	for (i = 0; i < N; i++)
		for (j = 0; j < N; j++)
			ck_assert_msg(
				sign(row->compare(&a[i], &a[j])) ==
					sign(go_order_compare(o, &a[i], &a[j])),
				"\"%s\", seed %u: %zu, %zu", row->spec, seed, i,
				j);
	go_order_free(o);
}
END_TEST

START_TEST(stable_sort_agrees_element_by_element)
{
	const struct functions *row = &rows[_i];
	go_error *err;

	setup();
	memcpy(b, a, sizeof(b));
	err = go_stable_sort_by(entry, b, N, row->spec);
	ck_assert_ptr_null(err);
	row->stable_sort(a, N);
	ck_assert_msg(memcmp(a, b, sizeof(a)) == 0, "\"%s\", seed %u",
		      row->spec, seed);
}
END_TEST

START_TEST(sort_sorts_and_search_finds)
{
	const struct functions *row = &rows[_i];
	size_t i, at;

	setup();
	row->sort(a, N);
	ck_assert(row->is_sorted(a, N));
	for (i = 0; i < N; i++) {
		at = row->search(a, N, &a[i]);
		ck_assert_uint_le(at, i);
		ck_assert_int_eq(row->compare(&a[at], &a[i]), 0);
		ck_assert(at == 0 || row->compare(&a[at - 1], &a[i]) < 0);
	}
	row->sort(a, 0);
}
END_TEST

int
main(void)
{
	const char *given = getenv("ORDER_SEED");
	Suite *s = suite_create("reflectgen/order");
	TCase *c = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	seed = given == NULL ? 20 : (unsigned)strtoul(given, NULL, 10);
	printf("ORDER_SEED=%u\n", seed);
	suite_add_tcase(s, c);
	tcase_add_loop_test(c,
			    compare_agrees_with_the_specification_at_run_time,
			    0, N_ROWS);
	tcase_add_loop_test(c, stable_sort_agrees_element_by_element, 0,
			    N_ROWS);
	tcase_add_loop_test(c, sort_sorts_and_search_finds, 0, N_ROWS);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
