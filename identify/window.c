/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <cairo-xcb.h>
#include <xcb/dpms.h>
#include <xcb/randr.h>
#include <xcb/shape.h>
#include <xcb/xcb.h>

#include "identify/window.h"

/* More than a station has. */
#define MONITORS_MAX 16

typedef struct Pane {
        xcb_window_t window;
        xcb_pixmap_t pixmap;
        BannerBox box;
} Pane;

struct Window {
        xcb_connection_t *connection;
        xcb_screen_t *screen;
        xcb_visualtype_t *visual;
        sd_event_source *io;
        Pane panes[MONITORS_MAX]; /* one on each monitor */
        size_t n_panes;
};

static bool has_extension(Window *w, xcb_extension_t *extension) {
        const xcb_query_extension_reply_t *reply = xcb_get_extension_data(w->connection, extension);

        return reply && reply->present;
}

/* No event matters here, but each must be read. */
static int on_events(sd_event_source *source, int fd, uint32_t revents, void *userdata) {
        Window *w = userdata;
        xcb_generic_event_t *event;

        while ((event = xcb_poll_for_event(w->connection)))
                free(event);

        if (xcb_connection_has_error(w->connection))
                w->io = sd_event_source_disable_unref(w->io);

        return 0;
}

static xcb_screen_t *find_screen(xcb_connection_t *connection, int number) {
        xcb_screen_iterator_t i = xcb_setup_roots_iterator(xcb_get_setup(connection));

        for (; i.rem > 0; xcb_screen_next(&i))
                if (number-- == 0)
                        return i.data;

        return NULL;
}

static xcb_visualtype_t *find_visual(const xcb_screen_t *screen) {
        for (xcb_depth_iterator_t d = xcb_screen_allowed_depths_iterator(screen); d.rem > 0;
                        xcb_depth_next(&d))
                for (xcb_visualtype_iterator_t v = xcb_depth_visuals_iterator(d.data); v.rem > 0;
                                xcb_visualtype_next(&v))
                        if (v.data->visual_id == screen->root_visual &&
                                        v.data->_class == XCB_VISUAL_CLASS_TRUE_COLOR)
                                return v.data;

        return NULL;
}

static int draw(Window *w, const Pane *p, const BannerText *text) {
        cairo_surface_t *surface;
        cairo_t *cr;
        int r;

        surface = cairo_xcb_surface_create(w->connection, p->pixmap, w->visual, p->box.width, p->box.height);
        cr = cairo_create(surface);
        r = banner_paint(cr, p->box.width, p->box.height, text);
        cairo_destroy(cr);
        cairo_surface_flush(surface);
        cairo_surface_destroy(surface);
        return r;
}

static int check(Window *w, xcb_void_cookie_t cookie) {
        _cleanup_free_ xcb_generic_error_t *error = xcb_request_check(w->connection, cookie);

        return error ? -EIO : 0;
}

/* The picture is the background of the window, so the server repaints it by itself. The server keeps it
 * until the connection ends. */
static int open_on_monitor(Window *w, const xcb_rectangle_t *monitor, const BannerText *text) {
        Pane *p = w->panes + w->n_panes;
        int r;

        *p = (Pane) {
                .window = xcb_generate_id(w->connection),
                .pixmap = xcb_generate_id(w->connection),
                .box = banner_box(monitor->width, monitor->height, text->place),
        };
        r = check(w,
                        xcb_create_pixmap_checked(w->connection, w->screen->root_depth, p->pixmap,
                                        w->screen->root, (uint16_t) p->box.width, (uint16_t) p->box.height));
        if (r >= 0)
                r = draw(w, p, text);
        if (r < 0)
                return r;

        /* The window manager must not place it, decorate it or give it the keyboard. */
        xcb_create_window(w->connection, XCB_COPY_FROM_PARENT, p->window, w->screen->root,
                        (int16_t) (monitor->x + p->box.x), (int16_t) (monitor->y + p->box.y),
                        (uint16_t) p->box.width, (uint16_t) p->box.height, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
                        XCB_COPY_FROM_PARENT, XCB_CW_BACK_PIXMAP | XCB_CW_OVERRIDE_REDIRECT,
                        (const uint32_t[]) { p->pixmap, true });
        xcb_change_property(w->connection, XCB_PROP_MODE_REPLACE, p->window, XCB_ATOM_WM_NAME,
                        XCB_ATOM_STRING, 8, strlen(program_invocation_short_name),
                        program_invocation_short_name);
        xcb_shape_rectangles(w->connection, XCB_SHAPE_SO_SET, XCB_SHAPE_SK_INPUT, XCB_CLIP_ORDERING_UNSORTED,
                        p->window, 0, 0, 0, NULL);
        r = check(w, xcb_map_window_checked(w->connection, p->window));
        if (r < 0)
                return r;

        w->n_panes++;
        return 0;
}

