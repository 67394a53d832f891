// SPDX-License-Identifier: MIT
//
// LIBGO_DEBUG: what it asks for, and what it cannot.

#include "rt/debug.h"

#include "suite.h"

static void
nothing(void)
{
}

// read_words starts the runtime twice over and says what was asked for.
static void
read_words(const char *text)
{
	setenv("LIBGO_DEBUG", text, 1);
	for (int i = 0; i < 2; i++)
		go(nothing);
	while (go_count() > 1)
		go_yield();
	fprintf(stderr, "%s%s",
		go__debug_has(GO__DEBUG_handoff) ? "handoff;" : "",
		go__debug_has(GO__DEBUG_sigquit) ? "sigquit;" : "");
}

#define THERE_ARE "\"; there are: census handoff sigquit\n"
#define NO "libgo: LIBGO_DEBUG: there is no word \""

START_TEST(words_are_known_or_answered_once)
{
	static const struct {
		const char *text, *said;
	} rows[] = {
		{"", ""},
		{",, ,", ""},
		{"handoff", "handoff;"},
		{"sigquit,handoff", "handoff;sigquit;"},
		{" handoff , sigquit ", "handoff;sigquit;"},
		{"banana", NO "banana" THERE_ARE},
		{"handoff,banana", NO "banana" THERE_ARE "handoff;"},
		{"hand,Handoff", NO "hand" THERE_ARE NO "Handoff" THERE_ARE},
		{"handoffs", NO "handoffs" THERE_ARE},
		{"sigquit=1", NO "sigquit=1" THERE_ARE},
		{"0123456789012345678901234567890123456789-and-more",
		 NO "0123456789012345678901234567890123456789" THERE_ARE},
	};
	struct ending e;

	for (size_t i = 0; i < COUNT(rows); i++) {
		run_child(&e, read_words, rows[i].text);
		ck_assert_int_eq(e.status, 0);
		ck_assert_str_eq(e.said, rows[i].said);
	}
}

int
main(void)
{
	Suite *s = suite_create("debug");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, words_are_known_or_answered_once);
	return run_suite(s);
}
