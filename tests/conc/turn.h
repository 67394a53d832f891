// SPDX-License-Identifier: MIT
//
// turn: the clock of timers, turned by hand. Tests set timers hours away, so
// that none goes off by itself, and say when the hours have passed.

#ifndef TESTS_CONC_TURN_H
#define TESTS_CONC_TURN_H

#include "conc/alarm.h"
#include "suite.h"

// turn has everything go off that is due within d.
static inline void
turn(go_duration d)
{
	go__timers_run(go_now() + d);
}

// alarm_of is the alarm at the head of a timer or ticker.
static inline struct go__alarm *
alarm_of(void *timer)
{
	return timer;
}

#endif
