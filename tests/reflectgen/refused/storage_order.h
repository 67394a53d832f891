// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT __attribute__((scalar_storage_order("big-endian"))) s {
	int x;
};
