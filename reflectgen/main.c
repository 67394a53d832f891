// SPDX-License-Identifier: MIT
//
// reflectgen: options, and the course of a run: read, relate, print, replace
// the files. Nothing is written unless all went well.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reflectgen/model.h"

#define VERSION "0.1.0"

enum { DONE = 0, BAD_INPUT = 1, BAD_USAGE = 2 };

static const char usage[] =
	"usage: reflectgen [options] header.h... [-- clang flags]\n"
	"  -o FILE          the generated C file (first input with "
	".reflect.c)\n"
	"  --header FILE    the generated header (beside it, .reflect.h)\n"
	"  --all            every type in the named files, not only marked "
	"ones\n"
	"  --type GLOB      more types by name, wherever declared; may repeat\n"
	"  --macros GLOB    object-like macro constants as an enumeration;\n"
	"                   NAME=GLOB names it; may repeat\n"
	"  -p DIR           flags from DIR/compile_commands.json\n"
	"  -MD -MF FILE     dependency file for make and ninja\n"
	"  --strict         warnings are errors\n"
	"  --list           print the types and where they are, write nothing\n"
	"  --why TYPE       print why TYPE is in the output, write nothing\n"
	"  --dump model     print what was read, write nothing\n"
	"  --version, --help\n";

static const char *const long_options[] = {
	"--header", "--all",  "--type", "--macros", "--derive",
	"--strict", "--list", "--why",  "--dump",   "--version",
	"--help",   "-o",     "-p",     "-MD",      "-MF",
};

// ---- options ----------------------------------------------------------------

// distance counts the letters to change, add or drop to get from a to b.
static size_t
distance(const char *a, const char *b)
{
	enum { MOST = 32 };
	size_t row[MOST + 1], n = strlen(b), i, j, before, old;

	if (n > MOST)
		return MOST;
	for (j = 0; j <= n; j++)
		row[j] = j;
	for (i = 0; a[i] != '\0'; i++) {
		before = row[0]++;
		for (j = 0; j < n; j++) {
			old = row[j + 1];
			row[j + 1] = before + (a[i] != b[j]);
			if (row[j + 1] > old + 1)
				row[j + 1] = old + 1;
			if (row[j + 1] > row[j] + 1)
				row[j + 1] = row[j] + 1;
			before = old;
		}
	}
	return row[n];
}

static int
bad_option(const char *option)
{
	const char *best = NULL;
	size_t i, least = 3, d;

	for (i = 0; i < sizeof(long_options) / sizeof(long_options[0]); i++) {
		if (strncmp(option, long_options[i], 2) != 0)
			continue;
		d = distance(option, long_options[i]);
		if (d < least) {
			least = d;
			best = long_options[i];
		}
	}
	fprintf(stderr, "reflectgen: no option %s", option);
	if (best != NULL)
		fprintf(stderr, "; did you mean %s?\n", best);
	else
		fprintf(stderr, "; clang's flags go behind --; see --help\n");
	return BAD_USAGE;
}

static int
bad_usage(const char *sentence)
{
	fprintf(stderr, "reflectgen: %s\n", sentence);
	return BAD_USAGE;
}

static void
push(const char ***list, size_t *n, const char *s)
{
	*list = keep_grow(*list, *n, sizeof(**list));
	(*list)[(*n)++] = s;
}

// take_switch takes an option without a value.
static bool
take_switch(struct options *o, const char *s)
{
	if (strcmp(s, "--all") == 0)
		o->all = true;
	else if (strcmp(s, "--strict") == 0)
		o->strict = true;
	else if (strcmp(s, "--list") == 0)
		o->list = true;
	else if (strcmp(s, "-MD") == 0)
		o->deps = true;
	else
		return false;
	return true;
}

