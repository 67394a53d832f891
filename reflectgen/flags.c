// SPDX-License-Identifier: MIT
//
// Flags for clang: the user's, and where libclang's own headers and libgo's
// are, found from where the libraries and this program lie.

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
