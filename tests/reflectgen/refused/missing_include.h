// SPDX-License-Identifier: MIT
#include "nowhere.h"
#include <libgo/reflect.h>
struct GO_REFLECT s {
	int x;
};
