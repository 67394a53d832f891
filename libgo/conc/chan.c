// SPDX-License-Identifier: MIT
//
// Channels: a ring of values, and a queue of those who wait at either end.
//
// Invariants, whenever c->lock is free (stale waiters, whose select has been
// claimed elsewhere, do not count):
//   C1  Senders wait only while the ring is full, receivers only while it is
//       empty; so never both.
//   C2  Nobody waits at a closed channel.
//   C3  The oldest value is at head; n of them follow in ring order.
//
// A value goes from the sender's frame straight to a waiting receiver's, or
// to the ring. When a receiver makes room, the longest waiting sender's value
// moves to the ring at once: order is kept, and C1. A sender that is no
// goroutine but a source (chan.h) is served like any other; there is nobody to
// ready.
//
// Lifetime: nobody touches a channel after the unlock by which his call took
// effect; who parked does not touch it when he wakes. A select, which must take
// its other waiters back, is counted as a visitor until then. The last release
// passes through the lock before it frees, and so waits for the one who is just
// leaving; with visitors it leaves the channel to the last of them.

#include "conc/chan.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "libgo/goroutine.h"

enum { MAX_ALIGN = 4096 };

static void
copy(const struct go__chan *c, void *to, const void *from)
{
	switch (c->elem_size) {
	case 0:
		break;
	case 4:
		memcpy(to, from, 4);  // a move, not a call; likewise below
		break;
	case 8:
		memcpy(to, from, 8);
		break;
	case 16:
		memcpy(to, from, 16);
		break;
	default:
		memcpy(to, from, c->elem_size);
	}
}

static void
zero(const struct go__chan *c, void *value)
{
	if (value != NULL && c->elem_size > 0)
		memset(value, 0, c->elem_size);
}

// pop takes the longest waiter off q that can be served.
static struct go__waiter *
pop(struct go__chan *c, struct go__waitq *q)
{
	struct go__waiter *w = go__waitq_pop(q);

	if (w != NULL && w->ticket != 0) {
		assert(c->n_visitors > 0);
		c->n_visitors--;  // it is served: it need not come back
	}
	return w;
}

static void
set_n(struct go__chan *c, size_t n)
{
	store_rel(&c->n, n);  // [CH2] some look without the lock
}

static void
ring_put(struct go__chan *c, const void *value)
{
	size_t tail = c->head + c->n;

	assert(c->n < c->capacity);
	if (tail >= c->capacity)
		tail -= c->capacity;
	copy(c, c->ring + tail * c->elem_size, value);
	set_n(c, c->n + 1);
}

static void
ring_take(struct go__chan *c, void *value)
{
	assert(c->n > 0);
	if (value != NULL)
		copy(c, value, c->ring + c->head * c->elem_size);
	if (++c->head == c->capacity)
		c->head = 0;
	set_n(c, c->n - 1);
}

// The two below may look without the lock. A channel that is closed stays so:
// one that was seen full or empty, and then not closed, would have had the
// caller wait at the moment of the first look. [CH2] pairs with set_n and the
// queues: if what was seen came after a close, the close is seen too.

bool
go__chan_would_block_send(const struct go__chan *c)
{
	bool is_full = c->capacity > 0  // [CH2]
			       ? load_acq(&c->n) == c->capacity
			       : load_acq(&c->receivers.first) == NULL;

	return is_full && !load_rlx(&c->is_closed);  // ordered by the above
}

bool
go__chan_would_block_recv(const struct go__chan *c)
{
	bool is_empty = c->capacity > 0  // [CH2]
				? load_acq(&c->n) == 0
				: load_acq(&c->senders.first) == NULL;

	return is_empty && !load_rlx(&c->is_closed);  // ordered by the above
}

