/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A session is opened as a display manager does it: a root process runs a PAM stack with pam_systemd in it
 * and becomes the user. That process is a transient service with PAMName=. systemd cannot report when the
 * stack has run: with Type=exec it waits until a descriptor is closed, and its (sd-pam) helper holds a copy
 * of that. So the service is of Type=simple, and logind is asked for the session of its main process. */

#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include "internal.h"

/* ---- the terminal ---- */

static bool session_make_terminal(BoxSession *session, GError **error) {
        session->screen = g_string_new(NULL);
        session->terminal_fd = box_terminal_new(&session->tty, error);
        return session->terminal_fd >= 0;
}

bool box_session_wait_text(BoxSession *session, const char *text, guint timeout_msec) {
        g_assert_nonnull(session->screen);
        return box_wait_text(session->screen, text, timeout_msec);
}

bool box_session_type(BoxSession *session, const char *text) {
        return box_type(session->terminal_fd, text);
}

/* ---- opening ---- */

static char **session_environment(const BoxSessionOptions *options) {
        g_autoptr(GPtrArray) environment = g_ptr_array_new();
        const char *type = options->type ?: options->terminal ? "tty" : "x11";

        g_ptr_array_add(environment, g_strdup_printf("XDG_SESSION_CLASS=%s", options->class ?: "user"));
        g_ptr_array_add(environment, g_strdup_printf("XDG_SESSION_TYPE=%s", type));
        if (options->seat)
                g_ptr_array_add(environment, g_strdup_printf("XDG_SEAT=%s", options->seat));
        if (options->desktop)
                g_ptr_array_add(environment, g_strdup_printf("XDG_SESSION_DESKTOP=%s", options->desktop));
        for (const char *const *e = options->environment; e && *e; e++)
                g_ptr_array_add(environment, g_strdup(*e));
        g_ptr_array_add(environment, NULL);
        return (char **) g_ptr_array_free(g_steal_pointer(&environment), FALSE);
}

static void add_string(GVariantBuilder *b, const char *name, const char *value) {
        g_variant_builder_add(b, "(sv)", name, g_variant_new_string(value));
}

static GVariant *session_unit_properties(BoxSession *session, const BoxSessionOptions *options) {
        static const char *const idle[] = { "/usr/bin/sleep", "infinity", NULL };
        const char *const *command = options->command ?: idle;
        g_auto(GStrv) environment = session_environment(options);
        g_autofree char *description = NULL;
        GVariantBuilder b, exec;

        g_variant_builder_init(&b, G_VARIANT_TYPE("a(sv)"));
        description = g_strdup_printf("Session of %s on %s", options->user, options->seat ?: "no seat");
        add_string(&b, "Description", description);
        add_string(&b, "Type", "simple");
        add_string(&b, "User", options->user);
        add_string(&b, "PAMName", options->pam ?: "login");
        /* A session that fails or is killed must not leave a failed unit behind. */
        add_string(&b, "CollectMode", "inactive-or-failed");
        add_string(&b, "WorkingDirectory", "/");
        g_variant_builder_add(&b, "(sv)", "Environment",
                        g_variant_new_strv((const char *const *) environment, -1));
        if (session->tty) {
                add_string(&b, "TTYPath", session->tty);
                add_string(&b, "StandardInput", "tty");
                add_string(&b, "StandardOutput", "tty");
                add_string(&b, "StandardError", "tty");
        }

        g_variant_builder_init(&exec, G_VARIANT_TYPE("a(sasb)"));
        g_variant_builder_add(&exec, "(s@asb)", command[0], g_variant_new_strv(command, -1), FALSE);
        g_variant_builder_add(&b, "(sv)", "ExecStart", g_variant_builder_end(&exec));
        return g_variant_builder_end(&b);
}

BoxSession *box_session_start(Box *box, const BoxSessionOptions *options, GError **error) {
        static unsigned n_started; /* not per box: a unit of the previous box may still be stopping */
        g_autoptr(BoxSession) session = NULL;
        g_autoptr(GVariant) reply = NULL;
        struct passwd *passwd;

        passwd = getpwnam(options->user);
        if (!passwd) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No user '%s'", options->user);
                return NULL;
        }

        session = g_new(BoxSession, 1);
        *session = (BoxSession) {
                .box = box,
                .unit = g_strdup_printf("box-session-%d-%u.service", (int) getpid(), ++n_started),
                .user = g_strdup(options->user),
                .seat = g_strdup(options->seat),
                .uid = passwd->pw_uid,
                .terminal_fd = -EBADF,
        };
        if (options->terminal && !session_make_terminal(session, error))
                return NULL;

        reply = box_call_systemd(box, "StartTransientUnit",
                        g_variant_new("(ss@a(sv)a(sa(sv)))", session->unit, "fail",
                                        session_unit_properties(session, options), NULL),
                        error);
        if (!reply)
                return NULL;

        g_variant_get(reply, "(o)", &session->job);
        return g_steal_pointer(&session);
}

