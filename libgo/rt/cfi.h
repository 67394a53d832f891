// SPDX-License-Identifier: MIT
//
// cfi: the tables of call frames that compilers leave for exceptions.
//
// Each function comes with a program for a small machine that tells, for each
// of its instructions, where the frame begins (the CFA, the stack pointer
// before the call) and where the caller's registers lie. A sorted index leads
// from an address to that program.
//
// The sources: DWARF 4, section 6.4 (the programs) and 7.6 (numbers); Linux
// Standard Base 5.0 Core, 10.5 and 10.6 (.eh_frame and .eh_frame_hdr).

#ifndef RT_CFI_H
#define RT_CFI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "registers.h"

// Where a frame's caller finds what was in one of its registers.
enum how {
	HOW_SAME,
	HOW_LOST,
	HOW_AT,        // in memory at CFA + n
	HOW_IS,        // it is CFA + n
	HOW_REGISTER,  // in register n
	HOW_AT_EXPRESSION,
	HOW_IS_EXPRESSION,
};

// Bytes to be read. Past the end there are zeros.
struct bytes {
	const unsigned char *at, *end;
};

struct rule {
	enum how how;
	int64_t n;
	struct bytes expression;
};

// A row of the table that a function's program makes: an instruction's rules.
struct row {
	uint64_t cfa_register;
	int64_t cfa_offset;
	struct bytes cfa_expression;  // instead, unless empty
	struct rule rule[UNWIND_REGS];
};

// What a function's two entries (CIE and FDE) say.
struct entry {
	uint64_t code_align, return_register;
	int64_t data_align;
	uint64_t begin, size;         // of the function
	struct bytes initial, rules;  // programs: the common one, its own
	unsigned pointer_format;
	bool is_signal;  // the frame that the kernel made for a handler
};

// go__cfi_find looks address up in a module's index (.eh_frame_hdr). False if
// no function there has a program.
bool go__cfi_find(struct entry *e, const unsigned char *index, uint64_t size,
		  uint64_t address);

// go__cfi_row makes the row for an instruction of e's function.
bool go__cfi_row(const struct entry *e, uint64_t address, struct row *row);

static inline uint64_t
take(struct bytes *b, size_t n)
{
	uint64_t value = 0;

	if ((size_t)(b->end - b->at) < n) {
		b->at = b->end;
		return 0;
	}
	memcpy(&value, b->at, n);  // both machines are little-endian
	b->at += n;
	return value;
}

static inline int64_t
take_signed(struct bytes *b, size_t n)
{
	int shift = 64 - 8 * (int)n;

	return (int64_t)(take(b, n) << shift) >> shift;
}

// leb takes a number of seven bits a byte, the low ones first.
static inline uint64_t
leb(struct bytes *b, bool is_signed)
{
	uint64_t value = 0, byte;
	unsigned shift = 0;

	do {
		byte = take(b, 1);
		if (shift < 64)
			value |= (byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && (byte & 0x40) && shift < 64)
		value |= ~(uint64_t)0 << shift;
	return value;
}

static inline uint64_t
uleb(struct bytes *b)
{
	return leb(b, false);
}

static inline int64_t
sleb(struct bytes *b)
{
	return (int64_t)leb(b, true);
}

// part takes n bytes as they are.
static inline struct bytes
part(struct bytes *b, uint64_t n)
{
	struct bytes p = *b;

	if (n < (uint64_t)(b->end - b->at))
		p.end = b->at + n;
	b->at = p.end;
	return p;
}

#endif
