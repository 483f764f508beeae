/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gstdio.h>
#include <string.h>

#include "usher.h"

#define CONFIGURATION "/etc/usher/usherd.conf"
/* Files outside of /run vanish with the box. */
#define NOTIFIER_PROGRAM "/usr/local/bin/box-notifier"
#define NOTIFIER_DIRECTORY "/tmp/box-notifier"

guint usher_count(const char *text, const char *part) {
        guint n = 0;

        while ((text = strstr(text, part))) {
                text += strlen(part);
                n++;
        }
        return n;
}

char *usher_output(const char *const *argv) {
        g_autoptr(GError) error = NULL;
        char *output;
        int status;

        g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, &status,
                        &error);
        g_assert_no_error(error);
        if (status != 0)
                g_test_message("%s: %s", argv[0], output);
        g_assert_cmpint(status, ==, 0);
        return output;
}

double seconds_since(gint64 begin) {
        return (double) (g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
}

void usher_systemctl(const char *verb, const char *argument, const char *unit) {
        const char *argv[] = { "systemctl", verb, argument ? argument : unit, argument ? unit : NULL, NULL };
        g_autofree char *output = usher_output(argv);
}

char *usher_journal(const char *match) {
        g_autofree char *synced = usher_output((const char *const[]) { "journalctl", "--sync", NULL });

        return usher_output((const char *const[]) {
                        "journalctl", "--quiet", "--output=export", "--no-pager", match, NULL });
}

void usher_set_up(Usher *u, gconstpointer configuration) {
        g_autofree char *before = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_true(box_inside());
        if (!g_file_get_contents(CONFIGURATION, &before, NULL, NULL) ||
                        !g_str_equal(before, configuration)) {
                g_assert_cmpint(g_mkdir_with_parents("/etc/usher", 0755), ==, 0);
                g_file_set_contents(CONFIGURATION, configuration, -1, &error);
                g_assert_no_error(error);
                usher_systemctl("restart", NULL, "usherd.service");
        }

        u->box = box_new(&error);
        g_assert_no_error(error);
        u->removed = box_monitor_new(u->box, "org.usher1", NULL, "org.usher1.Manager", "JobRemoved");
}

Usher *usher_new(const char *configuration) {
        Usher *u = g_new0(Usher, 1);

        usher_set_up(u, configuration);
        return u;
}

static bool no_jobs(gpointer userdata) {
        g_auto(GStrv) jobs = usher_jobs(userdata);

        return jobs && !jobs[0];
}

bool usher_wait_no_jobs(Usher *u) {
        return box_wait(no_jobs, u, BOX_TIMEOUT_MSEC);
}

void usher_tear_down(Usher *u, gconstpointer configuration) {
        g_autoptr(GVariant) reply = usher_call(u, "CancelAll", NULL, NULL);

        g_assert_true(usher_wait_no_jobs(u));
        box_monitor_free(u->removed);
        box_free(u->box);
}

void usher_free(Usher *u) {
        usher_tear_down(u, NULL);
        g_free(u);
}

GVariant *usher_call(Usher *u, const char *member, GVariant *parameters, GError **error) {
        return box_call(u->box, "org.usher1", "/org/usher1", "org.usher1.Manager", member, parameters,
                        error);
}

void usher_call_fails(Usher *u, const char *member, GVariant *parameters, const char *error_name) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call(u, member, parameters, &error);
        g_autofree char *actual = error ? g_dbus_error_get_remote_error(error) : NULL;

        g_assert_cmpstr(actual, ==, error_name);
}

BoxSession *usher_open(Usher *u, const BoxSessionOptions *options) {
        g_autoptr(GError) error = NULL;
        BoxSession *session = box_session_open(u->box, options, &error);

        g_assert_no_error(error);
        usher_wait_known(u, session);
        return session;
}

typedef struct {
        Usher *usher;
        BoxSession *session;
        bool shown; /* by its station, which shows people's sessions */
} KnownWait;

