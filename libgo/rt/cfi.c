// SPDX-License-Identifier: MIT
//
// Reads what the linker put into this process: it is trusted to be well
// formed. What is of a kind that toolchains do not make here is refused.

#include "rt/cfi.h"

enum { REMEMBERED = 3 };  // rows that a program may put aside

// take_sized takes what length says, from a CIE or an FDE on.
static struct bytes
take_sized(const unsigned char *at)
{
	struct bytes b = {at, at + 4};
	uint64_t n = take(&b, 4);

	if (n == 0xffffffff)  // of 64 bits: no linker makes them here
		n = 0;
	return (struct bytes){at + 4, at + 4 + n};
}

// take_pointer takes one without what it is relative to.
static uint64_t
take_pointer(struct bytes *b, unsigned format)
{
	switch (format & 0x0f) {
	case 0x00:  // absptr
	case 0x04:  // udata8
	case 0x0c:  // sdata8
		return take(b, 8);
	case 0x02:  // udata2
	case 0x0a:  // sdata2
		return take(b, 2);
	case 0x03:  // udata4
	case 0x0b:  // sdata4
		return take(b, 4);
	}
	return leb(b, (format & 0x08) != 0);
}

// read_common reads the CIE at; false if it is of a kind we do not know.
static bool
read_common(struct entry *e, const unsigned char *at)
{
	struct bytes b = take_sized(at), more;
	const char *augmentation;
	unsigned version;

	take(&b, 4);
	version = (unsigned)take(&b, 1);
	augmentation = (const char *)b.at;
	while (take(&b, 1) != 0)
		;
	e->code_align = uleb(&b);
	e->data_align = sleb(&b);
	e->return_register = version == 1 ? take(&b, 1) : uleb(&b);
	if ((version != 1 && version != 3) || *augmentation != 'z')
		return false;
	more = part(&b, uleb(&b));
	while (*++augmentation != '\0') {
		if (*augmentation == 'R')
			e->pointer_format = (unsigned)take(&more, 1);
		else if (*augmentation == 'P')
			take_pointer(&more, (unsigned)take(&more, 1));
		else if (*augmentation == 'L')
			take(&more, 1);
		else if (*augmentation == 'S')
			e->is_signal = true;
	}
	e->initial = b;
	return true;
}

// read_entry reads the FDE at, of the function at begin.
static bool
read_entry(struct entry *e, const unsigned char *at, uint64_t begin)
{
	struct bytes b = take_sized(at);
	const unsigned char *back = b.at;

	back -= take(&b, 4);
	if (back == b.at - 4 || !read_common(e, back))
		return false;
	e->begin = begin;
	take_pointer(&b, e->pointer_format);
	e->size = take_pointer(&b, e->pointer_format);
	part(&b, uleb(&b));
	e->rules = b;
	return true;
}

bool
go__cfi_find(struct entry *e, const unsigned char *index, uint64_t size,
	     uint64_t address)
{
	// Its version and the formats of its fields, as all linkers make it;
	// the rows count from its own start.
	static const unsigned char head[] = {1, 0x1b, 0x03, 0x3b};
	struct bytes b = {index + 8, index + size}, row;
	uint64_t start = (uintptr_t)index, lo = 0, hi, middle, begin;

	if (size < 12 || memcmp(index, head, sizeof head) != 0)
		return false;
	hi = take(&b, 4);
	if (hi > (size - 12) / 8)
		return false;
	// The last row that is not past address is hi - 1.
	while (lo < hi) {
		middle = lo + (hi - lo) / 2;
		row = (struct bytes){b.at + 8 * middle, b.end};
		if (start + (uint64_t)take_signed(&row, 4) <= address)
			lo = middle + 1;
		else
			hi = middle;
	}
	if (hi == 0)
		return false;
	row = (struct bytes){b.at + 8 * (hi - 1), b.end};
	begin = start + (uint64_t)take_signed(&row, 4);
	return read_entry(e, index + take_signed(&row, 4), begin) &&
	       address - e->begin < e->size;
}

static void
set(struct row *row, uint64_t reg, enum how how, int64_t n)
{
	if (reg < UNWIND_REGS)  // vector registers do not matter here
		row->rule[reg] = (struct rule){.how = how, .n = n};
}

static void
set_expression(struct row *row, enum how how, struct bytes *b)
{
	uint64_t reg = uleb(b);
	struct bytes expression = part(b, uleb(b));

	if (reg < UNWIND_REGS)
		row->rule[reg] =
			(struct rule){.how = how, .expression = expression};
}

