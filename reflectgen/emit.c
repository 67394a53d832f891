// SPDX-License-Identifier: MIT
//
// Printing the model as C: the module's tables as libgo/meta.h lays them down,
// and the header that exports its types.
//
// Types, fields, enumerators and methods are numbered in the order in which
// they are printed; strings are members of one struct, named for what they
// say. What the compiler can compute is an expression.

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reflectgen/model.h"

struct note {
	unsigned what;
	size_t owner;
	const char *value;
	size_t order;
};

struct emitter {
	struct model *m;
	struct text *out;
	struct text strings, literals;  // the struct and its initializer
	struct map pool;                // member by string
	struct note *notes;
	size_t n_notes;
	const char **imports;
	size_t n_imports;
	size_t n_types, n_fields, n_enumerators;
};

static const char *const kind_names[] = {
	[KIND_VOID] = "VOID",
	[KIND_BOOL] = "BOOL",
	[KIND_INT] = "INT",
	[KIND_UINT] = "UINT",
	[KIND_FLOAT] = "FLOAT",
	[KIND_COMPLEX] = "COMPLEX",
	[KIND_ENUM] = "ENUM",
	[KIND_STRUCT] = "STRUCT",
	[KIND_UNION] = "UNION",
	[KIND_ARRAY] = "ARRAY",
	[KIND_FLEX_ARRAY] = "FLEX_ARRAY",
	[KIND_POINTER] = "POINTER",
	[KIND_FUNC] = "FUNC",
	[KIND_TYPEDEF] = "TYPEDEF",
	[KIND_VECTOR] = "VECTOR",
	[KIND_OPAQUE] = "OPAQUE",
};

// ---- strings ----------------------------------------------------------------

static bool
is_identifier(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz"
			     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	return n > 0 && n < 40 && s[n] == '\0';
}

static void
add_literal(struct text *out, const char *s)
{
	const char *first = s;

	text_add(out, "\"");
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			text_format(out, "\\%c", *s);
		else if (*s == '\n')
			text_add(out, "\\n");
		else if (*s == '?' && s > first && s[-1] == '?')
			text_add(out, "\\?");  // no trigraphs
		else if (isprint((unsigned char)*s))
			text_add_n(out, s, 1);
		else
			text_format(out, "\\%03o", (unsigned char)*s);
	}
	text_add(out, "\"");
}

// member_of makes a name that tells what is in a string that is none.
static const char *
member_of(size_t number, const char *s)
{
	enum { MOST = 20 };
	char name[MOST + 1];
	size_t n = 0;

	for (; *s != '\0' && n < MOST; s++) {
		if (isalnum((unsigned char)*s))
			name[n++] = *s;
		else if (*s == '*')
			name[n++] = 'P';
		else if (n > 0 && name[n - 1] != '_')
			name[n++] = '_';
	}
	while (n > 0 && name[n - 1] == '_')
		n--;
	name[n] = '\0';
	return n == 0 ? keep_format("s%zu", number)
		      : keep_format("s%zu_%s", number, name);
}

// string puts s into the pool and returns the expression of its offset.
static const char *
string(struct emitter *e, const char *s)
{
	void **known = map_at(&e->pool, s);
	const char *member;

	if (*known != NULL)
		return *known;
	member = keep_format("n_%s", s);
	if (!is_identifier(s) || map_get(&e->m->macros, member) != NULL)
		member = member_of(e->pool.n - 1, s);
	text_format(&e->strings, "\tchar %s[%zu];\n", member, strlen(s) + 1);
	text_add(&e->literals, "\t\t");
	add_literal(&e->literals, s);
	text_add(&e->literals, ",\n");
	return *known = keep_format("GO__S(%s)", member);
}

static void
note(struct emitter *e, unsigned what, size_t owner, const char *value)
{
	e->notes = keep_grow(e->notes, e->n_notes, sizeof(*e->notes));
	e->notes[e->n_notes] = (struct note){what, owner, value, e->n_notes};
	e->n_notes++;
}

// The kinds of notes, in the order of libgo/meta.h.
enum {
	FIELD_TAG,
	FIELD_DOC,
	FIELD_LEN,
	FIELD_UNION,
	FIELD_CASE,
	FIELD_OFFSET_HIGH,
	TYPE_TAG,
	TYPE_DOC,
	TYPE_SIZE_HIGH,
	TYPE_COUNT_HIGH,
	ENUMERATOR_DOC,
	METHOD_DOC
};
static const char *const note_names[] = {
	"FIELD_TAG",      "FIELD_DOC",         "FIELD_LEN",      "FIELD_UNION",
	"FIELD_CASE",     "FIELD_OFFSET_HIGH", "TYPE_TAG",       "TYPE_DOC",
	"TYPE_SIZE_HIGH", "TYPE_COUNT_HIGH",   "ENUMERATOR_DOC", "METHOD_DOC",
};

