/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/connection.h"
#include "cli/output.h"
#include "cli/station-name.h"
#include "common/names.h"
#include "common/text.h"

static int check_text(const char *text) {
        if (!text_is_utf8(text))
                return command_wrong_usage("The text is not valid UTF-8.");
        if (isempty(text) || strlen(text) > USHER_MESSAGE_MAX)
                return command_wrong_usage("The text must have 1 to %u bytes.", USHER_MESSAGE_MAX);

        return 0;
}

static int verb_message(Command *c, char **arguments) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        const SnapshotStation *station;
        int r;

        r = check_text(arguments[1]);
        if (r != 0)
                return r;

        r = connection_snapshot(c, &s);
        if (r >= 0)
                r = station_resolve(s, arguments[0], &station);
        if (r < 0)
                return r;

        return connection_call_method(c, USHER_PATH, USHER_IFACE_MANAGER, "SendMessage",
                        "Failed to send the message", NULL, "ss", station->id, arguments[1]);
}

static int verb_message_all(Command *c, char **arguments) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        uint32_t n;
        int r;

        r = check_text(arguments[0]);
        if (r != 0)
                return r;

        r = connection_call_method(c, USHER_PATH, USHER_IFACE_MANAGER, "SendMessageAll",
                        "Failed to send the message", &reply, "s", arguments[0]);
        if (r >= 0)
                r = connection_read_number(reply, &n);
        if (r < 0)
                return r;

        if (command_is_talking(c))
                output_line(stdout, "The message reached %" PRIu32 " %s.", n,
                                n == 1 ? "station" : "stations");
        return 0;
}

static const Verb verbs[] = {
        { "message", "STATION TEXT", 2, 2, "Show a text at a station", verb_message },
        { "message-all", "TEXT", 1, 1, "Show a text at all stations", verb_message_all },
};

const VerbGroup verbs_message = { "Messages", verbs, ELEMENTSOF(verbs) };
