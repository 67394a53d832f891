// SPDX-License-Identifier: MIT
//
// Looking things up in the model and spelling its types.

#include "reflectgen/model.h"

#include <string.h>

const struct type *
bare(const struct type *t)
{
	while (t->kind == KIND_TYPEDEF && t->link.type != NULL)
		t = t->link.type;
	return t;
}

struct field *
find_field(const struct type *t, const char *name, size_t n, uint64_t *base)
{
	struct field *found;
	size_t i;

	t = bare(t);
	for (i = 0; i < t->n_fields; i++)
		if (strlen(t->fields[i].name) == n &&
		    memcmp(t->fields[i].name, name, n) == 0 && n > 0)
			return &t->fields[i];
	for (i = 0; i < t->n_fields; i++) {
		if (t->fields[i].name[0] != '\0')
			continue;
		found = find_field(t->fields[i].use.type, name, n, base);
		if (found != NULL) {
			*base += t->fields[i].bit;
			return found;
		}
	}
	return NULL;
}

struct type *
find_type(const struct model *m, const char *name, size_t n)
{
	struct type *other = NULL, *t;
	size_t i;

	for (i = 0; i < m->n_types; i++) {
		t = m->types[i];
		if (t->name == NULL || strlen(t->name) != n ||
		    memcmp(t->name, name, n) != 0)
			continue;
		if (t->is_exported)
			return t;
		if (other == NULL && !t->is_anonymous)
			other = t;
	}
	return other;
}

bool
builtin_named(const char *name)
{
	static const char *const names[] = {
		"void",     "bool",      "char",     "schar",     "uchar",
		"short",    "ushort",    "int",      "uint",      "long",
		"ulong",    "llong",     "ullong",   "int128",    "uint128",
		"float",    "double",    "ldouble",  "cfloat",    "cdouble",
		"cldouble", "size_t",    "intptr_t", "int8_t",    "int16_t",
		"int32_t",  "int64_t",   "uint8_t",  "uint16_t",  "uint32_t",
		"uint64_t", "ptrdiff_t", "intmax_t", "uintptr_t", "uintmax_t",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

unsigned
quals_of(const struct use *u)
{
	unsigned quals = u->quals;
	const struct type *t = u->type;

	while (t->kind == KIND_TYPEDEF) {
		quals |= t->link.quals;
		t = t->link.type;
	}
	return quals;
}

bool
is_record(const struct type *t)
{
	return t->kind == KIND_STRUCT || t->kind == KIND_UNION;
}

bool
is_integer(const struct type *t)
{
	return t->kind == KIND_INT || t->kind == KIND_UINT ||
	       t->kind == KIND_BOOL || t->kind == KIND_ENUM;
}

bool
has_entry(const struct type *t)
{
	return t->builtin == NULL && !t->is_imported;
}

static void
add_quals(struct text *t, unsigned quals)
{
	if (quals & IS_CONST)
		text_add(t, "const ");
	if (quals & IS_VOLATILE)
		text_add(t, "volatile ");
	if (quals & IS_RESTRICT)
		text_add(t, "__restrict ");
	if (quals & IS_ATOMIC)
		text_add(t, "_Atomic ");
}

// keep makes a text one that stays.
static char *
keep(struct text *t)
{
	char *s = keep_n(t->bytes == NULL ? "" : t->bytes, t->n);

	*t = (struct text){0};
	return s;
}

static char *spell_as(const struct use *u, const char *inner, bool as_c);

static char *
spell_pointer(const struct use *u, const char *inner, bool as_c)
{
	const struct type *to = u->type->link.type;
	bool wraps = to->name == NULL &&
		     (to->kind == KIND_ARRAY || to->kind == KIND_FLEX_ARRAY ||
		      to->kind == KIND_FUNC);
	struct text quals = {0}, t = {0};
	char *q;

	text_add(&quals, "");
	add_quals(&quals, u->quals);
	if (quals.n > 0 && inner[0] == '\0')
		quals.bytes[--quals.n] = '\0';
	q = keep_n(quals.bytes, quals.n);
	text_format(&t, wraps ? "(*%s%s)" : "*%s%s", q, inner);
	return spell_as(&u->type->link, keep(&t), as_c);
}

static char *
spell_func(const struct use *u, const char *inner, bool as_c)
{
	const struct type *f = u->type;
	struct text t = {0};
	char *parameter;
	size_t i;

	text_format(&t, "%s(", inner);
	for (i = 1; i < f->n_fields; i++) {
		parameter = spell_as(&f->fields[i].use, "", as_c);
		if (parameter == NULL)
			return NULL;
		text_format(&t, "%s%s", i > 1 ? ", " : "", parameter);
	}
	if (f->is_variadic)
		text_add(&t, f->n_fields > 1 ? ", ..." : "...");
	else if (f->n_fields <= 1 && !f->has_no_prototype)
		text_add(&t, "void");
	text_add(&t, ")");
	return spell_as(&f->fields[0].use, keep(&t), as_c);
}

static char *
spell_vector(const struct use *u, const char *inner, bool as_c)
{
	const struct type *t = u->type;
	struct text out = {0};

	if (!as_c) {
		text_format(&out, "__vector(%llu)%s%s",
			    (unsigned long long)t->count,
			    inner[0] == '\0' ? "" : " ", inner);
		return spell_as(&t->link, keep(&out), false);
	}
	add_quals(&out, u->quals);
	text_format(&out, "__attribute__((__vector_size__(%llu))) %s",
		    (unsigned long long)t->size,
		    spell_as(&t->link, inner, true));
	return keep(&out);
}

static char *
spell_as(const struct use *u, const char *inner, bool as_c)
{
	const struct type *t = u->type;
	const char *base = as_c ? t->c : t->name;
	struct text out = {0};

	if (base == NULL) {
		switch (t->kind) {
		case KIND_POINTER:
			return spell_pointer(u, inner, as_c);
		case KIND_ARRAY:
			text_format(&out, "%s[%llu]", inner,
				    (unsigned long long)t->count);
			return spell_as(&t->link, keep(&out), as_c);
		case KIND_FLEX_ARRAY:
			text_format(&out, "%s[]", inner);
			return spell_as(&t->link, keep(&out), as_c);
		case KIND_FUNC:
			return spell_func(u, inner, as_c);
		case KIND_VECTOR:
			return spell_vector(u, inner, as_c);
		default:
			return NULL;
		}
	}
	add_quals(&out, u->quals);
	text_add(&out, base);
	if (inner[0] != '\0')
		text_format(&out, " %s", inner);
	return keep(&out);
}

char *
spell(const struct use *u, const char *inner)
{
	return spell_as(u, inner, true);
}

char *
spell_name(const struct use *u, const char *inner)
{
	return spell_as(u, inner, false);
}

char *
spell_pointer_to(const struct use *u)
{
	const struct type *t = u->type;
	bool wraps = t->c == NULL &&
		     (t->kind == KIND_ARRAY || t->kind == KIND_FLEX_ARRAY ||
		      t->kind == KIND_FUNC);

	return spell(u, wraps ? "(*)" : "*");
}
