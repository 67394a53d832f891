// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
typedef unknown_t td;
struct GO_REFLECT s {
	td x;
};
