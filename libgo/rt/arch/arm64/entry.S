// SPDX-License-Identifier: MIT
//
// entry: where goroutines begin, and how calls are caught and made, AArch64,
// the procedure call standard of Arm.

	.text

// void go__entry(void)
// The first instruction of a new stack: the function to call is on its top.
// A backtrace ends here: the frame says that it has no caller.
	.globl go__entry
	.type go__entry, %function
	.p2align 4
go__entry:
	.cfi_startproc
	.cfi_undefined x30
	hint #36
	ldr x0, [sp], #16
	mov x29, #0
	mov x30, #0
	blr x0
	brk #1
	.cfi_endproc
	.size go__entry, .-go__entry

// void go__capture(...)
// Called as if it were the user's function: x0-x7 and v0-v7 hold the
// arguments. Stores them in the thread's go__captured.
	.globl go__capture
	.type go__capture, %function
	.p2align 4
go__capture:
	.cfi_startproc
	hint #34
	mrs x9, tpidr_el0
	adrp x10, :gottprel:go__captured
	ldr x10, [x10, #:gottprel_lo12:go__captured]
	add x9, x9, x10
	stp x0, x1, [x9]
	stp x2, x3, [x9, #16]
	stp x4, x5, [x9, #32]
	stp x6, x7, [x9, #48]
	stp q0, q1, [x9, #64]
	stp q2, q3, [x9, #96]
	stp q4, q5, [x9, #128]
	stp q6, q7, [x9, #160]
	ret
	.cfi_endproc
	.size go__capture, .-go__capture

// uintptr_t go__call_run(const struct go__call *call)
// x0: call. Loads the registers and calls call->fn; its x0 is the result.
	.globl go__call_run
	.type go__call_run, %function
	.p2align 4
go__call_run:
	.cfi_startproc
	hint #34
	stp x29, x30, [sp, #-16]!
	.cfi_adjust_cfa_offset 16
	.cfi_rel_offset x29, 0
	.cfi_rel_offset x30, 8
	mov x29, sp
	ldr x9, [x0]
	add x10, x0, #72
	ldp q0, q1, [x10]
	ldp q2, q3, [x10, #32]
	ldp q4, q5, [x10, #64]
	ldp q6, q7, [x10, #96]
	ldp x6, x7, [x0, #56]
	ldp x4, x5, [x0, #40]
	ldp x2, x3, [x0, #24]
	ldp x0, x1, [x0, #8]
	blr x9
	ldp x29, x30, [sp], #16
	.cfi_adjust_cfa_offset -16
	.cfi_restore x29
	.cfi_restore x30
	ret
	.cfi_endproc
	.size go__call_run, .-go__call_run

// All that can be branched to here has a landing pad: without this note the
// linker would switch the check (BTI) off for the whole program.
	.section .note.gnu.property, "a", %note
	.p2align 3
	.word 4, 16, 5  // lengths of name and description; a property note
	.asciz "GNU"
	.word 0xc0000000, 4, 1, 0  // of AArch64's features, BTI

	.section .note.GNU-stack, "", %progbits
