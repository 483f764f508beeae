/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How usherctl understands the names of stations, and in which order it lists them. */

#include <glib.h>

#include "cli/station-name.h"

static void add_station(Snapshot *s, const char *id, const char *label) {
        SnapshotStation *station = snapshot_add_station(s, id);

        g_assert_nonnull(station);
        station->id = id;
        station->label = label;
}

static Snapshot *school(void) {
        Snapshot *s = calloc(1, sizeof(*s));

        g_assert_nonnull(s);
        add_station(s, "seat-pci-pci-0000_00_12_0", "Station 10");
        add_station(s, "seat-usb", "");
        add_station(s, "seat-pci-pci-0000_00_11_0", "Station 1");
        add_station(s, "seat0", "Teacher");
        add_station(s, "seat-x", "Größe");
        snapshot_sort(s);
        return s;
}

static const char *match(const char *name) {
        _cleanup_(snapshot_freep) Snapshot *s = school();
        const SnapshotStation *station;

        switch (station_match(s, name, &station)) {
        case STATION_MATCH_NONE:
                return "none";
        case STATION_MATCH_SEVERAL:
                return "several";
        default:
                return g_intern_string(station->id);
        }
}

static void test_exact(void) {
        g_assert_cmpstr(match("seat0"), ==, "seat0");
        g_assert_cmpstr(match("Teacher"), ==, "seat0");
}

/* "Station 1" is also the beginning of "Station 10". */
static void test_exact_wins_over_prefix(void) {
        g_assert_cmpstr(match("Station 1"), ==, "seat-pci-pci-0000_00_11_0");
}

static void test_unique_prefix(void) {
        g_assert_cmpstr(match("Tea"), ==, "seat0");
        g_assert_cmpstr(match("seat-u"), ==, "seat-usb");
        g_assert_cmpstr(match("seat-pci-pci-0000_00_12"), ==, "seat-pci-pci-0000_00_12_0");
        g_assert_cmpstr(match("Gr\xc3\xb6"), ==, "seat-x");
}

static void test_ambiguous(void) {
        g_assert_cmpstr(match("Stat"), ==, "several");
        g_assert_cmpstr(match("seat"), ==, "several");
}

static void test_unknown(void) {
        g_assert_cmpstr(match("Window"), ==, "none");
        g_assert_cmpstr(match("seat00"), ==, "none");
        g_assert_cmpstr(match("teacher"), ==, "none");
        g_assert_cmpstr(match(""), ==, "none");
}

static void test_id_wins_over_label(void) {
        _cleanup_(snapshot_freep) Snapshot *s = school();
        const SnapshotStation *station;

        add_station(s, "seat-joke", "seat0");
        snapshot_sort(s);
        g_assert_cmpint(station_match(s, "seat0", &station), ==, STATION_MATCH_ONE);
        g_assert_cmpstr(station->label, ==, "Teacher");
}

static void test_same_label_twice(void) {
        _cleanup_(snapshot_freep) Snapshot *s = school();
        const SnapshotStation *station;

        add_station(s, "seat-y", "Teacher");
        snapshot_sort(s);
        g_assert_cmpint(station_match(s, "Teacher", &station), ==, STATION_MATCH_SEVERAL);
}

static void test_candidates(void) {
        _cleanup_(snapshot_freep) Snapshot *s = school();
        _cleanup_free_ char *some = station_candidates(s, "Stat"), *all = station_candidates(s, "no"),
                            *many = NULL;

        g_assert_cmpstr(some, ==,
                        "seat-pci-pci-0000_00_11_0 ('Station 1'), seat-pci-pci-0000_00_12_0 ('Station 10')");
        g_assert_true(g_str_has_prefix(all, "seat0 ('Teacher'), "));
        g_assert_true(g_str_has_suffix(all, ", seat-usb"));

        for (int i = 0; i < 50; i++)
                add_station(s, "seat-more", "");
        snapshot_sort(s);
        many = station_candidates(s, "seat");
        g_assert_true(g_str_has_suffix(many, ", seat-more and 43 more"));
        g_assert_cmpuint(strlen(many), <, 1000);
}

/* seat0 first; a station without a label stands where its id does, as in ListStations. */
static void test_order(void) {
        static const char *const expected[] = { "seat0", "seat-x", "seat-pci-pci-0000_00_11_0",
                "seat-pci-pci-0000_00_12_0", "seat-usb", "seat-window" };
        _cleanup_(snapshot_freep) Snapshot *s = school();

        add_station(s, "seat-window", "window");
        snapshot_sort(s);
        for (size_t i = 0; i < ELEMENTSOF(expected); i++)
                g_assert_cmpstr(s->stations[i].id, ==, expected[i]);
}

static void test_empty(void) {
        _cleanup_(snapshot_freep) Snapshot *s = calloc(1, sizeof(*s));
        _cleanup_free_ char *candidates = NULL;
        const SnapshotStation *station;

        snapshot_sort(s);
        g_assert_cmpint(station_match(s, "seat0", &station), ==, STATION_MATCH_NONE);
        candidates = station_candidates(s, "seat0");
        g_assert_cmpstr(candidates, ==, "");
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cli/names/exact-id-or-label", test_exact);
        g_test_add_func("/cli/names/exact-wins-over-prefix", test_exact_wins_over_prefix);
        g_test_add_func("/cli/names/unique-prefix", test_unique_prefix);
        g_test_add_func("/cli/names/ambiguous-prefix-is-refused", test_ambiguous);
        g_test_add_func("/cli/names/unknown-is-refused", test_unknown);
        g_test_add_func("/cli/names/id-wins-over-label", test_id_wins_over_label);
        g_test_add_func("/cli/names/label-of-two-stations-is-refused", test_same_label_twice);
        g_test_add_func("/cli/names/candidates-are-few", test_candidates);
        g_test_add_func("/cli/names/stations-are-ordered-as-on-the-bus", test_order);
        g_test_add_func("/cli/names/no-stations-at-all", test_empty);
        return g_test_run();
}
