/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/deeds.h"

#include <glib/gi18n.h>

#include "build-config.h"
#include "stations/window.h"

/* What a toast with a button leaves on the screen, in seconds. */
#define UNDO_SECONDS 15

typedef struct Deeds {
        GWeakRef window;
        UsherContext *context;
        guint open;
        GError *error;
        GPtrArray *jobs; /* that were returned; NULL: they do not matter */
        char *done;
} Deeds;

static void deeds_free(Deeds *deeds) {
        g_weak_ref_clear(&deeds->window);
        g_clear_error(&deeds->error);
        g_clear_pointer(&deeds->jobs, g_ptr_array_unref);
        g_free(deeds->done);
        g_free(deeds);
}

/* ---- toasts ---- */

static AdwToast *new_toast(const char *text) {
        AdwToast *toast = adw_toast_new(text);

        adw_toast_set_use_markup(toast, FALSE);
        return toast;
}

void usher_toast(GtkWidget *widget, const char *text) {
        GtkRoot *root = gtk_widget_get_root(widget);

        if (USHER_IS_WINDOW(root))
                usher_window_add_toast(USHER_WINDOW(root), new_toast(text));
}

/* A dialog that the person has closed needs no answer. */
static char *error_text(const GError *error) {
        g_autofree char *words = usher_fault_text(error);

        switch (usher_fault_from_error(error)) {
        case USHER_FAULT_DENIED:
                return g_strdup_printf(
                                _("You may not do this. Administrators may, and members of the group %s."),
                                OPERATORS_GROUP);
        case USHER_FAULT_DISMISSED:
                return g_strdup(_("Nothing was changed: nobody confirmed it with a password."));
        case USHER_FAULT_GONE:
                return g_strdup(_("usherd did not answer: it has stopped."));
        default:
                return g_steal_pointer(&words);
        }
}

void usher_toast_error(GtkWidget *widget, const GError *error) {
        g_autofree char *text = error_text(error);

        usher_toast(widget, text);
}

/* ---- calls ---- */

static void on_undo(AdwToast *toast, UsherWindow *window) {
        const char *const *jobs = g_object_get_data(G_OBJECT(toast), "jobs");
        UsherContext *context = g_object_get_data(G_OBJECT(toast), "context");

        usher_deed_each(GTK_WIDGET(window), context, jobs, "Job.Cancel", NULL, _("Cancelled"));
}

static void offer_undo(Deeds *deeds, UsherWindow *window) {
        guint n = deeds->jobs->len;
        g_autofree char *text =
                        g_strdup_printf(ngettext("Logging off %u person", "Logging off %u people", n), n);
        AdwToast *toast = new_toast(n > 0 ? text : _("Nobody is logged in there."));

        if (n > 0) {
                g_ptr_array_add(deeds->jobs, NULL);
                g_object_set_data_full(G_OBJECT(toast), "jobs",
                                g_ptr_array_free(g_steal_pointer(&deeds->jobs), FALSE),
                                (GDestroyNotify) g_strfreev);
                g_object_set_data(G_OBJECT(toast), "context", deeds->context);
                adw_toast_set_button_label(toast, _("_Cancel"));
                adw_toast_set_timeout(toast, UNDO_SECONDS);
                g_signal_connect_object(toast, "button-clicked", G_CALLBACK(on_undo), window, 0);
        }
        usher_window_add_toast(window, toast);
}

static void finish(Deeds *deeds) {
        g_autoptr(UsherWindow) window = g_weak_ref_get(&deeds->window);

        if (window && deeds->error)
                usher_toast_error(GTK_WIDGET(window), deeds->error);
        if (window && deeds->jobs && (deeds->jobs->len > 0 || !deeds->error))
                offer_undo(deeds, window);
        else if (window && deeds->done && !deeds->error)
                usher_toast(GTK_WIDGET(window), deeds->done);
        deeds_free(deeds);
}

static void on_reply(GObject *source, GAsyncResult *result, gpointer data) {
        Deeds *deeds = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                        usher_call_finish(USHER_ROOM(source), result, deeds->jobs ? "(ao)" : NULL, &error);
        g_autoptr(GVariantIter) iter = NULL;
        char *path;

        if (reply && deeds->jobs) {
                g_variant_get(reply, "(ao)", &iter);
                while (g_variant_iter_next(iter, "o", &path))
                        g_ptr_array_add(deeds->jobs, path);
        }
        if (error && !deeds->error)
                deeds->error = g_steal_pointer(&error);

        if (--deeds->open == 0)
                finish(deeds);
}

static void begin(Deeds *deeds,
                GtkWidget *widget,
                UsherContext *context,
                const char *const *paths,
                const char *member,
                GVariant *arguments) {

        g_autoptr(GVariant) owned = arguments ? g_variant_ref_sink(arguments) : NULL;
        guint n = g_strv_length((char **) paths);

        g_weak_ref_init(&deeds->window, gtk_widget_get_root(widget));
        deeds->context = context;
        deeds->open = n;
        for (guint i = 0; i < n; i++)
                usher_call_async(context->room, paths[i], member, owned, on_reply, deeds);
        if (n == 0)
                deeds_free(deeds);
}

void usher_deed_each(GtkWidget *widget,
                UsherContext *context,
                const char *const *paths,
                const char *member,
                GVariant *arguments,
                const char *done) {

        Deeds *deeds = g_new0(Deeds, 1);

        deeds->done = g_strdup(done);
        begin(deeds, widget, context, paths, member, arguments);
}

void usher_deed(GtkWidget *widget,
                UsherContext *context,
                const char *path,
                const char *member,
                GVariant *arguments) {
        usher_deed_each(widget, context, (const char *const[]) { path, NULL }, member, arguments, NULL);
}

void usher_deed_log_off(GtkWidget *widget,
                UsherContext *context,
                const char *const *paths,
                const char *member,
                GVariant *arguments) {

        Deeds *deeds = g_new0(Deeds, 1);

        deeds->jobs = g_ptr_array_new_with_free_func(g_free);
        begin(deeds, widget, context, paths, member, arguments);
}
