/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-overlay: shows one banner on every output of a Wayland compositor, above everything else, by the
 * layer shell protocol. usher-identify and usher-countdown start it and give it the texts, see overlay.h.
 * Keys and clicks go to what is below: the surfaces have an empty input region and want no keyboard. */

#include <glib-unix.h>
#include <gtk/gtk.h>
#include <gtk4-layer-shell.h>
#include <sys/socket.h>

#include "common/arguments.h"
#include "common/log.h"
#include "identify/overlay.h"

typedef struct Program {
        GMainLoop *loop;
        GList *areas; /* of the windows, one for each output */
        char *name, *id;
        BannerPlace place;
        unsigned n_missing; /* windows that have not been drawn yet */
} Program;

/* A banner needs none of the services of a desktop. Some of them are asked for with a reply that a login
 * screen never gives, and a renderer for a GPU does not start in the sandbox. */
static const char *const environment[][2] = {
        { "GDK_BACKEND", "wayland" },
        { "GDK_DISABLE", "gl,vulkan,dmabuf" },
        { "GSK_RENDERER", "cairo" },
        { "GTK_A11Y", "none" },
        { "GTK_IM_MODULE", "simple" },
        { "GSETTINGS_BACKEND", "memory" },
        { "GIO_USE_VFS", "local" },
        { "DBUS_SESSION_BUS_ADDRESS", "disabled:" },
};

/* Returns 1 for a text, 0 at the end of the input, or a negative errno. */
static int read_text(Program *p) {
        char message[OVERLAY_MESSAGE_MAX + 1];
        const char *id;
        ssize_t n;

        n = recv(STDIN_FILENO, message, sizeof(message) - 1, 0);
        if (n <= 0)
                return n < 0 ? -errno : 0;

        message[n] = '\0';
        id = memchr(message, '\0', (size_t) n);
        if (!id || id + 1 >= message + n)
                return -EBADMSG;

        g_free(p->name);
        g_free(p->id);
        p->place = message[0] == OVERLAY_PLACE_TOP ? BANNER_TOP : BANNER_MIDDLE;
        p->name = g_strdup(message + 1);
        p->id = *++id ? g_strdup(id) : NULL;
        return 1;
}

static gboolean on_input(gint fd, GIOCondition condition, gpointer userdata) {
        Program *p = userdata;

        if (read_text(p) <= 0) {
                g_main_loop_quit(p->loop);
                return G_SOURCE_REMOVE;
        }

        for (GList *l = p->areas; l; l = l->next)
                gtk_widget_queue_draw(l->data);

        return G_SOURCE_CONTINUE;
}

/* Runs after the frame has been sent. */
static gboolean on_drawn(gpointer userdata) {
        static const char shown = OVERLAY_SHOWN;
        Program *p = userdata;

        if (--p->n_missing == 0)
                (void) send(STDIN_FILENO, &shown, sizeof(shown), MSG_NOSIGNAL);

        return G_SOURCE_REMOVE;
}

static void on_draw(GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer userdata) {
        Program *p = userdata;

        (void) banner_paint(cr, width, height,
                        &(BannerText) { .name = p->name, .id = p->id, .place = p->place });

        if (!g_object_get_data(G_OBJECT(area), "drawn")) {
                g_object_set_data(G_OBJECT(area), "drawn", area);
                g_idle_add(on_drawn, p);
        }
}

static void on_map(GtkWidget *window, gpointer userdata) {
        cairo_region_t *nothing = cairo_region_create();

        gdk_surface_set_input_region(gtk_native_get_surface(GTK_NATIVE(window)), nothing);
        cairo_region_destroy(nothing);
}

static void open_on_monitor(Program *p, GdkMonitor *monitor) {
        GtkWidget *area = gtk_drawing_area_new();
        GtkWindow *window = GTK_WINDOW(gtk_window_new());
        GdkRectangle geometry;
        BannerBox box;

        gdk_monitor_get_geometry(monitor, &geometry);
        box = banner_box(geometry.width, geometry.height, p->place);

        gtk_layer_init_for_window(window);
        gtk_layer_set_namespace(window, "usher");
        gtk_layer_set_layer(window, GTK_LAYER_SHELL_LAYER_OVERLAY);
        gtk_layer_set_keyboard_mode(window, GTK_LAYER_SHELL_KEYBOARD_MODE_NONE);
        gtk_layer_set_monitor(window, monitor);
        /* On top of panels too. */
        gtk_layer_set_exclusive_zone(window, -1);
        if (p->place == BANNER_TOP) {
                gtk_layer_set_anchor(window, GTK_LAYER_SHELL_EDGE_TOP, true);
                gtk_layer_set_margin(window, GTK_LAYER_SHELL_EDGE_TOP, box.y);
        }

        gtk_drawing_area_set_content_width(GTK_DRAWING_AREA(area), box.width);
        gtk_drawing_area_set_content_height(GTK_DRAWING_AREA(area), box.height);
        gtk_drawing_area_set_draw_func(GTK_DRAWING_AREA(area), on_draw, p, NULL);
        gtk_window_set_child(window, area);
        g_signal_connect(window, "map", G_CALLBACK(on_map), NULL);

        p->areas = g_list_prepend(p->areas, area);
        p->n_missing++;
        /* Not gtk_window_present(), which asks for the keyboard. */
        gtk_widget_set_visible(GTK_WIDGET(window), true);
}

static int open_everywhere(Program *p) {
        GListModel *monitors = gdk_display_get_monitors(gdk_display_get_default());
        unsigned n = g_list_model_get_n_items(monitors);

        for (unsigned i = 0; i < n; i++) {
                g_autoptr(GdkMonitor) monitor = g_list_model_get_item(monitors, i);

                open_on_monitor(p, monitor);
        }

        return n > 0 ? 0 : -ENXIO;
}

static int run(void) {
        Program p = {};
        int r;

        for (size_t i = 0; i < ELEMENTSOF(environment); i++)
                g_setenv(environment[i][0], environment[i][1], true);

        r = read_text(&p);
        if (r <= 0)
                return log_error_errno(r < 0 ? r : -ENODATA, "Failed to read a text: %m");

        if (!gtk_init_check())
                return log_info_errno(-ECONNREFUSED, "Failed to connect to the compositor: %m");
        if (!gtk_layer_is_supported())
                return log_info_errno(-EOPNOTSUPP, "The compositor has no layer shell: %m");

        r = open_everywhere(&p);
        if (r < 0)
                return log_info_errno(r, "The compositor has no output: %m");

        p.loop = g_main_loop_new(NULL, false);
        g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP, on_input, &p);
        g_main_loop_run(p.loop);
        return 0;
}

int main(int argc, char *argv[]) {
        return arguments_main(argc, argv, "usher-overlay",
                        "Shows a text above everything else on a Wayland desktop. usher-identify and "
                        "usher-countdown\nstart it; see 'identify' in usherctl(1).",
                        run);
}
