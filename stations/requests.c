/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/requests.h"

#include <glib/gi18n.h>

#include "stations/words.h"

typedef struct Requests {
        GApplication *application; /* without a reference: it owns this */
        UsherContext *context;
} Requests;

static char *make_body(Requests *r, UsherJob *job) {
        guint32 uid;
        const char *account = usher_job_get_user(job, &uid);
        UsherStation *station = usher_room_find_station(r->context->room, usher_job_get_station(job));
        g_autofree char *time = usher_words_seconds(usher_job_get_time_requested(job));
        g_autofree char *person = usher_words_isolate(
                        usher_person_get_name(usher_people_get(r->context->people, uid, account)));
        g_autofree char *place = usher_words_isolate(
                        station ? usher_station_get_name(station) : usher_job_get_station(job));

        /* TRANSLATORS: a person, a station, and a span of time */
        return g_strdup_printf(_("%s at %s asks for %s."), person, place, time);
}

static void show(Requests *r, UsherJob *job) {
        const char *path = usher_item_get_path(USHER_ITEM(job));
        g_autoptr(GNotification) notification = g_notification_new(_("More Time?"));
        g_autofree char *body = make_body(r, job);

        g_notification_set_body(notification, body);
        g_notification_set_priority(notification, G_NOTIFICATION_PRIORITY_HIGH);
        g_notification_add_button_with_target(notification, _("Allow"), "app.allow-time", "(su)", path,
                        usher_job_get_time_requested(job));
        g_notification_add_button_with_target(notification, _("Deny"), "app.deny-time", "s", path);
        g_application_send_notification(r->application, path, notification);
}

static void on_job(UsherJob *job, Requests *r) {
        guint32 shown = GPOINTER_TO_UINT(g_object_get_data(G_OBJECT(job), "requested"));
        guint32 requested = usher_job_get_time_requested(job);

        if (requested == shown)
                return;

        g_object_set_data(G_OBJECT(job), "requested", GUINT_TO_POINTER(requested));
        if (requested > 0)
                show(r, job);
        else
                g_application_withdraw_notification(r->application, usher_item_get_path(USHER_ITEM(job)));
}

static void on_ended(UsherRoom *room, UsherJob *job, const char *result, Requests *r) {
        g_application_withdraw_notification(r->application, usher_item_get_path(USHER_ITEM(job)));
}

static void on_jobs(GListModel *jobs, guint position, guint removed, guint added, Requests *r) {
        for (guint i = position; i < position + added; i++) {
                g_autoptr(UsherJob) job = g_list_model_get_item(jobs, i);

                g_signal_connect(job, "changed", G_CALLBACK(on_job), r);
                on_job(job, r);
        }
}

/* ---- the buttons ---- */

static void on_answered(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(GApplication) application = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = usher_call_finish(USHER_ROOM(source), result, NULL, &error);
        g_autoptr(GNotification) notification = NULL;
        g_autofree char *text = NULL;

        if (reply)
                return;

        text = usher_fault_text(error);
        notification = g_notification_new(_("The Answer Was Not Accepted"));
        g_notification_set_body(notification, text);
        g_application_send_notification(application, "time-error", notification);
}

static void on_allow(GSimpleAction *action, GVariant *parameter, gpointer data) {
        Requests *r = data;
        const char *path;
        guint32 seconds;

        g_variant_get(parameter, "(&su)", &path, &seconds);
        usher_call_async(r->context->room, path, "Job.Extend", g_variant_new("(u)", seconds), on_answered,
                        g_object_ref(r->application));
}

static void on_deny(GSimpleAction *action, GVariant *parameter, gpointer data) {
        Requests *r = data;

        usher_call_async(r->context->room, g_variant_get_string(parameter, NULL), "Job.DenyTime", NULL,
                        on_answered, g_object_ref(r->application));
}

void usher_requests_start(GApplication *application, UsherContext *context) {
        static const GActionEntry entries[] = {
                { .name = "allow-time", .activate = on_allow, .parameter_type = "(su)" },
                { .name = "deny-time", .activate = on_deny, .parameter_type = "s" },
        };
        Requests *r = g_new(Requests, 1);

        *r = (Requests) { .application = application, .context = context };
        g_object_set_data_full(G_OBJECT(application), "requests", r, g_free);
        g_action_map_add_action_entries(G_ACTION_MAP(application), entries, G_N_ELEMENTS(entries), r);
        g_signal_connect(usher_room_get_jobs(context->room), "items-changed", G_CALLBACK(on_jobs), r);
        g_signal_connect(context->room, "job-ended", G_CALLBACK(on_ended), r);
}
