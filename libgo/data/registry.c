// SPDX-License-Identifier: MIT
//
// The types linked into the program, by name.
//
// Modules enter a list from constructors. The first look-up sorts their names
// into an index; a module entered later (by dlopen) makes the next look-up
// build a new one. Old indices are not freed: a reader may hold one.
//
// Invariants:
//   I1  The list only grows at its head; a node is whole before it is on [R2].
//   I2  An index covers the list from its `newest` on and never changes.

#include "libgo/reflect.h"

#include <stdlib.h>
#include <string.h>

#include "data/module.h"
#include "rt/atomic.h"

struct index {
	const struct go__module_node *newest;
	size_t n, n_exported;
	const go_type **exported;
	const go_type *by_name[];
};

static struct go__module_node *modules;  // atomic
static void *current;                    // atomic; struct index

void
go__module_register_v1(struct go__module_node *node)
{
	struct go__module_node *head;

	do {
		head = load_acq(&modules);  // [R2]
		node->next = head;
	} while (!cas_rel(&modules, head, node));  // [R2] pairs with find: I1
}

static bool
is_named(const go_type *t)
{
	return !(t->flags & GO__TYPE_ANONYMOUS);
}

// compare_types puts exported types first among those of one name.
static int
compare_types(const void *a, const void *b)
{
	const go_type *x = *(const go_type *const *)a;
	const go_type *y = *(const go_type *const *)b;
	int c = strcmp(go_type_name(x), go_type_name(y));

	if (c != 0)
		return c;
	return (y->flags & GO__TYPE_EXPORTED) - (x->flags & GO__TYPE_EXPORTED);
}

static void
add_types(struct index *ix, const struct go__module *m)
{
	uint32_t i;

	for (i = 0; i < m->n_types; i++)
		if (is_named(go__module_type(m, i)))
			ix->by_name[ix->n++] = go__module_type(m, i);
}

static struct index *
build(const struct go__module_node *newest)
{
	const struct go__module *builtin = go__builtin_module();
	const struct go__module_node *node;
	size_t n = builtin->n_types, i;
	struct index *ix;

	for (node = newest; node != NULL; node = node->next)
		n += node->module->n_types;
	ix = go__module_alloc(sizeof(*ix) + 2 * n * sizeof(go_type *));
	ix->newest = newest;
	add_types(ix, builtin);
	for (node = newest; node != NULL; node = node->next)
		add_types(ix, node->module);
	qsort(ix->by_name, ix->n, sizeof(go_type *), compare_types);
	ix->exported = ix->by_name + n;
	for (i = 0; i < ix->n; i++)
		if (ix->by_name[i]->flags & GO__TYPE_EXPORTED)
			ix->exported[ix->n_exported++] = ix->by_name[i];
	return ix;
}

static const struct index *
find_index(void)
{
	const struct go__module_node *newest = load_acq(&modules);  // [R2]
	struct index *old = go__module_cached(&current);
	struct index *made;

	if (old != NULL && old->newest == newest)
		return old;  // I2
	made = build(newest);
	if (cas_acqrel(&current, old, made))  // [R1] pairs with cached
		return made;
	// Another was faster; it may have seen fewer modules, which is as if
	// this look-up had been a little earlier.
	free(made);
	return go__module_cached(&current);
}

const go_type *
go_type_by_name(const char *name)
{
	const struct index *ix = find_index();
	size_t low = 0, high = ix->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(go_type_name(ix->by_name[mid]), name) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < ix->n && strcmp(go_type_name(ix->by_name[low]), name) == 0)
		return ix->by_name[low];
	return NULL;
}

const go_type *const *
go_types(size_t *n)
{
	const struct index *ix = find_index();

	*n = ix->n_exported;
	return ix->exported;
}
