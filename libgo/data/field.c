// SPDX-License-Identifier: MIT
//
// Fields, enumerators and methods with real pointers, made on first use.
//
// Invariants:
//   I1  A cache slot goes from NULL to its list once and stays.
//   I2  A list is whole before it is published [R1].

#include "libgo/reflect.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "data/module.h"
#include "libgo/error.h"
#include "libgo/goroutine.h"
#include "rt/atomic.h"

void *
go__module_alloc(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		go_panic("reflect: out of memory describing a type");
	return p;
}

void *
go__module_cached(void **slot)
{
	return load_acq(slot);  // [R1] pairs with publish
}

void *
go__module_publish(void **slot, void *made)
{
	if (cas_acqrel(slot, NULL, made))  // [R1] pairs with cached: I2
		return made;
	free(made);
	return load_acq(slot);  // [R1]
}

static const struct go__field_rec *
field_rec(const struct go__module *m, size_t i)
{
	const void *table = (const char *)m + m->fields;

	assert(i < m->n_fields);
	return (const struct go__field_rec *)table + i;
}

static void
fill_field(go_field *f, const go_type *owner, size_t index)
{
	const struct go__module *m = go__module_of(owner);
	const struct go__field_rec *rec = field_rec(m, index);
	uint32_t i = (uint32_t)index;
	const struct go__note *high;

	f->name = go__module_string(m, rec->name);
	f->type = go__module_type(m, rec->type);
	f->offset = rec->offset;
	high = go__module_note(m, GO__NOTE_FIELD_OFFSET_HIGH, i);
	if (high != NULL)
		f->offset += (size_t)((uint64_t)high->value << 32);
	f->bit_offset = rec->bit_offset;
	f->bit_width = rec->bit_width;
	f->flags = rec->flags;
	if (go__module_note(m, GO__NOTE_FIELD_LEN, i) != NULL ||
	    go__module_note(m, GO__NOTE_FIELD_UNION, i) != NULL)
		f->flags |= GO__IS_RELATED;
	f->tag = go__module_text(m, GO__NOTE_FIELD_TAG, i);
	f->doc = go__module_text(m, GO__NOTE_FIELD_DOC, i);
	f->owner = owner;
	f->index = i;
}

// anonymous_members is what f promotes; NULL if f is no anonymous member.
static const struct go__members *
anonymous_members(const go_field *f)
{
	const go_type *t = go__type_bare(f->type);

	if (f->name[0] != '\0' ||
	    (t->kind != GO_KIND_STRUCT && t->kind != GO_KIND_UNION))
		return NULL;
	return go__type_members(t);
}

static void
promote(struct go__members *list, const go_field *outer)
{
	const struct go__members *inner = anonymous_members(outer);
	go_field *f;
	size_t i;

	for (i = 0; i < inner->all; i++) {
		if (inner->field[i].name[0] == '\0')
			continue;
		f = &list->field[list->all++];
		*f = inner->field[i];
		f->offset += outer->offset;
		f->flags |= outer->flags & (GO_IS_CONST | GO_IS_VOLATILE);
	}
}

static struct go__members *
make_members(const go_type *t)
{
	bool is_func = t->kind == GO_KIND_FUNC;
	size_t n = (size_t)t->count + is_func, all = n, i;
	const struct go__members *inner;
	struct go__members *list;
	go_field f;

	for (i = 0; i < n && !is_func; i++) {
		fill_field(&f, t, t->link + i);
		inner = anonymous_members(&f);
		if (inner != NULL)
			all += inner->all;
	}
	list = go__module_alloc(sizeof(*list) + all * sizeof(go_field));
	list->n = list->all = n;
	for (i = 0; i < n; i++)
		fill_field(&list->field[i], t, t->link + i);
	for (i = 0; i < n && !is_func; i++)
		if (anonymous_members(&list->field[i]) != NULL)
			promote(list, &list->field[i]);
	assert(list->all <= all);
	return list;
}

const struct go__members *
go__type_members(const go_type *t)
{
	void **slot;
	void *list;

	t = go__type_bare(t);
	if (t->kind != GO_KIND_STRUCT && t->kind != GO_KIND_UNION &&
	    t->kind != GO_KIND_FUNC)
		return NULL;
	slot = &go__module_of(t)->cache[t->index];
	list = go__module_cached(slot);
	if (list == NULL)
		list = go__module_publish(slot, make_members(t));  // I1
	return list;
}

const go_field *
go__field_own(const go_field *f)
{
	return &go__type_members(f->owner)->field[f->index - f->owner->link];
}

// members_of is t's members if it is a record.
static const struct go__members *
members_of(const go_type *t)
{
	t = go__type_bare(t);
	return t->kind == GO_KIND_FUNC ? NULL : go__type_members(t);
}

size_t
go_type_num_field(const go_type *t)
{
	const struct go__members *m = members_of(t);

	return m == NULL ? 0 : m->n;
}

const go_field *
go_type_field(const go_type *t, size_t i)
{
	const struct go__members *m = members_of(t);

	return m == NULL || i >= m->n ? NULL : &m->field[i];
}

