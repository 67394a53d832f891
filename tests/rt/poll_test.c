// SPDX-License-Identifier: MIT
//
// Waiting for descriptors: edges before, during and after a wait, from
// whichever thread, whatever the processors do meanwhile.

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>

#include "rt/os.h"
#include "rt/park.h"
#include "rt/poll.h"
#include "suite.h"

static go_waitgroup wg;
static go_atomic_int32 n_wrong, n_back;

static struct go__desc *
open_desc(int fd)
{
	struct go__desc *d;

	ck_assert_int_eq(go__poll_open(fd, &d), 0);
	ck_assert_ptr_nonnull(d);
	return d;
}

struct duct {
	int in, out;  // what is written to in is read from out
	struct go__desc *reader;
};

static void
open_duct(struct duct *p)
{
	int fds[2];

	ck_assert_int_eq(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
	p->out = fds[0];
	p->in = fds[1];
	p->reader = open_desc(p->out);
}

static void
close_duct(struct duct *p)
{
	go__poll_close(p->reader);
	close(p->in);
	close(p->out);
}

static void
write_one(int fd)
{
	ck_assert_int_eq(write(fd, "x", 1), 1);
}

// try_read returns 0 or -errno. Not inline: the compiler would keep the
// address of errno for the next round, which may be on another thread; whose
// errno it is now the thread sanitizer does not know.
static __attribute__((noinline, no_sanitize_thread)) int
try_read(int fd)
{
	char c;

	return read(fd, &c, 1) == 1 ? 0 : -errno;
}

static void
read_one(struct duct *p)
{
	while (try_read(p->out) == -EAGAIN)
		if (go__poll_wait(p->reader, GO__POLL_READ, GO__NEVER) != 0)
			go_atomic_add(&n_wrong, 1);
	go_atomic_add(&n_back, 1);
}

START_TEST(what_is_ready_before_the_wait_ends_it)
{
	struct duct p;

	open_duct(&p);
	for (int i = 0; i < 100; i++) {
		write_one(p.in);
		ck_assert_int_eq(
			go__poll_wait(p.reader, GO__POLL_READ, GO__NEVER), 0);
		read_one(&p);
	}
	close_duct(&p);
}

START_TEST(what_becomes_ready_during_the_wait_ends_it)
{
	struct duct p;

	open_duct(&p);
	for (int i = 0; i < 100; i++) {
		go_wg_go(&wg, write_one, p.in);
		read_one(&p);
		go_wg_wait(&wg);
	}
	close_duct(&p);
}

START_TEST(a_write_waits_for_room)
{
	char block[4096] = "";
	struct go__desc *d;
	struct duct p;

	open_duct(&p);
	d = open_desc(p.in);
	ck_assert_int_eq(go__poll_wait(d, GO__POLL_WRITE, GO__NEVER), 0);
	while (write(p.in, block, sizeof block) > 0)
		;
	ck_assert_int_eq(errno, EAGAIN);
	while (go__poll_wait(d, GO__POLL_WRITE, go__os_now()) == 0)
		;
	ck_assert_int_gt(read(p.out, block, sizeof block), 0);
	ck_assert_int_eq(go__poll_wait(d, GO__POLL_WRITE, GO__NEVER), 0);
	go__poll_close(d);
	close_duct(&p);
}

START_TEST(a_deadline_ends_a_wait)
{
	struct duct p;

	open_duct(&p);
	for (int i = 0; i < 20; i++) {
		ck_assert_int_eq(go__poll_wait(p.reader, GO__POLL_READ, i),
				 -ETIMEDOUT);
		ck_assert_int_eq(
			go__poll_wait(p.reader, GO__POLL_READ,
				      go__os_now() + i * GO_MICROSECOND),
			-ETIMEDOUT);
	}
	go_wg_go(&wg, write_one, p.in);
	ck_assert_int_eq(
		go__poll_wait(p.reader, GO__POLL_READ, go__os_now() + GO_HOUR),
		0);
	go_wg_wait(&wg);
	close_duct(&p);
}

static void
wait_for(struct go__desc *d, enum go__poll_mode mode, int want)
{
	if (go__poll_wait(d, mode, GO__NEVER) != want)
		go_atomic_add(&n_wrong, 1);
	go_atomic_add(&n_back, 1);
}

// let_wait gives those started so far time to wait; no result hangs on it.
static void
let_wait(void)
{
	for (int i = 0; i < 4; i++)
		go_yield();
}

static void
open_full_pair(struct go__desc **d, int *fd, int *peer)
{
	char block[4096] = "";
	int fds[2];

	ck_assert_int_eq(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
	while (write(fds[0], block, sizeof block) > 0)
		;
	*d = open_desc(fds[0]);
	*fd = fds[0];
	*peer = fds[1];
	while (go__poll_wait(*d, GO__POLL_WRITE, go__os_now()) == 0)
		;
}

START_TEST(shut_ends_all_waits_and_those_to_come)
{
	struct go__desc *d;
	int fd, peer;

	go_procs(1);
	open_full_pair(&d, &fd, &peer);
	for (int i = 0; i < 20; i++)
		go_wg_go(&wg, wait_for, d,
			 i % 2 == 0 ? GO__POLL_READ : GO__POLL_WRITE,
			 -ECANCELED);
	let_wait();
	ck_assert_int_eq(go_atomic_load(&n_back), 0);
	go__poll_shut(d);
	go_wg_wait(&wg);
	wait_for(d, GO__POLL_READ, -ECANCELED);
	wait_for(d, GO__POLL_WRITE, -ECANCELED);
	write_one(peer);
	wait_for(d, GO__POLL_READ, -ECANCELED);
	ck_assert_int_eq(go__poll_wait(d, GO__POLL_READ, 0), -ECANCELED);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	go__poll_close(d);
	close(fd);
	close(peer);
}

START_TEST(expire_ends_the_waits_of_its_mode)
{
	struct go__desc *d;
	int fd, peer;

	go_procs(1);
	open_full_pair(&d, &fd, &peer);
	for (int i = 0; i < 10; i++) {
		go_wg_go(&wg, wait_for, d, GO__POLL_READ, -ETIMEDOUT);
		go_wg_go(&wg, wait_for, d, GO__POLL_WRITE, -ECANCELED);
	}
	let_wait();
	while (go_atomic_load(&n_back) < 10) {
		go__poll_expire(d, GO__POLL_READ);
		go_yield();
	}
	let_wait();
	ck_assert_int_eq(go_atomic_load(&n_back), 10);
	go__poll_shut(d);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	go__poll_close(d);
	close(fd);
	close(peer);
}

static void
wait_somehow(struct go__desc *d)
{
	(void)go__poll_wait(d, GO__POLL_READ, GO__NEVER);
	go_atomic_add(&n_back, 1);
}

static void
write_later(int fd)
{
	let_wait();
	write_one(fd);
}

// Those that expired run after the next has begun to wait.
START_TEST(a_wait_that_begins_after_expire_goes_on)
{
	struct duct p;
	char c;

	go_procs(1);
	open_duct(&p);
	for (int i = 1; i <= 20; i++) {
		for (int k = 0; k < 3; k++)
			go_wg_go(&wg, wait_somehow, p.reader);
		let_wait();
		go__poll_expire(p.reader, GO__POLL_READ);
		go_wg_go(&wg, write_later, p.in);
		ck_assert_int_eq(
			go__poll_wait(p.reader, GO__POLL_READ, GO__NEVER), 0);
		ck_assert_int_eq(read(p.out, &c, 1), 1);
		while (go_atomic_load(&n_back) < 3 * i) {
			go__poll_expire(p.reader, GO__POLL_READ);
			go_yield();
		}
		go_wg_wait(&wg);
	}
	close_duct(&p);
}

// Nobody else polls here: the runtime has not started.
START_TEST(an_event_does_not_reach_the_next_with_its_record)
{
	struct go__poll_found found;
	struct go__desc *d;
	struct duct p, q;

	open_duct(&p);
	write_one(p.in);
	go__poll_sleep(&found, 0);
	ck_assert_int_eq(found.n, 1);
	d = p.reader;
	close_duct(&p);
	open_duct(&q);
	ck_assert_ptr_eq(q.reader, d);
	ck_assert_int_eq(q.out, p.out);
	go__poll_ready(&found);
	ck_assert_int_eq(go__poll_wait(q.reader, GO__POLL_READ, 0), -ETIMEDOUT);
	go_wg_go(&wg, write_one, q.in);
	read_one(&q);
	go_wg_wait(&wg);
	close_duct(&q);
}

START_TEST(an_interrupt_is_the_sleeper_s)
{
	struct go__poll_found found;
	struct duct p;

	open_duct(&p);
	go__poll_interrupt();
	ck_assert_int_eq(go__poll_now(), 0);
	go__poll_sleep(&found, GO__NEVER);
	ck_assert_int_eq(found.n, 0);
	// Once only.
	go__poll_sleep(&found, go__os_now() + GO_MICROSECOND);
	write_one(p.in);
	go__poll_sleep(&found, GO__NEVER);
	ck_assert_int_eq(found.n, 1);
	go__poll_ready(&found);
	ck_assert_int_eq(go__poll_wait(p.reader, GO__POLL_READ, 0), 0);
	close_duct(&p);
}

START_TEST(records_are_used_again)
{
	struct duct p;

	for (int i = 0; i < 3000; i++) {
		open_duct(&p);
		if (i % 3 != 0)
			write_one(p.in);
		if (i % 3 == 1)
			read_one(&p);
		if (i % 5 == 0)
			go__poll_shut(p.reader);
		close_duct(&p);
	}
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
}

static void
echo(struct duct *from, struct duct *to, int n)
{
	for (int i = 0; i < n; i++) {
		read_one(from);
		write_one(to->in);
	}
}

START_TEST(many_descriptors_are_watched_at_once)
{
	enum { N = 150, LAPS = 30 };
	struct duct ducts[N];

	for (int i = 0; i < N; i++)
		open_duct(&ducts[i]);
	for (int i = 0; i < N - 1; i++)
		go_wg_go(&wg, echo, &ducts[i], &ducts[i + 1], LAPS);
	for (int i = 0; i < LAPS; i++)
		write_one(ducts[0].in);
	for (int i = 0; i < LAPS; i++)
		read_one(&ducts[N - 1]);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_back), N * LAPS);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	for (int i = 0; i < N; i++)
		close_duct(&ducts[i]);
}

