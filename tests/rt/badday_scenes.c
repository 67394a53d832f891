// SPDX-License-Identifier: MIT
//
// Pieces of a program's life, in which anything may be refused.
//
// What a scene makes is kept in static variables, so that badday_tidy finds it
// although the scene panicked. Goroutines that wait do so at gate.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "badday.h"
#include "libgo.h"
#include "rt/poll.h"

enum { MANY = 40, FEW = 3 };

static go_waitgroup wg;
static go_atomic_int32 n_ran;
static go_chan(int) gate;
static go_timer *timer;
static go_ticker *ticker;
static go_ctx *ctxs[5];
static go_ctx_hook *hook;
static go_group *group;
static go_limiter *limiter;
static go_error *errors[3];
static struct go__desc *desc;
static int ends[2] = {-1, -1};  // of a pipe

static void
let_go_of_contexts(void)
{
	for (int i = 4; i >= 0; i--) {
		go_ctx_cancel(ctxs[i]);
		go_ctx_release(ctxs[i]);
		ctxs[i] = NULL;
	}
}

void
badday_tidy(void)
{
	if (gate != NULL) {
		go_signal_stop(gate);
		go_close(gate);
	}
	if (group != NULL)
		go_error_free(go_group_wait(group));
	go_wg_wait(&wg);
	go_chan_release(gate);
	gate = NULL;
	go_timer_free(timer);
	timer = NULL;
	go_ticker_free(ticker);
	ticker = NULL;
	go_ctx_hook_stop(hook);
	hook = NULL;
	let_go_of_contexts();
	go_group_free(group);
	group = NULL;
	go_limiter_free(limiter);
	limiter = NULL;
	for (int i = 0; i < 3; i++) {
		go_error_free(errors[i]);
		errors[i] = NULL;
	}
	go__poll_close(desc);
	desc = NULL;
	for (int i = 0; i < 2; i++) {
		if (ends[i] >= 0)
			close(ends[i]);
		ends[i] = -1;
	}
}

// -- what goroutines do -----------------------------------------------------

static void
run_one(int n)
{
	go_atomic_add(&n_ran, n);
}

static void
await(int n)
{
	while (go_atomic_load(&n_ran) < n)
		go_yield();
}

static void
send_some(int n)
{
	for (int i = 0; i < n; i++)
		go_send(gate, i);
}

static void
recv_all(void)
{
	while (go_recv(gate, NULL))
		go_atomic_add(&n_ran, 1);
}

static void
write_bytes(int n)
{
	for (int i = 0; i < n; i++)
		EXPECT(write(ends[1], "x", 1) == 1);
}

static void
make_gate(int capacity)
{
	gate = go_chan_make(int, (size_t)capacity);
	if (gate == NULL)
		go_panic("no memory for a channel");
}

// -- scenes -----------------------------------------------------------------

static void
crowd(void)
{
	go_atomic_store(&n_ran, 0);
	for (int i = 0; i < MANY; i++)
		go_wg_go(&wg, run_one, 1);
	go_wg_wait(&wg);
	EXPECT(go_atomic_load(&n_ran) == MANY);
}

static void
sizes(void)
{
	int n = 0;

	go_atomic_store(&n_ran, 0);
	for (size_t size = 1 << 14; size <= 1 << 22; size *= 2) {
		go_with(GO_ATTR(.stack_size = size, .name = "sized"), run_one,
			1);
		n++;
	}
	await(n);
}

static void
try_start(void)
{
	int n = 0;

	go_atomic_store(&n_ran, 0);
	for (int i = 0; i < MANY; i++) {
		go_error *err = go_try_start(run_one, 1);

		EXPECT(err == NULL || err == GO_NO_MEMORY);
		n += err == NULL;
	}
	await(n);
}

static void
wait_here(void)
{
	int v, sum = 0;

	make_gate(0);
	go_wg_go(&wg, send_some, FEW);
	for (int i = 0; i < FEW; i++) {
		EXPECT(go_recv(gate, &v));
		sum += v;
	}
	EXPECT(sum == FEW * (FEW - 1) / 2);
	go_wg_wait(&wg);
}

static void
naps(void)
{
	for (int i = 0; i < FEW; i++)
		go_wg_go(&wg, go_sleep, 1000 * i);
	go_sleep(1000);
	go_wg_wait(&wg);
}

