/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "cli/agent.h"
#include "common/macro.h"

/* How long the agent may take until it stands ready. */
#define AGENT_READY_MSEC 10000

static _Noreturn void agent_exec(int fd, pid_t parent) {
        char number[16];

        /* It ends with us, also when we are killed. */
        (void) prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
                _exit(EXIT_SUCCESS);

        /* It closes this descriptor when it is registered. */
        (void) fcntl(fd, F_SETFD, 0);
        (void) snprintf(number, sizeof(number), "%i", fd);

        (void) execlp("pkttyagent", "pkttyagent", "--notify-fd", number, "--fallback", NULL);
        _exit(EXIT_FAILURE);
}

void agent_start(Agent *a) {
        _cleanup_close_ int ready = -EBADF;
        pid_t parent = getpid();
        int fds[2], r;

        if (a->pid > 0 || geteuid() == 0 || !isatty(STDIN_FILENO))
                return;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return;
        ready = fds[0];

        (void) fflush(NULL);
        a->pid = fork();
        if (a->pid == 0)
                agent_exec(fds[1], parent);
        close(fds[1]);
        if (a->pid < 0) {
                *a = AGENT_NONE;
                return;
        }

        /* Readable or hung up: it is ready, or it could not be started. */
        do
                r = poll(&(struct pollfd) { .fd = ready, .events = POLLIN }, 1, AGENT_READY_MSEC);
        while (r < 0 && errno == EINTR);
}

void agent_stop(Agent *a) {
        if (a->pid <= 0)
                return;

        /* A stopped process must go on to end. */
        (void) kill(a->pid, SIGTERM);
        (void) kill(a->pid, SIGCONT);
        while (waitpid(a->pid, NULL, 0) < 0 && errno == EINTR)
                ;

        *a = AGENT_NONE;
}
