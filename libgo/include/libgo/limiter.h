// SPDX-License-Identifier: MIT
//
// limiter: so many in so much time.
//
//	go_limiter *limiter = go_token_bucket_new(100, GO_SECOND, 20);
//
//	if (!go_limiter_allow(limiter))            // shed: now or not at all
//		return too_many_requests(conn);
//	err = go_limiter_wait(limiter, ctx, 1);    // or wait for one's turn
//
//	go_limiter_free(limiter);
//
// What differs is the promise, which a maker is given; how to ask is the same
// for all. Those who must wait are admitted first come, first served: nobody
// overtakes, so that small wishes do not starve a large one. Each is given the
// first instant that the promise allows after those before it; when one gives
// up, those who wait behind it move forward, as if it had never come. An
// admission counts at the instant it was given, even if the caller, woken
// then, runs a little later.
//
// All is reckoned in whole nanoseconds on the clock of go_now, without
// rounding in the callers' favour. Should that clock go back, it stands still
// for a limiter until it has caught up.
//
// Any thread may call anything here, but go_limiter_free. The makers panic
// without memory, and when n or per is not positive, or burst or queue is
// negative. Numbers to take are 0 or more; a negative one panics. None of
// none is always admitted.

#ifndef LIBGO_LIMITER_H
#define LIBGO_LIMITER_H

#include "libgo/base.h"

GO_BEGIN_DECLS

typedef struct go_limiter go_limiter;

// go_token_bucket_new returns a bucket of burst tokens, full, into which n
// flow in each per, evenly. In any span t it admits at most
// burst + t * n / per. A bucket without burst admits nothing.
GO_API GO_MUST_USE go_limiter *go_token_bucket_new(int64_t n, go_duration per,
						   int64_t burst);

// go_gcra_new returns the same promise in terms of the generic cell rate
// algorithm: burst is what is admitted at once after a rest.
GO_API GO_MUST_USE go_limiter *go_gcra_new(int64_t n, go_duration per,
					   int64_t burst);

// go_fixed_window_new admits n in each window of per. The first use begins the
// first window, and the others follow without a gap; so that around the edge
// between two of them up to 2 n may come close together.
GO_API GO_MUST_USE go_limiter *go_fixed_window_new(int64_t n, go_duration per);

// go_sliding_window_new admits n in any span of per, exactly. It remembers the
// last n instants, in 8 n bytes; to take k, or to wait behind as many, takes
// time in proportion.
GO_API GO_MUST_USE go_limiter *go_sliding_window_new(int64_t n,
						     go_duration per);

// go_leaky_bucket_new admits one at a time, per / n apart; up to queue more
// may wait for that, and who comes then is refused.
GO_API GO_MUST_USE go_limiter *go_leaky_bucket_new(int64_t n, go_duration per,
						   int64_t queue);

// go_limiter_allow takes one if it is admitted now; it never waits. Returns
// false, having taken nothing, if it is not, or if others wait.
GO_API GO_MUST_USE bool go_limiter_allow(go_limiter *l);

// go_limiter_allow_n takes n, or nothing.
GO_API GO_MUST_USE bool go_limiter_allow_n(go_limiter *l, int64_t n);

// go_limiter_wait takes n as soon as they are admitted, and parks until then.
// It fails, having taken nothing:
//   - at once, if n is more than is ever admitted together: go_error_errno
//     gives EINVAL;
//   - at once, if the queue is full: EAGAIN;
//   - at once, if the deadline of ctx comes before that instant: the error is
//     GO_DEADLINE_EXCEEDED to go_error_is;
//   - with go_ctx_err(ctx), if ctx is done before.
GO_API GO_MUST_USE go_error *go_limiter_wait(go_limiter *l, go_ctx *ctx,
					     int64_t n);

// go_reservation is a promise to admit n at an instant. It needs no freeing,
// may be copied, and is used no longer than its limiter.
typedef struct go_reservation {
	/* private */
	go_limiter *limiter;
	uint64_t id;
	go_time at;
	int refusal;
} go_reservation;

// go_limiter_reserve takes n at the first instant they are admitted, without
// waiting for it: the caller acts no sooner than go_reservation_delay says.
// Panics without memory.
GO_API GO_MUST_USE go_reservation go_limiter_reserve(go_limiter *l, int64_t n);

// go_reservation_err returns NULL, or why nothing was reserved, as
// go_limiter_wait does.
GO_API GO_MUST_USE go_error *go_reservation_err(go_reservation r);

// go_reservation_delay returns how long it is until then: 0 if the instant has
// come, INT64_MAX if nothing was reserved.
GO_API go_duration go_reservation_delay(go_reservation r);

// go_reservation_cancel gives back what was reserved, all of it, as if it had
// not been asked for; instants that other reservations were given remain. It
// does nothing once the instant has come, or when it is called again.
GO_API void go_reservation_cancel(go_reservation r);

// go_limit_state is what a server tells its client.
typedef struct go_limit_state {
	/* read-only */
	bool allowed;             // go_limiter_allow_n would return true
	int64_t limit;            // most that is ever admitted at once
	int64_t remaining;        // most that is admitted now
	go_duration retry_after;  // 0 if allowed; INT64_MAX: never
	go_duration reset_after;  // until all is as if never used
} go_limit_state;

// go_limiter_check returns what asking for n would meet, and takes nothing.
GO_API go_limit_state go_limiter_check(go_limiter *l, int64_t n);

// go_limiter_free frees a limiter that nobody uses any more. Panics if
// somebody waits. l may be NULL.
GO_API void go_limiter_free(go_limiter *l);

GO_END_DECLS

#endif
