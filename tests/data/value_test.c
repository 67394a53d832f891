// SPDX-License-Identifier: MIT
//
// Values read and set against the object itself.

#include <math.h>

#include "crate_module.h"
#include "expect.h"

static struct parcel parcel;
static struct crate crate;

static go_value
of_parcel(const char *name)
{
	return go_value_named(go_value_of(parcel, &parcel), name);
}

static go_value
of_crate(const char *name)
{
	return go_value_named(go_value_of(crate, &crate), name);
}

START_TEST(numbers_are_read_as_the_compiler_reads_them)
{
	parcel.low = 1;
	parcel.mid = -9;
	parcel.high = 0xfedcba9876;
	parcel.width = -300;
	parcel.count = 77;
	parcel.done = true;
	ck_assert_int_eq(go_value_int(of_parcel("low")), 1);
	ck_assert_int_eq(go_value_int(of_parcel("mid")), -9);
	ck_assert_uint_eq(go_value_uint(of_parcel("high")), 0xfedcba9876);
	ck_assert_int_eq(go_value_int(of_parcel("width")), -300);
	ck_assert_int_eq(go_value_int(of_parcel("count")), 77);
	ck_assert(go_value_bool(of_parcel("done")));
	ck_assert_double_eq(go_value_float(of_parcel("mid")), -9);
	crate.tiny = -128;
	crate.big = UINT64_MAX;
	crate.wide_bits = INT64_MIN;
	crate.locks = 200;
	ck_assert_int_eq(go_value_int(of_crate("tiny")), -128);
	ck_assert_uint_eq(go_value_uint(of_crate("big")), UINT64_MAX);
	ck_assert_double_eq(go_value_float(of_crate("big")), 0x1p64);
	ck_assert_int_eq(go_value_int(of_crate("wide_bits")), INT64_MIN);
	ck_assert_int_eq(go_value_int(of_crate("locks")), 200);
}

START_TEST(floats_read_as_integers_where_they_fit)
{
	go_value v = of_crate("fine");

	crate.fine = -2.75L;
	ck_assert_int_eq(go_value_int(v), -2);
	ck_assert_uint_eq(go_value_uint(v), 0);
	ck_assert_double_eq(go_value_float(v), -2.75);
	crate.fine = 0x1p63L;
	ck_assert_int_eq(go_value_int(v), 0);
	ck_assert_uint_eq(go_value_uint(v), UINT64_C(1) << 63);
	crate.fine = (long double)NAN;
	ck_assert_int_eq(go_value_int(v), 0);
	ck_assert(isnan(go_value_float(v)));
}

START_TEST(setters_keep_to_the_range_of_the_object)
{
	static const struct {
		const char *name;
		int64_t least, most;
		const char *below, *above;
	} rows[] = {
		{"low", 0, 1, "parcel.low: -1 is out of range 0 to 1",
		 "parcel.low: 2 is out of range 0 to 1"},
		{"mid", -16, 15, "parcel.mid: -17 is out of range -16 to 15",
		 "parcel.mid: 16 is out of range -16 to 15"},
		{"high", 0, 0xffffffffff,
		 "parcel.high: -1 is out of range 0 to 1099511627775",
		 "parcel.high: 1099511627776 is out of range 0 to "
		 "1099511627775"},
		{"width", INT16_MIN, INT16_MAX,
		 "short: -32769 is out of range -32768 to 32767",
		 "short: 32768 is out of range -32768 to 32767"},
		{"count", INT32_MIN, INT32_MAX,
		 "int: -2147483649 is out of range -2147483648 to 2147483647",
		 "int: 2147483648 is out of range -2147483648 to 2147483647"},
		{"done", 0, 1, "bool: -1 is out of range 0 to 1",
		 "bool: 2 is out of range 0 to 1"},
	};
	struct parcel before;
	go_value v;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		v = of_parcel(rows[i].name);
		expect_ok(go_value_set_int(v, rows[i].least));
		ck_assert_int_eq(go_value_int(v), rows[i].least);
		expect_ok(go_value_set_int(v, rows[i].most));
		ck_assert_int_eq(go_value_int(v), rows[i].most);
		memcpy(&before, &parcel, sizeof(parcel));
		expect_error(go_value_set_int(v, rows[i].least - 1),
			     rows[i].below);
		expect_error(go_value_set_int(v, rows[i].most + 1),
			     rows[i].above);
		ck_assert_mem_eq(&before, &parcel, sizeof(parcel));
	}
	// The neighbours of a bit-field keep what they had.
	ck_assert_uint_eq(parcel.low, 1);
	ck_assert_int_eq(parcel.mid, 15);
	ck_assert_uint_eq(parcel.high, 0xffffffffff);
}

