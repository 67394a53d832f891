// SPDX-License-Identifier: MIT
//
// symbol: the functions' names, from a program's or library's own file.

#ifndef RT_SYMBOL_H
#define RT_SYMBOL_H

#include <stdint.h>

enum { SYMBOL_NAME = 128 };

// go__symbol finds the function that holds address, as the file counts, and
// stores its name, cut short if need be, and where address lies in it; name is
// "" if there is none. Static functions count, unless the file was stripped.
// It calls the kernel and nothing else.
void go__symbol(const char *path, uint64_t address, char name[SYMBOL_NAME],
		uint64_t *offset);

#endif
