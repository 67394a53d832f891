// SPDX-License-Identifier: MIT
//
// An alarm with a channel does not send: once it has gone off, and nobody
// waits to receive, it stands among the channel's senders, a waiter without a
// goroutine. Whoever receives takes it away under the channel's lock, as he
// would any sender; so does whoever stops it. One of the two comes first, and
// nothing stale is left behind: the channel has no buffer.
//
// Invariants, whenever the lock is free:
//   A1  An alarm is armed, or offers, or neither: it is clear.
//   A2  holds counts the owner, if he has not freed the alarm, and each
//       callback that is to come or has begun. It is freed when there is none.
//
// A callback that has begun cannot be held back, and may come late: after the
// alarm was cleared, set anew or freed. It finds that its setting is not the
// latest one armed, and goes away.
//
// The lock is held where the alarm is set anew, and so around the locks of the
// timers and the scheduler: settings follow each other in one order, and a
// ticker can be set by who takes its tick. (Rejected: to arm after the unlock;
// two resets then meet at the timer.)

#include "conc/alarm.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "libgo/goroutine.h"

static struct go__alarm *
alarm_of(struct go__timer *t)
{
	return (struct go__alarm *)(void *)((char *)t -
					    offsetof(struct go__alarm, timer));
}

bool
go__alarm_begin(struct go__alarm *a, uint64_t setting)
{
	if (!a->is_armed || a->setting != setting)
		return false;
	a->is_armed = false;
	return true;
}

// offer hands due to who waits for it, whose goroutine it returns, or else
// keeps it ready.
static struct g *
offer(struct go__alarm *a)
{
	struct go__source *s = &a->source;
	struct g *wake;
	bool ok;

	if (!go__chan_offer(a->chan, &a->due, &ok, &wake))
		go__waitq_push(&a->chan->senders, &s->waiter);
	else if (s->taken != NULL)
		s->taken(s);
	return wake;
}

static void
go_off(struct go__timer *t, uint64_t setting)
{
	struct go__alarm *a = alarm_of(t);
	struct g *wake = NULL;

	go__lock(a->lock);
	if (go__alarm_begin(a, setting))
		wake = offer(a);
	go__alarm_unlock(a);
	if (wake != NULL)
		go__ready(wake);
}

void *
go__alarm_new(size_t size, void (*fn)(struct go__timer *t, uint64_t setting),
	      const char *call)
{
	struct go__alarm *a;

	if (!go__timers_start())
		go_panic("%s: no thread can be had to mind the timers", call);
	a = calloc(1, size);
	if (a == NULL)
		goto no_memory;
	a->holds = 1;
	a->lock = &a->own_lock;
	go__timer_init(&a->timer, fn != NULL ? fn : go_off);
	if (fn != NULL)
		return a;
	a->chan = go__chan_of(go__chan_make(sizeof(go_time), 0));
	if (a->chan == NULL)
		goto no_memory;
	a->lock = &a->chan->lock;
	a->source.waiter.slot = &a->due;
	return a;

no_memory:
	free(a);
	go_panic("%s: no memory", call);
}

void
go__alarm_set(struct go__alarm *a, go_time when, bool is_due)
{
	assert(!a->is_armed && !a->source.waiter.is_queued);
	a->due = when;
	// Nobody who waits is readied here: that is the callback's business.
	if (is_due && a->chan != NULL && a->chan->receivers.first == NULL) {
		go__waitq_push(&a->chan->senders, &a->source.waiter);
		return;
	}
	a->is_armed = true;
	a->holds++;
	go__timer_arm(&a->timer, when, ++a->setting);
}

bool
go__alarm_clear(struct go__alarm *a)
{
	bool was_set = a->is_armed || a->source.waiter.is_queued;

	// If it cannot be cancelled its callback will give the hold up.
	if (a->is_armed && go__timer_cancel(&a->timer))
		a->holds--;
	a->is_armed = false;
	if (a->source.waiter.is_queued)
		go__waitq_remove(&a->chan->senders, &a->source.waiter);
	return was_set;
}

void
go__alarm_unlock(struct go__alarm *a)
{
	bool is_last = --a->holds == 0;

	go__unlock(a->lock);
	if (!is_last)
		return;
	go__timer_forget(&a->timer);
	go__chan_release((go__chan_ref)(uintptr_t)a->chan);
	free(a);
}

void
go__alarm_free(struct go__alarm *a)
{
	go__lock(a->lock);
	go__alarm_clear(a);
	go__alarm_unlock(a);
}
