// SPDX-License-Identifier: MIT
//
// Orders of every kind that GO_ORDER knows; order_test.c holds the generated
// functions to libgo/order.h, which reads the same specifications at run time.

#ifndef TESTS_REFLECTGEN_ORDER_H
#define TESTS_REFLECTGEN_ORDER_H

#include "libgo/reflect.h"

// clang-format off
enum rank { RANK_NONE = -1, RANK_LOW, RANK_HIGH };

struct GO_REFLECT place {
	int zip;
	const char *street;
	struct place *near;
};

struct GO_REFLECT entry {
	char name[8];
	const char *title;
	size_t n_code;
	const char *code GO_LEN(n_code);
	int number;
	unsigned long big;
	short bits : 5;
	unsigned flag : 1;
	bool yes;
	enum rank rank;
	float part;
	double score;
	long double fine;
	__int128 wide;
	_Atomic int hits;
	struct {
		int depth;
		struct place home;
	};
	struct place *work, **far;
	int grid[2][3];
	union {
		int id;
		unsigned char raw[4];
	} key;
};

GO_ORDER(entry, by_name, "name")
GO_ORDER(entry, by_folded, "^name, number")
GO_ORDER(entry, by_natural, "~name")
GO_ORDER(entry, by_both, "-^~title")
GO_ORDER(entry, by_title, "title, -name")
GO_ORDER(entry, by_title_last, "?-title")
GO_ORDER(entry, by_code, "code")
GO_ORDER(entry, by_code_natural, "- ~ code")
GO_ORDER(entry, by_number, "-number")
GO_ORDER(entry, by_big, "big")
GO_ORDER(entry, by_bits, "bits, -flag, yes")
GO_ORDER(entry, by_rank, "-rank, number")
GO_ORDER(entry, by_part, "part, -score")
GO_ORDER(entry, by_score, "-score")
GO_ORDER(entry, by_fine, "-fine")
GO_ORDER(entry, by_wide, "-wide, hits")
GO_ORDER(entry, by_depth, "depth, home.zip, -home.street")
GO_ORDER(entry, by_work, "work.zip, number")
GO_ORDER(entry, by_work_last, "? -work.near.zip, ?work.street")
GO_ORDER(entry, by_grid, "grid[1][2], -grid[0][0]")
GO_ORDER(entry, by_far, "?far.near.zip, -far.zip")
GO_ORDER(entry, by_key, "key.id, key.raw[1]")
// clang-format on

#endif
