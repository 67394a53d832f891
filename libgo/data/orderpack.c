// SPDX-License-Identifier: MIT
//
// From an order and an array to a permutation, with numbers for keys.
//
// Comparing two objects costs two looks into memory far apart. Instead each
// object is looked at once: its first key becomes a number of 64 bits whose
// order is the key's, exact for numbers and the first eight bytes of a text.
// Those numbers, each with its object's place below it, are sorted as numbers
// are; the place makes that stable. Every group of equal numbers is sorted
// again by what comes next: the following bytes of the text, then the next
// key. Small groups, and keys that are no numbers, are compared.
//
// Where number and place fit 64 bits together, they are sorted so.

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "data/order.h"

enum {
	FEW = 8,     // objects; comparing them is as fast
	CHUNKS = 8,  // of a text, eight bytes each, until objects are compared
	THERE = 2    // chunk 0: 0 for NULL on the way, 1 for NULL itself, or 2
};

struct job {
	const go_order *o;
	const char *a;
	go__uint128 *pair;  // number << 64 | place
	unsigned place_bits;
};

// Where in the keys a group is: chunk 0 tells whether there is a value at all,
// the others are the value.
struct step {
	size_t key, chunk;
};

static bool
can_be_null(const struct go__key *k)
{
	return k->n_hops > 0 || k->at.load == GO__LOAD_STRING;
}

static bool
can_pack(const struct go__key *k)
{
	return k->at.load < GO__LOAD_INT128 ||
	       (k->at.load >= GO__LOAD_CHARS && !k->is_natural);
}

static struct step
first_of(const go_order *o, size_t key)
{
	struct step s = {key, 0};

	s.chunk = key < o->n_keys && !can_be_null(&o->key[key]);
	return s;
}

// ---- numbers ---------------------------------------------------------------

// chunk_of is eight bytes of a text from `from` on, the first on top and 0
// behind the end.
static uint64_t
chunk_of(const char *s, size_t n, size_t from, bool is_folded)
{
	uint64_t x = 0;
	unsigned i = 0;
	unsigned char c;

	for (; i < 8 && from + i < n && s[from + i] != '\0'; i++) {
		c = (unsigned char)s[from + i];
		x = x << 8 | (is_folded ? go__key_fold(c) : c);
	}
	return i == 0 ? 0 : x << (64 - 8 * i);
}

static uint64_t
number_of(const struct go__key *k, size_t chunk, const char *object)
{
	const char *owner = go__key_owner(k, object), *s = owner;
	size_t n = 0;
	uint64_t x;

	if (owner != NULL && k->at.load >= GO__LOAD_CHARS)
		s = go__key_text(k, owner, &n);
	if (chunk == 0) {
		x = (uint64_t)(owner != NULL) + (s != NULL);
		return k->is_null_last ? THERE - x : x;
	}
	assert(s != NULL);
	if (k->at.load < GO__LOAD_CHARS)
		return go__key_number(k, owner);
	x = chunk_of(s, n, (chunk - 1) * 8, k->is_folded);
	return k->is_down ? ~x : x;
}

// next_step is where a group goes on whose number at s was x.
static struct step
next_step(const go_order *o, struct step s, uint64_t x)
{
	const struct go__key *k = &o->key[s.key];

	if (s.chunk == 0 && x == (k->is_null_last ? 0 : THERE)) {
		s.chunk = 1;
		return s;
	}
	if (s.chunk > 0 && k->at.load >= GO__LOAD_CHARS &&
	    ((k->is_down ? ~x : x) & 0xff) != 0 &&
	    (k->at.load == GO__LOAD_STRING || s.chunk * 8 < k->len)) {
		s.chunk++;
		return s;
	}
	return first_of(o, s.key + 1);
}

// ---- sorting ---------------------------------------------------------------

struct comparison {
	const struct job *j;
	size_t key;
};

static bool
pair_less(const void *x, const void *y, void *arg)
{
	const struct comparison *by = arg;
	uint64_t a = (uint64_t) * (const go__uint128 *)x;
	uint64_t b = (uint64_t) * (const go__uint128 *)y;
	const go_order *o = by->j->o;
	int c = go__order_from(o, by->key, by->j->a + a * o->size,
			       by->j->a + b * o->size);

	return c != 0 ? c < 0 : a < b;
}

