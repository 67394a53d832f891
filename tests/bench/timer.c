// SPDX-License-Identifier: MIT
//
// What timers cost.

#include "tests/bench/bench.h"

// A timer an hour away is made and stopped, with 10,000 others pending.
BENCHMARK(TimerStartStop)
{
	enum { PENDING = 10000 };
	static go_timer *pending[PENDING];
	go_timer *t;

	for (int i = 0; i < PENDING; i++)
		pending[i] = go_timer_new(GO_HOUR + i);
	bench_start(b);
	for (long i = 0; i < b->n; i++) {
		t = go_timer_new(GO_HOUR);
		go_timer_stop(t);
		go_timer_free(t);
	}
	bench_stop(b);
	for (int i = 0; i < PENDING; i++)
		go_timer_free(pending[i]);
}
