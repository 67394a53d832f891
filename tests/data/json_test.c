// SPDX-License-Identifier: MIT

#include <errno.h>
#include <math.h>

#include "crate_module.h"
#include "expect.h"
#include "libgo/json.h"

struct sink {
	char text[65536];
	size_t n;
};

static go_error *
take(const char *bytes, size_t n, void *arg)
{
	struct sink *sink = arg;

	ck_assert_uint_lt(sink->n + n, sizeof(sink->text));
	memcpy(sink->text + sink->n, bytes, n);
	sink->n += n;
	sink->text[sink->n] = '\0';
	return NULL;
}

static const char *
json_of(go_value v)
{
	static struct sink sink;

	sink.n = 0;
	expect_ok(go_json_encode(v, take, &sink));
	return sink.text;
}

START_TEST(structs_are_objects_with_their_tags)
{
	float weights[] = {0.5f, 2};
	struct parcel p = {.label = "box", .shade = PALE, .mid = -3};
	struct crate c = {.which = BY_ID};
	go_value v = go_value_of(crate, &c);

	p.n_weights = 2;
	p.weights = weights;
	p.mode = (enum mode)(READ | WRITE);
	ck_assert_str_eq(
		json_of(go_value_of(parcel, &p)),
		"{\"name\":\"box\",\"serial\":0,\"shade\":\"PALE\",\"low\":0,"
		"\"mid\":-3,\"high\":0,\"mode\":3,\"width\":0,\"height\":0,"
		"\"n_weights\":2,\"weights\":[0.5,2],\"note\":null,"
		"\"next\":null,\"count\":0,\"done\":false}");
	c.key.id = 4;
	c.big = UINT64_MAX;
	c.bytes = 12;
	c.wide = -1;
	ck_assert_str_eq(
		json_of(v),
		"{\"corner\":[{\"x\":0,\"y\":0},{\"x\":0,\"y\":0}],"
		"\"which\":\"BY_ID\",\"key\":{\"id\":4},\"n_parcels\":0,"
		"\"parcels\":null,\"origin\":null,\"ratio\":0,\"tiny\":0,"
		"\"big\":18446744073709551615,\"bytes\":\"12\",\"wide\":-1,"
		"\"fine\":0,\"seal\":\"\",\"locks\":0,\"wide_bits\":0}");
	c.owner = "Ada";
	ck_assert_ptr_nonnull(strstr(json_of(v), "\"held_by\":\"Ada\""));
}

