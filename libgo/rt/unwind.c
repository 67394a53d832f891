// SPDX-License-Identifier: MIT
//
// Unwinding, by the tables that compilers leave for exceptions.
//
// cfi.c reads the tables; here they are applied. Frame pointers are needed only
// where a function has no table, and then believed; so too in programs that gcc
// links with -static, without the index, unless -Wl,--eh-frame-hdr asks for it.
//
// Why not libgcc's: it starts where it is called, and reads whatever the
// registers point to. Here the stack is another goroutine's, who may run at
// any moment:
//
//   U1  The stack is read in its bounds only: garbage gives garbage, no fault.
//   U2  No step goes down the stack.
//
// Tables are read while dl_iterate_phdr holds the loader's lock: they stay.

#include "rt/unwind.h"

#include <link.h>
#include <stdio.h>
#include <string.h>

#include "rt/atomic.h"
#include "rt/cfi.h"
#include "rt/tools.h"

enum { OPERANDS = 16 };  // of an expression

// The stack. It may be another thread's this very moment, and the address
// sanitizer knows parts of it that only their function may touch.
__attribute__((noinline, no_sanitize("address"))) static bool
read_stack(const struct go__unwind *u, uint64_t address, uint64_t *value)
{
	// U1
	if (address < u->lo || address >= u->hi ||
	    u->hi - address < sizeof *value || address % sizeof *value != 0)
		return false;
	*value = load_rlx((const uint64_t *)(uintptr_t)address);  // who knows
	go__tools_known(value, sizeof *value);
	return true;
}

static bool
read_register(const struct go__registers *r, uint64_t n, uint64_t *value)
{
	if (n >= UNWIND_REGS || (r->known >> n & 1) == 0)
		return false;
	*value = r->value[n];
	return true;
}

// Expressions, of the operators that toolchains use for frames: realigned
// stacks, the linker's stubs, the kernel's frames (DWARF 4, section 2.5).

static bool
binary(unsigned op, uint64_t a, uint64_t b, uint64_t *result)
{
	switch (op) {
	case 0x1a:  // and
		*result = a & b;
		return true;
	case 0x1c:  // minus
		*result = a - b;
		return true;
	case 0x21:  // or
		*result = a | b;
		return true;
	case 0x22:  // plus
		*result = a + b;
		return true;
	case 0x24:  // shl
		*result = b < 64 ? a << b : 0;
		return true;
	case 0x2a:  // ge
		*result = (int64_t)a >= (int64_t)b;
		return true;
	}
	return false;
}

// constant takes what op pushes whatever the stack holds, if it is such a one.
static bool
constant(const struct go__unwind *u, unsigned op, struct bytes *b,
	 uint64_t *value)
{
	if (op >= 0x30 && op <= 0x4f) {  // lit0-31
		*value = op - 0x30;
	} else if (op >= 0x70 && op <= 0x8f) {  // breg0-31
		if (!read_register(&u->regs, op - 0x70, value))
			return false;
		*value += (uint64_t)sleb(b);
	} else if (op >= 0x08 && op <= 0x0f) {  // const1u, const1s ... const8s
		size_t n = (size_t)1 << (op - 0x08) / 2;
		*value = op & 1 ? (uint64_t)take_signed(b, n) : take(b, n);
	} else if (op == 0x10) {  // constu
		*value = uleb(b);
	} else if (op == 0x11) {  // consts
		*value = (uint64_t)sleb(b);
	} else {
		return false;
	}
	return true;
}

// evaluate computes an expression, with first on the stack.
static bool
evaluate(const struct go__unwind *u, struct bytes b, uint64_t first,
	 uint64_t *result)
{
	uint64_t stack[OPERANDS] = {first};
	int top = 0;
	unsigned op;

	while (b.at < b.end) {
		op = (unsigned)take(&b, 1);
		if (op == 0x06) {  // deref
			if (!read_stack(u, stack[top], &stack[top]))
				return false;
		} else if (op == 0x23) {  // plus_uconst
			stack[top] += uleb(&b);
		} else if (top > 0 && binary(op, stack[top - 1], stack[top],
					     &stack[top - 1])) {
			top--;
		} else if (top == OPERANDS - 1 ||
			   !constant(u, op, &b, &stack[++top])) {
			return false;
		}
	}
	*result = stack[top];
	return true;
}

