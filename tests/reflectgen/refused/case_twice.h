// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
enum kind { ID, MAIL };
struct GO_REFLECT s {
	enum kind kind;
	union {
		int id GO_CASE(ID);
		char *m GO_CASE(ID);
		int z GO_CASE(NONE);
	} u GO_UNION(kind);
};
