// SPDX-License-Identifier: MIT
//
// chan_core: the machinery behind the macros of chan.h. Programs include
// that.
//
// A channel of T is, to the compiler, a pointer to a function that returns T
// and is never called: typeof gives T back from it, and the parameter's type
// tells the ends apart. The library sees a go__chan_ref.

#ifndef LIBGO_CHAN_CORE_H
#define LIBGO_CHAN_CORE_H

#include "libgo/base.h"

GO_BEGIN_DECLS

// Never defined: they tell the ends of a channel apart.
struct go__both;
struct go__send;
struct go__recv;

// The type of function pointer that converts to all others without a warning.
typedef void (*go__chan_ref)(void);

GO_API go__chan_ref go__chan_make(size_t elem_size, size_t capacity);
GO_API go__chan_ref go__chan_retain(go__chan_ref c);
GO_API void go__chan_release(go__chan_ref c);
GO_API void go__chan_on_drop(go__chan_ref c, void (*fn)(void *value));
GO_API bool go__chan_send(go__chan_ref c, const void *value);
GO_API bool go__chan_recv(go__chan_ref c, void *value);
GO_API bool go__chan_try_send(go__chan_ref c, const void *value);
GO_API bool go__chan_try_recv(go__chan_ref c, void *value);
GO_API bool go__chan_close(go__chan_ref c);
GO_API size_t go__chan_len(go__chan_ref c);
GO_API size_t go__chan_cap(go__chan_ref c);

enum go__case_kind {
	GO__NOTHING,  // a case that was never set is never ready
	GO__DEFAULT,
	GO__TIMEOUT,
	GO__FD,
	GO__SEND_TO,  // these have a channel
	GO__RECV_FROM,
};

struct go__watched {
	int fd;
	short want, seen;  // wanted, and ready for
};

struct go__case {
	/* private */
	enum go__case_kind kind;
	union {
		go__chan_ref chan;      // SEND_TO, RECV_FROM
		struct go__desc *desc;  // FD; while it is waited for
	};
	void *value;  // what to send, or where to receive; or NULL
	bool *ok;     // sent, or open; or NULL
	union {
		go_duration timeout;         // TIMEOUT
		struct go__watched watched;  // FD
	};
	uint32_t *lock;         // of the channel or descriptor; or NULL
	struct go__case *next;  // in the order of locking
	struct go__waiter waiter;
};

GO_API struct go__case go__on_fd(int fd, int want, int *events);
GO_API size_t go__select(struct go__case *cases, size_t n);
GO_API size_t go__select_first(struct go__case *cases, size_t n);
GO_API size_t go__select_try(enum go__case_kind kind, go__chan_ref chan,
			     void *value, bool *ok);

GO_END_DECLS

// GO__SIZE is the element's size in C: 0 for go_unit, which C++ gives a byte.
#ifdef __cplusplus
#define GO__SIZE(T) (__is_empty(T) ? 0 : sizeof(T))
#else
#define GO__SIZE(T) sizeof(T)
#endif

// GO__ELEM is the element's type.
#define GO__ELEM(c) __typeof__((c)(0))

// GO__REFUSE fails to compile with text when c is such an end, and is a void
// expression otherwise. C++ is content with the mismatch of the types.
#ifdef __cplusplus
#define GO__REFUSE(c, end, text) ((void)0)
#else
#define GO__REFUSE(c, end, text)                                               \
	((void)sizeof(struct {                                                 \
		_Static_assert(!__builtin_types_compatible_p(                  \
				       __typeof__(c), end(GO__ELEM(c))),       \
			       text);                                          \
		char go__unused;                                               \
	}))
#endif

#define GO__SEND(id, call, c, ...)                                             \
	__extension__({                                                        \
		__typeof__(c) GO__CAT(go__c_, id) = (c);                       \
		GO__ELEM(c) GO__CAT(go__v_, id) = (__VA_ARGS__);               \
		GO__REFUSE(c, go_receiver, "go_send: this end only receives"); \
		call((go__chan_ref)GO__CAT(go__c_, id), &GO__CAT(go__v_, id)); \
	})

#define GO__RECV(id, call, c, ptr)                                             \
	__extension__({                                                        \
		__typeof__(c) GO__CAT(go__c_, id) = (c);                       \
		GO__ELEM(c) * GO__CAT(go__p_, id) = (ptr);                     \
		GO__REFUSE(c, go_sender, "go_recv: this end only sends");      \
		GO__POINTS(c, ptr, "go_recv: not a pointer to an element");    \
		call((go__chan_ref)GO__CAT(go__c_, id), GO__CAT(go__p_, id));  \
	})

#define GO__ON_DROP(id, c, fn)                                                 \
	__extension__({                                                        \
		void (*GO__CAT(go__f_, id))(GO__ELEM(c) *) = (fn);             \
		go__chan_on_drop((go__chan_ref)(c),                            \
				 (void (*)(void *))GO__CAT(go__f_, id));       \
	})

// A case is an expression in parentheses: macros take it as one argument.
#ifdef __cplusplus
static inline struct go__case
go__case_make(enum go__case_kind kind, go__chan_ref chan, void *value, bool *ok,
	      go_duration timeout)
{
	struct go__case c = {};

	c.kind = kind;
	c.chan = chan;
	c.value = value;
	c.ok = ok;
	c.timeout = timeout;
	return c;
}
#define GO__CASE(kind, chan, value, ok, timeout)                               \
	go__case_make(kind, (go__chan_ref)(chan), value, ok, timeout)
