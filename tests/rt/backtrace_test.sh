#!/bin/sh
# SPDX-License-Identifier: MIT
#
# backtrace: a report names the functions on a waiting goroutine's stack, and
# those of main's, however the program was compiled and linked.
set -u

lib=${BUILD:-build}/libgo.a
if [ -n "${MODE:-}" ]; then
	echo "100%: Checks: 0, Failures: 0, Errors: 0 (not with a sanitizer)"
	exit 0
fi
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
checks=0
failures=0

cat >"$dir/a.c" <<'EOT'
#include <libgo.h>

typedef go_chan(go_unit) gate;

static int depth = 2;

__attribute__((noinline)) static int
innermost(gate c)
{
	go_recv(c, NULL);
	return depth;
}

__attribute__((noinline)) static int
between(gate c, int n)
{
	return n > 0 ? between(c, n - 1) + depth : innermost(c) + depth;
}

static void
work(gate c)
{
	depth += between(c, depth);
}

int
main(void)
{
	gate c = go_chan_make(go_unit, 0);

	go(work, c);
	return innermost(c) + depth;
}
EOT

# order AFTER NAME...: the report, past the line that has AFTER, has lines of
# these functions in this order.
order() {
	awk -v after="$1" -v names="$*" '
	BEGIN { n = split(names, name, " "); i = 2 }
	/^goroutine/ { on = index($0, after) }
	on && i <= n && $3 ~ "^" name[i] "[.+]" { i++ }
	END { exit i <= n }' "$dir/said"
}

# fail WHAT: shows the report.
fail() {
	echo "$1"
	cat "$dir/said"
	failures=$((failures + 1))
}

# try COMPILER FLAGS...: everybody waits, for ever.
try() {
	checks=$((checks + 1))
	if ! "$@" -Ilibgo/include -o "$dir/a" "$dir/a.c" "$lib" -lpthread \
		2>"$dir/said"; then
		fail "$*: does not compile"
		return
	fi
	timeout 20 "$dir/a" 2>"$dir/said"
	case $* in
	*-Wl,-s*)  # no names, but where to look them up
		[ "$(grep -c '^    at 0x[0-9a-f]* (a+0x' "$dir/said")" -ge 10 ]
		;;
	*)
		order 'work,' innermost between work go__call_run go__entry &&
			order main innermost main
		;;
	esac || fail "$*: functions are missing"
}

for cc in gcc clang; do
	command -v $cc >/dev/null || continue
	for flags in -O0 -O1 -O2 -O3 -Os; do
		try $cc $flags
		try $cc $flags -fomit-frame-pointer
	done
	try $cc -O2 -no-pie
	# gcc leaves the index of the tables out of static programs.
	try $cc -O2 -static -Wl,--eh-frame-hdr
	try $cc -O2 -Wl,-s
	# No tables: by frame pointers.
	try $cc -O2 -fno-asynchronous-unwind-tables -fno-omit-frame-pointer
done
if [ $checks -eq 0 ]; then
	echo "100%: Checks: 0, Failures: 0, Errors: 0 (no gcc, no clang)"
	exit 0
fi
echo "$((100 * (checks - failures) / checks))%: Checks: $checks," \
	"Failures: $failures, Errors: 0"
[ $failures -eq 0 ]
