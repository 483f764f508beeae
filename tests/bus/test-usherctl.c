/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The real usherctl as a client of usherd: what it prints, in which order, and what it does when usherd does
 * not run. */

#include "fixture.h"

#include <signal.h>
#include <string.h>

#include "common/names.h"

#define ACTIVATOR "org.freedesktop.systemd1.Activator"

/* One run of usherctl. */
typedef struct Ctl {
        GSubprocess *process;
        GString *output, *errors; /* so far */
        guint open;               /* pipes */
        gboolean exited;
} Ctl;

static void ctl_free(Ctl *c) {
        g_object_unref(c->process);
        g_string_free(c->output, TRUE);
        g_string_free(c->errors, TRUE);
        g_free(c);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Ctl, ctl_free)

static void on_exit_of_ctl(GObject *source, GAsyncResult *result, gpointer userdata) {
        Ctl *c = userdata;

        g_subprocess_wait_finish(c->process, result, NULL);
        c->exited = TRUE;
}

static void on_text(GObject *source, GAsyncResult *result, gpointer userdata);

static void read_more(Ctl *c, GInputStream *pipe) {
        g_input_stream_read_bytes_async(pipe, 4096, G_PRIORITY_DEFAULT, NULL, on_text, c);
}

static void on_text(GObject *source, GAsyncResult *result, gpointer userdata) {
        GInputStream *pipe = G_INPUT_STREAM(source);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = NULL;
        Ctl *c = userdata;

        bytes = g_input_stream_read_bytes_finish(pipe, result, &error);
        g_assert_no_error(error);
        if (g_bytes_get_size(bytes) == 0) {
                c->open--;
                return;
        }

        g_string_append_len(pipe == g_subprocess_get_stdout_pipe(c->process) ? c->output : c->errors,
                        g_bytes_get_data(bytes, NULL), (gssize) g_bytes_get_size(bytes));
        read_more(c, pipe);
}

