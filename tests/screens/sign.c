/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shows one banner with the code of usher-identify and usher-countdown, on the display that the test names
 * instead of on those of a session:
 *
 *     sign SOCKET|:NUMBER middle|top LARGE SMALL
 *
 * It prints "shown" or an error, and takes each line of its input as the next large text. */

#include <errno.h>
#include <fcntl.h>

#include "common/macro.h"
#include "identify/overlay.h"
#include "identify/window.h"

typedef struct Sign {
        sd_event *event;
        BannerText text;
        Overlay *overlay;
        Window *window;
} Sign;

static void say(const char *what) {
        puts(what);
        fflush(stdout);
}

static void on_overlay(int error, void *userdata) {
        Sign *s = userdata;

        say(error < 0 ? strerror(-error) : "shown");
        if (error < 0)
                (void) sd_event_exit(s->event, EXIT_FAILURE);
}

static int on_input(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        Sign *s = userdata;
        char line[256];
        ssize_t n;
        int r;

        n = read(fd, line, sizeof(line) - 1);
        if (n <= 0)
                return sd_event_exit(s->event, EXIT_SUCCESS);

        line[n] = '\0';
        line[strcspn(line, "\n")] = '\0';
        s->text.name = line;
        r = s->overlay ? overlay_set_text(s->overlay, &s->text) : window_set_text(s->window, &s->text);
        say(r < 0 ? strerror(-r) : "changed");
        return 0;
}

int main(int argc, char *argv[]) {
        Sign s = {};
        int r;

        if (argc != 5)
                return 2;

        s.text = (BannerText) {
                .place = streq(argv[2], "top") ? BANNER_TOP : BANNER_MIDDLE,
                .name = argv[3],
                .id = isempty(argv[4]) ? NULL : argv[4],
        };
        r = sd_event_default(&s.event);
        if (r >= 0)
                r = sd_event_add_io(s.event, NULL, STDIN_FILENO, EPOLLIN, on_input, &s);
        if (r >= 0 && argv[1][0] == '/')
                r = overlay_new(&s.overlay, s.event, argv[1], &s.text, on_overlay, &s);
        else if (r >= 0) {
                r = window_new(&s.window, s.event, &(Display) { .name = argv[1] }, &s.text);
                if (r >= 0)
                        say("shown");
        }
        if (r < 0) {
                say(strerror(-r));
                return 1;
        }

        r = sd_event_loop(s.event);
        overlay_free(s.overlay);
        window_free(s.window);
        sd_event_unref(s.event);
        return r < 0 ? 1 : r;
}
