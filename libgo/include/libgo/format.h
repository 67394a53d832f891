// SPDX-License-Identifier: MIT
//
// format: values as text.
//
// Any goroutine or thread may call these. Nothing is allocated; pointers are
// printed as addresses, texts excepted, so cycles do no harm.

#ifndef LIBGO_FORMAT_H
#define LIBGO_FORMAT_H

#include <stdio.h>

#include "libgo/value.h"

GO_BEGIN_DECLS

// go_format writes format to buf, cut to n bytes with its NUL, with v in the
// place of its verb, and returns the length that it needs without the NUL:
//   %v   {Ada 36 RED}
//   %+v  {name:Ada age:36 favourite:RED}
//   %#v  {.name = "Ada", .age = 36, .favourite = RED}, a C initialiser
//   %T   the type's name
//   %%   a percent sign
// All verbs show the same v. Other verbs appear as %!x. An invalid value is
// <its error>.
GO_API size_t go_format(char *buf, size_t n, const char *format, go_value v);
GO_API size_t go_fprint(FILE *file, const char *format, go_value v);

// go_print writes v as %+v and a newline to standard output.
GO_API void go_print(go_value v);

// go_value_text_unit is go_value_text, with numbers in a unit: "bytes" and
// "KiB" (of 1024 bytes) as 12.3M; "ns", "us", "ms" and "s" as 1.5s or 2m03s;
// "percent" as 12.3%; "bool" as yes or no; "octal" as 0644; "hex" as 0x1f.
// Any other unit is put behind the number: 12 rpm.
GO_API size_t go_value_text_unit(go_value v, const char *unit, char *buf,
				 size_t n);

GO_END_DECLS

#endif
