/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/log-off-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#include "common/names.h"
#include "stations/deeds.h"
#include "stations/message-row.h"
#include "stations/plan-words.h"
#include "stations/words.h"

struct _UsherLogOffDialog {
        AdwDialog parent_instance;

        UsherContext *context;
        GtkWidget *window; /* which the dialog does not outlive */
        UsherLogOffKind kind;
        GStrv paths;     /* of the objects that are called */
        GArray *seconds; /* of the choices */
        UsherPlan *plan; /* NULL: usherd has not said whom it concerns */
        guint questions; /* that are open */
        GCancellable *closed;

        UsherMessageRow *message;
        AdwComboRow *grace;
        AdwSwitchRow *block;
        AdwPreferencesGroup *who;
        GtkLabel *plan_label, *left_label;
        GtkButton *go;
};

G_DEFINE_FINAL_TYPE(UsherLogOffDialog, usher_log_off_dialog, ADW_TYPE_DIALOG)

typedef struct Kind {
        const char *member, *title, *button, *mode;
} Kind;

static const Kind kinds[USHER_N_LOG_OFF_KINDS] = {
        [USHER_LOG_OFF_STATIONS] = { "Station.LogOff", N_("Log Off"), N_("_Log Off"), NULL },
        [USHER_LOG_OFF_ALL] = { "Manager.LogOffAll", N_("Log Off All"), N_("_Log Off All"), NULL },
        [USHER_LOG_OFF_RESTART] = { "Manager.Restart", N_("Restart"), N_("_Restart"), NULL },
        [USHER_LOG_OFF_POWER_OFF] = { "Manager.PowerOff", N_("Power Off"), N_("_Power Off"), NULL },
        [USHER_LOG_OFF_CONSOLE] = { "Manager.SetMode", N_("Use as One Computer"), N_("_Merge"), "console" },
        [USHER_LOG_OFF_STATION] = { "Manager.SetMode", N_("Use as Stations"), N_("_Split"), "station" },
};

/* ---- the warning time ---- */

static guint32 manager_seconds(UsherLogOffDialog *dialog, const char *property) {
        UsherItem *manager = usher_room_get_manager(dialog->context->room);

        return manager ? (guint32) MIN(usher_item_get_number(manager, property) / G_USEC_PER_SEC,
                                         G_MAXUINT32) :
                         0;
}

static int compare_seconds(gconstpointer a, gconstpointer b) {
        guint32 x = *(const guint32 *) a, y = *(const guint32 *) b;

        return x < y ? -1 : x > y;
}

static void offer(UsherLogOffDialog *dialog, guint32 seconds) {
        for (guint i = 0; i < dialog->seconds->len; i++)
                if (g_array_index(dialog->seconds, guint32, i) == seconds)
                        return;

        g_array_append_val(dialog->seconds, seconds);
}

/* Less than the minimum needs another right, and is not what a teacher wants: usherctl can do it. */
static void fill_grace(UsherLogOffDialog *dialog) {
        static const guint32 usual[] = { 30, 60, 120, 300, 600, 900, 1800, 3600 };
        gboolean shutdown = dialog->kind == USHER_LOG_OFF_RESTART || dialog->kind == USHER_LOG_OFF_POWER_OFF;
        guint32 normal = manager_seconds(dialog, shutdown ? "ShutdownGraceUSec" : "GraceUSec");
        guint32 least = manager_seconds(dialog, "MinimumGraceUSec"),
                most = manager_seconds(dialog, "MaximumGraceUSec");
        g_autoptr(GtkStringList) names = gtk_string_list_new(NULL);

        normal = CLAMP(normal, least, MAX(least, most));
        offer(dialog, normal);
        for (gsize i = 0; i < G_N_ELEMENTS(usual); i++)
                if (usual[i] >= least && usual[i] <= most)
                        offer(dialog, usual[i]);
        g_array_sort(dialog->seconds, compare_seconds);

        for (guint i = 0; i < dialog->seconds->len; i++)
                gtk_string_list_take(names, usher_words_seconds(g_array_index(dialog->seconds, guint32, i)));
        adw_combo_row_set_model(dialog->grace, G_LIST_MODEL(names));
        for (guint i = 0; i < dialog->seconds->len; i++)
                if (g_array_index(dialog->seconds, guint32, i) == normal)
                        adw_combo_row_set_selected(dialog->grace, i);
}

