// SPDX-License-Identifier: MIT
//
// Memory of stacks that nobody uses goes back to the system. Most tests turn
// the clock instead of waiting: the sweep's timer is then due until nothing is
// left to do.

#include "rt/sweep.h"

#include <sys/mman.h>

#include "memory.h"
#include "rt/depot.h"
#include "rt/os.h"
#include "rt/park.h"
#include "rt/proc.h"
#include "rt/slab.h"
#include "rt/stack.h"
#include "rt/timer.h"
#include "suite.h"

enum { N = 3000, RESERVE = 64 };

static struct g *stacks[N];

// turn_clock lets the sweep get done. A thread of the runtime may help.
static void
turn_clock(void)
{
	while (go__sweep_is_called())
		go__timers_run(GO__NEVER - 1);
}

// turn_once lets it come once.
static void
turn_once(void)
{
	go_time when = go__timers_next();

	if (when != GO__NEVER)
		go__timers_run(when);
}

static size_t
resident(const struct g *g)
{
	size_t page = go__os_page(), n = 0;
	unsigned char in[STACK_DEFAULT / 4096 + 1];

	ck_assert_int_eq(mincore(g->stack, go__stack_size(g) + page, in), 0);
	for (size_t i = 0; i < go__stack_size(g) / page + 1; i++)
		n += in[i] & 1;
	return n;
}

// take takes n stacks and touches their tops and another page.
static void
take(int n)
{
	for (int i = 0; i < n; i++) {
		stacks[i] = go__stack_new(0);
		ck_assert_ptr_nonnull(stacks[i]);
		stacks[i]->stack[5 * go__os_page()] = 1;
	}
}

static void
give(int n)
{
	for (int i = 0; i < n; i++)
		go__stack_free(stacks[i]);
}

// Of a stack that was given back only the address is known: see dead.
static struct g dead[N];

static void
remember(int n)
{
	for (int i = 0; i < n; i++)
		dead[i] = *stacks[i];
}

static int
count_dry(int n)
{
	int dry = 0;

	for (int i = 0; i < n; i++)
		dry += (*go__slab_note(dead[i].number) & NOTE_DRY) != 0;
	return dry;
}

static int
count_resident(int n)
{
	int some = 0;

	for (int i = 0; i < n; i++)
		some += resident(&dead[i]) > 0;
	return some;
}

START_TEST(pages_of_dead_stacks_go_but_for_a_reserve)
{
	take(N);
	remember(N);
	give(N);
	ck_assert_int_eq(count_resident(N), N);
	turn_clock();
	ck_assert_int_eq(count_dry(N), N - RESERVE);
	ck_assert_int_eq(count_resident(N), RESERVE);
	// That is all, and nobody wakes for more.
	ck_assert_int_eq(go__timers_next(), GO__NEVER);
}

START_TEST(a_few_stay_as_they_are)
{
	take(RESERVE);
	remember(RESERVE);
	give(RESERVE);
	ck_assert_int_eq(go__timers_next(), GO__NEVER);
	ck_assert_int_eq(count_resident(RESERVE), RESERVE);
}

START_TEST(what_is_alive_stays_as_it_is)
{
	take(N);
	remember(N);
	for (int i = 0; i < N; i += 2)
		go__stack_free(stacks[i]);
	turn_clock();
	for (int i = 1; i < N; i += 2) {
		ck_assert_uint_eq(resident(stacks[i]), 2 + 0);
		ck_assert_int_eq(stacks[i]->stack[5 * go__os_page()], 1);
		ck_assert_uint_eq(stacks[i]->number, dead[i].number);
	}
	ck_assert_int_eq(count_dry(N), N / 2 - RESERVE);
}

static void
misfire(struct go__timer *t, uint64_t arg)
{
	ck_abort_msg("%p fired with %llu", (void *)t, (unsigned long long)arg);
}

static int
by_number(const void *a, const void *b)
{
	const struct g *const *x = a, *const *y = b;

	return (*x)->number < (*y)->number ? -1 : 1;
}

START_TEST(what_was_given_back_is_used_again)
{
	take(N);
	remember(N);
	give(N);
	turn_clock();
	take(N);
	qsort(stacks, N, sizeof stacks[0], by_number);
	for (int i = 0; i < N; i++) {
		ck_assert_uint_eq(stacks[i]->number, dead[i].number);
		ck_assert_ptr_eq(stacks[i]->stack, dead[i].stack);
		ck_assert_uint_eq(stacks[i]->stack_size, dead[i].stack_size);
		ck_assert_uint_eq(stacks[i]->id, 0);
	}
}

