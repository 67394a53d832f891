// SPDX-License-Identifier: MIT
//
// Constants: read as the member's type and unit ask.

#include <libgo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "constant.h"

static bool
is_text(const go_type *t)
{
	go_kind kind = go_type_kind(t);

	return (kind == GO_KIND_ARRAY || kind == GO_KIND_POINTER) &&
	       go_type_is_char(go_type_elem(t));
}

static bool
is_number(const go_type *t)
{
	switch (go_type_kind(t)) {
	case GO_KIND_BOOL:
	case GO_KIND_INT:
	case GO_KIND_UINT:
	case GO_KIND_FLOAT:
		return true;
	default:
		return false;
	}
}

// read_number reads 12, 1.5, 10M, 4KiB.
static go_error *
read_number(struct constant *c, const char *text)
{
	static const char letters[] = "KMGT";
	const char *letter;
	char *end;

	c->number = strtod(text, &end);
	if (end == text || !isfinite(c->number))
		return go_errorf("\"%s\" is no number", text);
	letter = *end == '\0' ? NULL : strchr(letters, *end);
	if (letter != NULL) {
		c->number *= (double)(1ULL << 10 * (letter - letters + 1));
		end++;
		if (strcmp(end, "B") == 0 || strcmp(end, "iB") == 0)
			return NULL;
	}
	if (*end != '\0')
		return go_errorf("\"%s\" is no number: \"%s\" is no unit", text,
				 end);
	return NULL;
}

// read_duration reads 2h30m, in the unit that the member counts in.
static go_error *
read_duration(struct constant *c, const char *text, go_duration unit)
{
	go_duration d;
	go_error *err = go_duration_parse(text, &d);

	if (err != NULL) {
		go_error_free(err);
		return go_errorf("\"%s\" is no duration such as 1m30s", text);
	}
	c->number = (double)d / (double)unit;
	return NULL;
}

static go_error *
read_name(struct constant *c, const go_type *t, const char *text)
{
	const go_enumerator *e;
	size_t n, i;

	e = go_type_enumerators(t, &n);
	for (i = 0; i < n; i++) {
		if (strcmp(e[i].name, text) == 0) {
			c->number = (double)e[i].value;
			return NULL;
		}
	}
	return go_errorf("%s has no \"%s\"", go_type_name(t), text);
}

// unit_of is the member's unit of time, or 0.
static go_duration
unit_of(const go_field *f)
{
	static const struct {
		const char *name;
		go_duration unit;
	} units[] = {
		{"ns", GO_NANOSECOND},
		{"us", GO_MICROSECOND},
		{"ms", GO_MILLISECOND},
		{"s", GO_SECOND},
	};
	char name[8] = "";
	size_t i;

	go_tag_get(f->tag, "unit", name, sizeof(name));
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(units[i].name, name) == 0)
			return units[i].unit;
	return 0;
}

go_error *
constant_read(struct constant *c, const go_field *f, const char *text)
{
	const go_type *t = go_type_underlying(f->type);

	c->text = NULL;
	if (go_type_kind(t) == GO_KIND_ENUM) {
		c->kind = NAME;
		return read_name(c, t, text);
	}
	if (is_number(t)) {
		c->kind = NUMBER;
		return unit_of(f) > 0 ? read_duration(c, text, unit_of(f))
				      : read_number(c, text);
	}
	if (!is_text(t))
		return go_errorf("a %s cannot be compared", go_type_name(t));
	c->kind = TEXT;
	c->text = strdup(text);
	return c->text == NULL ? GO_NO_MEMORY : NULL;
}

int
constant_compare(const struct constant *c, go_value v)
{
	const char *text;
	double x;

	if (c->kind == TEXT) {
		text = go_value_string(v);
		return strcmp(text == NULL ? "" : text, c->text);
	}
	x = go_value_float(v);
	return x < c->number ? -1 : x != c->number;
}
