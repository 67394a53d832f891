// SPDX-License-Identifier: MIT
//
// registers: as debuggers number them, x86-64 (System V psABI, figure
// 3.36: rax rdx rcx rbx rsi rdi rbp rsp r8-r15, return address).

#ifndef RT_REGISTERS_H
#define RT_REGISTERS_H

#include <stdint.h>
#include <ucontext.h>

enum {
	UNWIND_FP = 6,
	UNWIND_SP = 7,
	UNWIND_PC = 16,
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
	static const int order[UNWIND_REGS] = {
		REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
		REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
		REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP,
	};
	const ucontext_t *u = ucontext;

	for (int i = 0; i < UNWIND_REGS; i++)
		reg[i] = (uint64_t)u->uc_mcontext.gregs[order[i]];
}

#endif
