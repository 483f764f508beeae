/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The reply of the fake logind to each method. */

#include "fake-logind-internal.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <signal.h>
#include <unistd.h>

#include "common/names.h"

/* clang-format off */
const char fake_logind_xml[] =
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

        /* logind does nothing to a session that is closing already. */
        if (g_str_equal(s->is.state, "closing"))
                return;

        g_free((char *) s->is.state);
        s->is.state = g_strdup("closing");
        if (!l->ignore_terminate)
                session_end_soon(l, s);
}

static void on_kill(FakeLogind *l,
                Session *s,
                const char *who,
                gint32 number,
                GDBusMethodInvocation *invocation) {
        g_dbus_method_invocation_return_value(invocation, NULL);
        if (!l->ignore_kill && number == SIGKILL && g_str_equal(who, "all"))
                session_end_soon(l, s);
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
                                *path = fake_logind_path(LOGIND_PATH "/user", id);

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

        inhibitors_drop_released(l);
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
                                        *path = fake_logind_path(LOGIND_PATH "/user", id);

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
                /* Only logged: a test looks for it in the log. */
                g_dbus_method_invocation_return_value(invocation, NULL);
}

void fake_logind_on_call(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation) {
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
                } else if (g_str_equal(call->member, "Activate") && l->activates) {
                        fake_logind_set_state(l, s->is.id, "active");
                        g_dbus_method_invocation_return_value(invocation, NULL);
                } else
                        g_dbus_method_invocation_return_value(invocation, NULL);
        } else
                g_dbus_method_invocation_return_value(invocation, NULL);
}
