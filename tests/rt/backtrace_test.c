// SPDX-License-Identifier: MIT
//
// Backtraces: who called whom, in dumps.

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

#include "suite.h"

// A link of a chain of calls: it keeps its frame, and its name.
#define LINK static __attribute__((noinline)) void
#define STAY() __asm__ volatile("")

static char text[1 << 20];
static go_waitgroup wg;

static void
read_text(int fd)
{
	ssize_t n = pread(fd, text, sizeof text - 1, 0);

	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	close(fd);
}

// dump fills text with go_dump's.
static void
dump(void)
{
	int fd = memfd_create("dump", 0);

	ck_assert_int_ge(fd, 0);
	go_dump(fd);
	read_text(fd);
}

// part_of returns what text says of the goroutine whose first line has what.
static char *
part_of(const char *what)
{
	char *at = strstr(text, what), *end;

	ck_assert_msg(at != NULL, "\"%s\" is missing: %s", what, text);
	end = strstr(at, "\ngoroutine ");
	if (end != NULL)
		end[1] = '\0';
	return at;
}

// expect_calls fails unless part names these functions, the innermost first.
#define expect_calls(part, ...)                                                \
	expect_calls_(part, (const char *const[]){__VA_ARGS__, NULL})

static void
expect_calls_(const char *part, const char *const *names)
{
	const char *at = part;
	char call[64];

	for (; *names != NULL; names++) {
		snprintf(call, sizeof call, " %s+0x", *names);
		at = strstr(at, call);
		ck_assert_msg(at != NULL, "%s is not where it should be: %s",
			      *names, part);
		at++;
	}
}

// expect_end fails unless the last line is of the first function of a stack.
static void
expect_end(const char *part)
{
	const char *last = strstr(part, "go__entry+0x");

	ck_assert_msg(last != NULL && strchr(last, '\n')[1] == '\0',
		      "it does not end with go__entry: %s", part);
}

LINK
park_on(go_chan(go_unit) gate)
{
	go_recv(gate, NULL);
	STAY();
}

LINK
inner(go_chan(go_unit) gate)
{
	park_on(gate);
	STAY();
}

LINK
middle(go_chan(go_unit) gate, int n)
{
	if (n > 0)
		middle(gate, n - 1);
	else
		inner(gate);
	STAY();
}

LINK
outer(go_chan(go_unit) gate)
{
	middle(gate, 2);
	STAY();
}

// Its frame is reached through another register than the stack pointer.
LINK
aligned(go_chan(go_unit) gate)
{
	volatile char room[256] __attribute__((aligned(128)));

	room[0] = 1;
	inner(gate);
	room[1] = room[0];
}

static go_chan(go_unit) compare_gate;

static int
compare(const void *a, const void *b)
{
	park_on(compare_gate);
	return *(const int *)a - *(const int *)b;
}

LINK
sort(go_chan(go_unit) gate)
{
	int numbers[] = {2, 1};

	compare_gate = gate;
	qsort(numbers, COUNT(numbers), sizeof numbers[0], compare);
	STAY();
}

static const struct {
	void (*fn)(go_chan(go_unit) gate);
	const char *names[8];
} chains[] = {
	{outer, {"park_on", "inner", "middle", "middle", "middle", "outer"}},
	{aligned, {"park_on", "inner", "aligned"}},
	{sort, {"park_on", "compare", "sort"}},
};

START_TEST(a_parked_goroutine_shows_its_calls)
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);
	char *part;

	go_wg_add(&wg, 1);
	go_with(GO_ATTR(.name = "waiter"), chains[_i].fn, gate);
	do {
		go_yield();
		dump();
	} while (strstr(text, "[channel receive]: waiter") == NULL);
	part = part_of("[channel receive]: waiter");
	expect_calls_(part, chains[_i].names);
	expect_end(part);
	go_close(gate);
}

START_TEST(one_that_has_not_run_yet_shows_where_it_will_begin)
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);
	const char *part;

	go_procs(1);
	go_yield();
	go_sleep(1);  // main is a goroutine now, and holds the processor
	// The dump may take so long that the processor changes hands.
	do {
		go_with(GO_ATTR(.name = "fresh"), outer, gate);
		dump();
	} while (strstr(text, "[runnable]: fresh") == NULL);
	part = part_of("[runnable]: fresh");
	expect_end(part);
	ck_assert_ptr_null(strstr(part, "outer+"));
}

LINK
dump_deep_down(int n)
{
	if (n > 0)
		dump_deep_down(n - 1);
	else
		dump();
	STAY();
}

START_TEST(the_caller_shows_its_own_calls)
{
	dump_deep_down(1);
	expect_calls(part_of("goroutine 1 [running]"), "go_dump", "dump",
		     "dump_deep_down", "dump_deep_down", __func__, "main");
}

START_TEST(a_goroutine_shows_its_own_calls)
{
	go_wg_go(&wg, dump_deep_down, 3);
	go_wg_wait(&wg);
	expect_calls(part_of("[running]: dump_deep_down"), "go_dump", "dump",
		     "dump_deep_down", "dump_deep_down", "go__entry");
}

static void
dump_once_main_waits(go_chan(go_unit) done)
{
	do {
		go_yield();
		dump();
	} while (strstr(text, "goroutine 1 [channel receive]") == NULL);
	go_close(done);
}

