// SPDX-License-Identifier: MIT
//
// Resolving what marks and methods name: lengths, discriminators and cases of
// unions, tags given from outside, the owners of methods.

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reflectgen/model.h"

// own_field finds a member of exactly this record.
static struct field *
own_field(const struct type *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->n_fields; i++)
		if (name[0] != '\0' && strcmp(t->fields[i].name, name) == 0)
			return &t->fields[i];
	return NULL;
}

static struct field *
sibling(const struct type *t, const struct mark *mark, const char *macro)
{
	struct field *f = own_field(t, mark->text);
	uint64_t base = 0;

	if (f == NULL) {
		complain(&mark->at,
			 find_field(t, mark->text, strlen(mark->text), &base)
				 ? "It is inside another member; it must be "
				   "beside this one."
				 : "Name a member beside this one.",
			 "%s: %s has no member \"%s\"", macro, t->name,
			 mark->text);
		return NULL;
	}
	if (!is_integer(bare(f->use.type))) {
		complain(&mark->at, NULL, "%s: %s is no integer", macro,
			 mark->text);
		return NULL;
	}
	return f;
}

static void
relate_len(const struct type *t, struct field *f)
{
	enum kind kind = bare(f->use.type)->kind;

	if (f->len.text == NULL)
		return;
	if (kind != KIND_POINTER && kind != KIND_FLEX_ARRAY) {
		warn(&f->len.at,
		     "GO_LEN does nothing here: %s is neither a "
		     "pointer nor a flexible array",
		     f->name);
		return;
	}
	f->len_field = sibling(t, &f->len, "GO_LEN");
	if (f->len_field == f)
		complain(&f->len.at, NULL,
			 "GO_LEN: %s cannot be its own length", f->name);
}

// ---- unions -----------------------------------------------------------------

static const char *
trim(const char *s, size_t n)
{
	while (n > 0 && isspace((unsigned char)*s)) {
		s++;
		n--;
	}
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	return keep_n(s, n);
}

// case_value finds the value of a case: a constant of the discriminator or a
// number.
static bool
case_value(const struct model *m, const struct field *by, const char *name,
	   int64_t *value)
{
	const struct enumerator *e = map_get(&m->enumerators, name);
	const struct type *t = bare(by->use.type);
	char *end;

	if (e != NULL) {
		*value = e->value;
		return t->kind != KIND_ENUM || e->of == t;
	}
	*value = strtoll(name, &end, 0);
	return name[0] != '\0' && *end == '\0';
}

static void
push_case(struct field *f, const char *name)
{
	f->case_names =
		keep_grow(f->case_names, f->n_cases, sizeof(*f->case_names));
	f->case_names[f->n_cases++] = name;
}

static void
add_case(const struct model *m, const struct field *by, struct field *f,
	 const char *name, struct map *seen)
{
	int64_t value;
	void **known;

	// The value of a macro is the compiler's business.
	if (bare(by->use.type)->kind != KIND_ENUM &&
	    map_get(&m->macros, name) != NULL) {
		push_case(f, name);
		return;
	}
	if (!case_value(m, by, name, &value)) {
		complain(&f->cases.at,
			 bare(by->use.type)->kind == KIND_ENUM
				 ? "Name a constant of its enumeration."
				 : "Write a constant of an enumeration or a "
				   "number.",
			 "GO_CASE: \"%s\" is no value of %s", name, by->name);
		return;
	}
	if (value < INT32_MIN || value > INT32_MAX) {
		complain(&f->cases.at, NULL, "GO_CASE: %s is not an int", name);
		return;
	}
	known = map_at(seen, keep_format("%lld", (long long)value));
	if (*known != NULL) {
		complain(&f->cases.at, "Each value selects one member.",
			 "GO_CASE: %s is the case of %s already", name,
			 ((struct field *)*known)->name);
		return;
	}
	*known = f;
	push_case(f, name);
}

static void
relate_cases(const struct model *m, const struct field *by,
	     const struct type *t)
{
	struct map seen = {0};
	struct field *f;
	const char *p;
	size_t i, n;

	for (i = 0; i < t->n_fields; i++) {
		f = &t->fields[i];
		if (f->cases.text == NULL || f->n_cases > 0)
			continue;
		for (p = f->cases.text;; p += n + 1) {
			n = strcspn(p, ",");
			add_case(m, by, f, trim(p, n), &seen);
			if (p[n] == '\0')
				break;
		}
	}
}

static void
relate_union(const struct model *m, const struct type *t, struct field *f)
{
	struct type *u = (struct type *)bare(f->use.type);
	size_t i;

	if (f->union_by.text == NULL)
		return;
	if (u->kind != KIND_UNION) {
		warn(&f->union_by.at,
		     "GO_UNION does nothing here: %s is no union", f->name);
		return;
	}
	f->union_field = sibling(t, &f->union_by, "GO_UNION");
	if (f->union_field == NULL)
		return;
	relate_cases(m, f->union_field, u);
	for (i = 0; i < u->n_fields; i++)
		if (u->fields[i].n_cases > 0)
			return;
	if (complaints() == 0)
		warn(&f->union_by.at, "GO_UNION does nothing here: no member "
				      "of the union has a GO_CASE");
}

