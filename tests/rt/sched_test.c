// SPDX-License-Identifier: MIT
//
// Who runs: nobody starves, processors come and go, idleness is idle.

#include <dirent.h>
#include <poll.h>
#include <pthread.h>

#include "rt/os.h"
#include "suite.h"

static go_waitgroup wg;
static go_atomic_bool stop;

static void
yield_on(go_atomic_int32 *turns)
{
	while (!go_atomic_load(&stop)) {
		go_atomic_add(turns, 1);
		go_yield();
	}
}

static void
set_stop(void)
{
	go_atomic_store(&stop, true);
}

START_TEST(two_that_yield_do_not_starve_a_third)
{
	go_atomic_int32 turns[2] = {{0}, {0}};

	go_procs(1);
	for (int i = 0; i < 2; i++)
		go_wg_go(&wg, yield_on, &turns[i]);
	while (go_atomic_load(&turns[0]) == 0 || go_atomic_load(&turns[1]) == 0)
		go_yield();
	go_wg_go(&wg, set_stop);
	go_wg_wait(&wg);
}

static void
play(go_chan(int) in, go_chan(int) out)
{
	int v;

	while (go_recv(in, &v) && go_send(out, v + 1)) {
		if (!go_atomic_load(&stop))
			continue;
		go_close(in);
		go_close(out);
	}
}

START_TEST(a_pair_that_readies_each_other_starves_nobody)
{
	enum { OTHERS = 100 };  // they fit into the ring: none overflows
	go_chan(int) a = go_chan_make(int, 0), b = go_chan_make(int, 0);
	go_atomic_int32 turns[OTHERS];

	memset(turns, 0, sizeof turns);
	go_procs(1);
	go_wg_go(&wg, play, a, b);
	go_wg_go(&wg, play, b, a);
	go_send(a, 0);
	for (int i = 0; i < OTHERS; i++)
		go_wg_go(&wg, yield_on, &turns[i]);
	for (int i = 0; i < OTHERS; i++)
		while (go_atomic_load(&turns[i]) < 3)
			go_yield();
	set_stop();
	go_wg_wait(&wg);
	go_chan_release(a);
	go_chan_release(b);
}

enum { TAKERS = 10, TURNS = 50 };

static go_atomic_int32 turns_of[TAKERS], n_arrived, n_uneven;

static void
take_turns(int self, go_receiver(go_unit) gate)
{
	go_atomic_add(&n_arrived, 1);
	go_recv(gate, NULL);
	for (int i = 1; i <= TURNS; i++) {
		go_atomic_store(&turns_of[self], i);
		for (int k = 0; k < TAKERS; k++)
			if (abs(i - go_atomic_load(&turns_of[k])) > 1)
				go_atomic_add(&n_uneven, 1);
		go_yield();
	}
}

// Opened by a goroutine, the gate puts them all on the one processor's queue.
static void
open_gate(go_sender(go_unit) gate)
{
	while (go_atomic_load(&n_arrived) < TAKERS)
		go_yield();
	go_close(gate);
}

START_TEST(those_who_yield_take_turns)
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);

	go_procs(1);
	for (int i = 0; i < TAKERS; i++)
		go_wg_go(&wg, take_turns, i, go_recv_only(gate));
	go_wg_go(&wg, open_gate, go_send_only(gate));
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_uneven), 0);
	go_chan_release(gate);
}

static void *
start_in_thread(void *arg)
{
	(void)arg;
	go_wg_go(&wg, set_stop);
	return NULL;
}

START_TEST(a_busy_processor_takes_what_threads_start)
{
	go_atomic_int32 turns[2] = {{0}, {0}};
	pthread_t thread;

	go_procs(1);
	for (int i = 0; i < 2; i++)
		go_wg_go(&wg, yield_on, &turns[i]);
	while (go_atomic_load(&turns[0]) == 0 || go_atomic_load(&turns[1]) == 0)
		go_yield();
	pthread_create(&thread, NULL, start_in_thread, NULL);
	go_wg_wait(&wg);
	pthread_join(thread, NULL);
}

static void
stop_later(void)
{
	go_sleep(GO_MILLISECOND);
	set_stop();
}

START_TEST(a_busy_processor_minds_its_timers)
{
	go_atomic_int32 turns[2] = {{0}, {0}};

	go_procs(1);
	for (int i = 0; i < 2; i++)
		go_wg_go(&wg, yield_on, &turns[i]);
	go_wg_go(&wg, stop_later);
	go_wg_wait(&wg);
}

static void
hog(void)
{
	// What it readied last stands next to it; somebody else must take it.
	go_wg_go(&wg, set_stop);
	while (!go_atomic_load(&stop))
		go__os_pause();
}

START_TEST(what_a_hog_readied_last_runs_elsewhere)
{
	go_procs(2);
	for (int i = 0; i < 200; i++) {
		go_atomic_store(&stop, false);
		go_wg_go(&wg, hog);
		go_wg_wait(&wg);
	}
}

static void
relay(go_chan(int) in, go_chan(int) out)
{
	int v;

	while (go_recv(in, &v)) {
		go_yield();
		go_send(out, v);
	}
}

static void
feed(go_chan(int) c, int n)
{
	for (int i = 1; i <= n; i++)
		go_send(c, i);
	go_close(c);
}

