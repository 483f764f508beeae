/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Whether people can see a greeter, as far as that can be told: its session is in front, and its leader
 * runs. Whether the greeter has drawn anything cannot be told. */

#include <systemd/sd-event.h>

#include "core/session.h"

typedef struct Greeter Greeter;

/* The leader has exited. logind may not have noticed yet. */
typedef void (*GreeterHandler)(Greeter *g, void *userdata);

struct Greeter {
        const Session *session;
        sd_event_source *leader; /* while it runs; NULL as well if the kernel cannot tell */
        bool leader_gone;
        bool shown; /* it was in front, and no other graphical session has ended since */
        GreeterHandler handler;
        void *userdata;
        TAILQ_ENTRY(Greeter) greeters;
};

bool greeter_is(const Session *s);

/* Follows the leader of the session. A session without a leader counts as running. */
int greeter_new(Greeter **ret,
                sd_event *event,
                const Session *session,
                GreeterHandler handler,
                void *userdata);
Greeter *greeter_free(Greeter *g);

/* logind has said something about the session. */
void greeter_update(Greeter *g);

/* Another graphical session of the seat has ended: a greeter that is not in front must come to the front. */
void greeter_expect(Greeter *g);

/* A greeter that was in front still counts as visible when somebody switches the screen to a text console or
 * to another session, because that person can switch back. */
bool greeter_is_visible(const Greeter *g);
