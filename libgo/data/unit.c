// SPDX-License-Identifier: MIT
//
// Numbers in the units that people read.

#include <math.h>
#include <string.h>

#include "data/out.h"
#include "data/value.h"
#include "libgo/format.h"

// out_bytes writes three digits and a letter: 0, 999, 1.0K, 12.3M, 512G.
static void
out_bytes(struct go__out *out, double x)
{
	static const char letters[] = "KMGTPE";
	const char *sign = x < 0 ? "-" : "";
	int i = -1;

	x = fabs(x);
	if (x < 1000) {
		go__out_printf(out, "%s%.0f", sign, x);
		return;
	}
	// 999.5 would print as 1000: a size keeps to three digits.
	while ((i < 0 || x >= 999.5) && letters[i + 1] != '\0') {
		x /= 1024;
		i++;
	}
	go__out_printf(out, x < 99.95 ? "%s%.1f%c" : "%s%.0f%c", sign, x,
		       letters[i]);
}

// out_seconds writes 850ns, 12.5ms, 1.5s, 2m03s, 5h04m, 3d07h.
static void
out_seconds(struct go__out *out, double ns)
{
	const char *sign = ns < 0 ? "-" : "";
	uint64_t s;

	ns = fabs(ns);
	if (ns < 1e3) {
		go__out_printf(out, ns == 0 ? "%s%.0fs" : "%s%.0fns", sign, ns);
		return;
	}
	if (ns < 59.95e9) {
		if (ns < 999.95e3)
			go__out_printf(out, "%s%.1fus", sign, ns / 1e3);
		else if (ns < 999.95e6)
			go__out_printf(out, "%s%.1fms", sign, ns / 1e6);
		else
			go__out_printf(out, "%s%.1fs", sign, ns / 1e9);
		return;
	}
	if (ns > 1e18) {
		go__out_printf(out, "%s%.3gs", sign, ns / 1e9);
		return;
	}
	s = (uint64_t)(ns / 1e9 + 0.5);
	if (s < 3600)
		go__out_printf(out, "%s%um%02us", sign, (unsigned)(s / 60),
			       (unsigned)(s % 60));
	else if (s < 86400)
		go__out_printf(out, "%s%uh%02um", sign, (unsigned)(s / 3600),
			       (unsigned)(s / 60 % 60));
	else
		go__out_printf(out, "%s%ud%02uh", sign, (unsigned)(s / 86400),
			       (unsigned)(s / 3600 % 24));
}

static bool
is_number(go_value v)
{
	go__wide x;

	return go_value_kind(v) == GO_KIND_FLOAT || go__value_wide(v, &x);
}

static const struct scale {
	const char *unit;
	void (*out)(struct go__out *out, double x);
	double factor;
} scales[] = {
	{"bytes", out_bytes, 1},  {"KiB", out_bytes, 1024},
	{"ns", out_seconds, 1},   {"us", out_seconds, 1e3},
	{"ms", out_seconds, 1e6}, {"s", out_seconds, 1e9},
};

static void
out_unit(struct go__out *out, go_value v, const char *unit)
{
	size_t i;

	for (i = 0; i < sizeof(scales) / sizeof(scales[0]); i++) {
		if (strcmp(scales[i].unit, unit) != 0)
			continue;
		scales[i].out(out, go_value_float(v) * scales[i].factor);
		return;
	}
	if (strcmp(unit, "percent") == 0) {
		go__out_printf(out, "%.1f%%", go_value_float(v));
	} else if (strcmp(unit, "bool") == 0) {
		go__out_text(out, go_value_float(v) != 0 ? "yes" : "no");
	} else if (strcmp(unit, "octal") == 0) {
		go__out_printf(out, "0%llo",
			       (unsigned long long)go_value_uint(v));
	} else if (strcmp(unit, "hex") == 0) {
		go__out_printf(out, "0x%llx",
			       (unsigned long long)go_value_uint(v));
	} else {
		go__out_value(out, v, 'v');
		go__out_text(out, " ");
		go__out_text(out, unit);
	}
}

size_t
go_value_text_unit(go_value v, const char *unit, char *buf, size_t n)
{
	struct go__out out = {.buf = buf, .room = n};

	if (unit == NULL || unit[0] == '\0' || !is_number(v))
		go__out_value(&out, v, 'v');
	else
		out_unit(&out, v, unit);
	return go__out_end(&out);
}