static Ctl *ctl_start(Fixture *f, const char *arguments) {
        g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(
                        G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
        g_autofree char *line = g_strdup_printf("usherctl %s", arguments);
        g_auto(GStrv) words = NULL;
        g_autoptr(GError) error = NULL;
        Ctl *c = g_new0(Ctl, 1);

        g_assert_true(g_shell_parse_argv(line, NULL, &words, &error));
        g_free(words[0]);
        words[0] = g_strdup(g_getenv("USHERCTL"));

        g_subprocess_launcher_setenv(launcher, "DBUS_SYSTEM_BUS_ADDRESS", bus_address(f->bus), TRUE);
        g_subprocess_launcher_setenv(launcher, "LC_ALL", "C.UTF-8", TRUE);
        c->process = g_subprocess_launcher_spawnv(launcher, (const char *const *) words, &error);
        g_assert_no_error(error);

        c->output = g_string_new(NULL);
        c->errors = g_string_new(NULL);
        c->open = 2;
        read_more(c, g_subprocess_get_stdout_pipe(c->process));
        read_more(c, g_subprocess_get_stderr_pipe(c->process));
        g_subprocess_wait_async(c->process, NULL, on_exit_of_ctl, c);
        return c;
}

/* Waits for the end and returns the exit status. */
static int ctl_wait(Ctl *c) {
        WAIT_FOR(c->exited && c->open == 0);
        g_assert_true(g_subprocess_get_if_exited(c->process));
        return g_subprocess_get_exit_status(c->process);
}

/* The output of a run that must succeed. */
static char *ctl_print(Fixture *f, const char *arguments) {
        g_autoptr(Ctl) c = ctl_start(f, arguments);

        g_assert_cmpint(ctl_wait(c), ==, 0);
        g_assert_cmpstr(c->errors->str, ==, "");
        return g_strdup(c->output->str);
}

/* The first word of each line. */
static char *first_words(const char *text) {
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        g_autoptr(GString) words = g_string_new(NULL);

        for (char **line = lines; *line && **line; line++)
                g_string_append_printf(words, "%.*s ", (int) strcspn(*line, " "), *line);

        return g_strdup(words->str);
}

static char *stations_of_the_bus(Fixture *f) {
        g_autoptr(GVariant) reply = usher_call(f->root, MANAGER, "Manager.ListStations", NULL);
        g_autoptr(GVariantIter) stations = NULL;
        g_autoptr(GString) ids = g_string_new(NULL);
        const char *id;

        g_variant_get(reply, "(a(ssssso))", &stations);
        while (g_variant_iter_loop(stations, "(&s&s&s&s&s&o)", &id, NULL, NULL, NULL, NULL, NULL))
                g_string_append_printf(ids, "%s ", id);

        return g_strdup(ids->str);
}

/* A station without a label stands where its id does, before a label that begins with a later letter. */
static void test_order(Fixture *f, gconstpointer data) {
        g_autofree char *on_bus = NULL, *list = NULL, *listed = NULL;

        fake_logind_add_seat(f->logind, "seat-3");
        fixture_start(f);
        g_free(ctl_print(f, "label seat-left window"));
        g_free(ctl_print(f, "label seat-right 'Row 10'"));
        g_free(ctl_print(f, "label seat0 zoo"));

        on_bus = stations_of_the_bus(f);
        list = ctl_print(f, "list --no-legend");
        listed = first_words(list);
        g_assert_cmpstr(on_bus, ==, "seat0 seat-right seat-3 seat-left ");
        g_assert_cmpstr(listed, ==, on_bus);
}

static void on_activation(GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                gpointer userdata) {

        Fixture *f = userdata;
        const char *unit;

        g_variant_get(arguments, "(&s)", &unit);
        g_assert_cmpstr(unit, ==, "dbus-org.usher1.service");
        fixture_spawn(f);
}

static void on_activation_of_nothing(GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                gpointer userdata) {

        g_autoptr(GError) error = NULL;

        g_dbus_connection_emit_signal(connection, DBUS_BUS_NAME, SYSTEMD_PATH, ACTIVATOR,
                        "ActivationFailure",
                        g_variant_new("(sss)", "dbus-org.usher1.service",
                                        "org.freedesktop.systemd1.NoSuchUnit", "Unit not found."),
                        &error);
        g_assert_no_error(error);
}

/* The bus and systemd are set up as by the installed files. */
static void make_startable(Fixture *f, GDBusSignalCallback func) {
        g_autofree char *file = g_build_filename(g_getenv("USHER_INTERFACES"), "org.usher1.service", NULL);

        bus_add_service(f->bus, file);
        g_dbus_connection_signal_subscribe(f->systemd->fake.connection, DBUS_BUS_NAME, ACTIVATOR,
                        "ActivationRequest", NULL, NULL, G_DBUS_SIGNAL_FLAGS_NONE, func, f, NULL);
        settle(f->systemd->fake.connection);
}

/* The first answer of a usherd that has just started is complete. */
static void test_start(Fixture *f, gconstpointer data) {
        g_autofree char *list = NULL, *listed = NULL;

        make_startable(f, on_activation);
        list = ctl_print(f, "--no-legend");
        listed = first_words(list);
        g_assert_cmpstr(listed, ==, "seat0 seat-left seat-right ");
}

static void assert_says_how_to_start(Fixture *f, const char *arguments) {
        g_autoptr(Ctl) c = ctl_start(f, arguments);

        g_assert_cmpint(ctl_wait(c), ==, 1);
        g_assert_cmpstr(c->output->str, ==, "");
        g_assert_cmpstr(c->errors->str, ==,
                        "usherctl: Failed to query the stations: usherd is not running. "
                        "Start it with 'systemctl start usherd'.\n");
}

static void test_no_start(Fixture *f, gconstpointer data) {
        static const char *const commands[] = { "", "list", "status", "hubs", "jobs", "monitor",
                "log-off seat-left --wait" };

        for (gsize i = 0; i < G_N_ELEMENTS(commands); i++)
                assert_says_how_to_start(f, commands[i]);
}

/* The service is not enabled: systemd does not know the name of its unit. */
static void test_not_enabled(Fixture *f, gconstpointer data) {
        make_startable(f, on_activation_of_nothing);
        assert_says_how_to_start(f, "");
}

/* A log-off that usherd started by itself: the name is null in JSON, and Usher in text. */
static void test_job_of_usher(Fixture *f, gconstpointer data) {
        g_autofree char *jobs = NULL, *status = NULL, *json = NULL;

        fixture_configure(f, TEST_CONFIG "IdleLogOffSec=1\n");
        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        fake_logind_set_idle(f->logind, "3", TRUE);
        WAIT_FOR(fixture_count_signals(f, MANAGER, "JobNew") == 1);

        jobs = ctl_print(f, "jobs --no-legend");
        g_assert_true(g_str_has_suffix(jobs, " idle   Usher\n"));
        status = ctl_print(f, "status seat-left");
        g_assert_nonnull(strstr(status, ", by Usher (idle)\n"));
        json = ctl_print(f, "jobs --json=short");
        g_assert_nonnull(strstr(json, "\"reason\":\"idle\",\"by\":null,"));
}

static void test_wait(Fixture *f, gconstpointer data) {
        g_autofree char *printed = NULL;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        printed = ctl_print(f, "log-off seat-left --wait --grace=1");
        g_assert_true(g_str_has_prefix(printed, "seat-left (ada): "));
        g_assert_true(g_str_has_suffix(printed, "seat-left (ada): logged off\n"));
}

/* A wait and a monitor go on with the next usherd. */
static void test_restart(Fixture *f, gconstpointer data) {
        g_autoptr(Ctl) wait = NULL, monitor = NULL;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        monitor = ctl_start(f, "monitor");
        WAIT_FOR(strstr(monitor->errors->str, "Changes follow"));
        wait = ctl_start(f, "log-off seat-left --wait --grace=4");
        WAIT_FOR(strstr(wait->output->str, " left, "));
        fixture_kill(f);
        fixture_start(f);

        g_assert_cmpint(ctl_wait(wait), ==, 0);
        g_assert_nonnull(strstr(wait->output->str,
                        "usherd is not running; waiting for it to come back.\nusherd is back.\n"));
        g_assert_true(g_str_has_suffix(wait->output->str, ": logged off\n"));

        WAIT_FOR(strstr(monitor->output->str, ": logged off (seat-left, ada)\n"));
        g_subprocess_send_signal(monitor->process, SIGINT);
        g_assert_cmpint(ctl_wait(monitor), ==, 0);
        g_assert_nonnull(strstr(monitor->output->str, "  usherd stopped\n"));
        g_assert_nonnull(strstr(monitor->output->str, "  usherd started\n"));
}

static void test_text_console(Fixture *f, gconstpointer data) {
        g_autofree char *before = NULL, *listed = NULL, *status = NULL, *alerts = NULL, *json = NULL;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        before = ctl_print(f, "list");
        g_assert_null(strstr(before, "text console"));

        fake_logind_add_session(f->logind, .id = "4", .uid = HEAD, .seat = "seat0", .type = "tty");
        fixture_wait_property(f, MANAGER, "TextConsole", "true");
        listed = ctl_print(f, "list");
        g_assert_nonnull(strstr(listed, "A text console is in front on seat0"));
        status = ctl_print(f, "status seat-left");
        g_assert_nonnull(strstr(status, "A text console is in front on seat0"));
        alerts = ctl_print(f, "alerts");
        g_assert_nonnull(strstr(alerts, "text-console"));
        json = ctl_print(f, "list --json");
        g_assert_null(strstr(json, "text console"));

        fake_logind_set_state(f->logind, "4", "closing");
        fake_logind_remove_session(f->logind, "4");
        fake_logind_add_session(f->logind, .id = "5", .uid = BEN, .seat = "seat0");
        fixture_wait_property(f, MANAGER, "TextConsole", "false");
        WAIT_FOR(fixture_count_signals(f, MANAGER, "PropertiesChanged") >= 2);
}

/* A program that asked for JSON gets nothing else on stdout. */
static void test_no_remarks_in_json(Fixture *f, gconstpointer data) {
        static const char *const lines[] = {
                "extend 1 60 --json",
                "cancel 1 --json",
                "cancel --json",
                "message-all Hello --json",
        };

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);
        g_free(fixture_log_off(f, "seat0", "{'grace': <uint32 600>}"));

        for (gsize i = 0; i < G_N_ELEMENTS(lines); i++) {
                g_autofree char *output = ctl_print(f, lines[i]);

                g_assert_cmpstr(output, ==, "");
        }
}

