// SPDX-License-Identifier: MIT
//
// Programs that other implementations are tested with: webs, chains and sieves
// of goroutines that check themselves.

#include <stdio.h>

#include "chan_blocked.h"
#include "rt/tools.h"

#if defined(GO__TSAN) || defined(GO__ASAN)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

typedef go_chan(int) int_chan;

// One select sends over four channels, four muxers join what comes out: a
// value that comes twice was sent by two cases of one select.

enum { LINES = 4, VALUES = 100000 };

static void
send_over_any(int_chan *lines)
{
	for (int i = 0; i < VALUES; i++)
		go_select(go_on_send(lines[0], i), go_on_send(lines[1], i),
			  go_on_send(lines[2], i), go_on_send(lines[3], i));
	for (int i = 0; i < LINES; i++)
		go_close(lines[i]);
}

static void
mux(go_sender(int) out, go_receiver(int) in, go_waitgroup *open)
{
	int v;

	while (go_recv(in, &v))
		go_send(out, v);
	go_wg_done(open);
}

static void
close_when_done(go_waitgroup *open, int_chan c)
{
	go_wg_wait(open);
	go_close(c);
}

START_TEST(doubleselect_runs_one_case_of_each)
{
	static unsigned char n_came[VALUES];
	int_chan lines[LINES], out = go_chan_make(int, 0);
	go_waitgroup wg = {0}, open = {0};
	int v, n = 0, n_twice = 0;

	go_wg_add(&open, LINES);
	for (int i = 0; i < LINES; i++) {
		lines[i] = go_chan_make(int, 0);
		go_wg_go(&wg, mux, go_send_only(out), go_recv_only(lines[i]),
			 &open);
	}
	go_wg_go(&wg, send_over_any, lines);
	go_wg_go(&wg, close_when_done, &open, out);
	for (; go_recv(out, &v); n++)
		n_twice += n_came[v]++ > 0;
	ck_assert_int_eq(n, VALUES);
	ck_assert_int_eq(n_twice, 0);
	go_wg_wait(&wg);
	for (int i = 0; i < LINES; i++)
		go_chan_release(lines[i]);
	go_chan_release(out);
}

// Everybody at once at four channels: a sender and a receiver of each, and a
// select that sends to all and one that receives from all, until each channel
// has had its share. Who sent to a channel counts for it, who received too.

enum { SHARE = 5000 };

static void
send_share(int_chan c)
{
	for (int i = 0; i < SHARE; i++)
		go_send(c, 1);
}

static void
recv_share(int_chan c)
{
	for (int i = 0; i < SHARE; i++)
		go_recv(c, NULL);
}

static void
select_shares(int_chan *all, bool is_send)
{
	int_chan c[LINES];
	go_case cases[LINES];
	int left[LINES], v = 1;

	for (int i = 0; i < LINES; i++) {
		c[i] = all[i];
		left[i] = SHARE;
	}
	for (int i = 0; i < LINES * SHARE; i++) {
		for (int k = 0; k < LINES; k++)
			cases[k] = is_send ? go_on_send_from(c[k], &v)
					   : go_on_recv(c[k], &v);
		size_t taken = go_select_array(cases, LINES);

		if (--left[taken] == 0)
			c[taken] = NULL;
	}
}

START_TEST(select_stress_serves_every_share)
{
	int_chan c[LINES];
	go_waitgroup wg = {0};

	for (int i = 0; i < LINES; i++)
		c[i] = go_chan_make(int, i < 2 ? 0 : (size_t)i);
	for (int i = 0; i < LINES; i++) {
		go_wg_go(&wg, send_share, c[i]);
		go_wg_go(&wg, recv_share, c[i]);
	}
	go_wg_go(&wg, select_shares, c, true);
	go_wg_go(&wg, select_shares, c, false);
	go_wg_wait(&wg);
	for (int i = 0; i < LINES; i++) {
		ck_assert(!go_try_recv(c[i], NULL));
		go_chan_release(c[i]);
	}
}

// Each link waits for the one before it to be done with its value; the values
// come out in the order of the chain.

static void
link_of(int_chan values, int v, int_chan before, int_chan after)
{
	go_recv(before, NULL);
	go_send(values, v);
	go_send(after, 1);
	go_chan_release(before);
}

