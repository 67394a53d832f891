// SPDX-License-Identifier: MIT

#include <errno.h>

#include "crate_module.h"
#include "expect.h"
#include "libgo/table.h"

// table_of is the table as text, which the caller frees.
static char *
table_of(go_value v, const char *columns, size_t width)
{
	char *text;
	size_t n;
	FILE *file = open_memstream(&text, &n);

	expect_ok(go_table_print_fit(file, v, columns, width));
	fclose(file);
	return text;
}

static void
expect_table(go_value v, const char *columns, size_t width, const char *want)
{
	char *text = table_of(v, columns, width);

	ck_assert_str_eq(text, want);
	free(text);
}

START_TEST(numbers_stand_to_the_right_and_texts_to_the_left)
{
	struct parcel p[] = {{.label = "a", .width = 5, .shade = LIGHT},
			     {.label = "long", .width = -123}};

	expect_table(go_value_of_array(parcel, p, 2), "label, width,shade", 0,
		     "LABEL  WIDTH  SHADE\n"
		     "a          5  LIGHT\n"
		     "long    -123  DARK\n");
	expect_table(go_value_of_array(parcel, p, 0), "label,width", 0,
		     "LABEL  WIDTH\n");
}

START_TEST(tags_give_titles_and_units)
{
	struct crate c[] = {{.owner = "Ada", .bytes = 1536},
			    {.owner = NULL, .bytes = 0}};

	expect_table(go_value_of_array(crate, c, 2), "bytes,owner,corner[1].x",
		     0,
		     "SIZE  Held by  CORNER[1].X\n"
		     "1.5K  Ada                0\n"
		     "   0  NULL               0\n");
}

START_TEST(all_members_but_those_tagged_away_are_columns)
{
	struct point p = {1, 2.5};
	char *text = table_of(go_value_of_array(crate, &(struct crate){0}, 1),
			      NULL, 0);

	ck_assert_ptr_nonnull(strstr(text, "Held by"));
	ck_assert_ptr_nonnull(strstr(text, "WIDE_BITS"));
	ck_assert_ptr_null(strstr(text, "RAW"));
	free(text);
	expect_table(go_value_of_array(point, &p, 1), "", 0,
		     "X    Y\n1  2.5\n");
}

START_TEST(a_null_pointer_on_the_way_leaves_its_cell_empty)
{
	struct parcel p[] = {{.label = "a"}, {.label = "b"}};

	p[0].next = &p[1];
	expect_table(go_value_of_array(parcel, p, 2),
		     "next.label,next.width,label", 0,
		     "NEXT.LABEL  NEXT.WIDTH  LABEL\n"
		     "b                    0  a\n"
		     "                        b\n");
}

START_TEST(terminals_get_escapes)
{
	struct parcel p[] = {{.note = "a\n\t\x1b[31m"},
			     {.note = "\xc3\xa9\xff\xc2\x9b"}};

	expect_table(go_value_of_array(parcel, p, 2), "note,width", 0,
		     "NOTE           WIDTH\n"
		     "a\\n\\t\\x1b[31m      0\n"
		     "\xc3\xa9\\xff\\xc2\\x9b      0\n");
}

START_TEST(texts_of_any_length_are_shown_whole)
{
	static char note[5000];
	struct parcel p = {.note = note};
	char *text;

	memset(note, 'x', sizeof(note) - 1);
	text = table_of(go_value_of_array(parcel, &p, 1), "note", 0);
	ck_assert_uint_eq(strlen(text), 5 + sizeof(note));
	free(text);
}

