// SPDX-License-Identifier: MIT
//
// options: what the command line asks for.

#ifndef OPTIONS_H
#define OPTIONS_H

#include <libgo.h>

struct options {
	const char *sort, *columns, *where;  // NULL if not given
	size_t top;                          // 0 is all
	go_duration watch;                   // 0 is once
	bool is_json;
};

// options_read reads the command line. It returns -1 to go on, or the exit
// status of a program that has answered (--help) or been misused.
int options_read(struct options *o, int argc, char **argv);

#endif
