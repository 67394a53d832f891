// SPDX-License-Identifier: MIT
//
// A million goroutines that wait: what they cost, and that they give it back.

#include "memory.h"
#include "rt/os.h"
#include "suite.h"

enum {
	N = 1000000,
	MOST = 4700,  // bytes each, page tables included
	NEEDED = 8,   // GB
};

static long
used(void)
{
	return proc_kb("/proc/self/status", "VmRSS:") +
	       proc_kb("/proc/self/status", "VmPTE:");
}

static void
park(go_waitgroup *up, go_receiver(go_unit) gate)
{
	go_wg_done(up);
	go_recv(gate, NULL);
}

// can_install tells whether this kernel's guards cost no mappings.
static bool
can_install(void)
{
	char *p = go__os_reserve(go__os_page());
	bool can = p != NULL && go__os_guard(p, go__os_page()) == 0;

	go__os_release(p, go__os_page());
	return can;
}

START_TEST(one_million_parked_cost_a_page_each_and_give_it_back)
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);
	go_waitgroup up = {0};
	long before, full;
	int mappings;
	go_time closed;

	go_wg_add(&up, 1);
	go(park, &up, go_recv_only(gate));  // the threads are there
	go_wg_wait(&up);
	before = used();
	mappings = count_mappings();
	go_wg_add(&up, N);
	for (int i = 0; i < N; i++)
		go(park, &up, go_recv_only(gate));
	go_wg_wait(&up);
	full = used();
	printf("a million parked goroutines: %ld bytes each\n",
	       (full - before) * 1024 / N);
	ck_assert_int_le((full - before) * 1024 / N, MOST);
	if (can_install())
		ck_assert_int_lt(count_mappings(), mappings + 100);

	go_close(gate);
	while (go_count() > 1)
		go_yield();
	closed = go_now();
	while (used() - before > (full - before) / 100)
		go_sleep(20 * GO_MILLISECOND);
	printf("after their end: %.1f s until 99 %% of it is given back\n",
	       (double)(go_now() - closed) / 1e9);
	fflush(stdout);
	ck_assert_int_lt(count_mappings(), mappings + 100);
	go_chan_release(gate);
}

int
main(void)
{
	Suite *s = suite_create("million");
	TCase *native = tcase_create("native");

	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");
	tcase_set_timeout(native, 100);
	if (IS_SANITIZED ||
	    proc_kb("/proc/meminfo", "MemAvailable:") < (long)NEEDED << 20)
		printf("left out: it takes %d GB of memory\n", NEEDED);
	else
		tcase_add_test(
			native,
			one_million_parked_cost_a_page_each_and_give_it_back);
	return run_suite(s);
}
