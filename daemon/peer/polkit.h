/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* polkit as a peer: the calls of org.freedesktop.PolicyKit1.Authority, and how to read its reply. */

#include "peer/async-call.h"

/* Checks that are sent and unanswered at a time. A user may leave a password dialog open forever; however
 * many do, this leaves room for the calls that end sessions. */
#define POLKIT_IN_FLIGHT_MAX 56U

typedef struct Polkit Polkit;

/* Details of an action, shown in polkit's dialog: name, value, …, NULL. */
typedef const char *const *PolkitDetails;

typedef enum PolkitAnswer {
        POLKIT_ANSWER_NONE, /* not answered yet; polkit_read_answer() never returns this */
        POLKIT_ANSWER_ALLOWED,
        POLKIT_ANSWER_DENIED,
        POLKIT_ANSWER_CHALLENGE, /* a password would be required, but |interactive| was false */
} PolkitAnswer;

int polkit_new(Polkit **ret, sd_bus *bus);
Polkit *polkit_free(Polkit *p);
DEFINE_CLEANUP(Polkit *, polkit_free);

/* Asks whether the sender, a unique bus name, may perform the action. |details| may be NULL. There is no
 * time-out, because the user may be typing a password. |ret_cookie| identifies the check for
 * polkit_cancel_check(). |slot|, |handler| and |userdata| are those of async_call(). Returns 0 or a negative
 * errno. */
int polkit_check_authorization(Polkit *p,
                AsyncCall **slot,
                const char *sender,
                const char *action,
                PolkitDetails details,
                bool interactive,
                uint64_t *ret_cookie,
                AsyncHandler handler,
                void *userdata);

/* An error reply, or one that cannot be read, counts as denied. */
PolkitAnswer polkit_read_answer(sd_bus_message *reply);

/* Lets polkit close the dialog of a check. The caller frees the slot of the check itself. */
void polkit_cancel_check(Polkit *p, uint64_t cookie);
