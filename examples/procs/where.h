// SPDX-License-Identifier: MIT
//
// where: conditions on the members of any reflected struct.
//
//	rss > 10M && (state == R || cpu >= 1m30s) && !(user == root)
//
// A comparison is a member, one of == != < <= > >=, and a constant, bare or
// in quotes: text for text, an enumerator's name for an enum, a number with
// an optional K, M, G or T (of 1024) for a number, a duration (2h, 1.5s) for
// a member in a unit of time. && binds closer than ||.
//
// Nothing here knows struct proc: names, types and units are asked of the
// type at run time.

#ifndef WHERE_H
#define WHERE_H

#include <libgo.h>

struct where;

// where_new reads text for values of type t. Errors say what is wrong, and
// "(column 5 of ...)" where.
go_error *where_new(const char *text, const go_type *t, struct where **out);
void where_free(struct where *w);

// where_match tells whether v, a value of that type, meets the condition. A
// NULL condition is met.
bool where_match(const struct where *w, go_value v);

#endif
