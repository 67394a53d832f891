// SPDX-License-Identifier: MIT
//
// base: what every other header of the library stands on.
//
// Durations and instants, the attributes of public functions, and the few
// private types that public structures embed. Programs include <libgo.h> or
// the header of a topic and get this one with it.

#ifndef LIBGO_BASE_H
#define LIBGO_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define GO_BEGIN_DECLS extern "C" {
#define GO_END_DECLS }
#define GO__STATIC_ASSERT(cond, text) static_assert(cond, text)
#else
#define GO_BEGIN_DECLS
#define GO_END_DECLS
#define GO__STATIC_ASSERT(cond, text) _Static_assert(cond, text)
#endif

// GO_API marks what libgo.a exports.
#define GO_API __attribute__((visibility("default")))
// GO_MUST_USE marks a result that a caller may not drop.
#define GO_MUST_USE __attribute__((warn_unused_result))
#define GO__NORETURN __attribute__((noreturn))
#define GO__PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

GO_BEGIN_DECLS

// go_duration is a span of time in nanoseconds.
typedef int64_t go_duration;

// go_time is an instant on the monotonic clock, in nanoseconds.
typedef int64_t go_time;

// go_error tells what the world refused; NULL is success. See error.h.
typedef struct go_error go_error;

// go_ctx carries cancellation, deadlines and values; NULL is the background.
// See context.h.
typedef struct go_ctx go_ctx;

// struct go__waiter is one who waits, struct go__waitq a queue of them, first
// come, first served; all zero is an empty queue. See rt/park.h.
struct g;
struct go__waiter {
	/* private */
	struct go__waiter *next;  // the queue's lock
	struct go__waiter *prev;  // the queue's lock
	struct g *g;              // who waits; set before it is queued
	uint64_t ticket;          // 0, or what go__claim needs
	void *slot;               // where a value lies or goes; the room's own
	uint64_t arg;             // the room's own
	bool is_queued;           // the queue's lock
	bool ok;                  // the server's answer, before go__ready
};
struct go__waitq {
	/* private */
	struct go__waiter *first;
	struct go__waiter *last;
};

GO_END_DECLS

// GO__CAT pastes two names after expanding them.
#define GO__CAT(a, b) GO__CAT_(a, b)
#define GO__CAT_(a, b) a##b

// GO__NARG counts its 1 to 16 arguments; more give a name that tells.
#define GO__NARG(...)                                                          \
	GO__NARG_(__VA_ARGS__, too_many, too_many, too_many, too_many, 16, 15, \
		  14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define GO__NARG_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t,  \
		  count, ...)                                                  \
	count

#endif
