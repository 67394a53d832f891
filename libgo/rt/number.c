// SPDX-License-Identifier: MIT
//
// Numbers: which goroutine this is, and how many there are.
//
// Each machine gives out numbers from a block of its own, and counts births
// and deaths of its own: no line of memory is shared by all goroutines' lives.

#include "libgo/goroutine.h"
#include "rt/machine.h"

enum { ID_BLOCK = 64 };

uint64_t
go__sched_born(void)
{
	struct m *m = go__sched_machine();

	if (m == NULL) {
		add_rlx(&go__sched.alive, 1);       // a statistic
		return add_rlx(&go__sched.ids, 1);  // unique is enough
	}
	store_rlx(&m->alive, m->alive + 1);  // a statistic
	if (m->next_id == m->end_id) {
		m->end_id =
			add_rlx(&go__sched.ids, ID_BLOCK);  // unique is enough
		m->next_id = m->end_id - ID_BLOCK;
	}
	return ++m->next_id;
}

void
go__sched_died(void)
{
	struct m *m = go__sched_machine();

	store_rlx(&m->alive, m->alive - 1);  // a statistic
}

size_t
go__sched_count(void)
{
	int64_t n = 1 + load_rlx(&go__sched.alive);  // main; a statistic

	// [S3] pairs with go__idle_enlist.
	for (struct m *m = load_acq(&go__sched.made); m != NULL;
	     m = m->next_made)
		n += load_rlx(&m->alive);  // a statistic
	return n > 0 ? (size_t)n : 0;
}