/* ---- the call ---- */

static GVariant *make_options(UsherLogOffDialog *dialog) {
        guint selected = adw_combo_row_get_selected(dialog->grace);
        const char *text = usher_message_row_get_text(dialog->message);
        GVariantBuilder options;

        g_variant_builder_init(&options, G_VARIANT_TYPE_VARDICT);
        if (selected < dialog->seconds->len)
                g_variant_builder_add(&options, "{sv}", "grace",
                                g_variant_new_uint32(g_array_index(dialog->seconds, guint32, selected)));
        if (text[0])
                g_variant_builder_add(&options, "{sv}", "message", g_variant_new_string(text));
        if (dialog->kind == USHER_LOG_OFF_ALL && adw_switch_row_get_active(dialog->block))
                g_variant_builder_add(&options, "{sv}", "block-logins", g_variant_new_boolean(TRUE));

        return g_variant_builder_end(&options);
}

static GVariant *make_arguments(UsherLogOffDialog *dialog) {
        const char *mode = kinds[dialog->kind].mode;

        return mode ? g_variant_new("(s@a{sv})", mode, make_options(dialog)) :
                      g_variant_new("(@a{sv})", make_options(dialog));
}

static void on_go(UsherLogOffDialog *dialog) {
        usher_message_row_remember(dialog->message);
        usher_deed_log_off(dialog->window, dialog->context, (const char *const *) dialog->paths,
                        kinds[dialog->kind].member, make_arguments(dialog));
        adw_dialog_close(ADW_DIALOG(dialog));
}

/* ---- whom it concerns ---- */

static void show_plan(UsherLogOffDialog *dialog) {
        g_autofree char *ending = usher_plan_words_ending(dialog->plan, dialog->context);
        g_autofree char *left = usher_plan_words_left(dialog->plan, dialog->context);

        gtk_label_set_text(dialog->plan_label, ending);
        gtk_label_set_text(dialog->left_label, left);
        gtk_widget_set_visible(GTK_WIDGET(dialog->left_label), left[0] != 0);
        gtk_widget_set_visible(GTK_WIDGET(dialog->who), TRUE);
}

/* An older usherd does not know the question; without a password polkit may not let it answer. */
static void on_plan(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(UsherLogOffDialog) dialog = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call_finish(USHER_ROOM(source), result, USHER_PLAN_TYPE, &error);

        dialog->questions--;
        if (g_cancellable_is_cancelled(dialog->closed))
                return;

        if (reply && dialog->plan)
                usher_plan_join(dialog->plan, usher_plan_new(reply));
        else if (reply)
                dialog->plan = usher_plan_new(reply);
        if (dialog->questions == 0 && dialog->plan)
                show_plan(dialog);
}

/* What the method takes before its options. */
static const char *argument_of(UsherLogOffDialog *dialog, const char *path) {
        UsherStation *station;

        if (dialog->kind != USHER_LOG_OFF_STATIONS)
                return kinds[dialog->kind].mode ?: "";

        station = usher_room_find_station(dialog->context->room, path);
        return station ? usher_station_get_id(station) : "";
}

static void ask_plan(UsherLogOffDialog *dialog) {
        const char *method = strrchr(kinds[dialog->kind].member, '.') + 1;

        for (char **path = dialog->paths; *path; path++) {
                dialog->questions++;
                usher_call_quietly_async(dialog->context->room, USHER_PATH, "Manager.DryRun",
                                g_variant_new("(ss@a{sv})", method, argument_of(dialog, *path),
                                                make_options(dialog)),
                                on_plan, g_object_ref(dialog));
        }
}

/* ---- the dialog ---- */

static char *make_title(UsherLogOffDialog *dialog) {
        UsherStation *station;
        guint n = g_strv_length(dialog->paths);

        if (dialog->kind != USHER_LOG_OFF_STATIONS)
                return g_strdup(_(kinds[dialog->kind].title));
        if (n > 1)
                return g_strdup_printf(ngettext("Log Off %u Station", "Log Off %u Stations", n), n);

        station = usher_room_find_station(dialog->context->room, dialog->paths[0]);
        /* TRANSLATORS: the title of a dialog; %s is the name of a station */
        return g_strdup_printf(_("Log Off %s"), station ? usher_station_get_name(station) : "");
}

