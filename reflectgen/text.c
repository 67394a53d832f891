// SPDX-License-Identifier: MIT
//
// Strings that grow, strings that stay, messages, files.

#include "reflectgen/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Every allocation that stays, so that leak checkers see them freed.
struct kept {
	struct kept *next;
	max_align_t bytes[];
};

struct map_entry {
	struct map_entry *next;
	const char *key;
	void *value;
};

static struct kept *kept_first;
static unsigned n_complaints, n_warnings;

static void *
must(void *p)
{
	if (p == NULL) {
		fputs("reflectgen: error: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

void *
keep_alloc(size_t size)
{
	struct kept *k = must(calloc(1, sizeof(*k) + size));

	k->next = kept_first;
	kept_first = k;
	return k->bytes;
}

void
text_free_all(void)
{
	struct kept *k;

	while ((k = kept_first) != NULL) {
		kept_first = k->next;
		free(k);
	}
}

char *
keep_n(const char *s, size_t n)
{
	char *copy = keep_alloc(n + 1);

	memcpy(copy, s, n);
	return copy;
}

// keep_grow doubles at powers of two; the halves left behind are freed at the
// end and sum up to less than the whole.
void *
keep_grow(void *array, size_t n, size_t size)
{
	void *bigger;

	if ((n & (n - 1)) != 0)
		return array;
	bigger = keep_alloc((n == 0 ? 1 : 2 * n) * size);
	if (n > 0)
		memcpy(bigger, array, n * size);
	return bigger;
}

PRINTF(2, 0)
static char *
format_list(size_t *n, const char *format, va_list list)
{
	va_list again;
	char probe[1], *s;
	int length;

	va_copy(again, list);
	length = vsnprintf(probe, sizeof(probe), format, again);
	va_end(again);
	if (length < 0)
		length = 0;
	s = keep_alloc((size_t)length + 1);
	vsnprintf(s, (size_t)length + 1, format, list);
	*n = (size_t)length;
	return s;
}

char *
keep_format(const char *format, ...)
{
	va_list list;
	size_t n;
	char *s;

	va_start(list, format);
	s = format_list(&n, format, list);
	va_end(list);
	return s;
}

void
text_add_n(struct text *t, const char *s, size_t n)
{
	char *bigger;

	if (t->n + n >= t->room) {
		t->room = 2 * (t->n + n) + 64;
		bigger = keep_alloc(t->room);
		if (t->n > 0)
			memcpy(bigger, t->bytes, t->n);
		t->bytes = bigger;
	}
	memcpy(t->bytes + t->n, s, n);
	t->n += n;
	t->bytes[t->n] = '\0';
}

void
text_add(struct text *t, const char *s)
{
	text_add_n(t, s, strlen(s));
}

void
text_format(struct text *t, const char *format, ...)
{
	char line[512];
	va_list list;
	size_t n;
	int length;

	va_start(list, format);
	length = vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	if (length >= 0 && (size_t)length < sizeof(line)) {
		text_add_n(t, line, (size_t)length);
		return;
	}
	va_start(list, format);
	text_add(t, format_list(&n, format, list));
	va_end(list);
}

static size_t
hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s != '\0'; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return (size_t)(h ^ h >> 29);
}

static void
map_grow(struct map *m)
{
	size_t n_buckets = m->n_buckets == 0 ? 256 : 4 * m->n_buckets, i;
	struct map_entry **buckets = keep_alloc(n_buckets * sizeof(*buckets));
	struct map_entry *e, **slot;

	for (i = 0; i < m->n_buckets; i++) {
		while ((e = m->buckets[i]) != NULL) {
			m->buckets[i] = e->next;
			slot = &buckets[hash(e->key) & (n_buckets - 1)];
			e->next = *slot;
			*slot = e;
		}
	}
	m->buckets = buckets;
	m->n_buckets = n_buckets;
}

static struct map_entry *
map_find(const struct map *m, const char *key)
{
	struct map_entry *e = NULL;

	if (m->n_buckets > 0)
		e = m->buckets[hash(key) & (m->n_buckets - 1)];
	while (e != NULL && strcmp(e->key, key) != 0)
		e = e->next;
	return e;
}

void *
map_get(const struct map *m, const char *key)
{
	struct map_entry *e = map_find(m, key);

	return e == NULL ? NULL : e->value;
}

void **
map_at(struct map *m, const char *key)
{
	struct map_entry *e = map_find(m, key);
	struct map_entry **slot;

	if (e != NULL)
		return &e->value;
	if (m->n >= m->n_buckets)
		map_grow(m);
	slot = &m->buckets[hash(key) & (m->n_buckets - 1)];
	e = keep_alloc(sizeof(*e));
	e->key = keep_n(key, strlen(key));
	e->next = *slot;
	*slot = e;
	m->n++;
	return &e->value;
}

const char *
file_text(const char *name)
{
	static struct map files;
	void **known = map_at(&files, name);
	struct text t = {0};
	char part[65536];
	size_t got;
	FILE *f;
	int saved;

	if (*known != NULL)
		return *known;
	f = fopen(name, "rb");
	if (f == NULL)
		return NULL;
	while ((got = fread(part, 1, sizeof(part), f)) > 0)
		text_add_n(&t, part, got);
	saved = errno;
	if (!ferror(f))
		*known = keep_n(t.bytes == NULL ? "" : t.bytes, t.n);
	fclose(f);
	errno = saved;
	return *known;
}

// show_line prints the line and a caret below; tabs stay tabs.
static void
show_line(const struct place *at)
{
	const char *line = file_text(at->file), *end;
	unsigned i;

	for (i = 1; line != NULL && i < at->line; i++) {
		line = strchr(line, '\n');
		line = line == NULL ? NULL : line + 1;
	}
	if (line == NULL)
		return;
	end = line + strcspn(line, "\r\n");
	if (end - line > 300 || at->column == 0)
		return;
	fprintf(stderr, "%.*s\n", (int)(end - line), line);
	for (i = 1; i < at->column && line < end; i++, line++)
		fputc(*line == '\t' ? '\t' : ' ', stderr);
	fputs("^\n", stderr);
}

static void
say(const struct place *at, const char *severity, const char *message)
{
	if (at == NULL || at->file == NULL)
		fprintf(stderr, "reflectgen: %s: %s\n", severity, message);
	else if (at->line == 0)
		fprintf(stderr, "%s: %s: %s\n", at->file, severity, message);
	else
		fprintf(stderr, "%s:%u:%u: %s: %s\n", at->file, at->line,
			at->column, severity, message);
	if (at != NULL && at->file != NULL && at->line > 0)
		show_line(at);
}

void
complain(const struct place *at, const char *what_to_do, const char *format,
	 ...)
{
	va_list list;
	size_t n;

	va_start(list, format);
	say(at, "error", format_list(&n, format, list));
	va_end(list);
	if (what_to_do != NULL)
		fprintf(stderr, "  %s\n", what_to_do);
	n_complaints++;
}

void
warn(const struct place *at, const char *format, ...)
{
	va_list list;
	size_t n;

	va_start(list, format);
	say(at, "warning", format_list(&n, format, list));
	va_end(list);
	n_warnings++;
}

unsigned
complaints(void)
{
	return n_complaints;
}

unsigned
warnings(void)
{
	return n_warnings;
}

bool
write_temp(struct output *out, const struct text *t)
{
	struct place at = {.file = out->name};
	FILE *f;
	bool ok;

	out->temp = keep_format("%s.%ld.tmp", out->name, (long)getpid());
	f = fopen(out->temp, "wb");
	if (f == NULL) {
		complain(&at, NULL, "cannot be written: %s", strerror(errno));
		out->temp = NULL;
		return false;
	}
	ok = t->n == 0 || fwrite(t->bytes, 1, t->n, f) == t->n;
	ok = fclose(f) == 0 && ok;
	if (!ok)
		complain(&at, NULL, "cannot be written: %s", strerror(errno));
	return ok;
}

bool
rename_temp(struct output *out)
{
	struct place at = {.file = out->name};

	out->old = keep_format("%s.%ld.old", out->name, (long)getpid());
	if (link(out->name, out->old) != 0)
		out->old = NULL;
	if (rename(out->temp, out->name) != 0) {
		complain(&at, NULL, "cannot be replaced: %s", strerror(errno));
		return false;
	}
	out->temp = NULL;
	out->is_replaced = true;
	return true;
}

void
restore(struct output *out)
{
	if (!out->is_replaced)
		return;
	if (out->old == NULL)
		unlink(out->name);
	else if (rename(out->old, out->name) == 0)
		out->old = NULL;
}

void
drop_temp(struct output *out)
{
	if (out->temp != NULL)
		unlink(out->temp);
	if (out->old != NULL)
		unlink(out->old);
	out->temp = out->old = NULL;
}
