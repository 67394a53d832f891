// SPDX-License-Identifier: MIT
//
// depot: the stacks of one size that no goroutine uses, for all processors.
//
// Any thread may call these. A depot's lock is a leaf.

#ifndef RT_DEPOT_H
#define RT_DEPOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rt/slab.h"

enum {
	DEPOT_MIN_SHIFT = 14,
	DEPOT_MAX_SHIFT = 31,  // STACK_MAX and what comes with it
	DEPOTS = DEPOT_MAX_SHIFT - DEPOT_MIN_SHIFT + 1,
};

struct depot {
	uint32_t lock;
	struct pile young;  // lock; free since the last ageing
	struct pile old;    // lock; free since before
	struct pile dry;    // lock; without pages
	uint32_t fresh;     // lock; the current slab's next slot, never used
	uint32_t n_fresh;   // lock
	uint32_t n_slots;   // lock; of the current slab
	uint64_t floor;     // lock; no ticket of a dry one was above
	bool is_due;        // lock; the sweep has to come
} __attribute__((aligned(64)));

extern struct depot go__depots[DEPOTS];

// go__depot_size returns the bytes of its stacks, guard not counted.
size_t go__depot_size(const struct depot *d);

// go__depot_take takes up to n free ones, the last freed first, and returns how
// many.
uint32_t go__depot_take(struct depot *d, struct g **to, uint32_t n);

// go__depot_make makes one of a slot without pages; NULL without memory.
struct g *go__depot_make(struct depot *d);

// go__depot_put frees n. True if that makes it due: then the sweep is to be
// told.
bool go__depot_put(struct depot *d, struct g *const *from, uint32_t n);

// go__depot_is_due tells whether there is too much in it.
bool go__depot_is_due(struct depot *d);

// go__depot_age gives out in cold what was old already and is too much; what
// was young becomes old.
void go__depot_age(struct depot *d, struct pile *cold);

// go__depot_dried gives what was cold back: the dry ones, none of which ever
// had a ticket above floor, and those that were spared.
void go__depot_dried(struct depot *d, struct pile *dry, struct pile *spared,
		     uint64_t floor);

#endif
