/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Hubs and stations as schools build them. Devices are written as the kernel names them: hub("1-1.2") is
 * what is plugged into port 2 of the hub in port 1 of the root hub usb1, and its place in sysfs follows from
 * that. */

#include <glib.h>

#include "topology.h"

#define CONTROLLER "/sys/devices/pci0000:00/0000:00:14.0"

typedef struct Room {
        Topology *topology;
        GString *told; /* what the last settle() told, "+1-1 1-2:role seat0:devices" */
        unsigned last_input;
} Room;

static void on_removed(const Hub *h, void *userdata) {
        Room *room = userdata;

        g_assert_true(topology_find_hub(room->topology, h->id) == h);
        if (h->parent)
                g_assert_true(topology_find_hub(room->topology, h->parent->id) == h->parent);
        g_string_append_printf(room->told, "-%s ", h->id);
}

static void on_added(const Hub *h, void *userdata) {
        Room *room = userdata;

        g_assert_true(topology_find_hub(room->topology, h->id) == h);
        g_string_append_printf(room->told, "+%s ", h->id);
}

static void append_mask(GString *s, const char *id, unsigned mask, const char *const *names) {
        g_string_append_printf(s, "%s:", id);
        for (unsigned i = 0; names[i]; i++)
                if (mask & (1U << i))
                        g_string_append_printf(s, "%s%s", s->str[s->len - 1] == ':' ? "" : ",", names[i]);
        g_string_append_c(s, ' ');
}

static void on_changed(const Hub *h, unsigned mask, void *userdata) {
        static const char *const names[] = { "role", "station", "devices", "parent", "text", "peer", NULL };

        append_mask(((Room *) userdata)->told, h->id, mask, names);
}

static void on_seat(const char *seat, unsigned mask, void *userdata) {
        static const char *const names[] = { "hubs", "devices", "equipment", "lost", NULL };

        append_mask(((Room *) userdata)->told, seat, mask, names);
}

static const TopologyEvents events = {
        .hub_removed = on_removed,
        .hub_added = on_added,
        .hub_changed = on_changed,
        .seat_changed = on_seat,
};

static const char *settle(Room *room) {
        g_string_truncate(room->told, 0);
        g_assert_cmpint(topology_settle(room->topology, &events, room), >=, 0);
        if (room->told->len > 0)
                g_string_truncate(room->told, room->told->len - 1);

        return room->told->str;
}

static void set_up(Room *room, const void *data) {
        g_assert_cmpint(topology_new(&room->topology), ==, 0);
        room->told = g_string_new(NULL);
}

static void tear_down(Room *room, const void *data) {
        topology_free(room->topology);
        g_string_free(room->told, TRUE);
}

/* "1-1.2" -> ".../usb1/1-1/1-1.2". Whoever wants another controller gives the whole path. */
static char *path_of(const char *name) {
        GString *path;

        if (name[0] == '/')
                return g_strdup(name);
        if (g_str_has_prefix(name, "usb"))
                return g_strdup_printf(CONTROLLER "/%s", name);

        path = g_string_new(NULL);
        g_string_printf(path, CONTROLLER "/usb%.*s", (int) strcspn(name, "-"), name);
        for (const char *p = name; *p; p++)
                if (p[1] == '.' || p[1] == '\0')
                        g_string_append_printf(path, "/%.*s", (int) (p + 1 - name), name);

        return g_string_free(path, FALSE);
}

/* What a device is made of here; seat is NULL for none that udev knows, which means seat0. */
typedef struct What {
        const char *name;
        const char *seat;
        unsigned flags;
        unsigned speed;
        const char *peer;
        const char *usb;       /* the USB device that it is a part of */
        const char *subsystem; /* of a part */
        const char *product;
} What;

static int put(Room *room, const What *w) {
        g_autofree char *usb = w->usb ? path_of(w->usb) : NULL, *sysname = NULL;
        DeviceFacts f = { .flags = w->flags | DEVICE_HAS_SEAT_TAG, .usb_speed = w->speed };
        int r;

        f.syspath = w->usb && w->name[0] != '/' ? g_strdup_printf("%s/%s", usb, w->name) : path_of(w->name);
        f.sysname = sysname = g_path_get_basename(f.syspath);
        f.subsystem = (char *) (w->subsystem ? w->subsystem : "usb");
        f.devtype = (char *) (w->subsystem ? NULL : "usb_device");
        f.usb_path = w->usb ? usb : w->subsystem ? NULL : f.syspath;
        f.usb_peer = (char *) w->peer;
        g_assert_cmpint(device_facts_set_seat(&f, w->seat), >=, 0);
        g_assert_cmpint(device_facts_set_text(&f, "Works", w->product), ==, 0);

        r = topology_apply(room->topology, &f);

        g_free(f.syspath);
        free(f.seat);
        free(f.vendor);
        free(f.product);
        return r;
}

static void hub_at(Room *room, const char *name, const char *seat) {
        (void) put(room, &(What){ .name = name, .seat = seat, .flags = DEVICE_IS_HUB, .speed = 480 });
}

static void hub(Room *room, const char *name) {
        hub_at(room, name, NULL);
}

static void half(Room *room, const char *name, unsigned speed, const char *peer) {
        (void) put(room, &(What){ .name = name, .flags = DEVICE_IS_HUB, .speed = speed, .peer = peer });
}

