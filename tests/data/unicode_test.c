// SPDX-License-Identifier: MIT
//
// Every code point there is, encoded here by plain arithmetic.

#include "data/unicode.h"
#include "expect.h"

// encode writes c as UTF-8 whether it should be or not.
static size_t
encode(uint32_t c, char *s)
{
	size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4, i;
	static const uint32_t marks[] = {0, 0, 0xc0, 0xe0, 0xf0};

	for (i = len - 1; i > 0; i--, c >>= 6)
		s[i] = (char)(0x80 | (c & 0x3f));
	s[0] = (char)(marks[len] | c);
	return len;
}

static bool
is_right(uint32_t c)
{
	char s[4];
	size_t len = encode(c, s);

	if ((c >= 0xd800 && c < 0xe000) || c > 0x10ffff)
		return go__unicode_len(s, 4) == 0;
	return go__unicode_len(s, 4) == len &&
	       go__unicode_len(s, len - 1) == 0 &&
	       go__unicode_is_control(s, len) ==
		       (c < 0x20 || (c >= 0x7f && c < 0xa0));
}

// An assertion that holds takes its time too: there are two million.
START_TEST(every_character_has_its_length)
{
	uint32_t c;

	for (c = 0; c < 0x200000; c++)
		if (!is_right(c))
			ck_abort_msg("U+%04X", c);
}

START_TEST(no_character_is_longer_than_it_need_be)
{
	static const char *const rows[] = {
		"\xc0\x80",     "\xc1\xbf",         "\xe0\x80\x80",
		"\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf"};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		ck_assert_uint_eq(go__unicode_len(rows[i], strlen(rows[i])), 0);
}

START_TEST(width_counts_characters_and_stray_bytes)
{
	ck_assert_uint_eq(go__unicode_width("", 0), 0);
	ck_assert_uint_eq(go__unicode_width("a\xc3\xa9\xe2\x82\xac", 6), 3);
	ck_assert_uint_eq(go__unicode_width("a\xff\xe2\x82", 4), 4);
}

int
main(void)
{
	Suite *s = suite_create("unicode");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, every_character_has_its_length);
	tcase_add_test(tc, no_character_is_longer_than_it_need_be);
	tcase_add_test(tc, width_counts_characters_and_stray_bytes);
	return run_suite(s);
}
