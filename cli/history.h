/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Reads usherd's records from the journal. The source is an interface of three functions, so that tests can
 * replace the journal. */

#include "common/macro.h"

typedef enum HistoryKind {
        HISTORY_LOG_OFF,
        HISTORY_REFUSED,
        HISTORY_NO_LOGIN_SCREEN,
        HISTORY_HUB_LOST,
        HISTORY_TEXT_CONSOLE,
        _HISTORY_KIND_MAX,
        _HISTORY_KIND_INVALID = -EINVAL,
} HistoryKind;

DECLARE_STRING_TABLE(HistoryKind, history_kind);

/* The MESSAGE_ID= of the records of a kind. */
const char *history_kind_id(HistoryKind kind);

typedef enum HistoryField {
        HISTORY_ACTION, /* of polkit */
        HISTORY_BLOCKERS,
        HISTORY_BY,
        HISTORY_BY_UID,
        HISTORY_HUBS,
        HISTORY_JOB,
        HISTORY_METHOD,
        HISTORY_NOT_RECORDED,
        HISTORY_ORIGIN,
        HISTORY_PHASES,
        HISTORY_REASON,
        HISTORY_RESULT,
        HISTORY_SEAT,
        HISTORY_SESSION,
        HISTORY_STATION, /* what people call it */
        HISTORY_SURVIVORS,
        HISTORY_TEXT,
        HISTORY_USER,
        HISTORY_WARNED,
        _HISTORY_FIELD_MAX,
} HistoryField;

typedef struct HistoryRecord {
        HistoryKind kind;
        usec_t time;                      /* CLOCK_REALTIME */
        char *fields[_HISTORY_FIELD_MAX]; /* each owned, never NULL, valid UTF-8 without control characters
                                           */
} HistoryRecord;

typedef struct History {
        HistoryRecord *records; /* in the order of the journal */
        size_t n;
} History;

History *history_free(History *h);
DEFINE_CLEANUP(History *, history_free);

typedef struct HistorySource {
        /* Goes to the next record. Returns 1, 0 at the end, or a negative errno. */
        int (*next)(void *userdata);

        /* Returns when the journal received the record, CLOCK_REALTIME. */
        int (*get_time)(void *userdata, usec_t *ret);

        /* Returns a field of the record. The text need not end with a null byte, and is valid until the next
         * call. Returns -ENOENT if the record has no such field. */
        int (*get_field)(void *userdata, const char *name, const char **ret, size_t *ret_size);

        void *userdata;
} HistorySource;

/* Which records are wanted; NULL and 0 for all. */
typedef struct HistoryFilter {
        unsigned kinds; /* a mask of 1 << HistoryKind */
        usec_t since;
        const char *user;    /* the user of the session, or who asked */
        const char *station; /* id or label */
        bool trouble;        /* of the log-offs, only those that failed */
} HistoryFilter;

/* Reads the records that are wanted. Only those count that the journal says usherd wrote as root
 * (_UID=0 and _SYSTEMD_UNIT=usherd.service, which nobody can forge): anybody may write a record with the
 * same message id and fields. Returns 0 or a negative errno. */
int history_read(const HistorySource *source, const HistoryFilter *filter, History **ret);

/* Reads a point in time: "2026-11-24", "2026-11-24 08:30" with or without seconds, "today", "yesterday",
 * "@1700000000", or a time span ago, "2h". Dates are local. |now| is CLOCK_REALTIME. Returns -EINVAL or
 * -ERANGE. */
int history_parse_since(const char *s, usec_t now, usec_t *ret);
