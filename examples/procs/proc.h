// SPDX-License-Identifier: MIT
//
// proc: a process of this machine, and a list of them.
//
// Whatever the program shows, filters or sorts by is a member of struct proc:
// columns, titles, units, JSON and the names in --where, --sort and --columns
// are read off this declaration. A new member is a new column.

#ifndef PROC_H
#define PROC_H

#include <libgo/reflect.h>
#include <libgo/time.h>

// The letters of /proc/PID/stat.
enum GO_REFLECT state {
	R = 'R',  // running
	S = 'S',  // sleeping
	D = 'D',  // waiting for a disk
	Z = 'Z',  // dead, not waited for
	T = 'T',  // stopped by a signal
	t = 't',  // stopped by a tracer
	X = 'X',  // dead
	I = 'I'   // idle, of the kernel
};

// clang-format off
struct GO_REFLECT proc {
	int pid;
	int ppid;
	unsigned uid       GO_TAG(table:"-");
	char user[32];
	enum state state   GO_TAG(table:"S");
	int threads        GO_TAG(table:"THR");
	uint64_t rss       GO_TAG(unit:"bytes");
	uint64_t vsize     GO_TAG(unit:"bytes" table:"-");
	go_duration cpu    GO_TAG(unit:"ns");
	char name[64];
	char *command      GO_OWNED;
};
// clang-format on

struct proc_list {
	struct proc *items;
	size_t n, room;
};

// proc_list_scan adds all processes that there are, read by goroutines.
go_error *proc_list_scan(struct proc_list *list);
void proc_list_free(struct proc_list *list);

// proc_read reads process pid; false if it is gone. The command is the
// caller's, to be freed with proc_free. The user's name is not set.
bool proc_read(int pid, struct proc *p);
void proc_free(struct proc *p);

// proc_name_users sets the names of the users. It is for one goroutine at a
// time: it keeps the names that it looked up.
void proc_name_users(struct proc *items, size_t n);

#endif
