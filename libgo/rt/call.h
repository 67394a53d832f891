// SPDX-License-Identifier: MIT
//
// call: a function with its arguments, kept to be called later.
//
// go__capture, called by the macros of goroutine.h as if it were the user's
// function, leaves the argument registers in the thread's record. The next
// statement takes them with go__call_take; nothing may come between.

#ifndef RT_CALL_H
#define RT_CALL_H

#include <stdint.h>

#include "libgo/goroutine.h"

// The assembly uses these offsets.
struct go__regs {
	uint64_t word[8];     // integer argument registers, in the ABI's order
	uint64_t real[8][2];  // vector ones, which hold the floating-point
};

struct go__call {
	go__fn fn;
	struct go__regs regs;
};

// go__call_take moves what go__capture left on this thread into call.
void go__call_take(struct go__call *call, go__fn fn);

// go__call_run calls it, and returns the result's first integer register:
// the result of a function that returns a pointer or an integer.
uintptr_t go__call_run(const struct go__call *call);

// go__go starts the call that go__capture left as a goroutine, and calls
// finish(arg, result) on it once fn has returned, or with result 0 once it
// has exited otherwise; finish may be NULL. Returns false without memory or a
// thread.
bool go__go(const go_attr *attr, go__fn fn, const struct go__site *site,
	    void (*finish)(void *arg, uintptr_t result), void *arg);

// go__go_start sees to it that there is a thread to run goroutines; false if
// none can be had.
bool go__go_start(void);

// go__go_lack tells what there was not when go__go returned false.
const char *go__go_lack(void);

// go__go_call is go__go for a call that was taken before, and is copied.
bool go__go_call(const struct go__call *call, const struct go__site *site,
		 void (*finish)(void *arg, uintptr_t result), void *arg);

// go__go_ends tells whether the caller is a goroutine started by one of these
// that calls finish(arg, ...) in the end.
bool go__go_ends(void (*finish)(void *arg, uintptr_t result), const void *arg);

#endif
