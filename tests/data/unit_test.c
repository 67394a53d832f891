// SPDX-License-Identifier: MIT

#include "crate_module.h"
#include "expect.h"
#include "libgo/format.h"

START_TEST(numbers_are_shown_in_their_unit)
{
	static const struct {
		double x;
		const char *unit, *text;
	} rows[] = {
		{0, "bytes", "0"},
		{999, "bytes", "999"},
		{1000, "bytes", "1.0K"},
		{1536, "bytes", "1.5K"},
		{99.9 * 1024, "bytes", "99.9K"},
		{100 * 1024, "bytes", "100K"},
		{999.4 * 1024, "bytes", "999K"},
		{999.6 * 1024, "bytes", "1.0M"},
		{-2048, "bytes", "-2.0K"},
		{1.5 * (1 << 30), "bytes", "1.5G"},
		{0x1p63, "bytes", "8.0E"},
		{1, "KiB", "1.0K"},
		{2048, "KiB", "2.0M"},
		{0, "ns", "0s"},
		{850, "ns", "850ns"},
		{12500000, "ns", "12.5ms"},
		{1500000000, "ns", "1.5s"},
		{1500, "us", "1.5ms"},
		{59.94, "s", "59.9s"},
		{59.96, "s", "1m00s"},
		{123, "s", "2m03s"},
		{3600, "s", "1h00m"},
		{5 * 3600 + 4 * 60, "s", "5h04m"},
		{(3 * 24 + 7) * 3600, "s", "3d07h"},
		{-123, "s", "-2m03s"},
		{1e12, "s", "1e+12s"},
		{12.34, "percent", "12.3%"},
		{1, "bool", "yes"},
		{0, "bool", "no"},
		{420, "octal", "0644"},
		{31, "hex", "0x1f"},
		{12, "rpm", "12 rpm"},
		{12, "", "12"},
		{12, NULL, "12"},
	};
	char buf[32];
	size_t i, n;

	for (i = 0; i < COUNT(rows); i++) {
		n = go_value_text_unit(go_value_of_const(double, &rows[i].x),
				       rows[i].unit, buf, sizeof(buf));
		ck_assert_uint_eq(n, strlen(buf));
		ck_assert_str_eq(buf, rows[i].text);
	}
}

START_TEST(what_is_no_number_has_no_unit)
{
	struct parcel p = {.label = "box"};
	char buf[32];

	go_value_text_unit(go_value_named(go_value_of(parcel, &p), "label"),
			   "bytes", buf, sizeof(buf));
	ck_assert_str_eq(buf, "box");
}

int
main(void)
{
	Suite *s = suite_create("unit");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, numbers_are_shown_in_their_unit);
	tcase_add_test(tc, what_is_no_number_has_no_unit);
	return run_suite(s);
}
