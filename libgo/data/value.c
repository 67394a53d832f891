// SPDX-License-Identifier: MIT
//
// Values: two words, from an object to its parts.
//
// A value that failed has no room for its text, and values are never freed:
// texts stand in a ring of the last FAILURES. Whoever asks for one that has
// been overwritten gets a shorter sentence from the type alone. A slot is
// held by try-locks only, for as long as it takes to copy a line, so no one
// waits for long; who cannot get a slot goes without the detail.

#include "data/value.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "data/module.h"
#include "libgo/error.h"
#include "libgo/goroutine.h"
#include "rt/atomic.h"

enum { FAILURES = 128, FAILURE_SIZE = 248, TRIES = 1000 };

struct failure {
	uint32_t held;  // atomic; guards the others
	uintptr_t number;
	char text[FAILURE_SIZE];
};

static struct failure failures[FAILURES];
static uintptr_t last_failure;  // atomic

static bool
hold(struct failure *f)
{
	int i;

	for (i = 0; i < TRIES; i++)
		if (cas_acq(&f->held, 0, 1))  // [R3] pairs with let_go
			return true;
	return false;
}

static void
let_go(struct failure *f)
{
	store_rel(&f->held, 0);  // [R3] pairs with hold
}

static go_value
tagged(const void *p, unsigned bits, void *address)
{
	go_value v;

	assert(((uintptr_t)p & GO__REF_BITS) == 0);
	v.ref = (const void *)((uintptr_t)p | bits);
	v.address = address;
	return v;
}

static unsigned
bits_of(go_value v)
{
	return (uintptr_t)v.ref & GO__REF_BITS;
}

static const void *
untagged(go_value v)
{
	return (const void *)((uintptr_t)v.ref & ~(uintptr_t)GO__REF_BITS);
}

go_value
go__value_fail(const go_type *t, const char *fmt, ...)
{
	// Relaxed: the numbers need only differ. 0 is no failure.
	uintptr_t number = add_rlx(&last_failure, 1);
	struct failure *f = &failures[number % FAILURES];
	va_list args;

	if (hold(f)) {
		va_start(args, fmt);
		f->number = number;
		vsnprintf(f->text, sizeof(f->text), fmt, args);
		va_end(args);
		let_go(f);
	}
	return tagged(t, GO__REF_ERROR, (void *)number);
}

bool
go_value_is_valid(go_value v)
{
	return v.ref != NULL && (bits_of(v) & GO__REF_ERROR) != GO__REF_ERROR;
}

go_error *
go_value_error(go_value v)
{
	const go_type *t = untagged(v);
	uintptr_t number = (uintptr_t)v.address;
	struct failure *f = &failures[number % FAILURES];
	char text[FAILURE_SIZE] = "";

	if (go_value_is_valid(v))
		return NULL;
	if (v.ref != NULL && hold(f)) {
		if (f->number == number)
			memcpy(text, f->text, sizeof(text));
		let_go(f);
	}
	if (text[0] != '\0')
		return go_errorf("%s", text);
	return t == NULL ? go_errorf("invalid value")
			 : go_errorf("%s: invalid value", go_type_name(t));
}

const go_field *
go__value_origin(go_value v)
{
	return bits_of(v) & GO__REF_FIELD ? untagged(v) : NULL;
}

const go_type *
go_value_type(go_value v)
{
	const go_field *f;

	if (!go_value_is_valid(v))
		return NULL;
	f = go__value_origin(v);
	return f != NULL ? f->type : untagged(v);
}

const go_type *
go__value_bare(go_value v)
{
	const go_type *t = go_value_type(v);

	return t == NULL ? NULL : go__type_bare(t);
}

go_kind
go_value_kind(go_value v)
{
	const go_type *t = go__value_bare(v);

	return t == NULL ? GO_KIND_INVALID : (go_kind)t->kind;
}

void *
go_value_address(go_value v)
{
	return go_value_is_valid(v) ? v.address : NULL;
}

bool
go_value_can_set(go_value v)
{
	return go_value_is_valid(v) && !(bits_of(v) & GO__REF_CONST);
}

