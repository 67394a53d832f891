// SPDX-License-Identifier: MIT
//
// signal: the process's signals as values on channels.
//
//	go_chan(int) signals = go_chan_make(int, 1);
//	go_signal_notify(go_send_only(signals), SIGINT, SIGTERM);
//	go_recv(signals, &sig);
//
// or as the end of a context:
//
//	go_ctx *ctx = go_signal_ctx(NULL, SIGINT, SIGTERM);
//	serve(ctx);
//	go_ctx_cancel(ctx);
//
// The library leaves alone the action of each signal that nobody has asked
// for here. One that somebody asks for is caught, even if it was ignored; a
// handler that the program had is called as well. When nobody asks for it any
// more it gets back the action it had, flags and mask included, unless the
// program has set another one meanwhile. Masks are the threads' own: a signal
// that all of them block is not caught.
//
// A fault of the program itself, as a SIGSEGV by a bad pointer, is not caught
// but goes the way it went before.
//
// Signals are numbers of <signal.h>, up to 15 in a call. SIGKILL, SIGSTOP and
// what is no signal panic. Any goroutine or thread may call anything here; no
// handler may.

#ifndef LIBGO_SIGNAL_H
#define LIBGO_SIGNAL_H

#include "libgo/base.h"
#include "libgo/chan.h"
#include "libgo/context.h"

GO_BEGIN_DECLS

// go_signal_notify has the signals sent to sender, the end of a channel of
// int, in addition to those it gets already; without any signal, all that can
// be caught. Each channel gets each arrival, but nobody waits for room: what
// does not fit is dropped. Room for 1 keeps the first of several; a channel
// without room loses what comes while nobody receives. Different signals may
// change places. The channel is kept alive until go_signal_stop. Panics
// without memory or descriptors.
//
//	void go_signal_notify(go_sender(int) sender, int sig, ...);
#define go_signal_notify(...)                                                  \
	GO__SIGNAL_NOTIFY(__COUNTER__, GO__NARG(__VA_ARGS__) - 1, __VA_ARGS__, \
			  0)

// go_signal_stop ends that: nothing is sent to sender after it returns. What
// was caught before has been sent, what was not takes its former action.
//
//	void go_signal_stop(go_sender(int) sender);
#define go_signal_stop(sender)                                                 \
	go__signal_stop((go__chan_ref)go_send_only(sender))

// go_signal_ignore takes the signals from all channels, and ignores them.
//
//	void go_signal_ignore(int sig, ...);
#define go_signal_ignore(...)                                                  \
	GO__SIGNAL_LIST(__COUNTER__, go__signal_ignore, __VA_ARGS__)

// go_signal_reset takes the signals from all channels, and gives them the
// action they had before any call here.
//
//	void go_signal_reset(int sig, ...);
#define go_signal_reset(...)                                                   \
	GO__SIGNAL_LIST(__COUNTER__, go__signal_reset, __VA_ARGS__)

// go_signal_is_ignored tells whether sig is ignored at present, be it since
// the program was started, as SIGHUP is under nohup.
GO_API bool go_signal_is_ignored(int sig);

// go_signal_ctx returns a context below parent that the first of the signals
// cancels, with a cause that names it: "interrupt signal received". By then
// the signals have their former action again: a second Ctrl-C ends a program
// that does not come to its end. If the context is cancelled otherwise they
// have it soon after; to release it is not enough.
//
//	go_ctx *go_signal_ctx(go_ctx *parent, int sig, ...);
#define go_signal_ctx(...)                                                     \
	GO__SIGNAL_CTX(__COUNTER__, GO__NARG(__VA_ARGS__) - 1, __VA_ARGS__, 0)

// Private: what the macros call.
GO_API void go__signal_notify(go__chan_ref sender, const int *sigs, size_t n);
GO_API void go__signal_stop(go__chan_ref sender);
GO_API void go__signal_ignore(const int *sigs, size_t n);
GO_API void go__signal_reset(const int *sigs, size_t n);
GO_API GO_MUST_USE go_ctx *go__signal_ctx(go_ctx *parent, const int *sigs,
					  size_t n);

GO_END_DECLS

// The lists end with a 0 that does not count: no array is empty.
#define GO__SIGNAL_NOTIFY(id, n, sender, ...)                                  \
	__extension__({                                                        \
		const int GO__CAT(go__s_, id)[] = {__VA_ARGS__};               \
		go_sender(int) GO__CAT(go__c_, id) = go_send_only(sender);     \
		go__signal_notify((go__chan_ref)GO__CAT(go__c_, id),           \
				  GO__CAT(go__s_, id), n);                     \
	})
#define GO__SIGNAL_LIST(id, call, ...)                                         \
	__extension__({                                                        \
		const int GO__CAT(go__s_, id)[] = {__VA_ARGS__};               \
		call(GO__CAT(go__s_, id), GO__NARG(__VA_ARGS__));              \
	})
#define GO__SIGNAL_CTX(id, n, parent, ...)                                     \
	__extension__({                                                        \
		const int GO__CAT(go__s_, id)[] = {__VA_ARGS__};               \
		go__signal_ctx(parent, GO__CAT(go__s_, id), n);                \
	})

#endif
