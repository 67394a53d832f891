// SPDX-License-Identifier: MIT
//
// suite: what the tests of this room share.

#ifndef TESTS_CONC_SUITE_H
#define TESTS_CONC_SUITE_H

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "libgo/atomic.h"
#include "libgo/chan.h"
#include "libgo/context.h"
#include "libgo/error.h"
#include "libgo/goroutine.h"
#include "libgo/group.h"
#include "libgo/sync.h"
#include "libgo/time.h"
#include "rt/lock.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static inline size_t
queued(uint32_t *lock, const struct go__waitq *q)
{
	size_t n = 0;

	go__lock(lock);
	for (const struct go__waiter *w = q->first; w != NULL; w = w->next)
		n++;
	go__unlock(lock);
	return n;
}

// await_queued lets others run until n wait on thing->waiters.
#define await_queued(thing, n)                                                 \
	do {                                                                   \
		while (queued(&(thing)->lock, &(thing)->waiters) != (n))       \
			go_yield();                                            \
	} while (0)

// takes_it_for_a_copy tells whether err, which it frees, is that panic.
static inline bool
takes_it_for_a_copy(go_error *err)
{
	bool is_so = strstr(go_error_text(err), ": this is a copy, ") != NULL;

	go_error_free(err);
	return is_so;
}

static inline int
run_suite(Suite *s)
{
	SRunner *runner = srunner_create(s);
	int failed;

	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
