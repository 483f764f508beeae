/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What --wait shows of a job, and the sentences about jobs and about sessions that were left alone. */

#include <glib.h>
#include <locale.h>

#include "cli/progress.h"

static const Progress warning = {
        .who = "Station 3 (anna)",
        .phase = "warning",
        .warned = "desktop",
        .left = 12 * USEC_PER_SEC,
        .total = 20 * USEC_PER_SEC,
};

static void expect_line(const Progress *p, size_t columns, bool utf8, const char *expected) {
        _cleanup_free_ char *line = progress_line(p, 0, columns, utf8);

        g_assert_cmpstr(line, ==, expected);
        g_assert_cmpuint(progress_columns(line), <=, columns);
}

static void test_bar(void) {
        expect_line(&warning, 80, false,
                        "Station 3 (anna):        12 s [############........] warned on the desktop");
        expect_line(&warning, 65, false, "Station 3 (anna):        12 s [######....] warned on the desktop");
}

static void test_no_room_for_a_bar(void) {
        expect_line(&warning, 58, false, "Station 3 (anna):        12 s warned on the desktop");
        expect_line(&warning, 39, false, "Station 3 (anna):        12 s warned on");
        expect_line(&warning, 4, false, "Stat");
}

static void test_bar_full_and_empty(void) {
        Progress p = warning;

        p.left = 0;
        expect_line(&p, 65, false, "Station 3 (anna):         0 s [..........] warned on the desktop");
        p.left = p.total = USEC_INFINITY / 4;
        expect_line(&p, 400, false,
                        "Station 3 (anna): 1281023894 h 00 min [####################] warned on the "
                        "desktop");
        p.total = 0;
        p.left = 5;
        expect_line(&p, 65, false, "Station 3 (anna):         1 s [..........] warned on the desktop");
}

static void test_phases_have_no_bar(void) {
        Progress p = warning;

        p.phase = "asking";
        expect_line(&p, 80, false, "Station 3 (anna): asking the desktop to log out");
        p.result = "done";
        expect_line(&p, 80, false, "Station 3 (anna): logged off");
        p.result = "failed";
        expect_line(&p, 80, false, "Station 3 (anna): could not be logged off");
}

static void test_away(void) {
        Progress p = warning;

        p.away = true;
        expect_line(&p, 65, false, "Station 3 (anna):        12 s [######....] usherd is not running");
        p.result = "left";
        expect_line(&p, 80, false, "Station 3 (anna): already logged out");
}

static void test_unknown_words(void) {
        Progress p = warning;

        p.phase = "dancing";
        expect_line(&p, 80, false, "Station 3 (anna): in progress");
        p.phase = "warning";
        p.warned = "";
        expect_line(&p, 50, false, "Station 3 (anna):        12 s being warned");
}

static void test_utf8(void) {
        Progress p = warning;
        const char *wide = "\xe9\xa3\x9f\xe5\xa0\x82"; /* two characters, four columns */

        if (!setlocale(LC_CTYPE, "C.UTF-8")) {
                g_test_skip("no locale C.UTF-8");
                return;
        }

        g_assert_cmpuint(progress_columns(wide), ==, 4);
        g_assert_cmpuint(progress_columns("gr\xc3\xb6\xc3\x9f"
                                          "e"),
                        ==, 5);

        p.who = wide;
        expect_line(&p, 50, true,
                        "\xe9\xa3\x9f\xe5\xa0\x82:        12 s "
                        "\u2595\u2588\u2588\u2588\u2588\u2591\u2591\u2591\u258f warned on the desktop");

        /* A wide character that does not fit whole is left out. */
        p.result = "done";
        expect_line(&p, 3, true, "\xe9\xa3\x9f");
        setlocale(LC_CTYPE, "C");
}

static void test_long_names_leave_room(void) {
        Progress p = warning;

        p.who = "A name that is much, much longer than anybody would write on a sticker (anna)";
        expect_line(&p, 60, false, "A name that is much, much lo..:        12 s warned on the de");
}

static void test_sentences(void) {
        _cleanup_free_ char *live = progress_sentence(&warning), *ended = NULL;
        Progress p = warning;

        g_assert_cmpstr(live, ==, "Station 3 (anna): 12 s left, warned on the desktop");
        p.result = RESULT_LOST;
        ended = progress_sentence(&p);
        g_assert_cmpstr(ended, ==, "Station 3 (anna): usherd lost the job");
}

static void test_origin(void) {
        static const struct {
                const char *started_by, *reason, *text;
        } cases[] = {
                { "root", "requested", "by root (requested)" },
                { "", "idle", "by Usher (idle)" },
                { "", "hub-lost", "by Usher (hub unplugged)" },
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = progress_origin(cases[i].started_by, cases[i].reason);
                g_assert_cmpstr(text, ==, cases[i].text);
        }
}

static void test_seconds(void) {
        static const struct {
                usec_t t;
                const char *text;
        } cases[] = {
                { 0, "0 s" },
                { 1, "1 s" },
                { 59 * USEC_PER_SEC, "59 s" },
                { 59 * USEC_PER_SEC + 1, "1 min 00 s" },
                { 90 * USEC_PER_SEC, "1 min 30 s" },
                { USEC_PER_HOUR, "1 h 00 min" },
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = progress_seconds(cases[i].t);
                g_assert_cmpstr(text, ==, cases[i].text);
        }
}

static void test_left_alone(void) {
        static const struct {
                LeftAlone l;
                const char *text;
        } cases[] = {
                { {}, "" },
                { { .caller = 1 }, "Your own session was left alone." },
                { { .administrators = 1 }, "1 administrator's session was left alone." },
                { { .administrators = 2, .seatless = 1 },
                                "2 administrators' sessions and 1 session without a seat were left alone." },
                { { .caller = 1, .administrators = 1, .seatless = 2, .classes = 1 },
                                "Your own session, 1 administrator's session, 2 sessions without a seat and "
                                "1 session that belongs to no user were left alone." },
        };

        for (size_t i = 0; i < ELEMENTSOF(cases); i++) {
                _cleanup_free_ char *text = left_alone_sentence(&cases[i].l);
                g_assert_cmpstr(text, ==, cases[i].text);
        }
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cli/progress/bar-fits-the-terminal", test_bar);
        g_test_add_func("/cli/progress/no-room-no-bar", test_no_room_for_a_bar);
        g_test_add_func("/cli/progress/bar-full-and-empty", test_bar_full_and_empty);
        g_test_add_func("/cli/progress/phases-have-no-bar", test_phases_have_no_bar);
        g_test_add_func("/cli/progress/daemon-away", test_away);
        g_test_add_func("/cli/progress/words-of-a-newer-daemon", test_unknown_words);
        g_test_add_func("/cli/progress/wide-characters", test_utf8);
        g_test_add_func("/cli/progress/long-names-leave-room", test_long_names_leave_room);
        g_test_add_func("/cli/progress/sentences", test_sentences);
        g_test_add_func("/cli/progress/origin-of-a-job", test_origin);
        g_test_add_func("/cli/progress/seconds-are-rounded-up", test_seconds);
        g_test_add_func("/cli/left-alone/sentence", test_left_alone);
        return g_test_run();
}
