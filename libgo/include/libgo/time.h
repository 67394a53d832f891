// SPDX-License-Identifier: MIT
//
// time: durations and instants.
//
// A go_duration is a span in nanoseconds, a go_time an instant on the
// monotonic clock: it never goes back, and means nothing outside this
// process. Any thread may call anything here.

#ifndef LIBGO_TIME_H
#define LIBGO_TIME_H

#include "libgo/base.h"

GO_BEGIN_DECLS

#define GO_NANOSECOND ((go_duration)1)
#define GO_MICROSECOND (1000 * GO_NANOSECOND)
#define GO_MILLISECOND (1000 * GO_MICROSECOND)
#define GO_SECOND (1000 * GO_MILLISECOND)
#define GO_MINUTE (60 * GO_SECOND)
#define GO_HOUR (60 * GO_MINUTE)

// GO_DURATION_TEXT_SIZE holds the text of any duration, with its NUL.
#define GO_DURATION_TEXT_SIZE 32

// go_now returns the present.
GO_API go_time go_now(void);

// go_sleep parks the caller for at least d. It returns at once when d is not
// positive.
GO_API void go_sleep(go_duration d);

// go_duration_text writes d as Go does, "1h2m3.5s" or "250ms", into the n
// bytes at buf, cut to fit and ended by a NUL. Returns buf.
GO_API const char *go_duration_text(go_duration d, char *buf, size_t n);

// go_duration_parse reads a sequence of decimal numbers with units, such as
// "300ms", "-1.5h" or "2h45m"; units are ns, us (or µs), ms, s, m and h. It
// stores the sum in *d, or returns an error that names the text and leaves *d
// alone. Fractions of a nanosecond are dropped.
GO_API GO_MUST_USE go_error *go_duration_parse(const char *text,
					       go_duration *d);

GO_END_DECLS

#endif
