/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A window in full screen, and what reaches it: prints "key NAME" and "click" for each. */

#include <gtk/gtk.h>

static gboolean on_key(GtkEventControllerKey *controller,
                guint key,
                guint code,
                GdkModifierType state,
                gpointer u) {
        g_print("key %s\n", gdk_keyval_name(key));
        return TRUE;
}

static void on_click(GtkGestureClick *gesture, int n, double x, double y, gpointer u) {
        g_print("click\n");
}

int main(int argc, char *argv[]) {
        GtkWidget *window;
        GtkEventController *keys;
        GtkGesture *clicks;

        gtk_init();
        window = gtk_window_new();
        keys = gtk_event_controller_key_new();
        clicks = gtk_gesture_click_new();
        gtk_event_controller_set_propagation_phase(GTK_EVENT_CONTROLLER(clicks), GTK_PHASE_CAPTURE);
        g_signal_connect(keys, "key-pressed", G_CALLBACK(on_key), NULL);
        g_signal_connect(clicks, "pressed", G_CALLBACK(on_click), NULL);
        gtk_widget_add_controller(window, keys);
        gtk_widget_add_controller(window, GTK_EVENT_CONTROLLER(clicks));
        /* Without a window manager nobody makes it larger. */
        gtk_window_set_default_size(GTK_WINDOW(window), 1280, 720);
        gtk_window_fullscreen(GTK_WINDOW(window));
        gtk_window_present(GTK_WINDOW(window));
        g_main_loop_run(g_main_loop_new(NULL, FALSE));
        return 0;
}
