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
	char text[96];  // "%", flags, width, precision; the rest comes later
	size_t length;
	char size;  // the length modifier: 'H' is hh, 'q' is ll, 0 none
	char verb;
};

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

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
add(struct spec *s, char c)
{
	// Flags repeated beyond reason are dropped.
	if (s->length < sizeof s->text - 40)
		s->text[s->length++] = c;
}

// add_number adds the number at fmt, or the argument that a star stands for.
static const char *
add_number(struct spec *s, const char *fmt, va_list *args, bool is_precision)
{
	size_t room = sizeof s->text - s->length;
	int n;

	if (*fmt != '*') {
		while (*fmt >= '0' && *fmt <= '9')
			add(s, *fmt++);
		return fmt;
	}
	n = va_arg(*args, int);
	// A negative width is the flag '-' and a width, which %d writes so; a
	// negative precision is none.
	if (is_precision && n < 0)
		s->length--;
	else
		s->length +=
			(size_t)snprintf(s->text + s->length, room, "%d", n);
	return fmt + 1;
}

// parse reads the conversion after a '%' and returns what follows it.
static const char *
parse(struct spec *s, const char *fmt, va_list *args)
{
	static const char flags[] = "-+ #0'I";

	*s = (struct spec){.text = "%", .length = 1};
	while (*fmt != '\0' && strchr(flags, *fmt) != NULL)
		add(s, *fmt++);
	fmt = add_number(s, fmt, args, false);
	if (*fmt == '.') {
		s->text[s->length++] = *fmt++;
		fmt = add_number(s, fmt, args, true);
	}
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
put_error(struct out *out, struct spec *s, go_error *e)
{
	s->verb = 's';
	put(out, finish(s, ""), go_error_text(e));
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
			put(out, finish(s, ""), va_arg(*args, char *));
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
		put(out, "%.*s", (int)(at - fmt), fmt);
		if (*at == '\0')
			return;
		rest = parse(&spec, at + 1, args);
		if (!convert(out, &spec, args)) {
			put(out, "%s", at);  // the arguments are lost
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
