// SPDX-License-Identifier: MIT

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "suite.h"

START_TEST(a_text_is_formatted_as_printf_does)
{
	go_error *e;
	char want[256];

#define SAME(...)                                                              \
	do {                                                                   \
		snprintf(want, sizeof want, __VA_ARGS__);                      \
		e = go_errorf(__VA_ARGS__);                                    \
		ck_assert_str_eq(go_error_text(e), want);                      \
		go_error_free(e);                                              \
	} while (0)
	SAME("plain");
	SAME("%d %i %+d % d %05d %-5d| %.3d", 1, -2, 3, 4, 5, 6, 7);
	SAME("%u %o %x %X %#x", 1u, 8u, 255u, 255u, 255u);
	SAME("%hhd %hd %ld %lld %jd %zd %td", (char)-1, (short)-2, -3L, -4LL,
	     (intmax_t)-5, (ssize_t)-6, (ptrdiff_t)-7);
	SAME("%hhu %hu %lu %llu %ju %zu", (unsigned char)200,
	     (unsigned short)60000, ~0ul, ~0ull, UINTMAX_MAX, (size_t)9);
	SAME("%f %.2f %e %g %a %10.3f|%-10g|", 1.5, 2.25, 3.0, 0.1, 1.0,
	     3.14159, 2.0);
	SAME("%Lf %Lg", 1.25L, 2.5L);
	SAME("%s|%10s|%-10s|%.2s|%c", "a", "b", "c", "defg", 'h');
	SAME("%*d|%-*d|%.*f|%*s", 5, 1, 5, 2, 3, 1.0, -6, "x");
	SAME("%p %ls %lc", (void *)"", L"wide", (wint_t)L'w');
	SAME("100%% of %s%%", "it");
#undef SAME
}

START_TEST(w_wraps_what_it_writes)
{
	go_error *a = go_errorf("a"), *b = go_errorf("b");
	go_error *e = go_errorf("x: %w, %d: %5w|%w", a, 7, b, GO_EOF);

	ck_assert_str_eq(go_error_text(e), "x: a, 7:     b|EOF");
	go_error_free(a);
	go_error_free(b);
	ck_assert(go_error_is(e, a) && go_error_is(e, b));
	ck_assert(go_error_is(e, GO_EOF) && go_error_is(e, e));
	ck_assert(!go_error_is(e, GO_CLOSED));
	ck_assert(!go_error_is(GO_EOF, e));
	go_error_free(e);
}

START_TEST(w_of_null_wraps_nothing)
{
	go_error *e = go_errorf("x: %w", (go_error *)NULL);

	ck_assert_str_eq(go_error_text(e), "x: no error");
	ck_assert(!go_error_is(e, NULL));
	go_error_free(e);
}