/* The USB device and the input device in it. */
static void input(Room *room, const char *name, const char *seat, unsigned flags) {
        g_autofree char *part = g_strdup_printf("%s:1.0/input/input%s", name, name);

        (void) put(room, &(What){ .name = name, .seat = seat, .flags = DEVICE_IS_OTHER });
        (void) put(room,
                        &(What){ .name = part,
                                        .seat = seat,
                                        .flags = flags,
                                        .usb = name,
                                        .subsystem = "input" });
}

static void keyboard_at(Room *room, const char *name, const char *seat) {
        input(room, name, seat, DEVICE_IS_KEYBOARD);
}

static void keyboard(Room *room, const char *name) {
        keyboard_at(room, name, NULL);
}

static void mouse_at(Room *room, const char *name, const char *seat) {
        input(room, name, seat, DEVICE_IS_POINTER);
}

static void mouse(Room *room, const char *name) {
        mouse_at(room, name, NULL);
}

static void unplug(Room *room, const char *name) {
        g_autofree char *path = path_of(name), *below = g_strdup_printf("%s/", path);
        g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
        const TopologySeat *s;

        /* As the kernel: what is below goes first. */
        for (size_t i = 0; i < topology_n_seats(room->topology); i++) {
                s = topology_seat_at(room->topology, i);
                for (size_t j = 0; j < s->devices.n_entries; j++)
                        if (g_str_has_prefix(s->devices.entries[j].syspath, below))
                                g_ptr_array_add(gone, g_strdup(s->devices.entries[j].syspath));
        }
        for (guint i = gone->len; i > 0; i--)
                (void) topology_remove(room->topology, gone->pdata[i - 1]);
        g_assert_cmpint(topology_remove(room->topology, path), ==, 1);
}

static const Hub *find(Room *room, const char *id) {
        const Hub *h = topology_find_hub(room->topology, id);

        g_assert_nonnull(h);
        return h;
}

static void check_hub(Room *room, const char *id, const char *role, const char *seat) {
        const Hub *h = find(room, id);

        g_assert_cmpstr(hub_role_to_string(h->role), ==, role);
        g_assert_cmpstr(h->seat, ==, seat);
}

/* "keyboard 1-1.2:1.0/input/input..." would be long: kinds only. */
static char *kinds_of(const DeviceList *l) {
        GString *s = g_string_new(NULL);

        for (size_t i = 0; i < l->n_entries; i++)
                g_string_append_printf(
                                s, "%s%s", i > 0 ? " " : "", device_kind_to_string(l->entries[i].kind));

        return g_string_free(s, FALSE);
}

static void check_kinds(const DeviceList *l, const char *kinds) {
        g_autofree char *s = kinds_of(l);

        g_assert_cmpstr(s, ==, kinds);
}

/* The hubs as they are listed: "usb1 1-1 1-1.2". */
static char *order(Room *room) {
        GString *s = g_string_new(NULL);

        for (size_t i = 0; i < topology_n_hubs(room->topology); i++)
                g_string_append_printf(s, "%s%s", i > 0 ? " " : "", topology_hub_at(room->topology, i)->id);

        return g_string_free(s, FALSE);
}

static void check_order(Room *room, const char *expected) {
        g_autofree char *s = order(room);

        g_assert_cmpstr(s, ==, expected);
}

static void test_nothing(Room *room, const void *data) {
        g_assert_cmpstr(settle(room), ==, "");
        g_assert_cmpuint(topology_n_hubs(room->topology), ==, 0);
        g_assert_cmpuint(topology_n_seats(room->topology), ==, 0);
        g_assert_null(topology_find_hub(room->topology, "1-1"));
        g_assert_null(topology_find_seat(room->topology, "seat0"));
        g_assert_cmpint(topology_remove(room->topology, "/sys/devices/none"), ==, 0);
}

static void test_hub_with_keyboard(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        mouse(room, "1-1.2");
        g_assert_cmpstr(settle(room), ==, "+usb1 +1-1 seat0:hubs,devices,equipment");

        check_hub(room, "usb1", "root", "seat0");
        check_hub(room, "1-1", "station", "seat0");
        g_assert_null(find(room, "usb1")->parent);
        g_assert_true(find(room, "1-1")->parent == find(room, "usb1"));
        check_kinds(&find(room, "usb1")->devices, "hub");
        check_kinds(&find(room, "1-1")->devices, "keyboard pointer");
        g_assert_cmpstr(find(room, "1-1")->vendor, ==, "Works");

        /* Nothing new: nothing told. */
        keyboard(room, "1-1.1");
        g_assert_cmpstr(settle(room), ==, "");
}

static void test_hub_in_hub_in_hub(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        hub(room, "1-1.4");
        hub(room, "1-1.4.2");
        keyboard(room, "1-1.4.2.1");
        mouse(room, "1-1.4.2.2");
        (void) settle(room);

        check_hub(room, "1-1", "intermediate", "seat0");
        check_hub(room, "1-1.4", "intermediate", "seat0");
        check_hub(room, "1-1.4.2", "station", "seat0");
        check_order(room, "usb1 1-1 1-1.4 1-1.4.2");
}

static void test_downstream(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        hub(room, "1-1.2");
        hub(room, "1-1.2.1");
        mouse(room, "1-1.2.2");
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
        check_hub(room, "1-1.2", "downstream", "seat0");
        check_hub(room, "1-1.2.1", "downstream", "seat0");
}

