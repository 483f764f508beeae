/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* To attach a device logind writes a rule and has the kernel send an event for each device. But udevd looks
 * for new rules only when it has not done so within three seconds (systemd 252, event_queue_start()): of a
 * hub that was plugged in a moment ago the new rule may go unseen, and nothing happens until the next
 * restart. So we look after that time, and ask once more where it has had no effect. */

#include "common/log.h"
#include "feature/attachment.h"
#include "feature/logind-request.h"

#define CHECK_USEC (4 * USEC_PER_SEC)
#define TRIES_MAX 3U

struct Attachment {
        char *syspath;
        char *seat;
        TAILQ_ENTRY(Attachment) attachments;
};

static void attachment_free(Manager *m, Attachment *a) {
        TAILQ_REMOVE(&m->attachments, a, attachments);
        free(a->syspath);
        free(a->seat);
        free(a);
}

static void forget_all(Manager *m) {
        Attachment *a;

        while ((a = TAILQ_FIRST(&m->attachments)))
                attachment_free(m, a);
        m->detached = false;
        m->attachment_tries = 0;
}

void attachment_done(Manager *m) {
        forget_all(m);
        m->attachment_check = sd_event_source_disable_unref(m->attachment_check);
}

static void forget_unplugged(Manager *m) {
        Attachment *a, *next;

        for (a = TAILQ_FIRST(&m->attachments); a; a = next) {
                next = TAILQ_NEXT(a, attachments);
                if (!topology_find_device(m->topology, a->syspath))
                        attachment_free(m, a);
        }
}

static bool is_so(Manager *m, const Attachment *a) {
        const DeviceInfo *f = topology_find_device(m->topology, a->syspath);

        return f && streq_ptr(f->seat, a->seat);
}

static void ask_again(Manager *m, const Attachment *a) {
        int r;

        r = a ? logind_request_attach_again(m, a->syspath, a->seat) : logind_request_detach_again(m);
        if (r < 0)
                log_warning_errno(r, "Failed to ask logind again, ignoring: %m");
}

/* Asks again for what has had no effect; whether there was such. */
static bool repair(Manager *m) {
        bool any = false;
        Attachment *a;

        forget_unplugged(m);
        TAILQ_FOREACH(a, &m->attachments, attachments)
                if (!is_so(m, a)) {
                        ask_again(m, a);
                        any = true;
                }

        /* Of a flush we cannot tell. Asking anew for any attachment has the same effect; another flush would
         * undo those that came after it. */
        if (m->detached && !any)
                ask_again(m, TAILQ_FIRST(&m->attachments));
        m->detached = false;
        return any;
}

static void check_later(Manager *m);

static int on_check(sd_event_source *source, uint64_t usec, void *userdata) {
        Manager *m = userdata;

        if (repair(m) && ++m->attachment_tries < TRIES_MAX)
                check_later(m);
        else
                forget_all(m);

        return 0;
}

static void check_later(Manager *m) {
        int r;

        m->attachment_check = sd_event_source_disable_unref(m->attachment_check);
        r = sd_event_add_time_relative(
                        m->event, &m->attachment_check, CLOCK_MONOTONIC, CHECK_USEC, 0, on_check, m);
        if (r < 0)
                log_warning_errno(r, "Cannot look whether the hub has moved, ignoring: %m");
}

void attachment_note(Manager *m, const char *syspath, const char *seat) {
        Attachment *a;

        TAILQ_FOREACH(a, &m->attachments, attachments)
                if (streq(a->syspath, syspath)) {
                        attachment_free(m, a);
                        break;
                }

        a = malloc(sizeof(*a));
        if (!a) {
                log_oom();
                return;
        }
        *a = (Attachment) { .syspath = strdup(syspath), .seat = strdup(seat) };
        TAILQ_INSERT_TAIL(&m->attachments, a, attachments);
        if (!a->syspath || !a->seat) {
                log_oom();
                attachment_free(m, a);
                return;
        }

        m->attachment_tries = 0;
        check_later(m);
}

void attachment_note_flush(Manager *m) {
        forget_all(m);
        m->detached = true;
        check_later(m);
}
