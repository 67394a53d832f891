// SPDX-License-Identifier: MIT
//
// local: values that belong to a goroutine.

#ifndef RT_LOCAL_H
#define RT_LOCAL_H

struct g;

// go__local_end destroys the values of g, the calling goroutine.
void go__local_end(struct g *g);

#endif
