// SPDX-License-Identifier: MIT
//
// Timers: alarms with a channel, and alarms that start a function.
//
// A function that runs has the hold of the callback that started it: the timer
// may be freed meanwhile, even by the function.

#include <assert.h>

#include "conc/alarm.h"
#include "conc/wait.h"
#include "rt/call.h"

struct go_timer {
	struct go__alarm alarm;
};

// struct call is a timer with a function. It has no channel.
struct call {
	struct go_timer timer;
	struct go__call call;         // immutable
	const struct go__site *site;  // immutable
	uint32_t n_running;           // the alarm's lock
	struct go__waitq waiters;     // the alarm's lock; for n_running == 0
};

static bool
is_call(const go_timer *t)
{
	return t->alarm.chan == NULL;
}

static void
set(go_timer *t, go_duration d)
{
	go__alarm_set(&t->alarm, go__time_after(d > 0 ? d : 0), d <= 0);
}

go_timer *
go_timer_new(go_duration d)
{
	go_timer *t = go__alarm_new(sizeof *t, NULL, "go_timer_new");

	set(t, d);
	return t;
}

// has_returned is what the function's goroutine does in the end.
static void
has_returned(void *arg, uintptr_t result)
{
	struct call *c = arg;
	struct go__alarm *a = &c->timer.alarm;
	struct go__waitq ready = {NULL, NULL};
	struct go__waiter *w;

	(void)result;
	go__lock(a->lock);
	assert(c->n_running > 0);
	if (--c->n_running == 0 && c->waiters.first != NULL) {
		go__alarm_clear(a);  // the function may have set it anew
		while ((w = go__waitq_pop(&c->waiters)) != NULL)
			go__waitq_push(&ready, w);
	}
	go__alarm_unlock(a);
	go__ready_all(&ready);
}

static void
start(struct go__timer *t, uint64_t setting)
{
	struct call *c = (struct call *)(void *)t;
	struct go__alarm *a = &c->timer.alarm;

	go__lock(a->lock);
	if (!go__alarm_begin(a, setting)) {
		go__alarm_unlock(a);
		return;
	}
	c->n_running++;
	go__unlock(a->lock);
	if (!go__go_call(&c->call, c->site, has_returned, c))
		go__go_refused("go_after_func", c->call.fn, c->site);
}

go_timer *
go__after_func(go_duration d, go__fn fn, const struct go__site *site)
{
	struct go__call call;
	struct call *c;

	go__call_take(&call, fn);
	if (fn == NULL)
		go__go_refused("go_after_func", fn, site);
	c = go__alarm_new(sizeof *c, start, "go_after_func");
	c->call = call;
	c->site = site;
	set(&c->timer, d);
	return &c->timer;
}

go_receiver(go_time) go_timer_chan(go_timer *t)
{
	return (go_receiver(go_time))(uintptr_t)t->alarm.chan;
}

bool
go_timer_stop(go_timer *t)
{
	bool was_set;

	go__lock(t->alarm.lock);
	was_set = go__alarm_clear(&t->alarm);
	go__unlock(t->alarm.lock);
	return was_set;
}

bool
go_timer_stop_wait(go_timer *t)
{
	struct call *c = (struct call *)t;
	struct go__waiter self = {.g = go__self()};
	bool was_set;

	if (!is_call(t))
		return go_timer_stop(t);
	go__lock(t->alarm.lock);
	was_set = go__alarm_clear(&t->alarm);
	if (c->n_running == 0 || go__go_ends(has_returned, c)) {
		go__unlock(t->alarm.lock);
		return was_set;
	}
	go__waitq_push(&c->waiters, &self);
	go__park(t->alarm.lock, GO__WHY_TIMER);
	return was_set;
}

bool
go_timer_reset(go_timer *t, go_duration d)
{
	bool was_set;

	go__lock(t->alarm.lock);
	was_set = go__alarm_clear(&t->alarm);
	set(t, d);
	go__unlock(t->alarm.lock);
	return was_set;
}

void
go_timer_free(go_timer *t)
{
	if (t != NULL)
		go__alarm_free(&t->alarm);
}
