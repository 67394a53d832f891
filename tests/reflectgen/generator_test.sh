#!/bin/sh
# SPDX-License-Identifier: MIT
#
# What reflectgen writes and refuses.
#
#   tests/reflectgen/generator_test.sh [--accept]     from the top of the tree
#
# golden/X.h gives golden/X.reflect.[ch], with the flags of its line "flags:";
# refused/X.h gives the messages refused/X.err and no file, with --strict if
# it has the line "// strict". --accept takes what comes out for right. Every
# libclang that is installed must agree.
set -u

accept=${1:-}
here=tests/reflectgen
top=$PWD
gen=$top/${BUILD:-build}/reflectgen
case ${BUILD:-build} in /*) gen=$BUILD/reflectgen ;; esac
inc=$top/libgo/include
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
checks=0
failed=0

ok() {
	checks=$((checks + 1))
}

fail() {
	checks=$((checks + 1))
	failed=$((failed + 1))
	echo "FAIL $*"
}

# same WHAT WANT GOT: the files are equal, or become so.
same() {
	if [ -n "$accept" ]; then
		cp "$3" "$2"
	fi
	if cmp -s "$2" "$3"; then
		ok
	else
		fail "$1"
		diff -u "$2" "$3" | head -20
	fi
}

# exits CODE WHAT COMMAND...
exits() {
	want=$1
	what=$2
	shift 2
	"$@" >"$dir/out" 2>"$dir/err"
	rc=$?
	if [ $rc -eq "$want" ]; then
		ok
	else
		fail "$what: exit status $rc, not $want"
		cat "$dir/err"
	fi
}

says() {
	if grep -q -e "$1" "$dir/out" "$dir/err"; then
		ok
	else
		fail "does not say \"$1\":"
		cat "$dir/out" "$dir/err"
	fi
}

compilers() {
	for c in ${CC:-gcc} gcc clang; do
		command -v "$c" >/dev/null && echo "$c"
	done | sort -u
}

# compile FILE FLAG...: no warning under either compiler.
compile() {
	file=$1
	shift
	for c in $(compilers); do
		if "$c" -std=gnu11 -Wall -Wextra -Wshadow -Wconversion \
			-Wmissing-prototypes -Wpedantic -Werror -I"$inc" "$@" \
			-c -o "$dir/o.o" "$file" 2>"$dir/err"; then
			ok
		else
			fail "$c: $file"
			head -20 "$dir/err"
		fi
	done
}

# ---- golden pairs -----------------------------------------------------------

for h in "$here"/golden/*.h; do
	case $h in *.reflect.h) continue ;; esac
	name=$(basename "$h" .h)
	flags=$(sed -n 's|^// flags: ||p' "$h")
	# shellcheck disable=SC2086
	exits 0 "$h" "$gen" $flags "$h" -o "$dir/$name.reflect.c" -- -I"$inc"
	same "$h: C" "$here/golden/$name.reflect.c" "$dir/$name.reflect.c"
	same "$h: header" "$here/golden/$name.reflect.h" "$dir/$name.reflect.h"
	compile "$dir/$name.reflect.c" -I"$here/golden"

	# Another folder, an absolute path, no -I: the same bytes.
	mkdir "$dir/far"
	# shellcheck disable=SC2086
	(cd "$dir/far" && "$gen" $flags "$top/$h" -o "$name.reflect.c" -- \
		-I"$inc") || fail "$h: from elsewhere"
	cmp -s "$dir/far/$name.reflect.c" "$dir/$name.reflect.c" && ok ||
		fail "$h: differs from elsewhere"
	rm -r "$dir/far"
done

# ---- what is refused --------------------------------------------------------

for h in "$here"/refused/*.h; do
	name=$(basename "$h" .h)
	strict=
	grep -q '^// strict' "$h" && strict=--strict
	# shellcheck disable=SC2086
	exits 1 "$h" "$gen" $strict "$h" -o "$dir/refused.c" -- -I"$inc"
	same "$h" "$here/refused/$name.err" "$dir/err"
	[ ! -e "$dir/refused.c" ] && [ ! -e "$dir/refused.h" ] && ok ||
		fail "$h: something was written"
done

# ---- options ----------------------------------------------------------------

person=$here/golden/person.h
exits 2 "no input" "$gen"
says 'no header given'
exits 2 "unknown option" "$gen" --hearder x "$person"
says 'no option --hearder; did you mean --header?'
exits 2 "unknown option" "$gen" -Wall "$person"
says "clang's flags go behind --"
exits 2 "missing value" "$gen" "$person" -o
says '-o needs a value'
exits 2 "derive" "$gen" --derive hash "$person"
says 'derive is not there yet'
exits 1 "missing file" "$gen" "$dir/nowhere.h"
says 'nowhere.h: error: cannot be read: No such file or directory'
exits 1 "folder" "$gen" "$dir"
says 'not a file'
exits 1 "unknown type" "$gen" --type 'nothing_*' "$person" -- -I"$inc"
says "no such type"
exits 1 "unknown macro" "$gen" --macros 'NOTHING_*' "$person" -- -I"$inc"
says "no macro that is an integer"
exits 1 "place to write" "$gen" "$person" -o "$dir/no/where.c" -- -I"$inc"
says 'cannot be written'
exits 0 "help" "$gen" --help
says 'usage: reflectgen'
exits 0 "version" "$gen" --version
says '^reflectgen [0-9]'
exits 0 "list" "$gen" --list "$person" -- -I"$inc"
says '^address	struct address	.*golden/person.h:[0-9]*$'
exits 0 "why" "$gen" --why 'address' "$person" -- -I"$inc"
says '^address: marked GO_REFLECT$'
exits 0 "dump" "$gen" --dump model "$person" -- -I"$inc"
says '^	admin: unsigned int at 36.0 bits 1$'

# Both outputs or none.
cp "$person" "$dir/person.h"
rm -f "$dir/person.reflect.h"
echo old >"$dir/person.reflect.c"
mkdir "$dir/person.reflect.h"
exits 1 "header cannot be replaced" "$gen" "$dir/person.h" -- -I"$inc"
[ "$(cat "$dir/person.reflect.c")" = old ] && ok ||
	fail "one output was replaced without the other"
rmdir "$dir/person.reflect.h"
ls "$dir"/*.tmp >/dev/null 2>&1 && fail "temporary files are left"

# Dependencies, as make reads them.
exits 0 "deps" "$gen" "$dir/person.h" -MD -MF "$dir/person.d" -- -I"$inc"
printf 'all: %s/person.reflect.c\n%s:\n\t@echo made\ninclude %s/person.d\n' \
	"$dir" "%.reflect.c" "$dir" >"$dir/mk"
touch -d '1 minute ago' "$dir/person.reflect.c"
touch "$dir/person.h"
grep -q "$dir/person.h" "$dir/person.d" && ok || fail "no dependency"
grep -q "libgo/reflect.h:$" "$dir/person.d" && ok || fail "no phony target"
make -s -f "$dir/mk" -n >/dev/null 2>"$dir/err" || fail "make: $(cat "$dir/err")"

# A header that changed does not compile any more.
exits 0 "person" "$gen" "$dir/person.h" -- -I"$inc"
sed -i 's/double score/float score/' "$dir/person.h"
for c in $(compilers); do
	exits 1 "stale" "$c" -std=gnu11 -I"$inc" -c -o "$dir/o.o" \
		"$dir/person.reflect.c"
	says 'struct person: type of score changed: make generate'
done

# Flags from compile_commands.json, relative to its folder.
mkdir -p "$dir/proj/src" "$dir/proj/inc"
echo '#define LENGTH 12' >"$dir/proj/inc/length.h"
printf '%s\n' '#include <libgo/reflect.h>' '#include <length.h>' \
	'struct GO_REFLECT s { char x[LENGTH + EXTRA]; };' \
	>"$dir/proj/src/s.h"
: >"$dir/proj/src/s.c"
printf '[{"directory": "%s", "file": "src/s.c", "command": "%s"}]\n' \
	"$dir/proj" "cc -O2 -fno-such-flag -Iinc -DEXTRA=3 -c -o s.o src/s.c" \
	>"$dir/proj/compile_commands.json"
exits 0 "compile commands" "$gen" -p "$dir/proj" --dump model \
	"$dir/proj/src/s.h" -- -I"$inc"
says 'x: char \[15\] at 0'
exits 1 "no compile commands" "$gen" -p "$dir" "$person" -- -I"$inc"
says 'no compile_commands.json to read'
exits 1 "not in compile commands" "$gen" -p "$dir/proj" "$person" -- -I"$inc"
says 'names neither it nor a file beside it'

# A marked type of another header is taken from that header's module.
printf '%s\n' '#pragma once' '#include <libgo/reflect.h>' \
	'#define KIND_ID 1' \
	'typedef struct GO_REFLECT { int v; } inner;' \
	'struct GO_REFLECT other { inner *list; int kind;' \
	'	union { int id GO_CASE(KIND_ID); char c GO_CASE(2); }' \
	'	key GO_UNION(kind); };' >"$dir/other.h"
printf '%s\n' '#include "other.h"' \
	'struct GO_REFLECT outer { struct other in; inner arr[2]; };' \
	>"$dir/outer.h"
cat >"$dir/main.c" <<'EOF'
#include "other.reflect.h"
#include "outer.reflect.h"
int
main(void)
{
	const go_type *t = GO_TYPE(outer);
	const go_type *arr = go_type_field_by_name(t, "arr")->type;

	return go_type_field_by_name(t, "in")->type != GO_TYPE(other) ||
	       go_type_elem(arr) != GO_TYPE(inner);
}
EOF
for name in other outer; do
	exits 0 "$name" "$gen" "$dir/$name.h" -- -I"$inc"
done
exits 0 "why" "$gen" --why other "$dir/outer.h" -- -I"$inc"
says '^other: member in of outer$'
says '^outer: marked GO_REFLECT$'
if [ -z "${MODE:-}" ]; then
	lib=${gen%/reflectgen}/libgo.a
	for c in $(compilers); do
		exits 0 "$c: two modules" "$c" -std=gnu11 -Wall -Wextra -Werror \
			-I"$inc" "$dir/main.c" "$dir/other.reflect.c" \
			"$dir/outer.reflect.c" "$lib" -lpthread -lm \
			-o "$dir/main"
		exits 0 "two modules" "$dir/main"
		exits 1 "$c: one module of two" "$c" -I"$inc" "$dir/main.c" \
			"$dir/outer.reflect.c" "$lib" -lpthread -lm \
			-o "$dir/main"
		says 'go__type_other'
	done
fi

# Headers of the system, by name.
printf '%s\n' '#include <signal.h>' '#include <time.h>' \
	'#include <sys/stat.h>' '#include <netinet/in.h>' >"$dir/system.h"
exits 0 "system types" "$gen" "$dir/system.h" --type '*' \
	--macros 'SIG=SIG*' -- -D_GNU_SOURCE
for c in $(compilers); do
	exits 0 "$c: system types" "$c" -std=gnu11 -D_GNU_SOURCE -Wall \
		-Wextra -Werror -I"$inc" -c -o "$dir/o.o" \
		"$dir/system.reflect.c"
done

# ---- other libclangs --------------------------------------------------------

for llvm in /usr/lib/llvm-*; do
	[ -e "$llvm/include/clang-c/Index.h" ] || continue
	[ -e "$llvm/lib/libclang.so" ] || continue
	[ -z "${MODE:-}" ] || continue
	mkdir -p "$dir/llvm"
	if ! ${CC:-gcc} -std=gnu11 -D_GNU_SOURCE -O0 -I. \
		-isystem "$llvm/include" reflectgen/*.c -o "$dir/llvm/gen" \
		-L"$llvm/lib" -Wl,-rpath,"$llvm/lib" -lclang; then
		fail "does not build with $llvm"
		continue
	fi
	for h in "$here"/golden/person.h "$here"/golden/plain.h \
		"$here"/shapes.h "$here"/order.h "$dir/system.h"; do
		flags=$(sed -n 's|^// flags: ||p' "$h")
		[ "$h" = "$dir/system.h" ] && flags='--type *'
		for g in "$gen" "$dir/llvm/gen"; do
			set -f
			# shellcheck disable=SC2086
			"$g" $flags "$h" -o "$dir/$(basename "$g").c" \
				--header "$dir/same.h" -- -D_GNU_SOURCE \
				-I"$inc" || fail "$llvm: $h"
			set +f
		done
		cmp -s "$dir/reflectgen.c" "$dir/gen.c" && ok ||
			fail "$llvm: $h: other bytes"
	done
done

echo "$checks checks, $failed failed"
[ $failed -eq 0 ]
