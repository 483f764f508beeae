/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The Debian package: installed, upgraded, removed and purged while users work. USHER_DEBS is the folder of
 * the packages; USHER_TREE is what `meson install` installs, for the test of an installation by hand. */

#include <glib/gstdio.h>
#include <glob.h>
#include <string.h>

#include "usher.h"

/* No log-off ends while dpkg works. */
#define GRACE_SEC 600
/* usher-warn exits ten seconds after it has told a user that the log-off is cancelled. */
#define GONE_MSEC (BOX_TIMEOUT_MSEC + 10000)

#define NOLOGIN "/run/nologin"
#define CONSOLE_RULE "/run/udev/rules.d/72-usher-console.rules"
#define BELL "usher-log-off-all@03:00.timer"
#define BELL_LINK "/etc/systemd/system/timers.target.wants/" BELL
#define REPAIR "usher-seat-repair@.service"
#define REPAIR_LINK "/etc/systemd/system/usher-no-login-screen@.target.wants/" REPAIR
/* Takes the place of lightdm, whose restart would end the sessions. */
#define DISPLAY_MANAGER "display-manager.service"
#define DISPLAY_MANAGER_FILE "/run/systemd/system/" DISPLAY_MANAGER

static const char configuration[] = "[LogOff]\nMinimumGraceSec=1\n";

static char *package(void) {
        g_autofree char *pattern = g_strdup_printf("%s/usher_*.deb", g_getenv("USHER_DEBS"));
        glob_t found;
        char *path;

        g_assert_cmpint(glob(pattern, 0, NULL, &found), ==, 0);
        g_assert_cmpuint(found.gl_pathc, ==, 1);
        path = g_strdup(found.gl_pathv[0]);
        globfree(&found);
        return path;
}

static void dpkg(const char *action, const char *argument) {
        /* usher-tests and usher-identify need usher, and may be there. */
        g_autofree char *output = usher_output((const char *const[]) {
                        "dpkg", "--force-depends", "--force-unsafe-io", action, argument, NULL });

        g_test_message("dpkg %s: %s", action, output);
}

static void install(void) {
        g_autofree char *deb = package();

        dpkg("--install", deb);
}

static char *unit_get(const char *unit, const char *property) {
        g_autofree char *option = g_strdup_printf("--property=%s", property);
        char *value = usher_output(
                        (const char *const[]) { "systemctl", "show", "--value", option, "--", unit, NULL });

        return g_strchomp(value);
}

static void assert_unit(const char *unit, const char *property, const char *expected) {
        g_autofree char *value = unit_get(unit, property);

        g_test_message("%s: %s", unit, property);
        g_assert_cmpstr(value, ==, expected);
}

static void assert_group(bool exists) {
        g_autofree char *groups = NULL;

        g_assert_true(g_file_get_contents("/etc/group", &groups, NULL, NULL));
        g_assert_cmpint(strstr(groups, "\nusher-operators:") != NULL, ==, exists);
}

typedef struct {
        Box *box;
        BoxSession *early; /* logged in before the package was installed */
        Usher *usher;
} Fixture;

static void set_up_session(Fixture *f, gconstpointer unused) {
        g_autoptr(GError) error = NULL;

        f->box = box_new(&error);
        g_assert_no_error(error);
        f->early = box_session_open(f->box, &(BoxSessionOptions) { .user = "u1", .seat = "seat0" }, &error);
        g_assert_no_error(error);
}

static void set_up(Fixture *f, gconstpointer unused) {
        set_up_session(f, NULL);
        install();
        f->usher = usher_new(configuration);
        usher_wait_known(f->usher, f->early);
}

static void assert_alive(BoxSession *session) {
        g_autofree char *state = NULL;

        g_assert_true(box_session_is_listed(session));
        state = box_session_get(session, "State");
        g_assert_cmpstr(state, !=, "closing");
}

/* Units that are active or have failed. The links that enable a removed package's services stay until it is
 * purged. */
static bool no_units(gpointer unused) {
        g_autofree char *units = usher_output((const char *const[]) {
                        "systemctl", "list-units", "--plain", "--no-legend", "usher*", NULL });

        return units[0] == '\0';
}

/* Nothing runs, and nothing that systemd, the bus or polkit would read is there. */
static void assert_gone(void) {
        g_autofree char *files = usher_output((const char *const[]) { "find", "/lib/systemd",
                        "/run/systemd/system", "/usr/bin", "/usr/libexec", "/usr/share/dbus-1",
                        "/usr/share/polkit-1", "-name", "*usher*", "-not", "-path", "*/installed-tests*",
                        "-not", "-name", "usher-identify*", NULL });

        g_assert_cmpstr(files, ==, "");
        g_assert_true(box_wait(no_units, NULL, GONE_MSEC));
        g_assert_false(g_file_test("/run/usher", G_FILE_TEST_EXISTS));
        g_assert_false(g_file_test(NOLOGIN, G_FILE_TEST_EXISTS));
}

