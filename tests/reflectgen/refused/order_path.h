// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
union choice {
	struct other *pointer;
	char *text;
};
struct GO_REFLECT person {
	char name[16];
	int ages[3];
	union choice choice;
	struct person *next;
	double _Complex z;
	union {
		struct {
			char *deep;
		};
	};
};
GO_ORDER(person, by_a, "name.x")
GO_ORDER(person, by_b, "ages[3]")
GO_ORDER(person, by_c, "ages[")
GO_ORDER(person, by_d, "--name")
GO_ORDER(person, by_e, "name age")
GO_ORDER(person, by_f, "choice.text")
GO_ORDER(person, by_g, "choice.pointer.x")
GO_ORDER(person, by_h, "z")
GO_ORDER(person, by_i, "")
GO_ORDER(person, by_j, "name, next.next.nme")
GO_ORDER(person, by_k, "next.next.next.next.next.next.next.name")
GO_ORDER(person, by_l, "name")
GO_ORDER(person, by_l, "-name")
GO_ORDER(person, by_m, "deep")