static void
note_text(struct emitter *e, unsigned what, size_t owner, const char *text)
{
	if (text[0] != '\0')
		note(e, what, owner, string(e, text));
}

static void
note_high(struct emitter *e, unsigned what, size_t owner, uint64_t x)
{
	if (x >> 32 != 0)
		note(e, what, owner, keep_format("%" PRIu64 "u", x >> 32));
}

// ---- types ------------------------------------------------------------------

static const char *
reference(struct emitter *e, const struct type *t)
{
	size_t i;

	if (t->builtin != NULL)
		return keep_format("GO__BUILTIN(%s)", t->builtin);
	if (!t->is_imported)
		return keep_format("%zu", t->index);
	for (i = 0; i < e->n_imports; i++)
		if (strcmp(e->imports[i], t->name) == 0)
			return keep_format("GO__REF_IMPORT | %zu", i);
	e->imports = keep_grow(e->imports, i, sizeof(*e->imports));
	e->imports[e->n_imports++] = t->name;
	return keep_format("GO__REF_IMPORT | %zu", i);
}

static const char *
quals_expr(unsigned quals)
{
	static const char *const names[] = {"GO_IS_CONST", "GO_IS_VOLATILE",
					    "GO_IS_RESTRICT", "GO_IS_ATOMIC",
					    "GO_IS_OWNED"};
	const char *s = "";
	unsigned i;

	for (i = 0; i < 5; i++)
		if (quals & 1u << i)
			s = keep_format("%s%s%s", s, s[0] == '\0' ? "" : " | ",
					names[i]);
	return s[0] == '\0' ? "0" : s;
}

static const char *
flags_expr(const struct type *t)
{
	struct {
		bool is_set;
		const char *name;
	} flags[] = {
		{t->is_exported, "EXPORTED"},
		{t->is_signed, "SIGNED"},
		{t->is_flags, "FLAGS"},
		{t->is_variadic, "VARIADIC"},
		{t->has_no_prototype, "NO_PROTO"},
		{t->is_anonymous, "ANONYMOUS"},
		{(t->size | t->count) >> 32 != 0, "WIDE"},
	};
	const char *s = "";
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].is_set)
			s = keep_format("%s%sGO__TYPE_%s", s,
					s[0] == '\0' ? "" : " | ",
					flags[i].name);
	return s[0] == '\0' ? "0" : s;
}

static unsigned
log2_of(uint64_t x)
{
	unsigned n = 0;

	while (x > 1) {
		x >>= 1;
		n++;
	}
	return n;
}

// measures prints the alignment, the qualifiers and the size.
static void
measures(const struct type *t, struct text *out)
{
	const struct use use = {.type = (struct type *)t};
	const char *c = spell(&use, "");
	const char *quals =
		quals_expr(t->link.type == NULL ? 0 : quals_of(&t->link));
	bool is_named = c != NULL && t->kind != KIND_FLEX_ARRAY;

	if (t->align == 0)
		text_format(out, "0, %s, ", quals);
	else if (is_named && t->size > 0)
		text_format(out, "GO__ALIGN(%s), %s,\n\t\t ", c, quals);
	else
		text_format(out, "%u, %s, ", log2_of(t->align), quals);
	if (is_named && t->size > 0)
		text_format(out, "(uint32_t)sizeof(%s), ", c);
	else
		text_format(out, "%" PRIu32 "u, ", (uint32_t)t->size);
}

static void
emit_type(struct emitter *e, struct type *t)
{
	const struct use use = {.type = t};
	const char *name = spell_name(&use, "");

	text_format(e->out, "\t\t{%zu, %s, GO_KIND_%s,\n\t\t %s, ", t->index,
		    string(e, name), kind_names[t->kind], flags_expr(t));
	measures(t, e->out);
	switch (t->kind) {
	case KIND_STRUCT:
	case KIND_UNION:
	case KIND_FUNC:
		text_format(e->out, "%zu, %zu},\n", t->first,
			    t->n_fields - (t->kind == KIND_FUNC));
		break;
	case KIND_ENUM:
		text_format(e->out, "%zu, %zu},\n", t->first, t->n_enumerators);
		break;
	case KIND_OPAQUE:
		text_add(e->out, "0, 0},\n");
		break;
	default:
		text_format(e->out, "%s, %" PRIu32 "u},\n",
			    reference(e, t->link.type), (uint32_t)t->count);
	}
	note_text(e, TYPE_TAG, t->index, t->tag);
	note_text(e, TYPE_DOC, t->index, t->doc);
	note_high(e, TYPE_SIZE_HIGH, t->index, t->size);
	note_high(e, TYPE_COUNT_HIGH, t->index, t->count);
}

