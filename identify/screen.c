/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "common/log.h"
#include "identify/display.h"
#include "identify/overlay.h"
#include "identify/screen.h"
#include "identify/window.h"

struct Screen {
        sd_event *event;
        char *name, *id;
        BannerPlace place;
        ScreenHandler handler;
        void *userdata;

        Display *displays;
        size_t n_displays, next; /* the next one to try */
        sd_event_source *start;

        /* One of these two. */
        Overlay *overlay;
        Window *window;
};

static void try_next(Screen *s);

static BannerText text_of(const Screen *s) {
        return (BannerText) { .name = s->name, .id = s->id, .place = s->place };
}

static void on_overlay(int error, void *userdata) {
        Screen *s = userdata;

        if (error >= 0)
                s->handler(0, s->userdata);
        else {
                log_debug_errno(error, "Failed to show the banner by the layer shell: %m");
                s->overlay = overlay_free(s->overlay);
                try_next(s);
        }
}

static int try_display(Screen *s, const Display *d) {
        const BannerText text = text_of(s);

        if (d->wayland)
                return overlay_new(&s->overlay, s->event, d->name, &text, on_overlay, s);

        return window_new(&s->window, s->event, d, &text);
}

/* Goes on until a display has shown the banner or will report later. */
static void try_next(Screen *s) {
        while (s->next < s->n_displays) {
                const Display *d = s->displays + s->next++;
                int r;

                r = try_display(s, d);
                if (r < 0) {
                        log_debug_errno(r, "Failed to show the banner on display '%s': %m", d->name);
                        continue;
                }

                if (s->window)
                        s->handler(0, s->userdata);
                return;
        }

        s->handler(-ENXIO, s->userdata);
}

static int on_start(sd_event_source *source, void *userdata) {
        Screen *s = userdata;

        s->start = sd_event_source_disable_unref(s->start);
        try_next(s);
        return 0;
}

static int set_text(Screen *s, const BannerText *text) {
        int r;

        r = string_replace(&s->name, text->name);
        if (r < 0)
                return r;

        return string_replace(&s->id, text->id);
}

int screen_new(Screen **ret,
                sd_event *event,
                const char *session,
                const BannerText *text,
                ScreenHandler handler,
                void *userdata) {

        _cleanup_(screen_freep) Screen *s = NULL;
        int r;

        s = malloc(sizeof(*s));
        if (!s)
                return -ENOMEM;
        *s = (Screen) {
                .event = sd_event_ref(event),
                .place = text->place,
                .handler = handler,
                .userdata = userdata,
        };

        r = set_text(s, text);
        if (r >= 0)
                r = display_list(session, &s->displays, &s->n_displays);
        if (r >= 0)
                r = sd_event_add_defer(event, &s->start, on_start, s);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(s);
        return 0;
}

int screen_set_text(Screen *s, const BannerText *text) {
        int r;

        r = set_text(s, text);
        if (r < 0)
                return r;

        return s->overlay         ? overlay_set_text(s->overlay, text) :
                        s->window ? window_set_text(s->window, text) :
                                    0;
}

Screen *screen_free(Screen *s) {
        if (!s)
                return NULL;

        sd_event_source_disable_unref(s->start);
        overlay_free(s->overlay);
        window_free(s->window);
        display_list_free(s->displays, s->n_displays);
        sd_event_unref(s->event);
        free(s->name);
        free(s->id);
        free(s);
        return NULL;
}
