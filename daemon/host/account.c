/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The user database may be a directory on the network, and its library calls wait as long as that likes to. Nobody's
 * countdown may wait with them. So each question has a process of its own, forked for it: it asks, writes one record
 * of a fixed size into a pipe and is gone. What hangs is that process, and no other question with it; it is killed
 * when the time is up. The modules of the user database, which come from elsewhere, are never loaded into the daemon.
 *
 * A thread could not be killed. A process that stays and takes questions would need a protocol, and would keep those
 * waiting that come after the one that hangs. systemd-userdbd answers without blocking, but is not everywhere. And
 * there is one thread in the daemon, so the child may go on from where fork() has left it: a program of its own would
 * be one more file to install and to find. It may do what the service may: ask a service of this machine, as SSSD is one,
 * and not a server. */

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/queue.h>
#include <sys/wait.h>

#include "account.h"
#include "log.h"
#include "text.h"

static_assert(sizeof(AccountAnswer) <= PIPE_BUF, "an answer is written as one piece");

/* The process. It outlives its question while the kernel does not let it die: one that sleeps uninterruptibly on a
 * dead file server still counts. */
typedef struct Asker {
        Accounts *accounts;
        AccountQuestion *question; /* NULL: killed */
        int answer;
        sd_event_source *exit;
        TAILQ_ENTRY(Asker) askers;
} Asker;

struct AccountQuestion {
        Accounts *accounts;
        AccountQuestion **owner; /* the field that holds this question */
        uid_t uid;
        char *name;
        Asker *asker; /* NULL: its turn is still to come */
        sd_event_source *timer;
        AccountHandler handler;
        void *userdata;
        TAILQ_ENTRY(AccountQuestion) questions;
};

struct Accounts {
        sd_event *event;
        unsigned n_askers;
        TAILQ_HEAD(, Asker) askers;
        TAILQ_HEAD(, AccountQuestion) questions;
};

static void accounts_pump(Accounts *a);

int accounts_new(Accounts **ret, sd_event *event) {
        Accounts *a;

        a = malloc(sizeof(*a));
        if (!a)
                return -ENOMEM;

        *a = (Accounts) {
                .event = sd_event_ref(event),
                .askers = TAILQ_HEAD_INITIALIZER(a->askers),
                .questions = TAILQ_HEAD_INITIALIZER(a->questions),
        };
        *ret = a;
        return 0;
}

static void asker_free(Asker *k) {
        TAILQ_REMOVE(&k->accounts->askers, k, askers);
        k->accounts->n_askers--;
        close(k->answer);
        sd_event_source_disable_unref(k->exit);
        free(k);
}

/* Its end comes by on_exit_of_asker(): waiting for it here could be for ever. */
static void asker_kill(Asker *k) {
        int r;

        k->question = NULL;
        r = sd_event_source_send_child_signal(k->exit, SIGKILL, NULL, 0);
        if (r < 0)
                log_debug_errno(r, "Failed to kill a process that asks the user database: %m");
}

static void question_unlink(AccountQuestion *q) {
        TAILQ_REMOVE(&q->accounts->questions, q, questions);
        if (q->asker)
                asker_kill(q->asker);
        sd_event_source_disable_unref(q->timer);
        *q->owner = NULL;
        free(q->name);
        free(q);
}

AccountQuestion *account_question_free(AccountQuestion *q) {
        if (q)
                question_unlink(q);

        return NULL;
}

Accounts *accounts_free(Accounts *a) {
        AccountQuestion *q;
        Asker *k;

        if (!a)
                return NULL;

        while ((q = TAILQ_FIRST(&a->questions)))
                question_unlink(q);
        while ((k = TAILQ_FIRST(&a->askers)))
                asker_free(k);

        sd_event_unref(a->event);
        free(a);
        return NULL;
}

static void question_finish(AccountQuestion *q, const AccountAnswer *answer) {
        AccountHandler handler = q->handler;
        void *userdata = q->userdata;

        question_unlink(q);
        handler(answer, userdata);
}

static int on_timeout(sd_event_source *s, uint64_t usec, void *userdata) {
        AccountQuestion *q = userdata;

        log_debug("The user database is silent about the account %u.", (unsigned) q->uid);
        question_finish(q, NULL);
        return 0;
}

/* The child's half of account_look_up(). Signals are as in a new program: the end of the service must be its end too,
 * also in the middle of a question. */
