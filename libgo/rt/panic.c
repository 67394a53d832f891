// SPDX-License-Identifier: MIT

#include "rt/panic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "rt/g.h"
#include "rt/os.h"

enum { LINE = 512 };

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

	if (g->kind == G_THREAD) {
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
go_panic(const char *fmt, ...)
{
	char line[LINE];
	va_list args;
	int n;

	say("panic: ", 7);
	va_start(args, fmt);
	n = vsnprintf(line, sizeof line, fmt, args);
	va_end(args);
	say(line, n);
	say_who();
	abort();
}

void
go__throw(const char *sentence)
{
	char line[LINE];

	say(line, snprintf(line, sizeof line, "libgo: broken: %s\n", sentence));
	say_who();
	abort();
}
