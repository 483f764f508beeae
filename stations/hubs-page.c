/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/hubs-page.h"

#include <string.h>

#include "common/names.h"
#include "stations/attach.h"
#include "stations/hub-row.h"
#include "stations/which-dialog.h"

struct _UsherHubsPage {
        AdwBin parent_instance;

        UsherContext *context;
        GCancellable *question;
        gboolean can_associate; /* this usherd has the methods that "Which is which" needs */
        guint rebuild;          /* once for all changes of this turn of the main loop */

        GtkStack *stack;
        GtkListBox *list;
        GtkWidget *which;
};

G_DEFINE_FINAL_TYPE(UsherHubsPage, usher_hubs_page, ADW_TYPE_BIN)

/* ---- the tree ---- */

static int compare_hubs(gconstpointer a, gconstpointer b) {
        g_autofree char *a_key = g_utf8_collate_key_for_filename(usher_hub_get_id(*(UsherHub **) a), -1);
        g_autofree char *b_key = g_utf8_collate_key_for_filename(usher_hub_get_id(*(UsherHub **) b), -1);

        return g_strcmp0(a_key, b_key);
}

static GPtrArray *list_children(UsherHubsPage *page, const char *parent) {
        GListModel *hubs = usher_room_get_hubs(page->context->room);
        GPtrArray *children = g_ptr_array_new();
        guint n = g_list_model_get_n_items(hubs);

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherHub) hub = g_list_model_get_item(hubs, i);

                if (g_str_equal(usher_hub_get_parent(hub), parent))
                        g_ptr_array_add(children, hub);
        }

        g_ptr_array_sort(children, compare_hubs);
        return children;
}

static void append_below(UsherHubsPage *page, const char *parent, guint depth) {
        g_autoptr(GPtrArray) children = list_children(page, parent);

        for (guint i = 0; i < children->len; i++) {
                gtk_list_box_append(page->list, usher_hub_row_new(page->context, children->pdata[i], depth));
                append_below(page, usher_item_get_path(children->pdata[i]), depth + 1);
        }
}

static void on_rebuild(gpointer data) {
        UsherHubsPage *page = data;

        page->rebuild = 0;
        gtk_list_box_remove_all(page->list);
        append_below(page, "/", 0);
        gtk_stack_set_visible_child_name(
                        page->stack, gtk_list_box_get_row_at_index(page->list, 0) ? "hubs" : "empty");
}

static void update(UsherHubsPage *page) {
        gboolean may = usher_rights_may(page->context->rights, USHER_RIGHT_MANAGE_STATIONS);

        gtk_widget_set_visible(page->which, page->can_associate);
        gtk_widget_action_set_enabled(GTK_WIDGET(page), "hubs.which", may);
        gtk_widget_action_set_enabled(GTK_WIDGET(page), "hubs.attach", may);
        if (page->rebuild == 0)
                page->rebuild = g_idle_add_once(on_rebuild, page);
}

static void on_introspected(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(UsherHubsPage) page = data;
        g_autoptr(GVariant) reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, NULL);
        const char *xml = "";

        if (!page->question)
                return;

        if (reply)
                g_variant_get(reply, "(&s)", &xml);
        page->can_associate = strstr(xml, "\"BeginAssociation\"") != NULL;
        update(page);
}

/* Another usherd may have other methods. */
static void on_room(UsherHubsPage *page) {
        UsherRoom *room = page->context->room;

        if (usher_room_get_state(room) == USHER_ROOM_READY && !page->question) {
                page->question = g_cancellable_new();
                g_dbus_connection_call(usher_room_get_connection(room), USHER_BUS_NAME, USHER_PATH,
                                "org.freedesktop.DBus.Introspectable", "Introspect", NULL,
                                G_VARIANT_TYPE("(s)"), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, page->question,
                                on_introspected, g_object_ref(page));
        } else if (usher_room_get_state(room) != USHER_ROOM_READY) {
                g_cancellable_cancel(page->question);
                g_clear_object(&page->question);
                page->can_associate = FALSE;
        }
        update(page);
}

static void on_hubs(UsherHubsPage *page, guint position, guint removed, guint added, GListModel *hubs) {
        for (guint i = position; i < position + added; i++) {
                g_autoptr(UsherHub) hub = g_list_model_get_item(hubs, i);

                g_signal_connect_object(hub, "changed", G_CALLBACK(update), page, G_CONNECT_SWAPPED);
        }
        update(page);
}

/* ---- actions ---- */

static void on_attach(GtkWidget *widget, const char *action, GVariant *parameter) {
        UsherHubsPage *page = USHER_HUBS_PAGE(widget);
        const char *hub, *station;

        g_variant_get(parameter, "(&s&s)", &hub, &station);
        usher_attach(widget, page->context, hub, station);
}

static void on_which(GtkWidget *widget, const char *action, GVariant *parameter) {
        usher_which_dialog_present(widget, USHER_HUBS_PAGE(widget)->context);
}

void usher_hubs_page_set_context(UsherHubsPage *page, UsherContext *context) {
        page->context = context;
        g_signal_connect_object(usher_room_get_hubs(context->room), "items-changed", G_CALLBACK(on_hubs),
                        page, G_CONNECT_SWAPPED);
        g_signal_connect_object(context->room, "changed", G_CALLBACK(on_room), page, G_CONNECT_SWAPPED);
        g_signal_connect_object(context->rights, "changed", G_CALLBACK(update), page, G_CONNECT_SWAPPED);
        on_hubs(page, 0, 0, g_list_model_get_n_items(usher_room_get_hubs(context->room)),
                        usher_room_get_hubs(context->room));
        on_room(page);
}

static void usher_hubs_page_dispose(GObject *object) {
        UsherHubsPage *page = USHER_HUBS_PAGE(object);

        g_cancellable_cancel(page->question);
        g_clear_object(&page->question);
        g_clear_handle_id(&page->rebuild, g_source_remove);
        adw_bin_set_child(ADW_BIN(object), NULL);
        gtk_widget_dispose_template(GTK_WIDGET(object), USHER_TYPE_HUBS_PAGE);
        G_OBJECT_CLASS(usher_hubs_page_parent_class)->dispose(object);
}

static void usher_hubs_page_class_init(UsherHubsPageClass *class) {
        GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

        G_OBJECT_CLASS(class)->dispose = usher_hubs_page_dispose;
        gtk_widget_class_set_template_from_resource(widget, "/org/usher1/Stations/hubs-page.ui");
        gtk_widget_class_bind_template_child(widget, UsherHubsPage, stack);
        gtk_widget_class_bind_template_child(widget, UsherHubsPage, list);
        gtk_widget_class_bind_template_child(widget, UsherHubsPage, which);
        gtk_widget_class_install_action(widget, "hubs.attach", "(ss)", on_attach);
        gtk_widget_class_install_action(widget, "hubs.which", NULL, on_which);
}

static void usher_hubs_page_init(UsherHubsPage *page) {
        gtk_widget_init_template(GTK_WIDGET(page));
}
