// SPDX-License-Identifier: MIT
//
// json: values as JSON.
//
// Names come from tags as in Go: json:"name,omitempty", json:"-" leaves a
// member out, json:",string" quotes a number. Members of anonymous members
// stand among the others. Enums are their names; flags and values without a
// name are numbers. A char array or pointer is a string, bytes that are not
// UTF-8 become U+FFFD; other pointers with GO_LEN are arrays, without it the
// object, and NULL is null. Members that JSON has no word for (functions,
// void pointers, unions without GO_UNION) are left out. NaN and infinities
// are errors, as are pointers nested over 100 deep, which ends cycles.

#ifndef LIBGO_JSON_H
#define LIBGO_JSON_H

#include <stdio.h>

#include "libgo/value.h"

GO_BEGIN_DECLS

// go_writer takes n bytes; an error stops the writing and is handed on.
typedef go_error *go_writer(const char *bytes, size_t n, void *arg);

// go_json_encode writes v, in a line without blanks, through write. On an
// error what was written before it stays written.
GO_API GO_MUST_USE go_error *go_json_encode(go_value v, go_writer *write,
					    void *arg);

// go_json_print writes v and a newline to file, with two blanks a level if
// indented.
GO_API GO_MUST_USE go_error *go_json_print(FILE *file, go_value v,
					   bool is_indented);

GO_END_DECLS

#endif