START_TEST(long_conversions_and_binary_numbers_are_as_printfs)
{
	static const struct {
		const char *format, *text;  // of 5, 6 and 7
	} rows[] = {
		{"%b|%#b|%08B", "101|0b110|00000111"},
		{"%----------------------------------------------5d|%d|%d",
		 "5    |6|7"},
		{"%0000000000000000000000000000000000000000000005d|%d|%d",
		 "00005|6|7"},
		{"%.000000000000000000000000000000000000000000005d|%d|%d",
		 "00005|6|7"},
		{"%+ #0-'+ #0-'+ #0-'+ #0-'+ #0-'+ #0-'12.3d|%.d|%5.d",
		 "+005        |6|    7"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		go_error *e = go_errorf(rows[i].format, 5, 6, 7);

		ck_assert_str_eq(go_error_text(e), rows[i].text);
		go_error_free(e);
	}
}

START_TEST(an_unknown_conversion_ends_the_formatting)
{
	const char *fmt = "%d %y %s";
	go_error *e = go_errorf(fmt, 1, "never read");

	ck_assert_str_eq(go_error_text(e), "1 %y %s");
	go_error_free(e);
}

START_TEST(errnos_are_constants_with_the_systems_text)
{
	for (int n = 1; n < 134; n++) {
		go_error *e = go_error_from_errno(n);

		ck_assert_ptr_eq(e, go_error_from_errno(-n));
		ck_assert_int_eq(go_error_errno(e), n);
		if (n != ENOMEM && strerrordesc_np(n) != NULL)
			ck_assert_str_eq(go_error_text(e), strerrordesc_np(n));
		go_error_free(e);
		ck_assert_ptr_eq(go_error_retain(e), e);
	}
	ck_assert_ptr_null(go_error_from_errno(0));
	ck_assert_ptr_eq(go_error_from_errno(ENOMEM), GO_NO_MEMORY);
	ck_assert_int_eq(go_error_errno(go_error_from_errno(524)), 524);
	ck_assert_int_eq(go_error_errno(go_error_from_errno(99999)), EIO);
	ck_assert_int_eq(go_error_errno(go_error_from_errno(INT32_MIN)), EIO);
}

START_TEST(the_errno_is_the_first_in_the_tree)
{
	go_error *none = go_errorf("none"), *e, *f;

	e = go_errorf("%w %w %w", none, go_error_from_errno(ENOENT),
		      go_error_from_errno(EPERM));
	f = go_errorf("again: %w", e);
	ck_assert_int_eq(go_error_errno(f), ENOENT);
	ck_assert_int_eq(go_error_errno(none), 0);
	ck_assert_int_eq(go_error_errno(NULL), 0);
	ck_assert_int_eq(go_error_errno(GO_CLOSED), 0);
	go_error_free(none);
	go_error_free(e);
	go_error_free(f);
}

START_TEST(a_join_has_a_line_for_each)
{
	go_error *a = go_errorf("a"), *e = go_error_join(a, GO_EOF);

	ck_assert_str_eq(go_error_text(e), "a\nEOF");
	ck_assert(go_error_is(e, a) && go_error_is(e, GO_EOF));
	go_error_free(e);
	e = go_error_join(NULL, a);
	ck_assert_ptr_eq(e, a);
	go_error_free(e);
	e = go_error_join(a, NULL);
	ck_assert_ptr_eq(e, a);
	go_error_free(e);
	ck_assert_ptr_null(go_error_join(NULL, NULL));
	go_error_free(a);
}

// deep makes errors that wrap each other, at the left or at the right.
static void
deep(void)
{
	go_error *chain = go_errorf("end"), *end = chain, *next;

	for (int i = 0; i < 100000; i++) {
		switch (i % 3) {
		case 0:
			next = go_errorf("%.0w", chain);
			break;
		case 1:
			next = go_errorf("%.0w%.0w", GO_EOF, chain);
			break;
		default:
			next = go_errorf("%.0w%.0w", chain, GO_EOF);
			break;
		}
		go_error_free(chain);
		chain = next;
	}
	ck_assert(go_error_is(chain, end));
	ck_assert(!go_error_is(chain, GO_CLOSED));
	go_error_free(chain);
}

START_TEST(long_chains_fit_a_goroutines_stack)
{
	go_waitgroup wg = {0};

	go_wg_go(&wg, deep);
	go_wg_wait(&wg);
}

static void
share(go_error *e)
{
	go_error *own;

	for (int i = 0; i < 1000; i++) {
		own = go_errorf("%w", e);
		go_error_free(go_error_retain(own));
		go_error_free(own);
	}
	go_error_free(e);
}

START_TEST(threads_share_an_error)
{
	go_error *e = go_errorf("shared");
	go_waitgroup wg = {0};

	for (int i = 0; i < 8; i++)
		go_wg_go(&wg, share, go_error_retain(e));
	go_error_free(e);
	go_wg_wait(&wg);
}

START_TEST(null_is_no_error)
{
	go_error_free(NULL);
	ck_assert_ptr_null(go_error_retain(NULL));
	ck_assert_str_eq(go_error_text(NULL), "no error");
	ck_assert(go_error_is(NULL, NULL));
	ck_assert(!go_error_is(NULL, GO_EOF));
	ck_assert(!go_error_is(GO_EOF, NULL));
}

START_TEST(constants_initialise_statics)
{
	static const struct {
		go_error *e;
		const char *text;
	} rows[] = {
		{GO_CANCELED, "context canceled"},
		{GO_DEADLINE_EXCEEDED, "context deadline exceeded"},
		{GO_CLOSED, "closed"},
		{GO_EOF, "EOF"},
		{GO_NO_MEMORY, "out of memory"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert_str_eq(go_error_text(rows[i].e), rows[i].text);
		go_error_free(rows[i].e);
		go_error_free(rows[i].e);
		ck_assert(go_error_is(rows[i].e, rows[i].e));
	}
}

int
main(void)
{
	Suite *s = suite_create("error");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, a_text_is_formatted_as_printf_does);
	tcase_add_test(tc, w_wraps_what_it_writes);
	tcase_add_test(tc, w_of_null_wraps_nothing);
	tcase_add_test(tc, long_conversions_and_binary_numbers_are_as_printfs);
	tcase_add_test(tc, an_unknown_conversion_ends_the_formatting);
	tcase_add_test(tc, errnos_are_constants_with_the_systems_text);
	tcase_add_test(tc, the_errno_is_the_first_in_the_tree);
	tcase_add_test(tc, a_join_has_a_line_for_each);
	tcase_add_test(tc, long_chains_fit_a_goroutines_stack);
	tcase_add_test(tc, threads_share_an_error);
	tcase_add_test(tc, null_is_no_error);
	tcase_add_test(tc, constants_initialise_statics);
	return run_suite(s);
}
