// SPDX-License-Identifier: MIT
//
// The waist: queues of waiters, park and ready, tickets and deadlines.

#include "rt/park.h"

#include <pthread.h>

#include "rt/g.h"
#include "suite.h"

enum { N = 10 };

static struct go__waitq queue;
static struct go__waiter waiters[N];

static void
push_all(void)
{
	for (int i = 0; i < N; i++)
		go__waitq_push(&queue, &waiters[i]);
}

START_TEST(waiters_leave_first_in_first_out)
{
	for (int round = 0; round < 2; round++) {
		ck_assert_ptr_null(go__waitq_pop(&queue));
		push_all();
		for (int i = 0; i < N; i++)
			ck_assert_ptr_eq(go__waitq_pop(&queue), &waiters[i]);
		ck_assert_ptr_null(go__waitq_pop(&queue));
	}
}

START_TEST(a_waiter_may_leave_from_anywhere_and_twice)
{
	// The first, the last, the middle, the neighbours; all.
	static const int leave[N] = {0, 9, 4, 5, 3, 8, 1, 7, 2, 6};
	bool is_gone[N];

	for (int n = 0; n <= N; n++) {
		memset(is_gone, 0, sizeof is_gone);
		push_all();
		for (int i = 0; i < n; i++) {
			go__waitq_remove(&queue, &waiters[leave[i]]);
			go__waitq_remove(&queue, &waiters[leave[i]]);
			is_gone[leave[i]] = true;
		}
		for (int i = 0; i < N; i++)
			if (!is_gone[i])
				ck_assert_ptr_eq(go__waitq_pop(&queue),
						 &waiters[i]);
		ck_assert_ptr_null(go__waitq_pop(&queue));
		ck_assert_ptr_null(queue.last);
	}
}

START_TEST(of_the_waiters_of_one_ticket_one_is_popped)
{
	struct g *self = go__self();
	uint64_t ticket = go__ticket(self);

	for (int i = 0; i < N; i++) {
		waiters[i].g = self;
		// The odd ones wait for somebody else, for good.
		waiters[i].ticket = i % 2 ? 0 : ticket;
	}
	push_all();
	ck_assert_ptr_eq(go__waitq_pop(&queue), &waiters[0]);
	ck_assert_ptr_eq(self->winner, &waiters[0]);
	for (int i = 1; i < N; i += 2)
		ck_assert_ptr_eq(go__waitq_pop(&queue), &waiters[i]);
	ck_assert_ptr_null(go__waitq_pop(&queue));
	// An old ticket is worth nothing once there is a new one.
	waiters[0].ticket = ticket;
	ck_assert(go__ticket(self) != ticket);
	ck_assert(!go__claim(&waiters[0]));
	ck_assert_ptr_null(self->winner);
}

START_TEST(each_reason_to_wait_has_its_words)
{
	for (int why = 0; why < GO__WHY_COUNT; why++) {
		ck_assert_ptr_nonnull(go__why_text((enum go__why)why));
		ck_assert_uint_gt(strlen(go__why_text((enum go__why)why)), 3);
	}
}

START_TEST(random_numbers_are_spread_evenly)
{
	enum { SIDES = 7, ROLLS = 70000 };
	struct g *self = go__self();
	int counts[SIDES] = {0};

	for (int i = 0; i < ROLLS; i++)
		counts[go__random(self) % SIDES]++;
	for (int i = 0; i < SIDES; i++) {
		// More than ten standard deviations.
		ck_assert_int_gt(counts[i], ROLLS / SIDES - 1000);
		ck_assert_int_lt(counts[i], ROLLS / SIDES + 1000);
	}
}

// A ball that one at a time holds: who has it not parks.

struct ball {
	uint32_t lock;
	struct g *waiting;  // lock
	int turn;           // lock
	int n_passed;       // whose turn it is
};

enum { PASSES = 5000 };

static void
pass(struct ball *b, int self)
{
	struct g *other;

	for (int i = 0; i < PASSES; i++) {
		go__lock(&b->lock);
		if (b->turn != self) {
			b->waiting = go__self();
			go__park(&b->lock, GO__WHY_COND);
			go__lock(&b->lock);
		}
		b->n_passed++;
		b->turn = !self;
		other = b->waiting;
		b->waiting = NULL;
		go__unlock(&b->lock);
		if (other != NULL)
			go__ready(other);
	}
}

static void *
pass_in_thread(void *ball)
{
	pass(ball, 1);
	return NULL;
}

START_TEST(each_park_is_ended_by_one_ready)
{
	struct ball b = {0};
	go_waitgroup wg = {0};

	go_wg_go(&wg, pass, &b, 0);
	go_wg_go(&wg, pass, &b, 1);
	go_wg_wait(&wg);
	ck_assert_int_eq(b.n_passed, 2 * PASSES);
}

