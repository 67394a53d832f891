// SPDX-License-Identifier: MIT
//
// The census: how deep stacks get, by where the goroutines were started.

#include "rt/census.h"

#include <fcntl.h>

#include "suite.h"

#define LINK static __attribute__((noinline))

LINK void
dig_10(void)
{
	volatile char room[10000];

	room[0] = 1;
	__asm__ volatile("" ::"r"(room) : "memory");
}

LINK void
dig_100(void)
{
	volatile char room[100000];

	room[0] = 1;
	__asm__ volatile("" ::"r"(room) : "memory");
}

// Zeros, which an untouched stack has, too.
LINK void
dig_zeros(void)
{
	volatile char room[20000];

	for (size_t i = 0; i < sizeof room; i++)
		room[i] = 0;
	__asm__ volatile("" ::"r"(room) : "memory");
}

LINK void
dig_nothing(void)
{
}

LINK void
dig_and_wait(void)
{
	dig_100();
	go_recv(go_chan_make(go_unit, 0), NULL);
}

static void
wait_until_alone(size_t others)
{
	while (go_count() > 1 + others)
		go_yield();
}

static void
ask(void)
{
	setenv("LIBGO_DEBUG", "census", 1);
	go_procs(1);
}

static void
dig_all(const char *unused)
{
	(void)unused;
	ask();
	for (int i = 0; i < 7; i++)
		go(dig_10);
	go(dig_100);
	go_with(GO_ATTR(.stack_size = 1 << 20), dig_100);
	go(dig_zeros);
	wait_until_alone(0);
	// On stacks that were deep.
	for (int i = 0; i < 20; i++)
		go(dig_nothing);
	wait_until_alone(0);
	exit(0);
}

struct row {
	size_t deepest, size;
	int runs;
	char function[64];
};

static struct ending e;
static struct row rows[10];
static int n_rows;

static void
read_table(const char *text)
{
	ck_assert_msg(strncmp(text, "   deepest ", 11) == 0, "%.300s", text);
	for (n_rows = 0; (text = strchr(text, '\n')) != NULL; n_rows++) {
		struct row *r = &rows[n_rows];

		if (sscanf(text, "%zu %zu KB %d %63[a-z_0-9],", &r->deepest,
			   &r->size, &r->runs, r->function) != 4)
			break;
		ck_assert_ptr_nonnull(strstr(text, "tests/rt/census_test.c:"));
		text++;
	}
}

static void
expect_row(int i, const char *function, size_t size, int runs, size_t least)
{
	const struct row *r = &rows[i];

	ck_assert_str_eq(r->function, function);
	ck_assert_uint_eq(r->size, size);
	ck_assert_int_eq(r->runs, runs);
	ck_assert_msg(r->deepest >= least && r->deepest < least + 6000,
		      "%s: %zu, not %zu", function, r->deepest, least);
}

START_TEST(each_place_has_its_row_the_deepest_first)
{
	run_child(&e, dig_all, NULL);
	ck_assert_int_eq(e.status, 0);
	read_table(e.said);
	ck_assert_int_eq(n_rows, 5);
	if (rows[0].size > rows[1].size) {  // as deep
		rows[5] = rows[0];
		rows[0] = rows[1];
		rows[1] = rows[5];
	}
	expect_row(0, "dig_100", 256, 1, 100000);
	expect_row(1, "dig_100", 1024 * 2, 1, 100000);
	expect_row(2, "dig_zeros", 256, 1, 20000);
	expect_row(3, "dig_10", 256, 7, 10000);
	expect_row(4, "dig_nothing", 256, 20, 0);
}

static void
dig_and_stay(const char *unused)
{
	(void)unused;
	ask();
	go(dig_and_wait);
	go(dig_and_wait);
	go(dig_10);
	wait_until_alone(2);
	exit(0);
}

START_TEST(those_that_still_live_at_the_end_count)
{
	run_child(&e, dig_and_stay, NULL);
	read_table(e.said);
	ck_assert_int_eq(n_rows, 3);
	expect_row(0, "dig_and_wait", 256, 1, 100000);
	expect_row(1, "dig_and_wait", 256, 1, 100000);
	expect_row(2, "dig_10", 256, 1, 10000);
}

static void
dump(const char *unused)
{
	(void)unused;
	ask();
	go(dig_10);
	wait_until_alone(0);
	go_dump(2);
	_exit(0);
}

START_TEST(a_dump_has_it)
{
	const char *at;

	run_child(&e, dump, NULL);
	at = strstr(e.said, "   deepest");
	ck_assert_msg(at != NULL, "%.500s", e.said);
	read_table(at);
	ck_assert_int_eq(n_rows, 1);
	expect_row(0, "dig_10", 256, 1, 10000);
}

static void
say_nothing(const char *debug)
{
	if (debug != NULL)
		setenv("LIBGO_DEBUG", debug, 1);
	else
		unsetenv("LIBGO_DEBUG");
	go(dig_10);
	wait_until_alone(0);
	exit(0);
}

START_TEST(who_does_not_ask_is_told_nothing)
{
	run_child(&e, say_nothing, _i == 0 ? NULL : "sigquit");
	ck_assert_str_eq(e.said, "");
	ck_assert_int_eq(e.status, 0);
}

// Births, deaths and tables on several processors.
static void
dig_much(const char *unused)
{
	go_waitgroup wg = {0};
	int null = open("/dev/null", O_WRONLY);

	(void)unused;
	setenv("LIBGO_DEBUG", "census", 1);
	go_procs(4);
	for (int i = 0; i < 20; i++) {
		for (int k = 0; k < 100; k++)
			go_wg_go(&wg, dig_10);
		go_dump(null);
		go_wg_wait(&wg);
	}
	wait_until_alone(0);
	exit(0);
}

START_TEST(none_is_counted_twice_or_forgotten)
{
	run_child(&e, dig_much, NULL);
	ck_assert_int_eq(e.status, 0);
	read_table(e.said);
	ck_assert_int_eq(n_rows, 1);
	expect_row(0, "dig_10", 256, 2000, 10000);
}

int
main(void)
{
	Suite *s = suite_create("census");
	TCase *t = tcase_create("all");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 20);
	tcase_add_test(t, each_place_has_its_row_the_deepest_first);
	tcase_add_test(t, those_that_still_live_at_the_end_count);
	tcase_add_test(t, a_dump_has_it);
	tcase_add_loop_test(t, who_does_not_ask_is_told_nothing, 0, 2);
	tcase_add_test(t, none_is_counted_twice_or_forgotten);
	return run_suite(s);
}
