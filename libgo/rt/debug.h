// SPDX-License-Identifier: MIT
//
// debug: what LIBGO_DEBUG asks for, words with commas between them.
//
// The environment is read once, when somebody first asks; words that mean
// nothing are then answered on standard error.

#ifndef RT_DEBUG_H
#define RT_DEBUG_H

#include <stdbool.h>

// The words, in the order of the alphabet.
#define GO__DEBUG_WORDS(X)                                                     \
	X(census)  /* census.c: how deep stacks got, at the end */             \
	X(handoff) /* monitor.c: a line for each processor taken */            \
	X(sigquit) /* fault.c: a dump for each SIGQUIT */

#define GO__DEBUG_ENUM(word) GO__DEBUG_##word,
enum go__debug { GO__DEBUG_WORDS(GO__DEBUG_ENUM) GO__DEBUG_COUNT };
#undef GO__DEBUG_ENUM

// go__debug_has tells whether LIBGO_DEBUG has the word.
bool go__debug_has(enum go__debug word);

#endif
