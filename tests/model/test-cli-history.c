/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What usherctl makes of the journal: which records count, which are wanted, and from when. */

#include <glib.h>
#include <stdlib.h>
#include <time.h>

#include "cli/history.h"
#include "common/message-ids.h"

#define SECOND USEC_PER_SEC

/* A journal: each record is a list of "NAME=value". */
typedef struct Records {
        const char *const (*records)[16];
        size_t n;
        size_t next; /* the current one is the one before */
        int fail;    /* what reading a field answers, 0 for the field */
} Records;

static int on_next(void *userdata) {
        Records *r = userdata;

        return r->next < r->n ? (int) (++r->next > 0) : 0;
}

/* The first record is of second 100, the next of second 101. */
static int on_get_time(void *userdata, usec_t *ret) {
        const Records *r = userdata;

        *ret = (99 + r->next) * SECOND;
        return 0;
}

static int on_get_field(void *userdata, const char *name, const char **ret, size_t *ret_size) {
        const Records *r = userdata;

        if (r->fail < 0)
                return r->fail;

        for (const char *const *field = r->records[r->next - 1]; *field; field++) {
                const char *value = startswith(*field, name);

                if (value && *value == '=') {
                        *ret = value + 1;
                        *ret_size = strlen(value + 1);
                        return 0;
                }
        }

        return -ENOENT;
}

static int read_all(Records *r, const HistoryFilter *filter, History **ret) {
        const HistorySource source = { on_next, on_get_time, on_get_field, r };

        return history_read(&source, filter, ret);
}

static History *read_wanted(const char *const (*records)[16], size_t n, const HistoryFilter *filter) {
        Records r = { .records = records, .n = n };
        History *h = NULL;

        g_assert_cmpint(read_all(&r, filter, &h), ==, 0);
        g_assert_cmpuint(r.next, ==, n);
        return h;
}

#define OF_USHERD "_UID=0", "_SYSTEMD_UNIT=usherd.service"
#define LOG_OFF "MESSAGE_ID=" USHER_MESSAGE_JOB_ENDED
#define REFUSED "MESSAGE_ID=" USHER_MESSAGE_REFUSED

static const char *const records[][16] = {
        { OF_USHERD, LOG_OFF, "USER_ID=ada", "USHER_STARTED_BY=teacher", "SEAT_ID=seat0",
                        "USHER_STATION=Window", "USHER_RESULT=done", "USHER_JOB=7" },
        { OF_USHERD, LOG_OFF, "USER_ID=ben", "USHER_STARTED_BY=", "SEAT_ID=seat-left",
                        "USHER_STATION=seat-left", "USHER_RESULT=failed", "USHER_SURVIVORS=vim (1)" },
        { OF_USHERD, REFUSED, "USER_ID=teacher", "USHER_STARTED_BY=ben", "SEAT_ID=seat0",
                        "USHER_STATION=Window", "USHER_RESULT=denied" },
        { OF_USHERD, "MESSAGE_ID=" USHER_MESSAGE_HUB_LOST, "SEAT_ID=seat0", "USHER_HUBS=1-1" },
};

static void test_fields(void) {
        _cleanup_(history_freep) History *h =
                        read_wanted(records, G_N_ELEMENTS(records), &(const HistoryFilter) {});

        g_assert_cmpuint(h->n, ==, 4);
        g_assert_cmpint(h->records[0].kind, ==, HISTORY_LOG_OFF);
        g_assert_cmpuint(h->records[0].time, ==, 100 * SECOND);
        g_assert_cmpstr(h->records[0].fields[HISTORY_USER], ==, "ada");
        g_assert_cmpstr(h->records[0].fields[HISTORY_BY], ==, "teacher");
        g_assert_cmpstr(h->records[0].fields[HISTORY_STATION], ==, "Window");
        g_assert_cmpstr(h->records[0].fields[HISTORY_JOB], ==, "7");
        g_assert_cmpstr(h->records[0].fields[HISTORY_SURVIVORS], ==, "");
        g_assert_cmpint(h->records[2].kind, ==, HISTORY_REFUSED);
        g_assert_cmpint(h->records[3].kind, ==, HISTORY_HUB_LOST);
        g_assert_cmpstr(h->records[3].fields[HISTORY_HUBS], ==, "1-1");
}

/* Anybody can write these into the journal, with logger(1) or sd_journal_send(). What begins with '_' is
 * the journal's own word. */
static void test_forged(void) {
        static const char *const forged[][16] = {
                { LOG_OFF, "USER_ID=ada", "USHER_RESULT=done" },
                { "_UID=1001", "_SYSTEMD_UNIT=usherd.service", LOG_OFF, "USER_ID=ada" },
                { "_UID=0", "_SYSTEMD_UNIT=session-3.scope", LOG_OFF, "USER_ID=ada" },
                { "_UID=0", LOG_OFF, "USER_ID=ada" },
                { "_SYSTEMD_UNIT=usherd.service", LOG_OFF, "USER_ID=ada" },
                { "_UID=00", "_SYSTEMD_UNIT=usherd.service", LOG_OFF, "USER_ID=ada" },
                { "_UID=0", "_SYSTEMD_UNIT=usherd.service.d", LOG_OFF, "USER_ID=ada" },
                { "_UID=0", "_SYSTEMD_UNIT=", LOG_OFF, "USER_ID=ada" },
                { "UID=0", "SYSTEMD_UNIT=usherd.service", LOG_OFF, "USER_ID=ada" },
                { "_UID=1001", "_SYSTEMD_UNIT=user@1001.service", "SYSLOG_IDENTIFIER=usherd", REFUSED },
                { OF_USHERD, "MESSAGE_ID=00000000000000000000000000000000", "USER_ID=ada" },
                { OF_USHERD, "USER_ID=ada" },
        };
        _cleanup_(history_freep) History *h =
                        read_wanted(forged, G_N_ELEMENTS(forged), &(const HistoryFilter) {});

        g_assert_cmpuint(h->n, ==, 0);
}

