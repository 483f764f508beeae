/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Devices come, change and go in any order: which callbacks follow, which hubs count as lost, and what is
 * listed. */

#include "room.h"

static void test_nothing(Room *room, const void *data) {
        g_assert_cmpstr(settle(room), ==, "");
        g_assert_cmpuint(topology_n_hubs(room->topology), ==, 0);
        g_assert_cmpuint(topology_n_seats(room->topology), ==, 0);
        g_assert_null(topology_find_hub(room->topology, "1-1"));
        g_assert_null(topology_find_seat(room->topology, "seat0"));
        g_assert_cmpint(topology_remove(room->topology, "/sys/devices/none"), ==, 0);
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

        /* If it happens between two calls of settle(), there is no difference to report. */
        unplug(room, "1-1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        mouse(room, "1-1.2");
        g_assert_cmpstr(settle(room), ==, "");
}

/* A seat without devices is kept for its lost hubs. */
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

        /* One of the two is back, the other is still missing. */
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

/* Lost hubs from before a restart. The hubs that are there may all be older than the loss, so none counts as
 * a replacement. */
static void test_lost_before_the_first_snapshot(Room *room, const void *data) {
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

/* A shared hub is not missed. */
static void test_lost_is_of_stations(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        (void) settle(room);
        unplug(room, "1-1");
        (void) settle(room);

        g_assert_cmpuint(topology_find_seat(room->topology, "seat0")->n_lost, ==, 0);
}

/* An extender is unplugged, with all stations behind it. */
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

        /* The same enumeration again makes no difference. */
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
        g_assert_null(find_hub(room, "1-1.1")->parent);

        hub(room, "usb1");
        hub(room, "1-1");
        g_assert_cmpstr(settle(room), ==, "+usb1 +1-1 1-1.1:parent seat0:hubs,devices");
        g_assert_true(find_hub(room, "1-1.1")->parent == find_hub(room, "1-1"));
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
        /* A USB stick, a receiver that is keyboard and mouse at once, and the volume knob of a keyboard. */
        (void) put(room, &(What) { .name = "1-1.1", .flags = DEVICE_IS_OTHER });
        input(room, "1-1.2", NULL, DEVICE_IS_KEYBOARD | DEVICE_IS_POINTER);
        (void) put(room,
                        &(What) { .name = "1-1.2:1.1/input/input99", .usb = "1-1.2", .subsystem = "input" });
        (void) settle(room);

        check_kinds(&find_hub(room, "1-1")->devices, "other keyboard");
        g_assert_true(topology_find_seat(room->topology, "seat0")->has_pointer);
}

static void test_text_changes(Room *room, const void *data) {
        hub(room, "usb1");
        (void) settle(room);
        (void) put(room,
                        &(What) { .name = "usb1",
                                        .flags = DEVICE_IS_HUB,
                                        .speed = 480,
                                        .product = "Big Hub" });

        g_assert_cmpstr(settle(room), ==, "usb1:text");
        g_assert_cmpstr(find_hub(room, "usb1")->product, ==, "Big Hub");
}

static void test_too_many_devices(Room *room, const void *data) {
        g_autofree char *name = NULL;
        int r = 1;

        for (unsigned i = 0; i < DEVICES_MAX; i++) {
                g_free(name);
                name = g_strdup_printf("1-1.%u", i);
                r = put(room, &(What) { .name = name, .flags = DEVICE_IS_OTHER });
                g_assert_cmpint(r, ==, 1);
        }

        g_assert_cmpint(put(room, &(What) { .name = "1-2", .flags = DEVICE_IS_OTHER }), ==, -ENOSPC);
        /* Devices that are known can still change and go. */
        g_assert_cmpint(put(room, &(What) { .name = name, .flags = DEVICE_IS_OTHER, .product = "x" }), ==,
                        1);
        unplug(room, name);
        g_assert_cmpint(put(room, &(What) { .name = "1-2", .flags = DEVICE_IS_OTHER }), ==, 1);
}

/* Devices that come, change and go at random. */
typedef struct Devices {
        const char *seat[11];
        unsigned flags[11]; /* 0 for a device that is not there */
        const char *peer[11];
} Devices;

static const char *const device_names[] = {
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

static void put_device(Room *room, const Devices *d, unsigned i) {
        (void) put(room,
                        &(What) { .name = device_names[i],
                                        .seat = d->seat[i],
                                        .flags = d->flags[i],
                                        .speed = strchr(device_names[i], '2') == device_names[i] ? 5000 :
                                                                                                   480,
                                        .peer = d->peer[i] });
}

static void change_at_random(Room *room, Devices *d) {
        static const char *const seats[] = { NULL, NULL, "seat-a", "seat-b", "bad seat" };
        static const char *const peers[] = { NULL, "1-1", "1-2", "1-2.1" };

        for (unsigned n = g_test_rand_int_range(1, 12); n > 0; n--) {
                gint32 i = g_test_rand_int_range(0, ELEMENTSOF(device_names));
                g_autofree char *path = path_of(device_names[i]);

                d->seat[i] = seats[g_test_rand_int_range(0, ELEMENTSOF(seats))];
                d->peer[i] = peers[g_test_rand_int_range(0, ELEMENTSOF(peers))];
                d->flags[i] = 1U << g_test_rand_int_range(0, _DEVICE_KIND_MAX + 1);
                if (d->flags[i] >> _DEVICE_KIND_MAX) {
                        (void) topology_remove(room->topology, path);
                        d->flags[i] = 0;
                } else
                        put_device(room, d, i);
        }
}

static char *describe_devices(const DeviceList *l) {
        GString *s = g_string_new(NULL);

        for (size_t i = 0; i < l->n_entries; i++)
                g_string_append_printf(s, "%s %s ", device_kind_to_string(l->entries[i].kind),
                                l->entries[i].syspath);

        return g_string_free(s, FALSE);
}

static char *describe_hubs_of(Room *room, const char *seat) {
        GString *s = g_string_new(NULL);

        /* In an order that does not change with the tree. */
        for (unsigned i = 0; i < ELEMENTSOF(device_names); i++) {
                const Hub *h = topology_find_hub(room->topology, device_names[i]);

                if (h && streq(h->id, device_names[i]) && streq_ptr(h->seat, seat))
                        g_string_append_printf(s, "%s ", h->id);
        }

        return g_string_free(s, FALSE);
}

/* The current state as text: a line for each hub, "1-1|role|station|devices|...", then one for each seat.
 * The fields are in the order of HubChange and SeatChange. */
static GPtrArray *describe(Room *room) {
        GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

        for (size_t i = 0; i < topology_n_hubs(room->topology); i++) {
                const Hub *h = topology_hub_at(room->topology, i);
                g_autofree char *devices = describe_devices(&h->devices);

                g_ptr_array_add(lines,
                                g_strdup_printf("%s|%s|%s|%s|%s|%s %s|%s", h->id,
                                                hub_role_to_string(h->role), strempty(h->seat), devices,
                                                h->parent ? h->parent->id : "", h->vendor, h->product,
                                                strempty(h->peer_id)));
        }

        for (size_t i = 0; i < topology_n_seats(room->topology); i++) {
                const TopologySeat *s = topology_seat_at(room->topology, i);
                g_autofree char *devices = describe_devices(&s->devices),
                                *hubs = describe_hubs_of(room, s->id);
                char *lost = topology_seat_format_lost(s, " ");

                g_ptr_array_add(lines,
                                g_strdup_printf("%s|%s|%s|%d%d%d|%s", s->id, hubs, devices, s->has_keyboard,
                                                s->has_pointer, s->has_display, lost));
                free(lost);
        }

        return lines;
}

/* Any order of events leads to the same snapshot as an enumeration at the end. */
static void test_random_events(Room *room, const void *data) {
        Devices devices = {};

        for (unsigned round = 0; round < 500; round++) {
                g_autoptr(GPtrArray) is = NULL, expected = NULL;
                Room fresh = {};

                change_at_random(room, &devices);
                (void) settle(room);
                topology_forget_lost(room->topology, "seat-a");
                topology_forget_lost(room->topology, "seat-b");
                topology_forget_lost(room->topology, "seat0");
                (void) settle(room);
                is = describe(room);

                room_set_up(&fresh, NULL);
                for (unsigned i = 0; i < ELEMENTSOF(device_names); i++)
                        if (devices.flags[i] != 0)
                                put_device(&fresh, &devices, i);
                (void) settle(&fresh);
                expected = describe(&fresh);
                room_tear_down(&fresh, NULL);

                g_assert_cmpuint(is->len, ==, expected->len);
                for (guint i = 0; i < is->len; i++)
                        g_assert_cmpstr(is->pdata[i], ==, expected->pdata[i]);
        }
}

static const char *find_line(GPtrArray *lines, const char *line) {
        for (guint i = 0; i < lines->len; i++)
                if (strcspn(lines->pdata[i], "|") == strcspn(line, "|") &&
                                strncmp(lines->pdata[i], line, strcspn(line, "|")) == 0)
                        return lines->pdata[i];

        return NULL;
}

static void expect_changes(GString *expected, const char *before, const char *after) {
        /* A change of a hub's USB 3 peer alone is not announced. */
        static const char *const of_hub[] = { "role", "station", "devices", "parent", "text", NULL };
        static const char *const of_seat[] = { "hubs", "devices", "equipment", "lost", NULL };
        bool seat = g_str_has_prefix(after ? after : before, "seat");
        const char *const *names = seat ? of_seat : of_hub;
        g_auto(GStrv) a = g_strsplit(before ? before : "||||", "|", -1);
        g_auto(GStrv) b = g_strsplit(after ? after : "||||", "|", -1);
        const char *separator = ":";

        for (unsigned i = 0; names[i]; i++) {
                const char *nothing = seat && i == 2 ? "000" : "";

                if (streq(before ? a[i + 1] : nothing, after ? b[i + 1] : nothing))
                        continue;
                if (separator[0] == ':')
                        g_string_append_printf(expected, "%s%s", expected->len > 0 ? " " : "",
                                        before ? a[0] : b[0]);
                g_string_append_printf(expected, "%s%s", separator, names[i]);
                separator = ",";
        }
}

static int compare_lines(const void *a, const void *b) {
        return strcmp(*(char *const *) a, *(char *const *) b);
}

static char *expect_told(GPtrArray *before, GPtrArray *after) {
        GString *expected = g_string_new(NULL);
        g_autoptr(GPtrArray) seats = g_ptr_array_new();

        for (guint i = before->len; i-- > 0;)
                if (!g_str_has_prefix(before->pdata[i], "seat") && !find_line(after, before->pdata[i]))
                        g_string_append_printf(expected, "%s-%.*s", expected->len > 0 ? " " : "",
                                        (int) strcspn(before->pdata[i], "|"), (char *) before->pdata[i]);

        for (guint i = 0; i < after->len; i++)
                if (!g_str_has_prefix(after->pdata[i], "seat") && !find_line(before, after->pdata[i]))
                        g_string_append_printf(expected, "%s+%.*s", expected->len > 0 ? " " : "",
                                        (int) strcspn(after->pdata[i], "|"), (char *) after->pdata[i]);

        for (guint i = 0; i < after->len; i++)
                if (g_str_has_prefix(after->pdata[i], "seat"))
                        g_ptr_array_add(seats, after->pdata[i]);
                else if (find_line(before, after->pdata[i]))
                        expect_changes(expected, find_line(before, after->pdata[i]), after->pdata[i]);

        for (guint i = 0; i < before->len; i++)
                if (g_str_has_prefix(before->pdata[i], "seat") && !find_line(after, before->pdata[i]))
                        g_ptr_array_add(seats, before->pdata[i]);

        g_ptr_array_sort(seats, compare_lines);
        for (guint i = 0; i < seats->len; i++)
                expect_changes(expected, find_line(before, seats->pdata[i]),
                                find_line(after, seats->pdata[i]));

        return g_string_free(expected, FALSE);
}

/* The callbacks report every difference and nothing else. */
static void test_random_events_are_announced(Room *room, const void *data) {
        g_autoptr(GPtrArray) before = describe(room);
        Devices devices = {};

        for (unsigned round = 0; round < 500; round++) {
                g_autofree char *expected = NULL;
                g_autoptr(GPtrArray) after = NULL;
                const char *told;

                change_at_random(room, &devices);
                told = settle(room);
                after = describe(room);
                expected = expect_told(before, after);
                g_assert_cmpstr(told, ==, expected);

                g_ptr_array_unref(before);
                before = g_steal_pointer(&after);
        }
}

/* A hub that stays is the same object, whatever else changes. */
static void test_objects_stay(Room *room, const void *data) {
        const Hub *root, *inner;

        hub(room, "usb1");
        hub(room, "1-2");
        hub(room, "1-2.1");
        (void) settle(room);
        root = find_hub(room, "usb1");
        inner = find_hub(room, "1-2.1");

        hub(room, "1-1");
        keyboard_at(room, "1-2.1.1", "seat-a");
        half(room, "2-1", 5000, "1-2");
        g_assert_cmpstr(settle(room), ==,
                        "+1-1 usb1:station,devices 1-2:role,station 1-2.1:role,station,devices "
                        "seat-a:hubs,devices,equipment seat0:hubs,devices");

        g_assert_true(find_hub(room, "usb1") == root);
        g_assert_true(find_hub(room, "1-2.1") == inner);
        g_assert_true(inner->parent == find_hub(room, "2-1"));
        g_assert_true(inner->parent->parent == root);
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

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define ADD(name, function) room_add("/topology/" name, function)
        ADD("nothing", test_nothing);
        ADD("unplug-and-replug", test_unplug_and_replug);
        ADD("lost/is-kept", test_lost_is_kept);
        ADD("lost/replaced-by-another", test_lost_and_replaced);
        ADD("lost/before-the-first-snapshot", test_lost_before_the_first_snapshot);
        ADD("lost/only-of-stations", test_lost_is_of_stations);
        ADD("branch-goes", test_branch_goes);
        ADD("snapshot-sweeps", test_snapshot_sweeps);
        ADD("events-in-any-order", test_order_of_events);
        ADD("listing-order", test_listing_order);
        ADD("what-is-listed", test_what_is_listed);
        ADD("text-changes", test_text_changes);
        ADD("too-many-devices", test_too_many_devices);
        ADD("random-events", test_random_events);
        ADD("random-events/are-announced", test_random_events_are_announced);
        ADD("objects-stay", test_objects_stay);
        ADD("storm", test_storm);

        return g_test_run();
}
