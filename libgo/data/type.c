// SPDX-License-Identifier: MIT
//
// The type side: what the core tables say without further ado.
//
// A type finds its module by its index, and strings and other types through
// the module's head; all of it is constant.

#include "libgo/reflect.h"

#include <assert.h>
#include <string.h>

#include "data/module.h"

_Static_assert(sizeof(struct go_type) == 24, "format of types");
_Static_assert(sizeof(struct go__field_rec) == 16, "format of fields");
_Static_assert(sizeof(struct go__module) % 8 == 0, "types follow the head");

const struct go__module *
go__module_of(const go_type *t)
{
	const char *first = (const char *)(t - t->index);
	const void *head = first - sizeof(struct go__module);
	const struct go__module *m = head;

	assert(m->magic == GO__META_MAGIC);
	return m;
}

const char *
go__module_string(const struct go__module *m, uint32_t offset)
{
	return (const char *)m + m->strings + offset;
}

const go_type *
go__module_type(const struct go__module *m, uint32_t ref)
{
	const void *types = m + 1;

	if (ref & GO__REF_BUILTIN)
		return go__module_type(go__builtin_module(),
				       ref & GO__REF_INDEX);
	if (ref & GO__REF_IMPORT)
		return m->imports[ref & GO__REF_INDEX];
	assert(ref < m->n_types);
	return (const go_type *)types + ref;
}

static int
compare_note(const struct go__note *n, uint32_t what, uint32_t owner)
{
	if (n->what != what)
		return n->what < what ? -1 : 1;
	if (n->owner != owner)
		return n->owner < owner ? -1 : 1;
	return 0;
}

const struct go__note *
go__module_note(const struct go__module *m, uint32_t what, uint32_t owner)
{
	const void *table = (const char *)m + m->notes;
	const struct go__note *notes = table;
	size_t low = 0, high = m->n_notes, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (compare_note(&notes[mid], what, owner) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < m->n_notes && compare_note(&notes[low], what, owner) == 0)
		return &notes[low];
	return NULL;
}

const char *
go__module_text(const struct go__module *m, uint32_t what, uint32_t owner)
{
	const struct go__note *n = go__module_note(m, what, owner);

	return n == NULL ? "" : go__module_string(m, n->value);
}

const go_type *
go__type_bare(const go_type *t)
{
	while (t->kind == GO_KIND_TYPEDEF)
		t = go__module_type(go__module_of(t), t->link);
	return t;
}

const char *
go_type_name(const go_type *t)
{
	return go__module_string(go__module_of(t), t->name);
}

go_kind
go_type_kind(const go_type *t)
{
	return (go_kind)t->kind;
}

const char *
go_kind_name(go_kind kind)
{
	static const char *const names[] = {
		[GO_KIND_INVALID] = "invalid",
		[GO_KIND_VOID] = "void",
		[GO_KIND_BOOL] = "bool",
		[GO_KIND_INT] = "int",
		[GO_KIND_UINT] = "uint",
		[GO_KIND_FLOAT] = "float",
		[GO_KIND_COMPLEX] = "complex",
		[GO_KIND_ENUM] = "enum",
		[GO_KIND_STRUCT] = "struct",
		[GO_KIND_UNION] = "union",
		[GO_KIND_ARRAY] = "array",
		[GO_KIND_FLEX_ARRAY] = "flexible array",
		[GO_KIND_POINTER] = "pointer",
		[GO_KIND_FUNC] = "function",
		[GO_KIND_TYPEDEF] = "typedef",
		[GO_KIND_VECTOR] = "vector",
		[GO_KIND_OPAQUE] = "opaque",
	};
	size_t i = (size_t)kind;

	return i < sizeof(names) / sizeof(names[0]) ? names[i] : "unknown";
}

// wide adds the high half that a note holds, for objects of 4 GiB and more.
static size_t
wide(const go_type *t, uint32_t low, uint32_t what)
{
	const struct go__note *n;

	if (!(t->flags & GO__TYPE_WIDE))
		return low;
	n = go__module_note(go__module_of(t), what, t->index);
	return n == NULL ? low : (size_t)((uint64_t)n->value << 32 | low);
}

size_t
go_type_size(const go_type *t)
{
	return wide(t, t->size, GO__NOTE_TYPE_SIZE_HIGH);
}

size_t
go_type_align(const go_type *t)
{
	// What has no size has no alignment; it is kept as a logarithm.
	if (t->kind == GO_KIND_VOID || t->kind == GO_KIND_FUNC ||
	    (t->kind == GO_KIND_OPAQUE && t->size == 0))
		return 0;
	return (size_t)1 << t->align;
}

