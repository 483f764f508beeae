/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/ended.h"

/* Older ones are forgotten. */
#define ENDED_MAX 500U

struct _UsherEnded {
        GObject parent_instance;
        UsherEndedInfo info;
};

G_DEFINE_FINAL_TYPE(UsherEnded, usher_ended, G_TYPE_OBJECT)

const UsherEndedInfo *usher_ended_get_info(UsherEnded *ended) {
        return &ended->info;
}

static char *dup_station_name(UsherRoom *room, const char *id) {
        UsherStation *station = usher_room_find_station(room, id);

        return g_strdup(station ? usher_station_get_name(station) : id);
}

static void on_job_ended(UsherRoom *room, UsherJob *job, const char *result, GListStore *list) {
        g_autoptr(UsherEnded) ended = g_object_new(USHER_TYPE_ENDED, NULL);
        UsherPeople *people = g_object_get_data(G_OBJECT(list), "people");
        guint32 uid;
        const char *account = usher_job_get_user(job, &uid);
        guint n;

        ended->info = (UsherEndedInfo) {
                .time = g_date_time_new_now_local(),
                .station = dup_station_name(room, usher_job_get_station(job)),
                .user = g_strdup(usher_person_get_name(usher_people_get(people, uid, account))),
                .started_by = g_strdup(usher_job_get_started_by(job)),
                .reason = g_strdup(usher_job_get_reason(job)),
                .result = g_strdup(result),
        };
        g_list_store_insert(list, 0, ended);
        n = g_list_model_get_n_items(G_LIST_MODEL(list));
        if (n > ENDED_MAX)
                g_list_store_splice(list, ENDED_MAX, n - ENDED_MAX, NULL, 0);
}

GListModel *usher_ended_list_new(UsherRoom *room, UsherPeople *people) {
        GListStore *list = g_list_store_new(USHER_TYPE_ENDED);

        g_object_set_data(G_OBJECT(list), "people", people);
        g_signal_connect_object(room, "job-ended", G_CALLBACK(on_job_ended), list, 0);
        return G_LIST_MODEL(list);
}

static void usher_ended_finalize(GObject *object) {
        UsherEndedInfo *info = &USHER_ENDED(object)->info;

        g_clear_pointer(&info->time, g_date_time_unref);
        g_free(info->station);
        g_free(info->user);
        g_free(info->started_by);
        g_free(info->reason);
        g_free(info->result);
        G_OBJECT_CLASS(usher_ended_parent_class)->finalize(object);
}

static void usher_ended_class_init(UsherEndedClass *class) {
        G_OBJECT_CLASS(class)->finalize = usher_ended_finalize;
}

static void usher_ended_init(UsherEnded *ended) {
}
