// SPDX-License-Identifier: MIT
//
// out: where text goes, a buffer that cuts or a file.

#ifndef DATA_OUT_H
#define DATA_OUT_H

#include <stdio.h>

#include "libgo/value.h"

struct go__out {
	FILE *file;  // or NULL, then buf
	char *buf;
	size_t room;  // with the NUL
	size_t len;   // written, or that would have been
};

void go__out_bytes(struct go__out *out, const char *s, size_t n);
void go__out_text(struct go__out *out, const char *s);
void go__out_printf(struct go__out *out, const char *fmt, ...) GO__PRINTF(2, 3);
// go__out_end ends the buffer with its NUL and returns the length.
size_t go__out_end(struct go__out *out);

// go__out_value writes v as verb 'v', '+' (%+v) or '#' (%#v) does.
void go__out_value(struct go__out *out, go_value v, char verb);
// go__out_float writes a short decimal that reads back as v, with a
// point in every locale.
void go__out_float(struct go__out *out, go_value v);
void go__out_wide(struct go__out *out, go_value v);
// go__out_flags writes the set x of t's enumerators.
void go__out_flags(struct go__out *out, const go_type *t, uint64_t x);

#endif
