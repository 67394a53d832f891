// SPDX-License-Identifier: MIT
//
// goroutine: functions that run concurrently, many on few threads.
//
//	static void greet(const char *name, int times)
//	{
//		while (times-- > 0)
//			printf("hello %s\n", name);
//	}
//
//	go(greet, "gopher", 3);
//
// go() checks and converts its arguments exactly as the call greet("gopher",
// 3) would, and returns at once; greet runs on its own stack, on whichever
// processor comes free. When main returns the program ends, whatever still
// runs: wait for goroutines with a wait group (sync.h) or a channel (chan.h).
//
// There is no set-up call. The runtime starts at first use with as many
// processors as this process may use CPUs; LIBGO_PROCS=n says otherwise.
//
// Any thread may call anything here. The main thread becomes goroutine 1 at
// its first blocking call, and may continue on another thread from then on.
// Any other thread stays a thread: a call that blocks blocks it alone.
//
// A goroutine may continue on another thread after any call that can park it,
// go_yield included. Compilers keep the address of errno and of other
// thread-local variables across calls: read errno right after the call that
// set it, and count on neither across a call that parks.
//
// A goroutine has a stack of 256 KB of address space, of which it pays for
// the pages that it touches; go_with gives another size. The runtime handles
// SIGSEGV, unless somebody does when it starts, to name a goroutine that
// overflows its stack before the process dies of it.
//
// fork is for exec, and works as ever: the program goes on undisturbed. A child
// has the calling goroutine alone. Until it calls exec, or exit, what waits or
// starts something panics there; what others wait for stays in the parent.

#ifndef LIBGO_GOROUTINE_H
#define LIBGO_GOROUTINE_H

#include "libgo/goroutine_core.h"

GO_BEGIN_DECLS

// go_attr says how a goroutine is made. Zero fields mean the default.
typedef struct go_attr {
	size_t stack_size;  // bytes, rounded up; at least 16 KB
	const char *name;   // copied, at most 31 bytes of it
} go_attr;

// GO_ATTR makes a go_attr for go_with: GO_ATTR(.name = "reader"). In C++ give
// go_with the address of a variable.
#define GO_ATTR(...) (&(const go_attr){__VA_ARGS__})

// go starts fn(args...) as a goroutine and returns at once. It takes up to
// six arguments, in all at most six words: numbers, pointers, and structs of
// at most 16 bytes. A braced argument with commas needs parentheses. The
// result of fn is dropped. Panics when there is no memory for a stack, or not
// one thread to run goroutines.
//
// What the compiler cannot refuse, and must not be: a packed or over-aligned
// struct, a parameter wider than the argument given for it (long double,
// __int128), a function marked noreturn. Wrap these in a function of your own.
// A compound literal whose address is passed, as (char[]){"x"}, is gone when go
// returns.
#define go(...) GO__LAUNCH(__COUNTER__, GO__DEFAULTS, go__start, __VA_ARGS__)

// go_with is go with attributes: go_with(GO_ATTR(.name = "io"), fn, args...).
#define go_with(attr, ...) GO__LAUNCH(__COUNTER__, attr, go__start, __VA_ARGS__)

// go_try_start is go, but returns GO_NO_MEMORY where go would panic.
#define go_try_start(...)                                                      \
	GO__LAUNCH(__COUNTER__, GO__DEFAULTS, go__try_start, __VA_ARGS__)

// go_yield lets other goroutines run and comes back when it is the caller's
// turn again.
GO_API void go_yield(void);

// go_exit ends the calling goroutine once what it deferred has run. When main
// calls it the others go on. A plain thread may not: it returns instead.
GO_API void go_exit(void) GO__NORETURN;

// go_defer has fn(arg) run when the calling goroutine ends, or the innermost
// go_try around the call, however it ends; the last deferred runs first.
// Panics where neither is: in main or a plain thread outside of go_try.
GO_API void go_defer(void (*fn)(void *arg), void *arg);

// go_panic reports a mistake: it runs what was deferred, and ends the innermost
// go_try around it, which returns the sentence as an error. Without a go_try
// it prints the sentence and every goroutine, and aborts.
GO_API void go_panic(const char *fmt, ...) GO__PRINTF(1, 2) GO__NORETURN;

// go_try calls fn(args...) as go would, but here, and returns NULL when it
// returns, or its panic as an error, which the caller owns. Frames that a
// panic leaves are not run further: what they hold is freed by go_defer.
#define go_try(...) GO__LAUNCH(__COUNTER__, GO__DEFAULTS, go__try, __VA_ARGS__)

// go_id returns the caller's number: 1 for main, 0 for a plain thread.
GO_API uint64_t go_id(void);

// go_count returns how many goroutines are alive, main included.
GO_API size_t go_count(void);

// go_procs sets the number of processors, that is of goroutines that run at
// the same time, and returns the number it was. n < 1 only asks.
GO_API int go_procs(int n);

// go_blocking_begin and go_blocking_end enclose a call that blocks its thread,
// as read or getaddrinfo do: the processor goes to another thread meanwhile.
// They are hints: without them that happens after a millisecond or so.
GO_API void go_blocking_begin(void);
GO_API void go_blocking_end(void);

// go_lock_thread keeps the calling goroutine on the thread it runs on, and
// everybody else off it, until go_unlock_thread has been called as often, or
// the goroutine ends. For libraries that count on their thread. Panics when no
// thread can be had for the others.
GO_API void go_lock_thread(void);
GO_API void go_unlock_thread(void);

// go_local returns the value that the calling goroutine, or plain thread, has
// set for key, any address; NULL if none. go_set_local sets it, or takes it
// away if value is NULL. When the goroutine ends destructor(value) is called,
// if neither is NULL, after all that was deferred; not for a value replaced.
GO_API void *go_local(const void *key);
GO_API void go_set_local(const void *key, void *value,
			 void (*destructor)(void *value));

// go_set_name names the calling goroutine in dumps: at most 31 bytes, copied.
GO_API void go_set_name(const char *name);

// go_dump writes every goroutine to fd: its number, what it does or waits for
// and how long, its name, where it was started, and who called whom on its
// stack. With LIBGO_DEBUG=sigquit in the environment SIGQUIT dumps to stderr.
// LIBGO_DEBUG=census, or both with a comma, has a table follow, and written to
// stderr at exit: how deep the stacks got, by where goroutines were started.
GO_API void go_dump(int fd);

GO_END_DECLS

#endif
