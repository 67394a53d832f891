// SPDX-License-Identifier: MIT
//
// Signals: a handler that counts, and a goroutine that sends.
//
// The handler may have stopped anybody anywhere, so it takes no lock: it
// counts the arrival and writes to an eventfd. The watcher, a goroutine that
// lives while there are listeners, waits for that through the poller, and
// sends. No signalfd: it needs the signal blocked in every thread, those of
// other libraries too, and children would inherit that.
//
// Invariants, whenever mutex is free:
//   I1  A signal is caught while a listener wants it.
//   I2  While on_signal is a signal's action, is_wanted is set: the one is
//       set before the other, and cleared after. It is cleared also when the
//       program has put another handler before ours.
//   I3  n_caught is 0 for signals that are not wanted: who stops catching one
//       waits until nobody is inside the handler, then sends the rest.
//   I4  There is a watcher while there are listeners; it finds out by itself
//       that there are none. The eventfd stays: a handler may still use it.
//
// A handler can be late: the kernel has called it, but its first instruction
// comes when the signal is no longer wanted. It then has the signal raised
// once more, for the action that is back in place. So each signal is either
// sent or takes its former action, and none is lost.

#include "libgo/signal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libgo/error.h"
#include "libgo/goroutine.h"
#include "libgo/sync.h"
#include "rt/atomic.h"
#include "rt/call.h"
#include "rt/os.h"
#include "rt/park.h"
#include "rt/poll.h"

enum { SIGNALS = 64 };

struct slot {
	uint32_t is_wanted;       // atomic
	uint32_t n_inside;        // atomic; handlers between entry and count
	uint32_t n_caught;        // atomic; not yet sent
	void (*former)(int);      // atomic; before's, for late handlers
	bool is_saved;            // mutex; before is what it had
	bool is_ignored;          // mutex; by go_signal_ignore
	struct sigaction before;  // mutex; immutable while is_wanted
};

struct listener {
	struct listener *next;  // mutex
	go__chan_ref chan;      // immutable; a reference
	uint64_t wants;         // mutex; bit n - 1 for signal n
};

static go_mutex mutex;
static struct listener *listeners;  // mutex
static struct go__desc *watched;    // mutex; NULL: there is no watcher
static int event = -1;              // immutable once made
static struct slot slots[SIGNALS + 1];

static uint64_t
bit(int sig)
{
	return (uint64_t)1 << (sig - 1);
}

// -- in the handler ----------------------------------------------------------

// wake_watcher leaves errno alone. If it fails, many others have woken it.
static void
wake_watcher(void)
{
	const uint64_t one = 1;

	go__os_write(event, (const char *)&one, sizeof one);
}

// is_fault tells whether the stopped instruction itself raised sig.
static bool
is_fault(int sig, const siginfo_t *info)
{
	return info->si_code > 0 &&
	       (sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE ||
		sig == SIGILL || sig == SIGTRAP || sig == SIGSYS);
}

static bool
is_function(const struct sigaction *a)
{
	return (a->sa_flags & SA_SIGINFO) != 0 ||
	       (a->sa_handler != SIG_DFL && a->sa_handler != SIG_IGN);
}

static void
chain(const struct sigaction *before, int sig, siginfo_t *info, void *context)
{
	if (before->sa_flags & SA_SIGINFO)
		before->sa_sigaction(sig, info, context);
	else
		before->sa_handler(sig);
}

static void on_signal(int sig, siginfo_t *info, void *context);

// raise_late has a signal that is not wanted take its present action, if that
// is the one it had before us, or ours again (I2). A handler that was put
// before ours, and called it, has the signal already.
static void
raise_late(int sig)
{
	struct sigaction now;
	int saved = errno;

	// Relaxed: it was set long before the handler that is late was ours.
	if (sigaction(sig, NULL, &now) == 0 &&
	    (now.sa_handler == load_rlx(&slots[sig].former) ||
	     now.sa_sigaction == on_signal))
		raise(sig);  // once the handler has returned: it is blocked
	errno = saved;
}

