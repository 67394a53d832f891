// SPDX-License-Identifier: MIT
//
// Sorting by a comparison that is given at run time: the inlined sort of
// sorter.h, made once for each common size of elements and once for all
// others, with a call for each comparison.

#include "libgo/sort.h"

#include <assert.h>

#include "libgo/sorter.h"

#define CASE(bytes)                                                            \
	case bytes:                                                            \
		sort_##bytes(a, n, less, arg);                                 \
		break;
#define SORT(bytes)                                                            \
	static void sort_##bytes(char *a, size_t n, go_less *less, void *arg)  \
	{                                                                      \
		struct go__sorter by = {bytes, less, arg};                     \
		go__sorter_sort(a, n, by);                                     \
	}
#define SIZES(X) X(4) X(8) X(16) X(24) X(32) X(64)

SIZES(SORT)

static void
sort_any(char *a, size_t n, struct go__sorter by)
{
	go__sorter_sort(a, n, by);
}

void
go_sort_func(void *a, size_t n, size_t size, go_less *less, void *arg)
{
	struct go__sorter by = {size, less, arg};

	assert(size > 0);
	switch (size) {
		SIZES(CASE)
	default:
		sort_any(a, n, by);
	}
}
