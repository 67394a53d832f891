// SPDX-License-Identifier: MIT
//
// The token bucket, and what amounts to one: the generic cell rate algorithm
// counts the same tokens as time, and a leaky bucket is a token bucket of one,
// whose queue is bounded.
//
// The level is counted in parts of 1 / per: in a nanosecond n of them flow in,
// and a token is per of them, so that nothing is ever rounded. All factors are
// below 2^63, all products below 2^126, and the sum of two fits.

#include "conc/limiter.h"
#include "conc/time.h"
#include "libgo/goroutine.h"

static __int128
level_at(const go_limiter *l, const union go__account *a, go_time t)
{
	__int128 full = (__int128)l->limit * l->per;
	__int128 level = a->bucket.level;

	if (t > a->bucket.since)
		level += (__int128)(t - a->bucket.since) * l->n;
	return level < full ? level : full;
}

// after returns the instant when, from then on, so many parts have flowed in.
static go_time
after(const go_limiter *l, go_time from, __int128 parts)
{
	__int128 ns = (parts + l->n - 1) / l->n;

	return ns > INT64_MAX ? GO__NEVER : go__time_sum(from, (go_time)ns);
}

static go_time
bucket_first(const go_limiter *l, const union go__account *a, go_time from,
	     int64_t n)
{
	__int128 level = level_at(l, a, from), want = (__int128)n * l->per;

	return want <= level ? from : after(l, from, want - level);
}

static void
bucket_take(go_limiter *l, union go__account *a, go_time at, int64_t n)
{
	a->bucket.level = level_at(l, a, at) - (__int128)n * l->per;
	a->bucket.since = at;
}

static int64_t
bucket_remaining(const go_limiter *l, go_time now)
{
	return (int64_t)(level_at(l, &l->base, now) / l->per);
}

static go_time
bucket_reset(const go_limiter *l, const union go__account *a)
{
	__int128 full = (__int128)l->limit * l->per;

	return after(l, a->bucket.since, full - a->bucket.level);
}

static const struct go__promise promise = {
	.first = bucket_first,
	.take = bucket_take,
	.remaining = bucket_remaining,
	.reset = bucket_reset,
};

static go_limiter *
bucket_new(int64_t n, go_duration per, int64_t burst, const char *call)
{
	go_limiter *l = go__limiter_new(&promise, n, per, burst, 0, call);

	l->base.bucket.level = (__int128)burst * per;
	return l;
}

go_limiter *
go_token_bucket_new(int64_t n, go_duration per, int64_t burst)
{
	return bucket_new(n, per, burst, "go_token_bucket_new");
}

go_limiter *
go_gcra_new(int64_t n, go_duration per, int64_t burst)
{
	return bucket_new(n, per, burst, "go_gcra_new");
}

go_limiter *
go_leaky_bucket_new(int64_t n, go_duration per, int64_t queue)
{
	go_limiter *l;

	if (queue < 0)
		go_panic("go_leaky_bucket_new: the queue is negative");
	l = bucket_new(n, per, 1, "go_leaky_bucket_new");
	l->queue = queue;
	return l;
}
