/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-logind.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include "names.h"

/* clang-format off */
static const char xml[] =
        "<node>"
        INTERFACE("org.freedesktop.login1.Manager",
                METHOD("GetSession", IN("s") OUT("o"))
                METHOD("GetSessionByPID", IN("u") OUT("o"))
                METHOD("GetUser", IN("u") OUT("o"))
                METHOD("GetSeat", IN("s") OUT("o"))
                METHOD("ListSessions", OUT("a(susso)"))
                METHOD("ListUsers", OUT("a(uso)"))
                METHOD("ListSeats", OUT("a(so)"))
                METHOD("ListInhibitors", OUT("a(ssssuu)"))
                METHOD("ActivateSession", IN("s"))
                METHOD("LockSession", IN("s"))
                METHOD("UnlockSession", IN("s"))
                METHOD("LockSessions", "")
                METHOD("UnlockSessions", "")
                METHOD("KillSession", IN("s") IN("s") IN("i"))
                METHOD("KillUser", IN("u") IN("i"))
                METHOD("TerminateSession", IN("s"))
                METHOD("TerminateUser", IN("u"))
                METHOD("TerminateSeat", IN("s"))
                METHOD("AttachDevice", IN("s") IN("s") IN("b"))
                METHOD("FlushDevices", IN("b"))
                METHOD("PowerOff", IN("b"))
                METHOD("PowerOffWithFlags", IN("t"))
                METHOD("Reboot", IN("b"))
                METHOD("RebootWithFlags", IN("t"))
                METHOD("CanPowerOff", OUT("s"))
                METHOD("CanReboot", OUT("s"))
                METHOD("ScheduleShutdown", IN("s") IN("t"))
                METHOD("CancelScheduledShutdown", OUT("b"))
                METHOD("Inhibit", IN("s") IN("s") IN("s") IN("s") OUT("h"))
                METHOD("SetWallMessage", IN("s") IN("b"))
                SIGNAL("SessionNew", ARG("s") ARG("o"))
                SIGNAL("SessionRemoved", ARG("s") ARG("o"))
                SIGNAL("SeatNew", ARG("s") ARG("o"))
                SIGNAL("SeatRemoved", ARG("s") ARG("o"))
                SIGNAL("PrepareForShutdown", ARG("b"))
                SIGNAL("PrepareForSleep", ARG("b"))
                PROPERTY("IdleHint", "b")
                PROPERTY("BlockInhibited", "s")
                PROPERTY("DelayInhibited", "s")
                PROPERTY("InhibitDelayMaxUSec", "t")
                PROPERTY("UserStopDelayUSec", "t")
                PROPERTY("KillUserProcesses", "b")
                PROPERTY("PreparingForShutdown", "b")
                PROPERTY("PreparingForSleep", "b")
                PROPERTY("ScheduledShutdown", "(st)")
                PROPERTY("SessionsMax", "t")
                PROPERTY("NCurrentSessions", "t"))
        INTERFACE("org.freedesktop.login1.Seat",
                METHOD("Terminate", "")
                METHOD("ActivateSession", IN("s"))
                METHOD("SwitchTo", IN("u"))
                PROPERTY("Id", "s")
                PROPERTY("ActiveSession", "(so)")
                PROPERTY("CanTTY", "b")
                PROPERTY("CanGraphical", "b")
                PROPERTY("Sessions", "a(so)")
                PROPERTY("IdleHint", "b")
                PROPERTY("IdleSinceHint", "t")
                PROPERTY("IdleSinceHintMonotonic", "t"))
        INTERFACE("org.freedesktop.login1.Session",
                METHOD("Terminate", "")
                METHOD("Activate", "")
                METHOD("Lock", "")
                METHOD("Unlock", "")
                METHOD("Kill", IN("s") IN("i"))
                SIGNAL("Lock", "")
                SIGNAL("Unlock", "")
                PROPERTY("Id", "s")
                PROPERTY("User", "(uo)")
                PROPERTY("Name", "s")
                PROPERTY("Timestamp", "t")
                PROPERTY("TimestampMonotonic", "t")
                PROPERTY("VTNr", "u")
                PROPERTY("Seat", "(so)")
                PROPERTY("TTY", "s")
                PROPERTY("Display", "s")
                PROPERTY("Remote", "b")
                PROPERTY("RemoteHost", "s")
                PROPERTY("RemoteUser", "s")
                PROPERTY("Service", "s")
                PROPERTY("Desktop", "s")
                PROPERTY("Scope", "s")
                PROPERTY("Leader", "u")
                PROPERTY("Audit", "u")
                PROPERTY("Type", "s")
                PROPERTY("Class", "s")
                PROPERTY("Active", "b")
                PROPERTY("State", "s")
                PROPERTY("IdleHint", "b")
                PROPERTY("IdleSinceHint", "t")
                PROPERTY("IdleSinceHintMonotonic", "t")
                PROPERTY("LockedHint", "b"))
        "</node>";
