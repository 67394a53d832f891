// SPDX-License-Identifier: MIT
//
// limiter: what limiter.c, limiter_wait.c and the promises share.
//
// A limiter is a promise and a list of bookings: admissions in the future.
// A promise answers which instant is the first for n more, given all that has
// been admitted, and keeps account; it knows nothing of those who wait.
//
// Invariants, whenever l->lock is free:
//   I1  The instants of the list never decrease; whoever comes is put at the
//       end. While the list is not empty nothing is admitted out of turn.
//   I2  base accounts for what has been admitted until l->seen; nothing but
//       the list is in the future. tail accounts for base and the list; it
//       means nothing while the list is empty.
//   I3  A promise that admits n at an instant admits them later, too, as long
//       as nothing else comes: so that to take a booking off the list leaves
//       room for all that stay where they are.
//   I4  A booking that waits lies in its waiter's frame, is on the list until
//       is_granted, and has the first instant possible behind those before
//       it. Others keep the instant they were given.

#ifndef CONC_LIMITER_H
#define CONC_LIMITER_H

#include "libgo/limiter.h"
#include "rt/park.h"

enum go__refusal {
	GO__REFUSAL_NONE,
	GO__REFUSAL_NEVER,
	GO__REFUSAL_LATE,
	GO__REFUSAL_FULL,
};

// struct go__booking is an admission to come. l->lock guards all of it.
struct go__booking {
	struct go__booking *next;
	struct go__booking *prev;
	go_time at;
	int64_t n;
	uint64_t id;                // of a reservation
	struct go__waiter *waiter;  // who is parked for it; NULL: nobody now
	bool is_wait;               // of go_limiter_wait, not a reservation
	bool is_granted;            // its instant has come; it is off the list
};

// union go__account is what a promise keeps to be copied.
union go__account {
	struct {
		__int128 level;  // tokens, in parts of 1 / per
		go_time since;   // when it was that
	} bucket;
	struct {
		go_time start;  // of the window; GO__NEVER before the first use
		int64_t count;
	} window;
};

// struct go__promise is a kind of limiter. In each call n is from 1 to
// l->limit, and instants are never before those of earlier calls for the same
// account. The lock is held.
struct go__promise {
	// first returns the first instant, from or later, at which n are
	// admitted; GO__NEVER for none.
	go_time (*first)(const go_limiter *l, const union go__account *a,
			 go_time from, int64_t n);
	// take admits n at that instant.
	void (*take)(go_limiter *l, union go__account *a, go_time at,
		     int64_t n);
	// remaining returns how many are admitted at once; the list is empty.
	int64_t (*remaining)(const go_limiter *l, go_time now);
	// reset returns the first instant at which nothing admitted counts.
	go_time (*reset)(const go_limiter *l, const union go__account *a);
};

struct go_limiter {
	uint32_t lock;
	const struct go__promise *promise;  // immutable
	go_time (*now)(void);               // immutable; tests have their own
	int64_t n;                          // immutable
	go_duration per;                    // immutable
	int64_t limit;                      // immutable; most at once
	int64_t queue;                      // immutable; most on the list
	go_time seen;                       // lock; the latest present
	union go__account base;             // lock; I2
	union go__account tail;             // lock; I2
	struct go__booking *first;          // lock
	struct go__booking *last;           // lock
	struct go__booking *spare;          // lock; of reservations, to free
	int64_t n_bookings;                 // lock; on the list
	uint64_t n_reserved;                // lock; the last id
	int64_t oldest;                     // lock; the oldest of log
	go_time log[];  // lock; a sliding window's last n instants, a ring
};

// go__limiter_new returns a limiter that admits n in per as promise does, with
// a log of n_log. Panics in the name of call.
go_limiter *go__limiter_new(const struct go__promise *promise, int64_t n,
			    go_duration per, int64_t limit, int64_t n_log,
			    const char *call);

// go__limiter_lock takes the lock, accounts for what has come to pass, and
// returns the present.
go_time go__limiter_lock(go_limiter *l);

// go__limiter_settle grants the bookings until now. The lock is held, as below.
void go__limiter_settle(go_limiter *l, go_time now);

// go__limiter_place returns the first instant for n behind all that are booked;
// GO__NEVER for none.
go_time go__limiter_place(const go_limiter *l, go_time now, int64_t n);

// go__limiter_book takes b->n at b->at, now or later. Returns GO__REFUSAL_FULL
// if it is later and the queue is full.
enum go__refusal go__limiter_book(go_limiter *l, struct go__booking *b,
				  go_time now);

// go__limiter_cancel takes b, which is on the list, off, and moves those who
// wait behind it forward. The caller readies who is in *ready then.
void go__limiter_cancel(go_limiter *l, struct go__booking *b, go_time now,
			struct go__waitq *ready);

#endif
