// SPDX-License-Identifier: MIT
//
// What locks and pools cost.

#include "tests/bench/bench.h"

BENCHMARK(MutexUncontended)
{
	go_mutex mu = {0};

	for (long i = 0; i < b->n; i++) {
		go_mutex_lock(&mu);
		go_mutex_unlock(&mu);
	}
}

static void
increment(go_mutex *mu, long *counter, long n)
{
	for (long i = 0; i < n; i++) {
		go_mutex_lock(mu);
		++*counter;
		go_mutex_unlock(mu);
	}
}

// Eight goroutines increment one counter under one mutex.
BENCHMARK(MutexContended)
{
	go_mutex mu = {0};
	go_waitgroup wg = {0};
	long counter = 0;

	for (int g = 0; g < 8; g++)
		go_wg_go(&wg, increment, &mu, &counter, b->n / 8);
	go_wg_wait(&wg);
	if (counter != b->n / 8 * 8)
		bench_fail(b->name, "a lost increment");
}

static void
reader(go_rwmutex *mu, long n)
{
	for (long i = 0; i < n; i++) {
		go_rwmutex_rlock(mu);
		go_rwmutex_runlock(mu);
	}
}

// Eight readers on one lock.
BENCHMARK(RWMutexRead)
{
	go_rwmutex mu = {0};
	go_waitgroup wg = {0};

	for (int g = 0; g < 8; g++)
		go_wg_go(&wg, reader, &mu, b->n / 8);
	go_wg_wait(&wg);
}

static void
worker(go_receiver(int) jobs, go_sender(int) results)
{
	int job;

	while (go_recv(jobs, &job))
		go_send(results, job * 2);
}

static void
feed(go_sender(int) jobs, long n)
{
	for (long i = 0; i < n; i++)
		go_send(jobs, (int)i);
	go_close(jobs);
}

// Jobs through four workers, a result for each.
BENCHMARK(WorkerPool)
{
	go_chan(int) jobs = go_chan_make(int, 100);
	go_chan(int) results = go_chan_make(int, 100);
	go_waitgroup wg = {0};
	int v;

	for (int w = 0; w < 4; w++)
		go_wg_go(&wg, worker, go_recv_only(jobs),
			 go_send_only(results));
	go_wg_go(&wg, feed, go_send_only(jobs), b->n);
	for (long i = 0; i < b->n; i++)
		go_recv(results, &v);
	go_wg_wait(&wg);
	go_chan_release(jobs);
	go_chan_release(results);
}
