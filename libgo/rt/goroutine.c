// SPDX-License-Identifier: MIT
//
// The life of a goroutine: born here, queued by sched, ended here.

#include "libgo/goroutine.h"

#include <assert.h>
#include <string.h>

#include "libgo/error.h"
#include "rt/call.h"
#include "rt/census.h"
#include "rt/g.h"
#include "rt/local.h"
#include "rt/os.h"
#include "rt/panic.h"
#include "rt/sched.h"
#include "rt/stack.h"

// The assembly counts on these.
_Static_assert(offsetof(struct go__call, fn) == 0, "entry.S");
_Static_assert(offsetof(struct go__call, regs.word) == 8, "entry.S");
_Static_assert(offsetof(struct go__call, regs.real) == 72, "entry.S");
_Static_assert(offsetof(struct go__regs, real) == 64, "entry.S");

// Where go__capture stores the argument registers.
extern __thread struct go__regs go__captured;
__thread struct go__regs go__captured;

// Two words at once. Volatile keeps the copy from becoming a call of memcpy,
// which the sanitizers watch: they would take the record, used by whoever runs
// on the thread, for memory that goroutines share without order.
typedef uint64_t pair __attribute__((vector_size(16), aligned(8), may_alias));

static void
copy(struct go__regs *regs, const struct go__regs *other)
{
	const volatile pair *from = (const volatile pair *)other;
	pair *to = (pair *)regs;

	for (size_t i = 0; i < sizeof *regs / sizeof *to; i++)
		to[i] = from[i];
}

// As in sched.c: the compiler must not keep a thread's address across a call.
__attribute__((noinline)) void
go__call_take(struct go__call *call, go__fn fn)
{
	__asm__ volatile("");
	call->fn = fn;
	copy(&call->regs, &go__captured);
}

static void
set_name(struct g *g, const char *name)
{
	size_t n = name != NULL ? strnlen(name, G_NAME_SIZE - 1) : 0;
	volatile char *to = g->name;  // no call of memcpy, as above

	for (size_t i = 0; i < n; i++)
		to[i] = name[i];
	to[n] = '\0';
}

// bury runs on another stack: g's own may go.
static void
bury(struct g *g, void *arg)
{
	(void)arg;
	if (go__census_is_on())
		go__census_died(g);
	store_rlx(&g->id, 0);  // dumps may look
	go__tools_died(&g->tools);
	go__sched_died();
	go__stack_free(g);
}

static void __attribute__((noreturn)) end(struct g *g, uintptr_t result)
{
	go__local_end(g);
	while (g->n_locks > 0)
		go_unlock_thread();
	if (g->finish != NULL)
		g->finish(g->finish_arg, result);
	go__sched_finish(bury, NULL);
}

// live is what runs on a new stack.
static void
live(void)
{
	struct g *g = go__sched_self();
	uintptr_t result;

	go__sched_arrive(g);
	go__tools_acquire(g);
	result = go__call_run(&g->call);
	go__deeds_run(g, 0);
	end(g, result);
}

// conceive returns a stack for fn, or NULL without memory.
static struct g *
conceive(const go_attr *attr, go__fn fn, const struct go__site *site)
{
	size_t size = attr != NULL ? attr->stack_size : 0;

	if (fn == NULL)
		go_panic("go: the function is NULL, %s:%d", site->file,
			 site->line);
	if (size > STACK_MAX)
		go_panic("go_with: a stack of %zu bytes is over the limit of "
			 "1 GB, %s:%d",
			 size, site->file, site->line);
	return go__sched_start() ? go__stack_new(size) : NULL;
}

// bear starts g, which has its call.
static void
bear(struct g *g, const go_attr *attr, const struct go__site *site,
     void (*finish)(void *arg, uintptr_t result), void *arg)
{
	if (go__census_is_on())
		go__census_born(g);
	g->finish = finish;
	g->finish_arg = arg;
	g->site = site;
	g->deeds.is_exiting = false;  // the rest ended as it began: all 0
	g->why = GO__WHY_NONE;
	g->id = go__sched_born();
	set_name(g, attr != NULL ? attr->name : NULL);
	go__context_init(&g->context, (char *)g, live);
	go__tools_born(&g->tools, g->stack + go__os_page(),
		       (size_t)((char *)(g + 1) - g->stack) - go__os_page());
	go__ready(g);
}

bool
go__go(const go_attr *attr, go__fn fn, const struct go__site *site,
       void (*finish)(void *arg, uintptr_t result), void *arg)
{
	struct g *g = conceive(attr, fn, site);

	if (g == NULL)
		return false;
	// Nothing above captured a call on this thread.
	go__call_take(&g->call, fn);
	bear(g, attr, site, finish, arg);
	return true;
}

bool
go__go_call(const struct go__call *call, const struct go__site *site,
	    void (*finish)(void *arg, uintptr_t result), void *arg)
{
	struct g *g = conceive(NULL, call->fn, site);

	if (g == NULL)
		return false;
	g->call.fn = call->fn;
	copy(&g->call.regs, &call->regs);
	bear(g, NULL, site, finish, arg);
	return true;
}

bool
go__go_ends(void (*finish)(void *arg, uintptr_t result), const void *arg)
{
	const struct g *g = go__sched_self();

	return g != NULL && g->finish == finish && g->finish_arg == arg;
}

void
go__start(const go_attr *attr, go__fn fn, const struct go__site *site)
{
	if (!go__go(attr, fn, site, NULL, NULL))
		go_panic("go: %s, %s:%d", go__go_lack(), site->file,
			 site->line);
}

bool
go__go_start(void)
{
	return go__sched_start();
}

const char *
go__go_lack(void)
{
	return go__sched_is_started() ? "no memory for a stack"
				      : "no thread can be had";
}

go_error *
go__try_start(const go_attr *attr, go__fn fn, const struct go__site *site)
{
	return go__go(attr, fn, site, NULL, NULL) ? NULL : GO_NO_MEMORY;
}

void
go_yield(void)
{
	// Main is no goroutine before it first blocks, nor is a plain thread.
	if (go__sched_self() != NULL)
		go__sched_yield();
	else
		go__os_yield();
}

void
go__goroutine_end(struct g *g)
{
	uint32_t lock = 0;

	if (g->kind == G_GOROUTINE)
		end(g, 0);
	// Main's stack is the process's: it stays, and sleeps.
	go__local_end(g);
	go__lock(&lock);
	go__park(&lock, GO__WHY_ENDED);
	go__throw("main was readied after its end");
}

uint64_t
go_id(void)
{
	return go__self()->id;
}

size_t
go_count(void)
{
	return go__sched_count();
}

int
go_procs(int n)
{
	return go__sched_procs(n);
}

void
go_set_name(const char *name)
{
	set_name(go__self(), name);
}