static void
timers(void)
{
	go_atomic_store(&n_ran, 0);
	timer = go_timer_new(1000);
	EXPECT(go_recv(go_timer_chan(timer), NULL));
	go_timer_reset(timer, 1000);
	EXPECT(go_recv(go_timer_chan(timer), NULL));
	go_timer_free(timer);
	timer = NULL;
	timer = go_after_func(1000, run_one, 1);
	await(1);
	go_timer_stop_wait(timer);
	ticker = go_ticker_new(1000);
	for (int i = 0; i < FEW; i++)
		EXPECT(go_recv(go_ticker_chan(ticker), NULL));
}

static void
select_some(void)
{
	size_t which;

	make_gate(1);
	for (int i = 0; i < FEW; i++) {
		which = go_select(go_on_send(gate, i),
				  go_on_timeout(GO_MINUTE));
		EXPECT(which == 0);
		which = go_select(go_on_send(gate, i), go_on_timeout(1000));
		EXPECT(which == 1);
		which = go_select(go_on_recv(gate, NULL), go_on_default);
		EXPECT(which == 0);
	}
}

static void
select_fd(void)
{
	int events = 0;

	EXPECT(pipe2(ends, O_CLOEXEC) == 0);
	go_wg_go(&wg, write_bytes, 1);
	EXPECT(go_select(go_on_fd(ends[0], GO_READABLE, &events),
			 go_on_timeout(GO_MINUTE)) == 0);
	EXPECT(events == GO_READABLE);
	go_wg_wait(&wg);
	EXPECT(go_select(go_on_fd(ends[1], GO_READABLE, &events),
			 go_on_timeout(1000)) == 1);
}