static bool
apply(const struct go__unwind *u, const struct rule *rule, unsigned reg,
      uint64_t cfa, uint64_t *value)
{
	switch (rule->how) {
	case HOW_SAME:
		return read_register(&u->regs, reg, value);
	case HOW_LOST:
		return false;
	case HOW_AT:
		return read_stack(u, cfa + (uint64_t)rule->n, value);
	case HOW_IS:
		*value = cfa + (uint64_t)rule->n;
		return true;
	case HOW_REGISTER:
		return read_register(&u->regs, (uint64_t)rule->n, value);
	case HOW_AT_EXPRESSION:
		return evaluate(u, rule->expression, cfa, value) &&
		       read_stack(u, *value, value);
	case HOW_IS_EXPRESSION:
		return evaluate(u, rule->expression, cfa, value);
	}
	return false;
}

// go_back makes u the frame of its caller, who called at address; the call
// left the stack pointer at sp.
static bool
go_back(struct go__unwind *u, struct go__registers *caller, uint64_t sp,
	uint64_t address)
{
	uint64_t pc = go__unwind_code(address);

	if (sp < u->regs.value[UNWIND_SP] || pc == 0)
		return false;  // U2
	u->regs = *caller;
	u->regs.known |= 1ull << UNWIND_SP | 1ull << UNWIND_PC;
	u->regs.value[UNWIND_SP] = sp;
	u->regs.value[UNWIND_PC] = pc;
	return true;
}

static bool
step_by_table(struct go__unwind *u, const struct entry *e)
{
	struct go__registers caller = {0};
	struct row row;
	uint64_t cfa, sp, address;

	if (!go__cfi_row(e, u->at, &row))
		return false;
	if (row.cfa_expression.at != NULL) {
		if (!evaluate(u, row.cfa_expression, 0, &cfa))
			return false;
	} else {
		if (!read_register(&u->regs, row.cfa_register, &cfa))
			return false;
		cfa += (uint64_t)row.cfa_offset;
	}
	for (unsigned i = 0; i < UNWIND_REGS; i++)
		if (apply(u, &row.rule[i], i, cfa, &caller.value[i]))
			caller.known |= 1ull << i;
	if (!read_register(&caller, e->return_register, &address))
		return false;
	// A call overwrote it: the caller's own is elsewhere, if it matters.
	if (!e->is_signal)
		caller.known &= ~(1ull << e->return_register);
	u->is_exact = e->is_signal;
	sp = row.rule[UNWIND_SP].how == HOW_SAME ? cfa
						 : caller.value[UNWIND_SP];
	return go_back(u, &caller, sp, address);
}

// step_by_pointer believes that the frame pointer is one: it leads to the
// caller's, beside which lies the return address.
static bool
step_by_pointer(struct go__unwind *u)
{
	struct go__registers caller = {.known = 1ull << UNWIND_FP};
	uint64_t fp, address;

	if (!read_register(&u->regs, UNWIND_FP, &fp) ||
	    !read_stack(u, fp, &caller.value[UNWIND_FP]) ||
	    !read_stack(u, fp + 8, &address))
		return false;
	u->is_exact = false;
	return go_back(u, &caller, fp + 16, address);
}

static int
visit(struct dl_phdr_info *module, size_t size, void *arg)
{
	struct go__unwind *u = arg;
	const ElfW(Phdr) *index = NULL, *p = module->dlpi_phdr;
	struct entry e = {0};
	bool is_ours = false;

	(void)size;
	for (; p < module->dlpi_phdr + module->dlpi_phnum; p++) {
		if (p->p_type == PT_LOAD && (p->p_flags & PF_X) &&
		    u->at - module->dlpi_addr - p->p_vaddr < p->p_memsz)
			is_ours = true;
		if (p->p_type == PT_GNU_EH_FRAME)
			index = p;
	}
	if (!is_ours)
		return 0;
	u->bias = module->dlpi_addr;
	snprintf(u->path, sizeof u->path, "%s", module->dlpi_name);
	if (index != NULL &&
	    go__cfi_find(&e,
			 (const unsigned char *)module->dlpi_addr +
				 index->p_vaddr,
			 index->p_memsz, u->at))
		u->has_caller = step_by_table(u, &e);
	else
		u->has_caller = step_by_pointer(u);
	return 1;
}

bool
go__unwind_step(struct go__unwind *u)
{
	u->at = u->regs.value[UNWIND_PC] - !u->is_exact;
	u->has_caller = false;
	return dl_iterate_phdr(visit, u) != 0;
}