START_TEST(wide_tables_are_fitted_to_a_width)
{
	struct parcel p = {.note = "0123456789abcdef\xc3\xa9\xc3\xa9",
			   .width = 12345};
	struct crate c = {.owner = "somebody else"};

	expect_table(go_value_of_array(parcel, &p, 1), "note,width", 17,
		     "NOTE        WIDTH\n"
		     "012345678+  12345\n");
	expect_table(go_value_of_array(parcel, &p, 1), "width,note", 24,
		     "WIDTH  NOTE\n"
		     "12345  0123456789abcdef+\n");
	// Eight characters are the least, numbers are never cut.
	expect_table(go_value_of_array(parcel, &p, 1), "width,note", 15,
		     "WIDTH  NOTE\n"
		     "12345  0123456+\n");
	expect_table(go_value_of_array(parcel, &p, 1), "width,note", 14,
		     "WIDTH\n"
		     "12345\n");
	expect_table(go_value_of_array(parcel, &p, 1), "width,note", 1,
		     "WIDTH\n"
		     "12345\n");
	expect_table(go_value_of_array(crate, &c, 1), "owner", 80,
		     "Held by\nsomebody else\n");
}

START_TEST(wrong_columns_are_told_and_nothing_is_printed)
{
	static const struct {
		const char *columns, *error;
	} rows[] = {
		{"label,wdth", "table: parcel has no field \"wdth\" (column 7 "
			       "of \"label,wdth\")"},
		{"next.colour", "table: parcel has no field \"next.colour\" "
				"(column 6 of \"next.colour\")"},
		{"label,", "table: empty name (column 7 of \"label,\")"},
		{" ,label", "table: empty name (column 2 of \" ,label\")"},
		{"weights[x]", "table: parcel has no field \"weights[x]\" "
			       "(column 8 of \"weights[x]\")"},
		{"width.x", "table: parcel has no field \"width.x\" (column "
			    "7 of \"width.x\")"},
	};
	struct parcel p = {.width = 1};
	char *text;
	size_t n, i;
	FILE *file;

	for (i = 0; i < COUNT(rows); i++) {
		file = open_memstream(&text, &n);
		expect_error(go_table_print(file,
					    go_value_of_array(parcel, &p, 1),
					    rows[i].columns),
			     rows[i].error);
		fclose(file);
		ck_assert_uint_eq(n, 0);
		free(text);
	}
}

START_TEST(what_is_no_array_of_structs_is_refused)
{
	int x = 0;

	expect_error(go_table_print(stdout, go_value_of(int, &x), NULL),
		     "table: int is no array");
	expect_error(
		go_table_print(stdout, go_value_of_array(int, &x, 1), NULL),
		"table: int [1] has no structs to print");
	expect_error(go_table_print(stdout, (go_value){0}, NULL),
		     "invalid value");
}

START_TEST(arrays_in_structs_and_of_pointers_work)
{
	struct parcel p[] = {{.width = 1}, {.width = 2}};
	struct crate c = {.n_parcels = 2, .parcels = p};

	expect_table(go_value_named(go_value_of(crate, &c), "parcels"), "width",
		     0, "WIDTH\n    1\n    2\n");
}

START_TEST(a_full_file_is_an_error)
{
	struct point p = {1, 2};
	FILE *file = fopen("/dev/full", "w");

	if (file == NULL)
		return;
	expect_error(
		go_table_print(file, go_value_of_array(point, &p, 1), NULL),
		strerror(ENOSPC));
	fclose(file);
}

int
main(void)
{
	Suite *s = suite_create("table");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, numbers_stand_to_the_right_and_texts_to_the_left);
	tcase_add_test(tc, tags_give_titles_and_units);
	tcase_add_test(tc, all_members_but_those_tagged_away_are_columns);
	tcase_add_test(tc, a_null_pointer_on_the_way_leaves_its_cell_empty);
	tcase_add_test(tc, terminals_get_escapes);
	tcase_add_test(tc, texts_of_any_length_are_shown_whole);
	tcase_add_test(tc, wide_tables_are_fitted_to_a_width);
	tcase_add_test(tc, wrong_columns_are_told_and_nothing_is_printed);
	tcase_add_test(tc, what_is_no_array_of_structs_is_refused);
	tcase_add_test(tc, arrays_in_structs_and_of_pointers_work);
	tcase_add_test(tc, a_full_file_is_an_error);
	return run_suite(s);
}
