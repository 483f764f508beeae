/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "stations/model/room.h"

#include "common/names.h"

struct _UsherRoom {
        GObject parent_instance;

        GDBusConnection *connection;
        guint watch;
        GCancellable *cancellable; /* of the client that is being made */
        GDBusObjectManager *client;
        UsherRoomState state;
        char *error;

        UsherItem *manager;
        GListStore *stations, *jobs, *hubs;
        GHashTable *leaving; /* path → job whose object is gone and whose JobRemoved has not come */
};

G_DEFINE_FINAL_TYPE(UsherRoom, usher_room, G_TYPE_OBJECT)

enum {
        PROP_CONNECTION = 1,
        N_PROPS,
};
static GParamSpec *props[N_PROPS];

enum {
        CHANGED,
        STATION_CHANGED,
        JOB_ENDED,
        N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* A card shows what becomes of the log-off at its station. */
static void on_job_changed(UsherRoom *room, UsherJob *job) {
        UsherStation *station = usher_room_find_station(room, usher_job_get_station(job));

        if (station)
                usher_item_changed(USHER_ITEM(station));
}

static void on_station_changed(UsherRoom *room, UsherStation *station) {
        g_signal_emit(room, signals[STATION_CHANGED], 0, station);
}

static void on_manager_changed(UsherRoom *room) {
        g_signal_emit(room, signals[CHANGED], 0);
}

/* ---- the end of a log-off: JobRemoved has its result, and comes before or after the object is gone ---- */

static void on_manager_signal(UsherRoom *room,
                const char *sender,
                const char *name,
                GVariant *arguments,
                GDBusProxy *proxy) {

        g_autoptr(UsherJob) job = NULL;
        const char *path, *result;
        UsherJob *found;

        if (!g_str_equal(name, "JobRemoved") || !g_variant_is_of_type(arguments, G_VARIANT_TYPE("(uosss)")))
                return;

        g_variant_get(arguments, "(u&o&s&s&s)", NULL, &path, NULL, NULL, &result);
        found = usher_room_find_job(room, path) ?: g_hash_table_lookup(room->leaving, path);
        if (!found)
                return;

        job = g_object_ref(found);
        g_hash_table_remove(room->leaving, path);
        g_object_set_data(G_OBJECT(job), "ended", GINT_TO_POINTER(TRUE));
        g_signal_emit(room, signals[JOB_ENDED], 0, job, result);
}

/* ---- objects ---- */

static void set_state(UsherRoom *room, UsherRoomState state) {
        room->state = state;
        g_signal_emit(room, signals[CHANGED], 0);
}

static void set_manager(UsherRoom *room, GDBusProxy *proxy) {
        room->manager = g_object_new(USHER_TYPE_ITEM, "proxy", proxy, NULL);
        g_signal_connect_object(
                        room->manager, "changed", G_CALLBACK(on_manager_changed), room, G_CONNECT_SWAPPED);
        g_signal_connect_object(proxy, "g-signal", G_CALLBACK(on_manager_signal), room, G_CONNECT_SWAPPED);
}

/* The item for an object, and the list where it belongs; NULL for an object that no list has. */
static UsherItem *make_item(UsherRoom *room, GDBusObject *object, GListStore **ret_list) {
        const struct {
                const char *interface;
                GType type;
                GListStore *list;
        } table[] = {
                { USHER_IFACE_STATION, USHER_TYPE_STATION, room->stations },
                { USHER_IFACE_HUB, USHER_TYPE_HUB, room->hubs },
                { USHER_IFACE_JOB, USHER_TYPE_JOB, room->jobs },
        };

        for (gsize i = 0; i < G_N_ELEMENTS(table); i++) {
                g_autoptr(GDBusInterface) proxy = g_dbus_object_get_interface(object, table[i].interface);
                UsherItem *item;

                if (!proxy)
                        continue;
                item = g_object_new(table[i].type, "proxy", proxy, NULL);
                if (USHER_IS_STATION(item))
                        g_signal_connect_object(item, "changed", G_CALLBACK(on_station_changed), room,
                                        G_CONNECT_SWAPPED);
                if (USHER_IS_JOB(item))
                        g_signal_connect_object(item, "changed", G_CALLBACK(on_job_changed), room,
                                        G_CONNECT_SWAPPED);
                *ret_list = table[i].list;
                return item;
        }

        return NULL;
}

static void on_object_added(UsherRoom *room, GDBusObject *object) {
        GListStore *list;
        g_autoptr(UsherItem) item = make_item(room, object, &list);

        if (!item)
                return;

        g_list_store_append(list, item);
        if (USHER_IS_JOB(item))
                on_job_changed(room, USHER_JOB(item));
}

/* Each list changes once: a view of it would otherwise follow its first item to wherever that goes. */
static void add_all(UsherRoom *room, GList *objects) {
        GListStore *const lists[] = { room->jobs, room->hubs, room->stations };
        GPtrArray *items[G_N_ELEMENTS(lists)];

        for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
                items[l] = g_ptr_array_new_with_free_func(g_object_unref);

        for (GList *i = objects; i; i = i->next) {
                GListStore *list = NULL;
                UsherItem *item = make_item(room, i->data, &list);

                for (gsize l = 0; l < G_N_ELEMENTS(lists); l++)
                        if (list == lists[l])
                                g_ptr_array_add(items[l], item);
        }

        for (gsize l = 0; l < G_N_ELEMENTS(lists); l++) {
                g_list_store_splice(lists[l], 0, 0, items[l]->pdata, items[l]->len);
                g_ptr_array_unref(items[l]);
        }
}

static void on_object_removed(UsherRoom *room, GDBusObject *object) {
        const char *path = g_dbus_object_get_object_path(object);
        g_autoptr(UsherJob) job = NULL;
        guint position;

        if (usher_room_find(usher_room_get_stations(room), path, &position)) {
                g_list_store_remove(room->stations, position);
        } else if (usher_room_find(usher_room_get_hubs(room), path, &position)) {
                g_list_store_remove(room->hubs, position);
        } else if (usher_room_find(usher_room_get_jobs(room), path, &position)) {
                job = g_list_model_get_item(G_LIST_MODEL(room->jobs), position);
                g_list_store_remove(room->jobs, position);
                if (!g_object_get_data(G_OBJECT(job), "ended"))
                        g_hash_table_insert(room->leaving, g_strdup(path), g_object_ref(job));
                on_job_changed(room, job);
        }
}

/* ---- usherd ---- */

static void forget(UsherRoom *room) {
        g_cancellable_cancel(room->cancellable);
        g_clear_object(&room->cancellable);
        if (room->client)
                g_signal_handlers_disconnect_by_data(room->client, room);
        g_clear_object(&room->client);
        g_clear_object(&room->manager);
        g_clear_pointer(&room->error, g_free);
        g_hash_table_remove_all(room->leaving);
        g_list_store_remove_all(room->jobs);
        g_list_store_remove_all(room->hubs);
        g_list_store_remove_all(room->stations);
}

static void on_failed(UsherRoom *room, GError *error) {
        g_clear_object(&room->cancellable);
        g_dbus_error_strip_remote_error(error);
        room->error = g_strdup(error->message);
        set_state(room, USHER_ROOM_SILENT);
}

static void on_manager(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(UsherRoom) room = data;
        g_autoptr(GError) error = NULL;
        g_autoptr(GDBusProxy) proxy = g_dbus_proxy_new_finish(result, &error);
        g_autolist(GDBusObject) objects = NULL;

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (!proxy) {
                on_failed(room, error);
                return;
        }

        g_clear_object(&room->cancellable);
        set_manager(room, proxy);
        g_signal_connect_object(
                        room->client, "object-added", G_CALLBACK(on_object_added), room, G_CONNECT_SWAPPED);
        g_signal_connect_object(room->client, "object-removed", G_CALLBACK(on_object_removed), room,
                        G_CONNECT_SWAPPED);
        objects = g_dbus_object_manager_get_objects(room->client);
        add_all(room, objects);
        set_state(room, USHER_ROOM_READY);
}

/* sd-bus lists the objects below the manager, and not the manager. */
static void on_client(GObject *source, GAsyncResult *result, gpointer data) {
        g_autoptr(UsherRoom) room = data;
        g_autoptr(GError) error = NULL;
        GDBusObjectManager *client = g_dbus_object_manager_client_new_finish(result, &error);

        if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
                return;
        if (!client) {
                on_failed(room, error);
                return;
        }

        room->client = client;
        g_dbus_proxy_new(room->connection, G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START, NULL, USHER_BUS_NAME,
                        USHER_PATH, USHER_IFACE_MANAGER, room->cancellable, on_manager, g_object_ref(room));
}

static void look(UsherRoom *room) {
        forget(room);
        room->cancellable = g_cancellable_new();
        set_state(room, USHER_ROOM_LOADING);
        g_dbus_object_manager_client_new(room->connection,
                        G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, USHER_BUS_NAME, USHER_PATH,
                        NULL, NULL, NULL, room->cancellable, on_client, g_object_ref(room));
}

static void on_appeared(GDBusConnection *connection, const char *name, const char *owner, gpointer data) {
        look(data);
}

static void on_vanished(GDBusConnection *connection, const char *name, gpointer data) {
        forget(data);
        set_state(data, USHER_ROOM_ABSENT);
}

void usher_room_retry(UsherRoom *room) {
        if (room->state == USHER_ROOM_SILENT)
                look(room);
}

GDBusConnection *usher_room_get_connection(UsherRoom *room) {
        return room->connection;
}

UsherRoomState usher_room_get_state(UsherRoom *room) {
        return room->state;
}

const char *usher_room_get_error(UsherRoom *room) {
        return room->error;
}

UsherItem *usher_room_get_manager(UsherRoom *room) {
        return room->manager;
}

GListModel *usher_room_get_stations(UsherRoom *room) {
        return G_LIST_MODEL(room->stations);
}

GListModel *usher_room_get_jobs(UsherRoom *room) {
        return G_LIST_MODEL(room->jobs);
}

GListModel *usher_room_get_hubs(UsherRoom *room) {
        return G_LIST_MODEL(room->hubs);
}

UsherRoom *usher_room_new(GDBusConnection *connection) {
        return g_object_new(USHER_TYPE_ROOM, "connection", connection, NULL);
}

static void usher_room_constructed(GObject *object) {
        UsherRoom *room = USHER_ROOM(object);

        G_OBJECT_CLASS(usher_room_parent_class)->constructed(object);
        room->watch = g_bus_watch_name_on_connection(room->connection, USHER_BUS_NAME,
                        G_BUS_NAME_WATCHER_FLAGS_NONE, on_appeared, on_vanished, room, NULL);
}

static void usher_room_set_property(GObject *object, guint id, const GValue *value, GParamSpec *spec) {
        USHER_ROOM(object)->connection = g_value_dup_object(value);
}

static void usher_room_dispose(GObject *object) {
        UsherRoom *room = USHER_ROOM(object);

        if (room->watch)
                g_bus_unwatch_name(room->watch);
        room->watch = 0;
        forget(room);
        G_OBJECT_CLASS(usher_room_parent_class)->dispose(object);
}

static void usher_room_finalize(GObject *object) {
        UsherRoom *room = USHER_ROOM(object);

        g_clear_object(&room->stations);
        g_clear_object(&room->jobs);
        g_clear_object(&room->hubs);
        g_clear_pointer(&room->leaving, g_hash_table_unref);
        g_clear_object(&room->connection);
        G_OBJECT_CLASS(usher_room_parent_class)->finalize(object);
}

static void usher_room_class_init(UsherRoomClass *class) {
        GObjectClass *object = G_OBJECT_CLASS(class);

        object->constructed = usher_room_constructed;
        object->set_property = usher_room_set_property;
        object->dispose = usher_room_dispose;
        object->finalize = usher_room_finalize;

        props[PROP_CONNECTION] = g_param_spec_object("connection", NULL, NULL, G_TYPE_DBUS_CONNECTION,
                        G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
        g_object_class_install_properties(object, N_PROPS, props);
        signals[CHANGED] = g_signal_new("changed", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL,
                        NULL, NULL, G_TYPE_NONE, 0);
        signals[STATION_CHANGED] = g_signal_new("station-changed", G_TYPE_FROM_CLASS(class),
                        G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, USHER_TYPE_STATION);
        signals[JOB_ENDED] = g_signal_new("job-ended", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL,
                        NULL, NULL, G_TYPE_NONE, 2, USHER_TYPE_JOB, G_TYPE_STRING);
}

static void usher_room_init(UsherRoom *room) {
        room->stations = g_list_store_new(USHER_TYPE_STATION);
        room->jobs = g_list_store_new(USHER_TYPE_JOB);
        room->hubs = g_list_store_new(USHER_TYPE_HUB);
        room->leaving = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_object_unref);
}
