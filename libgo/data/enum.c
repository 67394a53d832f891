// SPDX-License-Identifier: MIT
//
// Enumerations: values to names and back, sets of flags as A|B|0x40.

#include <string.h>

#include "data/module.h"
#include "data/out.h"
#include "data/value.h"
#include "libgo/error.h"

const char *
go_value_enum_text(go_value v)
{
	const go_type *t = go__value_bare(v);
	const go_enumerator *e;
	size_t n, i;
	int64_t x;

	if (t == NULL || t->kind != GO_KIND_ENUM)
		return NULL;
	x = go_value_int(v);
	e = go_type_enumerators(t, &n);
	for (i = 0; i < n; i++)
		if (e[i].value == x)
			return e[i].name;
	return NULL;
}

// Each enumerator whose bits are all set, some of
// them not told yet, then the rest.
void
go__out_flags(struct go__out *out, const go_type *t, uint64_t x)
{
	const go_enumerator *e;
	uint64_t bit, left = x;
	size_t n, i;

	e = go_type_enumerators(t, &n);
	for (i = 0; i < n; i++) {
		bit = (uint64_t)e[i].value;
		if (bit == 0 || (x & bit) != bit || (left & bit) == 0)
			continue;
		if (left != x)
			go__out_text(out, "|");
		go__out_text(out, e[i].name);
		left &= ~bit;
	}
	if (left == 0 && x != 0)
		return;
	if (left != x)
		go__out_text(out, "|");
	go__out_printf(out, x == 0 ? "0" : "0x%llx", (unsigned long long)left);
}

static bool
find_enumerator(const go_type *t, const char *s, size_t n, go__wide *x)
{
	const go_enumerator *e;
	size_t count, i;

	e = go_type_enumerators(t, &count);
	for (i = 0; i < count; i++) {
		if (strncmp(e[i].name, s, n) != 0 || e[i].name[n] != '\0')
			continue;
		*x = t->flags & GO__TYPE_SIGNED
			     ? (go__wide)e[i].value
			     : (go__wide)(uint64_t)e[i].value;
		return true;
	}
	return false;
}

static bool
parse_number(const char *s, size_t n, go__wide *x)
{
	unsigned base = 10, digit;
	bool negative = n > 0 && *s == '-';
	size_t i = negative;
	uint64_t sum = 0;

	if (n - i > 2 && s[i] == '0' && (s[i + 1] | 32) == 'x') {
		base = 16;
		i += 2;
	}
	if (i == n)
		return false;
	for (; i < n; i++) {
		digit = (unsigned char)s[i] - (unsigned)'0';
		if (digit > 9)
			digit = ((unsigned char)s[i] | 32u) - 'a' + 10u;
		if (digit >= base || __builtin_mul_overflow(sum, base, &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return false;
	}
	*x = negative ? -(go__wide)sum : (go__wide)sum;
	return true;
}

static go_error *
parse_enum(const go_type *t, const char *text, go__wide *sum)
{
	const char *p = text;
	go__wide x;
	size_t n;

	for (*sum = 0;;) {
		p += strspn(p, " ");
		n = strcspn(p, "| ");
		if (!find_enumerator(t, p, n, &x) && !parse_number(p, n, &x))
			return go_errorf("%s: no enumerator \"%.*s\"",
					 go_type_name(t),
					 n > 100 ? 100 : (int)n, p);
		*sum |= x;
		p += n;
		p += strspn(p, " ");
		if (*p == '\0')
			return NULL;
		if (*p != '|' || !(t->flags & GO__TYPE_FLAGS))
			return go_errorf("%s: no enumerator \"%.100s\"",
					 go_type_name(t), text);
		p++;
	}
}

go_error *
go_value_set_enum(go_value v, const char *text)
{
	go_error *err = go__value_check(v);
	go__wide x;

	if (err != NULL)
		return err;
	if (go_value_kind(v) != GO_KIND_ENUM)
		return go__value_wrong_kind(v, "an enum");
	err = parse_enum(go__value_bare(v), text, &x);
	return err != NULL ? err : go__value_set_wide(v, x);
}
