// SPDX-License-Identifier: MIT
//
// A binary heap in an array: the children of i are 2i+1 and 2i+2.
//
// Invariants, whenever nothing runs:
//   I1  No element comes before its parent.
//   I2  While less runs, every element is in the array: a panic leaves a heap
//       that lacks I1 at one place at most.

#include "libgo/heap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "libgo/error.h"
#include "libgo/goroutine.h"
#include "libgo/sorter.h"

enum { FIRST_CAP = 16 };

static char *
at(const go_heap *h, size_t i)
{
	return (char *)h->items + i * h->size;
}

static void
tell(const go_heap *h, size_t i)
{
	if (h->moved != NULL)
		h->moved(at(h, i), i, h->arg);
}

static bool
precedes(const go_heap *h, size_t i, size_t k)
{
	return h->less(at(h, i), at(h, k), h->arg);
}

static void
swap(const go_heap *h, size_t i, size_t k)
{
	go__sorter_swap(at(h, i), at(h, k), h->size);
	tell(h, i);
	tell(h, k);
}

static void
up(const go_heap *h, size_t i)
{
	size_t parent;

	for (; i > 0; i = parent) {
		parent = (i - 1) / 2;
		if (!precedes(h, i, parent))
			break;
		swap(h, i, parent);
	}
}

// down tells whether i has moved.
static bool
down(const go_heap *h, size_t i)
{
	size_t first = i, child;

	while ((child = 2 * i + 1) < h->len) {
		if (child + 1 < h->len && precedes(h, child + 1, child))
			child++;
		if (!precedes(h, child, i))
			break;
		swap(h, i, child);
		i = child;
	}
	return i != first;
}

static bool
reserve(go_heap *h, size_t cap)
{
	void *items;

	if (cap <= h->cap)
		return true;
	if (cap < h->cap * 2)
		cap = h->cap * 2;
	if (cap < FIRST_CAP)
		cap = FIRST_CAP;
	if (cap > SIZE_MAX / 2 / h->size)
		return false;
	items = realloc(h->items, cap * h->size);
	if (items == NULL)
		return false;
	h->items = items;
	h->cap = cap;
	return true;
}

static void
check(const go_heap *h, size_t i, const char *who)
{
	if (i >= h->len)
		go_panic("%s: element %zu of %zu", who, i, h->len);
}

void
go_heap_init(go_heap *h, size_t size, go_less *less, void *arg)
{
	assert(size > 0 && less != NULL);
	memset(h, 0, sizeof(*h));
	h->size = size;
	h->less = less;
	h->arg = arg;
}

void
go_heap_deinit(go_heap *h)
{
	if (h == NULL)
		return;
	free(h->items);
	h->items = NULL;
	h->len = h->cap = 0;
}

go_error *
go_heap_from(go_heap *h, const void *items, size_t n)
{
	size_t i;

	if (h->len > 0)
		go_panic("go_heap_from: the heap is not empty");
	if (!reserve(h, n))
		return GO_NO_MEMORY;
	if (n > 0)
		memcpy(h->items, items, n * h->size);
	h->len = n;
	for (i = 0; i < n; i++)
		tell(h, i);
	for (i = n / 2; i-- > 0;)
		down(h, i);
	return NULL;
}

go_error *
go_heap_push(go_heap *h, const void *item)
{
	if (h->len == h->cap && !reserve(h, h->len + 1))
		return GO_NO_MEMORY;
	memcpy(at(h, h->len), item, h->size);
	h->len++;
	tell(h, h->len - 1);
	up(h, h->len - 1);
	return NULL;
}

void *
go_heap_peek(const go_heap *h)
{
	return h->len == 0 ? NULL : h->items;
}

bool
go_heap_pop(go_heap *h, void *item)
{
	if (h->len == 0)
		return false;
	go_heap_remove(h, 0, item);
	return true;
}

void *
go_heap_at(const go_heap *h, size_t i)
{
	check(h, i, "go_heap_at");
	return at(h, i);
}

void
go_heap_fix(go_heap *h, size_t i)
{
	check(h, i, "go_heap_fix");
	if (!down(h, i))
		up(h, i);
}

void
go_heap_remove(go_heap *h, size_t i, void *item)
{
	check(h, i, "go_heap_remove");
	if (item != NULL)
		memcpy(item, at(h, i), h->size);
	h->len--;
	if (i == h->len)
		return;
	memcpy(at(h, i), at(h, h->len), h->size);
	tell(h, i);
	if (!down(h, i))
		up(h, i);
}
