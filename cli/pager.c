/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The pager is started without a shell: its command is split at blanks and searched in $PATH. It may never
 * start other programs (LESSSECURE), since an administrator may allow people to run usherctl, and nothing
 * else, as root. For the same reason $PAGER is ignored under sudo and pkexec. */

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "cli/command.h"
#include "cli/output.h"
#include "common/macro.h"

#define PAGER_WORDS_MAX 16U

/* Splits in place; the words end with NULL. */
static void split(char *s, char *words[static PAGER_WORDS_MAX + 1]) {
        char *state = NULL;
        size_t n = 0;

        for (; n < PAGER_WORDS_MAX && (words[n] = strtok_r(n == 0 ? s : NULL, " \t\n", &state)); n++)
                ;
        words[n] = NULL;
}

static bool is_elevated(void) {
        return geteuid() == 0 && (getenv("SUDO_UID") || getenv("PKEXEC_UID"));
}

/* NULL means the default; "" and "cat" mean none. */
static const char *pager_command(void) {
        const char *e;

        if (is_elevated())
                return NULL;

        e = getenv("SYSTEMD_PAGER");
        return e ? e : getenv("PAGER");
}

static _Noreturn void pager_exec(const char *command, int fd) {
        char *words[PAGER_WORDS_MAX + 1];
        const char *less = getenv("SYSTEMD_LESS");

        (void) signal(SIGPIPE, SIG_DFL);
        if (dup2(fd, STDIN_FILENO) < 0)
                _exit(EXIT_FAILURE);

        (void) setenv("LESS", less && !is_elevated() ? less : "FRSXMK", true);
        (void) setenv("LESSSECURE", "1", true);
        if (output_is_utf8())
                (void) setenv("LESSCHARSET", "utf-8", true);

        if (command) {
                char *copy = strdup(command);
                if (copy) {
                        split(copy, words);
                        if (words[0])
                                (void) execvp(words[0], words);
                }
        }

        (void) execlp("less", "less", NULL);
        (void) execlp("more", "more", NULL);
        (void) execlp("cat", "cat", NULL);
        _exit(EXIT_FAILURE);
}

static void write_all(int fd, const char *text) {
        size_t left = strlen(text);

        while (left > 0) {
                ssize_t n = write(fd, text, left);
                if (n < 0 && errno == EINTR)
                        continue;
                if (n < 0)
                        break; /* the user has left the pager */
                text += n;
                left -= n;
        }
}

/* Returns when the user leaves the pager: 1, or 0 when no pager is wanted. */
static int pager_show(const char *text) {
        _cleanup_close_ int in = -EBADF, out = -EBADF;
        const char *command = pager_command();
        struct sigaction ignore = { .sa_handler = SIG_IGN }, pipe_before, interrupt_before;
        int fds[2];
        pid_t pid;

        if (command && (isempty(command) || streq(command, "cat")))
                return 0;

        if (pipe2(fds, O_CLOEXEC) < 0)
                return output_error(errno, "Failed to create a pipe: %m");
        in = fds[0];
        out = fds[1];

        (void) fflush(stdout);
        pid = fork();
        if (pid < 0)
                return output_error(errno, "Failed to start a pager: %m");
        if (pid == 0)
                pager_exec(command, in);

        /* The pager handles Ctrl-C while it has the screen. */
        (void) sigaction(SIGPIPE, &ignore, &pipe_before);
        (void) sigaction(SIGINT, &ignore, &interrupt_before);

        write_all(out, text);
        close(TAKE_FD(out));
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
                ;

        (void) sigaction(SIGINT, &interrupt_before, NULL);
        (void) sigaction(SIGPIPE, &pipe_before, NULL);
        return 1;
}

int pager_print(const Command *c, const char *text) {
        size_t lines = 0;
        int r = 0;

        for (const char *p = text; *p; p++)
                lines += *p == '\n';

        /* The prompt of the shell takes a line too. */
        if (c->pager && output_is_terminal() && lines + 1 > output_rows())
                r = pager_show(text);
        if (r == 0)
                fputs(text, stdout);

        return r < 0 ? r : 0;
}
