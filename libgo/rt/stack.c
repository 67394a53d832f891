// SPDX-License-Identifier: MIT
//
// Slabs grow: the first of a class holds 16 stacks, each later one twice as
// many, up to 64 K or 16 GB. Slots are handed out in order, so that a slab's
// untouched tail costs no page tables; freed ones are reused last in, first
// out, since their pages are warm.

#include "rt/stack.h"

#include <assert.h>

#include "rt/g.h"
#include "rt/guard.h"
#include "rt/os.h"

enum {
	MIN_SHIFT = 14,
	MAX_SHIFT = 31,  // STACK_MAX and what comes with it
	CLASSES = MAX_SHIFT - MIN_SHIFT + 1,
	FIRST_SLOTS = 16,
	MAX_SLOTS = 1 << 16,
	MAX_SLABS = 1 << 14,  // all that fit an address space of 128 TB
	ALIGN = 64,
};

#define MAX_SLAB ((size_t)16 << 30)

// A slab, for those who look at all stacks. Immutable but for n_used.
struct slab {
	char *base;
	size_t slot;    // bytes of a stack
	size_t n_used;  // slots handed out once; its class's lock, readers look
};

struct size_class {
	uint32_t lock;
	struct g *free;     // lock
	char *fresh;        // lock; the current slab's next slot
	size_t n_fresh;     // lock
	size_t n_slots;     // lock; of the current slab
	struct slab *slab;  // lock; the current one
};

static struct size_class classes[CLASSES];
static struct slab slabs[MAX_SLABS];
static uint32_t n_slabs;  // atomic

static int
class_of(size_t size)
{
	int shift = MIN_SHIFT;

	while (((size_t)1 << shift) < size)
		shift++;
	return shift - MIN_SHIFT;
}

static bool
grow(struct size_class *c, size_t slot)
{
	size_t n = c->n_slots == 0 ? FIRST_SLOTS : c->n_slots * 2;
	char *slab = NULL;
	uint32_t i;

	if (n > MAX_SLOTS)
		n = MAX_SLOTS;
	while (n > 1 && n * slot > MAX_SLAB)
		n /= 2;
	// Address space may be short (RLIMIT_AS): take what there is.
	while (n > 0 && (slab = go__os_reserve(n * slot)) == NULL)
		n /= 2;
	if (slab == NULL)
		return false;
	i = add_rlx(&n_slabs, 1) - 1;  // nobody looks at it before n_used
	if (i >= MAX_SLABS) {
		go__os_release(slab, n * slot);
		return false;
	}
	c->fresh = slab;
	c->n_fresh = c->n_slots = n;
	c->slab = &slabs[i];
	c->slab->base = slab;
	c->slab->slot = slot;
	return true;
}

enum { G_SIZE = (sizeof(struct g) + ALIGN - 1) & ~(ALIGN - 1) };

static struct g *
g_of(char *slot, size_t size)
{
	return (struct g *)(void *)(slot + size - G_SIZE);
}

static struct g *
make(char *slot, size_t size)
{
	struct g *g = g_of(slot, size);

	// An unguarded stack is still a stack: past the budget of mappings
	// (kernels before 6.13) goroutines run without the guard.
	(void)go__guard_set(slot);
	g->kind = G_GOROUTINE;
	g->stack = slot;
	g->stack_size = size - G_SIZE;
	return g;
}

struct g *
go__stack_new(size_t size)
{
	struct size_class *c;
	struct g *g;
	char *slot = NULL;
	int i;

	if (size > STACK_MAX)
		return NULL;
	if (size == 0)
		size = STACK_DEFAULT;
	else
		size += G_SIZE + go__os_page();
	if (size < 4 * go__os_page())
		size = 4 * go__os_page();
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
		// [D1] pairs with go__stack_each: the slab is described.
		store_rel(&c->slab->n_used, c->slab->n_used + 1);
	}
	go__unlock(&c->lock);
	if (slot != NULL)
		g = make(slot, size);
	return g;
}

void
go__stack_free(struct g *g)
{
	struct size_class *c = &classes[class_of(g->stack_size)];

	assert(g->kind == G_GOROUTINE);
	go__lock(&c->lock);
	g->next = c->free;
	c->free = g;
	go__unlock(&c->lock);
}

void
go__stack_each(void (*fn)(struct g *g, void *arg), void *arg)
{
	uint32_t n = load_rlx(&n_slabs);  // a new one may be missed
	struct slab *s;
	size_t used;

	for (s = slabs; s < slabs + n && s < slabs + MAX_SLABS; s++) {
		// [D1] pairs with go__stack_new.
		used = load_acq(&s->n_used);
		for (size_t i = 0; i < used; i++)
			fn(g_of(s->base + i * s->slot, s->slot), arg);
	}
}
