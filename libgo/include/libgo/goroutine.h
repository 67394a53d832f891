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
// A goroutine has a stack of 256 KB of address space, of which it pays for
// the pages that it touches; go_with gives another size.

#ifndef LIBGO_GOROUTINE_H
#define LIBGO_GOROUTINE_H

#include "libgo/base.h"

GO_BEGIN_DECLS

// go_attr says how a goroutine is made. Zero fields mean the default.
typedef struct go_attr {
	size_t stack_size;  // bytes, rounded up; at least 16 KB
	const char *name;   // copied, at most 31 bytes of it
} go_attr;

// GO_ATTR makes a go_attr for go_with: GO_ATTR(.name = "reader").
#define GO_ATTR(...) (&(const go_attr){__VA_ARGS__})

// go starts fn(args...) as a goroutine and returns at once. It takes up to
// six arguments, in all at most six words: numbers, pointers, and structs of
// at most 16 bytes. A braced argument with commas needs parentheses. The
// result of fn is dropped. Panics when there is no memory for a stack.
#define go(...) GO__LAUNCH(__COUNTER__, GO__DEFAULTS, go__start, __VA_ARGS__)

// go_with is go with attributes: go_with(GO_ATTR(.name = "io"), fn, args...).
#define go_with(attr, ...) GO__LAUNCH(__COUNTER__, attr, go__start, __VA_ARGS__)

// go_try_start is go, but returns GO_NO_MEMORY where go would panic.
#define go_try_start(...)                                                      \
	GO__LAUNCH(__COUNTER__, GO__DEFAULTS, go__try_start, __VA_ARGS__)

// go_yield lets other goroutines run and comes back when it is the caller's
// turn again.
GO_API void go_yield(void);

// go_exit ends the calling goroutine. Main, and a plain thread, may not.
GO_API void go_exit(void) GO__NORETURN;

// go_panic reports a mistake that the program cannot go on from: it prints
// the sentence and who said it, and aborts. Never returns.
GO_API void go_panic(const char *fmt, ...) GO__PRINTF(1, 2) GO__NORETURN;

// go_id returns the caller's number: 1 for main, 0 for a plain thread.
GO_API uint64_t go_id(void);

// go_count returns how many goroutines are alive, main included.
GO_API size_t go_count(void);

// go_procs sets the number of processors, that is of goroutines that run at
// the same time, and returns the number it was. n < 1 only asks.
GO_API int go_procs(int n);

// go_set_name names the calling goroutine in dumps: at most 31 bytes, copied.
GO_API void go_set_name(const char *name);

// Private: how go() works. The macro has the compiler call go__capture as if
// it were fn: arguments are checked, converted and put where the ABI wants
// them. go__capture stores the argument registers in the thread's record; the
// statement after it picks them up.

struct go__site {
	const char *file;
	const char *function;
	int line;
};

typedef void (*go__fn)(void);

extern GO_API void go__capture(void);
GO_API void go__start(const go_attr *attr, go__fn fn,
		      const struct go__site *site);
GO_API GO_MUST_USE go_error *go__try_start(const go_attr *attr, go__fn fn,
					   const struct go__site *site);

GO_END_DECLS

// GO__LAUNCH(id, first, then, fn, args...) evaluates first, fn and args once,
// captures the call, and is then(first, fn, site), which must begin with
// go__call_take (rt/call.h).
#define GO__LAUNCH(id, first, then, ...)                                       \
	GO__LAUNCH_(id, first, then, GO__NARG(__VA_ARGS__), __VA_ARGS__)
#define GO__LAUNCH_(id, first, then, n, ...)                                   \
	GO__CAT(GO__LAUNCH_, n)(id, first, then, __VA_ARGS__)
#define GO__DEFAULTS ((const go_attr *)0)

#define GO__LAUNCH_1(id, x, t, f) GO__LAUNCH__(id, x, t, 0, f, ())
#define GO__LAUNCH_2(id, x, t, f, a)                                           \
	GO__LAUNCH__(id, x, t, GO__WORDS(a), f, (a))