// take_value takes an option with its value; false if there is none such.
static bool
take_value(struct options *o, const char *s, const char *value)
{
	if (strcmp(s, "-o") == 0)
		o->source = value;
	else if (strcmp(s, "--header") == 0)
		o->header = value;
	else if (strcmp(s, "--type") == 0)
		push(&o->globs, &o->n_globs, value);
	else if (strcmp(s, "--macros") == 0)
		push(&o->macros, &o->n_macros, value);
	else if (strcmp(s, "-p") == 0)
		o->commands = value;
	else if (strcmp(s, "-MF") == 0)
		o->depfile = value;
	else if (strcmp(s, "--why") == 0)
		o->why = value;
	else if (strcmp(s, "--dump") == 0)
		o->dump = true;
	else if (strcmp(s, "--derive") != 0)
		return false;
	return true;
}

// parse_options returns DONE or what to exit with.
static int
parse_options(struct options *o, int argc, char **argv)
{
	const char *s, *value;
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		s = argv[i];
		if (s[0] != '-') {
			push(&o->inputs, &o->n_inputs, s);
			continue;
		}
		if (take_switch(o, s))
			continue;
		value = strncmp(s, "--", 2) == 0 ? strchr(s, '=') : NULL;
		if (value != NULL)
			s = keep_n(s, (size_t)(value++ - s));
		else if (i + 1 < argc)
			value = argv[i + 1];
		if (!take_value(&(struct options){0}, s, ""))
			return bad_option(s);
		if (value == NULL)
			return bad_usage(keep_format("%s needs a value", s));
		if (strcmp(s, "--derive") == 0)
			return bad_usage("--derive is not there yet: only "
					 "GO_ORDER makes typed functions");
		if (strcmp(s, "--dump") == 0 && strcmp(value, "model") != 0)
			return bad_usage("only the model can be dumped: "
					 "--dump model");
		take_value(o, s, value);
		if (i + 1 < argc && value == argv[i + 1])
			i++;
	}
	for (i++; i < argc; i++)
		push(&o->flags, &o->n_flags, argv[i]);
	if (o->n_inputs == 0)
		return bad_usage("no header given; see --help");
	if (o->depfile != NULL)
		o->deps = true;
	return DONE;
}

static const char *
with_suffix(const char *path, const char *from, const char *to)
{
	size_t n = strlen(path), m = strlen(from);

	if (n > m && strcmp(path + n - m, from) == 0)
		n -= m;
	return keep_format("%.*s%s", (int)n, path, to);
}

static void
fill_in(struct options *o)
{
	if (o->source == NULL)
		o->source = with_suffix(o->inputs[0], ".h", ".reflect.c");
	if (o->header == NULL)
		o->header = with_suffix(with_suffix(o->source, ".c", ""),
					".reflect", ".reflect.h");
	if (o->deps && o->depfile == NULL)
		o->depfile = with_suffix(o->source, ".c", ".d");
}

static void
check_inputs(const struct options *o)
{
	struct place at = {0};
	struct stat st;
	size_t i;

	for (i = 0; i < o->n_inputs; i++) {
		at.file = o->inputs[i];
		if (stat(at.file, &st) != 0 || access(at.file, R_OK) != 0)
			complain(&at, NULL, "cannot be read: %s",
				 strerror(errno));
		else if (!S_ISREG(st.st_mode))
			complain(&at, NULL, "cannot be read: not a file");
	}
}

// ---- output -----------------------------------------------------------------

static void
add_path(struct text *out, const char *path)
{
	for (; *path != '\0'; path++) {
		if (strchr(" #\\", *path) != NULL)
			text_add(out, "\\");
		if (*path == '$')
			text_add(out, "$");
		text_add_n(out, path, 1);
	}
}

// print_deps lists what the outputs depend on, and each such file as a target
// of its own, so that make does not mind when one disappears.
static void
print_deps(const struct options *o, const struct model *m, struct text *out)
{
	size_t i;

	add_path(out, o->source);
	text_add(out, " ");
	add_path(out, o->header);
	text_add(out, ":");
	for (i = 0; i < m->n_files; i++) {
		text_add(out, " \\\n  ");
		add_path(out, m->files[i]);
	}
	text_add(out, "\n");
	for (i = 0; i < m->n_files; i++) {
		text_add(out, "\n");
		add_path(out, m->files[i]);
		text_add(out, ":\n");
	}
}

