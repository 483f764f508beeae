/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* usherd on a bus of its own, with fake peers that the test controls. The usual test:
 *
 *      static void test_something(Fixture *f, gconstpointer data) {
 *              fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
 *              fixture_start(f);
 *              ...
 *      }
 *
 * The seats are seat0, seat-left and seat-right, all without sessions, and polkit denies everything. */

#include "bus.h"
#include "client.h"
#include "fake-logind.h"
#include "fake-polkit.h"
#include "fake-systemd.h"
#include "world.h"

#define MANAGER "/org/usher1"
#define SEAT0 "/org/usher1/station/seat0"

/* The configuration of usherd, with short times so that the tests are short. */
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
        GPtrArray *signals;    /* all signals of usherd, of Signal */
        GPtrArray *visitors;   /* connections that are closed with the test */

        char *directory;
        char *passwd;     /* usherd's /etc/passwd, see accounts.h */
        gsize stack_size; /* of usherd, in bytes; 0: as it is for the test */
        GPid pid;         /* of usherd, 0 while it does not run */
        gboolean ready;
        gboolean exited;
        int status;              /* as from waitpid(), once exited */
        gboolean dies_by_design; /* the test is about how usherd ends: it is not checked afterwards */

        guint subscription;
        int notify;
        guint notify_source;
} Fixture;

/* Adds a test under its path, for g_test_run(). */
#define fixture_add(path, function) \
        g_test_add(path, Fixture, NULL, fixture_set_up, function, fixture_tear_down)
/* The same with a bus policy that lets everybody send everything to usherd: for checks that usherd must make
 * itself, without the help of the policy. */
#define fixture_add_unguarded(path, function) \
        g_test_add(path, Fixture, "unguarded", fixture_set_up, function, fixture_tear_down)
/* The same with a bus that does not know the PIDs of its clients. */
#define fixture_add_without_pids(path, function) \
        g_test_add(path, Fixture, "without-pids", fixture_set_up, function, fixture_tear_down)
void fixture_set_up(Fixture *f, gconstpointer data);
void fixture_tear_down(Fixture *f, gconstpointer data);

/* Every main() begins with this. */
void fixture_init(int *argc, char ***argv);

/* Writes another usherd.conf, before usherd is started. */
void fixture_configure(Fixture *f, const char *text);

/* Starts usherd and waits until it reports that it is ready. */
void fixture_start(Fixture *f);

/* The same without the wait. */
void fixture_spawn(Fixture *f);

/* Kills usherd with SIGKILL and waits for its end. */
void fixture_kill(Fixture *f);

/* Stops usherd with SIGTERM, and expects a clean exit. */
void fixture_stop(Fixture *f);

/* A connection as that user, closed when the test ends. */
GDBusConnection *fixture_connect(Fixture *f, uid_t uid);

/* Waits until usherd has handled everything sent to it so far: a later call was answered, and its own calls
 * have reached the fakes. */
void fixture_settle(Fixture *f);

/* Adds an ordinary session at that seat. */
void at_station(Fixture *f, const char *id, uid_t uid, const char *seat);

/* Calls that return one job: its path. Options are in GVariant's text form, or NULL. As root. */
char *fixture_log_off(Fixture *f, const char *station, const char *options);
char *fixture_log_off_session(Fixture *f, const char *session, const char *options);

/* The paths that LogOff, LogOffAll or the like returned. Takes ownership of the reply. */
GStrv job_paths(GVariant *reply);

/* The numbers of the current jobs, in the order of ListJobs: "1 2"; "" for none. */
char *fixture_jobs(Fixture *f);
#define assert_jobs(f, expected)                          \
        G_STMT_START {                                    \
                g_autofree char *_jobs = fixture_jobs(f); \
                g_assert_cmpstr(_jobs, ==, expected);     \
        }                                                 \
        G_STMT_END

/* Expects that there is no job and that nothing was requested from logind or systemd. */
void assert_nothing_happened(Fixture *f);

/* The path of the only current job. */
char *fixture_only_job(Fixture *f);

/* Waits until the job is removed; the returned result is valid until the test ends. */
const char *fixture_wait_result(Fixture *f, const char *job);
#define assert_result(f, job, expected) g_assert_cmpstr(fixture_wait_result(f, job), ==, expected)

/* When JobRemoved came; 0 if it did not. */
gint64 fixture_removed_at(Fixture *f, const char *job);

/* Waits until a property has this value, in GVariant's text form without type annotations: "'warning'". */
void fixture_wait_property(Fixture *f, const char *path, const char *property, const char *value);

/* The values of a property that PropertiesChanged announced, in order: "asking terminating". */
char *fixture_history(Fixture *f, const char *path, const char *property);

/* Whether that user was warned and nobody else. */
gboolean fixture_only_warned(Fixture *f, uid_t uid);

/* How often that signal came from that path. */
guint fixture_count_signals(Fixture *f, const char *path, const char *member);

/* Waits until usherd is idle: everything sent to it by any way has woken it, and it sleeps again. */
void fixture_wait_asleep(Fixture *f);

/* A line of /proc/PID/status of usherd, in kB. */
guint64 fixture_memory(Fixture *f, const char *field);