// pass_on has a fault take the action that there was before.
static void
pass_on(int sig, const struct sigaction *before)
{
	int saved = errno;

	sigaction(sig, before, NULL);
	raise(sig);
	errno = saved;
}

static void
on_signal(int sig, siginfo_t *info, void *context)
{
	struct slot *s = &slots[sig];
	struct sigaction before = {.sa_handler = SIG_DFL};
	bool is_wanted;

	// [SG1] pairs with give_back: either it waits for us, or we see that
	// the signal is not wanted.
	add_seq(&s->n_inside, 1);
	is_wanted = load_seq(&s->is_wanted) != 0;
	if (is_wanted)
		before = s->before;
	if (is_wanted && !is_fault(sig, info)) {
		add_rlx(&s->n_caught, 1);  // what follows publishes it
		wake_watcher();
	}
	// [SG1] pairs with give_back: n_caught is seen with it.
	sub_acqrel(&s->n_inside, 1);

	if (!is_wanted)
		raise_late(sig);
	else if (is_function(&before))
		chain(&before, sig, info, context);
	else if (is_fault(sig, info))
		pass_on(sig, &before);
}

// -- actions; the mutex is held ----------------------------------------------

static bool
is_signal(int sig)
{
	struct sigaction now;

	// libc keeps two for itself.
	return sig >= 1 && sig <= SIGNALS && sig != SIGKILL && sig != SIGSTOP &&
	       sigaction(sig, NULL, &now) == 0;
}

static void
save(int sig)
{
	struct slot *s = &slots[sig];

	if (s->is_saved)
		return;
	sigaction(sig, NULL, &s->before);
	// Relaxed: is_wanted, or nothing, follows.
	store_rlx(&s->former, s->before.sa_handler);
	s->is_saved = true;
}

static void
take(int sig)
{
	const int kept = SA_NOCLDSTOP | SA_NOCLDWAIT | SA_NODEFER;
	struct slot *s = &slots[sig];
	struct sigaction ours = {.sa_sigaction = on_signal};

	if (load_rlx(&s->is_wanted) != 0)  // it changes under the mutex
		return;
	save(sig);
	ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
	if (is_function(&s->before)) {
		ours.sa_mask = s->before.sa_mask;
		ours.sa_flags |= s->before.sa_flags & kept;
	}
	s->is_ignored = false;
	// [SG1] pairs with on_signal: before is set. I2
	store_seq(&s->is_wanted, 1);
	sigaction(sig, &ours, NULL);
}

// give_back gives sig the action it had before us, or has it ignored; nobody
// is inside the handler any more when it returns.
static void
give_back(int sig, bool is_ignored)
{
	struct sigaction now, ignore = {.sa_handler = SIG_IGN};
	struct slot *s = &slots[sig];
	bool is_ours;

	sigaction(sig, NULL, &now);
	is_ours = now.sa_sigaction == on_signal ||
		  (s->is_ignored && now.sa_handler == SIG_IGN);
	if (is_ignored)
		sigaction(sig, &ignore, NULL);
	else if (is_ours)
		sigaction(sig, &s->before, NULL);
	// [SG1] pairs with on_signal: who comes now sees it, who was inside
	// has counted.
	store_seq(&s->is_wanted, 0);
	while (load_seq(&s->n_inside) != 0)
		go__os_yield();
	s->is_saved = s->is_ignored = is_ignored;
}

static uint64_t
wanted_by_all(const struct listener *but)
{
	uint64_t wants = 0;

	for (const struct listener *l = listeners; l != NULL; l = l->next)
		wants |= l != but ? l->wants : 0;
	return wants;
}

// -- sending; the mutex is held ----------------------------------------------

static void
send_caught(void)
{
	uint32_t n;

	for (int sig = 1; sig <= SIGNALS; sig++) {
		// Relaxed: the eventfd, or n_inside, led us here.
		n = swap_rlx(&slots[sig].n_caught, 0);
		for (struct listener *l = n > 0 ? listeners : NULL; l != NULL;
		     l = l->next) {
			if ((l->wants & bit(sig)) == 0)
				continue;
			for (uint32_t i = 0; i < n; i++)
				if (!go__chan_try_send(l->chan, &sig))
					break;
		}
	}
}