static _Noreturn void asker_run(const AccountQuestion *q, int answer_fd, pid_t parent) {
        AccountAnswer answer;
        sigset_t none;

        (void) prctl(PR_SET_NAME, "usher-account");
        (void) sigemptyset(&none);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0 || getppid() != parent)
                _exit(EXIT_FAILURE);

        /* Not least the bus: as long as somebody has that open, the name is taken. */
        if (dup2(answer_fd, STDERR_FILENO + 1) < 0 || close_range(STDERR_FILENO + 2, ~0U, 0) < 0)
                _exit(EXIT_FAILURE);
        answer_fd = STDERR_FILENO + 1;

        memset(&answer, 0, sizeof(answer));
        if (account_look_up(q->uid, q->name, &answer) < 0)
                _exit(EXIT_FAILURE);

        _exit(write(answer_fd, &answer, sizeof(answer)) == sizeof(answer) ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool read_answer(const Asker *k, AccountAnswer *ret) {
        return read(k->answer, ret, sizeof(*ret)) == sizeof(*ret) &&
                        memchr(ret->name, 0, sizeof(ret->name)) && text_is_utf8(ret->name);
}

static int on_exit_of_asker(sd_event_source *s, const siginfo_t *si, void *userdata) {
        Asker *k = userdata;
        Accounts *a = k->accounts;
        AccountQuestion *q = k->question;
        AccountAnswer answer;
        bool answered = q && read_answer(k, &answer);

        asker_free(k);
        if (q) {
                q->asker = NULL;
                if (!answered)
                        log_debug("The user database cannot tell of the account %u.", (unsigned) q->uid);
                question_finish(q, answered ? &answer : NULL);
        }

        accounts_pump(a);
        return 0;
}

static int asker_new(AccountQuestion *q) {
        _cleanup_close_ int readable = -EBADF, writable = -EBADF;
        Accounts *a = q->accounts;
        pid_t parent = getpid(), pid;
        int fds[2], r;
        Asker *k;

        if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) < 0)
                return -errno;
        readable = fds[0];
        writable = fds[1];

        k = malloc(sizeof(*k));
        if (!k)
                return -ENOMEM;
        *k = (Asker) { .accounts = a, .question = q, .answer = -EBADF };

        pid = fork();
        if (pid == 0)
                asker_run(q, writable, parent);
        r = pid < 0 ? -errno : sd_event_add_child(a->event, &k->exit, pid, WEXITED, on_exit_of_asker, k);
        if (r < 0) {
                /* Nobody else would take note of its end, and it has not come so far that it could sleep on anything. */
                if (pid > 0) {
                        (void) kill(pid, SIGKILL);
                        (void) waitpid(pid, NULL, 0);
                }
                free(k);
                return r;
        }

        k->answer = TAKE_FD(readable);
        q->asker = k;
        TAILQ_INSERT_TAIL(&a->askers, k, askers);
        a->n_askers++;
        return 0;
}

/* Sends the questions that wait for their turn. One that cannot be sent has its time-out all the same. */
static void accounts_pump(Accounts *a) {
        AccountQuestion *q;

        TAILQ_FOREACH(q, &a->questions, questions) {
                int r;

                if (a->n_askers >= ACCOUNT_ASKERS_MAX)
                        return;
                if (q->asker)
                        continue;

                r = asker_new(q);
                if (r < 0) {
                        log_debug_errno(r, "Failed to start a process that asks the user database: %m");
                        return;
                }
        }
}

int account_ask(
                Accounts *a,
                AccountQuestion **slot,
                uid_t uid,
                const char *name,
                AccountHandler handler,
                void *userdata) {

        AccountQuestion *q;
        int r;

        assert(!*slot);

        q = malloc(sizeof(*q));
        if (!q)
                return -ENOMEM;

        *q = (AccountQuestion) {
                .accounts = a,
                .owner = slot,
                .uid = uid,
                .name = strdup(strempty(name)),
                .handler = handler,
                .userdata = userdata,
        };
        *slot = q;
        TAILQ_INSERT_TAIL(&a->questions, q, questions);

        r = q->name ? sd_event_add_time_relative(a->event, &q->timer, CLOCK_MONOTONIC, ACCOUNT_TIMEOUT_USEC, 0,
                                      on_timeout, q) :
                      -ENOMEM;
        if (r < 0) {
                question_unlink(q);
                return r;
        }

        accounts_pump(a);
        return 0;
}
