// SPDX-License-Identifier: MIT
//
// The shapes of C that reflectgen describes; shapes_test.c holds what it says
// to the compiler.

#ifndef TESTS_REFLECTGEN_SHAPES_H
#define TESTS_REFLECTGEN_SHAPES_H

#include <complex.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include "libgo/reflect.h"

// clang-format off
enum GO_REFLECT wide_enum { WIDE_NONE, WIDE_TOP = 0x8000000000000000 };
enum GO_REFLECT signed_enum { MINUS = -5, ZERO = 0, ALSO_ZERO = 0, PLUS = 7 };
enum GO_REFLECT GO_FLAGS access {
	ACCESS_READ = 1,   // may read
	ACCESS_WRITE = 2,
	// may run
	ACCESS_RUN = 4
};
enum GO_REFLECT __attribute__((packed)) tiny_enum { TINY_A = -1, TINY_B };
enum which { BY_ID, BY_MAIL, BY_NONE };
typedef enum GO_REFLECT { LOW, HIGH } level;

typedef struct GO_REFLECT {
	int x, y;  // where
} spot;
typedef spot spot_alias;
typedef struct GO_REFLECT mark mark;
struct mark {
	int at;
};

// A node
// of a tree.
struct GO_REFLECT node {
	struct node *left, *right;
	const struct node *const parent;
	mark *mark;
};

struct GO_REFLECT bits {
	int first : 4;
	unsigned second : 3;
	_Bool flag : 1;
	enum which which : 2;
	long long wide : 40;
	int : 0;
	int : 3;
	unsigned char tail : 5;
	uint64_t all : 64;
	const int fixed : 7;
};
struct GO_REFLECT __attribute__((packed)) packed_bits {
	char c;
	unsigned a : 3;
	unsigned long long b : 61;
	short s;
	unsigned z : 1;
	double d;
};
#pragma pack(push, 2)
struct GO_REFLECT pragma_packed {
	char c;
	int i;
	long long l;
};
#pragma pack(pop)
struct GO_REFLECT __attribute__((aligned(64))) aligned_struct {
	int i;
};
struct GO_REFLECT over_aligned {
	_Alignas(32) char c;
	int x;
};
struct GO_REFLECT empty {};
union GO_REFLECT mixed {
	int i;
	char bytes[8];
	struct {
		short low, high;
	};
};

struct GO_REFLECT nested {
	char c;
	struct {
		short w, h;
		union {
			int i;
			float f;
			struct {
				char deep;
				unsigned bit : 2;
			};
		};
	};
	struct {
		int a;
		struct {
			int b;
		} in[2];
	} value, *pointer, array[3];
	enum { LOCAL_A = 3, LOCAL_B } local;
	struct inner {
		int x;
	} named;
};

struct unknown;
typedef int (*callback)(const spot *p, size_t n, ...);
typedef int row[3];
struct GO_REFLECT kinds {
	bool yes;
	char c;
	signed char sc;
	unsigned char uc;
	unsigned short us;
	long l;
	unsigned long ul;
	long long ll;
	unsigned long long ull;
	__int128 big;
	unsigned __int128 ubig;
	float f;
	double d;
	long double ld;
	float _Complex cf;
	double _Complex cd;
	long double _Complex cld;
	size_t size;
	uint8_t u8;
	int64_t i64;
	uintptr_t address;
	pid_t pid;
	level level;
	int grid[2][3];
	row rows[2];
	spot at, *pat, pts[4];
	spot_alias alias;
	_Atomic int counter;
	atomic_uint acounter;
	_Atomic(struct node *) anode;
	volatile int vol;
	const char *restrict text;
	callback call;
	void (*none)(void);
	int (*(*maker)(int))(double);
	void (*table[3])(int, char *);
	int (*parray)[5];
	struct unknown *opaque;
	FILE *file;
	struct timespec ts;
	struct tm *tm;
	void *any;
	const void *const *deep;
	wchar_t wc;
	va_list args;
	__typeof__(int *) same;
	int __attribute__((vector_size(16))) vector;
	int zero[0];
};

struct GO_REFLECT letter {
	char to[16] GO_TAG(json:"name") GO_TAG(db:"receiver");
	/* Who
	   wrote. */
	const char *from;
	enum which kind;
	union {
		int id GO_CASE(BY_ID);
		char *mail GO_CASE(BY_MAIL, BY_NONE);
	} key GO_UNION(kind);
	size_t n_tags;
	char **tags GO_LEN(n_tags) GO_OWNED GO_TAG(json:"tags");
	uint16_t n_pages;
	struct page {
		int lines;
	} pages[] GO_LEN(n_pages);
};
struct tm_holder {
	struct tm tm;
};
GO_TAG_EXT(struct letter, from, json:"from,omitempty")

// letter_weigh doc.
GO_REFLECT int letter_weigh(const struct letter *l, int each);
GO_REFLECT void letter_clear(struct letter *l);
GO_REFLECT static inline spot
spot_add(spot a, spot b)
{
	return (spot){a.x + b.x, a.y + b.y};
}
GO_REFLECT double spot_apply(const spot *s, double (*f)(int, int),
			     const char *const *names);
GO_REFLECT int spot_count(void);
// clang-format on

#endif
