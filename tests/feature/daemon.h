/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* A house with some features and with the test as all peers: it reports for logind and udev, and the other
 * end of the bus answers every call with success. Timers fire when the test says so. */

#include "core/events.h"
#include "house.h"
#include "room.h"

#define SEAT "seat-left"
#define ADA ((uid_t) 61001)
#define TEACHER ((uid_t) 61002)

typedef struct Daemon {
        House *house;
        Manager *manager; /* owned by the house */
        Room room;        /* its topology belongs to the manager */
        const Feature *const *features;
        GPtrArray *sessions; /* SessionInfo, as logind last reported them */

        GString *calls;     /* "Member(first-argument) …" of all calls except those to the bus itself */
        uid_t inhibitor;    /* the user with an idle inhibitor, 0 for none */
        const char *refuse; /* the member that returns an error, NULL for none */
        const char *ignore; /* the member that gets no reply, NULL for none */

        const char *unit_state; /* of every unit; NULL: there is no systemd */
        const char *target;     /* what systemd is starting: "reboot.target"; NULL for nothing */
} Daemon;

/* features ends with NULL. logind has SEAT and no session; there are no devices, and usherd has no clients
 * yet. */
void daemon_set_up(Daemon *d, const Feature *const *features);
void daemon_tear_down(Daemon *d);

/* Lets clients connect: usherd has its name from here on. */
void daemon_serve(Daemon *d);

/* Restarts usherd with the same files and sessions; it has no clients yet, and the devices are gone. */
void daemon_restart(Daemon *d);

/* Runs the loop until there is nothing left to do. */
void daemon_run(Daemon *d);

/* Fires all timers now, and runs the loop. */
void daemon_fire_timers(Daemon *d);

/* udev has reported everything that the test changed in the room. */
void daemon_settle(Daemon *d);

/* What logind reports about a session, as a literal; the default is a graphical session of ADA at SEAT. */
typedef struct DaemonSession {
        const char *id;
        const char *class;
        const char *type;
        const char *state;
        const char *seat;
        uid_t uid;
        pid_t leader;      /* -1 for none */
        usec_t idle_since; /* CLOCK_MONOTONIC, 0 while it is in use */
} DaemonSession;

#define daemon_session(d, ...) daemon_apply_session(d, &(DaemonSession) { __VA_ARGS__ })
void daemon_apply_session(Daemon *d, const DaemonSession *session);
void daemon_end_session(Daemon *d, const char *id);

/* Requests the log-off of this session. */
void daemon_log_off(Daemon *d, const char *session, uid_t by_uid, bool awaited);

/* Cancels all jobs; there must be at least one. */
void daemon_cancel(Daemon *d);

/* The job of this session, which must exist, or must not. */
const Job *daemon_job(Daemon *d, const char *session);
void daemon_assert_no_job(Daemon *d, const char *session);

/* systemd says that its units are in this state now. */
void daemon_set_unit(Daemon *d, const char *state);

/* systemd's job for this unit has ended: "done", "failed" … */
void daemon_end_unit_job(Daemon *d, const char *unit, const char *result);

/* How often a call arrived: "StartUnit(usher-warn@61001.service)". */
guint daemon_count_calls(Daemon *d, const char *call);
