/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* usherd in the box, for the tests that follow a warning from the call to the end: calls with answers that must be
 * right, properties of the job, and a notification server of our own. */

#include "session.h"

/* From a deadline to the end of an orderly session. */
#define USHER_END_MSEC 15000

typedef struct {
        Box *box;
        BoxMonitor *removed; /* JobRemoved */
} Usher;

/* Writes the configuration, restarts usherd with it where it is another one than before, and connects. */
Usher *usher_new(const char *configuration);
/* Cancels what is under way. */
void usher_free(Usher *u);

GVariant *usher_call(Usher *u, const char *member, GVariant *parameters, GError **error);
/* The same, and it must fail with this error. */
void usher_call_fails(Usher *u, const char *member, GVariant *parameters, const char *error_name);

BoxSession *usher_open(Usher *u, const BoxSessionOptions *options);
void usher_wait_known(Usher *u, BoxSession *session);

/* Options of a log-off; message may be NULL. */
GVariant *usher_options(guint grace, const char *message);
/* Object paths of the jobs, free with g_strfreev. */
char **usher_log_off(Usher *u, const char *station, guint grace, const char *message);
char **usher_jobs(Usher *u);

/* Until usherd says that there are none. */
bool usher_wait_no_jobs(Usher *u);

/* A string property of a job, or NULL when there is no such job. */
char *usher_job_get(Usher *u, const char *job, const char *property);
bool usher_job_wait(Usher *u, const char *job, const char *property, const char *value, guint timeout_msec);

/* The n-th JobRemoved since the start is this session's, with this result. */
void usher_assert_removed(Usher *u, guint n, BoxSession *session, const char *result, guint timeout_msec);

void usher_systemctl(const char *verb, const char *argument, const char *unit);

/* A notification server on the session's bus: box-notifier MODE. What it was asked to show is in a file, a line each. */
typedef struct {
        GSubprocess *process;
        char *file;
} Notifier;

Notifier *notifier_new(Usher *u, BoxSession *session, const char *mode);
void notifier_free(Notifier *n);
char *notifier_read(Notifier *n);
/* Whether this text came to be shown. */
bool notifier_wait(Notifier *n, const char *text, guint timeout_msec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Usher, usher_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Notifier, notifier_free)
