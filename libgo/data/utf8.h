// SPDX-License-Identifier: MIT
//
// utf8: where characters begin and end.

#ifndef DATA_UTF8_H
#define DATA_UTF8_H

#include <stdbool.h>
#include <stddef.h>

// go__utf8_len is the length of the character at s, of n bytes; 0 if it is
// none: overlong, a surrogate, past U+10FFFF or cut off.
size_t go__utf8_len(const char *s, size_t n);

// go__utf8_is_control tells whether the whole character at s, of len bytes,
// is one that terminals act upon: U+0000 to U+001F, U+007F to U+009F.
bool go__utf8_is_control(const char *s, size_t len);

// go__utf8_width counts characters; a byte that is none counts as one.
size_t go__utf8_width(const char *s, size_t n);

#endif