START_TEST(processors_come_and_go_under_load)
{
	enum { VALUES = 6000, RELAYS = 20 };
	unsigned seed = test_seed();
	go_chan(int) in = go_chan_make(int, 10), out = go_chan_make(int, 10);
	int64_t sum = 0;
	int v, n = 1;

	go_procs(n);
	for (int i = 0; i < RELAYS; i++)
		go_wg_go(&wg, relay, in, out);
	go_wg_go(&wg, feed, in, VALUES);
	for (int i = 0; i < VALUES; i++) {
		ck_assert(go_recv(out, &v));
		sum += v;
		if (i % 20 == 0) {
			int next = 1 + (int)(rand_r(&seed) % 8U);

			ck_assert_int_eq(go_procs(next), n);
			n = next;
		}
	}
	ck_assert_int_eq(go_procs(0), n);
	ck_assert_int_eq(sum, (int64_t)VALUES * (VALUES + 1) / 2);
	go_wg_wait(&wg);
	go_chan_release(in);
	go_chan_release(out);
}

START_TEST(procs_answers_what_it_was)
{
	int n = go_procs(0);

	ck_assert_int_ge(n, 1);
	ck_assert_int_eq(go_procs(-5), n);
	ck_assert_int_eq(go_procs(3), n);
	ck_assert_int_eq(go_procs(1000000), 3);
	ck_assert_int_eq(go_procs(1), 1024);
	ck_assert_int_eq(go_procs(0), 1);
}

static void
print_procs(const char *value)
{
	setenv("LIBGO_PROCS", value, 1);
	fprintf(stderr, "procs %d\n", go_procs(0));
}

START_TEST(the_environment_sets_the_processors)
{
	static const char *const good[] = {"1", "2", "17", "1024"};
	static const char *const bad[] = {
		"0",  "-1", "banana", "2x",   "1025", "99999999999999999999",
		"4 ", " 4", "1.5",    "0x10", " ",    "+4",
	};
	char want[200];
	struct ending e;

	for (size_t i = 0; i < COUNT(good); i++) {
		run_child(&e, print_procs, good[i]);
		snprintf(want, sizeof want, "procs %s\n", good[i]);
		ck_assert_str_eq(e.said, want);
	}
	run_child(&e, print_procs, "");
	snprintf(want, sizeof want, "procs %d\n", go__os_cpus());
	ck_assert_str_eq(e.said, want);
	for (size_t i = 0; i < COUNT(bad); i++) {
		run_child(&e, print_procs, bad[i]);
		snprintf(want, sizeof want,
			 "libgo: LIBGO_PROCS=%s is no number from 1 to 1024; "
			 "using %d\nprocs %d\n",
			 bad[i], go__os_cpus(), go__os_cpus());
		ck_assert_str_eq(e.said, want);
	}
}

// switches sums up how often the threads of this process gave up their CPU,
// but for the calling one.
static long
switches(void)
{
	char path[300], line[200];
	struct dirent *entry;
	long sum = 0;
	DIR *dir = opendir("/proc/self/task");
	FILE *f;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL) {
		snprintf(path, sizeof path, "/proc/self/task/%s/status",
			 entry->d_name);
		if (atoi(entry->d_name) == gettid() ||
		    (f = fopen(path, "r")) == NULL)
			continue;
		while (fgets(line, sizeof line, f) != NULL)
			if (strncmp(line, "voluntary_ctxt_switches:", 24) == 0)
				sum += atol(line + 24);
		fclose(f);
	}
	closedir(dir);
	return sum;
}

static void *
watch(void *arg)
{
	go_chan(go_unit) done = *(go_chan(go_unit) *)arg;
	long before;

	// A runtime that polls never passes; one that is idle does as soon as
	// it has come to rest, however long that takes.
	do {
		before = switches();
		poll(NULL, 0, 100);
	} while (switches() != before);
	go_close(done);
	return NULL;
}

static void
wait_for(go_chan(go_unit) c)
{
	go_recv(c, NULL);
}

START_TEST(an_idle_program_does_nothing)
{
	go_chan(go_unit) done = go_chan_make(go_unit, 0);
	pthread_t thread;

	for (int i = 0; i < 100; i++)
		go_wg_go(&wg, wait_for, done);
	pthread_create(&thread, NULL, watch, &done);
	go_select(go_on_recv(done, NULL), go_on_timeout(GO_HOUR));
	go_wg_wait(&wg);
	pthread_join(thread, NULL);
	go_chan_release(done);
}

static void
end_at_once(void)
{
}

START_TEST(bursts_of_goroutines_all_run)
{
	for (int round = 0; round < 50; round++) {
		for (int i = 0; i < 1000; i++)
			go_wg_go(&wg, end_at_once);
		go_wg_wait(&wg);
	}
}

int
main(void)
{
	Suite *s = suite_create("sched");
	TCase *tc = tcase_create("all"), *order = tcase_create("order");

	suite_add_tcase(s, tc);
	suite_add_tcase(s, order);
	tcase_set_tags(order, "order");  // not under stress
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, two_that_yield_do_not_starve_a_third);
	tcase_add_test(tc, a_pair_that_readies_each_other_starves_nobody);
	tcase_add_test(order, those_who_yield_take_turns);
	tcase_add_test(tc, a_busy_processor_takes_what_threads_start);
	tcase_add_test(tc, a_busy_processor_minds_its_timers);
	tcase_add_test(tc, what_a_hog_readied_last_runs_elsewhere);
	tcase_add_test(tc, processors_come_and_go_under_load);
	tcase_add_test(tc, procs_answers_what_it_was);
	tcase_add_test(tc, the_environment_sets_the_processors);
	if (!IS_SANITIZED)  // a sanitizer may have a thread of its own
		tcase_add_test(tc, an_idle_program_does_nothing);
	tcase_add_test(tc, bursts_of_goroutines_all_run);
	return run_suite(s);
}