START_TEST(sixty_four_bits_are_set_whole)
{
	expect_ok(go_value_set_uint(of_crate("big"), UINT64_MAX));
	ck_assert_uint_eq(crate.big, UINT64_MAX);
	expect_error(go_value_set_int(of_crate("big"), -1),
		     "uint64_t: -1 is out of range 0 to 18446744073709551615");
	expect_error(go_value_set_uint(of_crate("bytes"), UINT64_MAX),
		     "int64_t: 18446744073709551615 is out of range "
		     "-9223372036854775808 to 9223372036854775807");
	expect_ok(go_value_set_int(of_crate("wide_bits"), INT64_MIN));
	ck_assert_int_eq(crate.wide_bits, INT64_MIN);
	expect_ok(go_value_set_int(of_crate("wide"), -5));
	ck_assert(crate.wide == -5);
}

START_TEST(floats_are_set_in_their_range)
{
	expect_ok(go_value_set_float(of_crate("ratio"), 0.5));
	ck_assert_float_eq(crate.ratio, 0.5f);
	expect_error(go_value_set_float(of_crate("ratio"), 1e39),
		     "float: 1e+39 is out of range");
	ck_assert_float_eq(crate.ratio, 0.5f);
	expect_ok(go_value_set_float(of_crate("ratio"), -INFINITY));
	ck_assert(isinf(crate.ratio));
	expect_ok(go_value_set_float(of_crate("fine"), 1e300));
	ck_assert(crate.fine == (long double)1e300);
	expect_error(go_value_set_float(of_crate("tiny"), 1),
		     "int8_t: int, not a float");
}

START_TEST(const_is_respected)
{
	go_value view = go_value_of_const(parcel, &parcel);
	struct parcel before;

	memcpy(&before, &parcel, sizeof(parcel));
	expect_error(go_value_set_int(of_parcel("serial"), 1),
		     "int: const, cannot be set");
	ck_assert(!go_value_can_set(go_value_named(view, "width")));
	expect_error(go_value_set_int(go_value_named(view, "width"), 1),
		     "short: const, cannot be set");
	expect_error(go_value_set_int(go_value_named(view, "mid"), 1),
		     "parcel.mid: const, cannot be set");
	expect_error(go_value_zero(go_value_of(parcel, &parcel)),
		     "parcel: its member \"serial\" is const");
	expect_error(go_value_set_bytes(go_value_of(parcel, &parcel), &before,
					sizeof(before)),
		     "parcel: its member \"serial\" is const");
	ck_assert_mem_eq(&before, &parcel, sizeof(parcel));
	expect_error(go_value_set_string(of_crate("seal"), "abc"),
		     "const char [4]: const, cannot be set");
	expect_error(go_value_zero(of_crate("seal")),
		     "const char [4]: const, cannot be set");
	expect_error(go_value_zero(go_value_of(crate, &crate)),
		     "crate: its member \"seal\" is const");
}

