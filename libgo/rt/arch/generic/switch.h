// SPDX-License-Identifier: MIT
//
// switch: leaves one stack and continues on another, on any machine whose libc
// has swapcontext.
//
// It works, but a switch costs two system calls: the signal mask goes with the
// goroutine, as does the floating-point environment. Where a goroutine stopped
// is libc's secret, so that backtraces have no frames.

#ifndef RT_SWITCH_H
#define RT_SWITCH_H

#include <stddef.h>
#include <ucontext.h>

struct go__context {
	void *sp, *fp, *pc;  // for backtraces: always NULL
	ucontext_t at;
};

// go__switch saves the caller in from and continues to. It returns when
// somebody continues from, perhaps on another thread.
static inline void
go__switch(struct go__context *from, struct go__context *to)
{
	from->sp = from->fp = from->pc = NULL;
	if (from != to)  // not for swapcontext's restrict
		swapcontext(&from->at, &to->at);
}

// go__context_init makes c continue with a call of fn, which must not return,
// on the stack that ends at top (16-byte aligned).
static inline void
go__context_init(struct go__context *c, char *top, void (*fn)(void))
{
	enum { SIZE = 4096 };  // makecontext wants no more than the upper end

	c->sp = c->fp = c->pc = NULL;
	getcontext(&c->at);
	c->at.uc_stack.ss_sp = top - SIZE;
	c->at.uc_stack.ss_size = SIZE;
	c->at.uc_link = NULL;
	makecontext(&c->at, fn, 0);
}

#endif
