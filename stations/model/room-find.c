/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/room.h"

gpointer usher_room_find(GListModel *list, const char *path, guint *ret_position) {
        guint n = g_list_model_get_n_items(list);

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherItem) item = g_list_model_get_item(list, i);

                if (!g_str_equal(usher_item_get_path(item), path))
                        continue;
                if (ret_position)
                        *ret_position = i;
                return item;
        }

        return NULL;
}

UsherStation *usher_room_find_station(UsherRoom *room, const char *id) {
        GListModel *stations = usher_room_get_stations(room);
        guint n = g_list_model_get_n_items(stations);

        if (id[0] == '/')
                return usher_room_find(stations, id, NULL);

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherStation) station = g_list_model_get_item(stations, i);

                if (g_str_equal(usher_station_get_id(station), id))
                        return station;
        }

        return NULL;
}

UsherJob *usher_room_find_job(UsherRoom *room, const char *path) {
        return usher_room_find(usher_room_get_jobs(room), path, NULL);
}

UsherJob *usher_room_get_job_at(UsherRoom *room, UsherStation *station) {
        const char *id = usher_station_get_id(station);
        GListModel *jobs = usher_room_get_jobs(room);
        guint n = g_list_model_get_n_items(jobs);
        gint64 first = G_MAXINT64;
        UsherJob *found = NULL;

        for (guint i = 0; i < n; i++) {
                g_autoptr(UsherJob) job = g_list_model_get_item(jobs, i);
                gint64 remaining = usher_job_get_remaining(job, 0);

                if (!g_str_equal(usher_job_get_station(job), id) || remaining >= first)
                        continue;
                first = remaining;
                found = job;
        }

        return found;
}
