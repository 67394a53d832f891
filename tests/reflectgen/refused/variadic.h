// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT log {
	int n;
};
GO_REFLECT void log_print(struct log *l, const char *f, ...);
GO_REFLECT int frobnicate(int x);
GO_REFLECT int log_old();
