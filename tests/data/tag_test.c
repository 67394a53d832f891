// SPDX-License-Identifier: MIT

#include "crate_module.h"
#include "expect.h"

START_TEST(tags_follow_gos_grammar)
{
	static const struct {
		const char *tag, *key, *value;  // NULL if not there
	} rows[] = {
		{"json:\"name\"", "json", "name"},
		{"json:\"name\" db:\"years\"", "db", "years"},
		{"json:\"\"", "json", ""},
		{"json:\"name\"", "jso", NULL},
		{"json:\"name\"", "son", NULL},
		{"json:\"name\"", "name", NULL},
		{"a:\"x y  z\" b:\"1\"", "a", "x y  z"},
		{"a:\"say \\\"hi\\\"\" b:\"1\"", "a", "say \"hi\""},
		{"a:\"say \\\"hi\\\"\" b:\"1\"", "b", "1"},
		{"a:\"t\\tn\\n\\x41\\102\"", "a", "t\tn\nAB"},
		{"  a:\"1\"   b:\"2\"  ", "b", "2"},
		// As formatters of C write it.
		{"json : \"name\"", "json", "name"},
		{"a : \"1\" b : \"2\"", "b", "2"},
		// What makes no sense ends the tag.
		{"", "json", NULL},
		{"json", "json", NULL},
		{"json:name", "json", NULL},
		{"json:\"name", "json", NULL},
		{"json:\"name\\\"", "json", NULL},
		{"a:\"1\" b:2 c:\"3\"", "a", "1"},
		{"a:\"1\" b:2 c:\"3\"", "c", NULL},
		{":\"x\"", "", NULL},
	};
	char buf[32];
	bool found;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		found = go_tag_get(rows[i].tag, rows[i].key, buf, sizeof(buf));
		ck_assert_msg(found == (rows[i].value != NULL), "row %zu: %s",
			      i, rows[i].tag);
		if (found)
			ck_assert_str_eq(buf, rows[i].value);
	}
}

START_TEST(values_are_cut_to_the_buffer)
{
	char buf[4] = "???";

	ck_assert(go_tag_get("a:\"12345\"", "a", buf, sizeof(buf)));
	ck_assert_str_eq(buf, "123");
	ck_assert(go_tag_get("a:\"12345\"", "a", buf, 1));
	ck_assert_str_eq(buf, "");
	ck_assert(go_tag_get("a:\"12345\"", "a", NULL, 0));
}

START_TEST(fields_carry_their_tags)
{
	const go_type *t = GO_TYPE(crate);

	ck_assert_str_eq(go_type_field_by_name(t, "owner")->tag,
			 "json:\"held_by,omitempty\" table:\"Held by\"");
	ck_assert_str_eq(go_type_field_by_name(t, "ratio")->tag, "");
	ck_assert_str_eq(go_type_tag(t), "");
}

int
main(void)
{
	Suite *s = suite_create("tag");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, tags_follow_gos_grammar);
	tcase_add_test(tc, values_are_cut_to_the_buffer);
	tcase_add_test(tc, fields_carry_their_tags);
	return run_suite(s);
}
