// SPDX-License-Identifier: MIT
//
// Stacks that overflow, and what becomes of SIGSEGV and SIGQUIT.

#include "rt/guard.h"
#include "suite.h"

#define LINK static __attribute__((noinline))

static volatile int zero;

// recurse has no end that the compiler can see, and touches every page.
LINK int
recurse(int n)
{
	volatile char room[200];

	room[n % 200] = (char)n;
	return n < zero ? 0 : recurse(n + 1) + room[zero];
}

static void
overflow(void)
{
	recurse(0);
}

static void
overflow_one(const char *size)
{
	go_chan(go_unit) never = go_chan_make(go_unit, 0);
	go_attr attr = {.stack_size = (size_t)atoi(size) << 10, .name = "deep"};

	go_with(&attr, overflow);
	go_recv(never, NULL);
}

// Where main is a machine of its own, and runs the goroutine.
static void
overflow_beside_main(const char *size)
{
	go_procs(1);
	go_sleep(1);
	overflow_one(size);
}

// Where guards are mappings.
static void
overflow_mapped(const char *size)
{
	go__guard_limit(GUARD_MAPPED, 0);
	overflow_one(size);
}

// Without any there is nothing to notice, and the goroutine runs.
static void
run_unguarded(const char *size)
{
	go_attr attr = {.stack_size = (size_t)atoi(size) << 10};
	go_waitgroup wg = {0};

	go__guard_limit(GUARD_NONE, 0);
	for (int i = 0; i < 3; i++)
		go_wg_go(&wg, go_yield);
	go_wg_wait(&wg);
	go_with(&attr, go_yield);
	while (go_count() > 1)
		go_yield();
}

static void
expect_signal(const struct ending *e, int number)
{
	ck_assert_msg(WIFSIGNALED(e->status) && WTERMSIG(e->status) == number,
		      "status %#x, want signal %d; it said: %.2000s", e->status,
		      number, e->said);
}

static const struct {
	void (*fn)(const char *arg);
	const char *size, *sentence;
} overflows[] = {
	{overflow_one, "0", "overflowed its 256 KB stack\n"},
	{overflow_one, "16", "overflowed its 32 KB stack\n"},
	{overflow_one, "1000", "overflowed its 1024 KB stack\n"},
	{overflow_one, "3000", "overflowed its 4096 KB stack\n"},
	{overflow_beside_main, "0", "overflowed its 256 KB stack\n"},
	{overflow_mapped, "0", "overflowed its 256 KB stack\n"},
	{overflow_mapped, "100", "overflowed its 128 KB stack\n"},
};

START_TEST(stack_overflow_names_who_overflows)
{
	static struct ending e;

	run_child(&e, overflows[_i].fn, overflows[_i].size);
	expect_signal(&e, SIGSEGV);
	ck_assert_msg(strncmp(e.said, "goroutine ", 10) == 0 &&
			      strstr(e.said, " (deep), started at "
					     "tests/rt/fault_test.c:") &&
			      strstr(e.said, overflows[_i].sentence),
		      "it said: %.2000s", e.said);
	ck_assert_msg(strstr(e.said, " recurse") != NULL, "it said: %.2000s",
		      e.said);
}

START_TEST(without_guards_goroutines_run_and_a_sentence_warns)
{
	static struct ending e;

	run_child(&e, run_unguarded, "16");
	ck_assert_msg(strncmp(e.said, "libgo: no guard pages are left", 30) ==
				      0 &&
			      strchr(e.said, '\n')[1] == '\0',
		      "it said: %.2000s", e.said);
	ck_assert_int_eq(e.status, 0);
}

static void
touch_nothing(void)
{
	*(volatile int *)(uintptr_t)(8 + zero) = 1;
}

static void
fault_elsewhere(const char *arg)
{
	go_chan(go_unit) never = go_chan_make(go_unit, 0);

	(void)arg;
	go(touch_nothing);
	go_recv(never, NULL);
}

static void
fault_in_main(const char *arg)
{
	(void)arg;
	go(go_yield);
	go_sleep(GO_MILLISECOND);
	touch_nothing();
}

static void
send_fault(const char *arg)
{
	(void)arg;
	go(go_yield);
	go_sleep(GO_MILLISECOND);
	kill(getpid(), SIGSEGV);
	for (;;)
		go_yield();
}

START_TEST(other_faults_end_the_process_without_a_word)
{
	static void (*const others[])(const char *arg) = {
		fault_elsewhere, fault_in_main, send_fault};
	static struct ending e;

	run_child(&e, others[_i], NULL);
	expect_signal(&e, SIGSEGV);
	ck_assert_str_eq(e.said, "");
}

static void
own_handler(int number)
{
	(void)number;
	if (write(2, "mine\n", 5) == 5)
		_exit(7);
}

static void
set_handler(void)
{
	static char stack[1 << 16];
	const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
	struct sigaction action = {.sa_handler = own_handler,
				   .sa_flags = SA_ONSTACK};

	sigaltstack(&other, NULL);
	sigaction(SIGSEGV, &action, NULL);
}

