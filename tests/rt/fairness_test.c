// SPDX-License-Identifier: MIT
//
// Who waits is served, however busy the others are, and work finds its
// processor. Progress is counted, never timed; a runtime that fails hangs, and
// the time limit ends the test.
//
// Rows of the list of acceptance: PingPongHog, TimerFairness1 and 2,
// YieldProgress, Parallelism1 and 2, StealOrder, BlockLocked, hog-handoff,
// BigGOMAXPROCS, wake-conservation.

#include <sched.h>
#include <unistd.h>

#include "rt/os.h"
#include "rt/stress.h"
#include "suite.h"

static go_waitgroup wg;
static go_atomic_bool stop;

static void
set_stop(void)
{
	go_atomic_store(&stop, true);
}

// A pair throws a ball to and fro; either ends both when it sees stop.
struct pair {
	go_chan(int) there, back;
	go_atomic_int64 rounds;
	int64_t wanted;  // rounds after which it says stop; 0: never
	struct pair *other;
	int64_t first, last;  // what other had when it began and ended
};

static void
serve(struct pair *p)
{
	int64_t n;

	while (go_send(p->there, 1) && go_recv(p->back, NULL)) {
		n = go_atomic_add(&p->rounds, 1);
		if (n == 1 && p->other != NULL)
			p->first = go_atomic_load(&p->other->rounds);
		if (n == p->wanted) {
			p->last = go_atomic_load(&p->other->rounds);
			set_stop();
		}
		if (go_atomic_load(&stop))
			break;
	}
	go_close(p->there);
}

static void
give_back(struct pair *p)
{
	while (go_recv(p->there, NULL))
		go_send(p->back, 1);
}

static void
pair_start(struct pair *p, int64_t wanted)
{
	p->there = go_chan_make(int, 0);
	p->back = go_chan_make(int, 0);
	p->wanted = wanted;
	go_wg_go(&wg, serve, p);
	go_wg_go(&wg, give_back, p);
}

static void
pair_end(struct pair *p)
{
	go_chan_release(p->there);
	go_chan_release(p->back);
}

// Those who ready one another share a turn: a pair that is at it already keeps
// no second one waiting, and plays no more than 20 rounds for each of its.
START_TEST(ping_pong_hog_shares_with_another_pair)
{
	enum { ROUNDS = 20000 };
	static struct pair hog, light = {.other = &hog};
	int64_t played;

	go_procs(1);
	go_sleep(1);  // main is a goroutine now, and no thread beside them
	pair_start(&hog, 0);
	while (go_atomic_load(&hog.rounds) == 0)
		go_yield();
	pair_start(&light, ROUNDS);
	go_wg_wait(&wg);
	played = light.last - light.first;
	ck_assert_int_le(played, 20 * ROUNDS);
	ck_assert_int_ge(20 * played, ROUNDS);
	pair_end(&hog);
	pair_end(&light);
}

static void
send_until(go_sender(int) c, go_receiver(go_unit) done)
{
	while (go_select(go_on_send(c, 1), go_on_recv(done, NULL)) == 0)
		;
}

START_TEST(timer_fairness1_a_timer_fires_among_senders)
{
	go_chan(int) c = go_chan_make(int, 0);
	go_chan(go_unit) done = go_chan_make(go_unit, 0);
	go_timer *t = go_timer_new(5 * GO_MILLISECOND);

	go_procs(1);
	for (int i = 0; i < 2; i++)
		go_wg_go(&wg, send_until, go_send_only(c), go_recv_only(done));
	while (go_select(go_on_recv(c, NULL),
			 go_on_recv(go_timer_chan(t), NULL)) == 0)
		;
	go_close(done);
	go_wg_wait(&wg);
	go_timer_free(t);
	go_chan_release(c);
	go_chan_release(done);
}

// Each finds room or a value at once, and never parks.
static void
select_until_time(go_chan(int) c)
{
	go_timer *t = go_timer_new(5 * GO_MILLISECOND);

	while (go_select(go_on_send(c, 1), go_on_recv(c, NULL),
			 go_on_recv(go_timer_chan(t), NULL)) != 2)
		;
	go_timer_free(t);
}

START_TEST(timer_fairness2_a_timer_fires_among_those_who_never_park)
{
	go_chan(int) c = go_chan_make(int, 1);

	go_procs(1);
	for (int i = 0; i < 2; i++)
		go_wg_go(&wg, select_until_time, c);
	go_wg_wait(&wg);
	go_chan_release(c);
}

static void
yield_until_stop(bool is_locked)
{
	if (is_locked)
		go_lock_thread();
	while (!go_atomic_load(&stop))
		go_yield();
}

static void
check_yield(bool is_locked)
{
	go_procs(1);
	go_wg_go(&wg, yield_until_stop, is_locked);
	for (int i = 0; i < 10; i++)
		go_yield();
	go_wg_go(&wg, set_stop);
	go_wg_wait(&wg);
}

START_TEST(yield_progress_who_yields_lets_others_run)
{
	check_yield(false);
}

START_TEST(yield_locked_progress_who_yields_locked_does_too)
{
	check_yield(true);
}

// n goroutines that must all run at once: each waits for its turn without a
// call of the library.

static go_atomic_int32 whose;