START_TEST(texts_are_read_and_set_with_their_nul)
{
	go_value label = of_parcel("label");

	expect_ok(go_value_set_string(label, "1234567"));
	ck_assert_str_eq(parcel.label, "1234567");
	expect_ok(go_value_set_string(label, "ab"));
	ck_assert_mem_eq(parcel.label, "ab\0\0\0\0\0\0", 8);
	expect_error(go_value_set_string(label, "12345678"),
		     "char [8]: \"12345678\" needs 9 bytes, there are 8");
	expect_error(go_value_set_string(label, NULL),
		     "char [8]: the text is a null pointer");
	ck_assert_str_eq(go_value_string(label), "ab");
	expect_error(go_value_set_string(of_parcel("note"), "x"),
		     "const char *: pointer, not a char array");
	parcel.note = "fragile";
	ck_assert_str_eq(go_value_string(of_parcel("note")), "fragile");
	parcel.note = NULL;
	ck_assert_ptr_null(go_value_string(of_parcel("note")));
	ck_assert_ptr_null(go_value_string(of_parcel("width")));
	ck_assert_ptr_null(go_value_string(of_crate("raw")));
}

START_TEST(a_full_char_array_is_no_string_but_text)
{
	char buf[16];

	memcpy(parcel.label, "12345678", 8);
	ck_assert_ptr_null(go_value_string(of_parcel("label")));
	ck_assert_uint_eq(go_value_text(of_parcel("label"), buf, 16), 8);
	ck_assert_str_eq(buf, "12345678");
}

START_TEST(invalid_values_stick_to_their_first_error)
{
	go_value v = go_value_named(go_value_of(parcel, &parcel), "colour");
	const char *first = "parcel: no field \"colour\"";

	expect_invalid(v, first);
	expect_invalid(go_value_named(v, "deeper"), first);
	expect_invalid(go_value_at(v, "a.b[2]"), first);
	expect_invalid(go_value_index(v, 3), first);
	expect_invalid(go_value_elem(v), first);
	expect_invalid(go_value_field(v, 0), first);
	expect_error(go_value_set_int(v, 1), first);
	expect_error(go_value_set_string(v, "x"), first);
	expect_error(go_value_set_enum(v, "DARK"), first);
	expect_error(go_value_zero(v), first);
	ck_assert_int_eq(go_value_int(v), 0);
	ck_assert_ptr_null(go_value_string(v));
	ck_assert_ptr_null(go_value_enum_text(v));
	ck_assert_ptr_null(go_value_type(v));
	ck_assert_ptr_null(go_value_address(v));
	ck_assert_int_eq(go_value_kind(v), GO_KIND_INVALID);
	expect_invalid((go_value){0}, "invalid value");
}

START_TEST(an_old_failure_still_names_its_type)
{
	go_value v = of_parcel("colour");
	int i;

	for (i = 0; i < 1000; i++)
		ck_assert(!go_value_is_valid(of_crate("nothing")));
	expect_invalid(v, "parcel: invalid value");
}

START_TEST(null_objects_and_wrong_steps_are_told)
{
	expect_invalid(go_value_make(GO_TYPE(parcel), NULL),
		       "parcel: null pointer");
	expect_invalid(go_value_make(NULL, &parcel), "value of no type");
	parcel.next = NULL;
	expect_invalid(go_value_elem(of_parcel("next")),
		       "parcel: null pointer");
	expect_invalid(go_value_elem(of_parcel("width")),
		       "short: not a pointer");
	expect_invalid(go_value_named(of_parcel("width"), "x"),
		       "short: no field \"x\"");
	expect_invalid(go_value_field(go_value_of(parcel, &parcel), 14),
		       "parcel: no field 14 of 14");
	expect_invalid(go_value_index(of_parcel("label"), 8),
		       "char [8]: index 8 out of range, length 8");
	expect_invalid(go_value_index(of_parcel("width"), 0),
		       "short: not an array");
	parcel.next = &parcel;
	expect_invalid(go_value_index(of_parcel("next"), 0),
		       "parcel *: not an array (nothing says its length)");
}

