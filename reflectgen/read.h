// SPDX-License-Identifier: MIT
//
// read: what the files that see libclang share. Nothing else includes it.
//
// Only functions that libclang 14 has are used, and only what 14, 16 and 19
// agree on: names come from the spelling of canonical types, since that of
// unnamed declarations differs; members from clang_Type_visitFields, since
// clang_visitChildren hides the anonymous ones.
//
//   I1  A declaration or derived type has one struct type.
//   I2  A type is known by its key before its members are read: cycles end.

#ifndef REFLECTGEN_READ_H
#define REFLECTGEN_READ_H

#include <clang-c/Index.h>

#include "reflectgen/model.h"

struct reader {
	CXTranslationUnit unit;
	const struct options *o;
	struct model *m;
	struct map derived;   // types by key
	struct map declared;  // types by the hash of their declaration
	size_t n_ids;
	CXFile *inputs;
	char *glob_hits;
	struct idle *idle;
};

// How a type was come by, to name and reach it if it has no name of its own.
struct way {
	const struct type *owner;
	const char *name;
	const char *expr;  // of a value of it; NULL
	const char *why;
	const struct type *via;  // as of struct type
	bool is_member;          // an anonymous one
	bool is_behind_pointer;
};

// What the marks on a declaration say. at.file is NULL if there are none.
struct marks {
	bool reflect, flags, owned;
	const char *tag;
	struct mark len, union_by, cases;
	const char *order, *ext;
	struct place at;
};

// ---- read_marks.c: names, places, comments, marks ---------------------------

const char *read_text(CXString s);
const char *read_file_name(CXFile file);
struct place read_place(CXSourceLocation at);
struct place read_place_of(CXCursor c);
// read_name is "" for what has no name.
const char *read_name(CXCursor c);
const char *read_doc(CXCursor c);
struct marks read_marks(CXCursor c);
bool is_in_inputs(const struct reader *r, CXCursor c);

// ---- read_types.c -----------------------------------------------------------

struct use read_use(struct reader *r, CXType t, const struct way *way);
// read_signature reads a function type that is in no list yet.
struct type *read_signature(struct reader *r, CXType t, const struct way *way);
struct type *list_type(struct reader *r, struct type *t);
struct type *new_type(struct reader *r, enum kind kind, const struct way *way);
void measure(struct type *t, CXType type);
bool is_signed_type(CXType t);

// ---- read_records.c ---------------------------------------------------------

// declared_type finds where the type of a declaration is kept.
struct type **declared_type(struct reader *r, CXCursor c);
struct type *read_declared(struct reader *r, CXType type,
			   const struct way *way);

// ---- read_unit.c ------------------------------------------------------------

// read_unit reads all that the parsed headers declare; warn_of_idle tells of
// marks on what is not reflected.
void read_unit(struct reader *r);
void warn_of_idle(const struct reader *r);

#endif
