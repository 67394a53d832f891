// SPDX-License-Identifier: MIT
//
// Linux 6.13 marks guards in the page table (MADV_GUARD_INSTALL): they cost no
// mapping, and a million of them nothing to speak of. Before, a guard is a
// page without permissions, which splits its mapping: two more for each, of
// which the kernel allows a process vm.max_map_count, 65,530 unless it was
// told otherwise. Half of them go to guards: the program maps files, and so
// does malloc. Past that stacks run unguarded: a stack is still a stack, and
// a program that starts many goroutines shall not end for want of guards. It
// says so once.
//
// Rejected: one guard for several stacks (an overflow in between would write
// into a neighbour's struct g); gaps of address space that is never mapped
// (each slot would be a mapping).
//
// All fields are counters and hints, each right by itself: no order.

#include "rt/guard.h"

#include <stdbool.h>
#include <stdint.h>

#include "rt/atomic.h"
#include "rt/os.h"

enum {
	PER_GUARD = 2,  // mappings
	SHARE = 2,      // of the limit, the part that guards may take
};

static uint32_t best = GUARD_INSTALLED;  // atomic; sinks
static size_t limit;                     // atomic; of mapped ones, 0: unknown
static size_t n_mapped;                  // atomic
static uint32_t is_said;                 // atomic

static void
warn(void)
{
	static const char text[] =
		"libgo: no guard pages are left (vm.max_map_count): goroutines "
		"run on, but some whose stack overflows will not be noticed\n";

	if (cas_rlx(&is_said, 0, 1))
		go__os_write(2, text, sizeof text - 1);
}

static size_t
mapped_limit(void)
{
	size_t n = load_rlx(&limit);

	if (n == 0) {
		n = go__os_max_mappings() / (PER_GUARD * SHARE);
		store_rlx(&limit, n);
	}
	return n;
}

static bool
map_guard(void *p)
{
	if (add_rlx(&n_mapped, 1) <= mapped_limit() &&
	    go__os_protect(p, go__os_page(), false) == 0)
		return true;
	add_rlx(&n_mapped, -1);
	return false;
}

enum guard
go__guard_set(void *p)
{
	if (load_rlx(&best) == GUARD_INSTALLED) {
		if (go__os_guard(p, go__os_page()) == 0)
			return GUARD_INSTALLED;
		store_rlx(&best, GUARD_MAPPED);
	}
	if (load_rlx(&best) == GUARD_MAPPED && map_guard(p))
		return GUARD_MAPPED;
	warn();
	return GUARD_NONE;
}

void
go__guard_unset(void *p, enum guard guard)
{
	// If it fails, p stays a guard of one that will be set again.
	if (guard == GUARD_MAPPED &&
	    go__os_protect(p, go__os_page(), true) == 0)
		add_rlx(&n_mapped, -1);
}

void
go__guard_limit(enum guard most, size_t mapped)
{
	store_rlx(&best, most);
	store_rlx(&limit, mapped);
}
