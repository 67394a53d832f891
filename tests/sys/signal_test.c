// SPDX-License-Identifier: MIT

#include "libgo/signal.h"

#include <errno.h>

#include "tests/rt/suite.h"

// raise(sig) has called the handler by the time it returns: no test waits.

static int
received(go_chan(int) c)
{
	int sig = -1;

	ck_assert(go_recv(c, &sig));
	return sig;
}

static void
expect_nothing(go_chan(int) c)
{
	int sig;

	ck_assert(!go_try_recv(c, &sig));
}

static void
end(go_chan(int) c)
{
	go_signal_stop(c);
	go_chan_release(c);
}

// forget_check undoes the handlers of Check itself: they would be called too.
static void
forget_check(void)
{
	const int its[] = {SIGINT, SIGTERM, SIGTSTP, SIGALRM};

	for (size_t i = 0; i < COUNT(its); i++)
		signal(its[i], SIG_DFL);
}

// -- channels ----------------------------------------------------------------

START_TEST(a_signal_reaches_each_channel_that_asked_for_it)  // SG1
{
	go_chan(int) a = go_chan_make(int, 2), b = go_chan_make(int, 2);

	go_signal_notify(go_send_only(a), SIGUSR1, SIGUSR2);
	go_signal_notify(b, SIGUSR2);
	raise(SIGUSR1);
	ck_assert_int_eq(received(a), SIGUSR1);
	raise(SIGUSR2);
	ck_assert_int_eq(received(a), SIGUSR2);
	ck_assert_int_eq(received(b), SIGUSR2);
	go_signal_notify(b, SIGUSR1);  // in addition
	raise(SIGUSR1);
	ck_assert_int_eq(received(b), SIGUSR1);
	end(a);
	raise(SIGUSR2);
	ck_assert_int_eq(received(b), SIGUSR2);
	end(b);
	go_signal_stop(a);  // which gets nothing: no matter
}

START_TEST(each_arrival_is_sent_while_there_is_room)  // SG1
{
	go_chan(int) few = go_chan_make(int, 1), many = go_chan_make(int, 8);
	int n = 0;

	go_signal_notify(few, SIGUSR1);
	go_signal_notify(many, SIGUSR1, SIGRTMIN);
	for (int i = 0; i < 5; i++)
		raise(SIGUSR1);
	raise(SIGRTMIN);
	go_signal_stop(many);  // what was caught has been sent
	ck_assert_uint_eq(go_chan_len(many), 6);
	for (int i = 0; i < 6; i++)
		n += received(many) == SIGUSR1;
	ck_assert_int_eq(n, 5);
	ck_assert_int_eq(received(few), SIGUSR1);
	go_chan_release(many);
	end(few);
}

START_TEST(without_a_list_all_are_sent)  // SG1
{
	const int some[] = {SIGHUP,  SIGINT,  SIGTERM, SIGCHLD,
			    SIGCONT, SIGTSTP, SIGPIPE, SIGRTMAX};
	go_chan(int) c = go_chan_make(int, 8);

	go_signal_notify(c);
	for (size_t i = 0; i < COUNT(some); i++) {
		raise(some[i]);
		ck_assert_int_eq(received(c), some[i]);
	}
	end(c);
}

START_TEST(a_channel_hears_nothing_from_before_it_asked)
{
	go_chan(int) a = go_chan_make(int, 1), b = go_chan_make(int, 1);

	go_signal_notify(a, SIGUSR1);
	raise(SIGUSR1);
	go_signal_notify(b, SIGUSR1);
	ck_assert_uint_eq(go_chan_len(a), 1);
	end(a);
	expect_nothing(b);
	end(b);
}

START_TEST(a_closed_channel_gets_nothing_and_does_no_harm)
{
	go_chan(int) a = go_chan_make(int, 1), b = go_chan_make(int, 1);

	go_signal_notify(a, SIGUSR1);
	go_signal_notify(b, SIGUSR1);
	go_close(a);
	raise(SIGUSR1);
	ck_assert_int_eq(received(b), SIGUSR1);
	end(a);
	end(b);
}

START_TEST(the_channel_lives_until_it_is_stopped)
{
	go_chan(int) c = go_chan_make(int, 1);

	go_signal_notify(c, SIGUSR1);
	go_chan_release(c);
	raise(SIGUSR1);
	ck_assert_int_eq(received(c), SIGUSR1);
	go_signal_stop(c);
}

