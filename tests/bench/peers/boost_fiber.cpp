// SPDX-License-Identifier: MIT
//
// Boost.Fiber: the workloads that it has the operations for, on one system
// thread, with its round-robin scheduler. Its channels of 128 hold 127.

#include <boost/fiber/all.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "tests/bench/bench.h"

namespace fibers = boost::fibers;

using stack = fibers::pooled_fixedsize_stack;

// Stacks that were used are used again, as in libgo.
static fibers::fiber
start(std::function<void()> fn)
{
	static stack stacks(64 << 10);

	return fibers::fiber(fibers::launch::post, std::allocator_arg, stacks,
			     std::move(fn));
}

// group is what a wait group is in Go's versions.
struct group {
	fibers::mutex mutex;
	fibers::condition_variable is_done;
	long left = 0;

	void done()
	{
		std::unique_lock<fibers::mutex> lock(mutex);

		if (--left == 0)
			is_done.notify_one();
	}

	void wait()
	{
		std::unique_lock<fibers::mutex> lock(mutex);

		is_done.wait(lock, [this] { return left == 0; });
	}
};

// crowd has n fibers run fn(i).
template <typename Fn>
static void
crowd(int n, Fn fn)
{
	group g;

	g.left = n;
	for (int i = 0; i < n; i++)
		start([&g, &fn, i] {
			fn(i);
			g.done();
		}).detach();
	g.wait();
}

BENCHMARK(Spawn)
{
	for (long i = 0; i < b->n;) {
		long batch = b->n - i < 1000 ? b->n - i : 1000;

		crowd((int)batch, [](int) {});
		i += batch;
	}
}

static void
chain(long n, group *g)
{
	if (n == 0)
		g->done();
	else
		start([n, g] { chain(n - 1, g); }).detach();
}

BENCHMARK(SpawnNested)
{
	group g;

	g.left = 1;
	start([b, &g] { chain(b->n, &g); }).detach();
	g.wait();
}

BENCHMARK(Yield)
{
	crowd(2, [b](int) {
		for (long i = 0; i < b->n / 2; i++)
			boost::this_fiber::yield();
	});
}

BENCHMARK(Yield1000)
{
	crowd(1000, [b](int) {
		for (long i = 0; i < b->n / 1000; i++)
			boost::this_fiber::yield();
	});
}

template <typename Chan>
static void
ping_pong(struct bench *b, Chan &ping, Chan &pong)
{
	long v = 0;
	fibers::fiber echo = start([&ping, &pong] {
		long value;

		while (ping.pop(value) == fibers::channel_op_status::success)
			pong.push(value);
		pong.close();
	});

	for (long i = 0; i < b->n; i++) {
		ping.push(i);
		pong.pop(v);
	}
	ping.close();
	echo.join();
	if (v != b->n - 1)
		bench_fail(b->name, "a wrong answer");
}

BENCHMARK(PingPong1P)
{
	fibers::unbuffered_channel<long> ping, pong;

	ping_pong(b, ping, pong);
}

template <typename Chan>
static void
flow(struct bench *b, Chan &c, int producers, int consumers)
{
	group made, used;

	made.left = producers;
	used.left = consumers;
	for (int p = 0; p < producers; p++)
		start([&, producers] {
			for (long i = 0; i < b->n / producers; i++)
				c.push(i);
			made.done();
		}).detach();
	for (int q = 0; q < consumers; q++)
		start([&] {
			long v, sum = 0;

			while (c.pop(v) == fibers::channel_op_status::success)
				sum += v;
			__asm__ volatile("" : : "r"(sum));
			used.done();
		}).detach();
	made.wait();
	c.close();
	used.wait();
}

BENCHMARK(ChanSPSC128)
{
	fibers::buffered_channel<long> c(128);

	flow(b, c, 1, 1);
}

BENCHMARK(ChanMPMC128)
{
	fibers::buffered_channel<long> c(128);

	flow(b, c, 4, 4);
}

BENCHMARK(ChanMPMC0)
{
	fibers::unbuffered_channel<long> c;

	flow(b, c, 4, 4);
}

BENCHMARK(ChanMPMC100x8)
{
	fibers::buffered_channel<long> c(64);

	flow(b, c, 100, 8);
}

BENCHMARK(ChanUncontended)
{
	fibers::buffered_channel<long> c(128);
	long v;

	for (long i = 0; i < b->n; i++) {
		c.push(i);
		c.pop(v);
	}
}

BENCHMARK(ChanTryRecvEmpty)
{
	fibers::buffered_channel<long> c(2);
	long v;

	for (long i = 0; i < b->n; i++)
		c.try_pop(v);
}

BENCHMARK(MutexUncontended)
{
	fibers::mutex mutex;

	for (long i = 0; i < b->n; i++) {
		mutex.lock();
		mutex.unlock();
	}
}

BENCHMARK(MutexContended)
{
	fibers::mutex mutex;
	long counter = 0;

	crowd(8, [&](int) {
		for (long i = 0; i < b->n / 8; i++) {
			mutex.lock();
			counter++;
			mutex.unlock();
		}
	});
}

BENCHMARK(Sleepers10k)
{
	for (long n = 0; n < b->n; n++)
		crowd(10000, [](int i) {
			boost::this_fiber::sleep_for(
				std::chrono::milliseconds(i % 100));
		});
}