static void
read_some(struct duct *p, int n)
{
	for (int i = 0; i < n; i++)
		read_one(p);
}

static void
write_some(int fd, int n)
{
	for (int i = 0; i < n; i++) {
		write_one(fd);
		if (i % 7 == 0)
			go_yield();
	}
}

START_TEST(several_read_one_descriptor)
{
	enum { READERS = 10, EACH = 200 };
	struct duct p;

	open_duct(&p);
	for (int i = 0; i < READERS; i++)
		go_wg_go(&wg, read_some, &p, EACH);
	for (int i = 0; i < READERS; i++)
		go_wg_go(&wg, write_some, p.in, EACH);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_back), READERS * EACH);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	close_duct(&p);
}

START_TEST(the_peer_s_end_wakes_both_ways)
{
	struct go__desc *d;
	int fd, peer;

	go_procs(1);
	open_full_pair(&d, &fd, &peer);
	go_wg_go(&wg, wait_for, d, GO__POLL_READ, 0);
	go_wg_go(&wg, wait_for, d, GO__POLL_WRITE, 0);
	let_wait();
	ck_assert_int_eq(go_atomic_load(&n_back), 0);
	close(peer);
	go_wg_wait(&wg);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	go__poll_close(d);
	close(fd);
}

START_TEST(what_cannot_be_watched_is_refused)
{
	FILE *f = tmpfile();
	struct go__desc *d;
	struct duct p;

	errno = 99;
	ck_assert_int_eq(go__poll_open(fileno(f), &d), -EPERM);
	ck_assert_ptr_null(d);
	ck_assert_int_eq(go__poll_open(-1, &d), -EBADF);
	ck_assert_ptr_null(d);
	ck_assert_int_eq(errno, 99);
	fclose(f);
	ck_assert(!go__poll_is_used());
	open_duct(&p);
	ck_assert(go__poll_is_used());
	ck_assert_int_eq(go__poll_open(p.out, &d), -EEXIST);
	close_duct(&p);
	ck_assert(!go__poll_is_used());
	go__poll_close(NULL);
}

