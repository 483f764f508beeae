/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib.h>
#include <glib/gstdio.h>

#include "common/text.h"
#include "core/config-file.h"

static void check_same(const Config *a, const Config *b) {
        g_assert_cmpuint(a->grace_usec, ==, b->grace_usec);
        g_assert_cmpuint(a->minimum_grace_usec, ==, b->minimum_grace_usec);
        g_assert_cmpuint(a->maximum_grace_usec, ==, b->maximum_grace_usec);
        g_assert_cmpuint(a->n_remind, ==, b->n_remind);
        for (gsize i = 0; i < a->n_remind; i++)
                g_assert_cmpuint(a->remind_usec[i], ==, b->remind_usec[i]);
        g_assert_cmpuint(a->ask_usec, ==, b->ask_usec);
        g_assert_cmpuint(a->terminate_usec, ==, b->terminate_usec);
        g_assert_cmpuint(a->kill_usec, ==, b->kill_usec);
        g_assert_cmpuint(a->idle_log_off_usec, ==, b->idle_log_off_usec);
        g_assert_cmpuint(a->full_screen_usec, ==, b->full_screen_usec);
        g_assert_cmpuint(a->user_extend_max_usec, ==, b->user_extend_max_usec);
        g_assert_cmpuint(a->shutdown_grace_usec, ==, b->shutdown_grace_usec);
        g_assert_cmpint(a->hub_lost, ==, b->hub_lost);
        g_assert_cmpuint(a->hub_lost_usec, ==, b->hub_lost_usec);
        g_assert_cmpint(a->boot_mode, ==, b->boot_mode);
}

static void apply(Config *c, const char *section, const char *key, const char *value) {
        char *problem = NULL;

        g_assert_cmpint(config_apply_line(c, section, key, value, &problem), ==, 0);
        g_assert_null(problem);
}

/* Nothing changes, and the problem contains the expected text. */
static void refuse(const char *section, const char *key, const char *value, const char *about) {
        char *problem = NULL;
        Config c, before;

        config_init(&c);
        before = c;
        g_assert_cmpint(config_apply_line(&c, section, key, value, &problem), ==, -EINVAL);
        g_assert_nonnull(strstr(problem, about));
        g_assert_true(text_is_utf8(problem));
        for (const char *p = problem; *p; p++)
                g_assert_false(g_ascii_iscntrl(*p));
        g_assert_cmpuint(strlen(problem), <, 200);
        check_same(&c, &before);
        free(problem);
}

static void test_defaults(void) {
        Config c;

        config_init(&c);
        g_assert_cmpuint(c.grace_usec, ==, 60 * USEC_PER_SEC);
        g_assert_cmpuint(c.minimum_grace_usec, ==, 5 * USEC_PER_SEC);
        g_assert_cmpuint(c.maximum_grace_usec, ==, 3600 * USEC_PER_SEC);
        g_assert_cmpuint(c.n_remind, ==, 3);
        g_assert_cmpuint(c.remind_usec[0], ==, 30 * USEC_PER_SEC);
        g_assert_cmpuint(c.remind_usec[2], ==, 5 * USEC_PER_SEC);
        g_assert_cmpuint(c.ask_usec, ==, 10 * USEC_PER_SEC);
        g_assert_cmpuint(c.terminate_usec, ==, 10 * USEC_PER_SEC);
        g_assert_cmpuint(c.kill_usec, ==, 5 * USEC_PER_SEC);
        g_assert_cmpuint(c.idle_log_off_usec, ==, 0);
        g_assert_cmpuint(c.shutdown_grace_usec, ==, 30 * USEC_PER_SEC);
        g_assert_cmpint(c.hub_lost, ==, HUB_LOST_KEEP);
        g_assert_cmpuint(c.hub_lost_usec, ==, 30 * USEC_PER_SEC);
}

static void test_every_setting(void) {
        Config c;

        config_init(&c);
        apply(&c, "LogOff", "GraceSec", "2min");
        apply(&c, "LogOff", "MinimumGraceSec", "0");
        apply(&c, "LogOff", "MaximumGraceSec", "2h");
        apply(&c, "LogOff", "RemindSec", "1min 10");
        apply(&c, "LogOff", "AskSec", "0");
        apply(&c, "LogOff", "TerminateSec", "20");
        apply(&c, "LogOff", "KillSec", "7");
        apply(&c, "LogOff", "IdleLogOffSec", "1h");
        apply(&c, "LogOff", "UserExtendMaxSec", "0");
        apply(&c, "Shutdown", "GraceSec", "45s");
        apply(&c, "Stations", "HubLost", "log-off");
        apply(&c, "Stations", "HubLostSec", "5");
        apply(&c, "Stations", "BootMode", "console");

        check_same(&c,
                        &(Config) {
                                        .grace_usec = 120 * USEC_PER_SEC,
                                        .maximum_grace_usec = 2 * USEC_PER_HOUR,
                                        .remind_usec = { 60 * USEC_PER_SEC, 10 * USEC_PER_SEC },
                                        .n_remind = 2,
                                        .terminate_usec = 20 * USEC_PER_SEC,
                                        .kill_usec = 7 * USEC_PER_SEC,
                                        .idle_log_off_usec = USEC_PER_HOUR,
                                        .shutdown_grace_usec = 45 * USEC_PER_SEC,
                                        .hub_lost = HUB_LOST_LOG_OFF,
                                        .hub_lost_usec = 5 * USEC_PER_SEC,
                                        .boot_mode = MODE_CONSOLE,
                        });
}

