// SPDX-License-Identifier: MIT
//
// Each thread has a line of its own, while there are not too many of them, and
// a lock has one place in each line. (After Dice and Kogan, "BRAVO: Biased
// locking for reader-writer locks", 2019, who have the writer wait for the
// entries; here it takes them out, and the lock counts them.)

#include "conc/readers.h"

#include <stddef.h>

#include "conc/cell.h"
#include "rt/atomic.h"

enum { LINES = 64, PLACES = 8 };

static struct line {
	const void *places[PLACES];  // atomic; the locks
} __attribute__((aligned(64))) lines[LINES];

static size_t
place_of(const void *lock)
{
	// Fibonacci hashing (Knuth 6.4)
	return ((uintptr_t)lock * 0x9e3779b97f4a7c15) >> 61;
}

static const void **
mine(const void *lock)
{
	return &lines[go__cell() % LINES].places[place_of(lock)];
}

static bool
take_out(const void **place, const void *lock)
{
	// [RW1] [RW2] see rwmutex.c: a leaving reader comes before the next
	// writer, which looks at the place.
	if (load_seq(place) != lock)
		return false;
	if (cas_acqrel(place, lock, NULL))
		return true;
	(void)load_acq(place);  // [RW1] somebody else took it out: see it
	return false;
}

bool
go__readers_enter(const void *lock)
{
	const void **place = mine(lock);

	// [RW2] see rwmutex.c.
	return load_rlx(place) == NULL && cas_seq(place, NULL, lock);
}

bool
go__readers_leave(const void *lock)
{
	return take_out(mine(lock), lock);
}

bool
go__readers_leave_any(const void *lock)
{
	size_t place = place_of(lock);

	for (size_t i = 0; i < LINES; i++)
		if (take_out(&lines[i].places[place], lock))
			return true;
	return false;
}

uint32_t
go__readers_leave_all(const void *lock)
{
	size_t place = place_of(lock);
	uint32_t n = 0;

	for (size_t i = 0; i < LINES; i++)
		n += take_out(&lines[i].places[place], lock);
	return n;
}
