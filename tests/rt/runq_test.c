// SPDX-License-Identifier: MIT
//
// The run queue, alone and with thieves. It moves pointers and looks at
// nothing behind them: here they are no goroutines but numbers, written
// before they are put and read by whoever takes them, so that the thread
// sanitizer sees whether each hand-over orders what it must.

#include <pthread.h>

#include "rt/runq.h"
#include "suite.h"

static struct g *
fake(int *n)
{
	return (struct g *)(void *)n;
}

static int
real(struct g *g)
{
	return *(int *)(void *)g;
}

// Queues begin just before their indices wrap around.
static struct runq *
queue_before_wrap(void)
{
	struct runq *q = calloc(1, sizeof *q);

	q->head = q->tail = UINT32_MAX - 10;
	return q;
}

static int numbers[4 * RUNQ_SIZE];

START_TEST(it_is_first_in_first_out_and_full_at_its_size)
{
	struct runq *q = queue_before_wrap();

	for (int round = 0; round < 3; round++) {
		ck_assert(runq_is_empty(q));
		for (int i = 0; i < RUNQ_SIZE; i++)
			ck_assert(runq_put(q, fake(&numbers[i])));
		ck_assert(!runq_put(q, fake(&numbers[RUNQ_SIZE])));
		ck_assert(!runq_is_empty(q));
		for (int i = 0; i < RUNQ_SIZE; i++)
			ck_assert_ptr_eq(runq_get(q), fake(&numbers[i]));
		ck_assert_ptr_null(runq_get(q));
	}
	free(q);
}

START_TEST(next_is_one_apart)
{
	struct runq *q = queue_before_wrap();
	struct g *a = fake(&numbers[0]), *b = fake(&numbers[1]);

	ck_assert_ptr_null(runq_take_next(q));
	ck_assert_ptr_null(runq_put_next(q, a));
	ck_assert(!runq_is_empty(q));
	ck_assert(runq_ring_is_empty(q));
	ck_assert_ptr_null(runq_get(q));
	ck_assert_ptr_eq(runq_put_next(q, b), a);
	ck_assert_ptr_eq(runq_peek_next(q), b);
	ck_assert(!runq_steal_next(q, a));
	ck_assert(runq_steal_next(q, b));
	ck_assert_ptr_null(runq_take_next(q));
	ck_assert_ptr_null(runq_put_next(q, b));
	ck_assert_ptr_eq(runq_take_next(q), b);
	ck_assert(runq_is_empty(q));
	free(q);
}

START_TEST(only_a_full_ring_is_drained_of_its_older_half)
{
	struct runq *q = queue_before_wrap();
	struct g *half[RUNQ_SIZE / 2];

	for (int i = 0; i < RUNQ_SIZE; i++) {
		ck_assert_uint_eq(runq_drain(q, half), 0);
		ck_assert(runq_put(q, fake(&numbers[i])));
	}
	ck_assert_uint_eq(runq_drain(q, half), RUNQ_SIZE / 2);
	for (int i = 0; i < RUNQ_SIZE / 2; i++)
		ck_assert_ptr_eq(half[i], fake(&numbers[i]));
	ck_assert_ptr_eq(runq_get(q), fake(&numbers[RUNQ_SIZE / 2]));
	free(q);
}

START_TEST(a_thief_takes_the_older_half)
{
	struct runq *from = queue_before_wrap(), *to = queue_before_wrap();
	struct g *g;

	for (int n = 0; n <= RUNQ_SIZE; n++) {
		for (int i = 0; i < n; i++)
			ck_assert(runq_put(from, fake(&numbers[i])));
		g = runq_steal(to, from);
		if (n == 0)
			ck_assert_ptr_null(g);
		else
			ck_assert_ptr_eq(g, fake(&numbers[(n + 1) / 2 - 1]));
		for (int i = 0; i < (n + 1) / 2 - 1; i++)
			ck_assert_ptr_eq(runq_get(to), fake(&numbers[i]));
		ck_assert(runq_is_empty(to));
		for (int i = (n + 1) / 2; i < n; i++)
			ck_assert_ptr_eq(runq_get(from), fake(&numbers[i]));
		ck_assert(runq_is_empty(from));
	}
	free(from);
	free(to);
}