// drop_idle removes the listeners that want nothing any more.
static void
drop_idle(void)
{
	struct listener **at = &listeners, *l;

	while ((l = *at) != NULL) {
		if (l->wants != 0) {
			at = &l->next;
			continue;
		}
		*at = l->next;
		go__chan_release(l->chan);
		free(l);
	}
	if (listeners == NULL && watched != NULL)
		wake_watcher();  // to its end
}

// send_or_end sends what was caught; it ends the watching and returns false
// when nobody listens.
static bool
send_or_end(struct go__desc *d)
{
	bool goes_on;

	go_mutex_lock(&mutex);
	send_caught();
	goes_on = listeners != NULL;
	if (!goes_on) {
		go__poll_close(d);
		watched = NULL;
	}
	go_mutex_unlock(&mutex);
	return goes_on;
}

static void
watch(struct go__desc *d)
{
	uint64_t n;

	while (send_or_end(d))
		if (read(event, &n, sizeof n) < 0)
			(void)go__poll_wait(d, GO__POLL_READ, GO__NEVER);
}

// start_watcher returns 0 or -errno.
static int
start_watcher(void)
{
	int error;

	if (watched != NULL)
		return 0;
	if (!go__go_start())
		return -EAGAIN;
	if (event < 0)
		event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event < 0)
		return -errno;
	error = go__poll_open(event, &watched);
	if (error == 0 && go_try_start(watch, watched) != NULL) {
		go__poll_close(watched);
		error = -ENOMEM;
	}
	if (error != 0)
		watched = NULL;
	return error;
}

// -- calls -------------------------------------------------------------------

// set_of returns the signals of a list, and panics in the name of call if one
// is none.
static uint64_t
set_of(const char *call, const int *sigs, size_t n)
{
	uint64_t set = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_signal(sigs[i]))
			go_panic("%s: signal %d cannot be caught", call,
				 sigs[i]);
		set |= bit(sigs[i]);
	}
	return set;
}

static uint64_t
set_of_all(void)
{
	uint64_t set = 0;

	for (int sig = 1; sig <= SIGNALS; sig++)
		set |= is_signal(sig) ? bit(sig) : 0;
	return set;
}

static struct listener *
find(go__chan_ref chan)
{
	struct listener *l = listeners;

	while (l != NULL && l->chan != chan)
		l = l->next;
	return l;
}

// listen adds set to what chan gets, in *fresh, which it then takes, if it
// gets nothing so far.
static int
listen(go__chan_ref chan, uint64_t set, struct listener **fresh)
{
	struct listener *l = find(chan);
	int error;

	send_caught();  // what came before is not for chan
	if (l == NULL) {
		l = *fresh;
		*l = (struct listener){.chan = chan, .next = listeners};
	}
	error = start_watcher();
	if (error != 0)
		return error;
	if (l == *fresh) {
		go__chan_retain(chan);
		listeners = l;
		*fresh = NULL;
	}
	l->wants |= set;
	for (int sig = 1; sig <= SIGNALS; sig++)
		if (set & bit(sig))
			take(sig);  // I1
	return 0;
}

// notify returns 0, or -errno and chan is as it was.
static int
notify(go__chan_ref chan, uint64_t set)
{
	struct listener *fresh = malloc(sizeof *fresh);
	int error;

	if (fresh == NULL)
		return -ENOMEM;
	go_mutex_lock(&mutex);
	error = listen(chan, set, &fresh);
	go_mutex_unlock(&mutex);
	free(fresh);
	return error;
}

// why tells why start_watcher failed.
static const char *
why(int error)
{
	switch (error) {
	case -ENOMEM:
		return "no memory";
	case -EAGAIN:
		return "no thread can be had";
	default:
		return strerror(-error);
	}
}

void
go__signal_notify(go__chan_ref sender, const int *sigs, size_t n)
{
	uint64_t set =
		n > 0 ? set_of("go_signal_notify", sigs, n) : set_of_all();
	int error;

	if (sender == NULL)
		go_panic("go_signal_notify: the channel is NULL");
	error = notify(sender, set);
	if (error != 0)
		go_panic("go_signal_notify: %s", why(error));
}

