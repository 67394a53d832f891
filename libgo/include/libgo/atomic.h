// SPDX-License-Identifier: MIT
//
// atomic: numbers, truths and pointers that goroutines share without a lock.
//
//	static go_atomic_int64 served;
//
//	go_atomic_add(&served, 1);
//	printf("%lld\n", (long long)go_atomic_load(&served));
//
// All operations take a pointer to any of the types below, and evaluate each
// argument once. All are sequentially consistent: every goroutine sees all of
// them in one order. The zero value is 0, false or NULL, and {5} starts at 5.
// Numbers wrap around. A number that is not one of these types does not
// compile; neither does arithmetic with a bool or a pointer.

#ifndef LIBGO_ATOMIC_H
#define LIBGO_ATOMIC_H

#include "libgo/base.h"

GO_BEGIN_DECLS

typedef struct go_atomic_int32 {
	/* private */
	int32_t go__value;
} go_atomic_int32;

typedef struct go_atomic_uint32 {
	/* private */
	uint32_t go__value;
} go_atomic_uint32;

typedef struct go_atomic_int64 {
	/* private */
	int64_t go__value __attribute__((aligned(8)));
} go_atomic_int64;

typedef struct go_atomic_uint64 {
	/* private */
	uint64_t go__value __attribute__((aligned(8)));
} go_atomic_uint64;

typedef struct go_atomic_bool {
	/* private */
	bool go__value;
} go_atomic_bool;

typedef struct go_atomic_ptr {
	/* private */
	void *go__value;
} go_atomic_ptr;

GO_END_DECLS

// go_atomic_load returns the value.
#define go_atomic_load(a) __atomic_load_n(&(a)->go__value, __ATOMIC_SEQ_CST)

// go_atomic_store makes v the value.
#define go_atomic_store(a, v)                                                  \
	__atomic_store_n(&(a)->go__value, (v), __ATOMIC_SEQ_CST)

// go_atomic_swap makes v the value and returns the old one.
#define go_atomic_swap(a, v)                                                   \
	__atomic_exchange_n(&(a)->go__value, (v), __ATOMIC_SEQ_CST)

// go_atomic_cas makes v the value if it is want, and tells whether it was.
#define go_atomic_cas(a, want, v)                                              \
	__sync_bool_compare_and_swap(&(a)->go__value, (want), (v))

// go_atomic_add adds n and returns the new value.
#define go_atomic_add(a, n)                                                    \
	__extension__({                                                        \
		GO__ATOMIC_NUMBER(a);                                          \
		__atomic_add_fetch(&(a)->go__value, (n), __ATOMIC_SEQ_CST);    \
	})

// go_atomic_and clears the bits that mask lacks and returns the old value.
#define go_atomic_and(a, mask)                                                 \
	__extension__({                                                        \
		GO__ATOMIC_NUMBER(a);                                          \
		__atomic_fetch_and(&(a)->go__value, (mask), __ATOMIC_SEQ_CST); \
	})

// go_atomic_or sets the bits of mask and returns the old value.
#define go_atomic_or(a, mask)                                                  \
	__extension__({                                                        \
		GO__ATOMIC_NUMBER(a);                                          \
		__atomic_fetch_or(&(a)->go__value, (mask), __ATOMIC_SEQ_CST);  \
	})

// Private: a pointer cannot be multiplied, a bool takes one byte.
#define GO__ATOMIC_NUMBER(a)                                                   \
	GO__STATIC_ASSERT(sizeof((a)->go__value * 1) > 0 &&                    \
				  sizeof((a)->go__value) > 1,                  \
			  "go_atomic: arithmetic needs an integer type")

#endif