#else
#define GO__CASE(kind_, chan_, value_, ok_, timeout_)                          \
	(__extension__(struct go__case){.kind = kind_,                         \
					.chan = (go__chan_ref)chan_,           \
					.value = value_,                       \
					.ok = ok_,                             \
					.timeout = timeout_})
#endif

// GO__POINTS fails to compile with text unless ptr points at an element of c,
// or is NULL; it is a void expression otherwise.
#ifdef __cplusplus
#define GO__POINTS(c, ptr, text) ((void)0)
#else
#define GO__POINTS(c, ptr, text)                                               \
	((void)sizeof(struct {                                                 \
		_Static_assert(                                                \
			__builtin_types_compatible_p(                          \
				__typeof__((void)0, (ptr)), GO__ELEM(c) *) ||  \
				__builtin_types_compatible_p(                  \
					__typeof__((void)0, (ptr)), void *),   \
			text);                                                 \
		char go__unused;                                               \
	}))
#endif

#define GO__ON_RECV_2(c, ptr) GO__ON_RECV_3(c, ptr, (bool *)0)
#define GO__ON_RECV_3(c, ptr, open)                                            \
	(GO__REFUSE(c, go_sender, "go_on_recv: this end only sends"),          \
	 GO__POINTS(c, ptr, "go_on_recv: not a pointer to an element"),        \
	 GO__CASE(GO__RECV_FROM, (c), (ptr), open, 0))
#define GO__ON_SEND(c, ptr, sent)                                              \
	(GO__REFUSE(c, go_receiver, "go_on_send: this end only receives"),     \
	 GO__CASE(GO__SEND_TO, (c),                                            \
		  (void *)(uintptr_t)(1 ? (ptr) : (const GO__ELEM(c) *)0),     \
		  sent, 0))
#define GO__ON_SEND_FROM_2(c, ptr) GO__ON_SEND(c, ptr, (bool *)0)
#define GO__ON_SEND_FROM_3(c, ptr, sent) GO__ON_SEND(c, ptr, sent)

#define GO__ON_FD_2(fd, want) go__on_fd(fd, want, (int *)0)
#define GO__ON_FD_3(fd, want, events) go__on_fd(fd, want, events)

// The array is filled by one statement a case, so that operands are evaluated
// in order.
#define GO__SELECT(id, call, ...)                                              \
	__extension__({                                                        \
		struct go__case GO__CAT(go__s_, id)[GO__NARG(__VA_ARGS__)];    \
		struct go__case *GO__CAT(go__p_, id) = GO__CAT(go__s_, id);    \
		GO__CAT(GO__FILL_, GO__NARG(__VA_ARGS__))                      \
		(GO__CAT(go__p_, id), __VA_ARGS__);                            \
		GO__CALL_SELECT(GO__CAT(go__s_, id), GO__NARG(__VA_ARGS__),    \
				call);                                         \
	})

// A channel and a default: the compiler sees that, and drops the array.
#define GO__CALL_SELECT(s, n, call)                                            \
	((n) == 2 && s[(n)-1].kind == GO__DEFAULT && s[0].kind >= GO__SEND_TO  \
		 ? go__select_try(s[0].kind, s[0].chan, s[0].value, s[0].ok)   \
		 : call(s, n))

// clang-format off
#define GO__FILL_1(p, a) *p++ = a
#define GO__FILL_2(p, a, ...) *p++ = a; GO__FILL_1(p, __VA_ARGS__)
#define GO__FILL_3(p, a, ...) *p++ = a; GO__FILL_2(p, __VA_ARGS__)
#define GO__FILL_4(p, a, ...) *p++ = a; GO__FILL_3(p, __VA_ARGS__)
#define GO__FILL_5(p, a, ...) *p++ = a; GO__FILL_4(p, __VA_ARGS__)
#define GO__FILL_6(p, a, ...) *p++ = a; GO__FILL_5(p, __VA_ARGS__)
#define GO__FILL_7(p, a, ...) *p++ = a; GO__FILL_6(p, __VA_ARGS__)
#define GO__FILL_8(p, a, ...) *p++ = a; GO__FILL_7(p, __VA_ARGS__)
#define GO__FILL_9(p, a, ...) *p++ = a; GO__FILL_8(p, __VA_ARGS__)
#define GO__FILL_10(p, a, ...) *p++ = a; GO__FILL_9(p, __VA_ARGS__)
#define GO__FILL_11(p, a, ...) *p++ = a; GO__FILL_10(p, __VA_ARGS__)
#define GO__FILL_12(p, a, ...) *p++ = a; GO__FILL_11(p, __VA_ARGS__)
#define GO__FILL_13(p, a, ...) *p++ = a; GO__FILL_12(p, __VA_ARGS__)
#define GO__FILL_14(p, a, ...) *p++ = a; GO__FILL_13(p, __VA_ARGS__)
#define GO__FILL_15(p, a, ...) *p++ = a; GO__FILL_14(p, __VA_ARGS__)
#define GO__FILL_16(p, a, ...) *p++ = a; GO__FILL_15(p, __VA_ARGS__)
// clang-format on

#endif
