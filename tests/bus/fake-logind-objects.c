/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Sessions, seats and the manager as objects, with the values of their properties. */

#include "fake-logind-internal.h"

#include <systemd/sd-bus.h>
#include <unistd.h>

#include "common/names.h"

char *fake_logind_path(const char *prefix, const char *id) {
        g_autofree char *copy = NULL;
        char *path = NULL;

        g_assert_cmpint(sd_bus_path_encode(prefix, id, &path), >=, 0);
        copy = g_strdup(path);
        free(path);
        return g_steal_pointer(&copy);
}

void session_free(gpointer p) {
        Session *s = p;

        if (s->ending > 0)
                g_source_remove(s->ending);
        g_free((char *) s->is.id);
        g_free((char *) s->is.name);
        g_free((char *) s->is.seat);
        g_free((char *) s->is.class);
        g_free((char *) s->is.type);
        g_free((char *) s->is.state);
        g_free((char *) s->is.tty);
        g_free((char *) s->is.display);
        g_free((char *) s->is.service);
        g_free((char *) s->is.desktop);
        g_free((char *) s->is.remote_host);
        g_free(s->path);
        g_free(s);
}

void seat_free(gpointer p) {
        Seat *s = p;

        g_free(s->id);
        g_free(s->path);
        g_free(s);
}

void inhibitor_free(gpointer p) {
        Inhibitor *i = p;

        close(i->fd);
        g_free(i->mode);
        g_free(i->what);
        g_free(i->who);
        g_free(i->why);
        g_free(i);
}

Session *session_find(FakeLogind *l, const char *id) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];

                if (g_str_equal(s->is.id, id))
                        return s;
        }

        return NULL;
}

Session *session_at(FakeLogind *l, const char *path) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];

                if (g_str_equal(s->path, path))
                        return s;
        }

        return NULL;
}

Seat *seat_find(FakeLogind *l, const char *id) {
        for (guint i = 0; i < l->seats->len; i++) {
                Seat *s = l->seats->pdata[i];

                if (g_str_equal(s->id, id))
                        return s;
        }

        return NULL;
}

Seat *seat_at(FakeLogind *l, const char *path) {
        for (guint i = 0; i < l->seats->len; i++) {
                Seat *s = l->seats->pdata[i];

                if (g_str_equal(s->path, path))
                        return s;
        }

        return NULL;
}

Session *seat_active_session(FakeLogind *l, const char *seat) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];

                if (g_str_equal(s->is.seat, seat) && !s->is.inactive)
                        return s;
        }

        return NULL;
}

static GVariant *get_session(Session *s, const char *property) {
        const FakeSession *is = &s->is;

        if (g_str_equal(property, "Id"))
                return g_variant_new_string(is->id);
        if (g_str_equal(property, "User")) {
                g_autofree char *id = g_strdup_printf("%u", is->uid),
                                *path = fake_logind_path(LOGIND_PATH "/user", id);

                return g_variant_new("(uo)", is->uid, path);
        }
        if (g_str_equal(property, "Name"))
                return g_variant_new_string(is->name);
        if (g_str_equal(property, "Timestamp"))
                return g_variant_new_uint64((guint64) s->since);
        if (g_str_equal(property, "TimestampMonotonic"))
                return g_variant_new_uint64(is->since_monotonic);
        if (g_str_equal(property, "VTNr"))
                return g_variant_new_uint32(is->vtnr);
        if (g_str_equal(property, "Seat")) {
                g_autofree char *path = is->seat[0] ? fake_logind_path(LOGIND_PATH "/seat", is->seat) :
                                                      g_strdup("/");

                return g_variant_new("(so)", is->seat, path);
        }
        if (g_str_equal(property, "TTY"))
                return g_variant_new_string(is->tty);
        if (g_str_equal(property, "Display"))
                return g_variant_new_string(is->display);
        if (g_str_equal(property, "Remote"))
                return g_variant_new_boolean(is->remote_host[0] != 0);
        if (g_str_equal(property, "RemoteHost"))
                return g_variant_new_string(is->remote_host);
        if (g_str_equal(property, "RemoteUser"))
                return g_variant_new_string("");
        if (g_str_equal(property, "Service"))
                return g_variant_new_string(is->service);
        if (g_str_equal(property, "Desktop"))
                return g_variant_new_string(is->desktop);
        if (g_str_equal(property, "Scope")) {
                g_autofree char *scope = g_strdup_printf("session-%s.scope", is->id);

                return g_variant_new_string(scope);
        }
        if (g_str_equal(property, "Leader"))
                return g_variant_new_uint32(is->leader);
        if (g_str_equal(property, "Audit"))
                return g_variant_new_uint32(0);
        if (g_str_equal(property, "Type"))
                return g_variant_new_string(is->type);
        if (g_str_equal(property, "Class"))
                return g_variant_new_string(is->class);
        if (g_str_equal(property, "Active"))
                return g_variant_new_boolean(!is->inactive);
        if (g_str_equal(property, "State"))
                return g_variant_new_string(is->state);
        if (g_str_equal(property, "IdleHint"))
                return g_variant_new_boolean(is->idle);
        if (g_str_equal(property, "IdleSinceHint"))
                return g_variant_new_uint64((guint64) is->idle_since);
        if (g_str_equal(property, "IdleSinceHintMonotonic"))
                return g_variant_new_uint64((guint64) (is->idle_since > 0 ? is->idle_since - s->since : 0));
        if (g_str_equal(property, "LockedHint"))
                return g_variant_new_boolean(is->locked);

        g_assert_not_reached();
}

