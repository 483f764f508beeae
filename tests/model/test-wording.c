/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the warned user reads. The texts are English: no translation is loaded. */

#include <glib.h>
#include <time.h>

#include "common/names.h"
#include "common/text.h"
#include "warn/wording.h"

/* 14:05:00 UTC on some day. */
#define DEADLINE ((usec_t) 1700057100 * USEC_PER_SEC)

static Wording words(void) {
        return (Wording) {
                .station = "seat-pci-pci-0000_00_11_0",
                .label = "Window left",
                .session = "c7",
                .started_by = "teacher",
                .reason = "requested",
                .message = "",
                .deadline = DEADLINE,
                .now = DEADLINE - 20 * USEC_PER_SEC,
        };
}

static void assert_summary(usec_t left, const char *expected) {
        _cleanup_free_ char *s = NULL;
        Wording w = words();

        w.now = DEADLINE - left;
        s = wording_summary(&w);
        g_assert_cmpstr(s, ==, expected);
}

static void test_summary_has_both_times(void) {
        assert_summary(20 * USEC_PER_SEC, "Log-off at 14:05 (in 20 seconds)");
        assert_summary(1 * USEC_PER_SEC, "Log-off at 14:05 (in 1 second)");
}

static void test_time_left_is_rounded(void) {
        assert_summary(29900 * USEC_PER_MSEC, "Log-off at 14:05 (in 30 seconds)");
        assert_summary(119 * USEC_PER_SEC, "Log-off at 14:05 (in 119 seconds)");
        assert_summary(120 * USEC_PER_SEC, "Log-off at 14:05 (in 2 minutes)");
        assert_summary(299 * USEC_PER_SEC, "Log-off at 14:05 (in 5 minutes)");
        assert_summary(3 * USEC_PER_HOUR, "Log-off at 14:05 (in 3 hours)");
}

static void test_no_time_is_left(void) {
        assert_summary(0, "You are being logged off now");
}

static void assert_body(Wording w, const char *expected) {
        _cleanup_free_ char *s = NULL;

        s = wording_body(&w);
        g_assert_cmpstr(s, ==, expected);
}

static void test_body_names_place_and_person(void) {
        assert_body(words(),
                        "Station: Window left (seat-pci-pci-0000_00_11_0)\nRequested by: teacher\n"
                        "Please save your work.");
}

static void test_label_that_is_the_id_stands_once(void) {
        Wording w = words();

        w.station = w.label = "seat0";
        assert_body(w, "Station: seat0\nRequested by: teacher\nPlease save your work.");

        w.label = "";
        assert_body(w, "Station: seat0\nRequested by: teacher\nPlease save your work.");
}

static void test_session_without_seat(void) {
        Wording w = words();

        w.station = w.label = "";
        assert_body(w, "Session: c7\nRequested by: teacher\nPlease save your work.");
}

static void test_nobody_asked(void) {
        Wording w = words();

        w.started_by = "";
        w.reason = "idle";
        assert_body(w,
                        "Station: Window left (seat-pci-pci-0000_00_11_0)\nRequested by: the system\n"
                        "Nobody has used this session for a while.\nPlease save your work.");
}

static void test_oneself_asked(void) {
        Wording w = words();

        w.by_self = true;
        assert_body(w,
                        "Station: Window left (seat-pci-pci-0000_00_11_0)\nRequested by: you\n"
                        "Please save your work.");
}

static void test_every_reason_but_a_request_is_explained(void) {
        static const char *const reasons[] = { "idle", "hub-lost", "restart", "power-off", "mode-switch" };

        for (size_t i = 0; i < ELEMENTSOF(reasons); i++) {
                _cleanup_free_ char *s = NULL;
                Wording w = words();
                char **lines;

                w.reason = reasons[i];
                s = wording_body(&w);
                lines = g_strsplit(s, "\n", -1);
                g_assert_cmpuint(g_strv_length(lines), ==, 4);
                g_strfreev(lines);
        }
}

static void test_unknown_reason_is_left_out(void) {
        Wording w = words();

        w.reason = "of-a-newer-usherd";
        assert_body(w,
                        "Station: Window left (seat-pci-pci-0000_00_11_0)\nRequested by: teacher\n"
                        "Please save your work.");
}

static void test_message_is_quoted(void) {
        Wording w = words();

        w.message = "Class is over.\nSee you on Monday.";
        assert_body(w,
                        "Station: Window left (seat-pci-pci-0000_00_11_0)\nRequested by: teacher\n"
                        "“Class is over.\nSee you on Monday.”\nPlease save your work.");
}

static void assert_choices(bool end_now, bool extend, bool ask, const char *expected) {
        _cleanup_free_ char *s = wording_choices(7, end_now, extend, ask);

        g_assert_cmpstr(s, ==, expected);
}

static void test_choices_without_buttons(void) {
        assert_choices(false, false, false, "");
        assert_choices(true, false, false, "\nYou can also log out yourself now.");
        assert_choices(true, true, false,
                        "\nYou can also log out yourself now.\n"
                        "For 5 more minutes, run: usherctl extend 7 300");
        assert_choices(false, false, true, "\nTo ask for more time, run: usherctl request-time 7 300");
}

