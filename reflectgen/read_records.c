// SPDX-License-Identifier: MIT
//
// Structs, unions and enums with their members.

#include "reflectgen/read.h"

#include <fnmatch.h>
#include <string.h>

// A type known by its declaration; a chain for each hash.
struct declared {
	CXCursor cursor;
	struct type *type;
	struct declared *next;
};

struct type **
declared_type(struct reader *r, CXCursor c)
{
	struct declared *d;
	void **first;

	c = clang_getCanonicalCursor(c);
	first = map_at(&r->declared, keep_format("%u", clang_hashCursor(c)));
	for (d = *first; d != NULL; d = d->next)
		if (clang_equalCursors(d->cursor, c))
			return &d->type;
	d = keep_alloc(sizeof(*d));
	d->cursor = c;
	d->next = *first;
	*first = d;
	return &d->type;
}
// ---- records ----------------------------------------------------------------

struct fields {
	struct reader *r;
	struct type *owner;
	size_t n_anonymous;
};

static struct use
read_field_type(struct fields *in, CXType type, struct field *f)
{
	struct type *owner = in->owner;
	struct way way = {.owner = owner, .name = f->name, .via = owner};

	way.why = keep_format("member %s of %s",
			      f->name[0] == '\0' ? "(anonymous)" : f->name,
			      owner->name);
	way.is_member = f->name[0] == '\0';
	if (way.is_member)
		way.name = keep_format("%zu", in->n_anonymous++);
	else if (owner->owner_c != NULL && f->width == 0)
		way.expr =
			keep_format("((%s *)0)->%s", owner->owner_c, f->name);
	return read_use(in->r, type, &way);
}

// adopt lets C reach the members of an anonymous member's type through owner.
static void
adopt(const struct type *owner, struct field *f)
{
	struct type *t = f->use.type;

	if (!t->is_anonymous || t->owner_c != NULL)
		return;
	t->owner_c = owner->owner_c;
	t->owner_bit = owner->owner_bit + f->bit;
}

static void read_fields(struct reader *r, struct type *t, CXType type);

static enum CXVisitorResult
read_field(CXCursor c, CXClientData data)
{
	struct fields *in = data;
	struct type *owner = in->owner;
	struct marks marks = read_marks(c), inner = {.tag = ""};
	CXType type = clang_getCursorType(c);
	struct field *f, got = {.name = read_name(c), .at = read_place_of(c)};
	long long bit = clang_Cursor_getOffsetOfField(c);

	if (clang_Cursor_isBitField(c)) {
		got.width = (unsigned)clang_getFieldDeclBitWidth(c);
		if (got.name[0] == '\0')
			return CXVisit_Continue;
	}
	got.bit = bit > 0 ? (uint64_t)bit : 0;
	got.doc = got.name[0] == '\0' ? "" : read_doc(c);
	got.use = read_field_type(in, type, &got);
	if (got.name[0] == '\0') {
		// Behind an anonymous member, an attribute is its type's.
		inner = read_marks(
			clang_getTypeDeclaration(clang_getCanonicalType(type)));
		adopt(owner, &got);
		if (got.use.type->n_fields == 0)
			read_fields(in->r, got.use.type,
				    clang_getCanonicalType(type));
	}
	got.tag = marks.tag[0] != '\0' ? marks.tag : inner.tag;
	got.len = marks.len;
	got.union_by = marks.union_by.text ? marks.union_by : inner.union_by;
	got.cases = marks.cases.text ? marks.cases : inner.cases;
	if (marks.owned)
		got.use.quals |= IS_OWNED;
	if (marks.reflect)
		warn(&marks.at, "GO_REFLECT does nothing on a member");
	owner->fields = keep_grow(owner->fields, owner->n_fields,
				  sizeof(*owner->fields));
	f = &owner->fields[owner->n_fields++];
	*f = got;
	return CXVisit_Continue;
}

static void
read_fields(struct reader *r, struct type *t, CXType type)
{
	struct fields in = {.r = r, .owner = t};

	clang_Type_visitFields(type, read_field, &in);
}

