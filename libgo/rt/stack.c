// SPDX-License-Identifier: MIT
//
// Stacks come in sizes of powers of two. Those of each size that nobody uses
// are in a depot; each processor has a cache of some of the default size
// before it, so that most goroutines begin and end without a lock. The cache
// is filled and emptied by half of what it holds: a processor where goroutines
// only begin, or only end, goes to the depot once in 32 times, and one where
// as many begin as end nearly never.
//
// Why the processor's and not the machine's: there are a few processors, and
// up to 2048 machines, most of which block somewhere with nothing to start.
// The cache goes from hand to hand as the queue does: its owner touches it in
// the runtime only, so that whoever takes the processor away (monitor.c) sees
// it whole. A machine without a processor goes to the depot.
//
// What is not used for a while goes back to the system: sweep.c.

#include "rt/stack.h"

#include <assert.h>

#include "rt/depot.h"
#include "rt/machine.h"
#include "rt/os.h"
#include "rt/sweep.h"

enum {
	BATCH = STACK_CACHE / 2,
	DEFAULT = 18 - DEPOT_MIN_SHIFT,
	LEAST_PAGES = 4,
	AHEAD = 4,  // how many births before
	LINES = 6,  // of struct g that a birth writes first
};

_Static_assert(STACK_DEFAULT == 1 << (DEFAULT + DEPOT_MIN_SHIFT), "one size");

static struct depot *
depot_for(size_t size)
{
	int shift = DEPOT_MIN_SHIFT;

	while (((size_t)1 << shift) < size ||
	       ((size_t)1 << shift) < LEAST_PAGES * go__os_page())
		shift++;
	return &go__depots[shift - DEPOT_MIN_SHIFT];
}

static struct depot *
depot_of(const struct g *g)
{
	return &go__depots[go__slab_of(g->number)->depot];
}

// borrow returns the cache of the calling machine's processor, if it has one,
// until lend_back; nothing in between may park or call out.
static inline struct stack_cache *
borrow(struct m **borrower)
{
	struct m *m = go__sched_machine();

	*borrower = NULL;
	if (m == NULL)
		return NULL;
	if (!go__machine_schedules(m))
		*borrower = go__machine_enter();
	return m->p != NULL ? &m->p->stacks : NULL;
}

static inline void
lend_back(struct m *borrower)
{
	if (borrower != NULL)
		go__machine_exit(borrower);
}

// fetch has the lines that the birth of g will write brought near: those of
// struct g first, and the one below.
static void
fetch(struct g *g)
{
	for (int i = -1; i < LINES; i++)
		__builtin_prefetch((char *)g + i * SLAB_ALIGN, 1);
}

// take_cached returns a stack of the default size, NULL if there is none at
// hand or in the depot, or no cache.
static struct g *
take_cached(void)
{
	struct m *m;
	struct stack_cache *c = borrow(&m);
	struct g *g = NULL;

	if (c != NULL && c->n == 0)
		c->n = go__depot_take(&go__depots[DEFAULT], c->stacks, BATCH);
	if (c != NULL && c->n > 0)
		g = c->stacks[--c->n];
	if (c != NULL && c->n >= AHEAD)
		fetch(c->stacks[c->n - AHEAD]);
	lend_back(m);
	return g;
}

// give_half gives the older half of c, which is full, to the depot. Apart from
// put_cached, whose frame stays small: it lies on a goroutine's stack, where
// each line that was not touched lately is a miss.
static __attribute__((noinline)) bool
give_half(struct stack_cache *c)
{
	bool is_due = go__depot_put(&go__depots[DEFAULT], c->stacks, BATCH);

	c->n = STACK_CACHE - BATCH;
	// Relaxed: an atomic store keeps this from becoming a call of memmove,
	// which the sanitizers watch (see goroutine.c).
	for (uint32_t i = 0; i < c->n; i++)
		store_rlx(&c->stacks[i], c->stacks[BATCH + i]);
	return is_due;
}

// put_cached frees g into the cache, if there is one.
static bool
put_cached(struct g *g)
{
	struct m *m;
	struct stack_cache *c = borrow(&m);
	bool is_due = false;

	if (c != NULL && c->n == STACK_CACHE)
		is_due = give_half(c);
	if (c != NULL)
		c->stacks[c->n++] = g;
	lend_back(m);
	if (is_due)
		go__sweep_call();
	return c != NULL;
}

static struct g *
new_from(struct depot *d)
{
	struct g *g;

	return go__depot_take(d, &g, 1) == 1 ? g : go__depot_make(d);
}

struct g *
go__stack_new(size_t size)
{
	struct depot *d = &go__depots[DEFAULT];
	struct g *g = NULL;

	if (size > STACK_MAX)
		return NULL;
	if (size > 0)
		d = depot_for(size + SLAB_OVERHEAD);
	if (d == &go__depots[DEFAULT])
		g = take_cached();
	return g != NULL ? g : new_from(d);
}

void
go__stack_free(struct g *g)
{
	struct depot *d;

	assert(g->kind == G_GOROUTINE);
	if (STRESS && (g = go__stress_exchange(g)) == NULL)
		return;
	d = depot_of(g);
	if (d == &go__depots[DEFAULT] && put_cached(g))
		return;
	if (go__depot_put(d, &g, 1))
		go__sweep_call();
}

void
go__stack_flush(struct stack_cache *c)
{
	// Only the sweep takes what nobody uses, and it need not be told.
	if (c->n > 0)
		(void)go__depot_put(&go__depots[DEFAULT], c->stacks, c->n);
	c->n = 0;
}

size_t
go__stack_size(const struct g *g)
{
	return go__depot_size(depot_of(g));
}

void
go__stack_each(void (*fn)(struct g *g, void *arg), void *arg)
{
	go__slab_each(fn, arg);
}