static const char *
base_name(const char *path)
{
	return strrchr(path, '/') == NULL ? path : strrchr(path, '/') + 1;
}

static int
write_outputs(const struct options *o, struct model *m)
{
	struct names names = {.header = base_name(o->header)};
	struct output files[3] = {
		{.name = o->source}, {.name = o->header}, {.name = o->depfile}};
	struct text texts[3] = {0};
	size_t i, n = o->deps ? 3 : 2;
	bool ok = true;

	for (i = 0; i < o->n_inputs; i++)
		push(&names.includes, &names.n_includes,
		     include_name(o, o->inputs[i]));
	emit_source(m, &names, &texts[0]);
	emit_header(m, &names, &texts[1]);
	print_deps(o, m, &texts[2]);
	for (i = 0; i < n; i++)
		ok = ok && write_temp(&files[i], &texts[i]);
	for (i = 0; i < n; i++)
		ok = ok && rename_temp(&files[i]);
	for (i = 0; i < n; i++) {
		if (!ok)
			restore(&files[i]);
		drop_temp(&files[i]);
	}
	return ok ? DONE : BAD_INPUT;
}

static int
print_why(const struct model *m, const char *name)
{
	const struct type *t = find_type(m, name, strlen(name));

	if (t == NULL) {
		fprintf(stderr, "reflectgen: %s is not in the output\n", name);
		return BAD_INPUT;
	}
	for (; t != NULL; t = t->via)
		printf("%s: %s\n", t->name, t->why);
	return DONE;
}

static void
print_list(const struct model *m)
{
	const struct type *t;
	size_t i;

	for (i = 0; i < m->n_types; i++) {
		t = m->types[i];
		if (t->is_exported)
			printf("%s\t%s\t%s:%u\n", t->name, t->c, t->at.file,
			       t->at.line);
	}
}

// ---- the run ----------------------------------------------------------------

static void
check_exports(const struct options *o, const struct model *m)
{
	struct place at = {.file = o->inputs[0]};
	size_t i;

	for (i = 0; i < m->n_types; i++)
		if (m->types[i]->is_exported)
			return;
	complain(&at, "Mark a type GO_REFLECT, or give --all or --type NAME.",
		 "nothing to reflect in it");
}

static int
run(struct options *o)
{
	struct model m = {0};
	struct text text = {0};

	check_inputs(o);
	if (complaints() == 0 && o->commands != NULL)
		read_commands(o);
	if (complaints() == 0 && o->commands != NULL)
		take_command(o);
	add_own_flags(o);
	if (complaints() == 0)
		read_headers(o, &m);
	if (complaints() == 0)
		check_exports(o, &m);
	if (complaints() == 0)
		relate(&m);
	if (complaints() == 0)
		order_check(&m);
	if (complaints() == 0 && o->strict && warnings() > 0)
		complain(NULL, NULL, "warnings are errors: --strict");
	if (complaints() > 0)
		return BAD_INPUT;
	if (o->why != NULL)
		return print_why(&m, o->why);
	if (o->list)
		print_list(&m);
	if (o->dump) {
		dump(&m, &text);
		fputs(text.bytes == NULL ? "" : text.bytes, stdout);
	}
	return o->list || o->dump ? DONE : write_outputs(o, &m);
}

int
main(int argc, char **argv)
{
	struct options o = {0};
	int i, rc = DONE;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return DONE;
		}
		if (strcmp(argv[i], "--version") == 0) {
			printf("reflectgen %s, %s\n", VERSION, read_version());
			text_free_all();
			return DONE;
		}
	}
	rc = parse_options(&o, argc, argv);
	if (rc == DONE) {
		fill_in(&o);
		rc = run(&o);
	}
	text_free_all();
	return rc;
}
