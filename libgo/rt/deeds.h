// SPDX-License-Identifier: MIT
//
// deeds: what a goroutine has still to do when it, or a go_try in it, ends.

#ifndef RT_DEEDS_H
#define RT_DEEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/panic.h"

struct g;

enum { DEEDS_AT_HAND = 3 };

// All owned by the goroutine; zero is a new one's.
struct go__deeds {
	uint32_t n_deferred;
	bool is_exiting;                         // go_exit is under way
	struct go__attempt *attempt;             // the innermost go_try
	struct go__deed at_hand[DEEDS_AT_HAND];  // the first ones
	struct go__deed_room *top;               // the last of the others
};

// go__deeds_run runs what g deferred, last first, until n are left.
void go__deeds_run(struct g *g, uint32_t n);

// go__goroutine_end ends g, the calling goroutine, at once.
void go__goroutine_end(struct g *g) __attribute__((noreturn));

#endif
