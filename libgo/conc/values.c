// SPDX-License-Identifier: MIT
//
// The values of contexts.
//
// Contexts that give a key a value, sources, are few among the others. So each
// context knows the nearest source, which is itself or above it, and a look-up
// goes from source to source. Where two contexts merge the way would fork, and
// with shared ancestors double at every fork: there the merged context becomes
// a source of its own, with a table of all that both see, and the look-up ends
// in it. If one of the two sees nothing, or both see the same, none is needed.

#include <stdlib.h>

#include "conc/context.h"

static const go_ctx *
nearest(const go_ctx *c)
{
	return c != NULL ? c->source : NULL;
}

// beyond returns the next source after source c, whose table hides all others.
static const go_ctx *
beyond(const go_ctx *c)
{
	return c->table == NULL ? nearest(c->up[0].parent) : NULL;
}

// entries returns the values of source c alone, of which there are *n.
static const struct go__ctx_value *
entries(const go_ctx *c, size_t *n)
{
	*n = c->table != NULL ? c->n_values : 1;
	return c->table != NULL ? c->table : &c->value;
}

// find returns key's entry in source c or beyond; NULL if there is none.
static const struct go__ctx_value *
find(const go_ctx *c, const void *key)
{
	const struct go__ctx_value *v;
	size_t n;

	for (; c != NULL; c = beyond(c)) {
		v = entries(c, &n);
		for (size_t i = 0; i < n; i++) {
			if (v[i].key == key)
				return &v[i];
		}
	}
	return NULL;
}

static size_t
count(const go_ctx *c)
{
	size_t n, sum = 0;

	for (; c != NULL; c = beyond(c)) {
		entries(c, &n);
		sum += n;
	}
	return sum;
}

// add adds to table, which has n entries, what source c and those beyond give
// to keys that have none yet; returns how many there are then.
static size_t
add(struct go__ctx_value *table, size_t n, const go_ctx *c)
{
	const struct go__ctx_value *v;
	size_t n_here, k;

	for (; c != NULL; c = beyond(c)) {
		v = entries(c, &n_here);
		for (size_t i = 0; i < n_here; i++) {
			for (k = 0; k < n && table[k].key != v[i].key; k++)
				;
			if (k == n)
				table[n++] = v[i];
		}
	}
	return n;
}

bool
go__ctx_inherit(go_ctx *c)
{
	const go_ctx *a = nearest(c->up[0].parent);
	const go_ctx *b = nearest(c->up[1].parent);
	struct go__ctx_value *smaller;

	c->source = a != NULL ? a : b;
	if (a == NULL || b == NULL || a == b)
		return true;
	c->table = malloc((count(a) + count(b)) * sizeof *c->table);
	if (c->table == NULL)
		return false;
	c->n_values = add(c->table, 0, a);
	c->n_values = add(c->table, c->n_values, b);
	smaller = realloc(c->table, c->n_values * sizeof *smaller);
	if (smaller != NULL)
		c->table = smaller;
	c->source = c;
	return true;
}

void *
go_ctx_value(go_ctx *ctx, const void *key)
{
	const struct go__ctx_value *v = NULL;

	if (key != NULL)
		v = find(nearest(ctx), key);
	return v != NULL ? v->value : NULL;
}
