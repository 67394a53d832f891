// SPDX-License-Identifier: MIT
//
// registers: as debuggers number them, AArch64 (Arm's AADWARF64: x0-x30
// are 0-30, then sp and pc).

#ifndef RT_REGISTERS_H
#define RT_REGISTERS_H

#include <stdint.h>
#include <ucontext.h>

enum {
	UNWIND_FP = 29,
	UNWIND_SP = 31,
	UNWIND_PC = 32,
	UNWIND_REGS,
};

// go__unwind_code returns the code that a saved return address points to: it
// may be signed (pac-ret). The hint is xpaclri, nothing on CPUs without.
static inline uint64_t
go__unwind_code(uint64_t address)
{
	register uint64_t x30 __asm__("x30") = address;

	__asm__("hint #7" : "+r"(x30));
	return x30;
}

// go__unwind_load takes the registers that a signal handler was given.
static inline void
go__unwind_load(uint64_t reg[UNWIND_REGS], const void *ucontext)
{
	const ucontext_t *u = ucontext;

	for (int i = 0; i <= 30; i++)
		reg[i] = u->uc_mcontext.regs[i];
	reg[UNWIND_SP] = u->uc_mcontext.sp;
	reg[UNWIND_PC] = u->uc_mcontext.pc;
}

#endif
