/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdarg.h>

#include "common/text.h"
#include "common/timespan.h"
#include "core/config.h"

/* The longest part of a value or name that a log message repeats. */
#define PROBLEM_TEXT_MAX 64U

static const char *const hub_lost_table[_HUB_LOST_MAX] = {
        [HUB_LOST_KEEP] = "keep",
        [HUB_LOST_LOCK] = "lock",
        [HUB_LOST_LOG_OFF] = "log-off",
};

static const char *const mode_table[_MODE_MAX] = {
        [MODE_STATION] = "station",
        [MODE_CONSOLE] = "console",
};

DEFINE_STRING_TABLE(HubLost, hub_lost, hub_lost_table, _HUB_LOST_MAX);
DEFINE_STRING_TABLE(Mode, mode, mode_table, _MODE_MAX);

static const Config defaults = {
        .grace_usec = 60 * USEC_PER_SEC,
        .minimum_grace_usec = 5 * USEC_PER_SEC,
        .maximum_grace_usec = USEC_PER_HOUR,
        .remind_usec = { 30 * USEC_PER_SEC, 10 * USEC_PER_SEC, 5 * USEC_PER_SEC },
        .n_remind = 3,
        .ask_usec = 10 * USEC_PER_SEC,
        .terminate_usec = 10 * USEC_PER_SEC,
        .kill_usec = 5 * USEC_PER_SEC,
        .user_extend_max_usec = 5 * USEC_PER_MINUTE,
        .shutdown_grace_usec = 30 * USEC_PER_SEC,
        .hub_lost = HUB_LOST_KEEP,
        .hub_lost_usec = 30 * USEC_PER_SEC,
        .boot_mode = MODE_STATION,
};

/* The settings that are one time span. */
typedef struct TimeSetting {
        const char *section;
        const char *key;
        size_t offset;
        usec_t minimum;
        usec_t maximum; /* 0: CONFIG_TIME_MAX */
} TimeSetting;

static const TimeSetting time_settings[] = {
        { "LogOff", "GraceSec", offsetof(Config, grace_usec), 0, 0 },
        { "LogOff", "MinimumGraceSec", offsetof(Config, minimum_grace_usec), 0, 0 },
        { "LogOff", "MaximumGraceSec", offsetof(Config, maximum_grace_usec), 0, 0 },
        { "LogOff", "AskSec", offsetof(Config, ask_usec), 0, 0 },
        /* Without time to end, every session would be killed at once and count as failed. */
        { "LogOff", "TerminateSec", offsetof(Config, terminate_usec), USEC_PER_SEC, 0 },
        { "LogOff", "KillSec", offsetof(Config, kill_usec), USEC_PER_SEC, 0 },
        { "LogOff", "IdleLogOffSec", offsetof(Config, idle_log_off_usec), 0, 0 },
        { "LogOff", "UserExtendMaxSec", offsetof(Config, user_extend_max_usec), 0, 0 },
        /* It covers a part of what the user is to save. */
        { "LogOff", "FullScreenSec", offsetof(Config, full_screen_usec), 0, CONFIG_FULL_SCREEN_MAX },
        { "Shutdown", "GraceSec", offsetof(Config, shutdown_grace_usec), 0, 0 },
        { "Stations", "HubLostSec", offsetof(Config, hub_lost_usec), 0, 0 },
};

static usec_t *setting_at(Config *c, const TimeSetting *s) {
        return (usec_t *) ((char *) c + s->offset);
}

void config_init(Config *c) {
        *c = defaults;
}

static _printf_(3, 4) int problem(char **ret_problem, const char *text, const char *format, ...) {
        _cleanup_free_ char *safe = NULL, *rest = NULL;
        va_list ap;
        int r;

        va_start(ap, format);
        r = vasprintf(&rest, format, ap);
        va_end(ap);
        if (r < 0) {
                rest = NULL;
                return -ENOMEM;
        }

        safe = text_escape_terminal(text, false);
        if (!safe)
                return -ENOMEM;
        safe[text_prefix(safe, PROBLEM_TEXT_MAX)] = '\0';

        if (asprintf(ret_problem, "'%s' %s", safe, rest) < 0)
                return -ENOMEM;

        return -EINVAL;
}

