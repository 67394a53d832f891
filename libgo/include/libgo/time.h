// SPDX-License-Identifier: MIT
//
// time: durations and instants, timers and tickers.
//
//	go_timer *timer = go_timer_new(GO_SECOND);
//	go_time due;
//
//	switch (go_select(go_on_recv(replies, &reply),
//			  go_on_recv(go_timer_chan(timer), &due))) {
//	case 1: printf("no reply within a second\n");
//	}
//	go_timer_free(timer);
//
// A go_duration is a span in nanoseconds, a go_time an instant on the
// monotonic clock: it never goes back, and means nothing outside this
// process. A span that ends beyond the clock's end never ends.
//
// The channel of a timer or ticker is unbuffered: it is as if somebody stood
// there, from the instant that was set on, to hand the value over, and went
// away when the timer is stopped or reset. So a value of an earlier setting
// is never received, and there is nothing to drain. The value is the instant
// that was set, however late it is received.
//
// Any thread may call anything here. Whoever makes a timer or ticker frees
// it, also once it has fired. Nobody may use it then, nor its channel but
// with a reference of his own; nothing is sent there any more. Only the
// makers allocate, and the start of a timer's function; they panic without
// memory, as go() does.

#ifndef LIBGO_TIME_H
#define LIBGO_TIME_H

#include "libgo/base.h"
#include "libgo/chan.h"
#include "libgo/goroutine_core.h"

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

// go_timer is a value that can be received, or a function that is called,
// once d has passed.
typedef struct go_timer go_timer;

// go_timer_new returns a timer whose channel has a value d from now, at once
// if d is not positive.
GO_API GO_MUST_USE go_timer *go_timer_new(go_duration d);

// go_after_func(d, fn, args...) returns a timer that starts fn(args...), as
// go() does and with the arguments of now, d from now. It has no channel.
#define go_after_func(d, ...)                                                  \
	GO__LAUNCH(__COUNTER__, (go_duration)(d), go__after_func, __VA_ARGS__)

// go_timer_chan returns the timer's channel, which lives as long as the
// timer; NULL for one that calls a function.
GO_API go_receiver(go_time) go_timer_chan(go_timer *t);

// go_timer_stop stops the timer. It returns true if it was in time: the value
// had not been received, or fn not been started; false if it had, or the
// timer was stopped before. fn may still run: see go_timer_stop_wait.
GO_API bool go_timer_stop(go_timer *t);

// go_timer_stop_wait is go_timer_stop that then waits while fn runs. When it
// returns fn does not run, and if fn has reset the timer meanwhile, that is
// undone. It does not wait when fn itself calls it.
GO_API bool go_timer_stop_wait(go_timer *t);

// go_timer_reset sets the timer to d from now, whether it was stopped, has
// fired or not, and returns what go_timer_stop would have. If that is false
// fn may be called anew while it still runs.
GO_API bool go_timer_reset(go_timer *t, go_duration d);

// go_timer_free stops the timer and frees it; NULL is ignored. fn may still
// run, and may be the caller.
GO_API void go_timer_free(go_timer *t);

// go_ticker is a value that can be received every period: ticks. They are due
// at multiples of the period since the ticker was made or reset. A tick waits
// for its receiver; those that would have been due meanwhile are missed.
typedef struct go_ticker go_ticker;

// go_tick_policy says what becomes of ticks missed. SKIP drops them: the next
// one is due at a multiple again. BURST delivers them at once, one after
// another. DELAY drops them, and counts the multiples from when the late tick
// was received.
typedef enum go_tick_policy {
	GO_TICK_SKIP,
	GO_TICK_BURST,
	GO_TICK_DELAY,
} go_tick_policy;

// go_ticker_new returns a ticker that skips ticks missed. Panics if the period
// is not positive.
GO_API GO_MUST_USE go_ticker *go_ticker_new(go_duration period);

// go_ticker_chan returns the ticker's channel, which lives as long as the
// ticker.
GO_API go_receiver(go_time) go_ticker_chan(go_ticker *t);

// go_ticker_policy sets what becomes of ticks missed from now on.
GO_API void go_ticker_policy(go_ticker *t, go_tick_policy policy);

// go_ticker_reset sets the period anew; the next tick is one from now. Panics
// if it is not positive.
GO_API void go_ticker_reset(go_ticker *t, go_duration period);

// go_ticker_stop ends the ticks until go_ticker_reset. It does not close the
// channel.
GO_API void go_ticker_stop(go_ticker *t);

// go_ticker_free stops the ticker and frees it; NULL is ignored.
GO_API void go_ticker_free(go_ticker *t);

// Private.
GO_API go_timer *go__after_func(go_duration d, go__fn fn,
				const struct go__site *site);

GO_END_DECLS

#endif
