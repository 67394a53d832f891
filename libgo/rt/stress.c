// SPDX-License-Identifier: MIT
//
// Chance. Each thread has a sequence of its own, from the seed and the order in
// which the threads came: a seed repeats the odds of a run, not the run, for
// what the system does meanwhile is not ours.
//
// A thread has moods, so that the threads differ in speed: one that seldom
// stops and one that stops often, or for long, meet in other places than two
// alike. The mood changes at random.
//
// Dead stacks wait in a pen. Whoever touches one that is there faults at once;
// which one leaves when the next comes in is chance: some are reused right
// after their end, when a late waker may still look at them, others long after.

#include "rt/stress.h"

#include <stdio.h>
#include <stdlib.h>

#include "rt/g.h"
#include "rt/lock.h"
#include "rt/machine.h"
#include "rt/os.h"

enum {
	MOOD_LENGTH = 512,  // draws, on the average
	SPINS = 256,
	NAP = 100000,  // ns, at most
	PEN = 64,
	POISON = 0xdb,
};

// A mood: out of so many pauses one spins, one yields its CPU, one sleeps, and
// out of so many chances to yield one is taken. 0 is never.
static const struct mood {
	uint32_t spin, yield, sleep, give_way;
} moods[] = {
	{0, 0, 0, 0},          {64, 512, 0, 64},    {16, 64, 4096, 16},
	{4, 16, 4096, 4},      {0, 8, 0, 2},        {8, 0, 256, 8},
	{64, 256, 0x10000, 8}, {0, 1024, 2048, 32},
};

static uint32_t n_threads;  // atomic
static uint64_t seed;       // immutable in main

static __thread struct {
	uint64_t state;  // 0 before the first draw
	uint32_t mood;
} luck;

static uint64_t
mix(uint64_t x)
{
	// The finalizer of splitmix64 (Steele, Lea, Flood 2014).
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

// Before main, and so before there are threads.
static void __attribute__((constructor)) find_seed(void)
{
	const char *text = getenv("LIBGO_STRESS_SEED");
	char line[64];
	int n;

	if (text != NULL && *text != '\0') {
		seed = strtoull(text, NULL, 10);
	} else if (STRESS) {
		seed = (uint64_t)go__os_now() % 1000000000;
		n = snprintf(line, sizeof line,
			     "libgo: LIBGO_STRESS_SEED=%llu\n",
			     (unsigned long long)seed);
		go__os_write(2, line, (size_t)n);
	}
}

// draw returns a number of the calling thread's sequence. The compiler must
// not keep a thread's address across a call.
static __attribute__((noinline)) uint64_t
draw(void)
{
	__asm__ volatile("");
	if (luck.state == 0) {
		luck.state = mix(seed +
				 add_rlx(&n_threads, 1) * 0x9e3779b97f4a7c15) |
			     1;
		luck.mood = (uint32_t)(luck.state >> 32) %
			    (sizeof moods / sizeof *moods);
	}
	// xorshift64 (Marsaglia 2003)
	luck.state ^= luck.state << 13;
	luck.state ^= luck.state >> 7;
	luck.state ^= luck.state << 17;
	return luck.state >> 16;
}

static __attribute__((noinline)) const struct mood *
mood(void)
{
	uint64_t n = draw();

	__asm__ volatile("");
	if (n % MOOD_LENGTH == 0)
		luck.mood = (uint32_t)(n / MOOD_LENGTH) %
			    (sizeof moods / sizeof *moods);
	return &moods[luck.mood];
}

static bool
is_one_in(uint64_t n, uint32_t odds)
{
	return odds != 0 && n % odds == 0;
}

bool
go__stress_draw(uint32_t n)
{
	return is_one_in(draw(), n);
}

void
go__stress_pause(void)
{
	const struct mood *m = mood();
	uint64_t n = draw();

	if (is_one_in(n, m->sleep))
		go__os_nap(go__os_now() + (go_time)(draw() % NAP));
	else if (is_one_in(n, m->yield))
		go__os_yield();
	else if (is_one_in(n, m->spin))
		for (uint64_t i = draw() % SPINS; i > 0; i--)
			go__os_pause();
}

void
go__stress_give_way(void)
{
	struct m *m = go__sched_machine();

	if (m == NULL || go__machine_schedules(m))
		return;
	if (is_one_in(draw(), mood()->give_way))
		go__sched_yield();
}

// bounds returns the part of a dead stack that nobody may touch: between its
// guard and the page of its struct g.
static char *
bounds(const struct g *g, size_t *size)
{
	size_t page = go__os_page();
	char *lo = g->stack + page;
	char *hi = (char *)((uintptr_t)g & -page);

	// No memset: the thread sanitizer watches that.
	for (volatile char *p = hi; p < (const volatile char *)g; p++)
		*p = (char)POISON;
	*size = hi > lo ? (size_t)(hi - lo) : 0;
	return lo;
}

struct g *
go__stress_exchange(struct g *g)
{
	static struct g *pen[PEN];  // atomic
	size_t size;
	char *lo = bounds(g, &size);

	(void)go__os_guard(lo, size);  // an older kernel cannot
	// [L1] pairs with itself: the stack is out of use before it comes back.
	g = swap_acqrel(&pen[draw() % PEN], g);
	if (g != NULL) {
		lo = bounds(g, &size);
		(void)go__os_unguard(lo, size);
		g->painted = 0;  // see census.c: the paint is gone
	}
	return g;
}