static void test_hub_without_keyboard(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        mouse(room, "1-1.1");
        (void) settle(room);

        check_hub(room, "1-1", "shared", "seat0");

        keyboard(room, "1-1.2");
        g_assert_cmpstr(settle(room), ==, "1-1:role,devices seat0:devices,equipment");
        check_hub(room, "1-1", "station", "seat0");
}

static void test_keyboard_on_root_hub(Room *room, const void *data) {
        hub(room, "usb1");
        keyboard(room, "1-1");
        hub(room, "1-2");
        (void) settle(room);

        check_hub(room, "usb1", "root", "seat0");
        check_hub(room, "1-2", "shared", "seat0");
        check_kinds(&find(room, "usb1")->devices, "keyboard hub");
}

/* The hub under the desk has the mouse; the keyboard in it has two ports of its own. */
static void test_keyboard_with_hub_inside(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        mouse(room, "1-1.1");
        hub(room, "1-1.2");
        keyboard(room, "1-1.2.1");
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
        check_hub(room, "1-1.2", "downstream", "seat0");
}

/* The hub says itself that the keyboard cannot be taken off, wherever the mouse is. */
static void test_keyboard_with_hub_inside_fixed(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        hub(room, "1-1.2");
        input(room, "1-1.2.1", NULL, DEVICE_IS_KEYBOARD | DEVICE_IS_FIXED);
        mouse(room, "1-1.2.2");
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
        check_hub(room, "1-1.2", "downstream", "seat0");
}

/* Without a hub under the desk, the one inside is all there is. */
static void test_keyboard_with_hub_inside_alone(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        input(room, "1-1.1", NULL, DEVICE_IS_KEYBOARD | DEVICE_IS_FIXED);
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
}

/* One hub for a whole table of such keyboards is nobody's station hub. */
static void test_keyboards_with_hubs_inside(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        mouse(room, "1-1.4");
        for (unsigned i = 1; i <= 3; i++) {
                g_autofree char *inside = g_strdup_printf("1-1.%u", i),
                                *keys = g_strdup_printf("1-1.%u.1", i);

                hub(room, inside);
                input(room, keys, NULL, DEVICE_IS_KEYBOARD | DEVICE_IS_FIXED);
        }
        (void) settle(room);

        check_hub(room, "1-1", "intermediate", "seat0");
        check_hub(room, "1-1.1", "station", "seat0");
        check_hub(room, "1-1.3", "station", "seat0");
}

/* The hub under the desk was attached to a seat, and only the keyboard is behind the second one. */
static void test_keyboard_with_hub_inside_attached(Room *room, const void *data) {
        hub(room, "usb1");
        hub_at(room, "1-1", "seat-a");
        hub_at(room, "1-1.2", "seat-a");
        keyboard_at(room, "1-1.2.1", "seat-a");
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat-a");
        check_hub(room, "1-1.2", "downstream", "seat-a");
}

/* What says that it cannot be taken off may be a whole station in one box, with its display: no keyboard. */
static void test_zero_client_box(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        hub(room, "1-1.1");
        input(room, "1-1.1.1", NULL, DEVICE_IS_KEYBOARD | DEVICE_IS_FIXED);
        (void) put(room, &(What){ .name = "1-1.1.2", .flags = DEVICE_IS_OTHER });
        (void) put(room,
                        &(What){ .name = "1-1.1.2:1.0/drm/card1",
                                        .usb = "1-1.1.2",
                                        .subsystem = "drm",
                                        .flags = DEVICE_IS_DISPLAY });
        (void) settle(room);

        check_hub(room, "1-1", "intermediate", "seat0");
        check_hub(room, "1-1.1", "station", "seat0");
}

static void test_chained_stations(Room *room, const void *data) {
        hub(room, "usb1");
        hub_at(room, "1-1", "seat-a");
        keyboard_at(room, "1-1.1", "seat-a");
        hub_at(room, "1-1.2", "seat-a");
        hub_at(room, "1-1.2.1", "seat-b");
        keyboard_at(room, "1-1.2.1.1", "seat-b");
        hub_at(room, "1-1.2.1.2", "seat-b");
        (void) settle(room);

        check_hub(room, "usb1", "root", NULL);
        check_hub(room, "1-1", "station", "seat-a");
        check_hub(room, "1-1.2", "intermediate", NULL);
        check_hub(room, "1-1.2.1", "station", "seat-b");
        check_hub(room, "1-1.2.1.2", "downstream", "seat-b");
}

static void test_chained_stations_of_one_seat(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        hub(room, "1-1.2");
        keyboard(room, "1-1.2.1");
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
        check_hub(room, "1-1.2", "station", "seat0");
}

static void test_attached_at_hub(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        hub_at(room, "1-1.1", "seat-a");
        keyboard_at(room, "1-1.1.1", "seat-a");
        hub_at(room, "1-1.2", "seat-b"); /* its keyboard is broken */
        (void) settle(room);

        check_hub(room, "usb1", "root", NULL);
        check_hub(room, "1-1", "intermediate", NULL);
        check_hub(room, "1-1.1", "station", "seat-a");
        check_hub(room, "1-1.2", "station", "seat-b");
}