START_TEST(catching_leaves_errno_alone)
{
	go_chan(int) c = go_chan_make(int, 1);

	go_signal_notify(c, SIGUSR1);
	errno = ERANGE;
	raise(SIGUSR1);
	ck_assert_int_eq(errno, ERANGE);
	end(c);
}

START_TEST(the_watcher_ends_with_the_last_channel)
{
	go_chan(int) c = go_chan_make(int, 1);

	for (int i = 0; i < 20; i++) {
		go_signal_notify(c, SIGUSR1);
		raise(SIGUSR1);
		ck_assert_int_eq(received(c), SIGUSR1);
		go_signal_stop(c);
		if (i % 2 == 0)
			continue;  // the next may meet the ending one
		while (go_count() > 1)
			go_yield();
	}
	go_chan_release(c);
}

// -- actions -----------------------------------------------------------------

static volatile int calls;

static void
on_call(int sig)
{
	calls += sig == SIGUSR1;
}

static void
on_call_told(int sig, siginfo_t *info, void *context)
{
	calls += sig == SIGUSR1 && info->si_signo == sig && context != NULL;
}

static void
set_action(int which)
{
	struct sigaction a = {.sa_handler = SIG_DFL};

	switch (which) {
	case 1:
		a.sa_handler = SIG_IGN;
		break;
	case 2:
		a.sa_handler = on_call;
		a.sa_flags = SA_RESETHAND;
		sigaddset(&a.sa_mask, SIGTERM);
		break;
	case 3:
		a.sa_sigaction = on_call_told;
		a.sa_flags = SA_SIGINFO | SA_NODEFER;
		sigfillset(&a.sa_mask);
		break;
	}
	sigaction(SIGUSR1, &a, NULL);
}

static void
expect_same(const struct sigaction *a, const struct sigaction *b)
{
	ck_assert(a->sa_handler == b->sa_handler);
	ck_assert_int_eq(a->sa_flags, b->sa_flags);
	for (int sig = 1; sig <= SIGRTMAX; sig++)
		ck_assert_int_eq(sigismember(&a->sa_mask, sig),
				 sigismember(&b->sa_mask, sig));
}

START_TEST(each_way_back_restores_the_action_exactly)  // SG3, SG7
{
	go_chan(int) c = go_chan_make(int, 1), d = go_chan_make(int, 1);
	struct sigaction before, after;

	set_action(_i);
	sigaction(SIGUSR1, NULL, &before);
	go_signal_notify(c, SIGUSR2);  // another is no concern of it
	sigaction(SIGUSR1, NULL, &after);
	expect_same(&before, &after);

	go_signal_notify(c, SIGUSR1);
	go_signal_notify(d, SIGUSR1);
	go_signal_stop(c);
	raise(SIGUSR1);
	ck_assert_int_eq(received(d), SIGUSR1);
	go_signal_stop(d);
	sigaction(SIGUSR1, NULL, &after);
	expect_same(&before, &after);

	go_signal_notify(c, SIGUSR1);
	go_signal_reset(SIGUSR1, SIGUSR2);
	sigaction(SIGUSR1, NULL, &after);
	expect_same(&before, &after);

	go_signal_ignore(SIGUSR1);
	go_signal_notify(c, SIGUSR1);
	go_signal_ignore(SIGUSR1);
	ck_assert(go_signal_is_ignored(SIGUSR1));
	go_signal_reset(SIGUSR1);
	sigaction(SIGUSR1, NULL, &after);
	expect_same(&before, &after);
	go_chan_release(d);
	end(c);
}

START_TEST(ignoring_takes_the_signal_from_all)  // SG3
{
	go_chan(int) c = go_chan_make(int, 1);

	ck_assert(!go_signal_is_ignored(SIGUSR1));
	go_signal_notify(c, SIGUSR1, SIGUSR2);
	go_signal_ignore(SIGUSR1);
	ck_assert(go_signal_is_ignored(SIGUSR1));
	raise(SIGUSR1);
	raise(SIGUSR2);
	ck_assert_int_eq(received(c), SIGUSR2);
	go_signal_notify(c, SIGUSR1);  // is asked for again
	ck_assert(!go_signal_is_ignored(SIGUSR1));
	raise(SIGUSR1);
	ck_assert_int_eq(received(c), SIGUSR1);
	end(c);
}

