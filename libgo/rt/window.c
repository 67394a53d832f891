// SPDX-License-Identifier: MIT

#include "rt/window.h"

#include "rt/os.h"
#include "rt/panic.h"

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
		while (load_acq(&m->is_open))  // [W1]
			go__os_yield();
	}
}
