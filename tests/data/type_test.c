// SPDX-License-Identifier: MIT
//
// The type side against the compiler's own sizeof, _Alignof and offsetof.

#include <pthread.h>

#include "crate_module.h"
#include "expect.h"

START_TEST(types_have_the_compilers_sizes_and_alignments)
{
	static const struct {
		const char *name;
		size_t size, align;
	} rows[] = {
		{"parcel", sizeof(struct parcel), _Alignof(struct parcel)},
		{"crate", sizeof(struct crate), _Alignof(struct crate)},
		{"shade", sizeof(enum shade), _Alignof(enum shade)},
		{"char [8]", 8, 1},
		{"float *", sizeof(float *), _Alignof(float *)},
		{"unsigned long long", sizeof(long long), _Alignof(long long)},
		{"long double", sizeof(long double), _Alignof(long double)},
		{"size_t", sizeof(size_t), _Alignof(size_t)},
		{"void", 0, 0},
		{"int (parcel *, short)", 0, 0},
	};
	const go_type *t;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		t = go_type_by_name(rows[i].name);
		ck_assert_msg(t != NULL, "no type %s", rows[i].name);
		ck_assert_str_eq(go_type_name(t), rows[i].name);
		ck_assert_uint_eq(go_type_size(t), rows[i].size);
		ck_assert_uint_eq(go_type_align(t), rows[i].align);
	}
}

START_TEST(fields_have_the_compilers_offsets)
{
	static const struct {
		const char *name, *type;
		size_t offset;
		unsigned flags;
	} rows[] = {
		{"label", "char [8]", offsetof(struct parcel, label), 0},
		{"serial", "int", offsetof(struct parcel, serial), GO_IS_CONST},
		{"shade", "shade", offsetof(struct parcel, shade), 0},
		{"width", "short", offsetof(struct parcel, width), 0},
		{"height", "short", offsetof(struct parcel, height), 0},
		{"note", "const char *", offsetof(struct parcel, note), 0},
		{"count", "int", offsetof(struct parcel, count), GO_IS_ATOMIC},
		{"done", "bool", offsetof(struct parcel, done), 0},
	};
	const go_field *f;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		f = go_type_field_by_name(GO_TYPE(parcel), rows[i].name);
		ck_assert_msg(f != NULL, "no field %s", rows[i].name);
		ck_assert_str_eq(f->name, rows[i].name);
		ck_assert_str_eq(go_type_name(f->type), rows[i].type);
		ck_assert_uint_eq(f->offset, rows[i].offset);
		ck_assert_uint_eq(f->bit_width, 0);
		ck_assert_uint_eq(f->flags, rows[i].flags);
	}
}

START_TEST(bit_fields_are_where_the_compiler_puts_them)
{
	const go_type *t = GO_TYPE(parcel);
	const char *names[] = {"low", "mid", "high"};
	const unsigned widths[] = {1, 5, 40};
	struct parcel ones[3];
	const go_field *f;
	unsigned char *bytes;
	size_t i, bit, first, n;

	memset(ones, 0, sizeof(ones));
	ones[0].low = 1;
	ones[1].mid = -1;
	ones[2].high = (1ULL << 40) - 1;
	for (i = 0; i < 3; i++) {
		f = go_type_field_by_name(t, names[i]);
		ck_assert_uint_eq(f->bit_width, widths[i]);
		bytes = (unsigned char *)&ones[i];
		for (first = n = bit = 0; bit < sizeof(ones[i]) * 8; bit++) {
			if (!(bytes[bit / 8] >> bit % 8 & 1))
				continue;
			first = n++ == 0 ? bit : first;
		}
		ck_assert_uint_eq(n, f->bit_width);
		ck_assert_uint_eq(first, f->offset * 8 + f->bit_offset);
	}
}

START_TEST(fields_are_listed_in_order_and_end)
{
	const go_type *t = GO_TYPE(parcel);

	ck_assert_uint_eq(go_type_num_field(t), 14);
	ck_assert_str_eq(go_type_field(t, 0)->name, "label");
	ck_assert_str_eq(go_type_field(t, 7)->name, "");
	ck_assert_str_eq(go_type_field(t, 13)->name, "done");
	ck_assert_ptr_null(go_type_field(t, 14));
	ck_assert_ptr_null(go_type_field(GO_TYPE(int), 0));
	ck_assert_uint_eq(go_type_num_field(GO_TYPE(shade)), 0);
}