static enum CXChildVisitResult
read_enumerator(CXCursor c, CXCursor parent, CXClientData data)
{
	struct fields *in = data;
	struct type *t = in->owner;
	struct enumerator *e;

	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_EnumConstantDecl)
		return CXChildVisit_Continue;
	t->enumerators = keep_grow(t->enumerators, t->n_enumerators,
				   sizeof(*t->enumerators));
	e = &t->enumerators[t->n_enumerators++];
	e->name = read_name(c);
	e->doc = read_doc(c);
	e->value = clang_getEnumConstantDeclValue(c);
	e->of = t;
	return CXChildVisit_Continue;
}

static void
read_enumerators(struct reader *r, struct type *t, CXCursor definition)
{
	struct fields in = {.r = r, .owner = t};
	size_t i;

	t->is_signed = is_signed_type(clang_getEnumDeclIntegerType(definition));
	clang_visitChildren(definition, read_enumerator, &in);
	for (i = 0; i < t->n_enumerators; i++)
		*map_at(&r->m->enumerators, t->enumerators[i].name) =
			&t->enumerators[i];
}

// name_declared names a record or enum: by its tag, by the typedef that names
// it, or by the way to it.
static void
name_declared(struct type *t, CXCursor decl, const struct way *way)
{
	const char *c =
		read_text(clang_getTypeSpelling(clang_getCursorType(decl)));

	if (strchr(c, '(') == NULL) {
		t->c = c;
		t->name = strchr(c, ' ') == NULL ? c : strchr(c, ' ') + 1;
		return;
	}
	t->is_anonymous = true;
	t->name = way->owner != NULL
			  ? keep_format("%s.%s", way->owner->name, way->name)
			  : keep_format("%s.elem", way->name);
	if (way->expr != NULL)
		t->c = keep_format("__typeof__(%s)", way->expr);
}

// is_hidden tells what is opaque behind a pointer: records of the system's
// headers that nobody asked for.
static bool
is_hidden(const struct reader *r, CXCursor definition, const struct type *t)
{
	size_t i;

	for (i = 0; i < r->o->n_globs; i++)
		if (fnmatch(r->o->globs[i], t->name, 0) == 0)
			return false;
	return clang_Location_isInSystemHeader(
		clang_getCursorLocation(definition));
}

struct type *
read_declared(struct reader *r, CXType type, const struct way *way)
{
	CXCursor decl = clang_getTypeDeclaration(type);
	CXCursor definition = clang_getCursorDefinition(decl);
	bool is_complete = !clang_Cursor_isNull(definition);
	struct type **known = declared_type(r, decl), *t = *known;
	struct marks marks;

	if (t != NULL &&
	    !(t->kind == KIND_OPAQUE && is_complete && !way->is_behind_pointer))
		return t;
	if (t == NULL) {
		*known = t = new_type(r, KIND_OPAQUE, way);  // I1, I2
		name_declared(t, decl, way);
	}
	t->at = read_place_of(is_complete ? definition : decl);
	t->owner_c = t->c;
	if (!is_complete)
		return t;
	measure(t, type);
	if (way->is_behind_pointer && is_hidden(r, definition, t))
		return t;
	marks = read_marks(definition);
	t->is_imported = marks.reflect && !is_in_inputs(r, definition) &&
			 !t->is_anonymous;
	t->is_flags = marks.flags;
	t->tag = marks.tag;
	t->doc = read_doc(definition);
	t->last_line =
		read_place(clang_getRangeEnd(clang_getCursorExtent(definition)))
			.line;
	if (type.kind == CXType_Enum) {
		t->kind = KIND_ENUM;
		read_enumerators(r, t, definition);
		return t;
	}
	if (marks.flags)
		warn(&marks.at, "GO_FLAGS does nothing on a struct or union");
	t->kind = clang_getCursorKind(definition) == CXCursor_UnionDecl
			  ? KIND_UNION
			  : KIND_STRUCT;
	// An anonymous member's are read once it is known who reaches them.
	if (!way->is_member)
		read_fields(r, t, type);
	return t;
}
