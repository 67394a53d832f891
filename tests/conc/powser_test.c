// SPDX-License-Identifier: MIT
//
// Power series by demand: a series is a goroutine that is asked for its next
// coefficient, a rational number, and asks others for what it is made of. A
// product asks for a smaller product, and a series may be defined by itself.
// (After M. D. McIlroy, Squinting at Power Series, 1990.)
//
// Whoever asks closes want when it wants no more: the series then ends, and
// drops those that it asks.

#include <stdio.h>

#include "chan_blocked.h"

enum { MOST = 16 };  // coefficients that anybody asks for

struct rat {
	int64_t num, den;  // den > 0, in lowest terms
};

struct series {
	go_chan(go_unit) want;
	go_chan(struct rat) next;
};

static struct rat
rat(int64_t num, int64_t den)
{
	int64_t a = num < 0 ? -num : num, b = den < 0 ? -den : den, t;

	while (b != 0) {
		t = a % b;
		a = b;
		b = t;
	}
	if (den < 0)
		a = -a;
	return (struct rat){num / a, den / a};
}

static struct rat
rat_add(struct rat a, struct rat b)
{
	return rat(a.num * b.den + b.num * a.den, a.den * b.den);
}

static struct rat
rat_mul(struct rat a, struct rat b)
{
	return rat(a.num * b.num, a.den * b.den);
}

static go_atomic_int32 n_alive;  // series that have not ended

static struct series new (void)
{
	go_atomic_add(&n_alive, 1);
	return (struct series){go_chan_make(go_unit, 0),
			       go_chan_make(struct rat, 0)};
}

// asked waits until somebody wants a coefficient; false when nobody will.
static bool
asked(struct series s)
{
	return go_recv(s.want, NULL);
}

static void
answer(struct series s, struct rat r)
{
	go_send(s.next, r);
}

static struct rat
get(struct series s)
{
	struct rat r;

	go_send(s.want, GO_UNIT);
	go_recv(s.next, &r);
	return r;
}

// drop is what the one who asks does last, end what the series does last.
static void
drop(struct series s)
{
	go_close(s.want);
	go_chan_release(s.want);
	go_chan_release(s.next);
}

static void
end(struct series s)
{
	go_chan_release(s.want);
	go_chan_release(s.next);
	go_atomic_add(&n_alive, -1);
}

// theirs is s for the goroutine that answers.
static struct series
theirs(struct series s)
{
	go_chan_retain(s.want);
	go_chan_retain(s.next);
	return s;
}

static void
do_line(struct series s, struct rat a, struct rat b)
{
	for (int n = 0; asked(s); n++)
		answer(s, n == 0 ? a : n == 1 ? b : rat(0, 1));
	end(s);
}

// line is a + bx.
static struct series
line(struct rat a, struct rat b)
{
	struct series s = new ();

	go(do_line, theirs(s), a, b);
	return s;
}

static void
do_add(struct series s, struct series u, struct series v)
{
	while (asked(s))
		answer(s, rat_add(get(u), get(v)));
	drop(u);
	drop(v);
	end(s);
}

static struct series
add(struct series u, struct series v)
{
	struct series s = new ();

	go(do_add, theirs(s), u, v);
	return s;
}

static void
do_scale(struct series s, struct rat a, struct series u)
{
	while (asked(s))
		answer(s, rat_mul(a, get(u)));
	drop(u);
	end(s);
}

static struct series
scale(struct rat a, struct series u)
{
	struct series s = new ();

	go(do_scale, theirs(s), a, u);
	return s;
}

static void
do_mirror(struct series s, struct series u)
{
	for (int sign = 1; asked(s); sign = -sign)
		answer(s, rat_mul(rat(sign, 1), get(u)));
	drop(u);
	end(s);
}

// mirror is u(-x).
static struct series
mirror(struct series u)
{
	struct series s = new ();

	go(do_mirror, theirs(s), u);
	return s;
}

