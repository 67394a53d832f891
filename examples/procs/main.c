// SPDX-License-Identifier: MIT
//
// procs: the processes of this machine, as a table or as JSON.
//
// Goroutines read /proc (scan.c) into structs (proc.h); what reflectgen wrote
// about those does the rest: columns, units, JSON, order and conditions go by
// the members' names and tags, none of which is mentioned here.
//
// Exit status: 0, 1 when the world refused something, 2 for a command line
// that makes no sense.

#include <errno.h>
#include <libgo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "proc.h"
#include "proc.reflect.h"
#include "screen.h"
#include "where.h"

struct program {
	struct options options;
	struct where *where;
	bool is_terminal;
	size_t width, height;  // of the terminal
};

// keep leaves those that meet the condition.
static void
keep(struct proc_list *list, const struct where *where)
{
	size_t i, n = 0;

	for (i = 0; i < list->n; i++) {
		if (where_match(where, go_value_of(proc, &list->items[i])))
			list->items[n++] = list->items[i];
		else
			proc_free(&list->items[i]);
	}
	list->n = n;
}

static go_error *
print(const struct program *p, const struct proc_list *list, FILE *out)
{
	size_t n = list->n, most = p->options.top;
	go_value rows;

	if (p->is_terminal && p->options.watch > 0 && p->height > 2 &&
	    (most == 0 || most > p->height - 2))
		most = p->height - 2;
	if (most > 0 && n > most)
		n = most;
	rows = go_value_of_const_array(proc, list->items, n);
	if (p->options.is_json)
		return go_json_print(out, rows, true);
	return go_table_print_fit(out, rows, p->options.columns,
				  p->is_terminal ? p->width : 0);
}

// sort_by sorts as asked; where that leaves a choice, by pid.
static go_error *
sort_by(struct proc_list *list, const char *order)
{
	go_error *err = go_sort_by(proc, list->items, list->n, "pid");

	if (err == NULL && order != NULL)
		err = go_stable_sort_by(proc, list->items, list->n, order);
	return err;
}

static go_error *
list_processes(const struct program *p, FILE *out)
{
	struct proc_list list = {.items = NULL};
	go_error *err = proc_list_scan(&list);

	if (err == NULL) {
		keep(&list, p->where);
		err = sort_by(&list, p->options.sort);
	}
	if (err == NULL)
		err = print(p, &list, out);
	proc_list_free(&list);
	return err;
}

// redraw makes the whole picture before it shows any of it.
static go_error *
redraw(const struct program *p)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);
	go_error *err;

	if (out == NULL)
		return go_error_from_errno(errno);
	err = list_processes(p, out);
	fclose(out);
	if (err == NULL) {
		screen_draw(text, n);
		if (fflush(stdout) != 0)
			err = go_error_from_errno(errno);
	}
	free(text);
	return err;
}

static go_error *
watch(struct program *p)
{
	go_receiver(go_unit) interrupted = interrupt_begin();
	go_error *err;

	do {
		p->is_terminal = screen_measure(&p->width, &p->height);
		err = p->is_terminal ? redraw(p) : list_processes(p, stdout);
	} while (err == NULL &&
		 go_select(go_on_recv(interrupted, NULL),
			   go_on_timeout(p->options.watch)) == 1);
	interrupt_end();
	return err;
}

// point_at prints err; where it speaks of a place in a text that was given,
// "(column 5 of "..."), also that text with a mark under the place.
static int
point_at(const char *text)
{
	const char *place = strstr(text, " (column "), *given = NULL;
	size_t column = 0, i;

	if (place != NULL)
		column = strtoul(place + strlen(" (column "), NULL, 10);
	if (column > 0)
		given = strchr(place, '"');
	if (given == NULL) {
		fprintf(stderr, "procs: %s\n", text);
		return 1;
	}
	given++;
	fprintf(stderr, "procs: %.*s\n  %.*s\n  ", (int)(place - text), text,
		(int)strlen(given) - 2, given);
	for (i = 0; i + 1 < column; i++)
		if (((unsigned char)given[i] & 0xc0) != 0x80)
			fputc(' ', stderr);
	fputs("^\n", stderr);
	return 2;
}

static int
finish(go_error *err)
{
	int status = 0;

	// Whoever read the list has seen enough.
	if (err != NULL && go_error_errno(err) != EPIPE)
		status = point_at(go_error_text(err));
	go_error_free(err);
	return status;
}

int
main(int argc, char **argv)
{
	struct program p = {.where = NULL};
	int status = options_read(&p.options, argc, argv);
	go_error *err = NULL;

	if (status >= 0)
		return status;
	signal(SIGPIPE, SIG_IGN);
	if (p.options.where != NULL)
		err = where_new(p.options.where, GO_TYPE(proc), &p.where);
	if (err == NULL && p.options.watch > 0) {
		err = watch(&p);
	} else if (err == NULL) {
		p.is_terminal = screen_measure(&p.width, &p.height);
		err = list_processes(&p, stdout);
	}
	where_free(p.where);
	return finish(err);
}
