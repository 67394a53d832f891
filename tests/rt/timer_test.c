// SPDX-License-Identifier: MIT
//
// Timers, on a clock that the test turns.

#include "rt/os.h"
#include "rt/park.h"
#include "rt/proc.h"
#include "rt/timer.h"
#include "suite.h"

enum { N = 100 };

// The test's clock begins so far in the future that the runtime, which is
// awake, never finds a timer due.
#define FAR (INT64_MAX / 2)

static void
arm(struct go__timer *t, go_time when, uint64_t arg)
{
	go__timer_arm(t, FAR + when, arg);
}

static int
run(go_time now)
{
	return go__timers_run(FAR + now);
}

static go_time
next(void)
{
	go_time when = go__timers_next();

	return when == GO__NEVER ? when : when - FAR;
}

static struct go__timer timers[N];
static uint64_t fired[10 * N];
static int n_fired;

static void
note(struct go__timer *t, uint64_t arg)
{
	(void)t;
	fired[n_fired++] = arg;
}

static void
init_all(void)
{
	for (int i = 0; i < N; i++)
		go__timer_init(&timers[i], note);
}

START_TEST(timers_fire_in_the_order_of_time)
{
	unsigned seed = test_seed();

	init_all();
	for (int i = 0; i < N; i++) {
		go_time when = 1 + (go_time)(rand_r(&seed) % 1000);

		arm(&timers[i], when, (uint64_t)when);
	}
	ck_assert_int_eq(run(2000), N);
	ck_assert_int_eq(n_fired, N);
	for (int i = 1; i < N; i++)
		ck_assert_uint_le(fired[i - 1], fired[i]);
	ck_assert_int_eq(next(), GO__NEVER);
}

START_TEST(only_what_is_due_fires)
{
	init_all();
	for (int i = 0; i < 10; i++)
		arm(&timers[i], 10 * i, (uint64_t)i);
	for (int i = 0; i < 10; i++) {
		ck_assert_int_eq(next(), 10 * i);
		ck_assert_int_eq(run(10 * i - 1), 0);
		ck_assert_int_eq(run(10 * i), 1);
		ck_assert_int_eq(n_fired, i + 1);
		ck_assert_uint_eq(fired[i], (uint64_t)i);
	}
	ck_assert_int_eq(next(), GO__NEVER);
	ck_assert_int_eq(run(INT64_MAX - 1 - FAR), 0);
}

START_TEST(cancel_says_whether_it_came_in_time)
{
	init_all();
	ck_assert(!go__timer_cancel(&timers[0]));
	arm(&timers[0], 5, 0);
	ck_assert(go__timer_cancel(&timers[0]));
	ck_assert(!go__timer_cancel(&timers[0]));
	ck_assert_int_eq(next(), GO__NEVER);
	ck_assert_int_eq(run(10), 0);
	arm(&timers[0], 5, 7);
	ck_assert_int_eq(run(10), 1);
	ck_assert(!go__timer_cancel(&timers[0]));
	ck_assert_uint_eq(fired[0], 7);
}

static void
arm_again(struct go__timer *t, uint64_t arg)
{
	note(t, arg);
	if (arg < 5)
		arm(t, (go_time)arg + 1, arg + 1);
	else if (arg == 5)
		arm(t, 1000, arg + 1);
}

START_TEST(a_callback_may_arm_its_timer_again)
{
	struct go__timer t;

	go__timer_init(&t, arm_again);
	arm(&t, 0, 0);
	ck_assert_int_eq(run(10), 6);
	for (int i = 0; i < 6; i++)
		ck_assert_uint_eq(fired[i], (uint64_t)i);
	ck_assert_int_eq(next(), 1000);
	ck_assert_int_eq(run(1000), 1);
}

static void
cancel_others(struct go__timer *t, uint64_t arg)
{
	note(t, arg);
	for (int i = 1; i < N; i++)
		ck_assert(go__timer_cancel(&timers[i]));
}

START_TEST(a_callback_may_cancel_others_that_are_due)
{
	init_all();
	go__timer_init(&timers[0], cancel_others);
	for (int i = 0; i < N; i++)
		arm(&timers[i], i, (uint64_t)i);
	ck_assert_int_eq(run(1000), 1);
	ck_assert_int_eq(n_fired, 1);
}

START_TEST(rising_and_falling_times_are_no_burden)
{
	enum { MANY = 200000 };
	static struct go__timer many[MANY];

	for (int i = 0; i < MANY; i++) {
		go__timer_init(&many[i], note);
		arm(&many[i], i % 2 ? i : -i, 0);
	}
	for (int i = 0; i < MANY; i++)
		ck_assert(go__timer_cancel(&many[i]));
	ck_assert_int_eq(next(), GO__NEVER);
}

// The model: which timers are armed, and for when.
static struct {
	bool is_armed;
	go_time when;
} model[N];

