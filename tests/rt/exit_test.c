// SPDX-License-Identifier: MIT
//
// Late lives: whoever ends the program, however busy it is, what runs at its
// end may use all of the library; and so may what runs before main.
//
// The program starts itself for each case, since what comes before main needs
// a process of its own: argv[1] is who ends it and argv[2] what it does before.

#include <fcntl.h>
#include <pthread.h>

#include "suite.h"

enum { STATUS = 9, CHATTER = 4 };

static go_atomic_int32 n_ran;
static pthread_key_t key;
static bool is_played;

static void
wrong(int line)
{
	fprintf(stderr, "wrong at line %d\n", line);
	_exit(3);
}

#define EXPECT(condition)                                                      \
	do {                                                                   \
		if (!(condition))                                              \
			wrong(__LINE__);                                       \
	} while (0)

// -- all that a program may ask for -----------------------------------------

static void
count(void)
{
	go_atomic_add(&n_ran, 1);
}

static void
count_end(void *arg)
{
	(void)arg;
	count();
}

static void
answer(go_chan(int) questions, go_chan(int) answers)
{
	int v;

	while (go_recv(questions, &v))
		go_send(answers, v + 1);
	go_close(answers);
}

static void
ask(void)
{
	go_chan(int) questions = go_chan_make(int, 0);
	go_chan(int) answers = go_chan_make(int, 0);
	go_waitgroup one = {0};
	int v = 0;

	go_wg_go(&one, answer, questions, answers);
	for (int i = 0; i < 10; i++) {
		EXPECT(go_send(questions, i));
		EXPECT(go_select(go_on_recv(answers, &v),
				 go_on_timeout(GO_MINUTE)) == 0);
		EXPECT(v == i + 1);
	}
	go_close(questions);
	EXPECT(!go_recv(answers, &v));
	go_wg_wait(&one);
	go_chan_release(questions);
	go_chan_release(answers);
}

static void
lock_and_count(go_mutex *m)
{
	go_mutex_lock(m);
	go_yield();
	count();
	go_mutex_unlock(m);
}

static void
lock(void)
{
	go_waitgroup some = {0};
	go_mutex m = {0};

	for (int i = 0; i < 20; i++)
		go_wg_go(&some, lock_and_count, &m);
	go_mutex_lock(&m);
	go_mutex_unlock(&m);
	go_wg_wait(&some);
}

static void
take_time(void)
{
	go_ctx *ctx = go_ctx_with_timeout(NULL, GO_MICROSECOND);
	go_timer *t = go_after_func(GO_MICROSECOND, count);
	int fds[2];

	go_sleep(10 * GO_MICROSECOND);
	EXPECT(!go_recv(go_ctx_done(ctx), NULL));
	go_ctx_release(ctx);
	go_timer_stop_wait(t);
	go_timer_free(t);
	EXPECT(pipe2(fds, O_CLOEXEC) == 0);
	EXPECT(go_select(go_on_fd(fds[0], GO_READABLE),
			 go_on_timeout(GO_MICROSECOND)) == 1);
	EXPECT(write(fds[1], "x", 1) == 1);
	EXPECT(go_select(go_on_fd(fds[0], GO_READABLE),
			 go_on_timeout(GO_MINUTE)) == 0);
	close(fds[0]);
	close(fds[1]);
}

static void
mean_to_panic(void)
{
	go_defer(count_end, NULL);
	go_panic("not yet");
}

static void
do_all(const char *when)
{
	static const char a_key;
	go_error *err;

	ask();
	lock();
	take_time();
	err = go_try(mean_to_panic);
	EXPECT(strcmp(go_error_text(err), "not yet") == 0);
	go_error_free(err);
	go_set_local(&a_key, &n_ran, count_end);
	go_set_local(&a_key, NULL, NULL);
	fprintf(stderr, "%s\n", when);
}

static void
at_exit(void)
{
	do_all("at exit");
}

static __attribute__((destructor)) void
destroy(void)
{
	if (is_played)
		do_all("destructor");
}

static void
end_of_key(void *when)
{
	do_all(when);
}

// -- a busy program ---------------------------------------------------------

static void
chat(go_chan(int) in, go_chan(int) out)
{
	int v;

	while (go_recv(in, &v) && go_send(out, v + 1))
		;
}

static void
tick(void)
{
	go_ticker *t = go_ticker_new(50 * GO_MICROSECOND);

	while (go_recv(go_ticker_chan(t), NULL))
		go(count);
}

static void
hog(void)
{
	for (;;)
		__asm__ volatile("");  // which compilers leave alone
}

static void
be_busy(void)
{
	go_chan(int) ring[CHATTER];

	for (int i = 0; i < CHATTER; i++)
		ring[i] = go_chan_make(int, 0);
	for (int i = 0; i < CHATTER; i++)
		go(chat, ring[i], ring[(i + 1) % CHATTER]);
	go_send(ring[0], 0);
	go(tick);
	go(hog);
}

// -- who ends it ------------------------------------------------------------

static void
end_here(void)
{
	exit(STATUS);
}

static void
end_deep(void)
{
	go_lock_thread();
	go_defer(count_end, NULL);
	(void)!go_try(end_here);
}

static void
end_deferred(void *arg)
{
	(void)arg;
	exit(STATUS);
}

static void
end_by_deed(void)
{
	go_defer(end_deferred, NULL);
}

static void *
end_in_thread(void *arg)
{
	(void)arg;
	exit(STATUS);
}

