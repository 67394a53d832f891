// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT s {
	char **tags GO_LEN(n_tag);
	int n_tags;
};
