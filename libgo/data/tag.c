// SPDX-License-Identifier: MIT
//
// Tags, in Go's grammar: key:"value" key:"value", the values with C's escapes.
// A malformed tag ends where it stops making sense; keys before are found.
// Unlike Go's, the colon may stand between blanks: formatters of C put them
// there when they see GO_TAG(json:"name").

#include "libgo/reflect.h"

#include <string.h>

static bool
is_key_byte(char c)
{
	return (unsigned char)c > ' ' && c != ':' && c != '"' && c != 0x7f;
}

static int
octal(const char **p)
{
	int x = 0, i;

	for (i = 0; i < 3 && **p >= '0' && **p <= '7'; i++)
		x = x * 8 + *(*p)++ - '0';
	return x;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

// unescape reads what follows a backslash.
static char
unescape(const char **p)
{
	static const char from[] = "abfnrtv";
	static const char to[] = "\a\b\f\n\r\t\v";
	const char *at;
	int x = 0, i;
	char c = **p;

	if (c >= '0' && c <= '7')
		return (char)octal(p);
	++*p;
	if (c == 'x') {
		for (i = 0; i < 2 && hex_digit(**p) >= 0; i++)
			x = x * 16 + hex_digit(*(*p)++);
		return (char)x;
	}
	at = strchr(from, c);
	return at == NULL || c == '\0' ? c : to[at - from];
}

// value_end is the closing quote of the value that begins at p; NULL if none.
static const char *
value_end(const char *p)
{
	for (; *p != '"'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		if (*p == '\0')
			return NULL;
	}
	return p;
}

static void
copy_value(const char *p, const char *end, char *buf, size_t n)
{
	size_t len = 0;
	char c;

	while (p < end) {
		c = *p++;
		if (c == '\\')
			c = unescape(&p);
		if (len + 1 < n)
			buf[len++] = c;
	}
	if (n > 0)
		buf[len] = '\0';
}

bool
go_tag_get(const char *tag, const char *key, char *buf, size_t n)
{
	size_t key_len = strlen(key), len;
	const char *p = tag, *value, *end;

	for (;;) {
		p += strspn(p, " ");
		for (len = 0; is_key_byte(p[len]);)
			len++;
		value = p + len + strspn(p + len, " ");
		if (len == 0 || *value != ':')
			return false;
		value += 1 + strspn(value + 1, " ");
		end = *value == '"' ? value_end(value + 1) : NULL;
		if (end == NULL)
			return false;
		if (len == key_len && memcmp(p, key, len) == 0) {
			copy_value(value + 1, end, buf, n);
			return true;
		}
		p = end + 1;
	}
}
