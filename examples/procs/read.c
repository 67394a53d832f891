// SPDX-License-Identifier: MIT
//
// One process from the files of /proc/PID: stat for most numbers, status for
// the user and the memory (that of stat may lag behind), cmdline for the
// command. A process may end between any two reads;
// it is gone then, which is no error.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc.h"

// read_file reads a file of the process whole, with a NUL behind; NULL if it
// or the memory for it is not there. The caller frees it.
static char *
read_file(int pid, const char *name, size_t *n)
{
	size_t room = 2048;
	char path[64], *text = NULL, *grown;
	ssize_t got = 1;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	for (*n = 0; got > 0; *n += (size_t)(got > 0 ? got : 0)) {
		if (text == NULL || *n + 1 == room) {
			room *= 2;
			grown = realloc(text, room);
			if (grown == NULL)
				break;
			text = grown;
		}
		do
			got = read(fd, text + *n, room - 1 - *n);
		while (got < 0 && errno == EINTR);
	}
	close(fd);
	if (got != 0) {
		free(text);
		return NULL;
	}
	text[*n] = '\0';
	return text;
}

// parse_stat reads "PID (NAME) STATE PPID ...": the name may hold anything,
// parentheses and blanks included, and ends at the last one.
static bool
parse_stat(struct proc *p, const char *text)
{
	const char *open = strchr(text, '('), *close = strrchr(text, ')');
	unsigned long long user, system, vsize;
	uint64_t tick = (uint64_t)GO_SECOND / (uint64_t)sysconf(_SC_CLK_TCK);
	long threads;
	char state;

	if (open == NULL || close == NULL || close < open)
		return false;
	snprintf(p->name, sizeof(p->name), "%.*s", (int)(close - open - 1),
		 open + 1);
	if (sscanf(close + 1,
		   " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d "
		   "%*d %*d %*d %ld %*d %*u %llu",
		   &state, &p->ppid, &user, &system, &threads, &vsize) != 6)
		return false;
	p->state = (enum state)state;
	p->threads = (int)threads;
	p->cpu = (go_duration)((user + system) * tick);
	p->vsize = vsize;
	return true;
}

// parse_status finds the effective user, the second number, and the memory,
// which threads of the kernel have not.
static bool
parse_status(struct proc *p, const char *text)
{
	const char *uid = strstr(text, "\nUid:");
	const char *rss = strstr(text, "\nVmRSS:");
	unsigned long long kib;

	if (rss != NULL && sscanf(rss, "\nVmRSS: %llu", &kib) == 1)
		p->rss = kib * 1024;
	return uid != NULL && sscanf(uid, "\nUid: %*u %u", &p->uid) == 1;
}

// command_of makes one line of the arguments, which end in a NUL each, and
// takes text. A process without arguments is its name in brackets.
static char *
command_of(char *text, size_t n, const char *name)
{
	char *command;
	size_t i;

	while (n > 0 && text[n - 1] == '\0')
		n--;
	for (i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = ' ';
	if (n > 0)
		return text;
	free(text);
	return asprintf(&command, "[%s]", name) < 0 ? NULL : command;
}

bool
proc_read(int pid, struct proc *p)
{
	char *text;
	bool ok;
	size_t n;

	memset(p, 0, sizeof(*p));
	p->pid = pid;
	text = read_file(pid, "stat", &n);
	ok = text != NULL && parse_stat(p, text);
	free(text);
	if (!ok)
		return false;
	text = read_file(pid, "status", &n);
	ok = text != NULL && parse_status(p, text);
	free(text);
	if (!ok)
		return false;
	text = read_file(pid, "cmdline", &n);
	if (text != NULL)
		p->command = command_of(text, n, p->name);
	return p->command != NULL;
}

void
proc_free(struct proc *p)
{
	free(p->command);
}
