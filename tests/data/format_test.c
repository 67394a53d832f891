// SPDX-License-Identifier: MIT

#include <math.h>

#include "crate_module.h"
#include "expect.h"
#include "libgo/format.h"

static const char *
text_of(const char *format, go_value v)
{
	static char buf[1024];
	size_t n = go_format(buf, sizeof(buf), format, v);

	ck_assert_uint_eq(n, strlen(buf));
	return buf;
}

// A parcel with every member set but the pointers.
static struct parcel
sample(void)
{
	struct parcel p = {.serial = 7, .shade = LIGHT, .low = 1, .mid = -3};

	snprintf(p.label, sizeof(p.label), "box");
	p.high = 99;
	p.mode = (enum mode)(READ | EXEC);
	p.width = -4;
	p.height = 5;
	p.note = "say \"hi\"";
	p.count = 6;
	p.done = true;
	return p;
}

START_TEST(verbs_show_a_struct_in_three_ways)
{
	struct parcel p = sample();
	go_value v = go_value_of(parcel, &p);

	ck_assert_str_eq(text_of("%v", v),
			 "{box 7 LIGHT 1 -3 99 READ|EXEC {-4 5} 0 NULL say "
			 "\"hi\" NULL 6 true}");
	ck_assert_str_eq(
		text_of("%+v", v),
		"{label:box serial:7 shade:LIGHT low:1 mid:-3 high:99 "
		"mode:READ|EXEC {width:-4 height:5} n_weights:0 weights:NULL "
		"note:say \"hi\" next:NULL count:6 done:true}");
	ck_assert_str_eq(
		text_of("%#v", v),
		"{.label = \"box\", .serial = 7, .shade = LIGHT, .low = 1, "
		".mid = -3, .high = 99, .mode = READ|EXEC, {.width = -4, "
		".height = 5}, .n_weights = 0, .weights = NULL, .note = "
		"\"say \\\"hi\\\"\", .next = NULL, .count = 6, .done = true}");
}

START_TEST(an_initialiser_makes_the_same_value)
{
	struct parcel p = sample();
	// What the test above shows of %#v, given back to the compiler.
	struct parcel same = {.label = "box",
			      .serial = 7,
			      .shade = LIGHT,
			      .low = 1,
			      .mid = -3,
			      .high = 99,
			      .mode = READ | EXEC,
			      {.width = -4, .height = 5},
			      .n_weights = 0,
			      .weights = NULL,
			      .note = "say \"hi\"",
			      .next = NULL,
			      .count = 6,
			      .done = true};

	ck_assert(go_value_equal(go_value_of(parcel, &p),
				 go_value_of(parcel, &same)));
}

START_TEST(formats_take_text_around_their_verbs)
{
	int x = 5;
	go_value v = go_value_of(int, &x);

	ck_assert_str_eq(text_of("", v), "");
	ck_assert_str_eq(text_of("a %v, %v%%", v), "a 5, 5%");
	ck_assert_str_eq(text_of("%T: %d %", v), "int: %!d %!");
	ck_assert_str_eq(text_of("%v", go_value_named(v, "x")),
			 "<int: no field \"x\">");
	ck_assert_str_eq(text_of("%T", go_value_named(v, "x")), "<invalid>");
}

START_TEST(text_is_cut_but_counted)
{
	struct point p = {1, 2};
	go_value v = go_value_of(point, &p);
	char buf[6] = "?????";

	ck_assert_uint_eq(go_format(buf, sizeof(buf), "%+v", v), 9);
	ck_assert_str_eq(buf, "{x:1 ");
	ck_assert_uint_eq(go_format(buf, 1, "%+v", v), 9);
	ck_assert_str_eq(buf, "");
	ck_assert_uint_eq(go_format(NULL, 0, "%+v", v), 9);
	ck_assert_uint_eq(go_value_text(v, NULL, 0), 5);
}

START_TEST(numbers_read_back_as_they_were)
{
	static const struct {
		double x;
		const char *text;
	} rows[] = {
		{0.1, "0.1"},      {1.0 / 3, "0.3333333333333333"},
		{100, "100"},      {1e20, "1e+20"},
		{-0.0, "-0"},      {5e-324, "4.94065645841247e-324"},
		{INFINITY, "inf"}, {-INFINITY, "-inf"},
		{NAN, "nan"},      {-NAN, "nan"},
	};
	float f = 0.1f;
	long double l = 0.1L;
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ck_assert_str_eq(
			text_of("%v", go_value_of_const(double, &rows[i].x)),
			rows[i].text);
	ck_assert_str_eq(text_of("%v", go_value_of(float, &f)), "0.1");
	text_of("%v", go_value_of(ldouble, &l));
	ck_assert(strtold(text_of("%v", go_value_of(ldouble, &l)), NULL) ==
		  0.1L);
	ck_assert_str_eq(text_of("%#v", go_value_of_const(double, &rows[6].x)),
			 "INFINITY");
}