static bool is_shown_open(KnownWait *w, const char *station) {
        g_autoptr(GVariant) sessions = box_get_property(
                        w->usher->box, "org.usher1", station, "org.usher1.Station", "Sessions", NULL);
        const char *id, *state;
        GVariantIter iter;

        if (!sessions)
                return false;

        g_variant_iter_init(&iter, sessions);
        while (g_variant_iter_next(&iter, "(&su&s&s&s)", &id, NULL, NULL, NULL, &state))
                if (g_str_equal(id, w->session->id))
                        return !g_str_equal(state, "opening");
        return false;
}

static bool is_known(gpointer userdata) {
        KnownWait *w = userdata;
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;
        const char *station;

        reply = usher_call(w->usher, "GetStationBySession", g_variant_new("(s)", w->session->id), &error);
        /* usherd knows a session without a seat too: the error is about its station then. */
        if (!reply)
                return !w->session->seat && strstr(error->message, "NoSuchStation");

        g_variant_get(reply, "(&o)", &station);
        return !w->shown || is_shown_open(w, station);
}

void usher_wait_known(Usher *u, BoxSession *session) {
        g_autofree char *class = box_session_get(session, "Class");
        KnownWait w = { u, session, g_str_equal(class, "user") };

        g_assert_true(box_wait(is_known, &w, BOX_TIMEOUT_MSEC));
}

GVariant *usher_options(guint grace, const char *message) {
        GVariantBuilder b;

        g_variant_builder_init(&b, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&b, "{sv}", "grace", g_variant_new_uint32(grace));
        if (message)
                g_variant_builder_add(&b, "{sv}", "message", g_variant_new_string(message));
        return g_variant_builder_end(&b);
}

char **usher_log_off(Usher *u, const char *station, guint grace, const char *message) {
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;
        char **jobs;

        reply = usher_call(u, "LogOff", g_variant_new("(s@a{sv})", station, usher_options(grace, message)),
                        &error);
        g_assert_no_error(error);
        g_variant_get(reply, "(^ao)", &jobs);
        return jobs;
}

guint usher_log_off_all(Usher *u, GVariant *options) {
        g_autoptr(GVariant) reply = NULL, jobs = NULL;
        g_autoptr(GError) error = NULL;

        reply = usher_call(u, "LogOffAll", g_variant_new("(@a{sv})", options), &error);
        g_assert_no_error(error);
        jobs = g_variant_get_child_value(reply, 0);
        return (guint) g_variant_n_children(jobs);
}

guint usher_last_operation(Usher *u, const char *key) {
        g_autoptr(GVariant) operation = box_get_property(
                        u->box, "org.usher1", "/org/usher1", "org.usher1.Manager", "LastOperation", NULL);
        guint n;

        g_assert_nonnull(operation);
        g_assert_true(g_variant_lookup(operation, key, "u", &n));
        return n;
}

guint usher_cancel_all(Usher *u) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call(u, "CancelAll", NULL, &error);
        guint n;

        g_assert_no_error(error);
        g_variant_get(reply, "(u)", &n);
        return n;
}

char **usher_jobs(Usher *u) {
        g_autoptr(GVariant) value = box_get_property(
                        u->box, "org.usher1", "/org/usher1", "org.usher1.Manager", "Jobs", NULL);

        return value ? g_variant_dup_objv(value, NULL) : NULL;
}

char *usher_job_get(Usher *u, const char *job, const char *property) {
        g_autoptr(GVariant) value =
                        box_get_property(u->box, "org.usher1", job, "org.usher1.Job", property, NULL);

        return value ? g_variant_dup_string(value, NULL) : NULL;
}

typedef struct {
        Usher *usher;
        const char *job, *property, *value;
} JobWait;

static bool job_has(gpointer userdata) {
        JobWait *w = userdata;
        g_autofree char *value = usher_job_get(w->usher, w->job, w->property);

        return g_strcmp0(value, w->value) == 0;
}

