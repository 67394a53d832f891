// SPDX-License-Identifier: MIT
//
// stack: stacks for goroutines, each with its struct g at the top.

#ifndef RT_STACK_H
#define RT_STACK_H

#include <stddef.h>
#include <stdint.h>

#include "rt/stress.h"

struct g;

enum {
	STACK_DEFAULT = 256 << 10,  // guard not counted, struct g counted
	STACK_CACHE = STRESS ? 2 : 64,
};

#define STACK_MAX ((size_t)1 << 30)

// struct stack_cache is a processor's own: free stacks of the default size,
// those freed last behind. Guarded as its queue: owner, in the runtime; while
// the processor has no owner, sched.lock. Zero is empty.
struct stack_cache {
	uint32_t n;
	struct g *stacks[STACK_CACHE];
};

// go__stack_new returns a goroutine with a stack of at least size bytes, guard
// and struct g not counted, or of STACK_DEFAULT if size is 0; NULL without
// memory. The lowest page is the guard. Any thread may call it.
struct g *go__stack_new(size_t size);

// go__stack_free takes it back; g stays a struct g, if only an empty one.
void go__stack_free(struct g *g);

// go__stack_flush empties c, for who guards it.
void go__stack_flush(struct stack_cache *c);

// go__stack_size returns the size of g's stack, guard not counted.
size_t go__stack_size(const struct g *g);

// go__stack_each calls fn for every goroutine there ever was, but those whose
// memory was given back; what fn reads may change meanwhile. Those that live
// have an id.
void go__stack_each(void (*fn)(struct g *g, void *arg), void *arg);

#endif
