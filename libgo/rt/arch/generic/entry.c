// SPDX-License-Identifier: MIT
//
// entry: how calls are caught and made by gcc's builtins for untyped calls.
//
// __builtin_apply_args copies the argument registers into a block that only
// __builtin_apply understands, but for two things: its first word points to
// the arguments on the caller's stack, of which there are none, and its size,
// which gcc tells nobody, follows from the machine's argument registers.
//
// A machine fits if it passes six words, eight of them floating-point, in
// registers. To add one, see that tests/rt/call_test passes.

#include <stddef.h>

#include "rt/call.h"
#include "self.h"

#if !defined(__GNUC__) || defined(__clang__)
#error "libgo: this machine needs gcc, or a libgo/rt/arch folder of its own"
#elif defined(__x86_64__)
enum { BLOCK = 8 + 7 * 8 + 8 * 16 };  // rax, six words; xmm0-7
#elif (defined(__riscv) && __riscv_xlen == 64 && __riscv_flen == 64) ||        \
	(defined(__loongarch64) && defined(__loongarch_double_float))
enum { BLOCK = 8 + 8 * 8 + 8 * 8 };  // a0-7; fa0-7
#else
#error "libgo: this machine needs a libgo/rt/arch folder of its own"
#endif

_Static_assert(BLOCK <= sizeof(struct go__regs), "the block fits");
_Static_assert(sizeof(void *) == 8, "words are of 8 bytes");

extern __thread struct go__regs go__captured;

__attribute__((noinline)) struct m *
go__sched_machine(void)
{
	__asm__ volatile("");
	return go__this_m;
}

// Called as if it were the user's function. Volatile, as in go__call_take.
void
go__capture(void)
{
	const volatile uint64_t *from = __builtin_apply_args();
	uint64_t *to = go__captured.word;

	for (size_t i = 0; i < BLOCK / sizeof *to; i++)
		to[i] = from[i];
}

uintptr_t
go__call_run(const struct go__call *call)
{
	struct go__regs block = call->regs;

	block.word[0] = (uintptr_t)&block;  // no bytes of the stack are copied
	__builtin_return(__builtin_apply(call->fn, &block, 0));
}
