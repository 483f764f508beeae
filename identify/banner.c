/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <systemd/sd-login.h>

#include "common/log.h"
#include "common/terminal.h"
#include "identify/banner.h"
#include "identify/blocks.h"
#include "identify/console.h"
#include "identify/screen.h"

/* On a terminal in use the banner takes at most one half of the rows. */
#define TERMINAL_PART 2

struct Banner {
        BannerHandler handler;
        void *userdata;

        Screen *screen;
        Console *console;
        sd_event_source *done; /* what is not a screen was shown at once */
        const char *how;
};

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

static void on_screen(int error, void *userdata) {
        Banner *b = userdata;

        b->handler(error, error < 0 ? NULL : "screen", b->userdata);
}

static int on_done(sd_event_source *source, void *userdata) {
        Banner *b = userdata;

        b->done = sd_event_source_disable_unref(b->done);
        b->handler(0, b->how, b->userdata);
        return 0;
}

/* A terminal in graphics mode is one from which the user started a desktop. */
static int show_session(Banner *b, sd_event *event, const char *session, const BannerText *text) {
        _cleanup_free_ char *type = NULL;
        int r;

        r = sd_session_get_type(session, &type);
        if (r < 0)
                return r;

        if (streq(type, "tty")) {
                r = write_terminal(session, text);
                if (r >= 0)
                        b->how = "terminal";
                if (r != -EBUSY)
                        return r;
        }

        return screen_new(&b->screen, event, session, text, on_screen, b);
}

static int show_console(Banner *b, const BannerText *text) {
        b->how = "screen";
        return console_new(&b->console, text);
}

int banner_new(Banner **ret,
                sd_event *event,
                const char *session,
                const BannerText *text,
                BannerHandler handler,
                void *userdata) {

        _cleanup_(banner_freep) Banner *b = NULL;
        int r;

        b = malloc(sizeof(*b));
        if (!b)
                return -ENOMEM;
        *b = (Banner) { .handler = handler, .userdata = userdata };

        r = isempty(session) ? show_console(b, text) : show_session(b, event, session, text);
        if (r >= 0 && !b->screen)
                r = sd_event_add_defer(event, &b->done, on_done, b);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(b);
        return 0;
}

Banner *banner_free(Banner *b) {
        if (!b)
                return NULL;

        sd_event_source_disable_unref(b->done);
        screen_free(b->screen);
        console_free(b->console);
        free(b);
        return NULL;
}
