// SPDX-License-Identifier: MIT
//
// Reading headers through libclang into the model; nothing else sees clang-c.
//
// All inputs are included by one file in memory, so types they share are one.
// Only functions that libclang 14 has are used, and only what 14, 16 and 19
// agree on: names come from the spelling of canonical types, since that of
// unnamed declarations differs; members from clang_Type_visitFields, since
// clang_visitChildren hides the anonymous ones.
//
//   I1  A declaration or derived type has one struct type.
//   I2  A type is known by its key before its members are read: cycles end.

#include <clang-c/CXCompilationDatabase.h>
#include <clang-c/Index.h>
#include <dlfcn.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "reflectgen/model.h"

#define MAIN_FILE "reflectgen-input.c"
#define MACRO_PREFIX "go__macro_"

struct reader {
	CXTranslationUnit unit;
	const struct options *o;
	struct model *m;
	struct map derived;  // types by key
	struct map declared;
	size_t n_ids;
	CXFile *inputs;
	char *glob_hits;
	struct idle *idle;
};

// A mark that does nothing if *type stays NULL.
struct idle {
	struct idle *next;
	struct place at;
	struct type **type;
};

// A type known by its declaration; a chain for each hash.
struct declared {
	CXCursor cursor;
	struct type *type;
	struct declared *next;
};

// How a type was come by, to name and reach it if it has no name of its own.
struct way {
	const struct type *owner;
	const char *name;
	const char *expr;  // of a value of it; NULL
	const char *why;
	bool is_member;  // an anonymous one
	bool is_behind_pointer;
};

static struct use read_use(struct reader *r, CXType t, const struct way *way);

// ---- strings and places -----------------------------------------------------

static const char *
take(CXString s)
{
	const char *c = clang_getCString(s);
	const char *copy = keep_format("%s", c == NULL ? "" : c);

	clang_disposeString(s);
	return copy;
}

static const char *
file_name(CXFile file)
{
	const char *name = take(clang_getFileName(file));

	while (strncmp(name, "./", 2) == 0)
		name += 2;
	return name;
}

static struct place
place_of(CXSourceLocation at)
{
	struct place p = {0};
	CXFile file;
	unsigned offset;

	clang_getFileLocation(at, &file, &p.line, &p.column, &offset);
	p.offset = offset;
	if (file != NULL)
		p.file = file_name(file);
	return p;
}

static struct place
place_of_cursor(CXCursor c)
{
	return place_of(clang_getCursorLocation(c));
}

// name_of is "" for what has no name.
static const char *
name_of(CXCursor c)
{
	const char *name = take(clang_getCursorSpelling(c));

	return strchr(name, '(') != NULL ? "" : name;
}

static bool
is_from_macro(CXCursor c)
{
	CXSourceLocation at = clang_getCursorLocation(c);
	unsigned spelled, expanded;
	CXFile in, into;

	clang_getSpellingLocation(at, &in, NULL, NULL, &spelled);
	clang_getExpansionLocation(at, &into, NULL, NULL, &expanded);
	return spelled != expanded || !clang_File_isEqual(in, into);
}

static const char *
doc_of(CXCursor c)
{
	CXSourceRange range = clang_getCursorExtent(c);
	struct place begin = place_of(clang_getRangeStart(range));
	struct place end = place_of(clang_getRangeEnd(range));
	struct place name = place_of_cursor(c);

	if (name.file == NULL || begin.file == NULL || end.file == NULL ||
	    is_from_macro(c) || strcmp(begin.file, name.file) != 0 ||
	    strcmp(name.file, end.file) != 0)
		return "";
	return doc_at(name.file, begin.offset, name.offset, end.offset);
}

static bool
is_in_inputs(const struct reader *r, CXCursor c)
{
	size_t i;
	CXFile file;

	clang_getFileLocation(clang_getCursorLocation(c), &file, NULL, NULL,
			      NULL);
	for (i = 0; i < r->o->n_inputs; i++)
		if (file != NULL && clang_File_isEqual(file, r->inputs[i]))
			return true;
	return false;
}

// ---- marks ------------------------------------------------------------------

struct marks {
	struct reader *r;
	bool reflect, flags, owned;
	const char *tag;
	struct mark len, union_by, cases;
	const char *order, *ext;
	struct place at;
};

