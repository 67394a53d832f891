// SPDX-License-Identifier: MIT

#include "crate_module.h"
#include "expect.h"

static const char *
text_of(go_value v)
{
	static char buf[64];

	go_value_text(v, buf, sizeof(buf));
	return buf;
}

START_TEST(enumerators_are_listed_as_in_the_source)
{
	const go_enumerator *e;
	size_t n;

	e = go_type_enumerators(GO_TYPE(shade), &n);
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(e[1].name, "LIGHT");
	ck_assert_int_eq(e[1].value, 5);
	ck_assert_str_eq(e[2].name, "PALE");
	ck_assert_int_eq(e[2].value, -2);
	ck_assert_ptr_null(go_type_enumerators(GO_TYPE(int), &n));
	ck_assert_uint_eq(n, 0);
}

START_TEST(values_are_told_by_name)
{
	enum shade shade = PALE;
	go_value v = go_value_of(shade, &shade);

	ck_assert_str_eq(go_value_enum_text(v), "PALE");
	ck_assert_str_eq(text_of(v), "PALE");
	shade = (enum shade)3;
	ck_assert_ptr_null(go_value_enum_text(v));
	ck_assert_str_eq(text_of(v), "3");
	ck_assert_ptr_null(go_value_enum_text(go_value_of(int, &(int){0})));
}

START_TEST(values_are_set_by_name_or_number)
{
	enum shade shade = DARK;
	go_value v = go_value_of(shade, &shade);

	expect_ok(go_value_set_enum(v, "LIGHT"));
	ck_assert_int_eq(shade, LIGHT);
	expect_ok(go_value_set_enum(v, " PALE "));
	ck_assert_int_eq(shade, PALE);
	expect_ok(go_value_set_enum(v, "-7"));
	ck_assert_int_eq(shade, -7);
	expect_ok(go_value_set_enum(v, "0x10"));
	ck_assert_int_eq(shade, 16);
}

START_TEST(unknown_names_change_nothing)
{
	static const struct {
		const char *text, *error;
	} rows[] = {
		{"LIGH", "shade: no enumerator \"LIGH\""},
		{"LIGHTS", "shade: no enumerator \"LIGHTS\""},
		{"light", "shade: no enumerator \"light\""},
		{"", "shade: no enumerator \"\""},
		{"-", "shade: no enumerator \"-\""},
		{"0x", "shade: no enumerator \"0x\""},
		{"DARK|LIGHT", "shade: no enumerator \"DARK|LIGHT\""},
		{"DARK LIGHT", "shade: no enumerator \"DARK LIGHT\""},
		{"4294967296",
		 "shade: 4294967296 is out of range -2147483648 to "
		 "2147483647"},
		{"99999999999999999999",
		 "shade: no enumerator \"99999999999999999999\""},
	};
	enum shade shade = LIGHT;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		expect_error(go_value_set_enum(go_value_of(shade, &shade),
					       rows[i].text),
			     rows[i].error);
		ck_assert_int_eq(shade, LIGHT);
	}
	expect_error(go_value_set_enum(go_value_of(int, &(int){0}), "DARK"),
		     "int: int, not an enum");
}

START_TEST(flags_are_told_and_set_together)
{
	static const struct {
		unsigned value;
		const char *text;
	} rows[] = {
		{0, "0"},
		{READ, "READ"},
		{READ | EXEC, "READ|EXEC"},
		{READ | WRITE | EXEC, "READ|WRITE|EXEC"},
		{WRITE | 0x40, "WRITE|0x40"},
		{0x40, "0x40"},
	};
	enum mode mode;
	go_value v = go_value_of(mode, &mode);
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		mode = (enum mode)rows[i].value;
		ck_assert_str_eq(text_of(v), rows[i].text);
		mode = (enum mode)99;
		expect_ok(go_value_set_enum(v, rows[i].text));
		ck_assert_uint_eq(mode, rows[i].value);
	}
	expect_ok(go_value_set_enum(v, "READ | EXEC"));
	ck_assert_uint_eq(mode, READ | EXEC);
	expect_error(go_value_set_enum(v, "READ|"), "mode: no enumerator \"\"");
	expect_error(go_value_set_enum(v, "READ|RUN"),
		     "mode: no enumerator \"RUN\"");
	ck_assert_uint_eq(mode, READ | EXEC);
}

int
main(void)
{
	Suite *s = suite_create("enum");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, enumerators_are_listed_as_in_the_source);
	tcase_add_test(tc, values_are_told_by_name);
	tcase_add_test(tc, values_are_set_by_name_or_number);
	tcase_add_test(tc, unknown_names_change_nothing);
	tcase_add_test(tc, flags_are_told_and_set_together);
	return run_suite(s);
}