// sort_narrow sorts pairs whose numbers are at least `least` and fit, counted
// from there, above the place in 64 bits; in the memory of the pairs.
static void
sort_narrow(go__uint128 *pair, size_t n, uint64_t least, unsigned place_bits)
{
	typedef unsigned long long __attribute__((may_alias)) narrow;
	narrow *x = (narrow *)pair;
	uint64_t number, place, low = ((uint64_t)1 << place_bits) - 1;
	size_t i;

	for (i = 0; i < n; i++)
		x[i] = ((uint64_t)(pair[i] >> 64) - least) << place_bits |
		       (uint64_t)pair[i];
	go__sort_ullong((unsigned long long *)x, n);
	for (i = n; i-- > 0;) {
		number = (x[i] >> place_bits) + least;
		place = x[i] & low;
		pair[i] = (go__uint128)number << 64 | place;
	}
}

// Pairs whose places ascend and whose objects are equal in all before s.
struct group {
	go__uint128 *pair;
	size_t n;
	struct step s;
};

// load_numbers sets the number of each pair and tells whether they differ.
static bool
load_numbers(const struct job *j, struct group g, uint64_t *least,
	     uint64_t *most)
{
	const struct go__key *k = &j->o->key[g.s.key];
	uint64_t x, place;
	size_t i;

	*least = UINT64_MAX;
	*most = 0;
	for (i = 0; i < g.n; i++) {
		place = (uint64_t)g.pair[i];
		x = number_of(k, g.s.chunk, j->a + place * j->o->size);
		g.pair[i] = (go__uint128)x << 64 | place;
		*least = x < *least ? x : *least;
		*most = x > *most ? x : *most;
	}
	return *least != *most;
}

static void sort_group(const struct job *j, struct group g);

// sort_parts sorts each group of equal numbers in g but the largest, which it
// returns: so groups within groups are log2(n) at most.
static struct group
sort_parts(const struct job *j, struct group g)
{
	struct group part, most = {NULL, 0, g.s};
	size_t i, first = 0;
	uint64_t number;

	for (i = 1; i <= g.n; i++) {
		number = (uint64_t)(g.pair[first] >> 64);
		if (i < g.n && (uint64_t)(g.pair[i] >> 64) == number)
			continue;
		part.pair = g.pair + first;
		part.n = i - first;
		first = i;
		if (part.n == 1)
			continue;
		part.s = next_step(j->o, g.s, number);
		if (part.n <= most.n) {
			sort_group(j, part);
		} else {
			sort_group(j, most);
			most = part;
		}
	}
	return most;
}

static void
sort_group(const struct job *j, struct group g)
{
	struct comparison by = {j, 0};
	uint64_t least, most;
	unsigned bits;

	while (g.n > 1 && g.s.key < j->o->n_keys) {
		if (g.n < FEW || g.s.chunk > CHUNKS ||
		    !can_pack(&j->o->key[g.s.key])) {
			by.key = g.s.key;
			go_sort_func(g.pair, g.n, sizeof(*g.pair), pair_less,
				     &by);
			return;
		}
		if (!load_numbers(j, g, &least, &most)) {
			g.s = next_step(j->o, g.s, least);
			continue;
		}
		bits = 64 - (unsigned)__builtin_clzll(most - least);
		if (bits + j->place_bits <= 64)
			sort_narrow(g.pair, g.n, least, j->place_bits);
		else
			go__sort_uint128(g.pair, g.n);
		g = sort_parts(j, g);
	}
}

go__uint128 *
go__order_pack(const go_order *o, const char *a, size_t n)
{
	struct job j = {o, a, NULL, 1};
	struct group g = {NULL, n, first_of(o, 0)};
	size_t i;

	if (n > SIZE_MAX / sizeof(*j.pair))
		return NULL;
	j.pair = malloc((n > 0 ? n : 1) * sizeof(*j.pair));
	if (j.pair == NULL)
		return NULL;
	for (i = 0; i < n; i++)
		j.pair[i] = i;
	while (n >> j.place_bits != 0)
		j.place_bits++;
	g.pair = j.pair;
	sort_group(&j, g);
	return j.pair;
}
