// SPDX-License-Identifier: MIT
//
// module: reading what generated files hold (libgo/meta.h).
//
// Fields, enumerators and methods with real pointers are made when they are
// first asked for, once a type, published in the module's cache by
// compare-and-swap and never freed.

#ifndef DATA_MODULE_H
#define DATA_MODULE_H

#include "libgo/reflect.h"

// A field with GO_LEN or GO_UNION; beside GO_IS_CONST and so on.
enum { GO__IS_RELATED = 0x100 };

struct go__members {
	size_t n;    // the type's own
	size_t all;  // and those of anonymous members, behind
	go_field field[];
};

const struct go__module *go__module_of(const go_type *t);
const char *go__module_string(const struct go__module *m, uint32_t offset);
const go_type *go__module_type(const struct go__module *m, uint32_t ref);
// go__module_note finds the first note of what about owner; NULL if none.
const struct go__note *go__module_note(const struct go__module *m,
				       uint32_t what, uint32_t owner);
const char *go__module_text(const struct go__module *m, uint32_t what,
			    uint32_t owner);
// go__module_publish puts made into *slot unless another was there first; it
// returns the one that stays and frees the other.
void *go__module_publish(void **slot, void *made);
void *go__module_cached(void **slot);
void *go__module_alloc(size_t size);

// go__type_bare removes typedefs.
const go_type *go__type_bare(const go_type *t);
// go__type_members gives the fields of a STRUCT or UNION, or the result and
// the parameters of a FUNC; NULL for others.
const struct go__members *go__type_members(const go_type *t);
// go__field_own is f as its owner lists it, with the offset from there.
const go_field *go__field_own(const go_field *f);

const struct go__module *go__builtin_module(void);

#endif
