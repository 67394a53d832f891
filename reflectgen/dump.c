// SPDX-License-Identifier: MIT
//
// Printing the model for people: --dump model.

#include <inttypes.h>

#include "reflectgen/model.h"

static void
dump_field(const struct field *f, struct text *out)
{
	const char *type = spell_name(&f->use, "");

	text_format(out, "\t%s: %s", f->name[0] == '\0' ? "-" : f->name, type);
	text_format(out, " at %" PRIu64, f->bit / 8);
	if (f->width > 0)
		text_format(out, ".%" PRIu64 " bits %u", f->bit % 8, f->width);
	if (f->tag[0] != '\0')
		text_format(out, " tag %s", f->tag);
	if (f->len_field != NULL)
		text_format(out, " len %s", f->len_field->name);
	if (f->union_field != NULL)
		text_format(out, " union %s", f->union_field->name);
	if (f->cases.text != NULL)
		text_format(out, " case %s", f->cases.text);
	text_add(out, "\n");
}

static void
dump_type(const struct type *t, struct text *out)
{
	const struct use use = {.type = (struct type *)t};
	size_t i;

	text_format(out, "%s: size %" PRIu64 " align %" PRIu64 "%s%s; %s\n",
		    spell_name(&use, ""), t->size, t->align,
		    t->is_exported ? " exported" : "",
		    t->is_imported ? " imported" : "", t->why);
	if (t->kind == KIND_TYPEDEF)
		text_format(out, "\t= %s\n", spell_name(&t->link, ""));
	for (i = 0; i < t->n_enumerators; i++)
		text_format(out, "\t%s = %" PRId64 "\n", t->enumerators[i].name,
			    t->enumerators[i].value);
	for (i = 0; i < t->n_fields && is_record(t); i++)
		dump_field(&t->fields[i], out);
}

void
dump(const struct model *m, struct text *out)
{
	size_t i;

	for (i = 0; i < m->n_types; i++)
		if (m->types[i]->name != NULL)
			dump_type(m->types[i], out);
	for (i = 0; i < m->n_methods; i++)
		text_format(out, "%s: method of %s\n", m->methods[i].function,
			    m->methods[i].owner->name);
	for (i = 0; i < m->n_orders; i++)
		text_format(out, "%s: order of %s, \"%s\"\n", m->orders[i].name,
			    m->orders[i].type->name, m->orders[i].spec);
}