static void
handle_before(const char *arg)
{
	set_handler();
	fault_elsewhere(arg);
}

static void
handle_after(const char *arg)
{
	go(go_yield);
	set_handler();
	fault_elsewhere(arg);
}

START_TEST(the_programs_own_handler_is_left_alone)
{
	static struct ending e;

	run_child(&e, _i == 0 ? handle_before : handle_after, NULL);
	ck_assert_str_eq(e.said, "mine\n");
	ck_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 7);
}

LINK void
wait_here(go_chan(go_unit) never)
{
	go_recv(never, NULL);
	__asm__ volatile("");  // it keeps its frame
}

static void
quit(const char *debug)
{
	go_chan(go_unit) never = go_chan_make(go_unit, 0);

	setenv("LIBGO_DEBUG", debug, 1);
	go_with(GO_ATTR(.name = "waiter"), wait_here, never);
	while (go_count() < 2)
		go_yield();
	raise(SIGQUIT);
}

// quit_and_read takes what is written to stderr until it has seen it all.
static void
quit_and_read(const char *disposition)
{
	char said[1 << 14];
	size_t n = 0;
	ssize_t got;
	int fds[2];

	if (strcmp(disposition, "ignored") == 0)
		signal(SIGQUIT, SIG_IGN);
	if (pipe(fds) != 0 || dup2(fds[1], 2) < 0)
		_exit(1);
	quit("sigquit");
	do {
		// Earlier ones may have come before the goroutine waited.
		if (n > sizeof said / 2)
			n = 0;
		raise(SIGQUIT);
		got = read(fds[0], said + n, sizeof said - 1 - n);
		if (got <= 0)
			_exit(2);
		n += (size_t)got;
		said[n] = '\0';
	} while (strstr(said, "]: waiter, wait_here, started at ") == NULL ||
		 strstr(said, " wait_here+0x") == NULL);
	_exit(3);
}

START_TEST(a_quit_dumps_if_asked_for_and_the_program_goes_on)
{
	static struct ending e;

	run_child(&e, quit_and_read, _i == 0 ? "default" : "ignored");
	ck_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 3);
}

START_TEST(a_quit_is_a_quit_otherwise)
{
	static struct ending e;

	run_child(&e, quit, "handoff");
	expect_signal(&e, SIGQUIT);
	ck_assert_str_eq(e.said, "");
}

static void
quit_with_handler(const char *debug)
{
	signal(SIGQUIT, own_handler);
	quit(debug);
}

START_TEST(the_programs_own_quit_is_left_alone)
{
	static struct ending e;

	run_child(&e, quit_with_handler, "sigquit");
	ck_assert_str_eq(e.said, "mine\n");
	ck_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 7);
}

static void
deadlock(const char *arg)
{
	(void)arg;
	setenv("LIBGO_DEBUG", "sigquit", 1);
	go(go_yield);
	wait_here(go_chan_make(go_unit, 0));
}

START_TEST(who_waits_for_a_quit_does_not_hide_a_deadlock)
{
	static struct ending e;

	run_child(&e, deadlock, NULL);
	ck_assert_ptr_nonnull(strstr(e.said, "asleep - deadlock!"));
	ck_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2);
}

int
main(void)
{
	Suite *s = suite_create("fault");
	TCase *t = tcase_create("all"), *native = tcase_create("native");
	TCase *frames = tcase_create("frames"), *both = tcase_create("both");

	tcase_set_timeout(t, 20);
	tcase_add_loop_test(t, the_programs_own_handler_is_left_alone, 0, 2);
	tcase_add_test(t, the_programs_own_quit_is_left_alone);
	tcase_add_test(t, without_guards_goroutines_run_and_a_sentence_warns);
	suite_add_tcase(s, t);

	// rt/arch/generic shows no frames.
	tcase_set_tags(frames, "frames");
	tcase_set_timeout(frames, 20);
	tcase_add_loop_test(frames,
			    a_quit_dumps_if_asked_for_and_the_program_goes_on,
			    0, 2);
	suite_add_tcase(s, frames);

	// An emulator has something to say itself, has threads of its own, and
	// may make no guards.
	tcase_set_tags(native, "native");
	tcase_set_timeout(native, 20);
	tcase_add_loop_test(native, other_faults_end_the_process_without_a_word,
			    0, 3);
	tcase_add_test(native, a_quit_is_a_quit_otherwise);
	if (!IS_SANITIZED)  // a sanitizer has a thread, so that all may wait
		tcase_add_test(native,
			       who_waits_for_a_quit_does_not_hide_a_deadlock);
	suite_add_tcase(s, native);

	tcase_set_tags(both, "native frames");
	tcase_set_timeout(both, 20);
	tcase_add_loop_test(both, stack_overflow_names_who_overflows, 0,
			    COUNT(overflows));
	suite_add_tcase(s, both);
	return run_suite(s);
}
