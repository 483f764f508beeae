/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include "common/log.h"
#include "common/message-ids.h"
#include "common/timespan.h"
#include "core/journal.h"

#define FIELDS_MAX 32

struct JournalRecord {
        struct iovec fields[FIELDS_MAX];
        int n_fields;
        int priority;
        bool oom;
};

static void append(JournalRecord *r, const char *format, va_list ap) _printf_(2, 0);

static void append(JournalRecord *r, const char *format, va_list ap) {
        char *field;
        int n;

        n = vasprintf(&field, format, ap);
        if (n < 0 || r->n_fields >= FIELDS_MAX) {
                r->oom = true;
                if (n >= 0)
                        free(field);
                return;
        }

        r->fields[r->n_fields++] = (struct iovec) { .iov_base = field, .iov_len = (size_t) n };
}

JournalRecord *journal_record(const char *message_id, int priority, const char *format, ...) {
        _cleanup_free_ char *message = NULL;
        JournalRecord *r;
        va_list ap;
        int n;

        r = malloc(sizeof(*r));
        if (!r)
                return NULL;
        *r = (JournalRecord) { .priority = priority };

        va_start(ap, format);
        n = vasprintf(&message, format, ap);
        va_end(ap);
        if (n < 0) {
                message = NULL;
                r->oom = true;
        }

        journal_field(r, "MESSAGE=%s", strempty(message));
        journal_field(r, "MESSAGE_ID=%s", message_id);
        journal_field(r, "PRIORITY=%i", priority);
        journal_field(r, "SYSLOG_IDENTIFIER=usherd");
        return r;
}

void journal_field(JournalRecord *r, const char *format, ...) {
        va_list ap;

        if (!r)
                return;

        va_start(ap, format);
        append(r, format, ap);
        va_end(ap);
}

void journal_send(JournalRecord *r) {
        int k;

        if (!r) {
                log_oom();
                return;
        }

        if (r->oom)
                log_oom();
        else if (!streq(log_get_target(), "journal"))
                log_at(r->priority, 0, "%s", startswith(r->fields[0].iov_base, "MESSAGE="));
        else {
                k = sd_journal_sendv(r->fields, r->n_fields);
                if (k < 0)
                        log_warning_errno(k, "Failed to write a journal record, ignoring: %m");
        }

        for (int i = 0; i < r->n_fields; i++)
                free(r->fields[i].iov_base);
        free(r);
}

/* "warning 20.0 s, asking 0.3 s": how long each phase took. */
static char *format_phases(const usec_t phase_began[_JOB_PHASE_MAX], usec_t now) {
        char *text = NULL;
        bool any = false;
        size_t size;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        for (JobPhase p = 0; p < _JOB_PHASE_MAX; p++) {
                usec_t until = now;

                if (phase_began[p] == 0)
                        continue;

                for (JobPhase next = p + 1; next < _JOB_PHASE_MAX; next++)
                        if (phase_began[next] > 0) {
                                until = phase_began[next];
                                break;
                        }

                fprintf(f, "%s%s %.1f s", any ? ", " : "", job_phase_to_string(p),
                                (double) (until - phase_began[p]) / (double) USEC_PER_SEC);
                any = true;
        }

        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }

        return text;
}

/* Who began it: an account, or usherd by itself and why. */
static char *format_origin(const Job *j) {
        char *text;
        int n;

        if (!isempty(j->by_user))
                n = asprintf(&text, "requested by '%s'", j->by_user);
        else
                n = asprintf(&text, "begun by usherd (%s)", job_origin_to_string(j->origin));

        return n < 0 ? NULL : text;
}

void journal_job_ended(const Job *j,
                const char *station,
                const usec_t phase_began[_JOB_PHASE_MAX],
                const char *blockers,
                const char *survivors) {

        _cleanup_free_ char *phases = format_phases(phase_began, now_monotonic());
        _cleanup_free_ char *origin = format_origin(j);
        JournalRecord *r;

        r = journal_record(USHER_MESSAGE_JOB_ENDED, j->result == JOB_FAILED ? LOG_ERR : LOG_NOTICE,
                        "Log-off of session '%s' of '%s' at '%s', %s: %s", j->session.id, j->user, station,
                        strempty(origin), job_result_to_string(j->result));
        journal_field(r, "USHER_JOB=%" PRIu32, j->number);
        journal_field(r, "USHER_RESULT=%s", job_result_to_string(j->result));
        journal_field(r, "USHER_ORIGIN=%s", job_origin_to_string(j->origin));
        journal_field(r, "USHER_REASON=%s", job_reason_to_string(j->reason));
        journal_field(r, "USHER_WARNED=%s", job_warned_to_string(j->warned));
        journal_field(r, "USHER_PHASES=%s", strempty(phases));
        journal_field(r, "USHER_TEXT=%s", j->message);
        journal_field(r, "USHER_STARTED_BY=%s", j->by_user);
        journal_field(r, "USHER_STARTED_BY_UID=%u", (unsigned) j->by_uid);
        journal_field(r, "USHER_STATION=%s", station);
        journal_field(r, "USHER_BLOCKERS=%s", strempty(blockers));
        journal_field(r, "USHER_SURVIVORS=%s", strempty(survivors));
        journal_field(r, "SESSION_ID=%s", j->session.id);
        journal_field(r, "SEAT_ID=%s", j->station);
        journal_field(r, "USER_ID=%s", j->user);
        journal_field(r, "LEADER=%i", (int) j->session.leader);
        journal_send(r);
}

void journal_station_health(const Station *s) {
        JournalRecord *r;

        r = journal_record(USHER_MESSAGE_STATION_HEALTH, s->health == STATION_OK ? LOG_INFO : LOG_NOTICE,
                        "Station '%s' is now: %s", station_name(s), station_health_to_string(s->health));
        journal_field(r, "USHER_STATION=%s", station_name(s));
        journal_field(r, "USHER_HEALTH=%s", station_health_to_string(s->health));
        journal_field(r, "SEAT_ID=%s", s->id);
        journal_send(r);
}
