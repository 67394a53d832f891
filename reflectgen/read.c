// SPDX-License-Identifier: MIT
//
// Running libclang: parsing, its errors, constants of macros, compile commands.
//
// All inputs are included by one file in memory, so types they share are one.

#include "reflectgen/read.h"

#include <clang-c/CXCompilationDatabase.h>
#include <dlfcn.h>
#include <string.h>

#define MAIN_FILE "reflectgen-input.c"
#define MACRO_PREFIX "go__macro_"

// ---- running libclang -------------------------------------------------------

const char *
read_version(void)
{
	return read_text(clang_getClangVersion());
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
		at = read_place(clang_getDiagnosticLocation(d));
		text = read_text(clang_getDiagnosticSpelling(d));
		option = read_text(clang_getDiagnosticOption(d, NULL));
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

// ---- constants of macros ----------------------------------------------------

static enum CXChildVisitResult
read_constant(CXCursor c, CXCursor parent, CXClientData data)
{
	struct reader *r = data;
	const char *name = read_name(c);
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
			.directory =
				read_text(clang_CompileCommand_getDirectory(c)),
			.file = read_text(clang_CompileCommand_getFilename(c))};
		command.n_args = clang_CompileCommand_getNumArgs(c);
		command.args = keep_alloc((command.n_args + 1) *
					  sizeof(*command.args));
		for (k = 0; k < command.n_args; k++)
			command.args[k] =
				read_text(clang_CompileCommand_getArg(c, k));
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
		report(&r);
		warn_of_idle(&r);
		clang_disposeTranslationUnit(r.unit);
		read_constants(&r, index, &text);
	} else {
		complain(NULL, "Look at the flags behind --.",
			 "libclang cannot parse with these flags");
	}
	clang_disposeIndex(index);
}
