// SPDX-License-Identifier: MIT
//
// Slabs are never unmapped: whoever finds a struct g in one, by a timer or by
// walking all, can read it, though it may read as zeros. A slab is written to
// before anybody has a number of it; only n_used and the notes change. Their
// atomic stores and loads let those who look at all see some moment's truth;
// what a note says is guarded by whoever has the slot (D1 of depot.c).

#include "rt/slab.h"

#include "rt/os.h"

struct slab go__slabs[MAX_SLABS];
static uint32_t n_slabs = 1;  // atomic

uint32_t
go__slab_new(size_t size, uint32_t depot, uint32_t *n)
{
	size_t stride = size + go__os_page(), slots, notes;
	struct slab *s;
	char *base = NULL;
	uint32_t i;

	// Address space may be short (RLIMIT_AS): take what there is.
	for (; *n > 0; *n /= 2) {
		slots = *n * stride;
		notes = *n * sizeof *s->notes;
		base = go__os_reserve(slots + notes);
		if (base != NULL)
			break;
	}
	if (base == NULL)
		return 0;
	i = add_rlx(&n_slabs, 1) - 1;  // nobody looks at it before n_used
	if (i >= MAX_SLABS) {
		go__os_release(base, slots + notes);
		return 0;
	}
	s = &go__slabs[i];
	s->base = base;
	s->notes = (uint32_t *)(void *)(base + slots);
	s->stride = stride;
	s->depot = depot;
	return i * SLAB_MAX_SLOTS;
}

void
go__slab_open(uint32_t number)
{
	// [D1] pairs with go__slab_each: the slab is described.
	store_rel(&go__slab_of(number)->n_used, number % SLAB_MAX_SLOTS + 1);
}

void
go__slab_each(void (*fn)(struct g *g, void *arg), void *arg)
{
	uint32_t n = load_rlx(&n_slabs), used;  // a new one may be missed

	for (uint32_t i = 1; i < n && i < MAX_SLABS; i++) {
		// [D1] pairs with go__slab_open.
		used = load_acq(&go__slabs[i].n_used);
		for (uint32_t k = 0; k < used; k++)
			// One that is given back just now reads as zeros.
			if (!(load_rlx(&go__slabs[i].notes[k]) & NOTE_DRY))
				fn(go__slab_g(i * SLAB_MAX_SLOTS + k), arg);
	}
}
