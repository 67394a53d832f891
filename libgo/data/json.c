// SPDX-License-Identifier: MIT
//
// JSON out. Everything is gathered in a block and goes to the writer in
// pieces; the first error stops both.

#include "libgo/json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "data/module.h"
#include "data/out.h"
#include "data/unicode.h"
#include "data/value.h"
#include "libgo/error.h"

enum { BLOCK_SIZE = 4096, MAX_DEPTH = 100, NAME_SIZE = 128, TAG_SIZE = 192 };

struct encoder {
	go_writer *write;
	void *arg;
	go_error *err;
	bool is_indented;
	int indent;
	int depth;  // of pointers
	size_t len;
	char block[BLOCK_SIZE];
};

static void
flush(struct encoder *e)
{
	if (e->err == NULL && e->len > 0)
		e->err = e->write(e->block, e->len, e->arg);
	e->len = 0;
}

static void
put(struct encoder *e, const char *s, size_t n)
{
	size_t part;

	while (n > 0) {
		if (e->len == BLOCK_SIZE)
			flush(e);
		part = BLOCK_SIZE - e->len < n ? BLOCK_SIZE - e->len : n;
		memcpy(e->block + e->len, s, part);
		e->len += part;
		s += part;
		n -= part;
	}
}

static void
put_text(struct encoder *e, const char *s)
{
	put(e, s, strlen(s));
}

static void
new_line(struct encoder *e)
{
	int i;

	if (!e->is_indented)
		return;
	put_text(e, "\n");
	for (i = 0; i < e->indent; i++)
		put_text(e, "  ");
}

static void
put_escaped(struct encoder *e, const char *s, size_t len)
{
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char to[] = "\"\\bfnrt";
	const char *at = s[0] == '\0' ? NULL : strchr(from, s[0]);
	char text[8];

	if (at != NULL)
		snprintf(text, sizeof(text), "\\%c", to[at - from]);
	else
		// Of the two bytes of a control character the last is its code.
		snprintf(text, sizeof(text), "\\u%04x",
			 (unsigned)(unsigned char)s[len - 1]);
	put_text(e, text);
}

static void
put_string(struct encoder *e, const char *s, size_t n)
{
	size_t i, len;

	put_text(e, "\"");
	for (i = 0; i < n; i += len) {
		len = go__unicode_len(s + i, n - i);
		if (len == 0) {
			put_text(e, "\\ufffd");
			len = 1;
		} else if (go__unicode_is_control(s + i, len) || s[i] == '"' ||
			   s[i] == '\\') {
			put_escaped(e, s + i, len);
		} else {
			put(e, s + i, len);
		}
	}
	put_text(e, "\"");
}

static void encode(struct encoder *e, go_value v);

static void
encode_number(struct encoder *e, go_value v, const go_type *t)
{
	char text[64];
	struct go__out out = {.buf = text, .room = sizeof(text)};
	double x = go_value_float(v);

	if (t->kind == GO_KIND_FLOAT && !isfinite(x)) {
		if (e->err == NULL)
			e->err = go_errorf("json: %s: %g has no JSON",
					   go_type_name(go_value_type(v)), x);
		return;
	}
	if (t->kind == GO_KIND_FLOAT)
		go__out_float(&out, v);
	else
		go__out_wide(&out, v);
	put(e, text, go__out_end(&out));
}

static bool
has_json(go_value v)
{
	const go_type *t = go__value_bare(v);
	const go_type *elem;

	switch (t->kind) {
	case GO_KIND_BOOL:
	case GO_KIND_INT:
	case GO_KIND_UINT:
	case GO_KIND_FLOAT:
	case GO_KIND_ENUM:
	case GO_KIND_STRUCT:
	case GO_KIND_ARRAY:
	case GO_KIND_VECTOR:
		return true;
	case GO_KIND_UNION:
		return go__value_case(v) != NULL;
	case GO_KIND_FLEX_ARRAY:
		return go__value_has_len(v);
	case GO_KIND_POINTER:
		elem = go__type_bare(go_type_elem(t));
		return elem->kind != GO_KIND_VOID &&
		       elem->kind != GO_KIND_FUNC &&
		       elem->kind != GO_KIND_OPAQUE;
	default:
		return false;
	}
}

static bool
is_empty(go_value v)
{
	const char *s;
	size_t n;

	if (go__value_text_bytes(v, &s, &n))
		return n == 0;
	if (go_value_kind(v) == GO_KIND_POINTER && go__value_has_len(v))
		return go_value_len(v) == 0;
	return go_value_is_zero(v) && go_value_kind(v) != GO_KIND_STRUCT;
}

struct json_name {
	char name[NAME_SIZE];
	bool omits_empty, is_skipped, is_string;
};

// has_option finds a whole word in "omitempty,string".
static bool
has_option(const char *options, const char *word)
{
	size_t n = strlen(word), len;

	for (;; options += len + 1) {
		len = strcspn(options, ",");
		if (len == n && memcmp(options, word, n) == 0)
			return true;
		if (options[len] == '\0')
			return false;
	}
}

