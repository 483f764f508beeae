/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* One DeferredCall stands for each message that waits, or is dispatched again. It keeps what polkit has
 * answered to the message, because a method may need several rights and is dispatched again for each. It
 * ends when another message enters its handler, and not when usherd is idle, which may never be. */

#include "bus/deferred.h"
#include "common/bus-util.h"
#include "common/log.h"
#include "common/timespan.h"

typedef enum DeferredState {
        DEFERRED_WAITING,
        DEFERRED_QUEUED,     /* to be dispatched again */
        DEFERRED_DISPATCHED, /* its handler runs, or has returned */
} DeferredState;

typedef struct Question {
        char *key; /* action and details: the next dispatch must ask the same */
        PolkitAnswer answer;
        SLIST_ENTRY(Question) questions;
} Question;

struct DeferredCall {
        Deferred *deferred;
        sd_bus_message *message;
        uid_t uid;
        DeferredReason reason;
        DeferredState state;

        /* DEFERRED_LOOKUP */
        usec_t until; /* CLOCK_MONOTONIC */
        sd_event_source *timer;

        /* DEFERRED_AUTHORIZATION */
        SLIST_HEAD(, Question) questions;
        Question *asked; /* polkit has not answered this one yet */
        AsyncCall *check;
        uint64_t cookie;
        sd_bus_track *track;

        TAILQ_ENTRY(DeferredCall) calls;
};

struct Deferred {
        Bus *bus;
        TAILQ_HEAD(, DeferredCall) calls;
};

int deferred_new(Deferred **ret, Bus *b) {
        Deferred *d;

        d = malloc(sizeof(*d));
        if (!d)
                return -ENOMEM;

        *d = (Deferred) { .bus = b, .calls = TAILQ_HEAD_INITIALIZER(d->calls) };
        *ret = d;
        return 0;
}

Deferred *deferred_free(Deferred *d) {
        DeferredCall *c;

        if (!d)
                return NULL;

        while ((c = TAILQ_FIRST(&d->calls)))
                deferred_call_free(c);

        free(d);
        return NULL;
}

/* Drops all that only one reason needs. */
static void release_reason(DeferredCall *c) {
        Question *q;

        while ((q = SLIST_FIRST(&c->questions))) {
                SLIST_REMOVE_HEAD(&c->questions, questions);
                free(q->key);
                free(q);
        }

        c->asked = NULL;
        c->timer = sd_event_source_disable_unref(c->timer);
        c->check = async_call_free(c->check);
        c->track = sd_bus_track_unref(c->track);
}

DeferredCall *deferred_call_free(DeferredCall *c) {
        if (!c)
                return NULL;

        TAILQ_REMOVE(&c->deferred->calls, c, calls);
        release_reason(c);
        sd_bus_message_unref(c->message);
        free(c);
        return NULL;
}

static DeferredCall *find(Deferred *d, sd_bus_message *m) {
        DeferredCall *c;

        TAILQ_FOREACH(c, &d->calls, calls)
                if (c->message == m)
                        return c;

        return NULL;
}

static int check_limits(Deferred *d, uid_t uid, DeferredReason reason, sd_bus_error *error) {
        unsigned all = 0, of_user = 0;
        DeferredCall *c;

        TAILQ_FOREACH(c, &d->calls, calls) {
                if (c->reason != reason)
                        continue;

                all++;
                of_user += c->uid == uid;
        }

        return deferred_check_limits(d->bus, reason, uid, all, of_user, error);
}

/* The message waits from here on, for this reason instead of another. */
static int wait_for(Deferred *d,
                sd_bus_message *m,
                uid_t uid,
                DeferredReason reason,
                DeferredCall **ret,
                sd_bus_error *error) {

        DeferredCall *c = find(d, m);
        int r;

        if (!c || c->reason != reason) {
                r = check_limits(d, uid, reason, error);
                if (r < 0)
                        return r;
        }

        if (!c) {
                c = malloc(sizeof(*c));
                if (!c)
                        return -ENOMEM;

                *c = (DeferredCall) { .deferred = d, .message = sd_bus_message_ref(m), .uid = uid };
                TAILQ_INSERT_TAIL(&d->calls, c, calls);
        } else if (c->reason != reason)
                release_reason(c);

        c->reason = reason;
        c->state = DEFERRED_WAITING;
        *ret = c;
        return 0;
}

/* Sends the message through its handler again, from its first argument. */
static void dispatch_again(DeferredCall *c) {
        int r;

        r = sd_bus_message_rewind(c->message, true);
        if (r >= 0)
                r = sd_bus_enqueue_for_read(c->deferred->bus->manager->bus, c->message);
        if (r < 0) {
                (void) sd_bus_reply_method_errno(c->message, r, NULL);
                deferred_call_free(c);
                return;
        }

        c->state = DEFERRED_QUEUED;
}

void deferred_begin_dispatch(Deferred *d, sd_bus_message *m) {
        DeferredCall *c, *next;

        for (c = TAILQ_FIRST(&d->calls); c; c = next) {
                next = TAILQ_NEXT(c, calls);
                if (c->message == m)
                        c->state = DEFERRED_DISPATCHED;
                else if (c->state == DEFERRED_DISPATCHED)
                        deferred_call_free(c);
        }
}

static int on_lookup_timeout(sd_event_source *s, uint64_t usec, void *userdata) {
        DeferredCall *c = userdata;

        if (c->state == DEFERRED_WAITING)
                dispatch_again(c);

        return 0;
}