void
go__signal_stop(go__chan_ref sender)
{
	struct listener *l;
	uint64_t unwanted;

	go_mutex_lock(&mutex);
	l = find(sender);
	if (l != NULL) {
		unwanted = l->wants & ~wanted_by_all(l);
		for (int sig = 1; sig <= SIGNALS; sig++)
			if (unwanted & bit(sig))
				give_back(sig, false);
		send_caught();  // I3
		l->wants = 0;
		drop_idle();
	}
	go_mutex_unlock(&mutex);
}

// withdraw takes the signals of set from all.
static void
withdraw(uint64_t set, bool is_ignored)
{
	go_mutex_lock(&mutex);
	for (int sig = 1; sig <= SIGNALS; sig++) {
		if ((set & bit(sig)) == 0)
			continue;
		if (is_ignored)
			save(sig);
		if (slots[sig].is_saved)
			give_back(sig, is_ignored);
	}
	send_caught();  // I3
	for (struct listener *l = listeners; l != NULL; l = l->next)
		l->wants &= ~set;
	drop_idle();
	go_mutex_unlock(&mutex);
}

void
go__signal_ignore(const int *sigs, size_t n)
{
	withdraw(set_of("go_signal_ignore", sigs, n), true);
}

void
go__signal_reset(const int *sigs, size_t n)
{
	withdraw(set_of("go_signal_reset", sigs, n), false);
}

bool
go_signal_is_ignored(int sig)
{
	struct sigaction now;

	return sigaction(sig, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

// -- contexts ----------------------------------------------------------------

static go_error *
cause_of(int sig)
{
	static const char *const names[] = {
		[SIGHUP] = "hangup",
		[SIGINT] = "interrupt",
		[SIGQUIT] = "quit",
		[SIGILL] = "illegal instruction",
		[SIGTRAP] = "trace/breakpoint trap",
		[SIGABRT] = "aborted",
		[SIGBUS] = "bus error",
		[SIGFPE] = "floating point exception",
		[SIGUSR1] = "user defined signal 1",
		[SIGSEGV] = "segmentation fault",
		[SIGUSR2] = "user defined signal 2",
		[SIGPIPE] = "broken pipe",
		[SIGALRM] = "alarm clock",
		[SIGTERM] = "terminated",
		[SIGCHLD] = "child exited",
		[SIGCONT] = "continued",
		[SIGTSTP] = "stopped",
		[SIGWINCH] = "window changed",
	};

	if ((size_t)sig < sizeof names / sizeof names[0] && names[sig] != NULL)
		return go_errorf("%s signal received", names[sig]);
	return go_errorf("signal %d received", sig);
}

// attend waits for the first signal on c, or for the end of ctx, and owns a
// reference on both.
static void
attend(go_ctx *ctx, go_chan(int) c)
{
	enum { DONE, SIGNAL };
	int sig;
	size_t which = go_select(go_on_done(ctx), go_on_recv(c, &sig));
	go_error *cause;

	go_signal_stop(c);
	if (which == SIGNAL) {
		cause = cause_of(sig);
		go_ctx_cancel_cause(ctx, cause);
		go_error_free(cause);
	}
	go_chan_release(c);
	go_ctx_release(ctx);
}

go_ctx *
go__signal_ctx(go_ctx *parent, const int *sigs, size_t n)
{
	uint64_t set = n > 0 ? set_of("go_signal_ctx", sigs, n) : set_of_all();
	go_ctx *ctx = go_ctx_with_cancel(parent);
	int error = -ENOMEM;
	go_chan(int) c;

	if (go_ctx_err(ctx) != NULL)
		return ctx;
	c = go_chan_make(int, 1);
	if (c != NULL)
		error = notify((go__chan_ref)c, set);
	if (error == 0 && go_try_start(attend, go_ctx_retain(ctx), c) != NULL) {
		go_ctx_release(ctx);
		go_signal_stop(c);
		error = -ENOMEM;
	}
	if (error == 0)
		return ctx;
	go_chan_release(c);
	go_ctx_release(ctx);
	go_panic("go_signal_ctx: %s", why(error));
}