static void assert_purged(void) {
        assert_gone();
        assert_group(false);
        g_assert_false(g_file_test("/etc/usher", G_FILE_TEST_EXISTS));
        g_assert_false(g_file_test("/var/lib/usher", G_FILE_TEST_EXISTS));
        g_assert_false(g_file_test(BELL_LINK, G_FILE_TEST_IS_SYMLINK));
        g_assert_false(g_file_test(REPAIR_LINK, G_FILE_TEST_IS_SYMLINK));
}

static void tear_down(Fixture *f, gconstpointer unused) {
        if (f->usher) {
                box_monitor_free(f->usher->removed);
                box_free(f->usher->box);
                g_free(f->usher);
        }
        dpkg("--purge", "usher");
        assert_purged();
        assert_alive(f->early);
        box_session_free(f->early);
        box_free(f->box);
}

/* Both services run and are enabled, nothing else does, and a session that is older than the package ends
 * after usher-shutdown has warned its user. */
static void test_install(Fixture *f, gconstpointer unused) {
        g_autofree char *scope = g_strdup_printf("session-%s.scope", f->early->id), *before = NULL;
        static const char *const services[] = { "usherd.service", "usher-shutdown.service" };

        for (gsize i = 0; i < G_N_ELEMENTS(services); i++) {
                assert_unit(services[i], "ActiveState", "active");
                assert_unit(services[i], "UnitFileState", "enabled");
        }
        assert_unit("usher-console.service", "ActiveState", "inactive");
        assert_unit("usher-associate.socket", "ActiveState", "inactive");
        assert_group(true);

        before = unit_get(scope, "Before");
        g_assert_nonnull(strstr(before, "usher-shutdown.service"));
}

static guint64 deadline(Usher *u, const char *job) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) value = box_get_property(
                        u->box, "org.usher1", job, "org.usher1.Job", "DeadlineMonotonic", &error);

        g_assert_no_error(error);
        return g_variant_get_uint64(value);
}

static char **log_off(Fixture *f) {
        GVariantDict options;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = NULL;
        char **jobs;

        g_variant_dict_init(&options, usher_options(GRACE_SEC, NULL));
        g_variant_dict_insert(&options, "block-logins", "b", TRUE);
        reply = usher_call(f->usher, "LogOffAll", g_variant_new("(@a{sv})", g_variant_dict_end(&options)),
                        &error);
        g_assert_no_error(error);
        jobs = usher_jobs(f->usher);
        g_assert_cmpuint(g_strv_length(jobs), ==, 1);
        return jobs;
}

/* The countdown keeps its deadline, and the user sees one warning. usher-shutdown.service, whose stop logs
 * everybody off in a shutdown, is not touched. */
static void test_upgrade(Fixture *f, gconstpointer unused) {
        g_autoptr(Notifier) n = notifier_new(f->usher, f->early, "good");
        g_auto(GStrv) jobs = log_off(f), after = NULL;
        guint64 before = deadline(f->usher, jobs[0]);
        g_autofree char *pid = unit_get("usherd.service", "MainPID"), *new_pid = NULL, *shown = NULL;
        g_autofree char *hook = unit_get("usher-shutdown.service", "InvocationID");

        g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));
        install();
        new_pid = unit_get("usherd.service", "MainPID");
        g_assert_cmpstr(new_pid, !=, pid);

        after = usher_jobs(f->usher);
        g_assert_cmpuint(g_strv_length(after), ==, 1);
        g_assert_cmpstr(after[0], ==, jobs[0]);
        g_assert_cmpuint(deadline(f->usher, jobs[0]), ==, before);
        g_assert_true(g_file_test(NOLOGIN, G_FILE_TEST_EXISTS));
        assert_unit("usher-shutdown.service", "InvocationID", hook);

        /* The text that ends the countdown shows that usher-warn follows the new usherd. */
        g_assert_cmpuint(usher_cancel_all(f->usher), ==, 1);
        g_assert_true(notifier_wait(n, "was cancelled", BOX_TIMEOUT_MSEC));
        shown = notifier_read(n);
        g_assert_cmpuint(usher_count(shown, "\nnew "), ==, 1);
}

/* In console mode neither an upgrade nor a removal restarts the display manager. */
static void test_console(Fixture *f, gconstpointer unused) {
        g_autoptr(GError) error = NULL;
        g_autofree char *invocation = NULL;

        g_file_set_contents(DISPLAY_MANAGER_FILE, "[Service]\nExecStart=sleep infinity\n", -1, &error);
        g_assert_no_error(error);
        usher_systemctl("start", NULL, "usher-console.service");
        usher_systemctl("start", NULL, DISPLAY_MANAGER);
        invocation = unit_get(DISPLAY_MANAGER, "InvocationID");
        g_assert_true(g_file_test(CONSOLE_RULE, G_FILE_TEST_EXISTS));

        install();
        assert_unit("usher-console.service", "ActiveState", "active");
        assert_unit(DISPLAY_MANAGER, "InvocationID", invocation);
        g_assert_true(g_file_test(CONSOLE_RULE, G_FILE_TEST_EXISTS));

        dpkg("--remove", "usher");
        assert_gone();
        assert_unit(DISPLAY_MANAGER, "InvocationID", invocation);
        g_assert_false(g_file_test(CONSOLE_RULE, G_FILE_TEST_EXISTS));

        usher_systemctl("stop", NULL, DISPLAY_MANAGER);
        g_assert_cmpint(g_unlink(DISPLAY_MANAGER_FILE), ==, 0);
}

