// SPDX-License-Identifier: MIT
//
// Errors: immutable, counted, each in one allocation with its text.
//
// There are three kinds. One that was made has refs > 0. A constant has refs
// 0 and is never written. One for an errno has no object at all: its address
// is that of a byte in a table, and the byte's place is the number; so there
// is nothing to allocate, to initialise, or to race for.
//
// Invariants:
//   I1  Nothing but refs changes once an error has been returned.
//   I2  An error holds one reference on each error it wraps; these are older
//       than it, so that there is no cycle. Dropping a reference is acquire
//       and release [ER1]: the free comes after what all others did.
//
// Errors wrap in chains and joins of any length, which goroutines with small
// stacks walk. Freeing links the dead errors to a list. A search descends
// into the largest branch by a loop and calls itself for the others only,
// each of which holds at most half of what is below: a depth of 64 at most.

#include "conc/error.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rt/atomic.h"

enum { ERRNO_LIMIT = 4096 };  // the kernel's numbers are below it

struct go_error {
	uint32_t refs;    // atomic; 0 in constants
	int errnum;       // immutable, as all below; the first of the tree
	uint64_t weight;  // number of errors in the tree, saturated
	const char *text;
	size_t n_wrapped;
	struct go_error **wrapped;
	struct go_error *next_dead;  // go_error_free's list
};

static char errnos[ERRNO_LIMIT];

struct go_error go__canceled = {.text = "context canceled"};
struct go_error go__deadline_exceeded = {.text = "context deadline exceeded"};
struct go_error go__closed = {.text = "closed"};
struct go_error go__eof = {.text = "EOF"};
struct go_error go__no_memory = {.errnum = ENOMEM, .text = "out of memory"};

// errno_of returns the number of an error that is an errno's, else 0.
static int
errno_of(const go_error *e)
{
	uintptr_t place = (uintptr_t)e - (uintptr_t)errnos;

	return place < ERRNO_LIMIT ? (int)place : 0;
}

// is_made tells whether e is counted.
static bool
is_made(const go_error *e)
{
	// Relaxed: only whether it is 0 matters, which never changes.
	return e != NULL && errno_of(e) == 0 && load_rlx(&e->refs) != 0;
}

go_error *
go__error_make(size_t n, size_t size, char **text)
{
	go_error *e = malloc(sizeof *e + n * sizeof(go_error *) + size);

	if (e == NULL)
		return NULL;
	*e = (go_error){.refs = 1, .weight = 1};
	e->wrapped = (go_error **)(e + 1);
	*text = (char *)(e->wrapped + n);
	e->text = *text;
	return e;
}

void
go__error_wrap(go_error *e, go_error *below)
{
	uint64_t weight = is_made(below) ? below->weight : 1;

	e->wrapped[e->n_wrapped++] = go_error_retain(below);  // I2
	if (e->errnum == 0)
		e->errnum = go_error_errno(below);
	if (__builtin_add_overflow(e->weight, weight, &e->weight))
		e->weight = UINT64_MAX;
}

const char *
go_error_text(const go_error *e)
{
	const char *text;

	if (e == NULL)
		return "no error";
	if (errno_of(e) == 0)
		return e->text;
	text = strerrordesc_np(errno_of(e));
	return text != NULL ? text : "unknown error";
}

bool
go_error_is(const go_error *e, const go_error *target)
{
	size_t heaviest;

	while (e != target) {
		if (!is_made(e) || e->n_wrapped == 0)
			return false;
		heaviest = 0;
		for (size_t i = 1; i < e->n_wrapped; i++) {
			const go_error *a = e->wrapped[i];
			const go_error *b = e->wrapped[heaviest];

			if (is_made(a) &&
			    (!is_made(b) || a->weight > b->weight))
				heaviest = i;
		}
		for (size_t i = 0; i < e->n_wrapped; i++) {
			if (i != heaviest && go_error_is(e->wrapped[i], target))
				return true;
		}
		e = e->wrapped[heaviest];
	}
	return true;
}

int
go_error_errno(const go_error *e)
{
	int n;

	if (e == NULL)
		return 0;
	n = errno_of(e);
	return n != 0 ? n : e->errnum;
}

go_error *
go_error_from_errno(int n)
{
	if (n == 0)
		return NULL;
	if (n == ENOMEM || n == -ENOMEM)
		return GO_NO_MEMORY;
	if (n < 0)
		n = n > -ERRNO_LIMIT ? -n : EIO;
	if (n >= ERRNO_LIMIT)
		n = EIO;  // no system call says so
	return (go_error *)(void *)&errnos[n];
}

go_error *
go__error_join_all(go_error *const *list, size_t n)
{
	go_error *e;
	size_t size = 1, length;
	char *text;

	if (n == 0)
		return NULL;
	if (n == 1)
		return go_error_retain(list[0]);
	for (size_t i = 0; i < n; i++)
		size += strlen(go_error_text(list[i])) + 1;
	e = go__error_make(n, size, &text);
	if (e == NULL)
		return GO_NO_MEMORY;
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*text++ = '\n';
		length = strlen(go_error_text(list[i]));
		memcpy(text, go_error_text(list[i]), length);
		text += length;
		go__error_wrap(e, list[i]);
	}
	*text = '\0';
	return e;
}

go_error *
go_error_join(go_error *a, go_error *b)
{
	if (a == NULL || b == NULL)
		return go_error_retain(a != NULL ? a : b);
	return go__error_join_all((go_error *[]){a, b}, 2);
}

go_error *
go_error_retain(go_error *e)
{
	// Relaxed: the caller's own reference keeps it alive.
	if (is_made(e))
		add_rlx(&e->refs, 1);
	return e;
}

// drop gives up one reference, and puts e on the list if it was the last.
static void
drop(go_error *e, go_error **dead)
{
	if (!is_made(e))
		return;
	assert(load_rlx(&e->refs) < UINT32_MAX / 2);  // a guess at misuse
	// [ER1] pairs with itself: whatever others did with e comes before the
	// last one frees it.
	if (sub_acqrel(&e->refs, 1) != 0)
		return;
	e->next_dead = *dead;
	*dead = e;
}

void
go_error_free(go_error *e)
{
	go_error *dead = NULL;

	drop(e, &dead);
	while ((e = dead) != NULL) {
		dead = e->next_dead;
		for (size_t i = 0; i < e->n_wrapped; i++)
			drop(e->wrapped[i], &dead);
		free(e);
	}
}
