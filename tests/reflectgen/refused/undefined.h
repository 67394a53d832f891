// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT nothing;
struct GO_REFLECT some {
	int x;
};
