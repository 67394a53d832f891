// SPDX-License-Identifier: MIT
//
// Walkers: each sees that a structure is whole, and that it is not.

#include "rt/machine.h"
#include "rt/stress.h"
#include "suite.h"

static struct g *
fake(int *number)
{
	return (struct g *)(void *)number;
}

START_TEST(a_run_queue_with_a_hole_or_too_much_in_it_is_not_valid)
{
	static struct runq q;
	static int number;

	ck_assert(go__runq_is_valid(&q));
	runq_put(&q, fake(&number));
	ck_assert(go__runq_is_valid(&q));
	q.tail++;
	ck_assert(!go__runq_is_valid(&q));
	q.tail += RUNQ_SIZE;
	for (int i = 0; i < RUNQ_SIZE; i++)
		q.ring[i] = fake(&number);
	ck_assert(!go__runq_is_valid(&q));
}

static void
never(struct go__timer *t, uint64_t arg)
{
	(void)t;
	(void)arg;
}

START_TEST(a_heap_out_of_order_or_with_a_wrong_link_is_not_valid)
{
	enum { N = 20 };
	static struct go__timer t[N];
	struct go__timers *h;
	go_time far = go_now() + 1000 * GO_SECOND;

	for (int i = 0; i < N; i++) {
		go__timer_init(&t[i], never);
		go__timer_arm(&t[i], far + i * 7 % N, 0);
	}
	h = t[0].heap;
	go__lock(&h->lock);
	ck_assert_ptr_eq(h->root, &t[0]);
	ck_assert(go__heap_is_valid(h));
	t[5].when -= GO_SECOND;
	ck_assert(!go__heap_is_valid(h));
	t[5].when += GO_SECOND;
	t[6].heap = NULL;
	ck_assert(!go__heap_is_valid(h));
	t[6].heap = h;
	t[7].prev = &t[7];
	ck_assert(!go__heap_is_valid(h));
	h->next--;
	ck_assert(!go__heap_is_valid(h));
	_exit(0);  // the heap is broken
}

START_TEST(a_queue_of_waiters_whose_links_disagree_is_not_valid)
{
	struct go__waiter w[3] = {{0}};
	struct go__waitq q = {NULL, NULL};

	ck_assert(go__waitq_is_valid(&q));
	for (int i = 0; i < 3; i++)
		go__waitq_push(&q, &w[i]);
	go__waitq_remove(&q, &w[1]);
	ck_assert(go__waitq_is_valid(&q));
	w[2].prev = &w[1];
	ck_assert(!go__waitq_is_valid(&q));
	w[2].prev = &w[0];
	w[2].is_queued = false;
	ck_assert(!go__waitq_is_valid(&q));
	w[2].is_queued = true;
	q.last = &w[0];
	ck_assert(!go__waitq_is_valid(&q));
}

START_TEST(idle_lists_that_disagree_with_their_counts_are_not_valid)
{
	static struct p p;
	static struct m m;
	static struct g g;

	// Nothing has started: all is ours.
	ck_assert(go__idle_is_valid());
	go__sched.idle_p = &p;
	ck_assert(!go__idle_is_valid());
	go__sched.n_idle_p = 1;
	ck_assert(go__idle_is_valid());
	p.owner = &m;
	ck_assert(!go__idle_is_valid());
	p.owner = NULL;
	go__sched.idle_m = &m;
	go__sched.n_asleep = 1;
	m.alarm = go__sched.wake_at;
	ck_assert(go__idle_is_valid());
	m.alarm = 5;
	ck_assert(!go__idle_is_valid());
	go__sched.wake_at = 5;
	ck_assert(go__idle_is_valid());
	m.p = &p;
	ck_assert(!go__idle_is_valid());
	m.p = NULL;
	go__sched.n_global = 1;
	ck_assert(!go__idle_is_valid());
	go__sched.first = go__sched.last = &g;
	ck_assert(go__idle_is_valid());
}

int
main(void)
{
	Suite *s = suite_create("valid");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc,
		       a_run_queue_with_a_hole_or_too_much_in_it_is_not_valid);
	tcase_add_test(tc,
		       a_heap_out_of_order_or_with_a_wrong_link_is_not_valid);
	tcase_add_test(tc,
		       a_queue_of_waiters_whose_links_disagree_is_not_valid);
	tcase_add_test(
		tc, idle_lists_that_disagree_with_their_counts_are_not_valid);
	return run_suite(s);
}
