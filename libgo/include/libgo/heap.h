// SPDX-License-Identifier: MIT
//
// heap: a priority queue of elements of any one size.
//
//	go_heap h;
//	go_heap_init(&h, sizeof(struct task), is_more_urgent, NULL);
//	err = go_heap_push(&h, &task);
//	while (go_heap_pop(&h, &task))
//		run(&task);
//	go_heap_deinit(&h);
//
// The element that comes before all others is at the front. To push, pop, fix
// and remove takes O(log n) comparisons. Of equal elements any is first. The
// heap owns its copies of the elements; what they point to is the caller's. A
// heap has one user at a time. A comparison that panics finds every element in
// the heap.

#ifndef LIBGO_HEAP_H
#define LIBGO_HEAP_H

#include "libgo/sort.h"

GO_BEGIN_DECLS

typedef struct go_heap {
	/* read-only */
	void *items;  // len elements; [0] is the first
	size_t len;
	/* public */
	// moved, if not NULL, is told where each element goes, so that the
	// caller knows what to fix or remove; called when it enters, too.
	void (*moved)(void *item, size_t i, void *arg);
	/* private */
	size_t cap;
	size_t size;
	go_less *less;
	void *arg;
} go_heap;

// go_heap_init makes an empty heap of elements of size bytes. It allocates
// nothing.
GO_API void go_heap_init(go_heap *h, size_t size, go_less *less, void *arg);
GO_API void go_heap_deinit(go_heap *h);

// go_heap_from fills an empty heap with n elements, in O(n).
GO_API GO_MUST_USE go_error *go_heap_from(go_heap *h, const void *items,
					  size_t n);

// go_heap_push puts a copy of *item in. Without memory it returns
// GO_NO_MEMORY and the heap stays as it is.
GO_API GO_MUST_USE go_error *go_heap_push(go_heap *h, const void *item);

// go_heap_peek returns the first element, NULL if the heap is empty.
GO_API void *go_heap_peek(const go_heap *h);

// go_heap_pop moves the first element to *item, unless NULL; it returns false
// if the heap is empty.
GO_API bool go_heap_pop(go_heap *h, void *item);

// go_heap_at returns element i, which the caller may change if it fixes it
// then.
GO_API void *go_heap_at(const go_heap *h, size_t i);

// go_heap_fix finds the place of element i after a change of it.
GO_API void go_heap_fix(go_heap *h, size_t i);

// go_heap_remove moves element i to *item, unless NULL. Panics if there is no
// such element, as do fix and at.
GO_API void go_heap_remove(go_heap *h, size_t i, void *item);

GO_END_DECLS

#endif
