/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What usherd knows and is doing. Facts come up from the peers, changes go up to the bus by ManagerEvents,
 * once each: what changed is collected and told in one deferred flush, so that the twenty events of one
 * replugged hub are one signal. */

#include <sys/queue.h>
#include <systemd/sd-bus.h>
#include <systemd/sd-event.h>

#include "bus/deferred.h"
#include "bus/polkit.h"
#include "core/config.h"
#include "core/job.h"
#include "core/logins-file.h"
#include "core/station.h"
#include "core/store.h"
#include "feature/idle-clock.h"
#include "feature/label-file.h"
#include "feature/rate.h"
#include "hub/topology.h"
#include "hub/udev.h"
#include "peer/clock.h"
#include "peer/logind-shutdown.h"
#include "peer/logind.h"
#include "peer/systemd.h"
#include "peer/unit-watch.h"
#include "peer/users.h"

/* Live jobs of the whole machine: every session of logind's own limit would be too many to be meant. */
#define JOBS_MAX 1024U

typedef struct Attachment Attachment;
typedef struct Caller Caller;
typedef struct HubLostWatch HubLostWatch;
typedef struct Identification Identification;
typedef struct JobRunner JobRunner;
typedef struct IdleWatch IdleWatch;
typedef struct LoginScreenWatch LoginScreenWatch;
typedef struct Manager Manager;
typedef struct LogindRequest LogindRequest;
typedef struct Notice Notice;
typedef struct PendingAction PendingAction;
typedef void (*ModeHandler)(const char *error, void *userdata);

/* What the user database says of a session's user. Until it says something, ending it takes the stronger
 * right. */
typedef enum Privilege {
        PRIVILEGE_NEW,     /* nothing so far */
        PRIVILEGE_UNKNOWN, /* it was asked in vain */
        PRIVILEGE_ORDINARY,
        PRIVILEGE_ADMINISTRATOR,
} Privilege;

typedef struct Session {
        Manager *manager;
        const SessionInfo *info; /* logind's */
        Privilege privilege;
        Lookup *privilege_lookup;
        usec_t privilege_asked; /* CLOCK_MONOTONIC, 0 before the first time */
        usec_t inhibited;       /* see IdleClock */
        usec_t idle_reset;
        TAILQ_ENTRY(Session) sessions;
} Session;

typedef enum ManagerChange {
        MANAGER_CHANGED_STATIONS = 1 << 0,
        MANAGER_CHANGED_JOBS = 1 << 1,
        MANAGER_CHANGED_LAST_OPERATION = 1 << 2,
        MANAGER_CHANGED_CONFIG = 1 << 3,
        MANAGER_CHANGED_UDEV_OVERRUNS = 1 << 4,
        MANAGER_CHANGED_MODE = 1 << 5,
} ManagerChange;

/* What the latest log-off request of several sessions did, and whom it left alone. */
typedef struct Operation {
        const char *method; /* of org.usher1.Manager, NULL before the first */
        unsigned jobs;
        unsigned skipped_caller;
        unsigned skipped_administrators;
        unsigned skipped_seatless;
        unsigned skipped_classes;
} Operation;

typedef struct ManagerEvents {
        void (*ready)(void *userdata); /* the first picture is whole */
        void (*station_added)(Station *s, void *userdata);
        void (*station_changed)(Station *s, unsigned mask, void *userdata);
        void (*station_removed)(Station *s, void *userdata); /* it can still be found */
        void (*hub_added)(const Hub *h, void *userdata);
        void (*hub_changed)(const Hub *h, unsigned mask, void *userdata);
        void (*hub_removed)(const Hub *h, void *userdata); /* it can still be found */
        void (*job_new)(JobRunner *l, void *userdata);
        void (*job_changed)(JobRunner *l, unsigned mask, void *userdata);
        void (*job_removed)(JobRunner *l, void *userdata); /* it can still be found */
        void (*manager_changed)(unsigned mask, void *userdata);
        void (*notice_new)(const Notice *n, void *userdata);
} ManagerEvents;

struct Manager {
        sd_event *event;
        sd_bus *bus;
        Config config;

        Logind *logind;
        Units *units;
        Polkit *polkit;
        Users *users;
        Deferred *deferred;
        UdevHost *udev;
        Clock *clock;
        Store *store;
        Labels *labels;
        Nologin *nologin;
        UnitWatch *console; /* usher-console.service */
        UnitWatch *hook;    /* usher-shutdown.service */
        DelayLock *delay_lock;

