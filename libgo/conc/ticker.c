// SPDX-License-Identifier: MIT
//
// Tickers: alarms that whoever takes a tick sets to the next one.
//
// So a ticker that nobody reads does not run: at most one tick waits, and no
// timer is armed then. When it is taken the clock tells what was missed.

#include "conc/alarm.h"
#include "libgo/goroutine.h"

struct go_ticker {
	struct go__alarm alarm;
	go_duration period;     // the channel's lock
	go_tick_policy policy;  // the channel's lock
};

// next_tick returns when the tick after the one taken now is due.
static go_time
next_tick(const go_ticker *t, go_time now)
{
	go_time due = t->alarm.due, next = go__time_sum(due, t->period);

	if (next >= now || t->policy == GO_TICK_BURST)
		return next;
	if (t->policy == GO_TICK_SKIP)
		now -= (now - due) % t->period;
	return go__time_sum(now, t->period);
}

static void
taken(struct go__source *s)
{
	go_ticker *t = (go_ticker *)(void *)((char *)s -
					     offsetof(go_ticker, alarm.source));
	go_time now = go_now(), next = next_tick(t, now);

	go__alarm_set(&t->alarm, next, next <= now);
}

static void
check_period(const char *call, go_duration period)
{
	if (period <= 0)
		go_panic("%s: the period must be positive", call);
}

go_ticker *
go_ticker_new(go_duration period)
{
	go_ticker *t;

	check_period("go_ticker_new", period);
	t = go__alarm_new(sizeof *t, NULL, "go_ticker_new");
	t->alarm.source.taken = taken;
	t->period = period;
	go__alarm_set(&t->alarm, go__time_after(period), false);
	return t;
}

go_receiver(go_time) go_ticker_chan(go_ticker *t)
{
	return (go_receiver(go_time))(uintptr_t)t->alarm.chan;
}

void
go_ticker_policy(go_ticker *t, go_tick_policy policy)
{
	if (policy != GO_TICK_SKIP && policy != GO_TICK_BURST &&
	    policy != GO_TICK_DELAY)
		go_panic("go_ticker_policy: there is no policy %d",
			 (int)policy);
	go__lock(t->alarm.lock);
	t->policy = policy;
	go__unlock(t->alarm.lock);
}

void
go_ticker_reset(go_ticker *t, go_duration period)
{
	check_period("go_ticker_reset", period);
	go__lock(t->alarm.lock);
	go__alarm_clear(&t->alarm);
	t->period = period;
	go__alarm_set(&t->alarm, go__time_after(period), false);
	go__unlock(t->alarm.lock);
}

void
go_ticker_stop(go_ticker *t)
{
	go__lock(t->alarm.lock);
	go__alarm_clear(&t->alarm);
	go__unlock(t->alarm.lock);
}

void
go_ticker_free(go_ticker *t)
{
	if (t != NULL)
		go__alarm_free(&t->alarm);
}
