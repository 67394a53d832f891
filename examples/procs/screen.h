// SPDX-License-Identifier: MIT
//
// screen: where the list is shown, and who ends the watching.

#ifndef SCREEN_H
#define SCREEN_H

#include <libgo.h>
#include <stdio.h>

// screen_measure tells whether standard output is a terminal, and its size; 0
// where it has none.
bool screen_measure(size_t *width, size_t *height);

// screen_draw replaces what the terminal shows by n bytes of text.
void screen_draw(const char *text, size_t n);

// interrupt_begin returns a channel that closes at Ctrl-C or SIGTERM; call it
// before the program has other threads. interrupt_end ends that.
go_receiver(go_unit) interrupt_begin(void);
void interrupt_end(void);

#endif