        TAILQ_HEAD(, Station) stations;
        TAILQ_HEAD(, Session) sessions;
        TAILQ_HEAD(CallerList, Caller) callers; /* latest first */
        TAILQ_HEAD(, JobRunner) jobs;
        TAILQ_HEAD(, LoginScreenWatch) login_screens;
        TAILQ_HEAD(, HubLostWatch) hubs_lost;
        TAILQ_HEAD(, LogindRequest) logind_requests;
        TAILQ_HEAD(, Attachment) attachments; /* that logind has taken a moment ago */
        bool detached;                        /* and that it has flushed all before these */
        unsigned attachment_tries;
        sd_event_source *attachment_check;
        TAILQ_HEAD(, Notice) notices;
        TAILQ_HEAD(, Identification) identifications;
        Topology *topology;
        uint64_t udev_overruns; /* as told last */
        uint32_t last_job;
        uint32_t last_notice;
        Rate message_rate;
        IdleWatch *idle_watch;
        Operation last_operation;

        PendingAction *pending; /* NULL: nothing is to follow the log-offs */
        Mode mode;
        bool mode_known;
        ModeHandler mode_handler; /* while a switch is under way */
        void *mode_userdata;
        sd_event_source *mode_wait;
        bool shutting_down;         /* by logind */
        UnitsCall *shutdown_call;   /* while the hook is at work: is it for a shutdown? */
        bool hook_holds_shutdown;   /* it is */
        usec_t delay_max;           /* for so long logind waits for our lock */
        sd_event_source *last_word; /* while the lock is held against a shutdown */

        bool logind_lost;   /* nothing may be concluded from the sessions until logind is back */
        bool logind_absent; /* nobody holds logind's name */
        bool logind_synced; /* the first picture of logind is in */
        bool udev_settled;
        bool ready;
        bool serving; /* the name is ours: whoever watches for it hears us */

        unsigned changed; /* not told so far: a mask of ManagerChange */
        bool store_dirty;
        sd_event_source *notify;
        sd_event_source *notify_late; /* its latest time, where messages keep us busy without end */

        const ManagerEvents *events;
        void *userdata;
};

/* The bus must be attached to the event loop. runtime_directory is where live jobs are kept, state_directory
 * where labels are. */
int manager_new(Manager **ret,
                sd_event *event,
                sd_bus *bus,
                const Config *config,
                const char *runtime_directory,
                const char *state_directory,
                const char *nologin_path);
Manager *manager_free(Manager *m);
DEFINE_CLEANUP(Manager *, manager_free);

/* Begins to look at the peers; what they say is told by the events from here on. */
int manager_start(Manager *m, const ManagerEvents *events, void *userdata);

/* The name is ours. Jobs from before a restart go on from here, so that nobody misses how one of them ended.
 */
void manager_serve(Manager *m);

/* Takes another configuration; live jobs keep their deadlines. */
void manager_set_config(Manager *m, const Config *config);

Station *manager_find_station(Manager *m, const char *id);
/* By id, or by its exact label. */
Station *manager_find_station_by_name(Manager *m, const char *name);
/* Where a session sits; NULL for one without a seat. */
Station *manager_find_station_by_session(Manager *m, const SessionInfo *f);
const SessionInfo *manager_find_session(Manager *m, const char *id);
Session *manager_find_session_entry(Manager *m, const char *id);
Session *session_free(Session *s);
JobRunner *manager_find_job(Manager *m, uint32_t number);
JobRunner *manager_find_job_of(Manager *m, const SessionInfo *f);

/* A station that logind need not have: one with a label, or with a hub. It stays while there is a reason for
 * it. */
int manager_make_station(Manager *m, const char *id, Station **ret);

/* Stations in the order of listings. The array is the caller's, the stations are not. */
int manager_sort_stations(Manager *m, Station ***ret, size_t *ret_n);

/* The sessions at a seat, "" for those without one. The array is the caller's. */
int manager_sessions_of(Manager *m, const char *seat, const SessionInfo ***ret, size_t *ret_n);

/* Something changed that a flush is to tell. */
void manager_changed(Manager *m, unsigned mask);
void manager_station_changed(Manager *m, const char *seat, unsigned mask);

void manager_set_last_operation(Manager *m, const Operation *o);

/* Keeps newcomers out from now on; they are let in again when no live job asks for it any more. Returns a
 * negative errno where /run/nologin cannot be made. */
int manager_block_logins(Manager *m);

/* Writes the live jobs down now: before a caller hears that they exist. */
void manager_store_jobs(Manager *m);
