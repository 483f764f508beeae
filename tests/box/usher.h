/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* usherd in the box, for the tests that follow a warning from the call to the end: calls that must succeed,
 * properties of jobs, and a notification server. */

#include "session.h"

/* From a deadline to the end of an orderly session. */
#define USHER_END_MSEC 15000

typedef struct {
        Box *box;
        BoxMonitor *removed; /* JobRemoved */
} Usher;

/* Writes the configuration, restarts usherd if it has changed, and connects. */
void usher_set_up(Usher *u, gconstpointer configuration);
/* Cancels all jobs. */
void usher_tear_down(Usher *u, gconstpointer configuration);

/* A test that needs nothing else: func(Usher *u, gconstpointer unused). */
#define usher_test(path, configuration, func) \
        g_test_add(path, Usher, configuration, usher_set_up, func, usher_tear_down)

/* The same for a fixture with an Usher. */
Usher *usher_new(const char *configuration);
void usher_free(Usher *u);

GVariant *usher_call(Usher *u, const char *member, GVariant *parameters, GError **error);
/* The same, but the call must fail with this error. */
void usher_call_fails(Usher *u, const char *member, GVariant *parameters, const char *error_name);

BoxSession *usher_open(Usher *u, const BoxSessionOptions *options);
/* usherd hears of a session a moment after logind has it, and the grace period starts when it is open: waits
 * until then. */
void usher_wait_known(Usher *u, BoxSession *session);

/* Options of a log-off; message may be NULL. */
GVariant *usher_options(guint grace, const char *message);
/* Object paths of the jobs; free with g_strfreev(). */
char **usher_log_off(Usher *u, const char *station, guint grace, const char *message);
/* Returns the number of new jobs. */
guint usher_log_off_all(Usher *u, GVariant *options);
/* A number from the last LogOffAll: what it did, and whom it left alone. */
guint usher_last_operation(Usher *u, const char *key);
/* Returns the number of cancelled jobs. */
guint usher_cancel_all(Usher *u);
char **usher_jobs(Usher *u);

/* Waits until usherd has no jobs. */
bool usher_wait_no_jobs(Usher *u);

/* A string property of a job, or NULL when there is no such job. */
char *usher_job_get(Usher *u, const char *job, const char *property);
bool usher_job_wait(Usher *u, const char *job, const char *property, const char *value, guint timeout_msec);

/* Expects that the n-th JobRemoved since the start is about this session, with this result. */
void usher_assert_removed(Usher *u, guint n, BoxSession *session, const char *result, guint timeout_msec);

/* The output of a program, which must succeed. */
char *usher_output(const char *const *argv);
/* How often a part occurs in a text. */
guint usher_count(const char *text, const char *part);
void usher_systemctl(const char *verb, const char *argument, const char *unit);
/* The journal's records that match FIELD=value, with all fields, once the journal has stored everything sent
 * to it. */
char *usher_journal(const char *match);

/* Seconds since a time of g_get_monotonic_time(). */
double seconds_since(gint64 begin);

/* A notification server on the session's bus: box-notifier MODE. A file has its requests, one per line. */
typedef struct {
        GSubprocess *process;
        char *file;
} Notifier;

/* Installs the program where every user can run it: the build directory may be readable for root only. */
void notifier_install(void);
Notifier *notifier_new(Usher *u, BoxSession *session, const char *mode);
void notifier_free(Notifier *n);
char *notifier_read(Notifier *n);
/* Whether this text was shown. */
bool notifier_wait(Notifier *n, const char *text, guint timeout_msec);
/* Whether it was shown between two times, in microseconds on CLOCK_MONOTONIC. `file` is that of a
 * box-notifier. */
bool notifier_shown(const char *file, const char *text, gint64 after, gint64 before);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Usher, usher_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Notifier, notifier_free)
