/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The machine as a whole: its bus, waiting, seats, signals. session.c is about sessions, run.c about
 * programs. */

#include <unistd.h>

#include "internal.h"

/* ---- waiting ---- */

static gboolean on_time(gpointer userdata) {
        *(bool *) userdata = true;
        return G_SOURCE_CONTINUE;
}

static gboolean on_tick(gpointer userdata) {
        return G_SOURCE_CONTINUE;
}

bool box_wait(bool (*done)(gpointer userdata), gpointer userdata, guint timeout_msec) {
        bool late = false;
        guint deadline, tick;

        deadline = g_timeout_add(timeout_msec, on_time, &late);
        tick = g_timeout_add(20, on_tick, NULL);
        while (!done(userdata) && !late)
                g_main_context_iteration(NULL, TRUE);
        g_source_remove(tick);
        g_source_remove(deadline);
        /* One more look, for a machine so slow that the time was up at the first one. */
        return !late || done(userdata);
}

/* ---- the bus ---- */

GDBusConnection *box_bus(Box *box) {
        return box->bus;
}

GVariant *box_call(Box *box,
                const char *destination,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *parameters,
                GError **error) {
        return g_dbus_connection_call_sync(box->bus, destination, path, interface, member, parameters, NULL,
                        G_DBUS_CALL_FLAGS_NONE, BOX_TIMEOUT_MSEC, NULL, error);
}

GVariant *box_get_property(Box *box,
                const char *destination,
                const char *path,
                const char *interface,
                const char *property,
                GError **error) {
        g_autoptr(GVariant) reply = NULL, value = NULL;

        reply = box_call(box, destination, path, "org.freedesktop.DBus.Properties", "Get",
                        g_variant_new("(ss)", interface, property), error);
        if (!reply)
                return NULL;

        g_variant_get(reply, "(v)", &value);
        return g_steal_pointer(&value);
}

GVariant *box_call_systemd(Box *box, const char *member, GVariant *parameters, GError **error) {
        return box_call(box, SYSTEMD_NAME, SYSTEMD_PATH, SYSTEMD_INTERFACE, member, parameters, error);
}

GVariant *box_call_logind(Box *box, const char *member, GVariant *parameters, GError **error) {
        return box_call(box, LOGIND_NAME, LOGIND_PATH, LOGIND_INTERFACE, member, parameters, error);
}

char *box_unit_path(const char *unit) {
        GString *path = g_string_new(SYSTEMD_PATH "/unit/");

        for (const char *c = unit; *c; c++)
                if (g_ascii_isalpha(*c) || (g_ascii_isdigit(*c) && c > unit))
                        g_string_append_c(path, *c);
                else
                        g_string_append_printf(path, "_%02x", (guchar) *c);
        return g_string_free(path, FALSE);
}

/* ---- the box ---- */

bool box_inside(void) {
        return access("/run/box/command", F_OK) >= 0;
}

static void on_job_removed(GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *parameters,
                gpointer userdata) {
        Box *box = userdata;
        const char *job, *result;

        g_variant_get(parameters, "(u&o&s&s)", NULL, &job, NULL, &result);
        g_hash_table_insert(box->results, g_strdup(job), g_strdup(result));
}

static bool box_connect(Box *box, GError **error) {
        g_autofree char *address = g_dbus_address_get_for_bus_sync(G_BUS_TYPE_SYSTEM, NULL, error);
        g_autoptr(GVariant) reply = NULL;

        if (!address)
                return false;

        /* Not the connection that a process shares: after the end of the bus that one stays closed. */
        box->bus = g_dbus_connection_new_for_address_sync(address,
                        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                        G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                        NULL, NULL, error);
        if (!box->bus)
                return false;

        box->job_removed = g_dbus_connection_signal_subscribe(box->bus, SYSTEMD_NAME, SYSTEMD_INTERFACE,
                        "JobRemoved", SYSTEMD_PATH, NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_job_removed, box,
                        NULL);
        /* systemd sends signals only to subscribers. */
        reply = box_call_systemd(box, "Subscribe", NULL, error);
        return reply;
}

static void box_disconnect(Box *box) {
        if (!box->bus)
                return;

        g_dbus_connection_signal_unsubscribe(box->bus, box->job_removed);
        (void) g_dbus_connection_close_sync(box->bus, NULL, NULL);
        g_clear_object(&box->bus);
}

Box *box_new(GError **error) {
        g_autoptr(Box) box = g_new0(Box, 1);

        box->results = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
        return box_connect(box, error) ? g_steal_pointer(&box) : NULL;
}

bool box_reconnect(Box *box, GError **error) {
        box_disconnect(box);
        return box_connect(box, error);
}

