// SPDX-License-Identifier: MIT
//
// text: growing strings, a string map, and messages with a caret.
//
// The tool lives for one run: what these allocate is freed at exit. Memory
// that cannot be had ends the run.

#ifndef REFLECTGEN_TEXT_H
#define REFLECTGEN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define PRINTF(n, first) __attribute__((format(printf, n, first)))

struct text {
	char *bytes;  // with a NUL behind; NULL while empty
	size_t n, room;
};

void text_add(struct text *t, const char *s);
void text_add_n(struct text *t, const char *s, size_t n);
void text_format(struct text *t, const char *format, ...) PRINTF(2, 3);

// keep_format returns a string that stays to the end of the run.
char *keep_format(const char *format, ...) PRINTF(1, 2);
char *keep_n(const char *s, size_t n);
void *keep_alloc(size_t size);
// keep_grow makes room for one more of n elements; array is its result.
void *keep_grow(void *array, size_t n, size_t size);

// A map from strings to pointers, NULL at first.
struct map {
	struct map_entry **buckets;
	size_t n_buckets, n;
};
void **map_at(struct map *m, const char *key);
void *map_get(const struct map *m, const char *key);

// A place in a header. line is 0 where there is none; column counts bytes.
struct place {
	const char *file;
	unsigned line, column;
	size_t offset;
};

// complain prints "file:line:col: error: ...", the source line, a caret, and
// on a line of its own what to do, if not NULL. It counts the errors.
void complain(const struct place *at, const char *what_to_do,
	      const char *format, ...) PRINTF(3, 4);
void warn(const struct place *at, const char *format, ...) PRINTF(2, 3);
unsigned complaints(void);
unsigned warnings(void);

// file_text is the whole file, read once, or NULL with errno.
const char *file_text(const char *name);
// An output is written to a file beside it, which then takes its name; restore
// puts back what was there before, drop_temp removes what is left over.
struct output {
	const char *name;
	char *temp, *old;
	bool is_replaced;
};
bool write_temp(struct output *out, const struct text *t);
bool rename_temp(struct output *out);
void restore(struct output *out);
void drop_temp(struct output *out);

void text_free_all(void);

#endif
