#!/bin/sh
# SPDX-License-Identifier: MIT
#
# compile: which uses of channels and locks the compilers refuse, and in which
# words.
. tests/rt/refuse.sh

head='
struct point { int x, y; };
void take(go_chan(int));
void take_sender(go_sender(int));
void take_receiver(go_receiver(int));
void drop_int(int *);
void drop_long(long *);
extern go_chan(int) c;
extern go_sender(int) to;
extern go_receiver(int) from;
extern go_chan(struct point) points;
extern go_receiver(struct point) points_out;
extern go_chan(char *) texts;
extern go_chan(go_unit) units;
'

# perm_an_end_does_one_thing: an end is not used the other way.
refuse 'go_send: this end only receives' <<'EOT'
	go_send(from, 1);
EOT
refuse 'go_send: this end only receives' <<'EOT'
	(void)go_try_send(from, 1);
EOT
refuse 'go_recv: this end only sends' <<'EOT'
	int v;
	go_recv(to, &v);
EOT
refuse 'go_recv: this end only sends' <<'EOT'
	go_try_recv(to, NULL);
EOT
refuse 'go_close: this end only receives' <<'EOT'
	go_close(from);
EOT
refuse 'go_send: this end only receives' <<'EOT'
	go_send(points_out, (struct point){1, 2});
EOT
refuse 'go_on_recv: this end only sends' <<'EOT'
	int v;
	go_select(go_on_recv(to, &v));
EOT
refuse 'go_on_send: this end only receives' <<'EOT'
	go_select(go_on_send(from, 1));
EOT
refuse 'go_on_send: this end only receives' <<'EOT'
	int v = 1;
	go_select(go_on_default, go_on_send_from(from, &v));
EOT
refuse 'go_send_only: this end only receives' <<'EOT'
	take_sender(go_send_only(from));
EOT
refuse 'go_recv_only: this end only sends' <<'EOT'
	take_receiver(go_recv_only(to));
EOT

# perm_an_end_is_no_channel: nor is it the other end.
refuse 'incompatible (function )?pointer type' <<'EOT'
	take(to);
EOT
refuse 'incompatible (function )?pointer type' <<'EOT'
	take(from);
EOT
refuse 'incompatible (function )?pointer type' <<'EOT'
	take_sender(from);
EOT
refuse 'incompatible (function )?pointer type' <<'EOT'
	take_receiver(c);
EOT

# Values and where they go have the channel's type.
refuse 'incompatible pointer type' <<'EOT'
	long v;
	go_recv(c, &v);
EOT
refuse 'incompatible pointer type' <<'EOT'
	char v;
	go_try_recv(c, &v);
EOT
refuse 'pointer type mismatch|distinct pointer|not a pointer to an element' <<'EOT'
	long v;
	go_select(go_on_recv(c, &v));
EOT
refuse 'pointer type mismatch|distinct pointer|not a pointer to an element' <<'EOT'
	long v = 0;
	go_select(go_on_send_from(c, &v));
EOT
refuse 'incompatible type|invalid initializer' <<'EOT'
	struct point p = {1, 2};
	go_send(c, p);
EOT
refuse 'incompatible type|invalid initializer' <<'EOT'
	go_send(points, 1);
EOT
refuse 'makes pointer from integer|incompatible integer' <<'EOT'
	go_send(texts, 5);
EOT
refuse 'incompatible (function )?pointer type' <<'EOT'
	go_chan_on_drop(c, drop_long);
EOT
refuse 'incompatible (function )?pointer type' <<'EOT'
	go_chan(int) d = go_chan_make(long, 0);
	(void)d;
EOT
refuse 'incompatible type|invalid initializer' <<'EOT'
	go_send(units, 1);
EOT

# A wait group is one, and what an acquire says is looked at.
refuse 'incompatible (function )?pointer type' <<'EOT'
	go_mutex m = {0};
	go_wg_go(&m, go_yield);
EOT
refuse 'unused-result' <<'EOT'
	go_sem s = {0};
	go_sem_acquire(&s, NULL, 1);
EOT

accept '-std=gnu11 -Wshadow' '-std=c11 -Wpedantic -Wshadow -Wundef' \
	'-std=gnu2x -Wcast-align -Wcast-qual' <<'EOT'
	go_chan(int) made = go_chan_make(int, 3);
	struct point p, at = {1, 2};
	bool open, sent;
	int v = 0, c_ = 1, p_ = 2, id = 3;

	take(made);
	take_sender(go_send_only(made));
	take_receiver(go_recv_only(made));
	take_sender(go_send_only(to));
	go_send(c, v);
	go_send(c, 'x');
	go_send(c, go_send(c, go_send(to, c_)));
	go_send(points, (struct point){1, 2});
	go_send(points, at);
	go_send(texts, NULL);
	go_send(units, GO_UNIT);
	go_recv(c, NULL);
	go_recv(points_out, &p);
	while (go_recv(from, &v) && go_try_recv(c, &v))
		go_close(to);
	go_chan_on_drop(c, drop_int);
	go_chan_release(go_chan_retain(from));
	v = (int)(go_chan_len(from) + go_chan_cap(to));
	switch (go_select(go_on_recv(c, &v), go_on_recv(from, &v, &open),
			  go_on_send(to, p_ + id), go_on_send(points, {3, 4}),
			  go_on_send(points, at), go_on_recv(units, NULL),
			  go_on_send_from(points, &at),
			  go_on_send_from(c, &v, &sent),
			  go_on_timeout(GO_SECOND), go_on_default)) {
	case 0:
		break;
	default:
		go_select_first(go_on_default);
	}
	{
		go_case cases[2];

		cases[0] = go_on_recv(from, &v);
		cases[1] = go_on_send_from(to, &v);
		go_select_array(cases, 2);
	}
EOT

accept_cxx <<'EOT'
	go_chan(int) made = go_chan_make(int, 3);
	int v = 0;

	go_send(made, 1);
	if (go_recv(made, &v) && go_try_send(made, v) && go_try_recv(made, &v))
		go_close(made);
	take_sender(go_send_only(made));
	take_receiver(go_recv_only(made));
	go_send(to, 2);
	go_recv(from, &v);
	go_chan_release(go_chan_retain(made));
EOT

finish
