/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "common/message-ids.h"
#include "core/journal.h"
#include "core/manager.h"
#include "feature/text-console.h"
#include "peer/vt.h"

/* A screen that shows its station's label, or a greeter that starts, takes less. */
#define TEXT_CONSOLE_USEC (15 * USEC_PER_SEC)

#define SEAT "seat0"

typedef struct TextConsole {
        Manager *manager;
        sd_event_source *timer; /* while it is in front, and not for long enough yet */
        bool in_front;
} TextConsole;

static const Session *session_in_front(Manager *m) {
        const IndexEntry *e;

        for (e = index_first(&m->sessions_by_seat, SEAT); e; e = index_next(e)) {
                const Session *s = e->item;

                if (session_is_in_front(s->info))
                        return s;
        }

        return NULL;
}

/* A console with a login prompt has no session. */
static bool is_in_front(Manager *m) {
        const Session *s = session_in_front(m);

        return s ? streq_ptr(s->info->type, "tty") : vt_exists();
}

/* Whether somebody types at another station, or may begin to. */
static bool has_other_keyboards(Manager *m) {
        const Session *s;

        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (!isempty(s->info->seat) && !streq(s->info->seat, SEAT) && !session_is_closing(s->info) &&
                                (session_is_person(s) || streq(s->info->class, "greeter")))
                        return true;

        return false;
}

static void write_journal(Manager *m) {
        const Session *s = session_in_front(m);
        JournalRecord *r;

        r = journal_record(USHER_MESSAGE_TEXT_CONSOLE, LOG_WARNING,
                        "A text console is in front on " SEAT
                        ": the keyboards of all stations type into it");
        journal_field(r, "USHER_STATION=%s", manager_station_name(m, SEAT));
        journal_field(r, "SEAT_ID=" SEAT);
        journal_field(r, "SESSION_ID=%s", s ? s->info->id : "");
        journal_field(r, "USER_ID=%s", s ? strempty(s->info->user) : "");
        journal_send(r);
}

static void set_in_front(TextConsole *t, bool in_front) {
        if (t->in_front == in_front)
                return;

        t->in_front = in_front;
        if (in_front)
                write_journal(t->manager);
        else
                log_notice("The keyboards of all stations no longer type into a text console on " SEAT ".");
        manager_changed(t->manager, MANAGER_CHANGED_TEXT_CONSOLE);
}

static int on_timeout(sd_event_source *source, uint64_t usec, void *userdata) {
        TextConsole *t = userdata;

        t->timer = sd_event_source_disable_unref(t->timer);
        set_in_front(t, true);
        return 0;
}

static void text_console_notified(void *state) {
        TextConsole *t = state;
        Manager *m = t->manager;

        if (!m->logind_synced || m->logind_lost)
                return;

        if (!is_in_front(m) || !has_other_keyboards(m)) {
                t->timer = sd_event_source_disable_unref(t->timer);
                set_in_front(t, false);
        } else if (!t->in_front && !t->timer &&
                        sd_event_add_time_relative(m->event, &t->timer, CLOCK_MONOTONIC, TEXT_CONSOLE_USEC,
                                        0, on_timeout, t) < 0)
                log_oom();
}

bool text_console_current(Manager *m) {
        const TextConsole *t = manager_feature(m, &text_console_feature);

        return t && t->in_front;
}

static int text_console_new(Manager *m, void **ret) {
        TextConsole *t;

        t = malloc(sizeof(*t));
        if (!t)
                return -ENOMEM;

        *t = (TextConsole) { .manager = m };
        *ret = t;
        return 0;
}

static void text_console_free(void *state) {
        TextConsole *t = state;

        sd_event_source_disable_unref(t->timer);
        free(t);
}

const Feature text_console_feature = {
        .name = "text-console",
        .new = text_console_new,
        .free = text_console_free,
        .notified = text_console_notified,
};
