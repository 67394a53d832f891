// SPDX-License-Identifier: MIT
//
// badday: calls to the system and to libc that fail when the test wants.
//
// The linker leads the calls that the library, the test's own among them,
// makes by name to badday_wrap.c (-Wl,--wrap, see the Makefile). There they are
// counted, and from the n-th on one or all fail. What libc does inside is not
// seen: pthread_create fails as a whole, or not at all.

#ifndef TESTS_RT_BADDAY_H
#define TESTS_RT_BADDAY_H

#include <stdbool.h>
#include <stdint.h>

// The calls that can fail; "malloc" stands for its family.
#define BADDAY_CALLS(X)                                                        \
	X(malloc)                                                              \
	X(mmap)                                                                \
	X(madvise)                                                             \
	X(mprotect)                                                            \
	X(pthread_create)                                                      \
	X(pthread_key_create)                                                  \
	X(pthread_setspecific)                                                 \
	X(epoll_create1)                                                       \
	X(epoll_ctl)                                                           \
	X(eventfd)                                                             \
	X(fcntl)                                                               \
	X(open)                                                                \
	X(membarrier)                                                          \
	X(sigaltstack)

#define BADDAY_ENUM(call) BADDAY_##call,
enum badday_call { BADDAY_CALLS(BADDAY_ENUM) BADDAY_COUNT };
#undef BADDAY_ENUM

#define BADDAY_BIT(call) (1u << BADDAY_##call)

// struct badday is what shall happen, and what has.
struct badday {
	uint32_t calls;  // BADDAY_BITs: these are counted together
	int64_t n;       // this one fails, the first is 1
	bool for_good;   // and all after it
};

// badday_begin counts from now on; badday_end lets all succeed again, and
// returns how many were counted.
void badday_begin(const struct badday *day);
int64_t badday_end(void);

// badday_live returns how many allocations have not been freed.
int64_t badday_live(void);

// badday_is_for_good tells whether what failed fails again and again.
bool badday_is_for_good(void);

// badday_thread runs fn(arg) on a thread, which can be had, and joins it.
void badday_thread(void *(*fn)(void *arg), void *arg);

// struct scene is a piece of a program's life. play may panic, wherever
// something was refused; badday_tidy then lets go of what play left, and play
// must work when all is well again. Both run on one goroutine or thread.
struct scene {
	const char *name;
	void (*play)(void);
};

#define BADDAY_SCENES(X)                                                       \
	X(crowd)                                                               \
	X(sizes)                                                               \
	X(try_start)                                                           \
	X(wait_here)                                                           \
	X(naps)                                                                \
	X(timers)                                                              \
	X(select_some)                                                         \
	X(select_fd)                                                           \
	X(poller)                                                              \
	X(processors)                                                          \
	X(hogs)                                                                \
	X(blockers)                                                            \
	X(locks)                                                               \
	X(contexts)                                                            \
	X(hooks)                                                               \
	X(mistakes)                                                            \
	X(groups)                                                              \
	X(onces)                                                               \
	X(limiters)                                                            \
	X(locals)                                                              \
	X(signals)                                                             \
	X(dumps)                                                               \
	X(locked_threads)

extern const struct scene badday_scenes[];
extern const int badday_n_scenes;

void badday_tidy(void);

// badday_wrong ends the child: something came out wrong.
void badday_wrong(const char *file, int line, const char *what)
	__attribute__((noreturn));

#define EXPECT(condition)                                                      \
	do {                                                                   \
		if (!(condition))                                              \
			badday_wrong(__FILE__, __LINE__, #condition);          \
	} while (0)

#endif
