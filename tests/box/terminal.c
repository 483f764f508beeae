/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The test's end of a terminal or a pipe: what arrives is kept, and can be waited for. */

#include <fcntl.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

int box_terminal_new(char **ret_tty, GError **error) {
        char name[64];
        int fd;

        fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
        if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0 || ptsname_r(fd, name, sizeof name) != 0) {
                g_set_error(error, G_IO_ERROR, g_io_error_from_errno(errno), "Failed to open a pty: %s",
                                g_strerror(errno));
                if (fd >= 0)
                        close(fd);
                return -1;
        }

        *ret_tty = g_strdup(name);
        return fd;
}

static gboolean on_readable(int fd, GIOCondition condition, gpointer userdata) {
        GString *text = userdata;
        char buffer[4096];
        ssize_t n;

        n = read(fd, buffer, sizeof buffer);
        if (n > 0) {
                g_string_append_len(text, buffer, n);
                return G_SOURCE_CONTINUE;
        }
        if (n < 0 && errno == EAGAIN)
                return G_SOURCE_CONTINUE;

        /* EIO: the last program on the terminal has closed it. */
        return G_SOURCE_REMOVE;
}

GSource *box_read_into(int fd, GString *text) {
        GSource *source = g_unix_fd_source_new(fd, G_IO_IN | G_IO_HUP);

        g_source_set_callback(source, G_SOURCE_FUNC(on_readable), text, NULL);
        g_source_attach(source, NULL);
        return source;
}

void box_read_end(GSource *source) {
        if (!source)
                return;

        g_source_destroy(source);
        g_source_unref(source);
}

typedef struct {
        GString *where;
        const char *text;
} Expected;

static bool text_seen(gpointer userdata) {
        Expected *e = userdata;

        return g_strstr_len(e->where->str, e->where->len, e->text);
}

bool box_wait_text(GString *where, const char *text, guint timeout_msec) {
        return box_wait(text_seen, &(Expected) { .where = where, .text = text }, timeout_msec);
}

bool box_type(int fd, const char *text) {
        size_t length = strlen(text);

        return write(fd, text, length) == (ssize_t) length;
}