static enum CXChildVisitResult
read_mark(CXCursor c, CXCursor parent, CXClientData data)
{
	struct marks *m = data;
	struct mark mark = {.at = place_of_cursor(c)};
	const char *s;

	(void)parent;
	if (clang_getCursorKind(c) == CXCursor_FlagEnum)
		m->flags = true;
	if (clang_getCursorKind(c) != CXCursor_AnnotateAttr)
		return CXChildVisit_Continue;
	s = take(clang_getCursorSpelling(c));
	if (strncmp(s, "go:", 3) != 0)
		return CXChildVisit_Continue;
	s += 3;
	m->at = mark.at;
	mark.text = strchr(s, ':') == NULL ? "" : strchr(s, ':') + 1;
	if (strcmp(s, "reflect") == 0)
		m->reflect = true;
	else if (strcmp(s, "flags") == 0)
		m->flags = true;
	else if (strcmp(s, "owned") == 0)
		m->owned = true;
	else if (strncmp(s, "tag:", 4) == 0)
		m->tag = m->tag == NULL || m->tag[0] == '\0'
				 ? mark.text
				 : keep_format("%s %s", m->tag, mark.text);
	else if (strncmp(s, "len:", 4) == 0)
		m->len = mark;
	else if (strncmp(s, "union:", 6) == 0)
		m->union_by = mark;
	else if (strncmp(s, "case:", 5) == 0)
		m->cases = mark;
	else if (strncmp(s, "order:", 6) == 0)
		m->order = mark.text;
	else if (strncmp(s, "ext:", 4) == 0)
		m->ext = mark.text;
	else
		warn(&mark.at, "\"go:%s\" is no mark of this version", s);
	return CXChildVisit_Continue;
}

static struct marks
marks_of(CXCursor c)
{
	struct marks m = {.tag = ""};

	clang_visitChildren(c, read_mark, &m);
	return m;
}

// ---- types ------------------------------------------------------------------

static struct type *
list_type(struct reader *r, struct type *t)
{
	struct model *m = r->m;

	t->id = ++r->n_ids;
	m->types = keep_grow(m->types, m->n_types, sizeof(*m->types));
	m->types[m->n_types++] = t;
	return t;
}

static struct type *
new_type(struct reader *r, enum kind kind, const struct way *way)
{
	struct type *t = keep_alloc(sizeof(*t));

	t->kind = kind;
	t->doc = t->tag = "";
	t->why = way->why;
	return list_type(r, t);
}

static void
measure(struct type *t, CXType type)
{
	long long size = clang_Type_getSizeOf(type);
	long long align = clang_Type_getAlignOf(type);

	t->size = size > 0 ? (uint64_t)size : 0;
	t->align = align > 0 ? (uint64_t)align : 0;
}

// The arithmetic types of libgo.a: their CXTypeKind, name there, kind and C.
static const struct builtin {
	enum CXTypeKind clang;
	const char *name;
	enum kind kind;
	const char *c;
} builtins[] = {
	{CXType_Void, "void", KIND_VOID, "void"},
	{CXType_Bool, "bool", KIND_BOOL, "_Bool"},
	{CXType_Char_S, "char", KIND_INT, "char"},
	{CXType_Char_U, "char", KIND_UINT, "char"},
	{CXType_SChar, "schar", KIND_INT, "signed char"},
	{CXType_UChar, "uchar", KIND_UINT, "unsigned char"},
	{CXType_Short, "short", KIND_INT, "short"},
	{CXType_UShort, "ushort", KIND_UINT, "unsigned short"},
	{CXType_Int, "int", KIND_INT, "int"},
	{CXType_UInt, "uint", KIND_UINT, "unsigned int"},
	{CXType_Long, "long", KIND_INT, "long"},
	{CXType_ULong, "ulong", KIND_UINT, "unsigned long"},
	{CXType_LongLong, "llong", KIND_INT, "long long"},
	{CXType_ULongLong, "ullong", KIND_UINT, "unsigned long long"},
	{CXType_Int128, "int128", KIND_INT, "__int128"},
	{CXType_UInt128, "uint128", KIND_UINT, "unsigned __int128"},
	{CXType_Float, "float", KIND_FLOAT, "float"},
	{CXType_Double, "double", KIND_FLOAT, "double"},
	{CXType_LongDouble, "ldouble", KIND_FLOAT, "long double"},
};

