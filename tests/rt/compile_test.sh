#!/bin/sh
# SPDX-License-Identifier: MIT
#
# compile: what go() refuses, in words, and what it takes without a warning.
. tests/rt/refuse.sh

head='
struct big { char c[24]; };
struct pair { long a, b; };
enum colour { RED };
void none(void);
void one(int);
void two(int, double);
void text(const char *);
void five_and_pair(int, int, int, int, int, struct pair);
void four_and_pair(int, int, int, int, struct pair);
void six(int, int, int, int, int, int);
void seven(int, int, int, int, int, int, int);
void narrow(unsigned char, bool, enum colour, float, short);
void quad(long double);
void large(struct big);
struct big result_big(void);
struct pair result_pair(void);
int number(void);
int result_of(short, bool, double, struct pair);
'

refuse 'at most six arguments' <<'EOT'
	go(seven, 1, 2, 3, 4, 5, 6, 7);
EOT
refuse 'more than six words' <<'EOT'
	struct pair p = {1, 2};
	go(five_and_pair, 1, 2, 3, 4, 5, p);
EOT
refuse 'more than six words' <<'EOT'
	go(quad, 1.0L);
EOT
refuse 'more than six words' <<'EOT'
	struct big b = {{0}};
	go(large, b);
EOT
refuse 'result is too large' <<'EOT'
	go(result_big);
EOT
refuse 'too many arguments' <<'EOT'
	go(one, 1, 2);
EOT
refuse 'too few arguments' <<'EOT'
	go(two, 1);
EOT
refuse 'incompatible (pointer )?type|without a cast|incompatible integer' <<'EOT'
	go(text, 5);
EOT
refuse 'incompatible (pointer )?type' <<'EOT'
	struct pair p = {1, 2};
	go(one, p);
EOT
refuse 'incompatible pointer type' <<'EOT'
	double d = 0;
	go(text, &d);
EOT
refuse 'undeclared' <<'EOT'
	go(nobody, 1);
EOT
refuse 'invalid type argument|indirection requires pointer' <<'EOT'
	int i = 0;
	go(i, 1);
EOT
refuse 'pointer|format|argument' <<'EOT'
	go_panic("%s", 5);
EOT
refuse 'no member|does not refer' <<'EOT'
	go_with(GO_ATTR(.colour = 3), none);
EOT

accept '-std=gnu11 -Wshadow' '-std=c11 -Wpedantic -Wshadow -Wundef' \
	'-std=gnu2x -Wconversion -Wcast-align -Wcast-qual' <<'EOT'
	struct pair p = {1, 2};
	void (*pointer)(int) = one;
	int id = 3, f = 4, a = 5, x = 6, first = 7, fn = 8;

	go(none);
	go(one, 1);
	go(two, 1, 2);
	go(six, id, f, a, x, first, fn);
	go(narrow, 1, 1, RED, 1.5F, 2);
	go(text, "a, b");
	go(four_and_pair, 1, 2, 3, 4, p);
	go(four_and_pair, 1, 2, 3, 4, ((struct pair){1, 2}));
	go(result_pair);
	go(number);
	go(pointer, 1);
	go(*pointer, number());
	go(id > 3 ? one : pointer, 1);
	if (id == 3)
		go(none);
	else
		go(one, id);
	for (int i = 0; i < 3; i++)
		go(one, i);
	go_with(GO_ATTR(.stack_size = 1 << 20, .name = "reader"), one, 1);
	go_with(NULL, one, 1);
	if (go_try_start(one, 1) != NULL)
		go_panic("%s: %d", "no goroutine", 1);
	(void)go_id(), (void)go_count(), (void)go_procs(0);
EOT

# A go() in the argument of a go(), and both on one line.
accept '-std=gnu11 -Wshadow' <<'EOT'
	go(one, (go(none), go(one, number()), number())); go(none);
EOT

accept_cxx <<'EOT'
	struct pair p = {1, 2};

	go(none);
	go(two, 1, 2);
	go(narrow, 1, true, RED, 1.5F, 2);
	go(four_and_pair, 1, 2, 3, 4, p);
	go(result_of, 1, true, 1.5F, p);
	if (go_try_start(number) != NULL)
		go_panic("no goroutine");
EOT

# Macros among the arguments.
accept '-std=gnu11 -Wshadow' <<'EOT'
	go(narrow, 1, true, RED, 0, NULL == NULL);
EOT

# AArch64 gives a register to each float of a struct, and has eight.
if command -v aarch64-linux-gnu-gcc >/dev/null; then
	compilers=aarch64-linux-gnu-gcc
	head='
struct quad { float x, y, z, w; };
void two(struct quad, int, struct quad);
void three(struct quad, struct quad, struct quad);
'
	refuse 'more than six words' <<'EOT'
	struct quad q = {0, 0, 0, 0};
	go(three, q, q, q);
EOT
	accept '-std=c11 -Wpedantic -Wshadow -Wundef' <<'EOT'
	struct quad q = {0, 0, 0, 0};
	go(two, q, 1, q);
EOT
fi

finish
