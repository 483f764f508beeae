/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The role of each hub follows from its place and from what is plugged into it. The two halves of a USB 3
 * hub are one hub. */

#include "room.h"

static void test_hub_with_keyboard(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        mouse(room, "1-1.2");
        g_assert_cmpstr(settle(room), ==, "+usb1 +1-1 seat0:hubs,devices,equipment");

        check_hub(room, "usb1", "root", "seat0");
        check_hub(room, "1-1", "station", "seat0");
        g_assert_null(find_hub(room, "usb1")->parent);
        g_assert_true(find_hub(room, "1-1")->parent == find_hub(room, "usb1"));
        check_kinds(&find_hub(room, "usb1")->devices, "hub");
        check_kinds(&find_hub(room, "1-1")->devices, "keyboard pointer");
        g_assert_cmpstr(find_hub(room, "1-1")->vendor, ==, "Works");

        /* Nothing is new, so there is no callback. */
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
        check_kinds(&find_hub(room, "usb1")->devices, "keyboard hub");
}

/* The hub under the desk has the mouse, and a keyboard with two ports of its own. */
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

/* The hub says that the keyboard cannot be unplugged, so it does not matter where the mouse is. */
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

/* Without a hub under the desk, the built-in hub is the station hub. */
static void test_keyboard_with_hub_inside_alone(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        input(room, "1-1.1", NULL, DEVICE_IS_KEYBOARD | DEVICE_IS_FIXED);
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
}

/* A hub for several such keyboards is not the station hub of any. */
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

/* The hub under the desk is attached to a seat, and the second hub has only the keyboard. */
static void test_keyboard_with_hub_inside_attached(Room *room, const void *data) {
        hub(room, "usb1");
        hub_at(room, "1-1", "seat-a");
        hub_at(room, "1-1.2", "seat-a");
        keyboard_at(room, "1-1.2.1", "seat-a");
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat-a");
        check_hub(room, "1-1.2", "downstream", "seat-a");
}

/* A device that cannot be unplugged may be a complete station in one box, with its display. */
static void test_zero_client_box(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        hub(room, "1-1.1");
        input(room, "1-1.1.1", NULL, DEVICE_IS_KEYBOARD | DEVICE_IS_FIXED);
        (void) put(room, &(What) { .name = "1-1.1.2", .flags = DEVICE_IS_OTHER });
        (void) put(room,
                        &(What) { .name = "1-1.1.2:1.0/drm/card1",
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

/* A hub with a keypad, as one device. */
static void test_hub_is_keyboard(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        (void) put(room,
                        &(What) { .name = "1-1:1.1/input/input1",
                                        .usb = "1-1",
                                        .subsystem = "input",
                                        .flags = DEVICE_IS_KEYBOARD });
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat0");
        check_kinds(&find_hub(room, "1-1")->devices, "keyboard");
}

static void test_usb3_halves(Room *room, const void *data) {
        half(room, "usb1", 480, NULL);
        half(room, "usb2", 10000, NULL);
        half(room, "1-3", 480, "2-1"); /* the two buses number their ports differently */
        half(room, "2-1", 5000, "1-3");
        half(room, "1-3.4", 480, "2-1.4");
        half(room, "2-1.4", 5000, "1-3.4");
        keyboard(room, "1-3.4.1");
        (void) put(room, &(What) { .name = "2-1.4.2", .flags = DEVICE_IS_OTHER });
        (void) put(room,
                        &(What) { .name = "2-1.4.2:1.0/sound/card1",
                                        .usb = "2-1.4.2",
                                        .subsystem = "sound",
                                        .flags = DEVICE_IS_SOUND });
        (void) settle(room);

        check_order(room, "usb1 1-3 1-3.4");
        check_hub(room, "1-3.4", "station", "seat0");
        check_kinds(&find_hub(room, "1-3.4")->devices, "keyboard sound");
        check_kinds(&find_hub(room, "1-3")->devices, "hub");
        g_assert_cmpstr(find_hub(room, "1-3.4")->peer_id, ==, "2-1.4");

        /* Either half is the hub. */
        g_assert_true(find_hub(room, "2-1.4") == find_hub(room, "1-3.4"));
        g_assert_true(find_hub(room, find_hub(room, "1-3")->peer_syspath) == find_hub(room, "1-3"));
        g_assert_true(find_hub(room, "usb2") == find_hub(room, "usb1"));
}

/* The two halves do not come at the same time. */
static void test_usb3_halves_in_turn(Room *room, const void *data) {
        half(room, "usb1", 480, NULL);
        half(room, "usb2", 5000, NULL);
        half(room, "2-1", 5000, "1-1");
        g_assert_cmpstr(settle(room), ==, "+usb1 +2-1 seat0:hubs,devices");

        half(room, "1-1", 480, NULL);
        g_assert_cmpstr(settle(room), ==, "-2-1 +1-1 usb1:devices seat0:hubs,devices");

        unplug(room, "2-1");
        g_assert_cmpstr(settle(room), ==, "");
}

/* Hubs that are not halves of each other: both are slow, or no link says so. */
static void test_usb3_no_halves(Room *room, const void *data) {
        half(room, "usb1", 480, NULL);
        half(room, "/sys/devices/pci0000:00/0000:00:15.0/usb2", 5000, NULL);
        half(room, "1-1", 480, "1-2");
        half(room, "1-2", 480, "1-1");
        half(room, "/sys/devices/pci0000:00/0000:00:15.0/usb2/2-1", 5000, NULL);
        (void) settle(room);

        check_order(room, "usb1 1-1 1-2 usb2 2-1");
}

/* Somebody attached one half and meant the hub. */
static void test_usb3_one_half_attached(Room *room, const void *data) {
        half(room, "usb1", 480, NULL);
        half(room, "usb2", 5000, NULL);
        half(room, "1-1", 480, "2-1");
        (void) put(room, &(What) { .name = "2-1", .seat = "seat-a", .flags = DEVICE_IS_HUB, .speed = 5000 });
        (void) settle(room);

        check_hub(room, "1-1", "station", "seat-a");
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define ADD(name, function) room_add("/hub-roles/" name, function)
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
        ADD("two-keyboards", test_two_keyboards);
        ADD("hub-is-keyboard", test_hub_is_keyboard);
        ADD("usb3/halves-are-one", test_usb3_halves);
        ADD("usb3/halves-come-in-turn", test_usb3_halves_in_turn);
        ADD("usb3/others-stay-two", test_usb3_no_halves);
        ADD("usb3/one-half-attached", test_usb3_one_half_attached);

        return g_test_run();
}
