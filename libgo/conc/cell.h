// SPDX-License-Identifier: MIT
//
// cell: where a thread keeps its part of what is spread over many lines of
// memory, so that threads that run at the same time do not meet.

#ifndef CONC_CELL_H
#define CONC_CELL_H

#include <stdint.h>

// go__cell returns a number that is the calling thread's, given out in turn:
// the remainder modulo the number of cells is its cell. The goroutine may be on
// another thread at once.
uint32_t go__cell(void);

#endif
