/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/caller.h"
#include "bus/deferred.h"
#include "common/log.h"
#include "common/timespan.h"

struct Caller {
        Bus *bus;
        uid_t uid;
        char *name; /* NULL: not known */
        bool is_operator;
        Lookup *lookup;
        usec_t asked; /* CLOCK_MONOTONIC, 0 before the first time */
        TAILQ_ENTRY(Caller) callers;
};

static Caller *caller_free(Caller *c) {
        TAILQ_REMOVE(&c->bus->callers, c, callers);
        lookup_free(c->lookup);
        free(c->name);
        free(c);
        return NULL;
}

void callers_free(Bus *b) {
        Caller *c;

        while ((c = TAILQ_FIRST(&b->callers)))
                caller_free(c);
}

static Caller *caller_find(Bus *b, uid_t uid) {
        Caller *c;

        TAILQ_FOREACH(c, &b->callers, callers)
                if (c->uid == uid)
                        return c;

        return NULL;
}

/* The name as far as it is known without a lookup, or NULL. */
static const char *known_name(Bus *b, uid_t uid) {
        Session *s;

        if (uid == 0)
                return "root";

        TAILQ_FOREACH(s, &b->manager->sessions, sessions)
                if (s->info->uid == uid && !isempty(s->info->user))
                        return s->info->user;

        return NULL;
}

static int caller_new(Caller **ret, Bus *b, uid_t uid) {
        unsigned n = 0;
        Caller *c;

        TAILQ_FOREACH(c, &b->callers, callers)
                n++;
        if (n >= CALLERS_MAX)
                caller_free(TAILQ_LAST(&b->callers, CallerList));

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;

        *c = (Caller) { .bus = b, .uid = uid };
        TAILQ_INSERT_HEAD(&b->callers, c, callers);
        *ret = c;
        return 0;
}

static void on_lookup(const UserRecord *record, void *userdata) {
        Caller *c = userdata;

        if (record && string_replace(&c->name, record->name) < 0)
                log_oom();
        else if (record)
                c->is_operator = record->is_operator;

        deferred_lookup_done(c->bus->deferred);
}

static int look_up(Caller *c) {
        usec_t now = now_monotonic();

        if (c->lookup ||
                        (c->asked > 0 && now < c->asked + (c->name ? CALLER_VALID_USEC : LOOKUP_RETRY_USEC)))
                return 0;

        c->asked = now;
        return lookup_start(c->bus->manager->users, &c->lookup, c->uid, NULL, on_lookup, c);
}

/* The account, with a lookup under way where what is known is too old. NULL on failure. */
static const Caller *caller_get(Bus *b, uid_t uid) {
        Caller *c;
        int r = 0;

        c = caller_find(b, uid);
        if (c) {
                TAILQ_REMOVE(&b->callers, c, callers);
                TAILQ_INSERT_HEAD(&b->callers, c, callers);
        } else
                r = caller_new(&c, b, uid);
        if (r >= 0)
                r = look_up(c);
        if (r < 0) {
                log_warning_errno(r, "Failed to look up the account %u, ignoring: %m", (unsigned) uid);
                return NULL;
        }

        return c;
}

bool caller_lookup_is_pending(Bus *b, uid_t uid) {
        const Caller *c = known_name(b, uid) ? NULL : caller_get(b, uid);

        return c && c->lookup && !c->name;
}

int caller_is_operator(Bus *b, uid_t uid) {
        const Caller *c;

        if (uid == 0)
                return true;

        c = caller_get(b, uid);
        if (!c)
                return false;

        return c->name ? c->is_operator : c->lookup ? -EAGAIN : false;
}

int caller_name(Bus *b, uid_t uid, char **ret) {
        const char *known = known_name(b, uid);
        const Caller *c = known ? NULL : caller_find(b, uid);
        char *name;

        if (c)
                known = c->name;

        if (known)
                name = strdup(known);
        else if (asprintf(&name, "%u", (unsigned) uid) < 0)
                name = NULL;
        if (!name)
                return -ENOMEM;

        *ret = name;
        return 0;
}
