// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
struct GO_REFLECT person {
	char name[16];
	int age;
	struct {
		int zip;
	} home;
};
GO_ORDER(person, by_x, "-age, nme")
GO_ORDER(person, by_y, "-age, ")
GO_ORDER(person, by_z, "^age")
GO_ORDER(person, by_h, "home")
GO_ORDER(nobody, by_h, "home")
