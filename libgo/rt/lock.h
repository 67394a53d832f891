// SPDX-License-Identifier: MIT
//
// lock: the short lock that guards the library's own structures.
//
// Three states in a word: 0 free, 1 held, 2 held with a thread asleep on it.
// A thread that finds it held spins briefly and then sleeps in the kernel, so
// a holder whose thread lost its CPU costs the others no CPU time. Under it
// compute only: no call out, no park, no allocation that may wait.
//
// The word may be freed as soon as another thread can take the lock: unlock
// touches it for the last time in the exchange that frees it. (The wake-up
// that may follow passes the address to the kernel and tolerates that nobody
// is there.)

#ifndef RT_LOCK_H
#define RT_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/atomic.h"
#include "rt/tools.h"

void go__lock_slow(uint32_t *lock);
void go__lock_wake(uint32_t *lock);

static inline bool
go__try_lock(uint32_t *lock)
{
	// [L1] pairs with go__unlock: the last holder's writes are seen.
	if (load_rlx(lock) != 0 || !cas_acq(lock, 0, 1))
		return false;
	go__tools_acquire(lock);
	return true;
}

static inline void
go__lock(uint32_t *lock)
{
	// [L1] pairs with go__unlock: the last holder's writes are seen.
	if (__builtin_expect(!cas_acq(lock, 0, 1), 0))
		go__lock_slow(lock);
	go__tools_acquire(lock);
}

// go__unlock_after is go__unlock where the tools have been told already.
static inline void
go__unlock_after(uint32_t *lock)
{
	// [L1] pairs with go__lock: what we wrote is seen by the next holder.
	if (__builtin_expect(swap_rel(lock, 0) == 2, 0))
		go__lock_wake(lock);
	go__stress_point();
}

static inline void
go__unlock(uint32_t *lock)
{
	go__tools_release(lock);
	go__unlock_after(lock);
}

#endif
