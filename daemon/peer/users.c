/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The user database may be a directory on the network, and its library calls may block for as long as that
 * does. No countdown may wait for them. Each lookup therefore has a worker, a process forked for it, which
 * queries the database, writes one record of a fixed size into a pipe and exits. A lookup that hangs blocks
 * only its own worker, which is killed at the time-out. The modules of the user database are foreign code;
 * they are never loaded into the daemon.
 *
 * A thread could not be killed. One process for all lookups would need a protocol, and a lookup that hangs
 * would delay those behind it. systemd-userdbd answers without blocking, but is not everywhere. The daemon
 * has one thread, so the child may continue after fork(); a separate program would be one more file to
 * install and to find. A worker has the rights of the service: it may talk to a service on this machine,
 * such as SSSD, but not to a server. */

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/wait.h>

#include "common/log.h"
#include "common/text.h"
#include "peer/users.h"

static_assert(sizeof(UserRecord) <= PIPE_BUF, "a record is written in one piece");

/* A worker outlives its lookup as long as the kernel does not let it die. One that sleeps uninterruptibly on
 * a dead file server still counts. */
typedef struct LookupWorker {
        Users *users;
        Lookup *lookup; /* NULL: killed */
        int record_fd;
        sd_event_source *exit;
        TAILQ_ENTRY(LookupWorker) workers;
} LookupWorker;

struct Lookup {
        Users *users;
        Lookup **slot; /* the field that holds this lookup */
        uid_t uid;
        char *name;
        LookupWorker *worker; /* NULL: the lookup waits for one */
        sd_event_source *timer;
        LookupHandler handler;
        void *userdata;
        TAILQ_ENTRY(Lookup) lookups;
};

struct Users {
        sd_event *event;
        unsigned n_workers;
        TAILQ_HEAD(, LookupWorker) workers;
        TAILQ_HEAD(, Lookup) lookups;
};

static void users_pump(Users *u);

int users_new(Users **ret, sd_event *event) {
        Users *u;

        u = malloc(sizeof(*u));
        if (!u)
                return -ENOMEM;

        *u = (Users) {
                .event = sd_event_ref(event),
                .workers = TAILQ_HEAD_INITIALIZER(u->workers),
                .lookups = TAILQ_HEAD_INITIALIZER(u->lookups),
        };
        *ret = u;
        return 0;
}

static void lookup_worker_free(LookupWorker *w) {
        TAILQ_REMOVE(&w->users->workers, w, workers);
        w->users->n_workers--;
        close(w->record_fd);
        sd_event_source_disable_unref(w->exit);
        free(w);
}

/* on_worker_exit() reaps it; waiting for it here could take forever. */
static void lookup_worker_kill(LookupWorker *w) {
        int r;

        w->lookup = NULL;
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
        free(l->name);
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

        log_debug("Lookup of UID %u timed out.", (unsigned) l->uid);
        lookup_finish(l, NULL);
        return 0;
}

/* Runs in the child. Signals are reset to their defaults: a lookup worker must exit with the service, even
 * in the middle of a lookup. */
static _Noreturn void lookup_worker_run(const Lookup *l, int record_fd, pid_t parent) {
        UserRecord record;
        sigset_t none;

        (void) prctl(PR_SET_NAME, "usher-account");
        (void) sigemptyset(&none);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0 ||
                        getppid() != parent)
                _exit(EXIT_FAILURE);

        /* Above all the bus: as long as a process has that connection open, our name is taken. */
        if (dup2(record_fd, STDERR_FILENO + 1) < 0 || close_range(STDERR_FILENO + 2, ~0U, 0) < 0)
                _exit(EXIT_FAILURE);
        record_fd = STDERR_FILENO + 1;

        memset(&record, 0, sizeof(record));
        if (user_record_read(l->uid, l->name, &record) < 0)
                _exit(EXIT_FAILURE);

        _exit(write(record_fd, &record, sizeof(record)) == sizeof(record) ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool read_record(const LookupWorker *w, UserRecord *ret) {
        return read(w->record_fd, ret, sizeof(*ret)) == sizeof(*ret) &&
                        memchr(ret->name, 0, sizeof(ret->name)) && text_is_utf8(ret->name);
}

static int on_worker_exit(sd_event_source *s, const siginfo_t *si, void *userdata) {
        LookupWorker *w = userdata;
        Users *u = w->users;
        Lookup *l = w->lookup;
        UserRecord record;
        bool found = l && read_record(w, &record);

        lookup_worker_free(w);
        if (l) {
                l->worker = NULL;
                if (!found)
                        log_debug("Lookup of UID %u failed.", (unsigned) l->uid);
                lookup_finish(l, found ? &record : NULL);
        }

        users_pump(u);
        return 0;
}

static int lookup_worker_new(Lookup *l) {
        _cleanup_close_ int readable = -EBADF, writable = -EBADF;
        Users *u = l->users;
        pid_t parent = getpid(), pid;
        int fds[2], r;
        LookupWorker *w;

        if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
                return -errno;
        readable = fds[0];
        writable = fds[1];

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (LookupWorker) { .users = u, .lookup = l, .record_fd = -EBADF };

        pid = fork();
        if (pid == 0)
                lookup_worker_run(l, writable, parent);
        r = pid < 0 ? -errno : sd_event_add_child(u->event, &w->exit, pid, WEXITED, on_worker_exit, w);
        if (r < 0) {
                /* Nothing else reaps it. It has just started and cannot sleep uninterruptibly yet. */
                if (pid > 0) {
                        (void) kill(pid, SIGKILL);
                        (void) waitpid(pid, NULL, 0);
                }
                free(w);
                return r;
        }

        w->record_fd = TAKE_FD(readable);
        l->worker = w;
        TAILQ_INSERT_TAIL(&u->workers, w, workers);
        u->n_workers++;
        return 0;
}

/* Starts workers for the lookups that wait. A lookup that does not get one still has its time-out. */
static void users_pump(Users *u) {
        Lookup *l;

        TAILQ_FOREACH(l, &u->lookups, lookups) {
                int r;

                if (u->n_workers >= LOOKUP_WORKERS_MAX)
                        return;
                if (l->worker)
                        continue;

                r = lookup_worker_new(l);
                if (r < 0) {
                        log_debug_errno(r, "Failed to start a lookup worker, retrying later: %m");
                        return;
                }
        }
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

        l = malloc(sizeof(*l));
        if (!l)
                return -ENOMEM;

        *l = (Lookup) {
                .users = u,
                .slot = slot,
                .uid = uid,
                .name = strdup(strempty(name)),
                .handler = handler,
                .userdata = userdata,
        };
        *slot = l;
        TAILQ_INSERT_TAIL(&u->lookups, l, lookups);

        r = l->name ? sd_event_add_time_relative(u->event, &l->timer, CLOCK_MONOTONIC, LOOKUP_TIMEOUT_USEC,
                                      0, on_timeout, l) :
                      -ENOMEM;
        if (r < 0) {
                lookup_unlink(l);
                return r;
        }

        users_pump(u);
        return 0;
}
