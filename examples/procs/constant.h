// SPDX-License-Identifier: MIT
//
// constant: what a member is compared with in a condition.

#ifndef CONSTANT_H
#define CONSTANT_H

#include <libgo.h>

enum kind { TEXT, NUMBER, NAME };

struct constant {
	enum kind kind;
	double number;
	char *text;  // owned; of a TEXT, else NULL
};

// constant_read reads text as a constant for members like f; the error says
// what is wrong with it, not where. c->text is to be freed in either case.
go_error *constant_read(struct constant *c, const go_field *f,
			const char *text);

// constant_compare returns less than, equal to or more than 0 as v is before,
// equal to or behind c; NaN is behind all.
int constant_compare(const struct constant *c, go_value v);

#endif
