/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Who has sent the message that is in its handler, as the bus driver says. Nothing that a client says about
 * itself counts. All of these may return a negative errno, with the error set where it is not -ENOMEM. */

#include "bus/bus.h"

/* Connections whose credentials are kept. One more replaces the one that has not called for the longest
 * time. */
#define SENDERS_MAX 64U

/* Lets the bus announce connections that close, whose credentials are dropped. Returns a negative errno on
 * failure. */
int senders_watch(Bus *b);
void senders_free(Bus *b);

/* The bus driver is asked once for each connection. */
int sender_uid(Bus *b, sd_bus_message *m, uid_t *ret, sd_bus_error *error);

/* The account name that the sender's session or the user database has, or the UID as text. */
int sender_name(Bus *b, sd_bus_message *m, uid_t *ret_uid, char **ret_name, sd_bus_error *error);

/* Waits until the user database has answered what authorization needs: the sender's name, and whether these
 * sessions belong to administrators. Call it before polkit is asked. Returns 1 when that is known or must do
 * without, or 0 when the message waits; the handler returns 1 then. */
int sender_look_up(
                Bus *b, sd_bus_message *m, Session *const *sessions, size_t n_sessions, sd_bus_error *error);

/* The sender's session. It is only used to skip a session, so a wrong answer cannot end one. */
typedef struct SenderSession {
        bool known;
        uid_t uid;
        char *id; /* NULL if the process belongs to no session, or is not known */
} SenderSession;

void sender_session_read(SenderSession *ret, Bus *b, sd_bus_message *m);
void sender_session_done(SenderSession *ss);
bool sender_session_matches(const SenderSession *ss, const Session *s);
