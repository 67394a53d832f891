// SPDX-License-Identifier: MIT
//
// How deep did it get? What a goroutine never touched is still as it was: the
// upper part of its stack is painted with a pattern when it is born, and what
// lies below was zeros when the system gave it. At its death the lowest word
// that is not as it was tells. Down there zeros that were written go unseen;
// painting all of it would make every stack resident, and a census of a
// million goroutines impossible. At its next life only what was touched is
// painted, or made zeros, again.
//
// These functions read and write stacks that are others': without the
// sanitizers, through volatile, so that no library function that they watch
// takes their place.
//
// All rows are under one lock, a leaf. Writing the table takes it for each
// row anew, the deepest first: nobody who dies waits for a slow reader.

#include "rt/census.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "rt/debug.h"
#include "rt/fork.h"
#include "rt/g.h"
#include "rt/lock.h"
#include "rt/os.h"
#include "rt/stack.h"

enum {
	ROWS = 1024,
	PAINTED = 32 << 10,
};

#define PATTERN UINT64_C(0x9e3779b97f4a7c15)

typedef uint64_t word __attribute__((may_alias));

struct row {
	const struct go__site *site;  // NULL: free
	size_t size;                  // of the stacks
	uint64_t ended;
	uint64_t alive;  // when last looked at
	size_t deepest;  // of all these
};

static struct {
	uint32_t lock;
	struct row rows[ROWS];  // lock
	uint64_t left_out;      // lock; goroutines for which there was no row
} census;

uint32_t go__census;

static void
write_at_exit(void)
{
	if (!go__fork_is_child())  // whose goroutines are its parent's
		go__census_write(2);
}

bool
go__census_ask(void)
{
	uint32_t state = load_rlx(&go__census);  // it goes with no data

	if (state != CENSUS_UNKNOWN)
		return state == CENSUS_ON;
	state = go__debug_has(GO__DEBUG_census) ? CENSUS_ON : CENSUS_OFF;
	// Whoever comes first registers; all find the same.
	if (cas_rlx(&go__census, CENSUS_UNKNOWN, state) && state == CENSUS_ON)
		atexit(write_at_exit);
	return state == CENSUS_ON;
}

static word *
lowest(const struct g *g)
{
	return (word *)(void *)(g->stack + go__os_page());
}

// border returns where the painted part begins.
static word *
border(const struct g *g)
{
	if ((size_t)((char *)g - (char *)lowest(g)) <= PAINTED)
		return lowest(g);
	return (word *)(void *)((char *)g - PAINTED);
}

static __attribute__((no_sanitize("address"))) void
fill(word *from, word *to, uint64_t value)
{
	for (volatile word *at = from; at < to; at++)
		*at = value;
}

static __attribute__((no_sanitize("address"))) word *
first_other(word *from, word *to, uint64_t value)
{
	volatile word *at = from;

	while (at < to && *at == value)
		at++;
	return (word *)at;
}

// depth returns how many bytes below g were touched.
static size_t
depth(const struct g *g)
{
	word *low = border(g), *top = (word *)(void *)g, *at;

	at = first_other(lowest(g), low, 0);
	if (at == low)
		at = first_other(low, top, PATTERN);
	return (size_t)((char *)top - (char *)at);
}

void
go__census_born(struct g *g)
{
	word *low = border(g), *top = (word *)(void *)g;
	word *touched = (word *)(void *)((char *)g - g->painted);

	if (g->painted == 0)  // nobody lived here yet
		touched = low;
	if (touched < low) {
		fill(touched, low, 0);
		touched = low;
	}
	fill(touched, top, PATTERN);
}

// find returns g's row, NULL if there is no room. The lock is held.
static struct row *
find(const struct g *g)
{
	size_t size = go__stack_size(g);
	size_t start = ((uintptr_t)g->site / 8 ^ size >> 14) % ROWS;
	struct row *r;

	for (size_t i = 0; i < ROWS; i++) {
		r = &census.rows[(start + i) % ROWS];
		if (r->site == NULL) {
			r->site = g->site;
			r->size = size;
		}
		if (r->site == g->site && r->size == size)
			return r;
	}
	return NULL;
}

static void
note(const struct g *g, size_t deep, bool is_dead)
{
	struct row *r = find(g);

	if (r == NULL) {
		census.left_out++;
		return;
	}
	if (is_dead)
		r->ended++;
	else
		r->alive++;
	if (deep > r->deepest)
		r->deepest = deep;
}

void
go__census_died(struct g *g)
{
	size_t deep = depth(g);

	go__lock(&census.lock);
	note(g, deep, true);
	store_rlx(&g->id, 0);  // who counts the living counts it once
	go__unlock(&census.lock);
	g->painted = deep;
}

// note_alive counts g if it lives: it runs on meanwhile, and if it ends its
// memory can still be read.
static void
note_alive(struct g *g, void *arg)
{
	(void)arg;
	if (load_rlx(&g->id) != 0)  // true of some moment
		note(g, depth(g), false);
}

static void
look_at_the_living(void)
{
	go__lock(&census.lock);
	for (int i = 0; i < ROWS; i++)
		census.rows[i].alive = 0;
	go__stack_each(note_alive, NULL);
	go__unlock(&census.lock);
}

// next_row copies the deepest of the rows that come after r, of those as deep
// in the order of the table; false if r is the last.
static bool
next_row(struct row *r, int *index)
{
	const struct row *best = NULL, *other;

	go__lock(&census.lock);
	for (int i = 0; i < ROWS; i++) {
		other = &census.rows[i];
		if (other->site == NULL || other->deepest > r->deepest ||
		    (other->deepest == r->deepest && i <= *index))
			continue;
		if (best == NULL || other->deepest > best->deepest)
			best = other;
	}
	if (best != NULL) {
		*r = *best;
		*index = (int)(best - census.rows);
	}
	go__unlock(&census.lock);
	return best != NULL;
}

static void
write_line(int fd, const char *line, int n, size_t size)
{
	go__os_write(fd, line, n < (int)size ? (size_t)n : size - 1);
}

void
go__census_write(int fd)
{
	struct row r = {.deepest = SIZE_MAX};
	char line[512];
	uint64_t left_out;
	int index = -1, n;

	look_at_the_living();
	n = snprintf(line, sizeof line, "%10s %10s %12s  %s\n", "deepest",
		     "stack", "goroutines", "function, started at");
	write_line(fd, line, n, sizeof line);
	while (next_row(&r, &index)) {
		n = snprintf(line, sizeof line,
			     "%10zu %7zu KB %12llu  %s, %s:%d\n", r.deepest,
			     r.size >> 10,
			     (unsigned long long)(r.ended + r.alive),
			     r.site->function, r.site->file, r.site->line);
		write_line(fd, line, n, sizeof line);
	}
	go__lock(&census.lock);
	left_out = census.left_out;
	go__unlock(&census.lock);
	if (left_out > 0) {
		n = snprintf(line, sizeof line,
			     "and %llu goroutines of other places\n",
			     (unsigned long long)left_out);
		write_line(fd, line, n, sizeof line);
	}
}
