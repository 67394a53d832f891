// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT x {
	int x;
};
typedef int x GO_REFLECT;
