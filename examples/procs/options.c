// SPDX-License-Identifier: MIT
//
// The command line.

#include <errno.h>
#include <getopt.h>
#include <libgo.h>
#include <stdio.h>
#include <stdlib.h>

#include "options.h"
#include "proc.reflect.h"

// The fields and the states are listed as reflection has them, with the
// comments of their declaration.
static void
print_help(void)
{
	const go_type *type = GO_TYPE(proc);
	const go_enumerator *states;
	size_t n, i;

	puts("usage: procs [option...]\n"
	     "\n"
	     "Lists the processes of this machine.\n"
	     "\n"
	     "  --sort SPEC      the order: \"-rss, name\"; - descending,\n"
	     "                   ^ no case, ~ natural (default: pid)\n"
	     "  --columns LIST   the columns: \"pid, rss, name\"\n"
	     "  --where COND     those that meet a condition:\n"
	     "                   \"rss > 10M && (state == R || cpu > 1m)\"\n"
	     "  --top N          the first N\n"
	     "  --json           as JSON, in bytes and nanoseconds\n"
	     "  --watch TIME     again every TIME, \"1s\", until Ctrl-C\n"
	     "  --help, --version\n");
	fputs("Fields:", stdout);
	for (i = 0; i < go_type_num_field(type); i++)
		printf(" %s", go_type_field(type, i)->name);
	puts("\nStates:");
	states = go_type_enumerators(GO_TYPE(state), &n);
	for (i = 0; i < n; i++)
		printf("  %s  %s\n", states[i].name, states[i].doc);
}

static bool
read_count(const char *text, size_t *n)
{
	unsigned long x;
	char *end;

	errno = 0;
	x = strtoul(text, &end, 10);
	if (*text < '0' || *text > '9' || *end != '\0' || errno != 0 || x == 0)
		return false;
	*n = x;
	return true;
}

static int
misused(const char *option, const char *text, const char *want)
{
	fprintf(stderr, "procs: %s: \"%s\" is not %s\n", option, text, want);
	return 2;
}

static int
read_one(struct options *o, int option)
{
	go_error *err;

	switch (option) {
	case 's':
		o->sort = optarg;
		return -1;
	case 'c':
		o->columns = optarg;
		return -1;
	case 'w':
		o->where = optarg;
		return -1;
	case 'n':
		return read_count(optarg, &o->top)
			       ? -1
			       : misused("--top", optarg, "a number from 1");
	case 'j':
		o->is_json = true;
		return -1;
	case 'i':
		err = go_duration_parse(optarg, &o->watch);
		if (err == NULL && o->watch > 0)
			return -1;
		go_error_free(err);
		return misused("--watch", optarg, "a duration such as 1s");
	case 'h':
		print_help();
		return 0;
	case 'V':
		puts("procs, an example of libgo");
		return 0;
	default:
		fputs("Try procs --help\n", stderr);
		return 2;
	}
}

int
options_read(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{"sort", required_argument, NULL, 's'},
		{"columns", required_argument, NULL, 'c'},
		{"where", required_argument, NULL, 'w'},
		{"top", required_argument, NULL, 'n'},
		{"json", no_argument, NULL, 'j'},
		{"watch", required_argument, NULL, 'i'},
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	int option, status = -1;

	while (status < 0 &&
	       (option = getopt_long(argc, argv, "h", options, NULL)) != -1)
		status = read_one(o, option);
	if (status < 0 && optind < argc) {
		fprintf(stderr, "procs: \"%s\" is no option\n", argv[optind]);
		return 2;
	}
	if (status < 0 && o->is_json && o->columns != NULL) {
		fputs("procs: --json has all fields, not --columns\n", stderr);
		return 2;
	}
	return status;
}
