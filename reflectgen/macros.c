// SPDX-License-Identifier: MIT
//
// --macros: constants that are macros, as an enumeration of that name.
//
//	--macros 'SIG*'          the type SIG
//	--macros 'open=O_*'      the type open

#include <fnmatch.h>
#include <string.h>

#include "reflectgen/model.h"

static const char *
glob_of(const char *option)
{
	const char *equals = strchr(option, '=');

	return equals == NULL ? option : equals + 1;
}

// type_name is what is before '=', or the glob up to its first odd character.
static const char *
type_name(const char *option)
{
	const char *equals = strchr(option, '=');
	size_t n = strspn(option, "abcdefghijklmnopqrstuvwxyz"
				  "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (equals == NULL)
		while (n > 0 && option[n - 1] == '_')
			n--;
	return keep_n(option, n);
}

void
find_macro(struct model *m, const struct options *o, const char *name)
{
	size_t i;

	for (i = 0; i < m->n_macro_names; i++)
		if (strcmp(m->macro_names[i].name, name) == 0)
			return;
	for (i = 0; i < o->n_macros; i++) {
		if (fnmatch(glob_of(o->macros[i]), name, 0) != 0)
			continue;
		m->macro_names = keep_grow(m->macro_names, m->n_macro_names,
					   sizeof(*m->macro_names));
		m->macro_names[m->n_macro_names++] =
			(struct macro){.name = name, .glob = i};
	}
}

static struct type *
make_type(struct model *m, const char *option)
{
	struct type *t = keep_alloc(sizeof(*t));

	t->kind = KIND_ENUM;
	t->name = type_name(option);
	t->why = keep_format("--macros '%s'", option);
	t->doc = t->tag = "";
	t->is_exported = t->is_signed = true;
	m->types = keep_grow(m->types, m->n_types, sizeof(*m->types));
	m->types[m->n_types++] = t;
	return t;
}

void
add_macro(struct model *m, const char *name, int64_t value)
{
	size_t i;

	for (i = 0; i < m->n_macro_names; i++) {
		if (strcmp(m->macro_names[i].name, name) != 0)
			continue;
		m->macro_names[i].value = value;
		m->macro_names[i].is_constant = true;
	}
}

void
finish_macros(struct model *m, const struct options *o)
{
	const struct macro *macro;
	struct enumerator *e;
	struct type *t;
	bool is_wide;
	size_t i, k;

	for (i = 0; i < o->n_macros; i++) {
		t = make_type(m, o->macros[i]);
		is_wide = false;
		for (k = 0; k < m->n_macro_names; k++) {
			macro = &m->macro_names[k];
			if (macro->glob != i || !macro->is_constant)
				continue;
			t->enumerators =
				keep_grow(t->enumerators, t->n_enumerators,
					  sizeof(*t->enumerators));
			e = &t->enumerators[t->n_enumerators++];
			*e = (struct enumerator){.name = macro->name,
						 .doc = "",
						 .value = macro->value,
						 .of = t};
			is_wide |= macro->value != (int32_t)macro->value;
		}
		t->c = is_wide ? "long long" : "int";
		t->size = t->align = is_wide ? 8 : 4;
		if (t->n_enumerators == 0)
			complain(NULL, NULL,
				 "--macros '%s': no macro that is an integer",
				 o->macros[i]);
		if (t->name[0] == '\0')
			complain(NULL, "Give it one: --macros NAME=GLOB.",
				 "--macros '%s': that makes no name",
				 o->macros[i]);
	}
}
