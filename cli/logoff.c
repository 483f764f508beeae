/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/connection.h"
#include "cli/operation.h"
#include "cli/output.h"
#include "cli/station-name.h"
#include "common/log.h"

static int log_off_station(Operation *o, const SnapshotStation *station) {
        _cleanup_free_ char *what = NULL;
        size_t n;
        int r;

        if (asprintf(&what, "Failed to log off %s", snapshot_station_title(station)) < 0) {
                what = NULL;
                return log_oom();
        }

        r = operation_call(o, "LogOff", station->id, what, &n);
        if (r > 0 && n == 0 && command_is_talking(o->command))
                output_line(stdout, "(no user sessions at %s)", snapshot_station_title(station));

        return r;
}

static int verb_log_off(Command *c, char **arguments) {
        _cleanup_(operation_done) Operation o = {};
        _cleanup_free_ const SnapshotStation **stations = NULL;
        size_t n = 0;
        int r;

        r = operation_begin(c, &o);
        if (r < 0)
                return r;

        r = station_resolve_all(operation_snapshot(&o), arguments, &stations, &n);
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = log_off_station(&o, stations[i]);
        if (r < 0)
                return r;

        return operation_finish(&o);
}

static int verb_log_off_session(Command *c, char **arguments) {
        _cleanup_(operation_done) Operation o = {};
        int r;

        r = operation_begin(c, &o);

        for (char **id = arguments; r >= 0 && *id; id++) {
                _cleanup_free_ char *what = NULL;
                size_t n;

                if (asprintf(&what, "Failed to log off session %s", *id) < 0) {
                        what = NULL;
                        return log_oom();
                }
                r = operation_call(&o, "LogOffSession", *id, what, &n);
        }
        if (r < 0)
                return r;

        return operation_finish(&o);
}

static int verb_log_off_all(Command *c, char **arguments) {
        return operation_run_for_all(c, "LogOffAll", NULL, "Failed to log everybody off",
                        "(no user sessions to log off)");
}

static const Verb verbs[] = {
        { "log-off", "STATION…", 1, -1, "Warn and log off the users at stations", verb_log_off },
        { "log-off-session", "ID…", 1, -1, "Warn and log off sessions listed by loginctl",
                        verb_log_off_session },
        { "log-off-all", "", 0, 0, "Warn and log off everybody", verb_log_off_all },
        { "cancel", "[JOB…]", 0, -1, "Cancel jobs, all of them by default", verb_cancel },
        { "extend", "JOB SECONDS", 2, 2, "Give a job more time", verb_extend },
        { "request-time", "JOB SECONDS", 2, 2, "Ask for more time for your own session", verb_request_time },
        { "deny-time", "JOB…", 1, -1, "Deny such requests", verb_deny_time },
};

const VerbGroup verbs_logoff = { "Log off", verbs, ELEMENTSOF(verbs) };
