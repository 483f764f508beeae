/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which seat hubs and devices belong to, depending on where the seat was attached, and what a seat has
 * without any hub. */

#include "room.h"

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

/* A hub below an attached hub was given back to seat0. */
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

        /* Everything on it is that seat's, so the hub is too, although udev has it as seat0's. */
        check_hub(room, "1-1", "station", "seat-a");
        check_hub(room, "usb1", "root", NULL);

        /* Two seats share it, and udev has it as seat0's. */
        keyboard(room, "1-1.3");
        g_assert_cmpstr(settle(room), ==, "1-1:station,devices seat-a:hubs seat0:hubs,devices,equipment");
        check_hub(room, "1-1", "station", "seat0");

        /* Two seats share it, and udev has it as that of neither. */
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

static void test_thirty_hubs(Room *room, const void *data) {
        GString *expected = g_string_new("usb1 1-1");

        /* Each seat has a hub with a keyboard. Children come before their parents. */
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

static void test_device_changes_seat(Room *room, const void *data) {
        hub(room, "usb1");
        hub(room, "1-1");
        keyboard(room, "1-1.1");
        (void) settle(room);

        const Hub *before = find_hub(room, "1-1");

        hub_at(room, "1-1", "seat-a");
        keyboard_at(room, "1-1.1", "seat-a");
        g_assert_cmpstr(settle(room), ==,
                        "usb1:station 1-1:station seat-a:hubs,devices,equipment "
                        "seat0:hubs,devices,equipment");
        g_assert_true(find_hub(room, "1-1") == before);
        check_hub(room, "1-1", "station", "seat-a");
        g_assert_false(topology_find_seat(room->topology, "seat0")->has_keyboard);

        /* And back. The seat goes with its last device. */
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
        check_kinds(&find_hub(room, "1-1")->devices, "keyboard");
        g_assert_cmpuint(topology_n_seats(room->topology), ==, 1);
        g_assert_false(topology_find_seat(room->topology, "seat0")->has_keyboard);
}

static void test_ps2_keyboard(Room *room, const void *data) {
        (void) put(room,
                        &(What) { .name = "/sys/devices/platform/i8042/serio0/input/input0",
                                        .subsystem = "input",
                                        .flags = DEVICE_IS_KEYBOARD });
        (void) put(room,
                        &(What) { .name = "/sys/devices/pci0000:00/0000:00:02.0/drm/card0",
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
        (void) put(room, &(What) { .name = "1-1.2", .seat = "seat-a", .flags = DEVICE_IS_OTHER });
        (void) put(room,
                        &(What) { .name = "1-1.2:1.0/drm/card1",
                                        .seat = "seat-a",
                                        .usb = "1-1.2",
                                        .subsystem = "drm",
                                        .flags = DEVICE_IS_DISPLAY | DEVICE_IS_MASTER_OF_SEAT });
        (void) put(room,
                        &(What) { .name = "1-1.2:1.0/graphics/fb1",
                                        .seat = "seat-a",
                                        .usb = "1-1.2",
                                        .subsystem = "graphics",
                                        .flags = DEVICE_IS_DISPLAY });
        (void) settle(room);

        check_kinds(&find_hub(room, "1-1")->devices, "keyboard display");
        g_assert_true(topology_find_seat(room->topology, "seat-a")->has_display);
        g_assert_false(topology_find_seat(room->topology, "seat-a")->has_pointer);
        g_assert_false(topology_find_seat(room->topology, "seat0")->has_display);
}

static void test_frame_buffer_alone(Room *room, const void *data) {
        (void) put(room,
                        &(What) { .name = "/sys/devices/platform/simple-framebuffer.0/graphics/fb0",
                                        .subsystem = "graphics",
                                        .flags = DEVICE_IS_DISPLAY });
        (void) settle(room);

        check_kinds(&topology_find_seat(room->topology, "seat0")->devices, "display");
}

static void test_text_console_makes_seat(Room *room, const void *data) {
        (void) put(room,
                        &(What) { .name = "/sys/devices/virtual/tty/tty7",
                                        .seat = "seat-box7",
                                        .subsystem = "tty",
                                        .flags = DEVICE_IS_MASTER_OF_SEAT });
        (void) settle(room);

        g_assert_true(topology_find_seat(room->topology, "seat-box7")->has_display);
        check_kinds(&topology_find_seat(room->topology, "seat-box7")->devices, "display");
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define ADD(name, function) room_add("/hub-seats/" name, function)
        ADD("attached/at-hub", test_attached_at_hub);
        ADD("attached/back-to-seat0", test_attached_back);
        ADD("attached/at-port", test_attached_at_port);
        ADD("attached/at-controller", test_attached_at_controller);
        ADD("thirty-hubs", test_thirty_hubs);
        ADD("device-changes-seat", test_device_changes_seat);
        ADD("bad-seat-is-no-seat", test_bad_seat_is_no_seat);
        ADD("ps2-keyboard", test_ps2_keyboard);
        ADD("usb-display", test_usb_display);
        ADD("frame-buffer-alone", test_frame_buffer_alone);
        ADD("text-console-makes-seat", test_text_console_makes_seat);

        return g_test_run();
}
