// SPDX-License-Identifier: MIT
//
// What one does with an order. Many objects are sorted by numbers made of
// their keys (orderpack.c) and then moved once each; few, or without memory,
// by comparisons.

#include <stdlib.h>
#include <string.h>

#include "data/order.h"
#include "libgo/error.h"
#include "libgo/goroutine.h"
#include "libgo/sorter.h"

enum {
	MANY = 16,     // objects; from here on packing pays
	CHUNK = 256,   // bytes of an object moved at a time
	SELECTED = 16  // objects; fewer are sorted to find one
};

// less_of is the comparison of o for sort.h.
static struct go__sorter
less_of(const go_order *o)
{
	struct go__sorter by = {o->size, go__order_less, (void *)(uintptr_t)o};

	return by;
}

// move_cycle moves the objects of the permutation's cycle through first, part
// by part, and marks their places as done.
static void
move_cycle(char *a, size_t size, go__uint128 *from, size_t first)
{
	char t[CHUNK];
	size_t at, part, to, next;

	for (at = 0; at < size; at += part) {
		part = size - at < CHUNK ? size - at : CHUNK;
		memcpy(t, a + first * size + at, part);
		for (to = first; (next = (size_t)from[to]) != first; to = next)
			memcpy(a + to * size + at, a + next * size + at, part);
		memcpy(a + to * size + at, t, part);
	}
	for (to = first; (next = (size_t)from[to]) != first; to = next)
		from[to] = to;
	from[to] = to;
}

// move_all moves the objects to a buffer, in order, and back: as many loads
// are under way at once as the machine can have. It tells whether there was
// memory.
static bool
move_all(char *a, size_t n, size_t size, const go__uint128 *from)
{
	char *buffer = malloc(n * size), *to = buffer;
	size_t i;

	if (buffer == NULL)
		return false;
	for (i = 0; i < n; i++, to += size)
		memcpy(to, a + (size_t)from[i] * size, size);
	memcpy(a, buffer, n * size);
	free(buffer);
	return true;
}

// sort_packed tells whether it could sort: there may be no memory.
static bool
sort_packed(const go_order *o, char *a, size_t n)
{
	go__uint128 *from;
	size_t i;

	if (go_order_is_sorted(o, a, n))
		return true;
	from = go__order_pack(o, a, n);
	if (from == NULL)
		return false;
	if (!move_all(a, n, o->size, from))
		for (i = 0; i < n; i++)
			if ((size_t)from[i] != i)
				move_cycle(a, o->size, from, i);
	free(from);
	return true;
}

void
go_order_sort(const go_order *o, void *a, size_t n)
{
	struct go__sorter by = less_of(o);

	if (n < MANY || !sort_packed(o, a, n))
		go_sort_func(a, n, by.size, by.less, by.arg);
}

void
go_order_stable(const go_order *o, void *a, size_t n)
{
	struct go__sorter by = less_of(o);

	if (n < MANY || !sort_packed(o, a, n))
		go_stable_sort_func(a, n, by.size, by.less, by.arg);
}

bool
go_order_is_sorted(const go_order *o, const void *a, size_t n)
{
	struct go__sorter by = less_of(o);

	return go_is_sorted_func(a, n, by.size, by.less, by.arg);
}

size_t
go_order_search(const go_order *o, const void *a, size_t n, const void *key)
{
	struct go__sorter by = less_of(o);

	return go_search_func(a, n, by.size, key, by.less, by.arg);
}

void
go_order_top(const go_order *o, void *a, size_t n, size_t k)
{
	struct go__sorter by = less_of(o);
	char *first = a, *end = first + n * by.size, *p;
	size_t i;

	// The first k are a heap, the last of them on top: what comes before
	// that takes its place.
	if (k > n)
		k = n;
	for (i = k / 2; k < n && i-- > 0;)
		go__sorter_sift(first, i, k, by);
	for (p = first + k * by.size; k > 0 && p < end; p += by.size) {
		if (!go__sorter_less(by, p, first))
			continue;
		go__sorter_swap(first, p, by.size);
		go__sorter_sift(first, 0, k, by);
	}
	go_order_sort(o, a, k);
}

void
go_order_nth(const go_order *o, void *a, size_t n, size_t k)
{
	struct go__sorter by = less_of(o);
	char *p = a;
	size_t m;
	unsigned limit = 0;

	if (k >= n)
		go_panic("go_order_nth: there is no such element");
	for (m = n; m > 1; m /= 2)
		limit += 2;
	while (n > SELECTED) {
		if (limit-- == 0) {
			go__sorter_heap(p, n, by);
			return;
		}
		go__sorter_swap(p, go__sorter_pivot(p, n, by), by.size);
		m = go__sorter_partition(p, n, by);
		if (k == m)
			return;
		if (k > m) {
			p += (m + 1) * by.size;
			n -= m + 1;
			k -= m + 1;
		} else {
			n = m;
		}
	}
	go__sorter_insertion(p, n, 1, by);
}

go_error *
go_order_permutation(const go_order *o, const void *a, size_t n, size_t *index)
{
	go__uint128 *from = go__order_pack(o, a, n);
	size_t i;

	if (from == NULL)
		return GO_NO_MEMORY;
	for (i = 0; i < n; i++)
		index[i] = (size_t)from[i];
	free(from);
	return NULL;
}

void
go_order_merge(const go_order *o, const void *a, size_t n, const void *b,
	       size_t m, void *out)
{
	const char *p = a, *q = b;
	char *to = out;
	bool take_b;

	for (; n > 0 && m > 0; to += o->size) {
		take_b = go_order_compare(o, q, p) < 0;
		memcpy(to, take_b ? q : p, o->size);
		q += take_b ? o->size : 0;
		p += take_b ? 0 : o->size;
		m -= take_b;
		n -= !take_b;
	}
	if (n > 0)
		memcpy(to, p, n * o->size);
	else if (m > 0)
		memcpy(to, q, m * o->size);
}

go_error *
go__sort_by(const go_type *t, void *a, size_t n, const char *spec)
{
	go_order *o;
	go_error *err = go_order_new(t, spec, &o);

	if (err != NULL)
		return err;
	go_order_sort(o, a, n);
	go_order_free(o);
	return NULL;
}

go_error *
go__stable_sort_by(const go_type *t, void *a, size_t n, const char *spec)
{
	go_order *o;
	go_error *err = go_order_new(t, spec, &o);

	if (err != NULL)
		return err;
	go_order_stable(o, a, n);
	go_order_free(o);
	return NULL;
}
