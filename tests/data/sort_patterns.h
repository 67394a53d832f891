// SPDX-License-Identifier: MIT
//
// sort_patterns: what the suites of sorting share: arrays in many shapes, and
// comparisons that count, contradict themselves or leave by a jump.

#ifndef TESTS_DATA_SORT_PATTERNS_H
#define TESTS_DATA_SORT_PATTERNS_H

#include <setjmp.h>
#include <stdint.h>
#include <time.h>

#include "expect.h"
#include "libgo/sort.h"

// WANT is ck_assert for inner loops: ck_assert writes to Check's log each time.
#define WANT(condition)                                                        \
	do {                                                                   \
		if (!(condition))                                              \
			ck_abort_msg("%s", #condition);                        \
	} while (0)

// ---- numbers at random -----------------------------------------------------

static uint64_t random_state;

// seed_random prints the seed that it takes; SEED=n gives another.
static inline void
seed_random(void)
{
	const char *given = getenv("SEED");

	random_state = given != NULL ? strtoull(given, NULL, 10)
				     : (uint64_t)time(NULL);
	printf("SEED=%llu\n", (unsigned long long)random_state);
	fflush(stdout);
}

static inline uint64_t
draw(void)
{
	uint64_t x = random_state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
	x = (x ^ x >> 32) * UINT64_C(0xd6e8feb86659fd93);
	return x ^ x >> 32;
}

// ---- shapes ----------------------------------------------------------------

enum pattern {
	RANDOM,
	ASCENDING,
	DESCENDING,
	DESCENDING_PAIRS,
	ALL_EQUAL,
	FEW_DISTINCT,
	ORGAN_PIPE,
	SAW,
	STAGGER,
	PLATEAU,
	NEARLY,
	APPENDED,
	TWO_RUNS,
	PUSH_FRONT,
	PATTERNS
};

// pattern_at is element i of n in that shape.
static inline uint64_t
pattern_at(enum pattern p, size_t i, size_t n)
{
	switch (p) {
	case RANDOM:
		return draw();
	case ASCENDING:
		return i;
	case DESCENDING:
		return n - i;
	case DESCENDING_PAIRS:
		return (n - i) / 2;
	case ALL_EQUAL:
		return 7;
	case FEW_DISTINCT:
		return draw() % 5;
	case ORGAN_PIPE:
		return i < n / 2 ? i : n - i;
	case SAW:
		return i % 17;
	case STAGGER:
		return (i * 37 + i) % n;
	case PLATEAU:
		return i < n / 3 ? i : n / 3;
	case NEARLY:
		return draw() % 16 == 0 ? draw() % n : i;
	case APPENDED:
		return i + i / 20 < n ? i : draw() % n;
	case TWO_RUNS:
		return i < n / 2 ? 2 * i : 2 * (i - n / 2) + 1;
	default:
		return i + 1 == n ? 0 : i + 1;
	}
}

// next_size goes through the small sizes one by one, then in leaps.
static inline size_t
next_size(size_t n)
{
	return n < 70 ? n + 1 : n + n / 3 + 1;
}

static inline double
n_log_n(size_t n)
{
	double bits = 1;
	size_t i;

	for (i = n; i > 1; i /= 2)
		bits++;
	return (double)n * bits;
}

// ---- elements with a place -------------------------------------------------

// An item has a key and the place where it began, so that stability and loss
// can be told.
struct item {
	uint32_t key, place;
};

static inline void
fill_items(struct item *a, size_t n, enum pattern p)
{
	size_t i;

	for (i = 0; i < n; i++) {
		a[i].key = (uint32_t)pattern_at(p, i, n);
		a[i].place = (uint32_t)i;
	}
}

static inline bool
item_less(const void *a, const void *b, void *arg)
{
	const struct item *x = a, *y = b;

	(void)arg;
	WANT(a != b);
	return x->key < y->key;
}

// expect_all fails unless every place is in a once.
static inline void
expect_all(const struct item *a, size_t n)
{
	unsigned char *seen = calloc(n + 1, 1);
	size_t i;

	for (i = 0; i < n; i++) {
		WANT(a[i].place < n);
		WANT(!seen[a[i].place]);
		seen[a[i].place] = 1;
	}
	free(seen);
}

static inline void
expect_items_sorted(const struct item *a, size_t n, bool is_stable)
{
	size_t i;

	for (i = 1; i < n; i++) {
		WANT(a[i - 1].key <= a[i].key);
		if (is_stable && a[i - 1].key == a[i].key)
			WANT(a[i - 1].place < a[i].place);
	}
	expect_all(a, n);
}

// ---- comparisons that misbehave --------------------------------------------

enum liar {
	HONEST,
	AT_RANDOM,
	ALWAYS,
	NEVER,
	OR_EQUAL,
	BACKWARDS_AT_TIMES,
	STREAKS,
	CIRCULAR,
	LIARS
};

struct witness {
	enum liar liar;
	size_t count;    // comparisons so far
	size_t jump_at;  // the comparison that jumps to back; 0 is none
	jmp_buf back;
};

static inline bool
witness_less(const void *a, const void *b, void *arg)
{
	const struct item *x = a, *y = b;
	struct witness *w = arg;

	WANT(a != b);
	w->count++;
	if (w->count == w->jump_at)
		longjmp(w->back, 1);
	switch (w->liar) {
	case AT_RANDOM:
		return draw() % 2 != 0;
	case ALWAYS:
		return true;
	case NEVER:
		return false;
	case OR_EQUAL:
		return x->key <= y->key;
	case BACKWARDS_AT_TIMES:
		return (x->key < y->key) != (draw() % 50 == 0);
	case STREAKS:
		return w->count / 50 % 2 != 0;
	case CIRCULAR:
		return (y->key - x->key) % 3 == 1;
	default:
		return x->key < y->key;
	}
}

// ---- McIlroy's adversary ---------------------------------------------------

// Decides the order while it is being asked for, so that a quicksort's pivots
// turn out to be as low as they can.
struct adversary {
	uint32_t *value;  // of each item, by place; gas is more than all
	uint32_t gas, solid, candidate;
	size_t count;
};

static inline bool
adversary_less(const void *a, const void *b, void *arg)
{
	const struct item *x = a, *y = b;
	struct adversary *ad = arg;
	uint32_t *value = ad->value;

	ad->count++;
	if (value[x->place] == ad->gas && value[y->place] == ad->gas) {
		if (x->place == ad->candidate)
			value[x->place] = ad->solid++;
		else
			value[y->place] = ad->solid++;
	}
	if (value[x->place] == ad->gas)
		ad->candidate = x->place;
	else if (value[y->place] == ad->gas)
		ad->candidate = y->place;
	return value[x->place] < value[y->place];
}

typedef void item_sort(struct item *a, size_t n, go_less *less, void *arg);

static inline void
sort_until_jump(item_sort *sort, struct item *a, size_t n, struct witness *w)
{
	if (setjmp(w->back) == 0)
		sort(a, n, witness_less, w);
}

// expect_robust asks of a sort what sort.h promises for any comparison: it
// stays inside, ends, and keeps every element, though less lies or jumps.
static inline void
expect_robust(item_sort *sort)
{
	static const size_t sizes[] = {2, 3, 20, 21, 50, 129, 512, 3000};
	struct witness w = {.liar = HONEST};
	struct item *a;
	size_t s, n, total;
	int liar, p;

	for (s = 0; s < COUNT(sizes); s++) {
		n = sizes[s];
		a = malloc(n * sizeof(*a));
		for (p = 0; p < PATTERNS; p++)
			for (liar = 0; liar < LIARS; liar++) {
				fill_items(a, n, (enum pattern)p);
				w.liar = (enum liar)liar;
				w.count = w.jump_at = 0;
				sort(a, n, witness_less, &w);
				expect_all(a, n);
				ck_assert(w.count < 8 * n_log_n(n));
				total = w.count;
				fill_items(a, n, (enum pattern)p);
				w.jump_at = 1 + draw() % total;
				w.count = 0;
				sort_until_jump(sort, a, n, &w);
				expect_all(a, n);
			}
		free(a);
	}
}

// expect_bounded lets the adversary choose the order of n items, of which the
// first n / apart are in disorder already (apart 0: none).
static inline void
expect_bounded(item_sort *sort, size_t n, size_t apart, double most)
{
	struct adversary ad = {.gas = (uint32_t)n};
	struct item *a = malloc(n * sizeof(*a));
	size_t i;

	ad.value = malloc(n * sizeof(*ad.value));
	fill_items(a, n, ASCENDING);
	for (i = 0; i < n; i++)
		ad.value[i] = ad.gas;
	for (i = 0; apart != 0 && i < n / apart; i++)
		ad.value[i] = ad.solid++;
	for (i = 0; apart != 0 && i < n / apart; i++)
		a[i].place = (uint32_t)((i * 7919) % (n / apart));
	sort(a, n, adversary_less, &ad);
	for (i = 1; i < n; i++)
		WANT(ad.value[a[i - 1].place] <= ad.value[a[i].place]);
	ck_assert_msg((double)ad.count < most * n_log_n(n),
		      "%zu comparisons, %.2f n log n", ad.count,
		      (double)ad.count / n_log_n(n));
	free(ad.value);
	free(a);
}

#endif