static void
set_cfa(struct row *row, uint64_t reg, int64_t offset)
{
	row->cfa_register = reg;
	row->cfa_offset = offset;
	row->cfa_expression = (struct bytes){0};
}

static void
restore(struct row *row, uint64_t reg, const struct row *initial)
{
	if (reg < UNWIND_REGS)
		row->rule[reg] = initial->rule[reg];
}

// define obeys an instruction that changes the row; false if it is none.
static bool
define(const struct entry *e, unsigned op, struct bytes *b, struct row *row,
       const struct row *initial)
{
	uint64_t reg;

	switch (op) {
	case 0x05:  // offset_extended
		reg = uleb(b);
		set(row, reg, HOW_AT, (int64_t)uleb(b) * e->data_align);
		return true;
	case 0x06:  // restore_extended
		restore(row, uleb(b), initial);
		return true;
	case 0x07:  // undefined
		set(row, uleb(b), HOW_LOST, 0);
		return true;
	case 0x08:  // same_value
		set(row, uleb(b), HOW_SAME, 0);
		return true;
	case 0x09:  // register
		reg = uleb(b);
		set(row, reg, HOW_REGISTER, (int64_t)uleb(b));
		return true;
	case 0x0c:  // def_cfa
		reg = uleb(b);
		set_cfa(row, reg, (int64_t)uleb(b));
		return true;
	case 0x0d:  // def_cfa_register
		set_cfa(row, uleb(b), row->cfa_offset);
		return true;
	case 0x0e:  // def_cfa_offset
		set_cfa(row, row->cfa_register, (int64_t)uleb(b));
		return true;
	case 0x0f:  // def_cfa_expression
		row->cfa_expression = part(b, uleb(b));
		return true;
	case 0x10:  // expression
		set_expression(row, HOW_AT_EXPRESSION, b);
		return true;
	case 0x11:  // offset_extended_sf
		reg = uleb(b);
		set(row, reg, HOW_AT, sleb(b) * e->data_align);
		return true;
	case 0x12:  // def_cfa_sf
		reg = uleb(b);
		set_cfa(row, reg, sleb(b) * e->data_align);
		return true;
	case 0x13:  // def_cfa_offset_sf
		set_cfa(row, row->cfa_register, sleb(b) * e->data_align);
		return true;
	case 0x14:  // val_offset
		reg = uleb(b);
		set(row, reg, HOW_IS, (int64_t)uleb(b) * e->data_align);
		return true;
	case 0x15:  // val_offset_sf
		reg = uleb(b);
		set(row, reg, HOW_IS, sleb(b) * e->data_align);
		return true;
	case 0x16:  // val_expression
		set_expression(row, HOW_IS_EXPRESSION, b);
		return true;
	case 0x2e:  // GNU_args_size
		uleb(b);
		return true;
	case 0x00:  // nop
	case 0x2d:  // AARCH64_negate_ra_state: see go__unwind_code
		return true;
	}
	return false;
}

// run makes the row for the instruction at.
static bool
run(const struct entry *e, struct bytes b, uint64_t at, struct row *row,
    const struct row *initial)
{
	struct row aside[REMEMBERED];
	uint64_t here = e->begin;
	unsigned op, low;
	int n = 0;

	while (b.at < b.end && here <= at) {
		op = (unsigned)take(&b, 1);
		low = op & 0x3f;
		if (op >> 6 == 1)  // advance_loc
			here += low * e->code_align;
		else if (op >> 6 == 2)  // offset
			set(row, low, HOW_AT,
			    (int64_t)uleb(&b) * e->data_align);
		else if (op >> 6 == 3)  // restore
			restore(row, low, initial);
		else if (op >= 0x02 && op <= 0x04)  // advance_loc1, 2, 4
			here += take(&b, (size_t)1 << (op - 2)) * e->code_align;
		else if (op == 0x0a && n < REMEMBERED)  // remember_state
			aside[n++] = *row;
		else if (op == 0x0b && n > 0)  // restore_state
			*row = aside[--n];
		else if (!define(e, op, &b, row, initial))
			return false;
	}
	return true;
}

bool
go__cfi_row(const struct entry *e, uint64_t address, struct row *row)
{
	struct row initial = {0};

	if (!run(e, e->initial, e->begin, &initial, &initial))
		return false;
	*row = initial;
	return run(e, e->rules, address, row, &initial);
}
