/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the box's library share; tests include session.h only. */

#include "session.h"

#define SYSTEMD_NAME "org.freedesktop.systemd1"
#define SYSTEMD_PATH "/org/freedesktop/systemd1"
#define SYSTEMD_INTERFACE "org.freedesktop.systemd1.Manager"
#define LOGIND_NAME "org.freedesktop.login1"
#define LOGIND_PATH "/org/freedesktop/login1"
#define LOGIND_INTERFACE "org.freedesktop.login1.Manager"
#define LOGIND_SESSION_INTERFACE "org.freedesktop.login1.Session"

struct Box {
        GDBusConnection *bus;
        guint job_removed;
        GHashTable *results; /* job path → result, for every finished job of systemd */
};

GVariant *box_call_systemd(Box *box, const char *member, GVariant *parameters, GError **error);
GVariant *box_call_logind(Box *box, const char *member, GVariant *parameters, GError **error);
/* Opens a new terminal: returns the master's descriptor and the slave's name; -1 on error. */
int box_terminal_new(char **ret_tty, GError **error);
/* Appends everything that can be read there to the text, until its end or box_read_end(). */
GSource *box_read_into(int fd, GString *text);
void box_read_end(GSource *source);
bool box_wait_text(GString *where, const char *text, guint timeout_msec);
bool box_type(int fd, const char *text);
/* Everything needed to start a program, except the program: as for box_spawn(), and with the terminal that
 * becomes its standard input. */
GSubprocessLauncher *box_launcher_new(const char *user,
                BoxSession *session,
                GSubprocessFlags flags,
                bool terminal,
                GError **error);
/* A unit's object path, computed without a call; the caller frees it. */
char *box_unit_path(const char *unit);
