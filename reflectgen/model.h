// SPDX-License-Identifier: MIT
//
// model: what a header says, free of libclang and of output.
//
// read*.c fill it in, relate.c and order.c resolve what names other things
// (lengths, cases, methods, orders), emit*.c, layout.c and order_emit.c print
// it. Types refer to each other by pointer; a type is in the model once.
// Builtin types have no entry of their own in the output, libgo.a describes
// them.

#ifndef REFLECTGEN_MODEL_H
#define REFLECTGEN_MODEL_H

#include <stdint.h>

#include "reflectgen/text.h"

// The names of enum go_kind, in any order.
enum kind {
	KIND_VOID,
	KIND_BOOL,
	KIND_INT,
	KIND_UINT,
	KIND_FLOAT,
	KIND_COMPLEX,
	KIND_ENUM,
	KIND_STRUCT,
	KIND_UNION,
	KIND_ARRAY,
	KIND_FLEX_ARRAY,
	KIND_POINTER,
	KIND_FUNC,
	KIND_TYPEDEF,
	KIND_VECTOR,
	KIND_OPAQUE
};

enum {
	IS_CONST = 1,
	IS_VOLATILE = 2,
	IS_RESTRICT = 4,
	IS_ATOMIC = 8,
	IS_OWNED = 16
};

// A use of a type: the type and its qualifiers there.
struct use {
	struct type *type;
	unsigned quals;  // IS_CONST and so on
};

// What a mark said, and where.
struct mark {
	const char *text;
	struct place at;
};

struct field {
	const char *name;  // "" for an anonymous member and a result
	struct use use;
	uint64_t bit;    // offset in bits from the start of the record
	unsigned width;  // in bits; 0 unless a bit-field
	const char *doc, *tag;
	struct mark len, union_by, cases;       // text is NULL if absent
	struct field *len_field, *union_field;  // resolved
	const char **case_names;
	size_t n_cases;
	struct place at;
	size_t index;  // in the output
};

struct enumerator {
	const char *name, *doc;
	int64_t value;
	const struct type *of;
};

// C reaches the members of a record through owner_c: its own name, or that of
// the record around it in which it is an anonymous member owner_bit bits from
// the start. NULL if it cannot.
struct type {
	enum kind kind;
	const char *name;     // as the metadata spells it; NULL if derived
	const char *c;        // as C names it; NULL if it cannot, or derived
	const char *builtin;  // its name in GO__BUILTINS; NULL
	const char *owner_c;
	uint64_t owner_bit;
	struct use link;
	uint64_t count;
	uint64_t size, align;  // align is 0 where there is none
	struct field *fields;
	size_t n_fields;
	struct enumerator *enumerators;
	size_t n_enumerators;
	const char *doc, *tag;
	const char *why;         // it is in the output
	const struct type *via;  // what brought it there; NULL
	bool is_signed, is_char, is_flags, is_variadic, has_no_prototype;
	bool is_anonymous, is_exported, is_imported;
	struct place at;
	unsigned last_line;
	size_t id;            // for keys
	size_t index, first;  // in the output
};

struct method {
	const char *function;
	struct type *type;   // FUNC
	struct type *owner;  // resolved
	size_t prefix;
	const char *doc;
	struct place at;
};

// A term of a GO_ORDER, checked.
enum { MOST_HOPS = 6 };
struct order_term {
	const char *path;             // behind the object: "->home.zip"
	const char *hops[MOST_HOPS];  // the pointers on its way, likewise
	size_t n_hops;
	const struct type *type;  // of what is compared
	const char *len;          // path to a text's length; NULL
	bool is_len_signed;
	bool is_down, is_folded, is_natural, is_null_last;
};

struct order {
	const char *type_name, *name, *spec;
	struct type *type;  // resolved
	struct order_term *terms;
	size_t n_terms;
	struct place at;
};

// GO_TAG_EXT.
struct sidecar {
	const char *type_name, *field, *tags;
	struct place at;
};

// A macro that --macros wants.
struct macro {
	const char *name;
	size_t glob;  // index in options
	int64_t value;
	bool is_constant;
};