START_TEST(a_thread_parks_as_a_goroutine_does)
{
	struct ball b = {0};
	go_waitgroup wg = {0};
	pthread_t thread;

	go_wg_go(&wg, pass, &b, 0);
	pthread_create(&thread, NULL, pass_in_thread, &b);
	go_wg_wait(&wg);
	pthread_join(thread, NULL);
	ck_assert_int_eq(b.n_passed, 2 * PASSES);
}

static void
unlock(void *lock)
{
	go__unlock(lock);
}

START_TEST(a_deadline_ends_a_park_without_a_winner)
{
	static const go_time deadlines[] = {INT64_MIN, -1, 0, 1};
	struct g *self = go__self();
	uint32_t lock = 0;

	for (size_t i = 0; i <= COUNT(deadlines); i++) {
		go__lock(&lock);
		go__ticket(self);
		ck_assert_ptr_null(go__park_until(
			unlock, &lock, GO__WHY_SLEEP,
			i < COUNT(deadlines) ? deadlines[i]
					     : go_now() + GO_MILLISECOND));
		ck_assert_uint_eq(lock, 0);
		ck_assert_int_eq(self->why, GO__WHY_NONE);
	}
}

// Two servers and a deadline race for one waiter: one of them gets it.

struct race {
	uint32_t lock;
	struct go__waitq queue;  // lock
	go_atomic_bool is_over;
	go_atomic_int32 n_served;
};

static void
serve(struct race *r)
{
	struct go__waiter *w;
	struct g *g;

	while (!go_atomic_load(&r->is_over)) {
		go__lock(&r->lock);
		w = go__waitq_pop(&r->queue);
		g = w != NULL ? w->g : NULL;
		go__unlock(&r->lock);
		if (g != NULL) {
			go_atomic_add(&r->n_served, 1);
			go__ready(g);
		}
		go_yield();
	}
}

static int
wait_often(struct race *r, unsigned seed)
{
	enum { ROUNDS = 3000 };
	struct go__waiter w[2];
	struct go__waiter *winner;
	int n_won = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct g *self = go__self();
		uint64_t ticket = go__ticket(self);

		memset(w, 0, sizeof w);
		w[0].g = w[1].g = self;
		w[0].ticket = w[1].ticket = ticket;
		go__lock(&r->lock);
		go__waitq_push(&r->queue, &w[0]);
		go__waitq_push(&r->queue, &w[1]);
		winner = go__park_until(unlock, &r->lock, GO__WHY_SELECT,
					go_now() + rand_r(&seed) % 3000);
		go__lock(&r->lock);
		go__waitq_remove(&r->queue, &w[0]);
		go__waitq_remove(&r->queue, &w[1]);
		go__unlock(&r->lock);
		if (winner != NULL && winner != &w[0] && winner != &w[1])
			return -1;
		n_won += winner != NULL;
	}
	return n_won;
}

struct waiting_thread {
	struct race *race;
	unsigned seed;
	int n_won;
};

static void *
wait_in_thread(void *arg)
{
	struct waiting_thread *t = arg;

	t->n_won = wait_often(t->race, t->seed);
	return NULL;
}

START_TEST(a_server_or_the_deadline_wins_and_not_both)
{
	struct race r;
	struct waiting_thread t = {&r, test_seed(), 0};
	go_waitgroup wg = {0};
	pthread_t thread;
	int n_won;

	memset(&r, 0, sizeof r);
	go_wg_go(&wg, serve, &r);
	go_wg_go(&wg, serve, &r);
	pthread_create(&thread, NULL, wait_in_thread, &t);
	n_won = wait_often(&r, t.seed + 1);
	pthread_join(thread, NULL);
	go_atomic_store(&r.is_over, true);
	go_wg_wait(&wg);
	ck_assert_int_ge(n_won, 0);
	ck_assert_int_ge(t.n_won, 0);
	ck_assert_int_eq(n_won + t.n_won, go_atomic_load(&r.n_served));
}

int
main(void)
{
	Suite *s = suite_create("park");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, waiters_leave_first_in_first_out);
	tcase_add_test(tc, a_waiter_may_leave_from_anywhere_and_twice);
	tcase_add_test(tc, of_the_waiters_of_one_ticket_one_is_popped);
	tcase_add_test(tc, each_reason_to_wait_has_its_words);
	tcase_add_test(tc, random_numbers_are_spread_evenly);
	tcase_add_test(tc, each_park_is_ended_by_one_ready);
	tcase_add_test(tc, a_thread_parks_as_a_goroutine_does);
	tcase_add_test(tc, a_deadline_ends_a_park_without_a_winner);
	tcase_add_test(tc, a_server_or_the_deadline_wins_and_not_both);
	return run_suite(s);
}
