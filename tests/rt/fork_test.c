// SPDX-License-Identifier: MIT
//
// The program forks: its children exec, exit or ask for too much, and it goes
// on as if nothing had been.

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>

#include "rt/poll.h"
#include "suite.h"

extern char **environ;

// A child that exits has but one of the stacks that the program's memory is
// reached from: the leak sanitizer would find all of it.
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

enum { TALKERS = 6, FORKS = IS_SANITIZED ? 4 : 20 };

static go_waitgroup wg;
static go_atomic_bool stop;
static go_atomic_int32 n_ticks, n_bytes, n_talks;

// -- a program that is busy -------------------------------------------------

static void
talk(go_chan(int) in, go_chan(int) out)
{
	int v;

	while (go_recv(in, &v) && go_send(out, v + 1))
		go_atomic_add(&n_talks, 1);
	go_close(out);
}

static void
tick(void)
{
	go_ticker *t = go_ticker_new(100 * GO_MICROSECOND);

	while (!go_atomic_load(&stop)) {
		go_recv(go_ticker_chan(t), NULL);
		go_atomic_add(&n_ticks, 1);
	}
	go_ticker_free(t);
}

static void
read_on(int fd)
{
	struct go__desc *d;
	char c;

	if (go__poll_open(fd, &d) != 0)
		_exit(3);
	for (;;) {
		ssize_t n = read(fd, &c, 1);

		if (n == 0)
			break;
		if (n > 0)
			go_atomic_add(&n_bytes, 1);
		else if (go__poll_wait(d, GO__POLL_READ, INT64_MAX) != 0)
			_exit(3);
	}
	go__poll_close(d);
}

static void
write_on(int fd)
{
	int before;

	while (!go_atomic_load(&stop)) {
		before = go_atomic_load(&n_bytes);
		if (write(fd, "x", 1) != 1)
			_exit(3);
		while (go_atomic_load(&n_bytes) == before)
			go_yield();
	}
	close(fd);
}

static void
hog_on(void)
{
	while (!go_atomic_load(&stop))
		;
}

static go_chan(int) ring[TALKERS];

static void
get_busy(void)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0)
		_exit(3);
	for (int i = 0; i < TALKERS; i++)
		ring[i] = go_chan_make(int, 1);
	for (int i = 0; i < TALKERS; i++)
		go_wg_go(&wg, talk, ring[i], ring[(i + 1) % TALKERS]);
	go_send(ring[0], 0);
	go_wg_go(&wg, tick);
	go_wg_go(&wg, read_on, fds[0]);
	go_wg_go(&wg, write_on, fds[1]);
	go_wg_go(&wg, hog_on);
}

// move_on waits until all that is busy has moved: nothing was lost.
static void
move_on(void)
{
	const go_atomic_int32 *moving[] = {&n_ticks, &n_bytes, &n_talks};

	for (size_t i = 0; i < COUNT(moving); i++) {
		int before = go_atomic_load(moving[i]);

		while (go_atomic_load(moving[i]) == before)
			go_yield();
	}
}

static void
be_done(void)
{
	move_on();
	go_atomic_store(&stop, true);
	go_close(ring[0]);
	go_wg_wait(&wg);
}

// -- ways to exec -----------------------------------------------------------

static char *const sh_argv[] = {(char *)"sh", (char *)"-c", (char *)"exit 7",
				NULL};

static pid_t
fork_and_exec(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execve("/bin/sh", sh_argv, environ);
		_exit(3);
	}
	return pid;
}

static pid_t
vfork_and_exec(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execve("/bin/sh", sh_argv, environ);
		_exit(3);
	}
	return pid;
}

static pid_t
spawn(void)
{
	pid_t pid;

	if (posix_spawn(&pid, "/bin/sh", NULL, NULL, sh_argv, environ) != 0)
		return -1;
	return pid;
}

static void
fork_on(int n)
{
	static pid_t (*const ways[])(void) = {fork_and_exec, vfork_and_exec,
					      spawn};
	int status;
	pid_t pid;

	for (int i = 0; i < n; i++) {
		pid = ways[(size_t)i % COUNT(ways)]();
		if (pid < 0 || waitpid(pid, &status, 0) != pid ||
		    !WIFEXITED(status) || WEXITSTATUS(status) != 7)
			_exit(4);
		go_yield();
	}
}

static void *
fork_on_in_thread(void *arg)
{
	fork_on(FORKS);
	return arg;
}

static void
fork_everywhere(const char *unused)
{
	pthread_t thread;

	(void)unused;
	get_busy();
	pthread_create(&thread, NULL, fork_on_in_thread, NULL);
	for (int i = 0; i < 2; i++)
		go_wg_go(&wg, fork_on, FORKS);
	fork_on(FORKS);
	pthread_join(thread, NULL);
	be_done();
}

START_TEST(anybody_forks_and_execs_while_the_program_is_busy)
{
	struct ending e;

	run_child(&e, fork_everywhere, NULL);
	ck_assert_msg(e.status == 0 && e.said[0] == '\0', "status %#x: %s",
		      e.status, e.said);
}

// -- what an exec'd child inherits ------------------------------------------

// list has a child list the descriptors that it has, on standard error.
static void
list(void)
{
	static char *const argv[] = {(char *)"sh", (char *)"-c",
				     (char *)"ls /proc/self/fd 1>&2", NULL};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execve("/bin/sh", argv, environ);
		_exit(3);
	}
	waitpid(pid, &status, 0);
}