/* clang-format on */

typedef struct Session {
        FakeSession is; /* every text in it is ours */
        char *path;
        gint64 since;
        guint ending; /* the source that will end it */
} Session;

typedef struct Seat {
        char *id;
        char *path;
} Seat;

typedef struct Inhibitor {
        int fd; /* closed at the other end: given up */
        char *mode;
        char *what;
        char *who;
        char *why;
} Inhibitor;

static char *encode(const char *prefix, const char *id) {
        g_autofree char *copy = NULL;
        char *path = NULL;

        g_assert_cmpint(sd_bus_path_encode(prefix, id, &path), >=, 0);
        copy = g_strdup(path);
        free(path);
        return g_steal_pointer(&copy);
}

static void session_free(gpointer p) {
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

static void seat_free(gpointer p) {
        Seat *s = p;

        g_free(s->id);
        g_free(s->path);
        g_free(s);
}

static void inhibitor_free(gpointer p) {
        Inhibitor *i = p;

        close(i->fd);
        g_free(i->mode);
        g_free(i->what);
        g_free(i->who);
        g_free(i->why);
        g_free(i);
}

static Session *session_find(FakeLogind *l, const char *id) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];

                if (g_str_equal(s->is.id, id))
                        return s;
        }

        return NULL;
}

static Session *session_at(FakeLogind *l, const char *path) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];

                if (g_str_equal(s->path, path))
                        return s;
        }

        return NULL;
}

static Seat *seat_find(FakeLogind *l, const char *id) {
        for (guint i = 0; i < l->seats->len; i++) {
                Seat *s = l->seats->pdata[i];

                if (g_str_equal(s->id, id))
                        return s;
        }

        return NULL;
}

static Seat *seat_at(FakeLogind *l, const char *path) {
        for (guint i = 0; i < l->seats->len; i++) {
                Seat *s = l->seats->pdata[i];

                if (g_str_equal(s->path, path))
                        return s;
        }

        return NULL;
}

static Session *seat_active_session(FakeLogind *l, const char *seat) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];

                if (g_str_equal(s->is.seat, seat) && !s->is.inactive)
                        return s;
        }

        return NULL;
}

gboolean fake_logind_has_session(FakeLogind *l, const char *id) {
        return session_find(l, id) != NULL;
}

const char *fake_logind_session_of_scope(FakeLogind *l, const char *scope) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];
                g_autofree char *name = g_strdup_printf("session-%s.scope", s->is.id);

                if (g_str_equal(name, scope))
                        return s->is.id;
        }

        return NULL;
}

/* Properties */

