// SPDX-License-Identifier: MIT
//
// Bad days: what the system may refuse is refused, at each call in turn.
//
// For each scene, each kind of call and each n a child process plays the scene
// while the n-th such call fails, or it and all later ones. The child must come
// to an end: its scene's, or a panic's whose sentence says what there was not.
// A panic on the scene's own goroutine is taken; then the scene is played once
// more with all well, and nothing may be left: no allocation, no descriptor.
// The next n is tried until a child ends without having come so far.
//
// make test tries the first few n, make badday all of them.

#include <dirent.h>
#include <sys/mman.h>

#include "badday.h"
#include "suite.h"

enum {
	WRONG = 3,     // exit status: a result
	SECONDS = 30,  // a child that is not done then never is
	QUICK_N = 12,  // how far the quick sweep goes
};

enum place { IN_MAIN, IN_GOROUTINE, IN_THREAD };

static const char *const place_names[] = {"main", "a goroutine", "a thread"};

// struct report is shared with the child.
struct report {
	int64_t n_calls;  // that were counted
	int64_t n_left;   // allocations
	int n_open;       // descriptors, more than at first
	bool is_refused;  // the scene panicked
	char said[256];   // that panic
};

static struct report *report;
static int n_plays, n_refused, n_aborted;

void
badday_wrong(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	_exit(WRONG);
}

static int
count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static const struct scene *scene;
static enum place place;
static struct badday day;

static void
perform(void)
{
	go_error *err;

	badday_begin(&day);
	err = go_try(scene->play);
	report->n_calls = badday_end();
	if (err != NULL) {
		report->is_refused = true;
		snprintf(report->said, sizeof report->said, "%s",
			 go_error_text(err));
		go_error_free(err);
		badday_tidy();
		scene->play();
	}
	badday_tidy();
}

static void *
perform_in_thread(void *arg)
{
	perform();
	return arg;
}

static void
play(const char *unused)
{
	int64_t n_live = badday_live();
	int n_open = count_descriptors();
	go_waitgroup wg = {0};
	go_time end;

	(void)unused;
	signal(SIGALRM, SIG_DFL);  // Check's handler ends the test
	alarm(SECONDS);
	if (place == IN_GOROUTINE) {
		go_wg_go(&wg, perform);
		go_wg_wait(&wg);
	} else if (place == IN_THREAD) {
		badday_thread(perform_in_thread, NULL);
	} else {
		perform();
	}
	end = go_now() + 5 * GO_SECOND;
	while ((go_count() > 1 || badday_live() > n_live) && go_now() < end)
		go_yield();
	report->n_left = badday_live() - n_live;
	report->n_open = count_descriptors() - n_open;
	if (go_count() > 1)
		fprintf(stderr, "%zu goroutines are left\n", go_count() - 1);
	_exit(go_count() > 1 ? WRONG : 0);
}

enum { WORDS = 5 };

// Kinds of calls that fail together, and what a sentence about it says.
static const struct {
	const char *name;
	uint32_t calls;
	const char *words[WORDS];
} kinds[] = {
	{"malloc", BADDAY_BIT(malloc), {"memory"}},
	{"mmap", BADDAY_BIT(mmap), {"memory", "thread"}},
	{"madvise", BADDAY_BIT(madvise), {"guard"}},
	{"mprotect", BADDAY_BIT(madvise) | BADDAY_BIT(mprotect), {"guard"}},
	{"pthread_create", BADDAY_BIT(pthread_create), {"thread"}},
	{"pthread_key", BADDAY_BIT(pthread_key_create), {"key"}},
	{"setspecific", BADDAY_BIT(pthread_setspecific), {"memory"}},
	{"epoll_create1", BADDAY_BIT(epoll_create1), {"open files"}},
	{"epoll_ctl", BADDAY_BIT(epoll_ctl), {"space"}},
	{"eventfd", BADDAY_BIT(eventfd), {"open files"}},
	{"fcntl", BADDAY_BIT(fcntl), {"open files"}},
	{"open", BADDAY_BIT(open), {"open files"}},
	{"membarrier", BADDAY_BIT(membarrier), {"membarrier"}},
	{"sigaltstack", BADDAY_BIT(sigaltstack), {"stack"}},
	{"anything",
	 (1u << BADDAY_COUNT) - 1,
	 {"memory", "thread", "open files", "space", "membarrier"}},
};

static bool
names_it(const char *text, int kind)
{
	for (int i = 0; i < WORDS; i++) {
		const char *word = kinds[kind].words[i];

		if (word != NULL && strstr(text, word) != NULL)
			return true;
	}
	// Whoever has no room for a sentence says that.
	return strcmp(text, "out of memory") == 0;
}

// sentence returns what the child that aborted said last.
static const char *
sentence(struct ending *e)
{
	static const char *const begins[] = {"panic: ", "libgo: broken: "};
	char *text = NULL, *end;

	for (size_t i = 0; text == NULL && i < COUNT(begins); i++) {
		text = strstr(e->said, begins[i]);
		if (text != NULL)
			text += strlen(begins[i]);
	}
	if (text == NULL)
		return "";
	end = strchr(text, '\n');
	if (end != NULL)
		*end = '\0';
	return text;
}