static void
poller(void)
{
	int error;
	char c;

	EXPECT(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	error = go__poll_open(ends[0], &desc);
	if (error != 0)
		go_panic("poll_open: %s",
			 error == -EAGAIN ? "no thread" : strerror(-error));
	EXPECT(go__poll_wait(desc, GO__POLL_READ, go_now() + 1000) ==
	       -ETIMEDOUT);
	go_wg_go(&wg, write_bytes, 1);
	while (read(ends[0], &c, 1) < 0) {
		EXPECT(errno == EAGAIN);
		EXPECT(go__poll_wait(desc, GO__POLL_READ, INT64_MAX) == 0);
	}
	go_wg_wait(&wg);
}

static void
yield_some(void)
{
	for (int i = 0; i < FEW; i++)
		go_yield();
}

static void
processors(void)
{
	for (int n = 1; n <= 6; n++) {
		go_procs(n);
		EXPECT(go_procs(0) >= 1 && go_procs(0) <= n);
		for (int i = 0; i < MANY / 2; i++)
			go_wg_go(&wg, yield_some);
	}
	go_wg_wait(&wg);
	go_procs(2);
}

// Where no thread can be had for good goroutines wait for those that hold the
// ones there are: these come back in the end.
static go_duration
patience(void)
{
	return badday_is_for_good() ? 20 * GO_MILLISECOND : GO_HOUR;
}

static void
compute(void)
{
	go_time end = go_now() + patience();

	while (go_atomic_load(&n_ran) == 0 && go_now() < end)
		;
}

static void
hogs(void)
{
	go_atomic_store(&n_ran, 0);
	for (int i = 0; i < FEW; i++)
		go_wg_go(&wg, compute);
	go_wg_go(&wg, run_one, 1);
	go_wg_wait(&wg);
}

static void
block(void)
{
	struct pollfd p = {.fd = ends[0], .events = POLLIN};
	char c;

	if (poll(&p, 1, (int)(patience() / GO_MILLISECOND)) == 1)
		EXPECT(read(ends[0], &c, 1) == 1);
}

static void
blockers(void)
{
	EXPECT(pipe2(ends, O_CLOEXEC) == 0);
	for (int i = 0; i < FEW; i++)
		go_wg_go(&wg, block);
	go_wg_go(&wg, write_bytes, FEW);
	go_wg_wait(&wg);
}

static go_mutex mutex;
static go_rwmutex rwmutex;
static go_cond cond;
static go_sem sem;

static void
lock_in_turn(void)
{
	go_mutex_lock(&mutex);
	go_yield();
	go_atomic_add(&n_ran, 1);
	go_cond_signal(&cond);
	go_mutex_unlock(&mutex);
	go_rwmutex_rlock(&rwmutex);
	go_yield();
	go_rwmutex_runlock(&rwmutex);
	go_rwmutex_lock(&rwmutex);
	go_yield();
	go_rwmutex_unlock(&rwmutex);
	EXPECT(go_sem_acquire(&sem, NULL, 1) == NULL);
	go_yield();
	go_sem_release(&sem, 1);
}

static void
locks(void)
{
	go_sem_init(&sem, 1);
	go_atomic_store(&n_ran, 0);
	for (int i = 0; i < 2 * FEW; i++)
		go_wg_go(&wg, lock_in_turn);
	go_mutex_lock(&mutex);
	while (go_atomic_load(&n_ran) < 2 * FEW)
		go_cond_wait(&cond, &mutex);
	go_mutex_unlock(&mutex);
	go_wg_wait(&wg);
}

static void
contexts(void)
{
	static const char keys[2];
	int value;

	errors[0] = go_errorf("a cause");
	ctxs[0] = go_ctx_with_cancel_cause(NULL, errors[0]);
	ctxs[1] = go_ctx_with_value(ctxs[0], &keys[0], &value);
	ctxs[2] = go_ctx_with_value(ctxs[0], &keys[1], &value);
	ctxs[3] = go_ctx_merge(ctxs[1], ctxs[2]);
	EXPECT(go_ctx_value(ctxs[3], &keys[1]) == &value);
	ctxs[4] = go_ctx_with_timeout(ctxs[3], 1000);
	EXPECT(!go_recv(go_ctx_done(ctxs[4]), NULL));
	EXPECT(go_ctx_err(ctxs[4]) == GO_DEADLINE_EXCEEDED);
	EXPECT(go_ctx_err(ctxs[3]) == NULL);
	go_ctx_cancel(ctxs[0]);
	EXPECT(go_ctx_err(ctxs[3]) == GO_CANCELED);
}

static void
count(void *arg)
{
	(void)arg;
	go_atomic_add(&n_ran, 1);
}

// Whatever cannot be started, all that is below is cancelled.
static void
cancel_with_hook(void)
{
	go_ctx_cancel(ctxs[0]);
}

static void
hooks(void)
{
	go_error *err;

	go_atomic_store(&n_ran, 0);
	ctxs[0] = go_ctx_with_cancel(NULL);
	for (int i = 1; i < 4; i++)
		ctxs[i] = go_ctx_with_cancel(ctxs[i - 1]);
	hook = go_ctx_after_func(ctxs[1], count, NULL);
	err = go_try(cancel_with_hook);
	for (int i = 0; i < 4; i++)
		EXPECT(go_ctx_err(ctxs[i]) == GO_CANCELED);
	if (err != NULL) {
		errors[0] = err;
		go_panic("%s", go_error_text(err));
	}
	await(1);
}

static void
count_end(void *arg)
{
	go_atomic_add((go_atomic_int32 *)arg, 1);
}

static void
defer_many(go_atomic_int32 *n)
{
	for (int i = 0; i < 2 * FEW; i++)
		go_defer(count_end, n);
	go_panic("a panic of %s", "the scene's own");
}

static void
mistakes(void)
{
	go_atomic_int32 n = {0};
	bool is_short;

	errors[0] = go_errorf("%s and %d: %w", "text", 5, GO_CLOSED);
	is_short = errors[0] == GO_NO_MEMORY;
	EXPECT(is_short || go_error_is(errors[0], GO_CLOSED));
	errors[1] = go_error_join(errors[0], GO_EOF);
	EXPECT(errors[1] == GO_NO_MEMORY || go_error_is(errors[1], GO_EOF));
	errors[2] = go_try(defer_many, &n);
	EXPECT(errors[2] != NULL);
	if (is_short || errors[1] == GO_NO_MEMORY ||
	    strcmp(go_error_text(errors[2]), "a panic of the scene's own") != 0)
		go_panic("no memory for an error");
	EXPECT(go_atomic_load(&n) == 2 * FEW);
}

static go_error *
fail_at(int n)
{
	return n == 1 ? go_errorf("part %d", n) : NULL;
}

static void
groups(void)
{
	group = go_group_new(NULL);
	go_group_limit(group, 2);
	for (int i = 0; i < 2 * FEW; i++)
		(void)go_group_go(group, fail_at, i);
	errors[0] = go_group_wait(group);
	EXPECT(errors[0] != NULL);
	errors[1] = go_group_wait_all(group);
	EXPECT(errors[1] != NULL);
	if (errors[0] == GO_NO_MEMORY)
		go_panic("no memory for an error");
}

static go_once once;

static void
do_once(void)
{
	go_atomic_add(&n_ran, 1);
}

static void
once_deep(void)
{
	for (int i = 0; i < FEW; i++)
		go_defer(count_end, &n_ran);
	go_once_do(&once, do_once);
}

// Its once may find no place at hand for what it defers.
static void
onces(void)
{
	once = (go_once){0};
	go_atomic_store(&n_ran, 0);
	errors[0] = go_try(once_deep);
	go_once_do(&once, do_once);
	EXPECT(go_atomic_load(&n_ran) >= 1);
	if (errors[0] != NULL)
		go_panic("%s", go_error_text(errors[0]));
	EXPECT(go_atomic_load(&n_ran) == FEW + 1);
}

static void
limiters(void)
{
	go_reservation r;

	limiter = go_leaky_bucket_new(1000, GO_SECOND, FEW);
	for (int i = 0; i < FEW; i++)
		EXPECT(go_limiter_wait(limiter, NULL, 1) == NULL);
	r = go_limiter_reserve(limiter, 1);
	go_reservation_cancel(r);
	go_limiter_free(limiter);
	limiter = NULL;
	limiter = go_sliding_window_new(FEW, GO_HOUR);
	EXPECT(go_limiter_allow_n(limiter, FEW));
	EXPECT(!go_limiter_allow(limiter));
}

static void
set_local(void)
{
	static const char keys[FEW];

	for (int i = 0; i < FEW; i++)
		go_set_local(&keys[i], &n_ran, count_end);
	for (int i = 0; i < FEW; i++)
		EXPECT(go_local(&keys[i]) == &n_ran);
}

static void *
set_local_in_thread(void *said)
{
	go_error *err = go_try(set_local);

	*(go_error **)said = err;
	return NULL;
}

static void
locals(void)
{
	go_atomic_store(&n_ran, 0);
	badday_thread(set_local_in_thread, &errors[0]);
	if (errors[0] != NULL)  // those that were set are destroyed
		go_panic("%s", go_error_text(errors[0]));
	EXPECT(go_atomic_load(&n_ran) == FEW);
	go_wg_go(&wg, set_local);
	go_wg_wait(&wg);
	EXPECT(go_atomic_load(&n_ran) == 2 * FEW);
}

static void
signals(void)
{
	int sig;

	make_gate(2);
	go_signal_notify(gate, SIGUSR1, SIGUSR2);
	raise(SIGUSR1);
	EXPECT(go_recv(gate, &sig) && sig == SIGUSR1);
	go_signal_stop(gate);
	ctxs[0] = go_signal_ctx(NULL, SIGUSR2);
	raise(SIGUSR2);
	go_recv(go_ctx_done(ctxs[0]), NULL);
	EXPECT(go_ctx_err(ctxs[0]) == GO_CANCELED);
}

static void
dumps(void)
{
	make_gate(0);
	EXPECT(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	for (int i = 0; i < FEW; i++)
		go_wg_go(&wg, recv_all);
	go_dump(ends[1]);
}

static void
stay(void)
{
	go_lock_thread();
	recv_all();
}

static void
locked_threads(void)
{
	go_atomic_store(&n_ran, 0);
	make_gate(0);
	for (int i = 0; i < FEW; i++)
		go_wg_go(&wg, stay);
	for (int i = 0; i < 2 * FEW; i++)
		go_send(gate, i);
	await(2 * FEW);
}

#define SCENE(play) {#play, play},
const struct scene badday_scenes[] = {BADDAY_SCENES(SCENE)};
const int badday_n_scenes = sizeof badday_scenes / sizeof badday_scenes[0];
