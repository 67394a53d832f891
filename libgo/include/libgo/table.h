// SPDX-License-Identifier: MIT
//
// table: an array of structs as aligned columns.
//
// Columns, titles and units come from the type. Tags of a member:
//   table:"TITLE"     the column's title, else the name in capitals;
//                     table:"-" leaves it out when no columns are named
//   unit:"bytes"      how go_value_text_unit (format.h) shows the numbers
// Numbers stand to the right, all else to the left; the last column is not
// padded. Control characters in texts show as '?'. UTF-8 counts by character.
//
//	struct proc *list; size_t n;
//	err = go_table_print(stdout, go_value_of_const_array(proc, list, n),
//	                     "pid,rss,name");
//
// An array whose address is taken works as well: go_value_of needs a type.

#ifndef LIBGO_TABLE_H
#define LIBGO_TABLE_H

#include <stdio.h>

#include "libgo/value.h"

GO_BEGIN_DECLS

// go_table_print prints array, an array (or pointer or flexible array with
// GO_LEN) of structs, with the columns of the comma-separated paths in
// columns, "pid, rss, home.city"; all members if NULL or "". A wrong path is
// an error that shows its column in the text, and nothing is printed. A file
// that cannot be written is an error too.
GO_API GO_MUST_USE go_error *go_table_print(FILE *file, go_value array,
					    const char *columns);

GO_END_DECLS

#endif
