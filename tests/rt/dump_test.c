// SPDX-License-Identifier: MIT
//
// What a dump says of each goroutine.

#include "rt/os.h"
#include "suite.h"

static go_waitgroup wg;
static go_atomic_bool stop;
static char text[64 << 10];

static void
dump_into_text(void)
{
	FILE *f = tmpfile();

	ck_assert_ptr_nonnull(f);
	go_dump(fileno(f));
	rewind(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
}

static void
expect_line(const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "\"%s\" lacks \"%s\"", text,
		      part);
}

static int
count_of(const char *part)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL; at++)
		n++;
	return n;
}

static void
recv_one(go_chan(int) c)
{
	go_recv(c, NULL);
}

static void
lock_and_unlock(go_mutex *mu)
{
	go_mutex_lock(mu);
	go_mutex_unlock(mu);
}

static void
sleep_until(go_chan(int) c)
{
	go_select(go_on_recv(c, NULL), go_on_timeout(GO_HOUR));
}

static void
spin(void)
{
	while (!go_atomic_load(&stop))
		go__os_pause();
}

START_TEST(main_alone_is_running)
{
	dump_into_text();
	ck_assert_int_eq(strncmp(text, "goroutine 1 [running]: main\n", 28), 0);
	ck_assert_int_eq(count_of("goroutine "), 1);
}

START_TEST(each_is_told_with_what_it_waits_for)
{
	go_chan(int) c = go_chan_make(int, 0);
	go_mutex mu = {0};

	go_mutex_lock(&mu);
	go_wg_add(&wg, 1);
	go_with(GO_ATTR(.name = "reader"), recv_one, c);
	go_wg_go(&wg, recv_one, c);
	go_wg_go(&wg, lock_and_unlock, &mu);
	go_wg_go(&wg, sleep_until, c);
	do {
		go_yield();
		dump_into_text();
	} while (count_of(" [channel receive]: ") < 2 ||
		 count_of(" [mutex]: ") < 1 || count_of(" [select]: ") < 1);
	expect_line(" [channel receive]: reader, recv_one, started at " __FILE__
		    ":");
	expect_line(" [channel receive]: recv_one, started at " __FILE__ ":");
	expect_line(" [mutex]: lock_and_unlock, started at " __FILE__ ":");
	expect_line(" [select]: sleep_until, started at " __FILE__ ":");
	go_close(c);
	go_mutex_unlock(&mu);
	go_wg_done(&wg);
	go_wg_wait(&wg);
	while (go_count() > 1)
		go_yield();
	dump_into_text();
	ck_assert_int_eq(count_of("goroutine "), 1);
	go_chan_release(c);
}

START_TEST(a_hog_is_running)
{
	go_wg_go(&wg, spin);
	do
		dump_into_text();
	while (count_of(" [running]: spin, started at ") != 1);
	go_atomic_store(&stop, true);
	go_wg_wait(&wg);
}

static void
come_and_go(int depth)
{
	go_yield();
	if (depth > 0)
		go_wg_go(&wg, come_and_go, depth - 1);
}

START_TEST(a_dump_is_taken_while_others_come_and_go)
{
	for (int i = 0; i < 20; i++)
		go_wg_go(&wg, come_and_go, 100);
	for (int i = 0; i < 20; i++) {
		dump_into_text();
		expect_line("goroutine 1 [");
		go_yield();
	}
	go_wg_wait(&wg);
}

START_TEST(a_dump_to_nowhere_is_no_mistake)
{
	go_dump(-1);
}

int
main(void)
{
	Suite *s = suite_create("dump");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, IS_SANITIZED ? 60 : 20);
	tcase_add_test(tc, main_alone_is_running);
	tcase_add_test(tc, each_is_told_with_what_it_waits_for);
	tcase_add_test(tc, a_hog_is_running);
	tcase_add_test(tc, a_dump_is_taken_while_others_come_and_go);
	tcase_add_test(tc, a_dump_to_nowhere_is_no_mistake);
	return run_suite(s);
}