#define GO__LAUNCH_3(id, x, t, f, a, b)                                        \
	GO__LAUNCH__(id, x, t, GO__WORDS(a) + GO__WORDS(b), f, (a, b))
#define GO__LAUNCH_4(id, x, t, f, a, b, c)                                     \
	GO__LAUNCH__(id, x, t, GO__WORDS(a) + GO__WORDS(b) + GO__WORDS(c), f,  \
		     (a, b, c))
#define GO__LAUNCH_5(id, x, t, f, a, b, c, d)                                  \
	GO__LAUNCH__(id, x, t,                                                 \
		     GO__WORDS(a) + GO__WORDS(b) + GO__WORDS(c) +              \
			     GO__WORDS(d),                                     \
		     f, (a, b, c, d))
#define GO__LAUNCH_6(id, x, t, f, a, b, c, d, e)                               \
	GO__LAUNCH__(id, x, t,                                                 \
		     GO__WORDS(a) + GO__WORDS(b) + GO__WORDS(c) +              \
			     GO__WORDS(d) + GO__WORDS(e),                      \
		     f, (a, b, c, d, e))
#define GO__LAUNCH_7(id, x, t, f, a, b, c, d, e, g)                            \
	GO__LAUNCH__(id, x, t,                                                 \
		     GO__WORDS(a) + GO__WORDS(b) + GO__WORDS(c) +              \
			     GO__WORDS(d) + GO__WORDS(e) + GO__WORDS(g),       \
		     f, (a, b, c, d, e, g))
#define GO__LAUNCH_8(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_9(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_10(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_11(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_12(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_13(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_14(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_15(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_16(...) GO__TOO_MANY_ARGUMENTS
#define GO__LAUNCH_too_many(...) GO__TOO_MANY_ARGUMENTS
#define GO__TOO_MANY_ARGUMENTS                                                 \
	__extension__({                                                        \
		GO__STATIC_ASSERT(0, "go: at most six arguments; pass a "      \
				     "pointer to a struct instead");           \
	})

// GO__WORDS is the number of registers an argument takes, 100 if none hold it.
#define GO__WORDS(a)                                                           \
	(sizeof(__typeof__(((void)0, a))) > 16 ||                              \
			 GO__IS_LONG_DOUBLE(__typeof__(((void)0, a)))          \
		 ? 100                                                         \
		 : (sizeof(__typeof__(((void)0, a))) + 7) / 8)
#ifdef __cplusplus
#define GO__IS_LONG_DOUBLE(T) __is_same(T, long double)
#else
#define GO__IS_LONG_DOUBLE(T) __builtin_types_compatible_p(T, long double)
#endif

#define GO__LAUNCH__(id, first, then, words, fn, args)                         \
	__extension__({                                                        \
		static const struct go__site GO__CAT(go__site_, id) = {        \
			__FILE__, #fn, __LINE__};                              \
		__typeof__(first) GO__CAT(go__first_, id) = (first);           \
		__typeof__(&*(fn)) GO__CAT(go__fn_, id) = (fn);                \
		go__fn GO__CAT(go__to_, id) = go__capture;                     \
		GO__STATIC_ASSERT((words) <= 6,                                \
				  "go: the arguments take more than six "      \
				  "words; pass a pointer instead");            \
		GO__STATIC_ASSERT(                                             \
			sizeof(__typeof__(GO__CAT(go__fn_, id) args)) <= 16,   \
			"go: the function's result is too large");             \
		__asm__("" : "+r"(GO__CAT(go__to_, id)));                      \
		((__typeof__(&*(fn)))GO__CAT(go__to_, id)) args;               \
		then(GO__CAT(go__first_, id), (go__fn)GO__CAT(go__fn_, id),    \
		     &GO__CAT(go__site_, id));                                 \
	})

#endif
