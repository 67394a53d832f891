// SPDX-License-Identifier: MIT

#include "crate_module.h"
#include "libgo/order.h"
#include "sort_patterns.h"

START_TEST(wrong_specifications_are_told_with_their_column)
{
	static const struct {
		const char *spec, *error;
	} rows[] = {
		{"", "a term is empty (column 1 of \"\")"},
		{"  ", "a term is empty (column 3 of \"  \")"},
		{"note,", "a term is empty (column 6 of \"note,\")"},
		{",note", "a term is empty (column 1 of \",note\")"},
		{"note,,low", "a term is empty (column 6 of \"note,,low\")"},
		{"-", "a term is empty (column 2 of \"-\")"},
		{"- , low", "a term is empty (column 3 of \"- , low\")"},
		{"-low, nte",
		 "parcel has no field \"nte\" (column 7 of \"-low, nte\")"},
		{"next.nxt.low",
		 "parcel has no field \"nxt\" (column 6 of \"next.nxt.low\")"},
		{"low.x", "unsigned int has no fields (column 5 of \"low.x\")"},
		{"--low", "a second \"-\" (column 2 of \"--low\")"},
		{"-?^~-note", "a second \"-\" (column 5 of \"-?^~-note\")"},
		{"+low", "unexpected \"+\", want a field (column 1 of "
			 "\"+low\")"},
		{"low high", "unexpected \"h\", want \",\" (column 5 of "
			     "\"low high\")"},
		{"next.", "a field is missing (column 6 of \"next.\")"},
		{"next.,low", "a field is missing (column 6 of "
			      "\"next.,low\")"},
		{"next..low", "unexpected \".\", want a field (column 6 of "
			      "\"next..low\")"},
		{"^-low", "\"^\" is for text, not for unsigned int (column 1 "
			  "of \"^-low\")"},
		{"- ~low", "\"~\" is for text, not for unsigned int (column 3 "
			   "of \"- ~low\")"},
		{"next", "parcel * has no order (column 1 of \"next\")"},
		{"-weights", "float * has no order (column 2 of "
			     "\"-weights\")"},
		{"low[0]", "unsigned int is no array (column 5 of "
			   "\"low[0]\")"},
		{"label[8]", "char [8] has no element 8 (column 7 of "
			     "\"label[8]\")"},
		{"label[", "an index is missing (column 7 of \"label[\")"},
		{"label[x]", "unexpected \"x\", want an index (column 7 of "
			     "\"label[x]\")"},
		{"label[1", "\"]\" is missing (column 8 of \"label[1\")"},
		{"label[99999999999999999999]",
		 "index too large (column 7 of "
		 "\"label[99999999999999999999]\")"},
		{"next.next.next.next.next.next.next.low",
		 "more than 6 pointers to follow (column 36 of "
		 "\"next.next.next.next.next.next.next.low\")"},
	};
	struct parcel p[2] = {{.low = 1}, {.low = 0}};
	char text[256];
	go_order *o;
	size_t i, n;

	for (i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), "sort: %s", rows[i].error);
		o = (go_order *)p;
		expect_error(go_order_new(GO_TYPE(parcel), rows[i].spec, &o),
			     text);
		ck_assert_ptr_null(o);
		for (n = 0; n <= 2; n += 2) {
			expect_error(go_sort_by(parcel, p, n, rows[i].spec),
				     text);
			expect_error(
				go_stable_sort_by(parcel, p, n, rows[i].spec),
				text);
		}
		ck_assert_uint_eq(p[0].low, 1);
	}
	expect_error(go_sort_by(parcel, p, 2, NULL),
		     "sort: the specification is a null pointer");
}

START_TEST(what_has_no_order_is_told)
{
	static const struct {
		const char *spec, *error;
	} rows[] = {
		{"corner", "point [2] has no order (column 1 of \"corner\")"},
		{"corner[0]", "point has no order (column 1 of \"corner[0]\")"},
		{"cargo", "void * has no order (column 1 of \"cargo\")"},
		{"cargo.x", "void has no fields (column 7 of \"cargo.x\")"},
		{"z", "double _Complex has no order (column 1 of \"z\")"},
		{"raw", "unsigned char [3] has no order (column 1 of \"raw\")"},
		{"key", "crate.key has no order (column 1 of \"key\")"},
		{"parcels[0].low",
		 "parcel * is no array (column 9 of \"parcels[0].low\")"},
	};
	char text[256];
	go_order *o;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		snprintf(text, sizeof(text), "sort: %s", rows[i].error);
		expect_error(go_order_new(GO_TYPE(crate), rows[i].spec, &o),
			     text);
	}
}

START_TEST(any_text_is_an_order_or_an_error)
{
	static const char *const parts[] = {
		"-",    "^",   "~",       "?",     " ",     ",",     ".",
		"[",    "]",   "0",       "7",     "9",     "label", "note",
		"next", "low", "weights", "width", "next.", "x",     "\t",
	};
	struct parcel end = {.width = 3}, p[20];
	char spec[80];
	go_error *err;
	size_t i, k, n_good = 0;

	seed_random();
	for (i = 0; i < 20000; i++) {
		spec[0] = '\0';
		for (k = draw() % 8; k > 0; k--)
			strncat(spec, parts[draw() % COUNT(parts)],
				sizeof(spec) - strlen(spec) - 1);
		memset(p, 0, sizeof(p));
		for (k = 0; k < COUNT(p); k++) {
			p[k].next = draw() % 2 ? NULL : &end;
			p[k].note = draw() % 2 ? NULL : spec;
			p[k].width = (short)draw();
		}
		err = go_sort_by(parcel, p, COUNT(p), spec);
		n_good += err == NULL;
		if (err != NULL)
			WANT(strncmp(go_error_text(err), "sort: ", 6) == 0);
		go_error_free(err);
	}
	ck_assert_uint_gt(n_good, 500);
	ck_assert_uint_lt(n_good, 19500);
}

int
main(void)
{
	Suite *s = suite_create("orderspec");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_set_timeout(tc, 30);
	tcase_add_test(tc, wrong_specifications_are_told_with_their_column);
	tcase_add_test(tc, what_has_no_order_is_told);
	tcase_add_test(tc, any_text_is_an_order_or_an_error);
	return run_suite(s);
}