static go_time model_now, last_fired;
static int n_wrong;

static void
check_with_model(struct go__timer *t, uint64_t arg)
{
	size_t i = (size_t)(t - timers);

	if (arg != i || !model[i].is_armed || model[i].when > model_now ||
	    model[i].when < last_fired)
		n_wrong++;
	last_fired = model[i].when;
	model[i].is_armed = false;
	n_fired++;
}

static go_time
model_next(int *n_due)
{
	go_time next = GO__NEVER;

	*n_due = 0;
	for (int i = 0; i < N; i++) {
		if (!model[i].is_armed)
			continue;
		*n_due += model[i].when <= model_now;
		if (model[i].when < next)
			next = model[i].when;
	}
	return next;
}

START_TEST(they_behave_as_a_table_of_times)
{
	enum { STEPS = 20000 };
	unsigned seed = test_seed();
	int n_due;

	for (int i = 0; i < N; i++)
		go__timer_init(&timers[i], check_with_model);
	for (int step = 0; step < STEPS; step++) {
		size_t i = (size_t)rand_r(&seed) % N;

		if (rand_r(&seed) % 20 == 0) {
			model_now += rand_r(&seed) % 50;
			model_next(&n_due);
			last_fired = INT64_MIN;
			ck_assert_int_eq(run(model_now), n_due);
		} else if (model[i].is_armed) {
			ck_assert(go__timer_cancel(&timers[i]));
			model[i].is_armed = false;
		} else {
			model[i].is_armed = true;
			model[i].when = model_now + rand_r(&seed) % 100 - 10;
			arm(&timers[i], model[i].when, i);
		}
		ck_assert_int_eq(next(), model_next(&n_due));
		ck_assert_int_eq(n_wrong, 0);
	}
	ck_assert_int_gt(n_fired, STEPS / 20);
}

// Under the runtime: each timer that is armed fires, or is cancelled in time.

static go_atomic_int32 n_late;

static void
count_late(struct go__timer *t, uint64_t arg)
{
	(void)t;
	(void)arg;
	go_atomic_add(&n_late, 1);
}

static void
arm_and_cancel(struct go__timer *t, unsigned seed, go_atomic_int32 *n_cancelled)
{
	enum { ROUNDS = 200 };
	int before;

	go__timer_init(t, count_late);
	for (int i = 0; i < ROUNDS; i++) {
		go__timer_arm(t, go_now() + rand_r(&seed) % 20000, 0);
		before = rand_r(&seed) % 20;
		while (before-- > 0)
			go_yield();
		if (go__timer_cancel(t))
			go_atomic_add(n_cancelled, 1);
	}
}

START_TEST(a_timer_fires_or_was_cancelled)
{
	enum { GOROUTINES = 8, ARMED = GOROUTINES * 200 };
	static go_atomic_int32 n_cancelled;
	unsigned seed = test_seed();
	go_waitgroup wg = {0};

	for (unsigned i = 0; i < GOROUTINES; i++)
		go_wg_go(&wg, arm_and_cancel, &timers[i], seed + i,
			 &n_cancelled);
	go_wg_wait(&wg);
	while (go_atomic_load(&n_cancelled) + go_atomic_load(&n_late) < ARMED)
		go_yield();
	ck_assert_int_eq(go_atomic_load(&n_cancelled) + go_atomic_load(&n_late),
			 ARMED);
}

// Dead timers: cancelled from another processor while their heap's lock was
// held, which the test holds.

static go_atomic_bool is_cancelled;

// cancel_from_1 cancels on processor 1; called twice at once, so that one of
// the two comes to run there.
static void
cancel_from_1(struct go__timer *t)
{
	while (!go_atomic_load(&is_cancelled)) {
		if (go__sched_machine()->p->id == 1) {
			ck_assert(go__timer_cancel(t));
			go_atomic_store(&is_cancelled, true);
		}
		go__os_pause();
	}
}

// make_dead arms t and cancels it so that it stays on the heap. Once in a
// process: it holds a lock that a machine which goes to sleep may want then.
static void
make_dead(struct go__timer *t, go_time when)
{
	go_waitgroup wg = {0};

	go_procs(2);
	go__timer_init(t, note);
	arm(t, when, 1);  // by a thread without a processor
	ck_assert_ptr_eq(t->heap, &go__sched.all[0]->timers);
	go__lock(&t->heap->lock);
	go_atomic_store(&is_cancelled, false);
	go_wg_go(&wg, cancel_from_1, t);
	go_wg_go(&wg, cancel_from_1, t);
	while (!go_atomic_load(&is_cancelled))
		go__os_pause();
	ck_assert_ptr_eq(t->heap, &go__sched.all[0]->timers);
	go__unlock(&t->heap->lock);
	ck_assert(!go__timer_cancel(t));
	go_wg_wait(&wg);
}