static GVariant *get_seat(FakeLogind *l, Seat *seat, const char *property) {
        if (g_str_equal(property, "Id"))
                return g_variant_new_string(seat->id);
        if (g_str_equal(property, "ActiveSession")) {
                Session *s = seat_active_session(l, seat->id);

                return g_variant_new("(so)", s ? s->is.id : "", s ? s->path : "/");
        }
        if (g_str_equal(property, "CanTTY"))
                return g_variant_new_boolean(g_str_equal(seat->id, "seat0"));
        if (g_str_equal(property, "CanGraphical"))
                return g_variant_new_boolean(TRUE);
        if (g_str_equal(property, "Sessions")) {
                g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(so)"));

                for (guint i = 0; i < l->sessions->len; i++) {
                        Session *s = l->sessions->pdata[i];

                        if (g_str_equal(s->is.seat, seat->id))
                                g_variant_builder_add(&list, "(so)", s->is.id, s->path);
                }

                return g_variant_builder_end(&list);
        }
        if (g_str_equal(property, "IdleHint"))
                return g_variant_new_boolean(FALSE);

        return g_variant_new_uint64(0); /* IdleSinceHint, in both clocks */
}

static GVariant *get_manager(FakeLogind *l, const char *property) {
        if (g_str_equal(property, "IdleHint") || g_str_equal(property, "KillUserProcesses") ||
                        g_str_equal(property, "PreparingForSleep"))
                return g_variant_new_boolean(FALSE);
        if (g_str_equal(property, "PreparingForShutdown"))
                return g_variant_new_boolean(l->preparing);
        if (g_str_equal(property, "BlockInhibited"))
                return g_variant_new_string(fake_logind_inhibitors(l, "block") > 0 ? "shutdown" : "");
        if (g_str_equal(property, "DelayInhibited"))
                return g_variant_new_string(fake_logind_inhibitors(l, "delay") > 0 ? "shutdown" : "");
        if (g_str_equal(property, "InhibitDelayMaxUSec"))
                return g_variant_new_uint64(5 * G_USEC_PER_SEC);
        if (g_str_equal(property, "UserStopDelayUSec"))
                return g_variant_new_uint64(10 * G_USEC_PER_SEC);
        if (g_str_equal(property, "ScheduledShutdown"))
                return g_variant_new("(st)", "", (guint64) 0);
        if (g_str_equal(property, "SessionsMax"))
                return g_variant_new_uint64(8192);

        g_assert_cmpstr(property, ==, "NCurrentSessions");
        return g_variant_new_uint64(l->sessions->len);
}

GVariant *fake_logind_on_get(gpointer owner, const char *path, const char *interface, const char *property) {
        FakeLogind *l = owner;

        if (g_str_equal(interface, LOGIND_IFACE_SESSION)) {
                Session *s = session_at(l, path);

                return s ? get_session(s, property) : NULL;
        }

        if (g_str_equal(interface, LOGIND_IFACE_SEAT)) {
                Seat *s = seat_at(l, path);

                return s ? get_seat(l, s, property) : NULL;
        }

        return get_manager(l, property);
}
