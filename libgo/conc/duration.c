// SPDX-License-Identifier: MIT
//
// Durations as text, in Go's format.
//
// The absolute value is kept in a uint64_t, where also that of INT64_MIN has
// room; LIMIT is it.

#include <stdio.h>
#include <string.h>

#include "libgo/error.h"
#include "libgo/time.h"

#define LIMIT (UINT64_C(1) << 63)

// put_number writes v / 10^places without zeros at the end.
static int
put_number(char *to, size_t size, uint64_t v, int places)
{
	uint64_t scale = 1, rest;

	for (int i = 0; i < places; i++)
		scale *= 10;
	rest = v % scale;
	if (rest == 0)
		return snprintf(to, size, "%llu",
				(unsigned long long)(v / scale));
	for (; rest % 10 == 0; places--)
		rest /= 10;
	return snprintf(to, size, "%llu.%0*llu",
			(unsigned long long)(v / scale), places,
			(unsigned long long)rest);
}

const char *
go_duration_text(go_duration d, char *buf, size_t n)
{
	uint64_t v = d < 0 ? -(uint64_t)d : (uint64_t)d;
	const char *unit = "s";
	unsigned long long hours, minutes;
	char number[32], front[32] = "";
	int places = 9;

	hours = v / GO_HOUR;
	minutes = v / GO_MINUTE % 60;
	if (hours > 0)
		snprintf(front, sizeof front, "%lluh%llum", hours, minutes);
	else if (minutes > 0)
		snprintf(front, sizeof front, "%llum", minutes);
	else if (v > 0 && v < GO_MICROSECOND)
		unit = "ns", places = 0;
	else if (v > 0 && v < GO_MILLISECOND)
		unit = "µs", places = 3;
	else if (v > 0 && v < GO_SECOND)
		unit = "ms", places = 6;
	put_number(number, sizeof number, v % GO_MINUTE, places);
	snprintf(buf, n, "%s%s%s%s", d < 0 ? "-" : "", front, number, unit);
	return buf;
}

static const struct unit {
	const char *name;
	go_duration value;
} units[] = {
	{"ns", GO_NANOSECOND},  {"us", GO_MICROSECOND},
	{"µs", GO_MICROSECOND},  // U+00B5, micro sign
	{"μs", GO_MICROSECOND},  // U+03BC, Greek letter mu
	{"ms", GO_MILLISECOND}, {"s", GO_SECOND},
	{"m", GO_MINUTE},       {"h", GO_HOUR},
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

// read_whole reads digits at *at; false when they exceed LIMIT.
static bool
read_whole(const char **at, uint64_t *v)
{
	for (*v = 0; is_digit(**at); ++*at) {
		if (*v > LIMIT / 10)
			return false;
		*v = *v * 10 + (uint64_t)(**at - '0');
		if (*v > LIMIT)
			return false;
	}
	return true;
}

// read_fraction reads digits after a point as *v / *scale. Digits too small
// to matter are skipped.
static void
read_fraction(const char **at, uint64_t *v, double *scale)
{
	bool is_full = false;

	*v = 0;
	*scale = 1;
	for (; is_digit(**at); ++*at) {
		uint64_t next = *v * 10 + (uint64_t)(**at - '0');

		is_full = is_full || *v > (LIMIT - 1) / 10 || next > LIMIT;
		if (is_full)
			continue;
		*v = next;
		*scale *= 10;
	}
}

static const struct unit *
find_unit(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strlen(units[i].name) == n &&
		    memcmp(units[i].name, name, n) == 0)
			return &units[i];
	}
	return NULL;
}

// read_term adds one number with its unit to *sum. Returns what is wrong, or
// NULL.
static go_error *
read_term(const char *text, const char **at, uint64_t *sum)
{
	const char *start = *at, *name;
	const struct unit *unit;
	uint64_t whole, fraction = 0;
	double scale = 1;
	size_t n;

	if (!read_whole(at, &whole))
		return go_errorf("time: invalid duration \"%s\"", text);
	if (**at == '.') {
		++*at;
		read_fraction(at, &fraction, &scale);
		if (*at == start + 1)
			return go_errorf("time: invalid duration \"%s\"", text);
	}
	if (*at == start)
		return go_errorf("time: invalid duration \"%s\"", text);
	name = *at;
	n = strcspn(name, ".0123456789");
	if (n == 0)
		return go_errorf("time: missing unit in duration \"%s\"", text);
	unit = find_unit(name, n);
	if (unit == NULL)
		return go_errorf("time: unknown unit \"%.*s\" in duration "
				 "\"%s\"",
				 (int)n, name, text);
	*at += n;
	if (__builtin_mul_overflow(whole, (uint64_t)unit->value, &whole) ||
	    whole > LIMIT)
		return go_errorf("time: invalid duration \"%s\"", text);
	whole += (uint64_t)((double)fraction * ((double)unit->value / scale));
	*sum += whole;  // both are at most LIMIT and a bit: it may wrap to 0
	if (whole > LIMIT || *sum > LIMIT || *sum < whole)
		return go_errorf("time: invalid duration \"%s\"", text);
	return NULL;
}

go_error *
go_duration_parse(const char *text, go_duration *d)
{
	const char *at = text != NULL ? text : "";
	bool is_negative = *at == '-';
	uint64_t sum = 0;
	go_error *err;

	if (*at == '-' || *at == '+')
		at++;
	if (strcmp(at, "0") == 0) {
		*d = 0;
		return NULL;
	}
	do {
		err = read_term(text != NULL ? text : "", &at, &sum);
		if (err != NULL)
			return err;
	} while (*at != '\0');
	if (!is_negative && sum == LIMIT)
		return go_errorf("time: invalid duration \"%s\"", text);
	*d = (go_duration)(is_negative ? -sum : sum);
	return NULL;
}
