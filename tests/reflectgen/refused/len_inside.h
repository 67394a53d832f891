// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT s {
	struct {
		int n;
	};
	char *text GO_LEN(n);
	double m;
	char *more GO_LEN(m);
};
