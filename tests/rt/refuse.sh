# SPDX-License-Identifier: MIT
#
# refuse: sourced by the scripts that ask what the compilers say to programs.
#
# A program is the body of a function, on standard input; the text in head
# comes before it. Both compilers are asked, as a user would call them.

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
count=0
rc=0
head=

compilers=
for cc in gcc clang; do
	command -v "$cc" >/dev/null && compilers="$compilers $cc"
done

# write: the program of standard input into $dir/p.c.
write() {
	{
		echo '#include <libgo.h>'
		echo "$head"
		echo 'void test_body(void);'
		echo 'void test_body(void)'
		echo '{'
		cat
		echo '}'
	} >"$dir/p.c"
}

compile() {
	"$@" -O0 -Wall -Wextra -Werror -Ilibgo/include -c -o "$dir/p.o" \
		"$dir/p.c" >"$dir/said" 2>&1
}

fail() {
	echo "$1"
	sed -n '/^{/,$p' "$dir/p.c"
	grep -E 'error|warning' "$dir/said" | head -n 4
	rc=1
}

# refuse TEXT: the program does not compile, and the compiler says TEXT, an
# extended regular expression.
refuse() {
	count=$((count + 1))
	write
	for cc in $compilers; do
		if compile "$cc" -std=gnu11; then
			fail "$cc compiles what it must refuse: $1"
		elif ! grep -Eq "$1" "$dir/said"; then
			fail "$cc does not say: $1"
		fi
	done
}

# accept 'FLAG...'...: the program compiles with each of these sets of flags,
# without a word.
accept() {
	count=$((count + 1))
	write
	for flags; do
		for cc in $compilers; do
			# shellcheck disable=SC2086
			compile "$cc" $flags || fail "$cc $flags refuses"
			[ ! -s "$dir/said" ] || fail "$cc $flags warns"
		done
	done
}

# accept_cxx: the program compiles as C++17.
accept_cxx() {
	count=$((count + 1))
	write
	for cc in g++ clang++; do
		command -v "$cc" >/dev/null || continue
		compile "$cc" -x c++ -std=c++17 || fail "$cc refuses"
	done
}

# finish: the line that sums up, and the exit status.
finish() {
	[ $rc -ne 0 ] || echo "100%: Checks: $count, Failures: 0, Errors: 0"
	exit $rc
}