static go_atomic_bool stop, is_open;

static void
spin(void)
{
	while (!go_atomic_load(&stop))
		go__os_pause();
}

static void
read_and_stop(struct duct *p)
{
	read_one(p);
	go_atomic_store(&stop, true);
}

START_TEST(hogs_on_all_processors_do_not_keep_it_from_those_who_wait)
{
	struct duct p;
	pid_t child;

	open_duct(&p);
	go_procs(2);
	go_wg_go(&wg, read_and_stop, &p);
	for (int i = 0; i < 4; i++)
		go_wg_go(&wg, spin);
	child = fork();
	if (child == 0) {
		usleep(50000);
		_exit(write(p.in, "x", 1) == 1 ? 0 : 1);
	}
	go_wg_wait(&wg);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	close_duct(&p);
}

static void
write_and_spin(int fd)
{
	write_one(fd);
	spin();
}

// open_and_read opens the duct when main's machine sleeps already, and not in
// the poller: the machine that runs this one will.
static void
open_and_read(struct duct *p)
{
	go_sleep(10 * GO_MILLISECOND);
	open_duct(p);
	go_atomic_store(&is_open, true);
	read_and_stop(p);
}

static void *
start_hog_once_open(void *arg)
{
	struct duct *p = arg;

	while (!go_atomic_load(&is_open))
		go__os_pause();
	usleep(100000);  // all may come to rest
	go_wg_go(&wg, write_and_spin, p->in);
	return NULL;
}

// The machine that polls is the one that is woken to run the hog.
START_TEST(a_hog_that_ends_an_idle_time_does_not_either)
{
	pthread_t thread;
	struct duct p;

	go_procs(1);
	go_wg_go(&wg, open_and_read, &p);
	pthread_create(&thread, NULL, start_hog_once_open, &p);
	go_wg_wait(&wg);
	pthread_join(thread, NULL);
	close_duct(&p);
}

