/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A snapshot from usherd's reply to GetManagedObjects. A new property is one member of a struct and one
 * line here. */

#include "cli/snapshot.h"
#include "common/bus-util.h"
#include "common/names.h"
#include "common/timespan.h"

static int read_text(sd_bus_message *m, const char *contents, const char **ret) {
        if (!streq(contents, "s") && !streq(contents, "o"))
                return 0;

        return sd_bus_message_read_basic(m, contents[0], ret);
}

static int read_u32(sd_bus_message *m, const char *contents, uint32_t *ret) {
        return streq(contents, "u") ? sd_bus_message_read_basic(m, 'u', ret) : 0;
}

static int read_u64(sd_bus_message *m, const char *contents, uint64_t *ret) {
        return streq(contents, "t") ? sd_bus_message_read_basic(m, 't', ret) : 0;
}

static int read_user(sd_bus_message *m, const char *contents, SnapshotUser *ret) {
        return streq(contents, "(us)") ? sd_bus_message_read(m, contents, &ret->uid, &ret->name) : 0;
}

typedef int (*ReadItem)(sd_bus_message *m, const char *contents, void *item);

/* Reads an array. There is always room for one item more than there are. */
static int read_array(sd_bus_message *m,
                const char *contents,
                ReadItem read_item,
                size_t size,
                void **items,
                size_t *n) {

        void *grown;
        int r;

        r = sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, contents);
        if (r < 0)
                return r;

        do {
                grown = reallocarray(*items, *n + 1, size);
                if (!grown)
                        return -ENOMEM;

                *items = grown;
                r = read_item(m, contents, (char *) grown + *n * size);
                if (r < 0)
                        return r;
                *n += r > 0;
        } while (r > 0);

        r = sd_bus_message_exit_container(m);
        return r < 0 ? r : 1;
}

static int read_list_item(sd_bus_message *m, const char *contents, void *item) {
        return sd_bus_message_read_basic(m, contents[0], item);
}

static int read_session(sd_bus_message *m, const char *contents, void *item) {
        SnapshotSession *s = item;

        return sd_bus_message_read(m, contents, &s->id, &s->uid, &s->user, &s->type, &s->state);
}

static int read_device(sd_bus_message *m, const char *contents, void *item) {
        SnapshotDevice *d = item;

        return sd_bus_message_read(m, contents, &d->kind, &d->syspath);
}

static int read_list(sd_bus_message *m, const char *contents, SnapshotList *list) {
        if (!streq(contents, "as") && !streq(contents, "ao"))
                return 0;

        return read_array(m, contents + 1, read_list_item, sizeof(*list->items), (void **) &list->items,
                        &list->n);
}

static int read_sessions(sd_bus_message *m, const char *contents, SnapshotSessions *sessions) {
        if (!streq(contents, "a(susss)"))
                return 0;

        return read_array(m, contents + 1, read_session, sizeof(*sessions->items),
                        (void **) &sessions->items, &sessions->n);
}

static int read_devices(sd_bus_message *m, const char *contents, SnapshotDevices *devices) {
        if (!streq(contents, "a(ss)"))
                return 0;

        return read_array(m, contents + 1, read_device, sizeof(*devices->items), (void **) &devices->items,
                        &devices->n);
}

static int read_station(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        SnapshotStation *s = userdata;

        if (streq(name, "Id"))
                return read_text(m, contents, &s->id);
        if (streq(name, "Label"))
                return read_text(m, contents, &s->label);
        if (streq(name, "State"))
                return read_text(m, contents, &s->state);
        if (streq(name, "Health"))
                return read_text(m, contents, &s->health);
        if (streq(name, "ActiveSession"))
                return read_text(m, contents, &s->active_session);
        if (streq(name, "ActiveUser"))
                return read_user(m, contents, &s->active_user);
        if (streq(name, "Sessions"))
                return read_sessions(m, contents, &s->sessions);
        if (streq(name, "Hubs"))
                return read_list(m, contents, &s->hubs);
        if (streq(name, "Displays"))
                return read_list(m, contents, &s->displays);
        if (streq(name, "Devices"))
                return read_devices(m, contents, &s->devices);
        if (streq(name, "IdleSinceHint"))
                return read_u64(m, contents, &s->idle_since);
        if (streq(name, "Jobs"))
                return read_list(m, contents, &s->jobs);

        return 0;
}

