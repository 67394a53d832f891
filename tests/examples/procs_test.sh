#!/bin/sh
# SPDX-License-Identifier: MIT
#
# procs_test: the main example against ps, and against misuse.
#
# The processes that it looks for are its own: one with a name full of traps,
# one with a command full of them, one that is dead and not waited for.
set -u

here=$(dirname "$0")
procs=${BUILD:-build}/examples/procs
[ -x "$procs" ] || { echo "$procs is not built"; exit 1; }
tmp=$(mktemp -d) || exit 1
# The thread sanitizer waits a second at the end of a program for more races.
export TSAN_OPTIONS="${TSAN_OPTIONS:-} atexit_sleep_ms=0"
children=
checks=0
failures=0

clean_up() {
	for child in $children; do
		kill -KILL "$child"
	done
	rm -rf "$tmp"
} 2>/dev/null
trap clean_up EXIT
trap 'exit 1' INT TERM

# same WHAT WANT GOT
same() {
	checks=$((checks + 1))
	[ "$2" = "$3" ] && return
	failures=$((failures + 1))
	printf '%s:\nwant: %s\ngot:  %s\n' "$1" "$2" "$3"
}

# holds WHAT COMMAND...: the command succeeds.
holds() {
	what=$1
	shift
	checks=$((checks + 1))
	"$@" && return
	failures=$((failures + 1))
	echo "$what: fails: $*"
}

# until COMMAND...: wait for it to succeed; nothing depends on how long.
until_true() {
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || { echo "waited in vain: $*"; exit 1; }
		sleep 0.02
	done
}

# cells COLUMNS CONDITION: the rows alone, a blank between cells.
cells() {
	"$procs" --columns "$1" --where "$2" | sed '1d; s/  */ /g; s/^ //'
}

# refuses MESSAGE CARETS ARG...: exit status 2, the message, the text that was
# given and a caret under the place.
refuses() {
	want=$(printf 'procs: %s\n  %s\n  %s' "$1" "$4" "$2")
	shift 2
	got=$("$procs" "$@" 2>&1)
	same "procs $* (status)" 2 $?
	same "procs $*" "$want" "$got"
}

# ---- the command line ------------------------------------------------------

holds 'help' sh -c "'$procs' --help | grep -q -e '--where'"
holds 'fields in help' sh -c "'$procs' --help | grep -q 'Fields: pid ppid'"
holds 'version' sh -c "'$procs' --version | grep -q procs"
for misuse in --nothing --top=0 --top=-1 --top=3x --watch=0s --watch=1 \
	--top pid '--json --columns=pid'; do
	# shellcheck disable=SC2086
	"$procs" $misuse >"$tmp/out" 2>"$tmp/err"
	same "$misuse (status)" 2 $?
	same "$misuse (output)" '' "$(cat "$tmp/out")"
	holds "$misuse tells" test -s "$tmp/err"
done

refuses 'sort: proc has no field "nme"' '      ^' --sort '-rss, nme'
refuses 'table: proc has no field "wat"' '    ^' --columns 'pid,wat'
refuses 'table: empty name' '    ^' --columns 'pid,'
refuses 'where: proc has no field "rsss"' '^' --where 'rsss > 10M'
refuses 'where: want a field' '            ^' --where 'rss > 10M &&'
refuses 'where: want a field' '^' --where ''
refuses 'where: want == != < <= > or >=' '    ^' --where 'pid = 1'
refuses 'where: want a constant' '     ^' --where 'rss >'
refuses 'where: "10Q" is no number: "Q" is no unit' '      ^' \
	--where 'rss > 10Q'
refuses 'where: "ten" is no number' '       ^' --where 'pid == ten'
refuses 'where: "10" is no duration such as 1m30s' '      ^' --where 'cpu > 10'
refuses 'where: state has no "Q"' '         ^' --where 'state == Q'
refuses 'where: state has no order: == or !=' '      ^' --where 'state < R'
refuses 'where: want )' '         ^' --where '(pid == 1'
refuses 'where: want && or ||' '         ^' --where 'pid == 1 ppid == 2'
refuses 'where: want && or ||' '        ^' --where 'pid == 1)'
refuses 'where: the quote has no end' '        ^' --where 'name == "x'

# ---- a process with a name full of traps -----------------------------------

trap_name='a) R 0 (b c'
cp "$(command -v sleep)" "$tmp/$trap_name"
"$tmp/$trap_name" 1000 &
pid=$!
children="$children $pid"
until_true grep -qxF "$trap_name" "/proc/$pid/comm"
until_true grep -q '^State:.S' "/proc/$pid/status"

same 'numbers and name' "$pid $$ S 1 $trap_name" \
	"$(cells pid,ppid,state,threads,name "pid == $pid")"
same 'user' "$(id -un | cut -c 1-31)" "$(cells user "pid == $pid")"
same 'command' "$tmp/$trap_name 1000" "$(cells command "pid == $pid")"
same 'no rows' 'PID  NAME' "$("$procs" --columns pid,name --where 'pid < 0')"

if ps -eo pid,ppid,stat,nlwp,rss,vsz,comm >/dev/null 2>&1; then
	same 'ps: numbers and name' \
		"$(ps -o pid=,ppid=,stat=,nlwp=,comm= -p "$pid" |
			sed 's/  */ /g; s/^ //; s/ S[^ ]* / S /')" \
		"$(cells pid,ppid,state,threads,name "pid == $pid")"
	"$procs" --json --where "pid == $pid" >"$tmp/json"
	same 'ps: sizes' "$(ps -o rss=,vsz= -p "$pid" | tr -s ' ' | sed 's/^ //')" \
		"$(awk -F'[:,]' '/"rss"/ { r = $2 } /"vsize"/ { v = $2 }
			END { print r / 1024, v / 1024 }' "$tmp/json")"
	# Who was there before and after is there in between.
	ps -eo pid=,ppid= | tr -s ' ' | sed 's/^ //' | sort >"$tmp/before"
	cells pid,ppid 'pid > 0' | sort >"$tmp/between"
	ps -eo pid=,ppid= | tr -s ' ' | sed 's/^ //' | sort >"$tmp/after"
	comm -12 "$tmp/before" "$tmp/after" | comm -23 - "$tmp/between" \
		>"$tmp/missing"
	same 'ps: everyone' '' "$(cat "$tmp/missing")"
