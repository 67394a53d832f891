// SPDX-License-Identifier: MIT
//
// tools: what the sanitizers must be told about stacks that change.
//
// The only place that knows them. The build defines GO__TSAN in its thread
// sanitizer mode, where rt/ itself is compiled without instrumentation: its
// own hand-overs are told here by go__tools_release and go__tools_acquire, so
// that a goroutine's switch orders nothing that the program did not order. What
// a thread does for a goroutine that it has left (sched.c, settle) counts as
// done by the one that it has come to.
//
// The build defines GO__VALGRIND in its valgrind mode, which alone needs
// valgrind's headers.

#ifndef RT_TOOLS_H
#define RT_TOOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__SANITIZE_ADDRESS__)
#define GO__ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GO__ASAN 1
#endif
#endif

#if defined(GO__VALGRIND)
#include <valgrind/memcheck.h>
#endif

// struct go__tools is what the tools keep for a stack; owned by who runs on it.
struct go__tools {
	void *fiber;         // thread sanitizer, valgrind: the stack's identity
	void *fake;          // address sanitizer: its fake stack
	const void *bottom;  // address sanitizer: its extent, once known
	size_t size;
};

// go__tools_known says that what is at p is a value, wherever it was read.
static inline void
go__tools_known(void *p, size_t size)
{
#if defined(GO__VALGRIND)
	VALGRIND_MAKE_MEM_DEFINED(p, size);
#else
	(void)p;
	(void)size;
#endif
}

#if defined(GO__TSAN)

void __tsan_acquire(void *addr);
void __tsan_release(void *addr);
void *__tsan_get_current_fiber(void);
void *__tsan_create_fiber(unsigned flags);
void __tsan_destroy_fiber(void *fiber);
void __tsan_switch_to_fiber(void *fiber, unsigned flags);

static inline void
go__tools_release(void *p)
{
	__tsan_release(p);
}

static inline void
go__tools_acquire(void *p)
{
	__tsan_acquire(p);
}

static inline void
go__tools_thread(struct go__tools *t)
{
	t->fiber = __tsan_get_current_fiber();
}

static inline void
go__tools_born(struct go__tools *t, char *lo, size_t size)
{
	(void)lo;
	(void)size;
	t->fiber = __tsan_create_fiber(0);
}

static inline void
go__tools_died(struct go__tools *t)
{
	__tsan_destroy_fiber(t->fiber);
	t->fiber = NULL;
}

static inline void
go__tools_leave(struct go__tools *from, struct go__tools *to, bool for_good)
{
	(void)from;
	(void)for_good;
	__tsan_switch_to_fiber(to->fiber, 1);  // 1: orders nothing
}

static inline void
go__tools_arrive(struct go__tools *self, struct go__tools *from)
{
	(void)self;
	(void)from;
}

#else

static inline void
go__tools_release(void *p)
{
	(void)p;
}

static inline void
go__tools_acquire(void *p)
{
	(void)p;
}

#if defined(GO__ASAN)

void __sanitizer_start_switch_fiber(void **fake, const void *bottom,
				    size_t size);
void __sanitizer_finish_switch_fiber(void *fake, const void **bottom,
				     size_t *size);
void __asan_unpoison_memory_region(const volatile void *p, size_t n);
void __lsan_register_root_region(const void *p, size_t n);
void __lsan_unregister_root_region(const void *p, size_t n);

static inline void
go__tools_thread(struct go__tools *t)
{
	(void)t;
}

static inline void
go__tools_born(struct go__tools *t, char *lo, size_t size)
{
	t->bottom = lo;
	t->size = size;
	t->fake = NULL;
	// Frames of an earlier goroutine that never returned left poison.
	__asan_unpoison_memory_region(lo, size);
	__lsan_register_root_region(lo, size);
}

static inline void
go__tools_died(struct go__tools *t)
{
	__lsan_unregister_root_region(t->bottom, t->size);
}

static inline void
go__tools_leave(struct go__tools *from, struct go__tools *to, bool for_good)
{
	__sanitizer_start_switch_fiber(for_good ? NULL : &from->fake,
				       to->bottom, to->size);
}

// The stack that was left may be a thread's, whose extent is learnt here.
static inline void
go__tools_arrive(struct go__tools *self, struct go__tools *from)
{
	__sanitizer_finish_switch_fiber(self->fake, &from->bottom, &from->size);
}

#else

static inline void
go__tools_thread(struct go__tools *t)
{
	(void)t;
}

// Valgrind takes a stack pointer that moves within one stack for calls and
// returns; that it has changed the stack it knows by their extents. What an
// earlier goroutine returned from is no longer out of bounds.
static inline void
go__tools_born(struct go__tools *t, char *lo, size_t size)
{
#if defined(GO__VALGRIND)
	VALGRIND_MAKE_MEM_DEFINED(lo, size);
	t->fiber =
		(void *)(uintptr_t)VALGRIND_STACK_REGISTER(lo, lo + size - 1);
#else
	(void)t;
	(void)lo;
	(void)size;
#endif
}

static inline void
go__tools_died(struct go__tools *t)
{
#if defined(GO__VALGRIND)
	VALGRIND_STACK_DEREGISTER((uintptr_t)t->fiber);
#else
	(void)t;
#endif
}

static inline void
go__tools_leave(struct go__tools *from, struct go__tools *to, bool for_good)
{
	(void)from;
	(void)to;
	(void)for_good;
}

static inline void
go__tools_arrive(struct go__tools *self, struct go__tools *from)
{
	(void)self;
	(void)from;
}

#endif
#endif
#endif
