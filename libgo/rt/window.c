// SPDX-License-Identifier: MIT

#include "rt/window.h"

#include "rt/os.h"
#include "rt/panic.h"

enum { YIELDS = 64, NAP = 50000 };  // ns

// await waits for m's window. Its thread runs a few instructions more, but may
// have lost its CPU to us, who may have a higher priority.
static void
await(const struct m *m)
{
	for (int i = 0; load_acq(&m->is_open); i++)  // [W1]
		if (i < YIELDS)
			go__os_yield();
		else
			go__os_nap(go__os_now() + NAP);
}

void
go__window_await(void)
{
	bool is_made = go__os_barrier() == 0;  // [W1]

	// [S3] pairs with go__idle_enlist.
	for (struct m *m = load_acq(&go__sched.made); m != NULL;
	     m = m->next_made) {
		go__check(is_made || !load_rlx(&m->may_open),  // it stays true
			  "the system refuses membarrier, which it granted "
			  "before");
		await(m);
	}
}
