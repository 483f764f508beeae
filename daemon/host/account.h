/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The user database as a neighbour: who an account is, asked without waiting for the answer. */

#include <systemd/sd-event.h>

#include "account-lookup.h"

/* Processes that ask, at once. Further questions wait for their turn. */
#define ACCOUNT_ASKERS_MAX 16U

/* A question that has no answer by then gets none, its process is killed. SSSD says from its cache what it knows when
 * its server has been silent for 8 s, and that answer is worth having. */
#define ACCOUNT_TIMEOUT_USEC (10 * USEC_PER_SEC)

/* What had no answer is not asked again before: calls of anybody can make us ask. */
#define ACCOUNT_AGAIN_USEC (5 * USEC_PER_SEC)

typedef struct Accounts Accounts;
typedef struct AccountQuestion AccountQuestion;

/* Gets the answer, or NULL: there is no such account, or the user database cannot tell or is silent. By then the
 * question is freed and the field that held it is NULL. */
typedef void (*AccountHandler)(const AccountAnswer *answer, void *userdata);

/* SIGCHLD must be blocked. */
int accounts_new(Accounts **ret, sd_event *event);
Accounts *accounts_free(Accounts *a);
DEFINE_CLEANUP(Accounts *, accounts_free);

/* Asks. |slot| is the field of the object that waits: it holds the question until the handler runs;
 * account_question_free() on it takes the question back, and then the handler never runs. */
int account_ask(
                Accounts *a,
                AccountQuestion **slot,
                uid_t uid,
                const char *name,
                AccountHandler handler,
                void *userdata);
AccountQuestion *account_question_free(AccountQuestion *q);
