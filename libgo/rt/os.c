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
#endif

enum {
	// The kernel allows 65,530 mappings; a guard made by mprotect costs
	// two, and the program needs some of its own.
	GUARD_MAPPINGS = 16000,
};

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

void *
go__os_reserve(size_t size)
{
	void *p;
	int saved = errno;

	p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1,
		 0);
	if (p == MAP_FAILED)
		p = NULL;
	else
		madvise(p, size, MADV_NOHUGEPAGE);
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
go__os_guard(void *p)
{
	static uint32_t n_mapped;    // atomic
	static uint32_t no_install;  // atomic; the kernel is older than 6.13
	size_t page = go__os_page();
	int saved = errno;
	int result = 0;

	if (load_rlx(&no_install) == 0) {
		if (madvise(p, page, MADV_GUARD_INSTALL) == 0)
			goto out;
		store_rlx(&no_install, 1);
	}
	if (load_rlx(&n_mapped) >= GUARD_MAPPINGS) {
		result = -ENOMEM;
	} else if (mprotect(p, page, PROT_NONE) != 0) {
		result = -errno;
	} else {
		add_rlx(&n_mapped, 1);
	}
out:
	errno = saved;
	return result;
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
