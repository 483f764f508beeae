/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "machine-internal.h"

/* Commands go through qemu-guest-agent, which runs them as root and is polled for their end. Each runs under
 * timeout(1), so that a hanging command does not stay behind in the PC. */

/* Polling costs the PC time too: often at first, less often for slow commands. */
#define POLL_MIN_USEC (20 * G_TIME_SPAN_MILLISECOND)
#define POLL_MAX_USEC (300 * G_TIME_SPAN_MILLISECOND)

/* How much longer than the guest's own timeout to wait, for a guest that reports late. */
#define AGENT_SEC 30

static char *member_text(JsonObject *o, const char *name) {
        g_autofree guchar *bytes = NULL;
        gsize size;

        if (!json_object_has_member(o, name))
                return g_strdup("");

        bytes = g_base64_decode(json_object_get_string_member(o, name), &size);
        return g_utf8_make_valid((const char *) bytes, size);
}

static bool machine_spawn(
                Machine *m, guint timeout, const char *const *argv, gint64 *ret_pid, GError **error) {
        g_autoptr(JsonNode) reply = NULL;
        JsonObject *o = json_object_new();
        JsonArray *arguments = json_array_new();
        g_autofree char *duration = g_strdup_printf("%u", timeout);

        json_array_add_string_element(arguments, "--kill-after=5");
        json_array_add_string_element(arguments, duration);
        for (; *argv; argv++)
                json_array_add_string_element(arguments, *argv);

        json_object_set_string_member(o, "path", "/usr/bin/timeout");
        json_object_set_array_member(o, "arg", arguments);
        json_object_set_boolean_member(o, "capture-output", true);
        if (!channel_call(&m->agent, "guest-exec", o, AGENT_SEC, &reply, error))
                return false;

        *ret_pid = json_object_get_int_member(json_node_get_object(reply), "pid");
        return true;
}

bool machine_run(Machine *m,
                guint timeout,
                const char *const *argv,
                char **ret_out,
                char **ret_err,
                int *ret_status,
                GError **error) {

        gint64 deadline = g_get_monotonic_time() + ((gint64) timeout + AGENT_SEC) * G_USEC_PER_SEC, pid;
        gulong pause = POLL_MIN_USEC;

        if (!machine_spawn(m, timeout, argv, &pid, error))
                return false;

        for (;;) {
                g_autoptr(JsonNode) reply = NULL;
                JsonObject *o = json_object_new();
                int status;

                json_object_set_int_member(o, "pid", pid);
                if (!channel_call(&m->agent, "guest-exec-status", o, AGENT_SEC, &reply, error))
                        return false;

                o = json_node_get_object(reply);
                if (json_object_get_boolean_member(o, "exited")) {
                        /* 124 and 137 are timeout(1)'s own. */
                        status = json_object_get_int_member_with_default(o, "exitcode", 137);
                        if (status == 124 || status == 137) {
                                g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                                "'%s' took longer than %u s in the PC", argv[0], timeout);
                                return false;
                        }

                        if (ret_out)
                                *ret_out = member_text(o, "out-data");
                        if (ret_err)
                                *ret_err = member_text(o, "err-data");
                        *ret_status = status;
                        return true;
                }

                if (g_get_monotonic_time() > deadline) {
                        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "'%s' does not end in the PC",
                                        argv[0]);
                        return false;
                }

                g_usleep(pause);
                pause = MIN(pause * 3 / 2, POLL_MAX_USEC);
        }
}

static char *machine_shell_argv(Machine *m, const char *const *argv, const char *script, GError **error) {
        g_autofree char *out = NULL;
        int status;

        if (!machine_run(m, MACHINE_COMMAND_SEC, argv, &out, NULL, &status, error)) {
                g_prefix_error(error, "%s: ", script);
                return NULL;
        }
        if (status != 0) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: exit status %i:\n%s", script, status,
                                out);
                return NULL;
        }

        return g_steal_pointer(&out);
}

char *machine_shell(Machine *m, GError **error, const char *format, ...) {
        g_autofree char *script = NULL;
        va_list ap;

        va_start(ap, format);
        script = g_strdup_vprintf(format, ap);
        va_end(ap);

        return machine_shell_argv(m,
                        (const char *const[]) {
                                        "bash", "-c", "exec 2>&1; eval \"$1\"", "bash", script, NULL },
                        script, error);
}

/* setpriv, not su: no session is opened for this. systemd-run, because polkit counts processes of a user's
 * own manager as part of that user's session, and no other processes that could be started from here. */
char *machine_shell_as(Machine *m, const char *user, GError **error, const char *format, ...) {
        g_autofree char *script = NULL;
        va_list ap;

        va_start(ap, format);
        script = g_strdup_vprintf(format, ap);
        va_end(ap);

        return machine_shell_argv(m,
                        (const char *const[]) { "bash", "-c",
                                        "exec 2>&1; export XDG_RUNTIME_DIR=/run/user/$(id -u \"$1\");"
                                        "exec setpriv --reuid=\"$1\" --regid=\"$1\" --init-groups "
                                        "systemd-run --user --quiet --collect --pipe --wait bash -c \"$2\"",
                                        "bash", user, script, NULL },
                        script, error);
}

/* What an administrator would look at first. It is printed, since a GError is for one line. */
static void machine_show_journal(Machine *m) {
        g_autofree char *text = NULL;

        text = machine_shell(m, NULL,
                        "loginctl; systemctl --failed --no-pager --no-legend;"
                        "journalctl --boot --no-pager --output=short-monotonic --lines=60;"
                        "tail --lines=15 /var/log/lightdm/*.log");
        for (char *line = text; line && *line;) {
                char *end = strchrnul(line, '\n');

                g_printerr("# %.*s\n", (int) (end - line), line);
                line = *end ? end + 1 : end;
        }
}

bool machine_wait_until(Machine *m, guint timeout, GError **error, const char *format, ...) {
        g_autofree char *condition = NULL, *err = NULL;
        GError *e = NULL;
        int status = -1;
        va_list ap;

        va_start(ap, format);
        condition = g_strdup_vprintf(format, ap);
        va_end(ap);

        /* The guest asks by itself: that is quicker than to start a shell for each time. */
        if (machine_run(m, timeout,
                            (const char *const[]) { "bash", "-c", "until eval \"$1\"; do sleep 0.2; done",
                                            "bash", condition, NULL },
                            NULL, &err, &status, &e) &&
                        status == 0)
                return true;

        machine_show_journal(m);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "Timed out after %u s: %s\n%s%s", timeout,
                        condition, e ? e->message : "", err ?: "");
        g_clear_error(&e);
        return false;
}
