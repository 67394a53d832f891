// SPDX-License-Identifier: MIT
//
// alarm: what timers and tickers have in common.
//
// An alarm is set to an instant, and goes off then unless it was cleared
// before. It has a channel, at which it then offers the instant; or a
// callback of its owner's.
//
// The functions that say so are called with the lock held, or before anybody
// else knows of the alarm.

#ifndef CONC_ALARM_H
#define CONC_ALARM_H

#include "conc/chan.h"
#include "conc/time.h"
#include "rt/timer.h"

struct go__alarm {
	struct go__timer timer;
	struct go__chan *chan;  // immutable; a reference, or NULL
	uint32_t *lock;         // immutable; chan's, or else own_lock
	uint32_t own_lock;
	uint32_t holds;            // lock, as all below; see alarm.c
	uint64_t setting;          // what number of setting the latest is
	bool is_armed;             // the latest has not gone off
	go_time due;               // the latest
	struct go__source source;  // offers due
};

// go__alarm_new returns an alarm at the head of size zeroed bytes, which is
// not set. If fn is NULL it has a channel; else fn is the timer's callback,
// and begins with go__alarm_begin. Panics in the name of call without memory,
// or a thread to mind the timers.
void *go__alarm_new(size_t size,
		    void (*fn)(struct go__timer *t, uint64_t setting),
		    const char *call);

// go__alarm_begin tells a callback whether its setting is still the latest;
// then that has gone off. The lock is held.
bool go__alarm_begin(struct go__alarm *a, uint64_t setting);

// go__alarm_set sets an alarm that is clear to when: at once if is_due. The
// lock is held.
void go__alarm_set(struct go__alarm *a, go_time when, bool is_due);

// go__alarm_clear returns true if the alarm was set and nobody has taken what
// it offers. The lock is held.
bool go__alarm_clear(struct go__alarm *a);

// go__alarm_unlock unlocks and gives up one hold, the owner's or the
// callback's; the last one frees.
void go__alarm_unlock(struct go__alarm *a);

// go__alarm_free clears the alarm and gives up the owner's hold.
void go__alarm_free(struct go__alarm *a);

#endif