int deferred_wait_for_lookup(Deferred *d, sd_bus_message *m, uid_t uid) {
        DeferredCall *c;
        int r;

        /* A message that has asked polkit has been here before: a wait now would lose the answers. */
        c = find(d, m);
        if (c && (c->reason != DEFERRED_LOOKUP || now_monotonic() >= c->until))
                return 1;

        r = wait_for(d, m, uid, DEFERRED_LOOKUP, &c, NULL);
        if (r == -ENOBUFS)
                return 1;
        if (r < 0)
                return r;
        if (c->timer)
                return 0;

        c->until = now_monotonic() + DEFERRED_LOOKUP_USEC;
        r = sd_event_add_time(d->bus->manager->event, &c->timer, CLOCK_MONOTONIC, c->until, 0,
                        on_lookup_timeout, c);
        if (r < 0) {
                deferred_call_free(c);
                return r;
        }

        return 0;
}

void deferred_lookup_done(Deferred *d) {
        DeferredCall *c, *next;

        for (c = TAILQ_FIRST(&d->calls); c; c = next) {
                next = TAILQ_NEXT(c, calls);
                if (c->reason == DEFERRED_LOOKUP && c->state == DEFERRED_WAITING)
                        dispatch_again(c);
        }
}

/* The caller left the bus: nobody waits for the reply, and nothing may be done for a caller that is gone. */
static int on_sender_gone(sd_bus_track *track, void *userdata) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;
        DeferredCall *c = userdata;
        Bus *b = c->deferred->bus;

        /* Any local user can forge the signal that this comes from, so the bus driver decides. */
        if (sd_bus_get_name_creds(b->manager->bus, sd_bus_message_get_sender(c->message), 0, &creds) >= 0) {
                (void) sd_bus_track_add_sender(track, c->message);
                return 0;
        }

        if (c->check)
                polkit_cancel_check(b->polkit, c->cookie);
        deferred_call_free(c);
        return 0;
}

static char *make_key(const char *action, PolkitDetails details, bool interactive) {
        char *key = NULL;
        size_t size;
        FILE *f;

        f = open_memstream(&key, &size);
        if (!f)
                return NULL;

        fprintf(f, "%s\n%i", action, interactive);
        for (; details && details[0]; details++)
                fprintf(f, "\n%s", strempty(details[0]));

        if (fclose(f) != 0) {
                free(key);
                return NULL;
        }

        return key;
}

static int question_new(DeferredCall *c, char **key) {
        Question *q;

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;

        *q = (Question) { .key = TAKE_PTR(*key) };
        SLIST_INSERT_HEAD(&c->questions, q, questions);
        c->asked = q;
        return 0;
}

static void on_checked(sd_bus_message *reply, void *userdata) {
        DeferredCall *c = userdata;

        c->asked->answer = polkit_read_answer(reply);
        c->asked = NULL;
        dispatch_again(c);
}

int deferred_authorize(Deferred *d,
                sd_bus_message *m,
                uid_t uid,
                const char *action,
                PolkitDetails details,
                bool interactive,
                PolkitAnswer *ret,
                sd_bus_error *error) {

        _cleanup_free_ char *key = NULL;
        DeferredCall *c;
        Question *q;
        int r;

        key = make_key(action, details, interactive);
        if (!key)
                return -ENOMEM;

        c = find(d, m);
        if (c)
                SLIST_FOREACH(q, &c->questions, questions)
                        if (streq(q->key, key)) {
                                *ret = q->answer;
                                return 0;
                        }

        *ret = POLKIT_ANSWER_NONE;
        r = wait_for(d, m, uid, DEFERRED_AUTHORIZATION, &c, error);
        if (r == -EAGAIN) {
                r = deferred_wait_for_lookup(d, m, uid);
                return r > 0 ? deferred_limit_error(DEFERRED_AUTHORIZATION, error) : r;
        }
        if (r < 0)
                return r;

        if (!c->track) {
                r = sd_bus_track_new(d->bus->manager->bus, &c->track, on_sender_gone, c);
                if (r >= 0)
                        r = sd_bus_track_add_sender(c->track, m);
        }
        if (r >= 0)
                r = question_new(c, &key);
        if (r >= 0)
                r = polkit_check_authorization(d->bus->polkit, &c->check, sd_bus_message_get_sender(m),
                                action, details, interactive, &c->cookie, on_checked, c);
        if (r < 0) {
                deferred_call_free(c);
                return r;
        }

        return 0;
}

int deferred_wait_for_reply(
                Deferred *d, sd_bus_message *m, uid_t uid, DeferredCall **ret, sd_bus_error *error) {
        return wait_for(d, m, uid, DEFERRED_REPLY, ret, error);
}

int deferred_call_started(DeferredCall *c, int r) {
        if (r < 0)
                deferred_call_free(c);

        return r < 0 ? r : 1;
}

Bus *deferred_call_bus(const DeferredCall *c) {
        return c->deferred->bus;
}

sd_bus_message *deferred_call_message(const DeferredCall *c) {
        return c->message;
}

static void finish(DeferredCall *c, int r) {
        if (r < 0)
                log_warning_errno(r, "Failed to send a reply, ignoring: %m");

        deferred_call_free(c);
}

void deferred_call_reply(DeferredCall *c) {
        finish(c, sd_bus_reply_method_return(c->message, NULL));
}

void deferred_call_error(DeferredCall *c, const sd_bus_error *error) {
        finish(c, sd_bus_reply_method_error(c->message, error));
}
