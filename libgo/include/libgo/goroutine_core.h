// SPDX-License-Identifier: MIT
//
// goroutine_core: the machinery behind the macros of goroutine.h. Programs
// include that.
//
// The macro has the compiler call go__capture as if it were the user's
// function: arguments are checked, converted and put where the ABI wants them.
// go__capture stores the argument registers in the thread's record; the
// statement after it picks them up.

#ifndef LIBGO_GOROUTINE_CORE_H
#define LIBGO_GOROUTINE_CORE_H

#include "libgo/base.h"

GO_BEGIN_DECLS

struct go_attr;

struct go__site {
	const char *file;
	const char *function;
	int line;
};

typedef void (*go__fn)(void);

extern GO_API void go__capture(void);
GO_API void go__start(const struct go_attr *attr, go__fn fn,
		      const struct go__site *site);
GO_API GO_MUST_USE go_error *go__try_start(const struct go_attr *attr,
					   go__fn fn,
					   const struct go__site *site);

// The unused first argument is what GO__LAUNCH evaluates first.
GO_API GO_MUST_USE go_error *go__try(const struct go_attr *none, go__fn fn,
				     const struct go__site *site);

GO_END_DECLS

// GO__LAUNCH(id, first, then, fn, args...) evaluates first, fn and args once,
// captures the call, and is then(first, fn, site), which must begin with
// go__call_take (rt/call.h).
#define GO__LAUNCH(id, first, then, ...)                                       \
	GO__LAUNCH_(id, first, then, GO__NARG(__VA_ARGS__), __VA_ARGS__)
#define GO__LAUNCH_(id, first, then, n, ...)                                   \
	GO__CAT(GO__LAUNCH_, n)(id, first, then, __VA_ARGS__)
#define GO__DEFAULTS ((const struct go_attr *)0)

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

// GO__WORDS is the number of words an argument takes, 64 if no registers hold
// it, and 512 times its GO__REALS.
#define GO__WORDS(a)                                                           \
	(512 * GO__REALS(__typeof__(((void)0, a))) +                           \
	 (sizeof(__typeof__(((void)0, a))) > 16 ||                             \
			  GO__IS_MEMORY(__typeof__(((void)0, a)))              \
		  ? 64                                                         \
		  : (sizeof(__typeof__(((void)0, a))) + 7) / 8))
#define GO__ARE_FEW(words) ((words) % 512 <= 6 && (words) / 512 <= 8)
// GO__REALS is the number of vector registers an argument takes at most, where
// that may be more than its words. AArch64 has eight, and gives one to each
// member of a struct of up to four floats; no struct can be told from these,
// only integers and pointers (of classes 1 to 5) and what is too long.
#ifdef __aarch64__
#define GO__REALS(T)                                                           \
	(__builtin_classify_type(*(T *)0) - 1U < 5 || __alignof__(T) == 1 ||   \
			 sizeof(T) > 4 * __alignof__(T)                        \
		 ? 0                                                           \
		 : sizeof(T) / __alignof__(T))
#else
#define GO__REALS(T) 0
#endif
// GO__RESULT_FITS tells whether a call's result comes back in registers.
#ifdef __cplusplus
template <typename T> struct go__result {
	static const bool fits = sizeof(T) <= 16 && __is_trivially_copyable(T);
};
template <> struct go__result<void> {
	static const bool fits = true;
};
template <> struct go__result<long double> {
	static const bool fits = false;
};
#define GO__IS_MEMORY(T)                                                       \
	(__is_same(T, long double) || !__is_trivially_copyable(T))
#define GO__RESULT_FITS(call) (go__result<__typeof__(call)>::fits)
#else
#define GO__IS_MEMORY(T) __builtin_types_compatible_p(T, long double)
#define GO__RESULT_FITS(call)                                                  \
	(sizeof(__typeof__(call)) <= 16 && !GO__IS_MEMORY(__typeof__(call)))
#endif

#define GO__LAUNCH__(id, first, then, words, fn, args)                         \
	__extension__({                                                        \
		static const struct go__site GO__CAT(go__site_, id) = {        \
			__FILE__, #fn, __LINE__};                              \
		__typeof__(first) GO__CAT(go__first_, id) = (first);           \
		__typeof__(&*(fn)) GO__CAT(go__fn_, id) = (fn);                \
		go__fn GO__CAT(go__to_, id) = go__capture;                     \
		GO__STATIC_ASSERT(GO__ARE_FEW(words),                          \
				  "go: the arguments take more than six "      \
				  "words; pass a pointer instead");            \
		GO__STATIC_ASSERT(GO__RESULT_FITS(GO__CAT(go__fn_, id) args),  \
				  "go: the function's result is too large");   \
		__asm__("" : "+r"(GO__CAT(go__to_, id)));                      \
		_Pragma("GCC diagnostic push") _Pragma(                        \
			"GCC diagnostic ignored \"-Wunused-result\"")          \
			_Pragma("GCC diagnostic ignored \"-Wunused-value\"")(( \
				__typeof__(&*(fn)))GO__CAT(go__to_, id)) args; \
		_Pragma("GCC diagnostic pop") then(                            \
			GO__CAT(go__first_, id), (go__fn)GO__CAT(go__fn_, id), \
			&GO__CAT(go__site_, id));                              \
	})

#endif
