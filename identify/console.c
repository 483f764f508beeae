/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <fcntl.h>
#include <linux/vt.h>
#include <sys/ioctl.h>

#include "common/terminal.h"
#include "identify/blocks.h"
#include "identify/console.h"

struct Console {
        int fd;
        int number;
        int before;
};

#define CLEAR "\033[H\033[2J\033[3J"
#define HIDE_CURSOR "\033[?25l"
#define SHOW_CURSOR "\033[?25h"
#define WHITE_ON_BLUE "\033[1;37;44m"
#define PLAIN "\033[0m"
#define UTF8 "\033%G"

static int active(int fd, int *ret) {
        struct vt_stat state;

        if (ioctl(fd, VT_GETSTATE, &state) < 0)
                return -errno;

        *ret = state.v_active;
        return 0;
}

/* Opens the terminal as the controlling terminal of this process, which may then switch to it without a
 * capability. */
static int open_free_terminal(int *ret_number, int *ret_before) {
        _cleanup_close_ int any = -EBADF;
        char path[32];
        int fd, r;

        any = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (any < 0)
                return errno == ENOENT || errno == ENODEV ? -ENXIO : -errno;

        r = active(any, ret_before);
        if (r < 0)
                return r;

        if (ioctl(any, VT_OPENQRY, ret_number) < 0)
                return -errno;
        if (*ret_number <= 0)
                return -ENXIO;

        (void) snprintf(path, sizeof(path), "/dev/tty%i", *ret_number);
        fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
        return fd < 0 ? -errno : fd;
}

static int write_banner(int fd, const BannerText *text) {
        _cleanup_free_ char *lines = NULL;
        unsigned columns, rows;
        int r;

        r = terminal_get_size(fd, &columns, &rows);
        if (r < 0)
                return r;

        /* One row less, so that the last line break does not scroll the first line off the screen. */
        lines = blocks_draw(text, columns, rows > 1 ? rows - 1 : 1);
        if (!lines)
                return -ENOMEM;

        r = terminal_put(fd, UTF8 HIDE_CURSOR WHITE_ON_BLUE CLEAR);
        return r < 0 ? r : terminal_put(fd, lines);
}

int console_new(Console **ret, const BannerText *text) {
        _cleanup_(console_freep) Console *c = NULL;
        int r;

        c = malloc(sizeof(*c));
        if (!c)
                return -ENOMEM;
        *c = (Console) { .fd = -EBADF };

        c->fd = open_free_terminal(&c->number, &c->before);
        if (c->fd < 0)
                return c->fd;

        /* The kernel undoes this when the last user of the terminal closes it. */
        r = terminal_ignore_keys(c->fd);
        if (r < 0)
                return r;

        r = write_banner(c->fd, text);
        if (r < 0)
                return r;

        if (ioctl(c->fd, VT_ACTIVATE, c->number) < 0)
                return -errno;

        *ret = TAKE_PTR(c);
        return 0;
}

Console *console_free(Console *c) {
        int now = -1;

        if (!c)
                return NULL;

        if (c->fd >= 0) {
                (void) terminal_put(c->fd, PLAIN CLEAR SHOW_CURSOR);
                if (active(c->fd, &now) >= 0 && now == c->number)
                        (void) ioctl(c->fd, VT_ACTIVATE, c->before);
        }
        closep(&c->fd);
        free(c);
        return NULL;
}
