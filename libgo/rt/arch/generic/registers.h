// SPDX-License-Identifier: MIT
//
// registers: none are known, so that unwinding ends before its first step.

#ifndef RT_REGISTERS_H
#define RT_REGISTERS_H

#include <stdint.h>

enum {
	UNWIND_FP,
	UNWIND_SP,
	UNWIND_PC,
	UNWIND_REGS,
};

// go__unwind_code returns the code that a saved return address points to.
static inline uint64_t
go__unwind_code(uint64_t address)
{
	return address;
}

// go__unwind_load takes the registers that a signal handler was given.
static inline void
go__unwind_load(uint64_t reg[UNWIND_REGS], const void *ucontext)
{
	(void)ucontext;
	reg[UNWIND_FP] = reg[UNWIND_SP] = reg[UNWIND_PC] = 0;
}

#endif