START_TEST(tickets_are_never_used_twice)
{
	take(N);
	for (int i = 0; i < N; i++)
		stacks[i]->n_tickets = (uint64_t)(N - i);
	remember(N);
	give(N);
	turn_clock();
	take(N);
	for (int i = 0; i < N; i++)
		for (int k = 0; k < N; k++)
			if (dead[k].number == stacks[i]->number)
				ck_assert_uint_ge(stacks[i]->n_tickets,
						  dead[k].n_tickets);
}

START_TEST(what_a_late_callback_looks_at_is_spared)
{
	take(N);
	remember(N);
	for (int i = 0; i < N; i += 10) {
		if (i % 20 == 0)
			store_rlx(&stacks[i]->n_late, 1);
		else
			go__lock(&stacks[i]->parting);
	}
	give(N);
	for (int i = 0; i < 20; i++)
		turn_once();
	ck_assert(go__sweep_is_called());  // it does not get done
	for (int i = 0; i < N; i += 10)
		ck_assert_uint_eq(*go__slab_note(dead[i].number) & NOTE_DRY, 0);
	for (int i = 0; i < N; i += 10) {
		if (i % 20 == 0)
			store_rlx(&stacks[i]->n_late, 0);
		else
			go__unlock(&stacks[i]->parting);
	}
	turn_clock();
	ck_assert_int_eq(count_dry(N), N - RESERVE);
}

// A timer that was cancelled from another processor may still be on a heap.
START_TEST(a_dead_timer_is_off_its_heap_before_its_memory_goes)
{
	struct go__timers *h;

	take(N);
	remember(N);
	go__timer_init(&stacks[N / 2]->timer, misfire);
	go__timer_arm(&stacks[N / 2]->timer, GO__NEVER - 1, 0);
	h = stacks[N / 2]->timer.heap;
	store_rlx(&stacks[N / 2]->timer.is_armed, false);  // dead
	give(N);
	while (go__sweep_is_called())
		turn_once();
	ck_assert_int_eq(count_dry(N), N - RESERVE);
	ck_assert_ptr_null(h->root);
	ck_assert_int_eq(go__timers_next(), GO__NEVER);
}

START_TEST(what_is_used_between_two_ageings_is_not_cold)
{
	take(N);
	remember(N);
	give(N);
	for (int i = 0; i < 5; i++) {
		turn_once();
		take(N);
		give(N);
	}
	ck_assert_int_eq(count_dry(N), 0);
	turn_clock();
	ck_assert_int_eq(count_dry(N), N - RESERVE);
}

START_TEST(an_idle_processors_cache_is_no_hoard)
{
	struct p *p;

	go_procs(4);
	p = go__sched.all[0];  // the last to be used
	take(N);
	remember(N);
	go__lock(&go__sched.lock);
	ck_assert_ptr_null(p->owner);
	for (int i = 0; i < STACK_CACHE; i++)
		p->stacks.stacks[p->stacks.n++] = stacks[N - 1 - i];
	go__unlock(&go__sched.lock);
	give(N - STACK_CACHE);
	turn_clock();
	ck_assert_uint_eq(p->stacks.n, 0);
	ck_assert_int_eq(count_dry(N), N - RESERVE);
}

static void
count(struct g *g, void *n)
{
	(void)g;
	++*(int *)n;
}

START_TEST(who_looks_at_all_does_not_bring_them_back)
{
	int n = 0;

	take(N);
	remember(N);
	give(N);
	go__stack_each(count, &n);
	ck_assert_int_eq(n, N);
	turn_clock();
	n = 0;
	go__stack_each(count, &n);
	ck_assert_int_eq(n, RESERVE);
	ck_assert_int_eq(count_resident(N), RESERVE);
}

START_TEST(page_tables_go_and_no_mappings_are_left)
{
	long before = proc_kb("/proc/self/status", "VmPTE:"), full;
	int mappings;

	take(N);
	full = proc_kb("/proc/self/status", "VmPTE:");
	mappings = count_mappings();
	give(N);
	turn_clock();
	// The reserve keeps its own: at worst a page for each of it.
	ck_assert_int_lt(proc_kb("/proc/self/status", "VmPTE:") - before,
			 (full - before) / 2);
	ck_assert_int_lt(count_mappings(), mappings + 8);
}

static void
by_mappings(const char *unused)
{
	int before = count_mappings(), full;

	(void)unused;
	go__guard_limit(GUARD_MAPPED, N / 2);
	take(N);
	full = count_mappings();
	remember(N);
	give(N);
	turn_clock();
	if (count_dry(N) != N - RESERVE || count_resident(N) > RESERVE)
		fprintf(stderr, "%d dry, %d resident\n", count_dry(N),
			count_resident(N));
	if (count_mappings() > before + 4 * RESERVE)
		fprintf(stderr, "mappings: %d, %d, %d\n", before, full,
			count_mappings());
	// The limit allows as many as before.
	take(N);
	if (count_mappings() < full - 4 * RESERVE)
		fprintf(stderr, "mappings: %d, %d\n", full, count_mappings());
}

