// SPDX-License-Identifier: MIT
//
// What the headers declare: the types to export, methods, orders.

#include "reflectgen/read.h"

#include <fnmatch.h>
#include <string.h>

// A mark that does nothing if *type stays NULL.
struct idle {
	struct idle *next;
	struct place at;
	struct type **type;
};

// ---- what the headers declare -----------------------------------------------

// has_method tells whether the function was declared before.
static bool
has_method(const struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->n_methods; i++)
		if (strcmp(m->methods[i].function, name) == 0)
			return true;
	return false;
}

static void
read_method(struct reader *r, CXCursor c, const struct place *mark)
{
	struct model *m = r->m;
	struct method *method;
	const char *name = read_name(c);
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
		f->fields[i + 1].name = read_name(arg);
	}
	m->methods = keep_grow(m->methods, m->n_methods, sizeof(*m->methods));
	method = &m->methods[m->n_methods++];
	*method = (struct method){.function = name, .type = f};
	method->doc = read_doc(c);
	method->at = read_place_of(c);
}

// read_dummy takes what GO_ORDER and GO_TAG_EXT leave.
static void
read_dummy(struct reader *r, CXCursor c)
{
	struct marks marks = read_marks(c);
	struct model *m = r->m;
	const char *text = marks.order != NULL ? marks.order : marks.ext;
	const char *a, *b;
	struct place at = read_place_of(c);

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
	const char *name = read_text(clang_getTypeSpelling(type));
	struct marks marks = read_marks(c);
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
	t->via = NULL;
}

// note_marks remembers marks that do nothing unless their record is read.
static void
note_marks(struct reader *r, CXCursor field, CXCursor record)
{
	struct marks marks = read_marks(field);
	struct idle *idle;

	if (marks.at.file == NULL || !is_in_inputs(r, field))
		return;
	idle = keep_alloc(sizeof(*idle));
	idle->at = marks.at;
	idle->type = declared_type(r, record);
	idle->next = r->idle;
	r->idle = idle;
}

void
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
		marks = read_marks(c);
		if (marks.reflect && is_in_inputs(r, c) &&
		    !has_method(r->m, read_name(c)))
			read_method(r, c, &marks.at);
		return CXChildVisit_Continue;
	case CXCursor_VarDecl:
		read_dummy(r, c);
		return CXChildVisit_Continue;
	case CXCursor_MacroDefinition:
		*map_at(&r->m->macros, read_name(c)) = r;
		if (!clang_Cursor_isMacroFunctionLike(c))
			find_macro(r->m, r->o, read_name(c));
		return CXChildVisit_Continue;
	default:
		return CXChildVisit_Continue;
	}
}

static void
add_file(CXFile file, CXSourceLocation *stack, unsigned n, CXClientData data)
{
	struct reader *r = data;
	struct model *m = r->m;
	const char *name = read_file_name(file);

	(void)stack;
	if (n == 0)
		return;
	m->files = keep_grow(m->files, m->n_files, sizeof(*m->files));
	m->files[m->n_files++] = name;
}

void
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
	for (i = 0; i < o->n_globs; i++)
		if (!r->glob_hits[i])
			complain(NULL, NULL, "--type '%s': no such type",
				 o->globs[i]);
}
