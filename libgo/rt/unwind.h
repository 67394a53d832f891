// SPDX-License-Identifier: MIT
//
// unwind: from a frame to its caller's, by the tables that compilers leave.

#ifndef RT_UNWIND_H
#define RT_UNWIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registers.h"

enum { UNWIND_PATH = 256 };

struct go__registers {
	uint64_t value[UNWIND_REGS];
	uint64_t known;  // a bit for each
};

// struct go__unwind is a frame, and where its stack may be read.
struct go__unwind {
	struct go__registers regs;
	uint64_t lo, hi;
	bool is_exact;  // the pc is where it goes on, no return address

	// What go__unwind_step finds about the frame that it leaves.
	uint64_t at;    // an address within its current instruction or call
	uint64_t bias;  // of its module: what addresses in the file are less
	char path[UNWIND_PATH];  // of its module
	bool has_caller;
};

// go__unwind_step goes from u to its caller, if u has one; false if its code
// is nobody's. It reads the stack from lo to hi and nowhere else.
bool go__unwind_step(struct go__unwind *u);

#endif