/* A hub below an attached one that was given back to seat0. */
static void test_attached_back(Room *room, const void *data) {
        hub(room, "usb1");
        hub_at(room, "1-1", "seat-a");
        keyboard_at(room, "1-1.1", "seat-a");
        hub_at(room, "1-1.2", "seat0");
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat-a");
        check_hub(room, "1-1.2", "station", "seat0");
}

static void test_attached_at_port(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard_at(room, "1-1.1", "seat-a");
        mouse_at(room, "1-1.2", "seat-a");
        (void) settle(room);

        /* Nothing else is on it: it is that seat's, whatever udev says of an empty port. */
        check_hub(room, "1-1", "station", "seat-a");
        check_hub(room, "usb1", "root", NULL);

        /* Two seats share it. */
        keyboard(room, "1-1.3");
        g_assert_cmpstr(settle(room), ==, "1-1:station,devices seat-a:hubs seat0:hubs,devices,equipment");
        check_hub(room, "1-1", "station", "seat0");

        /* Two seats share it, and it is neither's own. */
        keyboard_at(room, "1-1.3", "seat-b");
        (void) settle(room);
        check_hub(room, "1-1", "station", NULL);
}

static void test_attached_at_controller(Room *room, const void *data) {
        hub_at(room, "usb1", "seat-pci-pci-0000_00_11_0");
        hub_at(room, "1-1", "seat-pci-pci-0000_00_11_0");
        keyboard_at(room, "1-1.1", "seat-pci-pci-0000_00_11_0");
        hub_at(room, "1-2", "seat-pci-pci-0000_00_11_0");
        (void) settle(room);

        check_hub(room, "usb1", "root", "seat-pci-pci-0000_00_11_0");
        check_hub(room, "1-1", "station", "seat-pci-pci-0000_00_11_0");
        check_hub(room, "1-2", "shared", "seat-pci-pci-0000_00_11_0");
}

static void test_two_keyboards(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        keyboard(room, "1-1.2");
        hub(room, "1-2");
        keyboard(room, "1-2.1");
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
        check_hub(room, "1-2", "station", "seat0");
        check_kinds(&topology_find_seat(room->topology, "seat0")->devices,
                        "hub hub keyboard keyboard hub keyboard");
}

static void test_usb3_halves(Room *room, const void *data) {
        half(room, "usb1", 480, NULL);
        half(room, "usb2", 10000, NULL);
        half(room, "1-3", 480, "2-1"); /* the two buses number their ports as they like */
        half(room, "2-1", 5000, "1-3");
        half(room, "1-3.4", 480, "2-1.4");
        half(room, "2-1.4", 5000, "1-3.4");
        keyboard(room, "1-3.4.1");
        (void) put(room, &(What){ .name = "2-1.4.2", .flags = DEVICE_IS_OTHER });
        (void) put(room,
                        &(What){ .name = "2-1.4.2:1.0/sound/card1",
                                        .usb = "2-1.4.2",
                                        .subsystem = "sound",
                                        .flags = DEVICE_IS_SOUND });
        (void) settle(room);

        check_order(room, "usb1 1-3 1-3.4");
        check_hub(room, "1-3.4", "station", "seat0");
        check_kinds(&find(room, "1-3.4")->devices, "keyboard sound");
        check_kinds(&find(room, "1-3")->devices, "hub");
        g_assert_cmpstr(find(room, "1-3.4")->peer_id, ==, "2-1.4");

        /* Either half is the hub. */
        g_assert_true(find(room, "2-1.4") == find(room, "1-3.4"));
        g_assert_true(find(room, find(room, "1-3")->peer_syspath) == find(room, "1-3"));
        g_assert_true(find(room, "usb2") == find(room, "usb1"));
}

/* The halves come one after the other, in either order. */
static void test_usb3_halves_in_turn(Room *room, const void *data) {
        half(room, "usb1", 480, NULL);
        half(room, "usb2", 5000, NULL);
        half(room, "2-1", 5000, "1-1");
        g_assert_cmpstr(settle(room), ==, "+usb1 +2-1 seat0:hubs,devices");

        half(room, "1-1", 480, NULL);
        g_assert_cmpstr(settle(room), ==, "-2-1 +1-1 usb1:devices seat0:hubs,devices");

        unplug(room, "2-1");
        g_assert_cmpstr(settle(room), ==, "1-1:peer");
}

/* Two hubs that are no halves of each other: of one speed, or of no speed known, or no twins. */
static void test_usb3_no_halves(Room *room, const void *data) {
        half(room, "usb1", 480, NULL);
        half(room, "/sys/devices/pci0000:00/0000:00:15.0/usb2", 5000, NULL);
        half(room, "1-1", 480, "1-2");
        half(room, "1-2", 480, "1-1");
        half(room, "/sys/devices/pci0000:00/0000:00:15.0/usb2/2-1", 5000, NULL);
        (void) settle(room);

        check_order(room, "usb1 1-1 1-2 usb2 2-1");
}

/* One half was attached, as the hub of one USB 2 device; the whole hub is meant. */
static void test_usb3_one_half_attached(Room *room, const void *data) {
        half(room, "usb1", 480, NULL);
        half(room, "usb2", 5000, NULL);
        half(room, "1-1", 480, "2-1");
        (void) put(room, &(What){ .name = "2-1", .seat = "seat-a", .flags = DEVICE_IS_HUB, .speed = 5000 });
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat-a");
}

