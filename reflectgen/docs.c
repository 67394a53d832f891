// SPDX-License-Identifier: MIT
//
// The comment on a declaration, found in the text of the header.
//
// It is the one that ends on the line before, begins in the column in which
// the declaration's line does and has nothing but comment on its lines; or
// else the one that follows the declaration on its last line. libclang's own
// idea of it differs between versions.

#include <string.h>

#include "reflectgen/model.h"

static const char *
line_start(const char *text, const char *p)
{
	while (p > text && p[-1] != '\n')
		p--;
	return p;
}

static const char *
skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

// add_line adds a line of a comment without its marks and outer blanks.
static void
add_line(struct text *out, const char *s, const char *end)
{
	while (s < end && strchr(" \t\r", *s) != NULL)
		s++;
	while (end > s && strchr(" \t\r", end[-1]) != NULL)
		end--;
	if (out->n > 0)
		text_add(out, "\n");
	text_add_n(out, s, (size_t)(end - s));
}

static const char *
trimmed(const struct text *t)
{
	const char *s = t->bytes == NULL ? "" : t->bytes;
	size_t n;

	s += strspn(s, "\n");
	for (n = strlen(s); n > 0 && s[n - 1] == '\n';)
		n--;
	return keep_n(s, n);
}

// after_slashes skips "//", "///", "//!" and "//<".
static const char *
after_slashes(const char *p)
{
	p += 2;
	while (*p == '/' || *p == '!' || *p == '<')
		p++;
	return p;
}

// block reads the comment that begins with a star at p.
static const char *
block(const char *p)
{
	struct text out = {0};
	const char *end = strstr(p + 2, "*/"), *line_end;

	if (end == NULL)
		return "";
	for (p += 2; p < end && strchr("*!<", *p) != NULL;)
		p++;
	while (p < end) {
		line_end = memchr(p, '\n', (size_t)(end - p));
		if (line_end == NULL)
			line_end = end;
		add_line(&out, p, line_end);
		p = skip_blanks(line_end + (line_end < end));
		if (p < end && *p == '*')
			p++;
	}
	return trimmed(&out);
}

// slashes reads the lines of "//" from p on to end.
static const char *
slashes(const char *p, const char *end)
{
	struct text out = {0};
	const char *line_end;

	while (p < end) {
		line_end = p + strcspn(p, "\n");
		p = skip_blanks(p);
		add_line(&out, after_slashes(p), line_end);
		p = line_end + 1;
	}
	return trimmed(&out);
}

// before reads the comment above the line that begins at line.
static const char *
before(const char *text, const char *line)
{
	size_t indent = (size_t)(skip_blanks(line) - line);
	const char *above, *first = line, *p;

	while (first > text) {
		above = line_start(text, first - 1);
		p = skip_blanks(above);
		if (strncmp(p, "//", 2) != 0 || (size_t)(p - above) != indent)
			break;
		first = above;
	}
	if (first < line)
		return slashes(first, line);
	if (line == text)
		return "";
	p = line - 1;
	while (p > text && strchr(" \t\r", p[-1]) != NULL)
		p--;
	if (p - text < 4 || strncmp(p - 2, "*/", 2) != 0)
		return "";
	for (p -= 4; p > text && strncmp(p, "/*", 2) != 0;)
		p--;
	above = line_start(text, p);
	if ((size_t)(p - above) != indent || skip_blanks(above) != p)
		return "";
	return block(p);
}

// past moves from the end of a declarator to what ends it, over marks.
static const char *
past(const char *p)
{
	int depth = 0;
	char quote;

	for (; *p != '\0'; p++) {
		if (*p == '"' || *p == '\'') {
			quote = *p++;
			while (*p != '\0' && *p != quote)
				p += *p == '\\' && p[1] != '\0' ? 2 : 1;
			if (*p == '\0')
				break;
		} else if (*p == '(' || *p == '[' || *p == '{') {
			depth++;
		} else if (*p == ')' || *p == ']' || *p == '}') {
			if (depth-- == 0)
				break;
		} else if (*p == '/' && (p[1] == '/' || p[1] == '*')) {
			break;
		} else if (depth == 0 && strchr(";,", *p) != NULL) {
			return p + 1;
		}
	}
	return p;
}

static const char *
behind(const char *text, const char *end)
{
	const char *p = skip_blanks(past(end)), *line, *next;
	size_t column;

	if (strncmp(p, "/*", 2) == 0)
		return block(p);
	if (strncmp(p, "//", 2) != 0)
		return "";
	// Lines that go on in the same column belong to it.
	column = (size_t)(p - line_start(text, p));
	line = p + strcspn(p, "\n");
	while (*line != '\0') {
		next = skip_blanks(line + 1);
		if (strncmp(next, "//", 2) != 0 ||
		    (size_t)(next - line - 1) < column / 8 ||
		    (size_t)(next - line - 1) < 2)
			break;
		line = next + strcspn(next, "\n");
	}
	return slashes(p, line);
}

const char *
doc_at(const char *file, size_t begin, size_t name, size_t end)
{
	const char *text = file_text(file), *line, *found = "", *p;

	if (text == NULL || strlen(text) < end || begin > name)
		return "";
	line = line_start(text, text + begin);
	for (p = line; p < text + name && strchr(";,{}()", *p) == NULL;)
		p++;
	// After a comma or brace it is another's line.
	if (p >= text + name || *p == '(')
		found = before(text, line);
	return found[0] != '\0' ? found : behind(text, text + end);
}
