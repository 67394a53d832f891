// SPDX-License-Identifier: MIT

#include <pthread.h>
#include <string.h>

#include "suite.h"

static const struct {
	const char *text;
	go_duration d;
} texts[] = {
	{"0s", 0},
	{"1ns", 1},
	{"1.1µs", 1100},
	{"2.2ms", 2200000},
	{"3.3s", 3300 * GO_MILLISECOND},
	{"1m0s", GO_MINUTE},
	{"1h0m0s", GO_HOUR},
	{"4m5.001s", 4 * GO_MINUTE + 5001 * GO_MILLISECOND},
	{"5h6m7.001s", 5 * GO_HOUR + 6 * GO_MINUTE + 7001 * GO_MILLISECOND},
	{"8m0.000000001s", 8 * GO_MINUTE + 1},
	{"-1.5s", -1500 * GO_MILLISECOND},
	{"999ns", 999},
	{"999.999ms", 999999000},
	{"2562047h47m16.854775807s", INT64_MAX},
	{"-2562047h47m16.854775808s", INT64_MIN},
};

START_TEST(durations_are_written_as_go_does)
{
	char buf[GO_DURATION_TEXT_SIZE];
	go_duration d;

	for (size_t i = 0; i < COUNT(texts); i++) {
		ck_assert_str_eq(go_duration_text(texts[i].d, buf, sizeof buf),
				 texts[i].text);
		ck_assert_ptr_null(go_duration_parse(texts[i].text, &d));
		ck_assert_int_eq(d, texts[i].d);
	}
}

START_TEST(a_text_is_cut_to_the_buffer)
{
	char buf[4] = "???";

	ck_assert_str_eq(go_duration_text(GO_HOUR, buf, sizeof buf), "1h0");
}

START_TEST(durations_are_read_with_gos_grammar)
{
	static const struct {
		const char *text;
		go_duration d;
	} rows[] = {
		{"0", 0},
		{"-0", 0},
		{"+5s", 5 * GO_SECOND},
		{".5s", 500 * GO_MILLISECOND},
		{"1.s", GO_SECOND},
		{"10ns", 10},
		{"11us", 11 * GO_MICROSECOND},
		{"12µs", 12 * GO_MICROSECOND},
		{"12μs", 12 * GO_MICROSECOND},
		{"-2m3.4s", -(2 * GO_MINUTE + 3400 * GO_MILLISECOND)},
		{"10.5s4m", 4 * GO_MINUTE + 10500 * GO_MILLISECOND},
		{"1h2m3s4ms5us6ns", 3723004005006},
		{"0.3333333333333333333h", 20 * GO_MINUTE},
		{"0.100000000000000000000h", 6 * GO_MINUTE},
		{"9007199254740993ns", (1LL << 53) + 1},
		{"0.9223372036854775807h", 3320413933267},
	};
	go_duration d;

	for (size_t i = 0; i < COUNT(rows); i++) {
		go_error *e = go_duration_parse(rows[i].text, &d);

		ck_assert_msg(e == NULL, "%s", go_error_text(e));
		ck_assert_msg(d == rows[i].d, "%s is %lld", rows[i].text,
			      (long long)d);
	}
}

START_TEST(what_is_no_duration_is_named)
{
	static const char *const rows[] = {
		"",
		"3",
		"-",
		"s",
		".",
		"-.",
		".s",
		"+.s",
		"1d",
		"\x85\x85",
		"1s ",
		" 1s",
		"1e3s",
		"--1s",
		"3000000h",
		"9223372036854775808ns",
		"9223372036854775.808us",
		"-9223372036854775809ns",
		"9223372036s9223372036s",
	};
	go_duration d = 42;

	for (size_t i = 0; i < COUNT(rows); i++) {
		go_error *e = go_duration_parse(rows[i], &d);

		ck_assert_msg(e != NULL, "%s", rows[i]);
		ck_assert(strstr(go_error_text(e), rows[i]) != NULL);
		ck_assert_int_eq(d, 42);
		go_error_free(e);
	}
}

START_TEST(sleep_lasts_at_least_its_duration)
{
	go_time start = go_now();

	go_sleep(5 * GO_MILLISECOND);
	ck_assert_int_ge(go_now() - start, 5 * GO_MILLISECOND);
	go_sleep(0);
	go_sleep(-GO_HOUR);
	go_sleep(INT64_MIN);
}

static void
sleep_for_ever(void)
{
	go_sleep(INT64_MAX);
}

START_TEST(a_sleep_too_long_for_the_clock_does_not_wrap)
{
	go(sleep_for_ever);
	go_sleep(10 * GO_MILLISECOND);
	ck_assert_int_eq(go_count(), 2);
}

static void
sleep_and_send(go_duration d, go_sender(go_duration) to)
{
	go_sleep(d);
	go_send(to, d);
}

START_TEST(sleepers_wake_in_the_order_of_their_deadlines)
{
	go_chan(go_duration) c = go_chan_make(go_duration, 3);
	go_duration d, last = 0;

	// Far enough apart for the slowest machine.
	go(sleep_and_send, 600 * GO_MILLISECOND, go_send_only(c));
	go(sleep_and_send, GO_MILLISECOND, go_send_only(c));
	go(sleep_and_send, 300 * GO_MILLISECOND, go_send_only(c));
	for (int i = 0; i < 3; i++) {
		ck_assert(go_recv(c, &d));
		ck_assert_int_gt(d, last);
		last = d;
	}
	go_chan_release(c);
}

static void *
sleep_in_thread(void *slept)
{
	go_time start = go_now();

	go_sleep(5 * GO_MILLISECOND);
	*(go_duration *)slept = go_now() - start;
	return NULL;
}

START_TEST(a_plain_thread_sleeps)
{
	go_duration slept = 0;
	pthread_t t;

	pthread_create(&t, NULL, sleep_in_thread, &slept);
	pthread_join(t, NULL);
	ck_assert_int_ge(slept, 5 * GO_MILLISECOND);
}

int
main(void)
{
	Suite *s = suite_create("time");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, durations_are_written_as_go_does);
	tcase_add_test(tc, a_text_is_cut_to_the_buffer);
	tcase_add_test(tc, durations_are_read_with_gos_grammar);
	tcase_add_test(tc, what_is_no_duration_is_named);
	tcase_add_test(tc, sleep_lasts_at_least_its_duration);
	tcase_add_test(tc, a_sleep_too_long_for_the_clock_does_not_wrap);
	tcase_add_test(tc, sleepers_wake_in_the_order_of_their_deadlines);
	tcase_add_test(tc, a_plain_thread_sleeps);
	return run_suite(s);
}
