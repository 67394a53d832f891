// SPDX-License-Identifier: MIT
//
// The terminal. Lines are written over the old ones, each cleared to its end,
// so nothing flickers.
//
// The signals are blocked in every thread, and a plain thread waits for them:
// what it does on arrival is no handler and may call anything.

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "screen.h"

static pthread_t waiter;
static go_chan(go_unit) interrupted;

bool
screen_measure(size_t *width, size_t *height)
{
	struct winsize size = {0};
	bool is_terminal = isatty(STDOUT_FILENO) == 1;

	if (is_terminal)
		ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	*width = size.ws_col;
	*height = size.ws_row;
	return is_terminal;
}

void
screen_draw(const char *text, size_t n)
{
	const char *end = text + n, *line_end;

	fputs("\033[H", stdout);
	for (; text < end; text = line_end + 1) {
		line_end = memchr(text, '\n', (size_t)(end - text));
		if (line_end == NULL)
			line_end = end;
		fwrite(text, 1, (size_t)(line_end - text), stdout);
		fputs("\033[K\n", stdout);
	}
	fputs("\033[J", stdout);
}

static void
interrupts(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
}

static void *
wait_for_interrupt(void *arg)
{
	sigset_t set;
	int sig;

	interrupts(&set);
	sigwait(&set, &sig);
	go_close(interrupted);
	return arg;
}

go_receiver(go_unit) interrupt_begin(void)
{
	sigset_t set;

	interrupts(&set);
	interrupted = go_chan_make(go_unit, 0);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (interrupted == NULL ||
	    pthread_create(&waiter, NULL, wait_for_interrupt, NULL) != 0)
		go_panic("procs: cannot wait for signals");
	return go_recv_only(interrupted);
}

void
interrupt_end(void)
{
	// It may be waiting still: then this is what it waits for.
	pthread_kill(waiter, SIGTERM);
	pthread_join(waiter, NULL);
	go_chan_release(interrupted);
}
