// SPDX-License-Identifier: MIT
//
// libgo: goroutines, channels and reflection for C. This header includes the
// header of every topic; each of them also stands alone.

#ifndef LIBGO_H
#define LIBGO_H

#include "libgo/atomic.h"
#include "libgo/base.h"
#include "libgo/chan.h"
#include "libgo/context.h"
#include "libgo/error.h"
#include "libgo/format.h"
#include "libgo/goroutine.h"
#include "libgo/group.h"
#include "libgo/heap.h"
#include "libgo/json.h"
#include "libgo/limiter.h"
#include "libgo/meta.h"
#include "libgo/order.h"
#include "libgo/reflect.h"
#include "libgo/signal.h"
#include "libgo/sort.h"
#include "libgo/sort_core.h"
#include "libgo/sorter.h"
#include "libgo/sync.h"
#include "libgo/table.h"
#include "libgo/time.h"
#include "libgo/value.h"

#endif