static void
wait_for_ever(void)
{
	go_recv((go_chan(int))NULL, NULL);
}

static int
end_by_return(void)
{
	return STATUS;
}

static int
end_by_goroutine(void)
{
	go(end_here);
	wait_for_ever();
	return 0;
}

static int
end_by_goroutine_alone(void)
{
	go(end_here);
	for (;;)
		pause();  // main never is a goroutine, if it is not yet
	return 0;
}

static int
end_by_goroutine_deep(void)
{
	go_with(GO_ATTR(.stack_size = 64 << 10), end_deep);
	wait_for_ever();
	return 0;
}

static int
end_by_deferred(void)
{
	go(end_by_deed);
	go_exit();
}

static int
end_by_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, end_in_thread, NULL);
	pthread_join(thread, NULL);
	return 0;
}

static int
end_after_main(void)
{
	go(end_here);
	go_exit();
}

// The first thread ends, its process does not.
static int
end_after_first_thread(void)
{
	go(end_here);
	pthread_exit(NULL);
	return 0;
}

static void *
use_key(void *arg)
{
	static const char a_key;

	pthread_setspecific(key, arg);
	go_set_local(&a_key, arg, end_of_key);
	return NULL;
}

static int
end_after_threads(void)
{
	static char text[] = "end of a thread";
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, use_key, text);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	return STATUS;
}

static const struct {
	const char *name;
	int (*end)(void);
	int n_keys;  // how often "end of a thread" is said
} ends[] = {
	{"return", end_by_return, 0},
	{"goroutine", end_by_goroutine, 0},
	{"goroutine alone", end_by_goroutine_alone, 0},
	{"goroutine deep", end_by_goroutine_deep, 0},
	{"deferred", end_by_deferred, 0},
	{"thread", end_by_thread, 0},
	{"after main", end_after_main, 0},
	{"after the first thread", end_after_first_thread, 0},
	{"after threads", end_after_threads, 4},
};

// What came before: none of the runtime, or much.
static const char *const befores[] = {"nothing", "asked", "busy", "early"};

// Before main.
static __attribute__((constructor)) void
construct(int argc, char **argv)
{
	if (argc > 2 && strcmp(argv[2], "early") == 0) {
		do_all("constructor");
		be_busy();
	}
}

static int
play(const char *name, const char *before)
{
	is_played = true;
	atexit(at_exit);
	pthread_key_create(&key, end_of_key);
	if (strcmp(before, "asked") == 0)
		ask();
	if (strcmp(before, "busy") == 0)
		be_busy();
	for (size_t i = 0; i < COUNT(ends); i++)
		if (strcmp(ends[i].name, name) == 0)
			return ends[i].end();
	return 1;
}

// -- the tests --------------------------------------------------------------

static void
start_again(const char *which)
{
	char *argv[] = {(char *)"exit_test",
			(char *)(uintptr_t)ends[(int)which[0]].name,
			(char *)(uintptr_t)befores[(int)which[1]], NULL};

	signal(SIGALRM, SIG_DFL);
	alarm(IS_SANITIZED ? 120 : 30);
	execv("/proc/self/exe", argv);
}

static int
count_in(const char *text, const char *word)
{
	int n = 0;

	for (; (text = strstr(text, word)) != NULL; text++)
		n++;
	return n;
}

START_TEST(what_runs_at_the_end_may_do_all)
{
	char which[] = {(char)(_i / (int)COUNT(befores)),
			(char)(_i % (int)COUNT(befores)), '\0'};
	bool is_early = strcmp(befores[(int)which[1]], "early") == 0;
	struct ending e;

	// The sanitizers know no goroutine that ends its thread.
	if (IS_SANITIZED && ends[(int)which[0]].end == end_after_first_thread)
		return;
	run_child(&e, start_again, which);
	ck_assert_msg(WIFEXITED(e.status) && WEXITSTATUS(e.status) == STATUS &&
			      count_in(e.said, "at exit\n") == 1 &&
			      count_in(e.said, "destructor\n") == 1 &&
			      count_in(e.said, "constructor\n") == is_early &&
			      count_in(e.said, "end of a thread\n") ==
				      ends[(int)which[0]].n_keys,
		      "%s after %s: status %#x: %.3000s",
		      ends[(int)which[0]].name, befores[(int)which[1]],
		      e.status, e.said);
}

static void
return_into_a_deadlock(const char *unused)
{
	(void)unused;
	signal(SIGALRM, SIG_DFL);
	alarm(IS_SANITIZED ? 120 : 30);
	atexit(wait_for_ever);
	exit(0);
}

START_TEST(who_waits_for_nobody_at_the_end_is_told)
{
	struct ending e;

	run_child(&e, return_into_a_deadlock, NULL);
	ck_assert_msg(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2 &&
			      strstr(e.said, "deadlock!") != NULL,
		      "status %#x: %.2000s", e.status, e.said);
}

int
main(int argc, char **argv)
{
	TCase *tc;
	Suite *s;

	if (argc > 2)
		return play(argv[1], argv[2]);
	s = suite_create("exit");
	tc = tcase_create("all");
	suite_add_tcase(s, tc);
	tcase_set_tags(tc, "native");  // an emulator starts no emulator
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_runs_at_the_end_may_do_all, 0,
			    COUNT(ends) * COUNT(befores));
	if (!IS_SANITIZED)  // a sanitizer may have a thread of its own
		tcase_add_test(tc, who_waits_for_nobody_at_the_end_is_told);
	return run_suite(s);
}