static void assert_wanted(const HistoryFilter *filter, const char *expected) {
        _cleanup_(history_freep) History *h = read_wanted(records, G_N_ELEMENTS(records), filter);
        g_autoptr(GString) times = g_string_new(NULL);

        for (size_t i = 0; i < h->n; i++)
                g_string_append_printf(times, "%" PRIu64 " ", h->records[i].time / SECOND);
        g_assert_cmpstr(times->str, ==, expected);
}

static void test_filter(void) {
        assert_wanted(&(const HistoryFilter) { .since = 101 * SECOND }, "101 102 103 ");
        assert_wanted(&(const HistoryFilter) { .since = 101 * SECOND + 1 }, "102 103 ");
        assert_wanted(&(const HistoryFilter) { .kinds = 1U << HISTORY_LOG_OFF }, "100 101 ");
        assert_wanted(&(const HistoryFilter) { .kinds = 1U << HISTORY_HUB_LOST | 1U << HISTORY_REFUSED },
                        "102 103 ");
        assert_wanted(&(const HistoryFilter) { .user = "ben" }, "101 102 ");
        assert_wanted(&(const HistoryFilter) { .user = "teacher" }, "100 102 ");
        assert_wanted(&(const HistoryFilter) { .user = "be" }, "");
        assert_wanted(&(const HistoryFilter) { .station = "seat0" }, "100 102 103 ");
        assert_wanted(&(const HistoryFilter) { .station = "Window" }, "100 102 ");
        assert_wanted(&(const HistoryFilter) { .station = "seat0", .user = "ada" }, "100 ");
        assert_wanted(&(const HistoryFilter) { .trouble = true }, "101 102 103 ");
}

/* A newline or an escape sequence in a record cannot fake another line. */
static void test_text_is_safe(void) {
        static const char *const hostile[][16] = {
                { OF_USHERD, LOG_OFF, "USER_ID=a\nda\x1b[2J", "USHER_TEXT=\xff\xc3" },
        };
        _cleanup_(history_freep) History *h = read_wanted(hostile, 1, &(const HistoryFilter) {});
        const char *text = h->records[0].fields[HISTORY_TEXT];

        g_assert_cmpstr(h->records[0].fields[HISTORY_USER], ==, "a\\x0ada\\x1b[2J");
        g_assert_true(g_utf8_validate(text, -1, NULL));
}

static void test_errors(void) {
        Records r = { .records = records, .n = G_N_ELEMENTS(records), .fail = -EBADMSG };
        History *h = NULL;

        g_assert_cmpint(read_all(&r, &(const HistoryFilter) {}, &h), ==, -EBADMSG);
        g_assert_null(h);
}

static void test_kinds(void) {
        for (HistoryKind kind = 0; kind < _HISTORY_KIND_MAX; kind++) {
                const char *name = history_kind_to_string(kind);

                g_assert_cmpint(history_kind_from_string(name), ==, kind);
                g_assert_cmpuint(strlen(history_kind_id(kind)), ==, 32);
        }
}

static void test_since(void) {
        /* 2026-11-24 12:00:00 in Berlin, which is an hour ahead of UTC. */
        const usec_t now = 1795518000 * SECOND, hour = 3600 * SECOND;
        static const char *const wrong[] = { "", "tomorrow", "@", "@-1", "@1x", "2026-11", "2026-11-24 8",
                "2026-11-24 08:00:00x", "-2h", "2h ago", "1969-01-01" };
        usec_t t = 0;

        g_assert_no_errno(setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1));
        tzset();

        for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
                g_assert_cmpint(history_parse_since(wrong[i], now, &t), <, 0);

#define ASSERT_SINCE(text, expected)                                        \
        G_STMT_START {                                                      \
                g_assert_cmpint(history_parse_since(text, now, &t), ==, 0); \
                g_assert_cmpuint(t, ==, expected);                          \
        }                                                                   \
        G_STMT_END
        ASSERT_SINCE("today", now - 12 * hour);
        ASSERT_SINCE("yesterday", now - 36 * hour);
        ASSERT_SINCE("2026-11-24", now - 12 * hour);
        ASSERT_SINCE("2026-11-24 11:30", now - hour / 2);
        ASSERT_SINCE("2026-11-24 11:59:59", now - SECOND);
        ASSERT_SINCE("2h", now - 2 * hour);
        ASSERT_SINCE("1d 1h", now - 25 * hour);
        ASSERT_SINCE("infinity", 0);
        ASSERT_SINCE("@1700000000", 1700000000 * SECOND);
        /* Summer time. */
        ASSERT_SINCE("2026-07-01 12:00", 1782900000 * SECOND);
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/cli/history/fields", test_fields);
        g_test_add_func("/cli/history/forged-records-do-not-count", test_forged);
        g_test_add_func("/cli/history/filter", test_filter);
        g_test_add_func("/cli/history/text-is-safe", test_text_is_safe);
        g_test_add_func("/cli/history/error-is-no-empty-history", test_errors);
        g_test_add_func("/cli/history/kinds", test_kinds);
        g_test_add_func("/cli/history/since", test_since);
        return g_test_run();
}