static void
read_tag(const go_field *f, struct json_name *j)
{
	char tag[TAG_SIZE];
	char *option;

	memset(j, 0, sizeof(*j));
	snprintf(j->name, sizeof(j->name), "%s", f->name);
	if (!go_tag_get(f->tag, "json", tag, sizeof(tag)))
		return;
	j->is_skipped = strcmp(tag, "-") == 0;
	option = strchr(tag, ',');
	if (option != NULL) {
		*option++ = '\0';
		j->omits_empty = has_option(option, "omitempty");
		j->is_string = has_option(option, "string");
	}
	if (tag[0] != '\0')
		snprintf(j->name, sizeof(j->name), "%.*s", NAME_SIZE - 1, tag);
}

static bool
is_record(go_value v)
{
	return go_value_kind(v) == GO_KIND_STRUCT ||
	       go_value_kind(v) == GO_KIND_UNION;
}

static void encode_members(struct encoder *e, go_value v, bool *is_first);

static void
encode_member(struct encoder *e, go_value v, const go_field *f, bool *is_first)
{
	go_value member = go_value_of_field(v, f);
	struct json_name j;
	bool quotes;

	read_tag(f, &j);
	if (j.is_skipped || !has_json(member) ||
	    (j.omits_empty && is_empty(member)))
		return;
	if (j.name[0] == '\0' && is_record(member)) {
		encode_members(e, member, is_first);
		return;
	}
	if (!*is_first)
		put_text(e, ",");
	*is_first = false;
	new_line(e);
	put_string(e, j.name, strlen(j.name));
	put_text(e, e->is_indented ? ": " : ":");
	quotes = j.is_string && !is_record(member) &&
		 go_value_kind(member) != GO_KIND_ENUM &&
		 go_value_kind(member) != GO_KIND_POINTER &&
		 go_value_kind(member) != GO_KIND_ARRAY;
	if (quotes)
		put_text(e, "\"");
	encode(e, member);
	if (quotes)
		put_text(e, "\"");
}

// encode_members writes those of a struct, or of a union the one that counts.
static void
encode_members(struct encoder *e, go_value v, bool *is_first)
{
	const go_type *t = go__value_bare(v);
	const go_field *f = go__value_case(v);
	size_t i;

	if (f != NULL) {
		encode_member(e, v, f, is_first);
		return;
	}
	if (t->kind != GO_KIND_STRUCT)
		return;
	for (i = 0; i < go_type_num_field(t) && e->err == NULL; i++)
		encode_member(e, v, go_type_field(t, i), is_first);
}

static void
encode_record(struct encoder *e, go_value v)
{
	bool is_first = true;

	put_text(e, "{");
	e->indent++;
	encode_members(e, v, &is_first);
	e->indent--;
	if (!is_first)
		new_line(e);
	put_text(e, "}");
}

static void
encode_elements(struct encoder *e, go_value v)
{
	size_t i, n = go_value_len(v);

	put_text(e, "[");
	e->indent++;
	for (i = 0; i < n && e->err == NULL; i++) {
		if (i > 0)
			put_text(e, ",");
		new_line(e);
		encode(e, go_value_index(v, i));
	}
	e->indent--;
	if (n > 0)
		new_line(e);
	put_text(e, "]");
}

static void
encode_pointer(struct encoder *e, go_value v)
{
	if (go_value_pointer(v) == NULL) {
		put_text(e, "null");
		return;
	}
	if (e->depth == MAX_DEPTH) {
		e->err = go_errorf("json: %s: more than %d pointers deep",
				   go_type_name(go_value_type(v)), MAX_DEPTH);
		return;
	}
	e->depth++;
	if (go__value_has_len(v))
		encode_elements(e, v);
	else
		encode(e, go_value_elem(v));
	e->depth--;
}

static void
encode(struct encoder *e, go_value v)
{
	const go_type *t = go__value_bare(v);
	const char *s;
	size_t n;

	if (e->err != NULL)
		return;
	if (t == NULL) {
		e->err = go_value_error(v);
		return;
	}
	s = go_value_enum_text(v);
	if (s != NULL) {
		put_string(e, s, strlen(s));
	} else if (go__value_text_bytes(v, &s, &n)) {
		put_string(e, s, n);
	} else if (!has_json(v)) {
		put_text(e, "null");
	} else if (t->kind == GO_KIND_BOOL) {
		put_text(e, go_value_bool(v) ? "true" : "false");
	} else if (t->kind == GO_KIND_STRUCT || t->kind == GO_KIND_UNION) {
		encode_record(e, v);
	} else if (t->kind == GO_KIND_POINTER) {
		encode_pointer(e, v);
	} else if (t->kind == GO_KIND_ARRAY || t->kind == GO_KIND_VECTOR ||
		   t->kind == GO_KIND_FLEX_ARRAY) {
		encode_elements(e, v);
	} else {
		encode_number(e, v, t);
	}
}

go_error *
go_json_encode(go_value v, go_writer *write, void *arg)
{
	struct encoder e = {.write = write, .arg = arg};

	encode(&e, v);
	flush(&e);
	return e.err;
}

static go_error *
write_file(const char *bytes, size_t n, void *arg)
{
	return fwrite(bytes, 1, n, arg) == n ? NULL
					     : go_error_from_errno(errno);
}

go_error *
go_json_print(FILE *file, go_value v, bool is_indented)
{
	struct encoder e = {.write = write_file, .arg = file};

	e.is_indented = is_indented;
	encode(&e, v);
	put_text(&e, "\n");
	flush(&e);
	if (fflush(file) != 0 && e.err == NULL)
		e.err = go_error_from_errno(errno);
	return e.err;
}
