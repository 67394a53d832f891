// SPDX-License-Identifier: MIT
//
// How many CPUs there are: by the affinity mask and by control groups, which
// are played in a mount namespace where the test may have one.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "rt/os.h"
#include "suite.h"

enum { CANNOT = 77 };

static void
use_one_cpu(const char *arg)
{
	cpu_set_t set;
	int first = 0;

	(void)arg;
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		_exit(CANNOT);
	while (!CPU_ISSET(first, &set))
		first++;
	CPU_ZERO(&set);
	CPU_SET(first, &set);
	if (sched_setaffinity(0, sizeof set, &set) != 0)
		_exit(CANNOT);
	unsetenv("LIBGO_PROCS");
	fprintf(stderr, "%d %d", go__os_cpus(), go_procs(0));
}

START_TEST(no_more_than_the_affinity_mask_has)
{
	struct ending e;

	run_child(&e, use_one_cpu, NULL);
	if (WEXITSTATUS(e.status) != CANNOT)
		ck_assert_str_eq(e.said, "1 1");
}

// Each file's path below the tree and its text; all have a quota that leaves
// one CPU, or none.
static const struct {
	const char *groups;  // /proc/self/cgroup
	const char *file, *value;
	const char *file2, *value2;
	bool is_one;
} groups[] = {
	{"0::/a/b\n", "a/b/cpu.max", "100000 100000\n", NULL, NULL, true},
	{"0::/a/b\n", "a/b/cpu.max", "50000 100000\n", NULL, NULL, true},
	{"0::/a/b\n", "a/b/cpu.max", "max 100000\n", NULL, NULL, false},
	{"0::/a/b\n", "a/cpu.max", "1000 1000\n", NULL, NULL, true},
	{"0::/a/b\n", "cpu.max", "1000 1000\n", NULL, NULL, true},
	{"0::/a/b\n", "c/cpu.max", "1000 1000\n", NULL, NULL, false},
	{"0::/a/b\n", "a/cpu.max", "1000 1000\n", "a/b/cpu.max", "max 1000\n",
	 true},
	{"0::/\n", "cpu.max", "1000 1000\n", NULL, NULL, true},
	{"0::/\n", "cpu.max", "nonsense", NULL, NULL, false},
	{"0::/\n", "cpu.max", "", NULL, NULL, false},
	{"0::/\n", "cpu.max", "-5 1000\n", NULL, NULL, false},
	{"0::/\n", "cpu.max", "1000 0\n", NULL, NULL, false},
	{"", "cpu.max", "1000 1000\n", NULL, NULL, false},
	{"nonsense", "cpu.max", "1000 1000\n", NULL, NULL, false},
	{"4:cpu,cpuacct:/a\n3:memory:/\n", "cpu,cpuacct/a/cpu.cfs_quota_us",
	 "70000\n", "cpu,cpuacct/a/cpu.cfs_period_us", "100000\n", true},
	{"3:memory:/\n4:cpuacct,cpu:/a\n", "cpu/a/cpu.cfs_quota_us", "70000\n",
	 "cpu/a/cpu.cfs_period_us", "100000\n", true},
	{"4:cpu,cpuacct:/a\n", "cpu,cpuacct/a/cpu.cfs_quota_us", "-1\n",
	 "cpu,cpuacct/a/cpu.cfs_period_us", "100000\n", false},
	{"4:cpuset:/a\n", "cpu/a/cpu.cfs_quota_us", "70000\n",
	 "cpu/a/cpu.cfs_period_us", "100000\n", false},
	{"0::/a\n", "unified/a/cpu.max", "1000 1000\n", NULL, NULL, true},
};

static void
put(const char *path, const char *value)
{
	char full[256];
	FILE *f;

	snprintf(full, sizeof full, "/sys/fs/cgroup/%s", path);
	for (char *at = full + 16; (at = strchr(at, '/')) != NULL; at++) {
		*at = '\0';
		mkdir(full, 0755);
		*at = '/';
	}
	f = fopen(full, "w");
	if (f == NULL || fputs(value, f) < 0 || fclose(f) != 0)
		_exit(CANNOT);
}

static void
play_groups(const char *which)
{
	const int i = *which;
	int before = go__os_cpus();

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", "/sys/fs/cgroup", "tmpfs", 0, NULL) != 0)
		_exit(CANNOT);
	put("self", groups[i].groups);
	if (mount("/sys/fs/cgroup/self", "/proc/self/cgroup", "none", MS_BIND,
		  NULL) != 0)
		_exit(CANNOT);
	put(groups[i].file, groups[i].value);
	if (groups[i].file2 != NULL)
		put(groups[i].file2, groups[i].value2);
	fprintf(stderr, "%s",
		go__os_cpus() == 1        ? "one"
		: go__os_cpus() >= before ? "all"
					  : "some");
}

START_TEST(no_more_than_a_group_s_quota_allows)
{
	const char i = (char)_i;
	struct ending e;

	if (go__os_cpus() == 1)
		return;  // one it is anyway
	run_child(&e, play_groups, &i);
	if (WEXITSTATUS(e.status) == CANNOT)
		return;
	ck_assert_int_eq(e.status, 0);
	ck_assert_str_eq(e.said, groups[_i].is_one ? "one" : "all");
}

int
main(void)
{
	Suite *s = suite_create("cpus");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, no_more_than_the_affinity_mask_has);
	tcase_add_loop_test(tc, no_more_than_a_group_s_quota_allows, 0,
			    COUNT(groups));
	return run_suite(s);
}
