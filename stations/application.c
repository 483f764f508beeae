/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/application.h"

#include <glib/gi18n.h>

#include "build-config.h"
#include "stations/requests.h"
#include "stations/window.h"

#define APPLICATION_ID "org.usher1.Stations"

struct _UsherApplication {
        AdwApplication parent_instance;
        UsherContext *context; /* NULL until the system bus is open */
};

G_DEFINE_FINAL_TYPE(UsherApplication, usher_application, ADW_TYPE_APPLICATION)

static void show_window(UsherApplication *application) {
        GtkWindow *window = gtk_application_get_active_window(GTK_APPLICATION(application));

        if (!window)
                window = GTK_WINDOW(usher_window_new(GTK_APPLICATION(application), application->context));
        gtk_window_present(window);
}

static void on_no_bus(AdwAlertDialog *dialog, const char *response, GApplication *application) {
        g_application_quit(application);
}

/* Without a system bus there is no usherd either. */
static void show_no_bus(UsherApplication *application, const GError *error) {
        AdwDialog *dialog = adw_alert_dialog_new(_("No System Bus"), error->message);

        adw_alert_dialog_add_response(ADW_ALERT_DIALOG(dialog), "close", _("_Close"));
        g_signal_connect_object(dialog, "response", G_CALLBACK(on_no_bus), application, 0);
        adw_dialog_present(dialog, NULL);
}

static void on_bus(GObject *source, GAsyncResult *result, gpointer data) {
        UsherApplication *application = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GDBusConnection) connection = g_bus_get_finish(result, &error);

        if (connection) {
                g_dbus_connection_set_exit_on_close(connection, FALSE);
                application->context = usher_context_new(connection);
                usher_requests_start(G_APPLICATION(application), application->context);
                show_window(application);
        } else {
                show_no_bus(application, error);
        }
        g_application_release(G_APPLICATION(application));
        g_object_unref(application);
}

static void usher_application_activate(GApplication *app) {
        UsherApplication *application = USHER_APPLICATION(app);

        if (application->context) {
                show_window(application);
                return;
        }

        g_application_hold(app);
        g_bus_get(G_BUS_TYPE_SYSTEM, NULL, on_bus, g_object_ref(application));
}

static void on_quit(GSimpleAction *action, GVariant *parameter, gpointer data) {
        g_application_quit(data);
}

static void on_about(GSimpleAction *action, GVariant *parameter, gpointer data) {
        adw_show_about_dialog(GTK_WIDGET(gtk_application_get_active_window(data)), "application-name",
                        _("Usher Stations"), "application-icon", APPLICATION_ID, "version", PROJECT_VERSION,
                        "developer-name", _("The Usher developers"), "license-type", GTK_LICENSE_LGPL_2_1,
                        "comments",
                        _("Shows the stations of a multiseat computer, and logs people off with a warning."),
                        NULL);
}

static void usher_application_startup(GApplication *app) {
        static const GActionEntry entries[] = {
                { .name = "quit", .activate = on_quit },
                { .name = "about", .activate = on_about },
        };

        G_APPLICATION_CLASS(usher_application_parent_class)->startup(app);
        g_action_map_add_action_entries(G_ACTION_MAP(app), entries, G_N_ELEMENTS(entries), app);
        gtk_application_set_accels_for_action(
                        GTK_APPLICATION(app), "app.quit", (const char *const[]) { "<Control>q", NULL });
        gtk_application_set_accels_for_action(
                        GTK_APPLICATION(app), "window.close", (const char *const[]) { "<Control>w", NULL });
}

static void usher_application_finalize(GObject *object) {
        g_clear_pointer(&USHER_APPLICATION(object)->context, usher_context_free);
        G_OBJECT_CLASS(usher_application_parent_class)->finalize(object);
}

static void usher_application_class_init(UsherApplicationClass *class) {
        G_OBJECT_CLASS(class)->finalize = usher_application_finalize;
        G_APPLICATION_CLASS(class)->activate = usher_application_activate;
        G_APPLICATION_CLASS(class)->startup = usher_application_startup;
}

static void usher_application_init(UsherApplication *application) {
}

UsherApplication *usher_application_new(void) {
        return g_object_new(USHER_TYPE_APPLICATION, "application-id", APPLICATION_ID, "resource-base-path",
                        "/org/usher1/Stations", NULL);
}
