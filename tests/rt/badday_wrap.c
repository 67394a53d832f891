// SPDX-License-Identifier: MIT
//
// The calls that the linker leads here: __wrap_x is what x is to the library,
// __real_x what it is to all others.

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include "badday.h"
#include "rt/atomic.h"

static struct badday today;
static uint32_t is_on;   // atomic; today is immutable while it is 1
static int64_t n_calls;  // atomic
static int64_t n_live;   // atomic

void
badday_begin(const struct badday *day)
{
	today = *day;
	store_seq(&n_calls, 0);
	store_seq(&is_on, 1);  // seen by the threads that are made later
}

int64_t
badday_end(void)
{
	store_seq(&is_on, 0);
	return load_seq(&n_calls);
}

int64_t
badday_live(void)
{
	return load_seq(&n_live);
}

bool
badday_is_for_good(void)
{
	return today.for_good;
}

// fails counts a call and tells whether it is to fail.
static bool
fails(enum badday_call call)
{
	int64_t n;

	if (load_seq(&is_on) == 0 || (today.calls & 1u << call) == 0)
		return false;
	n = add_seq(&n_calls, 1);
	return n == today.n || (today.for_good && n > today.n);
}

// refuse is fails for what sets errno.
static bool
refuse(enum badday_call call, int error)
{
	bool is_refused = fails(call);

	if (is_refused)
		errno = error;
	return is_refused;
}

static void *
counted(void *p)
{
	if (p != NULL)
		add_seq(&n_live, 1);
	return p;
}

// WRAP defines what is led here: it fails with error as its result, and errno
// set, or is the real one.
#define WRAP(type, call, params, args, result, error)                          \
	type __real_##call params;                                             \
	type __wrap_##call params;                                             \
	type __wrap_##call params                                              \
	{                                                                      \
		if (refuse(BADDAY_##call, error))                              \
			return result;                                         \
		return __real_##call args;                                     \
	}

WRAP(void *, mmap, (void *p, size_t n, int prot, int how, int fd, off_t at),
     (p, n, prot, how, fd, at), MAP_FAILED, ENOMEM)
WRAP(int, madvise, (void *p, size_t n, int advice), (p, n, advice), -1, EINVAL)
WRAP(int, mprotect, (void *p, size_t n, int prot), (p, n, prot), -1, ENOMEM)
WRAP(int, pthread_create,
     (pthread_t * thread, const pthread_attr_t *attr, void *(*fn)(void *),
      void *arg),
     (thread, attr, fn, arg), EAGAIN, EAGAIN)
WRAP(int, pthread_key_create, (pthread_key_t * key, void (*fn)(void *)),
     (key, fn), EAGAIN, EAGAIN)
WRAP(int, pthread_setspecific, (pthread_key_t key, const void *value),
     (key, value), ENOMEM, ENOMEM)
WRAP(int, epoll_create1, (int flags), (flags), -1, EMFILE)
WRAP(int, eventfd, (unsigned count, int flags), (count, flags), -1, EMFILE)
WRAP(int, sigaltstack, (const stack_t *stack, stack_t *old), (stack, old), -1,
     ENOMEM)

void
badday_thread(void *(*fn)(void *arg), void *arg)
{
	pthread_t thread;

	EXPECT(__real_pthread_create(&thread, NULL, fn, arg) == 0);
	pthread_join(thread, NULL);
}

int __real_epoll_ctl(int epoll, int op, int fd, struct epoll_event *e);
int __wrap_epoll_ctl(int epoll, int op, int fd, struct epoll_event *e);

// To give something back does not fail.
int
__wrap_epoll_ctl(int epoll, int op, int fd, struct epoll_event *e)
{
	if (op != EPOLL_CTL_DEL && refuse(BADDAY_epoll_ctl, ENOSPC))
		return -1;
	return __real_epoll_ctl(epoll, op, fd, e);
}

int __real_fcntl(int fd, int op, long arg);
int __wrap_fcntl(int fd, int op, long arg);

int
__wrap_fcntl(int fd, int op, long arg)
{
	return refuse(BADDAY_fcntl, EMFILE) ? -1 : __real_fcntl(fd, op, arg);
}

int __real_open(const char *path, int how, int mode);
int __wrap_open(const char *path, int how, int mode);

int
__wrap_open(const char *path, int how, int mode)
{
	return refuse(BADDAY_open, EMFILE) ? -1 : __real_open(path, how, mode);
}

long __real_syscall(long n, long a, long b, long c, long d, long e, long f);
long __wrap_syscall(long n, long a, long b, long c, long d, long e, long f);

long
__wrap_syscall(long n, long a, long b, long c, long d, long e, long f)
{
	if (n == SYS_membarrier && refuse(BADDAY_membarrier, EPERM))
		return -1;
	return __real_syscall(n, a, b, c, d, e, f);
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t align, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t align, size_t n);
void __wrap_free(void *p);

void *
__wrap_malloc(size_t n)
{
	return refuse(BADDAY_malloc, ENOMEM) ? NULL : counted(__real_malloc(n));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return refuse(BADDAY_malloc, ENOMEM) ? NULL
					     : counted(__real_calloc(n, size));
}

void *
__wrap_realloc(void *p, size_t n)
{
	if (refuse(BADDAY_malloc, ENOMEM))
		return NULL;
	return p == NULL ? counted(__real_realloc(p, n)) : __real_realloc(p, n);
}

void *
__wrap_aligned_alloc(size_t align, size_t n)
{
	return refuse(BADDAY_malloc, ENOMEM)
		       ? NULL
		       : counted(__real_aligned_alloc(align, n));
}

void
__wrap_free(void *p)
{
	if (p != NULL)
		add_seq(&n_live, -1);
	__real_free(p);
}