bool
go__chan_offer(struct go__chan *c, const void *value, bool *ok, struct g **wake)
{
	struct go__waiter *w;

	*ok = !c->is_closed;
	*wake = NULL;
	if (c->is_closed)
		return true;
	w = pop(c, &c->receivers);
	if (w != NULL) {
		assert(c->n == 0);  // C1
		if (w->slot != NULL)
			copy(c, w->slot, value);
		w->ok = true;
		*wake = w->g;
		return true;
	}
	if (c->n == c->capacity)
		return false;
	ring_put(c, value);
	return true;
}

static void
source_taken(struct go__waiter *w)
{
	struct go__source *s = (struct go__source *)(void *)w;

	if (s->taken != NULL)
		s->taken(s);
}

bool
go__chan_accept(struct go__chan *c, void *value, bool *ok, struct g **wake)
{
	struct go__waiter *w = NULL;

	*ok = true;
	*wake = NULL;
	if (c->n > 0) {
		ring_take(c, value);
		w = pop(c, &c->senders);
		if (w != NULL)
			ring_put(c, w->slot);
	} else {
		w = pop(c, &c->senders);
		if (w != NULL && value != NULL)
			copy(c, value, w->slot);
		if (w == NULL) {
			*ok = false;
			if (c->is_closed)
				zero(c, value);
			return c->is_closed;
		}
	}
	if (w != NULL) {
		w->ok = true;
		*wake = w->g;
		if (w->g == NULL)
			source_taken(w);
	}
	return true;
}

// wait_forever is what a NULL channel has its callers do.
static void
wait_forever(void)
{
	uint32_t lock = 0;

	go__lock(&lock);
	go__park(&lock, GO__WHY_NIL_CHAN);
}

// wait parks the caller on q, and returns the answer of who served it.
static bool
wait(struct go__chan *c, struct go__waitq *q, void *value, enum go__why why)
{
	// On this stack: the goroutine cannot leave this frame before someone
	// took the waiter off the queue.
	struct go__waiter self = {.g = go__self(), .slot = value};

	go__waitq_push(q, &self);
	go__park(&c->lock, why);
	return self.ok;
}

bool
go__chan_send(go__chan_ref ref, const void *value)
{
	struct go__chan *c = go__chan_of(ref);
	struct g *wake;
	bool ok;

	if (c == NULL)
		wait_forever();
	go__lock(&c->lock);
	if (!go__chan_offer(c, value, &ok, &wake))
		return wait(c, &c->senders, (void *)(uintptr_t)value,
			    GO__WHY_SEND);
	go__unlock(&c->lock);
	if (wake != NULL)
		go__ready(wake);
	return ok;
}

bool
go__chan_recv(go__chan_ref ref, void *value)
{
	struct go__chan *c = go__chan_of(ref);
	struct g *wake;
	bool ok;

	if (c == NULL)
		wait_forever();
	go__lock(&c->lock);
	if (!go__chan_accept(c, value, &ok, &wake))
		return wait(c, &c->receivers, value, GO__WHY_RECV);
	go__unlock(&c->lock);
	if (wake != NULL)
		go__ready(wake);
	return ok;
}

bool
go__chan_try_send(go__chan_ref ref, const void *value)
{
	struct go__chan *c = go__chan_of(ref);
	struct g *wake;
	bool ok;

	if (c == NULL || go__chan_would_block_send(c))
		return false;
	go__lock(&c->lock);
	if (!go__chan_offer(c, value, &ok, &wake))
		ok = false;
	go__unlock(&c->lock);
	if (wake != NULL)
		go__ready(wake);
	return ok;
}

bool
go__chan_try_recv(go__chan_ref ref, void *value)
{
	struct go__chan *c = go__chan_of(ref);
	struct g *wake;
	bool ok;

	if (c == NULL || go__chan_would_block_recv(c))
		return false;
	go__lock(&c->lock);
	go__chan_accept(c, value, &ok, &wake);
	go__unlock(&c->lock);
	if (wake != NULL)
		go__ready(wake);
	return ok;
}