static void test_a_request_for_more_time(void) {
        Wording w = words();

        g_assert_null(wording_request(&w));
        w.asked = true;
        g_assert_cmpstr(wording_request(&w), ==, "You have asked for more time.");
        assert_body(w,
                        "Station: Window left (seat-pci-pci-0000_00_11_0)\nRequested by: teacher\n"
                        "You have asked for more time.\nPlease save your work.");
        w.asked = false;
        w.denied = true;
        assert_body(w,
                        "Station: Window left (seat-pci-pci-0000_00_11_0)\nRequested by: teacher\n"
                        "You were not given more time.\nPlease save your work.");
}

static void test_full_screen(void) {
        Wording w = words();
        _cleanup_free_ char *s = wording_full_screen(&w);

        g_assert_cmpstr(s, ==, "Log-off at 14:05. Save your work now.");
}

static void test_hostile_words_are_made_visible(void) {
        Wording w = words();

        w.label = "a\nb\033[2J";
        w.started_by = "root\u202e";
        w.message = "\033]0;title\a %n%s \302\233 <b>";
        assert_body(w,
                        "Station: a\\x0ab\\x1b[2J (seat-pci-pci-0000_00_11_0)\nRequested by: root\\u202e\n"
                        "“\\x1b]0;title\\x07 %n%s \\x9b <b>”\nPlease save your work.");
}

static void test_long_words_are_cut_between_characters(void) {
        _cleanup_free_ char *message = NULL, *label = NULL, *s = NULL;
        Wording w = words();

        message = malloc(5000 * 4 + 1);
        label = malloc(5000 * 4 + 1);
        g_assert_nonnull(message);
        g_assert_nonnull(label);
        for (size_t i = 0; i < 5000; i++) {
                memcpy(message + i * 4, "\xf0\x9f\x98\x80", 5);
                memcpy(label + i * 4, "\xf0\x9f\x98\x80", 5);
        }

        w.message = message;
        w.label = label;
        s = wording_body(&w);
        g_assert_nonnull(s);
        g_assert_true(text_is_utf8(s));
        g_assert_cmpuint(strlen(s), <, USHER_MESSAGE_MAX + 512);
}

static void test_cancelled_names_the_place(void) {
        _cleanup_free_ char *summary = NULL, *with_seat = NULL, *without = NULL;
        Wording w = words();

        w.label = "Station 3";
        w.station = "Station 3";
        summary = wording_cancelled_summary(&w);
        g_assert_cmpstr(summary, ==, "Your log-off was cancelled");
        with_seat = wording_cancelled_body(&w);
        g_assert_cmpstr(with_seat, ==, "Station: Station 3\nYou can go on working.");

        w.station = w.label = "";
        w.session = "7";
        without = wording_cancelled_body(&w);
        g_assert_cmpstr(without, ==, "Session: 7\nYou can go on working.");
}

static void test_terminal_gets_whole_lines(void) {
        _cleanup_free_ char *whole = NULL, *first = NULL;

        whole = wording_terminal("one", "two\nthree");
        g_assert_cmpstr(whole, ==, "\r\n*** one\r\ntwo\r\nthree\r\n\r\n");

        first = wording_terminal("one", NULL);
        g_assert_cmpstr(first, ==, "\r\n*** one\r\n\r\n");
}

int main(int argc, char *argv[]) {
        g_setenv("TZ", "UTC", true);
        tzset();
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/wording/summary-has-both-times", test_summary_has_both_times);
        g_test_add_func("/wording/time-left-is-rounded", test_time_left_is_rounded);
        g_test_add_func("/wording/no-time-is-left", test_no_time_is_left);
        g_test_add_func("/wording/body-names-place-and-person", test_body_names_place_and_person);
        g_test_add_func("/wording/label-that-is-the-id-stands-once", test_label_that_is_the_id_stands_once);
        g_test_add_func("/wording/session-without-seat", test_session_without_seat);
        g_test_add_func("/wording/nobody-asked", test_nobody_asked);
        g_test_add_func("/wording/oneself-asked", test_oneself_asked);
        g_test_add_func("/wording/every-reason-but-a-request-is-explained",
                        test_every_reason_but_a_request_is_explained);
        g_test_add_func("/wording/unknown-reason-is-left-out", test_unknown_reason_is_left_out);
        g_test_add_func("/wording/message-is-quoted", test_message_is_quoted);
        g_test_add_func("/wording/choices-without-buttons", test_choices_without_buttons);
        g_test_add_func("/wording/full-screen", test_full_screen);
        g_test_add_func("/wording/a-request-for-more-time", test_a_request_for_more_time);
        g_test_add_func("/wording/hostile-words-are-made-visible", test_hostile_words_are_made_visible);
        g_test_add_func("/wording/long-words-are-cut-between-characters",
                        test_long_words_are_cut_between_characters);
        g_test_add_func("/wording/cancelled-names-the-place", test_cancelled_names_the_place);
        g_test_add_func("/wording/terminal-gets-whole-lines", test_terminal_gets_whole_lines);

        return g_test_run();
}