void box_free(Box *box) {
        if (!box)
                return;

        box_disconnect(box);
        g_hash_table_unref(box->results);
        g_free(box);
}

char **box_list_seats(Box *box, GError **error) {
        g_autoptr(GPtrArray) seats = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GVariantIter) iter = NULL;
        g_autoptr(GVariant) reply = NULL;
        const char *id;

        reply = box_call_logind(box, "ListSeats", NULL, error);
        if (!reply)
                return NULL;

        g_variant_get(reply, "(a(so))", &iter);
        while (g_variant_iter_next(iter, "(&so)", &id, NULL))
                g_ptr_array_add(seats, g_strdup(id));
        g_ptr_array_add(seats, NULL);
        return (char **) g_ptr_array_free(g_steal_pointer(&seats), FALSE);
}

guint box_count_sessions(Box *box, const char *class) {
        g_autoptr(GVariantIter) iter = NULL;
        g_autoptr(GVariant) reply = NULL;
        const char *path;
        guint n = 0;

        reply = box_call_logind(box, "ListSessions", NULL, NULL);
        g_assert_nonnull(reply);

        g_variant_get(reply, "(a(susso))", &iter);
        while (g_variant_iter_next(iter, "(&su&s&s&o)", NULL, NULL, NULL, NULL, &path)) {
                g_autoptr(GVariant) value = NULL;

                /* A session that ends during the count does not count. */
                value = box_get_property(box, LOGIND_NAME, path, LOGIND_SESSION_INTERFACE, "Class", NULL);
                if (value && (!class || g_str_equal(g_variant_get_string(value, NULL), class)))
                        n++;
        }
        return n;
}

/* ---- signals ---- */

struct BoxMonitor {
        GDBusConnection *bus;
        guint subscription;
        GPtrArray *signals;
};

static void signal_free(gpointer p) {
        BoxSignal *s = p;

        g_free(s->path);
        g_free(s->interface);
        g_free(s->member);
        g_variant_unref(s->parameters);
        g_free(s);
}

static void on_signal(GDBusConnection *bus,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *parameters,
                gpointer userdata) {
        BoxMonitor *monitor = userdata;
        BoxSignal *s = g_new(BoxSignal, 1);

        *s = (BoxSignal) {
                .path = g_strdup(path),
                .interface = g_strdup(interface),
                .member = g_strdup(member),
                .parameters = g_variant_ref(parameters),
        };
        g_ptr_array_add(monitor->signals, s);
}

BoxMonitor *box_monitor_new(
                Box *box, const char *sender, const char *path, const char *interface, const char *member) {
        BoxMonitor *monitor = g_new(BoxMonitor, 1);
        g_autoptr(GVariant) reply = NULL;

        *monitor = (BoxMonitor) {
                .bus = g_object_ref(box->bus),
                .signals = g_ptr_array_new_with_free_func(signal_free),
        };
        monitor->subscription = g_dbus_connection_signal_subscribe(box->bus, sender, interface, member, path,
                        NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, monitor, NULL);
        /* AddMatch is sent without waiting; after this round trip the match is in place. */
        reply = box_call(box, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus.Peer",
                        "Ping", NULL, NULL);
        return monitor;
}

void box_monitor_free(BoxMonitor *monitor) {
        if (!monitor)
                return;

        g_dbus_connection_signal_unsubscribe(monitor->bus, monitor->subscription);
        g_object_unref(monitor->bus);
        g_ptr_array_unref(monitor->signals);
        g_free(monitor);
}

static BoxSignal *monitor_find(BoxMonitor *monitor, const char *member, guint n, guint *ret_count) {
        guint count = 0;

        for (guint i = 0; i < monitor->signals->len; i++) {
                BoxSignal *s = g_ptr_array_index(monitor->signals, i);

                if (member && !g_str_equal(s->member, member))
                        continue;
                if (++count == n)
                        return s;
        }
        if (ret_count)
                *ret_count = count;
        return NULL;
}

guint box_monitor_count(BoxMonitor *monitor, const char *member) {
        guint count = 0;

        while (g_main_context_iteration(NULL, FALSE))
                ;
        (void) monitor_find(monitor, member, 0, &count);
        return count;
}

typedef struct {
        BoxMonitor *monitor;
        const char *member;
        guint n;
} Awaited;

static bool signal_seen(gpointer userdata) {
        Awaited *a = userdata;

        return monitor_find(a->monitor, a->member, a->n, NULL);
}

const BoxSignal *box_monitor_wait(BoxMonitor *monitor, const char *member, guint n, guint timeout_msec) {
        Awaited a = { .monitor = monitor, .member = member, .n = n };

        g_assert(n > 0);
        (void) box_wait(signal_seen, &a, timeout_msec);
        return monitor_find(monitor, member, n, NULL);
}
