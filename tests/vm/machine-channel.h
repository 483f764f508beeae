/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

/* One conversation in JSON lines: with QEMU itself (QMP), or with the agent in the guest, which speaks the
 * same way. */
typedef struct Channel {
        const char *peer; /* for messages */
        int fd;
        GString *input;
        GQueue events; /* Event: what happened while we waited for something else */
        gint64 last_id;
} Channel;

void channel_init(Channel *c, const char *peer, int fd);
void channel_done(Channel *c);

/* Sends a command and waits for its answer. Takes the arguments, which may be NULL. */
bool channel_call(Channel *c,
                const char *command,
                JsonObject *arguments,
                guint timeout,
                JsonNode **ret,
                GError **error);

/* Waits for an event, or finds it among those that came already; *ret_reason is "" where it has none. */
bool channel_wait_event(Channel *c, const char *event, guint timeout, char **ret_reason, GError **error);

void channel_forget_events(Channel *c);
