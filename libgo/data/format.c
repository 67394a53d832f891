// SPDX-License-Identifier: MIT
//
// Values as text: %v, %+v and %#v are one walk with three ways to punctuate.

#include "libgo/format.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/module.h"
#include "data/out.h"
#include "data/value.h"
#include "libgo/error.h"

void
go__out_wide(struct go__out *out, go_value v)
{
	const go_type *t = go__value_bare(v);
	char digits[40], *p = digits + sizeof(digits);
	bool is_negative;
	go__wide x;
	go__bits left;

	go__value_wide(v, &x);
	is_negative = (t->flags & GO__TYPE_SIGNED) && x < 0;
	left = is_negative ? -(go__bits)x : (go__bits)x;
	do {
		*--p = (char)('0' + (int)(left % 10));
		left /= 10;
	} while (left != 0);
	if (is_negative)
		go__out_text(out, "-");
	go__out_bytes(out, p, (size_t)(digits + sizeof(digits) - p));
}

// set_point turns the locale's decimal point, of any length, into C's.
static void
set_point(char *text)
{
	char *p = text + strspn(text, "-0123456789");
	size_t n = strcspn(p, "0123456789");

	if (p == text || *p == '\0' || *p == 'e' || *p == '.' ||
	    strspn(text, "-") == (size_t)(p - text))
		return;
	*p = '.';
	memmove(p + 1, p + n, strlen(p + n) + 1);
}

// reads_back tells whether text is x again, in a float of that size.
static bool
reads_back(const char *text, long double x, size_t size)
{
	if (size == sizeof(float))
		return strtof(text, NULL) == (float)x;
	if (size == sizeof(double))
		return strtod(text, NULL) == (double)x;
	return strtold(text, NULL) == x;
}

void
go__out_float(struct go__out *out, go_value v)
{
	size_t size = go_type_size(go_value_type(v));
	int digits = size == sizeof(float) ? 6 : 15;
	long double x = 0;
	char text[64];

	go__value_real(v, &x);
	if (isnan(x)) {
		go__out_text(out, "nan");
		return;
	}
	// A float needs 9 digits at most, a double 17, any other 36.
	for (; digits <= 36; digits++) {
		snprintf(text, sizeof(text), "%.*Lg", digits, x);
		if (reads_back(text, x, size))
			break;
	}
	set_point(text);
	go__out_text(out, text);
}

// out_literal writes a constant that no compiler warns of.
static void
out_literal(struct go__out *out, go_value v, go__wide x)
{
	go__bits bits = (go__bits)x;

	if (x == INT64_MIN) {
		go__out_text(out, "(-9223372036854775807LL - 1)");
	} else if (x < INT64_MIN || x > UINT64_MAX) {
		go__out_printf(out,
			       "((unsigned __int128)0x%llxULL << 64 | "
			       "0x%llxULL)",
			       (unsigned long long)(bits >> 64),
			       (unsigned long long)bits);
	} else {
		go__out_wide(out, v);
		if (x > INT64_MAX)
			go__out_text(out, "ULL");
		else if (x > INT32_MAX || x < INT32_MIN)
			go__out_text(out, "LL");
	}
}

static void
out_integer(struct go__out *out, go_value v, const go_type *t, go__wide x,
	    char verb)
{
	const char *name = go_value_enum_text(v);

	if (name != NULL)
		go__out_text(out, name);
	else if (t->flags & GO__TYPE_FLAGS)
		go__out_flags(out, t, (uint64_t)x);
	else if (t->kind == GO_KIND_BOOL)
		go__out_text(out, x != 0 ? "true" : "false");
	else if (verb == '#')
		out_literal(out, v, x);
	else
		go__out_wide(out, v);
}

// out_quoted writes a C string literal. Three octal digits end an escape
// whatever follows.
static void
out_quoted(struct go__out *out, const char *s, size_t n)
{
	static const char from[] = "\n\t\r\"\\";
	static const char to[] = "ntr\"\\";
	const char *at;
	size_t i;

	go__out_text(out, "\"");
	for (i = 0; i < n; i++) {
		at = s[i] == '\0' ? NULL : strchr(from, s[i]);
		if (at != NULL)
			go__out_printf(out, "\\%c", to[at - from]);
		else if ((unsigned char)s[i] < ' ' || s[i] == 0x7f ||
			 s[i] == '?')
			go__out_printf(out, s[i] == '?' ? "\\?" : "\\%03o",
				       (unsigned)(unsigned char)s[i]);
		else
			go__out_bytes(out, &s[i], 1);
	}
	go__out_text(out, "\"");
}

static void
out_member(struct go__out *out, go_value v, const go_field *f, char verb,
	   bool first)
{
	if (!first)
		go__out_text(out, verb == '#' ? ", " : " ");
	if (f->name[0] != '\0' && verb == '#')
		go__out_printf(out, ".%s = ", f->name);
	else if (f->name[0] != '\0' && verb == '+')
		go__out_printf(out, "%s:", f->name);
	go__out_value(out, go_value_of_field(v, f), verb);
}

static void
out_struct(struct go__out *out, go_value v, const go_type *t, char verb)
{
	size_t i;

	go__out_text(out, "{");
	for (i = 0; i < go_type_num_field(t); i++)
		out_member(out, v, go_type_field(t, i), verb, i == 0);
	go__out_text(out, "}");
}

