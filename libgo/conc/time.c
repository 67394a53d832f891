// SPDX-License-Identifier: MIT
//
// The clock and sleeping. See duration.c for text.

#include "conc/time.h"

#include <time.h>

go_time
go_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * GO_SECOND + now.tv_nsec;
}

go_time
go__time_sum(go_time t, go_duration d)
{
	go_time sum;

	return __builtin_add_overflow(t, d, &sum) ? GO__NEVER : sum;
}

go_time
go__time_after(go_duration d)
{
	return go__time_sum(go_now(), d);
}

static void
release_nothing(void *arg)
{
	(void)arg;
}

void
go_sleep(go_duration d)
{
	go_time until;

	if (d <= 0)
		return;
	until = go__time_after(d);
	go__ticket(go__self());  // that nobody claims: the deadline ends it
	go__park_until(release_nothing, NULL, GO__WHY_SLEEP, until);
}
