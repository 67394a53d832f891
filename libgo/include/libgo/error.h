// SPDX-License-Identifier: MIT
//
// error: what the world refused, as a value.
//
// A call that the world can refuse returns a go_error *, NULL for success. An
// error has a text, may wrap other errors, and never changes. It is counted:
// whoever gets one from a call owns one reference and gives it up with
// go_error_free, unless the call says that it is borrowed.
//
//	go_error *err = open_log(path);
//	if (err != NULL) {
//		go_error *why = go_errorf("start: %w", err);
//		go_error_free(err);  // why keeps its own reference
//		return why;
//	}
//
// Any thread may call anything here; every call takes NULL.

#ifndef LIBGO_ERROR_H
#define LIBGO_ERROR_H

#include "libgo/base.h"

GO_BEGIN_DECLS

// The errors that programs compare with. They are static: nobody needs to
// free them, anybody may. Their addresses are constants.
#define GO_CANCELED (&go__canceled)
#define GO_DEADLINE_EXCEEDED (&go__deadline_exceeded)
#define GO_CLOSED (&go__closed)
#define GO_EOF (&go__eof)
#define GO_NO_MEMORY (&go__no_memory)

// go_errorf makes an error with a text formatted as printf does, and one
// conversion more: %w takes a go_error *, writes its text, and makes the new
// error wrap it, with a reference of its own. There may be several. Argument
// numbers (%1$d) and %n do not work. Returns GO_NO_MEMORY without memory.
GO_API GO_MUST_USE go_error *go_errorf(const char *fmt, ...);

// go_error_text returns the text of e, which lives as long as e.
GO_API const char *go_error_text(const go_error *e);

// go_error_is tells whether e is target, or wraps it, however deep.
GO_API bool go_error_is(const go_error *e, const go_error *target);

// go_error_errno returns the first errno that e is or wraps, or 0.
GO_API int go_error_errno(const go_error *e);

// go_error_from_errno returns the error for an errno: n, or -n as system calls
// return it inside the library. 0 is success: NULL. It never allocates, and
// the same number gives the same error; ENOMEM gives GO_NO_MEMORY.
GO_API GO_MUST_USE go_error *go_error_from_errno(int n);

// go_error_join returns an error that wraps a and b, with references of its
// own and a line of text for each. Without one of them it is the other,
// retained; without both it is NULL. Returns GO_NO_MEMORY without memory.
GO_API GO_MUST_USE go_error *go_error_join(go_error *a, go_error *b);

// go_error_retain takes one more reference and returns e.
GO_API go_error *go_error_retain(go_error *e);

// go_error_free drops one reference; the last one frees e and drops what it
// wraps.
GO_API void go_error_free(go_error *e);

// Private: the objects behind the constants.
extern GO_API struct go_error go__canceled;
extern GO_API struct go_error go__deadline_exceeded;
extern GO_API struct go_error go__closed;
extern GO_API struct go_error go__eof;
extern GO_API struct go_error go__no_memory;

GO_END_DECLS

#endif