static void test_empty_is_default(void) {
        Config c, defaults;

        config_init(&c);
        config_init(&defaults);
        apply(&c, "LogOff", "GraceSec", "7");
        apply(&c, "LogOff", "GraceSec", "");
        apply(&c, "Shutdown", "GraceSec", "7");
        apply(&c, "Shutdown", "GraceSec", "");
        apply(&c, "Stations", "HubLost", "lock");
        apply(&c, "Stations", "HubLost", "");
        check_same(&c, &defaults);

        apply(&c, "LogOff", "RemindSec", "");
        g_assert_cmpuint(c.n_remind, ==, 0);
}

static void test_somebody_elses(void) {
        Config c, defaults;

        config_init(&c);
        config_init(&defaults);
        apply(&c, "X-School", "Room", "12");
        apply(&c, "LogOff", "X-Reason", "because");
        check_same(&c, &defaults);
}

static void test_full_screen(void) {
        Config c;

        config_init(&c);
        g_assert_cmpuint(c.full_screen_usec, ==, 0);
        apply(&c, "LogOff", "FullScreenSec", "5min");
        g_assert_cmpuint(c.full_screen_usec, ==, CONFIG_FULL_SCREEN_MAX);
        apply(&c, "LogOff", "FullScreenSec", "10");
        g_assert_cmpuint(c.full_screen_usec, ==, 10 * USEC_PER_SEC);
        apply(&c, "LogOff", "FullScreenSec", "");
        g_assert_cmpuint(c.full_screen_usec, ==, 0);
}