static void
judge(struct ending *e, int kind)
{
	bool is_abort =
		WIFSIGNALED(e->status) && WTERMSIG(e->status) == SIGABRT;

	if (is_abort && names_it(sentence(e), kind))
		return;
	if (e->status == 0 && report->n_left == 0 &&
	    report->n_open <= 3 &&  // epoll, and eventfds that stay
	    (!report->is_refused || names_it(report->said, kind)))
		return;
	ck_abort_msg("%s in %s, %s: %s number %lld: status %#x, %lld "
		     "allocations left, %d descriptors; panicked \"%s\", said "
		     "\"%.2000s\"",
		     scene->name, place_names[place], kinds[kind].name,
		     day.for_good ? "all from" : "only", (long long)day.n,
		     e->status, (long long)report->n_left, report->n_open,
		     report->said, e->said);
}

static void
sweep(int kind, bool for_good)
{
	bool is_whole = getenv("BADDAY") != NULL;
	struct ending e;

	day.calls = kinds[kind].calls;
	day.for_good = for_good;
	for (day.n = 1; is_whole || day.n <= QUICK_N; day.n++) {
		*report = (struct report){0};
		run_child(&e, play, NULL);
		judge(&e, kind);
		n_plays++;
		n_refused += report->is_refused;
		n_aborted += e.status != 0;
		if (e.status == 0 && report->n_calls < day.n)
			return;
	}
}

static void
sweep_all(const struct scene *s, enum place where)
{
	scene = s;
	place = where;
	for (int kind = 0; kind < (int)COUNT(kinds); kind++) {
		sweep(kind, false);
		sweep(kind, true);
	}
	if (getenv("BADDAY") != NULL)
		printf("%s in %s: %d plays, %d refused, %d aborted\n",
		       scene->name, place_names[place], n_plays, n_refused,
		       n_aborted);
}

START_TEST(what_main_is_refused_is_said_and_breaks_nothing)
{
	sweep_all(&badday_scenes[_i], IN_MAIN);
}

START_TEST(what_a_goroutine_is_refused_is_said_and_breaks_nothing)
{
	sweep_all(&badday_scenes[_i], IN_GOROUTINE);
}

START_TEST(what_a_thread_is_refused_is_said_and_breaks_nothing)
{
	sweep_all(&badday_scenes[_i], IN_THREAD);
}

static void
wait_for_ever(void)
{
	go_select_array(NULL, 0);
}

static void
deadlock(const char *unused)
{
	(void)unused;
	go(wait_for_ever);
	alarm(SECONDS);
	day = (struct badday){.calls = ~0u, .n = 1, .for_good = true};
	badday_begin(&day);
	go_recv((go_chan(int))NULL, NULL);
}

START_TEST(a_deadlock_is_told_whatever_is_refused)
{
	struct ending e;

	run_child(&e, deadlock, NULL);
	ck_assert_msg(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 2,
		      "status %#x: %.2000s", e.status, e.said);
	ck_assert_ptr_nonnull(strstr(e.said, "deadlock!"));
	ck_assert_ptr_nonnull(strstr(e.said, "goroutine 1 [NULL channel]"));
	ck_assert_ptr_nonnull(strstr(e.said, "[select without a case]"));
}

// go_on_without waits for no SIGQUIT, and runs all the same.
static void
go_on_without(const char *unused)
{
	(void)unused;
	alarm(SECONDS);
	setenv("LIBGO_DEBUG", "sigquit", 1);
	day.n = 1;
	day.for_good = false;
	badday_begin(&day);
	badday_scenes[0].play();
	badday_tidy();
}

START_TEST(what_sigquit_asks_for_may_be_refused)
{
	const uint32_t calls[] = {BADDAY_BIT(eventfd),
				  BADDAY_BIT(pthread_create)};
	struct ending e;

	for (size_t i = 0; i < COUNT(calls); i++) {
		day.calls = calls[i];
		run_child(&e, go_on_without, NULL);
		ck_assert_int_eq(e.status, 0);
		ck_assert_str_eq(e.said,
				 "libgo: LIBGO_DEBUG=sigquit: no thread or no "
				 "descriptor can be had to wait for SIGQUIT\n");
	}
}

static void
add(Suite *s, const char *name, const TTest *test, int n)
{
	TCase *tc = tcase_create(name);

	suite_add_tcase(s, tc);
	// An emulator refuses some of the calls itself.
	tcase_set_tags(tc, "native");
	tcase_set_timeout(tc, 600);
	tcase_add_loop_test(tc, test, 0, n);
}

int
main(void)
{
	Suite *s = suite_create("badday");

	report = mmap(NULL, sizeof *report, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (report == MAP_FAILED)
		return EXIT_FAILURE;
	setenv("LIBGO_PROCS", "2", 1);
	add(s, "main", what_main_is_refused_is_said_and_breaks_nothing,
	    badday_n_scenes);
	add(s, "goroutine",
	    what_a_goroutine_is_refused_is_said_and_breaks_nothing,
	    badday_n_scenes);
	add(s, "thread", what_a_thread_is_refused_is_said_and_breaks_nothing,
	    badday_n_scenes);
	add(s, "deadlock", a_deadlock_is_told_whatever_is_refused, 1);
	add(s, "sigquit", what_sigquit_asks_for_may_be_refused, 1);
	return run_suite(s);
}
