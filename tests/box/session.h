/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* For test programs that run inside the box: real sessions of real users on real seats, programs run as
 * those users, and a monitor for signals. Everything waits in the default main context, always with a
 * timeout. */

#include <gio/gio.h>
#include <stdbool.h>
#include <sys/types.h>

/* For what takes milliseconds unless it fails: long enough for a loaded machine. */
#define BOX_TIMEOUT_MSEC 20000

typedef struct Box Box;
typedef struct BoxMonitor BoxMonitor;
typedef struct BoxSession BoxSession;

/* Whether this program runs inside a box. A test that does not should skip. */
bool box_inside(void);

/* The box this program runs in: a connection to its system bus, and the job results of its systemd. */
Box *box_new(GError **error);
void box_free(Box *box);
/* Connects again, after dbus-daemon was restarted. Monitors do not survive it. */
bool box_reconnect(Box *box, GError **error);
GDBusConnection *box_bus(Box *box);

/* Runs the main context until done() returns true; it is called after every event, and at least every 20 ms.
 * Returns false on timeout. */
bool box_wait(bool (*done)(gpointer userdata), gpointer userdata, guint timeout_msec);

/* A synchronous method call on the system bus; `parameters` may be floating or NULL. */
GVariant *box_call(Box *box,
                const char *destination,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *parameters,
                GError **error);
GVariant *box_get_property(Box *box,
                const char *destination,
                const char *path,
                const char *interface,
                const char *property,
                GError **error);

/* The ids of the seats, including seat0. */
char **box_list_seats(Box *box, GError **error);

/* The number of sessions that logind lists; of this class only, unless it is NULL. */
guint box_count_sessions(Box *box, const char *class);

/* The properties of a new session. All but `user` are optional. */
typedef struct {
        const char *user;
        const char *seat;  /* NULL: none, as for ssh */
        const char *class; /* "user" */
        const char *type;  /* "x11", or "tty" with a terminal */
        const char *desktop;
        const char *pam;                /* "login"; "box-login" heeds /run/nologin as sshd does */
        bool terminal;                  /* the session's TTY is a pty, with the test at the other end */
        const char *const *environment; /* more variables, "NAME=value" */
        const char *const *command;     /* the leader's command, with an absolute path: "sleep infinity" */
} BoxSessionOptions;

struct BoxSession {
        Box *box;
        char *unit; /* the service whose PAM stack opened the session */
        char *user;
        char *seat;
        uid_t uid;
        char *job;
        char *id; /* these three are set by box_session_wait_open() */
        char *path;
        pid_t leader;
        char *tty;       /* "/dev/pts/3", or NULL without a terminal */
        GString *screen; /* every byte that was written there so far */
        int terminal_fd;
        GSource *reader;
};

/* Opens a session, and returns when logind lists it. start + wait_open do the same in two steps, so that
 * many sessions can open at the same time. */
BoxSession *box_session_open(Box *box, const BoxSessionOptions *options, GError **error);
BoxSession *box_session_start(Box *box, const BoxSessionOptions *options, GError **error);
bool box_session_wait_open(BoxSession *session, GError **error);

/* Kills what is left of the session, without waiting. */
void box_session_free(BoxSession *session);

/* Ends it as if the user had logged out, and waits until logind has forgotten it. */
bool box_session_close(BoxSession *session, GError **error);

/* Ends a session like Usher, by TerminateSession. Does not wait; wait_gone does. */
bool box_session_terminate(BoxSession *session, GError **error);
bool box_session_wait_gone(BoxSession *session, guint timeout_msec);

/* Whether logind lists it, also while it is closing. */
bool box_session_is_listed(BoxSession *session);
/* A string property of logind's session object, "" if there is none; the caller frees it. */
char *box_session_get(BoxSession *session, const char *property);

/* Waits until this text appears on the session's terminal. */
bool box_session_wait_text(BoxSession *session, const char *text, guint timeout_msec);
/* Types on it. */
bool box_session_type(BoxSession *session, const char *text);

/* Starts a program as a user: with a session, it belongs to that session for logind and polkit, and uses the
 * user's session bus; without one, it is outside of any session. */
GSubprocess *box_spawn(Box *box,
                const char *user,
                BoxSession *session,
                GSubprocessFlags flags,
                const char *const *command,
                GError **error);

typedef struct {
        int status; /* exit status, or 128 + signal */
        char *output;
        char *errors;
} BoxResult;

/* The same, and waits until it has ended. */
BoxResult *box_run_as(
                Box *box, const char *user, BoxSession *session, const char *const *command, GError **error);
void box_result_free(BoxResult *result);

/* A program that runs while the test goes on: on a terminal of its own, or with its output and errors in a
 * pipe. */
typedef struct {
        GSubprocess *process;
        GString *screen; /* every byte that it wrote so far */
        int fd;
        GSource *reader;
} BoxProgram;

BoxProgram *box_program_start(const char *user,
                BoxSession *session,
                bool terminal,
                const char *const *command,
                GError **error);
bool box_program_wait_text(BoxProgram *program, const char *text, guint timeout_msec);
/* Types on its terminal. */
bool box_program_type(BoxProgram *program, const char *text);
/* Waits for its end, and for the rest of its output. Returns its exit status, 128 + signal, or -1 on
 * timeout. */
int box_program_wait(BoxProgram *program, guint timeout_msec);
/* Kills it. */
void box_program_free(BoxProgram *program);

/* The end of a process: when it was, in microseconds on CLOCK_MONOTONIC, or 0 while it lives. */
typedef struct BoxWatch BoxWatch;
BoxWatch *box_watch_new(pid_t pid);
void box_watch_free(BoxWatch *w);
gint64 box_watch_ended(BoxWatch *w);

/* Records every signal that matches; NULL matches all. */
BoxMonitor *box_monitor_new(
                Box *box, const char *sender, const char *path, const char *interface, const char *member);
void box_monitor_free(BoxMonitor *monitor);

typedef struct {
        char *path;
        char *interface;
        char *member;
        GVariant *parameters;
} BoxSignal;

/* Waits until `n` signals of this name have arrived since the start. Returns the n-th, owned by the monitor,
 * or NULL on timeout. NULL matches all names. */
const BoxSignal *box_monitor_wait(BoxMonitor *monitor, const char *member, guint n, guint timeout_msec);
guint box_monitor_count(BoxMonitor *monitor, const char *member);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(Box, box_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BoxMonitor, box_monitor_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BoxProgram, box_program_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BoxResult, box_result_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BoxSession, box_session_free)
