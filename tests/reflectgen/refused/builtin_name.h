// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT ulong {
	int x;
};
