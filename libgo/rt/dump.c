// SPDX-License-Identifier: MIT
//
// Dump: what every goroutine does, for people.
//
// Goroutines run on meanwhile: each line is true of some moment. Nothing here
// allocates, parks or takes a lock but the loader's (backtrace.c), so that it
// works when little else does.

#include <stdio.h>

#include "libgo/goroutine.h"
#include "rt/backtrace.h"
#include "rt/census.h"
#include "rt/machine.h"
#include "rt/os.h"
#include "rt/stack.h"

struct dump {
	const struct g *self;
	int fd;
	go_time now;
};

static bool
is_running(const struct g *g)
{
	if (g->kind == G_MAIN && load_rlx(&g->context.pc) == NULL)
		return true;  // it never parked, nobody runs it but its thread
	// [S3] pairs with go__idle_enlist.
	for (const struct m *m = load_acq(&go__sched.made); m != NULL;
	     m = m->next_made)
		if (load_rlx(&m->g) == g)  // true of some moment
			return true;
	return false;
}

static void
write_one(struct g *g, void *arg)
{
	const struct dump *d = arg;
	uint64_t id = load_rlx(&g->id);  // these are true of some moment
	enum go__why why = load_rlx(&g->why);
	go_duration waited = d->now - load_rlx(&g->since);
	const struct go__site *site = g->site;
	char line[512], since[48] = "";
	const char *state = go__why_text(why);
	bool is_elsewhere = false;
	int n;

	if (id == 0)
		return;
	if (why == GO__WHY_NONE) {
		is_elsewhere = g != d->self && is_running(g);
		state = is_elsewhere || g == d->self ? "running" : "runnable";
	}
	if (why != GO__WHY_NONE && waited >= 1000000000)
		snprintf(since, sizeof since, ", %lld s",
			 (long long)(waited / 1000000000));
	if (site == NULL)
		n = snprintf(line, sizeof line, "goroutine %llu [%s%s]: main\n",
			     (unsigned long long)id, state, since);
	else
		n = snprintf(line, sizeof line,
			     "goroutine %llu [%s%s]: %.31s%s%s, started at "
			     "%s:%d\n",
			     (unsigned long long)id, state, since, g->name,
			     g->name[0] != '\0' ? ", " : "", site->function,
			     site->file, site->line);
	if (n >= (int)sizeof line)
		n = sizeof line - 1;
	go__os_write(d->fd, line, (size_t)n);
	if (g == d->self)
		go__backtrace_self(d->fd);
	else if (!is_elsewhere)
		go__backtrace(d->fd, g);
}

void
go_dump(int fd)
{
	// Main's thread may be between goroutines while main itself waits.
	struct dump d = {.self = go__sched_is_between() ? NULL : go__self(),
			 .fd = fd,
			 .now = go__os_coarse_now()};

	write_one(go__park_main(), &d);
	go__stack_each(write_one, &d);
	if (go__census_is_on())
		go__census_write(fd);
}
