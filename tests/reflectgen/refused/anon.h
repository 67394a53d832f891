// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT {
	int x;
} v;
