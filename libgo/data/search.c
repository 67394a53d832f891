// SPDX-License-Identifier: MIT
//
// What goes with sorting: looking, searching, turning around, shuffling.

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "libgo/sort.h"
#include "libgo/sorter.h"

bool
go_is_sorted_func(const void *a, size_t n, size_t size, go_less *less,
		  void *arg)
{
	const char *p = a;

	for (; n > 1; n--, p += size)
		if (less(p + size, p, arg))
			return false;
	return true;
}

bool
go_is_sorted_interface(const go_sortable *s, void *x)
{
	size_t n = s->len(x), i;

	for (i = 1; i < n; i++)
		if (s->less(x, i, i - 1))
			return false;
	return true;
}

size_t
go_search_func(const void *a, size_t n, size_t size, const void *key,
	       go_less *less, void *arg)
{
	const char *p = a;
	size_t half;

	// What is sought is within n elements from p, or just behind them. The
	// step is a conditional move: no branch to guess.
	while (n > 1) {
		half = n / 2;
		p += less(p + (half - 1) * size, key, arg) ? half * size : 0;
		n -= half;
	}
	if (n == 1 && less(p, key, arg))
		p += size;
	return (size_t)(p - (const char *)a) / size;
}

size_t
go_search(size_t n, bool (*fn)(size_t i, void *arg), void *arg)
{
	size_t low = 0, high = n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (fn(mid, arg))
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

void
go_reverse(void *a, size_t n, size_t size)
{
	char *p = a;
	char *last = n == 0 ? p : p + (n - 1) * size;

	for (; p < last; p += size, last -= size)
		go__sorter_swap(p, last, size);
}

// ---- shuffling -------------------------------------------------------------

// next is splitmix64: a counter with good steps, mixed.
static uint64_t
next(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

// below returns a number less than n, each as likely: the upper half of a
// product, drawn again where the lower half shows that some come once too
// often.
static uint64_t
below(uint64_t n, uint64_t *state)
{
	go__uint128 product = (go__uint128)next(state) * n;
	uint64_t surplus;

	if ((uint64_t)product < n) {
		surplus = -n % n;
		while ((uint64_t)product < surplus)
			product = (go__uint128)next(state) * n;
	}
	return (uint64_t)(product >> 64);
}

static uint64_t
entropy(void)
{
	struct timespec now;
	uint64_t seed;

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) == sizeof(seed))
		return seed;
	// Early at boot, or not allowed: the clock must do.
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec ^
	       (uint64_t)(uintptr_t)&now;
}

void
go_shuffle(void *a, size_t n, size_t size, uint64_t seed)
{
	char *p = a;
	size_t i;
	int saved = errno;

	if (seed == 0)
		seed = entropy();
	errno = saved;
	for (i = n; i > 1; i--)
		go__sorter_swap(p + (i - 1) * size, p + below(i, &seed) * size,
				size);
}