fi

# ---- conditions ------------------------------------------------------------

same 'either' 2 "$(cells pid "pid == $pid || pid == $$" | wc -l)"
same 'neither' 0 "$(cells pid "pid == $pid && pid == $$" | wc -l)"
same 'not' "$pid" "$(cells pid "ppid == $$ && !(name != '$trap_name')")"
same 'quotes' "$pid" "$(cells pid "name == \"$trap_name\"")"
same 'bare words' "$pid" "$(cells pid "pid==$pid&&state==S&&user==$(id -un)")"
same 'units' "$pid" "$(cells pid "pid == $pid && rss > 4KiB && rss < 1T")"
same 'durations' "$pid" "$(cells pid "pid == $pid && cpu < 1m30s")"
same '&& binds closer' "$pid" \
	"$(cells pid "pid == $pid || pid == $pid && pid == 0")"
"$procs" --json --where 'rss > 3M' >"$tmp/json"
holds 'only the large' awk -F'[:,]' '/"rss"/ && $2 <= 3145728 { exit 1 }' \
	"$tmp/json"

# ---- order and number ------------------------------------------------------

cells pid 'pid > 0' >"$tmp/pids"
holds 'by pid' sort -nc "$tmp/pids"
"$procs" --sort=-pid --columns pid | sed 1d >"$tmp/pids"
holds 'by pid, the last first' sort -nrc "$tmp/pids"
"$procs" --sort user --columns pid --where 'uid == 0' | sed 1d >"$tmp/pids"
holds 'by pid among equals' sort -nc "$tmp/pids"
same 'top' 4 "$("$procs" --sort '-rss, name' --top 3 | wc -l)"

# ---- a command full of traps, and a huge one -------------------------------

# A shell that waits for a line needs no process below it.
mkfifo "$tmp/line"
wait_for_line='read x <"$0"'
odd=$(printf 'x\033[31m\377\ny"\\')
sh -c "$wait_for_line" "$tmp/line" "$odd" &
pid=$!
children="$children $pid"
until_true grep -q "$tmp/line" "/proc/$pid/cmdline"
same 'escapes' "sh -c $wait_for_line $tmp/line x\\x1b[31m\\xff\\ny\"\\" \
	"$(cells command "pid == $pid")"
"$procs" --json --where "pid == $pid" >"$tmp/json"
holds 'JSON escapes' grep -qF 'line x\u001b[31m\ufffd\ny\"\\"' "$tmp/json"
holds 'JSON of one' awk -f "$here/json.awk" "$tmp/json"

sh -c "$wait_for_line" "$tmp/line" "$(head -c 100000 /dev/zero | tr '\0' y)" &
pid=$!
children="$children $pid"
until_true grep -q "$tmp/line" "/proc/$pid/cmdline"
holds 'the whole command' test 100000 -lt \
	"$(cells command "pid == $pid" | wc -c)"
"$procs" --json >"$tmp/json"
holds 'JSON of all' awk -f "$here/json.awk" "$tmp/json"
"$procs" --json --where 'pid < 0' >"$tmp/json"
same 'JSON of none' '[]' "$(cat "$tmp/json")"

# More than a pipe holds: the reader is gone before all is written.
{ "$procs" 2>"$tmp/err"; echo $? >"$tmp/status"; } | true
same 'a reader that leaves (status)' 0 "$(cat "$tmp/status")"
same 'a reader that leaves' '' "$(cat "$tmp/err")"
if [ -e /dev/full ]; then
	"$procs" >/dev/full 2>"$tmp/err"
	same 'a full disk' 1 $?
	holds 'a full disk is told' grep -q 'No space' "$tmp/err"
fi

# ---- a zombie --------------------------------------------------------------

sh -c 'true & exec sleep 1000' &
pid=$!
children="$children $pid"
until_true sh -c "'$procs' --where 'ppid == $pid && state == Z' | grep -q ' Z '"
same 'a zombie has a name alone' "Z 0 [${zombie:=sh}]" \
	"$(cells state,rss,command "ppid == $pid")"

# ---- watching --------------------------------------------------------------

for signal in INT TERM; do
	"$procs" --watch 20ms --top 1 --columns pid >"$tmp/$signal" 2>"$tmp/err" &
	watcher=$!
	until_true sh -c "[ \$(grep -c PID '$tmp/$signal') -ge 3 ]"
	kill -$signal $watcher
	wait $watcher
	same "watching ends at $signal" 0 $?
	same 'watching says nothing else' '' "$(cat "$tmp/err")"
done

# ---- a terminal ------------------------------------------------------------

if command -v script >/dev/null && command -v stty >/dev/null; then
	script -qec "stty cols 60 rows 20; '$procs' --where 'pid > 0'" \
		/dev/null </dev/null >"$tmp/out" 2>&1
	same 'fitted to the terminal' '' \
		"$(tr -d '\r' <"$tmp/out" | awk 'length($0) > 60')"
fi

[ $failures -eq 0 ] || { echo "$failures of $checks checks failed"; exit 1; }
echo "100%: Checks: $checks, Failures: 0, Errors: 0"
