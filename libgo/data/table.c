// SPDX-License-Identifier: MIT
//
// Tables: two passes over the cells, one for the widths and one to print.
//
// Cells are found by path in each row, since pointers on the way may lead
// elsewhere, or nowhere, in each. A path is checked against the types first,
// so that one is refused though there be no row.

#include "libgo/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "data/module.h"
#include "data/unicode.h"
#include "data/value.h"
#include "libgo/error.h"
#include "libgo/format.h"

enum { TITLE_SIZE = 48, UNIT_SIZE = 24, PATH_SIZE = 128, LEAST_WIDTH = 8 };

struct column {
	char path[PATH_SIZE];
	char title[TITLE_SIZE];
	char unit[UNIT_SIZE];
	bool is_number;
	size_t width;
};

struct table {
	struct column *columns;
	size_t n, room;
	go_value array;
	const go_type *row;
	// The text of a cell, and that made fit to be shown.
	char *raw, *cell;
	size_t raw_room, cell_len;
};

static go_error *
grow_cell(struct table *t, size_t room)
{
	char *raw = realloc(t->raw, room), *cell;

	if (raw == NULL)
		return go_errorf("table: out of memory");
	t->raw = raw;
	// A byte becomes four characters at most: \x1b.
	cell = realloc(t->cell, 4 * room);
	if (cell == NULL)
		return go_errorf("table: out of memory");
	t->cell = cell;
	t->raw_room = room;
	return NULL;
}

// show makes cell of raw: what a terminal would act upon, or is no UTF-8,
// becomes an escape.
static void
show(struct table *t)
{
	static const char from[] = "\n\t\r", to[] = "ntr";
	const char *s = t->raw, *at;
	size_t n = strlen(s), len, i;
	char *out = t->cell;

	for (i = 0; i < n; i += len) {
		len = go__unicode_len(s + i, n - i);
		if (len > 0 && !go__unicode_is_control(s + i, len)) {
			memcpy(out, s + i, len);
			out += len;
			continue;
		}
		at = strchr(from, s[i]);
		if (at != NULL)
			out += snprintf(out, 5, "\\%c", to[at - from]);
		else
			out += snprintf(out, 5, "\\x%02x", (unsigned char)s[i]);
		len = 1;
	}
	*out = '\0';
	t->cell_len = (size_t)(out - t->cell);
}

static go_error *
make_cell(struct table *t, const struct column *c, size_t i)
{
	go_value v = go_value_at(go_value_index(t->array, i), c->path);
	go_error *err = NULL;
	size_t n;

	t->raw[0] = '\0';
	// A pointer on the way that is NULL leaves its cell empty.
	if (go_value_is_valid(v)) {
		n = go_value_text_unit(v, c->unit, t->raw, t->raw_room);
		if (n >= t->raw_room) {
			err = grow_cell(t, n + 1);
			go_value_text_unit(v, c->unit, t->raw, t->raw_room);
		}
	}
	show(t);
	return err;
}

static bool
is_numeric(const go_type *t)
{
	t = go__type_bare(t);
	return t->kind == GO_KIND_INT || t->kind == GO_KIND_UINT ||
	       t->kind == GO_KIND_FLOAT;
}

static go_error *
add_column(struct table *t, const char *path, const go_field *f,
	   const go_type *type)
{
	struct column *grown, *c;
	size_t i;

	if (t->n == t->room) {
		t->room = t->room == 0 ? 8 : 2 * t->room;
		grown = realloc(t->columns, t->room * sizeof(*grown));
		if (grown == NULL)
			return go_errorf("table: out of memory");
		t->columns = grown;
	}
	c = &t->columns[t->n++];
	memset(c, 0, sizeof(*c));
	snprintf(c->path, sizeof(c->path), "%s", path);
	if (f != NULL)
		go_tag_get(f->tag, "unit", c->unit, sizeof(c->unit));
	if (f == NULL ||
	    !go_tag_get(f->tag, "table", c->title, sizeof(c->title)) ||
	    c->title[0] == '\0' || strcmp(c->title, "-") == 0) {
		snprintf(c->title, sizeof(c->title), "%.*s", TITLE_SIZE - 1,
			 path);
		for (i = 0; c->title[i] != '\0'; i++)
			if (c->title[i] >= 'a' && c->title[i] <= 'z')
				c->title[i] = (char)(c->title[i] - 'a' + 'A');
	}
	c->is_number = is_numeric(type);
	c->width = go__unicode_width(c->title, strlen(c->title));
	return NULL;
}