static void on_message(UsherLogOffDialog *dialog) {
        const char *text = usher_message_row_get_text(dialog->message);

        gtk_widget_set_sensitive(GTK_WIDGET(dialog->go), strlen(text) <= USHER_MESSAGE_MAX);
}

void usher_log_off_dialog_present(
                GtkWidget *parent, UsherContext *context, UsherLogOffKind kind, const char *const *paths) {

        UsherLogOffDialog *dialog = g_object_new(USHER_TYPE_LOG_OFF_DIALOG, NULL);
        g_autofree char *title = NULL;

        dialog->context = context;
        dialog->window = GTK_WIDGET(gtk_widget_get_root(parent));
        dialog->kind = kind;
        dialog->paths = kind == USHER_LOG_OFF_STATIONS ? g_strdupv((char **) paths) :
                                                         g_strdupv((char *[]) { (char *) USHER_PATH, NULL });
        usher_message_row_set_settings(dialog->message, context->settings);
        gtk_widget_set_visible(GTK_WIDGET(dialog->block), kind == USHER_LOG_OFF_ALL);
        fill_grace(dialog);

        title = make_title(dialog);
        adw_dialog_set_title(ADW_DIALOG(dialog), title);
        gtk_button_set_label(dialog->go, _(kinds[kind].button));
        ask_plan(dialog);
        adw_dialog_present(ADW_DIALOG(dialog), parent);
}

static void on_closed(UsherLogOffDialog *dialog) {
        g_cancellable_cancel(dialog->closed);
}

static void usher_log_off_dialog_dispose(GObject *object) {
        UsherLogOffDialog *dialog = USHER_LOG_OFF_DIALOG(object);

        g_clear_pointer(&dialog->paths, g_strfreev);
        g_clear_pointer(&dialog->seconds, g_array_unref);
        g_clear_pointer(&dialog->plan, usher_plan_free);
        g_clear_object(&dialog->closed);
        gtk_widget_dispose_template(GTK_WIDGET(dialog), USHER_TYPE_LOG_OFF_DIALOG);
        G_OBJECT_CLASS(usher_log_off_dialog_parent_class)->dispose(object);
}

static void on_close(GtkWidget *widget, const char *action, GVariant *parameter) {
        adw_dialog_close(ADW_DIALOG(widget));
}

static void usher_log_off_dialog_class_init(UsherLogOffDialogClass *class) {
        GtkWidgetClass *widget = GTK_WIDGET_CLASS(class);

        G_OBJECT_CLASS(class)->dispose = usher_log_off_dialog_dispose;
        g_type_ensure(USHER_TYPE_MESSAGE_ROW);
        gtk_widget_class_set_template_from_resource(widget, "/org/usher1/Stations/log-off-dialog.ui");
        gtk_widget_class_bind_template_child(widget, UsherLogOffDialog, message);
        gtk_widget_class_bind_template_child(widget, UsherLogOffDialog, grace);
        gtk_widget_class_bind_template_child(widget, UsherLogOffDialog, block);
        gtk_widget_class_bind_template_child(widget, UsherLogOffDialog, who);
        gtk_widget_class_bind_template_child_full(
                        widget, "plan", FALSE, G_STRUCT_OFFSET(UsherLogOffDialog, plan_label));
        gtk_widget_class_bind_template_child_full(
                        widget, "left", FALSE, G_STRUCT_OFFSET(UsherLogOffDialog, left_label));
        gtk_widget_class_bind_template_child(widget, UsherLogOffDialog, go);
        gtk_widget_class_bind_template_callback(widget, on_go);
        gtk_widget_class_bind_template_callback(widget, on_message);
        gtk_widget_class_install_action(widget, "log-off.close", NULL, on_close);
}

static void usher_log_off_dialog_init(UsherLogOffDialog *dialog) {
        dialog->seconds = g_array_new(FALSE, FALSE, sizeof(guint32));
        dialog->closed = g_cancellable_new();
        gtk_widget_init_template(GTK_WIDGET(dialog));
        gtk_widget_set_visible(GTK_WIDGET(dialog->who), FALSE);
        g_signal_connect(dialog, "closed", G_CALLBACK(on_closed), NULL);
}
