// SPDX-License-Identifier: MIT
#include <libgo/reflect.h>
enum GO_REFLECT e { A = NOWHERE };
