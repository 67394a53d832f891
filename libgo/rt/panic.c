// SPDX-License-Identifier: MIT
//
// Panics, what is deferred, and the ends that a mistake comes to.
//
// A panic runs what was deferred since the innermost go_try while the frames
// between are still there, and then jumps to that go_try (longjmp: C has no
// unwinding that all code was compiled for). A panic of something deferred
// takes the place of the first. go_exit runs everything deferred, leaving one
// go_try after the other, and goes on when one of them takes a panic on the
// way; a go_try that begins on the way is none of those.

#include "rt/panic.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "libgo/error.h"
#include "rt/g.h"
#include "rt/os.h"
#include "rt/sched.h"

enum { LINE = 1024 };

struct go__attempt {
	jmp_buf env;
	struct go__attempt *outer;
	uint32_t n_deferred;       // when it began
	bool was_exiting;          // likewise
	go_error *volatile error;  // the panic
};

static void
say(const char *line, int n)
{
	if (n > LINE - 1)
		n = LINE - 1;
	if (n > 0)
		go__os_write(2, line, (size_t)n);
}

static void
say_who(void)
{
	struct g *g = go__self();
	char line[LINE];
	int n;

	if (go__sched_is_between()) {
		n = snprintf(line, sizeof line, "\nin a timer's callback\n");
	} else if (g->kind == G_THREAD) {
		n = snprintf(line, sizeof line, "\non a plain thread\n");
	} else if (g->site == NULL) {
		n = snprintf(line, sizeof line, "\ngoroutine %llu (main)\n",
			     (unsigned long long)g->id);
	} else {
		n = snprintf(line, sizeof line,
			     "\ngoroutine %llu (%s), started at %s:%d\n",
			     (unsigned long long)g->id,
			     g->name[0] != '\0' ? g->name : g->site->function,
			     g->site->file, g->site->line);
	}
	say(line, n);
}

void
go__throw(const char *sentence)
{
	char line[LINE];

	say(line, snprintf(line, sizeof line, "libgo: broken: %s\n", sentence));
	say_who();
	abort();
}

// push puts deed on top: in room, if there is no place at hand.
static void
push(struct go__deeds *d, struct go__deed_room *room, struct go__deed deed)
{
	if (d->n_deferred < DEEDS_AT_HAND) {
		d->at_hand[d->n_deferred] = deed;
	} else {
		room->deed = deed;
		room->below = d->top;
		d->top = room;
	}
	d->n_deferred++;
}

void
go_defer(void (*fn)(void *arg), void *arg)
{
	struct g *g = go__self();
	struct go__deed_room *room = NULL;

	if (fn == NULL)
		go_panic("go_defer: the function is NULL");
	if (g->kind != G_GOROUTINE && g->deeds.attempt == NULL)
		go_panic("go_defer: nothing ends here: call it in a goroutine "
			 "or within go_try");
	if (g->deeds.n_deferred >= DEEDS_AT_HAND) {
		room = malloc(sizeof *room);
		if (room == NULL)
			go_panic("go_defer: no memory");
		room->is_lent = false;
	}
	push(&g->deeds, room, (struct go__deed){fn, arg});
}

void
go__defer_in(struct go__deed_room *room, void (*fn)(void *arg), void *arg)
{
	room->is_lent = true;
	push(&go__self()->deeds, room, (struct go__deed){fn, arg});
}

void
go__deeds_run(struct g *g, uint32_t n)
{
	struct go__deeds *d = &g->deeds;
	struct go__deed_room *top;
	struct go__deed deed;

	// Each is taken off before it runs: it may panic.
	while (d->n_deferred > n) {
		d->n_deferred--;
		if (d->n_deferred < DEEDS_AT_HAND) {
			deed = d->at_hand[d->n_deferred];
		} else {
			top = d->top;
			deed = top->deed;
			d->top = top->below;
			if (!top->is_lent)
				free(top);
		}
		deed.fn(deed.arg);
	}
}

go_error *
go__try(const struct go_attr *none, go__fn fn, const struct go__site *site)
{
	struct go__call call;
	struct go__attempt attempt;
	struct g *g;

	(void)none;
	if (fn == NULL)
		go_panic("go_try: the function is NULL, %s:%d", site->file,
			 site->line);
	go__call_take(&call, fn);
	g = go__self();
	attempt.outer = g->deeds.attempt;
	attempt.n_deferred = g->deeds.n_deferred;
	attempt.was_exiting = g->deeds.is_exiting;
	attempt.error = NULL;
	g->deeds.attempt = &attempt;
	if (_setjmp(attempt.env) == 0) {
		go__call_run(&call);
		go__deeds_run(g, attempt.n_deferred);
	}
	g->deeds.attempt = attempt.outer;
	if (g->deeds.is_exiting && !attempt.was_exiting) {
		go_error_free(attempt.error);
		go_exit();
	}
	return attempt.error;
}

// unwind runs what g deferred, and leaves for the innermost go_try if there is
// one.
static void
unwind(struct g *g, const char *sentence)
{
	struct go__attempt *attempt = g->deeds.attempt;

	go__deeds_run(g, attempt != NULL ? attempt->n_deferred : 0);
	if (attempt == NULL)
		return;
	go_error_free(attempt->error);
	attempt->error = go_errorf("%s", sentence);
	_longjmp(attempt->env, 1);
}

void
go_panic(const char *fmt, ...)
{
	struct g *g = go__self();
	char line[LINE];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	// A scheduler's thread may be main's: what main tries and deferred is
	// none of its business.
	if (!go__sched_is_between())
		unwind(g, line);
	say("panic: ", 7);
	say(line, n);
	say_who();
	say("\n", 1);
	go_dump(2);
	abort();
}

void
go_exit(void)
{
	struct g *g = go__self();
	struct go__deeds *d = &g->deeds;
	struct go__attempt *attempt;

	if (g->kind == G_THREAD)
		go_panic("go_exit: a plain thread is no goroutine; return "
			 "from its function instead");
	d->is_exiting = true;
	while ((attempt = d->attempt) != NULL) {
		go__deeds_run(g, attempt->n_deferred);
		d->attempt = attempt->outer;
	}
	go__deeds_run(g, 0);
	go__goroutine_end(g);
}
