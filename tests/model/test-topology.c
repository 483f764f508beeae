/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What comes, changes and goes, in any order: what is told of it, what is missed afterwards, and what is
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

/* What was noted down before a restart. Of the hubs that are there none can be told to have taken the place
 * since. */
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
        /* A stick, a receiver that is keyboard and mouse at once, and a keyboard's volume knob. */
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

        for (unsigned i = 0; i < TOPOLOGY_DEVICES_MAX; i++) {
                g_free(name);
                name = g_strdup_printf("1-1.%u", i);
                r = put(room, &(What) { .name = name, .flags = DEVICE_IS_OTHER });
                g_assert_cmpint(r, ==, 1);
        }

        g_assert_cmpint(put(room, &(What) { .name = "1-2", .flags = DEVICE_IS_OTHER }), ==, -ENOSPC);
        /* What is there can still change, and be gone. */
        g_assert_cmpint(put(room, &(What) { .name = name, .flags = DEVICE_IS_OTHER, .product = "x" }), ==,
                        1);
        unplug(room, name);
        g_assert_cmpint(put(room, &(What) { .name = "1-2", .flags = DEVICE_IS_OTHER }), ==, 1);
}

/* Any order of coming, changing and going ends in the same snapshot as looking at it all at once. */
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
                                                &(What) { .name = names[i],
                                                                .seat = seat_now[i],
                                                                .flags = flags_now[i],
                                                                .speed = names[i][0] == '2' ? 5000 : 480,
                                                                .peer = i == 9 ? "1-1" : NULL });
                }
                (void) settle(room);

                room_set_up(&fresh, NULL);
                for (unsigned i = 0; i < ELEMENTSOF(names); i++)
                        if (flags_now[i] != 0)
                                (void) put(&fresh,
                                                &(What) { .name = names[i],
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
                room_tear_down(&fresh, NULL);
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

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define ADD(name, function) room_add("/topology/" name, function)
        ADD("nothing", test_nothing);
        ADD("unplug-and-replug", test_unplug_and_replug);
        ADD("lost/is-kept", test_lost_is_kept);
        ADD("lost/replaced-by-another", test_lost_and_replaced);
        ADD("lost/before-the-first-snapshot", test_lost_before_the_first_picture);
        ADD("lost/only-of-stations", test_lost_is_of_stations);
        ADD("branch-goes", test_branch_goes);
        ADD("snapshot-sweeps", test_snapshot_sweeps);
        ADD("events-in-any-order", test_order_of_events);
        ADD("listing-order", test_listing_order);
        ADD("what-is-listed", test_what_is_listed);
        ADD("text-changes", test_text_changes);
        ADD("too-many-devices", test_too_many_devices);
        ADD("random-events", test_random_events);
        ADD("storm", test_storm);

        return g_test_run();
}
