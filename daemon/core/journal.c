/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#include "common/log.h"
#include "common/message-ids.h"
#include "common/timespan.h"
#include "core/journal.h"

/* "warning 20.0 s, asking 0.3 s": how long each phase took. */
static char *format_phases(const JobRunner *l, usec_t now) {
        char *text = NULL;
        size_t size;
        FILE *f;

        f = open_memstream(&text, &size);
        if (!f)
                return NULL;

        for (JobPhase p = 0; p < _JOB_PHASE_MAX; p++) {
                usec_t until = now;

                if (l->phase_began[p] == 0)
                        continue;

                for (JobPhase next = p + 1; next < _JOB_PHASE_MAX; next++)
                        if (l->phase_began[next] > 0) {
                                until = l->phase_began[next];
                                break;
                        }

                fprintf(f, "%s%s %.1f s", p > 0 && ftell(f) > 0 ? ", " : "", job_phase_to_string(p),
                                (double) (until - l->phase_began[p]) / (double) USEC_PER_SEC);
        }

        if (fclose(f) != 0) {
                free(text);
                return NULL;
        }

        return text;
}

void journal_job_ended(JobRunner *l) {
        _cleanup_free_ char *phases = NULL;
        const Job *j = &l->job;
        Station *s = manager_find_station(l->manager, j->station);
        const char *station = s ? station_name(s) : j->station;
        int r;

        phases = format_phases(l, now_monotonic());
        if (!phases)
                log_oom();

        if (!streq(log_get_target(), "journal")) {
                log_notice("Job %" PRIu32 ": session '%s' of '%s' at '%s', asked for by '%s': %s (%s)",
                                j->number, j->session.id, j->user, station, j->by_user,
                                job_result_to_string(j->result), strempty(phases));
                return;
        }

        r = sd_journal_send("MESSAGE=Log-off of session '%s' of '%s' at '%s', asked for by '%s': %s",
                        j->session.id, j->user, station, j->by_user, job_result_to_string(j->result),
                        "MESSAGE_ID=" USHER_MESSAGE_JOB_ENDED, "PRIORITY=%i",
                        j->result == JOB_FAILED ? LOG_ERR : LOG_NOTICE, "SYSLOG_IDENTIFIER=usherd",
                        "USHER_JOB=%" PRIu32, j->number, "USHER_RESULT=%s", job_result_to_string(j->result),
                        "USHER_REASON=%s", job_reason_to_string(j->reason), "USHER_WARNED=%s",
                        job_warned_to_string(j->warned), "USHER_PHASES=%s", strempty(phases),
                        "USHER_TEXT=%s", j->message, "USHER_STARTED_BY=%s", j->by_user,
                        "USHER_STARTED_BY_UID=%u", (unsigned) j->by_uid, "USHER_STATION=%s", station,
                        "USHER_BLOCKERS=%s", strempty(l->blockers), "USHER_SURVIVORS=%s",
                        strempty(l->survivors), "SESSION_ID=%s", j->session.id, "SEAT_ID=%s", j->station,
                        "USER_ID=%s", j->user, "LEADER=%i", (int) j->session.leader, NULL);
        if (r < 0)
                log_warning_errno(r, "Failed to write the record of job %" PRIu32 ": %m", j->number);
}

void journal_login_screen_missing(const Station *s, uint32_t job) {
        if (!streq(log_get_target(), "journal")) {
                log_warning("No login screen came back at '%s' after job %" PRIu32 ".", station_name(s),
                                job);
                return;
        }

        (void) sd_journal_send("MESSAGE=No login screen came back at '%s'", station_name(s),
                        "MESSAGE_ID=" USHER_MESSAGE_GREETER_MISSING, "PRIORITY=%i", LOG_WARNING,
                        "SYSLOG_IDENTIFIER=usherd", "USHER_STATION=%s", station_name(s),
                        "USHER_JOB=%" PRIu32, job, "SEAT_ID=%s", s->id, NULL);
}

void journal_message(const Notice *n, NoticeShown how) {
        Station *s = manager_find_station(n->manager, n->station);
        const char *station = s ? station_name(s) : n->station, *shown = notice_shown_to_string(how);

        if (!streq(log_get_target(), "journal")) {
                log_info("Message of '%s' to '%s' at '%s', shown: %s", n->from, n->user, station, shown);
                return;
        }

        (void) sd_journal_send("MESSAGE=Message of '%s' to '%s' at '%s', shown: %s", n->from, n->user,
                        station, shown, "MESSAGE_ID=" USHER_MESSAGE_MESSAGE, "PRIORITY=%i",
                        how == NOTICE_SHOWN_NONE ? LOG_NOTICE : LOG_INFO, "SYSLOG_IDENTIFIER=usherd",
                        "USHER_STATION=%s", station, "USHER_TEXT=%s", n->text, "USHER_STARTED_BY=%s",
                        n->from, "USHER_SHOWN=%s", shown, "SESSION_ID=%s", n->session, "SEAT_ID=%s",
                        n->station, "USER_ID=%s", n->user, NULL);
}

void journal_station_health(const Station *s) {
        const char *health = station_health_to_string(s->health);

        if (!streq(log_get_target(), "journal")) {
                log_info("Station '%s' is now: %s", station_name(s), health);
                return;
        }

        (void) sd_journal_send("MESSAGE=Station '%s' is now: %s", station_name(s), health,
                        "MESSAGE_ID=" USHER_MESSAGE_STATION_HEALTH, "PRIORITY=%i",
                        s->health == STATION_OK ? LOG_INFO : LOG_NOTICE, "SYSLOG_IDENTIFIER=usherd",
                        "USHER_STATION=%s", station_name(s), "USHER_HEALTH=%s", health, "SEAT_ID=%s", s->id,
                        NULL);
}

void journal_hub_lost(const Station *s, const TopologySeat *seat, HubLost action) {
        const char *name = station_name(s), *what = hub_lost_to_string(action);
        _cleanup_free_ char *hubs = topology_seat_format_lost(seat, ", ");

        if (!streq(log_get_target(), "journal")) {
                log_notice("Station '%s' has been without its hub (%s) for too long: %s", name,
                                strempty(hubs), what);
                return;
        }

        (void) sd_journal_send("MESSAGE=Station '%s' has been without its hub (%s) for too long: %s", name,
                        strempty(hubs), what, "MESSAGE_ID=" USHER_MESSAGE_HUB_LOST, "PRIORITY=%i",
                        LOG_NOTICE, "SYSLOG_IDENTIFIER=usherd", "USHER_STATION=%s", name, "USHER_HUBS=%s",
                        strempty(hubs), "USHER_ACTION=%s", what, "SEAT_ID=%s", s->id, NULL);
}
