// SPDX-License-Identifier: MIT
//
// chan_blocked: what the tests of channels and select ask of goroutines that
// may block.
//
// That a goroutine is blocked is read where it is true: in the queues of the
// channel, or in the goroutine's own record. Nothing is guessed from time.

#ifndef TESTS_CONC_CHAN_BLOCKED_H
#define TESTS_CONC_CHAN_BLOCKED_H

#include <stdio.h>

#include "conc/chan.h"
#include "rt/g.h"
#include "suite.h"

// await_senders and await_receivers let others run until n wait at c.
#define await_senders(c, n) await_at(c, senders, n)
#define await_receivers(c, n) await_at(c, receivers, n)
#define await_at(c, end, n)                                                    \
	do {                                                                   \
		struct go__chan *at_ = go__chan_of((go__chan_ref)(c));         \
		while (queued(&at_->lock, &at_->end) != (n))                   \
			go_yield();                                            \
	} while (0)

// test_seed returns the seed of this run, from SEED if that is set, and prints
// it: a failure can be repeated.
static inline unsigned
test_seed(void)
{
	const char *text = getenv("SEED");
	unsigned seed = text != NULL ? (unsigned)strtoul(text, NULL, 10)
				     : (unsigned)go_now();

	printf("SEED=%u\n", seed);
	return seed;
}

// struct trial is a call that either ends or blocks for ever.
struct trial {
	void (*fn)(void *arg);
	void *arg;
	go_atomic_ptr g;
	go_atomic_bool ended;
};

static inline void
trial_run(struct trial *t)
{
	go_atomic_store(&t->g, (void *)go__self());
	t->fn(t->arg);
	go_atomic_store(&t->ended, true);
}

// blocks starts fn(arg) as a goroutine and tells whether it came to a wait
// instead of its end. The trial must live as long as the goroutine does.
static inline bool
blocks(struct trial *t, void (*fn)(void *arg), void *arg)
{
	struct g *g;

	t->fn = fn;
	t->arg = arg;
	go(trial_run, t);
	for (;;) {
		go_yield();
		if (go_atomic_load(&t->ended))
			return false;
		g = go_atomic_load(&t->g);
		if (g != NULL && load_rlx(&g->why) != GO__WHY_NONE)
			break;
	}
	// Whoever goes on in spite of that gets a chance to.
	for (int i = 0; i < 3; i++)
		go_yield();
	return !go_atomic_load(&t->ended);
}

#endif
