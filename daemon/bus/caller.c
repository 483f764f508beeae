/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "bus/caller.h"
#include "common/log.h"
#include "common/timespan.h"

struct Caller {
        Manager *manager;
        uid_t uid;
        char *name; /* NULL: not known */
        Lookup *question;
        usec_t asked; /* CLOCK_MONOTONIC, 0 before the first time */
        TAILQ_ENTRY(Caller) callers;
};

static Caller *caller_free(Caller *c) {
        TAILQ_REMOVE(&c->manager->callers, c, callers);
        lookup_free(c->question);
        free(c->name);
        free(c);
        return NULL;
}

void caller_done(Manager *m) {
        Caller *c;

        while ((c = TAILQ_FIRST(&m->callers)))
                caller_free(c);
}

static Caller *caller_find(Manager *m, uid_t uid) {
        Caller *c;

        TAILQ_FOREACH(c, &m->callers, callers)
                if (c->uid == uid)
                        return c;

        return NULL;
}

/* What is known without a question; NULL for what is not. */
static const char *known_name(Manager *m, uid_t uid) {
        Session *s;

        if (uid == 0)
                return "root";

        TAILQ_FOREACH(s, &m->sessions, sessions)
                if (s->info->uid == uid && !isempty(s->info->user))
                        return s->info->user;

        return NULL;
}

static void make_room(Manager *m) {
        unsigned n = 0;
        Caller *c;

        TAILQ_FOREACH(c, &m->callers, callers)
                n++;
        if (n >= CALLERS_MAX)
                caller_free(TAILQ_LAST(&m->callers, CallerList));
}

static void on_answer(const UserRecord *answer, void *userdata) {
        Caller *c = userdata;

        if (answer && string_replace(&c->name, answer->name) < 0)
                log_oom();

        deferred_release(c->manager->deferred);
}

static int caller_new(Manager *m, uid_t uid, Caller **ret) {
        Caller *c;

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;

        make_room(m);
        *c = (Caller) { .manager = m, .uid = uid };
        TAILQ_INSERT_HEAD(&m->callers, c, callers);
        *ret = c;
        return 0;
}

/* Whether what the user database has said, or has not, is to be left at that. */
static bool is_fresh(const Caller *c, usec_t now) {
        return c->asked > 0 && now < c->asked + (c->name ? CALLER_KEEP_USEC : LOOKUP_RETRY_USEC);
}

bool caller_is_asked(Manager *m, uid_t uid) {
        usec_t now = now_monotonic();
        Caller *c;
        int r = 0;

        if (known_name(m, uid))
                return false;

        c = caller_find(m, uid);
        if (c) {
                TAILQ_REMOVE(&m->callers, c, callers);
                TAILQ_INSERT_HEAD(&m->callers, c, callers);
        } else
                r = caller_new(m, uid, &c);
        if (r >= 0 && !c->question) {
                if (is_fresh(c, now))
                        return false;

                c->asked = now;
                r = lookup_start(m->users, &c->question, uid, NULL, on_answer, c);
        }
        if (r < 0) {
                log_warning_errno(r, "Failed to ask for the name of the account %u: %m", (unsigned) uid);
                return false;
        }

        return !c->name;
}

int caller_name(Manager *m, uid_t uid, char **ret) {
        const char *known = known_name(m, uid);
        char *name;

        if (!known) {
                const Caller *c = caller_find(m, uid);

                known = c ? c->name : NULL;
        }

        if (known)
                name = strdup(known);
        else if (asprintf(&name, "%u", (unsigned) uid) < 0)
                name = NULL;
        if (!name)
                return -ENOMEM;

        *ret = name;
        return 0;
}
