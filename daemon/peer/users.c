/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The user database may be a directory on the network, and its library calls may block for as long as that
 * does. No countdown may wait for them. So processes forked for it, the lookup workers, query the database.
 * Its modules are foreign code; they are never loaded into the daemon.
 *
 * To load them costs far more than a lookup does, and a class logs in at once. So one worker makes the
 * lookups one after the other, and it has no more than one at a time. While it hangs, further workers make
 * those that wait. A lookup that hangs therefore costs only itself: its worker is killed at the time-out.
 *
 * A thread could not be killed. systemd-userdbd answers without blocking, but is not everywhere. */

#include <signal.h>
#include <sys/queue.h>
#include <sys/wait.h>

#include "common/log.h"
#include "common/text.h"
#include "peer/lookup-worker.h"
#include "peer/users.h"

/* A worker outlives its lookup as long as the kernel does not let it die. One that sleeps uninterruptibly on
 * a dead file server still counts. */
typedef struct LookupWorker {
        Users *users;
        Lookup *lookup; /* NULL: it has none */
        int fd;         /* -EBADF: it was killed, or it is to exit */
        sd_event_source *answer;
        sd_event_source *exit;
        TAILQ_ENTRY(LookupWorker) workers;
} LookupWorker;

struct Lookup {
        Users *users;
        Lookup **slot; /* the field that holds this lookup */
        LookupQuestion question;
        LookupWorker *worker; /* NULL: the lookup waits for one */
        sd_event_source *timer;
        LookupHandler handler;
        void *userdata;
        TAILQ_ENTRY(Lookup) lookups;
};

struct Users {
        sd_event *event;
        sd_event_source *timer; /* for the next worker while lookups wait, else for the end of the idle ones
                                 */
        bool waiting;           /* a lookup has no worker yet */
        unsigned n_workers;
        TAILQ_HEAD(, LookupWorker) workers;
        TAILQ_HEAD(, Lookup) lookups;
};

static void users_pump(Users *u);

/* It exits when it notices. */
static void lookup_worker_close(LookupWorker *w) {
        w->answer = sd_event_source_disable_unref(w->answer);
        if (w->fd >= 0)
                close(w->fd);
        w->fd = -EBADF;
}

static void lookup_worker_free(LookupWorker *w) {
        TAILQ_REMOVE(&w->users->workers, w, workers);
        w->users->n_workers--;
        lookup_worker_close(w);
        sd_event_source_disable_unref(w->exit);
        free(w);
}

/* on_worker_exit() reaps it; waiting for it here could take forever. */
static void lookup_worker_kill(LookupWorker *w) {
        int r;

        w->lookup = NULL;
        lookup_worker_close(w);
        r = sd_event_source_send_child_signal(w->exit, SIGKILL, NULL, 0);
        if (r < 0)
                log_debug_errno(r, "Failed to kill a lookup worker: %m");
}

static void lookup_unlink(Lookup *l) {
        TAILQ_REMOVE(&l->users->lookups, l, lookups);
        if (l->worker)
                lookup_worker_kill(l->worker);
        sd_event_source_disable_unref(l->timer);
        *l->slot = NULL;
        free(l);
}

Lookup *lookup_free(Lookup *l) {
        if (l)
                lookup_unlink(l);

        return NULL;
}

Users *users_free(Users *u) {
        Lookup *l;
        LookupWorker *w;

        if (!u)
                return NULL;

        while ((l = TAILQ_FIRST(&u->lookups)))
                lookup_unlink(l);
        while ((w = TAILQ_FIRST(&u->workers)))
                lookup_worker_free(w);

        sd_event_source_disable_unref(u->timer);
        sd_event_unref(u->event);
        free(u);
        return NULL;
}

static void lookup_finish(Lookup *l, const UserRecord *record) {
        LookupHandler handler = l->handler;
        void *userdata = l->userdata;

        lookup_unlink(l);
        handler(record, userdata);
}

static int on_timeout(sd_event_source *s, uint64_t usec, void *userdata) {
        Lookup *l = userdata;

        log_debug("Lookup of UID %u timed out.", (unsigned) l->question.uid);
        lookup_finish(l, NULL);
        return 0;
}

/* The worker has answered, or never will. */
static void lookup_worker_done(LookupWorker *w, const UserRecord *record) {
        Lookup *l = w->lookup;

        if (!l)
                return;

        w->lookup = NULL;
        l->worker = NULL;
        if (!record)
                log_debug("Lookup of UID %u failed.", (unsigned) l->question.uid);
        lookup_finish(l, record);
}

static int on_answer(sd_event_source *s, int fd, uint32_t revents, void *userdata) {
        LookupWorker *w = userdata;
        Users *u = w->users;
        UserRecord record;
        int r;

        r = lookup_worker_receive(fd, &record);
        if (r == -EAGAIN)
                return 0;
        if (r < 0) {
                /* on_worker_exit() finishes the lookup. Where the worker has no reason to exit, it gets one.
                 */
                log_debug_errno(r, "Failed to receive from a lookup worker: %m");
                lookup_worker_close(w);
                (void) sd_event_source_send_child_signal(w->exit, SIGKILL, NULL, 0);
                return 0;
        }

        lookup_worker_done(w, r > 0 ? &record : NULL);
        users_pump(u);
        return 0;
}