static const struct builtin *
builtin_of(enum CXTypeKind kind)
{
	size_t i;

	for (i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (builtins[i].clang == kind)
			return &builtins[i];
	return NULL;
}

static struct type *
use_builtin(struct reader *r, const char *name, enum kind kind, const char *c,
	    CXType measured)
{
	void **known = map_at(&r->derived, name);
	struct type *t = *known;

	if (t != NULL)
		return t;
	*known = t = keep_alloc(sizeof(*t));
	t->kind = kind;
	t->name = strcmp(name, "bool") == 0 ? "bool" : c;
	t->c = c;
	t->builtin = name;
	t->doc = t->tag = "";
	t->id = ++r->n_ids;
	t->is_char = strcmp(name, "char") == 0;
	t->is_signed = kind == KIND_INT;
	measure(t, measured);
	return t;
}

static struct type *
use_builtin_typedef(struct reader *r, const char *name, const struct builtin *b,
		    CXType type)
{
	struct type *t = use_builtin(r, name, KIND_TYPEDEF, name, type);

	t->link.type = use_builtin(r, b->name, b->kind, b->c, type);
	return t;
}

// derive finds or makes the type that link and count make.
static struct type *
derive(struct reader *r, enum kind kind, struct use link, uint64_t count,
       CXType measured, const struct way *way)
{
	const char *key =
		keep_format("%d %zu %u %llu", (int)kind, link.type->id,
			    link.quals, (unsigned long long)count);
	void **known = map_at(&r->derived, key);
	struct type *t = *known;

	if (t != NULL)
		return t;
	*known = t = new_type(r, kind, way);  // I1
	t->link = link;
	t->count = count;
	measure(t, measured);
	if (kind == KIND_FLEX_ARRAY)
		t->align = link.type->align;
	return t;
}

static struct type *
read_array(struct reader *r, CXType t, const struct way *way)
{
	struct way next = *way;
	struct use elem;

	if (way->expr != NULL)
		next.expr = keep_format("%s[0]", way->expr);
	elem = read_use(r, clang_getElementType(t), &next);
	if (t.kind == CXType_IncompleteArray)
		return derive(r, KIND_FLEX_ARRAY, elem, 0, t, way);
	return derive(r, KIND_ARRAY, elem, (uint64_t)clang_getNumElements(t), t,
		      way);
}

// read_signature reads a function type that is in no list yet.
static struct type *
read_signature(struct reader *r, CXType t, const struct way *way)
{
	int n = clang_getNumArgTypes(t), i;
	bool is_bare = clang_getCanonicalType(t).kind == CXType_FunctionNoProto;
	struct way next = {.owner = way->owner, .why = way->why};
	struct type *f = keep_alloc(sizeof(*f));

	f->kind = KIND_FUNC;
	f->doc = f->tag = "";
	f->why = way->why;
	f->n_fields = n < 0 ? 1 : (size_t)n + 1;
	f->fields = keep_alloc(f->n_fields * sizeof(*f->fields));
	for (i = 0; (size_t)i < f->n_fields; i++) {
		next.name = i == 0 ? "result" : keep_format("%d", i);
		f->fields[i].name = f->fields[i].doc = f->fields[i].tag = "";
		f->fields[i].use =
			read_use(r,
				 i == 0 ? clang_getResultType(t)
					: clang_getArgType(t, (unsigned)i - 1),
				 &next);
	}
	f->has_no_prototype = is_bare;
	f->is_variadic = !is_bare && clang_isFunctionTypeVariadic(t);
	return f;
}

static struct type *
read_func(struct reader *r, CXType t, const struct way *way)
{
	struct type *f = read_signature(r, t, way);
	const char *key = keep_format("function %d %d", f->is_variadic,
				      f->has_no_prototype);
	void **known;
	size_t i;

	for (i = 0; i < f->n_fields; i++)
		key = keep_format("%s %zu %u", key, f->fields[i].use.type->id,
				  f->fields[i].use.quals);
	known = map_at(&r->derived, key);
	if (*known == NULL)
		*known = list_type(r, f);
	return *known;
}

static const char *
spelling_of(CXType t)
{
	return take(clang_getTypeSpelling(clang_getCanonicalType(t)));
}

static struct type *
read_opaque(struct reader *r, CXType t, const char *name, const struct way *way)
{
	void **known = map_at(&r->derived, keep_format("opaque %s", name));
	struct type *o = *known;

	if (o != NULL)
		return o;
	*known = o = new_type(r, KIND_OPAQUE, way);
	o->name = o->c = name;
	measure(o, t);
	return o;
}

// declared_type finds where the type of a declaration is kept.
static struct type **
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
	struct way way = {.owner = owner, .name = f->name};

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
	struct marks marks = marks_of(c), inner = {.tag = ""};
	CXType type = clang_getCursorType(c);
	struct field *f, got = {.name = name_of(c), .at = place_of_cursor(c)};
	long long bit = clang_Cursor_getOffsetOfField(c);

	if (clang_Cursor_isBitField(c)) {
		got.width = (unsigned)clang_getFieldDeclBitWidth(c);
		if (got.name[0] == '\0')
			return CXVisit_Continue;
	}
	got.bit = bit > 0 ? (uint64_t)bit : 0;
	got.doc = got.name[0] == '\0' ? "" : doc_of(c);
	got.use = read_field_type(in, type, &got);
	if (got.name[0] == '\0') {
		// Behind an anonymous member, an attribute is its type's.
		inner = marks_of(
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
	e->name = name_of(c);
	e->doc = doc_of(c);
	e->value = clang_getEnumConstantDeclValue(c);
	e->of = t;
	return CXChildVisit_Continue;
}

static void
read_enumerators(struct reader *r, struct type *t, CXCursor definition)
{
	struct fields in = {.r = r, .owner = t};
	CXType integer = clang_getCanonicalType(
		clang_getEnumDeclIntegerType(definition));
	const struct builtin *b = builtin_of(integer.kind);
	size_t i;

	t->is_signed = b != NULL && b->kind == KIND_INT;
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
	const char *c = take(clang_getTypeSpelling(clang_getCursorType(decl)));

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

static struct type *
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
	t->at = place_of_cursor(is_complete ? definition : decl);
	t->owner_c = t->c;
	if (!is_complete)
		return t;
	measure(t, type);
	if (way->is_behind_pointer && is_hidden(r, definition, t))
		return t;
	marks = marks_of(definition);
	t->is_imported = marks.reflect && !is_in_inputs(r, definition) &&
			 !t->is_anonymous;
	t->is_flags = marks.flags;
	t->tag = marks.tag;
	t->doc = doc_of(definition);
	t->last_line =
		place_of(clang_getRangeEnd(clang_getCursorExtent(definition)))
			.line;
	if (type.kind == CXType_Enum) {
		t->kind = KIND_ENUM;
		read_enumerators(r, t, definition);
		return t;
	}
	t->kind = clang_getCursorKind(definition) == CXCursor_UnionDecl
			  ? KIND_UNION
			  : KIND_STRUCT;
	// An anonymous member's are read once it is known who reaches them.
	if (!way->is_member)
		read_fields(r, t, type);
	return t;
}

// ---- any type ---------------------------------------------------------------

static struct type *
read_typedef(struct reader *r, CXType type, const struct way *way)
{
	CXCursor decl = clang_getTypeDeclaration(type);
	const char *name = name_of(decl);
	const struct builtin *b = builtin_of(clang_getCanonicalType(type).kind);
	struct way next = {.name = name,
			   .why = keep_format("typedef %s", name)};
	struct type **known = declared_type(r, decl), *t = *known;
	struct marks marks;
	struct use link;

	if (t != NULL)
		return t;
	if (b != NULL && strcmp(b->name, name) == 0)
		return use_builtin(r, b->name, b->kind, b->c, type);
	if (b != NULL && builtin_named(name) && strstr(name, "_t") != NULL)
		return use_builtin_typedef(r, name, b, type);
	if (strcmp(name, "va_list") == 0 ||
	    strcmp(name, "__gnuc_va_list") == 0 ||
	    strcmp(name, "__builtin_va_list") == 0)
		return *known = read_opaque(r, type, "__builtin_va_list", way);
	next.is_behind_pointer = way->is_behind_pointer;
	next.expr = keep_format("(*(%s *)0)", name);
	link = read_use(r, clang_getTypedefDeclUnderlyingType(decl), &next);
	if (*known != NULL)
		return *known;
	if (link.quals == 0 && link.type->name != NULL &&
	    strcmp(link.type->name, name) == 0 && link.type->c != NULL) {
		// The typedef may be aligned where the record is not.
		if (strcmp(link.type->c, name) == 0 &&
		    link.type->kind != KIND_OPAQUE)
			measure(link.type, type);
		return *known = link.type;
	}
	*known = t = new_type(r, KIND_TYPEDEF, way);
	marks = marks_of(decl);
	t->name = t->c = name;
	t->link = link;
	t->at = place_of_cursor(decl);
	t->doc = doc_of(decl);
	t->tag = marks.tag;
	t->is_imported = marks.reflect && !is_in_inputs(r, decl);
	measure(t, type);
	return t;
}

static struct type *
read_complex(struct reader *r, CXType t, const struct way *way)
{
	switch (clang_getElementType(t).kind) {
	case CXType_Float:
		return use_builtin(r, "cfloat", KIND_COMPLEX, "float _Complex",
				   t);
	case CXType_Double:
		return use_builtin(r, "cdouble", KIND_COMPLEX,
				   "double _Complex", t);
	case CXType_LongDouble:
		return use_builtin(r, "cldouble", KIND_COMPLEX,
				   "long double _Complex", t);
	default:
		return read_opaque(r, t, spelling_of(t), way);
	}
}

static struct type *
read_pointer(struct reader *r, CXType t, const struct way *way)
{
	struct way next = *way;

	next.is_behind_pointer = true;
	if (way->expr != NULL)
		next.expr = keep_format("(*%s)", way->expr);
	return derive(r, KIND_POINTER,
		      read_use(r, clang_getPointeeType(t), &next), 0, t, way);
}

static struct type *
read_type(struct reader *r, CXType t, const struct way *way)
{
	const struct builtin *b = builtin_of(t.kind);
	CXType canonical = clang_getCanonicalType(t);
	struct use elem;

	if (b != NULL)
		return use_builtin(r, b->name, b->kind, b->c, t);
	switch (t.kind) {
	case CXType_Pointer:
		return read_pointer(r, t, way);
	case CXType_ConstantArray:
	case CXType_IncompleteArray:
		return read_array(r, t, way);
	case CXType_Typedef:
		return read_typedef(r, t, way);
	case CXType_Record:
	case CXType_Enum:
		return read_declared(r, t, way);
	case CXType_Complex:
		return read_complex(r, t, way);
	case CXType_Vector:
	case CXType_ExtVector:
		elem = read_use(r, clang_getElementType(t), way);
		return derive(r, KIND_VECTOR, elem,
			      (uint64_t)clang_getNumElements(t), t, way);
	default:
		break;
	}
	// Parentheses and typeof: what a function takes keeps its typedefs.
	if (canonical.kind == CXType_FunctionProto ||
	    canonical.kind == CXType_FunctionNoProto)
		return read_func(r, t, way);
	if (canonical.kind != t.kind)
		return read_use(r, canonical, way).type;
	return read_opaque(r, t, spelling_of(t), way);
}

static struct use
read_use(struct reader *r, CXType t, const struct way *way)
{
	struct use u = {0};

	for (;;) {
		u.quals |= clang_isConstQualifiedType(t) ? IS_CONST : 0;
		u.quals |= clang_isVolatileQualifiedType(t) ? IS_VOLATILE : 0;
		u.quals |= clang_isRestrictQualifiedType(t) ? IS_RESTRICT : 0;
		if (t.kind == CXType_Elaborated) {
			t = clang_Type_getNamedType(t);
		} else if (t.kind == CXType_Atomic) {
			u.quals |= IS_ATOMIC;
			t = clang_Type_getValueType(t);
		} else {
			break;
		}
	}
	u.type = read_type(r, t, way);
	return u;
}

// ---- what the headers declare -----------------------------------------------

static void
read_method(struct reader *r, CXCursor c, const struct place *mark)
{
	struct model *m = r->m;
	struct method *method;
	const char *name = name_of(c);
	struct way way = {.why = keep_format("function %s", name)};
	CXType type = clang_getCursorType(c);
	int n = clang_Cursor_getNumArguments(c), i;
	struct type *f;
	CXCursor arg;

	if (clang_Cursor_getStorageClass(c) == CX_SC_Static &&
	    clang_Cursor_isNull(clang_getCursorDefinition(c))) {
		complain(mark, "Define it in the header, or drop \"static\".",
			 "%s is static and has no body here", name);
		return;
	}
	// Methods name their parameters, so each has a type of its own.
	f = list_type(r, read_signature(r, type, &way));
	for (i = 0; i < n && (size_t)i + 1 < f->n_fields; i++) {
		arg = clang_Cursor_getArgument(c, (unsigned)i);
		f->fields[i + 1].name = name_of(arg);
	}
	m->methods = keep_grow(m->methods, m->n_methods, sizeof(*m->methods));
	method = &m->methods[m->n_methods++];
	*method = (struct method){.function = name, .type = f};
	method->doc = doc_of(c);
	method->at = place_of_cursor(c);
}

// read_dummy takes what GO_ORDER and GO_TAG_EXT leave.
static void
read_dummy(struct reader *r, CXCursor c)
{
	struct marks marks = marks_of(c);
	struct model *m = r->m;
	const char *text = marks.order != NULL ? marks.order : marks.ext;
	const char *a, *b;
	struct place at = place_of_cursor(c);

	if (text == NULL || !is_in_inputs(r, c))
		return;
	a = strchr(text, ':');
	b = a == NULL ? NULL : strchr(a + 1, ':');
	if (b == NULL)
		return;
	text = keep_n(text, (size_t)(a - text));
	a = keep_n(a + 1, (size_t)(b - a) - 1);
	if (marks.order != NULL) {
		m->orders =
			keep_grow(m->orders, m->n_orders, sizeof(*m->orders));
		m->orders[m->n_orders++] = (struct order){
			.type_name = text, .name = a, .spec = b + 1, .at = at};
		return;
	}
	m->sidecars =
		keep_grow(m->sidecars, m->n_sidecars, sizeof(*m->sidecars));
	m->sidecars[m->n_sidecars++] = (struct sidecar){
		.type_name = text, .field = a, .tags = b + 1, .at = at};
}

// is_wanted tells whether a type is to be exported, and why.
static const char *
is_wanted(struct reader *r, CXCursor c, const char *name, bool is_marked)
{
	bool is_here = is_in_inputs(r, c);
	size_t i;

	if (is_marked && is_here)
		return "marked GO_REFLECT";
	if (r->o->all && is_here)
		return "--all";
	for (i = 0; i < r->o->n_globs; i++) {
		if (name[0] == '\0' || fnmatch(r->o->globs[i], name, 0) != 0)
			continue;
		r->glob_hits[i] = 1;
		return keep_format("--type '%s'", r->o->globs[i]);
	}
	return NULL;
}

static void
read_root(struct reader *r, CXCursor c)
{
	CXType type = clang_getCursorType(c);
	CXType canonical = clang_getCanonicalType(type);
	const char *name = take(clang_getTypeSpelling(type));
	struct marks marks = marks_of(c);
	struct way way = {0};
	struct type *t;

	if (strchr(name, '(') != NULL) {
		if (marks.reflect && is_in_inputs(r, c) &&
		    canonical.kind != CXType_Enum)
			complain(&marks.at,
				 "Give it a tag or a typedef of its own.",
				 "a type without a name cannot be reflected");
		return;
	}
	name = strchr(name, ' ') == NULL ? name : strchr(name, ' ') + 1;
	way.name = name;
	way.why = is_wanted(r, c, name, marks.reflect);
	if (way.why == NULL)
		return;
	if (clang_getCursorKind(c) != CXCursor_TypedefDecl &&
	    !clang_isCursorDefinition(c)) {
		if (marks.reflect &&
		    clang_Cursor_isNull(clang_getCursorDefinition(c)))
			complain(&marks.at, "Include the header that does.",
				 "nothing says what is in %s", name);
		return;
	}
	t = read_use(r, type, &way).type;
	if (t->builtin != NULL || t->is_imported || t->name == NULL)
		return;
	if (strcmp(t->name, name) != 0)
		return;
	t->is_exported = true;
	t->why = way.why;
}

// note_marks remembers marks that do nothing unless their record is read.
static void
note_marks(struct reader *r, CXCursor field, CXCursor record)
{
	struct marks marks = marks_of(field);
	struct idle *idle;

	if (marks.at.file == NULL || !is_in_inputs(r, field))
		return;
	idle = keep_alloc(sizeof(*idle));
	idle->at = marks.at;
	idle->type = declared_type(r, record);
	idle->next = r->idle;
	r->idle = idle;
}

static void
warn_of_idle(const struct reader *r)
{
	const struct idle *idle;

	for (idle = r->idle; idle != NULL; idle = idle->next)
		if (*idle->type == NULL)
			warn(&idle->at, "this mark does nothing: its struct or "
					"union is not reflected");
}

static enum CXChildVisitResult
read_top(CXCursor c, CXCursor parent, CXClientData data)
{
	struct reader *r = data;
	struct marks marks;

	switch (clang_getCursorKind(c)) {
	case CXCursor_StructDecl:
	case CXCursor_UnionDecl:
		read_root(r, c);
		return CXChildVisit_Recurse;  // tags inside have file scope
	case CXCursor_EnumDecl:
	case CXCursor_TypedefDecl:
		read_root(r, c);
		return CXChildVisit_Continue;
	case CXCursor_FieldDecl:
		note_marks(r, c, parent);
		return CXChildVisit_Recurse;
	case CXCursor_FunctionDecl:
		marks = marks_of(c);
		if (marks.reflect && is_in_inputs(r, c) &&
		    clang_equalCursors(c, clang_getCanonicalCursor(c)))
			read_method(r, c, &marks.at);
		return CXChildVisit_Continue;
	case CXCursor_VarDecl:
		read_dummy(r, c);
		return CXChildVisit_Continue;
	case CXCursor_MacroDefinition:
		*map_at(&r->m->macros, name_of(c)) = r;
		if (!clang_Cursor_isMacroFunctionLike(c))
			find_macro(r->m, r->o, name_of(c));
		return CXChildVisit_Continue;
	default:
		return CXChildVisit_Continue;
	}
}

// ---- running libclang -------------------------------------------------------

const char *
read_version(void)
{
	return take(clang_getClangVersion());
}

const char *
read_library(void)
{
	Dl_info where;

	return dladdr((void *)clang_createIndex, &where) != 0
		       ? keep_format("%s", where.dli_fname)
		       : "";
}

// is_about_flags tells complaints about flags that gcc knows and clang does
// not: they change nothing that is read here.
static bool
is_about_flags(const struct place *at, const char *text)
{
	return at->file == NULL &&
	       (strncmp(text, "unknown argument", 16) == 0 ||
		strncmp(text, "optimization flag", 17) == 0);
}

// Attributes that clang may not know and that lay nothing out differently.
static bool
is_harmless(const char *text)
{
	static const char *const names[] = {
		"'nonstring'",
		"'access'",
		"'counted_by'",
		"'noclone'",
		"'noipa'",
		"'no_icf'",
		"'copy'",
		"'optimize'",
		"'nothrow'",
		"'leaf'",
		"'fd_arg",
		"'no_reorder'",
		"'externally_visible'",
		"'designated_init'",
		"'null_terminated",
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strstr(text, names[i]) != NULL)
			return true;
	return false;
}

// hint_for says what to do about an error of clang's, as far as that can be
// told from its words.
static const char *
hint_for(const char *text)
{
	static const struct {
		const char *words, *hint;
	} hints[] = {
		{"file not found", "Say where it is: -- -IFOLDER."},
		{"unknown type name", "Include the header that declares it."},
		{"undeclared", "Include the header that declares it."},
		{"incomplete type", "Include the header that defines it."},
		{"not supported", "libclang does not know it: keep it out of "
				  "reflected headers."},
		{"variable length array", "Give it a constant length."},
	};
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strstr(text, hints[i].words) != NULL)
			return hints[i].hint;
	return NULL;
}

// check_attribute refuses what clang ignores inside a record in the output:
// the compiler may lay it out otherwise.
static void
check_attribute(const struct model *m, const struct place *at, const char *text)
{
	const struct type *t;
	size_t i;

	for (i = 0; i < m->n_types && at->file != NULL; i++) {
		t = m->types[i];
		if (t->at.file != NULL && strcmp(t->at.file, at->file) == 0 &&
		    t->at.line <= at->line && at->line <= t->last_line &&
		    !is_harmless(text)) {
			complain(at,
				 "libclang cannot tell what it does to the "
				 "layout; do not reflect this type.",
				 "%s", text);
			return;
		}
	}
}

// report passes on what libclang found wrong with the headers.
static void
report(struct reader *r)
{
	unsigned n = clang_getNumDiagnostics(r->unit), i;
	struct place at;
	const char *text, *option;
	CXDiagnostic d;

	for (i = 0; i < n; i++) {
		d = clang_getDiagnostic(r->unit, i);
		at = place_of(clang_getDiagnosticLocation(d));
		text = take(clang_getDiagnosticSpelling(d));
		option = take(clang_getDiagnosticOption(d, NULL));
		if (at.file != NULL && strcmp(at.file, MAIN_FILE) == 0)
			at.file = NULL;
		if (is_about_flags(&at, text))
			warn(NULL, "%s", text);
		else if (clang_getDiagnosticSeverity(d) >= CXDiagnostic_Error)
			complain(&at, hint_for(text), "%s", text);
		else if (strcmp(option, "-Wunknown-attributes") == 0 ||
			 strcmp(option, "-Wignored-attributes") == 0)
			check_attribute(r->m, &at, text);
		clang_disposeDiagnostic(d);
	}
}

static void
add_file(CXFile file, CXSourceLocation *stack, unsigned n, CXClientData data)
{
	struct reader *r = data;
	struct model *m = r->m;
	const char *name = file_name(file);

	(void)stack;
	if (n == 0)
		return;
	m->files = keep_grow(m->files, m->n_files, sizeof(*m->files));
	m->files[m->n_files++] = name;
}

static bool
parse(struct reader *r, CXIndex index, const char *text)
{
	static const char *const first[] = {"-x", "c", "-std=gnu11",
					    "-D__GO_REFLECTGEN__"};
	static const char *const last[] = {
		"-Wno-everything", "-Wunknown-attributes",
		"-Wignored-attributes", "-Wno-error", "-ferror-limit=0"};
	size_t n_first = sizeof(first) / sizeof(first[0]), n = 0, i;
	size_t n_last = sizeof(last) / sizeof(last[0]);
	const struct options *o = r->o;
	struct CXUnsavedFile file = {MAIN_FILE, text, strlen(text)};
	const char **flags =
		keep_alloc((n_first + o->n_flags + n_last) * sizeof(*flags));

	for (i = 0; i < n_first; i++)
		flags[n++] = first[i];
	for (i = 0; i < o->n_flags; i++)
		flags[n++] = o->flags[i];
	for (i = 0; i < n_last; i++)
		flags[n++] = last[i];
	return clang_parseTranslationUnit2(
		       index, MAIN_FILE, flags, (int)n, &file, 1,
		       CXTranslationUnit_DetailedPreprocessingRecord,
		       &r->unit) == CXError_Success;
}

static void
read_unit(struct reader *r)
{
	const struct options *o = r->o;
	size_t i;

	r->inputs = keep_alloc((o->n_inputs + 1) * sizeof(CXFile));
	r->glob_hits = keep_alloc(o->n_globs + 1);
	for (i = 0; i < o->n_inputs; i++)
		r->inputs[i] = clang_getFile(r->unit, o->inputs[i]);
	clang_getInclusions(r->unit, add_file, r);
	clang_visitChildren(clang_getTranslationUnitCursor(r->unit), read_top,
			    r);
	report(r);
	warn_of_idle(r);
	for (i = 0; i < o->n_globs; i++)
		if (!r->glob_hits[i])
			complain(NULL, NULL, "--type '%s': no such type",
				 o->globs[i]);
}

// ---- constants of macros ----------------------------------------------------

static enum CXChildVisitResult
read_constant(CXCursor c, CXCursor parent, CXClientData data)
{
	struct reader *r = data;
	const char *name = name_of(c);
	size_t n = strlen(MACRO_PREFIX);
	CXEvalResult result;

	(void)parent;
	if (clang_getCursorKind(c) != CXCursor_VarDecl ||
	    strncmp(name, MACRO_PREFIX, n) != 0)
		return CXChildVisit_Continue;
	result = clang_Cursor_Evaluate(c);
	if (result == NULL)
		return CXChildVisit_Continue;
	if (clang_EvalResult_getKind(result) == CXEval_Int)
		add_macro(r->m, name + n,
			  clang_EvalResult_isUnsignedInt(result)
				  ? (int64_t)clang_EvalResult_getAsUnsigned(
					    result)
				  : clang_EvalResult_getAsLongLong(result));
	clang_EvalResult_dispose(result);
	return CXChildVisit_Continue;
}

// read_constants declares a variable for each macro wanted and lets libclang
// compute it; those that are no expressions fail by themselves.
static void
read_constants(const struct reader *first, CXIndex index, struct text *text)
{
	struct reader r = {.o = first->o, .m = first->m};
	const struct macro *macro;
	size_t i;

	if (r.o->n_macros == 0 || complaints() > 0)
		return;
	for (i = 0; i < r.m->n_macro_names; i++) {
		macro = &r.m->macro_names[i];
		text_format(text,
			    "static const __auto_type " MACRO_PREFIX
			    "%s = (%s);\n",
			    macro->name, macro->name);
	}
	if (parse(&r, index, text->bytes)) {
		clang_visitChildren(clang_getTranslationUnitCursor(r.unit),
				    read_constant, &r);
		clang_disposeTranslationUnit(r.unit);
	}
	finish_macros(r.m, r.o);
}

// ---- compile_commands.json --------------------------------------------------

void
read_commands(struct options *o)
{
	CXCompilationDatabase_Error status;
	CXCompilationDatabase db =
		clang_CompilationDatabase_fromDirectory(o->commands, &status);
	CXCompileCommands all;
	CXCompileCommand c;
	struct command command;
	unsigned i, k, n;

	if (status != CXCompilationDatabase_NoError) {
		complain(NULL,
			 "Let your build write it, as with cmake "
			 "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON.",
			 "no compile_commands.json to read in %s", o->commands);
		return;
	}
	all = clang_CompilationDatabase_getAllCompileCommands(db);
	n = clang_CompileCommands_getSize(all);
	for (i = 0; i < n; i++) {
		c = clang_CompileCommands_getCommand(all, i);
		command = (struct command){
			.directory = take(clang_CompileCommand_getDirectory(c)),
			.file = take(clang_CompileCommand_getFilename(c))};
		command.n_args = clang_CompileCommand_getNumArgs(c);
		command.args = keep_alloc((command.n_args + 1) *
					  sizeof(*command.args));
		for (k = 0; k < command.n_args; k++)
			command.args[k] =
				take(clang_CompileCommand_getArg(c, k));
		weigh_command(o, &command);
	}
	clang_CompileCommands_dispose(all);
	clang_CompilationDatabase_dispose(db);
}

void
read_headers(const struct options *o, struct model *m)
{
	struct reader r = {.o = o, .m = m};
	struct text text = {0};
	CXIndex index = clang_createIndex(0, 0);
	size_t i;

	for (i = 0; i < o->n_inputs; i++)
		text_format(&text, "#include \"%s\"\n", o->inputs[i]);
	if (parse(&r, index, text.bytes)) {
		read_unit(&r);
		clang_disposeTranslationUnit(r.unit);
		read_constants(&r, index, &text);
	} else {
		complain(NULL, "Look at the flags behind --.",
			 "libclang cannot parse with these flags");
	}
	clang_disposeIndex(index);
}
