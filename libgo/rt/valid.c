// SPDX-License-Identifier: MIT
//
// Walkers: what the heads of runq.h, timer.c, park.h and sched.c say of their
// structures, as code. The stress build runs them. None walks further than
// FAR, so that long structures stay usable.

#include "rt/machine.h"
#include "rt/proc.h"
#include "rt/stress.h"

enum { FAR = 200 };

bool
go__runq_is_valid(const struct runq *q)
{
	// Thieves move head up meanwhile: what was seen of it is no less than
	// what the owner allowed.
	uint32_t head = load_rlx(&q->head), tail = load_rlx(&q->tail);

	if (tail - head > RUNQ_SIZE)
		return false;
	for (; head != tail; head++)
		if (load_rlx(&q->ring[head & RUNQ_MASK]) == NULL)
			return false;
	return true;
}

// is_in_place tells whether t stands right under above, or beside before.
static bool
is_in_place(const struct go__timers *h, const struct go__timer *t,
	    const struct go__timer *before, const struct go__timer *above)
{
	return t->prev == before && t->when >= above->when &&
	       load_rlx(&t->heap) == h;  // the lock orders it
}

bool
go__heap_is_valid(const struct go__timers *h)
{
	const struct go__timer *above = h->root, *before = h->root, *t;
	int n = 0;

	// Relaxed: the lock orders both.
	if (h->root == NULL)
		return load_rlx(&h->next) == INT64_MAX;
	if (load_rlx(&h->next) != h->root->when || h->root->prev != NULL ||
	    h->root->next != NULL || load_rlx(&h->root->heap) != h)
		return false;
	// Down the first children, each with its siblings.
	for (; above->child != NULL && n < FAR; above = above->child) {
		before = above;
		for (t = above->child; t != NULL && n < FAR; t = t->next) {
			if (!is_in_place(h, t, before, above))
				return false;
			before = t;
			n++;
		}
	}
	return true;
}

bool
go__waitq_is_valid(const struct go__waitq *q)
{
	const struct go__waiter *before = NULL, *w = q->first;

	for (int n = 0; w != NULL; w = w->next) {
		if (w->prev != before || !w->is_queued)
			return false;
		if (++n == FAR)
			return true;
		before = w;
	}
	return q->first == NULL || q->last == before;
}

static bool
procs_are_valid(void)
{
	uint32_t n = 0;

	for (const struct p *p = go__sched.idle_p; p != NULL; p = p->next_idle)
		if (p->owner != NULL || p->is_retired ||
		    ++n > load_rlx(&go__sched.n_idle_p))  // the lock orders it
			return false;
	return n == load_rlx(&go__sched.n_idle_p);  // as above
}

static bool
machines_are_valid(void)
{
	go_time first = INT64_MAX;
	uint32_t n = 0;

	for (const struct m *m = go__sched.idle_m; m != NULL;
	     m = m->next_idle) {
		if (m->p != NULL || m->g != NULL ||
		    ++n > go__sched.n_asleep)  // S2
			return false;
		if (m->alarm < first)
			first = m->alarm;
	}
	return load_rlx(&go__sched.wake_at) == first;  // S5; the lock orders it
}

static bool
global_is_valid(void)
{
	uint32_t n = 0;

	for (const struct g *g = go__sched.first; g != NULL; g = g->next) {
		if (++n == FAR)
			return true;
		if (g->next == NULL && g != go__sched.last)
			return false;
	}
	return n == load_rlx(&go__sched.n_global);  // the lock orders it
}

bool
go__idle_is_valid(void)
{
	return procs_are_valid() && machines_are_valid() && global_is_valid();
}
