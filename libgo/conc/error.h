// SPDX-License-Identifier: MIT
//
// error: what the rooms share beyond libgo/error.h.

#ifndef CONC_ERROR_H
#define CONC_ERROR_H

#include <stddef.h>

#include "libgo/error.h"

// go__error_make returns an error with room for n wrapped errors, and for a
// text of size bytes, NUL included, that the caller writes to *text; NULL
// without memory.
go_error *go__error_make(size_t n, size_t size, char **text);

// go__error_wrap makes e, which its maker still owns alone, wrap below too.
void go__error_wrap(go_error *e, go_error *below);

// go__error_join_all returns an error that wraps the n errors, none of them
// NULL, with references of its own: NULL for none, the one for one. Returns
// GO_NO_MEMORY without memory.
GO_MUST_USE go_error *go__error_join_all(go_error *const *list, size_t n);

#endif