static GVariant *get_session(Session *s, const char *property) {
        const FakeSession *is = &s->is;

        if (g_str_equal(property, "Id"))
                return g_variant_new_string(is->id);
        if (g_str_equal(property, "User")) {
                g_autofree char *id = g_strdup_printf("%u", is->uid),
                                *path = encode(LOGIND_PATH "/user", id);

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
                g_autofree char *path = is->seat[0] ? encode(LOGIND_PATH "/seat", is->seat) : g_strdup("/");

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

static GVariant *on_get(gpointer owner, const char *path, const char *interface, const char *property) {
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

/* How sessions end */

static void seat_emit_active(FakeLogind *l, const char *id) {
        Seat *seat = seat_find(l, id);

        if (seat)
                fake_emit_changed(&l->fake, seat->path, LOGIND_IFACE_SEAT,
                                (const char *const[]){ "ActiveSession", NULL });
}

void fake_logind_remove_session(FakeLogind *l, const char *id) {
        Session *s = session_find(l, id);
        g_autofree char *seat = NULL;
        gboolean was_active;

        g_assert_nonnull(s);
        seat = g_strdup(s->is.seat);
        was_active = seat_active_session(l, seat) == s;

        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved",
                        g_variant_new("(so)", s->is.id, s->path));
        g_ptr_array_remove(l->sessions, s);
        if (was_active)
                seat_emit_active(l, seat);
}

typedef struct Ending {
        FakeLogind *logind;
        Session *session;
} Ending;

static gboolean end_session(gpointer data) {
        Ending *e = data;

        e->session->ending = 0;
        fake_logind_remove_session(e->logind, e->session->is.id);
        return G_SOURCE_REMOVE;
}

/* After the answer to whoever asked, as in life. */
static void end_session_soon(FakeLogind *l, Session *s) {
        if (s->ending > 0)
                return;

        Ending *e = g_new(Ending, 1);
        *e = (Ending){ .logind = l, .session = s };
        s->ending = g_idle_add_full(G_PRIORITY_LOW, end_session, e, g_free);
}

/* Methods */

static void refuse(GDBusMethodInvocation *invocation, const char *name, const char *id) {
        g_autofree char *text = g_strdup_printf("'%s' is not known", id);

        g_dbus_method_invocation_return_dbus_error(invocation, name, text);
}

static void on_terminate(FakeLogind *l, Session *s, GDBusMethodInvocation *invocation) {
        if (l->refuse_terminate) {
                g_dbus_method_invocation_return_dbus_error(
                                invocation, l->refuse_terminate, "Told to refuse");
                return;
        }

        g_dbus_method_invocation_return_value(invocation, NULL);

        /* logind does nothing to what is closing already. */
        if (g_str_equal(s->is.state, "closing"))
                return;

        g_free((char *) s->is.state);
        s->is.state = g_strdup("closing");
        if (!l->ignore_terminate)
                end_session_soon(l, s);
}

static void on_kill(FakeLogind *l,
                Session *s,
                const char *who,
                gint32 number,
                GDBusMethodInvocation *invocation) {
        g_dbus_method_invocation_return_value(invocation, NULL);
        if (!l->ignore_kill && number == SIGKILL && g_str_equal(who, "all"))
                end_session_soon(l, s);
}

static void on_inhibit(FakeLogind *l, GVariant *arguments, GDBusMethodInvocation *invocation) {
        g_autoptr(GUnixFDList) list = g_unix_fd_list_new();
        Inhibitor *inhibitor = g_new0(Inhibitor, 1);
        int fds[2];

        g_variant_get(arguments, "(ssss)", &inhibitor->what, &inhibitor->who, &inhibitor->why,
                        &inhibitor->mode);
        g_assert_no_errno(pipe2(fds, O_CLOEXEC | O_NONBLOCK));
        inhibitor->fd = fds[0];
        g_ptr_array_add(l->inhibitors, inhibitor);

        g_assert_cmpint(g_unix_fd_list_append(list, fds[1], NULL), ==, 0);
        close(fds[1]);
        g_dbus_method_invocation_return_value_with_unix_fd_list(invocation, g_variant_new("(h)", 0), list);
}

static void drop_released_inhibitors(FakeLogind *l) {
        for (guint i = l->inhibitors->len; i > 0; i--) {
                struct pollfd p = { .fd = ((Inhibitor *) l->inhibitors->pdata[i - 1])->fd };

                if (poll(&p, 1, 0) > 0 && (p.revents & POLLHUP))
                        g_ptr_array_remove_index(l->inhibitors, i - 1);
        }
}

guint fake_logind_inhibitors(FakeLogind *l, const char *mode) {
        guint n = 0;

        drop_released_inhibitors(l);
        for (guint i = 0; i < l->inhibitors->len; i++)
                n += g_str_equal(((Inhibitor *) l->inhibitors->pdata[i])->mode, mode);

        return n;
}

static void list_sessions(FakeLogind *l, GDBusMethodInvocation *invocation) {
        g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(susso)"));

        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];

                g_variant_builder_add(
                                &list, "(susso)", s->is.id, s->is.uid, s->is.name, s->is.seat, s->path);
        }

        g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(susso))", &list));
}

