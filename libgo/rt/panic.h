// SPDX-License-Identifier: MIT
//
// panic: the ends that a mistake comes to.
//
// go_panic (goroutine.h) is for the caller's mistakes, go__throw for ours.

#ifndef RT_PANIC_H
#define RT_PANIC_H

#include "libgo/goroutine.h"

// go__throw reports a broken invariant of the library and aborts.
void go__throw(const char *sentence) GO__NORETURN;

// go__check is an assertion that stays on in every build.
#define go__check(condition, sentence)                                         \
	do {                                                                   \
		if (__builtin_expect(!(condition), 0))                         \
			go__throw(sentence);                                   \
	} while (0)

#endif
