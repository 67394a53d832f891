// SPDX-License-Identifier: MIT
//
// What contexts cost.

#include "tests/bench/bench.h"

// A cancellable child of a parent with 100 children, derived and cancelled.
BENCHMARK(ContextTree)
{
	go_ctx *root = go_ctx_with_cancel(NULL), *children[100], *child;

	for (int i = 0; i < 100; i++)
		children[i] = go_ctx_with_cancel(root);
	bench_start(b);
	for (long i = 0; i < b->n; i++) {
		child = go_ctx_with_cancel(root);
		go_ctx_cancel(child);
		go_ctx_release(child);
	}
	bench_stop(b);
	for (int i = 0; i < 100; i++)
		go_ctx_release(children[i]);
	go_ctx_release(root);
}
