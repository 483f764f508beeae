/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The user database may be a directory on the network, and its library calls wait as long as that likes to.
 * Nobody's countdown may wait with them. So each lookup has a process of its own, forked for it: it asks,
 * writes one record of a fixed size into a pipe and is gone. What hangs is that process, and no other lookup
 * with it; it is killed when the time is up. The modules of the user database, which come from elsewhere,
 * are never loaded into the daemon.
 *
 * A thread could not be killed. A process that stays and takes lookups would need a protocol, and would keep
 * those waiting that come after the one that hangs. systemd-userdbd answers without blocking, but is not
 * everywhere. And there is one thread in the daemon, so the child may go on from where fork() has left it: a
 * program of its own would be one more file to install and to find. It may do what the service may: ask a
 * service of this machine, as SSSD is one, and not a server. */

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/wait.h>

#include "common/log.h"
#include "common/text.h"
#include "peer/users.h"

static_assert(sizeof(UserRecord) <= PIPE_BUF, "an answer is written as one piece");

/* The process. It outlives its lookup while the kernel does not let it die: one that sleeps uninterruptibly
 * on a dead file server still counts. */
typedef struct LookupWorker {
        Users *users;
        Lookup *lookup; /* NULL: killed */
        int answer;
        sd_event_source *exit;
        TAILQ_ENTRY(LookupWorker) workers;
} LookupWorker;

struct Lookup {
        Users *users;
        Lookup **owner; /* the field that holds this lookup */
        uid_t uid;
        char *name;
        LookupWorker *worker; /* NULL: its turn is still to come */
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

static void users_pump(Users *a);

int users_new(Users **ret, sd_event *event) {
        Users *a;

        a = malloc(sizeof(*a));
        if (!a)
                return -ENOMEM;

        *a = (Users) {
                .event = sd_event_ref(event),
                .workers = TAILQ_HEAD_INITIALIZER(a->workers),
                .lookups = TAILQ_HEAD_INITIALIZER(a->lookups),
        };
        *ret = a;
        return 0;
}

static void lookup_worker_free(LookupWorker *k) {
        TAILQ_REMOVE(&k->users->workers, k, workers);
        k->users->n_workers--;
        close(k->answer);
        sd_event_source_disable_unref(k->exit);
        free(k);
}

/* Its end comes by on_worker_exit(): waiting for it here could be for ever. */
static void lookup_worker_kill(LookupWorker *k) {
        int r;

        k->lookup = NULL;
        r = sd_event_source_send_child_signal(k->exit, SIGKILL, NULL, 0);
        if (r < 0)
                log_debug_errno(r, "Failed to kill a process that asks the user database: %m");
}

static void lookup_unlink(Lookup *q) {
        TAILQ_REMOVE(&q->users->lookups, q, lookups);
        if (q->worker)
                lookup_worker_kill(q->worker);
        sd_event_source_disable_unref(q->timer);
        *q->owner = NULL;
        free(q->name);
        free(q);
}

Lookup *lookup_free(Lookup *q) {
        if (q)
                lookup_unlink(q);

        return NULL;
}

Users *users_free(Users *a) {
        Lookup *q;
        LookupWorker *k;

        if (!a)
                return NULL;

        while ((q = TAILQ_FIRST(&a->lookups)))
                lookup_unlink(q);
        while ((k = TAILQ_FIRST(&a->workers)))
                lookup_worker_free(k);

        sd_event_unref(a->event);
        free(a);
        return NULL;
}

static void lookup_finish(Lookup *q, const UserRecord *answer) {
        LookupHandler handler = q->handler;
        void *userdata = q->userdata;

        lookup_unlink(q);
        handler(answer, userdata);
}

static int on_timeout(sd_event_source *s, uint64_t usec, void *userdata) {
        Lookup *q = userdata;

        log_debug("The user database is silent about the account %u.", (unsigned) q->uid);
        lookup_finish(q, NULL);
        return 0;
}

/* The child's half of user_record_read(). Signals are as in a new program: the end of the service must be
 * its end too, also in the middle of a lookup. */
static _Noreturn void lookup_worker_run(const Lookup *q, int answer_fd, pid_t parent) {
        UserRecord answer;
        sigset_t none;

        (void) prctl(PR_SET_NAME, "usher-account");
        (void) sigemptyset(&none);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0 ||
                        getppid() != parent)
                _exit(EXIT_FAILURE);

