#!/bin/sh
# SPDX-License-Identifier: MIT
#
# gdb: libgo-gdb.py lists the goroutines and shows their calls, in a process
# and in its core file.
set -u

lib=${BUILD:-build}/libgo.a
skip() {
	echo "100%: Checks: 0, Failures: 0, Errors: 0 ($1)"
	exit 0
}
[ -z "${MODE:-}" ] || skip "not with a sanitizer"
command -v gdb >/dev/null || skip "no gdb"
gdb -batch -nx -ex 'python print("has python")' 2>&1 |
	grep -q '^has python' || skip "gdb without Python"
nm -a "$lib" 2>/dev/null | grep -q ' \.debug_info$' || skip "libgo without -g"
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
checks=0
failures=0

cat >"$dir/a.c" <<'EOT'
#include <libgo.h>

typedef go_chan(int) channel;

static int
innermost(channel c, int secret)
{
	int value = 0;

	go_recv(c, &value);
	return value + secret;
}

static int
between(channel c, int n)
{
	return n > 0 ? between(c, n - 1) : innermost(c, 42);
}

static void
work(channel c)
{
	between(c, 2);
}

static void
stroll(void)
{
}

static void
run(go_chan(go_unit) start)
{
	go_recv(start, NULL);
	stroll();
}

int
main(void)
{
	channel c = go_chan_make(int, 0);
	go_chan(go_unit) start = go_chan_make(go_unit, 0);

	go_with(GO_ATTR(.name = "waiter"), work, c);
	go_with(GO_ATTR(.name = "runner"), run, start);
	go_close(start);  // its thread is on libgo's list by now
	return innermost(c, 43);
}
EOT

if ! ${CC:-gcc} -g -O0 -Ilibgo/include -o "$dir/a" "$dir/a.c" "$lib" \
	-lpthread; then
	echo "0%: Checks: 1, Failures: 0, Errors: 1 (does not compile)"
	exit 1
fi

# debug FILE ARGUMENTS...: gdb's words into FILE.
debug() {
	into=$1
	shift
	timeout 60 gdb -batch -nx -ex 'set width 0' -ex 'set confirm off' \
		-ex 'source libgo/libgo-gdb.py' "$@" >"$into" 2>&1
}

# expect FILE PATTERN...: lines of FILE match the patterns in this order.
expect() {
	file=$1
	shift
	checks=$((checks + 1))
	for pattern; do
		printf '%s\n' "$pattern"
	done >"$dir/patterns"
	awk 'NR == FNR { pattern[++n] = $0; next }
	i < n && $0 ~ pattern[i + 1] { i++ }
	END {
		if (i < n)
			print "no line matches " pattern[i + 1] " where it should"
		exit i < n
	}' "$dir/patterns" "$file" && return
	cat "$file"
	failures=$((failures + 1))
}

# In stroll the goroutine runs; in go_dump, called by the report of a deadlock,
# nobody does. The kernel then writes the core: gdb's own stops at guard pages.
ulimit -c unlimited
debug "$dir/live" "$dir/a" -ex "set cwd $dir" -ex 'break stroll' \
	-ex 'set environment LIBGO_PROCS 1' -ex 'run' \
	-ex 'info goroutines' -ex 'goroutine all bt' -ex 'delete' \
	-ex 'break go_dump' -ex 'continue' -ex 'echo deadlock\n' \
	-ex 'info goroutines' -ex 'goroutine all bt' -ex 'goroutine 999 bt' \
	-ex 'echo once more\n' -ex 'bt' -ex 'signal SIGABRT'
grep -q 'Breakpoint 1, ' "$dir/live" || skip "gdb may not run a process"
set -- live
for core in "$dir"/core*; do
	[ -f "$core" ] || continue
	set -- live dead
	debug "$dir/dead" "$dir/a" "$core" -ex 'echo deadlock\n' \
		-ex 'info goroutines' -ex 'goroutine all bt' \
		-ex 'echo once more\n' -ex 'bt'
done

expect "$dir/live" \
	'^goroutine [0-9]+ [[]running in thread [0-9]+[]]: runner, run' \
	'^goroutine [0-9]+ [[]running in thread [0-9]+[]]: runner, run' \
	'^#0 .*stroll [(]' '^#[0-9]+ .* go[_.]+entry [(]'
expect "$dir/live" '^goroutine 999: there is none'
for when; do
	expect "$dir/$when" '^deadlock' \
		'^goroutine 1 [[]channel receive[]]: main$' \
		'^goroutine [0-9]+ [[]channel receive[]]: waiter, work, ' \
		'^goroutine 1 ' '^#[0-9]+ .* innermost .*secret=43' \
		'^#[0-9]+ .* main [(]' '^goroutine .*: waiter' \
		'^#[0-9]+ .* innermost .*secret=42' '^#.* between .*n=0' \
		'^#.* between .*n=1' '^#.* between .*n=2' '^#.* work [(]' \
		'^#.* go[_.]+entry [(]'
	expect "$dir/$when" '^once more' '^#0 .*go_dump [(]'
done

echo "$((100 * (checks - failures) / checks))%: Checks: $checks," \
	"Failures: $failures, Errors: 0 ($*)"
[ $failures -eq 0 ]
