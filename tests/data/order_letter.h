// SPDX-License-Identifier: MIT
//
// A type with its orders, for reflectgen: texts with a length, and what the
// modules written by hand have not. The functions that reflectgen makes must
// agree with the orders that are compiled at run time.

#ifndef TESTS_DATA_ORDER_LETTER_H
#define TESTS_DATA_ORDER_LETTER_H

#include <libgo/reflect.h>

struct GO_REFLECT letter {
	short length;
	char *body GO_LEN(length);
	float weight;
	char name[12];
	struct letter *reply;
	unsigned urgent : 1;
	int zone : 5;
	union {
		int box;
		unsigned char bytes[4];
	};
	int serial;
};

GO_ORDER(letter, by_body, "body, -weight")
GO_ORDER(letter, by_folded_body, "-^?body, zone")
GO_ORDER(letter, by_number, "~name")
GO_ORDER(letter, by_folded_number, "- ~ ^ name, weight")
GO_ORDER(letter, by_reply, "?reply.reply.weight, reply.body, -urgent")
GO_ORDER(letter, by_box, "-bytes[0], -zone, name")

#endif
