/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A Logind object with the test as logind and as bus driver. */

#include "pair.h"

#include "peer/logind.h"

#define SESSIONS_MAX 24

typedef struct FakeSession {
        const char *id;
        const char *path;
        pid_t leader;
        const char *answers; /* NULL: its own id */
} FakeSession;

typedef struct World {
        Pair *pair;
        Logind *logind;
        const char *owner;
        FakeSession sessions[SESSIONS_MAX + 1];
        const char *seats[3];

        gboolean silent;   /* sessions get no reply */
        gboolean busy;     /* sessions get an error */
        gboolean old_list; /* the next list is older than the last session */
        guint lists;       /* how often all seats or sessions were listed */
        int lock_fd;       /* sent as the delay lock */
        GString *calls;    /* to logind, except for lists */
        GString *events;   /* of the Logind object */
} World;

/* Two sessions, "2" and "10", and two seats; all of them have been reported. */
World *world_new(void);
void world_free(World *w);

/* Lets each query take its steps: owner, lists, sessions. */
void settle(World *w);

/* What has been called and reported since the last time. */
void expect(World *w, const char *calls, const char *reports);

/* Appends to the events. */
void note(World *w, const char *event, const char *id);
