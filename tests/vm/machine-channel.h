/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>
#include <stdbool.h>

/* A conversation in JSON lines: with QEMU itself (QMP), or with the agent in the guest, which uses the same
 * format. */
typedef struct Channel {
        const char *peer; /* for messages */
        int fd;
        GString *input;
        GQueue events; /* Events that arrived while something else was expected */
        gint64 last_id;
} Channel;

void channel_init(Channel *c, const char *peer, int fd);
void channel_done(Channel *c);

/* Sends a command and waits for its reply. Takes ownership of the arguments, which may be NULL. */
bool channel_call(Channel *c,
                const char *command,
                JsonObject *arguments,
                guint timeout,
                JsonNode **ret,
                GError **error);

/* Waits for an event, or finds it among those that have arrived; *ret_reason is "" if it has none. */
bool channel_wait_event(Channel *c, const char *event, guint timeout, char **ret_reason, GError **error);

void channel_forget_events(Channel *c);
