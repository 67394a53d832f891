// SPDX-License-Identifier: MIT
//
// Every way to end, with everything that may be deferred meanwhile. Rows of
// the list of acceptance: panic/recover/Goexit matrix, PanicAfterGoexit.

#include <stdint.h>

#include "suite.h"

enum way { RETURNS, PANICS, EXITS, TRIES };  // TRIES: takes a panic of its own

static void (*volatile leave)(void) = go_exit;
static void (*volatile panic)(const char *fmt, ...) = go_panic;

static void
end(enum way way, const char *text)
{
	if (way == PANICS)
		panic("%s", text);
	else if (way == EXITS)
		leave();
	else if (way == TRIES)
		go_error_free(go_try(end, PANICS, "inner"));
}

static void
end_deferred(void *way)
{
	end((enum way)(uintptr_t)way, "deferred");
}

static void
body(enum way way, enum way deferred)
{
	go_defer(end_deferred, (void *)(uintptr_t)deferred);
	end(way, "body");
}

static char outcome[50];

static void
note_exit(void *arg)
{
	(void)arg;
	if (outcome[0] == '\0')
		snprintf(outcome, sizeof outcome, "exit");
}

static void
try_body(enum way way, enum way deferred)
{
	go_error *e;

	outcome[0] = '\0';
	go_defer(note_exit, NULL);
	e = go_try(body, way, deferred);
	snprintf(outcome, sizeof outcome, "%s",
		 e == NULL ? "none" : go_error_text(e));
	go_error_free(e);
}

// The later end takes the place of the earlier; an exit is taken by nobody.
static const char *const matrix[4][4] = {
	// what is deferred: RETURNS, PANICS, EXITS, TRIES
	[RETURNS] = {"none", "deferred", "exit", "none"},
	[PANICS] = {"body", "deferred", "exit", "body"},
	[EXITS] = {"exit", "exit", "exit", "exit"},
	[TRIES] = {"none", "deferred", "exit", "none"},
};

START_TEST(panic_recover_goexit_matrix_each_end_meets_each_deferred)
{
	go_waitgroup wg = {0};

	for (enum way way = RETURNS; way <= TRIES; way++)
		for (enum way d = RETURNS; d <= TRIES; d++) {
			go_wg_go(&wg, try_body, way, d);
			go_wg_wait(&wg);
			ck_assert_msg(strcmp(outcome, matrix[way][d]) == 0,
				      "%d with %d: %s, not %s", (int)way,
				      (int)d, outcome, matrix[way][d]);
		}
}

static void
exit_then_panic(void)
{
	body(EXITS, PANICS);
}

static void
end_in_goroutine(const char *unused)
{
	(void)unused;
	go(exit_then_panic);
	go_recv(go_chan_make(int, 0), NULL);
}

START_TEST(panic_after_goexit_ends_the_program)
{
	static struct ending e;

	run_child(&e, end_in_goroutine, NULL);
	expect_abort(&e, "panic: deferred");
}

int
main(void)
{
	Suite *s = suite_create("endings");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(
		tc, panic_recover_goexit_matrix_each_end_meets_each_deferred);
	tcase_add_test(tc, panic_after_goexit_ends_the_program);
	return run_suite(s);
}