/* As root, who may do all of this. */
static void test_more_time(Fixture *f, gconstpointer data) {
        g_autofree char *asked = NULL, *jobs = NULL, *json = NULL, *denied = NULL, *granted = NULL,
                        *after = NULL;
        g_autoptr(Ctl) monitor = NULL, again = NULL;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        monitor = ctl_start(f, "monitor");
        WAIT_FOR(strstr(monitor->errors->str, "Changes follow"));
        g_free(fixture_log_off(f, "seat-left", "{'grace': <uint32 600>}"));

        asked = ctl_print(f, "request-time 1 10min");
        g_assert_cmpstr(asked, ==, "Job 1: asked for more time.\n");
        jobs = ctl_print(f, "jobs --no-legend");
        g_assert_nonnull(strstr(jobs, " 10 min 00 s "));
        json = ctl_print(f, "jobs --json=short");
        g_assert_nonnull(strstr(json, "\"asks-for\":600,"));
        WAIT_FOR(strstr(monitor->output->str, "ada asks for 10 min 00 s more\n"));

        denied = ctl_print(f, "deny-time 1");
        g_assert_cmpstr(denied, ==, "Job 1: ada gets no more time.\n");
        WAIT_FOR(strstr(monitor->output->str, "more time denied\n"));
        again = ctl_start(f, "deny-time 1");
        g_assert_cmpint(ctl_wait(again), ==, 1);
        g_assert_nonnull(strstr(again->errors->str, "no request for more time"));

        g_free(ctl_print(f, "request-time 1 10min --quiet"));
        granted = ctl_print(f, "extend 1 10min");
        g_assert_true(g_str_has_prefix(granted, "Job 1: ada has "));
        after = ctl_print(f, "jobs --json=short");
        g_assert_nonnull(strstr(after, "\"asks-for\":0,"));

        g_subprocess_send_signal(monitor->process, SIGINT);
        g_assert_cmpint(ctl_wait(monitor), ==, 0);
}

