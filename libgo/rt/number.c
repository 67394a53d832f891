// SPDX-License-Identifier: MIT
//
// Numbers: which goroutine this is, and how many there are.
//
// Each machine gives out numbers from a block of its own, and counts births
// and deaths of its own: no line of memory is shared by all goroutines' lives.
//
// Who counts those alive adds up the deaths first and then the births. What is
// born and dies meanwhile may be taken for alive, but nobody who is alive is
// missed: each death was seen with its birth, perhaps on another machine.

#include "libgo/goroutine.h"
#include "rt/machine.h"

enum { ID_BLOCK = 64 };

uint64_t
go__sched_born(void)
{
	struct m *m = go__sched_machine();

	if (m == NULL) {
		add_rlx(&go__sched.born, 1);        // seen with the death
		return add_rlx(&go__sched.ids, 1);  // unique is enough
	}
	store_rlx(&m->born, m->born + 1);  // likewise
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

	// [N1] pairs with go__sched_count: who sees the death sees the birth.
	store_rel(&m->died, m->died + 1);
}

size_t
go__sched_count(void)
{
	// [S3] pairs with go__idle_enlist.
	struct m *made = load_acq(&go__sched.made);
	uint64_t n = 1;  // main

	for (struct m *m = made; m != NULL; m = m->next_made)
		n -= load_acq(&m->died);  // [N1] pairs with go__sched_died
	// [S3] as above: a machine made since may have borne some who died.
	made = load_acq(&go__sched.made);
	for (struct m *m = made; m != NULL; m = m->next_made)
		n += load_rlx(&m->born);                 // ordered by [N1]
	return (size_t)(n + load_rlx(&go__sched.born));  // likewise
}