static void
list_busy(const char *debug)
{
	go_chan(int) c = go_chan_make(int, 1);

	setenv("LIBGO_DEBUG", debug, 1);
	go_signal_notify(c, SIGUSR1);
	get_busy();
	move_on();
	list();
	_exit(0);
}

static void
list_idle(const char *unused)
{
	(void)unused;
	list();
}

START_TEST(an_execd_child_inherits_no_descriptor_of_ours)
{
	struct ending idle, busy;

	run_child(&idle, list_idle, NULL);
	run_child(&busy, list_busy, "sigquit");
	ck_assert_int_eq(busy.status, 0);
	ck_assert_str_eq(busy.said, idle.said);
}

// -- a child that does not exec ---------------------------------------------

static go_chan(int) c;
static go_mutex mutex;
static go_timer *timer;
static struct go__desc *desc;

static void
say_goodbye(void)
{
	fprintf(stderr, "goodbye");
}

static void
do_what_may_be(void)
{
	int v;

	atexit(say_goodbye);
	if (go_now() <= 0 || go_count() < 1 || !go_try_send(c, 5) ||
	    !go_recv(c, &v) || v != 5)
		_exit(3);
	go_mutex_unlock(&mutex);  // one of the parent's waits for it
	go__poll_close(desc);     // the parent's stays
	go_close(c);
	exit(5);
}

static void
wait_for_mutex(void)
{
	go_mutex_lock(&mutex);
	go_mutex_unlock(&mutex);
}

static void
nothing(void)
{
}

static void
start_one(void)
{
	go(nothing);
}

static void
nap(void)
{
	go_sleep(1);
}

static void
receive(void)
{
	go_recv(c, NULL);
}

static void
make_timer(void)
{
	timer = go_timer_new(GO_HOUR);
}

static void
select_fd(void)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		_exit(3);
	go_select(go_on_fd(fds[0], GO_READABLE), go_on_timeout(GO_HOUR));
}

static void
wait_in_group(void)
{
	go_waitgroup own = {0};

	go_wg_add(&own, 1);
	go_wg_wait(&own);
}

static const struct {
	const char *name;
	void (*fn)(void);
	bool is_refused;
} deeds[] = {
	{"what may be", do_what_may_be, false},
	{"go", start_one, true},
	{"sleep", nap, true},
	{"receive", receive, true},
	{"timer", make_timer, true},
	{"select", select_fd, true},
	{"wait", wait_in_group, true},
};

// fork_one has a child do a deed, and tells what became of it by the exit
// status.
static void
fork_one(int i)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(60);
		deeds[i].fn();
		_exit(2);
	}
	if (waitpid(pid, &status, 0) != pid)
		_exit(4);
	if (deeds[i].is_refused
		    ? !WIFSIGNALED(status) || WTERMSIG(status) != SIGABRT
		    : !WIFEXITED(status) || WEXITSTATUS(status) != 5)
		_exit(6);
}

static void *
fork_one_in_thread(void *arg)
{
	fork_one(*(int *)arg);
	return NULL;
}

// The argument: the deed and where the fork is.
static void
fork_in_place(const char *arg)
{
	int i = arg[0] - '0', fds[2];
	go_waitgroup forker = {0};
	pthread_t thread;

	signal(SIGALRM, SIG_DFL);
	c = go_chan_make(int, 1);
	if (arg[1] != 'm') {  // else main is no goroutine yet
		get_busy();
		go_mutex_lock(&mutex);
		go_wg_go(&wg, wait_for_mutex);
		if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0 ||
		    go__poll_open(fds[0], &desc) != 0)
			_exit(3);
		move_on();
	} else {
		go_mutex_lock(&mutex);
		start_one();
	}
	if (arg[1] == 'g') {
		go_wg_go(&forker, fork_one, i);
		go_wg_wait(&forker);
	} else if (arg[1] == 't') {
		pthread_create(&thread, NULL, fork_one_in_thread, &i);
		pthread_join(thread, NULL);
	} else {
		fork_one(i);
	}
	if (arg[1] == 'm')
		return;
	if (!go_try_send(c, 1))
		_exit(3);
	go_mutex_unlock(&mutex);
	be_done();
	if (write(fds[1], "x", 1) != 1 ||
	    go__poll_wait(desc, GO__POLL_READ, INT64_MAX) != 0)
		_exit(3);
}

START_TEST(a_child_may_exit_and_is_refused_what_waits)
{
	static const char places[] = {'m', 'a', 'g', 't'};
	char arg[3] = {(char)('0' + _i / (int)COUNT(places)),
		       places[(size_t)_i % COUNT(places)], '\0'};
	const char *want = deeds[_i / (int)COUNT(places)].is_refused
				   ? "panic: this process was made by fork"
				   : "goodbye";
	struct ending e;

	run_child(&e, fork_in_place, arg);
	ck_assert_msg(e.status == 0 && strstr(e.said, want) != NULL,
		      "%s in %c: status %#x: %.3000s",
		      deeds[_i / (int)COUNT(places)].name, arg[1], e.status,
		      e.said);
}

int
main(void)
{
	Suite *s = suite_create("fork");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, anybody_forks_and_execs_while_the_program_is_busy);
	tcase_add_test(tc, an_execd_child_inherits_no_descriptor_of_ours);
	tcase_add_loop_test(tc, a_child_may_exit_and_is_refused_what_waits, 0,
			    4 * COUNT(deeds));
	return run_suite(s);
}
