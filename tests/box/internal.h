/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the files of the box's library know of each other; tests include session.h only. */

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
        GHashTable *results;    /* job path → result, of every job of systemd that has ended */
};

GVariant *box_call_systemd(Box *box, const char *member, GVariant *parameters, GError **error);
GVariant *box_call_logind(Box *box, const char *member, GVariant *parameters, GError **error);
/* A unit's object path, without asking; free it. */
char *box_unit_path(const char *unit);