bool usher_job_wait(Usher *u, const char *job, const char *property, const char *value, guint timeout_msec) {
        JobWait w = { u, job, property, value };

        return box_wait(job_has, &w, timeout_msec);
}

void usher_assert_removed(Usher *u, guint n, BoxSession *session, const char *result, guint timeout_msec) {
        const BoxSignal *signal = box_monitor_wait(u->removed, NULL, n, timeout_msec);
        const char *id, *actual;

        g_assert_nonnull(signal);
        g_variant_get(signal->parameters, "(u&o&s&s&s)", NULL, NULL, NULL, &id, &actual);
        g_assert_cmpstr(actual, ==, result);
        if (session)
                g_assert_cmpstr(id, ==, session->id);
}

static bool is_up(gpointer userdata) {
        Notifier *n = userdata;
        g_autofree char *text = notifier_read(n);

        return g_str_has_prefix(text, "up\n");
}

void notifier_install(void) {
        g_autofree char *self = g_file_read_link("/proc/self/exe", NULL), *built = NULL;
        g_autoptr(GFile) from = NULL, to = NULL;
        g_autoptr(GError) error = NULL;

        *strrchr(self, '/') = '\0';
        built = g_build_filename(self, "../box/box-notifier", NULL);
        from = g_file_new_for_path(built);
        to = g_file_new_for_path(NOTIFIER_PROGRAM);
        (void) g_file_copy(from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_cmpint(g_chmod(NOTIFIER_PROGRAM, 0755), ==, 0);
}

Notifier *notifier_new(Usher *u, BoxSession *session, const char *mode) {
        static unsigned count;
        g_autoptr(GError) error = NULL;
        Notifier *n = g_new0(Notifier, 1);

        g_assert_cmpint(g_mkdir_with_parents(NOTIFIER_DIRECTORY, 0777), ==, 0);
        g_assert_cmpint(g_chmod(NOTIFIER_DIRECTORY, 01777), ==, 0);
        if (!g_file_test(NOTIFIER_PROGRAM, G_FILE_TEST_EXISTS))
                notifier_install();
        n->file = g_strdup_printf(NOTIFIER_DIRECTORY "/%s-%u", session->user, count++);
        n->process = box_spawn(u->box, session->user, session, G_SUBPROCESS_FLAGS_NONE,
                        (const char *const[]) { NOTIFIER_PROGRAM, mode, n->file, NULL }, &error);
        g_assert_no_error(error);
        g_assert_true(box_wait(is_up, n, BOX_TIMEOUT_MSEC));
        return n;
}

void notifier_free(Notifier *n) {
        g_subprocess_force_exit(n->process);
        g_object_unref(n->process);
        (void) g_unlink(n->file);
        g_free(n->file);
        g_free(n);
}

char *notifier_read(Notifier *n) {
        char *text = NULL;

        return g_file_get_contents(n->file, &text, NULL, NULL) ? text : g_strdup("");
}

bool notifier_shown(const char *file, const char *text, gint64 after, gint64 before) {
        g_autofree char *seen = NULL;

        if (!g_file_get_contents(file, &seen, NULL, NULL))
                return false;

        for (const char *at = seen; (at = strstr(at, text)) && (at = strstr(at, "\nat "));) {
                gint64 time = g_ascii_strtoll(at + strlen("\nat "), NULL, 10);

                if (time > after && time < before)
                        return true;
        }
        return false;
}

typedef struct {
        Notifier *notifier;
        const char *text;
} TextWait;

static bool has_text(gpointer userdata) {
        TextWait *w = userdata;
        g_autofree char *text = notifier_read(w->notifier);

        return strstr(text, w->text);
}

bool notifier_wait(Notifier *n, const char *text, guint timeout_msec) {
        TextWait w = { n, text };

        return box_wait(has_text, &w, timeout_msec);
}
