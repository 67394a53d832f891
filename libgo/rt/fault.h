// SPDX-License-Identifier: MIT
//
// fault: stacks that overflow, and dumps on demand (LIBGO_DEBUG=sigquit).

#ifndef RT_FAULT_H
#define RT_FAULT_H

// go__fault_start prepares the process, once: before its first goroutine.
void go__fault_start(void);

// go__fault_thread prepares the calling thread, which will run goroutines.
void go__fault_thread(void);

// go__fault_threads returns how many threads it has: 0 or 1.
int go__fault_threads(void);

#endif
