/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/message-ids.h"
#include "common/timespan.h"
#include "core/journal.h"
#include "core/rate.h"
#include "feature/message.h"

typedef struct Message {
        Rate rate;
} Message;

unsigned message_count(Manager *m, uid_t uid) {
        Message *state = manager_feature(m, &message_feature);

        return rate_note(&state->rate, uid, now_monotonic());
}

static void on_shown(const Notice *n, NoticeShown how, bool withdrawn, void *userdata) {
        const char *station = manager_station_name(n->manager, n->station),
                   *shown = notice_shown_to_string(how);
        JournalRecord *r;

        r = journal_record(USHER_MESSAGE_MESSAGE, how == NOTICE_SHOWN_NONE ? LOG_NOTICE : LOG_INFO,
                        "Message of '%s' to '%s' at '%s', shown: %s", n->from, n->user, station, shown);
        journal_field(r, "USHER_STATION=%s", station);
        journal_field(r, "USHER_TEXT=%s", n->text);
        journal_field(r, "USHER_STARTED_BY=%s", n->from);
        journal_field(r, "USHER_SHOWN=%s", shown);
        journal_field(r, "SESSION_ID=%s", n->session);
        journal_field(r, "SEAT_ID=%s", n->station);
        journal_field(r, "USER_ID=%s", n->user);
        journal_send(r);
}

int message_send(Manager *m, const Station *s, const char *from, const char *text) {
        _cleanup_free_ Session **sessions = NULL;
        bool full = false;
        int sent = 0, r;
        size_t n;

        r = manager_list_sessions(m, s->id, true, &sessions, &n);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                Notice *notice;

                if (session_is_closing(sessions[i]->info))
                        continue;

                r = notice_new(&notice, m, NOTICE_MESSAGE, s->id, sessions[i], from, text, on_shown, NULL);
                if (r == -ENOBUFS)
                        full = true;
                else if (r < 0)
                        return r;
                else
                        sent++;
        }

        return sent == 0 && full ? -ENOBUFS : sent;
}

static void message_free(void *state) {
        free(state);
}

static int message_new(Manager *m, void **ret) {
        Message *state;

        state = malloc(sizeof(*state));
        if (!state)
                return -ENOMEM;
        *state = (Message) {};

        *ret = state;
        return 0;
}

const Feature message_feature = {
        .name = "message",
        .new = message_new,
        .free = message_free,
};
