// SPDX-License-Identifier: MIT
//
// What sorting costs.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/bench.h"

enum { PEOPLE = 100000, NUMBERS = 1000000 };

struct person {
	char *last, *first;
	int age;
	double score;
	uint64_t id;
};

static bool
person_less(const struct person *a, const struct person *b)
{
	int order = strcmp(a->last, b->last);

	return order != 0 ? order < 0 : a->age > b->age;
}

GO_SORT(person_sort, struct person, person_less);

static uint64_t
next_random(uint64_t *state)
{
	// splitmix64 (Steele, Lea, Flood 2014)
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void *
make(struct bench *b, size_t size)
{
	void *p = malloc(size);

	if (p == NULL)
		bench_fail(b->name, "no memory");
	return p;
}

static char *
make_name(struct bench *b, char initial, unsigned n)
{
	char *name = make(b, 16);

	snprintf(name, 16, "%c%04u", initial, n);
	return name;
}

// 100,000 records by last name, then falling age; one operation is one sort.
BENCHMARK(SortPeople100k)
{
	struct person *master = make(b, PEOPLE * sizeof *master);
	struct person *work = make(b, PEOPLE * sizeof *work);
	uint64_t state = 1;

	for (size_t i = 0; i < PEOPLE; i++) {
		master[i].last = make_name(
			b, 'L', (unsigned)(next_random(&state) % 5000));
		master[i].first = make_name(
			b, 'F', (unsigned)(next_random(&state) % 1000));
		master[i].age = (int)(next_random(&state) % 90);
		master[i].score = (double)next_random(&state);
		master[i].id = i;
	}
	bench_start(b);
	for (long n = 0; n < b->n; n++) {
		memcpy(work, master, PEOPLE * sizeof *work);
		person_sort(work, PEOPLE);
	}
	bench_stop(b);
	for (size_t i = 1; i < PEOPLE; i++)
		if (person_less(&work[i], &work[i - 1]))
			bench_fail(b->name, "out of order");
	for (size_t i = 0; i < PEOPLE; i++) {
		free(master[i].last);
		free(master[i].first);
	}
	free(master);
	free(work);
}

// 1,000,000 random 64-bit integers; one operation is one sort.
BENCHMARK(SortU64x1M)
{
	uint64_t *master = make(b, NUMBERS * sizeof *master);
	uint64_t *work = make(b, NUMBERS * sizeof *work);
	uint64_t state = 1;

	for (size_t i = 0; i < NUMBERS; i++)
		master[i] = next_random(&state);
	bench_start(b);
	for (long n = 0; n < b->n; n++) {
		memcpy(work, master, NUMBERS * sizeof *work);
		go_sort(work, NUMBERS);
	}
	bench_stop(b);
	for (size_t i = 1; i < NUMBERS; i++)
		if (work[i] < work[i - 1])
			bench_fail(b->name, "out of order");
	free(master);
	free(work);
}