START_TEST(fifo_a_daisy_chain_keeps_its_order)
{
	enum { LINKS = 1000 };
	int_chan values = go_chan_make(int, 0);
	int_chan first = go_chan_make(int, 1), last = first, next;
	go_waitgroup wg = {0};
	int v;

	for (int i = 0; i < LINKS; i++) {
		next = go_chan_make(int, 1);
		go_wg_go(&wg, link_of, values, i, last, next);
		last = next;
	}
	go_send(first, 1);
	for (int i = 0; i < LINKS; i++)
		ck_assert(go_recv(values, &v) && v == i);
	go_wg_wait(&wg);
	go_chan_release(last);
	go_chan_release(values);
}

static void
pass_on(int_chan to, int_chan from)
{
	int v;

	go_recv(from, &v);
	go_send(to, v + 1);
	go_chan_release(from);
}

static void
chain_and_tear_down(int n)
{
	int_chan first = go_chan_make(int, 0), to = first, from;
	go_waitgroup wg = {0};
	int v;

	for (int i = 0; i < n; i++) {
		from = go_chan_make(int, 0);
		go_wg_go(&wg, pass_on, to, from);
		to = from;
	}
	go_send(to, 0);
	ck_assert(go_recv(first, &v));
	ck_assert_int_eq(v, n);
	go_wg_wait(&wg);
	go_chan_release(first);
}

START_TEST(goroutines_ten_thousand_in_a_chain)
{
	chain_and_tear_down(10000);
}

START_TEST(goroutines_a_million_in_a_chain)
{
	chain_and_tear_down(1000000);
}

// sieve2 merges the multiples of all primes found, by a heap of who is next,
// and takes the composites out of the numbers. Primes go back to the merger
// through a store without end, or they would wait for each other.

enum { PRIMES = 500 };

struct multiples {
	int head;
	int prime;
};

struct heap {
	struct multiples m[PRIMES];
	int n;
};

static void
heap_swap(struct heap *h, int i, int k)
{
	struct multiples m = h->m[i];

	h->m[i] = h->m[k];
	h->m[k] = m;
}

static void
heap_push(struct heap *h, struct multiples m)
{
	int i = h->n++;

	h->m[i] = m;
	for (; i > 0 && h->m[(i - 1) / 2].head > h->m[i].head; i = (i - 1) / 2)
		heap_swap(h, i, (i - 1) / 2);
}

static struct multiples
heap_pop(struct heap *h)
{
	struct multiples first = h->m[0];

	h->m[0] = h->m[--h->n];
	for (int i = 0, k; (k = 2 * i + 1) < h->n; i = k) {
		if (k + 1 < h->n && h->m[k + 1].head < h->m[k].head)
			k++;
		if (h->m[i].head <= h->m[k].head)
			break;
		heap_swap(h, i, k);
	}
	return first;
}

static void
send_numbers(int_chan out)
{
	for (int i = 2; go_send(out, i); i++)
		;
}

// store passes on what comes in, and takes in more meanwhile.
static void
store(int_chan in, int_chan out)
{
	int ring[PRIMES + 1] = {0}, head = 0, tail = 0, v = 0;
	bool open = true;

	while (open || head < tail) {
		size_t taken = go_select(
			go_on_recv(open ? in : NULL, &v, &open),
			go_on_send(head < tail ? out : NULL, ring[head]));

		if (taken == 1)
			head++;
		else if (open)
			ring[tail++] = v;
	}
	go_close(out);
}

// merge sends the multiples of the primes that come, each number once. A new
// prime is needed only when the least multiple known has come to its square.
static void
merge(int_chan primes, int_chan composites)
{
	struct heap h = {.n = 0};
	struct multiples m;
	int prime, last = 0;

	if (!go_recv(primes, &prime))
		return;
	for (;;) {
		if (h.n == 0 || h.m[0].head >= prime * prime) {
			heap_push(&h, (struct multiples){prime * prime, prime});
			if (!go_recv(primes, &prime))
				return;
		}
		m = heap_pop(&h);
		if (m.head != last && !go_send(composites, m.head))
			return;
		last = m.head;
		m.head += m.prime;
		heap_push(&h, m);
	}
}

