/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* usherd on a bus of its own among peers that do what the test says. The usual test:
 *
 *      static void test_something(Fixture *f, gconstpointer data) {
 *              fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
 *              fixture_start(f);
 *              ...
 *      }
 *
 * There are the seats seat0, seat-left and seat-right, nobody sits there, and polkit says no to everybody.
 */

#include "bus.h"
#include "client.h"
#include "fake-logind.h"
#include "fake-polkit.h"
#include "fake-systemd.h"
#include "world.h"

#define MANAGER "/org/usher1"
#define SEAT0 "/org/usher1/station/seat0"

/* What the tests' usherd is configured to: short, so that the tests are. */
#define TEST_ASK_USEC (300 * G_TIME_SPAN_MILLISECOND)
#define TEST_TERMINATE_USEC (1 * G_TIME_SPAN_SECOND)
#define TEST_KILL_USEC (1 * G_TIME_SPAN_SECOND)
#define TEST_CONFIG                                                                 \
        "[LogOff]\n"                                                                \
        "GraceSec=60\nMinimumGraceSec=1\nMaximumGraceSec=3600\nRemindSec=30 10 5\n" \
        "AskSec=300ms\nTerminateSec=1\nKillSec=1\n"

typedef struct Signal {
        gint64 time; /* monotonic, µs */
        char *path;
        char *interface;
        char *member;
        GVariant *arguments;
} Signal;

typedef struct Fixture {
        Bus *bus;
        FakeLogind *logind;
        FakePolkit *polkit;
        FakeSystemd *systemd;

        GDBusConnection *root; /* has read access and every right */
        GPtrArray *signals;    /* all that usherd has sent, of Signal */
        GPtrArray *visitors;   /* connections that end with the test */

        char *directory;
        char *passwd; /* usherd's /etc/passwd, see accounts.h */
        GPid pid;     /* of usherd, 0 while there is none */
        gboolean ready;
        gboolean exited;
        int status;              /* as of waitpid(), once exited */
        gboolean dies_by_design; /* the test is about how usherd ends: no check of it afterwards */

        guint subscription;
        int notify;
        guint notify_source;
} Fixture;

/* Adds a test under its path, to be run by g_test_run(). */
#define fixture_add(path, function) \
        g_test_add(path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
/* The same below a bus policy that lets everybody send us everything: for what usherd itself must hold, were
 * the policy of no help. */
#define fixture_add_unguarded(path, function) \
        g_test_add(path, Fixture, "unguarded", fixture_set_up, function, fixture_tear_down)
void fixture_set_up(Fixture *f, gconstpointer data);
void fixture_tear_down(Fixture *f, gconstpointer data);

/* What every main() begins with. */
void fixture_init(int *argc, char ***argv);

/* Writes another usherd.conf; for a usherd that is not started so far. */
void fixture_configure(Fixture *f, const char *text);

/* Starts usherd and waits until it says that it is ready. */
void fixture_start(Fixture *f);

/* The same without the waiting. */
void fixture_spawn(Fixture *f);

/* kill -9, and wait for it. */
void fixture_kill(Fixture *f);

/* An orderly end, which must be one. */
void fixture_stop(Fixture *f);

/* A connection as that user, closed when the test ends. */
GDBusConnection *fixture_connect(Fixture *f, uid_t uid);

/* usherd has done all it had to do for what was sent to it before now: a call was answered after it, and its
 * own calls have reached the fakes. */
void fixture_settle(Fixture *f);

/* An ordinary session there. */
void at_station(Fixture *f, const char *id, uid_t uid, const char *seat);

/* Calls that return one job: its path. Options in GVariant's text form, or NULL. As root. */
char *fixture_log_off(Fixture *f, const char *station, const char *options);
char *fixture_log_off_session(Fixture *f, const char *session, const char *options);

/* The paths that LogOff, LogOffAll or the like returned. Takes the reply. */
GStrv job_paths(GVariant *reply);

/* The numbers of the live jobs, in ListJobs' order: "1 2"; "" for none. */
char *fixture_jobs(Fixture *f);
#define assert_jobs(f, expected)                          \
        G_STMT_START {                                    \
                g_autofree char *_jobs = fixture_jobs(f); \
                g_assert_cmpstr(_jobs, ==, expected);     \
        }                                                 \
        G_STMT_END

/* No job, and nothing was asked of logind or systemd. */
void assert_nothing_happened(Fixture *f);

/* The path of the only live job. */
char *fixture_only_job(Fixture *f);

/* Waits until the job is removed; its result stays valid until the test ends. */
const char *fixture_wait_result(Fixture *f, const char *job);
#define assert_result(f, job, expected) g_assert_cmpstr(fixture_wait_result(f, job), ==, expected)

/* When JobRemoved came; 0 if it did not. */
gint64 fixture_removed_at(Fixture *f, const char *job);

/* Waits until a property has this value, in GVariant's text form without type marks: "'warning'". */
void fixture_wait_property(Fixture *f, const char *path, const char *property, const char *value);

/* The values that a property was told to have had, in order, by PropertiesChanged alone: "asking
 * terminating". */
char *fixture_history(Fixture *f, const char *path, const char *property);

/* Whether nobody but that user was warned, and that one was. */
gboolean fixture_only_warned(Fixture *f, uid_t uid);

/* How often that signal came from that path. */
guint fixture_count_signals(Fixture *f, const char *path, const char *member);

/* Waits until usherd has nothing to do: what has been sent to it by whatever road has woken it, and it
 * sleeps again. */
void fixture_wait_asleep(Fixture *f);

/* A line of /proc/PID/status of usherd, in kB. */
guint64 fixture_memory(Fixture *f, const char *field);
