// SPDX-License-Identifier: MIT
//
// unicode: where the characters of UTF-8 begin and end.

#ifndef DATA_UNICODE_H
#define DATA_UNICODE_H

#include <stdbool.h>
#include <stddef.h>

// go__unicode_len is the length of the character at s, of n bytes; 0 if it is
// none: overlong, a surrogate, past U+10FFFF or cut off.
size_t go__unicode_len(const char *s, size_t n);

// go__unicode_is_control tells whether the whole character at s, of len bytes,
// is one that terminals act upon: U+0000 to U+001F, U+007F to U+009F.
bool go__unicode_is_control(const char *s, size_t len);

// go__unicode_width counts characters; a byte that is none counts as one.
size_t go__unicode_width(const char *s, size_t n);

#endif