static void list_users(FakeLogind *l, GDBusMethodInvocation *invocation) {
        g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(uso)"));
        g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];
                g_autofree char *id = g_strdup_printf("%u", s->is.uid),
                                *path = encode(LOGIND_PATH "/user", id);

                if (g_hash_table_add(seen, GUINT_TO_POINTER(s->is.uid)))
                        g_variant_builder_add(&list, "(uso)", s->is.uid, s->is.name, path);
        }

        g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(uso))", &list));
}

static void list_seats(FakeLogind *l, GDBusMethodInvocation *invocation) {
        g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(so)"));

        for (guint i = 0; i < l->seats->len; i++) {
                Seat *s = l->seats->pdata[i];

                g_variant_builder_add(&list, "(so)", s->id, s->path);
        }

        g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(so))", &list));
}

static void list_inhibitors(FakeLogind *l, GDBusMethodInvocation *invocation) {
        g_auto(GVariantBuilder) list = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE("a(ssssuu)"));

        drop_released_inhibitors(l);
        for (guint i = 0; i < l->inhibitors->len; i++) {
                Inhibitor *n = l->inhibitors->pdata[i];

                g_variant_builder_add(&list, "(ssssuu)", n->what, n->who, n->why, n->mode, 0, getpid());
        }

        g_dbus_method_invocation_return_value(invocation, g_variant_new("(a(ssssuu))", &list));
}

static void get_session_by_pid(FakeLogind *l, guint32 pid, GDBusMethodInvocation *invocation) {
        for (guint i = 0; i < l->sessions->len; i++) {
                Session *s = l->sessions->pdata[i];

                if (s->is.leader == pid) {
                        g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", s->path));
                        return;
                }
        }

        g_dbus_method_invocation_return_dbus_error(
                        invocation, "org.freedesktop.login1.NoSessionForPID", "That process has no session");
}

static void get_user(FakeLogind *l, guint32 uid, GDBusMethodInvocation *invocation) {
        for (guint i = 0; i < l->sessions->len; i++) {
                if (((Session *) l->sessions->pdata[i])->is.uid == uid) {
                        g_autofree char *id = g_strdup_printf("%u", uid),
                                        *path = encode(LOGIND_PATH "/user", id);

                        g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", path));
                        return;
                }
        }

        g_dbus_method_invocation_return_dbus_error(
                        invocation, "org.freedesktop.login1.NoSuchUser", "That user is not logged in");
}

/* Members whose first argument is a session. */
static void on_session_call(FakeLogind *l, const FakeCall *call, GDBusMethodInvocation *invocation) {
        g_autoptr(GVariant) first = g_variant_get_child_value(call->arguments, 0);
        const char *id = g_variant_get_string(first, NULL), *who;
        Session *s = session_find(l, id);
        gint32 number;

        if (!s)
                refuse(invocation, LOGIND_ERROR_NO_SUCH_SESSION, id);
        else if (g_str_equal(call->member, "GetSession"))
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", s->path));
        else if (g_str_equal(call->member, "TerminateSession"))
                on_terminate(l, s, invocation);
        else if (g_str_equal(call->member, "KillSession")) {
                g_variant_get(call->arguments, "(&s&si)", &id, &who, &number);
                on_kill(l, s, who, number, invocation);
        } else {
                if (g_str_has_suffix(call->member, "ockSession"))
                        fake_logind_set_locked(l, id, g_str_equal(call->member, "LockSession"));
                g_dbus_method_invocation_return_value(invocation, NULL);
        }
}