static void
write_while_blocking(int fd)
{
	go_sleep(100 * GO_MILLISECOND);
	go_blocking_begin();
	write_one(fd);
	spin();
	go_blocking_end();
}

static void
wait_and_block(struct duct *p)
{
	while (!go_atomic_load(&is_open))
		go_sleep(GO_MILLISECOND);
	write_while_blocking(p->in);
}

START_TEST(who_blocks_does_not_either)
{
	struct duct p;

	go_procs(1);
	go_wg_go(&wg, open_and_read, &p);
	go_wg_go(&wg, wait_and_block, &p);
	go_wg_wait(&wg);
	close_duct(&p);
}

static void *
wait_in_thread(void *arg)
{
	struct duct *p = arg;

	if (go__poll_wait(p->reader, GO__POLL_READ, GO__NEVER) != 0)
		go_atomic_add(&n_wrong, 1);
	return NULL;
}

// The runtime has not started: the wait has to.
START_TEST(a_plain_thread_waits_for_itself)
{
	pthread_t thread;
	struct duct p;

	open_duct(&p);
	pthread_create(&thread, NULL, wait_in_thread, &p);
	write_one(p.in);
	pthread_join(thread, NULL);
	ck_assert_int_eq(go_atomic_load(&n_wrong), 0);
	close_duct(&p);
}

static void *
write_in_thread(void *fd)
{
	write_one(*(int *)fd);
	return NULL;
}

static void
do_nothing(void)
{
}

START_TEST(a_plain_thread_waits_while_all_others_sleep)
{
	pthread_t thread;
	struct duct p;

	go_wg_go(&wg, do_nothing);
	go_wg_wait(&wg);
	go_sleep(50 * GO_MILLISECOND);  // machines may rest
	open_duct(&p);
	pthread_create(&thread, NULL, wait_in_thread, &p);
	write_one(p.in);
	pthread_join(thread, NULL);
	close_duct(&p);
}

START_TEST(main_waits_locked_and_alone)
{
	pthread_t writer;
	struct duct p;

	go_lock_thread();
	open_duct(&p);
	pthread_create(&writer, NULL, write_in_thread, &p.in);
	read_one(&p);
	pthread_join(writer, NULL);
	close_duct(&p);
	go_unlock_thread();
}

// Machines sleep in the poller and are given processors there, over and over,
// while the monitor polls beside them.
static void *
start_many(void *arg)
{
	go_waitgroup own = {0};

	for (int i = 0; i < 3000; i++) {
		go_wg_go(&own, do_nothing);
		go_wg_wait(&own);
	}
	return arg;
}

START_TEST(who_sleeps_in_the_poller_is_woken)
{
	pthread_t threads[3];
	struct duct p;

	go_procs(1);
	open_duct(&p);
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, start_many, NULL);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	close_duct(&p);
}

int
main(void)
{
	Suite *s = suite_create("poll");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, IS_SANITIZED ? 60 : 20);
	tcase_add_test(tc, what_is_ready_before_the_wait_ends_it);
	tcase_add_test(tc, what_becomes_ready_during_the_wait_ends_it);
	tcase_add_test(tc, a_write_waits_for_room);
	tcase_add_test(tc, a_deadline_ends_a_wait);
	tcase_add_test(tc, shut_ends_all_waits_and_those_to_come);
	tcase_add_test(tc, expire_ends_the_waits_of_its_mode);
	tcase_add_test(tc, a_wait_that_begins_after_expire_goes_on);
	tcase_add_test(tc, an_event_does_not_reach_the_next_with_its_record);
	tcase_add_test(tc, an_interrupt_is_the_sleeper_s);
	tcase_add_test(tc, records_are_used_again);
	tcase_add_test(tc, many_descriptors_are_watched_at_once);
	tcase_add_test(tc, several_read_one_descriptor);
	tcase_add_test(tc, the_peer_s_end_wakes_both_ways);
	tcase_add_test(tc, what_cannot_be_watched_is_refused);
	tcase_add_test(
		tc, hogs_on_all_processors_do_not_keep_it_from_those_who_wait);
	tcase_add_test(tc, a_hog_that_ends_an_idle_time_does_not_either);
	tcase_add_test(tc, who_blocks_does_not_either);
	tcase_add_test(tc, a_plain_thread_waits_for_itself);
	tcase_add_test(tc, a_plain_thread_waits_while_all_others_sleep);
	tcase_add_test(tc, main_waits_locked_and_alone);
	tcase_add_test(tc, who_sleeps_in_the_poller_is_woken);
	return run_suite(s);
}
