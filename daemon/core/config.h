/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* What usherd.conf says, usherd.conf(5): plain values without pointers, so that a Config is copied by
 * assignment. */

#include "common/macro.h"

#define CONFIG_REMIND_MAX 16U

/* Stations that have a section of their own, and the longest of their names. */
#define CONFIG_STATIONS_MAX 64U
#define CONFIG_STATION_NAME_MAX 128U

/* The longest time that any setting takes: a countdown of a week is a mistake. */
#define CONFIG_TIME_MAX (7 * USEC_PER_DAY)

typedef enum HubLost {
        HUB_LOST_KEEP,
        HUB_LOST_LOCK,
        HUB_LOST_LOG_OFF,
        _HUB_LOST_MAX,
        _HUB_LOST_INVALID = -EINVAL,
} HubLost;

DECLARE_STRING_TABLE(HubLost, hub_lost);

/* [Station:NAME], of the station with this label or id. */
typedef struct ConfigStation {
        char name[CONFIG_STATION_NAME_MAX + 1];
        usec_t idle_log_off_usec; /* USEC_INFINITY: as all others */
} ConfigStation;

typedef enum Mode {
        MODE_STATION, /* each seat for itself */
        MODE_CONSOLE, /* all of them are one */
        _MODE_MAX,
        _MODE_INVALID = -EINVAL,
} Mode;

DECLARE_STRING_TABLE(Mode, mode);

typedef struct Config {
        /* [LogOff] */
        usec_t grace_usec;
        usec_t minimum_grace_usec;
        usec_t maximum_grace_usec;
        usec_t remind_usec[CONFIG_REMIND_MAX]; /* before the end; the earliest reminder first, none twice */
        size_t n_remind;
        usec_t ask_usec; /* 0: the desktop is not asked */
        usec_t terminate_usec;
        usec_t kill_usec;
        usec_t idle_log_off_usec; /* 0: off */

        /* [Shutdown] */
        usec_t shutdown_grace_usec; /* 0: systemd's shutdowns are not held up */

        /* [Stations] */
        HubLost hub_lost;
        usec_t hub_lost_usec;
        Mode boot_mode;

        ConfigStation stations[CONFIG_STATIONS_MAX];
        size_t n_stations;
} Config;

void config_init(Config *c);

/* One "key = value" below [section]. Returns 0, -ENOMEM, or -EINVAL when the line is of no use: then the
 * setting stays as it was, and ret_problem is what to tell the administrator, safe for a log. An empty value
 * brings back the default; an empty RemindSec= means no reminders. */
int config_apply_line(
                Config *c, const char *section, const char *key, const char *value, char **ret_problem);

/* How long a session at this station may be idle, 0 for as long as it likes. The section for the id goes
 * before that for the label: labels change. */
usec_t config_idle_log_off(const Config *c, const char *station, const char *label);

/* What a problem is told to. */
typedef void (*ConfigProblemFunc)(const char *problem, void *userdata);

/* After the last line: minimum <= default <= maximum, in what was set together. What does not fit is put
 * right, and told. */
void config_finish(Config *c, ConfigProblemFunc problem, void *userdata);