// sieve takes the composites out of the numbers. The first two primes it knows:
// there are no composites before them. When it ends everybody does.
static void
sieve(int_chan numbers, int_chan composites, int_chan found, int_chan out)
{
	int n, c = 0;

	while (go_recv(numbers, &n)) {
		while (n > 3 && c < n)
			go_recv(composites, &c);
		if (c == n)
			continue;
		if (!go_send(out, n))
			break;
		go_send(found, n);
	}
	go_close(numbers);
	go_close(composites);
	go_close(found);
}

static bool
is_prime(int n)
{
	for (int i = 2; i * i <= n; i++)
		if (n % i == 0)
			return false;
	return n > 1;
}

START_TEST(sieve2_a_heap_of_multiples_leaves_the_primes)
{
	enum { NUMBERS, COMPOSITES, FOUND, STORED, OUT, CHANNELS };
	int_chan c[CHANNELS];
	go_waitgroup wg = {0};
	int got, want = 1;

	for (int i = 0; i < CHANNELS; i++)
		c[i] = go_chan_make(int, 0);
	go_wg_go(&wg, send_numbers, c[NUMBERS]);
	go_wg_go(&wg, store, c[FOUND], c[STORED]);
	go_wg_go(&wg, merge, c[STORED], c[COMPOSITES]);
	go_wg_go(&wg, sieve, c[NUMBERS], c[COMPOSITES], c[FOUND], c[OUT]);
	for (int i = 0; i < PRIMES; i++) {
		for (want++; !is_prime(want); want++)
			;
		ck_assert(go_recv(c[OUT], &got));
		ck_assert_int_eq(got, want);
	}
	go_close(c[OUT]);
	// Nobody merges any more, perhaps, but the store may have something.
	while (go_recv(c[STORED], &got))
		;
	go_wg_wait(&wg);
	for (int i = 0; i < CHANNELS; i++)
		go_chan_release(c[i]);
}

// A web: bundles of lines, tied by knots that receive from one bundle and send
// to the next in one select of 17 cases, one of which never is ready. At each
// line the numbers come in order, and all of them.

enum { WIDTH = 8, EACH = 300 };

struct line {
	int_chan c;
	int n_sent;      // whose sender alone
	int n_received;  // whose receiver alone
	int n_wrong;     // likewise
	bool is_over;    // likewise
};

struct bundle {
	struct line lines[WIDTH];
};

// did_send and did_receive tell whether the line goes on.
static bool
did_send(struct line *line)
{
	if (++line->n_sent == EACH)
		go_close(line->c);
	return line->n_sent < EACH;
}

static bool
did_receive(struct line *line, int v, bool open)
{
	if (open && v != line->n_received++)
		line->n_wrong++;
	line->is_over = !open;
	return open;
}

static void
source(struct line *line)
{
	do
		go_send(line->c, line->n_sent);
	while (did_send(line));
}

static void
sink(struct line *line)
{
	bool open;
	int v;

	do
		open = go_recv(line->c, &v);
	while (did_receive(line, v, open));
}

// knot ties two bundles; either may be NULL, at an end of the web.
static void
knot(struct bundle *in, struct bundle *out)
{
	int left = (in != NULL ? WIDTH : 0) + (out != NULL ? WIDTH : 0);
	int v[WIDTH];
	bool open[WIDTH];
	go_case cases[2 * WIDTH + 1];
	struct line none = {.is_over = true, .n_sent = EACH};

	while (left > 0) {
		for (int i = 0; i < WIDTH; i++) {
			struct line *from = in != NULL ? &in->lines[i] : &none;
			struct line *to = out != NULL ? &out->lines[i] : &none;

			cases[i] = go_on_recv(from->is_over ? NULL : from->c,
					      &v[i], &open[i]);
			cases[WIDTH + i] = go_on_send_from(
				to->n_sent == EACH ? NULL : to->c, &to->n_sent);
		}
		cases[2 * WIDTH] = go_on_recv((int_chan)NULL, (int *)NULL);
		size_t i = go_select_array(cases, COUNT(cases));

		if (i < WIDTH)
			left -= !did_receive(&in->lines[i], v[i], open[i]);
		else
			left -= !did_send(&out->lines[i - WIDTH]);
	}
}

enum { LONGEST = 4 };