/* The user is told that the log-off is cancelled, and everybody can log in. What the administrator set up is
 * kept until the package is purged. */
static void test_remove(Fixture *f, gconstpointer unused) {
        g_autoptr(Notifier) n = notifier_new(f->usher, f->early, "good");
        g_auto(GStrv) jobs = log_off(f);
        g_autofree char *scope = g_strdup_printf("session-%s.scope", f->early->id), *before = NULL;
        g_autofree char *labelled = NULL;

        labelled = usher_output((const char *const[]) { "usherctl", "label", "seat0", "Door", NULL });
        usher_systemctl("enable", "--now", BELL);
        usher_systemctl("enable", NULL, REPAIR);
        g_assert_true(usher_job_wait(f->usher, jobs[0], "Warned", "desktop", BOX_TIMEOUT_MSEC));

        dpkg("--remove", "usher");
        g_assert_true(notifier_wait(n, "was cancelled", BOX_TIMEOUT_MSEC));
        assert_gone();
        before = unit_get(scope, "Before");
        g_assert_null(strstr(before, "usher-shutdown.service"));
        g_assert_true(g_file_test("/var/lib/usher/labels", G_FILE_TEST_EXISTS));
        g_assert_true(g_file_test("/etc/usher/usherd.conf", G_FILE_TEST_EXISTS));
        g_assert_true(g_file_test(BELL_LINK, G_FILE_TEST_IS_SYMLINK));
        g_assert_true(g_file_test(REPAIR_LINK, G_FILE_TEST_IS_SYMLINK));
}

/* A service that the administrator has masked stays off, and its mask stays. */
static void test_masked(Fixture *f, gconstpointer unused) {
        usher_systemctl("mask", NULL, "usherd.service");
        install();
        assert_unit("usherd.service", "ActiveState", "inactive");
        install();
        assert_unit("usherd.service", "LoadState", "masked");
        dpkg("--purge", "usher");
        assert_unit("usherd.service", "LoadState", "masked");
        usher_systemctl("unmask", NULL, "usherd.service");
}

/* usherd runs from an installation by hand: the package takes its place, with its countdown. */
static void test_by_hand(Fixture *f, gconstpointer unused) {
        g_auto(GStrv) jobs = NULL, after = NULL;
        g_autofree char *copied = NULL, *pid = NULL, *new_pid = NULL;

        copied = usher_output((const char *const[]) { "sh", "-ec",
                        "tar -C \"$USHER_TREE\" --owner=0 --group=0 -c . |"
                        " tar -C / --keep-directory-symlink --no-overwrite-dir -x\n"
                        "systemd-sysusers\n"
                        "systemctl daemon-reload\n"
                        "systemctl reload dbus\n"
                        "systemctl enable --now usherd\n",
                        NULL });
        f->usher = usher_new(configuration);
        usher_wait_known(f->usher, f->early);
        jobs = log_off(f);
        pid = unit_get("usherd.service", "MainPID");

        install();
        new_pid = unit_get("usherd.service", "MainPID");
        g_assert_cmpstr(new_pid, !=, pid);
        after = usher_jobs(f->usher);
        g_assert_cmpuint(g_strv_length(after), ==, 1);
        g_assert_cmpstr(after[0], ==, jobs[0]);
        dpkg("--purge", "usher");
        /* This package does not have it. */
        (void) g_unlink("/usr/libexec/usher-identify");
        (void) g_unlink("/lib/systemd/system/usher-identify@.service");
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
        g_assert_true(box_inside());
        g_assert_nonnull(g_getenv("USHER_DEBS"));

        /* Containers have one that keeps services from being started. */
        (void) g_unlink("/usr/sbin/policy-rc.d");

        g_test_add("/package/install", Fixture, NULL, set_up, test_install, tear_down);
        g_test_add("/package/upgrade", Fixture, NULL, set_up, test_upgrade, tear_down);
        g_test_add("/package/console", Fixture, NULL, set_up, test_console, tear_down);
        g_test_add("/package/remove", Fixture, NULL, set_up, test_remove, tear_down);
        g_test_add("/package/masked", Fixture, NULL, set_up_session, test_masked, tear_down);
        if (g_getenv("USHER_TREE"))
                g_test_add("/package/by-hand", Fixture, NULL, set_up_session, test_by_hand, tear_down);
        return g_test_run();
}
