// SPDX-License-Identifier: MIT
//
// readers: who holds a lock to read, spread over lines of memory by thread.
//
// One table for all locks. An entry says that somebody, no matter who, reads
// under a lock: whoever leaves may take out any entry of that lock.

#ifndef CONC_READERS_H
#define CONC_READERS_H

#include <stdbool.h>
#include <stdint.h>

// go__readers_enter makes an entry in the caller's cell; false if there is no
// room.
bool go__readers_enter(const void *lock);

// go__readers_leave takes an entry out of the caller's cell, and _leave_any out
// of any; false if there is none.
bool go__readers_leave(const void *lock);
bool go__readers_leave_any(const void *lock);

// go__readers_leave_all takes all entries out that there are by now, and
// returns how many.
uint32_t go__readers_leave_all(const void *lock);

#endif