static int parse_time(const char *key,
                const char *value,
                usec_t minimum,
                usec_t maximum,
                usec_t *ret,
                char **ret_problem) {

        usec_t t;
        int r;

        r = timespan_parse(value, &t);
        if (r < 0 && r != -ERANGE)
                return problem(ret_problem, value, "is no time span for %s=", key);
        if (r == -ERANGE || t > CONFIG_TIME_MAX)
                return problem(ret_problem, value, "is too long for %s=, %u days are the most", key,
                                (unsigned) (CONFIG_TIME_MAX / USEC_PER_DAY));
        if (t > maximum)
                return problem(ret_problem, value, "is too long for %s=, %us are the most", key,
                                (unsigned) (maximum / USEC_PER_SEC));
        if (t < minimum)
                return problem(ret_problem, value, "is too short for %s=, %us are the least", key,
                                (unsigned) (minimum / USEC_PER_SEC));

        *ret = t;
        return 0;
}

static void remind_add(Config *c, usec_t t) {
        size_t i = 0;

        while (i < c->n_remind && c->remind_usec[i] > t)
                i++;
        if (i < c->n_remind && c->remind_usec[i] == t)
                return;

        memmove(c->remind_usec + i + 1, c->remind_usec + i, (c->n_remind - i) * sizeof(usec_t));
        c->remind_usec[i] = t;
        c->n_remind++;
}

/* A list of spans, each without spaces in it: "2min 30 10". */
static int apply_remind(Config *c, const char *value, char **ret_problem) {
        _cleanup_free_ char *copy = NULL;
        Config changed = *c;
        char *state = NULL;
        usec_t t;
        int r;

        changed.n_remind = 0;

        copy = strdup(value);
        if (!copy)
                return -ENOMEM;

        for (char *word = strtok_r(copy, " \t", &state); word; word = strtok_r(NULL, " \t", &state)) {
                r = parse_time("RemindSec", word, USEC_PER_SEC, CONFIG_TIME_MAX, &t, ret_problem);
                if (r < 0)
                        return r;
                if (changed.n_remind >= CONFIG_REMIND_MAX)
                        return problem(ret_problem, value, "are too many, %u reminders are the most",
                                        CONFIG_REMIND_MAX);
                remind_add(&changed, t);
        }

        *c = changed;
        return 0;
}

static int apply_hub_lost(Config *c, const char *value, char **ret_problem) {
        HubLost h = isempty(value) ? defaults.hub_lost : hub_lost_from_string(value);

        if (h < 0)
                return problem(ret_problem, value, "is none of keep, lock, log-off for HubLost=");

        c->hub_lost = h;
        return 0;
}

static ConfigStation *find_station(Config *c, const char *name) {
        for (size_t i = 0; i < c->n_stations; i++)
                if (streq(c->stations[i].name, name))
                        return c->stations + i;

        return NULL;
}

static int add_station(Config *c, const char *name, ConfigStation **ret, char **ret_problem) {
        ConfigStation *s = find_station(c, name);

        if (s) {
                *ret = s;
                return 0;
        }

        if (isempty(name))
                return problem(ret_problem, name, "is no label or id of a station");
        if (strlen(name) > CONFIG_STATION_NAME_MAX)
                return problem(ret_problem, name, "is too long for a label, %u bytes are the most",
                                CONFIG_STATION_NAME_MAX);
        if (c->n_stations >= CONFIG_STATIONS_MAX)
                return problem(ret_problem, name, "is one too many, %u stations are the most",
                                CONFIG_STATIONS_MAX);

        s = c->stations + c->n_stations++;
        *s = (ConfigStation) { .idle_log_off_usec = USEC_INFINITY };
        memcpy(s->name, name, strlen(name));
        *ret = s;
        return 0;
}

static int apply_station(
                Config *c, const char *name, const char *key, const char *value, char **ret_problem) {
        usec_t t = USEC_INFINITY;
        ConfigStation *s = NULL;
        int r;

        if (!streq(key, "IdleLogOffSec"))
                return problem(ret_problem, key, "is no setting of one station");

        if (!isempty(value)) {
                r = parse_time(key, value, 0, CONFIG_TIME_MAX, &t, ret_problem);
                if (r < 0)
                        return r;
        }

        r = add_station(c, name, &s, ret_problem);
        if (r < 0)
                return r;

        s->idle_log_off_usec = t;
        return 0;
}

