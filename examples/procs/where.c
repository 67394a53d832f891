// SPDX-License-Identifier: MIT
//
// Conditions: a parser that goes down one function a level of precedence, and
// a walk over the tree that it makes.
//
//	or         = and { "||" and }
//	and        = not { "&&" not }
//	not        = "!" not | "(" or ")" | comparison
//	comparison = member operator constant

#include "where.h"

#include <stdlib.h>
#include <string.h>

#include "constant.h"

enum op { OR, AND, NOT, EQ, NE, LE, LT, GE, GT };

struct where {
	enum op op;
	struct where *left, *right;  // OR, AND: both; NOT: left
	const go_field *field;       // the others
	struct constant constant;
};

struct parser {
	const char *text, *p;
	const go_type *type;
	int depth;
	go_error *err;  // the first one
};

enum { MAX_DEPTH = 100 };

// fail takes why; it keeps the first error and says where in the text it is.
static void
fail(struct parser *ps, const char *at, go_error *why)
{
	if (ps->err == NULL)
		ps->err = go_errorf("where: %w (column %zu of \"%s\")", why,
				    (size_t)(at - ps->text) + 1, ps->text);
	go_error_free(why);
}

static struct where *
new_node(struct parser *ps, enum op op, struct where *left, struct where *right)
{
	struct where *w = calloc(1, sizeof(*w));

	if (w == NULL) {
		fail(ps, ps->p, GO_NO_MEMORY);
		where_free(left);
		where_free(right);
		return NULL;
	}
	w->op = op;
	w->left = left;
	w->right = right;
	return w;
}

static void
skip_blanks(struct parser *ps)
{
	ps->p += strspn(ps->p, " \t\r\n");
}

static bool
take(struct parser *ps, const char *token)
{
	skip_blanks(ps);
	if (strncmp(ps->p, token, strlen(token)) != 0)
		return false;
	ps->p += strlen(token);
	return true;
}

// word is the length of the bare word at p.
static size_t
word(const char *p)
{
	return strcspn(p, " \t\r\n()&|!<>=\"'");
}

static const go_field *
parse_field(struct parser *ps)
{
	const go_field *f = NULL;
	size_t n;

	skip_blanks(ps);
	n = word(ps->p);
	if (n == 0) {
		fail(ps, ps->p, go_errorf("want a field"));
		return NULL;
	}
	f = go_type_field_by_text(ps->type, ps->p, n);
	if (f == NULL)
		fail(ps, ps->p,
		     go_errorf("%s has no field \"%.*s\"",
			       go_type_name(ps->type), (int)n, ps->p));
	else
		ps->p += n;
	return f;
}

static enum op
parse_op(struct parser *ps, const go_field *f)
{
	// The longer ones first.
	static const struct {
		const char *token;
		enum op op;
	} ops[] = {{"==", EQ}, {"!=", NE}, {"<=", LE},
		   {"<", LT},  {">=", GE}, {">", GT}};
	const char *at;
	size_t i;

	skip_blanks(ps);
	at = ps->p;
	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!take(ps, ops[i].token))
			continue;
		if (ops[i].op > NE &&
		    go_type_kind(go_type_underlying(f->type)) == GO_KIND_ENUM)
			fail(ps, at,
			     go_errorf("%s has no order: == or !=",
				       go_type_name(f->type)));
		return ops[i].op;
	}
	fail(ps, at, go_errorf("want == != < <= > or >="));
	return EQ;
}

static void
parse_constant(struct parser *ps, const go_field *f, struct constant *c)
{
	const char *at, *start;
	char quote = '\0', *text;
	go_error *err;
	size_t n;

	skip_blanks(ps);
	at = start = ps->p;
	if (*at == '"' || *at == '\'') {
		quote = *start++;
		n = strcspn(start, quote == '"' ? "\"" : "'");
	} else {
		n = word(start);
	}
	if (quote != '\0' && start[n] == '\0') {
		fail(ps, at, go_errorf("the quote has no end"));
		return;
	}
	if (quote == '\0' && n == 0) {
		fail(ps, at, go_errorf("want a constant"));
		return;
	}
	ps->p = start + n + (quote != '\0');
	text = strndup(start, n);
	err = text == NULL ? GO_NO_MEMORY : constant_read(c, f, text);
	free(text);
	if (err != NULL)
		fail(ps, at, err);
}

static struct where *
parse_comparison(struct parser *ps)
{
	const go_field *f = parse_field(ps);
	struct where *w;

	if (ps->err != NULL)
		return NULL;
	w = new_node(ps, parse_op(ps, f), NULL, NULL);
	if (ps->err == NULL) {
		w->field = f;
		parse_constant(ps, f, &w->constant);
	}
	return w;
}

static struct where *parse_or(struct parser *ps);

static struct where *
parse_not(struct parser *ps)
{
	struct where *w;
	const char *at;

	skip_blanks(ps);
	at = ps->p;
	if (ps->depth == MAX_DEPTH) {
		fail(ps, at, go_errorf("more than %d deep", MAX_DEPTH));
		return NULL;
	}
	ps->depth++;
	if (take(ps, "!")) {
		w = new_node(ps, NOT, parse_not(ps), NULL);
	} else if (take(ps, "(")) {
		w = parse_or(ps);
		if (ps->err == NULL && !take(ps, ")"))
			fail(ps, ps->p, go_errorf("want )"));
	} else {
		w = parse_comparison(ps);
	}
	ps->depth--;
	return w;
}

static struct where *
parse_and(struct parser *ps)
{
	struct where *w = parse_not(ps);

	while (ps->err == NULL && take(ps, "&&"))
		w = new_node(ps, AND, w, parse_not(ps));
	return w;
}

static struct where *
parse_or(struct parser *ps)
{
	struct where *w = parse_and(ps);

	while (ps->err == NULL && take(ps, "||"))
		w = new_node(ps, OR, w, parse_and(ps));
	return w;
}

go_error *
where_new(const char *text, const go_type *t, struct where **out)
{
	struct parser ps = {.text = text, .p = text, .type = t};
	struct where *w = parse_or(&ps);

	skip_blanks(&ps);
	if (ps.err == NULL && *ps.p != '\0')
		fail(&ps, ps.p, go_errorf("want && or ||"));
	if (ps.err == NULL)
		*out = w;
	else
		where_free(w);
	return ps.err;
}

void
where_free(struct where *w)
{
	if (w == NULL)
		return;
	where_free(w->left);
	where_free(w->right);
	free(w->constant.text);
	free(w);
}

bool
where_match(const struct where *w, go_value v)
{
	int c;

	if (w == NULL)
		return true;
	if (w->op == OR)
		return where_match(w->left, v) || where_match(w->right, v);
	if (w->op == AND)
		return where_match(w->left, v) && where_match(w->right, v);
	if (w->op == NOT)
		return !where_match(w->left, v);
	c = constant_compare(&w->constant, go_value_of_field(v, w->field));
	switch (w->op) {
	case EQ:
		return c == 0;
	case NE:
		return c != 0;
	case LE:
		return c <= 0;
	case LT:
		return c < 0;
	case GE:
		return c >= 0;
	default:
		return c > 0;
	}
}
