/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* One place where a person sits. Everything but its id and label is derived from its seat, its sessions and
 * its jobs. */

#include "core/session.h"

typedef enum StationState {
        STATION_FREE,
        STATION_IN_USE,
        STATION_LOCKED,
        STATION_ENDING,
        _STATION_STATE_MAX,
        _STATION_STATE_INVALID = -EINVAL,
} StationState;

/* The worst last, so that the greater is the one to show. */
typedef enum StationHealth {
        STATION_OK,
        STATION_NO_POINTER,
        STATION_NO_KEYBOARD,
        STATION_NO_DISPLAY,
        STATION_NO_LOGIN_SCREEN, /* nobody can log in: no greeter is visible, and no session of a person is
                                    there */
        STATION_ABSENT,
        _STATION_HEALTH_MAX,
        _STATION_HEALTH_INVALID = -EINVAL,
} StationHealth;

DECLARE_STRING_TABLE(StationState, station_state);
DECLARE_STRING_TABLE(StationHealth, station_health);

typedef enum StationChange {
        STATION_CHANGED_LABEL = 1 << 0,
        STATION_CHANGED_STATE = 1 << 1,
        STATION_CHANGED_HEALTH = 1 << 2,
        STATION_CHANGED_ACTIVE_SESSION = 1 << 3,
        STATION_CHANGED_ACTIVE_USER = 1 << 4,
        STATION_CHANGED_SESSIONS = 1 << 5,
        STATION_CHANGED_HUBS = 1 << 6,
        STATION_CHANGED_DISPLAYS = 1 << 7,
        STATION_CHANGED_DEVICES = 1 << 8,
        STATION_CHANGED_IDLE = 1 << 9,
        STATION_CHANGED_JOBS = 1 << 10,
} StationChange;

/* What is on the seat, as udev says. */
typedef struct StationEquipment {
        bool known; /* udev has told of all devices: otherwise nothing can be said to be missing */
        bool keyboard;
        bool pointer;
        bool display;
} StationEquipment;

typedef struct Station {
        Manager *manager; /* set by manager_add_station() */
        char *id;
        char *label;  /* "" for none of its own */
        bool present; /* logind has the seat */
        bool login_screen_missing;
        bool announced;   /* on the bus */
        unsigned changed; /* StationChange, not announced yet */

        /* Derived, as it was announced last. */
        StationState state;
        StationHealth health;
        StationHealth journal_health; /* as the journal has it */
        char *active_session;         /* of a person, "" while a greeter or nobody is in front */
        char *active_user;            /* of the session that the station is in use by, "" for none */
        uid_t active_uid;             /* -1 for none */
        usec_t idle_since;            /* CLOCK_REALTIME, 0 while not idle */

        TAILQ_ENTRY(Station) stations;
        IndexEntry by_id;
} Station;

int station_new(Station **ret, const char *id);
Station *station_free(Station *s);
DEFINE_CLEANUP(Station *, station_free);

/* The label, or the id of a station without one: what people call it. */
const char *station_name(const Station *s);

/* The order of listings: seat0 first, then by name. */
int station_compare(const Station *a, const Station *b);

/* Of the sessions at this seat, the one that the station is in use by: the active session of a person, else
 * any session of a person, else NULL. */
const Session *station_user_session(Session *const *sessions, size_t n);

/* Derives the station from the sessions at its seat and adds what changed to s->changed. Returns -ENOMEM. */
int station_update(Station *s,
                Session *const *sessions,
                size_t n_sessions,
                bool has_job,
                const StationEquipment *equipment);
