// SPDX-License-Identifier: MIT
//
// Printing the proof that the compiler lays types out as libclang did: static
// assertions, and for bit-fields, which have no offset in C, a check when the
// program starts, unless NDEBUG is defined.

#include <inttypes.h>
#include <string.h>

#include "reflectgen/model.h"

// Types are compared through pointers to them: so their qualifiers count, and
// compilers agree on _Atomic.
static const char assertions[] =
	"#define GO__IS(condition, text) \\\n"
	"\t__extension__ _Static_assert(condition, text \": make generate\")\n"
	"#define GO__IS_TYPE(T, field, ...) \\\n"
	"\t__builtin_types_compatible_p(__typeof__(&((T *)0)->field), "
	"__VA_ARGS__)\n\n";

// title_of is what messages call a type.
static const char *
title_of(const struct type *t)
{
	return t->c != NULL && t->c[0] != '_' ? t->c : t->name;
}

static void
emit_field(const struct type *t, const struct field *f, struct text *out)
{
	const char *c = spell_pointer_to(&f->use);

	if (f->width > 0 || f->name[0] == '\0')
		return;
	text_format(out,
		    "GO__IS(offsetof(%s, %s) == %" PRIu64 ",\n"
		    "       \"%s: offset of %s changed\");\n",
		    t->owner_c, f->name, (t->owner_bit + f->bit) / 8,
		    title_of(t), f->name);
	if (c != NULL && strstr(c, "__typeof__") == NULL)
		text_format(out,
			    "GO__IS(GO__IS_TYPE(%s, %s, %s),\n"
			    "       \"%s: type of %s changed\");\n",
			    t->owner_c, f->name, c, title_of(t), f->name);
}

static void
emit_measures(const struct type *t, struct text *out)
{
	if (t->c == NULL || (t->align == 0 && t->size == 0))
		return;
	text_format(out,
		    "GO__IS(sizeof(%s) == %" PRIu64 ",\n"
		    "       \"%s: size changed\");\n",
		    t->c, t->size, title_of(t));
	text_format(out,
		    "GO__IS(_Alignof(%s) == %" PRIu64 ",\n"
		    "       \"%s: alignment changed\");\n",
		    t->c, t->align, title_of(t));
}

void
emit_layout(const struct model *m, struct text *out)
{
	const struct type *t;
	size_t i, j;

	text_add(out, assertions);
	for (i = 0; i < m->n_types; i++) {
		t = m->types[i];
		if (t->name == NULL)
			continue;
		emit_measures(t, out);
		if (t->is_imported || !is_record(t) || t->owner_c == NULL)
			continue;
		for (j = 0; j < t->n_fields; j++)
			emit_field(t, &t->fields[j], out);
	}
	text_add(out, "\n");
}

// ---- bit-fields -------------------------------------------------------------

static const char check[] =
	"// All bits of a field are set and the object looked at: exactly "
	"those\n"
	"// that libclang said must have changed.\n"
	"static void\n"
	"go__check_field(const void *object, size_t size, uint64_t first,\n"
	"                uint64_t width, const char *name)\n"
	"{\n"
	"\tconst unsigned char *p = object;\n"
	"\tuint64_t bit;\n"
	"\n"
	"\tfor (bit = 0; bit < 8 * size; bit++) {\n"
	"\t\tif ((p[bit / 8] >> bit % 8 & 1) == "
	"(bit >= first && bit - first < width))\n"
	"\t\t\tcontinue;\n"
	"\t\tfprintf(stderr, \"%s: place of the bit-field changed: \"\n"
	"\t\t                \"make generate\\n\", name);\n"
	"\t\tabort();\n"
	"\t}\n"
	"}\n\n";

// is_checked tells whether a bit-field can be set.
static bool
is_checked(const struct type *t, const struct field *f)
{
	return is_record(t) && has_entry(t) && t->owner_c != NULL &&
	       f->width > 0 && !(quals_of(&f->use) & IS_CONST) &&
	       t->size < 1 << 20;
}

static bool
has_checked(const struct type *t)
{
	size_t i;

	for (i = 0; i < t->n_fields; i++)
		if (is_checked(t, &t->fields[i]))
			return true;
	return false;
}

static void
emit_check(const struct type *t, size_t number, struct text *out)
{
	const struct field *f;
	size_t i;

	text_format(out,
		    "static void\ngo__check_%zu(void)\n{\n"
		    "\tstatic %s x;\n\n",
		    number, t->owner_c);
	for (i = 0; i < t->n_fields; i++) {
		f = &t->fields[i];
		if (!is_checked(t, f))
			continue;
		text_format(out,
			    "\tx.%s%s;\n"
			    "\tgo__check_field(&x, sizeof(x), %" PRIu64
			    ", %u, \"%s.%s\");\n"
			    "\tx.%s = 0;\n",
			    f->name,
			    bare(f->use.type)->kind == KIND_BOOL ? " = 1"
								 : "--",
			    t->owner_bit + f->bit, f->width, title_of(t),
			    f->name, f->name);
	}
	text_add(out, "}\n\n");
}

bool
emit_bits(const struct model *m, struct text *out)
{
	size_t i, n = 0, number;

	for (i = 0; i < m->n_types; i++)
		n += has_checked(m->types[i]);
	if (n == 0)
		return false;
	text_add(out, "#ifndef NDEBUG\n\n");
	text_add(out, check);
	for (i = 0, number = 0; i < m->n_types; i++)
		if (has_checked(m->types[i]))
			emit_check(m->types[i], number++, out);
	text_add(out, "#endif\n\nstatic void\ngo__check_bits(void)\n{\n"
		      "#ifndef NDEBUG\n");
	for (number = 0; number < n; number++)
		text_format(out, "\tgo__check_%zu();\n", number);
	text_add(out, "#endif\n}\n\n");
	return true;
}
