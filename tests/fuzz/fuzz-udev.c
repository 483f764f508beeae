/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* From udev's properties to hubs and seats. The functions of libudev are replaced by those below. The input
 * is lines:
 *
 *     +NAME SUBSYSTEM DEVTYPE    a device below /sys/devices, with what follows
 *     ^NAME                      the USB device that it is a part of
 *     #TAG
 *     KEY=VALUE                  a property
 *     .NAME=VALUE                an attribute in sysfs
 *     >NAME                      the other port of its connector
 *     -NAME                      the device is gone
 *     !                          everything is settled
 *     <                          another enumeration begins, and ends with the next one */

#include "common/seat-id.h"
#include "common/text.h"
#include "fuzz.h"
#include "hub/device-info.h"
#include "hub/topology.h"
#include "message.h"

#define FIELDS_MAX 32U
#define SYS "/sys/devices/"

struct udev_device {
        char *syspath;
        char *subsystem;
        char *devtype;
        char *parent;
        char *port;
        char *fields[FIELDS_MAX]; /* "#TAG", "KEY=VALUE", ".NAME=VALUE" */
        size_t n_fields;
        struct udev_device *usb;
};

static char *peer_port;

static const char *get_field(struct udev_device *d, const char *prefix, const char *name) {
        size_t n = strlen(name);

        for (size_t i = 0; i < d->n_fields; i++) {
                const char *field = startswith(d->fields[i], prefix);

                if (field && strncmp(field, name, n) == 0 && field[n] == '=')
                        return field + n + 1;
        }

        return NULL;
}

const char *udev_device_get_syspath(struct udev_device *d) {
        return d->syspath;
}

const char *udev_device_get_sysname(struct udev_device *d) {
        return strrchr(d->syspath, '/') + 1;
}

const char *udev_device_get_subsystem(struct udev_device *d) {
        return d->subsystem;
}

const char *udev_device_get_devtype(struct udev_device *d) {
        return d->devtype;
}

const char *udev_device_get_property_value(struct udev_device *d, const char *name) {
        return get_field(d, "", name);
}

const char *udev_device_get_sysattr_value(struct udev_device *d, const char *name) {
        return get_field(d, ".", name);
}

int udev_device_get_is_initialized(struct udev_device *d) {
        return !get_field(d, "", "NEW");
}

int udev_device_has_current_tag(struct udev_device *d, const char *tag) {
        for (size_t i = 0; i < d->n_fields; i++)
                if (d->fields[i][0] == '#' && streq(d->fields[i] + 1, tag))
                        return 1;

        return 0;
}

struct udev_device *udev_device_get_parent_with_subsystem_devtype(
                struct udev_device *d, const char *subsystem, const char *devtype) {

        return d->usb;
}

int __wrap_access(const char *path, int mode);
char *__wrap_realpath(const char *path, char *resolved);

int __wrap_access(const char *path, int mode) {
        return 0;
}

char *__wrap_realpath(const char *path, char *resolved) {
        errno = ENOENT;
        return peer_port ? strdup(peer_port) : NULL;
}

static char *make_path(const char *name) {
        char *path;

        assert(asprintf(&path, SYS "%s", name) >= 0);
        return path;
}

static char *copy(const char *s) {
        char *c = strdup(s);

        assert(c);
        return c;
}

static void device_read(struct udev_device *d, const char *line) {
        _cleanup_free_ char *words = copy(line);
        char *next = words, *name = strsep(&next, " ");

        *d = (struct udev_device) {
                .syspath = make_path(name),
                .subsystem = copy(strempty(strsep(&next, " "))),
                .devtype = next ? copy(next) : NULL,
        };
}

static void device_clear(struct udev_device *d) {
        free(d->syspath);
        free(d->subsystem);
        free(d->devtype);
        free(d->parent);
        free(d->port);
        for (size_t i = 0; i < d->n_fields; i++)
                free(d->fields[i]);
        *d = (struct udev_device) {};
}

