// SPDX-License-Identifier: MIT
//
// Which comment belongs to a declaration.

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reflectgen/model.h"

// Each text declares x once, between the two bars, which are left out of the
// file: from the start of its type to the end of its declarator.
static const struct {
	const char *text, *doc;
} rows[] = {
	{"|int x|;\n", ""},
	{"// Above.\n|int x|;\n", "Above."},
	{"\t// Above,\n\t// in two lines.\n\t|int x|;\n",
	 "Above,\nin two lines."},
	{"/// Slashes.\n|int x|;\n", "Slashes."},
	{"//! Mark.\n|int x|;\n", "Mark."},
	{"/* Star. */\n|int x|;\n", "Star."},
	{"/** Stars.\n * More.\n */\n|int x|;\n", "Stars.\nMore."},
	{"// Apart.\n\n|int x|;\n", ""},
	{"int y;  // of y\n|int x|;\n", ""},
	{"int y;  // of y,\n        // in two lines\n|int x|;\n", ""},
	{"|int x|;  // behind\n", "behind"},
	{"|int x|;  /* behind */\n", "behind"},
	{"|int x|;  ///< behind\n", "behind"},
	{"|int x|;  /**< behind */\n", "behind"},
	{"|int x|;  // behind,\n        // in two lines\nint y;\n",
	 "behind,\nin two lines"},
	{"|int x|;  // behind\n// of y\nint y;\n", "behind"},
	{"|int x|[3] GO_TAG(json:\"a;b\");  // behind\n", "behind"},
	{"|int x|\n\tGO_TAG(db:\"x\");  // behind\n", "behind"},
	{"// Above.\n|int x|;  // behind\n", "Above."},
	{"// Above.\nGO_REFLECT |int x|;\n", "Above."},
	{"// Of y.\nint y, |x|;\n", ""},
	{"int y, |x|;  // of both\n", "of both"},
	{"|x|, y,  // of y\n", ""},
	{"enum { |x| };  // of the enum\n", ""},
	{"|int x|; int y;  // of y\n", ""},
	{"// Above.\r\n|int x|;\r\n", "Above."},
	{"|x| = 1 << 3,  // behind\n", "behind"},
	{"|int x|;  // behind", "behind"},
};

START_TEST(comment_belongs_to_its_declaration)
{
	const char *text = rows[_i].text, *first = strchr(text, '|');
	const char *second = strchr(first + 1, '|');
	char name[] = "/tmp/docs_test.XXXXXX";
	size_t begin = (size_t)(first - text);
	size_t end = (size_t)(second - text) - 1;
	int fd = mkstemp(name);
	FILE *f = fdopen(fd, "w");
	const char *doc;

	ck_assert_ptr_nonnull(f);
	fprintf(f, "%.*s%.*s%s", (int)begin, text, (int)(end - begin),
		first + 1, second + 1);
	ck_assert_int_eq(fclose(f), 0);
	doc = doc_at(name, begin, end - 1, end);
	unlink(name);
	ck_assert_msg(strcmp(doc, rows[_i].doc) == 0, "%s: \"%s\"", text, doc);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("reflectgen/docs");
	TCase *c = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, c);
	tcase_add_loop_test(c, comment_belongs_to_its_declaration, 0,
			    sizeof(rows) / sizeof(rows[0]));
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
