// SPDX-License-Identifier: MIT
//
// memory: what /proc tells of this process's memory.

#ifndef TESTS_RT_MEMORY_H
#define TESTS_RT_MEMORY_H

#include "suite.h"

// proc_kb returns the number in the line of a file that begins with name, as
// "VmRSS:" of /proc/self/status; 0 if there is none.
static inline long
proc_kb(const char *path, const char *name)
{
	FILE *f = fopen(path, "r");
	char line[200];
	long kb = 0;

	if (f == NULL)
		return 0;
	while (fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kb = atol(line + strlen(name));
	fclose(f);
	return kb;
}

static inline int
count_mappings(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	int c, n = 0;

	ck_assert_ptr_nonnull(f);
	while ((c = getc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

#endif
