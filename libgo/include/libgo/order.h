// SPDX-License-Identifier: MIT
//
// order: structs in an order that a text gives at run time.
//
//	err = go_sort_by(person, people, n, "-age, home.city");
//
// A specification is a list of terms with commas between, the first decides,
// the next breaks its ties. A term is a path to a member, as in value.h, after
// any of these, in any order and with blanks wherever one likes:
//
//	-   descending
//	^   without regard to case, ASCII alone; for text
//	~   natural: numbers in the text by value, file9 before file10
//	?   NULL last
//
// Integers, bools, enums and floats compare by value, NaN last in either
// direction; char arrays as unsigned bytes up to a NUL or their end, char
// pointers up to a NUL or their GO_LEN. Pointers to structs are followed.
// NULL on the way of a path, then NULL at its end, come first in either
// direction, or last with ?. Members of anonymous members go by their names.
//
// A specification that is wrong in any way is an error that tells the column,
// also when there is nothing to sort, and then nothing is moved:
//
//	sort: person has no field "nme" (column 9 of "-score, nme")
//
// An order never changes once it is made: any thread may use it at any time.

#ifndef LIBGO_ORDER_H
#define LIBGO_ORDER_H

#include "libgo/reflect.h"

GO_BEGIN_DECLS

typedef struct go_order go_order;

// go_order_new compiles spec for objects of type t. The caller owns *order.
GO_API GO_MUST_USE go_error *go_order_new(const go_type *t, const char *spec,
					  go_order **order);
GO_API void go_order_free(go_order *o);

// go_order_sort sorts n objects, go_order_stable leaves equal ones in the
// order that they had. Both allocate room for the objects once more and 16
// bytes for each, to be fast; they do without if they must, the stable sort
// then in O(n log² n) moves.
GO_API void go_order_sort(const go_order *o, void *a, size_t n);
GO_API void go_order_stable(const go_order *o, void *a, size_t n);

// go_order_compare is negative if *a comes before *b, 0 if they are equal.
GO_API int go_order_compare(const go_order *o, const void *a, const void *b);
GO_API bool go_order_is_sorted(const go_order *o, const void *a, size_t n);

// go_order_search returns the first of n sorted objects that does not come
// before *key, or n.
GO_API size_t go_order_search(const go_order *o, const void *a, size_t n,
			      const void *key);

// go_order_top puts the first k of n objects at the front, sorted; the others
// follow in any order.
GO_API void go_order_top(const go_order *o, void *a, size_t n, size_t k);

// go_order_nth puts the object at k that would be there if all n were sorted,
// those not after it before it, those not before it behind. Panics if k >= n.
GO_API void go_order_nth(const go_order *o, void *a, size_t n, size_t k);

// go_order_permutation sets index[i] to the place of the object that comes in
// place i, stable, and moves none; index has n elements.
GO_API GO_MUST_USE go_error *
go_order_permutation(const go_order *o, const void *a, size_t n, size_t *index);

// go_order_merge merges the n sorted objects at a and the m at b into out,
// which has room for them all and overlaps neither. Of equal ones, those of a
// come first.
GO_API void go_order_merge(const go_order *o, const void *a, size_t n,
			   const void *b, size_t m, void *out);

// go_sort_by sorts n objects at a, which the compiler checks to be of the named
// type, by a specification; go_stable_sort_by keeps the order of equal ones.
#ifdef __cplusplus
#define go_sort_by(name, a, n, spec)                                           \
	go__sort_by(go__type_##name(), static_cast<go__c_##name *>(a), n, spec)
#define go_stable_sort_by(name, a, n, spec)                                    \
	go__stable_sort_by(go__type_##name(), static_cast<go__c_##name *>(a),  \
			   n, spec)
#else
#define go_sort_by(name, a, n, spec)                                           \
	go__sort_by(go__type_##name(),                                         \
		    GO__SORT_CHECKED(go__c_##name, #name, a), n, spec)
#define go_stable_sort_by(name, a, n, spec)                                    \
	go__stable_sort_by(go__type_##name(),                                  \
			   GO__SORT_CHECKED(go__c_##name, #name, a), n, spec)
#define GO__SORT_CHECKED(type, text, a)                                        \
	((void)sizeof(struct {                                                 \
		 _Static_assert(                                               \
			 __builtin_types_compatible_p(__typeof__(*(a)), type), \
			 "go_sort_by: not an array of " text);                 \
		 int unused;                                                   \
	 }),                                                                   \
	 (a))
#endif
GO_API GO_MUST_USE go_error *go__sort_by(const go_type *t, void *a, size_t n,
					 const char *spec);
GO_API GO_MUST_USE go_error *go__stable_sort_by(const go_type *t, void *a,
						size_t n, const char *spec);

GO_END_DECLS

#endif