const char *
go_type_doc(const go_type *t)
{
	return go__module_text(go__module_of(t), GO__NOTE_TYPE_DOC, t->index);
}

const char *
go_type_tag(const go_type *t)
{
	return go__module_text(go__module_of(t), GO__NOTE_TYPE_TAG, t->index);
}

const go_type *
go_type_underlying(const go_type *t)
{
	return go__type_bare(t);
}

bool
go_type_is_char(const go_type *t)
{
	return (go__type_bare(t)->flags & GO__TYPE_CHAR) != 0;
}

bool
go_type_is_signed(const go_type *t)
{
	t = go__type_bare(t);
	return t->kind == GO_KIND_FLOAT || (t->flags & GO__TYPE_SIGNED) != 0;
}

bool
go_type_is_flags(const go_type *t)
{
	return (go__type_bare(t)->flags & GO__TYPE_FLAGS) != 0;
}

const go_type *
go_type_elem(const go_type *t)
{
	const struct go__members *m;

	switch (t->kind) {
	case GO_KIND_ARRAY:
	case GO_KIND_FLEX_ARRAY:
	case GO_KIND_VECTOR:
	case GO_KIND_COMPLEX:
	case GO_KIND_POINTER:
	case GO_KIND_TYPEDEF:
		return go__module_type(go__module_of(t), t->link);
	case GO_KIND_FUNC:
		m = go__type_members(t);
		return m->field[0].type;
	default:
		return NULL;
	}
}

unsigned
go_type_elem_flags(const go_type *t)
{
	return t->kind == GO_KIND_FUNC ? go__type_members(t)->field[0].flags
				       : t->quals;
}

size_t
go_type_len(const go_type *t)
{
	t = go__type_bare(t);
	if (t->kind != GO_KIND_ARRAY && t->kind != GO_KIND_VECTOR)
		return 0;
	return wide(t, t->count, GO__NOTE_TYPE_COUNT_HIGH);
}

// ---- identity --------------------------------------------------------------

static uint64_t
mix(uint64_t h, uint64_t x)
{
	// Multiply and fold: every bit of x reaches every bit of the sum.
	h = (h ^ x) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 32;
}

static uint64_t
mix_text(uint64_t h, const char *s)
{
	while (*s != '\0')
		h = mix(h, (unsigned char)*s++);
	return mix(h, 0x100);
}

static uint64_t hash_type(uint64_t h, const go_type *t);

static uint64_t
hash_members(uint64_t h, const go_type *t)
{
	const struct go__members *m = go__type_members(t);
	const go_field *f;
	size_t i;

	for (i = 0; i < m->n; i++) {
		f = &m->field[i];
		h = mix_text(h, f->name);
		h = mix(h, f->offset);
		h = mix(h, f->bit_offset << 16 | f->bit_width << 8 |
				   (f->flags & 0xffu));
		h = hash_type(h, f->type);
	}
	return h;
}

// hash_type goes into what the object holds and stops at pointers, where
// cycles begin: a pointer's target counts by its name.
static uint64_t
hash_type(uint64_t h, const go_type *t)
{
	const go_enumerator *e;
	size_t i, n;

	h = mix_text(h, go_type_name(t));
	h = mix(h, (uint64_t)t->kind << 8 | (t->flags & GO__TYPE_SIGNED));
	h = mix(h, go_type_size(t));
	h = mix(h, (uint64_t)t->align << 8 | t->quals);
	switch (t->kind) {
	case GO_KIND_STRUCT:
	case GO_KIND_UNION:
	case GO_KIND_FUNC:
		return hash_members(h, t);
	case GO_KIND_ENUM:
		e = go_type_enumerators(t, &n);
		for (i = 0; i < n; i++)
			h = mix(mix_text(h, e[i].name), (uint64_t)e[i].value);
		return h;
	case GO_KIND_ARRAY:
	case GO_KIND_FLEX_ARRAY:
	case GO_KIND_VECTOR:
	case GO_KIND_COMPLEX:
	case GO_KIND_TYPEDEF:
		return hash_type(mix(h, go_type_len(t)), go_type_elem(t));
	default:
		return h;
	}
}

uint64_t
go_type_hash(const go_type *t)
{
	return hash_type(0, t);
}

bool
go_type_same(const go_type *a, const go_type *b)
{
	if (a == b)
		return true;
	return a->kind == b->kind && a->size == b->size &&
	       strcmp(go_type_name(a), go_type_name(b)) == 0 &&
	       go_type_hash(a) == go_type_hash(b);
}
