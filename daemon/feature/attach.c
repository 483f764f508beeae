/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* To attach a device, logind writes a udev rule and has the kernel send an event for each device. But udevd
 * looks for new rules only if it has not done so within three seconds (systemd 252, event_queue_start()). So
 * the new rule may be ignored for a hub that was plugged in a moment ago, and nothing happens until the next
 * restart. That is why Usher looks after that time, and repeats a request that had no effect. */

#include "common/log.h"
#include "feature/attach.h"

#define CHECK_USEC (4 * USEC_PER_SEC)
#define TRIES_MAX 3U

typedef struct Attach Attach;

/* A request of a caller that logind has not answered yet. */
typedef struct AttachRequest {
        Attach *attach;
        char *syspaths[2]; /* what is attached; none to detach all */
        char *seat;
        LogindRequestHandler handler;
        void *userdata;
        TAILQ_ENTRY(AttachRequest) requests;
} AttachRequest;

/* A device that logind has just attached to a seat. */
typedef struct Attachment {
        char *syspath;
        char *seat;
        TAILQ_ENTRY(Attachment) attachments;
} Attachment;

struct Attach {
        Manager *manager;
        TAILQ_HEAD(, AttachRequest) requests;
        TAILQ_HEAD(, Attachment) attachments;
        bool detached; /* logind has detached all devices before it attached these */
        unsigned tries;
        sd_event_source *timer;
};

static void attachment_free(Attach *a, Attachment *t) {
        TAILQ_REMOVE(&a->attachments, t, attachments);
        free(t->syspath);
        free(t->seat);
        free(t);
}

static void forget_all(Attach *a) {
        Attachment *t;

        while ((t = TAILQ_FIRST(&a->attachments)))
                attachment_free(a, t);
        a->detached = false;
        a->tries = 0;
}

/* Whether the device is plugged in, and at another seat. */
static bool lacks_effect(Attach *a, const Attachment *t) {
        const DeviceInfo *info = topology_find_device(a->manager->topology, t->syspath);

        return info && !streq_ptr(info->seat, t->seat);
}

static int send_attach(LogindRequest *q, Manager *m, const char *syspath, const char *seat) {
        AsyncCall **slot;
        void *userdata;

        slot = logind_request_slot(q, &userdata);
        return logind_attach_device(m->logind, slot, seat, syspath, logind_request_on_reply, userdata);
}

static int send_detach(LogindRequest *q, Manager *m) {
        AsyncCall **slot;
        void *userdata;

        slot = logind_request_slot(q, &userdata);
        return logind_flush_devices(m->logind, slot, logind_request_on_reply, userdata);
}

/* Repeats the request for one device, or where t is NULL for all. */
static void repeat(Attach *a, const Attachment *t) {
        _cleanup_(logind_request_freep) LogindRequest *q = NULL;
        Manager *m = a->manager;
        int r;

        r = logind_request_new(&q, m, t ? "attach a hub again" : "detach all hubs again", 1, NULL, NULL);
        if (r >= 0)
                r = t ? send_attach(q, m, t->syspath, t->seat) : send_detach(q, m);
        if (r < 0) {
                log_warning_errno(r, "Failed to repeat a request to logind, ignoring: %m");
                return;
        }

        logind_request_sent(TAKE_PTR(q));
}

/* Repeats what had no effect. Returns whether there was any. */
static bool repair(Attach *a) {
        bool any = false;
        Attachment *t;

        TAILQ_FOREACH(t, &a->attachments, attachments)
                if (lacks_effect(a, t)) {
                        repeat(a, t);
                        any = true;
                }

        /* The effect of detaching all cannot be seen here. Repeating any attachment makes udevd look at the
         * rules too, and does not undo those that came later, as detaching all again would. */
        if (a->detached && !any)
                repeat(a, TAILQ_FIRST(&a->attachments));
        a->detached = false;
        return any;
}

static void check_later(Attach *a);

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata) {
        Attach *a = userdata;

        if (repair(a) && ++a->tries < TRIES_MAX)
                check_later(a);
        else
                forget_all(a);

        return 0;
}

static void check_later(Attach *a) {
        int r;

        a->timer = sd_event_source_disable_unref(a->timer);
        r = sd_event_add_time_relative(
                        a->manager->event, &a->timer, CLOCK_MONOTONIC, CHECK_USEC, 0, on_timer, a);
        if (r < 0)
                log_warning_errno(r, "Failed to check later whether the hub has moved, ignoring: %m");
}