// number gives every field and enumerator its place.
static void
number(struct emitter *e)
{
	struct type *t;
	size_t i, j;

	for (i = 0; i < e->m->n_types; i++) {
		t = e->m->types[i];
		if (!has_entry(t))
			continue;
		e->n_types++;
		t->first =
			t->kind == KIND_ENUM ? e->n_enumerators : e->n_fields;
		if (t->kind == KIND_ENUM)
			e->n_enumerators += t->n_enumerators;
		for (j = 0; j < t->n_fields; j++)
			t->fields[j].index = e->n_fields++;
	}
}

static void
emit_field(struct emitter *e, const struct type *t, const struct field *f)
{
	uint64_t byte = f->bit / 8;
	size_t i;

	text_format(e->out, "\t\t{%s, %s, ", string(e, f->name),
		    reference(e, f->use.type));
	if (t->kind != KIND_FUNC && f->width == 0 && f->name[0] != '\0' &&
	    t->owner_c != NULL && t->owner_bit == 0)
		text_format(e->out, "GO__AT(%s, %s), ", t->owner_c, f->name);
	else
		text_format(e->out, "%" PRIu32 ", ", (uint32_t)byte);
	text_format(e->out, "%u, %u, %s},\n", (unsigned)(f->bit % 8), f->width,
		    quals_expr(quals_of(&f->use)));
	note_text(e, FIELD_TAG, f->index, f->tag);
	note_text(e, FIELD_DOC, f->index, f->doc);
	note_high(e, FIELD_OFFSET_HIGH, f->index, byte);
	if (f->len_field != NULL)
		note(e, FIELD_LEN, f->index,
		     keep_format("%zu", f->len_field->index));
	if (f->union_field != NULL)
		note(e, FIELD_UNION, f->index,
		     keep_format("%zu", f->union_field->index));
	for (i = 0; i < f->n_cases; i++)
		note(e, FIELD_CASE, f->index,
		     keep_format("(uint32_t)(%s)", f->case_names[i]));
}

static void
emit_fields(struct emitter *e)
{
	const struct type *t;
	size_t i, j;

	if (e->n_fields == 0)
		return;
	text_add(e->out, "\t.fields = {\n");
	for (i = 0; i < e->m->n_types; i++) {
		t = e->m->types[i];
		for (j = 0; j < t->n_fields && has_entry(t); j++)
			emit_field(e, t, &t->fields[j]);
	}
	text_add(e->out, "\t},\n");
}

static void
emit_enumerators(struct emitter *e)
{
	const struct type *t;
	size_t i, j;

	if (e->n_enumerators == 0)
		return;
	text_add(e->out, "\t.enumerators = {\n");
	for (i = 0; i < e->m->n_types; i++) {
		t = e->m->types[i];
		for (j = 0; j < t->n_enumerators && has_entry(t); j++) {
			text_format(e->out, "\t\t{(int64_t)(%s), %s, 0},\n",
				    t->enumerators[j].name,
				    string(e, t->enumerators[j].name));
			note_text(e, ENUMERATOR_DOC, t->first + j,
				  t->enumerators[j].doc);
		}
	}
	text_add(e->out, "\t},\n");
}

// ---- methods and notes ------------------------------------------------------

static void
emit_methods(struct emitter *e)
{
	const struct method *method;
	size_t i;

	if (e->m->n_methods == 0)
		return;
	text_add(e->out, "\t.methods = {\n");
	for (i = 0; i < e->m->n_methods; i++) {
		method = &e->m->methods[i];
		text_format(e->out, "\t\t{%zu, %s, %zu, %zu},\n",
			    method->owner->index, string(e, method->function),
			    method->prefix, method->type->index);
		note_text(e, METHOD_DOC, i, method->doc);
	}
	text_add(e->out, "\t},\n");
}

