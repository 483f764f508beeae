/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Two ends of one connection in one event loop: the code under test calls through the client, and the test
 * is the server. Also creates replies that are never sent, for the readers. */

#include <glib.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

typedef struct Pair Pair;

/* Takes each call that arrives at the server. */
typedef void (*PairHandler)(Pair *p, sd_bus_message *call, void *userdata);

struct Pair {
        sd_event *event;
        sd_bus *client;
        sd_bus *server;
        GPtrArray *calls; /* those that arrived while there was no handler */
        PairHandler handler;
        void *userdata;
};

Pair *pair_new(void);
Pair *pair_free(Pair *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Pair, pair_free);

/* Runs the loop until everything that was sent has arrived, including what the client sends in response. */
void pair_settle(Pair *p);

/* Runs the loop until *done. */
void pair_run_until(Pair *p, const gboolean *done);

/* The n-th call that arrived. */
sd_bus_message *pair_call(Pair *p, guint n);

void pair_reply(Pair *p, sd_bus_message *call, const char *types, ...);
void pair_reply_error(Pair *p, sd_bus_message *call, const char *name, const char *text);

/* Sends a signal with any sender. */
void pair_signal(Pair *p,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                const char *types,
                ...);

/* A reply without a call, which can be appended to, and read after reply_seal(). */
sd_bus_message *reply_new(Pair *p);
sd_bus_message *reply_new_error(Pair *p, const char *name, const char *text);
void reply_seal(sd_bus_message *reply);