START_TEST(texts_are_escaped_and_always_utf8)
{
	static const struct {
		const char *text, *json;
	} rows[] = {
		{"", "\"\""},
		{"a\"b\\c/", "\"a\\\"b\\\\c/\""},
		{"\b\f\n\r\t", "\"\\b\\f\\n\\r\\t\""},
		{"\x01\x1f\x7f", "\"\\u0001\\u001f\\u007f\""},
		{"\xc2\x9b", "\"\\u009b\""},
		{"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80",
		 "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
		{"a\xff"
		 "b",
		 "\"a\\ufffdb\""},
		// Cut off, overlong, a surrogate, past the end of Unicode.
		{"\xe2\x82", "\"\\ufffd\\ufffd\""},
		{"\xc0\xaf", "\"\\ufffd\\ufffd\""},
		{"\xe0\x80\xaf", "\"\\ufffd\\ufffd\\ufffd\""},
		{"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
		{"\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\""},
	};
	struct parcel p = {.note = NULL};
	go_value v = go_value_named(go_value_of(parcel, &p), "note");
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		p.note = rows[i].text;
		ck_assert_str_eq(json_of(v), rows[i].json);
	}
	memcpy(p.label, "12345678", 8);
	v = go_value_named(go_value_of(parcel, &p), "label");
	ck_assert_str_eq(json_of(v), "\"12345678\"");
}

START_TEST(pointers_are_what_they_point_to)
{
	struct parcel parcels[2] = {{.width = 1}, {.width = 2}};
	struct point origin = {1, 2};
	struct crate c = {.n_parcels = 2, .parcels = parcels};
	go_value v = go_value_of(crate, &c);

	c.origin = &origin;
	ck_assert_str_eq(json_of(go_value_named(v, "origin")),
			 "{\"x\":1,\"y\":2}");
	ck_assert_ptr_nonnull(strstr(json_of(v), "\"parcels\":[{\"name\""));
	ck_assert_ptr_null(strstr(json_of(v), "cargo"));
}

START_TEST(what_has_no_json_is_an_error)
{
	struct point p = {1, (double)NAN};
	struct parcel loop = {.width = 1};
	struct sink sink = {.n = 0};

	expect_error(go_json_encode(go_value_of(point, &p), take, &sink),
		     "json: double: nan has no JSON");
	p.y = -INFINITY;
	expect_error(go_json_encode(go_value_of(point, &p), take, &sink),
		     "json: double: -inf has no JSON");
	loop.next = &loop;
	expect_error(go_json_encode(go_value_of(parcel, &loop), take, &sink),
		     "json: parcel *: more than 100 pointers deep");
	expect_error(go_json_encode((go_value){0}, take, &sink),
		     "invalid value");
}

static go_error *
refuse(const char *bytes, size_t n, void *arg)
{
	(void)bytes;
	(void)n;
	++*(int *)arg;
	return go_errorf("full");
}

START_TEST(the_writers_first_error_ends_the_writing)
{
	int numbers[4000] = {0}, calls = 0;

	expect_error(go_json_encode(go_value_of_array(int, numbers, 4000),
				    refuse, &calls),
		     "full");
	ck_assert_int_eq(calls, 1);
}

START_TEST(long_texts_pass_in_pieces)
{
	static char text[7000];
	struct parcel p = {.note = text};
	const char *json;

	memset(text, 'x', sizeof(text) - 1);
	json = json_of(go_value_named(go_value_of(parcel, &p), "note"));
	ck_assert_uint_eq(strlen(json), sizeof(text) + 1);
	ck_assert_uint_eq(strspn(json + 1, "x"), sizeof(text) - 1);
}

START_TEST(indented_json_has_two_blanks_a_level)
{
	struct point points[2] = {{1, 2}, {3, 4}};
	char *text;
	size_t n;
	FILE *file = open_memstream(&text, &n);

	expect_ok(
		go_json_print(file, go_value_of_array(point, points, 2), true));
	expect_ok(
		go_json_print(file, go_value_of_array(point, points, 0), true));
	expect_ok(go_json_print(file, go_value_of(point, points), false));
	fclose(file);
	ck_assert_str_eq(text, "[\n"
			       "  {\n"
			       "    \"x\": 1,\n"
			       "    \"y\": 2\n"
			       "  },\n"
			       "  {\n"
			       "    \"x\": 3,\n"
			       "    \"y\": 4\n"
			       "  }\n"
			       "]\n"
			       "[]\n"
			       "{\"x\":1,\"y\":2}\n");
	free(text);
}

START_TEST(a_full_file_is_an_error)
{
	struct point p = {1, 2};
	FILE *file = fopen("/dev/full", "w");

	if (file == NULL)
		return;
	expect_error(go_json_print(file, go_value_of(point, &p), false),
		     strerror(ENOSPC));
	fclose(file);
}

int
main(void)
{
	Suite *s = suite_create("json");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, structs_are_objects_with_their_tags);
	tcase_add_test(tc, texts_are_escaped_and_always_utf8);
	tcase_add_test(tc, pointers_are_what_they_point_to);
	tcase_add_test(tc, what_has_no_json_is_an_error);
	tcase_add_test(tc, the_writers_first_error_ends_the_writing);
	tcase_add_test(tc, long_texts_pass_in_pieces);
	tcase_add_test(tc, indented_json_has_two_blanks_a_level);
	tcase_add_test(tc, a_full_file_is_an_error);
	return run_suite(s);
}
