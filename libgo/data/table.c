// SPDX-License-Identifier: MIT
//
// Tables: two passes over the cells, one for the widths and one to print.
//
// A path is resolved once into the steps that it takes, on the first row or,
// for an empty array, on a type alone; cells of the same column are found by
// path again, since pointers in it may lead elsewhere in each row.

#include "libgo/table.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "data/module.h"
#include "data/value.h"
#include "libgo/error.h"
#include "libgo/format.h"

enum { CELL_SIZE = 512, TITLE_SIZE = 48, UNIT_SIZE = 24, PATH_SIZE = 128 };

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
};

// width_of counts characters: every byte but those that continue one.
static size_t
width_of(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void
make_cell(const struct column *c, go_value row, char *buf)
{
	go_value v = go_value_at(row, c->path);
	char *p;

	// A pointer on the way that is NULL leaves its cell empty.
	buf[0] = '\0';
	if (go_value_is_valid(v))
		go_value_text_unit(v, c->unit, buf, CELL_SIZE);
	for (p = buf; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
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
			c->title[i] = (char)toupper((unsigned char)c->title[i]);
	}
	c->is_number = is_numeric(type);
	c->width = width_of(c->title);
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

static void
measure(struct table *t)
{
	char cell[CELL_SIZE];
	size_t i, j, n = go_value_len(t->array), width;

	for (i = 0; i < n; i++) {
		for (j = 0; j < t->n; j++) {
			make_cell(&t->columns[j], go_value_index(t->array, i),
				  cell);
			width = width_of(cell);
			if (width > t->columns[j].width)
				t->columns[j].width = width;
		}
	}
}

static void
print_cell(FILE *file, const struct table *t, size_t j, const char *text)
{
	const struct column *c = &t->columns[j];
	size_t width = width_of(text);
	// A row that another changed since it was measured is out of line.
	int pad = width < c->width ? (int)(c->width - width) : 0;

	if (j > 0)
		fputs("  ", file);
	if (c->is_number)
		fprintf(file, "%*s%s", pad, "", text);
	else if (j + 1 < t->n)
		fprintf(file, "%s%*s", text, pad, "");
	else
		fputs(text, file);
	if (j + 1 == t->n)
		fputc('\n', file);
}

static go_error *
print_rows(FILE *file, const struct table *t)
{
	char cell[CELL_SIZE];
	size_t i, j, n = go_value_len(t->array);

	errno = 0;
	for (j = 0; j < t->n; j++)
		print_cell(file, t, j, t->columns[j].title);
	for (i = 0; i < n && !ferror(file); i++) {
		for (j = 0; j < t->n; j++) {
			make_cell(&t->columns[j], go_value_index(t->array, i),
				  cell);
			print_cell(file, t, j, cell);
		}
	}
	if (ferror(file))
		return go_errorf("table: cannot write: %s", strerror(errno));
	return NULL;
}

go_error *
go_table_print(FILE *file, go_value array, const char *columns)
{
	const go_type *type = go__value_bare(array);
	struct table t = {.array = array};
	go_error *err;

	if (type == NULL)
		return go_value_error(array);
	if (!go__value_has_len(array))
		return go_errorf("table: %s is no array", go_type_name(type));
	t.row = go__type_bare(go_type_elem(type));
	if (t.row->kind != GO_KIND_STRUCT)
		return go_errorf("table: %s has no structs to print",
				 go_type_name(type));
	err = columns == NULL || columns[0] == '\0' ? add_members(&t)
						    : add_paths(&t, columns);
	if (err == NULL) {
		measure(&t);
		err = print_rows(file, &t);
	}
	free(t.columns);
	return err;
}
