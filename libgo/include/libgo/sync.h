// SPDX-License-Identifier: MIT
//
// sync: locks, wait groups, once, conditions, semaphores, counters.
//
//	static go_waitgroup wg;
//
//	for (int i = 0; i < n; i++)
//		go_wg_go(&wg, fetch, urls[i]);
//	go_wg_wait(&wg);
//
// Zero values are ready for use. Any thread may call anything here; a call
// that waits parks the calling goroutine, or blocks the calling thread if it
// is none. Nothing here allocates, so nothing can fail for want of memory.
//
// None of these may be copied, moved or freed while in use, that is as long as
// a call for it has not returned or a lock is held. Mistakes, such as the
// unlock of an unlocked lock, or the use of a copy that was made while somebody
// waited for the original, panic.
//
// The _ctx forms give up when ctx is done and then return go_ctx_err(ctx),
// which is borrowed; NULL says that they did their work. They fail at once if
// ctx is done already and they would have to wait.

#ifndef LIBGO_SYNC_H
#define LIBGO_SYNC_H

#include "libgo/base.h"
#include "libgo/goroutine.h"

GO_BEGIN_DECLS

// go_mutex is a lock that one goroutine holds at a time. Who comes while it
// is free takes it, but once somebody has waited for a millisecond it is
// handed to those who wait, first come, first served.
typedef struct go_mutex {
	/* private */
	uint32_t state;
	uint32_t n_calm;
	uint32_t lock;
	struct go__waitq waiters;
	struct go__waitq *self;
} go_mutex;

GO_API void go_mutex_lock(go_mutex *m);
GO_API GO_MUST_USE bool go_mutex_try_lock(go_mutex *m);
GO_API GO_MUST_USE go_error *go_mutex_lock_ctx(go_mutex *m, go_ctx *ctx);

// go_mutex_unlock may be called by another goroutine than the one that locked
// it. Panics if m is not locked.
GO_API void go_mutex_unlock(go_mutex *m);

// go_rwmutex is a lock that one writer or any number of readers hold. Those
// who must wait are served first come, first served, so that neither kind
// starves: a reader that comes while a writer waits, waits behind it. Nobody
// may therefore lock it to read twice.
typedef struct go_rwmutex {
	/* private */
	uint32_t state;
	uint32_t n_reads;
	uint32_t lock;
	struct go__waitq waiters;
	struct go__waitq *self;
} go_rwmutex;

GO_API void go_rwmutex_lock(go_rwmutex *m);
GO_API GO_MUST_USE bool go_rwmutex_try_lock(go_rwmutex *m);
GO_API GO_MUST_USE go_error *go_rwmutex_lock_ctx(go_rwmutex *m, go_ctx *ctx);
GO_API void go_rwmutex_unlock(go_rwmutex *m);
GO_API void go_rwmutex_rlock(go_rwmutex *m);
GO_API GO_MUST_USE bool go_rwmutex_try_rlock(go_rwmutex *m);
GO_API GO_MUST_USE go_error *go_rwmutex_rlock_ctx(go_rwmutex *m, go_ctx *ctx);
GO_API void go_rwmutex_runlock(go_rwmutex *m);

// go_waitgroup waits for a number of goroutines to end. It may be used again
// once every wait has returned, and freed when the only wait has.
typedef struct go_waitgroup {
	/* private */
	int64_t state;
	uint32_t lock;
	struct go__waitq waiters;
	struct go__waitq *self;
} go_waitgroup;

// go_wg_add adds n, which may be negative, to the number of those waited for.
// Panics if that number becomes negative, or was 0 while somebody who waits
// for that has yet to return.
GO_API void go_wg_add(go_waitgroup *wg, int n);

// go_wg_done is go_wg_add(wg, -1).
GO_API void go_wg_done(go_waitgroup *wg);

// go_wg_wait parks the caller until the number is 0.
GO_API void go_wg_wait(go_waitgroup *wg);
GO_API GO_MUST_USE go_error *go_wg_wait_ctx(go_waitgroup *wg, go_ctx *ctx);

// go_wg_go adds 1, and starts fn(args...) as go() does, whose end is done.
#define go_wg_go(wg, ...)                                                      \
	GO__LAUNCH(__COUNTER__, &*(wg), go__wg_start, __VA_ARGS__)

// go_once calls a function once.
typedef struct go_once {
	/* private */
	uint32_t state;
	uint32_t lock;
	struct g *caller;
	struct go__waitq waiters;
} go_once;

// go_once_do calls fn if it is the first call for o, and returns when that
// call has ended, be it by a panic, which then goes on to the first caller
// alone, or by go_exit. What fn defers is run when it ends. Panics if fn itself
// calls it.
GO_API void go_once_do(go_once *o, void (*fn)(void));

// go_cond is a condition that goroutines wait for with a mutex. Those who
// wait are woken first come, first served, and never without a signal.
typedef struct go_cond {
	/* private */
	uint32_t lock;
	struct go__waitq waiters;
	struct go__waitq *self;
} go_cond;

// go_cond_wait unlocks m, parks the caller until it is signalled, and locks m
// again. The _ctx form locks m again in any case. Panics if m is not locked.
GO_API void go_cond_wait(go_cond *c, go_mutex *m);
GO_API GO_MUST_USE go_error *go_cond_wait_ctx(go_cond *c, go_mutex *m,
					      go_ctx *ctx);

// go_cond_signal wakes who waits longest, go_cond_broadcast everybody. The
// caller may but need not hold the mutex. Those who are woken still use c: free
// it when their waits have returned.
GO_API void go_cond_signal(go_cond *c);
GO_API void go_cond_broadcast(go_cond *c);

// go_sem is a semaphore: a number of permits, of which a call takes several
// at once. Those who wait are served first come, first served: a large wish
// is not starved by small ones. The zero value has no permits and takes any
// number.
typedef struct go_sem {
	/* private */
	int64_t permits;
	int64_t most;  // if is_limited
	bool is_limited;
	uint32_t lock;
	struct go__waitq waiters;
	struct go__waitq *self;
} go_sem;

// go_sem_init gives s n permits, 0 or more, which it will never exceed.
GO_API void go_sem_init(go_sem *s, int64_t n);

// go_sem_acquire takes n permits. It fails if ctx is done, even if it need
// not wait; ctx may be NULL. More than s will ever have is waited for in vain
// until ctx is done, without delaying others.
GO_API GO_MUST_USE go_error *go_sem_acquire(go_sem *s, go_ctx *ctx, int64_t n);

// go_sem_try_acquire takes n permits if that needs no waiting.
GO_API GO_MUST_USE bool go_sem_try_acquire(go_sem *s, int64_t n);

// go_sem_release gives n permits back. The caller need not have taken them,
// but panics if s would have more than go_sem_init gave it.
GO_API void go_sem_release(go_sem *s, int64_t n);

enum { GO__COUNTER_CELLS = 16 };

// go_counter is a number that many threads add to without getting in each
// other's way; for that it is 1 KB large.
typedef struct go_counter {
	/* private */
	struct {
		int64_t value;
		char unshared[56];  // values are a cache line apart
	} cells[GO__COUNTER_CELLS];
} go_counter;

GO_API void go_counter_add(go_counter *c, int64_t n);

// go_counter_sum returns what was added so far. It includes all additions
// that happened before the call, and may include others.
GO_API int64_t go_counter_sum(const go_counter *c);

// Private.
GO_API void go__wg_start(go_waitgroup *wg, go__fn fn,
			 const struct go__site *site);

GO_END_DECLS

#endif