static void
take_turn(int self, int n, int rounds)
{
	for (int i = 0; i < rounds; i++) {
		while (go_atomic_load(&whose) != self)
			sched_yield();
		go_atomic_store(&whose, (self + 1) % n);
	}
}

static void
run_at_once(int n, int rounds)
{
	go_atomic_store(&whose, 0);
	for (int i = 0; i < n; i++)
		go_wg_go(&wg, take_turn, i, n, rounds);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&whose), 0);
}

START_TEST(parallelism1_as_many_run_at_once_as_processors)
{
	go_procs(4);
	for (int i = 0; i < 10; i++)
		run_at_once(4, 30);
}

START_TEST(parallelism2_they_do_after_a_sleep)
{
	go_procs(4);
	for (int i = 0; i < 10; i++) {
		go_sleep(GO_MILLISECOND);
		run_at_once(4, 30);
	}
}

// All begin in one queue; whatever the number of processors, prime or not, the
// order in which a thief visits them leaves none out.
START_TEST(steal_order_finds_work_with_any_number_of_processors)
{
	for (int n = 1; n <= 9; n++) {
		go_procs(n);
		run_at_once(n, 10);
	}
}

START_TEST(wake_conservation_as_many_tasks_as_processors_all_run)
{
	enum { N = 4, REPEATS = 300 };

	go_procs(N);
	for (int i = 0; i < REPEATS; i++)
		run_at_once(N, 1);
}

static void
send_locked(go_sender(int) c)
{
	go_lock_thread();
	for (int i = 0; i < 100; i++)
		go_send(c, i);
	go_close(c);
	go_unlock_thread();
}

START_TEST(block_locked_who_blocks_locked_is_woken)
{
	go_chan(int) c = go_chan_make(int, 0);
	int v, n = 0;

	go_procs(1);
	go_wg_go(&wg, send_locked, go_send_only(c));
	for (; go_recv(c, &v); n++)
		ck_assert_int_eq(v, n);
	ck_assert_int_eq(n, 100);
	go_wg_wait(&wg);
	go_chan_release(c);
}

static void
spin(go_atomic_bool *is_on)
{
	go_atomic_store(is_on, true);
	while (!go_atomic_load(&stop))
		go__os_pause();
}

static void
write_now_and_then(int fd, int n)
{
	for (int i = 0; i < n; i++) {
		go_sleep(GO_MILLISECOND);
		ck_assert_int_eq(write(fd, "x", 1), 1);
	}
}

static void
read_and_stop(int fd, int n)
{
	char c;

	for (int i = 0; i < n; i++) {
		go_select(go_on_fd(fd, GO_READABLE));
		ck_assert_int_eq(read(fd, &c, 1), 1);
	}
	set_stop();
}

START_TEST(hog_handoff_timers_and_descriptors_go_on_beside_a_loop)
{
	go_atomic_bool is_on = {0};
	int fds[2];

	ck_assert_int_eq(pipe(fds), 0);
	go_procs(1);
	go_wg_go(&wg, spin, &is_on);
	while (!go_atomic_load(&is_on))
		go_yield();
	go_wg_go(&wg, read_and_stop, fds[0], 20);
	go_wg_go(&wg, write_now_and_then, fds[1], 20);
	go_wg_wait(&wg);
	close(fds[0]);
	close(fds[1]);
}

static void
count_and_yield(go_atomic_int32 *n)
{
	for (int i = 0; i < 10; i++) {
		go_atomic_add(n, 1);
		go_yield();
	}
}

START_TEST(big_gomaxprocs_more_processors_than_anybody_has)
{
	enum { N = IS_SANITIZED || STRESS ? 200 : 2000 };
	go_atomic_int32 n = {0};

	go_procs(1024);
	ck_assert_int_eq(go_procs(0), 1024);
	for (int i = 0; i < N; i++)
		go_wg_go(&wg, count_and_yield, &n);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n), 10 * N);
}

int
main(void)
{
	Suite *s = suite_create("fairness");
	TCase *tc = tcase_create("all"), *order = tcase_create("order");

	suite_add_tcase(s, tc);
	suite_add_tcase(s, order);
	tcase_set_tags(order, "order");  // not under stress
	tcase_set_timeout(tc, IS_SANITIZED ? 60 : 20);
	tcase_set_timeout(order, IS_SANITIZED ? 60 : 20);
	tcase_add_test(order, ping_pong_hog_shares_with_another_pair);
	tcase_add_test(tc, timer_fairness1_a_timer_fires_among_senders);
	tcase_add_test(
		tc, timer_fairness2_a_timer_fires_among_those_who_never_park);
	tcase_add_test(tc, yield_progress_who_yields_lets_others_run);
	tcase_add_test(tc, yield_locked_progress_who_yields_locked_does_too);
	tcase_add_test(tc, parallelism1_as_many_run_at_once_as_processors);
	tcase_add_test(tc, parallelism2_they_do_after_a_sleep);
	tcase_add_test(tc,
		       steal_order_finds_work_with_any_number_of_processors);
	tcase_add_test(tc,
		       wake_conservation_as_many_tasks_as_processors_all_run);
	tcase_add_test(tc, block_locked_who_blocks_locked_is_woken);
	tcase_add_test(tc,
		       hog_handoff_timers_and_descriptors_go_on_beside_a_loop);
	tcase_add_test(tc, big_gomaxprocs_more_processors_than_anybody_has);
	return run_suite(s);
}
