// SPDX-License-Identifier: MIT
//
// expect: what the suites of this room ask again and again.

#ifndef TESTS_DATA_EXPECT_H
#define TESTS_DATA_EXPECT_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libgo/error.h"
#include "libgo/value.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// expect_ok fails with the error's text if there is one.
static inline void
expect_ok(go_error *err)
{
	if (err != NULL)
		ck_abort_msg("%s", go_error_text(err));
}

// expect_error takes err, which must have that text.
static inline void
expect_error(go_error *err, const char *text)
{
	ck_assert_msg(err != NULL, "no error, want: %s", text);
	ck_assert_str_eq(go_error_text(err), text);
	go_error_free(err);
}

static inline void
expect_invalid(go_value v, const char *text)
{
	ck_assert(!go_value_is_valid(v));
	expect_error(go_value_error(v), text);
}

// run_suite runs all tests of suite and returns what main shall.
static inline int
run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
