/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/cancel.h"
#include "cli/connection.h"
#include "cli/left-alone.h"
#include "cli/operation.h"
#include "cli/output.h"
#include "cli/station-name.h"
#include "common/names.h"

/* In JSON an empty list says it. */
static bool is_talking(const Command *c) {
        return !c->quiet && c->json == JSON_OFF;
}

static int log_off_station(Operation *o, const SnapshotStation *station) {
        _cleanup_free_ char *what = NULL;
        bool failed = o->failed;
        size_t n;
        int r;

        if (asprintf(&what, "Failed to log off %s", snapshot_station_title(station)) < 0) {
                what = NULL;
                return complain(ENOMEM, "Out of memory.");
        }

        o->failed = false;
        r = operation_call(o, "LogOff", station->id, what, &n);
        if (r < 0)
                return r;

        if (n == 0 && !o->failed && is_talking(o->command))
                say(stdout, "(no user sessions at %s)", snapshot_station_title(station));

        o->failed = o->failed || failed;
        return 0;
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
                        return complain(ENOMEM, "Out of memory.");
                }
                r = operation_call(&o, "LogOffSession", *id, what, &n);
        }
        if (r < 0)
                return r;

        return operation_finish(&o);
}

static int verb_log_off_all(Command *c, char **arguments) {
        _cleanup_(operation_done) Operation o = {};
        size_t n;
        int r;

        r = operation_begin(c, &o);
        if (r >= 0)
                r = operation_call(&o, "LogOffAll", NULL, "Failed to log everybody off", &n);
        if (r < 0)
                return r;

        if (!o.failed && is_talking(c)) {
                if (n == 0)
                        puts("(no user sessions to log off)");
                left_alone_tell(c, "LogOffAll");
        }

        return operation_finish(&o);
}

static const Verb verbs[] = {
        { "log-off", "STATION…", 1, -1, "Warn and log off who is at stations", verb_log_off },
        { "log-off-session", "ID…", 1, -1, "The same for sessions of loginctl", verb_log_off_session },
        { "log-off-all", "", 0, 0, "Warn and log off everybody", verb_log_off_all },
        { "cancel", "[JOB…]", 0, -1, "Call jobs off, all of them by default", verb_cancel },
        { "extend", "JOB SECONDS", 2, 2, "Give more time", verb_extend },
};

const VerbGroup verbs_logoff = { "Log off", verbs, ELEMENTSOF(verbs) };
