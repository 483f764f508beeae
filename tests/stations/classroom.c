/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "classroom.h"

#include <string.h>

#include "tests/bus/everybody.h"

/* As GtkApplication does. */
static void load_resources(void) {
        g_autoptr(GtkCssProvider) style = gtk_css_provider_new();
        GdkDisplay *display = gdk_display_get_default();

        gtk_css_provider_load_from_resource(style, "/org/usher1/Stations/style.css");
        gtk_style_context_add_provider_for_display(
                        display, GTK_STYLE_PROVIDER(style), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
        gtk_icon_theme_add_resource_path(
                        gtk_icon_theme_get_for_display(display), "/org/usher1/Stations/icons");
}

void classroom_init(int *argc, char ***argv) {
        hubs_enter(*argv);
        fixture_init(argc, argv);
        g_setenv("GSETTINGS_BACKEND", "memory", TRUE);
        adw_init();
        load_resources();
        g_object_set(gtk_settings_get_default(), "gtk-enable-animations", FALSE, NULL);
}

static void let_usherd_read(gpointer data) {
        Classroom *c = data;

        if (c->f.pid > 0)
                fixture_wait_asleep(&c->f);
}

void classroom_add_seat(Classroom *c, const char *seat) {
        static guint n;
        const char *of = g_str_equal(seat, "seat0") ? NULL : seat;
        g_autofree char *card = g_strdup_printf("card%u", ++n), *hub = g_strdup_printf("1-%u", n);
        g_autofree char *keyboard = g_strdup_printf("%s.1", hub), *mouse = g_strdup_printf("%s.2", hub);
        const char *path, *keyboard_path;

        hubs_add_card(c->hubs, card, of);
        path = hubs_add_hub(c->hubs, c->root, hub, "Four Ports", of);
        keyboard_path = hubs_add_keyboard(c->hubs, path, keyboard, NULL);
        if (g_str_equal(seat, "seat-left")) {
                c->left_hub = g_strdup(hub);
                c->left_keyboard = keyboard_path;
        }
        hubs_add_mouse(c->hubs, path, mouse, NULL);
        if (of && !g_str_equal(of, "seat-left") && !g_str_equal(of, "seat-right"))
                fake_logind_add_seat(c->f.logind, of);
}

void classroom_set_up(Classroom *c, gconstpointer data) {
        c->hubs = hubs_new(let_usherd_read, c);
        c->root = hubs_add_root_hub(c->hubs, "usb1");
        fixture_set_up(&c->f, NULL);
        c->accounts = fake_accounts_new(c->f.bus);
        /* usherd needs the folder of that file. */
        g_free(everybody_nologin(&c->f));
        classroom_add_seat(c, "seat0");
        classroom_add_seat(c, "seat-left");
        classroom_add_seat(c, "seat-right");
}

static void on_paint(GdkFrameClock *clock, guint *painted) {
        (*painted)++;
}

/* A change is laid out in one frame, and may ask for another one. */
static void wait_painted(Classroom *c) {
        GdkFrameClock *clock = gtk_widget_get_frame_clock(GTK_WIDGET(c->window));
        guint painted = 0;
        gulong handler = g_signal_connect(clock, "after-paint", G_CALLBACK(on_paint), &painted);

        while (painted < 4) {
                guint before = painted;

                gtk_widget_queue_draw(GTK_WIDGET(c->window));
                WAIT_FOR(painted > before);
        }
        g_signal_handler_disconnect(clock, handler);
}

void classroom_open_window(Classroom *c, int width, int height) {
        c->context = usher_context_new(fixture_connect(&c->f, TEACHER));
        g_settings_reset(c->context->settings, "order");
        g_settings_reset(c->context->settings, "messages");
        g_settings_set_int(c->context->settings, "width", width);
        g_settings_set_int(c->context->settings, "height", height);
        c->window = usher_window_new(NULL, c->context);
        gtk_window_present(GTK_WINDOW(c->window));
        WAIT_FOR(gtk_widget_get_mapped(GTK_WIDGET(c->window)));
        wait_painted(c);
}

void classroom_open(Classroom *c, int width, int height) {
        if (c->f.pid == 0)
                fixture_start(&c->f);
        classroom_open_window(c, width, height);
        WAIT_FOR(usher_room_get_state(c->context->room) == USHER_ROOM_READY);
        WAIT_FOR(usher_rights_are_known(c->context->rights));
        wait_painted(c);
}

void classroom_tear_down(Classroom *c, gconstpointer data) {
        if (c->window)
                gtk_window_destroy(GTK_WINDOW(c->window));
        while (g_main_context_iteration(NULL, FALSE))
                ;
        if (c->context)
                usher_context_free(c->context);
        g_free(c->left_hub);
        fake_accounts_free(c->accounts);
        fixture_tear_down(&c->f, NULL);
        hubs_free(c->hubs);
}

void classroom_name(Classroom *c, const char *seat, const char *label) {
        g_autoptr(GVariant) reply =
                        usher_call(c->f.root, MANAGER, "Manager.GetStation", ARGS("(%s,)", seat));
        const char *path;

        g_variant_get(reply, "(&o)", &path);
        g_variant_unref(usher_call(c->f.root, path, "Station.SetLabel", ARGS("(%s,)", label)));
}

void classroom_allow(Classroom *c) {
        fake_polkit_answer(c->f.polkit, NULL, TEACHER, FAKE_POLKIT_YES);
}

void classroom_picture(Classroom *c, const char *name) {
        GtkWidget *widget = GTK_WIDGET(c->window);
        g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new(widget);
        g_autoptr(GtkSnapshot) snapshot = gtk_snapshot_new();
        g_autoptr(GskRenderNode) node = NULL;
        g_autoptr(GdkTexture) texture = NULL;
        const char *folder = g_getenv("USHER_PICTURES");
        g_autofree char *file = g_strdup_printf("%s/%s.png", folder, name);
        int width, height;

        g_assert_nonnull(folder);
        wait_painted(c);
        width = gtk_widget_get_width(widget);
        height = gtk_widget_get_height(widget);
        gdk_paintable_snapshot(paintable, snapshot, width, height);
        node = gtk_snapshot_to_node(snapshot);
        g_assert_nonnull(node);
        texture = gsk_renderer_render_texture(gtk_native_get_renderer(GTK_NATIVE(widget)), node,
                        &GRAPHENE_RECT_INIT(0, 0, (float) width, (float) height));
        g_assert_true(gdk_texture_save_to_png(texture, file));
}

/* Four at work, one of them away, and a free station. */
void classroom_lesson(Classroom *c) {
        static const char *const seats[] = { "seat-4", "seat-5", "seat-6", "seat-7" };

        for (gsize i = 0; i < G_N_ELEMENTS(seats); i++)
                classroom_add_seat(c, seats[i]);
        fake_accounts_name(c->accounts, TEACHER, "Mary Somerville");
        fake_accounts_name(c->accounts, ADA, "Ada Lovelace");
        fake_accounts_name(c->accounts, BEN, "Ben <b>Bold</b> & Co");
        fake_accounts_name(c->accounts, CROWD, "Grace Hopper");
        fake_accounts_name(c->accounts, CROWD + 1, "عمر الخيام");
        fake_accounts_name(c->accounts, CROWD + 2, "Konrad Zuse");
        at_station(&c->f, "1", TEACHER, "seat0");
        at_station(&c->f, "2", ADA, "seat-left");
        at_station(&c->f, "3", BEN, "seat-right");
        at_station(&c->f, "4", CROWD, "seat-4");
        at_station(&c->f, "5", CROWD + 1, "seat-5");
        fake_logind_add_session(c->f.logind, .id = "6", .uid = CROWD + 2, .seat = "seat-6", .idle = TRUE,
                        .idle_since = g_get_real_time() - 600 * G_USEC_PER_SEC);
        fixture_start(&c->f);
        classroom_name(c, "seat0", "Teacher's desk");
        classroom_name(c, "seat-left", "Window left");
        classroom_name(c, "seat-right", "Window right");
        classroom_name(c, "seat-4", "Station 4");
        classroom_name(c, "seat-5", "Station 5");
        classroom_name(c, "seat-6", "Station 6");
        classroom_name(c, "seat-7", "Station 10");
}

/* ---- widgets ---- */

static gboolean has_text(GtkWidget *widget, const char *text) {
        const char *action = GTK_IS_ACTIONABLE(widget) ?
                        gtk_actionable_get_action_name(GTK_ACTIONABLE(widget)) :
                        NULL;

        if (GTK_IS_LABEL(widget) && g_str_equal(gtk_label_get_text(GTK_LABEL(widget)), text))
                return TRUE;
        if (GTK_IS_BUTTON(widget) && g_strcmp0(gtk_button_get_label(GTK_BUTTON(widget)), text) == 0)
                return TRUE;
        if (ADW_IS_PREFERENCES_ROW(widget) &&
                        g_strcmp0(adw_preferences_row_get_title(ADW_PREFERENCES_ROW(widget)), text) == 0)
                return TRUE;

        return g_strcmp0(action, text) == 0 || g_strcmp0(gtk_widget_get_tooltip_text(widget), text) == 0;
}

GtkWidget *find_text(GtkWidget *below, const char *text) {
        if (!gtk_widget_get_mapped(below))
                return NULL;
        if (has_text(below, text))
                return below;

        for (GtkWidget *child = gtk_widget_get_first_child(below); child;
                        child = gtk_widget_get_next_sibling(child)) {
                GtkWidget *found = find_text(child, text);

                if (found)
                        return found;
        }

        return NULL;
}

static gboolean shows_below(GtkWidget *below, const char *part) {
        if (!gtk_widget_get_mapped(below))
                return FALSE;
        if (GTK_IS_LABEL(below) && strstr(gtk_label_get_text(GTK_LABEL(below)), part))
                return TRUE;

        for (GtkWidget *child = gtk_widget_get_first_child(below); child;
                        child = gtk_widget_get_next_sibling(child))
                if (shows_below(child, part))
                        return TRUE;

        return FALSE;
}

gboolean shows(Classroom *c, const char *part) {
        return shows_below(GTK_WIDGET(c->window), part);
}

void press(Classroom *c, const char *text) {
        GtkWidget *widget;

        WAIT_FOR((widget = find_text(GTK_WIDGET(c->window), text)));
        while (widget && !GTK_IS_BUTTON(widget))
                widget = gtk_widget_get_parent(widget);
        g_assert_nonnull(widget);
        g_assert_true(gtk_widget_is_sensitive(widget));
        g_signal_emit_by_name(widget, "clicked");
}

void type_text(Classroom *c, const char *title, const char *text) {
        GtkWidget *widget;

        WAIT_FOR((widget = find_text(GTK_WIDGET(c->window), title)));
        while (widget && !GTK_IS_EDITABLE(widget))
                widget = gtk_widget_get_parent(widget);
        g_assert_nonnull(widget);
        gtk_editable_set_text(GTK_EDITABLE(widget), text);
}

static GtkWidget *find_type(GtkWidget *below, GType type) {
        if (g_type_is_a(G_OBJECT_TYPE(below), type))
                return below;

        for (GtkWidget *child = gtk_widget_get_first_child(below); child;
                        child = gtk_widget_get_next_sibling(child)) {
                GtkWidget *found = find_type(child, type);

                if (found)
                        return found;
        }

        return NULL;
}

UsherBoard *classroom_board(Classroom *c) {
        return USHER_BOARD(find_type(GTK_WIDGET(c->window), USHER_TYPE_BOARD));
}

void classroom_show_page(Classroom *c, const char *name) {
        adw_view_stack_set_visible_child_name(
                        ADW_VIEW_STACK(find_type(GTK_WIDGET(c->window), ADW_TYPE_VIEW_STACK)), name);
}

void act(Classroom *c, const char *action, GVariant *parameter) {
        GtkWidget *from = GTK_WIDGET(c->window);

        if (g_str_has_prefix(action, "board."))
                from = GTK_WIDGET(classroom_board(c));
        else if (g_str_has_prefix(action, "hubs."))
                from = find_type(from, g_type_from_name("UsherHubsPage"));
        g_assert_true(gtk_widget_activate_action_variant(from, action, parameter));
}

AdwDialog *dialog_of(Classroom *c) {
        return adw_application_window_get_visible_dialog(ADW_APPLICATION_WINDOW(c->window));
}