START_TEST(guards_that_are_mappings_go_too)
{
	static struct ending e;

	run_child(&e, by_mappings, NULL);
	ck_assert_int_eq(e.status, 0);
	ck_assert_msg(strncmp(e.said, "libgo: no guard pages", 21) == 0 &&
			      strchr(e.said, '\n')[1] == '\0',
		      "%s", e.said);
}

static __attribute__((noinline)) void
touch_some(void)
{
	volatile char room[20000];

	for (size_t i = 0; i < sizeof room; i += 1000)
		room[i] = 1;
}

static void
park(go_waitgroup *up, go_receiver(go_unit) gate)
{
	touch_some();
	go_wg_done(up);
	go_recv(gate, NULL);
}

// Nobody turns the clock: this ends when the memory is gone.
START_TEST(a_program_that_does_nothing_gives_its_memory_back)
{
	enum { MANY = 10000 };
	go_chan(go_unit) gate = go_chan_make(go_unit, 0);
	go_waitgroup up = {0};
	long before = proc_kb("/proc/self/status", "VmRSS:"), full;

	go_wg_add(&up, MANY);
	for (int i = 0; i < MANY; i++)
		go(park, &up, go_recv_only(gate));
	go_wg_wait(&up);
	full = proc_kb("/proc/self/status", "VmRSS:");
	ck_assert_int_gt(full - before, MANY * 20);
	go_close(gate);
	while (proc_kb("/proc/self/status", "VmRSS:") - before >
	       (full - before) / 20)
		go_sleep(50 * GO_MILLISECOND);
	// And then nobody wakes any more.
	while (go__sweep_is_called())
		go_sleep(50 * GO_MILLISECOND);
	ck_assert_int_eq(go__timers_next(), GO__NEVER);
	go_chan_release(gate);
}

enum { ROUNDS = 30, CROWD = 400 };

static void
race(go_receiver(int) c, unsigned seed)
{
	int value;

	for (int i = 0; i < 3; i++)
		go_select(go_on_recv(c, &value),
			  go_on_timeout(rand_r(&seed) % 50000));
}

// Callbacks, claims and dead timers of goroutines whose memory goes.
START_TEST(timers_and_the_sweep_do_not_meet)
{
	unsigned seed = test_seed();
	go_chan(int) c = go_chan_make(int, 0);
	go_waitgroup wg = {0};

	for (int i = 0; i < ROUNDS; i++) {
		for (int k = 0; k < CROWD; k++)
			go_wg_go(&wg, race, go_recv_only(c),
				 (unsigned)rand_r(&seed));
		for (int k = 0; k < CROWD; k++)
			go_try_send(c, k);
		if (i % 3 == 0)
			turn_clock();
		go_wg_wait(&wg);
		turn_clock();
	}
	go_chan_release(c);
}

int
main(void)
{
	Suite *s = suite_create("sweep");
	TCase *t = tcase_create("all"), *native = tcase_create("native");

	suite_add_tcase(s, t);
	tcase_set_timeout(t, 20);
	tcase_add_test(t, a_few_stay_as_they_are);
	tcase_add_test(t, what_was_given_back_is_used_again);
	tcase_add_test(t, tickets_are_never_used_twice);
	tcase_add_test(t, what_a_late_callback_looks_at_is_spared);
	tcase_add_test(t, a_dead_timer_is_off_its_heap_before_its_memory_goes);
	tcase_add_test(t, what_is_used_between_two_ageings_is_not_cold);
	tcase_add_test(t, an_idle_processors_cache_is_no_hoard);
	tcase_add_test(t, timers_and_the_sweep_do_not_meet);

	// What the system says of memory an emulator does not.
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");
	tcase_set_timeout(native, 20);
	tcase_add_test(native, pages_of_dead_stacks_go_but_for_a_reserve);
	tcase_add_test(native, what_is_alive_stays_as_it_is);
	tcase_add_test(native, who_looks_at_all_does_not_bring_them_back);
	tcase_add_test(native, guards_that_are_mappings_go_too);
	if (!IS_SANITIZED) {  // they have memory of their own
		tcase_add_test(native, page_tables_go_and_no_mappings_are_left);
		tcase_add_test(
			native,
			a_program_that_does_nothing_gives_its_memory_back);
	}
	return run_suite(s);
}
