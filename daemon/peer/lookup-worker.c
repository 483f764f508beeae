/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The daemon has one thread, so the child may continue after fork(); a separate program would be one more
 * file to install and to find. A worker has the rights of the service: it may talk to a service on this
 * machine, such as SSSD, but not to a server. */

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "common/text.h"
#include "common/timespan.h"
#include "peer/lookup-worker.h"

typedef struct LookupAnswer {
        bool found;
        UserRecord record;
} LookupAnswer;

/* The place of an account is its UID modulo this. */
#define ANSWERS_MAX 128U

typedef struct KnownAnswer {
        LookupQuestion question;
        LookupAnswer answer;
        usec_t since; /* CLOCK_MONOTONIC, 0: none */
} KnownAnswer;

static bool is_fresh(const KnownAnswer *known, const LookupQuestion *question, usec_t now) {
        return known->since > 0 && now < known->since + LOOKUP_FRESH_USEC &&
                        known->question.uid == question->uid && streq(known->question.name, question->name);
}

/* Failures are not repeated: the next lookup may succeed. */
static const LookupAnswer *look_up(KnownAnswer *known, const LookupQuestion *question) {
        usec_t now = now_monotonic();

        if (is_fresh(known, question, now))
                return &known->answer;

        memset(known, 0, sizeof(*known));
        known->question = *question;
        known->answer.found = user_record_read(question->uid, question->name, &known->answer.record) >= 0;
        if (known->answer.found)
                known->since = now;

        return &known->answer;
}

static ssize_t receive_question(int fd, LookupQuestion *ret) {
        ssize_t n;

        do
                n = recv(fd, ret, sizeof(*ret), 0);
        while (n < 0 && errno == EINTR);

        return n;
}

/* Runs in the child. Signals are reset to their defaults: a lookup worker must exit with the service, even
 * in the middle of a lookup. */
static _Noreturn void lookup_worker_run(int fd, pid_t parent) {
        KnownAnswer known[ANSWERS_MAX];
        LookupQuestion question;
        sigset_t none;

        (void) prctl(PR_SET_NAME, "usher-account");
        (void) sigemptyset(&none);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || sigprocmask(SIG_SETMASK, &none, NULL) < 0 ||
                        getppid() != parent)
                _exit(EXIT_FAILURE);

        /* Above all the bus: as long as a process has that connection open, our name is taken. */
        if (dup2(fd, STDERR_FILENO + 1) < 0 || close_range(STDERR_FILENO + 2, ~0U, 0) < 0)
                _exit(EXIT_FAILURE);
        fd = STDERR_FILENO + 1;

        memset(known, 0, sizeof(known));
        while (receive_question(fd, &question) == sizeof(question)) {
                const LookupAnswer *answer = look_up(known + question.uid % ANSWERS_MAX, &question);

                if (send(fd, answer, sizeof(*answer), MSG_NOSIGNAL) != sizeof(*answer))
                        _exit(EXIT_FAILURE);
        }

        _exit(EXIT_SUCCESS);
}

int lookup_worker_fork(pid_t *ret_pid, int *ret_fd) {
        _cleanup_close_ int ours = -EBADF, theirs = -EBADF;
        pid_t parent = getpid(), pid;
        int fds[2];

        /* Only our end must not block, so each end has a description of its own. */
        if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
                return -errno;
        ours = fds[0];
        theirs = fds[1];
        if (fcntl(ours, F_SETFL, O_NONBLOCK) < 0)
                return -errno;

        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0)
                lookup_worker_run(theirs, parent);

        *ret_pid = pid;
        *ret_fd = TAKE_FD(ours);
        return 0;
}

int lookup_worker_ask(int fd, const LookupQuestion *question) {
        return send(fd, question, sizeof(*question), MSG_NOSIGNAL) == sizeof(*question) ? 0 : -errno;
}

int lookup_worker_receive(int fd, UserRecord *ret) {
        LookupAnswer answer;
        ssize_t n;

        n = recv(fd, &answer, sizeof(answer), 0);
        if (n < 0)
                return -errno;
        if (n != sizeof(answer))
                return -ECONNRESET;
        if (!answer.found)
                return 0;
        if (!memchr(answer.record.name, 0, sizeof(answer.record.name)) || !text_is_utf8(answer.record.name))
                return -EBADMSG;

        *ret = answer.record;
        return 1;
}