static void test_dry_run(Fixture *f, gconstpointer data) {
        g_autofree char *all = NULL, *json = NULL, *none = NULL;
        g_autoptr(Ctl) refused = NULL;

        at_station(f, "3", ADA, "seat-left");
        fake_logind_add_session(
                        f->logind, .id = "9", .uid = BEN, .type = "tty", .tty = "pts/0", .service = "sshd");
        fixture_start(f);
        g_variant_unref(usher_call(f->root, "/org/usher1/station/seat_2dleft", "Station.SetLabel",
                        ARGS("('Window',)")));

        all = ctl_print(f, "log-off-all --dry-run --wait");
        g_assert_cmpstr(all, ==,
                        "STATION   LABEL  USER SESSION LEFT-ALONE JOB\n"
                        "seat-left Window ada  3       -            -\n"
                        "-         -      ben  9       seatless     -\n"
                        "\n"
                        "2 sessions listed.\n");
        json = ctl_print(f, "restart --dry-run --json=short");
        g_assert_cmpstr(json, ==,
                        "{\"version\":1,\"sessions\":["
                        "{\"station\":\"seat-left\",\"label\":\"Window\",\"user\":\"ada\",\"session\":\"3\","
                        "\"left-alone\":null,\"job\":null,\"uid\":61001},"
                        "{\"station\":null,\"label\":null,\"user\":\"ben\",\"session\":\"9\","
                        "\"left-alone\":null,\"job\":null,\"uid\":61002}]}\n");
        none = ctl_print(f, "log-off seat0 --dry-run --quiet --no-legend");
        g_assert_cmpstr(none, ==, "");
        refused = ctl_start(f, "log-off-session 3 99 --dry-run");
        g_assert_cmpint(ctl_wait(refused), ==, 1);
        g_assert_cmpstr(refused->output->str, ==, "");
        assert_nothing_happened(f);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);
        g_assert_nonnull(g_getenv("USHERCTL"));

        fixture_add("/usherctl/lists-in-the-order-of-the-bus", test_order);
        fixture_add("/usherctl/starts-usherd", test_start);
        fixture_add("/usherctl/says-how-to-start-usherd", test_no_start);
        fixture_add("/usherctl/service-not-enabled", test_not_enabled);
        fixture_add("/usherctl/job-of-usher", test_job_of_usher);
        fixture_add("/usherctl/dry-run", test_dry_run);
        fixture_add("/usherctl/more-time", test_more_time);
        fixture_add("/usherctl/no-remarks-in-json", test_no_remarks_in_json);
        fixture_add("/usherctl/text-console", test_text_console);
        fixture_add("/usherctl/wait", test_wait);
        fixture_add("/usherctl/wait-and-monitor-survive-a-restart", test_restart);

        return g_test_run();
}