static go_error *
add_members(struct table *t)
{
	const struct go__members *m = go__type_members(t->row);
	const go_field *f;
	go_error *err;
	char title[4];
	size_t i;

	for (i = 0; i < m->all; i++) {
		f = &m->field[i];
		if (f->name[0] == '\0' ||
		    (go_tag_get(f->tag, "table", title, sizeof(title)) &&
		     strcmp(title, "-") == 0))
			continue;
		err = add_column(t, f->name, f, f->type);
		if (err != NULL)
			return err;
	}
	return NULL;
}

// resolve follows a path through types; *f is the last member on it.
static const go_type *
resolve(const go_type *t, const char *path, const go_field **f,
	const char **bad)
{
	const char *p = path;
	size_t n;

	for (*f = NULL; *p != '\0'; p += *p == '.') {
		*bad = p;
		t = go__type_bare(t);
		if (*p == '[') {
			n = strspn(p + 1, "0123456789");
			t = n > 0 && p[n + 1] == ']' && t->kind != GO_KIND_FUNC
				    ? go_type_elem(t)
				    : NULL;
			p += n + 2;
		} else {
			while (t->kind == GO_KIND_POINTER)
				t = go__type_bare(go_type_elem(t));
			n = strcspn(p, ".[]");
			*f = go_type_field_by_text(t, p, n);
			t = *f == NULL ? NULL : (*f)->type;
			p += n;
		}
		if (t == NULL || (*p != '\0' && *p != '.' && *p != '['))
			return NULL;
	}
	return *f == NULL ? NULL : t;
}

static go_error *
add_path(struct table *t, const char *columns, const char *start, size_t n)
{
	const char *bad;
	const go_type *type;
	const go_field *f;
	char path[PATH_SIZE];

	if (n == 0)
		return go_errorf("table: empty name (column %zu of \"%s\")",
				 (size_t)(start - columns) + 1, columns);
	if (n >= sizeof(path))
		return go_errorf("table: a path of %zu bytes is too long", n);
	memcpy(path, start, n);
	path[n] = '\0';
	bad = path;
	type = resolve(t->row, path, &f, &bad);
	if (type == NULL)
		return go_errorf(
			"table: %s has no field \"%s\" (column %zu of \"%s\")",
			go_type_name(t->row), path,
			(size_t)(start - columns) + (size_t)(bad - path) + 1,
			columns);
	return add_column(t, path, f, type);
}

static go_error *
add_paths(struct table *t, const char *columns)
{
	const char *p = columns;
	go_error *err;
	size_t n, end;

	for (;;) {
		p += strspn(p, " ");
		n = end = strcspn(p, ",");
		while (n > 0 && p[n - 1] == ' ')
			n--;
		err = add_path(t, columns, p, n);
		if (err != NULL || p[end] == '\0')
			return err;
		p += end + 1;
	}
}

static go_error *
measure(struct table *t)
{
	size_t i, j, n = go_value_len(t->array), width;
	go_error *err = NULL;

	for (i = 0; i < n && err == NULL; i++) {
		for (j = 0; j < t->n && err == NULL; j++) {
			err = make_cell(t, &t->columns[j], i);
			width = go__unicode_width(t->cell, t->cell_len);
			if (width > t->columns[j].width)
				t->columns[j].width = width;
		}
	}
	return err;
}

// least is how narrow a column may become: numbers are shown whole.
static size_t
least(const struct column *c)
{
	return c->is_number || c->width < LEAST_WIDTH ? c->width : LEAST_WIDTH;
}

