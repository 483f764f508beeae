/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What stands above everything else on the X display of a session: the label of the station, and the time
 * left at the end of a countdown, which the user's own systemd runs. */

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#include "ctl.h"

#define DISPLAY ":31"

static const char configuration[] = "[LogOff]\nMinimumGraceSec=1\nAskSec=0\nFullScreenSec=60\n";

static bool has_server(gpointer unused) {
        xcb_connection_t *c = xcb_connect(DISPLAY, NULL);
        bool ok = xcb_connection_has_error(c) == 0;

        xcb_disconnect(c);
        return ok;
}

static BoxSession *open_x(Usher *u) {
        BoxSession *s;

        /* A server that is not root does not create the directory of its socket. */
        (void) g_mkdir("/tmp/.X11-unix", 0700);
        g_assert_cmpint(g_chmod("/tmp/.X11-unix", 01777), ==, 0);
        s = usher_open(u,
                        &(BoxSessionOptions) {
                                        .user = "u1",
                                        .seat = "seat-box1",
                                        .environment = (const char *const[]) { "DISPLAY=" DISPLAY, NULL },
                                        .command = (const char *const[]) { "/usr/bin/Xvfb", DISPLAY, "-ac",
                                                        "-noreset", "-nolisten", "tcp", NULL },
                        });

        g_assert_true(box_wait(has_server, NULL, BOX_TIMEOUT_MSEC));
        return s;
}

typedef struct {
        const char *name;
        guint32 sum; /* of the window's picture */
} Look;

static bool is_named(xcb_connection_t *c, xcb_window_t window, const char *name) {
        g_autofree xcb_get_property_reply_t *reply = xcb_get_property_reply(
                        c, xcb_get_property(c, 0, window, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, 0, 64), NULL);

        return reply && (size_t) xcb_get_property_value_length(reply) == strlen(name) &&
                        memcmp(xcb_get_property_value(reply), name, strlen(name)) == 0;
}

static guint32 picture(xcb_connection_t *c, xcb_window_t window) {
        g_autofree xcb_get_geometry_reply_t *size =
                        xcb_get_geometry_reply(c, xcb_get_geometry(c, window), NULL);
        g_autofree xcb_get_image_reply_t *image = NULL;
        guint32 sum = 1;

        if (size)
                image = xcb_get_image_reply(c,
                                xcb_get_image(c, XCB_IMAGE_FORMAT_Z_PIXMAP, window, 0, 0, size->width,
                                                size->height, ~0U),
                                NULL);
        for (int i = 0; image && i < xcb_get_image_data_length(image); i++)
                sum = sum * 31 + xcb_get_image_data(image)[i];

        return sum;
}

/* Finds the window at the top of all others. */
static bool is_on_top(gpointer userdata) {
        xcb_connection_t *c = xcb_connect(DISPLAY, NULL);
        g_autofree xcb_query_tree_reply_t *tree = NULL;
        Look *look = userdata;
        bool found = false;

        if (xcb_connection_has_error(c) == 0)
                tree = xcb_query_tree_reply(c,
                                xcb_query_tree(c, xcb_setup_roots_iterator(xcb_get_setup(c)).data->root),
                                NULL);
        if (tree && tree->children_len > 0) {
                xcb_window_t top = xcb_query_tree_children(tree)[tree->children_len - 1];

                found = is_named(c, top, look->name);
                look->sum = found ? picture(c, top) : 0;
        }

        xcb_disconnect(c);
        return found;
}

static bool is_gone(gpointer userdata) {
        return !is_on_top(userdata);
}

static bool has_changed(gpointer userdata) {
        Look *before = userdata, now = { .name = before->name };

        return is_on_top(&now) && now.sum != before->sum;
}

static void test_the_label(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_x(u);
        Look label = { "usher-identify" };

        g_free(ctl_print(u, "usherctl identify seat-box1", 0));
        g_assert_true(is_on_top(&label));
        g_assert_true(box_wait(is_gone, &label, BOX_TIMEOUT_MSEC));
}

/* It counts, and leaves the screen when the log-off is cancelled or has more time. */
static void test_the_time_left(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_x(u);
        Look time_left = { "usher-countdown" };
        g_autofree char *extend = NULL;

        for (guint i = 0; i < 2; i++) {
                g_auto(GStrv) jobs = usher_log_off(u, "seat-box1", 55, NULL);

                g_assert_true(box_wait(is_on_top, &time_left, BOX_TIMEOUT_MSEC));
                g_assert_true(box_wait(has_changed, &time_left, BOX_TIMEOUT_MSEC));
                if (i == 0)
                        g_assert_cmpuint(usher_cancel_all(u), ==, 1);
                else {
                        extend = g_strdup_printf("usherctl extend %s 300", strrchr(jobs[0], '/') + 1);
                        g_free(ctl_print(u, extend, 0));
                }
                g_assert_true(box_wait(is_gone, &time_left, BOX_TIMEOUT_MSEC));
        }
}

/* It comes at its time. */
static void test_not_earlier(Usher *u, gconstpointer unused) {
        g_autoptr(BoxSession) s = open_x(u);
        g_auto(GStrv) jobs = usher_log_off(u, "seat-box1", 70, NULL);
        gint64 begin = g_get_monotonic_time();
        Look time_left = { "usher-countdown" };

        g_assert_true(box_wait(is_on_top, &time_left, BOX_TIMEOUT_MSEC));
        g_assert_cmpint(g_get_monotonic_time() - begin, >, 9 * G_USEC_PER_SEC);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/screen/the-label", configuration, test_the_label);
        usher_test("/screen/the-time-left", configuration, test_the_time_left);
        usher_test("/screen/not-earlier", configuration, test_not_earlier);

        return g_test_run();
}