START_TEST(it_behaves_as_a_list)
{
	enum { STEPS = 100000, ROOM = 2 * STEPS };
	static int model[ROOM];
	struct runq *q = queue_before_wrap();
	unsigned seed = test_seed();
	int first = 0, last = 0, bias;
	struct g *g;

	for (int i = 0; i < STEPS; i++) {
		bias = i / 1000 % 2 ? 6 : 4;
		if ((int)(rand_r(&seed) % 10U) < bias) {
			bool ok = runq_put(q, fake(&model[last]));

			ck_assert(ok == (last - first < RUNQ_SIZE));
			last += ok;
		} else {
			g = runq_get(q);
			ck_assert((g == NULL) == (first == last));
			ck_assert(g == NULL || g == fake(&model[first]));
			first += g != NULL;
		}
		ck_assert(runq_is_empty(q) == (first == last));
	}
	free(q);
}

// The owner puts VALUES numbers and gets some; two thieves steal from it and
// from each other's loot.

enum { VALUES = 60000, THIEVES = 2 };

static struct runq queues[1 + THIEVES];
static int values[VALUES];
static go_atomic_int32 marks[VALUES];
static go_atomic_int32 n_taken;

static void
consume(struct g *g)
{
	go_atomic_add(&marks[real(g)], 1);
	go_atomic_add(&n_taken, 1);
}

static void *
thief(void *arg)
{
	struct runq *own = arg;
	struct g *g;

	while (go_atomic_load(&n_taken) < VALUES) {
		for (size_t i = 0; i < COUNT(queues); i++) {
			if (&queues[i] == own)
				continue;
			g = runq_steal(own, &queues[i]);
			if (g != NULL)
				consume(g);
			g = runq_peek_next(&queues[i]);
			if (g != NULL && runq_steal_next(&queues[i], g))
				consume(g);
		}
		// Its own queue must be empty before it steals again.
		while ((g = runq_get(own)) != NULL)
			consume(g);
	}
	return NULL;
}

static void
put_somehow(struct runq *q, struct g *g)
{
	struct g *half[RUNQ_SIZE / 2];
	uint32_t n;

	while (!runq_put(q, g)) {
		n = runq_drain(q, half);
		for (uint32_t i = 0; i < n; i++)
			consume(half[i]);
	}
}

static void
own(struct runq *q, unsigned seed)
{
	struct g *g;

	for (int i = 0; i < VALUES; i++) {
		values[i] = i;
		if (rand_r(&seed) % 4 == 0)
			g = runq_put_next(q, fake(&values[i]));
		else
			g = fake(&values[i]);
		if (g != NULL)
			put_somehow(q, g);
		switch (rand_r(&seed) % 8) {
		case 0:
			g = runq_get(q);
			break;
		case 1:
			g = runq_take_next(q);
			break;
		default:
			g = NULL;
		}
		if (g != NULL)
			consume(g);
	}
	while ((g = runq_get(q)) != NULL || (g = runq_take_next(q)) != NULL)
		consume(g);
}

START_TEST(thieves_and_owner_take_each_once)
{
	unsigned seed = test_seed();
	pthread_t threads[THIEVES];

	for (int i = 0; i < THIEVES; i++)
		pthread_create(&threads[i], NULL, thief, &queues[1 + i]);
	own(&queues[0], seed);
	for (int i = 0; i < THIEVES; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < VALUES; i++)
		ck_assert_int_eq(go_atomic_load(&marks[i]), 1);
	for (size_t i = 0; i < COUNT(queues); i++)
		ck_assert(runq_is_empty(&queues[i]));
}

int
main(void)
{
	Suite *s = suite_create("runq");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, it_is_first_in_first_out_and_full_at_its_size);
	tcase_add_test(tc, next_is_one_apart);
	tcase_add_test(tc, only_a_full_ring_is_drained_of_its_older_half);
	tcase_add_test(tc, a_thief_takes_the_older_half);
	tcase_add_test(tc, it_behaves_as_a_list);
	tcase_add_test(tc, thieves_and_owner_take_each_once);
	return run_suite(s);
}