START_TEST(main_shows_its_calls_while_it_waits)
{
	go_chan(go_unit) done = go_chan_make(go_unit, 0);

	go(dump_once_main_waits, done);
	outer(done);
	expect_calls(part_of("goroutine 1 [channel receive]"), "park_on",
		     "inner", "outer", __func__, "main");
}

static void *
dump_in_thread(void *arg)
{
	(void)arg;
	dump();
	return NULL;
}

START_TEST(a_plain_thread_shows_the_goroutines)
{
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);
	pthread_t thread;

	go(outer, gate);
	do {
		pthread_create(&thread, NULL, dump_in_thread, NULL);
		pthread_join(thread, NULL);
	} while (strstr(text, "[channel receive]: outer") == NULL);
	expect_calls(part_of("[channel receive]: outer"), "park_on", "outer");
}

static int signal_fd;

static void
on_signal(int number)
{
	(void)number;
	go_dump(signal_fd);
	STAY();
}

LINK
interrupt_me(void)
{
	raise(SIGUSR1);
	STAY();
}

START_TEST(calls_are_shown_beyond_a_signal_handler)
{
	signal_fd = memfd_create("dump", 0);
	signal(SIGUSR1, on_signal);
	go_wg_go(&wg, interrupt_me);
	go_wg_wait(&wg);
	read_text(signal_fd);
	expect_calls(part_of("interrupt_me"), "go_dump", "on_signal",
		     "interrupt_me", "go__entry");
}

START_TEST(a_deep_stack_is_cut_short)
{
	const char *part;
	int n = 0;

	dump_deep_down(100);
	part = part_of("goroutine 1 [running]");
	for (const char *at = part; (at = strstr(at, "    at 0x")) != NULL;
	     at++)
		n++;
	ck_assert_int_eq(n, 32);
	ck_assert_ptr_nonnull(strstr(part, "    ...\n"));
}

// Work for the dumps to look at: chains that come, wait, go on and end.

LINK
bounce(go_chan(int) to, go_chan(int) from, int n)
{
	if (n > 0) {
		bounce(to, from, n - 1);
	} else {
		go_send(to, 1);
		go_recv(from, NULL);
	}
	STAY();
}

static void
play(go_chan(int) to, go_chan(int) from, const go_atomic_bool *stop)
{
	for (int i = 0; !go_atomic_load(stop); i++)
		bounce(to, from, i % 8);
	go_close(to);
}

static void
echo(go_chan(int) from, go_chan(int) to)
{
	while (go_recv(from, NULL))
		go_send(to, 1);
}

static void
breed(const go_atomic_bool *stop)
{
	while (!go_atomic_load(stop)) {
		go_wg_go(&wg, go_yield);
		go_yield();
	}
}

static void
dump_to(int fd, int times)
{
	while (times-- > 0) {
		go_dump(fd);
		go_yield();
	}
}

START_TEST(dumps_while_all_run_do_no_harm)
{
	enum {
		PAIRS = 8,
		DUMPERS = 2,
		TIMES = IS_VALGRIND    ? 1
			: IS_SANITIZED ? 30
				       : 100
	};
	static go_atomic_bool stop;
	go_chan(int) there[PAIRS], back[PAIRS];
	go_waitgroup dumpers = {0};
	int null = open("/dev/null", O_WRONLY);

	go_procs(4);
	for (int i = 0; i < PAIRS; i++) {
		there[i] = go_chan_make(int, 0);
		back[i] = go_chan_make(int, 0);
		go_wg_go(&wg, play, there[i], back[i], &stop);
		go_wg_go(&wg, echo, there[i], back[i]);
	}
	go_wg_go(&wg, breed, &stop);
	for (int i = 0; i < DUMPERS; i++)
		go_wg_go(&dumpers, dump_to, null, TIMES);
	go_wg_wait(&dumpers);
	go_atomic_store(&stop, true);
	go_wg_wait(&wg);
	for (int i = 0; i < PAIRS; i++) {
		go_chan_release(there[i]);
		go_chan_release(back[i]);
	}
	close(null);
}

int
main(void)
{
	Suite *s = suite_create("backtrace");
	TCase *t = tcase_create("all"), *native = tcase_create("native");

	tcase_add_loop_test(t, a_parked_goroutine_shows_its_calls, 0,
			    COUNT(chains));
	if (!IS_VALGRIND)  // by the end of a dump it has run
		tcase_add_test(
			t, one_that_has_not_run_yet_shows_where_it_will_begin);
	tcase_add_test(t, the_caller_shows_its_own_calls);
	tcase_add_test(t, a_goroutine_shows_its_own_calls);
	tcase_add_test(t, main_shows_its_calls_while_it_waits);
	tcase_add_test(t, a_plain_thread_shows_the_goroutines);
	tcase_add_test(t, a_deep_stack_is_cut_short);
	tcase_add_test(t, dumps_while_all_run_do_no_harm);
	tcase_set_timeout(t, 20);
	tcase_set_tags(t, "frames");  // not with rt/arch/generic
	suite_add_tcase(s, t);
	// An emulator's signal frames have no tables.
	tcase_set_tags(native, "native frames");
	tcase_add_test(native, calls_are_shown_beyond_a_signal_handler);
	suite_add_tcase(s, native);
	return run_suite(s);
}
