// SPDX-License-Identifier: MIT

#include <math.h>
#include <sys/resource.h>

#include "crate_module.h"
#include "libgo/order.h"
#include "order_letter.h"
#include "order_letter.reflect.h"
#include "sort_patterns.h"

static go_order *
new_order(const go_type *t, const char *spec)
{
	go_order *o;

	expect_ok(go_order_new(t, spec, &o));
	ck_assert_ptr_nonnull(o);
	return o;
}

// ---- comparing -------------------------------------------------------------

// What comes before what: x before y, or the same.
static void
expect_before(const go_type *t, const char *spec, const void *x, const void *y,
	      bool is_same)
{
	go_order *o = new_order(t, spec);

	ck_assert_msg(go_order_compare(o, x, y) == (is_same ? 0 : -1), "%s",
		      spec);
	ck_assert_msg(go_order_compare(o, y, x) == !is_same, "%s", spec);
	ck_assert_int_eq(go_order_compare(o, x, x), 0);
	go_order_free(o);
}

START_TEST(every_kind_of_member_has_its_order)
{
	struct parcel deep = {.width = -1}, next = {.next = &deep};
	struct parcel x = {.label = "Abc",
			   .serial = -1,
			   .shade = PALE,
			   .low = 0,
			   .mid = -3,
			   .high = 1ull << 38,
			   .mode = READ,
			   .width = -2,
			   .height = 300,
			   .note = "b",
			   .next = &next,
			   .count = 1,
			   .done = false};
	struct parcel y = {.label = "abb",
			   .serial = 1,
			   .shade = DARK,
			   .low = 1,
			   .mid = 2,
			   .high = 1ull << 39,
			   .mode = EXEC,
			   .width = 1,
			   .height = 7,
			   .note = NULL,
			   .next = &next,
			   .count = 2,
			   .done = true};
	static const struct {
		const char *spec;
		int order;  // of x and y; 0 if they are equal
	} rows[] = {
		{"serial", -1},
		{"-serial", 1},
		{"shade", -1},
		{"low", -1},
		{"mid", -1},
		{"- mid", 1},
		{"high", -1},
		{"mode", -1},
		{"width", -1},
		{"height", 1},
		{"count", -1},
		{"-count", 1},
		{"done", -1},
		{"label", -1},
		{"^label", 1},
		{"^-label", -1},
		{"- ^ label", -1},
		{"label[1]", 0},
		{"label[2]", 1},
		{"note", 1},
		{"-note", 1},
		{"?note", -1},
		{"-?note", -1},
		{"next.next.width", 0},
		{"next.next.next.width, -serial", 1},
		{" \tnext.next.width ,\nserial ", -1},
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		expect_before(GO_TYPE(parcel), rows[i].spec,
			      rows[i].order > 0 ? &y : &x,
			      rows[i].order > 0 ? &x : &y, rows[i].order == 0);
}

START_TEST(wide_and_odd_numbers_have_their_order)
{
	struct point near = {1, 2}, far = {3, 4};
	struct crate x = {.origin = &near,
			  .ratio = -1.5f,
			  .tiny = -128,
			  .big = 1,
			  .bytes = INT64_MIN,
			  .fine = -1.0L,
			  .wide = -1,
			  .seal = "no",
			  .locks = 1,
			  .wide_bits = INT64_MIN};
	struct crate y = {.origin = &far,
			  .ratio = 1.5f,
			  .tiny = 127,
			  .big = UINT64_MAX,
			  .bytes = INT64_MAX,
			  .fine = 2.0L,
			  .wide = 1,
			  .seal = "yes!",
			  .locks = 255,
			  .wide_bits = INT64_MAX};
	static const char *const specs[] = {
		"ratio",       "tiny",   "big",    "bytes",     "fine",
		"wide",        "seal",   "locks",  "wide_bits", "origin.x",
		"corner[1].y", "key.id", "raw[2]",
	};
	char down[32];
	size_t i;

	x.corner[1].y = -0.5;
	y.corner[1].y = -0.25;
	x.key.id = -5;
	y.key.id = 5;
	x.raw[2] = 127;
	y.raw[2] = 128;
	for (i = 0; i < COUNT(specs); i++) {
		expect_before(GO_TYPE(crate), specs[i], &x, &y, false);
		snprintf(down, sizeof(down), "-%s", specs[i]);
		expect_before(GO_TYPE(crate), down, &y, &x, false);
	}
}

START_TEST(nan_comes_last_in_either_direction)
{
	struct crate x = {.ratio = INFINITY, .fine = 1};
	struct crate y = {.ratio = -NAN, .fine = (long double)NAN};

	x.corner[0].x = -0.0;
	y.corner[0].x = NAN;
	expect_before(GO_TYPE(crate), "ratio", &x, &y, false);
	expect_before(GO_TYPE(crate), "-ratio", &x, &y, false);
	expect_before(GO_TYPE(crate), "corner[0].x", &x, &y, false);
	expect_before(GO_TYPE(crate), "-corner[0].x", &x, &y, false);
	expect_before(GO_TYPE(crate), "fine", &x, &y, false);
	expect_before(GO_TYPE(crate), "-fine", &x, &y, false);
	y.corner[0].x = 0.0;
	expect_before(GO_TYPE(crate), "corner[0].x", &x, &y, true);
	expect_before(GO_TYPE(crate), "-corner[0].x", &x, &y, true);
	x.ratio = NAN;
	expect_before(GO_TYPE(crate), "ratio", &x, &y, true);
}

START_TEST(texts_compare_by_the_marks_before_them)
{
	static const struct {
		const char *spec, *x, *y;
		bool is_same;
	} rows[] = {
		{"owner", "", "a", false},
		{"owner", "a", "ab", false},
		{"owner", "z", "\xc3\xa4", false},
		{"owner", "B", "a", false},
		{"^owner", "a", "B", false},
		{"^owner", "aB", "Ab", true},
		{"^owner", "_", "a", false},
		{"owner", NULL, "", false},
		{"-owner", NULL, "", false},
		{"-owner", "b", "a", false},
		{"?owner", "z", NULL, false},
		{"-?owner", "a", NULL, false},
		{"owner", NULL, NULL, true},
		{"owner", "file10", "file9", false},
		{"~owner", "file9", "file10", false},
		{"-~owner", "file10", "file9", false},
		{"~owner", "file", "file0", false},
		{"~owner", "a9b2", "a9b10", false},
		{"~owner", "007", "7", false},
		{"~owner", "007a", "7b", false},
		{"~owner", "99999999999999999999998", "99999999999999999999999",
		 false},
		{"~owner", "B1", "a1", false},
		{"~^owner", "a1", "B1", false},
		{"~^owner", "A01", "a01", true},
		{"~owner", "a1", "a1", true},
		{"~?owner", "a1", NULL, false},
	};
	struct crate x, y;
	size_t i;

	memset(&x, 0, sizeof(x));
	memset(&y, 0, sizeof(y));
	for (i = 0; i < COUNT(rows); i++) {
		x.owner = rows[i].x;
		y.owner = rows[i].y;
		expect_before(GO_TYPE(crate), rows[i].spec, &x, &y,
			      rows[i].is_same);
	}
}

START_TEST(char_arrays_end_at_their_end_or_a_nul)
{
	struct parcel x = {.label = "12345678"}, y = {.label = "12345678"};

	expect_before(GO_TYPE(parcel), "label", &x, &y, true);
	expect_before(GO_TYPE(parcel), "~label", &x, &y, true);
	x.label[7] = '\0';
	expect_before(GO_TYPE(parcel), "label", &x, &y, false);
	memcpy(x.label, "ab\0zz", 5);
	memcpy(y.label, "ab\0aa", 5);
	expect_before(GO_TYPE(parcel), "label", &x, &y, true);
	expect_before(GO_TYPE(parcel), "^label", &x, &y, true);
	memcpy(y.label, "\xff", 1);
	expect_before(GO_TYPE(parcel), "label", &x, &y, false);
}

START_TEST(null_on_the_way_is_null)
{
	struct parcel end = {.width = -7};
	struct parcel x = {.next = NULL}, y = {.next = &end};

	expect_before(GO_TYPE(parcel), "next.width", &x, &y, false);
	expect_before(GO_TYPE(parcel), "-next.width", &x, &y, false);
	expect_before(GO_TYPE(parcel), "?next.width", &y, &x, false);
	expect_before(GO_TYPE(parcel), "next.label", &x, &y, false);
	expect_before(GO_TYPE(parcel), "next.next.width", &x, &y, true);
}

// ---- sorting ---------------------------------------------------------------

enum { MOST = 3000 };
static struct parcel parcels[MOST], expected[MOST];
static struct parcel targets[7];
static char notes[64][48];

// fill_parcels makes n parcels with many ties; serial, which nothing sorts by,
// is their place.
static void
fill_parcels(size_t n, enum pattern p)
{
	size_t i;
	uint64_t x;

	for (i = 0; i < COUNT(notes); i++)
		snprintf(notes[i], sizeof(notes[i]), "%sNote %d",
			 i % 3 == 0 ? "a long one, with a common start: " : "",
			 (int)(draw() % 40));
	for (i = 0; i < COUNT(targets); i++)
		targets[i].width = (short)(draw() % 5);
	for (i = 0; i < n; i++) {
		x = pattern_at(p, i, n);
		struct parcel made = {
			.serial = (int)i,
			.shade = (enum shade)(x % 5),
			.mid = (int)(draw() % 30) - 15,
			.high = draw() >> 24,
			.width = (short)x,
			.note = draw() % 9 == 0 ? NULL
						: notes[draw() % COUNT(notes)],
			.next = draw() % 9 == 0
					? NULL
					: &targets[draw() % COUNT(targets)],
			.count = (int)(x >> 3),
		};
		snprintf(made.label, sizeof(made.label), "%c%llu",
			 draw() % 2 ? 'x' : 'X',
			 (unsigned long long)(x % 10000));
		memcpy(&parcels[i], &made, sizeof(made));
	}
}

static bool
order_less(const void *a, const void *b, void *arg)
{
	return go_order_compare(arg, a, b) < 0;
}

static const char *const specs[] = {
	"width",
	"-width",
	"shade, -mid",
	"label",
	"-^label",
	"~label",
	"note, high",
	"?-note, -next.width, mid",
	"^note",
	"~^note",
	"next.width, ?next.width, label",
	"count, -label, note",
	"high",
	"-mid, shade, note, ^label, width",
};

START_TEST(sorts_agree_with_the_comparison_and_are_stable)
{
	size_t s, n, index[MOST], i;
	go_order *o;
	int p;

	seed_random();
	for (s = 0; s < COUNT(specs); s++) {
		o = new_order(GO_TYPE(parcel), specs[s]);
		for (p = 0; p < PATTERNS; p++) {
			n = p == RANDOM ? MOST : draw() % 300;
			fill_parcels(n, (enum pattern)p);
			memcpy(expected, parcels, sizeof(parcels));
			go_stable_sort_func(expected, n, sizeof(*expected),
					    order_less, o);
			expect_ok(go_order_permutation(o, parcels, n, index));
			for (i = 0; i < n; i++)
				WANT(parcels[index[i]].serial ==
				     expected[i].serial);
			go_order_stable(o, parcels, n);
			WANT(memcmp(parcels, expected, n * sizeof(*parcels)) ==
			     0);
			go_shuffle(parcels, n, sizeof(*parcels), draw() | 1);
			go_order_sort(o, parcels, n);
			WANT(go_order_is_sorted(o, parcels, n));
			for (i = 0; i < n; i++)
				WANT(go_order_compare(o, &parcels[i],
						      &expected[i]) == 0);
		}
		go_order_free(o);
	}
}

START_TEST(search_top_nth_and_merge_agree_with_the_sort)
{
	size_t s, n, k, at, i;
	go_order *o;

	seed_random();
	for (s = 0; s < COUNT(specs); s++) {
		o = new_order(GO_TYPE(parcel), specs[s]);
		for (n = 1; n < 900; n = next_size(n * 2)) {
			fill_parcels(n, (enum pattern)(n % PATTERNS));
			memcpy(expected, parcels, sizeof(parcels));
			go_order_stable(o, expected, n);
			k = draw() % n;
			at = go_order_search(o, expected, n, &expected[k]);
			WANT(at <= k);
			WANT(go_order_compare(o, &expected[at], &expected[k]) ==
			     0);
			WANT(at == 0 || go_order_compare(o, &expected[at - 1],
							 &expected[k]) < 0);
			go_order_top(o, parcels, n, k);
			for (i = 0; i < n; i++)
				WANT(i < k ? go_order_compare(o, &parcels[i],
							      &expected[i]) == 0
					   : go_order_compare(o, &parcels[i],
							      &expected[k]) >=
						     0);
			go_shuffle(parcels, n, sizeof(*parcels), draw() | 1);
			go_order_nth(o, parcels, n, k);
			for (i = 0; i < n; i++) {
				int c = go_order_compare(o, &parcels[i],
							 &expected[k]);
				WANT(i < k ? c <= 0 : i > k ? c >= 0 : c == 0);
			}
			go_order_stable(o, parcels, k);
			go_order_stable(o, parcels + k, n - k);
			go_order_merge(o, parcels, k, parcels + k, n - k,
				       expected);
			WANT(go_order_is_sorted(o, expected, n));
		}
		go_order_free(o);
	}
}

// ---- typed functions -------------------------------------------------------

static const struct {
	const char *spec;
	int (*compare)(const struct letter *a, const struct letter *b);
	void (*sort)(struct letter *a, size_t n);
	void (*stable)(struct letter *a, size_t n);
	size_t (*search)(const struct letter *a, size_t n,
			 const struct letter *key);
	bool (*is_sorted)(const struct letter *a, size_t n);
} typed[] = {
#define TYPED(name, spec)                                                      \
	{                                                                      \
		spec, letter_compare_##name, letter_sort_##name,               \
			letter_stable_sort_##name, letter_search_##name,       \
			letter_is_sorted_##name                                \
	}
	TYPED(by_body, "body, -weight"),
	TYPED(by_folded_body, "-^?body, zone"),
	TYPED(by_number, "~name"),
	TYPED(by_folded_number, "- ~ ^ name, weight"),
	TYPED(by_reply, "?reply.reply.weight, reply.body, -urgent"),
	TYPED(by_box, "-bytes[0], -zone, name"),
};

static void
fill_letters(struct letter *a, size_t n)
{
	static const char *const names[] = {"a1", "a01", "A10", "b2", "", "a"};
	static char bodies[8][6] = {"hello", "Hello", "help\0", "\0abcd",
				    "zzzzz", "\xff",  "hel",    "HELLO"};
	size_t i;

	memset(a, 0, n * sizeof(*a));
	for (i = 0; i < n; i++) {
		a[i].serial = (int)i;
		// Below 0 is none; never more than there are.
		a[i].length = (short)(draw() % 7) - 1;
		a[i].body = draw() % 6 == 0 ? NULL : bodies[draw() % 8];
		a[i].weight = draw() % 10 == 0 ? NAN : (float)(draw() % 4);
		strncpy(a[i].name, names[draw() % COUNT(names)],
			sizeof(a[i].name) - 1);
		a[i].reply = draw() % 4 == 0 ? NULL : &a[draw() % n];
		a[i].urgent = draw() % 2;
		a[i].zone = (int)(draw() % 32) - 16;
		a[i].box = (int)(draw() % 5);
	}
}

START_TEST(typed_functions_agree_with_the_order_of_their_text)
{
	// Replies point into fixed, which stays as it is.
	static struct letter fixed[300], a[300], b[300];
	const size_t n = COUNT(fixed);
	size_t s, i, k;
	go_order *o;

	seed_random();
	fill_letters(fixed, n);
	for (s = 0; s < COUNT(typed); s++) {
		o = new_order(GO_TYPE(letter), typed[s].spec);
		for (i = 0; i < n; i++)
			for (k = 0; k < n; k++) {
				int c = typed[s].compare(&fixed[i], &fixed[k]);

				WANT((c > 0) - (c < 0) ==
				     go_order_compare(o, &fixed[i], &fixed[k]));
			}
		memcpy(a, fixed, sizeof(a));
		memcpy(b, fixed, sizeof(b));
		typed[s].stable(a, n);
		go_order_stable(o, b, n);
		WANT(memcmp(a, b, sizeof(a)) == 0);
		for (i = 0; i < n; i++)
			WANT(typed[s].search(a, n, &fixed[i]) ==
			     go_order_search(o, b, n, &fixed[i]));
		memcpy(a, fixed, sizeof(a));
		typed[s].sort(a, n);
		WANT(typed[s].is_sorted(a, n) && go_order_is_sorted(o, a, n));
		go_order_free(o);
	}
}

START_TEST(merge_takes_the_first_of_equals_first)
{
	struct parcel a[2] = {{.width = 1, .serial = 1},
			      {.width = 2, .serial = 2}};
	struct parcel b[2] = {{.width = 1, .serial = 3},
			      {.width = 2, .serial = 4}};
	struct parcel out[4];
	go_order *o = new_order(GO_TYPE(parcel), "width");

	go_order_merge(o, a, 2, b, 2, out);
	ck_assert(out[0].serial == 1 && out[1].serial == 3);
	ck_assert(out[2].serial == 2 && out[3].serial == 4);
	go_order_merge(o, a, 0, b, 2, out);
	ck_assert_int_eq(out[0].serial, 3);
	go_order_free(o);
}

START_TEST(long_equal_texts_end)
{
	struct crate *a = calloc(200, sizeof(*a));
	char *text = malloc(100001);
	go_order *o = new_order(GO_TYPE(crate), "owner, -tiny");
	size_t i;

	memset(text, 'x', 100000);
	text[100000] = '\0';
	for (i = 0; i < 200; i++) {
		a[i].owner = text;
		a[i].tiny = (int8_t)(i % 100);
	}
	go_order_sort(o, a, 200);
	ck_assert(go_order_is_sorted(o, a, 200));
	ck_assert_int_eq(a[0].tiny, 99);
	go_order_free(o);
	free(text);
	free(a);
}

START_TEST(sort_by_takes_the_type_by_name)
{
	int32_t i;
	struct point a[100];

	for (i = 0; i < 100; i++) {
		a[i].x = i % 10;
		a[i].y = i;
	}
	expect_ok(go_sort_by(point, a, 100, "-y"));
	ck_assert_double_eq(a[0].y, 99);
	expect_ok(go_stable_sort_by(point, a, 100, "x"));
	ck_assert_double_eq(a[0].y, 90);
	ck_assert_double_eq(a[99].y, 9);
	expect_ok(go_sort_by(point, a, 0, "x"));
	go_order_free(NULL);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(GO__TSAN)
START_TEST(without_memory_orders_sort_and_say_what_they_cannot)
{
	const struct rlimit none = {0, 0};
	const size_t n = 40000;
	struct point *a = malloc(n * sizeof(*a));
	size_t *index = malloc(n * sizeof(*index)), i;
	go_order *o = new_order(GO_TYPE(point), "x");
	go_error *err;

	for (i = 0; i < n; i++) {
		a[i].x = (double)(draw() % 10);
		a[i].y = (double)i;
	}
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &none), 0);
	err = go_order_permutation(o, a, n, index);
	ck_assert(err == GO_NO_MEMORY);
	go_order_stable(o, a, n);
	for (i = 1; i < n; i++)
		WANT(a[i - 1].x < a[i].x ||
		     (a[i - 1].x == a[i].x && a[i - 1].y < a[i].y));
}
#define HAS_LIMITS 1
#else
#define HAS_LIMITS 0
#endif

