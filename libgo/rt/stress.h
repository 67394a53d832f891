// SPDX-License-Identifier: MIT
//
// stress: chances for bugs, in a build that is made for it.
//
// `make stress` defines GO__STRESS. Then a thread may stop, for a moment or a
// while, before any atomic operation stronger than relaxed and after any
// unlock, as if another had come between; a goroutine may yield where it wakes
// another or was woken; whoever is readied may queue behind others; a run queue
// holds two; dead stacks cannot be touched, and come back late; and structures
// are walked and checked where they should be whole. All by chance, from
// LIBGO_STRESS_SEED or the clock, whose number is then printed.
//
// In any other build nothing of it is left: the conditions are constants.

#ifndef RT_STRESS_H
#define RT_STRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(GO__STRESS)
enum { STRESS = 1 };
#else
enum { STRESS = 0 };
#endif

struct g;
struct runq;
struct go__timers;
struct go__waitq;

bool go__stress_draw(uint32_t n);
void go__stress_pause(void);
void go__stress_give_way(void);

// go__stress_exchange takes a dead goroutine's stack away, and returns another
// that is to be reused instead, or NULL.
struct g *go__stress_exchange(struct g *g);

// go__stress_one_in is true once in n times.
static inline bool
go__stress_one_in(uint32_t n)
{
	return STRESS && go__stress_draw(n);
}

// go__stress_point is where another thread may come between.
static inline void
go__stress_point(void)
{
	if (STRESS)
		go__stress_pause();
}

// go__stress_yield is where a goroutine may yield: its caller holds no lock,
// and keeps no address of a thread's variable.
static inline void
go__stress_yield(void)
{
	if (STRESS)
		go__stress_give_way();
}

// The walkers, of valid.c. Each is true if what it says at its structure holds.

// go__runq_is_valid: Q1. Owner only.
bool go__runq_is_valid(const struct runq *q);
// go__heap_is_valid: T1 to T3. The heap's lock is held.
bool go__heap_is_valid(const struct go__timers *h);
// go__waitq_is_valid: the links agree. The queue's lock is held.
bool go__waitq_is_valid(const struct go__waitq *q);
// go__idle_is_valid: S1, S2, S5 and the counts. sched.lock is held.
bool go__idle_is_valid(void);

// go__stress_check throws if a walker that the build runs is false.
#define go__stress_check(is_valid, sentence)                                   \
	do {                                                                   \
		if (STRESS)                                                    \
			go__check(is_valid, sentence);                         \
	} while (0)

#endif
