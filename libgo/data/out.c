// SPDX-License-Identifier: MIT
//
// Text into a buffer, cut where it ends but counted to its full length, or
// into a file.

#include "data/out.h"

#include <stdarg.h>
#include <string.h>

void
go__out_bytes(struct go__out *out, const char *s, size_t n)
{
	size_t fits = 0;

	if (out->file != NULL) {
		fwrite(s, 1, n, out->file);
	} else if (out->len + 1 < out->room) {
		fits = out->room - 1 - out->len;
		memcpy(out->buf + out->len, s, n < fits ? n : fits);
	}
	out->len += n;
}

void
go__out_text(struct go__out *out, const char *s)
{
	go__out_bytes(out, s, strlen(s));
}

void
go__out_printf(struct go__out *out, const char *fmt, ...)
{
	// For numbers and short names; texts of any length go by bytes.
	char line[160];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (n > 0)
		go__out_bytes(out, line,
			      (size_t)n < sizeof(line) ? (size_t)n
						       : sizeof(line) - 1);
}

size_t
go__out_end(struct go__out *out)
{
	if (out->file == NULL && out->room > 0)
		out->buf[out->len < out->room ? out->len : out->room - 1] =
			'\0';
	return out->len;
}