/* logind has attached this device to that seat. */
static void note_attached(Attach *a, const char *syspath, const char *seat) {
        Attachment *t;

        TAILQ_FOREACH(t, &a->attachments, attachments)
                if (streq(t->syspath, syspath)) {
                        attachment_free(a, t);
                        break;
                }

        t = malloc(sizeof(*t));
        if (!t) {
                log_oom();
                return;
        }
        *t = (Attachment) { .syspath = strdup(syspath), .seat = strdup(seat) };
        TAILQ_INSERT_TAIL(&a->attachments, t, attachments);
        if (!t->syspath || !t->seat) {
                log_oom();
                attachment_free(a, t);
                return;
        }

        a->tries = 0;
        check_later(a);
}

static void note_detached(Attach *a) {
        forget_all(a);
        a->detached = true;
        check_later(a);
        manager_hubs_reassigned(a->manager);
}

static AttachRequest *attach_request_free(AttachRequest *q) {
        if (!q)
                return NULL;

        TAILQ_REMOVE(&q->attach->requests, q, requests);
        for (size_t i = 0; i < ELEMENTSOF(q->syspaths); i++)
                free(q->syspaths[i]);
        free(q->seat);
        free(q);
        return NULL;
}

DEFINE_CLEANUP(AttachRequest *, attach_request_free);

static int attach_request_new(
                AttachRequest **ret, Manager *m, LogindRequestHandler handler, void *userdata) {
        Attach *a = manager_feature(m, &attach_feature);
        AttachRequest *q;

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;
        *q = (AttachRequest) { .attach = a, .handler = handler, .userdata = userdata };
        TAILQ_INSERT_TAIL(&a->requests, q, requests);

        *ret = q;
        return 0;
}

static void on_outcome(int r, const char *text, void *userdata) {
        _cleanup_(attach_request_freep) AttachRequest *q = userdata;

        if (r >= 0 && !q->seat)
                note_detached(q->attach);
        else if (r >= 0)
                for (size_t i = 0; i < ELEMENTSOF(q->syspaths) && q->syspaths[i]; i++)
                        note_attached(q->attach, q->syspaths[i], q->seat);

        q->handler(r, text, q->userdata);
}

int attach_hub(Manager *m, const Hub *h, const char *seat, LogindRequestHandler handler, void *userdata) {
        _cleanup_(attach_request_freep) AttachRequest *q = NULL;
        _cleanup_(logind_request_freep) LogindRequest *request = NULL;
        /* A USB 3 hub is two devices to the kernel, and other devices may be plugged into either. */
        const char *const syspaths[] = { h->syspath, h->peer_syspath };
        size_t n = h->peer_syspath ? 2 : 1;
        int r;

        r = attach_request_new(&q, m, handler, userdata);
        if (r < 0)
                return r;

        r = string_replace(&q->seat, seat);
        if (r < 0)
                return r;

        r = logind_request_new(&request, m, "attach a hub", n, on_outcome, q);
        if (r < 0)
                return r;

        for (size_t i = 0; i < n; i++) {
                r = string_replace(&q->syspaths[i], syspaths[i]);
                if (r >= 0)
                        r = send_attach(request, m, syspaths[i], seat);
                if (r < 0)
                        return r;
        }

        (void) TAKE_PTR(q);
        logind_request_sent(TAKE_PTR(request));
        return 0;
}

int attach_reset(Manager *m, LogindRequestHandler handler, void *userdata) {
        _cleanup_(attach_request_freep) AttachRequest *q = NULL;
        _cleanup_(logind_request_freep) LogindRequest *request = NULL;
        int r;

        r = attach_request_new(&q, m, handler, userdata);
        if (r < 0)
                return r;

        r = logind_request_new(&request, m, "detach all hubs", 1, on_outcome, q);
        if (r < 0)
                return r;

        r = send_detach(request, m);
        if (r < 0)
                return r;

        (void) TAKE_PTR(q);
        logind_request_sent(TAKE_PTR(request));
        return 0;
}

static void attach_free(void *state) {
        Attach *a = state;
        AttachRequest *q;

        while ((q = TAILQ_FIRST(&a->requests)))
                attach_request_free(q);
        forget_all(a);
        sd_event_source_disable_unref(a->timer);
        free(a);
}

static int attach_new(Manager *m, void **ret) {
        Attach *a;

        a = malloc(sizeof(*a));
        if (!a)
                return -ENOMEM;
        *a = (Attach) {
                .manager = m,
                .requests = TAILQ_HEAD_INITIALIZER(a->requests),
                .attachments = TAILQ_HEAD_INITIALIZER(a->attachments),
        };

        *ret = a;
        return 0;
}

const Feature attach_feature = {
        .name = "attach",
        .new = attach_new,
        .free = attach_free,
};
