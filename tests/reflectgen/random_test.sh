#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Structs drawn at random: what libclang says of them must be what each
# compiler does. Generated files prove it themselves: by static assertions,
# and when the program starts by setting each bit-field.
#
#   SEED=n tests/reflectgen/random_test.sh        from the top of the tree
set -u

seed=${SEED:-$(date +%s)}
top=$PWD
build=$top/${BUILD:-build}
case ${BUILD:-build} in /*) build=$BUILD ;; esac
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
rc=0
count=150

awk -v seed="$seed" -v count=$count '
function draw(n) { return int(rand() * n) }
function pick(list,   words, n) {
	n = split(list, words, "|")
	return words[1 + draw(n)]
}
function width(type) {
	if (type ~ /_Bool/) return 1
	if (type ~ /char/) return 8
	if (type ~ /short/) return 16
	return type ~ /long/ ? 64 : 32
}
function members(depth, tabs,   n, i, type, name) {
	n = 1 + draw(6)
	for (i = 0; i < n; i++) {
		name = "m" total++
		if (draw(2)) {
			type = pick(integers)
			print tabs type " " name " : " 1 + draw(width(type)) ";"
			# gcc warns of an unnamed enum of no width, unasked.
			if (draw(6) == 0 && type !~ /enum/)
				print tabs type " : " draw(width(type) + 1) ";"
		} else if (depth < 3 && draw(5) == 0) {
			print tabs pick("struct|union") (draw(5) ? "" : packed) " {"
			members(depth + 1, tabs "\t")
			print tabs "}" (draw(2) ? "" : " " name pick("|[2]")) ";"
		} else {
			print tabs pick(integers "|" others) " " name \
				pick("||||[3]|[2][2]") pick("|||||" aligned) ";"
		}
	}
}
BEGIN {
	srand(seed)
	integers = "int|unsigned|char|signed char|unsigned char|short" \
		"|unsigned short|long|unsigned long|long long|_Bool|enum e"
	others = "float|double|long double|void *|__int128|double _Complex"
	packed = " __attribute__((packed))"
	aligned = " __attribute__((aligned(16)))"
	print "#include <libgo/reflect.h>\nenum e { E, F };"
	for (k = 0; k < count; k++) {
		pack = draw(8) == 0 ? 2 ^ draw(4) : 0
		if (pack)
			print "#pragma pack(push, " pack ")"
		print pick("struct|struct|struct|union") " GO_REFLECT" \
			pick("||||" packed "|" aligned) " s" k " {"
		members(0, "\t")
		print "};"
		if (pack)
			print "#pragma pack(pop)"
	}
}' >"$dir/random.h"

if ! "$build/reflectgen" "$dir/random.h" -- -I"$top/libgo/include" \
	2>"$dir/log"; then
	head -20 "$dir/log"
	rc=1
fi
printf '#include "random.reflect.h"\nint main(void) { size_t n; %s }\n' \
	"return !(go_types(&n) && GO_TYPE(s0));" >"$dir/main.c"
for c in $(for c in ${CC:-gcc} gcc clang; do
	command -v "$c" >/dev/null && echo "$c"
done | sort -u); do
	[ $rc -eq 0 ] || break
	[ -z "${MODE:-}" ] || [ "$c" = "${CC:-gcc}" ] || continue
	sanitize=
	[ "${MODE:-}" = asan ] && sanitize=-fsanitize=address,undefined
	[ "${MODE:-}" = tsan ] && sanitize=-fsanitize=thread
	if ! "$c" -std=gnu11 -Wall -Wextra -Werror $sanitize \
		-I"$top/libgo/include" "$dir/main.c" "$dir/random.reflect.c" \
		"$build/libgo.a" -lpthread -lm -o "$dir/main" 2>"$dir/log" ||
		! "$dir/main" 2>"$dir/log"; then
		echo "FAIL $c:"
		head -20 "$dir/log"
		rc=1
	fi
done
echo "$count random structs, SEED=$seed"
exit $rc