// ---- tags from outside, methods ---------------------------------------------

static void
relate_sidecar(struct model *m, const struct sidecar *s)
{
	const char *name = s->type_name;
	struct type *t;
	struct field *f;
	uint64_t base = 0;

	name = strchr(name, ' ') == NULL ? name : strrchr(name, ' ') + 1;
	t = find_type(m, name, strlen(name));
	if (t == NULL || !is_record(bare(t))) {
		complain(&s->at, "Name it with --type, or mark it GO_REFLECT.",
			 "GO_TAG_EXT: no struct or union \"%s\" is reflected",
			 name);
		return;
	}
	f = find_field(t, s->field, strlen(s->field), &base);
	if (f == NULL) {
		complain(&s->at, NULL, "GO_TAG_EXT: %s has no member \"%s\"",
			 name, s->field);
		return;
	}
	f->tag = f->tag[0] == '\0' ? s->tags
				   : keep_format("%s %s", f->tag, s->tags);
}

// record_of is the record that the first parameter is or points to.
static struct type *
record_of(const struct type *func)
{
	struct type *t;

	if (func->n_fields < 2)
		return NULL;
	t = func->fields[1].use.type;
	if (bare(t)->kind == KIND_POINTER)
		t = bare(t)->link.type;
	return t;
}

static bool
begins_with(const char *function, const struct type *t)
{
	size_t n = t->name == NULL ? 0 : strlen(t->name);

	return n > 0 && strncmp(function, t->name, n) == 0 &&
	       function[n] == '_' && function[n + 1] != '\0';
}

static void
relate_method(struct model *m, struct method *method)
{
	struct type *t = record_of(method->type), *best = NULL;
	size_t i;

	for (i = 0; i < m->n_types; i++)
		if (m->types[i]->is_exported &&
		    begins_with(method->function, m->types[i]) &&
		    (best == NULL ||
		     strlen(best->name) < strlen(m->types[i]->name)))
			best = m->types[i];
	if (best != NULL)
		method->prefix = strlen(best->name) + 1;
	else if (t != NULL && t->is_exported)
		best = t;
	else if (t != NULL && bare(t)->is_exported)
		best = (struct type *)bare(t);
	method->owner = best;
	if (best == NULL)
		complain(&method->at,
			 "Name it TYPE_..., of a type marked GO_REFLECT in "
			 "this header, or make such a type its first argument.",
			 "cannot tell whose method %s is", method->function);
	if (method->type->is_variadic || method->type->has_no_prototype)
		complain(&method->at, "Drop GO_REFLECT.",
			 method->type->is_variadic
				 ? "%s is variadic: it cannot be called by name"
				 : "%s has no prototype: it cannot be called "
				   "by name",
			 method->function);
}

static int
compare_methods(const void *a, const void *b)
{
	const struct method *x = a, *y = b;

	if (x->owner->index != y->owner->index)
		return x->owner->index < y->owner->index ? -1 : 1;
	return strcmp(x->function, y->function);
}

static void
relate_type(const struct model *m, struct type *t)
{
	struct field *f;
	size_t i;

	for (i = 0; i < t->n_fields && is_record(t); i++) {
		f = &t->fields[i];
		relate_len(t, f);
		relate_union(m, t, f);
		if ((f->use.quals & IS_OWNED) &&
		    bare(f->use.type)->kind != KIND_POINTER)
			warn(&f->at,
			     "GO_OWNED does nothing here: %s is no "
			     "pointer",
			     f->name);
	}
}

// check_names refuses two exported types of one name.
static void
check_names(const struct model *m)
{
	struct map seen = {0};
	struct type *t, **known;
	size_t i;

	for (i = 0; i < m->n_types; i++) {
		t = m->types[i];
		if (!t->is_exported)
			continue;
		known = (struct type **)map_at(&seen, t->name);
		if (*known != NULL)
			complain(&t->at, "Rename one of them.",
				 "two types are called %s: %s and %s", t->name,
				 (*known)->c, t->c);
		*known = t;
		if (builtin_named(t->name))
			complain(&t->at, "Rename it.",
				 "%s is a type of libgo's own", t->name);
	}
}

void
relate(struct model *m)
{
	size_t i, j, index = 0;
	struct type *t;

	for (i = 0; i < m->n_types; i++)
		if (has_entry(m->types[i]))
			m->types[i]->index = index++;
	check_names(m);
	for (i = 0; i < m->n_types; i++)
		relate_type(m, m->types[i]);
	for (i = 0; i < m->n_types; i++) {
		t = m->types[i];
		for (j = 0; j < t->n_fields; j++)
			if (t->fields[j].cases.text != NULL &&
			    t->fields[j].n_cases == 0 && complaints() == 0)
				warn(&t->fields[j].cases.at,
				     "GO_CASE does nothing here: %s is in no "
				     "union with GO_UNION",
				     t->fields[j].name);
	}
	for (i = 0; i < m->n_sidecars; i++)
		relate_sidecar(m, &m->sidecars[i]);
	for (i = 0; i < m->n_methods; i++)
		relate_method(m, &m->methods[i]);
	if (complaints() == 0 && m->n_methods > 0)
		qsort(m->methods, m->n_methods, sizeof(*m->methods),
		      compare_methods);
}
