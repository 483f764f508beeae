/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The mode of the machine, and switching it. */

#include "common/names.h"
#include "daemon.h"
#include "feature/mode.h"

static const Feature *const features[] = { &mode_feature, NULL };

/* systemd runs from the start, and usher-console.service is in this state. */
static void set_up(Daemon *d, gconstpointer state) {
        daemon_set_up(d, features);
        d->unit_state = state;
        daemon_restart(d);
        daemon_settle(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static void on_switched(const char *error, void *userdata) {
        g_string_append_printf(userdata, "[%s]", error);
}

static int switch_mode(Daemon *d, Mode mode, GString *outcome) {
        int r;

        r = manager_switch_mode(d->manager, mode, on_switched, outcome);
        daemon_run(d);
        return r;
}

static void test_the_unit_is_the_truth(Daemon *d, gconstpointer data) {
        g_assert_true(d->manager->ready);
        g_assert_cmpint(mode_current(d->manager), ==, MODE_CONSOLE);

        /* Between the two states nothing changes. */
        daemon_set_unit(d, "deactivating");
        g_assert_cmpint(mode_current(d->manager), ==, MODE_CONSOLE);
        g_assert_true(mode_is_switching(d->manager));

        daemon_set_unit(d, "inactive");
        g_assert_cmpint(mode_current(d->manager), ==, MODE_STATION);
        g_assert_false(mode_is_switching(d->manager));
}

static void test_a_switch(Daemon *d, gconstpointer data) {
        g_autoptr(GString) outcome = g_string_new(NULL);

        g_assert_cmpint(switch_mode(d, MODE_CONSOLE, outcome), ==, 0);
        g_assert_cmpuint(daemon_count_calls(d, "StartUnit(" USHER_UNIT_CONSOLE ")"), ==, 1);
        g_assert_true(mode_is_switching(d->manager));
        g_assert_cmpstr(outcome->str, ==, "");

        daemon_set_unit(d, "active");
        g_assert_cmpint(mode_current(d->manager), ==, MODE_STATION);
        daemon_end_unit_job(d, USHER_UNIT_CONSOLE, "done");
        g_assert_cmpstr(outcome->str, ==, "[]");
        g_assert_cmpint(mode_current(d->manager), ==, MODE_CONSOLE);
        g_assert_false(mode_is_switching(d->manager));
}

static void test_a_switch_that_fails(Daemon *d, gconstpointer data) {
        g_autoptr(GString) outcome = g_string_new(NULL);

        g_assert_cmpint(switch_mode(d, MODE_CONSOLE, outcome), ==, 0);
        daemon_set_unit(d, "failed");
        daemon_end_unit_job(d, USHER_UNIT_CONSOLE, "failed");
        g_assert_nonnull(strstr(outcome->str, "failed"));
        g_assert_cmpint(mode_current(d->manager), ==, MODE_STATION);
}

static void test_one_switch_at_a_time(Daemon *d, gconstpointer data) {
        g_autoptr(GString) outcome = g_string_new(NULL);

        g_assert_cmpint(switch_mode(d, MODE_CONSOLE, outcome), ==, 0);
        g_assert_cmpint(switch_mode(d, MODE_CONSOLE, outcome), ==, -EBUSY);
        g_assert_cmpstr(outcome->str, ==, "");
}

static void test_the_mode_that_is(Daemon *d, gconstpointer data) {
        g_autoptr(GString) outcome = g_string_new(NULL);

        g_assert_cmpint(switch_mode(d, MODE_STATION, outcome), ==, 0);
        g_assert_cmpstr(outcome->str, ==, "[]");
        g_assert_cmpuint(daemon_count_calls(d, "StopUnit(" USHER_UNIT_CONSOLE ")"), ==, 0);
}

/* Users are warned even if systemd does not answer. */
static void test_silence(Daemon *d, gconstpointer data) {
        g_assert_false(d->manager->ready);
        daemon_fire_timers(d);
        g_assert_true(d->manager->ready);
        g_assert_cmpint(mode_current(d->manager), ==, MODE_STATION);
}

static void boot(Daemon *d, bool first) {
        g_autofree char *path = g_build_filename(d->house->directory, "booted", NULL);

        if (first)
                g_assert_cmpint(unlink(path), ==, 0);
        daemon_restart(d);
        d->manager->config.boot_mode = MODE_CONSOLE;
        daemon_settle(d);
}

static void test_boot_mode(Daemon *d, gconstpointer data) {
        boot(d, false);
        g_assert_cmpuint(daemon_count_calls(d, "StartUnit(" USHER_UNIT_CONSOLE ")"), ==, 0);

        boot(d, true);
        g_assert_cmpuint(daemon_count_calls(d, "StartUnit(" USHER_UNIT_CONSOLE ")"), ==, 1);
}

/* It would end the session of a user who has already logged in. */
static void test_boot_mode_ends_nobody(Daemon *d, gconstpointer data) {
        daemon_session(d, .id = "3");
        boot(d, true);
        g_assert_cmpuint(daemon_count_calls(d, "StartUnit(" USHER_UNIT_CONSOLE ")"), ==, 0);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define ADD(path, state, func) g_test_add("/mode/" path, Daemon, state, set_up, func, tear_down)
        ADD("the-unit-is-the-truth", "active", test_the_unit_is_the_truth);
        ADD("a-switch", "inactive", test_a_switch);
        ADD("a-switch-that-fails", "inactive", test_a_switch_that_fails);
        ADD("one-switch-at-a-time", "inactive", test_one_switch_at_a_time);
        ADD("the-mode-that-is", "inactive", test_the_mode_that_is);
        ADD("silence", NULL, test_silence);
        ADD("boot-mode", "inactive", test_boot_mode);
        ADD("boot-mode-ends-nobody", "inactive", test_boot_mode_ends_nobody);
#undef ADD

        return g_test_run();
}
