/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* An entry for each message whose verdict is awaited or just came in. It holds every question the message
 * has asked so far with its answer: a method may need two rights, and is dispatched once more for each. The
 * entry goes when the dispatch after the last answer is over, or when the caller leaves the bus. */

#include <sys/queue.h>

#include "bus/polkit.h"
#include "common/bus-util.h"
#include "peer/async-call.h"
#include "peer/polkit.h"

static_assert(POLKIT_PENDING_MAX + ASYNC_QUEUES_MAX * ASYNC_IN_FLIGHT_MAX < BUS_REPLIES_MAX,
                "what polkit is asked leaves room for logind and systemd");

typedef struct Question {
        char *key; /* action and details: the second dispatch must ask the very same */
        PolkitAnswer answer;
        SLIST_ENTRY(Question) questions;
} Question;

typedef struct Entry {
        Polkit *polkit;
        sd_bus_message *request;
        uid_t uid;
        unsigned number; /* for the cancellation id */
        SLIST_HEAD(, Question) questions;
        Question *asked; /* the one whose answer is awaited */
        sd_bus_slot *call;
        sd_bus_track *track;
        sd_event_source *defer;
        bool dispatched; /* since the last verdict: its handler has run, or is running */
        TAILQ_ENTRY(Entry) entries;
} Entry;

struct Polkit {
        sd_bus *bus;
        unsigned n_entries;
        unsigned last_number;
        TAILQ_HEAD(, Entry) entries;
};

int polkit_new(Polkit **ret, sd_bus *bus) {
        Polkit *p;

        p = malloc(sizeof(*p));
        if (!p)
                return -ENOMEM;

        *p = (Polkit) {
                .bus = sd_bus_ref(bus),
                .entries = TAILQ_HEAD_INITIALIZER(p->entries),
        };
        *ret = p;
        return 0;
}

static Entry *entry_free(Entry *e) {
        Question *q;

        if (!e)
                return NULL;

        TAILQ_REMOVE(&e->polkit->entries, e, entries);
        e->polkit->n_entries--;

        while ((q = SLIST_FIRST(&e->questions))) {
                SLIST_REMOVE_HEAD(&e->questions, questions);
                free(q->key);
                free(q);
        }

        sd_bus_slot_unref(e->call);
        sd_bus_track_unref(e->track);
        sd_event_source_disable_unref(e->defer);
        sd_bus_message_unref(e->request);
        free(e);
        return NULL;
}

DEFINE_CLEANUP(Entry *, entry_free);

Polkit *polkit_free(Polkit *p) {
        Entry *e;

        if (!p)
                return NULL;

        while ((e = TAILQ_FIRST(&p->entries)))
                entry_free(e);

        sd_bus_unref(p->bus);
        free(p);
        return NULL;
}

int polkit_sender_uid(sd_bus_message *m, uid_t *ret) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;
        int r;

        r = sd_bus_query_sender_creds(m, SD_BUS_CREDS_EUID, &creds);
        if (r < 0)
                return r;
        if (sd_bus_creds_get_augmented_mask(creds) & SD_BUS_CREDS_EUID)
                return -EPERM;

        return sd_bus_creds_get_euid(creds, ret);
}

static Entry *entry_find(Polkit *p, sd_bus_message *m) {
        Entry *e;

        TAILQ_FOREACH(e, &p->entries, entries)
                if (e->request == m)
                        return e;

        return NULL;
}

bool polkit_is_asked(Polkit *p, sd_bus_message *m) {
        return entry_find(p, m);
}

/* What only waits for its source of idle priority is over when another message is in its handler. A daemon
 * that is kept busy is never idle, and these would count as requests that wait. */
static void drop_dispatched(Polkit *p) {
        Entry *e, *next;

        for (e = TAILQ_FIRST(&p->entries); e; e = next) {
                next = TAILQ_NEXT(e, entries);
                if (e->dispatched && !e->call)
                        entry_free(e);
        }
}

static unsigned count_uid(Polkit *p, uid_t uid) {
        unsigned n = 0;
        Entry *e;

        TAILQ_FOREACH(e, &p->entries, entries)
                n += e->uid == uid;

        return n;
}

/* The caller left the bus: nobody waits for the answer, and nothing may be done for somebody who is not
 * there. */
static int on_sender_gone(sd_bus_track *track, void *userdata) {
        _cleanup_creds_ sd_bus_creds *creds = NULL;
        Entry *e = userdata;

        /* Any local user can forge the signal that this comes from, so the bus driver has the word. */
        if (sd_bus_get_name_creds(e->polkit->bus, sd_bus_message_get_sender(e->request), 0, &creds) >= 0) {
                (void) sd_bus_track_add_sender(track, e->request);
                return 0;
        }

        if (e->call)
                polkit_message_cancel(e->polkit->bus, e->number);
        entry_free(e);
        return 0;
}

static int on_dispatched(sd_event_source *s, void *userdata) {
        entry_free(userdata);
        return 0;
}

static int on_verdict(sd_bus_message *reply, void *userdata, sd_bus_error *error) {
        Entry *e = userdata;
        int r;

        e->call = sd_bus_slot_unref(e->call);
        e->asked->answer = polkit_message_read(reply);
        e->asked = NULL;
        e->dispatched = false;

        r = bus_message_dispatch_again(e->request, &e->defer, on_dispatched, e);
        if (r < 0) {
                (void) sd_bus_reply_method_errno(e->request, r, NULL);
                entry_free(e);
        }

        return 0;
}

