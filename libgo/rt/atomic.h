// SPDX-License-Identifier: MIT
//
// atomic: memory operations named by their order.
//
// The only place with compiler atomics. Every order stronger than relaxed
// carries a label at its use, `// [O3] pairs with ...`; libgo/README.md lists
// the labels. Works on any object of 1, 2, 4 or 8 bytes.

#ifndef RT_ATOMIC_H
#define RT_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#include "rt/stress.h"

// Whatever orders or decides something is a place where another thread may
// come between.
#define go__ordered(operation) (go__stress_point(), operation)

#define load_rlx(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define load_acq(p) go__ordered(__atomic_load_n((p), __ATOMIC_ACQUIRE))
#define load_seq(p) go__ordered(__atomic_load_n((p), __ATOMIC_SEQ_CST))
#define store_rlx(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)
#define store_rel(p, v)                                                        \
	go__ordered(__atomic_store_n((p), (v), __ATOMIC_RELEASE))
#define store_seq(p, v)                                                        \
	go__ordered(__atomic_store_n((p), (v), __ATOMIC_SEQ_CST))
#define swap_rlx(p, v)                                                         \
	go__ordered(__atomic_exchange_n((p), (v), __ATOMIC_RELAXED))
#define swap_acq(p, v)                                                         \
	go__ordered(__atomic_exchange_n((p), (v), __ATOMIC_ACQUIRE))
#define swap_rel(p, v)                                                         \
	go__ordered(__atomic_exchange_n((p), (v), __ATOMIC_RELEASE))
#define swap_seq(p, v)                                                         \
	go__ordered(__atomic_exchange_n((p), (v), __ATOMIC_SEQ_CST))
#define swap_acqrel(p, v)                                                      \
	go__ordered(__atomic_exchange_n((p), (v), __ATOMIC_ACQ_REL))
#define add_rlx(p, v) __atomic_add_fetch((p), (v), __ATOMIC_RELAXED)
#define add_acqrel(p, v)                                                       \
	go__ordered(__atomic_add_fetch((p), (v), __ATOMIC_ACQ_REL))
#define add_seq(p, v)                                                          \
	go__ordered(__atomic_add_fetch((p), (v), __ATOMIC_SEQ_CST))
#define sub_acqrel(p, v)                                                       \
	go__ordered(__atomic_sub_fetch((p), (v), __ATOMIC_ACQ_REL))
#define fence_seq() __atomic_thread_fence(__ATOMIC_SEQ_CST)

// cas_*(p, want, v) stores v if *p equals want and tells whether it did.
// The order holds on success; a failure is relaxed.
#define go__cas(p, want, v, order)                                             \
	__extension__({                                                        \
		__typeof__(*(p)) go__want = (want);                            \
		__atomic_compare_exchange_n((p), &go__want, (v), false,        \
					    (order), __ATOMIC_RELAXED);        \
	})
#define cas_rlx(p, want, v) go__ordered(go__cas(p, want, v, __ATOMIC_RELAXED))
#define cas_acq(p, want, v) go__ordered(go__cas(p, want, v, __ATOMIC_ACQUIRE))
#define cas_rel(p, want, v) go__ordered(go__cas(p, want, v, __ATOMIC_RELEASE))
#define cas_acqrel(p, want, v)                                                 \
	go__ordered(go__cas(p, want, v, __ATOMIC_ACQ_REL))
#define cas_seq(p, want, v) go__ordered(go__cas(p, want, v, __ATOMIC_SEQ_CST))

#endif