// out_union shows the member that the discriminator names. Without one %#v
// takes the first, as C's own initialisers do.
static void
out_union(struct go__out *out, go_value v, const go_type *t, char verb)
{
	const go_field *f = go__value_case(v);

	if (f == NULL && verb == '#')
		f = go_type_field(t, 0);
	go__out_text(out, "{");
	if (f != NULL)
		out_member(out, v, f, verb, true);
	else
		go__out_printf(out, "union of %zu bytes", go_type_size(t));
	go__out_text(out, "}");
}

static void
out_elements(struct go__out *out, go_value v, char verb)
{
	size_t i, n = go_value_len(v);

	go__out_text(out, verb == '#' ? "{" : "[");
	for (i = 0; i < n; i++) {
		if (i > 0)
			go__out_text(out, verb == '#' ? ", " : " ");
		go__out_value(out, go_value_index(v, i), verb);
	}
	go__out_text(out, verb == '#' ? "}" : "]");
}

static void
out_pointer(struct go__out *out, go_value v, char verb)
{
	void *p = go_value_pointer(v);

	if (p == NULL)
		go__out_text(out, "NULL");
	else
		go__out_printf(out, verb == '#' ? "(void *)%p" : "%p", p);
}

static void
out_invalid(struct go__out *out, go_value v)
{
	go_error *err = go_value_error(v);

	go__out_text(out, "<");
	go__out_text(out, go_error_text(err));
	go__out_text(out, ">");
	go_error_free(err);
}

static void
out_number(struct go__out *out, go_value v, char verb)
{
	double x = go_value_float(v);

	if (verb == '#' && isnan(x))
		go__out_text(out, "NAN");
	else if (verb == '#' && isinf(x))
		go__out_text(out, x < 0 ? "-INFINITY" : "INFINITY");
	else
		go__out_float(out, v);
}

// out_complex writes (1-2i), or the macro that makes it.
static void
out_complex(struct go__out *out, go_value v, const go_type *t, char verb)
{
	const go_type *part = go_type_elem(t);
	size_t size = go_type_size(part);
	go_value re = go_value_make_const(part, v.address);
	go_value im = go_value_make_const(part, (char *)v.address + size);

	if (verb == '#')
		go__out_text(out, size == sizeof(float)    ? "CMPLXF("
				  : size == sizeof(double) ? "CMPLX("
							   : "CMPLXL(");
	else
		go__out_text(out, "(");
	out_number(out, re, verb);
	if (verb == '#')
		go__out_text(out, ", ");
	else if (!signbit(go_value_float(im)))
		go__out_text(out, "+");
	out_number(out, im, verb);
	go__out_text(out, verb == '#' ? ")" : "i)");
}

void
go__out_value(struct go__out *out, go_value v, char verb)
{
	const go_type *t = go__value_bare(v);
	const char *s;
	size_t n;
	go__wide x;

	if (t == NULL) {
		out_invalid(out, v);
	} else if (go__value_wide(v, &x)) {
		out_integer(out, v, t, x, verb);
	} else if (go__value_text_bytes(v, &s, &n)) {
		if (verb == '#')
			out_quoted(out, s, n);
		else
			go__out_bytes(out, s, n);
	} else {
		switch (t->kind) {
		case GO_KIND_FLOAT:
			out_number(out, v, verb);
			break;
		case GO_KIND_COMPLEX:
			out_complex(out, v, t, verb);
			break;
		case GO_KIND_STRUCT:
			out_struct(out, v, t, verb);
			break;
		case GO_KIND_UNION:
			out_union(out, v, t, verb);
			break;
		case GO_KIND_ARRAY:
		case GO_KIND_FLEX_ARRAY:
		case GO_KIND_VECTOR:
			out_elements(out, v, verb);
			break;
		case GO_KIND_POINTER:
			out_pointer(out, v, verb);
			break;
		default:
			go__out_printf(out, "<%.100s>", go_type_name(t));
			break;
		}
	}
}

size_t
go_value_text(go_value v, char *buf, size_t n)
{
	struct go__out out = {.buf = buf, .room = n};

	go__out_value(&out, v, 'v');
	return go__out_end(&out);
}

static void
out_format(struct go__out *out, const char *format, go_value v)
{
	const char *p = format, *at;
	const go_type *t = go_value_type(v);

	while ((at = strchr(p, '%')) != NULL) {
		go__out_bytes(out, p, (size_t)(at - p));
		p = at + 1;
		if (*p == 'v' || ((*p == '+' || *p == '#') && p[1] == 'v')) {
			go__out_value(out, v, *p);
			p += *p != 'v';
		} else if (*p == 'T') {
			go__out_text(out,
				     t == NULL ? "<invalid>" : go_type_name(t));
		} else if (*p == '%') {
			go__out_text(out, "%");
		} else {
			go__out_text(out, "%!");
			continue;
		}
		p++;
	}
	go__out_text(out, p);
}

size_t
go_format(char *buf, size_t n, const char *format, go_value v)
{
	struct go__out out = {.buf = buf, .room = n};

	out_format(&out, format, v);
	return go__out_end(&out);
}

size_t
go_fprint(FILE *file, const char *format, go_value v)
{
	struct go__out out = {.file = file};

	out_format(&out, format, v);
	return go__out_end(&out);
}

void
go_print(go_value v)
{
	go_fprint(stdout, "%+v\n", v);
}
