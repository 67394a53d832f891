// SPDX-License-Identifier: MIT
//
// State Threads 1.9: the workloads that it has the operations for. It has one
// system thread, no channels, and no yield: a sleep of nought asks the kernel.

#include <st.h>
#include <stdint.h>

#include "tests/bench/bench.h"

enum { STACK = 64 << 10 };

// struct group is what a wait group is in Go's versions.
struct group {
	st_cond_t is_done;
	long left;
};

static void __attribute__((constructor)) init(void)
{
	if (st_init() != 0)
		bench_fail("st_init", "it fails");
}

static void
done(struct group *g)
{
	if (--g->left == 0)
		st_cond_signal(g->is_done);
}

static void
group_wait(struct group *g)
{
	while (g->left > 0)
		st_cond_wait(g->is_done);
}

static void
start(void *(*fn)(void *arg), void *arg)
{
	if (st_thread_create(fn, arg, 0, STACK) == NULL)
		bench_fail("st_thread_create", "it fails");
}

static void *
be_done(void *g)
{
	done(g);
	return NULL;
}

BENCHMARK(Spawn)
{
	struct group g = {.is_done = st_cond_new()};

	for (long i = 0; i < b->n;) {
		long batch = b->n - i < 1000 ? b->n - i : 1000;

		g.left = batch;
		for (long j = 0; j < batch; j++)
			start(be_done, &g);
		group_wait(&g);
		i += batch;
	}
	st_cond_destroy(g.is_done);
}

struct turns {
	struct group g;
	long n;
	st_mutex_t mutex;
	long counter;
};

static void *
chain(void *arg)
{
	struct turns *t = arg;

	if (t->n-- == 0)
		done(&t->g);
	else
		start(chain, t);
	return NULL;
}

BENCHMARK(SpawnNested)
{
	struct turns t = {.g = {st_cond_new(), 1}, .n = b->n};

	start(chain, &t);
	group_wait(&t.g);
	st_cond_destroy(t.g.is_done);
}

// crowd has n threads run fn.
static void
crowd(struct turns *t, int n, void *(*fn)(void *arg))
{
	t->g.is_done = st_cond_new();
	t->g.left = n;
	for (int i = 0; i < n; i++)
		start(fn, t);
	group_wait(&t->g);
	st_cond_destroy(t->g.is_done);
}

BENCHMARK(MutexUncontended)
{
	st_mutex_t mutex = st_mutex_new();

	for (long i = 0; i < b->n; i++) {
		st_mutex_lock(mutex);
		st_mutex_unlock(mutex);
	}
	st_mutex_destroy(mutex);
}

static void *
adder(void *arg)
{
	struct turns *t = arg;

	for (long i = 0; i < t->n; i++) {
		st_mutex_lock(t->mutex);
		t->counter++;
		st_mutex_unlock(t->mutex);
	}
	done(&t->g);
	return NULL;
}

BENCHMARK(MutexContended)
{
	struct turns t = {.n = b->n / 8, .mutex = st_mutex_new()};

	crowd(&t, 8, adder);
	st_mutex_destroy(t.mutex);
}

static void *
sleeper(void *arg)
{
	struct turns *t = arg;

	st_usleep((st_utime_t)(t->counter++ % 100) * 1000);
	done(&t->g);
	return NULL;
}

BENCHMARK(Sleepers10k)
{
	for (long n = 0; n < b->n; n++) {
		struct turns t = {.n = 0};

		crowd(&t, 10000, sleeper);
	}
}
