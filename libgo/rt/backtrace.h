// SPDX-License-Identifier: MIT
//
// backtrace: who called whom on a goroutine's stack.
//
// A frame is a line, the innermost first, up to 32 of them:
//
//	    at 0x55d3c0ffee42 worker+0x1f (program+0x2e42)
//
// The address lies within the call, so that `addr2line -e program 0x2e42`
// names its line. These allocate nothing and touch no lock but the loader's.

#ifndef RT_BACKTRACE_H
#define RT_BACKTRACE_H

struct g;

// go__backtrace writes g's frames to fd. One that runs meanwhile gives frames
// that never were, no fault.
void go__backtrace(int fd, const struct g *g);

// go__backtrace_self writes the caller's.
void go__backtrace_self(int fd);

// go__backtrace_fault writes those of g, which a signal stopped on this
// thread; ucontext is what the handler was given.
void go__backtrace_fault(int fd, const struct g *g, const void *ucontext);

#endif
