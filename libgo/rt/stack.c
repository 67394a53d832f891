// SPDX-License-Identifier: MIT
//
// Slabs grow: the first of a class holds 16 stacks, each later one twice as
// many, up to 64 K or 16 GB. Slots are handed out in order, so that a slab's
// untouched tail costs no page tables; freed ones are reused last in, first
// out, since their pages are warm.

#include "rt/stack.h"

#include <assert.h>

#include "rt/g.h"
#include "rt/os.h"

enum {
	MIN_SHIFT = 14,
	MAX_SHIFT = 30,
	CLASSES = MAX_SHIFT - MIN_SHIFT + 1,
	FIRST_SLOTS = 16,
	MAX_SLOTS = 1 << 16,
	ALIGN = 64,
};

#define MAX_SLAB ((size_t)16 << 30)

struct class
{
	uint32_t lock;
	struct g *free;  // lock
	char *fresh;     // lock; the current slab's next slot
	size_t n_fresh;  // lock
	size_t n_slots;  // lock; of the current slab
};

static struct class classes[CLASSES];

static int
class_of(size_t size)
{
	int shift = MIN_SHIFT;

	while (((size_t)1 << shift) < size)
		shift++;
	return shift - MIN_SHIFT;
}

static bool
grow(struct class *c, size_t slot)
{
	size_t n = c->n_slots == 0 ? FIRST_SLOTS : c->n_slots * 2;
	char *slab = NULL;

	if (n > MAX_SLOTS)
		n = MAX_SLOTS;
	while (n > 1 && n * slot > MAX_SLAB)
		n /= 2;
	// Address space may be short (RLIMIT_AS): take what there is.
	while (n > 0 && (slab = go__os_reserve(n * slot)) == NULL)
		n /= 2;
	if (slab == NULL)
		return false;
	c->fresh = slab;
	c->n_fresh = c->n_slots = n;
	return true;
}

static struct g *
make(char *slot, size_t size)
{
	size_t g_size = (sizeof(struct g) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	struct g *g = (struct g *)(void *)(slot + size - g_size);

	// An unguarded stack is still a stack: past the budget of mappings
	// (kernels before 6.13) goroutines run without the guard.
	(void)go__os_guard(slot);
	g->kind = G_GOROUTINE;
	g->stack = slot;
	g->stack_size = size - g_size;
	return g;
}

struct g *
go__stack_new(size_t size)
{
	struct class *c;
	struct g *g;
	char *slot = NULL;
	int i;

	if (size == 0)
		size = STACK_DEFAULT;
	if (size > STACK_MAX)
		return NULL;
	i = class_of(size);
	size = (size_t)1 << (i + MIN_SHIFT);
	c = &classes[i];

	go__lock(&c->lock);
	g = c->free;
	if (g != NULL) {
		c->free = g->next;
	} else if (c->n_fresh > 0 || grow(c, size)) {
		slot = c->fresh;
		c->fresh += size;
		c->n_fresh--;
	}
	go__unlock(&c->lock);
	if (slot != NULL)
		g = make(slot, size);
	return g;
}

void
go__stack_free(struct g *g)
{
	struct class *c = &classes[class_of(g->stack_size)];

	assert(g->kind == G_GOROUTINE);
	go__lock(&c->lock);
	g->next = c->free;
	c->free = g;
	go__unlock(&c->lock);
}