static void test_ps2_keyboard(Room *room, const void *data) {
        (void) put(room,
                        &(What){ .name = "/sys/devices/platform/i8042/serio0/input/input0",
                                        .subsystem = "input",
                                        .flags = DEVICE_IS_KEYBOARD });
        (void) put(room,
                        &(What){ .name = "/sys/devices/pci0000:00/0000:00:02.0/drm/card0",
                                        .subsystem = "drm",
                                        .flags = DEVICE_IS_DISPLAY | DEVICE_IS_MASTER_OF_SEAT });
        hub(room, "usb1");
        hub(room, "1-1");
        mouse(room, "1-1.1");
        (void) settle(room);

        const TopologySeat *s = topology_find_seat(room->topology, "seat0");

        g_assert_true(s->has_keyboard && s->has_pointer && s->has_display);
        check_kinds(&s->devices, "display hub hub pointer keyboard");
        check_hub(room, "1-1", "shared", "seat0");
}

static void test_usb_display(Room *room, const void *data) {
        hub(room, "usb1");
        hub_at(room, "1-1", "seat-a");
        keyboard_at(room, "1-1.1", "seat-a");
        (void) put(room, &(What){ .name = "1-1.2", .seat = "seat-a", .flags = DEVICE_IS_OTHER });
        (void) put(room,
                        &(What){ .name = "1-1.2:1.0/drm/card1",
                                        .seat = "seat-a",
                                        .usb = "1-1.2",
                                        .subsystem = "drm",
                                        .flags = DEVICE_IS_DISPLAY | DEVICE_IS_MASTER_OF_SEAT });
        (void) put(room,
                        &(What){ .name = "1-1.2:1.0/graphics/fb1",
                                        .seat = "seat-a",
                                        .usb = "1-1.2",
                                        .subsystem = "graphics",
                                        .flags = DEVICE_IS_DISPLAY });
        (void) settle(room);

        check_kinds(&find(room, "1-1")->devices, "keyboard display");
        g_assert_true(topology_find_seat(room->topology, "seat-a")->has_display);
        g_assert_false(topology_find_seat(room->topology, "seat-a")->has_pointer);
        g_assert_false(topology_find_seat(room->topology, "seat0")->has_display);
}

static void test_frame_buffer_alone(Room *room, const void *data) {
        (void) put(room,
                        &(What){ .name = "/sys/devices/platform/simple-framebuffer.0/graphics/fb0",
                                        .subsystem = "graphics",
                                        .flags = DEVICE_IS_DISPLAY });
        (void) settle(room);

        check_kinds(&topology_find_seat(room->topology, "seat0")->devices, "display");
}

static void test_text_console_makes_seat(Room *room, const void *data) {
        (void) put(room,
                        &(What){ .name = "/sys/devices/virtual/tty/tty7",
                                        .seat = "seat-box7",
                                        .subsystem = "tty",
                                        .flags = DEVICE_IS_MASTER_OF_SEAT });
        (void) settle(room);

        g_assert_true(topology_find_seat(room->topology, "seat-box7")->has_display);
        check_kinds(&topology_find_seat(room->topology, "seat-box7")->devices, "display");
}

static void test_device_changes_seat(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        (void) settle(room);

        const Hub *before = find(room, "1-1");

        hub_at(room, "1-1", "seat-a");
        keyboard_at(room, "1-1.1", "seat-a");
        g_assert_cmpstr(settle(room), ==,
                        "usb1:station 1-1:station seat-a:hubs,devices,equipment "
                        "seat0:hubs,devices,equipment");
        g_assert_true(find(room, "1-1") == before);
        check_hub(room, "1-1", "station", "seat-a");
        g_assert_false(topology_find_seat(room->topology, "seat0")->has_keyboard);

        /* And back; the seat is gone with its last device. */
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        (void) settle(room);
        check_hub(room, "usb1", "root", "seat0");
        g_assert_null(topology_find_seat(room->topology, "seat-a"));
}

static void test_bad_seat_is_no_seat(Room *room, const void *data) {
        hub(room, "usb1");
        hub_at(room, "1-1", "seat-a/../../etc");
        keyboard_at(room, "1-1.1", "nonsense\n%s");
        (void) settle(room);

        check_hub(room, "usb1", "root", "seat0");
        check_hub(room, "1-1", "shared", NULL);
        check_kinds(&find(room, "1-1")->devices, "keyboard");
        g_assert_cmpuint(topology_n_seats(room->topology), ==, 1);
        g_assert_false(topology_find_seat(room->topology, "seat0")->has_keyboard);
}

static void test_thirty_hubs(Room *room, const void *data) {
        GString *expected = g_string_new("usb1 1-1");

        /* Each seat has a hub with a keyboard; they come in no order. */
        for (unsigned i = 30; i >= 1; i--) {
                g_autofree char *name = g_strdup_printf("1-1.%u", i), *keys = g_strdup_printf("1-1.%u.1", i);
                g_autofree char *seat = g_strdup_printf("seat-%u", i);

                keyboard_at(room, keys, seat);
                hub_at(room, name, seat);
        }
        hub(room, "1-1");
        hub(room, "usb1");
        (void) settle(room);

        for (unsigned i = 1; i <= 30; i++) {
                g_autofree char *name = g_strdup_printf("1-1.%u", i), *seat = g_strdup_printf("seat-%u", i);

                check_hub(room, name, "station", seat);
                g_string_append_printf(expected, " %s", name);
        }
        check_order(room, expected->str);
        check_hub(room, "1-1", "intermediate", NULL);
        g_assert_cmpuint(topology_n_seats(room->topology), ==, 31);
        g_string_free(expected, TRUE);
}

