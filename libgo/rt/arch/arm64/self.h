// SPDX-License-Identifier: MIT
//
// self: the calling thread's machine, AArch64.
//
// The compiler may keep the address of a thread-local across a switch, after
// which the goroutine may be on another thread. It keeps no result of a
// volatile assembly, though: this reads the variable anew at each call.

#ifndef RT_SELF_H
#define RT_SELF_H

extern __thread struct m *go__this_m;

// go__sched_machine returns the calling thread's machine, or NULL.
static inline struct m *
go__sched_machine(void)
{
	unsigned long base;
	struct m *m;

	__asm__ volatile("adrp %0, :gottprel:go__this_m\n\t"
			 "mrs %1, tpidr_el0\n\t"
			 "ldr %0, [%0, #:gottprel_lo12:go__this_m]\n\t"
			 "ldr %0, [%1, %0]"
			 : "=&r"(m), "=&r"(base));
	return m;
}

#endif
