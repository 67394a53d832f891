// SPDX-License-Identifier: MIT
//
// All processes, read concurrently.
//
//	              +--> reader --+
//	lister -pids->+--> reader --+-found-> proc_list_scan
//	              +--> reader --+
//
// The lister closes pids when it has seen all of /proc, so the readers end;
// when the last has ended the closer closes found, so the scan ends. Some
// files make who reads them wait (another process' memory is locked): the
// other readers go on meanwhile.

#include <dirent.h>
#include <errno.h>
#include <libgo.h>
#include <stdlib.h>

#include "proc.h"

enum { READERS = 8, QUEUE = 64 };

static void
list_pids(DIR *dir, go_sender(int) pids)
{
	struct dirent *entry;
	char *end;
	long pid;

	while ((entry = readdir(dir)) != NULL) {
		pid = strtol(entry->d_name, &end, 10);
		if (pid > 0 && *end == '\0')
			go_send(pids, (int)pid);
	}
	go_close(pids);
}

static void
read_procs(go_receiver(int) pids, go_sender(struct proc) found)
{
	struct proc p;
	int pid;

	while (go_recv(pids, &pid))
		if (proc_read(pid, &p))
			go_send(found, p);
}

static void
close_behind(go_waitgroup *readers, go_sender(struct proc) found)
{
	go_wg_wait(readers);
	go_close(found);
}

static bool
append(struct proc_list *list, const struct proc *p)
{
	size_t room = list->room == 0 ? 256 : 2 * list->room;
	struct proc *grown;

	if (list->n == list->room) {
		grown = realloc(list->items, room * sizeof(*grown));
		if (grown == NULL)
			return false;
		list->items = grown;
		list->room = room;
	}
	list->items[list->n++] = *p;
	return true;
}

go_error *
proc_list_scan(struct proc_list *list)
{
	go_chan(int) pids = go_chan_make(int, QUEUE);
	go_chan(struct proc) found = go_chan_make(struct proc, QUEUE);
	go_waitgroup readers = {0};
	DIR *dir = opendir("/proc");
	go_error *err = NULL;
	struct proc p;
	int i;

	if (dir == NULL)
		err = go_error_from_errno(errno);
	else if (pids == NULL || found == NULL)
		err = GO_NO_MEMORY;
	if (err != NULL)
		goto release;

	go(list_pids, dir, go_send_only(pids));
	for (i = 0; i < READERS; i++)
		go_wg_go(&readers, read_procs, go_recv_only(pids),
			 go_send_only(found));
	go(close_behind, &readers, go_send_only(found));
	// To the end even without memory: the others wait for it.
	while (go_recv(found, &p)) {
		if (err == NULL && append(list, &p))
			continue;
		err = GO_NO_MEMORY;
		proc_free(&p);
	}
	proc_name_users(list->items, list->n);

release:
	if (dir != NULL)
		closedir(dir);
	go_chan_release(found);
	go_chan_release(pids);
	return err;
}

void
proc_list_free(struct proc_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		proc_free(&list->items[i]);
	free(list->items);
}
