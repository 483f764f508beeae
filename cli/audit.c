/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The verbs that show past events, from the journal, and current problems. */

#include "cli/connection.h"
#include "cli/journal.h"
#include "cli/output.h"
#include "cli/table-history.h"
#include "cli/text-console.h"
#include "common/log.h"
#include "common/timespan.h"

/* How far "alerts" looks back. */
#define ALERTS_USEC USEC_PER_DAY

static int refuse_host(const Command *c, const char *verb) {
        return command_wrong_usage("'%s' reads the journal of this machine. Use 'ssh %s usherctl %s'.", verb,
                        c->host, verb);
}

/* For users without read access, the journal returns no records and no error. */
static void remark_on_rights(const Command *c, const History *h) {
        if (h->n == 0 && geteuid() != 0 && command_is_talking(c))
                output_line(stderr,
                                "Only root and the groups adm and systemd-journal can read these records.");
}

int verb_history(Command *c, char **arguments) {
        HistoryFilter filter = {
                .kinds = 1U << HISTORY_LOG_OFF | 1U << HISTORY_REFUSED,
                .since = c->since,
                .user = c->user,
                .station = c->station,
        };
        _cleanup_(history_freep) History *h = NULL;
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        if (c->host)
                return refuse_host(c, "history");

        r = journal_read_history(&filter, &h);
        if (r < 0)
                return r;
        remark_on_rights(c, h);

        if (history_table_new(c, &t) < 0)
                return log_oom();
        for (size_t i = 0; i < h->n; i++)
                history_table_add(t, h->records + i);

        return table_show(t, c, "record", "records");
}

static bool is_wanted(const SnapshotStation *station, const Command *c) {
        if (c->station && !streq(station->id, c->station) && !streq(station->label, c->station))
                return false;

        return !c->user || streq(station->active_user.name, c->user);
}

static void add_stations(Table *t, Command *c, const Snapshot *s) {
        bool text_console = text_console_is_in_front(c);

        for (size_t i = 0; i < s->n_stations; i++) {
                const SnapshotStation *station = s->stations + i;

                if (!is_wanted(station, c))
                        continue;
                if (!streq(station->health, "ok"))
                        alerts_table_add_station(t, station, station->health);
                if (text_console && streq(station->id, "seat0"))
                        alerts_table_add_station(t, station, history_kind_to_string(HISTORY_TEXT_CONSOLE));
        }
}

int verb_alerts(Command *c, char **arguments) {
        usec_t now = now_realtime();
        HistoryFilter filter = {
                .kinds = 1U << HISTORY_LOG_OFF | 1U << HISTORY_NO_LOGIN_SCREEN | 1U << HISTORY_HUB_LOST |
                                1U << HISTORY_TEXT_CONSOLE,
                .since = c->since > 0 ? c->since : now - ALERTS_USEC,
                .user = c->user,
                .station = c->station,
                .trouble = true,
        };
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        _cleanup_(history_freep) History *h = NULL;
        _cleanup_(table_freep) Table *t = NULL;
        int r;

        if (c->host)
                return refuse_host(c, "alerts");

        r = connection_snapshot(c, &s);
        if (r < 0)
                return r;
        r = journal_read_history(&filter, &h);
        if (r < 0)
                return r;
        remark_on_rights(c, h);

        if (alerts_table_new(c, &t) < 0)
                return log_oom();
        for (size_t i = 0; i < h->n; i++)
                alerts_table_add_record(t, h->records + i);
        add_stations(t, c, s);

        return table_show(t, c, "alert", "alerts");
}
