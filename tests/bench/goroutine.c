// SPDX-License-Identifier: MIT
//
// What goroutines cost: to start, to switch, to keep.

#include "tests/bench/bench.h"

static void
done(go_waitgroup *wg)
{
	go_wg_done(wg);
}

// One goroutine started and waited for, at most 1000 alive at once.
BENCHMARK(Spawn)
{
	go_waitgroup wg = {0};

	for (long i = 0; i < b->n;) {
		long batch = b->n - i < 1000 ? b->n - i : 1000;

		go_wg_add(&wg, (int)batch);
		for (long j = 0; j < batch; j++)
			go(done, &wg);
		go_wg_wait(&wg);
		i += batch;
	}
}

static void
chain(long n, go_sender(bool) end)
{
	if (n == 0)
		go_send(end, true);
	else
		go(chain, n - 1, end);
}

// A goroutine that starts the next one: one alive at a time.
BENCHMARK(SpawnNested)
{
	go_chan(bool) end = go_chan_make(bool, 0);

	go(chain, b->n, go_send_only(end));
	go_recv(end, NULL);
	go_chan_release(end);
}

static void
yielder(long n, go_waitgroup *wg)
{
	for (long i = 0; i < n; i++)
		go_yield();
	go_wg_done(wg);
}

// A switch between two goroutines on one processor.
BENCHMARK(Yield)
{
	go_waitgroup wg = {0};
	int procs = go_procs(1);

	go_wg_add(&wg, 2);
	for (int g = 0; g < 2; g++)
		go(yielder, b->n / 2, &wg);
	go_wg_wait(&wg);
	go_procs(procs);
}

// A switch round robin among 1000 goroutines on all processors.
BENCHMARK(Yield1000)
{
	go_waitgroup wg = {0};

	go_wg_add(&wg, 1000);
	for (int g = 0; g < 1000; g++)
		go(yielder, b->n / 1000, &wg);
	go_wg_wait(&wg);
}

static void
skynet(go_sender(long) out, long num, long size, long div)
{
	go_chan(long) in;
	long sum = 0, part;

	if (size == 1) {
		go_send(out, num);
		return;
	}
	in = go_chan_make(long, 0);
	for (long i = 0; i < div; i++)
		go(skynet, go_send_only(in), num + i * (size / div), size / div,
		   div);
	for (long i = 0; i < div; i++) {
		go_recv(in, &part);
		sum += part;
	}
	go_chan_release(in);
	go_send(out, sum);
}

// A million leaves in a tree of ten; one operation is the whole tree.
BENCHMARK(Skynet1M)
{
	go_chan(long) c = go_chan_make(long, 0);
	long result;

	for (long n = 0; n < b->n; n++) {
		go(skynet, go_send_only(c), 0L, 1000000L, 10L);
		go_recv(c, &result);
		if (result != 499999500000)
			bench_fail(b->name, "a wrong sum");
	}
	go_chan_release(c);
}

static void
parked(go_waitgroup *up, go_receiver(bool) gate, go_waitgroup *wg)
{
	go_wg_done(up);
	go_recv(gate, NULL);
	go_wg_done(wg);
}

// 100,000 goroutines parked on one channel and woken by closing it.
BENCHMARK(Parked100k)
{
	for (long n = 0; n < b->n; n++) {
		go_chan(bool) gate = go_chan_make(bool, 0);
		go_waitgroup up = {0}, wg = {0};

		go_wg_add(&up, 100000);
		go_wg_add(&wg, 100000);
		for (int i = 0; i < 100000; i++)
			go(parked, &up, go_recv_only(gate), &wg);
		go_wg_wait(&up);
		go_close(gate);
		go_wg_wait(&wg);
		go_chan_release(gate);
	}
}

static void
sleeper(int i, go_waitgroup *wg)
{
	go_sleep(i % 100 * GO_MILLISECOND);
	go_wg_done(wg);
}

// 10,000 goroutines that sleep 0 to 99 ms; one operation is the whole crowd.
BENCHMARK(Sleepers10k)
{
	for (long n = 0; n < b->n; n++) {
		go_waitgroup wg = {0};

		go_wg_add(&wg, 10000);
		for (int i = 0; i < 10000; i++)
			go(sleeper, i, &wg);
		go_wg_wait(&wg);
	}
}

static void
spin(go_atomic_bool *stop)
{
	volatile unsigned x = 1;

	while (!go_atomic_load(stop))
		x = x * 7 + 1;
}

// How late a sleep of 1 ms ends while twice as many goroutines spin as there
// are processors.
BENCHMARK(TickUnderHogs)
{
	go_atomic_bool stop = {0};
	go_waitgroup wg = {0};
	go_duration worst = 0, sum = 0, late;
	go_time start;

	for (int p = 0; p < go_procs(0) * 2; p++)
		go_wg_go(&wg, spin, &stop);
	bench_start(b);
	for (long i = 0; i < b->n; i++) {
		start = go_now();
		go_sleep(GO_MILLISECOND);
		late = go_now() - start - GO_MILLISECOND;
		sum += late;
		if (late > worst)
			worst = late;
	}
	bench_stop(b);
	go_atomic_store(&stop, true);
	go_wg_wait(&wg);
	bench_metric(b, (double)(worst / GO_MICROSECOND), "worst-us");
	bench_metric(b, (double)sum / GO_MICROSECOND / (double)b->n,
		     "mean-late-us");
}
