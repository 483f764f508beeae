/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What the user reads. Text in, text out: no bus, no clock, no terminal. The language is the one that
 * language.c has set. What came from outside (labels, names, the message) leaves with its control and
 * bidirectional characters made visible; markup is the notification's to escape. Every function returns NULL
 * when out of memory. */

#include "common/macro.h"

typedef struct Wording {
        const char *station; /* seat id, "" for a session without a seat */
        const char *label;   /* "" where the station has none */
        const char *session;
        const char *started_by; /* user name, "" for Usher itself */
        bool by_self;           /* they asked for it themselves */
        const char *reason;
        const char *message;
        usec_t deadline; /* CLOCK_REALTIME */
        usec_t now;      /* CLOCK_REALTIME */
} Wording;

/* One line: "Log-off at 14:05 (in 20 seconds)". */
char *wording_summary(const Wording *w);

/* Some lines: where, who, why, the message, what to do. */
char *wording_body(const Wording *w);

/* When the deadline has passed and the desktop is asked to log out. */
char *wording_ending_summary(const Wording *w);
char *wording_ending_body(const Wording *w);

char *wording_cancelled_summary(const Wording *w);
char *wording_cancelled_body(const Wording *w);

/* Words of somebody at the station: from, where, and the message itself. */
char *wording_message_summary(const Wording *w);
char *wording_message_body(const Wording *w);

/* Which station this is: its name and nothing else, then the rest. */
char *wording_identify_summary(const Wording *w);
char *wording_identify_body(const Wording *w);

const char *wording_action_end_now(void);
const char *wording_action_extend(void);

/* How much longer the second of them gives. */
#define WORDING_EXTEND_SEC 300U

/* The same for a terminal, which may be in the middle of a line. The body may be NULL. */
char *wording_terminal(const char *summary, const char *body);
