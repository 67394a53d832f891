// SPDX-License-Identifier: MIT
//
// Types as they are written: builtin, derived, named by a typedef.

#include "reflectgen/read.h"

#include <string.h>

// ---- types ------------------------------------------------------------------

struct type *
list_type(struct reader *r, struct type *t)
{
	struct model *m = r->m;

	t->id = ++r->n_ids;
	m->types = keep_grow(m->types, m->n_types, sizeof(*m->types));
	m->types[m->n_types++] = t;
	return t;
}

struct type *
new_type(struct reader *r, enum kind kind, const struct way *way)
{
	struct type *t = keep_alloc(sizeof(*t));

	t->kind = kind;
	t->doc = t->tag = "";
	t->why = way->why;
	t->via = way->via;
	return list_type(r, t);
}

void
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

struct type *
read_signature(struct reader *r, CXType t, const struct way *way)
{
	int n = clang_getNumArgTypes(t), i;
	bool is_bare = clang_getCanonicalType(t).kind == CXType_FunctionNoProto;
	struct way next = {
		.owner = way->owner, .why = way->why, .via = way->via};
	struct type *f = keep_alloc(sizeof(*f));

	f->kind = KIND_FUNC;
	f->doc = f->tag = "";
	f->why = way->why;
	f->via = way->via;
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
	return read_text(clang_getTypeSpelling(clang_getCanonicalType(t)));
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

// ---- any type ---------------------------------------------------------------

static struct type *
read_typedef(struct reader *r, CXType type, const struct way *way)
{
	CXCursor decl = clang_getTypeDeclaration(type);
	const char *name = read_name(decl);
	const struct builtin *b = builtin_of(clang_getCanonicalType(type).kind);
	struct way next = {.name = name, .why = way->why, .via = way->via};
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
	marks = read_marks(decl);
	t->name = t->c = name;
	t->link = link;
	t->at = read_place_of(decl);
	t->doc = read_doc(decl);
	t->tag = marks.tag;
	t->is_imported = marks.reflect && !is_in_inputs(r, decl);
	if (bare(t)->kind != KIND_FUNC)
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

struct use
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

bool
is_signed_type(CXType t)
{
	const struct builtin *b = builtin_of(clang_getCanonicalType(t).kind);

	return b != NULL && b->kind == KIND_INT;
}
