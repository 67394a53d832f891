// SPDX-License-Identifier: MIT
//
// suite: what the tests of this room share.

#ifndef TESTS_RT_SUITE_H
#define TESTS_RT_SUITE_H

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libgo.h"
#include "rt/tools.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// The sanitizers keep much for each goroutine.
#if defined(GO__TSAN) || defined(GO__ASAN) || defined(GO__VALGRIND)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

// Valgrind runs one thread at a time, and that slowly.
#if defined(GO__VALGRIND)
#define IS_VALGRIND 1
#else
#define IS_VALGRIND 0
#endif

// struct ending is how a child process ended, and what it said on stderr.
struct ending {
	int status;
	char said[1 << 16];
};

// run_child runs fn(arg) in a child process of its own; the caller must not
// have started the runtime. A child that returns from fn exits with 0.
static inline void
run_child(struct ending *e, void (*fn)(const char *arg), const char *arg)
{
	const struct rlimit no_core = {0, 0};
	size_t n = 0;
	ssize_t got;
	int fds[2];
	pid_t pid;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		// The sanitizers catch it; here it shall end the process.
		signal(SIGSEGV, SIG_DFL);
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		fn(arg);
		_exit(0);
	}
	close(fds[1]);
	while (n < sizeof e->said - 1 &&
	       (got = read(fds[0], e->said + n, sizeof e->said - 1 - n)) > 0)
		n += (size_t)got;
	e->said[n] = '\0';
	close(fds[0]);
	ck_assert_int_eq(waitpid(pid, &e->status, 0), pid);
}

// expect_abort fails unless the child aborted and said text.
static inline void
expect_abort(const struct ending *e, const char *text)
{
	ck_assert_msg(WIFSIGNALED(e->status) && WTERMSIG(e->status) == SIGABRT,
		      "status %#x, want SIGABRT; it said: %.2000s", e->status,
		      e->said);
	ck_assert_msg(strstr(e->said, text) != NULL, "\"%.2000s\" lacks \"%s\"",
		      e->said, text);
}

// test_seed returns the seed of this run, from SEED if that is set, and prints
// it: a failure can be repeated.
static inline unsigned
test_seed(void)
{
	const char *text = getenv("SEED");
	unsigned seed = text != NULL ? (unsigned)strtoul(text, NULL, 10)
				     : (unsigned)go_now();

	printf("SEED=%u\n", seed);
	fflush(stdout);
	return seed;
}

static inline int
run_suite(Suite *s)
{
	SRunner *runner = srunner_create(s);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
