/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <linux/kd.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>

#include "common/macro.h"
#include "common/terminal.h"
#include "common/timespan.h"

/* Text that a terminal does not accept in this time is lost. */
#define WRITE_TIMEOUT_USEC (50 * USEC_PER_MSEC)

bool terminal_name_is_valid(const char *name) {
        const char *digits;

        if (!name)
                return false;

        digits = startswith(name, "tty") ?: startswith(name, "pts/");
        return digits && digits[0] && strlen(digits) <= 7 && strspn(digits, "0123456789") == strlen(digits);
}

/* In graphics mode nobody sees the text, and writing may disturb the picture. */
static bool shows_graphics(int fd) {
        int mode;

        return ioctl(fd, KDGETMODE, &mode) >= 0 && mode != KD_TEXT;
}

int terminal_put(int fd, const char *text) {
        usec_t end = now_monotonic() + WRITE_TIMEOUT_USEC;
        size_t left = strlen(text);

        while (left > 0) {
                struct pollfd p = { .fd = fd, .events = POLLOUT };
                usec_t now;
                ssize_t n;

                n = write(fd, text, left);
                if (n > 0) {
                        text += n;
                        left -= (size_t) n;
                        continue;
                }
                if (n < 0 && errno != EAGAIN && errno != EINTR)
                        return -errno;

                now = now_monotonic();
                if (now >= end || poll(&p, 1, (int) ((end - now) / USEC_PER_MSEC) + 1) == 0)
                        return -EAGAIN;
        }

        return 0;
}

int terminal_open(const char *name) {
        char path[sizeof("/dev/pts/1234567")];
        _cleanup_close_ int fd = -EBADF;
        struct stat st;

        if (!terminal_name_is_valid(name))
                return -EINVAL;

        (void) snprintf(path, sizeof(path), "/dev/%s", name);

        fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
        if (fd < 0)
                return -errno;
        if (!isatty(fd))
                return -ENOTTY;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (!S_ISCHR(st.st_mode) || st.st_uid != getuid())
                return -EPERM;
        if (shows_graphics(fd))
                return -EBUSY;

        return TAKE_FD(fd);
}

int terminal_write(const char *name, const char *text) {
        _cleanup_close_ int fd = -EBADF;

        fd = terminal_open(name);
        if (fd < 0)
                return fd;

        return terminal_put(fd, text);
}

int terminal_get_size(int fd, unsigned *ret_columns, unsigned *ret_rows) {
        struct winsize size;

        if (ioctl(fd, TIOCGWINSZ, &size) < 0)
                return -errno;

        /* A terminal that does not report its size gets the traditional one. */
        *ret_columns = size.ws_col > 0 ? size.ws_col : 80;
        *ret_rows = size.ws_row > 0 ? size.ws_row : 24;
        return 0;
}

int terminal_ignore_keys(int fd) {
        struct termios t;

        if (tcgetattr(fd, &t) < 0)
                return -errno;

        t.c_lflag &= ~(tcflag_t) (ECHO | ECHONL | ISIG);
        return tcsetattr(fd, TCSANOW, &t) < 0 ? -errno : 0;
}