START_TEST(a_dead_timer_does_not_fire)
{
	make_dead(&timers[0], 5);
	ck_assert_int_eq(run(10), 0);
	ck_assert_ptr_null(timers[0].heap);
	ck_assert_int_eq(n_fired, 0);
}

START_TEST(a_dead_timer_wakes_nobody)
{
	make_dead(&timers[0], 5);
	go__timers_tidy();
	ck_assert_int_eq(next(), GO__NEVER);
	ck_assert_ptr_null(timers[0].heap);
}

START_TEST(a_dead_timer_may_be_armed)
{
	make_dead(&timers[0], 5);
	arm(&timers[0], 3, 7);
	ck_assert_int_eq(next(), 3);
	ck_assert_int_eq(run(10), 1);
	ck_assert_uint_eq(fired[0], 7);
}

START_TEST(a_dead_timer_may_be_forgotten)
{
	make_dead(&timers[0], 5);
	go__timer_forget(&timers[0]);
	ck_assert_int_eq(next(), GO__NEVER);
	ck_assert_int_eq(run(10), 0);
}

static void
arm_on_1(struct go__timer *t, go_atomic_bool *is_armed)
{
	while (!go_atomic_load(is_armed)) {
		if (go__sched_machine()->p->id == 1) {
			go__timer_arm(t, go__os_now() + GO_MILLISECOND, 0);
			go_atomic_store(is_armed, true);
		}
		go__os_pause();
	}
}

// Whoever is left looks after the timers of a processor that retires.
START_TEST(a_retired_processors_timers_fire)
{
	static go_atomic_bool is_armed;
	go_waitgroup wg = {0};

	go_procs(2);
	go__timer_init(&timers[0], count_late);
	go_wg_go(&wg, arm_on_1, &timers[0], &is_armed);
	go_wg_go(&wg, arm_on_1, &timers[0], &is_armed);
	while (!go_atomic_load(&is_armed))
		go__os_pause();
	go_procs(1);
	go_wg_wait(&wg);
	while (go_atomic_load(&n_late) == 0)
		go_yield();
}

START_TEST(a_patient_timer_is_on_no_processors_heap)
{
	init_all();
	go__timer_arm_patient(&timers[0], FAR + 5, 1);
	for (int i = 0; i < go__proc_made(); i++)
		ck_assert_int_eq(go__heap_next(&go__sched.all[i]->timers),
				 GO__NEVER);
	ck_assert_int_eq(next(), 5);
	ck_assert_int_eq(run(4), 0);
	ck_assert_int_eq(run(5), 1);
	ck_assert_uint_eq(fired[0], 1);
	ck_assert_int_eq(next(), GO__NEVER);
}

static void
wait_for_ever(void)
{
	go_recv(go_chan_make(go_unit, 0), NULL);
}

static void
release(struct go__timer *t, uint64_t arg)
{
	(void)arg;
	(void)t;
	fprintf(stderr, "fired\n");
	_exit(3);
}

static void
fire_patient(const char *is_idle)
{
	go__timer_init(&timers[0], release);
	go_procs(1);
	go(wait_for_ever);
	go_sleep(1);
	go__timer_arm_patient(&timers[0], go_now() + GO_MILLISECOND, 0);
	if (is_idle != NULL)
		wait_for_ever();
	for (;;)
		go_yield();
}

START_TEST(a_patient_timer_fires_in_an_idle_program_and_in_a_busy_one)
{
	static struct ending e;

	run_child(&e, fire_patient, _i == 0 ? NULL : "idle");
	ck_assert_str_eq(e.said, "fired\n");
	ck_assert(WIFEXITED(e.status) && WEXITSTATUS(e.status) == 3);
}

int
main(void)
{
	Suite *s = suite_create("timer");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, timers_fire_in_the_order_of_time);
	tcase_add_test(tc, only_what_is_due_fires);
	tcase_add_test(tc, cancel_says_whether_it_came_in_time);
	tcase_add_test(tc, a_callback_may_arm_its_timer_again);
	tcase_add_test(tc, a_callback_may_cancel_others_that_are_due);
	tcase_add_test(tc, rising_and_falling_times_are_no_burden);
	tcase_add_test(tc, they_behave_as_a_table_of_times);
	tcase_add_test(tc, a_timer_fires_or_was_cancelled);
	tcase_add_test(tc, a_dead_timer_does_not_fire);
	tcase_add_test(tc, a_dead_timer_wakes_nobody);
	tcase_add_test(tc, a_dead_timer_may_be_armed);
	tcase_add_test(tc, a_dead_timer_may_be_forgotten);
	tcase_add_test(tc, a_retired_processors_timers_fire);
	tcase_add_test(tc, a_patient_timer_is_on_no_processors_heap);
	tcase_add_loop_test(
		tc, a_patient_timer_fires_in_an_idle_program_and_in_a_busy_one,
		0, 2);
	return run_suite(s);
}
