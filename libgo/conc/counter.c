// SPDX-License-Identifier: MIT
//
// Counters in cells, a cache line apart: each thread adds to its own. A
// goroutine that changes threads between finding the cell and adding adds to
// another's: slower, not wrong.

#include "conc/cell.h"
#include "libgo/sync.h"
#include "rt/atomic.h"

_Static_assert(sizeof(go_counter) == GO__COUNTER_CELLS * 64,
	       "each cell has a cache line to itself");

void
go_counter_add(go_counter *c, int64_t n)
{
	// Relaxed, as in go_counter_sum: a sum promises no order.
	add_rlx(&c->cells[go__cell() % GO__COUNTER_CELLS].value, n);
}

int64_t
go_counter_sum(const go_counter *c)
{
	uint64_t sum = 0;  // wraps as the cells do

	for (int i = 0; i < GO__COUNTER_CELLS; i++)
		sum += (uint64_t)load_rlx(&c->cells[i].value);
	return (int64_t)sum;
}
