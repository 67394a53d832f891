// SPDX-License-Identifier: MIT
//
// time: instants, for the rooms.

#ifndef CONC_TIME_H
#define CONC_TIME_H

#include "libgo/time.h"
#include "rt/park.h"

// go__time_sum returns t + d, or GO__NEVER when that is beyond the clock;
// go__time_after returns the instant d from now likewise.
go_time go__time_sum(go_time t, go_duration d);
go_time go__time_after(go_duration d);

#endif
