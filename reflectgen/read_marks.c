// SPDX-License-Identifier: MIT
//
// What is read off a single cursor: its name, its place, its comment, and the
// annotations that the marks of libgo/reflect.h leave.

#include "reflectgen/read.h"

#include <string.h>

// ---- strings and places -----------------------------------------------------

const char *
read_text(CXString s)
{
	const char *c = clang_getCString(s);
	const char *copy = keep_format("%s", c == NULL ? "" : c);

	clang_disposeString(s);
	return copy;
}

const char *
read_file_name(CXFile file)
{
	const char *name = read_text(clang_getFileName(file));

	while (strncmp(name, "./", 2) == 0)
		name += 2;
	return name;
}

struct place
read_place(CXSourceLocation at)
{
	struct place p = {0};
	CXFile file;
	unsigned offset;

	clang_getFileLocation(at, &file, &p.line, &p.column, &offset);
	p.offset = offset;
	if (file != NULL)
		p.file = read_file_name(file);
	return p;
}

struct place
read_place_of(CXCursor c)
{
	return read_place(clang_getCursorLocation(c));
}

// name_of is "" for what has no name.
const char *
read_name(CXCursor c)
{
	const char *name = read_text(clang_getCursorSpelling(c));

	return strchr(name, '(') != NULL ? "" : name;
}

// is_written tells whether a declaration stands in the file as it is, not
// made by a macro: then its name is there, or its keyword if it has no tag.
static bool
is_written(CXCursor c, const struct place *begin, const struct place *name)
{
	const char *text = file_text(name->file);
	const char *words = read_name(c);
	size_t at = name->offset;

	if (clang_getCursorKind(c) == CXCursor_StructDecl ||
	    clang_getCursorKind(c) == CXCursor_UnionDecl ||
	    clang_getCursorKind(c) == CXCursor_EnumDecl) {
		at = begin->offset;
		words = clang_getCursorKind(c) == CXCursor_EnumDecl ? "enum"
			: clang_getCursorKind(c) == CXCursor_UnionDecl
				? "union"
				: "struct";
	}
	return text != NULL && at <= strlen(text) &&
	       strncmp(text + at, words, strlen(words)) == 0;
}

const char *
read_doc(CXCursor c)
{
	CXSourceRange range = clang_getCursorExtent(c);
	struct place begin = read_place(clang_getRangeStart(range));
	struct place end = read_place(clang_getRangeEnd(range));
	struct place name = read_place_of(c);

	if (name.file == NULL || begin.file == NULL || end.file == NULL ||
	    strcmp(begin.file, name.file) != 0 ||
	    strcmp(name.file, end.file) != 0 || !is_written(c, &begin, &name))
		return "";
	return doc_at(name.file, begin.offset, name.offset, end.offset);
}

bool
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

static enum CXChildVisitResult
read_mark(CXCursor c, CXCursor parent, CXClientData data)
{
	struct marks *m = data;
	struct mark mark = {.at = read_place_of(c)};
	const char *s;

	(void)parent;
	if (clang_getCursorKind(c) == CXCursor_FlagEnum)
		m->flags = true;
	if (clang_getCursorKind(c) != CXCursor_AnnotateAttr)
		return CXChildVisit_Continue;
	s = read_text(clang_getCursorSpelling(c));
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

struct marks
read_marks(CXCursor c)
{
	struct marks m = {.tag = ""};

	clang_visitChildren(c, read_mark, &m);
	return m;
}