        /* Not least the bus: as long as somebody has that open, the name is taken. */
        if (dup2(answer_fd, STDERR_FILENO + 1) < 0 || close_range(STDERR_FILENO + 2, ~0U, 0) < 0)
                _exit(EXIT_FAILURE);
        answer_fd = STDERR_FILENO + 1;

        memset(&answer, 0, sizeof(answer));
        if (user_record_read(q->uid, q->name, &answer) < 0)
                _exit(EXIT_FAILURE);

        _exit(write(answer_fd, &answer, sizeof(answer)) == sizeof(answer) ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool read_answer(const LookupWorker *k, UserRecord *ret) {
        return read(k->answer, ret, sizeof(*ret)) == sizeof(*ret) &&
                        memchr(ret->name, 0, sizeof(ret->name)) && text_is_utf8(ret->name);
}

static int on_worker_exit(sd_event_source *s, const siginfo_t *si, void *userdata) {
        LookupWorker *k = userdata;
        Users *a = k->users;
        Lookup *q = k->lookup;
        UserRecord answer;
        bool answered = q && read_answer(k, &answer);

        lookup_worker_free(k);
        if (q) {
                q->worker = NULL;
                if (!answered)
                        log_debug("The user database cannot tell of the account %u.", (unsigned) q->uid);
                lookup_finish(q, answered ? &answer : NULL);
        }

        users_pump(a);
        return 0;
}

static int lookup_worker_new(Lookup *q) {
        _cleanup_close_ int readable = -EBADF, writable = -EBADF;
        Users *a = q->users;
        pid_t parent = getpid(), pid;
        int fds[2], r;
        LookupWorker *k;

        if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
                return -errno;
        readable = fds[0];
        writable = fds[1];

        k = malloc(sizeof(*k));
        if (!k)
                return -ENOMEM;
        *k = (LookupWorker) { .users = a, .lookup = q, .answer = -EBADF };

        pid = fork();
        if (pid == 0)
                lookup_worker_run(q, writable, parent);
        r = pid < 0 ? -errno : sd_event_add_child(a->event, &k->exit, pid, WEXITED, on_worker_exit, k);
        if (r < 0) {
                /* Nobody else would take note of its end, and it has not come so far that it could sleep on
                 * anything. */
                if (pid > 0) {
                        (void) kill(pid, SIGKILL);
                        (void) waitpid(pid, NULL, 0);
                }
                free(k);
                return r;
        }

        k->answer = TAKE_FD(readable);
        q->worker = k;
        TAILQ_INSERT_TAIL(&a->workers, k, workers);
        a->n_workers++;
        return 0;
}

/* Sends the lookups that wait for their turn. One that cannot be sent has its time-out all the same. */
static void users_pump(Users *a) {
        Lookup *q;

        TAILQ_FOREACH(q, &a->lookups, lookups) {
                int r;

                if (a->n_workers >= LOOKUP_WORKERS_MAX)
                        return;
                if (q->worker)
                        continue;

                r = lookup_worker_new(q);
                if (r < 0) {
                        log_debug_errno(r, "Failed to start a process that asks the user database: %m");
                        return;
                }
        }
}

int lookup_start(Users *a,
                Lookup **slot,
                uid_t uid,
                const char *name,
                LookupHandler handler,
                void *userdata) {

        Lookup *q;
        int r;

        assert(!*slot);

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;

        *q = (Lookup) {
                .users = a,
                .owner = slot,
                .uid = uid,
                .name = strdup(strempty(name)),
                .handler = handler,
                .userdata = userdata,
        };
        *slot = q;
        TAILQ_INSERT_TAIL(&a->lookups, q, lookups);

        r = q->name ? sd_event_add_time_relative(a->event, &q->timer, CLOCK_MONOTONIC, LOOKUP_TIMEOUT_USEC,
                                      0, on_timeout, q) :
                      -ENOMEM;
        if (r < 0) {
                lookup_unlink(q);
                return r;
        }

        users_pump(a);
        return 0;
}
