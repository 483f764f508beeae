/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* usherd in the box, for the tests that follow a warning from the call to the end: calls with answers that
 * must be right, properties of the job, and a notification server of our own. */

#include "session.h"

/* From a deadline to the end of an orderly session. */
#define USHER_END_MSEC 15000

typedef struct {
        Box *box;
        BoxMonitor *removed; /* JobRemoved */
} Usher;

/* Writes the configuration, restarts usherd with it where it is another one than before, and connects. */
void usher_set_up(Usher *u, gconstpointer configuration);
/* Cancels what is under way. */
void usher_tear_down(Usher *u, gconstpointer configuration);

/* A test that needs no more than that: func(Usher *u, gconstpointer unused). */
#define usher_test(path, configuration, func) \
        g_test_add(path, Usher, configuration, usher_set_up, func, usher_tear_down)

/* The same for a fixture that has an usher. */
Usher *usher_new(const char *configuration);
void usher_free(Usher *u);

GVariant *usher_call(Usher *u, const char *member, GVariant *parameters, GError **error);
/* The same, and it must fail with this error. */
void usher_call_fails(Usher *u, const char *member, GVariant *parameters, const char *error_name);

BoxSession *usher_open(Usher *u, const BoxSessionOptions *options);
/* usherd hears of a session a moment after logind does, and its grace runs from when it is open: until then.
 */
void usher_wait_known(Usher *u, BoxSession *session);

/* Options of a log-off; message may be NULL. */
GVariant *usher_options(guint grace, const char *message);
/* Object paths of the jobs, free with g_strfreev. */
char **usher_log_off(Usher *u, const char *station, guint grace, const char *message);
/* How many jobs that made. */
guint usher_log_off_all(Usher *u, GVariant *options);
/* A number of what the last LogOffAll did, and of those whom it left alone. */
guint usher_last_operation(Usher *u, const char *key);
/* How many jobs that cancelled. */
guint usher_cancel_all(Usher *u);
char **usher_jobs(Usher *u);

/* Until usherd says that there are none. */
bool usher_wait_no_jobs(Usher *u);

/* A string property of a job, or NULL when there is no such job. */
char *usher_job_get(Usher *u, const char *job, const char *property);
bool usher_job_wait(Usher *u, const char *job, const char *property, const char *value, guint timeout_msec);

/* The n-th JobRemoved since the start is this session's, with this result. */
void usher_assert_removed(Usher *u, guint n, BoxSession *session, const char *result, guint timeout_msec);

/* What a program prints; it must end well. */
char *usher_output(const char *const *argv);
void usher_systemctl(const char *verb, const char *argument, const char *unit);
/* The records of the journal that match FIELD=value, with all their fields, once all that was sent to it is
 * there. */
char *usher_journal(const char *match);

/* A notification server on the session's bus: box-notifier MODE. What it was asked to show is in a file, a
 * line each. */
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