static int
compare_notes(const void *a, const void *b)
{
	const struct note *x = a, *y = b;

	if (x->what != y->what)
		return x->what < y->what ? -1 : 1;
	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static void
emit_notes(struct emitter *e)
{
	size_t i;

	if (e->n_notes == 0)
		return;
	qsort(e->notes, e->n_notes, sizeof(*e->notes), compare_notes);
	text_add(e->out, "\t.notes = {\n");
	for (i = 0; i < e->n_notes; i++)
		text_format(e->out, "\t\t{GO__NOTE_%s, %zu, %s},\n",
			    note_names[e->notes[i].what], e->notes[i].owner,
			    e->notes[i].value);
	text_add(e->out, "\t},\n");
}

// ---- the module -------------------------------------------------------------

static void
emit_struct(struct emitter *e, struct text *out)
{
	text_format(out, "struct go__strings {\n%s};\n", e->strings.bytes);
	text_add(out, "#define GO__S(member) \\\n"
		      "\t((uint32_t)offsetof(struct go__strings, member))\n"
		      "#define GO__AT(T, member) "
		      "((uint32_t)offsetof(T, member))\n\n"
		      "struct go__tables {\n\tstruct go__module head;\n");
	text_format(out, "\tstruct go_type types[%zu];\n", e->n_types);
	if (e->n_fields > 0)
		text_format(out, "\tstruct go__field_rec fields[%zu];\n",
			    e->n_fields);
	if (e->n_enumerators > 0)
		text_format(out,
			    "\tstruct go__enumerator_rec enumerators[%zu];\n",
			    e->n_enumerators);
	if (e->m->n_methods > 0)
		text_format(out, "\tstruct go__method_rec methods[%zu];\n",
			    e->m->n_methods);
	if (e->n_notes > 0)
		text_format(out, "\tstruct go__note notes[%zu];\n", e->n_notes);
	text_add(out, "\tstruct go__strings strings;\n};\n\n");
	text_format(out, "static void *go__cache[%zu];\n", e->n_types + 1);
	if (e->n_imports > 0)
		text_format(out,
			    "static const struct go_type *go__imports[%zu];\n",
			    e->n_imports);
	text_add(out, "\n");
}

static void
emit_head(struct emitter *e, const char *title, struct text *out)
{
	struct {
		const char *name;
		size_t n;
	} tables[] = {{"fields", e->n_fields},
		      {"enumerators", e->n_enumerators},
		      {"methods", e->m->n_methods},
		      {"notes", e->n_notes}};
	size_t i;

	text_format(out,
		    "__extension__ static const struct go__tables "
		    "go__tables = {\n\t.head = {\n"
		    "\t\t.magic = GO__META_MAGIC,\n\t\t.name = %s,\n"
		    "\t\t.n_types = %zu,\n",
		    title, e->n_types);
	for (i = 0; i < 4; i++)
		if (tables[i].n > 0)
			text_format(out, "\t\t.n_%s = %zu,\n", tables[i].name,
				    tables[i].n);
	for (i = 0; i < 4; i++)
		if (tables[i].n > 0)
			text_format(out,
				    "\t\t.%s = offsetof(struct go__tables, "
				    "%s),\n",
				    tables[i].name, tables[i].name);
	text_add(out, "\t\t.strings = offsetof(struct go__tables, strings),\n"
		      "\t\t.cache = go__cache,\n");
	if (e->m->n_methods > 0)
		text_add(out, "\t\t.thunks = go__thunks,\n");
	if (e->n_imports > 0)
		text_add(out, "\t\t.imports = go__imports,\n");
	text_add(out, "\t},\n");
}

static void
emit_constructor(struct emitter *e, bool has_bits, struct text *out)
{
	size_t i;

	text_add(out, "\nstatic struct go__module_node go__node = "
		      "{&go__tables.head, NULL};\n\n");
	for (i = 0; i < e->n_imports; i++)
		text_format(out,
			    "const struct go_type *go__type_%s(void) "
			    "__attribute__((const));\n",
			    e->imports[i]);
	text_add(out, "__attribute__((constructor)) static void\n"
		      "go__enter(void)\n{\n");
	if (has_bits)
		text_add(out, "\tgo__check_bits();\n");
	for (i = 0; i < e->n_imports; i++)
		text_format(out, "\tgo__imports[%zu] = go__type_%s();\n", i,
			    e->imports[i]);
	text_add(out, "\tgo__module_register_v1(&go__node);\n}\n");
}

void
emit_source(struct model *m, const struct names *names, struct text *out)
{
	struct text tables = {0};
	struct emitter e = {.m = m, .out = &tables};
	const struct type *t;
	const char *title;
	bool has_bits;
	size_t i;

	string(&e, "");
	title = string(&e, emit_title(names));
	number(&e);
	text_add(&tables, "\t.types = {\n");
	for (i = 0; i < m->n_types; i++)
		if (has_entry(m->types[i]))
			emit_type(&e, m->types[i]);
	text_add(&tables, "\t},\n");
	emit_fields(&e);
	emit_enumerators(&e);
	emit_methods(&e);
	emit_notes(&e);

	emit_top(m, names, out);
	emit_layout(m, out);
	has_bits = emit_bits(m, out);
	e.out = out;
	emit_thunks(m, out);
	emit_struct(&e, out);
	emit_head(&e, title, out);
	text_add_n(out, tables.bytes, tables.n);
	text_format(out, "\t.strings = {\n%s\t},\n};\n\n", e.literals.bytes);
	for (i = 0; i < m->n_types; i++) {
		t = m->types[i];
		if (t->is_exported)
			text_format(out,
				    "GO__DEFINE_TYPE(%s, "
				    "&go__tables.types[%zu])\n",
				    t->name, t->index);
	}
	emit_constructor(&e, has_bits, out);
	order_emit(m, out);
}
