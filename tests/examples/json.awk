# SPDX-License-Identifier: MIT
#
# json.awk: exits 0 if the input is one JSON text, else says where it is not.

function fail(why) {
	if (!failed)
		print "json: byte " at ": " why
	failed = 1
}
function blanks() {
	while (substr(text, at, 1) ~ /[ \t\r\n]/ && at <= size)
		at++
}
function take(c) {
	blanks()
	if (substr(text, at, 1) != c)
		return 0
	at++
	return 1
}
# match_here takes what the pattern matches from here on.
function match_here(pattern) {
	if (!match(substr(text, at, 200000), "^" pattern))
		return 0
	at += RLENGTH
	return 1
}
function string() {
	if (!take("\""))
		return 0
	while (at <= size && substr(text, at, 1) != "\"")
		if (!match_here("[^\"\\\\\001-\037]+") &&
		    !match_here("\\\\[\"\\\\/bfnrt]") &&
		    !match_here("\\\\u[0-9a-fA-F][0-9a-fA-F][0-9a-fA-F][0-9a-fA-F]")) {
			fail("no string")
			return 0
		}
	return take("\"")
}
function members(   n) {
	if (take("}"))
		return
	do {
		if (!string() || !take(":"))
			fail("want a name and :")
		value()
	} while (!failed && take(","))
	if (!take("}"))
		fail("want }")
}
function elements() {
	if (take("]"))
		return
	do
		value()
	while (!failed && take(","))
	if (!take("]"))
		fail("want ]")
}
function value() {
	if (failed)
		return
	if (take("{"))
		members()
	else if (take("["))
		elements()
	else if (!string() && !match_here("(true|false|null)") &&
	         !match_here("-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][-+]?[0-9]+)?"))
		fail("want a value")
}
{ text = text $0 "\n" }
END {
	size = length(text)
	at = 1
	value()
	blanks()
	if (at <= size)
		fail("more than one text")
	exit failed
}
