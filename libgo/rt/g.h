// SPDX-License-Identifier: MIT
//
// g: a goroutine.
//
// Lives at the top of its own stack, so that starting one touches one page;
// a dead one keeps its stack and waits among the free ones for its next life.
// The memory can be read for ever; it becomes zeros when the system takes it
// back, which is a dead goroutine, too. Nobody writes to it then (sweep.c).
//
// Who owns it: while it runs, itself; while parked, whoever may ready it;
// while queued, the queue; while dead, who has its stack (depot.c).

#ifndef RT_G_H
#define RT_G_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/call.h"
#include "rt/deeds.h"
#include "rt/guard.h"
#include "rt/park.h"
#include "rt/timer.h"
#include "rt/tools.h"
#include "switch.h"

enum g_kind {
	G_GOROUTINE,  // has a stack of ours
	G_MAIN,       // the main thread's stack; becomes goroutine 1
	G_THREAD,     // stands for a plain thread
};

enum { G_NAME_SIZE = 32 };

// A birth writes the first six lines of 64 bytes and the one below them, where
// the first frame begins; a switch touches the first.
struct g {
	struct go__context context;  // owner; where it left off
	struct g *next;              // owner; link of the queue it is on
	struct m *machine;           // owner; where it must run, or NULL
	go_time since;    // owner writes, dumps look; when it stopped
	struct g *ahead;  // owner; some further on in that queue, or NULL
	uint32_t number;  // immutable; slab.h
	uint16_t kind;    // immutable; enum g_kind
	uint16_t why;     // owner writes, dumps look; enum go__why
	uint64_t id;      // owner writes, dumps look; 0 when dead
	char name[G_NAME_SIZE];  // owner
	struct go__call call;    // immutable during a life
	void (*finish)(void *arg, uintptr_t result);
	void *finish_arg;
	const struct go__site *site;  // immutable during a life
	uint32_t n_locks;             // owner; of go_lock_thread
	uint32_t parting;             // lock; see park.c
	struct go__local *locals;     // owner; see local.c
	struct go__deeds deeds;       // owner

	uint64_t claim;             // atomic; the open ticket, 0 when taken
	uint64_t n_tickets;         // owner; never reset: tickets are unique
	struct go__waiter *winner;  // who claims; read after the ready
	struct go__timer timer;     // owner; the deadline of go__park_until
	uint64_t random;            // owner; of go__random
	uint32_t token;             // atomic; G_THREAD: 1 once readied
	int32_t n_late;             // atomic; callbacks that run late, park.c

	enum guard guard;        // immutable, as the two below
	char *stack;             // lowest address, guard included
	size_t stack_size;       // guard included, struct g not
	size_t painted;          // owner; see census.c
	struct go__tools tools;  // owner
};

#endif
