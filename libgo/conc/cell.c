// SPDX-License-Identifier: MIT

#include "conc/cell.h"

#include "rt/atomic.h"

static __thread uint32_t mine;  // 1 and up; 0: not yet given

// The compiler must not keep a thread's address across a call; and the thread
// sanitizer must not take two goroutines that run on one thread, one after the
// other, for a race about it.
__attribute__((noinline, no_sanitize("thread"))) uint32_t
go__cell(void)
{
	static uint32_t n_given;  // atomic

	__asm__ volatile("");
	if (__builtin_expect(mine == 0, 0))
		mine = add_rlx(&n_given, 1) | (uint32_t)1 << 31;
	return mine;
}