// turn_away moves all waiters of q to out, unserved.
static void
turn_away(struct go__chan *c, struct go__waitq *q, struct go__waitq *out)
{
	struct go__waiter *w;

	while ((w = pop(c, q)) != NULL) {
		w->ok = false;
		if (q == &c->receivers)
			zero(c, w->slot);
		go__waitq_push(out, w);
	}
}

bool
go__chan_close(go__chan_ref ref)
{
	struct go__chan *c = go__chan_of(ref);
	struct go__waitq out = {NULL, NULL};
	bool was_closed;

	if (c == NULL)
		go_panic("go_close: the channel is NULL");
	go__lock(&c->lock);
	was_closed = c->is_closed;
	store_rlx(&c->is_closed, true);  // some look without the lock
	turn_away(c, &c->senders, &out);
	turn_away(c, &c->receivers, &out);
	go__unlock(&c->lock);
	go__ready_all(&out);
	return !was_closed;
}

// alignment returns what an element may need: its size is a multiple of that.
static size_t
alignment(size_t elem_size)
{
	size_t align = elem_size & -elem_size;

	if (align < _Alignof(max_align_t))
		return _Alignof(max_align_t);
	return align < MAX_ALIGN ? align : MAX_ALIGN;
}

go__chan_ref
go__chan_make(size_t elem_size, size_t capacity)
{
	size_t align = alignment(elem_size), size;
	size_t head = (sizeof(struct go__chan) + align - 1) & -align;
	struct go__chan *c;

	if (__builtin_mul_overflow(elem_size, capacity, &size) ||
	    __builtin_add_overflow(size, head + align, &size) ||
	    size > PTRDIFF_MAX)
		return NULL;
	c = aligned_alloc(align, size & -align);
	if (c == NULL)
		return NULL;
	*c = (struct go__chan){
		.refs = 1,
		.capacity = capacity,
		.elem_size = elem_size,
		.ring = (char *)c + head,
	};
	return (go__chan_ref)(uintptr_t)c;
}

go__chan_ref
go__chan_retain(go__chan_ref ref)
{
	if (ref != NULL)
		add_rlx(&go__chan_of(ref)->refs, 1);  // one is held: [CH1]
	return ref;
}

static void
destroy(struct go__chan *c)
{
	assert(c->senders.first == NULL && c->receivers.first == NULL);
	for (; c->drop != NULL && c->n > 0; ring_take(c, NULL))
		c->drop(c->ring + c->head * c->elem_size);
	free(c);
}

void
go__chan_release(go__chan_ref ref)
{
	struct go__chan *c = go__chan_of(ref);

	bool is_last;

	// [CH1] pairs with itself: the last one sees what the others did.
	if (c == NULL || sub_acqrel(&c->refs, 1) > 0)
		return;
	go__lock(&c->lock);
	is_last = c->n_visitors == 0;
	c->is_orphan = true;
	go__unlock(&c->lock);
	if (is_last)
		destroy(c);
}

void
go__chan_visit(struct go__chan *c, struct go__waitq *q, struct go__waiter *w)
{
	c->n_visitors++;
	go__waitq_push(q, w);
}

void
go__chan_leave(struct go__chan *c, struct go__waitq *q, struct go__waiter *w)
{
	bool is_last;

	go__lock(&c->lock);
	go__waitq_remove(q, w);
	is_last = --c->n_visitors == 0 && c->is_orphan;
	go__unlock(&c->lock);
	if (is_last)
		destroy(c);
}

void
go__chan_on_drop(go__chan_ref ref, void (*fn)(void *value))
{
	struct go__chan *c = go__chan_of(ref);

	if (c == NULL)
		return;
	go__lock(&c->lock);
	c->drop = fn;
	go__unlock(&c->lock);
}

size_t
go__chan_len(go__chan_ref ref)
{
	// Relaxed: a number that was true at some instant.
	return ref != NULL ? load_rlx(&go__chan_of(ref)->n) : 0;
}

size_t
go__chan_cap(go__chan_ref ref)
{
	return ref != NULL ? go__chan_of(ref)->capacity : 0;
}
