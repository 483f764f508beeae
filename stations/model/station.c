/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/station.h"

struct _UsherStation {
        UsherItem parent_instance;
};

G_DEFINE_FINAL_TYPE(UsherStation, usher_station, USHER_TYPE_ITEM)

const char *usher_station_get_id(UsherStation *station) {
        return usher_item_get_string(USHER_ITEM(station), "Id");
}

const char *usher_station_get_label(UsherStation *station) {
        return usher_item_get_string(USHER_ITEM(station), "Label");
}

const char *usher_station_get_name(UsherStation *station) {
        const char *label = usher_station_get_label(station);

        return label[0] ? label : usher_station_get_id(station);
}

const char *usher_station_get_state(UsherStation *station) {
        return usher_item_get_string(USHER_ITEM(station), "State");
}

const char *usher_station_get_health(UsherStation *station) {
        return usher_item_get_string(USHER_ITEM(station), "Health");
}

const char *usher_station_get_user(UsherStation *station, guint32 *ret_uid) {
        const char *active = usher_item_get_user(USHER_ITEM(station), "ActiveUser", ret_uid);
        g_autoptr(GVariant) sessions = NULL;
        const char *name = "";

        if (active[0])
                return active;

        sessions = usher_item_get_value(USHER_ITEM(station), "Sessions", "a(susss)");
        if (sessions && g_variant_n_children(sessions) > 0) {
                guint32 uid;

                g_variant_get_child(sessions, 0, "(&su&s&s&s)", NULL, &uid, &name, NULL, NULL);
                if (ret_uid)
                        *ret_uid = uid;
        }

        return name;
}

guint usher_station_count_sessions(UsherStation *station) {
        g_autoptr(GVariant) sessions = usher_item_get_value(USHER_ITEM(station), "Sessions", "a(susss)");

        return sessions ? (guint) g_variant_n_children(sessions) : 0;
}

gint64 usher_station_get_idle_since(UsherStation *station) {
        return (gint64) usher_item_get_number(USHER_ITEM(station), "IdleSinceHint");
}

static void usher_station_class_init(UsherStationClass *class) {
}

static void usher_station_init(UsherStation *station) {
}