START_TEST(what_nohup_ignores_is_ignored_again)  // SG3
{
	go_chan(int) c = go_chan_make(int, 1);

	signal(SIGHUP, SIG_IGN);
	go_signal_notify(c, SIGUSR1);
	raise(SIGHUP);
	ck_assert(go_signal_is_ignored(SIGHUP));
	go_signal_notify(c, SIGHUP);
	raise(SIGHUP);
	ck_assert_int_eq(received(c), SIGHUP);
	go_signal_stop(c);
	raise(SIGHUP);
	ck_assert(go_signal_is_ignored(SIGHUP));
	expect_nothing(c);
	go_chan_release(c);
}

START_TEST(a_handler_that_was_there_is_called_as_well)  // SG7
{
	go_chan(int) c = go_chan_make(int, 1);

	set_action(2 + _i);
	go_signal_notify(c, SIGUSR1);
	raise(SIGUSR1);
	raise(SIGUSR1);
	ck_assert_int_eq(received(c), SIGUSR1);
	ck_assert_int_eq(calls, 2);
	end(c);
}

START_TEST(an_action_set_later_stays)
{
	go_chan(int) c = go_chan_make(int, 1);
	struct sigaction after;

	go_signal_notify(c, SIGUSR1);
	signal(SIGUSR1, on_call);
	end(c);
	sigaction(SIGUSR1, NULL, &after);
	ck_assert(after.sa_handler == on_call);
}

// -- contexts ----------------------------------------------------------------

static void
await_count(size_t n)
{
	while (go_count() > n)
		go_yield();
}

