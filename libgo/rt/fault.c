// SPDX-License-Identifier: MIT
//
// Signals, which belong to the program: this takes as little as it can.
//
// SIGSEGV, if nobody has it when the first goroutine starts: a program's
// handler, a sanitizer's, or one that a program sets later all go before. It
// says whose stack overflowed; whatever the fault was, the process then dies
// of it as if nobody had looked, at the same instruction, core and all. The
// handler needs a stack of its own, so each machine's thread has one.
//
// SIGQUIT, if LIBGO_DEBUG asks for it and the program has no handler: a
// thread waits for it and dumps, since a handler might have stopped anybody.
//
// No SIGBUS: a guard page raises SIGSEGV, with mprotect and without.

#include "rt/fault.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libgo/goroutine.h"
#include "rt/backtrace.h"
#include "rt/debug.h"
#include "rt/g.h"
#include "rt/os.h"
#include "rt/sched.h"
#include "rt/stack.h"

enum { HANDLER_STACK = 64 << 10 };

static struct {
	uint32_t is_started;   // atomic
	uint32_t is_quitter;   // atomic; there is a thread for SIGQUIT
	uint32_t is_watching;  // atomic; for overflows
	int quit;              // eventfd; immutable once there is the thread
} fault;

static bool
is_guard(const struct g *g, const void *address)
{
	return g->kind == G_GOROUTINE &&
	       (uintptr_t)address - (uintptr_t)g->stack < go__os_page();
}

static void
report(const struct g *g, const void *ucontext)
{
	char line[512];
	int n;

	// See backtrace.c for snprintf in a handler.
	n = snprintf(line, sizeof line,
		     "goroutine %llu (%s), started at %s:%d, overflowed its "
		     "%zu KB stack\n",
		     (unsigned long long)g->id,
		     g->name[0] != '\0' ? g->name : g->site->function,
		     g->site->file, g->site->line, go__stack_size(g) >> 10);
	if (n >= (int)sizeof line)
		n = sizeof line - 1;
	go__os_write(2, line, (size_t)n);
	go__backtrace_fault(2, g, ucontext);
}

static void
on_fault(int number, siginfo_t *info, void *ucontext)
{
	const struct g *g = go__sched_self();
	bool is_sent = info->si_code <= 0;  // by somebody's kill
	int saved = errno;

	go__tools_acquire(&fault);  // this stack, which is the thread's
	if (!is_sent && g != NULL && is_guard(g, info->si_addr))
		report(g, ucontext);
	// The instruction faults again after the return; a kill does not.
	signal(number, SIG_DFL);
	if (is_sent)
		raise(number);
	errno = saved;
}

static void
watch_stacks(void)
{
	struct sigaction old, action = {
				      .sa_sigaction = on_fault,
				      .sa_flags = SA_SIGINFO | SA_ONSTACK,
			      };

	if (sigaction(SIGSEGV, NULL, &old) != 0 ||
	    (old.sa_flags & SA_SIGINFO) || old.sa_handler != SIG_DFL)
		return;
	sigemptyset(&action.sa_mask);
	if (sigaction(SIGSEGV, &action, NULL) == 0)
		store_rlx(&fault.is_watching, 1);  // threads made later see it
}

static void
on_quit(int number)
{
	const uint64_t one = 1;
	int saved = errno;
	ssize_t n = write(fault.quit, &one, sizeof one);

	(void)number;
	(void)n;  // if it fails, many others are asked for
	errno = saved;
}

static void *__attribute__((noreturn)) wait_for_quit(void *arg)
{
	uint64_t n;

	(void)arg;
	for (;;)
		if (read(fault.quit, &n, sizeof n) == sizeof n)
			go_dump(2);
}

static void
watch_quit(void)
{
	static const char no_thread[] =
		"libgo: LIBGO_DEBUG=sigquit: no thread or no descriptor can be "
		"had to wait for SIGQUIT\n";
	struct sigaction old, action = {
				      .sa_handler = on_quit,
				      .sa_flags = SA_RESTART,
			      };

	if (!go__debug_has(GO__DEBUG_sigquit))
		return;
	// Ignored is what shells make it for what runs in the background.
	if (sigaction(SIGQUIT, NULL, &old) != 0 ||
	    (old.sa_flags & SA_SIGINFO) ||
	    (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN))
		return;
	fault.quit = eventfd(0, EFD_CLOEXEC);
	store_rlx(&fault.is_quitter, 1);  // the thread is counted at once
	if (fault.quit < 0 || go__os_thread(wait_for_quit, NULL) != 0) {
		store_rlx(&fault.is_quitter, 0);
		if (fault.quit >= 0)
			close(fault.quit);
		go__os_write(2, no_thread, sizeof no_thread - 1);
		return;
	}
	sigemptyset(&action.sa_mask);
	sigaction(SIGQUIT, &action, NULL);
}

void
go__fault_start(void)
{
	int saved = errno;

	if (!cas_rlx(&fault.is_started, 0, 1))  // decides who does it
		return;
	watch_stacks();
	watch_quit();
	errno = saved;
}

void
go__fault_thread(void)
{
	stack_t old, stack = {.ss_size = HANDLER_STACK};
	int saved = errno;

	go__fault_start();
	if (load_rlx(&fault.is_watching) != 0 &&  // at worst no sentence
	    sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE)) {
		stack.ss_sp = go__os_reserve(HANDLER_STACK);
		if (stack.ss_sp != NULL)
			sigaltstack(&stack, NULL);
		go__tools_release(&fault);
	}
	errno = saved;
}

int
go__fault_threads(void)
{
	return load_rlx(&fault.is_quitter) != 0;  // it stays
}
