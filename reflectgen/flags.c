// SPDX-License-Identifier: MIT
//
// Flags for clang: the user's, those of compile_commands.json, and where
// libclang's own headers and libgo's are, found from where the libraries and
// this program lie.

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reflectgen/model.h"

static const char *
directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? "." : keep_n(path, (size_t)(slash - path));
}

static const char *
resolve(const char *path)
{
	char *real = realpath(path, NULL);
	const char *copy = real == NULL ? NULL : keep_format("%s", real);

	free(real);
	return copy;
}

static void
add_flag(struct options *o, const char *flag)
{
	o->flags = keep_grow(o->flags, o->n_flags, sizeof(*o->flags));
	o->flags[o->n_flags++] = flag;
}

static bool
has_flag(const struct options *o, const char *flag)
{
	size_t i;

	for (i = 0; i < o->n_flags; i++)
		if (strncmp(o->flags[i], flag, strlen(flag)) == 0)
			return true;
	return false;
}

// ---- compile_commands.json --------------------------------------------------

static const char *
below(const char *dir, const char *path)
{
	return path[0] == '/' ? path : keep_format("%s/%s", dir, path);
}

// weigh tells how well a command suits the input: that of the file itself,
// of the source of that name beside it, of another one there.
static unsigned
weigh(const char *input, const char *file)
{
	const char *in = resolve(input), *of = resolve(file);
	size_t n;

	if (in == NULL || of == NULL)
		return 0;
	if (strcmp(in, of) == 0)
		return 4;
	n = (size_t)(strrchr(in, '.') == NULL ? 0 : strrchr(in, '.') - in);
	if (n > 0 && strncmp(in, of, n + 1) == 0 && strchr(of + n, '/') == NULL)
		return 3;
	return strcmp(directory(in), directory(of)) == 0 ? 2 : 0;
}

void
weigh_command(struct options *o, const struct command *c)
{
	unsigned weight = weigh(o->inputs[0], below(c->directory, c->file));

	if (weight == 0 || (o->best != NULL && o->best->weight >= weight))
		return;
	o->best = keep_alloc(sizeof(*o->best));
	*o->best = *c;
	o->best->weight = weight;
}

// takes_folder tells flags whose value is a path.
static size_t
takes_folder(const char *flag)
{
	static const char *const flags[] = {"-I", "-isystem", "-iquote",
					    "-idirafter", "-include"};
	size_t i, n;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		n = strlen(flags[i]);
		if (strncmp(flag, flags[i], n) == 0 &&
		    (i == 0 || flag[n] == '\0'))
			return n;
	}
	return 0;
}

// is_for_output tells flags that say what to write; *n is how many arguments
// they are.
static bool
is_for_output(const char *flag, size_t *n)
{
	static const char *const alone[] = {"-c",  "-S", "-E",  "-MD", "-MMD",
					    "-MP", "-M", "-MM", "--"};
	static const char *const pairs[] = {"-o", "-MF", "-MT", "-MQ"};
	size_t i;

	for (*n = 1, i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		if (strcmp(flag, alone[i]) == 0)
			return true;
	for (*n = 2, i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (strcmp(flag, pairs[i]) == 0)
			return true;
	return false;
}

void
take_command(struct options *o)
{
	const struct command *c = o->best;
	struct options with = *o;
	struct place at = {.file = o->inputs[0]};
	size_t i, n;
	const char *arg;

	if (c == NULL) {
		complain(&at, "Give the flags behind --.",
			 "%s/compile_commands.json names neither it nor a file "
			 "beside it",
			 o->commands);
		return;
	}
	with.flags = NULL;
	with.n_flags = 0;
	for (i = 1; i < c->n_args; i++) {
		arg = c->args[i];
		if (is_for_output(arg, &n)) {
			i += n - 1;
			continue;
		}
		if (arg[0] != '-')
			continue;  // a file
		n = takes_folder(arg);
		if (n == 0) {
			add_flag(&with, arg);
			if (i + 1 < c->n_args && strlen(arg) == 2 &&
			    strchr("DUx", arg[1]) != NULL)
				add_flag(&with, c->args[++i]);
		} else if (arg[n] == '\0' && i + 1 < c->n_args) {
			add_flag(&with, arg);
			add_flag(&with, below(c->directory, c->args[++i]));
		} else {
			add_flag(&with, keep_format("-I%s", below(c->directory,
								  arg + n)));
		}
	}
	for (i = 0; i < o->n_flags; i++)
		add_flag(&with, o->flags[i]);
	o->flags = with.flags;
	o->n_flags = with.n_flags;
}

// ---- libclang's headers and libgo's -----------------------------------------

// resource_below finds clang/VERSION below dir, if it has headers.
static const char *
resource_below(const char *dir)
{
	const char *pattern = keep_format("%s/clang/*/include/stddef.h", dir);
	const char *found = NULL;
	glob_t g;

	if (glob(pattern, 0, NULL, &g) == 0 && g.gl_pathc > 0)
		found = directory(directory(g.gl_pathv[g.gl_pathc - 1]));
	globfree(&g);
	return found;
}

// resource_dir looks beside libclang, then where Debian puts that version.
static const char *
resource_dir(void)
{
	const char *library = read_library(), *version = read_version();
	const char *real = resolve(library), *found;

	found = resource_below(directory(library));
	if (found == NULL && real != NULL)
		found = resource_below(directory(real));
	version += strcspn(version, "0123456789");
	if (found == NULL)
		found = resource_below(
			keep_format("/usr/lib/llvm-%d/lib", atoi(version)));
	return found;
}

void
add_own_flags(struct options *o)
{
	static const char *const places[] = {"../libgo/include", "../include",
					     "../../libgo/include"};
	const char *self = resolve("/proc/self/exe"), *dir;
	const char *resources =
		has_flag(o, "-resource-dir") ? NULL : resource_dir();
	size_t i;

	if (resources != NULL) {
		add_flag(o, "-resource-dir");
		add_flag(o, resources);
	}
	for (i = 0; self != NULL && i < sizeof(places) / sizeof(*places); i++) {
		dir = keep_format("%s/%s", directory(self), places[i]);
		if (access(keep_format("%s/libgo/reflect.h", dir), R_OK) != 0)
			continue;
		// Behind the user's: theirs are searched first.
		add_flag(o, keep_format("-I%s", dir));
		return;
	}
}

const char *
include_name(const struct options *o, const char *path)
{
	const char *real = resolve(path), *best = NULL, *dir;
	size_t i, n;

	if (real == NULL)
		real = path;
	for (i = 0; i < o->n_flags; i++) {
		if (strncmp(o->flags[i], "-I", 2) != 0)
			continue;
		dir = o->flags[i] + 2;
		if (dir[0] == '\0' && i + 1 < o->n_flags)
			dir = o->flags[i + 1];
		dir = resolve(dir);
		n = dir == NULL ? 0 : strlen(dir);
		if (n > 1 && strncmp(real, dir, n) == 0 && real[n] == '/' &&
		    (best == NULL || strlen(real + n + 1) < strlen(best)))
			best = real + n + 1;
	}
	if (best != NULL)
		return best;
	return strrchr(real, '/') == NULL ? real : strrchr(real, '/') + 1;
}
