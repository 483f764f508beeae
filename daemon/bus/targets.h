/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Which sessions a log-off ends, which it leaves alone, and why. */

#include "bus/sender.h"

typedef enum LeftAlone {
        LEFT_ALONE_CALLER,
        LEFT_ALONE_SEATLESS,
        LEFT_ALONE_ADMINISTRATOR,
        LEFT_ALONE_UNKNOWN_CLASS,
        _LEFT_ALONE_MAX,
        _LEFT_ALONE_INVALID = -EINVAL,
} LeftAlone;

/* What a request is about. The caller may end every session that this includes. */
typedef struct Selection {
        const char *station;      /* NULL: all stations */
        const SenderSession *own; /* this session is left alone; NULL or not known: none */
        bool seatless;
        bool administrators;
} Selection;

typedef struct Targets {
        Session **sessions; /* to end */
        size_t n;
        struct {
                Session *session;
                LeftAlone why;
        } * left_alone;
        size_t n_left_alone;
} Targets;

/* Goes through the sessions of users and those of a class that Usher does not know. Returns -ENOMEM. */
int targets_select(Targets *ret, Manager *m, const Selection *s);
void targets_done(Targets *t);

/* How many are left alone, for LastOperation. */
Operation targets_operation(const Targets *t, const char *method);

/* The reply to DryRun. */
int targets_reply(const Targets *t, Manager *m, sd_bus_message *message);
