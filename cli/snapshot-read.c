/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "cli/snapshot-read.h"
#include "common/bus-util.h"
#include "common/names.h"
#include "common/timespan.h"

static int read_text(sd_bus_message *m, const char *contents, char **text) {
        const char *s;
        int r;

        r = sd_bus_message_read_basic(m, contents[0], &s);
        if (r < 0)
                return r;

        return string_replace(text, s);
}

static int read_list(sd_bus_message *m, const char *contents, char ***list) {
        char **read = NULL;
        const char *s;
        size_t n = 0;
        int r;

        r = sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, contents + 1);
        if (r < 0)
                return r;

        /* The list ends with NULL at every moment. */
        while ((r = sd_bus_message_read_basic(m, contents[1], &s)) > 0) {
                char **grown = reallocarray(read, n + 2, sizeof(char *));

                if (!grown) {
                        r = -ENOMEM;
                        break;
                }
                read = grown;
                read[n + 1] = NULL;
                read[n] = strdup(s);
                if (!read[n++]) {
                        r = -ENOMEM;
                        break;
                }
        }
        if (r < 0) {
                for (size_t i = 0; i < n; i++)
                        free(read[i]);
                free(read);
                return r;
        }

        *list = read;
        return sd_bus_message_exit_container(m);
}

static int read_user(sd_bus_message *m, SnapshotUser *user) {
        const char *name;
        int r;

        r = sd_bus_message_read(m, "(us)", &user->uid, &name);
        if (r < 0)
                return r;

        return string_replace(&user->name, name);
}

static int read_sessions(sd_bus_message *m, SnapshotSessions *sessions) {
        const char *id, *user, *type, *state;
        uint32_t uid;
        int r;

        r = sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, "(susss)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(m, "(susss)", &id, &uid, &user, &type, &state)) > 0) {
                SnapshotSession *grown = reallocarray(sessions->items, sessions->n + 1, sizeof(*grown));

                if (!grown)
                        return -ENOMEM;
                sessions->items = grown;
                grown += sessions->n++;

                *grown = (SnapshotSession) {
                        .id = strdup(id),
                        .uid = uid,
                        .user = strdup(user),
                        .type = strdup(type),
                        .state = strdup(state),
                };
                if (!grown->id || !grown->user || !grown->type || !grown->state)
                        return -ENOMEM;
        }
        if (r < 0)
                return r;

        return sd_bus_message_exit_container(m);
}

static int read_devices(sd_bus_message *m, SnapshotDevices *devices) {
        const char *kind, *syspath;
        int r;

        r = sd_bus_message_enter_container(m, SD_BUS_TYPE_ARRAY, "(ss)");
        if (r < 0)
                return r;

        while ((r = sd_bus_message_read(m, "(ss)", &kind, &syspath)) > 0) {
                SnapshotDevice *grown = reallocarray(devices->items, devices->n + 1, sizeof(*grown));

                if (!grown)
                        return -ENOMEM;
                devices->items = grown;
                grown += devices->n++;

                *grown = (SnapshotDevice) { .kind = strdup(kind), .syspath = strdup(syspath) };
                if (!grown->kind || !grown->syspath)
                        return -ENOMEM;
        }
        if (r < 0)
                return r;

        return sd_bus_message_exit_container(m);
}

typedef struct ReadObject {
        const SnapshotKind *kind;
        void *object;
} ReadObject;

static int read_property(sd_bus_message *m, const char *name, const char *contents, void *userdata) {
        ReadObject *o = userdata;
        int r;

        for (const SnapshotField *f = o->kind->fields; f < o->kind->fields + o->kind->n_fields; f++) {
                void *member = (char *) o->object + f->offset;

                if (!streq_ptr(f->name, name) || !streq(f->contents, contents))
                        continue;

                if (streq(contents, "s") || streq(contents, "o"))
                        r = read_text(m, contents, member);
                else if (streq(contents, "as") || streq(contents, "ao"))
                        r = read_list(m, contents, member);
                else if (streq(contents, "(us)"))
                        r = read_user(m, member);
                else if (streq(contents, "a(susss)"))
                        r = read_sessions(m, member);
                else if (streq(contents, "a(ss)"))
                        r = read_devices(m, member);
                else
                        r = sd_bus_message_read_basic(m, contents[0], member);

                return r < 0 ? r : 1;
        }

        return 0;
}

static int read_interface(sd_bus_message *m, Snapshot *s, const char *path) {
        static const SnapshotKind *const kinds[] = {
                &snapshot_kind_station,
                &snapshot_kind_hub,
                &snapshot_kind_job,
        };
        const char *interface;
        int r;

        r = sd_bus_message_read(m, "s", &interface);
        if (r < 0)
                return r;

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++)
                if (streq(kinds[i]->interface, interface)) {
                        ReadObject o = { .kind = kinds[i], .object = snapshot_add(s, kinds[i], path) };

                        if (!o.object)
                                return -ENOMEM;
                        return bus_message_read_properties(m, read_property, &o);
                }

        return sd_bus_message_skip(m, "a{sv}");
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

int snapshot_new_call(sd_bus *bus, sd_bus_message **ret) {
        return sd_bus_message_new_method_call(bus, ret, USHER_BUS_NAME, USHER_PATH,
                        "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");
}

int snapshot_new_from_reply(sd_bus_message *reply, Snapshot **ret) {
        _cleanup_(snapshot_freep) Snapshot *s = NULL;
        int r;

        s = calloc(1, sizeof(*s));
        if (!s)
                return -ENOMEM;
        s->taken = now_monotonic();

        r = string_replace(&s->owner, strempty(sd_bus_message_get_sender(reply)));
        if (r < 0)
                return r;

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

        r = snapshot_finish(s);
        if (r < 0)
                return r;

        *ret = TAKE_PTR(s);
        return 0;
}

int snapshot_read(sd_bus *bus, Snapshot **ret, sd_bus_error *ret_error) {
        _cleanup_bus_message_ sd_bus_message *m = NULL, *reply = NULL;
        int r;

        r = snapshot_new_call(bus, &m);
        if (r < 0)
                return sd_bus_error_set_errno(ret_error, r);

        r = sd_bus_call(bus, m, 0, ret_error, &reply);
        if (r < 0)
                return r;

        r = snapshot_new_from_reply(reply, ret);
        if (r < 0)
                return sd_bus_error_set_errno(ret_error, r);

        return 0;
}