static void on_manager_call(FakeLogind *l, const FakeCall *call, GDBusMethodInvocation *invocation) {
        const char *member = call->member;

        if (g_str_equal(member, "ListSessions"))
                list_sessions(l, invocation);
        else if (g_str_equal(member, "ListUsers"))
                list_users(l, invocation);
        else if (g_str_equal(member, "ListSeats"))
                list_seats(l, invocation);
        else if (g_str_equal(member, "ListInhibitors"))
                list_inhibitors(l, invocation);
        else if (g_str_equal(member, "Inhibit"))
                on_inhibit(l, call->arguments, invocation);
        else if (g_str_equal(member, "GetSeat")) {
                const char *id;
                Seat *s;

                g_variant_get(call->arguments, "(&s)", &id);
                s = seat_find(l, id);
                if (s)
                        g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", s->path));
                else
                        refuse(invocation, LOGIND_ERROR_NO_SUCH_SEAT, id);
        } else if (g_str_equal(member, "GetSessionByPID") || g_str_equal(member, "GetUser")) {
                guint32 number;

                g_variant_get(call->arguments, "(u)", &number);
                (g_str_equal(member, "GetUser") ? get_user : get_session_by_pid)(l, number, invocation);
        } else if (g_str_has_prefix(member, "Can") && !g_str_has_prefix(member, "Cancel"))
                g_dbus_method_invocation_return_value(
                                invocation, g_variant_new("(s)", l->can ? l->can : "yes"));
        else if (g_str_has_suffix(member, "WithFlags") && l->hang_shutdown)
                g_object_unref(invocation);
        else if (g_str_has_suffix(member, "WithFlags") && l->refuse_shutdown)
                refuse(invocation, l->refuse_shutdown, member);
        else if (g_str_has_suffix(member, "WithFlags")) {
                fake_logind_prepare_for_shutdown(l, TRUE);
                g_dbus_method_invocation_return_value(invocation, NULL);
        } else if (g_str_equal(member, "CancelScheduledShutdown"))
                g_dbus_method_invocation_return_value(invocation, g_variant_new("(b)", FALSE));
        else if (g_str_has_suffix(member, "Session"))
                on_session_call(l, call, invocation);
        else
                /* Written down, and nothing happens: a test looks for it in the log. */
                g_dbus_method_invocation_return_value(invocation, NULL);
}

static void on_call(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation) {
        FakeLogind *l = owner;

        if (g_str_equal(call->interface, LOGIND_IFACE_MANAGER))
                on_manager_call(l, call, invocation);
        else if (g_str_equal(call->interface, LOGIND_IFACE_SESSION)) {
                Session *s = session_at(l, call->path);

                if (!s)
                        refuse(invocation, "org.freedesktop.DBus.Error.UnknownObject", call->path);
                else if (g_str_equal(call->member, "Terminate"))
                        on_terminate(l, s, invocation);
                else if (g_str_equal(call->member, "Kill")) {
                        const char *who;
                        gint32 number;

                        g_variant_get(call->arguments, "(&si)", &who, &number);
                        on_kill(l, s, who, number, invocation);
                } else
                        g_dbus_method_invocation_return_value(invocation, NULL);
        } else
                g_dbus_method_invocation_return_value(invocation, NULL);
}

/* What a test does to it */

void fake_logind_add_seat(FakeLogind *l, const char *id) {
        Seat *s = g_new0(Seat, 1);

        g_assert_null(seat_find(l, id));
        s->id = g_strdup(id);
        s->path = encode(LOGIND_PATH "/seat", id);
        g_ptr_array_add(l->seats, s);
        fake_add_object(&l->fake, s->path, LOGIND_IFACE_SEAT);
        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SeatNew",
                        g_variant_new("(so)", s->id, s->path));
}

void fake_logind_remove_seat(FakeLogind *l, const char *id) {
        Seat *s = seat_find(l, id);

        g_assert_nonnull(s);
        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SeatRemoved",
                        g_variant_new("(so)", s->id, s->path));
        g_ptr_array_remove(l->seats, s);
}

static char *name_of(uid_t uid) {
        struct passwd *p = getpwuid(uid);

        return p ? g_strdup(p->pw_name) : g_strdup_printf("user%u", uid);
}

