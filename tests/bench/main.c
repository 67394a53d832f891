// SPDX-License-Identifier: MIT
//
// bench: runs the workloads that a regular expression names.
//
// As Go's testing does: the number of iterations grows until a run takes the
// time asked for, and the last run is the one that counts.

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

static struct bench *first, **end = &first;

void
bench_add(struct bench *b)
{
	*end = b;
	end = &b->next;
}

void
bench_start(struct bench *b)
{
	b->took = 0;
	b->started = go_now();
}

void
bench_stop(struct bench *b)
{
	if (b->started != 0)
		b->took += go_now() - b->started;
	b->started = 0;
}

// digits returns how many decimals Go prints of a number.
static int
digits(double x)
{
	if (x == 0 || x >= 999.95)
		return 0;
	if (x >= 99.995)
		return 1;
	return x >= 9.9995 ? 2 : x >= 0.99995 ? 3 : 4;
}

void
bench_metric(struct bench *b, double value, const char *unit)
{
	size_t n = strlen(b->metrics);

	snprintf(b->metrics + n, sizeof b->metrics - n, "\t%10.*f %s",
		 digits(value), value, unit);
}

void
bench_fail(const char *name, const char *why)
{
	fprintf(stderr, "bench: %s: %s\n", name, why);
	exit(1);
}

static void
run_n(struct bench *b, long n)
{
	b->n = n;
	b->metrics[0] = '\0';
	bench_start(b);
	b->run(b);
	bench_stop(b);
}

// next_n guesses how many iterations take goal, a fifth more than the last
// run lets expect, within 100 times that run.
static long
next_n(const struct bench *b, go_duration goal)
{
	double per_op = (double)(b->took > 0 ? b->took : 1) / (double)b->n;
	double n = 1.2 * (double)goal / per_op;

	if (n > 100.0 * (double)b->n)
		n = 100.0 * (double)b->n;
	if (n <= (double)b->n)
		n = (double)b->n + 1;
	return n < 1e9 ? (long)n : 1000000000;
}

static void
measure(struct bench *b, go_duration goal)
{
	int procs = go_procs(0);
	double per_op;
	char name[80];

	run_n(b, 1);
	while (b->took < goal && b->n < 1000000000)
		run_n(b, next_n(b, goal));
	per_op = (double)b->took / (double)b->n;
	if (procs > 1)
		snprintf(name, sizeof name, "%s-%d", b->name, procs);
	else
		snprintf(name, sizeof name, "%s", b->name);
	printf("Benchmark%-24s\t%10ld\t%12.*f ns/op%s\n", name, b->n,
	       digits(per_op), per_op, b->metrics);
	fflush(stdout);
}

static void __attribute__((noreturn)) usage(FILE *out)
{
	fputs("usage: bench [-bench REGEX] [-benchtime TIME] [-count N] "
	      "[-list]\n"
	      "  -bench REGEX     run the workloads it matches (default: all)\n"
	      "  -benchtime TIME  how long each runs, as 300ms or 1s\n"
	      "  -count N         run each N times\n"
	      "  -list            print the names\n",
	      out);
	exit(out == stderr ? 2 : 0);
}

static void __attribute__((noreturn))
refuse(const char *option, const char *text)
{
	fprintf(stderr, "bench: %s %s: not understood\n", option, text);
	usage(stderr);
}

int
main(int argc, char **argv)
{
	const char *pattern = ".";
	go_duration goal = GO_SECOND;
	long count = 1;
	bool only_list = false;
	regex_t regex;
	char *rest;
	go_error *error;

	for (int i = 1; i < argc; i++) {
		const char *option = argv[i];

		option += option[0] == '-' && option[1] == '-';
		if (strcmp(option, "-help") == 0 || strcmp(option, "-h") == 0)
			usage(stdout);
		if (strcmp(option, "-list") == 0) {
			only_list = true;
			continue;
		}
		if (i + 1 == argc)
			refuse(option, "");
		i++;
		if (strcmp(option, "-bench") == 0) {
			pattern = argv[i];
		} else if (strcmp(option, "-benchtime") == 0) {
			error = go_duration_parse(argv[i], &goal);
			if (error != NULL)
				refuse(option, argv[i]);
		} else if (strcmp(option, "-count") == 0) {
			count = strtol(argv[i], &rest, 10);
			if (*rest != '\0' || count < 1)
				refuse(option, argv[i]);
		} else {
			refuse(option, argv[i]);
		}
	}
	if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0)
		refuse("-bench", pattern);
	for (struct bench *b = first; b != NULL; b = b->next) {
		if (regexec(&regex, b->name, 0, NULL, 0) != 0)
			continue;
		if (only_list)
			printf("%s\n", b->name);
		for (long i = 0; i < count && !only_list; i++)
			measure(b, goal);
	}
	regfree(&regex);
	return 0;
}