START_TEST(lengths_come_from_another_member)
{
	float weights[] = {1.5f, 2.5f, 3.5f};
	go_value v = of_parcel("weights");

	parcel.weights = weights;
	parcel.n_weights = 3;
	ck_assert_uint_eq(go_value_len(v), 3);
	ck_assert_double_eq(go_value_float(go_value_index(v, 2)), 3.5);
	expect_ok(go_value_set_float(go_value_index(v, 0), 9));
	ck_assert_float_eq(weights[0], 9);
	expect_invalid(go_value_index(v, 3),
		       "float *: index 3 out of range, length 3");
	parcel.n_weights = 0;
	ck_assert_uint_eq(go_value_len(v), 0);
	parcel.n_weights = 1;
	parcel.weights = NULL;
	expect_invalid(go_value_index(v, 0), "float *: null pointer");
	// The pointee of a const parent is not const.
	parcel.weights = weights;
	v = go_value_named(go_value_of_const(parcel, &parcel), "weights");
	ck_assert(go_value_can_set(go_value_index(v, 0)));
	ck_assert_uint_eq(go_value_len(of_parcel("label")), 8);
	ck_assert_uint_eq(go_value_len(of_parcel("next")), 0);
}

START_TEST(pointers_are_set_and_followed)
{
	struct parcel other = {.width = 5};

	expect_ok(go_value_set_pointer(of_parcel("next"), &other));
	ck_assert_ptr_eq(parcel.next, &other);
	ck_assert_ptr_eq(go_value_pointer(of_parcel("next")), &other);
	ck_assert_ptr_eq(go_value_type(go_value_elem(of_parcel("next"))),
			 GO_TYPE(parcel));
	expect_error(go_value_set_pointer(of_parcel("width"), NULL),
		     "short: int, not a pointer");
	// What a pointer to const points to cannot be set.
	parcel.note = "x";
	ck_assert(!go_value_can_set(go_value_elem(of_parcel("note"))));
}

START_TEST(members_of_anonymous_members_are_promoted)
{
	parcel.height = 12;
	ck_assert_int_eq(go_value_int(of_parcel("height")), 12);
	ck_assert_ptr_eq(go_value_address(of_parcel("height")), &parcel.height);
	ck_assert_ptr_eq(
		go_value_address(go_value_named(
			go_value_field(go_value_of(parcel, &parcel), 7),
			"height")),
		&parcel.height);
}

START_TEST(bytes_are_the_objects)
{
	size_t n;

	ck_assert_ptr_eq(go_value_bytes(of_crate("raw"), &n), crate.raw);
	ck_assert_uint_eq(n, 3);
	ck_assert_ptr_null(go_value_bytes(of_parcel("mid"), &n));
	ck_assert_uint_eq(n, 0);
	expect_ok(go_value_set_bytes(of_crate("raw"), "xyz", 3));
	ck_assert_mem_eq(crate.raw, "xyz", 3);
	expect_error(go_value_set_bytes(of_crate("raw"), "xyz", 2),
		     "unsigned char [3]: has 3 bytes, not 2");
}

START_TEST(whole_values_are_compared_and_copied)
{
	struct point a = {1, 2}, b = {1, 2};
	go_value va = go_value_of(point, &a), vb = go_value_of(point, &b);
	char one[8] = "ab\0cd", two[8] = "ab\0xy";
	struct parcel p = {.note = one}, q = {.note = two};

	ck_assert(go_value_equal(va, vb));
	b.y = 3;
	ck_assert(!go_value_equal(va, vb));
	expect_ok(go_value_copy(va, vb));
	ck_assert(go_value_equal(va, vb));
	b.x = a.x = (double)NAN;
	ck_assert(!go_value_equal(va, vb));
	expect_error(go_value_copy(va, go_value_of(int, &(int){0})),
		     "point: cannot take a int");
	// Texts compare up to their NUL, wherever they are; padding does not.
	memcpy(p.label, one, 8);
	memcpy(q.label, two, 8);
	ck_assert(go_value_equal(go_value_of(parcel, &p),
				 go_value_of(parcel, &q)));
	q.mid = 1;
	ck_assert(!go_value_equal(go_value_of(parcel, &p),
				  go_value_of(parcel, &q)));
}

