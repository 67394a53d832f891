// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT s {
	int x;
};
GO_TAG_EXT(struct s, y, json : "y")
GO_TAG_EXT(struct t, y, json : "y")
