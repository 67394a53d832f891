// SPDX-License-Identifier: MIT
//
// flags: --all --macros PLAIN_=PLAIN_*
//
// Nothing is marked here.

#pragma once

#define PLAIN_ONE 1
#define PLAIN_MASK (PLAIN_ONE << 4 | 2)
#define PLAIN_TEXT "text"
#define PLAIN_CALL(x) (x)

typedef unsigned short port;
struct plain {
	port port;
	union {
		int i;
		float f;
	} value;
	int (*handler)(const struct plain *, ...);
	volatile const char *restrict text;
	enum { LEFT, RIGHT } side;
};
typedef struct {
	struct plain inner[2];
	struct unknown *far;
	int rest[];
} holder;