struct model {
	struct type **types;  // builtin ones are not among them
	size_t n_types;
	struct method *methods;
	size_t n_methods;
	struct order *orders;
	size_t n_orders;
	struct sidecar *sidecars;
	size_t n_sidecars;
	struct map macros;       // names of all macros: any pointer
	struct map enumerators;  // struct enumerator by name
	struct macro *macro_names;
	size_t n_macro_names;
	const char **files;  // all that were read
	size_t n_files;
};

struct options {
	const char **inputs;
	size_t n_inputs;
	const char **globs;  // --type
	size_t n_globs;
	const char **macros;  // --macros
	size_t n_macros;
	const char **flags;  // for clang
	size_t n_flags;
	const char *source, *header, *depfile, *why, *commands;
	bool all, list, deps, strict, dump;
	struct command *best;  // of compile_commands.json
};

// An entry of compile_commands.json.
struct command {
	const char *directory, *file;
	const char **args;
	size_t n_args;
	unsigned weight;
};

// read_headers parses the inputs; errors are complained about.
void read_headers(const struct options *o, struct model *m);
// read_version names the libclang.
const char *read_version(void);
// read_library is the file that libclang was loaded from.
const char *read_library(void);
// read_commands reads compile_commands.json; weigh_command keeps the entry that
// suits the first input best, take_command makes its flags ours.
void read_commands(struct options *o);
void weigh_command(struct options *o, const struct command *c);
void take_command(struct options *o);
// find_macro keeps the name of a macro if it is wanted; add_macro makes it a
// constant, finish_macros the types of them.
void find_macro(struct model *m, const struct options *o, const char *name);
void add_macro(struct model *m, const char *name, int64_t value);
void finish_macros(struct model *m, const struct options *o);
// add_own_flags adds where libclang's own headers are and libgo's.
void add_own_flags(struct options *o);
// include_name is how a file that sees the flags' folders includes path: the
// same from every directory.
const char *include_name(const struct options *o, const char *path);
// relate resolves marks and methods.
void relate(struct model *m);
// order_check parses every GO_ORDER; order_emit prints its functions.
void order_check(struct model *m);
bool is_text(const struct type *t);
void order_emit(const struct model *m, struct text *out);
void order_declare(const struct model *m, struct text *out);
// emit_source and emit_header print the two files.
struct names {
	const char **includes;  // of the inputs, as they stand in quotes
	size_t n_includes;
	const char *header;  // of the generated header
};
void emit_source(struct model *m, const struct names *names, struct text *out);
void emit_header(const struct model *m, const struct names *names,
		 struct text *out);
const char *emit_title(const struct names *names);
void emit_top(const struct model *m, const struct names *names,
	      struct text *out);
void emit_thunks(const struct model *m, struct text *out);
// emit_layout prints the assertions and the check of bit-fields at start-up;
// it tells whether there is one.
void emit_layout(const struct model *m, struct text *out);
bool emit_bits(const struct model *m, struct text *out);
// dump prints the model.
void dump(const struct model *m, struct text *out);

// doc_at returns the comment on a declaration, without its marks, or "": begin,
// name and end are offsets into the file.
const char *doc_at(const char *file, size_t begin, size_t name, size_t end);

// bare removes typedefs.
const struct type *bare(const struct type *t);
// find_field finds a member by name, those of anonymous members included; it
// adds where they begin, in bits, to *base.
struct field *find_field(const struct type *t, const char *name, size_t n,
			 uint64_t *base);
struct type *find_type(const struct model *m, const char *name, size_t n);
// builtin_named tells whether GO__BUILTINS has the name.
bool builtin_named(const char *name);
// quals_of are the qualifiers of the use, those inside typedefs included.
unsigned quals_of(const struct use *u);
bool is_record(const struct type *t);
bool is_integer(const struct type *t);
// has_entry tells whether the type has a place in the output.
bool has_entry(const struct type *t);
// spell writes the use as C, around inner; NULL if C cannot name it. spell_name
// writes it as the metadata does.
char *spell(const struct use *u, const char *inner);
char *spell_pointer_to(const struct use *u);
char *spell_name(const struct use *u, const char *inner);

#endif