bool
go__value_is_atomic(go_value v)
{
	const go_field *f = go__value_origin(v);

	return f != NULL ? (f->flags & GO_IS_ATOMIC) != 0
			 : (bits_of(v) & GO__REF_ATOMIC) != 0;
}

const char *
go__value_label(go_value v, char *buf, size_t n)
{
	const go_field *f = go__value_origin(v);

	if (f == NULL)
		return go_type_name(go_value_type(v));
	snprintf(buf, n, "%s.%s", go_type_name(f->owner), f->name);
	return buf;
}

static go_value
make(const go_type *t, const void *object, unsigned bits)
{
	if (t == NULL)
		return go__value_fail(NULL, "value of no type");
	// An array of no elements needs no place.
	if (object == NULL &&
	    (go_type_kind(t) != GO_KIND_ARRAY || go_type_size(t) > 0))
		return go__value_fail(t, "%s: null pointer", go_type_name(t));
	return tagged(t, bits, (void *)(uintptr_t)object);
}

go_value
go_value_make(const go_type *t, void *object)
{
	return make(t, object, 0);
}

go_value
go_value_make_const(const go_type *t, const void *object)
{
	return make(t, object, GO__REF_CONST);
}

const go_type *
go_array_init(go_array *a, const go_type *elem, size_t n)
{
	uint64_t size;

	memset(a, 0, sizeof(*a));
	if (__builtin_mul_overflow(go_type_size(elem), n, &size))
		go_panic("go_array_init: %zu elements of %s are too many", n,
			 go_type_name(elem));
	a->head.magic = GO__META_MAGIC;
	a->head.n_types = 1;
	a->head.n_notes = 2;
	a->head.notes = offsetof(go_array, notes);
	a->head.strings = offsetof(go_array, strings);
	a->head.cache = a->cache;
	a->head.imports = &a->elem;
	a->elem = elem;
	a->type.name = 1;
	a->type.kind = GO_KIND_ARRAY;
	a->type.flags = GO__TYPE_WIDE;
	a->type.align = elem->align;
	a->type.size = (uint32_t)size;
	a->type.link = GO__REF_IMPORT;
	a->type.count = (uint32_t)n;
	a->notes[0].what = GO__NOTE_TYPE_SIZE_HIGH;
	a->notes[0].value = (uint32_t)(size >> 32);
	a->notes[1].what = GO__NOTE_TYPE_COUNT_HIGH;
	a->notes[1].value = (uint32_t)((uint64_t)n >> 32);
	snprintf(a->strings + 1, sizeof(a->strings) - 1, "%.40s [%zu]",
		 go_type_name(elem), n);
	return &a->type;
}

// ---- parts -----------------------------------------------------------------

static unsigned
quals_to_bits(unsigned quals)
{
	return (quals & GO_IS_CONST ? GO__REF_CONST : 0u) |
	       (quals & GO_IS_ATOMIC ? GO__REF_ATOMIC : 0u);
}

go_value
go_value_of_field(go_value v, const go_field *f)
{
	unsigned bits = bits_of(v) & GO__REF_CONST;
	char *address;

	if (!go_value_is_valid(v))
		return v;
	address = (char *)v.address + f->offset;
	if (f->bit_width != 0 || (f->flags & GO__IS_RELATED))
		return tagged(f,
			      GO__REF_FIELD | bits | (f->flags & GO_IS_CONST),
			      address);
	return tagged(f->type, bits | quals_to_bits(f->flags), address);
}

go_value
go_value_field(go_value v, size_t i)
{
	const go_type *t = go_value_type(v);
	const go_field *f;

	if (t == NULL)
		return v;
	f = go_type_field(t, i);
	if (f == NULL)
		return go__value_fail(t, "%s: no field %zu of %zu",
				      go_type_name(t), i, go_type_num_field(t));
	return go_value_of_field(v, f);
}

go_value
go__value_member(go_value v, const char *name, size_t n)
{
	const go_type *t = go_value_type(v);
	const go_field *f;
	int cut = n > 100 ? 100 : (int)n;

	if (t == NULL)
		return v;
	f = go_type_field_by_text(t, name, n);
	if (f == NULL)
		return go__value_fail(t, "%s: no field \"%.*s\"",
				      go_type_name(t), cut, name);
	return go_value_of_field(v, f);
}