static int read_hub(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        SnapshotHub *h = userdata;

        if (streq(name, "Id"))
                return read_text(m, contents, &h->id);
        if (streq(name, "SysPath"))
                return read_text(m, contents, &h->syspath);
        if (streq(name, "Role"))
                return read_text(m, contents, &h->role);
        if (streq(name, "Vendor"))
                return read_text(m, contents, &h->vendor);
        if (streq(name, "Product"))
                return read_text(m, contents, &h->product);
        if (streq(name, "Parent"))
                return read_text(m, contents, &h->parent);
        if (streq(name, "Station"))
                return read_text(m, contents, &h->station);
        if (streq(name, "Devices"))
                return read_devices(m, contents, &h->devices);

        return 0;
}

static int read_job(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        SnapshotJob *j = userdata;

        if (streq(name, "Number"))
                return read_u32(m, contents, &j->number);
        if (streq(name, "Station"))
                return read_text(m, contents, &j->station);
        if (streq(name, "Session"))
                return read_text(m, contents, &j->session);
        if (streq(name, "User"))
                return read_user(m, contents, &j->user);
        if (streq(name, "Reason"))
                return read_text(m, contents, &j->reason);
        if (streq(name, "Message"))
                return read_text(m, contents, &j->message);
        if (streq(name, "StartedBy"))
                return read_user(m, contents, &j->started_by);
        if (streq(name, "Phase"))
                return read_text(m, contents, &j->phase);
        if (streq(name, "Deadline"))
                return read_u64(m, contents, &j->deadline);
        if (streq(name, "Remaining"))
                return read_u64(m, contents, &j->remaining);
        if (streq(name, "Warned"))
                return read_text(m, contents, &j->warned);
        if (streq(name, "TimeRequested"))
                return read_u32(m, contents, &j->time_requested);
        if (streq(name, "Result"))
                return read_text(m, contents, &j->result);

        return 0;
}

static int read_interface(sd_bus_message *m, Snapshot *s, const char *path) {
        BusPropertyFunc read_property;
        const char *interface;
        void *object;
        int r;

        r = sd_bus_message_read(m, "s", &interface);
        if (r < 0)
                return r;

        if (streq(interface, USHER_IFACE_STATION)) {
                object = snapshot_add_station(s, path);
                read_property = read_station;
        } else if (streq(interface, USHER_IFACE_HUB)) {
                object = snapshot_add_hub(s, path);
                read_property = read_hub;
        } else if (streq(interface, USHER_IFACE_JOB)) {
                object = snapshot_add_job(s, path);
                read_property = read_job;
        } else
                return sd_bus_message_skip(m, "a{sv}");

        return object ? bus_message_read_properties(m, read_property, object) : -ENOMEM;
}

static int read_object(sd_bus_message *m, Snapshot *s) {
        const char *path;
        int r;

        r = sd_bus_message_read(m, "o", &path);
        if (r < 0)
                return r;

        r = sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, "{sa{sv}}");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_enter_container(m, SD_BUS_TYPE_DICT_ENTRY, "sa{sv}")) > 0) {
                r = read_interface(m, s, path);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(m);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;

        return sd_bus_message_exit_container(m);
}

int snapshot_new_from_reply(sd_bus_message *reply, Snapshot **ret) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        int r;

        s = calloc(1, sizeof(*s));
        if (!s)
                return -ENOMEM;
        *s = (Snapshot) { .reply = sd_bus_message_ref(reply), .taken = now_monotonic() };

        r = sd_bus_message_enter_container(reply, SD_BUS_TYPE_ARRAY, "{oa{sa{sv}}}");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_enter_container(reply, SD_BUS_TYPE_DICT_ENTRY, "oa{sa{sv}}")) > 0) {
                r = read_object(reply, s);
                if (r < 0)
                        return r;
                r = sd_bus_message_exit_container(reply);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return r;

        snapshot_sort(s);
        *ret = TAKE_PTR(s);
        return 0;
}
