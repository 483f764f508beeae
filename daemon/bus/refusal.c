/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/refusal.h"
#include "bus/sender.h"
#include "common/log.h"
#include "common/message-ids.h"
#include "common/timespan.h"
#include "core/journal.h"

static const char *find_detail(PolkitDetails details, const char *name) {
        for (; details && details[0]; details += 2)
                if (streq(details[0], name))
                        return strempty(details[1]);

        return "";
}

/* "Manager.LogOff": without the part that all interfaces of usherd begin with. */
static char *format_method(sd_bus_message *m) {
        const char *interface = strempty(sd_bus_message_get_interface(m)), *last;
        char *text;

        last = strrchr(interface, '.');
        return asprintf(&text, "%s%s%s", last ? last + 1 : interface, isempty(interface) ? "" : ".",
                               strempty(sd_bus_message_get_member(m))) < 0 ?
                        NULL :
                        text;
}

void refusal_record(Bus *b, sd_bus_message *m, const char *action, PolkitDetails details, bool challenge) {

        _cleanup_free_ char *method = format_method(m), *name = NULL;
        JournalRecord *r;
        uid_t uid;

        if (sender_name(b, m, &uid, &name, NULL) < 0)
                return;
        if (rate_note(&b->refusals, uid, now_monotonic()) > 0) {
                b->refusals_dropped++;
                return;
        }

        r = journal_record(USHER_MESSAGE_REFUSED, challenge ? LOG_INFO : LOG_NOTICE,
                        "Refused %s of '%s' (UID %u)%s: %s", strempty(method), name, (unsigned) uid,
                        challenge ? ", a password is required" : "",
                        isempty(action) ? "not theirs to report" : action);
        journal_field(r, "USHER_RESULT=%s", challenge ? "challenge" : "denied");
        journal_field(r, "USHER_METHOD=%s", strempty(method));
        journal_field(r, "USHER_POLKIT_ACTION=%s", action);
        journal_field(r, "USHER_STARTED_BY=%s", name);
        journal_field(r, "USHER_STARTED_BY_UID=%u", (unsigned) uid);
        journal_field(r, "USHER_STATION=%s", find_detail(details, "label"));
        journal_field(r, "USHER_NOT_RECORDED=%u", b->refusals_dropped);
        journal_field(r, "SEAT_ID=%s", find_detail(details, "station"));
        journal_field(r, "SESSION_ID=%s", find_detail(details, "session"));
        journal_field(r, "USER_ID=%s", find_detail(details, "user"));
        journal_send(r);
        b->refusals_dropped = 0;
}