go_value
go_value_named(go_value v, const char *name)
{
	return go__value_member(v, name, strlen(name));
}

go_value
go__value_relation(go_value v, uint32_t what)
{
	const go_field *f = go__value_origin(v);
	const go_field *own;
	const struct go__note *note;
	const struct go__members *m;
	char *object;

	if (!go_value_is_valid(v) || f == NULL)
		return go__value_fail(go_value_type(v), "no relation");
	note = go__module_note(go__module_of(f->owner), what, f->index);
	if (note == NULL)
		return go__value_fail(f->type, "no relation");
	own = go__field_own(f);
	object = (char *)v.address - own->offset;
	m = go__type_members(f->owner);
	return go_value_of_field(go_value_make(f->owner, object),
				 &m->field[note->value - f->owner->link]);
}

// length finds how many elements v has; false if nothing says.
static bool
length(go_value v, size_t *n)
{
	const go_type *t = go__value_bare(v);
	go__wide x;

	*n = 0;
	if (t == NULL)
		return false;
	if (t->kind == GO_KIND_ARRAY || t->kind == GO_KIND_VECTOR) {
		*n = go_type_len(t);
		return true;
	}
	if (t->kind != GO_KIND_POINTER && t->kind != GO_KIND_FLEX_ARRAY)
		return false;
	if (!go__value_wide(go__value_relation(v, GO__NOTE_FIELD_LEN), &x))
		return false;
	*n = x < 0 ? 0 : (size_t)x;
	return true;
}

bool
go__value_has_len(go_value v)
{
	size_t n;

	return length(v, &n);
}

size_t
go_value_len(go_value v)
{
	size_t n;

	return length(v, &n) ? n : 0;
}

go_value
go_value_elem(go_value v)
{
	const go_type *t = go__value_bare(v);

	if (t == NULL)
		return v;
	if (t->kind != GO_KIND_POINTER)
		return go__value_fail(t, "%s: not a pointer", go_type_name(t));
	// What a const pointer points to may be set all the same.
	return make(go_type_elem(t), go_value_pointer(v),
		    quals_to_bits(t->quals));
}

go_value
go_value_index(go_value v, size_t i)
{
	const go_type *t = go__value_bare(v);
	unsigned bits = bits_of(v) & GO__REF_CONST;
	char *first = v.address;
	const go_type *elem;
	size_t n;

	if (t == NULL)
		return v;
	if (!length(v, &n))
		return go__value_fail(t, "%s: not an array%s", go_type_name(t),
				      t->kind == GO_KIND_POINTER
					      ? " (nothing says its length)"
					      : "");
	if (i >= n)
		return go__value_fail(t,
				      "%s: index %zu out of range, length %zu",
				      go_type_name(t), i, n);
	elem = go_type_elem(t);
	if (t->kind == GO_KIND_POINTER) {
		first = go_value_pointer(v);
		bits = 0;
	}
	if (first == NULL)
		return go__value_fail(t, "%s: null pointer", go_type_name(t));
	// An empty struct has size 0, but void and functions have none.
	if (go_type_align(elem) == 0)
		return go__value_fail(t, "%s: elements have no size",
				      go_type_name(t));
	return make(elem, first + i * go_type_size(elem),
		    bits | quals_to_bits(t->quals));
}

const go_field *
go__value_case(go_value v)
{
	go_value which = go__value_relation(v, GO__NOTE_FIELD_UNION);
	const go_type *t = go__value_bare(v);
	const struct go__module *m;
	const struct go__note *note;
	const void *table;
	go__wide x;
	uint32_t i;

	if (t == NULL || t->kind != GO_KIND_UNION || !go__value_wide(which, &x))
		return NULL;
	m = go__module_of(t);
	table = (const char *)m + m->notes;
	for (note = table, i = 0; i < m->n_notes; i++, note++)
		if (note->what == GO__NOTE_FIELD_CASE &&
		    note->owner - t->link < t->count &&
		    (int32_t)note->value == x)
			return go_type_field(t, note->owner - t->link);
	return NULL;
}