static void test_remind(void) {
        char *problem = NULL;
        Config c;

        config_init(&c);
        apply(&c, "LogOff", "RemindSec", "  5 10\t1min 10  30 5");
        g_assert_cmpuint(c.n_remind, ==, 4);
        g_assert_cmpuint(c.remind_usec[0], ==, 60 * USEC_PER_SEC);
        g_assert_cmpuint(c.remind_usec[1], ==, 30 * USEC_PER_SEC);
        g_assert_cmpuint(c.remind_usec[2], ==, 10 * USEC_PER_SEC);
        g_assert_cmpuint(c.remind_usec[3], ==, 5 * USEC_PER_SEC);

        apply(&c, "LogOff", "RemindSec", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16");
        g_assert_cmpuint(c.n_remind, ==, CONFIG_REMIND_MAX);

        /* One of them is wrong, so all are refused, and the earlier value stays. */
        g_assert_cmpint(config_apply_line(&c, "LogOff", "RemindSec", "30 soon", &problem), ==, -EINVAL);
        g_assert_cmpuint(c.n_remind, ==, CONFIG_REMIND_MAX);
        free(problem);

        refuse("LogOff", "RemindSec", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17", "too many");
        refuse("LogOff", "RemindSec", "30 0", "too short");
        refuse("LogOff", "RemindSec", "30,10", "no time span");
}

static void test_refused(void) {
        refuse("LogOff", "GraceSec", "soon", "GraceSec=");
        refuse("LogOff", "GraceSec", "-1", "no time span");
        refuse("LogOff", "GraceSec", "NaN", "no time span");
        refuse("LogOff", "GraceSec", "infinity", "too long");
        refuse("LogOff", "MaximumGraceSec", "8d", "too long");
        refuse("LogOff", "MaximumGraceSec", "99999999999999999999", "too long");
        refuse("LogOff", "TerminateSec", "0", "too short");
        refuse("LogOff", "KillSec", "999ms", "too short");
        refuse("LogOff", "FullScreenSec", "301", "'301' is too long for FullScreenSec=, 300s are the most");
        refuse("LogOff", "FullScreenSec", "8d", "too long");
        refuse("LogOff", "FullScreenSec", "yes", "no time span");
        refuse("LogOff", "HubLost", "keep", "HubLost");
        refuse("LogOff", "gracesec", "5", "gracesec");
        refuse("LogOff", "", "5", "no setting");
        refuse("Stations", "HubLost", "Lock", "keep, lock, log-off");
        refuse("Stations", "BootMode", "Console", "station, console");
        refuse("LogOff", "BootMode", "console", "BootMode");
        refuse("Stations", "HubLost", "invalid", "keep, lock, log-off");
        refuse("", "GraceSec", "5", "before any section");
        refuse("Logoff", "GraceSec", "5", "Logoff");
        refuse("LogOff", "GraceSec", "\033[31m\n\xff%s", "\\x1b[31m\\x0a\\xff%s");
}

static void test_long_value(void) {
        g_autofree char *value = g_strnfill(60000, 'z'), *key = g_strnfill(60000, '\n');

        refuse("LogOff", "GraceSec", value, "zzz");
        refuse("LogOff", key, "5", "\\x0a");
        refuse(key, "GraceSec", "5", "\\x0a");
}

static void test_hub_lost_names(void) {
        for (int i = 0; i < _HUB_LOST_MAX; i++)
                g_assert_cmpint(hub_lost_from_string(hub_lost_to_string((HubLost) i)), ==, i);
        g_assert_null(hub_lost_to_string(_HUB_LOST_MAX));
}

static void count(const char *problem, void *userdata) {
        g_assert_cmpuint(strlen(problem), >, 0);
        (*(guint *) userdata)++;
}

static void test_finish(void) {
        guint n = 0;
        Config c;

        config_init(&c);
        config_finish(&c, count, &n);
        g_assert_cmpuint(n, ==, 0);

        c.grace_usec = USEC_PER_SEC;
        c.shutdown_grace_usec = 2 * USEC_PER_HOUR;
        config_finish(&c, count, &n);
        g_assert_cmpuint(n, ==, 2);
        g_assert_cmpuint(c.grace_usec, ==, c.minimum_grace_usec);
        g_assert_cmpuint(c.shutdown_grace_usec, ==, c.maximum_grace_usec);

        /* Off is valid, and no mistake. */
        n = 0;
        config_init(&c);
        c.shutdown_grace_usec = 0;
        config_finish(&c, count, &n);
        g_assert_cmpuint(n, ==, 0);
        g_assert_cmpuint(c.shutdown_grace_usec, ==, 0);

        /* Either of the two could be the mistake. */
        n = 0;
        config_init(&c);
        c.minimum_grace_usec = USEC_PER_HOUR;
        c.maximum_grace_usec = USEC_PER_MINUTE;
        config_finish(&c, count, &n);
        g_assert_cmpuint(n, ==, 1);
        g_assert_cmpuint(c.minimum_grace_usec, ==, 5 * USEC_PER_SEC);
        g_assert_cmpuint(c.maximum_grace_usec, ==, USEC_PER_HOUR);
}

static void write_file(const char *root, const char *name, const char *text) {
        g_autofree char *path = g_build_filename(root, name, NULL), *directory = g_path_get_dirname(path);

        g_assert_no_errno(g_mkdir_with_parents(directory, 0755));
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

/* Relative to the root, the last first. */
static void remove_files(const char *root, const char *const *names) {
        for (; *names; names++) {
                g_autofree char *path = g_build_filename(root, *names, NULL);

                g_assert_no_errno(g_remove(path));
        }
        g_assert_no_errno(g_remove(root));
}

/* They are read in the order of their names, after the main file. */
static void test_drop_ins(void) {
        static const char *const names[] = { "etc/usher/usherd.conf", "etc/usher/usherd.conf.d/30-c.conf",
                "etc/usher/usherd.conf.d/20-b.conf", "etc/usher/usherd.conf.d/.10-hidden.conf",
                "etc/usher/usherd.conf.d/10-a.conf~", "etc/usher/usherd.conf.d", "etc/usher", "etc", NULL };
        g_autofree char *root = g_dir_make_tmp("usher-config-XXXXXX", NULL);
        Config c;

        g_assert_true(g_setenv(CONFIG_ROOT_VARIABLE, root, TRUE));
        write_file(root, names[0], "[LogOff]\nGraceSec=10\nAskSec=10\nKillSec=10\nTerminateSec=10\n");
        write_file(root, names[1], "[LogOff]\nAskSec=30\nKillSec=wrong\n");
        write_file(root, names[2], "[LogOff]\nGraceSec=20\nAskSec=20\n");
        write_file(root, names[3], "[LogOff]\nTerminateSec=20\n");
        write_file(root, names[4], "[LogOff]\nTerminateSec=20\n");

        g_assert_cmpint(config_load(&c), ==, 1);
        g_assert_cmpuint(c.grace_usec, ==, 20 * USEC_PER_SEC);
        g_assert_cmpuint(c.ask_usec, ==, 30 * USEC_PER_SEC);
        g_assert_cmpuint(c.kill_usec, ==, 10 * USEC_PER_SEC);
        g_assert_cmpuint(c.terminate_usec, ==, 10 * USEC_PER_SEC);
        remove_files(root, names);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/config/defaults", test_defaults);
        g_test_add_func("/config/every-setting", test_every_setting);
        g_test_add_func("/config/empty-is-default", test_empty_is_default);
        g_test_add_func("/config/somebody-elses", test_somebody_elses);
        g_test_add_func("/config/full-screen", test_full_screen);
        g_test_add_func("/config/remind", test_remind);
        g_test_add_func("/config/refused", test_refused);
        g_test_add_func("/config/long-value", test_long_value);
        g_test_add_func("/config/hub-lost-names", test_hub_lost_names);
        g_test_add_func("/config/finish", test_finish);
        g_test_add_func("/config/drop-ins", test_drop_ins);

        return g_test_run();
}
