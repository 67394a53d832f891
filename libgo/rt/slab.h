// SPDX-License-Identifier: MIT
//
// slab: address space for stacks, cut into slots of one size.
//
//	low                                                          high
//	| guard page | ..... pages, touched when used ..... | struct g |   |
//
// Slabs are address space only (MAP_NORESERVE), for ever; a slot costs the
// pages that were touched. A slot's number is its slab's and its own. Beside
// each slab stand notes, one for each slot: a list of slots is linked through
// them, so that nobody touches a stack, which may have no pages, to find the
// next one.

#ifndef RT_SLAB_H
#define RT_SLAB_H

#include <stddef.h>
#include <stdint.h>

#include "rt/atomic.h"
#include "rt/g.h"

enum {
	SLAB_MAX_SLOTS = 1 << 16,
	MAX_SLABS = 1 << 14,  // all that fit an address space of 128 TB
	// What struct g takes of a stack at most, and where it lies.
	SLAB_ALIGN = 64,
	SLAB_COLOURS = 16,
	SLAB_G = (sizeof(struct g) + SLAB_ALIGN - 1) & ~(SLAB_ALIGN - 1),
	SLAB_OVERHEAD = SLAB_G + (SLAB_COLOURS - 1) * SLAB_ALIGN,
};

// A note's bits.
#define NOTE_DRY (1u << 31)  // no struct g there
#define NOTE_DUE (1u << 30)  // about to be: the sweep's
#define NOTE_NEXT (NOTE_DUE - 1)

struct slab {
	char *base;       // immutable, as all but n_used
	uint32_t *notes;  // each its slot's owner's; go__slab_each looks
	size_t stride;    // bytes of a slot, guard included
	uint32_t depot;   // for whom it was made
	uint32_t n_used;  // atomic; slots that were handed out
};

// [0] is none, so that 0 is no number.
extern struct slab go__slabs[MAX_SLABS];

// go__slab_new makes one of at most n slots of size bytes each, guard not
// counted, and returns the number of its first slot, and how many there are;
// 0 without address space. Any thread may call it.
uint32_t go__slab_new(size_t size, uint32_t depot, uint32_t *n);

// go__slab_open says that number, the slab's next one, is handed out.
void go__slab_open(uint32_t number);

// go__slab_each calls fn for every struct g that there is.
void go__slab_each(void (*fn)(struct g *g, void *arg), void *arg);

static inline struct slab *
go__slab_of(uint32_t number)
{
	return &go__slabs[number / SLAB_MAX_SLOTS];
}

static inline uint32_t *
go__slab_note(uint32_t number)
{
	return &go__slab_of(number)->notes[number % SLAB_MAX_SLOTS];
}

static inline char *
go__slab_at(uint32_t number)
{
	struct slab *s = go__slab_of(number);

	return s->base + number % SLAB_MAX_SLOTS * s->stride;
}

// go__slab_g returns where number's struct g is. Each lies a bit lower than
// the one before: if all lay at the same place in their pages, a thousand
// goroutines would share a few sets of every cache.
static inline struct g *
go__slab_g(uint32_t number)
{
	size_t colour = number % SLAB_COLOURS * SLAB_ALIGN;

	return (struct g *)(void *)(go__slab_at(number) +
				    go__slab_of(number)->stride - SLAB_G -
				    colour);
}

// struct pile is a list of slots, last in, first out. Zero is empty. Guarded by
// whose it is.
struct pile {
	uint32_t first, last;
	uint32_t n;
};

static inline void
pile_push(struct pile *p, uint32_t number, uint32_t bits)
{
	// Relaxed, here and below: those who look at all only want the bits.
	store_rlx(go__slab_note(number), p->first | bits);
	p->first = number;
	if (p->n++ == 0)
		p->last = number;
}

// pile_pop returns 0 if p is empty.
static inline uint32_t
pile_pop(struct pile *p)
{
	uint32_t number = p->first, *note;

	if (p->n == 0)
		return 0;
	note = go__slab_note(number);
	p->first = *note & NOTE_NEXT;
	store_rlx(note, 0);
	p->n--;
	return number;
}

// pile_append puts below p what is in q, and empties q.
static inline void
pile_append(struct pile *p, struct pile *q)
{
	uint32_t *note;

	if (p->n == 0) {
		*p = *q;
	} else if (q->n > 0) {
		note = go__slab_note(p->last);
		store_rlx(note, *note | q->first);
		p->last = q->last;
		p->n += q->n;
	}
	*q = (struct pile){0};
}

#endif
