// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT s {
	int 3x;
};
