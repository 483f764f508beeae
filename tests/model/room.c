/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "room.h"

#define CONTROLLER "/sys/devices/pci0000:00/0000:00:14.0"

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
        static const char *const names[] = { "role", "station", "devices", "parent", "text", NULL };

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

const char *settle(Room *room) {
        g_string_truncate(room->told, 0);
        g_assert_cmpint(topology_settle(room->topology, &events, room), >=, 0);
        if (room->told->len > 0)
                g_string_truncate(room->told, room->told->len - 1);

        return room->told->str;
}

void room_set_up(Room *room, const void *data) {
        g_assert_cmpint(topology_new(&room->topology), ==, 0);
        room->told = g_string_new(NULL);
}

void room_tear_down(Room *room, const void *data) {
        topology_free(room->topology);
        g_string_free(room->told, TRUE);
}

char *path_of(const char *name) {
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

int put(Room *room, const What *w) {
        g_autofree char *usb = w->usb ? path_of(w->usb) : NULL, *sysname = NULL;
        DeviceInfo f = { .flags = w->flags | DEVICE_HAS_SEAT_TAG, .usb_speed = w->speed };
        int r;

        f.syspath = w->usb && w->name[0] != '/' ? g_strdup_printf("%s/%s", usb, w->name) : path_of(w->name);
        f.sysname = sysname = g_path_get_basename(f.syspath);
        f.subsystem = (char *) (w->subsystem ? w->subsystem : "usb");
        f.devtype = (char *) (w->subsystem ? NULL : "usb_device");
        f.usb_path = w->usb ? usb : w->subsystem ? NULL : f.syspath;
        f.usb_peer = (char *) w->peer;
        g_assert_cmpint(device_info_set_seat(&f, w->seat), >=, 0);
        g_assert_cmpint(device_info_set_text(&f, "Works", w->product), ==, 0);

        r = topology_apply(room->topology, &f);

        g_free(f.syspath);
        free(f.seat);
        free(f.vendor);
        free(f.product);
        return r;
}

void hub_at(Room *room, const char *name, const char *seat) {
        (void) put(room, &(What) { .name = name, .seat = seat, .flags = DEVICE_IS_HUB, .speed = 480 });
}

void hub(Room *room, const char *name) {
        hub_at(room, name, NULL);
}

void half(Room *room, const char *name, unsigned speed, const char *peer) {
        (void) put(room, &(What) { .name = name, .flags = DEVICE_IS_HUB, .speed = speed, .peer = peer });
}

void input(Room *room, const char *name, const char *seat, unsigned flags) {
        g_autofree char *part = g_strdup_printf("%s:1.0/input/input%s", name, name);

        (void) put(room, &(What) { .name = name, .seat = seat, .flags = DEVICE_IS_OTHER });
        (void) put(room,
                        &(What) { .name = part,
                                        .seat = seat,
                                        .flags = flags,
                                        .usb = name,
                                        .subsystem = "input" });
}

void keyboard_at(Room *room, const char *name, const char *seat) {
        input(room, name, seat, DEVICE_IS_KEYBOARD);
}

void keyboard(Room *room, const char *name) {
        keyboard_at(room, name, NULL);
}

void mouse_at(Room *room, const char *name, const char *seat) {
        input(room, name, seat, DEVICE_IS_POINTER);
}

void mouse(Room *room, const char *name) {
        mouse_at(room, name, NULL);
}

void unplug(Room *room, const char *name) {
        g_autofree char *path = path_of(name), *below = g_strdup_printf("%s/", path);
        g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
        const TopologySeat *s;

        /* The kernel also removes children first. */
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

const Hub *find_hub(Room *room, const char *id) {
        const Hub *h = topology_find_hub(room->topology, id);

        g_assert_nonnull(h);
        return h;
}

void check_hub(Room *room, const char *id, const char *role, const char *seat) {
        const Hub *h = find_hub(room, id);

        g_assert_cmpstr(hub_role_to_string(h->role), ==, role);
        g_assert_cmpstr(h->seat, ==, seat);
}

static char *kinds_of(const DeviceList *l) {
        GString *s = g_string_new(NULL);

        for (size_t i = 0; i < l->n_entries; i++)
                g_string_append_printf(
                                s, "%s%s", i > 0 ? " " : "", device_kind_to_string(l->entries[i].kind));

        return g_string_free(s, FALSE);
}

void check_kinds(const DeviceList *l, const char *kinds) {
        g_autofree char *s = kinds_of(l);

        g_assert_cmpstr(s, ==, kinds);
}

static char *order(Room *room) {
        GString *s = g_string_new(NULL);

        for (size_t i = 0; i < topology_n_hubs(room->topology); i++)
                g_string_append_printf(s, "%s%s", i > 0 ? " " : "", topology_hub_at(room->topology, i)->id);

        return g_string_free(s, FALSE);
}

void check_order(Room *room, const char *expected) {
        g_autofree char *s = order(room);

        g_assert_cmpstr(s, ==, expected);
}
