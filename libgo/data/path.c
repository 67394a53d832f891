// SPDX-License-Identifier: MIT
//
// Paths: names and indices from a value to a part of it, "users[3].home.zip".
// Pointers to records are followed. Whatever is wrong is told with the type
// that it was found at, or with the column if it is the path itself.

#include "data/value.h"

#include <string.h>

static go_value
bad_path(const char *path, const char *at, const char *why)
{
	return go__value_fail(NULL, "path: %s (column %zu of \"%.100s\")", why,
			      (size_t)(at - path) + 1, path);
}

// follow goes through pointers to the record that a name is looked up in.
static go_value
follow(go_value v, const char *path, const char *at)
{
	while (go_value_kind(v) == GO_KIND_POINTER) {
		if (go_value_pointer(v) == NULL)
			return bad_path(path, at, "null pointer");
		v = go_value_elem(v);
	}
	return v;
}

static go_value
take_index(go_value v, const char *path, const char **p)
{
	const char *start = *p;
	size_t i = 0;

	while (**p >= '0' && **p <= '9') {
		if (__builtin_mul_overflow(i, 10, &i) ||
		    __builtin_add_overflow(i, (size_t)(**p - '0'), &i))
			return bad_path(path, start, "index too large");
		++*p;
	}
	if (*p == start)
		return bad_path(path, *p, "want an index");
	if (**p != ']')
		return bad_path(path, *p, "want ]");
	++*p;
	return go_value_index(v, i);
}

go_value
go_value_at(go_value v, const char *path)
{
	const char *p = path;
	size_t n;

	while (go_value_is_valid(v)) {
		if (*p == '[') {
			p++;
			v = take_index(v, path, &p);
		} else {
			n = strcspn(p, ".[]");
			if (n == 0)
				return bad_path(path, p, "want a name");
			v = go__value_member(follow(v, path, p), p, n);
			p += n;
		}
		if (*p == '\0')
			break;
		if (*p == '.') {
			p++;
			if (*p == '[')
				return bad_path(path, p, "want a name");
		} else if (*p != '[' && go_value_is_valid(v)) {
			return bad_path(path, p, "want . or [");
		}
	}
	return v;
}