static void test_unplug_and_replug(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        mouse(room, "1-1.2");
        (void) settle(room);

        unplug(room, "1-1");
        g_assert_cmpstr(settle(room), ==, "-1-1 usb1:devices seat0:hubs,devices,equipment,lost");
        g_assert_cmpuint(topology_find_seat(room->topology, "seat0")->n_lost, ==, 1);
        g_assert_cmpstr(topology_find_seat(room->topology, "seat0")->lost[0], ==, "1-1");

        hub(room, "1-1");
        keyboard(room, "1-1.1");
        mouse(room, "1-1.2");
        g_assert_cmpstr(settle(room), ==, "+1-1 usb1:devices seat0:hubs,devices,equipment,lost");
        g_assert_cmpuint(topology_find_seat(room->topology, "seat0")->n_lost, ==, 0);

        /* All within one settling: nobody hears of it. */
        unplug(room, "1-1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        mouse(room, "1-1.2");
        g_assert_cmpstr(settle(room), ==, "");
}

/* The seat has nothing left at all, and is remembered for its hub. */
static void test_lost_is_kept(Room *room, const void *data) {
        hub(room, "usb1");
        hub_at(room, "1-1", "seat-a");
        keyboard_at(room, "1-1.1", "seat-a");
        hub_at(room, "1-2", "seat-a");
        (void) settle(room);

        unplug(room, "1-1");
        (void) settle(room);
        unplug(room, "1-2");
        (void) settle(room);
        g_assert_cmpuint(topology_find_seat(room->topology, "seat-a")->n_lost, ==, 2);

        /* One of the two is back: the other is still missing. */
        hub_at(room, "1-2", "seat-a");
        (void) settle(room);
        g_assert_cmpuint(topology_find_seat(room->topology, "seat-a")->n_lost, ==, 1);
        g_assert_cmpstr(topology_find_seat(room->topology, "seat-a")->lost[0], ==, "1-1");

        topology_forget_lost(room->topology, "seat-a");
        g_assert_cmpuint(topology_find_seat(room->topology, "seat-a")->n_lost, ==, 0);
        g_assert_cmpstr(settle(room), ==, "");
}

static void test_lost_and_replaced(Room *room, const void *data) {
        hub(room, "usb1");
        hub_at(room, "1-1", "seat-a");
        keyboard_at(room, "1-1.1", "seat-a");
        (void) settle(room);
        unplug(room, "1-1");
        (void) settle(room);

        hub_at(room, "1-2", "seat-a");
        (void) settle(room);
        g_assert_cmpuint(topology_find_seat(room->topology, "seat-a")->n_lost, ==, 0);
}

/* What was noted down before a restart. Of the hubs that are there none can be told to have taken the place since. */
static void test_lost_before_the_first_picture(Room *room, const void *data) {
        g_assert_cmpint(topology_note_lost(room->topology, "seat-a", "1-1"), ==, 0);
        g_assert_cmpint(topology_note_lost(room->topology, "seat-a", "1-1"), ==, 0);
        g_assert_cmpint(topology_note_lost(room->topology, "seat-b", "1-3"), ==, 0);
        hub(room, "usb1");
        hub_at(room, "1-2", "seat-a");
        keyboard_at(room, "1-2.1", "seat-a");
        hub_at(room, "1-3", "seat-b");
        keyboard_at(room, "1-3.1", "seat-b");
        g_assert_nonnull(strstr(settle(room), "seat-b:hubs,devices,equipment,lost"));
        g_assert_cmpuint(topology_find_seat(room->topology, "seat-a")->n_lost, ==, 1);
        g_assert_cmpuint(topology_find_seat(room->topology, "seat-b")->n_lost, ==, 0);

        hub_at(room, "1-1", "seat-a");
        (void) settle(room);
        g_assert_cmpuint(topology_find_seat(room->topology, "seat-a")->n_lost, ==, 0);
}

/* A shared hub is nobody's loss. */
static void test_lost_is_of_stations(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        (void) settle(room);
        unplug(room, "1-1");
        (void) settle(room);

        g_assert_cmpuint(topology_find_seat(room->topology, "seat0")->n_lost, ==, 0);
}

/* An extender drops out with all stations behind it. */
static void test_branch_goes(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        hub_at(room, "1-1.1", "seat-a");
        hub_at(room, "1-1.2", "seat-b");
        hub(room, "1-1.3");
        keyboard(room, "1-1.3.1");
        (void) settle(room);

        unplug(room, "1-1");
        g_assert_cmpstr(settle(room), ==,
                        "-1-1.3 -1-1.2 -1-1.1 -1-1 usb1:station,devices seat-a:hubs,devices,lost "
                        "seat-b:hubs,devices,lost seat0:hubs,devices,equipment,lost");
}

static void test_snapshot_sweeps(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        hub(room, "1-2");
        (void) settle(room);

        topology_begin_snapshot(room->topology);
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        hub(room, "1-3");
        topology_end_snapshot(room->topology);
        g_assert_cmpstr(settle(room), ==, "-1-2 +1-3 usb1:devices seat0:hubs,devices");

        /* The same again tells nothing. */
        topology_begin_snapshot(room->topology);
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        hub(room, "1-3");
        topology_end_snapshot(room->topology);
        g_assert_cmpstr(settle(room), ==, "");
}

static void test_order_of_events(Room *room, const void *data) {
        keyboard(room, "1-1.1.1");
        hub(room, "1-1.1");
        g_assert_cmpstr(settle(room), ==, "+1-1.1 seat0:hubs,devices,equipment");
        g_assert_null(find(room, "1-1.1")->parent);

        hub(room, "usb1");
        hub(room, "1-1");
        g_assert_cmpstr(settle(room), ==, "+usb1 +1-1 1-1.1:parent seat0:hubs,devices");
        g_assert_true(find(room, "1-1.1")->parent == find(room, "1-1"));
}

static void test_listing_order(Room *room, const void *data) {
        hub(room, "/sys/devices/pci0000:00/0000:00:0b.0/0000:02:00.0/usb10");
        hub(room, "1-10");
        hub(room, "1-2.1");
        hub(room, "usb1");
        hub(room, "1-2");
        hub(room, "/sys/devices/pci0000:00/0000:00:1d.0/usb2");
        (void) settle(room);

        check_order(room, "usb1 1-2 1-2.1 1-10 usb2 usb10");
}

static void test_what_is_listed(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        /* A stick, a receiver that is keyboard and mouse at once, and a keyboard's volume knob. */
        (void) put(room, &(What){ .name = "1-1.1", .flags = DEVICE_IS_OTHER });
        input(room, "1-1.2", NULL, DEVICE_IS_KEYBOARD | DEVICE_IS_POINTER);
        (void) put(room, &(What){ .name = "1-1.2:1.1/input/input99", .usb = "1-1.2", .subsystem = "input" });
        (void) settle(room);

        check_kinds(&find(room, "1-1")->devices, "other keyboard");
        g_assert_true(topology_find_seat(room->topology, "seat0")->has_pointer);
}

/* A hub that has a keypad of its own, as one device. */
static void test_hub_is_keyboard(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        (void) put(room,
                        &(What){ .name = "1-1:1.1/input/input1",
                                        .usb = "1-1",
                                        .subsystem = "input",
                                        .flags = DEVICE_IS_KEYBOARD });
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
        check_kinds(&find(room, "1-1")->devices, "keyboard");
}

static void test_text_changes(Room *room, const void *data) {
        hub(room, "usb1");
        (void) settle(room);
        (void) put(room,
                        &(What){ .name = "usb1",
                                        .flags = DEVICE_IS_HUB,
                                        .speed = 480,
                                        .product = "Big Hub" });

        g_assert_cmpstr(settle(room), ==, "usb1:text");
        g_assert_cmpstr(find(room, "usb1")->product, ==, "Big Hub");
}

static void test_too_many_devices(Room *room, const void *data) {
        g_autofree char *name = NULL;
        int r = 1;

        for (unsigned i = 0; i < TOPOLOGY_DEVICES_MAX; i++) {
                g_free(name);
                name = g_strdup_printf("1-1.%u", i);
                r = put(room, &(What){ .name = name, .flags = DEVICE_IS_OTHER });
                g_assert_cmpint(r, ==, 1);
        }

        g_assert_cmpint(put(room, &(What){ .name = "1-2", .flags = DEVICE_IS_OTHER }), ==, -ENOSPC);
        /* What is there can still change, and be gone. */
        g_assert_cmpint(put(room, &(What){ .name = name, .flags = DEVICE_IS_OTHER, .product = "x" }), ==, 1);
        unplug(room, name);
        g_assert_cmpint(put(room, &(What){ .name = "1-2", .flags = DEVICE_IS_OTHER }), ==, 1);
}

/* Any order of coming, changing and going ends in the same picture as looking at it all at once. */
static void test_random_events(Room *room, const void *data) {
        static const char *const names[] = {
                "usb1",
                "1-1",
                "1-1.1",
                "1-1.2",
                "1-1.1.1",
                "1-1.1.2",
                "1-2",
                "1-2.1",
                "usb2",
                "2-1",
                "2-1.1",
        };
        static const char *const seats[] = { NULL, NULL, "seat-a", "seat-b", "bad seat" };
        const char *seat_now[ELEMENTSOF(names)] = {};
        unsigned flags_now[ELEMENTSOF(names)] = {};
        Room fresh = {};

        for (unsigned round = 0; round < 500; round++) {
                for (unsigned n = g_test_rand_int_range(1, 12); n > 0; n--) {
                        gint32 i = g_test_rand_int_range(0, ELEMENTSOF(names));
                        g_autofree char *path = path_of(names[i]);

                        seat_now[i] = seats[g_test_rand_int_range(0, ELEMENTSOF(seats))];
                        flags_now[i] = 1U << g_test_rand_int_range(0, _DEVICE_KIND_MAX + 1);
                        if (flags_now[i] >> _DEVICE_KIND_MAX) {
                                (void) topology_remove(room->topology, path);
                                flags_now[i] = 0;
                        } else
                                (void) put(room,
                                                &(What){ .name = names[i],
                                                                .seat = seat_now[i],
                                                                .flags = flags_now[i],
                                                                .speed = names[i][0] == '2' ? 5000 : 480,
                                                                .peer = i == 9 ? "1-1" : NULL });
                }
                (void) settle(room);

                set_up(&fresh, NULL);
                for (unsigned i = 0; i < ELEMENTSOF(names); i++)
                        if (flags_now[i] != 0)
                                (void) put(&fresh,
                                                &(What){ .name = names[i],
                                                                .seat = seat_now[i],
                                                                .flags = flags_now[i],
                                                                .speed = names[i][0] == '2' ? 5000 : 480,
                                                                .peer = i == 9 ? "1-1" : NULL });
                (void) settle(&fresh);

                g_assert_cmpuint(topology_n_hubs(room->topology), ==, topology_n_hubs(fresh.topology));
                for (size_t i = 0; i < topology_n_hubs(fresh.topology); i++) {
                        const Hub *a = topology_hub_at(room->topology, i),
                                  *b = topology_hub_at(fresh.topology, i);

                        g_assert_cmpstr(a->id, ==, b->id);
                        g_assert_cmpint(a->role, ==, b->role);
                        g_assert_cmpstr(a->seat, ==, b->seat);
                        g_assert_cmpstr(a->parent ? a->parent->id : "", ==, b->parent ? b->parent->id : "");
                        g_assert_true(device_list_equal(&a->devices, &b->devices));
                }
                tear_down(&fresh, NULL);
        }
}

static void test_storm(Room *room, const void *data) {
        gint64 start;

        hub(room, "usb1");
        for (unsigned i = 1; i <= 30; i++) {
                g_autofree char *name = g_strdup_printf("1-%u", i), *keys = g_strdup_printf("1-%u.1", i);

                hub(room, name);
                keyboard(room, keys);
        }
        (void) settle(room);

        start = g_get_monotonic_time();
        for (unsigned i = 0; i < 2000; i++) {
                g_autofree char *name = g_strdup_printf("1-%u.1", i % 30 + 1);

                keyboard_at(room, name, i / 30 % 2 == 0 ? "seat-a" : NULL);
        }
        (void) settle(room);
        g_test_message("2000 events in %" G_GINT64_FORMAT " us", g_get_monotonic_time() - start);

        g_assert_cmpuint(topology_n_hubs(room->topology), ==, 31);
}

#define ADD(path, func) g_test_add("/topology/" path, Room, NULL, set_up, func, tear_down)

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        ADD("nothing", test_nothing);
        ADD("hub-with-keyboard-is-station", test_hub_with_keyboard);
        ADD("hub-in-hub-in-hub", test_hub_in_hub_in_hub);
        ADD("hub-below-station-is-downstream", test_downstream);
        ADD("hub-without-keyboard-is-shared", test_hub_without_keyboard);
        ADD("keyboard-on-root-hub", test_keyboard_on_root_hub);
        ADD("keyboard-with-hub-inside", test_keyboard_with_hub_inside);
        ADD("keyboard-with-hub-inside/fixed", test_keyboard_with_hub_inside_fixed);
        ADD("keyboard-with-hub-inside/alone", test_keyboard_with_hub_inside_alone);
        ADD("keyboard-with-hub-inside/several", test_keyboards_with_hubs_inside);
        ADD("keyboard-with-hub-inside/attached", test_keyboard_with_hub_inside_attached);
        ADD("keyboard-with-hub-inside/zero-client-box-is-none", test_zero_client_box);
        ADD("chained-stations", test_chained_stations);
        ADD("chained-stations/of-one-seat", test_chained_stations_of_one_seat);
        ADD("attached/at-hub", test_attached_at_hub);
        ADD("attached/back-to-seat0", test_attached_back);
        ADD("attached/at-port", test_attached_at_port);
        ADD("attached/at-controller", test_attached_at_controller);
        ADD("two-keyboards", test_two_keyboards);
        ADD("usb3/halves-are-one", test_usb3_halves);
        ADD("usb3/halves-come-in-turn", test_usb3_halves_in_turn);
        ADD("usb3/others-stay-two", test_usb3_no_halves);
        ADD("usb3/one-half-attached", test_usb3_one_half_attached);
        ADD("ps2-keyboard", test_ps2_keyboard);
        ADD("usb-display", test_usb_display);
        ADD("frame-buffer-alone", test_frame_buffer_alone);
        ADD("text-console-makes-seat", test_text_console_makes_seat);
        ADD("device-changes-seat", test_device_changes_seat);
        ADD("bad-seat-is-no-seat", test_bad_seat_is_no_seat);
        ADD("thirty-hubs", test_thirty_hubs);
        ADD("unplug-and-replug", test_unplug_and_replug);
        ADD("lost/is-kept", test_lost_is_kept);
        ADD("lost/replaced-by-another", test_lost_and_replaced);
        ADD("lost/before-the-first-picture", test_lost_before_the_first_picture);
        ADD("lost/only-of-stations", test_lost_is_of_stations);
        ADD("branch-goes", test_branch_goes);
        ADD("snapshot-sweeps", test_snapshot_sweeps);
        ADD("events-in-any-order", test_order_of_events);
        ADD("listing-order", test_listing_order);
        ADD("what-is-listed", test_what_is_listed);
        ADD("hub-is-keyboard", test_hub_is_keyboard);
        ADD("text-changes", test_text_changes);
        ADD("too-many-devices", test_too_many_devices);
        ADD("random-events", test_random_events);
        ADD("storm", test_storm);

        return g_test_run();
}