START_TEST(a_signal_cancels_and_is_the_cause)  // SG5
{
	static const struct {
		int sig;
		const char *text;
	} rows[] = {
		{SIGINT, "interrupt signal received"},
		{SIGTERM, "terminated signal received"},
		{SIGUSR1, "user defined signal 1 signal received"},
		{SIGXCPU, "signal 24 received"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		go_ctx *ctx = go_signal_ctx(NULL, SIGHUP, rows[i].sig);

		ck_assert_ptr_null(go_ctx_err(ctx));
		raise(rows[i].sig);
		go_recv(go_ctx_done(ctx), NULL);
		ck_assert_ptr_eq(go_ctx_err(ctx), GO_CANCELED);
		ck_assert_str_eq(go_error_text(go_ctx_cause(ctx)),
				 rows[i].text);
		go_ctx_release(ctx);
	}
	await_count(1);
}

START_TEST(a_context_that_is_cancelled_gives_its_signals_back)  // SG5
{
	go_ctx *parent = go_ctx_with_cancel(NULL);
	struct sigaction before, after;
	go_ctx *ctx;

	set_action(1);
	sigaction(SIGUSR1, NULL, &before);
	ctx = go_signal_ctx(parent, SIGUSR2, SIGUSR1);
	go_ctx_cancel(_i == 0 ? parent : ctx);
	ck_assert_ptr_eq(go_ctx_cause(ctx), GO_CANCELED);
	go_ctx_cancel(parent);
	await_count(1);
	sigaction(SIGUSR1, NULL, &after);
	expect_same(&before, &after);
	go_ctx_release(ctx);

	ctx = go_signal_ctx(parent, SIGUSR1);  // is done from the start
	ck_assert_ptr_eq(go_ctx_err(ctx), GO_CANCELED);
	sigaction(SIGUSR1, NULL, &after);
	expect_same(&before, &after);
	go_ctx_release(ctx);
	go_ctx_release(parent);
}

static void
interrupt_twice(const char *unused)
{
	go_ctx *ctx;

	(void)unused;
	ctx = go_signal_ctx(NULL, SIGINT);
	raise(SIGINT);
	go_recv(go_ctx_done(ctx), NULL);
	raise(SIGINT);
}

START_TEST(a_second_signal_ends_the_program)  // SG5
{
	struct ending e;

	run_child(&e, interrupt_twice, NULL);
	ck_assert(WIFSIGNALED(e.status) && WTERMSIG(e.status) == SIGINT);
}

// -- mistakes and faults -----------------------------------------------------

static void
release(void *c)
{
	go_chan_release((go_chan(int))c);
}

static void
misuse(int call, int sig)
{
	go_chan(int) c = call == 4 ? NULL : go_chan_make(int, 1);

	go_defer(release, (void *)c);
	if (call == 0 || call == 4)
		go_signal_notify(c, sig);
	else if (call == 1)
		go_signal_ignore(sig);
	else if (call == 2)
		go_signal_reset(sig);
	else
		go_ctx_release(go_signal_ctx(NULL, SIGUSR1, sig));
}

START_TEST(what_cannot_be_caught_panics)
{
	static const struct {
		int call;
		int sig;
		const char *text;
	} rows[] = {
		{0, 0, "go_signal_notify: signal 0 cannot be caught"},
		{0, -1, "go_signal_notify: signal -1 cannot be caught"},
		{0, 65, "go_signal_notify: signal 65 cannot be caught"},
		{0, 32, "go_signal_notify: signal 32 cannot be caught"},
		{0, SIGKILL, "go_signal_notify: signal 9 cannot be caught"},
		{1, SIGSTOP, "go_signal_ignore: signal 19 cannot be caught"},
		{2, SIGKILL, "go_signal_reset: signal 9 cannot be caught"},
		{3, SIGKILL, "go_signal_ctx: signal 9 cannot be caught"},
		{4, SIGUSR1, "go_signal_notify: the channel is NULL"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		go_error *err = go_try(misuse, rows[i].call, rows[i].sig);

		ck_assert_ptr_nonnull(err);
		ck_assert_str_eq(go_error_text(err), rows[i].text);
		go_error_free(err);
	}
	ck_assert_uint_eq(go_count(), 1);
}

static void
fault(const char *unused)
{
	go_chan(int) c = go_chan_make(int, 1);

	(void)unused;
	signal(SIGILL, SIG_DFL);
	go_signal_notify(c, SIGSEGV, SIGILL, SIGTRAP);
	__builtin_trap();
}

START_TEST(a_fault_is_not_caught)
{
	struct ending e;

	run_child(&e, fault, NULL);
	ck_assert(WIFSIGNALED(e.status));
	ck_assert(WTERMSIG(e.status) == SIGILL ||
		  WTERMSIG(e.status) == SIGTRAP);
}

static void
wait_for_ever(const char *unused)
{
	go_chan(int) c = go_chan_make(int, 1);

	(void)unused;
	go_signal_notify(c, SIGUSR1);
	go_signal_stop(c);
	go_recv(c, NULL);
}

START_TEST(after_the_last_stop_a_deadlock_is_one_again)
{
	struct ending e;

	run_child(&e, wait_for_ever, NULL);
	ck_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2);
	ck_assert_ptr_nonnull(strstr(e.said, "all goroutines are asleep"));
}

int
main(void)
{
	Suite *s = suite_create("signal");
	TCase *tc = tcase_create("all");
	TCase *native = tcase_create("native");

	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(tc, forget_check, NULL);
	tcase_add_test(tc, a_signal_reaches_each_channel_that_asked_for_it);
	tcase_add_test(tc, each_arrival_is_sent_while_there_is_room);
	tcase_add_test(tc, a_channel_hears_nothing_from_before_it_asked);
	tcase_add_test(tc, a_closed_channel_gets_nothing_and_does_no_harm);
	tcase_add_test(tc, the_channel_lives_until_it_is_stopped);
	tcase_add_test(tc, catching_leaves_errno_alone);
	tcase_add_test(tc, the_watcher_ends_with_the_last_channel);
	tcase_add_loop_test(tc, each_way_back_restores_the_action_exactly, 0,
			    4);
	tcase_add_test(tc, ignoring_takes_the_signal_from_all);
	tcase_add_test(tc, what_nohup_ignores_is_ignored_again);
	tcase_add_loop_test(tc, a_handler_that_was_there_is_called_as_well, 0,
			    2);
	tcase_add_test(tc, an_action_set_later_stays);
	tcase_add_test(tc, a_signal_cancels_and_is_the_cause);
	tcase_add_loop_test(
		tc, a_context_that_is_cancelled_gives_its_signals_back, 0, 2);
	tcase_add_test(tc, a_second_signal_ends_the_program);
	tcase_add_test(tc, what_cannot_be_caught_panics);
	// The sanitizers have threads, and handlers of faults, of their own.
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");
	tcase_add_checked_fixture(native, forget_check, NULL);
	tcase_add_test(native, without_a_list_all_are_sent);
	if (!IS_SANITIZED) {
		tcase_add_test(native, a_fault_is_not_caught);
		tcase_add_test(native,
			       after_the_last_stop_a_deadlock_is_one_again);
	}
	return run_suite(s);
}