static void
expect_web_holds(int n_bundles, bool has_knots_at_ends, size_t capacity)
{
	struct bundle b[LONGEST] = {0};
	go_waitgroup wg = {0};

	for (int i = 0; i < n_bundles * WIDTH; i++)
		b[i / WIDTH].lines[i % WIDTH].c = go_chan_make(int, capacity);
	for (int i = 1; i < n_bundles; i++)
		go_wg_go(&wg, knot, &b[i - 1], &b[i]);
	if (has_knots_at_ends) {
		go_wg_go(&wg, knot, NULL, &b[0]);
		go_wg_go(&wg, knot, &b[n_bundles - 1], NULL);
	}
	for (int i = 0; i < WIDTH && !has_knots_at_ends; i++) {
		go_wg_go(&wg, source, &b[0].lines[i]);
		go_wg_go(&wg, sink, &b[n_bundles - 1].lines[i]);
	}
	go_wg_wait(&wg);
	for (int i = 0; i < n_bundles * WIDTH; i++) {
		struct line *line = &b[i / WIDTH].lines[i % WIDTH];

		ck_assert_int_eq(line->n_received, EACH);
		ck_assert_int_eq(line->n_wrong, 0);
		go_chan_release(line->c);
	}
}

START_TEST(ken_chan_a_web_of_selects_checks_itself)
{
	for (int n = 1; n <= LONGEST; n++) {
		for (size_t capacity = 0; capacity <= 10; capacity += 5) {
			expect_web_holds(n, false, capacity);
			expect_web_holds(n, true, capacity);
		}
	}
}

enum { WORKERS = 10, MESSAGES = 1000 };

static void
mark_either(int_chan a, int_chan b, go_atomic_int32 *marks)
{
	bool open[2] = {true, true};
	int v = 0;

	while (open[0] || open[1]) {
		size_t i =
			go_select(go_on_recv(open[0] ? a : NULL, &v, &open[0]),
				  go_on_recv(open[1] ? b : NULL, &v, &open[1]));

		if (open[i])
			go_atomic_add(&marks[v], 1);
	}
}

START_TEST(ken_chan1_each_message_goes_to_one_worker)
{
	static go_atomic_int32 marks[MESSAGES];
	int_chan c[2] = {go_chan_make(int, 2), go_chan_make(int, 2)};
	go_waitgroup wg = {0};

	for (int i = 0; i < WORKERS; i++)
		go_wg_go(&wg, mark_either, c[0], c[1], marks);
	for (int i = 0; i < MESSAGES; i++)
		go_send(c[i % 2], i);
	for (int i = 0; i < 2; i++)
		go_close(c[i]);
	go_wg_wait(&wg);
	for (int i = 0; i < MESSAGES; i++)
		ck_assert_int_eq(go_atomic_load(&marks[i]), 1);
	for (int i = 0; i < 2; i++)
		go_chan_release(c[i]);
}

// has_room tells whether a million stacks fit, and no sanitizer has its own.
static bool
has_room(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[200];
	long kb = 0;

	while (f != NULL && fgets(line, sizeof line, f) != NULL)
		if (strncmp(line, "MemAvailable:", 13) == 0)
			kb = atol(line + 13);
	if (f != NULL)
		fclose(f);
	return !IS_SANITIZED && kb > 8L << 20;
}

int
main(void)
{
	Suite *s = suite_create("programs");
	TCase *tc = tcase_create("all"), *native = tcase_create("native");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 20);
	tcase_add_test(tc, doubleselect_runs_one_case_of_each);
	tcase_add_test(tc, select_stress_serves_every_share);
	tcase_add_test(tc, fifo_a_daisy_chain_keeps_its_order);
	tcase_add_test(tc, goroutines_ten_thousand_in_a_chain);
	tcase_add_test(tc, sieve2_a_heap_of_multiples_leaves_the_primes);
	tcase_add_test(tc, ken_chan_a_web_of_selects_checks_itself);
	tcase_add_test(tc, ken_chan1_each_message_goes_to_one_worker);
	suite_add_tcase(s, native);
	tcase_set_tags(native, "native");
	tcase_set_timeout(native, 100);
	if (has_room())
		tcase_add_test(native, goroutines_a_million_in_a_chain);
	else
		printf("left out: a million stacks take 8 GB of memory\n");
	return run_suite(s);
}