const go_field *
go_type_field_by_text(const go_type *t, const char *text, size_t n)
{
	const struct go__members *m = members_of(t);
	size_t i;

	if (m == NULL || n == 0)
		return NULL;
	for (i = 0; i < m->all; i++)
		if (strncmp(m->field[i].name, text, n) == 0 &&
		    m->field[i].name[n] == '\0')
			return &m->field[i];
	return NULL;
}

const go_field *
go_type_field_by_name(const go_type *t, const char *name)
{
	return go_type_field_by_text(t, name, strlen(name));
}

size_t
go_type_num_param(const go_type *t)
{
	t = go__type_bare(t);
	return t->kind == GO_KIND_FUNC ? t->count : 0;
}

const go_field *
go_type_param(const go_type *t, size_t i)
{
	// The record before the parameters is the result.
	return i < go_type_num_param(t) ? &go__type_members(t)->field[i + 1]
					: NULL;
}

// ---- enumerators -----------------------------------------------------------

static go_enumerator *
make_enumerators(const go_type *t)
{
	const struct go__module *m = go__module_of(t);
	const void *table = (const char *)m + m->enumerators;
	const struct go__enumerator_rec *rec = table;
	go_enumerator *list;
	uint32_t i, at;

	list = go__module_alloc(((size_t)t->count + 1) * sizeof(*list));
	for (i = 0; i < t->count; i++) {
		at = t->link + i;
		list[i].name = go__module_string(m, rec[at].name);
		list[i].value = rec[at].value;
		list[i].doc = go__module_text(m, GO__NOTE_ENUMERATOR_DOC, at);
	}
	return list;
}

const go_enumerator *
go_type_enumerators(const go_type *t, size_t *n)
{
	void **slot;
	void *list;

	t = go__type_bare(t);
	*n = 0;
	if (t->kind != GO_KIND_ENUM)
		return NULL;
	slot = &go__module_of(t)->cache[t->index];
	list = go__module_cached(slot);
	if (list == NULL)
		list = go__module_publish(slot, make_enumerators(t));  // I1
	*n = t->count;
	return list;
}

// ---- methods ---------------------------------------------------------------

static const struct go__method_rec *
method_recs(const struct go__module *m)
{
	const void *table = (const char *)m + m->methods;

	return table;
}

static go_method *
make_methods(const struct go__module *m)
{
	const struct go__method_rec *rec = method_recs(m);
	go_method *list = go__module_alloc((m->n_methods + 1) * sizeof(*list));
	uint32_t i;

	for (i = 0; i < m->n_methods; i++) {
		list[i].function = go__module_string(m, rec[i].name);
		list[i].name = list[i].function + rec[i].prefix;
		list[i].type = go__module_type(m, rec[i].type);
		list[i].doc = go__module_text(m, GO__NOTE_METHOD_DOC, i);
		list[i].thunk = m->thunks[i];
	}
	return list;
}

// methods_of finds the methods of t itself or, if it has none, of what it is a
// typedef of.
static const go_method *
methods_of(const go_type *t, size_t *n)
{
	const struct go__module *m = go__module_of(t);
	const struct go__method_rec *rec = method_recs(m);
	size_t first = 0, end;
	void **slot = &m->cache[m->n_types];
	void *list;

	while (first < m->n_methods && rec[first].owner != t->index)
		first++;
	end = first;
	while (end < m->n_methods && rec[end].owner == t->index)
		end++;
	*n = end - first;
	if (*n == 0)
		return t->kind == GO_KIND_TYPEDEF
			       ? methods_of(go_type_elem(t), n)
			       : NULL;
	list = go__module_cached(slot);
	if (list == NULL)
		list = go__module_publish(slot, make_methods(m));  // I1
	return (const go_method *)list + first;
}

size_t
go_type_num_method(const go_type *t)
{
	size_t n;

	methods_of(t, &n);
	return n;
}

const go_method *
go_type_method(const go_type *t, size_t i)
{
	size_t n;
	const go_method *list = methods_of(t, &n);

	return i < n ? &list[i] : NULL;
}

const go_method *
go_type_method_by_name(const go_type *t, const char *name)
{
	size_t n, i;
	const go_method *list = methods_of(t, &n);

	for (i = 0; i < n; i++)
		if (strcmp(list[i].name, name) == 0 ||
		    strcmp(list[i].function, name) == 0)
			return &list[i];
	return NULL;
}

go_error *
go_method_call(const go_method *m, void *const *args, size_t n, void *result)
{
	enum { SCRATCH = 256 };
	_Alignas(max_align_t) char unwanted[SCRATCH];
	const go_type *returns;
	size_t want, i;

	if (m == NULL)
		return go_errorf("go_method_call: no such method");
	want = go_type_num_param(m->type);
	returns = go_type_elem(go__type_bare(m->type));
	if (n != want)
		return go_errorf("%s: takes %zu arguments, not %zu",
				 m->function, want, n);
	for (i = 0; i < n; i++)
		if (args[i] == NULL)
			return go_errorf("%s: argument %zu is a null pointer",
					 m->function, i + 1);
	if (result == NULL && go_type_size(returns) > SCRATCH)
		return go_errorf("%s: its result of %zu bytes needs a place",
				 m->function, go_type_size(returns));
	m->thunk(result == NULL ? unwanted : result, args);
	return NULL;
}
