// SPDX-License-Identifier: MIT
//
// Names of users. There are few, and looking one up may ask a server: each is
// asked for once.

#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "proc.h"

enum { KNOWN = 64 };

static struct user {
	unsigned uid;
	char name[sizeof(((struct proc *)0)->user)];
} known[KNOWN];
static size_t n_known;

static const char *
look_up(unsigned uid)
{
	// A full table forgets the oldest.
	struct user *u = &known[n_known++ % KNOWN];
	const struct passwd *entry = getpwuid((uid_t)uid);

	u->uid = uid;
	if (entry != NULL)
		snprintf(u->name, sizeof(u->name), "%s", entry->pw_name);
	else
		snprintf(u->name, sizeof(u->name), "%u", uid);
	return u->name;
}

static const char *
name_of(unsigned uid)
{
	size_t n = n_known < KNOWN ? n_known : KNOWN, i;

	for (i = 0; i < n; i++)
		if (known[i].uid == uid)
			return known[i].name;
	return look_up(uid);
}

void
proc_name_users(struct proc *items, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		snprintf(items[i].user, sizeof(items[i].user), "%s",
			 name_of(items[i].uid));
}
