// SPDX-License-Identifier: MIT
//
// UTF-8 as RFC 3629 has it.

#include "data/unicode.h"

size_t
go__unicode_len(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	unsigned char least = 0x80, most = 0xbf;
	size_t len, i;

	if (n == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	len = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (s[0] == 0xe0)
		least = 0xa0;
	else if (s[0] == 0xed)
		most = 0x9f;
	else if (s[0] == 0xf0)
		least = 0x90;
	else if (s[0] == 0xf4)
		most = 0x8f;
	if (n < len || s[1] < least || s[1] > most)
		return 0;
	for (i = 2; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

bool
go__unicode_is_control(const char *text, size_t len)
{
	const unsigned char *s = (const unsigned char *)text;

	if (len == 1)
		return s[0] < ' ' || s[0] == 0x7f;
	return len == 2 && s[0] == 0xc2 && s[1] < 0xa0;
}

size_t
go__unicode_width(const char *s, size_t n)
{
	size_t width = 0, len, i;

	for (i = 0; i<n; i += len> 0 ? len : 1) {
		len = go__unicode_len(s + i, n - i);
		width++;
	}
	return width;
}
