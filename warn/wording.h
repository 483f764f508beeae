/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The texts that the user reads. Nothing here uses a bus, a clock or a terminal. The language is the one
 * that language.c has set. Labels, names and messages come from outside: their control and bidirectional
 * characters are made visible here, and notification-message.c escapes markup. Each function returns NULL
 * when out of memory. */

#include "common/macro.h"

typedef struct Wording {
        const char *station; /* seat id, "" for a session without a seat */
        const char *label;   /* "" where the station has none */
        const char *session;
        const char *started_by; /* user name, "" for Usher itself */
        bool by_self;           /* the reader started the log-off */
        const char *reason;     /* Job.Reason; one that is not known is not explained */
        const char *message;
        bool asked;      /* the reader has asked for more time */
        bool denied;     /* and has been given none */
        usec_t deadline; /* CLOCK_REALTIME */
        usec_t now;      /* CLOCK_REALTIME */
} Wording;

/* One line: "Log-off at 14:05 (in 20 seconds)". */
char *wording_summary(const Wording *w);

/* Several lines: where, who, why, the message, what to do. */
char *wording_body(const Wording *w);

/* What became of the reader's request for more time; NULL if there was none. Static. */
const char *wording_request(const Wording *w);

/* For when the deadline has passed and the desktop is asked to log out. */
char *wording_ending_summary(const Wording *w);
char *wording_ending_body(const Wording *w);

char *wording_cancelled_summary(const Wording *w);
char *wording_cancelled_body(const Wording *w);

/* A message to the people at a station: from whom, the message, where. */
char *wording_message_summary(const Wording *w);
char *wording_message_body(const Wording *w);

/* Which station this is: first only its name, then all of it. */
char *wording_identify_summary(const Wording *w);
char *wording_identify_body(const Wording *w);

/* The choices in words, for where there are no buttons: for each a newline and a line, "" for none. */
char *wording_choices(uint32_t job, bool end_now, bool extend, bool ask);

/* The line below the time left, where that is shown over the screen. */
char *wording_full_screen(const Wording *w);

const char *wording_action_end_now(void);
const char *wording_action_extend(void);
const char *wording_action_ask(void);

/* By how much wording_action_extend() extends the grace period, and for how much wording_action_ask() asks.
 */
#define WORDING_EXTEND_SEC 300U

/* Both for a terminal, whose cursor may be in the middle of a line. The body may be NULL. */
char *wording_terminal(const char *summary, const char *body);