int
main(void)
{
	Suite *s = suite_create("order");
	TCase *tc = tcase_create("all"), *native = tcase_create("native");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 30);
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");  // not under an emulator
	tcase_set_timeout(native, 30);
	tcase_add_test(tc, every_kind_of_member_has_its_order);
	tcase_add_test(tc, wide_and_odd_numbers_have_their_order);
	tcase_add_test(tc, nan_comes_last_in_either_direction);
	tcase_add_test(tc, texts_compare_by_the_marks_before_them);
	tcase_add_test(tc, char_arrays_end_at_their_end_or_a_nul);
	tcase_add_test(tc, null_on_the_way_is_null);
	tcase_add_test(tc, sorts_agree_with_the_comparison_and_are_stable);
	tcase_add_test(tc, search_top_nth_and_merge_agree_with_the_sort);
	tcase_add_test(tc, typed_functions_agree_with_the_order_of_their_text);
	tcase_add_test(tc, merge_takes_the_first_of_equals_first);
	tcase_add_test(tc, long_equal_texts_end);
	tcase_add_test(tc, sort_by_takes_the_type_by_name);
#if HAS_LIMITS
	tcase_add_test(native,
		       without_memory_orders_sort_and_say_what_they_cannot);
#endif
	return run_suite(s);
}