static bool job_done(gpointer userdata) {
        BoxSession *session = userdata;

        return g_hash_table_contains(session->box->results, session->job);
}

/* Nothing left to wait for: the session exists, or cannot come. */
static bool session_settled(gpointer userdata) {
        BoxSession *session = userdata;
        g_autoptr(GVariant) pid = NULL, reply = NULL;
        g_autofree char *unit = NULL, *state = NULL;

        unit = box_unit_path(session->unit);
        pid = box_get_property(session->box, SYSTEMD_NAME, unit, SYSTEMD_NAME ".Service", "MainPID", NULL);
        session->leader = pid ? (pid_t) g_variant_get_uint32(pid) : 0;
        if (session->leader == 0)
                return true;

        reply = box_call_logind(session->box, "GetSessionByPID",
                        g_variant_new("(u)", (guint) session->leader), NULL);
        if (!reply)
                return false;

        g_free(session->path);
        g_variant_get(reply, "(o)", &session->path);
        state = box_session_get(session, "State");
        return !g_str_equal(state, "") && !g_str_equal(state, "opening");
}

bool box_session_wait_open(BoxSession *session, GError **error) {
        const char *result;
        bool in_time;

        in_time = box_wait(job_done, session, BOX_TIMEOUT_MSEC) &&
                        box_wait(session_settled, session, BOX_TIMEOUT_MSEC);
        result = g_hash_table_lookup(session->box->results, session->job);
        if (!in_time || session->leader == 0) {
                g_set_error(error, G_IO_ERROR, in_time ? G_IO_ERROR_FAILED : G_IO_ERROR_TIMED_OUT,
                                "%s opened no session (%s), see its journal", session->unit,
                                result ?: "still starting");
                return false;
        }

        session->id = box_session_get(session, "Id");
        /* Not earlier: before the leader has opened its end, a pty reads as if it were closed. */
        if (session->terminal_fd >= 0)
                session->reader = box_read_into(session->terminal_fd, session->screen);
        return true;
}

BoxSession *box_session_open(Box *box, const BoxSessionOptions *options, GError **error) {
        g_autoptr(BoxSession) session = NULL;

        session = box_session_start(box, options, error);
        if (!session || !box_session_wait_open(session, error))
                return NULL;
        return g_steal_pointer(&session);
}

void box_session_free(BoxSession *session) {
        g_autoptr(GVariant) killed_session = NULL, killed_unit = NULL;

        if (!session)
                return;

        if (session->id)
                killed_session = box_call_logind(session->box, "KillSession",
                                g_variant_new("(ssi)", session->id, "all", SIGKILL), NULL);
        killed_unit = box_call_systemd(session->box, "KillUnit",
                        g_variant_new("(ssi)", session->unit, "all", SIGKILL), NULL);
        box_read_end(session->reader);
        if (session->terminal_fd >= 0)
                close(session->terminal_fd);
        if (session->screen)
                g_string_free(session->screen, TRUE);
        g_free(session->tty);
        g_free(session->path);
        g_free(session->id);
        g_free(session->job);
        g_free(session->seat);
        g_free(session->user);
        g_free(session->unit);
        g_free(session);
}

/* ---- asking and ending ---- */

char *box_session_get(BoxSession *session, const char *property) {
        g_autoptr(GVariant) value = NULL;

        value = box_get_property(
                        session->box, LOGIND_NAME, session->path, LOGIND_SESSION_INTERFACE, property, NULL);
        return g_strdup(value && g_variant_is_of_type(value, G_VARIANT_TYPE_STRING) ?
                                        g_variant_get_string(value, NULL) :
                                        "");
}

bool box_session_is_listed(BoxSession *session) {
        g_autoptr(GVariant) reply = NULL;

        reply = box_call_logind(session->box, "GetSession", g_variant_new("(s)", session->id), NULL);
        return reply;
}

static bool session_gone(gpointer userdata) {
        return !box_session_is_listed(userdata);
}

bool box_session_wait_gone(BoxSession *session, guint timeout_msec) {
        return box_wait(session_gone, session, timeout_msec);
}

bool box_session_terminate(BoxSession *session, GError **error) {
        g_autoptr(GVariant) reply = NULL;

        reply = box_call_logind(session->box, "TerminateSession", g_variant_new("(s)", session->id), error);
        return reply;
}

bool box_session_close(BoxSession *session, GError **error) {
        g_autoptr(GVariant) reply = NULL;

        reply = box_call_systemd(
                        session->box, "StopUnit", g_variant_new("(ss)", session->unit, "replace"), error);
        if (!reply)
                return false;
        if (!box_session_wait_gone(session, BOX_TIMEOUT_MSEC)) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Session %s does not end", session->id);
                return false;
        }
        return true;
}
