// SPDX-License-Identifier: MIT
//
// What channels cost, alone and between goroutines.

#include "tests/bench/bench.h"

static void
echo(go_receiver(int) in, go_sender(int) out)
{
	int v;

	while (go_recv(in, &v))
		go_send(out, v);
	go_close(out);
}

static void
ping_pong(struct bench *b)
{
	go_chan(int) ping = go_chan_make(int, 0);
	go_chan(int) pong = go_chan_make(int, 0);
	int v;

	go(echo, go_recv_only(ping), go_send_only(pong));
	for (long i = 0; i < b->n; i++) {
		go_send(ping, (int)i);
		go_recv(pong, &v);
	}
	go_close(ping);
	go_recv(pong, &v);
	go_chan_release(ping);
	go_chan_release(pong);
}

// A round trip over two unbuffered channels.
BENCHMARK(PingPong)
{
	ping_pong(b);
}

// The same on one processor.
BENCHMARK(PingPong1P)
{
	int procs = go_procs(1);

	ping_pong(b);
	go_procs(procs);
}

static void
producer(go_sender(int) c, long n)
{
	for (long i = 0; i < n; i++)
		go_send(c, (int)i);
}

static void
consumer(go_receiver(int) c, go_atomic_int64 *sum)
{
	int64_t s = 0;
	int v;

	while (go_recv(c, &v))
		s += v;
	go_atomic_add(sum, s);
}

static void
flow(struct bench *b, int producers, int consumers, size_t capacity)
{
	go_chan(int) c = go_chan_make(int, capacity);
	go_waitgroup prod = {0}, cons = {0};
	go_atomic_int64 sum = {0};
	int64_t each = b->n / producers;

	for (int i = 0; i < producers; i++)
		go_wg_go(&prod, producer, go_send_only(c), each);
	for (int i = 0; i < consumers; i++)
		go_wg_go(&cons, consumer, go_recv_only(c), &sum);
	go_wg_wait(&prod);
	go_close(c);
	go_wg_wait(&cons);
	if (go_atomic_load(&sum) != producers * (each * (each - 1) / 2))
		bench_fail(b->name, "a wrong sum");
	go_chan_release(c);
}

BENCHMARK(ChanSPSC128)
{
	flow(b, 1, 1, 128);
}

BENCHMARK(ChanMPMC128)
{
	flow(b, 4, 4, 128);
}

BENCHMARK(ChanMPMC0)
{
	flow(b, 4, 4, 0);
}

BENCHMARK(ChanMPMC100x8)
{
	flow(b, 100, 8, 64);
}

// A send to and a receive from a buffered channel in one goroutine.
BENCHMARK(ChanUncontended)
{
	go_chan(int) c = go_chan_make(int, 128);
	int v;

	for (long i = 0; i < b->n; i++) {
		go_send(c, (int)i);
		go_recv(c, &v);
	}
	go_chan_release(c);
}

// A select with a default on an empty channel.
BENCHMARK(ChanTryRecvEmpty)
{
	go_chan(int) c = go_chan_make(int, 0);
	int v;

	for (long i = 0; i < b->n; i++)
		go_select(go_on_recv(c, &v), go_on_default);
	go_chan_release(c);
}

static void
offer(go_sender(int) c, go_receiver(bool) quit)
{
	while (go_select(go_on_send(c, 1), go_on_recv(quit, NULL)) == 0)
		;
}

// A receive from one of four unbuffered channels, one sender each.
BENCHMARK(Select4)
{
	go_chan(int) c[4];
	go_chan(bool) quit = go_chan_make(bool, 0);
	go_waitgroup wg = {0};
	int v;

	for (int i = 0; i < 4; i++) {
		c[i] = go_chan_make(int, 0);
		go_wg_go(&wg, offer, go_send_only(c[i]), go_recv_only(quit));
	}
	for (long i = 0; i < b->n; i++)
		go_select(go_on_recv(c[0], &v), go_on_recv(c[1], &v),
			  go_on_recv(c[2], &v), go_on_recv(c[3], &v));
	go_close(quit);
	go_wg_wait(&wg);
	for (int i = 0; i < 4; i++)
		go_chan_release(c[i]);
	go_chan_release(quit);
}

static void
count(go_sender(int) out, go_receiver(bool) quit)
{
	for (int i = 2;; i++)
		if (go_select(go_on_send(out, i), go_on_recv(quit, NULL)) == 1)
			return;
}

static void
filter(go_receiver(int) in, go_sender(int) out, int prime,
       go_receiver(bool) quit)
{
	int v;

	for (;;) {
		if (go_select(go_on_recv(in, &v), go_on_recv(quit, NULL)) == 1)
			return;
		if (v % prime == 0)
			continue;
		if (go_select(go_on_send(out, v), go_on_recv(quit, NULL)) == 1)
			return;
	}
}

enum { PRIMES = 500 };

// The concurrent prime sieve up to the 500th prime; one operation is a sieve.
BENCHMARK(Sieve500)
{
	for (long n = 0; n < b->n; n++) {
		go_chan(bool) quit = go_chan_make(bool, 0);
		go_chan(int) c[PRIMES + 1];
		go_waitgroup wg = {0};
		int prime = 0;

		c[0] = go_chan_make(int, 0);
		go_wg_go(&wg, count, go_send_only(c[0]), go_recv_only(quit));
		for (int i = 0; i < PRIMES; i++) {
			go_recv(c[i], &prime);
			c[i + 1] = go_chan_make(int, 0);
			go_wg_go(&wg, filter, go_recv_only(c[i]),
				 go_send_only(c[i + 1]), prime,
				 go_recv_only(quit));
		}
		go_close(quit);
		go_wg_wait(&wg);
		if (prime != 3571)
			bench_fail(b->name, "a wrong prime");
		for (int i = 0; i <= PRIMES; i++)
			go_chan_release(c[i]);
		go_chan_release(quit);
	}
}