// fit makes lines of at most so many characters: it leaves out the last
// columns that have no room at all, then narrows the widest.
static void
fit(struct table *t, size_t most)
{
	size_t total = 0, j, n;
	struct column *widest, *c;

	for (n = 0; n < t->n; n++) {
		total += (n > 0 ? 2 : 0) + least(&t->columns[n]);
		if (n > 0 && total > most)
			break;
	}
	t->n = n;
	total = 2 * (n - 1);
	for (j = 0; j < n; j++)
		total += t->columns[j].width;
	for (; total > most; total--) {
		widest = NULL;
		for (j = 0; j < n; j++) {
			c = &t->columns[j];
			if (c->width > least(c) &&
			    (widest == NULL || c->width > widest->width))
				widest = c;
		}
		if (widest == NULL)
			return;
		widest->width--;
	}
}

// cut is the number of bytes of text that take width characters.
static size_t
cut(const char *text, size_t n, size_t width)
{
	size_t i = 0, len;

	for (; i < n && width > 0; width--) {
		len = go__unicode_len(text + i, n - i);
		i += len > 0 ? len : 1;
	}
	return i;
}

static void
print_cell(FILE *file, const struct table *t, size_t j, const char *text,
	   size_t n)
{
	const struct column *c = &t->columns[j];
	size_t width = go__unicode_width(text, n);
	// A row that another changed since it was measured is out of line.
	int pad = width < c->width ? (int)(c->width - width) : 0;
	bool is_cut = width > c->width && !c->is_number;

	if (is_cut)
		n = cut(text, n, c->width - 1);
	if (j > 0)
		fputs("  ", file);
	if (c->is_number)
		fprintf(file, "%*s", pad, "");
	fwrite(text, 1, n, file);
	if (is_cut)
		fputc('+', file);
	if (j + 1 == t->n)
		fputc('\n', file);
	else if (!c->is_number)
		fprintf(file, "%*s", pad, "");
}

static go_error *
print_rows(FILE *file, struct table *t)
{
	size_t i, j, n = go_value_len(t->array);
	go_error *err;
	const char *title;

	for (j = 0; j < t->n; j++) {
		title = t->columns[j].title;
		print_cell(file, t, j, title, strlen(title));
	}
	for (i = 0; i < n; i++) {
		for (j = 0; j < t->n; j++) {
			err = make_cell(t, &t->columns[j], i);
			if (err != NULL)
				return err;
			print_cell(file, t, j, t->cell, t->cell_len);
			// Now: errno is the failed write's only so long.
			if (ferror(file))
				return go_error_from_errno(errno);
		}
	}
	return fflush(file) != 0 ? go_error_from_errno(errno) : NULL;
}

static go_error *
print(FILE *file, struct table *t, const char *columns, size_t width)
{
	bool is_all = columns == NULL || columns[0] == '\0';
	go_error *err = is_all ? add_members(t) : add_paths(t, columns);

	if (err == NULL)
		err = grow_cell(t, 256);
	if (err == NULL)
		err = measure(t);
	if (err != NULL || t->n == 0)
		return err;
	if (width > 0)
		fit(t, width);
	return print_rows(file, t);
}

go_error *
go_table_print_fit(FILE *file, go_value array, const char *columns,
		   size_t width)
{
	const go_type *type = go__value_bare(array);
	struct table t = {.array = array};
	go_error *err;

	if (type == NULL)
		return go_value_error(array);
	if (!go__value_has_len(array))
		return go_errorf("table: %s is no array", go_type_name(type));
	t.row = go__type_bare(go_type_elem(type));
	while (t.row->kind == GO_KIND_POINTER)
		t.row = go__type_bare(go_type_elem(t.row));
	if (t.row->kind != GO_KIND_STRUCT)
		return go_errorf("table: %s has no structs to print",
				 go_type_name(type));
	err = print(file, &t, columns, width);
	free(t.columns);
	free(t.raw);
	free(t.cell);
	return err;
}

go_error *
go_table_print(FILE *file, go_value array, const char *columns)
{
	return go_table_print_fit(file, array, columns, 0);
}
