// SPDX-License-Identifier: MIT
//
// guard: the page below a stack that faults when touched.
//
// Any thread may call these. Whose page it is may not be touched meanwhile.

#ifndef RT_GUARD_H
#define RT_GUARD_H

#include <stddef.h>

// How a page is guarded, the worst first.
enum guard {
	GUARD_NONE,
	GUARD_MAPPED,     // by a mapping of its own
	GUARD_INSTALLED,  // by a mark in the page table
};

// go__guard_set guards the page at p, as well as can be, and tells how. A page
// that is guarded already stays so, but counts twice if it has a mapping.
enum guard go__guard_set(void *p);

// go__guard_unset takes away what go__guard_set said was set; of an installed
// guard nothing is to be taken away.
void go__guard_unset(void *p, enum guard guard);

// go__guard_limit is for tests: no guard better than best from now on, and no
// more than mapped ones by mappings of their own; 0: as the kernel allows.
void go__guard_limit(enum guard best, size_t mapped);

#endif