static void
do_derive(struct series s, struct series u)
{
	for (int n = 1; asked(s); n++) {
		if (n == 1)
			get(u);
		answer(s, rat_mul(rat(n, 1), get(u)));
	}
	drop(u);
	end(s);
}

static struct series
derive(struct series u)
{
	struct series s = new ();

	go(do_derive, theirs(s), u);
	return s;
}

// The integral of u that begins with a asks for u one coefficient late: so a
// series may be the integral of itself.
static void
do_integrate(struct series s, struct rat a, struct series u)
{
	for (int n = 0; asked(s); n++)
		answer(s, n == 0 ? a : rat_mul(rat(1, n), get(u)));
	drop(u);
	end(s);
}

// struct split gives what one series answers to two that ask at their own pace.
// While it waits for an answer it goes on giving what it has seen: whom it
// asks may have to ask it.
struct split {
	struct series from, to[2];
	bool ends_with_first;  // the second is what from is made of
	bool is_over[2], is_owed[2], is_asking;
	int n_given[2], n_seen;
	struct rat seen[MOST];
};

static void
give(struct split *s)
{
	for (int i = 0; i < 2; i++) {
		if (!s->is_owed[i])
			continue;
		if (s->n_given[i] < s->n_seen) {
			answer(s->to[i], s->seen[s->n_given[i]++]);
			s->is_owed[i] = false;
		} else if (!s->is_asking) {
			go_send(s->from.want, GO_UNIT);
			s->is_asking = true;
		}
	}
}

static bool
listens(const struct split *s, int i)
{
	return !s->is_over[i] && !s->is_owed[i];
}

static void
do_split(struct split *s)
{
	struct rat r;
	bool open[2];

	while (!s->is_over[0] || (!s->is_over[1] && !s->ends_with_first)) {
		size_t i = go_select(
			go_on_recv(listens(s, 0) ? s->to[0].want : NULL, NULL,
				   &open[0]),
			go_on_recv(listens(s, 1) ? s->to[1].want : NULL, NULL,
				   &open[1]),
			go_on_recv(s->is_asking ? s->from.next : NULL, &r));

		if (i == 2) {
			s->seen[s->n_seen++] = r;
			s->is_asking = false;
		} else {
			s->is_owed[i] = open[i];
			s->is_over[i] = !open[i];
		}
		give(s);
	}
	drop(s->from);
	end(s->to[0]);
	end(s->to[1]);
	free(s);
}

static void
split(struct series u, struct series to[2], bool ends_with_first)
{
	struct split *s = calloc(1, sizeof *s);

	ck_assert_ptr_nonnull(s);
	s->from = u;
	s->ends_with_first = ends_with_first;
	for (int i = 0; i < 2; i++) {
		to[i] = new ();
		s->to[i] = theirs(to[i]);
	}
	go(do_split, s);
}

static struct series mul(struct series u, struct series v);

// (a + xU)(b + xV) = ab + x(aV + bU) + x^2 UV
static void
do_mul(struct series s, struct series u, struct series v)
{
	struct series us[2], vs[2], av, bu, uv;
	struct rat a, b;

	if (asked(s)) {
		a = get(u);
		b = get(v);
		answer(s, rat_mul(a, b));
	}
	if (!asked(s)) {
		drop(u);
		drop(v);
		end(s);
		return;
	}
	split(u, us, false);
	split(v, vs, false);
	av = scale(a, vs[0]);
	bu = scale(b, us[0]);
	uv = mul(us[1], vs[1]);
	answer(s, rat_add(get(av), get(bu)));
	while (asked(s))
		answer(s, rat_add(rat_add(get(av), get(bu)), get(uv)));
	drop(av);
	drop(bu);
	drop(uv);
	end(s);
}

static struct series
mul(struct series u, struct series v)
{
	struct series s = new ();

	go(do_mul, theirs(s), u, v);
	return s;
}