static void device_take_line(struct udev_device *d, const char *line) {
        if (line[0] == '^') {
                free(d->parent);
                d->parent = make_path(line + 1);
        } else if (line[0] == '>') {
                free(d->port);
                d->port = make_path(line + 1);
        } else if (d->n_fields < FIELDS_MAX)
                d->fields[d->n_fields++] = copy(line);
}

/* What was read so far of a device becomes one. */
static void device_apply(struct udev_device *d, Topology *t) {
        struct udev_device usb = { .syspath = d->parent, .subsystem = (char *) "usb" };
        DeviceInfo info = {};

        d->usb = d->parent ? &usb : NULL;
        peer_port = d->port;
        if (d->syspath && device_info_from_udev(&info, d) > 0) {
                assert(!info.seat || seat_id_is_valid(info.seat));
                assert(text_is_utf8(info.vendor) && strlen(info.vendor) <= DEVICE_TEXT_MAX);
                assert(text_is_utf8(info.product) && strlen(info.product) <= DEVICE_TEXT_MAX);
                assert(topology_apply(t, &info) >= 0);
                device_info_done(&info);
        }
        device_clear(d);
}

/* ---- what follows from them ---- */

static void on_hub(const Hub *h, void *userdata) {
        Topology *t = userdata;

        /* The kernel gives no two USB devices the same name; here there may be. */
        assert(topology_find_hub(t, h->id) && topology_find_hub(t, h->syspath) == h);
}

static void on_hub_changed(const Hub *h, unsigned mask, void *userdata) {
        assert(mask != 0);
        on_hub(h, userdata);
}

static void on_seat(const char *seat, unsigned mask, void *userdata) {
        assert(seat_id_is_valid(seat) && mask != 0);
}

static void check(Topology *t) {
        for (size_t i = 0; i < topology_n_hubs(t); i++) {
                const Hub *h = topology_hub_at(t, i);
                bool parent_seen = !h->parent;

                assert(hub_role_to_string(h->role) && (!h->seat || topology_find_seat(t, h->seat)));
                for (size_t k = 0; k < i; k++) {
                        assert(!streq(topology_hub_at(t, k)->syspath, h->syspath));
                        parent_seen = parent_seen || topology_hub_at(t, k) == h->parent;
                }
                assert(parent_seen);
        }

        for (size_t i = 0; i < topology_n_seats(t); i++) {
                const TopologySeat *s = topology_seat_at(t, i);

                assert(topology_find_seat(t, s->id) == s);
                for (size_t k = 0; k < s->devices.n_entries; k++)
                        assert(device_kind_to_string(s->devices.entries[k].kind));
        }
}

static void settle(Topology *t) {
        static const TopologyEvents events = {
                .hub_removed = on_hub,
                .hub_added = on_hub,
                .hub_changed = on_hub_changed,
                .seat_changed = on_seat,
        };

        assert(topology_settle(t, &events, t) == 0);
        check(t);
}

static void run_line(Topology *t, struct udev_device *d, const char *line, bool *snapshot) {
        if (!strchr("+-!<", line[0])) {
                device_take_line(d, line);
                return;
        }

        device_apply(d, t);
        if (line[0] == '+')
                device_read(d, line + 1);
        else if (line[0] == '-') {
                _cleanup_free_ char *path = make_path(line + 1);

                (void) topology_remove(t, path);
        } else if (line[0] == '!')
                settle(t);
        else {
                if (*snapshot)
                        topology_end_snapshot(t);
                else
                        topology_begin_snapshot(t);
                *snapshot = !*snapshot;
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_(topology_freep) Topology *t = NULL;
        struct udev_device d = {};
        bool snapshot = false;
        const char *line;
        Lines lines;

        assert(topology_new(&t) >= 0);
        lines_init(&lines, data, size);
        while ((line = lines_next(&lines)))
                run_line(t, &d, line, &snapshot);
        device_apply(&d, t);
        if (snapshot)
                topology_end_snapshot(t);
        settle(t);
        lines_done(&lines);
        return 0;
}