START_TEST(unions_are_compared_by_the_member_that_counts)
{
	struct crate other;

	memset(&crate, 0, sizeof(crate));
	memset(&other, 0, sizeof(other));
	crate.which = other.which = BY_ID;
	crate.key.id = other.key.id = 7;
	((char *)&other.key)[7] = 1;
	ck_assert(go_value_equal(
		of_crate("key"),
		go_value_named(go_value_of(crate, &other), "key")));
	other.which = crate.which = BY_NAME;
	snprintf(crate.key.name, sizeof(crate.key.name), "x");
	snprintf(other.key.name, sizeof(other.key.name), "y");
	ck_assert(!go_value_equal(
		of_crate("key"),
		go_value_named(go_value_of(crate, &other), "key")));
}

START_TEST(zero_is_zero_but_for_negative_zero)
{
	struct point p = {0, 0};
	go_value v = go_value_of(point, &p);

	ck_assert(go_value_is_zero(v));
	p.y = -0.0;
	ck_assert(!go_value_is_zero(v));
	expect_ok(go_value_zero(v));
	ck_assert(go_value_is_zero(v));
	parcel.mid = 3;
	expect_ok(go_value_zero(of_parcel("mid")));
	ck_assert_int_eq(parcel.mid, 0);
}

static bool
gather(const char *path, go_value leaf, void *arg)
{
	size_t n = strlen(arg);

	ck_assert(go_value_is_valid(leaf));
	snprintf((char *)arg + n, 512 - n, "%s ", path);
	return strcmp(path, "key.name") != 0;
}

START_TEST(walking_visits_each_leaf_with_its_path)
{
	char paths[512] = "";

	ck_assert(go_value_walk(go_value_of(parcel, &parcel), gather, paths));
	ck_assert_str_eq(paths, "label serial shade low mid high mode width "
				"height n_weights weights note next count "
				"done ");
	paths[0] = '\0';
	crate.which = BY_NAME;
	ck_assert(!go_value_walk(go_value_of(crate, &crate), gather, paths));
	ck_assert_str_eq(paths, "corner[0].x corner[0].y corner[1].x "
				"corner[1].y which key.name ");
}

START_TEST(arrays_have_a_length_known_at_run_time)
{
	int numbers[] = {4, 5, 6};
	go_value v = go_value_of_array(int, numbers, COUNT(numbers));

	ck_assert_str_eq(go_type_name(go_value_type(v)), "int [3]");
	ck_assert_uint_eq(go_value_len(v), 3);
	ck_assert_uint_eq(go_type_size(go_value_type(v)), sizeof(numbers));
	ck_assert_int_eq(go_value_int(go_value_index(v, 2)), 6);
	ck_assert(!go_value_can_set(
		go_value_index(go_value_of_const_array(int, numbers, 3), 0)));
}

int
main(void)
{
	Suite *s = suite_create("value");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, numbers_are_read_as_the_compiler_reads_them);
	tcase_add_test(tc, floats_read_as_integers_where_they_fit);
	tcase_add_test(tc, setters_keep_to_the_range_of_the_object);
	tcase_add_test(tc, sixty_four_bits_are_set_whole);
	tcase_add_test(tc, floats_are_set_in_their_range);
	tcase_add_test(tc, const_is_respected);
	tcase_add_test(tc, texts_are_read_and_set_with_their_nul);
	tcase_add_test(tc, a_full_char_array_is_no_string_but_text);
	tcase_add_test(tc, invalid_values_stick_to_their_first_error);
	tcase_add_test(tc, an_old_failure_still_names_its_type);
	tcase_add_test(tc, null_objects_and_wrong_steps_are_told);
	tcase_add_test(tc, lengths_come_from_another_member);
	tcase_add_test(tc, pointers_are_set_and_followed);
	tcase_add_test(tc, members_of_anonymous_members_are_promoted);
	tcase_add_test(tc, bytes_are_the_objects);
	tcase_add_test(tc, whole_values_are_compared_and_copied);
	tcase_add_test(tc, unions_are_compared_by_the_member_that_counts);
	tcase_add_test(tc, zero_is_zero_but_for_negative_zero);
	tcase_add_test(tc, walking_visits_each_leaf_with_its_path);
	tcase_add_test(tc, arrays_have_a_length_known_at_run_time);
	return run_suite(s);
}
