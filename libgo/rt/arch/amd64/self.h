// SPDX-License-Identifier: MIT
//
// self: the calling thread's machine, x86-64.
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
	struct m *m;

	__asm__ volatile("movq go__this_m@gottpoff(%%rip), %0\n\t"
			 "movq %%fs:(%0), %0"
			 : "=r"(m));
	return m;
}

#endif