// 1/(a + xU) is R = 1/a - x/a UR. do_invert has R back to multiply it.
static void
do_invert(struct series s, struct series u, struct series back)
{
	struct rat inverse = {0, 1}, a;
	struct series rest = back;
	int n = 0;

	for (; asked(s); n++) {
		if (n == 0) {
			a = get(u);
			inverse = rat(a.den, a.num);
			rest = mul(u, back);
			answer(s, inverse);
			continue;
		}
		answer(s, rat_mul(rat_mul(rat(-1, 1), inverse), get(rest)));
	}
	if (n == 0)
		drop(u);
	drop(rest);
	end(s);
}

static struct series
invert(struct series u)
{
	struct series s = new (), to[2];

	split(s, to, true);
	go(do_invert, theirs(s), u, to[1]);
	return to[0];
}

// e^x is 1 + its integral.
static struct series
exponential(void)
{
	struct series s = new (), to[2];

	split(s, to, true);
	go(do_integrate, theirs(s), rat(1, 1), to[1]);
	return to[0];
}

// The derivative of tan is 1 + tan^2.
static struct series
tangent(void)
{
	struct series s = new (), to[2], back[2];

	split(s, to, true);
	split(to[1], back, false);
	go(do_integrate, theirs(s), rat(0, 1),
	   add(line(rat(1, 1), rat(0, 1)), mul(back[0], back[1])));
	return to[0];
}

enum { TERMS = 12 };

// expect takes s, its first coefficients, and that nobody of them is left.
static void
expect(const char *name, struct series s, const struct rat *want)
{
	struct rat r;

	for (int i = 0; i < TERMS; i++) {
		r = get(s);
		ck_assert_msg(r.num == want[i].num && r.den == want[i].den,
			      "%s: x^%d has %ld/%ld, not %ld/%ld", name, i,
			      (long)r.num, (long)r.den, (long)want[i].num,
			      (long)want[i].den);
	}
	drop(s);
	while (go_atomic_load(&n_alive) > 0)
		go_yield();
}

// geometric is 1/(1 - x).
static struct series
geometric(void)
{
	return invert(line(rat(1, 1), rat(-1, 1)));
}

START_TEST(powser1_series_by_demand_come_out_right)
{
	struct rat ones[TERMS], numbers[TERMS], one[TERMS], e[TERMS];
	int64_t factorial = 1;

	for (int i = 0; i < TERMS; i++) {
		factorial *= i > 0 ? i : 1;
		ones[i] = rat(1, 1);
		numbers[i] = rat(i + 1, 1);
		one[i] = rat(i == 0, 1);
		e[i] = rat(1, factorial);
	}
	expect("1/(1-x)", geometric(), ones);
	expect("1/(1-x)^2", mul(geometric(), geometric()), numbers);
	expect("(1/(1-x))'", derive(geometric()), numbers);
	expect("(1-x)/(1-x)", mul(line(rat(1, 1), rat(-1, 1)), geometric()),
	       one);
	expect("e^x", exponential(), e);
	expect("(e^x)'", derive(exponential()), e);
	expect("1/e^-x", invert(mirror(exponential())), e);
	expect("e^x e^-x", mul(exponential(), mirror(exponential())), one);
}

START_TEST(powser1_a_tangent_is_defined_by_itself)
{
	static const struct rat want[TERMS] = {
		{0, 1}, {1, 1},    {0, 1}, {1, 3},     {0, 1}, {2, 15},
		{0, 1}, {17, 315}, {0, 1}, {62, 2835}, {0, 1}, {1382, 155925}};

	expect("tan", tangent(), want);
}

START_TEST(powser1_nobody_is_left_of_what_was_never_asked)
{
	drop(tangent());
	drop(mul(geometric(), exponential()));
	while (go_atomic_load(&n_alive) > 0)
		go_yield();
}

int
main(void)
{
	Suite *s = suite_create("powser");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, powser1_series_by_demand_come_out_right);
	tcase_add_test(tc, powser1_a_tangent_is_defined_by_itself);
	tcase_add_test(tc, powser1_nobody_is_left_of_what_was_never_asked);
	return run_suite(s);
}