void fake_logind_add(FakeLogind *l, const FakeSession *is) {
        static guint32 next_leader = 700000;
        Session *s = g_new0(Session, 1);

        g_assert_null(session_find(l, is->id));
        s->is = *is;
        s->is.id = g_strdup(is->id);
        s->is.name = is->name ? g_strdup(is->name) : name_of(is->uid);
        s->is.seat = g_strdup(is->seat ? is->seat : "");
        s->is.class = g_strdup(is->class ? is->class : "user");
        s->is.type = g_strdup(is->type ? is->type : "x11");
        s->is.state = g_strdup(is->state ? is->state : "active");
        s->is.tty = g_strdup(is->tty ? is->tty : "");
        s->is.display = g_strdup(is->display ? is->display : "");
        s->is.service = g_strdup(is->service ? is->service : "lightdm");
        s->is.desktop = g_strdup(is->desktop ? is->desktop : "");
        s->is.remote_host = g_strdup(is->remote_host ? is->remote_host : "");
        s->is.leader = is->leader > 0 ? is->leader : next_leader++;
        if (s->is.since_monotonic == 0)
                s->is.since_monotonic = (guint64) g_get_monotonic_time();
        s->since = g_get_real_time();
        s->path = encode(LOGIND_PATH "/session", is->id);

        g_assert_true(s->is.seat[0] == 0 || seat_find(l, s->is.seat));
        g_ptr_array_add(l->sessions, s);
        fake_add_object(&l->fake, s->path, LOGIND_IFACE_SESSION);
        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew",
                        g_variant_new("(so)", s->is.id, s->path));
        if (s->is.seat[0])
                seat_emit_active(l, s->is.seat);
}

static void session_changed(FakeLogind *l, Session *s, const char *property) {
        fake_emit_changed(&l->fake, s->path, LOGIND_IFACE_SESSION, (const char *const[]){ property, NULL });
}

void fake_logind_set_state(FakeLogind *l, const char *id, const char *state) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        g_free((char *) s->is.state);
        s->is.state = g_strdup(state);
        session_changed(l, s, "State");
}

void fake_logind_set_locked(FakeLogind *l, const char *id, gboolean locked) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        s->is.locked = locked;
        session_changed(l, s, "LockedHint");
}

void fake_logind_set_idle(FakeLogind *l, const char *id, gboolean idle) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        s->is.idle = idle;
        s->is.idle_since = g_get_real_time();
        fake_emit_changed(&l->fake, s->path, LOGIND_IFACE_SESSION,
                        (const char *const[]){
                                        "IdleHint", "IdleSinceHint", "IdleSinceHintMonotonic", NULL });
}

void fake_logind_set_active(FakeLogind *l, const char *id, gboolean active) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        s->is.inactive = !active;
        fake_logind_set_state(l, id, active ? "active" : "online");
        session_changed(l, s, "Active");
        seat_emit_active(l, s->is.seat);
}

void fake_logind_reuse_id(FakeLogind *l, const char *id, uid_t uid) {
        Session *s = session_find(l, id);

        g_assert_nonnull(s);
        s->is.leader += 1000;
        s->is.since_monotonic = (guint64) g_get_monotonic_time();
        s->since = g_get_real_time();
        s->is.uid = uid;
        g_free((char *) s->is.name);
        s->is.name = name_of(uid);
}

void fake_logind_block(FakeLogind *l, const char *what, const char *who, const char *why) {
        Inhibitor *inhibitor = g_new0(Inhibitor, 1);

        *inhibitor = (Inhibitor) {
                .fd = open("/dev/null", O_RDONLY | O_CLOEXEC), /* never hangs up */
                .mode = g_strdup("block"),
                .what = g_strdup(what),
                .who = g_strdup(who),
                .why = g_strdup(why),
        };
        g_ptr_array_add(l->inhibitors, inhibitor);
}

void fake_logind_prepare_for_shutdown(FakeLogind *l, gboolean start) {
        l->preparing = start;
        fake_emit(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForShutdown",
                        g_variant_new("(b)", start));
}

FakeLogind *fake_logind_new(Bus *bus) {
        FakeLogind *l = g_new0(FakeLogind, 1);

        l->sessions = g_ptr_array_new_with_free_func(session_free);
        l->seats = g_ptr_array_new_with_free_func(seat_free);
        l->inhibitors = g_ptr_array_new_with_free_func(inhibitor_free);
        fake_init(&l->fake, bus, LOGIND_BUS_NAME, 0, xml, on_call, on_get, l);
        fake_add_object(&l->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER);

        return l;
}

void fake_logind_free(FakeLogind *l) {
        fake_done(&l->fake);
        g_ptr_array_unref(l->sessions);
        g_ptr_array_unref(l->seats);
        g_ptr_array_unref(l->inhibitors);
        g_free(l);
}
