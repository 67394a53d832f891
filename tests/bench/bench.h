// SPDX-License-Identifier: MIT
//
// bench: the benchmarks' harness. Each file of this folder defines workloads
// with BENCHMARK; they bear the names of Go's versions of them, and main.c
// prints what they take in Go's format, so that the two can be set side by
// side.

#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <libgo.h>

GO_BEGIN_DECLS

struct bench {
	const char *name;
	void (*run)(struct bench *b);  // does the operation b->n times
	long n;
	go_time started;  // the timer's; 0 while it stands still
	go_duration took;
	char metrics[128];  // more columns
	struct bench *next;
};

void bench_add(struct bench *b);
// bench_start sets the timer to nought and starts it: what came before is not
// counted; bench_stop stops it.
void bench_start(struct bench *b);
void bench_stop(struct bench *b);
// bench_metric adds a column.
void bench_metric(struct bench *b, double value, const char *unit);
// bench_fail ends the program: a benchmark that computes nonsense is none.
void bench_fail(const char *name, const char *why) __attribute__((noreturn));

GO_END_DECLS

#define BENCHMARK(id)                                                          \
	static void run_##id(struct bench *b);                                 \
	static struct bench bench_##id = {.name = #id, .run = run_##id};       \
	__attribute__((constructor)) static void add_##id(void)                \
	{                                                                      \
		bench_add(&bench_##id);                                        \
	}                                                                      \
	static void run_##id(struct bench *b)

#endif