START_TEST(unknown_names_are_null)
{
	const go_type *t = GO_TYPE(parcel);

	ck_assert_ptr_null(go_type_by_name("struct parcel"));
	ck_assert_ptr_null(go_type_by_name("parcels"));
	ck_assert_ptr_null(go_type_by_name(""));
	ck_assert_ptr_null(go_type_field_by_name(t, "widt"));
	ck_assert_ptr_null(go_type_field_by_name(t, "widths"));
	ck_assert_ptr_null(go_type_field_by_name(t, ""));
	ck_assert_ptr_nonnull(go_type_field_by_text(t, "width.x", 5));
	ck_assert_ptr_null(go_type_method_by_name(t, "grow"));
}

START_TEST(kinds_and_targets_are_told)
{
	const go_type *text = go_type_by_name("const char *");
	const go_type *corners = go_type_by_name("point [2]");
	const go_field *parcels;

	ck_assert_int_eq(go_type_kind(GO_TYPE(parcel)), GO_KIND_STRUCT);
	ck_assert_int_eq(go_type_kind(GO_TYPE(mode)), GO_KIND_ENUM);
	ck_assert_int_eq(go_type_kind(GO_TYPE(bool)), GO_KIND_BOOL);
	ck_assert_int_eq(go_type_kind(GO_TYPE(uint)), GO_KIND_UINT);
	ck_assert_int_eq(go_type_kind(GO_TYPE(size_t)), GO_KIND_TYPEDEF);
	ck_assert_str_eq(go_kind_name(GO_KIND_ENUM), "enum");
	ck_assert_ptr_eq(go_type_underlying(GO_TYPE(uint64_t)),
			 sizeof(long) == 8 ? GO_TYPE(ulong) : GO_TYPE(ullong));
	ck_assert_ptr_eq(go_type_elem(text), GO_TYPE(char));
	ck_assert_uint_eq(go_type_elem_flags(text), GO_IS_CONST);
	ck_assert_ptr_eq(go_type_elem(corners), GO_TYPE(point));
	ck_assert_uint_eq(go_type_len(corners), 2);
	ck_assert_ptr_null(go_type_elem(GO_TYPE(int)));
	// A type of another module is that module's own.
	parcels = go_type_field_by_name(GO_TYPE(crate), "parcels");
	ck_assert_ptr_eq(go_type_elem(parcels->type), GO_TYPE(parcel));
}

START_TEST(signs_are_the_compilers)
{
	ck_assert_int_eq(go_type_is_signed(GO_TYPE(char)), (char)-1 < 0);
	ck_assert(go_type_is_char(GO_TYPE(char)));
	ck_assert(!go_type_is_char(GO_TYPE(schar)));
	ck_assert(go_type_is_signed(GO_TYPE(int64_t)));
	ck_assert(!go_type_is_signed(GO_TYPE(size_t)));
	ck_assert(go_type_is_signed(GO_TYPE(shade)));
	ck_assert(!go_type_is_signed(GO_TYPE(mode)));
	ck_assert(go_type_is_flags(GO_TYPE(mode)));
	ck_assert(!go_type_is_flags(GO_TYPE(shade)));
}

START_TEST(exported_types_are_listed)
{
	const char *want[] = {"crate", "mode",  "parcel",
			      "point", "shade", "which"};
	const go_type *const *types;
	size_t n, i, found = 0;

	types = go_types(&n);
	for (i = 0; i < n; i++)
		if (found < COUNT(want) &&
		    strcmp(go_type_name(types[i]), want[found]) == 0)
			found++;
	ck_assert_uint_eq(found, COUNT(want));
}