START_TEST(wide_and_complex_numbers_are_whole)
{
	struct crate c = {.wide = (__int128)1 << 126};
	go_value v = go_value_of(crate, &c);
	double half[] = {0.5, -2};

	ck_assert_str_eq(text_of("%v", go_value_named(v, "wide")),
			 "85070591730234615865843651857942052864");
	c.wide = -c.wide * 2;
	ck_assert_str_eq(text_of("%v", go_value_named(v, "wide")),
			 "-170141183460469231731687303715884105728");
	ck_assert_str_eq(text_of("%#v", go_value_named(v, "wide")),
			 "((unsigned __int128)0x8000000000000000ULL << 64 | "
			 "0x0ULL)");
	memcpy(&c.z, half, sizeof(c.z));
	ck_assert_str_eq(text_of("%v", go_value_named(v, "z")), "(0.5-2i)");
	ck_assert_str_eq(text_of("%#v", go_value_named(v, "z")),
			 "CMPLX(0.5, -2)");
}

START_TEST(literals_have_the_types_that_hold_them)
{
	int64_t x = INT64_MIN;
	uint64_t u = UINT64_MAX;
	go_value v = go_value_of(int64_t, &x);

	ck_assert_str_eq(text_of("%#v", v), "(-9223372036854775807LL - 1)");
	x = 1LL << 40;
	ck_assert_str_eq(text_of("%#v", v), "1099511627776LL");
	ck_assert_str_eq(text_of("%#v", go_value_of(uint64_t, &u)),
			 "18446744073709551615ULL");
}

START_TEST(quoted_texts_are_c_literals)
{
	char text[] = "a\n\t\"\\\x01"
		      "1?\x7f\xc3\xa9";
	struct parcel p = {.note = text};

	ck_assert_str_eq(
		text_of("%#v", go_value_named(go_value_of(parcel, &p), "note")),
		"\"a\\n\\t\\\"\\\\\\0011\\?\\177\xc3\xa9\"");
}

START_TEST(arrays_unions_and_pointers_are_shown)
{
	struct crate c = {.which = BY_NAME, .corner = {{1, 2}, {3, 4}}};
	go_value v = go_value_of(crate, &c);
	char want[32];

	ck_assert_str_eq(text_of("%v", go_value_named(v, "corner")),
			 "[{1 2} {3 4}]");
	ck_assert_str_eq(text_of("%#v", go_value_named(v, "corner")),
			 "{{.x = 1, .y = 2}, {.x = 3, .y = 4}}");
	snprintf(c.key.name, sizeof(c.key.name), "kim");
	ck_assert_str_eq(text_of("%+v", go_value_named(v, "key")),
			 "{name:kim}");
	c.which = (enum which)9;
	ck_assert_str_eq(text_of("%v", go_value_named(v, "key")),
			 "{union of 8 bytes}");
	c.origin = &c.corner[1];
	snprintf(want, sizeof(want), "%p", (void *)c.origin);
	ck_assert_str_eq(text_of("%v", go_value_named(v, "origin")), want);
}

START_TEST(printing_goes_to_a_file)
{
	struct point p = {1.5, -2};
	char *text;
	size_t n;
	FILE *file = open_memstream(&text, &n);

	ck_assert_uint_eq(go_fprint(file, "%+v\n", go_value_of(point, &p)), 13);
	fclose(file);
	ck_assert_str_eq(text, "{x:1.5 y:-2}\n");
	free(text);
}

int
main(void)
{
	Suite *s = suite_create("format");
	TCase *tc = tcase_create("all"), *ld = tcase_create("ldouble");

	suite_add_tcase(s, tc);
	suite_add_tcase(s, ld);
	tcase_set_tags(ld, "ldouble");  // not under valgrind
	tcase_add_test(tc, verbs_show_a_struct_in_three_ways);
	tcase_add_test(tc, an_initialiser_makes_the_same_value);
	tcase_add_test(tc, formats_take_text_around_their_verbs);
	tcase_add_test(tc, text_is_cut_but_counted);
	tcase_add_test(ld, numbers_read_back_as_they_were);
	tcase_add_test(tc, wide_and_complex_numbers_are_whole);
	tcase_add_test(tc, literals_have_the_types_that_hold_them);
	tcase_add_test(tc, quoted_texts_are_c_literals);
	tcase_add_test(tc, arrays_unions_and_pointers_are_shown);
	tcase_add_test(tc, printing_goes_to_a_file);
	return run_suite(s);
}
