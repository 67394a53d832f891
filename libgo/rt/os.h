// SPDX-License-Identifier: MIT
//
// os: every system call of the runtime, each with its contract.
//
// Results are 0 or -errno unless said otherwise; errno is left alone.

#ifndef RT_OS_H
#define RT_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libgo/base.h"

// go__os_now reads the monotonic clock.
go_time go__os_now(void);

// go__os_coarse_now reads it as it was at the kernel's last tick.
go_time go__os_coarse_now(void);

// go__os_wait sleeps while *word equals value, until somebody calls
// go__os_wake or the deadline (GO__NEVER: none) passes. It may wake early.
void go__os_wait(uint32_t *word, uint32_t value, go_time deadline);

// go__os_nap sleeps until then, or less.
void go__os_nap(go_time until);

// go__os_wake wakes up to n threads that sleep on word. The word may be gone.
void go__os_wake(uint32_t *word, int n);

// go__os_cpus returns how many CPUs this process may use, at least 1: by its
// affinity mask and the quotas of its control groups (cpus.c).
int go__os_cpus(void);

// go__os_is_main_thread tells whether the caller is the process's first
// thread.
bool go__os_is_main_thread(void);

// go__os_thread starts a detached thread. It inherits the signal mask of the
// calling thread.
int go__os_thread(void *(*fn)(void *), void *arg);

// go__os_thread_id returns the calling thread's number.
int go__os_thread_id(void);

// go__os_thread_is_blocked tells whether a thread of this process sleeps in
// the kernel; false when that cannot be known.
bool go__os_thread_is_blocked(int tid);

// go__os_threads returns how many threads the process has, -1 if unknown.
int go__os_threads(void);

// go__os_barrier makes every running thread of the process pass a full memory
// barrier. -ENOSYS and the like where the kernel (before 4.14) cannot.
int go__os_barrier(void);

// go__os_reserve maps size bytes of zeros that cost memory only when touched;
// NULL when there is no room.
void *go__os_reserve(size_t size);
void go__os_release(void *p, size_t size);

// go__os_renew makes them zeros again that cost nothing, as go__os_reserve gave
// them, page tables included. -EFAULT if p is no mapping any more; after
// another failure it is as it was.
int go__os_renew(void *p, size_t size);

// go__os_discard makes them zeros again, and leaves guards where they are.
int go__os_discard(void *p, size_t size);

// go__os_page returns the size of a page. Who does not need it does not call.
size_t go__os_page(void) __attribute__((const));

// go__os_guard makes them fault when touched, without a mapping of their own.
// -EINVAL and the like where the kernel (before 6.13) cannot.
int go__os_guard(void *p, size_t size);

// go__os_unguard makes them zeros again.
int go__os_unguard(void *p, size_t size);

// go__os_protect forbids to touch them, or allows it again; whole pages.
int go__os_protect(void *p, size_t size, bool is_allowed);

// go__os_max_mappings returns how many mappings a process may have.
size_t go__os_max_mappings(void);

// go__os_write writes all of text to fd, as far as the world lets it.
void go__os_write(int fd, const char *text, size_t n);

// go__os_yield lets another thread of the machine run.
void go__os_yield(void);

// go__os_pause tells the CPU that it waits in a loop.
static inline void
go__os_pause(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#elif defined(__aarch64__)
	__asm__ volatile("isb" ::: "memory");
#endif
}

#endif
