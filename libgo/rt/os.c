// SPDX-License-Identifier: MIT

#include "rt/os.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "rt/park.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#define MADV_GUARD_REMOVE 103
#endif

enum { MAX_MAPPINGS = 65530 };  // the kernel's own choice

go_time
go__os_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (go_time)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

go_time
go__os_coarse_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	return (go_time)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static long
futex(uint32_t *word, int op, uint32_t value, const struct timespec *until)
{
	return syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, until,
		       NULL, FUTEX_BITSET_MATCH_ANY);
}

void
go__os_wait(uint32_t *word, uint32_t value, go_time deadline)
{
	struct timespec ts;
	int saved = errno;

	if (deadline == GO__NEVER) {
		futex(word, FUTEX_WAIT_BITSET, value, NULL);
	} else {
		// The bitset form takes an instant, not a duration.
		ts.tv_sec = deadline > 0 ? deadline / 1000000000 : 0;
		ts.tv_nsec = deadline > 0 ? deadline % 1000000000 : 0;
		futex(word, FUTEX_WAIT_BITSET, value, &ts);
	}
	errno = saved;
}

void
go__os_nap(go_time until)
{
	static uint32_t nobody;  // nobody wakes it

	go__os_wait(&nobody, 0, until);
}

void
go__os_wake(uint32_t *word, int n)
{
	int saved = errno;

	futex(word, FUTEX_WAKE, (uint32_t)n, NULL);
	errno = saved;
}

bool
go__os_is_main_thread(void)
{
	return syscall(SYS_gettid) == getpid();
}

int
go__os_thread(void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;
	int saved = errno;
	int error = pthread_attr_init(&attr);

	if (error != 0)
		return -error;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	error = pthread_create(&thread, &attr, fn, arg);
	pthread_attr_destroy(&attr);
	errno = saved;
	return -error;
}

int
go__os_thread_id(void)
{
	return (int)syscall(SYS_gettid);
}

bool
go__os_thread_is_blocked(int tid)
{
	char path[64], text[256];
	const char *state = NULL;
	int saved = errno, fd;
	ssize_t n = -1;

	snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof text - 1);
		close(fd);
	}
	if (n > 0) {
		// "tid (name) state ...", where name may hold anything.
		text[n] = '\0';
		state = strrchr(text, ')');
	}
	errno = saved;
	return state != NULL && state[1] == ' ' &&
	       (state[2] == 'S' || state[2] == 'D');
}

int
go__os_threads(void)
{
	struct stat s;
	int saved = errno;
	// The folder has one in it for each thread; this needs no descriptor.
	int n = stat("/proc/self/task", &s) == 0 ? (int)s.st_nlink - 2 : -1;

	errno = saved;
	return n;
}

int
go__os_barrier(void)
{
	static uint32_t is_registered;  // atomic
	int saved = errno, result = 0;

	// Registering twice is harmless.
	if (load_rlx(&is_registered) == 0 &&
	    syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
		    0, 0) == 0)
		store_rlx(&is_registered, 1);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) !=
	    0)
		result = -errno;
	errno = saved;
	return result;
}

// map maps zeros, at p if that is not NULL.
static void *
map(void *p, size_t size)
{
	int at = p != NULL ? MAP_FIXED : 0;
	void *got = mmap(p, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
				 MAP_STACK | at,
			 -1, 0);

	if (got == MAP_FAILED)
		return NULL;
	// As all of its slab, or it would be a mapping of its own.
	madvise(got, size, MADV_NOHUGEPAGE);
	return got;
}

void *
go__os_reserve(size_t size)
{
	int saved = errno;
	void *p = map(NULL, size);

	errno = saved;
	return p;
}

void
go__os_release(void *p, size_t size)
{
	int saved = errno;

	munmap(p, size);
	errno = saved;
}

size_t
go__os_page(void)
{
	static size_t page;  // atomic; the same whoever asks first

	if (load_rlx(&page) == 0)
		store_rlx(&page, (size_t)sysconf(_SC_PAGESIZE));
	return page;
}

int
go__os_renew(void *p, size_t size)
{
	int saved = errno, result = 0;

	if (map(p, size) == NULL) {
		result = -errno;
		// Older kernels unmap first and may fail then.
		if (madvise(p, size, MADV_DONTNEED) != 0 && errno == ENOMEM)
			result = -EFAULT;
	}
	errno = saved;
	return result;
}

static int
advise(void *p, size_t size, int advice)
{
	int saved = errno;
	int result = madvise(p, size, advice) == 0 ? 0 : -errno;

	errno = saved;
	return result;
}

int
go__os_discard(void *p, size_t size)
{
	return advise(p, size, MADV_DONTNEED);
}

int
go__os_guard(void *p, size_t size)
{
	return advise(p, size, MADV_GUARD_INSTALL);
}

int
go__os_unguard(void *p, size_t size)
{
	return advise(p, size, MADV_GUARD_REMOVE);
}

int
go__os_protect(void *p, size_t size, bool is_allowed)
{
	int saved = errno, result = 0;

	if (mprotect(p, size, is_allowed ? PROT_READ | PROT_WRITE : PROT_NONE))
		result = -errno;
	errno = saved;
	return result;
}

size_t
go__os_max_mappings(void)
{
	char text[32];
	int saved = errno;
	int fd = open("/proc/sys/vm/max_map_count", O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;
	long n = 0;

	if (fd >= 0) {
		got = read(fd, text, sizeof text - 1);
		close(fd);
	}
	if (got > 0) {
		text[got] = '\0';
		n = strtol(text, NULL, 10);
	}
	errno = saved;
	return n > 0 ? (size_t)n : MAX_MAPPINGS;
}

void
go__os_write(int fd, const char *text, size_t n)
{
	int saved = errno;
	ssize_t done;

	while (n > 0) {
		done = write(fd, text, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			break;
		text += done;
		n -= (size_t)done;
	}
	errno = saved;
}

void
go__os_yield(void)
{
	int saved = errno;

	sched_yield();
	errno = saved;
}