/* Finds the monitors and returns their number. Where the server does not report them, the whole screen
 * counts as one. */
static int find_monitors(Window *w, xcb_rectangle_t monitors[MONITORS_MAX]) {
        _cleanup_free_ xcb_randr_get_monitors_reply_t *reply = NULL;
        int n = 0;

        if (has_extension(w, &xcb_randr_id)) {
                _cleanup_free_ xcb_randr_query_version_reply_t *version = xcb_randr_query_version_reply(
                                w->connection, xcb_randr_query_version(w->connection, 1, 5), NULL);

                if (version && (version->major_version > 1 || version->minor_version >= 5))
                        reply = xcb_randr_get_monitors_reply(w->connection,
                                        xcb_randr_get_monitors(w->connection, w->screen->root, true), NULL);
        }

        if (reply)
                for (xcb_randr_monitor_info_iterator_t i = xcb_randr_get_monitors_monitors_iterator(reply);
                                i.rem > 0 && n < MONITORS_MAX; xcb_randr_monitor_info_next(&i))
                        monitors[n++] = (xcb_rectangle_t) { i.data->x, i.data->y, i.data->width,
                                i.data->height };

        if (n == 0)
                monitors[n++] = (xcb_rectangle_t) { 0, 0, w->screen->width_in_pixels,
                        w->screen->height_in_pixels };

        return n;
}

/* The screen of a free station may be asleep, and must show the banner too. */
static void wake(Window *w) {
        xcb_force_screen_saver(w->connection, XCB_SCREEN_SAVER_RESET);
        if (has_extension(w, &xcb_dpms_id))
                xcb_dpms_force_level(w->connection, XCB_DPMS_DPMS_MODE_ON);
}

static int connect_to(Window *w, const Display *display) {
        int number;

        if ((display->authority ? setenv("XAUTHORITY", display->authority, 1) : unsetenv("XAUTHORITY")) < 0)
                return -errno;

        /* xcb_connect() returns an object even if it fails; it must be freed too. */
        w->connection = xcb_connect(display->name, &number);
        if (xcb_connection_has_error(w->connection))
                return -ECONNREFUSED;

        w->screen = find_screen(w->connection, number);
        w->visual = w->screen ? find_visual(w->screen) : NULL;
        if (!w->visual || !has_extension(w, &xcb_shape_id))
                return -EOPNOTSUPP;

        return 0;
}

int window_new(Window **ret, sd_event *event, const Display *display, const BannerText *text) {
        _cleanup_(window_freep) Window *w = NULL;
        xcb_rectangle_t monitors[MONITORS_MAX];
        int n, r;

        w = malloc(sizeof(*w));
        if (!w)
                return -ENOMEM;
        *w = (Window) {};

        r = connect_to(w, display);
        if (r < 0)
                return r;

        wake(w);
        n = find_monitors(w, monitors);
        for (int i = 0; i < n; i++) {
                r = open_on_monitor(w, monitors + i, text);
                if (r < 0)
                        return r;
        }

        /* If the connection is lost, the checks above report no error. */
        if (xcb_connection_has_error(w->connection))
                return -ECONNRESET;

        r = sd_event_add_io(event, &w->io, xcb_get_file_descriptor(w->connection), EPOLLIN, on_events, w);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(w);
        return 0;
}

int window_set_text(Window *w, const BannerText *text) {
        const uint32_t above = XCB_STACK_MODE_ABOVE;
        int r;

        for (size_t i = 0; i < w->n_panes; i++) {
                const Pane *p = w->panes + i;

                r = draw(w, p, text);
                if (r < 0)
                        return r;

                /* The server may have made a copy of the picture. */
                xcb_change_window_attributes(w->connection, p->window, XCB_CW_BACK_PIXMAP, &p->pixmap);
                xcb_clear_area(w->connection, false, p->window, 0, 0, 0, 0);
                xcb_configure_window(w->connection, p->window, XCB_CONFIG_WINDOW_STACK_MODE, &above);
        }

        return xcb_flush(w->connection) > 0 ? 0 : -ECONNRESET;
}

Window *window_free(Window *w) {
        if (!w)
                return NULL;

        sd_event_source_disable_unref(w->io);
        if (w->connection)
                xcb_disconnect(w->connection);
        free(w);
        return NULL;
}
