// SPDX-License-Identifier: MIT
//
// Goroutine-local values: a list a goroutine, for there are few. A plain
// thread's are destroyed when it ends, by a key of pthread's.

#include "rt/local.h"

#include <pthread.h>
#include <stdlib.h>

#include "libgo/goroutine.h"
#include "rt/g.h"
#include "rt/lock.h"

struct go__local {
	const void *key;
	void *value;
	void (*destructor)(void *value);
	struct go__local *next;
};

// Threads have one key for all of libgo's values.
static struct {
	uint32_t lock;
	bool is_made;       // lock
	pthread_key_t key;  // immutable once made
} thread_end;

void
go__local_end(struct g *g)
{
	struct go__local *local, last;

	// A destructor may set values anew, defer, and exit.
	while ((local = g->locals) != NULL) {
		last = *local;
		g->locals = last.next;
		free(local);
		if (last.destructor != NULL)
			last.destructor(last.value);
		go__deeds_run(g, 0);
	}
}

static void
end_thread(void *g)
{
	go__local_end(g);
}

// have_key returns 0, or an errno if there is no key and none is left.
static int
have_key(void)
{
	int error = 0;

	go__lock(&thread_end.lock);
	if (!thread_end.is_made)
		error = pthread_key_create(&thread_end.key, end_thread);
	thread_end.is_made = error == 0;
	go__unlock(&thread_end.lock);
	return error;
}

// attend sees to it that what g, a plain thread, sets is destroyed in the end.
static void
attend(struct g *g)
{
	if (have_key() != 0)
		go_panic("go_set_local: no key for threads is left "
			 "(pthread_key_create)");
	if (pthread_setspecific(thread_end.key, g) != 0)
		go_panic("go_set_local: no memory");
}

// find returns where the link to key's value is, or the end of the list.
static struct go__local **
find(struct g *g, const void *key)
{
	struct go__local **link = &g->locals;

	while (*link != NULL && (*link)->key != key)
		link = &(*link)->next;
	return link;
}

void *
go_local(const void *key)
{
	struct go__local *local = *find(go__self(), key);

	return local != NULL ? local->value : NULL;
}

void
go_set_local(const void *key, void *value, void (*destructor)(void *value))
{
	struct g *g = go__self();
	struct go__local **link = find(g, key), *local = *link;

	if (value == NULL) {
		if (local != NULL) {
			*link = local->next;
			free(local);
		}
		return;
	}
	if (local == NULL) {
		if (g->kind == G_THREAD)
			attend(g);
		local = malloc(sizeof *local);
		if (local == NULL)
			go_panic("go_set_local: no memory");
		local->key = key;
		local->next = NULL;
		*link = local;
	}
	local->value = value;
	local->destructor = destructor;
}