START_TEST(docs_and_hashes_are_there)
{
	uint64_t hash = go_type_hash(GO_TYPE(parcel));

	ck_assert_str_eq(go_type_doc(GO_TYPE(crate)), "What to ship.");
	ck_assert_str_eq(go_type_doc(GO_TYPE(parcel)), "");
	ck_assert_uint_eq(hash, go_type_hash(GO_TYPE(parcel)));
	ck_assert_uint_ne(hash, go_type_hash(GO_TYPE(crate)));
	ck_assert(go_type_same(GO_TYPE(int), GO_TYPE(int)));
	ck_assert(!go_type_same(GO_TYPE(int), GO_TYPE(uint)));
}

START_TEST(methods_are_called_by_name)
{
	const go_method *m = go_type_method_by_name(GO_TYPE(parcel), "scale");
	struct parcel box = {.width = 4}, *p = &box;
	short by = 3;
	int got = 0;
	void *args[] = {&p, &by};

	ck_assert_ptr_nonnull(m);
	ck_assert_str_eq(m->function, "parcel_scale");
	ck_assert_ptr_eq(
		m, go_type_method_by_name(GO_TYPE(parcel), "parcel_scale"));
	ck_assert_uint_eq(go_type_num_param(m->type), 2);
	ck_assert_str_eq(go_type_param(m->type, 1)->name, "by");
	ck_assert_ptr_null(go_type_param(m->type, 2));
	ck_assert_ptr_eq(go_type_elem(m->type), GO_TYPE(int));
	expect_ok(go_method_call(m, args, 2, &got));
	ck_assert_int_eq(got, 12);
	expect_ok(go_method_call(m, args, 2, NULL));
	ck_assert_int_eq(box.width, 36);
}

START_TEST(method_calls_check_their_arguments)
{
	const go_method *m = go_type_method_by_name(GO_TYPE(parcel), "scale");
	void *args[] = {NULL, NULL};

	expect_error(go_method_call(m, args, 1, NULL),
		     "parcel_scale: takes 2 arguments, not 1");
	expect_error(go_method_call(m, args, 2, NULL),
		     "parcel_scale: argument 1 is a null pointer");
	expect_error(go_method_call(NULL, args, 0, NULL),
		     "go_method_call: no such method");
}

enum { THREADS = 4 };

static void *
look(void *arg)
{
	const go_field **found = arg;
	size_t n;

	found[0] = go_type_field_by_name(GO_TYPE(crate), "owner");
	found[1] = go_type_field_by_name(GO_TYPE(parcel), "height");
	ck_assert_ptr_nonnull(go_type_enumerators(GO_TYPE(shade), &n));
	ck_assert_ptr_nonnull(go_type_by_name("parcel"));
	ck_assert_str_eq(go_type_method(GO_TYPE(parcel), 0)->name, "scale");
	return NULL;
}

START_TEST(first_looks_by_many_threads_agree)
{
	const go_field *found[THREADS][2];
	pthread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++)
		ck_assert_int_eq(
			pthread_create(&threads[i], NULL, look, found[i]), 0);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (i = 1; i < THREADS; i++) {
		ck_assert_ptr_eq(found[i][0], found[0][0]);
		ck_assert_ptr_eq(found[i][1], found[0][1]);
	}
	ck_assert_str_eq(found[0][0]->name, "owner");
}

int
main(void)
{
	Suite *s = suite_create("type");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	// First, while the types are unseen even without forks.
	tcase_add_test(tc, first_looks_by_many_threads_agree);
	tcase_add_test(tc, types_have_the_compilers_sizes_and_alignments);
	tcase_add_test(tc, fields_have_the_compilers_offsets);
	tcase_add_test(tc, bit_fields_are_where_the_compiler_puts_them);
	tcase_add_test(tc, fields_are_listed_in_order_and_end);
	tcase_add_test(tc, unknown_names_are_null);
	tcase_add_test(tc, kinds_and_targets_are_told);
	tcase_add_test(tc, signs_are_the_compilers);
	tcase_add_test(tc, exported_types_are_listed);
	tcase_add_test(tc, docs_and_hashes_are_there);
	tcase_add_test(tc, methods_are_called_by_name);
	tcase_add_test(tc, method_calls_check_their_arguments);
	return run_suite(s);
}
