// SPDX-License-Identifier: MIT
//
// sweep: the memory of stacks that are not used goes back to the system.

#ifndef RT_SWEEP_H
#define RT_SWEEP_H

#include <stdbool.h>

// go__sweep_call is called, by anybody who holds no lock, when a depot has
// become due: go__depot_put says so.
void go__sweep_call(void);

// go__sweep_is_called tells whether it has still to come.
bool go__sweep_is_called(void);

#endif
