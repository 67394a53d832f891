// SPDX-License-Identifier: MIT
//
// Random traffic against an oracle that knows all that was admitted, and adds
// it up over every span. An answer must keep the promise, and be the first
// instant that does.

#include <inttypes.h>
#include <stdio.h>

#include "limiter_clock.h"

enum { ADMITTED_MOST = 600 };

enum kind { BUCKET, FIXED, SLIDING };

static struct {
	enum kind kind;
	int64_t n, burst;
	go_duration per;
	struct admission {
		go_time at;
		int64_t n;
		go_reservation r;
	} admitted[ADMITTED_MOST];
	size_t n_admitted;
	go_time begin;  // of the first window
} world;

static uint64_t seed;

static int64_t
below(int64_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int64_t)(seed % (uint64_t)n);
}

// keeps tells whether the promise is kept when n more are admitted at t, at
// or after all others.
static bool
keeps(go_time t, int64_t n)
{
	__int128 sum = n, most;

	if (n > world.burst)
		return false;
	for (size_t i = world.n_admitted; i-- > 0;) {
		const struct admission *a = &world.admitted[i];

		sum += a->n;
		switch (world.kind) {
		case BUCKET:
			most = (__int128)world.burst * world.per +
			       (__int128)(t - a->at) * world.n;
			if (sum * world.per > most)
				return false;
			break;
		case FIXED:
			if ((t - world.begin) / world.per !=
			    (a->at - world.begin) / world.per)
				return true;
			if (sum > world.n)
				return false;
			break;
		case SLIDING:
			if (t - a->at >= world.per)
				return true;
			if (sum > world.n)
				return false;
			break;
		}
	}
	return true;
}

// judge checks that t is the first instant for n, and notes it.
static void
judge(go_time t, int64_t n, go_reservation r)
{
	go_time from = read_present();

	if (world.n_admitted > 0 &&
	    world.admitted[world.n_admitted - 1].at > from)
		from = world.admitted[world.n_admitted - 1].at;
	else if (world.n_admitted == 0 && world.begin == 0)
		world.begin = t;
	ck_assert_int_ge(t, from);
	ck_assert(keeps(t, n));
	ck_assert(t == from || !keeps(t - 1, n));
	world.admitted[world.n_admitted++] = (struct admission){t, n, r};
}

static bool
somebody_is_booked(void)
{
	return world.n_admitted > 0 &&
	       world.admitted[world.n_admitted - 1].at > read_present();
}

static void
try_allow(go_limiter *l, int64_t n)
{
	go_time now = read_present();
	bool is_free = !somebody_is_booked();

	if (go_limiter_allow_n(l, n))
		judge(now, n, (go_reservation){.limiter = NULL});
	else
		ck_assert(!is_free || !keeps(now, n));
}

static void
try_reserve(go_limiter *l, int64_t n)
{
	go_reservation r = go_limiter_reserve(l, n);
	go_duration delay = go_reservation_delay(r);

	if (n > world.burst)
		ck_assert_int_eq(delay, INT64_MAX);
	else
		judge(read_present() + delay, n, r);
}

// try_cancel cancels one of the last reservations.
static void
try_cancel(void)
{
	size_t i = world.n_admitted;

	if (i == 0)
		return;
	i -= 1 + (size_t)below(i < 4 ? (int64_t)i : 4);
	if (world.admitted[i].r.limiter == NULL)
		return;
	go_reservation_cancel(world.admitted[i].r);
	if (world.admitted[i].at <= read_present())
		return;  // too late
	world.n_admitted--;
	memmove(&world.admitted[i], &world.admitted[i + 1],
		(world.n_admitted - i) * sizeof world.admitted[0]);
}

static void
try_check(go_limiter *l, int64_t n)
{
	go_limit_state s = go_limiter_check(l, n);
	go_time now = read_present();

	ck_assert_int_eq(s.limit, world.burst);
	ck_assert(s.allowed == (!somebody_is_booked() && keeps(now, n)));
	ck_assert(s.allowed == (s.remaining >= n));
	if (s.remaining > 0)
		ck_assert(keeps(now, s.remaining));
	if (!somebody_is_booked())
		ck_assert(!keeps(now, s.remaining + 1));
	if (s.retry_after != INT64_MAX)
		ck_assert(keeps(now + s.retry_after, n));
}

static void
run_traffic(go_limiter *l)
{
	int64_t gap = 1 + 3 * (world.per / world.n);

	while (world.n_admitted < ADMITTED_MOST - 1) {
		int64_t n = 1 + below(world.burst);

		if (below(3) > 0)
			n = 1 + below((world.burst + 3) / 4);
		step(below(8) == 0 ? below(world.per + 2) : below(gap));
		switch (below(8)) {
		case 0:
		case 1:
			try_reserve(l, n);
			break;
		case 2:
			try_cancel();
			break;
		case 3:
			try_reserve(l, world.burst + 1);
			break;
		case 4:
			try_check(l, n);
			break;
		default:
			try_allow(l, n);
		}
	}
}

START_TEST(rl2_random_traffic_gets_all_that_is_promised_and_no_more)
{
	const go_duration pers[] = {1, 7, 1000, GO_SECOND, 1000000007};
	const int64_t ns[] = {1, 3, 10, 97};
	uint64_t first = (uint64_t)go_now() | 1;

	if (getenv("SEED") != NULL)
		first = strtoull(getenv("SEED"), NULL, 0);
	seed = first;
	printf("SEED=%" PRIu64 "\n", first);
	fflush(stdout);
	for (size_t i = 0; i < COUNT(pers) * COUNT(ns); i++) {
		go_duration per = pers[i / COUNT(ns)];
		int64_t n = ns[i % COUNT(ns)], burst = 1 + below(2 * n);
		go_limiter *all[] = {
			go_token_bucket_new(n, per, burst),
			go_gcra_new(n, per, burst),
			go_leaky_bucket_new(n, per, INT64_MAX),
			go_fixed_window_new(n, per),
			go_sliding_window_new(n, per),
		};

		for (int j = 0; j < 5; j++) {
			world.kind = j < 3 ? BUCKET : j == 3 ? FIXED : SLIDING;
			world.n = n;
			world.per = per;
			world.burst = j < 2 ? burst : j == 2 ? 1 : n;
			world.n_admitted = 0;
			world.begin = 0;
			run_traffic(by_hand(all[j]));
			go_limiter_free(all[j]);
		}
	}
}

int
main(void)
{
	Suite *s = suite_create("limiter_oracle");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_test(
		tc, rl2_random_traffic_gets_all_that_is_promised_and_no_more);
	return run_suite(s);
}
