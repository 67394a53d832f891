// SPDX-License-Identifier: MIT
//
// switch: leaves one stack and continues on another, AArch64.
//
// Saves the stack pointer, the frame pointer and where to resume; every other
// register is listed as clobbered, so that the compiler keeps nothing in them
// across the switch and saves just what is live. The floating-point control
// register belongs to the thread, not to the goroutine. The hints are landing
// pads for indirect branches (BTI), nothing on CPUs without.

#ifndef RT_SWITCH_H
#define RT_SWITCH_H

struct go__context {
	void *sp;
	void *fp;
	void *pc;
};

#if defined(__ARM_FEATURE_SVE)
#define GO__MORE_VECTORS                                                       \
	, "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10",   \
		"p11", "p12", "p13", "p14", "p15"
#else
#define GO__MORE_VECTORS
#endif

// go__switch saves the caller in from and continues to. It returns when
// somebody continues from, perhaps on another thread.
static inline __attribute__((always_inline)) void
go__switch(struct go__context *from, struct go__context *to)
{
	register struct go__context *x0 __asm__("x0") = from;
	register struct go__context *x1 __asm__("x1") = to;

	__asm__ volatile("adr x2, 1f\n\t"
			 "mov x3, sp\n\t"
			 "stp x3, x29, [x0]\n\t"
			 "str x2, [x0, #16]\n\t"
			 "ldp x3, x29, [x1]\n\t"
			 "ldr x2, [x1, #16]\n\t"
			 "mov sp, x3\n\t"
			 "br x2\n"
			 "1:\n\t"
			 "hint #36\n\t"
			 : "+r"(x0), "+r"(x1)
			 :
			 : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
			   "x10", "x11", "x12", "x13", "x14", "x15", "x16",
			   "x17", "x18", "x19", "x20", "x21", "x22", "x23",
			   "x24", "x25", "x26", "x27", "x28", "x30", "memory",
			   "cc", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7",
			   "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15",
			   "v16", "v17", "v18", "v19", "v20", "v21", "v22",
			   "v23", "v24", "v25", "v26", "v27", "v28", "v29",
			   "v30", "v31" GO__MORE_VECTORS);
}

void go__entry(void);

// go__context_init makes c continue with a call of fn, which must not return,
// on the stack that ends at top (16-byte aligned).
static inline void
go__context_init(struct go__context *c, char *top, void (*fn)(void))
{
	void **sp = (void **)(void *)(top - 16);

	*sp = (void *)fn;
	c->sp = sp;
	c->fp = 0;
	c->pc = (void *)go__entry;
}

#endif
