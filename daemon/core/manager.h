/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The registries of what usherd knows and does: stations, sessions, jobs, requests and notices, the marks of
 * what changed, and the hooks of the features. core/lifecycle.c sets it up, core/events.c puts in what the
 * peers say, and core/changes.c announces what changed. */

#include <sys/queue.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "core/config.h"
#include "core/feature.h"
#include "core/logins.h"
#include "core/session.h"
#include "core/station.h"
#include "core/store.h"
#include "hub/topology.h"
#include "hub/udev.h"
#include "peer/clock.h"
#include "peer/logind.h"
#include "peer/systemd.h"
#include "peer/users.h"

typedef struct JobRunner JobRunner;
typedef struct LogindRequest LogindRequest;
typedef struct Notice Notice;
typedef struct WarnStarts WarnStarts;

typedef enum ManagerChange {
        MANAGER_CHANGED_STATIONS = 1 << 0,
        MANAGER_CHANGED_JOBS = 1 << 1,
        MANAGER_CHANGED_LAST_OPERATION = 1 << 2,
        MANAGER_CHANGED_CONFIG = 1 << 3,
        MANAGER_CHANGED_UDEV_OVERRUNS = 1 << 4,
        MANAGER_CHANGED_MODE = 1 << 5,
        MANAGER_CHANGED_TEXT_CONSOLE = 1 << 6,
} ManagerChange;

/* A client that keeps usherd busy must not delay signals or state: what changed is announced after this at
 * the latest. */
#define MANAGER_NOTIFY_LATE_USEC (50 * USEC_PER_MSEC)

/* What core/changes.c has to announce. */
typedef struct Changes {
        unsigned mask; /* ManagerChange, not announced yet */
        bool store;    /* the store is out of date */
        sd_event_source *notify;
        sd_event_source *notify_late;
} Changes;

/* What the last request that meant several sessions did, and how many it left alone. */
typedef struct Operation {
        const char *method; /* of org.usher1.Manager, static; NULL before the first */
        unsigned jobs;
        unsigned skipped_caller;
        unsigned skipped_administrators;
        unsigned skipped_seatless;
        unsigned skipped_classes;
} Operation;

/* The events for bus/. A new object can be found before its event is sent. An object that is removed can be
 * found until its event was handled. */
typedef struct ManagerEvents {
        void (*ready)(void *userdata); /* the first view of all peers is complete: see manager_serve() */
        void (*station_added)(Station *s, void *userdata);
        void (*station_changed)(Station *s, unsigned mask, void *userdata); /* StationChange */
        void (*station_removed)(Station *s, void *userdata);
        void (*hub_added)(const Hub *h, void *userdata);
        void (*hub_changed)(const Hub *h, unsigned mask, void *userdata); /* HubChange */
        void (*hub_removed)(const Hub *h, void *userdata);
        void (*job_new)(JobRunner *j, void *userdata);
        void (*job_changed)(JobRunner *j, unsigned mask, void *userdata); /* JobChange */
        void (*job_removed)(JobRunner *j, void *userdata);
        void (*notice_new)(const Notice *n, void *userdata);
        void (*lookup_done)(void *userdata); /* the user database has answered: deferred calls can go on */
        void (*changed)(unsigned mask, void *userdata); /* ManagerChange */
} ManagerEvents;

struct Manager {
        sd_event *event;
        sd_bus *bus;
        Config config;
        char *state_directory;

        const Feature *const *features; /* NULL-terminated */
        void **feature_states;

        Clock *clock;
        Logind *logind;
        Systemd *systemd;
        UdevHost *udev;
        Users *users;
        Topology *topology;
        Store *store;
        bool store_failed; /* the last attempt to write it; logged once */
        Logins *logins;
        WarnStarts *warn_starts;

        TAILQ_HEAD(, Station) stations;
        Index stations_by_id;
        TAILQ_HEAD(, Session) sessions;
        Index sessions_by_id;
        Index sessions_by_seat;
        TAILQ_HEAD(, JobRunner) jobs; /* see core/jobs.h for how to find one */
        Index jobs_by_number;
        Index jobs_by_session; /* the session's id */
        Index jobs_by_station;
        TAILQ_HEAD(, LogindRequest) requests;
        TAILQ_HEAD(, Notice) notices;
        uint32_t last_job;
        uint32_t last_notice;
        Operation last_operation;

        bool logind_lost;   /* nothing may be concluded from the sessions until logind is back */
        bool logind_synced; /* the sessions have been complete at least once */
        bool udev_settled;  /* the devices were enumerated */
        bool ready;
        bool serving;       /* the bus name is ours */
        bool going_down;    /* the machine is: see manager_set_going_down() */
        usec_t waits_until; /* CLOCK_MONOTONIC: until when the shutdown waits for log-offs at most;
                               USEC_INFINITY while the machine stays on */

        Changes changes;
        uint64_t udev_overruns; /* as announced */

        const ManagerEvents *events;
        void *userdata;
};

/* The state of a feature, or NULL where this usherd runs without it. */
void *manager_feature(Manager *m, const Feature *f);

/* Sets whether the machine is shutting down. During a shutdown sessions are ended by signals, no login
 * screen is expected, jobs cannot be cancelled, and warnings cannot be extended past waits_until, a time of
 * CLOCK_MONOTONIC. */
void manager_set_going_down(Manager *m, bool going_down, usec_t waits_until);

/* Something changed; mask may be 0 where only derived values may differ. core/changes.c announces it soon.
 */
void manager_changed(Manager *m, unsigned mask);
void manager_station_changed(Manager *m, const char *seat, unsigned mask);
void manager_store_changed(Manager *m);

/* For the core: calls a hook of every feature that has it. */
#define MANAGER_CALL_FEATURES(m, hook, ...)          \
        for (size_t _i = 0; (m)->features[_i]; _i++) \
                if ((m)->features[_i]->hook)         \
        (m)->features[_i]->hook((m)->feature_states[_i], ##__VA_ARGS__)

/* For features: the hooks by which one reaches another. manager_switch_mode() returns -EOPNOTSUPP where no
 * feature has the hook. */
void manager_hubs_reassigned(Manager *m);
int manager_switch_mode(Manager *m, Mode mode, ModeHandler handler, void *userdata);

Station *manager_find_station(Manager *m, const char *id);
Station *manager_find_station_by_name(Manager *m, const char *name); /* by id, else by its exact label */
const char *manager_station_name(Manager *m, const char *id);        /* its label, or the id */
Session *manager_find_session(Manager *m, const char *id);

/* Finds the station or adds it. A station need not have a seat: it stays while it has a label, a hub or a
 * job. */
int manager_add_station(Manager *m, const char *id, Station **ret);
void manager_remove_station(Station *s); /* and frees it */

/* For core/events.c: a session with its first info, the next info of it, and its end. The caller frees it
 * then. Returns 0 or -ENOMEM. */
int manager_add_session(Manager *m, Session *s);
void manager_set_session_info(Session *s, const SessionInfo *info);
void manager_remove_session(Session *s);

/* The announced stations in the order of listings. The caller frees the array, not the stations. */
int manager_list_stations(Manager *m, Station ***ret, size_t *ret_n);

/* The sessions at a seat ("" for those without one), or all of them where seat is NULL. With only_people
 * those that Usher may end: session_is_person(). The caller frees the array. */
int manager_list_sessions(Manager *m, const char *seat, bool only_people, Session ***ret, size_t *ret_n);
