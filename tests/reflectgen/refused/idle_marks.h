// SPDX-License-Identifier: MIT
// strict
#include <libgo/reflect.h>
struct GO_REFLECT s {
	int x GO_LEN(y);
	int y GO_OWNED;
	int z GO_UNION(x);
	int c GO_CASE(1);
	union {
		int i;
	} u GO_UNION(x);
};
struct t {
	int a GO_TAG(x : "y");
};
