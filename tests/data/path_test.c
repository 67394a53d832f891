// SPDX-License-Identifier: MIT

#include "crate_module.h"
#include "expect.h"

START_TEST(paths_lead_to_members_of_members)
{
	float weights[] = {0.5f, 1.5f};
	struct parcel parcels[2] = {{.width = 1}, {.width = 2}};
	struct point origin = {3, 4};
	struct crate crate = {.n_parcels = 2, .parcels = parcels};
	go_value v = go_value_of(crate, &crate);
	static const struct {
		const char *path;
		double value;
	} rows[] = {
		{"corner[1].y", 8},
		{"parcels[1].width", 2},
		{"parcels[1].weights[1]", 1.5},
		{"parcels[0].next.width", 2},
		{"parcels[0].next.next.next.width", 2},
		{"origin.x", 3},
		{"key.id", 9},
		{"raw[2]", 'c'},
	};
	size_t i;

	crate.corner[1].y = 8;
	crate.origin = &origin;
	crate.key.id = 9;
	memcpy(crate.raw, "abc", 3);
	parcels[1].weights = weights;
	parcels[1].n_weights = 2;
	parcels[0].next = parcels[1].next = &parcels[1];
	for (i = 0; i < COUNT(rows); i++)
		ck_assert_double_eq(
			go_value_float(go_value_at(v, rows[i].path)),
			rows[i].value);
	ck_assert_int_eq(
		go_value_int(go_value_at(go_value_of_array(parcel, parcels, 2),
					 "[1].width")),
		2);
}

START_TEST(wrong_paths_are_told)
{
	static const struct {
		const char *path, *error;
	} rows[] = {
		{"", "path: want a name (column 1 of \"\")"},
		{".", "path: want a name (column 1 of \".\")"},
		{"key..id", "path: want a name (column 5 of \"key..id\")"},
		{"key.", "path: want a name (column 5 of \"key.\")"},
		{"corner.[1]", "path: want a name (column 8 of "
			       "\"corner.[1]\")"},
		{"corner[", "path: want an index (column 8 of \"corner[\")"},
		{"corner[x]",
		 "path: want an index (column 8 of \"corner[x]\")"},
		{"corner[1", "path: want ] (column 9 of \"corner[1\")"},
		{"corner[1]x",
		 "path: want . or [ (column 10 of \"corner[1]x\")"},
		{"corner]", "path: want . or [ (column 7 of \"corner]\")"},
		{"corner[99999999999999999999]",
		 "path: index too large (column 8 of "
		 "\"corner[99999999999999999999]\")"},
		{"corner[2]", "point [2]: index 2 out of range, length 2"},
		{"corner[0].z", "point: no field \"z\""},
		{"corner.x", "point [2]: no field \"x\""},
		{"nothing.x", "crate: no field \"nothing\""},
		{"ratio[0]", "float: not an array"},
		{"parcels[0].width", "parcel *: index 0 out of range, "
				     "length 0"},
		{"origin.x", "path: null pointer (column 8 of \"origin.x\")"},
	};
	struct crate crate = {.which = BY_ID};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		expect_invalid(
			go_value_at(go_value_of(crate, &crate), rows[i].path),
			rows[i].error);
}

START_TEST(const_reaches_down_a_path)
{
	struct crate crate = {.which = BY_ID};
	go_value v = go_value_of_const(crate, &crate);

	ck_assert(!go_value_can_set(go_value_at(v, "corner[1].y")));
	ck_assert(go_value_can_set(
		go_value_at(go_value_of(crate, &crate), "corner[1].y")));
}

int
main(void)
{
	Suite *s = suite_create("path");
	TCase *tc = tcase_create("all");

	suite_add_tcase(s, tc);
	tcase_add_test(tc, paths_lead_to_members_of_members);
	tcase_add_test(tc, wrong_paths_are_told);
	tcase_add_test(tc, const_reaches_down_a_path);
	return run_suite(s);
}
