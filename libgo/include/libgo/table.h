// SPDX-License-Identifier: MIT
//
// table: an array of structs as aligned columns.
//
// Columns, titles and units come from the type. Tags of a member:
//   table:"TITLE"     the column's title, else the name in capitals;
//                     table:"-" leaves it out when no columns are named
//   unit:"bytes"      how go_value_text_unit (format.h) shows the numbers
// Numbers stand to the right, all else to the left; the last column is not
// padded. UTF-8 counts by character. What a terminal would act upon, or is no
// UTF-8, shows as an escape: \n, \x1b.
//
//	struct proc *list; size_t n;
//	err = go_table_print(stdout, go_value_of_const_array(proc, list, n),
//	                     "pid, rss, home.city");
//
// Any goroutine or thread may call these; the array is borrowed and must not
// change meanwhile.

#ifndef LIBGO_TABLE_H
#define LIBGO_TABLE_H

#include <stdio.h>

#include "libgo/value.h"

GO_BEGIN_DECLS

// go_table_print prints array, an array (or pointer or flexible array with
// GO_LEN) of structs or of pointers to structs, with the columns of the
// comma-separated paths in columns; all members if NULL or "". A path through
// a null pointer leaves its cell empty. A wrong path is an error that shows
// its column in the text, "(column 5 of ...)", and nothing is printed. The
// file is flushed; one that cannot be written is an error with its errno.
GO_API GO_MUST_USE go_error *go_table_print(FILE *file, go_value array,
					    const char *columns);

// go_table_print_fit is the same for lines of width characters: the widest
// columns of text are narrowed, to 8 at least, and a cut cell ends in '+'; the
// last columns are left out if that does not do, but for the first. Width 0 is
// as wide as it gets.
GO_API GO_MUST_USE go_error *go_table_print_fit(FILE *file, go_value array,
						const char *columns,
						size_t width);

GO_END_DECLS

#endif
