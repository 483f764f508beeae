/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib.h>

#include "common/timespan.h"

static void check_parse(const char *s, usec_t expected) {
        g_autofree char *printable = g_strescape(s, NULL);
        usec_t t = 4711;

        g_test_message("'%s'", printable);
        g_assert_cmpint(timespan_parse(s, &t), ==, 0);
        g_assert_cmpuint(t, ==, expected);
}

static void check_refused(const char *s, int error) {
        g_autofree char *printable = g_strescape(s, NULL);
        usec_t t = 4711;

        g_test_message("'%s'", printable);
        g_assert_cmpint(timespan_parse(s, &t), ==, error);
        g_assert_cmpuint(t, ==, 4711);
}

static void test_parse(void) {
        check_parse("0", 0);
        check_parse("90", 90 * USEC_PER_SEC);
        check_parse("  90  ", 90 * USEC_PER_SEC);
        check_parse("2min", 120 * USEC_PER_SEC);
        check_parse("2 min", 120 * USEC_PER_SEC);
        check_parse("2m", 120 * USEC_PER_SEC);
        check_parse("1h 30s", 3630 * USEC_PER_SEC);
        check_parse("1h30s", 3630 * USEC_PER_SEC);
        check_parse("500ms", USEC_PER_SEC / 2);
        check_parse("250us", 250);
        check_parse("1 day 1 hour 1 minute 1 second", 90061 * USEC_PER_SEC);
        check_parse("2days", 2 * USEC_PER_DAY);
        check_parse("infinity", USEC_INFINITY);
        check_parse(" infinity ", USEC_INFINITY);
        check_parse("00000000000000000000000000000000000001", USEC_PER_SEC);
}

static void test_no_span(void) {
        static const char *const bad[] = {
                "",
                " ",
                "-1",
                "+1",
                "1x",
                "s",
                "min 2",
                "1.5.5",
                "1,5",
                "0x10",
                "1e3",
                "nan",
                "inf",
                "infinity 5",
                "5 infinity",
                "five",
                "1 h;",
                "\n-",
                "1\x80",
                "\302\2405",
        };

        for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
                check_refused(bad[i], -EINVAL);
}

static void test_too_long(void) {
        check_refused("18446744073709551616us", -ERANGE);
        check_refused("18446744073709551615", -ERANGE);
        check_refused("18446744073709551614us 2us", -ERANGE);
        check_refused("99999999999999999999999999999999", -ERANGE);
        check_refused("9999999999999 days", -ERANGE);

        /* The value fits, but would mean infinity. */
        check_refused("18446744073709551615us", -ERANGE);
        check_parse("18446744073709551614us", USEC_INFINITY - 1);
}

static void check_format(usec_t t, const char *expected) {
        char *s = timespan_format(t);

        g_assert_cmpstr(s, ==, expected);
        free(s);
}

static void test_format(void) {
        check_format(0, "0s");
        check_format(USEC_PER_SEC / 2 - 1, "0s");
        check_format(USEC_PER_SEC / 2, "1s");
        check_format(59 * USEC_PER_SEC, "59s");
        check_format(60 * USEC_PER_SEC - 1, "1min");
        check_format(90 * USEC_PER_SEC, "1min 30s");
        check_format(USEC_PER_HOUR - 1, "1h");
        check_format(USEC_PER_HOUR + 1 * USEC_PER_SEC, "1h 1s");
        check_format(25 * USEC_PER_HOUR + 61 * USEC_PER_SEC, "25h 1min 1s");
        check_format(USEC_INFINITY, "infinity");
        check_format(USEC_INFINITY - 1, "5124095576h 1min 50s");
}

/* What is written can be read again, and means the same. */
static void test_round_trip(void) {
        for (guint i = 0; i < 10000; i++) {
                usec_t seconds = (usec_t) g_test_rand_int_range(0, G_MAXINT32), t;
                char *s = timespan_format(seconds * USEC_PER_SEC);

                g_assert_cmpint(timespan_parse(s, &t), ==, 0);
                g_assert_cmpuint(t, ==, seconds * USEC_PER_SEC);
                free(s);
        }
}

static void test_clocks(void) {
        usec_t before = now_monotonic();

        g_assert_cmpuint(before, >, 0);
        g_assert_cmpuint(now_monotonic(), >=, before);
        g_assert_cmpuint(now_realtime(), >, before);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/timespan/parse", test_parse);
        g_test_add_func("/timespan/no-span", test_no_span);
        g_test_add_func("/timespan/too-long", test_too_long);
        g_test_add_func("/timespan/format", test_format);
        g_test_add_func("/timespan/round-trip", test_round_trip);
        g_test_add_func("/timespan/clocks", test_clocks);

        return g_test_run();
}
