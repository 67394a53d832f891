// SPDX-License-Identifier: MIT
//
// go_errorf: printf with %w.
//
// A va_list that vsnprintf has read from cannot be read on, so every
// conversion is taken apart here: its arguments are fetched by type, and
// snprintf is given the one conversion with them. Stars become digits and
// integers become intmax_t on the way. The format is walked twice, first to
// learn the sizes, then to write.

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "conc/error.h"

struct out {
	go_error *e;  // NULL while only measuring
	char *text;
	size_t room;  // with the NUL
	size_t length;
	size_t n_errors;
};

// struct spec is one conversion, with its stars resolved.
struct spec {
	char text[48];  // "%", flags, width, precision; the rest comes later
	size_t length;
	char size;  // the length modifier: 'H' is hh, 'q' is ll, 0 none
	char verb;
};

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

// put_text writes n bytes. They may be more than printf can count: INT_MAX.
static void
put_text(struct out *out, const char *text, size_t n)
{
	size_t room = out->e != NULL ? out->room - 1 - out->length : n;

	if (n > room)
		n = room;  // it grew since it was measured
	if (out->e != NULL) {
		memcpy(out->text + out->length, text, n);
		out->text[out->length + n] = '\0';
	}
	out->length += n;
}

static void
put(struct out *out, const char *fmt, ...)
{
	char *at = out->e != NULL ? out->text + out->length : NULL;
	size_t room = out->e != NULL ? out->room - out->length : 0;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(at, room, fmt, args);
	va_end(args);
	if (n < 0)
		return;
	// What an argument grew by since it was measured is cut.
	if (at != NULL && (size_t)n >= room)
		n = (int)(room - 1);
	out->length += (size_t)n;
}

static void
add(struct spec *s, const char *fmt, int n)
{
	size_t room = sizeof s->text - s->length;

	s->length += (size_t)snprintf(s->text + s->length, room, fmt, n);
}

// add_number adds the number at fmt, or the argument that a star stands for.
static const char *
add_number(struct spec *s, const char *fmt, va_list *args, bool is_precision)
{
	int64_t n = 0;

	if (*fmt == '*') {
		n = va_arg(*args, int);
		fmt++;
	} else if (!is_precision && (*fmt < '0' || *fmt > '9')) {
		return fmt;  // no width
	} else {
		for (; *fmt >= '0' && *fmt <= '9'; fmt++) {
			if (n <= INT_MAX)
				n = 10 * n + (*fmt - '0');
		}
		if (n > INT_MAX)
			n = INT_MAX;  // which printf refuses
	}
	// A negative width is the flag '-' and a width, which %d writes so; a
	// negative precision is none.
	if (is_precision && n >= 0)
		add(s, ".%d", (int)n);
	else if (!is_precision)
		add(s, "%d", (int)n);
	return fmt;
}

// parse reads the conversion after a '%' and returns what follows it.
static const char *
parse(struct spec *s, const char *fmt, va_list *args)
{
	static const char flags[] = "-+ #0'I";

	*s = (struct spec){.text = "%", .length = 1};
	for (; *fmt != '\0' && strchr(flags, *fmt) != NULL; fmt++) {
		if (memchr(s->text, *fmt, s->length) == NULL)
			add(s, "%c", *fmt);
	}
	fmt = add_number(s, fmt, args, false);
	if (*fmt == '.')
		fmt = add_number(s, fmt + 1, args, true);
	while (*fmt != '\0' && strchr("hlqjztL", *fmt) != NULL) {
		if (s->size == *fmt)
			s->size = s->size == 'h' ? 'H' : 'q';
		else
			s->size = *fmt;
		fmt++;
	}
	s->verb = *fmt;
	return *fmt != '\0' ? fmt + 1 : fmt;
}

// finish ends the conversion's text with its letters.
static const char *
finish(struct spec *s, const char *letters)
{
	snprintf(s->text + s->length, sizeof s->text - s->length, "%s%c",
		 letters, s->verb);
	return s->text;
}

