// SPDX-License-Identifier: MIT
//
// The arguments of go(): each kind arrives as in a plain call.

#include <complex.h>
#include <float.h>
#include <limits.h>

#include "suite.h"

// Each function under test compares what it got and says so here.
static go_waitgroup wg;
static bool is_right;

// expect_right starts fn(args...) and waits for its end.
#define expect_right(...)                                                      \
	do {                                                                   \
		is_right = false;                                              \
		go_wg_add(&wg, 1);                                             \
		go(__VA_ARGS__);                                               \
		go_wg_wait(&wg);                                               \
		ck_assert_msg(is_right, "%s", #__VA_ARGS__);                   \
	} while (0)

static void
judge(bool verdict)
{
	is_right = verdict;
	go_wg_done(&wg);
}

static void
no_argument(void)
{
	judge(true);
}

static void
least(int8_t a, int16_t b, int32_t c, int64_t d, signed char e, short f)
{
	judge(a == INT8_MIN && b == INT16_MIN && c == INT32_MIN &&
	      d == INT64_MIN && e == SCHAR_MIN && f == SHRT_MIN);
}

static void
most(uint8_t a, uint16_t b, uint32_t c, uint64_t d, unsigned char e, size_t f)
{
	judge(a == UINT8_MAX && b == UINT16_MAX && c == UINT32_MAX &&
	      d == UINT64_MAX && e == UCHAR_MAX && f == SIZE_MAX);
}

static void
narrowed(uint8_t a, int8_t b, uint16_t c, int16_t d, uint32_t e, bool f)
{
	judge(a == 44 && b == -128 && c == 1 && d == -1 && e == 7 && f);
}

static void
widened(int64_t a, uint64_t b, long long c, unsigned long d, int64_t e, int f)
{
	judge(a == -1 && b == 255 && c == -2 && d == 65535 && e == 'x' &&
	      f == -3);
}

START_TEST(integers_of_every_width_arrive)
{
	int big = 300, edge = 128, wrap = 65537, all = 0xffff;
	int64_t beyond = 0x100000007;
	int8_t minus = -1;
	uint8_t byte = 255;

	expect_right(no_argument);
	expect_right(least, INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN,
		     SCHAR_MIN, SHRT_MIN);
	expect_right(most, UINT8_MAX, UINT16_MAX, UINT32_MAX, UINT64_MAX,
		     UCHAR_MAX, SIZE_MAX);
	expect_right(narrowed, big, edge, wrap, all, beyond, edge);
	expect_right(widened, minus, byte, (short)-2, (uint16_t)65535, 'x', -3);
}

enum colour { RED, GREEN = 7, BLUE = -5 };

static void
truths(bool a, bool b, bool c, bool d)
{
	judge(a && !b && c && !d);
}

static void
colours(enum colour a, enum colour b, unsigned c)
{
	judge(a == GREEN && b == BLUE && c == 7);
}

START_TEST(bools_and_enums_arrive)
{
	enum colour green = GREEN;

	expect_right(truths, true, false, 256, (char *)NULL);
	expect_right(colours, GREEN, BLUE, green);
}

static void
reals(float a, double b, float c, double d, float e, double f)
{
	judge(a == 0.1F && b == 0.1 && c == -FLT_MAX && d == DBL_MIN &&
	      e == 2.5F && f == -1e300);
}

static void
mixed(char a, double b, void *c, float d, int64_t e, double f)
{
	judge(a == 'q' && b == 1.5 && c == &wg && d == 2.5F && e == -9 &&
	      f == 3.5);
}

static void
converted(double a, float b, int c, double d)
{
	judge(a == 3.0 && b == 4.0F && c == 5 && d == 6.5);
}

START_TEST(floating_point_arrives_among_integers)
{
	double five = 5.9;
	float six = 6.5F;

	expect_right(reals, 0.1F, 0.1, -FLT_MAX, DBL_MIN, 2.5F, -1e300);
	expect_right(mixed, 'q', 1.5, &wg, 2.5F, -9, 3.5);
	expect_right(converted, 3, 4U, five, six);
}

struct one {
	char c;
};
struct three {
	char c[3];
};
struct eight {
	int a, b;
};
struct twelve {
	int a[3];
};
struct sixteen {
	int64_t a, b;
};
struct two_doubles {
	double a, b;
};
struct float_int {
	float a;
	int b;
};
struct three_floats {
	float a[3];
};
struct four_floats {
	float a[4];
};
struct double_long {
	double a;
	long b;
};
struct long_double {
	long a;
	double b;
};
union word {
	double d;
	uint64_t u;
};
struct empty_handed {
	void (*fn)(bool);
	const char *text;
};

static void
small_structs(struct one a, struct three b, struct eight c, struct twelve d,
	      union word e)
{
	judge(a.c == 'a' && memcmp(b.c, "xyz", 3) == 0 && c.a == 1 &&
	      c.b == -2 && d.a[0] == 3 && d.a[1] == -4 && d.a[2] == 5 &&
	      e.d == 0.25);
}

static void
wide_structs(struct sixteen a, struct two_doubles b, struct double_long c)
{
	judge(a.a == INT64_MIN && a.b == 2 && b.a == 0.1 && b.b == -0.2 &&
	      c.a == 0.3 && c.b == -4);
}

static void
odd_structs(struct float_int a, struct three_floats b, struct long_double c)
{
	judge(a.a == 0.5F && a.b == -6 && b.a[0] == 1.5F && b.a[1] == 2.5F &&
	      b.a[2] == 3.5F && c.a == 7 && c.b == 8.5);
}

static void
most_floats(struct four_floats a, int b, struct four_floats c)
{
	judge(a.a[0] == 0.5F && a.a[1] == 1.5F && a.a[2] == 2.5F &&
	      a.a[3] == 3.5F && b == 4 && c.a[0] == 5.5F && c.a[3] == 8.5F);
}

START_TEST(structs_of_up_to_sixteen_bytes_arrive)
{
	struct three xyz = {{'x', 'y', 'z'}};
	struct twelve d = {{3, -4, 5}};
	union word e = {.d = 0.25};

	expect_right(small_structs, (struct one){'a'}, xyz,
		     ((struct eight){1, -2}), d, e);
	expect_right(wide_structs, ((struct sixteen){INT64_MIN, 2}),
		     ((struct two_doubles){0.1, -0.2}),
		     ((struct double_long){0.3, -4}));
	expect_right(odd_structs, ((struct float_int){0.5F, -6}),
		     ((struct three_floats){{1.5F, 2.5F, 3.5F}}),
		     ((struct long_double){7, 8.5}));
	expect_right(most_floats,
		     ((struct four_floats){{0.5F, 1.5F, 2.5F, 3.5F}}), 4,
		     ((struct four_floats){{5.5F, 6.5F, 7.5F, 8.5F}}));
}

typedef double vector __attribute__((vector_size(16)));

static void
wide_numbers(double complex a, __int128 b, vector c)
{
	judge(creal(a) == 1.5 && cimag(a) == -2.5 &&
	      b == ((__int128)1 << 100) - 1 && c[0] == 3.5 && c[1] == -4.5);
}

START_TEST(complex_and_wide_numbers_arrive)
{
	expect_right(wide_numbers, 1.5 - 2.5 * I, ((__int128)1 << 100) - 1,
		     ((vector){3.5, -4.5}));
}

static void
pointers(const char *a, int (*b)[3], void (*c)(bool), char **d, void *e,
	 const volatile int *f)
{
	judge(strcmp(a, "text") == 0 && (*b)[2] == 3 && c == judge &&
	      *d == NULL && e == NULL && *f == 1);
}

static void
call_back(struct empty_handed h)
{
	h.fn(strcmp(h.text, "called") == 0);
}

START_TEST(pointers_to_anything_arrive)
{
	int array[3] = {1, 2, 3};
	char *null = NULL;

	expect_right(pointers, "text", &array, judge, &null, NULL, array);
	expect_right(call_back, ((struct empty_handed){judge, "called"}));
}

static int
returns_int(int v)
{
	judge(v == 1);
	return -1;
}

static double
returns_double(double v)
{
	judge(v == 2.0);
	return v;
}

static struct sixteen
returns_struct(int v)
{
	judge(v == 3);
	return (struct sixteen){1, 2};
}

static char *
returns_pointer(char *v)
{
	judge(strcmp(v, "4") == 0);
	return v;
}

START_TEST(results_are_dropped)
{
	char four[] = "4";

	expect_right(returns_int, 1);
	expect_right(returns_double, 2);
	expect_right(returns_struct, 3);
	expect_right(returns_pointer, four);
}

static void
other_argument(void)
{
	judge(false);
}

START_TEST(the_function_may_be_any_expression)
{
	void (*pointer)(void) = no_argument;
	void (*const table[])(void) = {other_argument, no_argument};
	int i = 0;

	expect_right(pointer);
	expect_right(*pointer);
	expect_right(&no_argument);
	expect_right(table[++i]);
	ck_assert_int_eq(i, 1);
	expect_right(i == 1 ? no_argument : other_argument);
}

static int
start_another(int v)
{
	go_wg_go(&wg, strlen, "of other registers, all of them");
	return v;
}

static void
nested(int a, double b, int c)
{
	judge(a == 1 && b == 2.5 && c == 3);
}

START_TEST(an_argument_may_start_a_goroutine_itself)
{
	expect_right(nested, start_another(1), 2.5, start_another(3));
}

START_TEST(a_variadic_function_is_called_with_all_it_needs)
{
	char text[64] = "";

	go_wg_go(&wg, snprintf, text, sizeof text, "%d %.2f %s", 42, 2.25,
		 "words");
	go_wg_wait(&wg);
	ck_assert_str_eq(text, "42 2.25 words");
}

static go_atomic_int64 sum;

static void
add_all(int a, double b, struct eight c, int64_t d, float e, char f)
{
	if (b == a + 0.5 && c.b == a + 1 && d == -a && e == (float)a)
		go_atomic_add(&sum, c.a + f);
	go_wg_done(&wg);
}

START_TEST(calls_from_many_goroutines_do_not_mix)
{
	enum { N = 5000 };

	go_wg_add(&wg, N);
	for (int i = 0; i < N; i++)
		go(add_all, i, i + 0.5, ((struct eight){i, i + 1}), -i,
		   (float)i, 1);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&sum), N * (N - 1) / 2 + N);
}

START_TEST(try_start_starts_as_go_does)
{
	is_right = false;
	go_wg_add(&wg, 1);
	ck_assert_ptr_null(go_try_start(converted, 3, 4, 5, 6.5));
	go_wg_wait(&wg);
	ck_assert(is_right);
}

int
main(void)
{
	Suite *s = suite_create("call");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, integers_of_every_width_arrive);
	tcase_add_test(tc, bools_and_enums_arrive);
	tcase_add_test(tc, floating_point_arrives_among_integers);
	tcase_add_test(tc, structs_of_up_to_sixteen_bytes_arrive);
	tcase_add_test(tc, complex_and_wide_numbers_arrive);
	tcase_add_test(tc, pointers_to_anything_arrive);
	tcase_add_test(tc, results_are_dropped);
	tcase_add_test(tc, the_function_may_be_any_expression);
	tcase_add_test(tc, an_argument_may_start_a_goroutine_itself);
	tcase_add_test(tc, a_variadic_function_is_called_with_all_it_needs);
	tcase_add_test(tc, calls_from_many_goroutines_do_not_mix);
	tcase_add_test(tc, try_start_starts_as_go_does);
	return run_suite(s);
}
