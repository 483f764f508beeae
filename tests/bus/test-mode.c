/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* SetMode, and the mode after boot. */

#include "everybody.h"

#include "common/names.h"

#define BUSY "org.usher1.Error.Busy"

static void wait_mode(Fixture *f, const char *mode) {
        fixture_wait_property(f, MANAGER, "Mode", mode);
}

static GStrv set_mode(Fixture *f, const char *mode, const char *options) {
        g_autofree char *arguments = g_strdup_printf("(%%s, %s)", options ? options : NO_OPTIONS);

        return job_paths(usher_call(
                        f->root, MANAGER, "Manager.SetMode", g_variant_new_parsed(arguments, mode)));
}

static void test_console_and_back(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL, back = NULL;
        g_autofree char *reason = NULL;

        four_people(f);
        everybody_start(f);
        wait_mode(f, "'station'");
        jobs = set_mode(f, "console", "{'grace': <uint32 1>}");
        g_assert_cmpuint(g_strv_length(jobs), ==, 4);
        reason = usher_get_string(f->root, jobs[0], "Reason");
        g_assert_cmpstr(reason, ==, "mode-switch");
        wait_mode(f, "'console'");
        everybody_wait(f, jobs, "done");

        back = set_mode(f, "station", NULL);
        g_assert_cmpuint(g_strv_length(back), ==, 0);
        wait_mode(f, "'station'");
}

static void test_the_same_mode_logs_nobody_off(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        everybody_start(f);
        jobs = set_mode(f, "station", "{'grace': <uint32 0>}");
        g_assert_cmpuint(g_strv_length(jobs), ==, 0);
        assert_jobs(f, "");
        assert_deeds(&f->systemd->fake, "");
}

static void test_an_unknown_mode(Fixture *f, gconstpointer data) {
        static const char *const names[] = { "x", "", "Console", "console ", "rescue\n" };

        four_people(f);
        everybody_start(f);
        for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
                assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("(%s, " NO_OPTIONS ")", names[i]),
                                "org.freedesktop.DBus.Error.InvalidArgs");
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('console', {'speed': <1>})"),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        assert_jobs(f, "");
}

static void test_one_switch_at_a_time(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        everybody_start(f);
        jobs = set_mode(f, "console", NULL);
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('station', " NO_OPTIONS ")"), BUSY);
        assert_refused(f->root, MANAGER, "Manager.Restart", ARGS("(" NO_OPTIONS ",)"), BUSY);
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        everybody_wait(f, jobs, "cancelled");
        fixture_settle(f);
        assert_jobs(f, "");
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StopUnit"), ==, 0);
}

/* An administrator starts the unit by hand. */
static void test_no_other_mode_while_one_begins(Fixture *f, gconstpointer data) {
        g_auto(GStrv) same = NULL;

        everybody_start(f);
        fake_systemd_set_unit(f->systemd, USHER_UNIT_CONSOLE, "activating");
        fixture_settle(f);
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('station', " NO_OPTIONS ")"), BUSY);
        assert_refused(f->root, MANAGER, "Manager.SetMode", ARGS("('console', " NO_OPTIONS ")"), BUSY);
        assert_deeds(&f->systemd->fake, "");

        fake_systemd_set_unit(f->systemd, USHER_UNIT_CONSOLE, "active");
        wait_mode(f, "'console'");
        same = set_mode(f, "console", NULL);
        g_assert_cmpuint(g_strv_length(same), ==, 0);
}

static void test_a_switch_that_fails_says_so_and_is_over(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL, again = NULL;

        f->systemd->console_fails = TRUE;
        everybody_start(f);
        jobs = set_mode(f, "console", NULL);
        WAIT_FOR(fake_count(&f->systemd->fake, "StartUnit") > 0);
        for (int i = 0; i < 5; i++)
                fixture_settle(f);
        wait_mode(f, "'station'");

        f->systemd->console_fails = FALSE;
        again = set_mode(f, "console", NULL);
        wait_mode(f, "'console'");
}

static void test_the_mode_is_known_from_the_start(Fixture *f, gconstpointer data) {
        g_autofree char *mode = NULL, *again = NULL;

        f->systemd->console = "active";
        everybody_start(f);
        mode = usher_get_string(f->root, MANAGER, "Mode");
        g_assert_cmpstr(mode, ==, "console");
        fixture_kill(f);
        everybody_start(f);
        again = usher_get_string(f->root, MANAGER, "Mode");
        g_assert_cmpstr(again, ==, "console");

        /* An administrator stops the unit by hand. */
        fake_systemd_set_unit(f->systemd, USHER_UNIT_CONSOLE, "inactive");
        wait_mode(f, "'station'");
}

static void test_boot_mode(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        fixture_configure(f, TEST_CONFIG "[Stations]\nBootMode=console\n");
        everybody_start(f);
        wait_mode(f, "'console'");

        /* BootMode= applies once per boot, not at each start of usherd. */
        jobs = set_mode(f, "station", NULL);
        wait_mode(f, "'station'");
        fixture_kill(f);
        everybody_start(f);
        fixture_settle(f);
        g_assert_cmpuint(fake_count(&f->systemd->fake, "StartUnit"), ==, 1);
}

static void test_boot_mode_throws_nobody_out(Fixture *f, gconstpointer data) {
        fixture_configure(f, TEST_CONFIG "[Stations]\nBootMode=console\n");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        everybody_start(f);
        fixture_settle(f);
        assert_deeds(&f->systemd->fake, "");
}

/* systemd did not report the units in time, but it still starts and stops them, so switching works. */
static void test_a_unit_that_was_not_found_at_first(Fixture *f, gconstpointer data) {
        g_auto(GStrv) there = NULL, back = NULL;

        f->systemd->fake.hang = TRUE;
        fixture_spawn(f);
        /* The hook, the console and the display manager. */
        WAIT_FOR(fake_count(&f->systemd->fake, "LoadUnit") == 3);
        fake_refuse_all(&f->systemd->fake, "org.freedesktop.DBus.Error.NoReply");
        WAIT_FOR(f->ready);

        there = set_mode(f, "console", "{'block-logins': <false>}");
        wait_mode(f, "'console'");
        back = set_mode(f, "station", "{'block-logins': <false>}");
        wait_mode(f, "'station'");
}

int main(int argc, char **argv) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/mode/" name, function)
        ADD("console-and-back", test_console_and_back);
        ADD("the-same-mode-logs-nobody-off", test_the_same_mode_logs_nobody_off);
        ADD("an-unknown-mode", test_an_unknown_mode);
        ADD("one-switch-at-a-time", test_one_switch_at_a_time);
        ADD("no-other-mode-while-one-begins", test_no_other_mode_while_one_begins);
        ADD("a-switch-that-fails-says-so-and-is-over", test_a_switch_that_fails_says_so_and_is_over);
        ADD("the-mode-is-known-from-the-start", test_the_mode_is_known_from_the_start);
        ADD("boot-mode", test_boot_mode);
        ADD("boot-mode-throws-nobody-out", test_boot_mode_throws_nobody_out);
        ADD("a-unit-that-was-not-found-at-first", test_a_unit_that_was_not_found_at_first);

        return g_test_run();
}