usec_t config_idle_log_off(const Config *c, const char *station, const char *label) {
        const char *const names[] = { station, label };

        for (size_t i = 0; i < ELEMENTSOF(names); i++) {
                const ConfigStation *s = find_station((Config *) c, names[i]);

                if (s && s->idle_log_off_usec != USEC_INFINITY)
                        return s->idle_log_off_usec;
        }

        return c->idle_log_off_usec;
}

bool config_has_idle_log_off(const Config *c) {
        for (size_t i = 0; i < c->n_stations; i++)
                if (c->stations[i].idle_log_off_usec != USEC_INFINITY &&
                                c->stations[i].idle_log_off_usec > 0)
                        return true;

        return c->idle_log_off_usec > 0;
}

static int apply_boot_mode(Config *c, const char *value, char **ret_problem) {
        Mode m = isempty(value) ? defaults.boot_mode : mode_from_string(value);

        if (m < 0)
                return problem(ret_problem, value, "is none of station, console for BootMode=");

        c->boot_mode = m;
        return 0;
}

static bool is_section(const char *section) {
        for (size_t i = 0; i < ELEMENTSOF(time_settings); i++)
                if (streq(time_settings[i].section, section))
                        return true;

        return false;
}

int config_apply_line(
                Config *c, const char *section, const char *key, const char *value, char **ret_problem) {
        const char *station = startswith(section, "Station:");

        /* As in units, names with this prefix are for other programs. */
        if (startswith(section, "X-") || startswith(key, "X-"))
                return 0;

        for (size_t i = 0; i < ELEMENTSOF(time_settings); i++) {
                const TimeSetting *s = time_settings + i;

                if (!streq(s->section, section) || !streq(s->key, key))
                        continue;
                if (isempty(value)) {
                        *setting_at(c, s) = *setting_at((Config *) &defaults, s);
                        return 0;
                }
                return parse_time(key, value, s->minimum, s->maximum ? s->maximum : CONFIG_TIME_MAX,
                                setting_at(c, s), ret_problem);
        }

        if (streq(section, "LogOff") && streq(key, "RemindSec"))
                return apply_remind(c, value, ret_problem);
        if (streq(section, "Stations") && streq(key, "HubLost"))
                return apply_hub_lost(c, value, ret_problem);
        if (streq(section, "Stations") && streq(key, "BootMode"))
                return apply_boot_mode(c, value, ret_problem);

        if (station)
                return apply_station(c, station, key, value, ret_problem);
        if (isempty(section))
                return problem(ret_problem, key, "stands before any section");
        if (!is_section(section))
                return problem(ret_problem, section, "is no section that is known here");
        return problem(ret_problem, key, "is no setting of [%s]", section);
}

static void fit(usec_t *t, const Config *c, const char *name, ConfigProblemFunc func, void *userdata) {
        char text[160];

        if (*t >= c->minimum_grace_usec && *t <= c->maximum_grace_usec)
                return;

        (void) snprintf(text, sizeof(text),
                        "%s is not between MinimumGraceSec= and MaximumGraceSec=, using %s", name,
                        *t < c->minimum_grace_usec ? "the minimum" : "the maximum");
        func(text, userdata);
        *t = *t < c->minimum_grace_usec ? c->minimum_grace_usec : c->maximum_grace_usec;
}

void config_finish(Config *c, ConfigProblemFunc func, void *userdata) {
        if (c->minimum_grace_usec > c->maximum_grace_usec) {
                func("MinimumGraceSec= is more than MaximumGraceSec=, using the defaults of both", userdata);
                c->minimum_grace_usec = defaults.minimum_grace_usec;
                c->maximum_grace_usec = defaults.maximum_grace_usec;
        }

        fit(&c->grace_usec, c, "[LogOff] GraceSec=", func, userdata);
        if (c->shutdown_grace_usec > 0)
                fit(&c->shutdown_grace_usec, c, "[Shutdown] GraceSec=", func, userdata);
}
