/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The contents of usherd.conf, usherd.conf(5): plain values without pointers, so that a Config is copied by
 * assignment. */

#include "common/macro.h"

#define CONFIG_REMIND_MAX 16U

/* The number of stations that can have a section of their own, and the longest of their names. */
#define CONFIG_STATIONS_MAX 64U
#define CONFIG_STATION_NAME_MAX 128U

/* The longest time for any setting: a countdown of a week is a mistake. */
#define CONFIG_TIME_MAX (7 * USEC_PER_DAY)

/* The same for FullScreenSec=. */
#define CONFIG_FULL_SCREEN_MAX (5 * USEC_PER_MINUTE)

typedef enum HubLost {
        HUB_LOST_KEEP,
        HUB_LOST_LOCK,
        HUB_LOST_LOG_OFF,
        _HUB_LOST_MAX,
        _HUB_LOST_INVALID = -EINVAL,
} HubLost;

DECLARE_STRING_TABLE(HubLost, hub_lost);

/* [Station:NAME], for the station with this label or id. */
typedef struct ConfigStation {
        char name[CONFIG_STATION_NAME_MAX + 1];
        usec_t idle_log_off_usec; /* USEC_INFINITY: the common setting */
} ConfigStation;

typedef enum Mode {
        MODE_STATION, /* each seat is a station */
        MODE_CONSOLE, /* all seats are one */
        _MODE_MAX,
        _MODE_INVALID = -EINVAL,
} Mode;

DECLARE_STRING_TABLE(Mode, mode);

typedef struct Config {
        /* [LogOff] */
        usec_t grace_usec;
        usec_t minimum_grace_usec;
        usec_t maximum_grace_usec;
        usec_t remind_usec[CONFIG_REMIND_MAX]; /* before the end; the longest first, without duplicates */
        size_t n_remind;
        usec_t ask_usec; /* 0: the desktop is not asked */
        usec_t terminate_usec;
        usec_t kill_usec;
        usec_t idle_log_off_usec;    /* 0: off */
        usec_t full_screen_usec;     /* before the end; 0: the time left is not shown over the screen */
        usec_t user_extend_max_usec; /* what users may add to one warning of their own */

        /* [Shutdown] */
        usec_t shutdown_grace_usec; /* 0: shutdowns by systemd are not delayed */

        /* [Stations] */
        HubLost hub_lost;
        usec_t hub_lost_usec;
        Mode boot_mode;

        ConfigStation stations[CONFIG_STATIONS_MAX];
        size_t n_stations;
} Config;

void config_init(Config *c);

/* Handles one "key = value" below [section]. Returns 0, -ENOMEM, or -EINVAL for an invalid line: then the
 * setting is unchanged, and ret_problem is a message for the administrator, safe for a log. An empty value
 * restores the default; an empty RemindSec= means no reminders. */
int config_apply_line(
                Config *c, const char *section, const char *key, const char *value, char **ret_problem);

/* The idle limit of this station, 0 for none. The section for the id takes precedence over that for the
 * label: labels change. */
usec_t config_idle_log_off(const Config *c, const char *station, const char *label);

/* Whether that is so for any station. */
bool config_has_idle_log_off(const Config *c);

/* Receives each problem. */
typedef void (*ConfigProblemFunc)(const char *problem, void *userdata);

/* Call this after the last line: makes sure that minimum <= default <= maximum. Values that do not fit are
 * corrected and reported. */
void config_finish(Config *c, ConfigProblemFunc problem, void *userdata);
