// SPDX-License-Identifier: MIT
//
// A walk begins with the three registers that the switch saves: a function
// that switches has put all others on its stack. It reads from that stack
// pointer up to the stack's end, so it cannot fault even where what it reads
// is nonsense: a goroutine's stack is always there, and main's, once used,
// does not shrink.
//
// snprintf of numbers and strings neither allocates nor locks in glibc and
// musl, so that all of this serves a signal handler too, of a program that is
// lost anyway.

#include "rt/backtrace.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>

#include "rt/g.h"
#include "rt/os.h"
#include "rt/symbol.h"
#include "rt/unwind.h"

enum { FRAMES = 32 };

static void
write_frame(int fd, const struct go__unwind *u)
{
	char name[SYMBOL_NAME], line[SYMBOL_NAME + UNWIND_PATH + 128];
	uint64_t address = u->at - u->bias, offset = 0;
	const char *path = u->path, *module = strrchr(path, '/');
	int n;

	module = module != NULL ? module + 1 : path;
	if (path[0] == '\0') {  // the program itself
		path = "/proc/self/exe";
		module = program_invocation_short_name;
	}
	go__symbol(path, address, name, &offset);
	n = snprintf(line, sizeof line, "    at 0x%llx ",
		     (unsigned long long)u->at);
	if (name[0] != '\0')
		n += snprintf(line + n, sizeof line - (size_t)n, "%s+0x%llx ",
			      name, (unsigned long long)offset);
	n += snprintf(line + n, sizeof line - (size_t)n, "(%.*s+0x%llx)\n",
		      UNWIND_PATH, module, (unsigned long long)address);
	go__os_write(fd, line, (size_t)n);
}

static void
walk(int fd, struct go__unwind *u)
{
	for (int i = 0; i < FRAMES; i++) {
		if (!go__unwind_step(u))
			return;
		write_frame(fd, u);
		if (!u->has_caller)
			return;
	}
	go__os_write(fd, "    ...\n", 8);
}

// bound tells u where the stack is that it may read.
static void
bound(struct go__unwind *u, const struct g *g)
{
	uint64_t sp = u->regs.value[UNWIND_SP], top;

	if (g->kind == G_GOROUTINE) {
		u->lo = (uintptr_t)g->stack + go__os_page();
		u->hi = (uintptr_t)g->stack + g->stack_size;
	} else if (g->kind == G_MAIN) {
		// The kernel puts these bytes above the first frame.
		top = getauxval(AT_RANDOM);
		if (sp != 0 && sp < top) {
			u->lo = sp;
			u->hi = top;
		}
	}
}

static void
backtrace(int fd, const struct g *g, const struct go__context *c)
{
	struct go__unwind u = {.is_exact = true};

	u.regs.value[UNWIND_SP] =
		(uintptr_t)load_rlx(&c->sp);  // all may be torn
	u.regs.value[UNWIND_FP] = (uintptr_t)load_rlx(&c->fp);
	u.regs.value[UNWIND_PC] = (uintptr_t)load_rlx(&c->pc);
	u.regs.known =
		1ull << UNWIND_SP | 1ull << UNWIND_FP | 1ull << UNWIND_PC;
	bound(&u, g);
	walk(fd, &u);
}

void
go__backtrace(int fd, const struct g *g)
{
	backtrace(fd, g, &g->context);
}

__attribute__((noinline)) void
go__backtrace_self(int fd)
{
	struct go__context here;

	// A switch from here to here.
	go__switch(&here, &here);
	backtrace(fd, go__self(), &here);
}

void
go__backtrace_fault(int fd, const struct g *g, const void *ucontext)
{
	struct go__unwind u = {.is_exact = true};

	go__unwind_load(u.regs.value, ucontext);
	u.regs.known = ~0ull;
	bound(&u, g);
	walk(fd, &u);
}
