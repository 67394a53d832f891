// SPDX-License-Identifier: MIT
//
// Slabs grow: the first of a depot holds 16 stacks, each later one twice as
// many, up to 64 K or 16 GB. Slots are handed out in order, so that a slab's
// untouched tail costs no page tables; freed ones are reused last in, first
// out, since their pages are warm.
//
// What is cold? Stacks are freed onto young and taken from there first. Ageing
// hands old out and makes young old: what is handed out was not used for the
// whole time between two ageings, nor for that matter needed.
//
// Invariants, whenever the lock is free:
//   D1  A slot is in the hands of one owner: a goroutine, a processor's cache,
//       the sweep, or one of these: young, old, dry, fresh and above.
//   D2  Those in young and old hold a struct g whose goroutine is dead; those
//       in dry and fresh nothing but zeros, and what fell on them since from a
//       read.
//   D3  A new struct g in a slot that had one before has tickets above all of
//       that one's: n_tickets begins at floor.
//   D4  More than RESERVE in young and old: is_due.

#include "rt/depot.h"

#include "rt/guard.h"
#include "rt/lock.h"
#include "rt/os.h"

enum {
	FIRST_SLOTS = 16,
	RESERVE = 64,        // free ones that keep their pages
	RESERVE_SHIFT = 24,  // but no more bytes in all
};

#define MAX_SLAB ((size_t)16 << 30)

struct depot go__depots[DEPOTS];

static uint32_t
index_of(const struct depot *d)
{
	return (uint32_t)(d - go__depots);
}

size_t
go__depot_size(const struct depot *d)
{
	return (size_t)1 << (DEPOT_MIN_SHIFT + index_of(d));
}

static uint32_t
reserve(const struct depot *d)
{
	size_t most = ((size_t)1 << RESERVE_SHIFT) / go__depot_size(d);

	return most < RESERVE ? (uint32_t)most : RESERVE;
}

uint32_t
go__depot_take(struct depot *d, struct g **to, uint32_t n)
{
	uint32_t got = 0, number;

	go__lock(&d->lock);
	while (got < n && ((number = pile_pop(&d->young)) != 0 ||
			   (number = pile_pop(&d->old)) != 0))
		to[got++] = go__slab_g(number);
	go__unlock(&d->lock);
	return got;
}

static bool
grow(struct depot *d)
{
	size_t size = go__depot_size(d);
	uint32_t n = d->n_slots == 0 ? FIRST_SLOTS : d->n_slots * 2;

	if (n > SLAB_MAX_SLOTS)
		n = SLAB_MAX_SLOTS;
	while (n > 1 && n * size > MAX_SLAB)
		n /= 2;
	d->fresh = go__slab_new(size, index_of(d), &n);
	if (d->fresh == 0)
		return false;
	d->n_fresh = d->n_slots = n;
	return true;
}

static struct g *
make(uint32_t number, uint64_t n_tickets)
{
	struct g *g = go__slab_g(number);

	g->number = number;
	g->stack = go__slab_at(number);
	g->stack_size = (size_t)((char *)g - g->stack);
	g->guard = go__guard_set(g->stack);
	g->kind = G_GOROUTINE;
	g->n_tickets = n_tickets;
	g->painted = 0;
	return g;
}

struct g *
go__depot_make(struct depot *d)
{
	uint32_t number;
	uint64_t floor;

	go__lock(&d->lock);
	floor = d->floor;
	number = pile_pop(&d->dry);
	if (number == 0 && (d->n_fresh > 0 || grow(d))) {
		number = d->fresh++;
		d->n_fresh--;
		go__slab_open(number);
	}
	go__unlock(&d->lock);
	return number != 0 ? make(number, floor) : NULL;
}

// call_sweep tells whether d has become due. The lock is held.
static bool
call_sweep(struct depot *d)
{
	bool was_due = d->is_due;

	d->is_due = d->young.n + d->old.n > reserve(d);  // D4
	return d->is_due && !was_due;
}

bool
go__depot_is_due(struct depot *d)
{
	bool is_due;

	go__lock(&d->lock);
	is_due = d->is_due;
	go__unlock(&d->lock);
	return is_due;
}

bool
go__depot_put(struct depot *d, struct g *const *from, uint32_t n)
{
	bool is_due;

	go__lock(&d->lock);
	for (uint32_t i = 0; i < n; i++)
		pile_push(&d->young, from[i]->number, 0);
	is_due = !d->is_due && call_sweep(d);
	go__unlock(&d->lock);
	return is_due;
}

void
go__depot_age(struct depot *d, struct pile *cold)
{
	struct pile kept = {0};

	go__lock(&d->lock);
	*cold = d->old;
	d->old = d->young;
	d->young = (struct pile){0};
	while (cold->n > 0 && d->old.n + kept.n < reserve(d))
		pile_push(&kept, pile_pop(cold), 0);
	pile_append(&d->old, &kept);
	call_sweep(d);
	go__unlock(&d->lock);
}

void
go__depot_dried(struct depot *d, struct pile *dry, struct pile *spared,
		uint64_t floor)
{
	go__lock(&d->lock);
	if (floor > d->floor)
		d->floor = floor;  // D3
	pile_append(dry, &d->dry);
	d->dry = *dry;
	pile_append(spared, &d->young);
	d->young = *spared;
	call_sweep(d);  // which asks before it goes
	go__unlock(&d->lock);
}
