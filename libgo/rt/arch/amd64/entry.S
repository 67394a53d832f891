// SPDX-License-Identifier: MIT
//
// entry: where goroutines begin, and how calls are caught and made, x86-64,
// System V calling convention.

	.text

// void go__entry(void)
// The first instruction of a new stack: the function to call is on its top,
// below which the stack is aligned to 16 bytes, as a call wants it.
// A backtrace ends here: the frame says that it has no caller.
	.globl go__entry
	.type go__entry, @function
	.p2align 4
go__entry:
	.cfi_startproc
	.cfi_undefined rip
	popq %rax
	xorl %ebp, %ebp
	call *%rax
	ud2
	.cfi_endproc
	.size go__entry, .-go__entry

// void go__capture(...)
// Called as if it were the user's function: rdi rsi rdx rcx r8 r9 and xmm0-7
// hold the arguments. Stores them in the thread's go__captured.
	.globl go__capture
	.type go__capture, @function
	.p2align 4
go__capture:
	.cfi_startproc
	movq go__captured@gottpoff(%rip), %rax
	addq %fs:0, %rax
	movq %rdi, 0(%rax)
	movq %rsi, 8(%rax)
	movq %rdx, 16(%rax)
	movq %rcx, 24(%rax)
	movq %r8, 32(%rax)
	movq %r9, 40(%rax)
	movups %xmm0, 64(%rax)
	movups %xmm1, 80(%rax)
	movups %xmm2, 96(%rax)
	movups %xmm3, 112(%rax)
	movups %xmm4, 128(%rax)
	movups %xmm5, 144(%rax)
	movups %xmm6, 160(%rax)
	movups %xmm7, 176(%rax)
	ret
	.cfi_endproc
	.size go__capture, .-go__capture

// uintptr_t go__call_run(const struct go__call *call)
// rdi: call. Loads the registers and calls call->fn; its rax is the result.
	.globl go__call_run
	.type go__call_run, @function
	.p2align 4
go__call_run:
	.cfi_startproc
	subq $8, %rsp
	.cfi_adjust_cfa_offset 8
	movq 0(%rdi), %r11
	movups 72(%rdi), %xmm0
	movups 88(%rdi), %xmm1
	movups 104(%rdi), %xmm2
	movups 120(%rdi), %xmm3
	movups 136(%rdi), %xmm4
	movups 152(%rdi), %xmm5
	movups 168(%rdi), %xmm6
	movups 184(%rdi), %xmm7
	movq 16(%rdi), %rsi
	movq 24(%rdi), %rdx
	movq 32(%rdi), %rcx
	movq 40(%rdi), %r8
	movq 48(%rdi), %r9
	movq 8(%rdi), %rdi
	movl $8, %eax
	call *%r11
	addq $8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc
	.size go__call_run, .-go__call_run

	.section .note.GNU-stack, "", @progbits
