// SPDX-License-Identifier: MIT
//
// What generated tables say, against what the compiler says.

#include "shapes.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "shapes.reflect.h"

static const char *
text_of(const go_type *t)
{
	return go_type_name(t);
}

#define CHECK_TYPE(T, name)                                                    \
	do {                                                                   \
		const go_type *t_ = GO_TYPE(name);                             \
		ck_assert_uint_eq(go_type_size(t_), sizeof(T));                \
		ck_assert_uint_eq(go_type_align(t_), _Alignof(T));             \
		ck_assert_str_eq(go_type_name(t_), #name);                     \
		ck_assert_ptr_eq(go_type_by_name(#name), t_);                  \
	} while (0)

#define CHECK_FIELD(T, name, field, spelling)                                  \
	do {                                                                   \
		const go_field *f_ =                                           \
			go_type_field_by_name(GO_TYPE(name), #field);          \
		ck_assert_msg(f_ != NULL, #field);                             \
		ck_assert_uint_eq(f_->offset, offsetof(T, field));             \
		ck_assert_uint_eq(go_type_size(f_->type),                      \
				  sizeof(((T *)0)->field));                    \
		ck_assert_uint_eq(f_->bit_width, 0);                           \
		ck_assert_str_eq(text_of(f_->type), spelling);                 \
	} while (0)

START_TEST(every_type_has_the_compilers_size_and_alignment)
{
	CHECK_TYPE(enum wide_enum, wide_enum);
	CHECK_TYPE(enum signed_enum, signed_enum);
	CHECK_TYPE(enum access, access);
	CHECK_TYPE(enum tiny_enum, tiny_enum);
	CHECK_TYPE(level, level);
	CHECK_TYPE(spot, spot);
	CHECK_TYPE(mark, mark);
	CHECK_TYPE(struct node, node);
	CHECK_TYPE(struct bits, bits);
	CHECK_TYPE(struct packed_bits, packed_bits);
	CHECK_TYPE(struct pragma_packed, pragma_packed);
	CHECK_TYPE(struct aligned_struct, aligned_struct);
	CHECK_TYPE(struct over_aligned, over_aligned);
	CHECK_TYPE(struct empty, empty);
	CHECK_TYPE(union mixed, mixed);
	CHECK_TYPE(struct nested, nested);
	CHECK_TYPE(struct kinds, kinds);
	CHECK_TYPE(struct letter, letter);
}
END_TEST

#define KIND(field, spelling) CHECK_FIELD(struct kinds, kinds, field, spelling)

START_TEST(every_kind_of_member_has_its_place_and_type)
{
	KIND(yes, "bool");
	KIND(c, "char");
	KIND(sc, "signed char");
	KIND(ubig, "unsigned __int128");
	KIND(ld, "long double");
	KIND(cf, "float _Complex");
	KIND(size, "size_t");
	KIND(u8, "uint8_t");
	KIND(pid, "pid_t");
	KIND(level, "level");
	KIND(grid, "int [2][3]");
	KIND(rows, "row [2]");
	KIND(at, "spot");
	KIND(pat, "spot *");
	KIND(pts, "spot [4]");
	KIND(alias, "spot_alias");
	KIND(counter, "int");
	KIND(vol, "int");
	KIND(text, "const char *");
	KIND(call, "callback");
	KIND(none, "void (*)(void)");
	KIND(maker, "int (*(*)(int))(double)");
	KIND(table, "void (*[3])(int, char *)");
	KIND(parray, "int (*)[5]");
	KIND(opaque, "unknown *");
	KIND(ts, "timespec");
	KIND(deep, "const void *const *");
	KIND(same, "int *");
	KIND(vector, "int __vector(4)");
	KIND(zero, "int [0]");
}
END_TEST

START_TEST(qualifiers_stand_in_the_flags)
{
	static const struct {
		const char *field;
		unsigned flags;
	} rows[] = {
		{"c", 0},
		{"counter", GO_IS_ATOMIC},
		{"acounter", GO_IS_ATOMIC},
		{"anode", GO_IS_ATOMIC},
		{"vol", GO_IS_VOLATILE},
		{"text", GO_IS_RESTRICT},
	};
	const go_field *f;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		f = go_type_field_by_name(GO_TYPE(kinds), rows[i].field);
		ck_assert_msg(f->flags == rows[i].flags, "%s", rows[i].field);
	}
	f = go_type_field_by_name(GO_TYPE(node), "parent");
	ck_assert_uint_eq(f->flags, GO_IS_CONST);
	ck_assert_uint_eq(go_type_elem_flags(f->type), GO_IS_CONST);
	f = go_type_field_by_name(GO_TYPE(letter), "tags");
	ck_assert_uint_eq(f->flags & GO_IS_OWNED, GO_IS_OWNED);
}
END_TEST

START_TEST(anonymous_members_promote_theirs)
{
	CHECK_FIELD(struct nested, nested, c, "char");
	CHECK_FIELD(struct nested, nested, w, "short");
	CHECK_FIELD(struct nested, nested, h, "short");
	CHECK_FIELD(struct nested, nested, i, "int");
	CHECK_FIELD(struct nested, nested, f, "float");
	CHECK_FIELD(struct nested, nested, deep, "char");
	CHECK_FIELD(struct nested, nested, value, "nested.value");
	CHECK_FIELD(struct nested, nested, pointer, "nested.value *");
	CHECK_FIELD(struct nested, nested, array, "nested.value [3]");
	CHECK_FIELD(struct nested, nested, local, "nested.local");
	CHECK_FIELD(struct nested, nested, named, "inner");
	ck_assert_uint_eq(go_type_num_field(GO_TYPE(nested)), 7);
	ck_assert_str_eq(go_type_field(GO_TYPE(nested), 1)->name, "");
}
END_TEST

START_TEST(recursive_types_end_in_themselves)
{
	const go_field *left = go_type_field_by_name(GO_TYPE(node), "left");
	const go_field *m = go_type_field_by_name(GO_TYPE(node), "mark");

	ck_assert_ptr_eq(go_type_elem(left->type), GO_TYPE(node));
	ck_assert_ptr_eq(go_type_elem(m->type), GO_TYPE(mark));
}
END_TEST

START_TEST(records_of_the_system_are_opaque_behind_pointers)
{
	const go_field *f = go_type_field_by_name(GO_TYPE(kinds), "file");
	const go_type *file = go_type_underlying(go_type_elem(f->type));

	ck_assert_int_eq(go_type_kind(file), GO_KIND_OPAQUE);
	f = go_type_field_by_name(GO_TYPE(kinds), "opaque");
	ck_assert_int_eq(go_type_kind(go_type_elem(f->type)), GO_KIND_OPAQUE);
	ck_assert_uint_eq(go_type_size(go_type_elem(f->type)), 0);
	f = go_type_field_by_name(GO_TYPE(kinds), "ts");
	ck_assert_int_eq(go_type_kind(f->type), GO_KIND_STRUCT);
}
END_TEST

static int64_t
read_named(go_value v, const char *name)
{
	go_value f = go_value_named(v, name);

	ck_assert_msg(go_value_is_valid(f), "%s", name);
	if (go_type_kind(go_type_underlying(go_value_type(f))) == GO_KIND_BOOL)
		return go_value_bool(f);
	return go_type_is_signed(go_value_type(f)) ? go_value_int(f)
						   : (int64_t)go_value_uint(f);
}

// BITS writes through the compiler and reads through the table.
#define BITS(T, name, field, width, value)                                     \
	do {                                                                   \
		T x_;                                                          \
		const go_field *f_ =                                           \
			go_type_field_by_name(GO_TYPE(name), #field);          \
		ck_assert_uint_eq(f_->bit_width, width);                       \
		memset(&x_, 0xa5, sizeof(x_));                                 \
		x_.field = (value);                                            \
		ck_assert_int_eq(read_named(go_value_of(name, &x_), #field),   \
				 (int64_t)x_.field);                           \
		memset(&x_, 0x5a, sizeof(x_));                                 \
		ck_assert_int_eq(read_named(go_value_of(name, &x_), #field),   \
				 (int64_t)x_.field);                           \
	} while (0)

START_TEST(bit_fields_are_where_the_compiler_puts_them)
{
	BITS(struct bits, bits, first, 4, -3);
	BITS(struct bits, bits, second, 3, 5);
	BITS(struct bits, bits, flag, 1, 1);
	BITS(struct bits, bits, wide, 40, -123456789);
	BITS(struct bits, bits, tail, 5, 17);
	BITS(struct bits, bits, all, 64, 0x123456789abcdef0);
	BITS(struct packed_bits, packed_bits, a, 3, 6);
	BITS(struct packed_bits, packed_bits, b, 61, 0x123456789abcdef);
	BITS(struct packed_bits, packed_bits, z, 1, 1);
	BITS(struct nested, nested, bit, 2, 3);
	CHECK_FIELD(struct packed_bits, packed_bits, s, "short");
	CHECK_FIELD(struct packed_bits, packed_bits, d, "double");
}
END_TEST

START_TEST(enumerators_keep_their_values_and_comments)
{
	size_t n;
	const go_enumerator *e = go_type_enumerators(GO_TYPE(access), &n);

	ck_assert_uint_eq(n, 3);
	ck_assert(go_type_is_flags(GO_TYPE(access)));
	ck_assert_str_eq(e[0].name, "ACCESS_READ");
	ck_assert_str_eq(e[0].doc, "may read");
	ck_assert_str_eq(e[1].doc, "");
	ck_assert_str_eq(e[2].doc, "may run");
	e = go_type_enumerators(GO_TYPE(signed_enum), &n);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(e[0].value, -5);
	ck_assert(go_type_is_signed(GO_TYPE(signed_enum)));
	e = go_type_enumerators(GO_TYPE(wide_enum), &n);
	ck_assert_int_eq(e[1].value, (int64_t)WIDE_TOP);
	ck_assert(!go_type_is_signed(GO_TYPE(wide_enum)));
}
END_TEST

START_TEST(comments_become_docs)
{
	const go_type *t = GO_TYPE(letter);

	ck_assert_str_eq(go_type_doc(GO_TYPE(node)), "A node\nof a tree.");
	ck_assert_str_eq(go_type_field_by_name(t, "from")->doc, "Who\nwrote.");
	ck_assert_str_eq(go_type_field_by_name(t, "to")->doc, "");
	ck_assert_str_eq(go_type_field_by_name(GO_TYPE(spot), "y")->doc,
			 "where");
	ck_assert_str_eq(go_type_method_by_name(t, "weigh")->doc,
			 "letter_weigh doc.");
}
END_TEST

START_TEST(tags_stand_together_and_come_from_outside_too)
{
	const go_type *t = GO_TYPE(letter);

	ck_assert_str_eq(go_type_field_by_name(t, "to")->tag,
			 "json:\"name\" db:\"receiver\"");
	ck_assert_str_eq(go_type_field_by_name(t, "from")->tag,
			 "json:\"from,omitempty\"");
}
END_TEST

START_TEST(lengths_and_unions_are_related)
{
	char a[] = "a", b[] = "b", c[] = "c", *tags[] = {a, b, c};
	struct letter l = {.kind = BY_MAIL, .n_tags = 3, .tags = tags};
	go_value v = go_value_of(letter, &l);

	ck_assert_uint_eq(go_value_len(go_value_named(v, "tags")), 3);
	ck_assert_str_eq(go_value_string(go_value_at(v, "tags[2]")), "c");
	ck_assert_uint_eq(go_value_len(go_value_named(v, "pages")), 0);
}
END_TEST

int
letter_weigh(const struct letter *l, int each)
{
	return (int)l->n_tags * each;
}

void
letter_clear(struct letter *l)
{
	l->n_tags = 0;
}

double
spot_apply(const spot *s, double (*f)(int, int), const char *const *names)
{
	return names == NULL ? f(s->x, s->y) : -1;
}

int
spot_count(void)
{
	return 42;
}

static double
ratio(int x, int y)
{
	return (double)x / y;
}

static go_error *
call(const go_type *t, const char *name, void *const *args, size_t n,
     void *result)
{
	return go_method_call(go_type_method_by_name(t, name), args, n, result);
}

START_TEST(methods_are_called_through_their_thunks)
{
	struct letter l = {.n_tags = 3}, *pl = &l;
	const struct letter *cl = &l;
	spot a = {1, 2}, b = {30, 40}, sum, *pa = &a;
	double (*f)(int, int) = ratio;
	const char *const *names = NULL;
	int each = 7, got = 0;
	double half = 0;

	ck_assert_ptr_null(call(GO_TYPE(letter), "weigh",
				(void *[]){&cl, &each}, 2, &got));
	ck_assert_int_eq(got, 21);
	ck_assert_ptr_null(
		call(GO_TYPE(letter), "clear", (void *[]){&pl}, 1, NULL));
	ck_assert_uint_eq(l.n_tags, 0);
	ck_assert_ptr_null(
		call(GO_TYPE(spot), "add", (void *[]){&a, &b}, 2, &sum));
	ck_assert_int_eq(sum.x, 31);
	ck_assert_int_eq(sum.y, 42);
	ck_assert_ptr_null(call(GO_TYPE(spot), "apply",
				(void *[]){&pa, &f, &names}, 3, &half));
	ck_assert(half == 0.5);
	ck_assert_ptr_null(call(GO_TYPE(spot), "count", NULL, 0, &got));
	ck_assert_int_eq(got, 42);
	ck_assert_uint_eq(go_type_num_method(GO_TYPE(spot)), 3);
	ck_assert_str_eq(
		go_type_param(
			go_type_method_by_name(GO_TYPE(letter), "weigh")->type,
			1)
			->name,
		"each");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("reflectgen/shapes");
	TCase *c = tcase_create("all");
	SRunner *r = srunner_create(s);
	int failed;

	suite_add_tcase(s, c);
	tcase_add_test(c, every_type_has_the_compilers_size_and_alignment);
	tcase_add_test(c, every_kind_of_member_has_its_place_and_type);
	tcase_add_test(c, qualifiers_stand_in_the_flags);
	tcase_add_test(c, anonymous_members_promote_theirs);
	tcase_add_test(c, recursive_types_end_in_themselves);
	tcase_add_test(c, records_of_the_system_are_opaque_behind_pointers);
	tcase_add_test(c, bit_fields_are_where_the_compiler_puts_them);
	tcase_add_test(c, enumerators_keep_their_values_and_comments);
	tcase_add_test(c, comments_become_docs);
	tcase_add_test(c, tags_stand_together_and_come_from_outside_too);
	tcase_add_test(c, lengths_and_unions_are_related);
	tcase_add_test(c, methods_are_called_through_their_thunks);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
