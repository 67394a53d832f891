// SPDX-License-Identifier: MIT
//
// How many CPUs this process may use: those of its affinity mask, fewer if a
// control group, its own or one above, has a quota of less time than that.
//
// A quota of 2.5 CPUs counts as 3: two processors would leave some unused.
// Version 2 has one tree, with "quota period" or "max period" in cpu.max; in
// version 1 the cpu controller's tree has the two in files of their own. Both
// are looked for where every distribution mounts them.

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rt/os.h"

// read_file reads the beginning of a file as a string; false if it cannot.
static bool
read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t have = 0;
	ssize_t n = -1;

	if (fd < 0)
		return false;
	while (have < size - 1 &&
	       (n = read(fd, text + have, size - 1 - have)) > 0)
		have += (size_t)n;
	close(fd);
	text[have] = '\0';
	return n >= 0;
}

static bool
read_number(const char *dir, const char *name, long *number)
{
	char path[PATH_MAX], text[64], *end;

	if (snprintf(path, sizeof path, "%s/%s", dir, name) >=
		    (int)sizeof path ||
	    !read_file(path, text, sizeof text))
		return false;
	*number = strtol(text, &end, 10);
	return end != text;
}

// quota returns the CPUs that the group at dir may use, INT_MAX if any.
static int
quota(const char *dir)
{
	char path[PATH_MAX], text[64];
	long time = -1, period = -1, cpus;

	if (snprintf(path, sizeof path, "%s/cpu.max", dir) < (int)sizeof path &&
	    read_file(path, text, sizeof text)) {
		if (sscanf(text, "%ld %ld", &time, &period) != 2)
			return INT_MAX;  // "max"
	} else if (!read_number(dir, "cpu.cfs_quota_us", &time) ||
		   !read_number(dir, "cpu.cfs_period_us", &period)) {
		return INT_MAX;
	}
	if (time <= 0 || period <= 0)
		return INT_MAX;
	cpus = (time - 1) / period + 1;
	return cpus < INT_MAX ? (int)cpus : INT_MAX;
}

// least_quota returns the least of the group at root/path and those above.
static int
least_quota(const char *root, const char *path)
{
	char dir[PATH_MAX];
	int least = INT_MAX, one;
	int n = snprintf(dir, sizeof dir, "%s%s", root, path);
	size_t above = strlen(root);
	char *slash;

	if (n < 0 || n >= (int)sizeof dir)
		return INT_MAX;
	for (;;) {
		one = quota(dir);
		if (one < least)
			least = one;
		slash = strrchr(dir, '/');
		if (slash == NULL || slash < dir + above)
			return least;
		*slash = '\0';
	}
}

// has_word tells whether a list such as "cpu,cpuacct" has the word.
static bool
has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (; list != NULL; list = strchr(list, ',')) {
		list += *list == ',';
		if (strncmp(list, word, n) == 0 &&
		    (list[n] == '\0' || list[n] == ','))
			return true;
	}
	return false;
}

// group_quota reads /proc/self/cgroup, lines of number:controllers:path.
static int
group_quota(void)
{
	static const char *const unified[] = {"/sys/fs/cgroup",
					      "/sys/fs/cgroup/unified"};
	static const char *const trees[] = {"/sys/fs/cgroup/cpu,cpuacct",
					    "/sys/fs/cgroup/cpu"};
	char text[8192], *line, *rest = text, *controllers, *path;
	int least = INT_MAX, one;

	if (!read_file("/proc/self/cgroup", text, sizeof text))
		return INT_MAX;
	while ((line = strsep(&rest, "\n")) != NULL) {
		strsep(&line, ":");
		controllers = strsep(&line, ":");
		path = line;
		if (path == NULL)
			continue;
		if (controllers[0] == '\0') {
			for (int i = 0; i < 2; i++) {
				one = least_quota(unified[i], path);
				least = one < least ? one : least;
			}
		} else if (has_word(controllers, "cpu")) {
			for (int i = 0; i < 2; i++) {
				one = least_quota(trees[i], path);
				least = one < least ? one : least;
			}
		}
	}
	return least;
}

int
go__os_cpus(void)
{
	cpu_set_t set;
	int saved = errno, n, most;

	if (sched_getaffinity(0, sizeof set, &set) == 0)
		n = CPU_COUNT(&set);
	else
		n = (int)sysconf(_SC_NPROCESSORS_ONLN);  // more than a set has
	most = group_quota();
	errno = saved;
	if (n > most)
		n = most;
	return n > 0 ? n : 1;
}
