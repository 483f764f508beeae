/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <time.h>

#include "cli/listing.h"
#include "cli/progress.h"
#include "cli/table-history.h"

enum {
        HISTORY_COLUMN_TIME,
        HISTORY_COLUMN_EVENT,
        HISTORY_COLUMN_STATION,
        HISTORY_COLUMN_LABEL,
        HISTORY_COLUMN_USER,
        HISTORY_COLUMN_BY,
        HISTORY_COLUMN_REASON,
        HISTORY_COLUMN_WARNED,
        HISTORY_COLUMN_RESULT,
        HISTORY_COLUMN_ORIGIN,
        HISTORY_COLUMN_BY_UID,
        HISTORY_COLUMN_SESSION,
        HISTORY_COLUMN_JOB,
        HISTORY_COLUMN_PHASES,
        HISTORY_COLUMN_MESSAGE,
        HISTORY_COLUMN_BLOCKERS,
        HISTORY_COLUMN_SURVIVORS,
        HISTORY_COLUMN_METHOD,
        HISTORY_COLUMN_ACTION,
        HISTORY_COLUMN_NOT_RECORDED,
};

static const Column history_columns[] = {
        [HISTORY_COLUMN_TIME] = { "TIME", COLUMN_NUMBER },
        [HISTORY_COLUMN_EVENT] = { "EVENT", 0 },
        [HISTORY_COLUMN_STATION] = { "STATION", COLUMN_CUT },
        [HISTORY_COLUMN_LABEL] = { "label", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_USER] = { "USER", 0 },
        [HISTORY_COLUMN_BY] = { "BY", 0 },
        [HISTORY_COLUMN_REASON] = { "REASON", COLUMN_CUT },
        [HISTORY_COLUMN_WARNED] = { "WARNED", 0 },
        [HISTORY_COLUMN_RESULT] = { "RESULT", 0 },
        [HISTORY_COLUMN_ORIGIN] = { "origin", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_BY_UID] = { "by-uid", COLUMN_JSON_ONLY | COLUMN_NUMBER },
        [HISTORY_COLUMN_SESSION] = { "session", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_JOB] = { "job", COLUMN_JSON_ONLY | COLUMN_NUMBER },
        [HISTORY_COLUMN_PHASES] = { "phases", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_MESSAGE] = { "message", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_BLOCKERS] = { "blockers", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_SURVIVORS] = { "survivors", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_METHOD] = { "method", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_ACTION] = { "action", COLUMN_JSON_ONLY },
        [HISTORY_COLUMN_NOT_RECORDED] = { "not-recorded", COLUMN_JSON_ONLY | COLUMN_NUMBER },
};

enum {
        ALERT_TIME,
        ALERT_STATION,
        ALERT_LABEL,
        ALERT_ALERT,
        ALERT_USER,
        ALERT_DETAILS,
};

static const Column alert_columns[] = {
        [ALERT_TIME] = { "TIME", COLUMN_NUMBER },
        [ALERT_STATION] = { "STATION", COLUMN_CUT },
        [ALERT_LABEL] = { "LABEL", COLUMN_CUT },
        [ALERT_ALERT] = { "ALERT", 0 },
        [ALERT_USER] = { "USER", 0 },
        [ALERT_DETAILS] = { "DETAILS", COLUMN_CUT },
};

static void set_time(Table *t, size_t column, usec_t time) {
        time_t seconds = (time_t) (time / USEC_PER_SEC);
        char text[64] = "";
        struct tm tm;

        if (table_is_json(t)) {
                table_set_number(t, column, time);
                return;
        }

        if (localtime_r(&seconds, &tm))
                (void) strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm);
        table_set(t, column, text);
}

/* A field that is not a number leaves the cell empty, so that the JSON stays valid. */
static void set_number(Table *t, size_t column, const char *text) {
        if (!isempty(text) && text[strspn(text, "0123456789")] == '\0' && strlen(text) < 20)
                table_set_number(t, column, strtoull(text, NULL, 10));
}

/* Usher uses the id of a station that has no label. */
static const char *label_of(const HistoryRecord *record) {
        const char *label = record->fields[HISTORY_STATION];

        return streq(label, record->fields[HISTORY_SEAT]) ? "" : label;
}

