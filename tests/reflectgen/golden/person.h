// SPDX-License-Identifier: MIT
//
// People.

#pragma once
#include <libgo/reflect.h>

enum GO_REFLECT colour { RED, GREEN = 5, BLUE };

// Where somebody lives.
struct GO_REFLECT address {
	char city[16];
	int zip;
};

struct GO_REFLECT person {
	char name[16]     GO_TAG(json:"name");
	int age           GO_TAG(json:"age,omitempty" db:"years");  // in years
	double score;
	enum colour favourite;
	unsigned admin : 1;
	struct address home;
	struct {
		short width, height;
	};
	size_t n_tags;
	char **tags GO_LEN(n_tags) GO_OWNED;
	struct person *next;
};

GO_REFLECT int person_birthday(struct person *p, int years);
GO_ORDER(person, by_age, "-age, ^~name")
