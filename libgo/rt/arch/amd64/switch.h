// SPDX-License-Identifier: MIT
//
// switch: leaves one stack and continues on another, x86-64.
//
// Saves the stack pointer, the frame pointer and where to resume; every other
// register is listed as clobbered, so that the compiler keeps nothing in them
// across the switch and saves just what is live. The floating-point control
// words belong to the thread, not to the goroutine.

#ifndef RT_SWITCH_H
#define RT_SWITCH_H

struct go__context {
	void *sp;
	void *fp;
	void *pc;
};

#if defined(__AVX512F__)
#define GO__MORE_VECTORS                                                       \
	, "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22",       \
		"xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", \
		"xmm30", "xmm31", "k0", "k1", "k2", "k3", "k4", "k5", "k6",    \
		"k7"
#else
#define GO__MORE_VECTORS
#endif

// go__switch saves the caller in from and continues to. It returns when
// somebody continues from, perhaps on another thread.
static inline __attribute__((always_inline)) void
go__switch(struct go__context *from, struct go__context *to)
{
	__asm__ volatile("leaq 1f(%%rip), %%rax\n\t"
			 "movq %%rsp, (%%rdi)\n\t"
			 "movq %%rbp, 8(%%rdi)\n\t"
			 "movq %%rax, 16(%%rdi)\n\t"
			 "movq (%%rsi), %%rsp\n\t"
			 "movq 8(%%rsi), %%rbp\n\t"
			 "jmpq *16(%%rsi)\n"
			 "1:\n\t"
			 : "+D"(from), "+S"(to)
			 :
			 : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11",
			   "r12", "r13", "r14", "r15", "memory", "cc", "xmm0",
			   "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",
			   "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12",
			   "xmm13", "xmm14", "xmm15" GO__MORE_VECTORS);
}

void go__entry(void);

// go__context_init makes c continue with a call of fn, which must not return,
// on the stack that ends at top (16-byte aligned).
static inline void
go__context_init(struct go__context *c, char *top, void (*fn)(void))
{
	void **sp = (void **)(void *)top;

	*--sp = (void *)fn;
	c->sp = sp;
	c->fp = 0;
	c->pc = (void *)go__entry;
}

#endif