static int on_worker_exit(sd_event_source *s, const siginfo_t *si, void *userdata) {
        LookupWorker *w = userdata;
        Users *u = w->users;
        UserRecord record;
        bool found = w->lookup && w->fd >= 0 && lookup_worker_receive(w->fd, &record) > 0;

        lookup_worker_close(w);
        lookup_worker_done(w, found ? &record : NULL);
        lookup_worker_free(w);
        users_pump(u);
        return 0;
}

static int lookup_worker_new(LookupWorker **ret, Users *u) {
        LookupWorker *w;
        pid_t pid;
        int r;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (LookupWorker) { .users = u, .fd = -EBADF };

        r = lookup_worker_fork(&pid, &w->fd);
        if (r < 0) {
                free(w);
                return r;
        }

        TAILQ_INSERT_TAIL(&u->workers, w, workers);
        u->n_workers++;
        r = sd_event_add_child(u->event, &w->exit, pid, WEXITED, on_worker_exit, w);
        if (r >= 0)
                r = sd_event_add_io(u->event, &w->answer, w->fd, EPOLLIN, on_answer, w);
        if (r < 0) {
                /* Nothing else reaps it. It has just started and cannot sleep uninterruptibly yet. */
                (void) kill(pid, SIGKILL);
                (void) waitpid(pid, NULL, 0);
                lookup_worker_free(w);
                return r;
        }

        *ret = w;
        return 0;
}

static LookupWorker *users_add_worker(Users *u) {
        LookupWorker *w;
        int r;

        if (u->n_workers >= LOOKUP_WORKERS_MAX)
                return NULL;

        r = lookup_worker_new(&w, u);
        if (r < 0) {
                log_debug_errno(r, "Failed to start a lookup worker, retrying later: %m");
                return NULL;
        }

        return w;
}

/* Whether the worker can take lookups, now or after the one that it has. */
static bool lookup_worker_is_usable(const LookupWorker *w) {
        return w->fd >= 0;
}

/* An idle worker, which is a new one if there is none to wait for. NULL if the lookup must wait. */
static LookupWorker *users_find_worker(Users *u) {
        bool usable = false;
        LookupWorker *w;

        TAILQ_FOREACH(w, &u->workers, workers)
                if (lookup_worker_is_usable(w)) {
                        if (!w->lookup)
                                return w;
                        usable = true;
                }

        return usable ? NULL : users_add_worker(u);
}

/* Gives a lookup to each idle worker. Returns whether lookups wait; each of them has its time-out. */
static bool users_assign(Users *u) {
        Lookup *l;

        TAILQ_FOREACH(l, &u->lookups, lookups) {
                LookupWorker *w;

                if (l->worker)
                        continue;

                w = users_find_worker(u);
                if (!w)
                        return true;
                if (lookup_worker_ask(w->fd, &l->question) < 0) {
                        lookup_worker_kill(w); /* its exit brings the next try */
                        return true;
                }

                w->lookup = l;
                l->worker = w;
        }

        return false;
}

static void users_set_timer(Users *u, usec_t usec) {
        (void) sd_event_source_set_time_relative(u->timer, usec);
        (void) sd_event_source_set_enabled(u->timer, SD_EVENT_ONESHOT);
}

/* Answers do not put off the next worker: where each takes long, many must be made at a time. */
static void users_pump(Users *u) {
        bool waited = u->waiting;

        u->waiting = users_assign(u);
        if (!u->waiting)
                users_set_timer(u, LOOKUP_IDLE_USEC);
        else if (!waited)
                users_set_timer(u, LOOKUP_PATIENCE_USEC);
}

static int on_timer(sd_event_source *s, uint64_t usec, void *userdata) {
        Users *u = userdata;
        LookupWorker *w;

        if (u->waiting) {
                u->waiting = false;
                if (users_assign(u))
                        (void) users_add_worker(u);
                users_pump(u);
                return 0;
        }

        TAILQ_FOREACH(w, &u->workers, workers)
                if (!w->lookup)
                        lookup_worker_close(w);

        return 0;
}

int users_new(Users **ret, sd_event *event) {
        _cleanup_(users_freep) Users *u = NULL;
        int r;

        u = malloc(sizeof(*u));
        if (!u)
                return -ENOMEM;

        *u = (Users) {
                .event = sd_event_ref(event),
                .workers = TAILQ_HEAD_INITIALIZER(u->workers),
                .lookups = TAILQ_HEAD_INITIALIZER(u->lookups),
        };
        r = sd_event_add_time_relative(event, &u->timer, CLOCK_MONOTONIC, LOOKUP_IDLE_USEC, 0, on_timer, u);
        if (r >= 0)
                r = sd_event_source_set_enabled(u->timer, SD_EVENT_OFF);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(u);
        return 0;
}

int lookup_start(Users *u,
                Lookup **slot,
                uid_t uid,
                const char *name,
                LookupHandler handler,
                void *userdata) {

        Lookup *l;
        int r;

        assert(!*slot);

        name = strempty(name);
        if (strlen(name) >= sizeof(l->question.name))
                return -ENAMETOOLONG;

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;

        *l = (Lookup) {
                .users = u,
                .slot = slot,
                .question.uid = uid,
                .handler = handler,
                .userdata = userdata,
        };
        strcpy(l->question.name, name);
        *slot = l;
        TAILQ_INSERT_TAIL(&u->lookups, l, lookups);

        r = sd_event_add_time_relative(
                        u->event, &l->timer, CLOCK_MONOTONIC, LOOKUP_TIMEOUT_USEC, 0, on_timeout, l);
        if (r < 0) {
                lookup_unlink(l);
                return r;
        }

        users_pump(u);
        return 0;
}
