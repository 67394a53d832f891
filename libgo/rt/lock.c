// SPDX-License-Identifier: MIT
//
// A thread that finds a lock held stays away from it for a while, longer each
// time: the line of memory remains with the holder, who can do much in that
// while, perhaps take the lock many times over. Two threads that alternate
// would spend most of their time on moving the line to and fro. (Anderson,
// "The performance of spin lock alternatives", 1990.)

#include "rt/lock.h"

#include "rt/os.h"
#include "rt/park.h"

// Pauses before the first look; twice as many before each later one. In all
// a few microseconds, as sleeping and being woken take.
enum { FIRST = 8, LOOKS = 5 };

// go__lock_slow takes a lock that was held a moment ago. Once a thread has
// slept it takes the lock in state 2, for it cannot know whether others still
// sleep; the unlock then wakes one in vain at worst. (Drepper, "Futexes are
// tricky", 2004, the second mutex.)
void
go__lock_slow(uint32_t *lock)
{
	int pauses = FIRST, looks = go__stress_one_in(2) ? 0 : LOOKS;

	for (int i = 0; i < looks; i++) {
		for (int k = 0; k < pauses; k++)
			go__os_pause();
		if (go__try_lock(lock))
			return;
		pauses *= 2;
	}
	// [L1] pairs with go__unlock: the last holder's writes are seen.
	while (swap_acq(lock, 2) != 0)
		go__os_wait(lock, 2, GO__NEVER);
}

void
go__lock_wake(uint32_t *lock)
{
	go__os_wake(lock, 1);
}
