/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/history.h"
#include "common/message-ids.h"
#include "common/text.h"

/* Bytes of a field that are read. usherd writes less. */
#define FIELD_SIZE_MAX 4096U

static const char *const history_kind_table[_HISTORY_KIND_MAX] = {
        [HISTORY_LOG_OFF] = "log-off",
        [HISTORY_REFUSED] = "refused",
        [HISTORY_NO_LOGIN_SCREEN] = "no-login-screen",
        [HISTORY_HUB_LOST] = "hub-lost",
        [HISTORY_TEXT_CONSOLE] = "text-console",
};

DEFINE_STRING_TABLE(HistoryKind, history_kind, history_kind_table, _HISTORY_KIND_MAX);

static const char *const ids[_HISTORY_KIND_MAX] = {
        [HISTORY_LOG_OFF] = USHER_MESSAGE_JOB_ENDED,
        [HISTORY_REFUSED] = USHER_MESSAGE_REFUSED,
        [HISTORY_NO_LOGIN_SCREEN] = USHER_MESSAGE_GREETER_MISSING,
        [HISTORY_HUB_LOST] = USHER_MESSAGE_HUB_LOST,
        [HISTORY_TEXT_CONSOLE] = USHER_MESSAGE_TEXT_CONSOLE,
};

static const char *const names[_HISTORY_FIELD_MAX] = {
        [HISTORY_ACTION] = "USHER_POLKIT_ACTION",
        [HISTORY_BLOCKERS] = "USHER_BLOCKERS",
        [HISTORY_BY] = "USHER_STARTED_BY",
        [HISTORY_BY_UID] = "USHER_STARTED_BY_UID",
        [HISTORY_HUBS] = "USHER_HUBS",
        [HISTORY_JOB] = "USHER_JOB",
        [HISTORY_METHOD] = "USHER_METHOD",
        [HISTORY_NOT_RECORDED] = "USHER_NOT_RECORDED",
        [HISTORY_ORIGIN] = "USHER_ORIGIN",
        [HISTORY_PHASES] = "USHER_PHASES",
        [HISTORY_REASON] = "USHER_REASON",
        [HISTORY_RESULT] = "USHER_RESULT",
        [HISTORY_SEAT] = "SEAT_ID",
        [HISTORY_SESSION] = "SESSION_ID",
        [HISTORY_STATION] = "USHER_STATION",
        [HISTORY_SURVIVORS] = "USHER_SURVIVORS",
        [HISTORY_TEXT] = "USHER_TEXT",
        [HISTORY_USER] = "USER_ID",
        [HISTORY_WARNED] = "USHER_WARNED",
};

const char *history_kind_id(HistoryKind kind) {
        return ids[kind];
}

static void record_done(HistoryRecord *record) {
        for (size_t i = 0; i < _HISTORY_FIELD_MAX; i++)
                free(record->fields[i]);
}

History *history_free(History *h) {
        if (!h)
                return NULL;

        for (size_t i = 0; i < h->n; i++)
                record_done(h->records + i);
        free(h->records);
        free(h);
        return NULL;
}

/* Returns "" for a field that the record does not have. */
static int get_field(const HistorySource *source, const char *name, char **ret) {
        _cleanup_free_ char *copy = NULL;
        const char *text;
        size_t size;
        int r;

        r = source->get_field(source->userdata, name, &text, &size);
        if (r == -ENOENT)
                size = 0;
        else if (r < 0)
                return r;

        copy = strndup(size > 0 ? text : "", MIN_OF(size, (size_t) FIELD_SIZE_MAX));
        if (!copy)
                return -ENOMEM;

        *ret = text_sanitize(copy, FIELD_SIZE_MAX);
        return *ret ? 0 : -ENOMEM;
}

/* Returns 1 if the field has exactly this value, 0 if not, or a negative errno. */
static int field_is(const HistorySource *source, const char *name, const char *value) {
        const char *text;
        size_t size;
        int r;

        r = source->get_field(source->userdata, name, &text, &size);
        if (r < 0)
                return r == -ENOENT ? 0 : r;

        return size == strlen(value) && memcmp(text, value, size) == 0;
}

static int is_of_usherd(const HistorySource *source) {
        int r;

        r = field_is(source, "_UID", "0");
        if (r > 0)
                r = field_is(source, "_SYSTEMD_UNIT", "usherd.service");

        return r;
}

static int get_kind(const HistorySource *source, HistoryKind *ret) {
        for (HistoryKind kind = 0; kind < _HISTORY_KIND_MAX; kind++) {
                int r;

                r = field_is(source, "MESSAGE_ID", ids[kind]);
                if (r < 0)
                        return r;
                if (r > 0) {
                        *ret = kind;
                        return 1;
                }
        }

        return 0;
}

static int read_record(const HistorySource *source, HistoryRecord *record) {
        int r;

        r = source->get_time(source->userdata, &record->time);
        for (size_t i = 0; r >= 0 && i < _HISTORY_FIELD_MAX; i++)
                r = get_field(source, names[i], record->fields + i);

        return r;
}

static bool is_wanted(const HistoryRecord *record, const HistoryFilter *filter) {
        char *const *fields = record->fields;

        if (record->time < filter->since)
                return false;
        if (filter->user && !streq(fields[HISTORY_USER], filter->user) &&
                        !streq(fields[HISTORY_BY], filter->user))
                return false;
        if (filter->station && !streq(fields[HISTORY_SEAT], filter->station) &&
                        !streq(fields[HISTORY_STATION], filter->station))
                return false;

        return !filter->trouble || record->kind != HISTORY_LOG_OFF ||
                        streq(fields[HISTORY_RESULT], "failed");
}

/* Adds the record if it is wanted. */
static int add_record(History *h, const HistorySource *source, const HistoryFilter *filter) {
        HistoryRecord record = {}, *records;
        int r;

        r = is_of_usherd(source);
        if (r > 0)
                r = get_kind(source, &record.kind);
        if (r <= 0)
                return r;
        if (filter->kinds != 0 && !(filter->kinds & (1U << record.kind)))
                return 0;

        r = read_record(source, &record);
        if (r >= 0 && is_wanted(&record, filter)) {
                records = reallocarray(h->records, h->n + 1, sizeof(*records));
                if (records) {
                        h->records = records;
                        h->records[h->n++] = record;
                        return 0;
                }
                r = -ENOMEM;
        }

        record_done(&record);
        return r < 0 ? r : 0;
}

int history_read(const HistorySource *source, const HistoryFilter *filter, History **ret) {
        _cleanup_(history_freep) History *h = NULL;
        int r;

        h = calloc(1, sizeof(*h));
        if (!h)
                return -ENOMEM;

        while ((r = source->next(source->userdata)) > 0) {
                r = add_record(h, source, filter);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;

        *ret = TAKE_PTR(h);
        return 0;
}
