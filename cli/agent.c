/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "cli/command.h"
#include "common/macro.h"

/* How long the agent may take until it is ready. */
#define AGENT_READY_MSEC 10000

static _Noreturn void agent_exec(int fd, pid_t parent) {
        char number[16];

        /* It ends when we end, also when we are killed. */
        (void) prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
                _exit(EXIT_SUCCESS);

        /* The agent closes this descriptor once it is registered. */
        (void) fcntl(fd, F_SETFD, 0);
        (void) snprintf(number, sizeof(number), "%i", fd);

        (void) execlp("pkttyagent", "pkttyagent", "--notify-fd", number, "--fallback", NULL);
        _exit(EXIT_FAILURE);
}

void agent_start(Command *c) {
        _cleanup_close_ int ready = -EBADF;
        pid_t parent = getpid();
        int fds[2], r;

        if (c->agent > 0 || geteuid() == 0 || !isatty(STDIN_FILENO))
                return;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return;
        ready = fds[0];

        (void) fflush(NULL);
        c->agent = fork();
        if (c->agent == 0)
                agent_exec(fds[1], parent);
        close(fds[1]);
        if (c->agent < 0) {
                c->agent = 0;
                return;
        }

        /* Readable or hung up: the agent is ready, or failed to start. */
        do
                r = poll(&(struct pollfd) { .fd = ready, .events = POLLIN }, 1, AGENT_READY_MSEC);
        while (r < 0 && errno == EINTR);
}

void agent_stop(Command *c) {
        if (c->agent <= 0)
                return;

        /* A stopped process must be continued to end. */
        (void) kill(c->agent, SIGTERM);
        (void) kill(c->agent, SIGCONT);
        while (waitpid(c->agent, NULL, 0) < 0 && errno == EINTR)
                ;

        c->agent = 0;
}
