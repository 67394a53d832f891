// SPDX-License-Identifier: MIT
//
// Counters in cells, a cache line apart: each thread adds to one of them,
// given to it in turn at its first addition. A goroutine that changes threads
// between finding the cell and adding adds to another's: slower, not wrong.

#include "libgo/sync.h"
#include "rt/atomic.h"

_Static_assert(sizeof(go_counter) == GO__COUNTER_CELLS * 64,
	       "each cell has a cache line to itself");

static __thread unsigned my_cell;  // 1 and up; 0: not yet given

// The compiler must not keep a thread's address across a call; and the thread
// sanitizer must not take two goroutines that run on one thread, one after the
// other, for a race about it.
static __attribute__((noinline, no_sanitize("thread"))) unsigned
cell(void)
{
	static unsigned n_given;  // atomic

	if (my_cell == 0)
		my_cell = add_rlx(&n_given, 1) | GO__COUNTER_CELLS;
	return my_cell % GO__COUNTER_CELLS;
}

void
go_counter_add(go_counter *c, int64_t n)
{
	// Relaxed, as in go_counter_sum: a sum promises no order.
	add_rlx(&c->cells[cell()].value, n);
}

int64_t
go_counter_sum(const go_counter *c)
{
	uint64_t sum = 0;  // wraps as the cells do

	for (int i = 0; i < GO__COUNTER_CELLS; i++)
		sum += (uint64_t)load_rlx(&c->cells[i].value);
	return (int64_t)sum;
}
