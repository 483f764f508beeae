/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <systemd/sd-login.h>

#include "common/log.h"
#include "common/terminal.h"
#include "identify/banner.h"
#include "identify/blocks.h"
#include "identify/console.h"
#include "identify/window.h"

/* On a terminal in use the banner takes at most one half of the rows. */
#define TERMINAL_PART 2

struct Banner {
        Window *window;
        Console *console;
};

static int show_window(Banner *b, sd_event *event, const char *session, const BannerText *text) {
        Display *displays;
        size_t n;
        int r;

        r = display_list(session, &displays, &n);
        if (r < 0)
                return r;

        r = -ENXIO;
        for (size_t i = 0; i < n && !b->window; i++) {
                r = window_new(&b->window, event, displays + i, text);
                if (r < 0)
                        log_debug_errno(r, "Failed to show the banner on display '%s': %m",
                                        displays[i].name);
        }
        display_list_free(displays, n);
        return r;
}

static int write_terminal(const char *session, const BannerText *text) {
        _cleanup_free_ char *name = NULL, *lines = NULL;
        _cleanup_close_ int fd = -EBADF;
        unsigned columns, rows;
        int r;

        r = sd_session_get_tty(session, &name);
        if (r < 0)
                return r;

        fd = terminal_open(name);
        if (fd < 0)
                return fd;

        r = terminal_get_size(fd, &columns, &rows);
        if (r < 0)
                return r;

        lines = blocks_draw(text, columns, MAX_OF(rows / TERMINAL_PART, 1U));
        if (!lines)
                return -ENOMEM;

        r = terminal_put(fd, "\r\n");
        return r < 0 ? r : terminal_put(fd, lines);
}

/* A terminal in graphics mode is one from which the user started a desktop. */
static int show_session(Banner *b,
                sd_event *event,
                const char *session,
                const BannerText *text,
                const char **ret_how) {
        _cleanup_free_ char *type = NULL;
        int r;

        r = sd_session_get_type(session, &type);
        if (r < 0)
                return r;

        if (streq(type, "tty")) {
                r = write_terminal(session, text);
                if (r != -EBUSY) {
                        *ret_how = "terminal";
                        return r;
                }
        }

        *ret_how = "screen";
        return show_window(b, event, session, text);
}

int banner_new(Banner **ret,
                sd_event *event,
                const char *session,
                const BannerText *text,
                const char **ret_how) {
        _cleanup_(banner_freep) Banner *b = NULL;
        int r;

        b = malloc(sizeof(*b));
        if (!b)
                return -ENOMEM;
        *b = (Banner) {};

        if (isempty(session)) {
                *ret_how = "screen";
                r = console_new(&b->console, text);
        } else
                r = show_session(b, event, session, text, ret_how);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(b);
        return 0;
}

Banner *banner_free(Banner *b) {
        if (!b)
                return NULL;

        window_free(b->window);
        console_free(b->console);
        free(b);
        return NULL;
}
