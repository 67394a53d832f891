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

// struct go__deed is something deferred.
struct go__deed {
	void (*fn)(void *arg);
	void *arg;
};

struct go__deed_room {
	struct go__deed deed;
	struct go__deed_room *below;  // the one deferred before
	bool is_lent;                 // not from the heap
};

// go__defer_in is go_defer that needs no memory: room lives until fn is called.
void go__defer_in(struct go__deed_room *room, void (*fn)(void *arg), void *arg);

// go__check is an assertion that stays on in every build.
#define go__check(condition, sentence)                                         \
	do {                                                                   \
		if (__builtin_expect(!(condition), 0))                         \
			go__throw(sentence);                                   \
	} while (0)

#endif
