// SPDX-License-Identifier: MIT
//
// census: how deep the stacks of goroutines get, by where they were started.
//
// LIBGO_DEBUG=census asks for it: a table on standard error when the program
// exits, and after every dump. Any thread may call these.

#ifndef RT_CENSUS_H
#define RT_CENSUS_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/atomic.h"

struct g;

enum census {
	CENSUS_UNKNOWN,
	CENSUS_OFF,
	CENSUS_ON,
};

extern uint32_t go__census;  // atomic, enum census

// go__census_ask is go__census_is_on for the first who asks.
bool go__census_ask(void);

// go__census_is_on tells whether there is one; it does not change its mind.
static inline bool
go__census_is_on(void)
{
	// Relaxed: it goes with no data.
	return load_rlx(&go__census) != CENSUS_OFF && go__census_ask();
}

// go__census_born paints the stack of g, which nobody else knows yet.
void go__census_born(struct g *g);

// go__census_died counts g, which has ended.
void go__census_died(struct g *g);

// go__census_write writes the table to fd.
void go__census_write(int fd);

#endif