int history_table_new(const Command *c, Table **ret) {
        return table_new(c, "history", history_columns, ELEMENTSOF(history_columns), ret);
}

static Color result_color(const HistoryRecord *record) {
        return record->kind == HISTORY_REFUSED || streq(record->fields[HISTORY_RESULT], "failed") ?
                        COLOR_BAD :
                        COLOR_NONE;
}

static void add_for_json(Table *t, const HistoryRecord *record) {
        char *const *fields = record->fields;

        table_set(t, HISTORY_COLUMN_LABEL, label_of(record));
        table_set(t, HISTORY_COLUMN_ORIGIN, fields[HISTORY_ORIGIN]);
        set_number(t, HISTORY_COLUMN_BY_UID, fields[HISTORY_BY_UID]);
        table_set(t, HISTORY_COLUMN_SESSION, fields[HISTORY_SESSION]);
        set_number(t, HISTORY_COLUMN_JOB, fields[HISTORY_JOB]);
        table_set(t, HISTORY_COLUMN_PHASES, fields[HISTORY_PHASES]);
        table_set(t, HISTORY_COLUMN_MESSAGE, fields[HISTORY_TEXT]);
        table_set(t, HISTORY_COLUMN_BLOCKERS, fields[HISTORY_BLOCKERS]);
        table_set(t, HISTORY_COLUMN_SURVIVORS, fields[HISTORY_SURVIVORS]);
        table_set(t, HISTORY_COLUMN_METHOD, fields[HISTORY_METHOD]);
        table_set(t, HISTORY_COLUMN_ACTION, fields[HISTORY_ACTION]);
        set_number(t, HISTORY_COLUMN_NOT_RECORDED, fields[HISTORY_NOT_RECORDED]);
}

void history_table_add(Table *t, const HistoryRecord *record) {
        const char *station = record->fields[HISTORY_SEAT], *by = record->fields[HISTORY_BY],
                   *reason = record->fields[HISTORY_REASON];

        /* People know a station by its label. */
        if (!table_is_json(t)) {
                station = record->fields[HISTORY_STATION];
                by = progress_starter(by);
                if (record->kind == HISTORY_REFUSED)
                        reason = record->fields[HISTORY_METHOD];
        }

        table_add(t, NULL);
        set_time(t, HISTORY_COLUMN_TIME, record->time);
        table_set(t, HISTORY_COLUMN_EVENT, history_kind_to_string(record->kind));
        table_set(t, HISTORY_COLUMN_STATION, station);
        table_set(t, HISTORY_COLUMN_USER, record->fields[HISTORY_USER]);
        table_set(t, HISTORY_COLUMN_BY, by);
        table_set(t, HISTORY_COLUMN_REASON, reason);
        table_set(t, HISTORY_COLUMN_WARNED, record->fields[HISTORY_WARNED]);
        table_set_color(t, HISTORY_COLUMN_RESULT, record->fields[HISTORY_RESULT], result_color(record));
        if (table_is_json(t))
                add_for_json(t, record);
}

int alerts_table_new(const Command *c, Table **ret) {
        return table_new(c, "alerts", alert_columns, ELEMENTSOF(alert_columns), ret);
}

void alerts_table_add_station(Table *t, const SnapshotStation *station, const char *alert) {
        table_add(t, NULL);
        table_set(t, ALERT_TIME, table_is_json(t) ? "" : "now");
        table_set(t, ALERT_STATION, station->id);
        table_set(t, ALERT_LABEL, station->label);
        table_set_color(t, ALERT_ALERT, alert, station_health_color(station));
        table_set(t, ALERT_USER, station->active_user.name);
        table_set(t, ALERT_DETAILS, "");
}

void alerts_table_add_record(Table *t, const HistoryRecord *record) {
        bool failed = record->kind == HISTORY_LOG_OFF;

        table_add(t, NULL);
        set_time(t, ALERT_TIME, record->time);
        table_set(t, ALERT_STATION, record->fields[HISTORY_SEAT]);
        table_set(t, ALERT_LABEL, label_of(record));
        table_set(t, ALERT_ALERT, failed ? "log-off-failed" : history_kind_to_string(record->kind));
        table_set(t, ALERT_USER, record->fields[HISTORY_USER]);
        table_set(t, ALERT_DETAILS, record->fields[failed ? HISTORY_SURVIVORS : HISTORY_HUBS]);
}
