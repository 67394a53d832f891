// SPDX-License-Identifier: MIT

#include "rt/lock.h"

#include "rt/os.h"
#include "rt/park.h"

enum { SPINS = 64 };

// go__lock_slow takes a lock that was held a moment ago. Once a thread has
// slept it takes the lock in state 2, for it cannot know whether others still
// sleep; the unlock then wakes one in vain at worst. (Drepper, "Futexes are
// tricky", 2004, the second mutex.)
void
go__lock_slow(uint32_t *lock)
{
	for (int i = 0; i < SPINS; i++) {
		if (go__try_lock(lock))
			return;
		go__os_pause();
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