static int send_question(Entry *e, const char *action, PolkitDetails details, bool interactive) {
        _cleanup_bus_message_ sd_bus_message *m = NULL;
        int r;

        r = polkit_message_new(e->polkit->bus, &m, sd_bus_message_get_sender(e->request), action, details,
                        interactive, e->number);
        if (r < 0)
                return r;

        /* Somebody may be typing a password: no time-out but the caller's patience. */
        return sd_bus_call_async(e->polkit->bus, &e->call, m, on_verdict, e, UINT64_MAX);
}

static int entry_new(Polkit *p, sd_bus_message *m, uid_t uid, Entry **ret, sd_bus_error *error) {
        Entry *e;
        int r;

        drop_dispatched(p);
        if (p->n_entries >= POLKIT_PENDING_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "%u requests are waiting for authorization already.", POLKIT_PENDING_MAX);
        if (count_uid(p, uid) >= POLKIT_PENDING_PER_UID_MAX)
                return sd_bus_error_setf(error, SD_BUS_ERROR_LIMITS_EXCEEDED,
                                "%u requests of this user are waiting for authorization already.",
                                POLKIT_PENDING_PER_UID_MAX);

        e = malloc(sizeof(*e));
        if (!e)
                return -ENOMEM;

        *e = (Entry) {
                .polkit = p,
                .request = sd_bus_message_ref(m),
                .uid = uid,
                .questions = SLIST_HEAD_INITIALIZER(e->questions),
        };
        TAILQ_INSERT_TAIL(&p->entries, e, entries);
        p->n_entries++;

        r = sd_bus_track_new(p->bus, &e->track, on_sender_gone, e);
        if (r >= 0)
                r = sd_bus_track_add_sender(e->track, m);
        if (r < 0) {
                entry_free(e);
                return r;
        }

        *ret = e;
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

static int ask(Entry *e, char **key, const char *action, PolkitDetails details, bool interactive) {
        Question *q;

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;

        *q = (Question) { .key = TAKE_PTR(*key) };
        SLIST_INSERT_HEAD(&e->questions, q, questions);
        e->asked = q;
        e->number = ++e->polkit->last_number;
        e->defer = sd_event_source_disable_unref(e->defer);

        return send_question(e, action, details, interactive);
}

/* Looks the question up among those the message has asked, and asks it if it is new. */
static int find_or_ask(Polkit *p,
                sd_bus_message *m,
                const char *action,
                PolkitDetails details,
                bool interactive,
                PolkitAnswer *ret,
                sd_bus_error *error) {

        _cleanup_free_ char *key = NULL;
        Question *q;
        Entry *e;
        uid_t uid;
        int r;

        r = polkit_sender_uid(m, &uid);
        if (r < 0)
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED, "Cannot tell who is asking.");
        if (uid == 0) {
                *ret = POLKIT_ANSWER_ALLOWED;
                return 0;
        }

        key = make_key(action, details, interactive);
        if (!key)
                return -ENOMEM;

        e = entry_find(p, m);
        if (!e) {
                r = entry_new(p, m, uid, &e, error);
                if (r < 0)
                        return r;
        }

        SLIST_FOREACH(q, &e->questions, questions)
                if (streq(q->key, key)) {
                        e->dispatched = true;
                        *ret = q->answer;
                        return 0;
                }

        r = ask(e, &key, action, details, interactive);
        if (r < 0) {
                entry_free(e);
                return r;
        }

        *ret = POLKIT_ANSWER_NONE;
        return 0;
}

int polkit_check(Polkit *p,
                sd_bus_message *m,
                const char *action,
                PolkitDetails details,
                sd_bus_error *error) {
        PolkitAnswer answer;
        int r;

        r = find_or_ask(p, m, action, details, sd_bus_message_get_allow_interactive_authorization(m) > 0,
                        &answer, error);
        if (r < 0)
                return r;

        switch (answer) {
        case POLKIT_ANSWER_NONE:
                return 0;
        case POLKIT_ANSWER_ALLOWED:
                return 1;
        case POLKIT_ANSWER_CHALLENGE:
                return sd_bus_error_setf(error, SD_BUS_ERROR_INTERACTIVE_AUTHORIZATION_REQUIRED,
                                "The action %s needs a password, and nobody could be asked for it.", action);
        default:
                return sd_bus_error_setf(error, SD_BUS_ERROR_ACCESS_DENIED,
                                "The caller may not do this (action %s).", action);
        }
}

int polkit_probe(Polkit *p, sd_bus_message *m, const char *action, PolkitVerdict *ret, sd_bus_error *error) {
        PolkitAnswer answer;
        int r;

        r = find_or_ask(p, m, action, NULL, false, &answer, error);
        if (r < 0)
                return r;

        *ret = answer == POLKIT_ANSWER_NONE             ? POLKIT_PENDING :
                        answer == POLKIT_ANSWER_ALLOWED ? POLKIT_ALLOWED :
                                                          POLKIT_DENIED;
        return 0;
}
