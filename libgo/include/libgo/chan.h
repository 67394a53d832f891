// SPDX-License-Identifier: MIT
//
// chan: channels, their two ends, and select.
//
//	go_chan(int) c = go_chan_make(int, 8);
//
//	go_send(c, 42);                  // parks while the buffer is full
//	int v;
//	while (go_recv(c, &v))           // parks while it is empty; false
//		printf("%d\n", v);       // once c is closed and drained
//
//	switch (go_select(go_on_recv(c, &v), go_on_timeout(GO_SECOND))) {
//	case 0: printf("%d\n", v); break;
//	case 1: printf("nobody spoke for a second\n"); break;
//	}
//
// The compiler knows a channel's type: the value sent must convert to it, the
// pointer received through must point at it. go_sender(T) and go_receiver(T)
// are ends of it; using one the wrong way does not compile. Capacity 0 means
// that sender and receiver meet. Whoever waits is served first come, first
// served. A NULL channel never is ready.
//
// A channel is shared by reference: go_chan_make gives one, go_chan_retain
// another, go_chan_release takes one away. Releasing the last one means that
// nobody uses the channel any more, but for calls that have taken effect and
// are about to return.
//
// Any goroutine or thread may call anything here. Only make allocates.

#ifndef LIBGO_CHAN_H
#define LIBGO_CHAN_H

#include "libgo/chan_core.h"

// go_chan(T) is the type of a channel of T, go_sender(T) and go_receiver(T)
// are those of its ends. Two mentions are one type.
#define go_chan(T) __typeof__(__typeof__(T)(*)(struct go__both *))
#define go_sender(T) __typeof__(__typeof__(T)(*)(struct go__send *))
#define go_receiver(T) __typeof__(__typeof__(T)(*)(struct go__recv *))

// go_unit is an element without a value, and GO_UNIT is that.
__extension__ typedef struct go_unit {
} go_unit;
#define GO_UNIT (__extension__(go_unit){})

// go_chan_make returns a new channel of T with room for capacity values, and
// one reference to it; NULL when there is no memory for it.
#define go_chan_make(T, capacity)                                              \
	((go_chan(T))go__chan_make(GO__SIZE(T), capacity))

// go_chan_retain returns c with one more reference; go_chan_release drops one.
#define go_chan_retain(c) ((__typeof__(c))go__chan_retain((go__chan_ref)(c)))
#define go_chan_release(c) go__chan_release((go__chan_ref)(c))

// go_chan_on_drop has fn(&v) called for each value that is still buffered
// when the last reference goes: void fn(T *).
#define go_chan_on_drop(c, fn) GO__ON_DROP(__COUNTER__, c, fn)

// go_send_only and go_recv_only are the ends of c.
#define go_send_only(c)                                                        \
	(GO__REFUSE(c, go_receiver, "go_send_only: this end only receives"),   \
	 (go_sender(GO__ELEM(c)))(go__chan_ref)(c))
#define go_recv_only(c)                                                        \
	(GO__REFUSE(c, go_sender, "go_recv_only: this end only sends"),        \
	 (go_receiver(GO__ELEM(c)))(go__chan_ref)(c))

// go_send sends value, parking while nobody takes it and there is no room. It
// returns false when c is closed, before or meanwhile: the value is then
// still the caller's.
#define go_send(c, ...) GO__SEND(__COUNTER__, go__chan_send, c, __VA_ARGS__)

// go_recv receives into *ptr, of type T, parking while there is nothing; NULL
// discards the value. It returns false, and zeroes *ptr, when c is closed and
// drained.
#define go_recv(c, ptr) GO__RECV(__COUNTER__, go__chan_recv, c, ptr)

// go_try_send and go_try_recv never park: false also where the others would.
// *ptr is then left alone, but zeroed when c is closed.
#define go_try_send(c, ...)                                                    \
	GO__SEND(__COUNTER__, go__chan_try_send, c, __VA_ARGS__)
#define go_try_recv(c, ptr) GO__RECV(__COUNTER__, go__chan_try_recv, c, ptr)

// go_close ends the sending on c: what is buffered can still be received. It
// wakes everyone, and returns false when c was closed already.
#define go_close(c)                                                            \
	(GO__REFUSE(c, go_receiver, "go_close: this end only receives"),       \
	 go__chan_close((go__chan_ref)(c)))

// go_chan_len returns how many values are buffered, at some instant;
// go_chan_cap for how many there is room. 0 for NULL.
#define go_chan_len(c) go__chan_len((go__chan_ref)(c))
#define go_chan_cap(c) go__chan_cap((go__chan_ref)(c))

// go_select(case, ...) waits until one of up to 16 cases can go ahead, takes
// it, and returns its index; of several one by chance, each as likely as the
// others. Operands are evaluated once, in order. It allocates nothing.
// go_select_first takes the first ready one in the order written.
#define go_select(...) GO__SELECT(__COUNTER__, go__select, __VA_ARGS__)
#define go_select_first(...)                                                   \
	GO__SELECT(__COUNTER__, go__select_first, __VA_ARGS__)

// go_case is a case of a select, for arrays made at run time: cases[i] =
// go_on_recv(c, &v). The same array may be used again and again, by one
// select at a time; what the cases point at must live until it returns.
typedef struct go__case go_case;
GO_API size_t go_select_array(go_case *cases, size_t n);

// go_on_recv(c, &v[, &open]) receives from c. A closed c is ready: it zeroes v
// and sets open, a bool, to false; otherwise open becomes true.
#define go_on_recv(...)                                                        \
	GO__CAT(GO__ON_RECV_, GO__NARG(__VA_ARGS__))(__VA_ARGS__)

// go_on_send(c, value) sends. A closed c is ready: nothing is delivered. C++
// has go_on_send_from only.
#define go_on_send(c, ...)                                                     \
	GO__ON_SEND(c, ((GO__ELEM(c)[1]){__VA_ARGS__}), (bool *)0)

// go_on_send_from(c, &v[, &sent]) sends v, read when the case is taken, and
// sets sent, a bool, to whether c took it.
#define go_on_send_from(...)                                                   \
	GO__CAT(GO__ON_SEND_FROM_, GO__NARG(__VA_ARGS__))(__VA_ARGS__)

// go_on_fd(fd, want[, &events]) is ready when the descriptor is for something
// of want, GO_READABLE | GO_WRITABLE; events, an int, then tells for what. It
// stays the caller's, blocking or not, and may be watched by others too.
#define go_on_fd(...) GO__CAT(GO__ON_FD_, GO__NARG(__VA_ARGS__))(__VA_ARGS__)
enum { GO_READABLE = 1, GO_WRITABLE = 2 };

// go_on_timeout(d) is taken when no other case was ready for the duration d,
// go_on_default when no other is ready now.
#define go_on_timeout(d) GO__CASE(GO__TIMEOUT, 0, (void *)0, (bool *)0, d)
#define go_on_default GO__CASE(GO__DEFAULT, 0, (void *)0, (bool *)0, 0)

#endif
