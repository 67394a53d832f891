// SPDX-License-Identifier: MIT
//
// stack: stacks from slabs, each with its struct g at the top.
//
//	low                                                      high
//	| guard page | ..... pages, touched when used ..... | struct g |
//
// Slabs are address space only (MAP_NORESERVE); a stack costs the pages that
// were touched. Sizes are powers of two.

#ifndef RT_STACK_H
#define RT_STACK_H

#include <stddef.h>

struct g;

enum {
	STACK_DEFAULT = 256 << 10,
};

#define STACK_MAX ((size_t)1 << 30)

// go__stack_new returns a goroutine with a stack of at least size bytes, guard
// and struct g not counted, or of STACK_DEFAULT with them if size is 0; NULL
// without memory. The lowest page is the guard. Any thread may call it.
struct g *go__stack_new(size_t size);

// go__stack_free takes it back; g keeps its memory and its tickets.
void go__stack_free(struct g *g);

// go__stack_each calls fn for every goroutine there ever was; what fn reads may
// change meanwhile. Those that live have an id.
void go__stack_each(void (*fn)(struct g *g, void *arg), void *arg);

#endif
