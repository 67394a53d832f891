// SPDX-License-Identifier: MIT
//
// fork: what is left of the library in a child of the program.
//
// fork copies one thread: whoever waits in the parent waits there, and no
// thread of the child's would run goroutines. A child may exec, exit, and do
// what neither waits nor starts anything; the rest is refused with a sentence
// instead of a hang, or of goroutines that run in two processes.

#ifndef RT_FORK_H
#define RT_FORK_H

#include <stdbool.h>

#include "libgo/base.h"

// go__fork_start has children told what they are. Called before there are
// threads of ours; again is harmless.
void go__fork_start(void);

// go__fork_is_child tells whether this process was forked after that.
bool go__fork_is_child(void);

// go__fork_refuse panics: the caller would wait, or start something.
void go__fork_refuse(void) GO__NORETURN;

#endif
