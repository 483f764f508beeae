/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/attach.h"

#include <glib/gi18n.h>

#include "common/names.h"
#include "stations/deeds.h"
#include "stations/window.h"
#include "stations/words.h"

typedef struct Attach {
        GWeakRef window;
        UsherContext *context;
        char *hub, *station;
        char *before; /* the station it had; NULL for none */
} Attach;

static void attach_free(gpointer data) {
        Attach *attach = data;

        g_weak_ref_clear(&attach->window);
        g_free(attach->hub);
        g_free(attach->station);
        g_free(attach->before);
        g_free(attach);
}

static char *dup_station_of(UsherRoom *room, const char *id) {
        GListModel *hubs = usher_room_get_hubs(room);
        guint n = g_list_model_get_n_items(hubs);

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherHub) hub = g_list_model_get_item(hubs, i);
                const char *path = usher_hub_get_station(hub);
                UsherStation *station;

                if (!g_str_equal(usher_hub_get_id(hub), id) || !path[0] || g_str_equal(path, "/"))
                        continue;
                station = usher_room_find_station(room, path);
                return station ? g_strdup(usher_station_get_id(station)) : NULL;
        }

        return NULL;
}

static void on_undo(AdwToast *toast, Attach *attach) {
        g_autoptr(UsherWindow) window = g_weak_ref_get(&attach->window);

        if (window)
                usher_deed(GTK_WIDGET(window), attach->context, USHER_PATH, "Manager.AttachHub",
                                g_variant_new("(ss)", attach->hub, attach->before));
}

static void on_attached(GObject *source, GAsyncResult *result, gpointer data) {
        Attach *attach = data;
        g_autoptr(UsherWindow) window = g_weak_ref_get(&attach->window);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call_finish(USHER_ROOM(source), result, NULL, &error);
        g_autofree char *text = NULL, *name = NULL;
        UsherStation *station;
        AdwToast *toast;

        if (!window || !reply) {
                if (window)
                        usher_toast_error(GTK_WIDGET(window), error);
                attach_free(attach);
                return;
        }

        station = usher_room_find_station(attach->context->room, attach->station);
        name = usher_words_isolate(station ? usher_station_get_name(station) : attach->station);
        /* TRANSLATORS: %s is a station */
        text = g_strdup_printf(_("The hub belongs to %s now."), name);
        toast = adw_toast_new(text);
        adw_toast_set_use_markup(toast, FALSE);
        if (attach->before) {
                adw_toast_set_button_label(toast, _("_Undo"));
                g_signal_connect(toast, "button-clicked", G_CALLBACK(on_undo), attach);
        }
        g_object_set_data_full(G_OBJECT(toast), "attach", attach, attach_free);
        usher_window_add_toast(window, toast);
}

void usher_attach(GtkWidget *widget, UsherContext *context, const char *hub, const char *station) {
        Attach *attach = g_new0(Attach, 1);

        g_weak_ref_init(&attach->window, gtk_widget_get_root(widget));
        attach->context = context;
        attach->hub = g_strdup(hub);
        attach->station = g_strdup(station);
        attach->before = dup_station_of(context->room, hub);
        usher_call_async(context->room, USHER_PATH, "Manager.AttachHub", g_variant_new("(ss)", hub, station),
                        on_attached, attach);
}