static intmax_t
signed_arg(char size, va_list *args)
{
	switch (size) {
	case 'H':
		return (signed char)va_arg(*args, int);
	case 'h':
		return (short)va_arg(*args, int);
	case 'l':
		return va_arg(*args, long);
	case 'q':
		return va_arg(*args, long long);
	case 'L':
		return va_arg(*args, long long);
	case 'j':
		return va_arg(*args, intmax_t);
	case 'z':
		return va_arg(*args, ssize_t);
	case 't':
		return va_arg(*args, ptrdiff_t);
	default:
		return va_arg(*args, int);
	}
}

static uintmax_t
unsigned_arg(char size, va_list *args)
{
	switch (size) {
	case 'H':
		return (unsigned char)va_arg(*args, int);
	case 'h':
		return (unsigned short)va_arg(*args, int);
	case 'l':
		return va_arg(*args, unsigned long);
	case 'q':
		return va_arg(*args, unsigned long long);
	case 'L':
		return va_arg(*args, unsigned long long);
	case 'j':
		return va_arg(*args, uintmax_t);
	case 'z':
		return va_arg(*args, size_t);
	case 't':
		return (uintmax_t)va_arg(*args, ptrdiff_t);
	default:
		return va_arg(*args, unsigned);
	}
}

static void
put_string(struct out *out, struct spec *s, const char *text)
{
	s->verb = 's';
	if (s->length == 1 && text != NULL)
		put_text(out, text, strlen(text));
	else
		put(out, finish(s, ""), text);
}

static void
put_error(struct out *out, struct spec *s, go_error *e)
{
	put_string(out, s, go_error_text(e));
	if (e == NULL)
		return;
	out->n_errors++;
	if (out->e != NULL)
		go__error_wrap(out->e, e);
}

// convert writes one conversion; false if it cannot know what the argument
// is.
static bool
convert(struct out *out, struct spec *s, va_list *args)
{
	switch (s->verb) {
	case '%':
		put(out, "%%");
		return true;
	case 'm':
		put(out, finish(s, ""));
		return true;
	case 'w':
		put_error(out, s, va_arg(*args, go_error *));
		return true;
	case 'p':
		put(out, finish(s, ""), va_arg(*args, void *));
		return true;
	case 'd':
	case 'i':
		put(out, finish(s, "j"), signed_arg(s->size, args));
		return true;
	case 'b':
	case 'B':
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		put(out, finish(s, "j"), unsigned_arg(s->size, args));
		return true;
	case 'C':
	case 'c':
		if (s->size == 'l' || s->verb == 'C')
			put(out, finish(s, "l"), va_arg(*args, wint_t));
		else
			put(out, finish(s, ""), va_arg(*args, int));
		return true;
	case 'S':
	case 's':
		if (s->size == 'l' || s->verb == 'S')
			put(out, finish(s, "l"), va_arg(*args, wchar_t *));
		else
			put_string(out, s, va_arg(*args, char *));
		return true;
	default:
		if (s->verb == '\0' || strchr("aAeEfFgG", s->verb) == NULL)
			return false;
		if (s->size == 'L')
			put(out, finish(s, "L"), va_arg(*args, long double));
		else
			put(out, finish(s, ""), va_arg(*args, double));
		return true;
	}
}

static void
format(struct out *out, const char *fmt, va_list *args)
{
	const char *at, *rest;
	struct spec spec;

	while (*fmt != '\0') {
		at = strchrnul(fmt, '%');
		put_text(out, fmt, (size_t)(at - fmt));
		if (*at == '\0')
			return;
		rest = parse(&spec, at + 1, args);
		if (!convert(out, &spec, args)) {
			put_text(out, at,
				 strlen(at));  // the arguments are lost
			return;
		}
		fmt = rest;
	}
}

go_error *
go_errorf(const char *fmt, ...)
{
	struct out out = {.e = NULL};
	va_list args;

	va_start(args, fmt);
	format(&out, fmt, &args);
	va_end(args);

	out.room = out.length + 1;
	out.e = go__error_make(out.n_errors, out.room, &out.text);
	if (out.e == NULL)
		return GO_NO_MEMORY;
	out.length = out.n_errors = 0;
	out.text[0] = '\0';
	va_start(args, fmt);
	format(&out, fmt, &args);
	va_end(args);
	return out.e;
}
