/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "machine.h"
#include "measure.h"

GVariant *machine_call(Box *box,
                const char *name,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arg) {

        g_autoptr(GError) error = NULL;
        GVariant *reply = box_call(box, name, path, interface, member, arg, &error);

        g_assert_no_error(error);
        return reply;
}

guint machine_count(GVariant *reply) {
        g_autoptr(GVariant) list = g_variant_get_child_value(reply, 0);

        return (guint) g_variant_n_children(list);
}

void machine_systemctl(const char *verb, const char *unit) {
        const char *argv[] = { "systemctl", verb, unit, NULL };
        g_autoptr(GError) error = NULL;
        int status;

        g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                        &error);
        g_assert_no_error(error);
        g_assert_cmpint(status, ==, 0);
}

typedef struct {
        const char *service;
        guint64 used;
        gint64 since;
} Quiet;

static bool is_quiet(gpointer userdata) {
        Quiet *q = userdata;
        guint64 used = service_cpu(q->service);

        if (used != q->used) {
                q->used = used;
                q->since = g_get_monotonic_time();
        }
        return g_get_monotonic_time() - q->since > 2 * G_USEC_PER_SEC;
}

void machine_wait_quiet(const char *service) {
        Quiet q = { .service = service };

        g_assert_true(box_wait(is_quiet, &q, MACHINE_WAIT_MSEC));
}

GPtrArray *machine_open(Box *box, guint n_seats, guint n) {
        GPtrArray *sessions = g_ptr_array_new_with_free_func((GDestroyNotify) box_session_free);
        BoxMonitor *monitor = box_monitor_new(box, "org.freedesktop.login1", NULL, NULL, "SessionNew");

        for (guint i = 0; i < n; i++) {
                g_autofree char *user = g_strdup_printf("u%u", i % n_seats + 1);
                g_autofree char *seat = g_strdup_printf("seat-box%u", i % n_seats + 1);
                g_autoptr(GError) error = NULL;
                BoxSession *s = box_session_start(
                                box, &(BoxSessionOptions) { .user = user, .seat = seat }, &error);

                g_assert_no_error(error);
                g_ptr_array_add(sessions, s);
        }

        /* Since version 256 users' managers are sessions of logind too, so there may be more. */
        g_assert_nonnull(box_monitor_wait(monitor, NULL, n, MACHINE_WAIT_MSEC));
        box_monitor_free(monitor);
        machine_wait_quiet(LOGIND_SERVICE);
        return sessions;
}

void machine_assert_open(GPtrArray *sessions) {
        for (guint i = 0; i < sessions->len; i++) {
                g_autoptr(GError) error = NULL;

                (void) box_session_wait_open(sessions->pdata[i], &error);
                g_assert_no_error(error);
        }
}

static bool nobody_is_there(gpointer userdata) {
        g_autoptr(GVariant) users = machine_call(userdata, LOGIND, "ListUsers", NULL);

        return machine_count(users) == 0;
}

void machine_wait_empty(Box *box) {
        g_assert_true(box_wait(nobody_is_there, box, MACHINE_WAIT_MSEC));
}
