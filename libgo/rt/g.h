// SPDX-License-Identifier: MIT
//
// g: a goroutine.
//
// Lives at the top of its own stack, so that starting one touches one page;
// a dead one keeps its stack and waits on a free list for its next life. The
// memory is a struct g for ever: a late timer may still look at it (K3).
//
// Who owns it: while it runs, itself; while parked, whoever may ready it;
// while queued, the queue; while dead, the free list.

#ifndef RT_G_H
#define RT_G_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/call.h"
#include "rt/deeds.h"
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

struct g {
	struct go__context context;  // owner; where it left off
	struct g *next;              // owner; link of the queue it is on
	struct go__tools tools;      // owner
	enum g_kind kind;            // immutable
	enum go__why why;            // owner writes, dumps look
	go_time since;               // likewise; when it stopped, roughly
	uint32_t token;              // atomic; G_THREAD: 1 once readied
	uint64_t id;                 // owner writes, dumps look; 0 when dead

	uint64_t claim;             // atomic; the open ticket, 0 when taken
	uint64_t n_tickets;         // owner; never reset: tickets are unique
	struct go__waiter *winner;  // who claims; read after the ready
	struct go__timer timer;     // owner; the deadline of go__park_until
	uint32_t parting;           // lock; see park.c
	uint64_t random;            // owner; of go__random

	char *stack;           // immutable; lowest address, guard included
	size_t stack_size;     // immutable; guard included, struct g not
	struct go__call call;  // immutable during a life
	void (*finish)(void *arg, uintptr_t result);
	void *finish_arg;
	const struct go__site *site;  // immutable during a life
	struct m *machine;            // owner; where it must run, or NULL
	uint32_t n_locks;             // owner; of go_lock_thread
	struct go__local *locals;     // owner; see local.c
	struct go__deeds deeds;       // owner
	char name[G_NAME_SIZE];       // owner
};

#endif
