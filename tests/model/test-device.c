/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib.h>

#include "common/text.h"
#include "hub/device.h"

static void test_kind_names(void) {
        for (int i = 0; i < _DEVICE_KIND_MAX; i++) {
                g_assert_nonnull(device_kind_to_string((DeviceKind) i));
                g_assert_cmpint(device_kind_from_string(device_kind_to_string((DeviceKind) i)), ==, i);
        }

        g_assert_null(device_kind_to_string(_DEVICE_KIND_MAX));
        g_assert_null(device_kind_to_string(_DEVICE_KIND_INVALID));
        g_assert_cmpint(device_kind_from_string("toaster"), ==, _DEVICE_KIND_INVALID);
        g_assert_cmpint(device_kind_from_string(NULL), ==, _DEVICE_KIND_INVALID);
}

static void test_kind(void) {
        static const struct {
                unsigned flags;
                DeviceKind kind;
        } kinds[] = {
                { 0, _DEVICE_KIND_INVALID },
                { DEVICE_HAS_SEAT_TAG | DEVICE_IS_FIXED | DEVICE_SEAT_IGNORED, _DEVICE_KIND_INVALID },
                { DEVICE_IS_KEYBOARD | DEVICE_IS_POINTER | DEVICE_HAS_SEAT_TAG, DEVICE_KEYBOARD },
                { DEVICE_IS_POINTER, DEVICE_POINTER },
                { DEVICE_IS_DISPLAY | DEVICE_IS_MASTER_OF_SEAT, DEVICE_DISPLAY },
                { DEVICE_IS_MASTER_OF_SEAT, DEVICE_DISPLAY },
                { DEVICE_IS_SOUND, DEVICE_SOUND },
                { DEVICE_IS_HUB, DEVICE_HUB },
                { DEVICE_IS_OTHER, DEVICE_OTHER },
        };

        for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
                g_assert_cmpint(device_info_kind(&(DeviceInfo) { .flags = kinds[i].flags }), ==,
                                kinds[i].kind);
}

static void check_seat(const char *id_seat, unsigned flags, const char *expected, gboolean ignored) {
        DeviceInfo f = { .flags = flags };

        g_assert_cmpint(device_info_set_seat(&f, id_seat), ==, expected != NULL);
        g_assert_cmpstr(f.seat, ==, expected);
        g_assert_cmpint(!!(f.flags & DEVICE_SEAT_IGNORED), ==, ignored);
        device_info_done(&f);
}

static void test_seat(void) {
        g_autofree char *longest = g_strnfill(255, 'x'), *too_long = g_strnfill(256, 'x');

        memcpy(longest, "seat", 4);
        memcpy(too_long, "seat", 4);

        check_seat(NULL, DEVICE_HAS_SEAT_TAG, "seat0", FALSE);
        check_seat("", DEVICE_HAS_SEAT_TAG, "seat0", FALSE);
        check_seat("seat-pci-pci-0000_00_11_0", DEVICE_HAS_SEAT_TAG, "seat-pci-pci-0000_00_11_0", FALSE);
        check_seat(longest, DEVICE_HAS_SEAT_TAG, longest, FALSE);

        /* Without the tag a device belongs to no seat, and its ID_SEAT does not matter. */
        check_seat("seat-a", 0, NULL, FALSE);
        check_seat("../../etc", 0, NULL, FALSE);

        /* As in logind, a device with an invalid ID_SEAT belongs to no seat, rather than to seat0. */
        check_seat(too_long, DEVICE_HAS_SEAT_TAG, NULL, TRUE);
        check_seat("chair-1", DEVICE_HAS_SEAT_TAG, NULL, TRUE);
        check_seat("seat-a/../../etc/shadow", DEVICE_HAS_SEAT_TAG, NULL, TRUE);
        check_seat("seat-a\nseat-b", DEVICE_HAS_SEAT_TAG, NULL, TRUE);
        check_seat("seat-%s%n", DEVICE_HAS_SEAT_TAG, NULL, TRUE);
        check_seat("seat-\xff", DEVICE_HAS_SEAT_TAG, NULL, TRUE);
        check_seat("seat-ü", DEVICE_HAS_SEAT_TAG, NULL, TRUE);
        check_seat(" ", DEVICE_HAS_SEAT_TAG, NULL, TRUE);
}

static void test_seat_again(void) {
        DeviceInfo f = { .flags = DEVICE_HAS_SEAT_TAG };

        g_assert_cmpint(device_info_set_seat(&f, "nonsense"), ==, 0);
        g_assert_cmpint(device_info_set_seat(&f, "seat-a"), ==, 1);
        g_assert_cmpuint(f.flags, ==, DEVICE_HAS_SEAT_TAG);
        device_info_done(&f);
}

static void check_text(const char *raw, const char *expected) {
        DeviceInfo f = {};

        g_assert_cmpint(device_info_set_text(&f, "Works", raw), ==, 0);
        g_assert_cmpstr(f.vendor, ==, "Works");
        g_assert_cmpstr(f.product, ==, expected);
        device_info_done(&f);
}

static void test_text(void) {
        check_text(NULL, "");
        check_text("", "");
        check_text("USB2.0 Hub", "USB2.0 Hub");
        check_text("  USB2.0 Hub   ", "USB2.0 Hub");
        check_text("     ", "");
        check_text("Hub der Größe 4", "Hub der Größe 4");
        check_text("%s%n", "%s%n");
        check_text("Hub\nE:ID_SEAT=seat0", "Hub\\x0aE:ID_SEAT=seat0");
        check_text("\033]0;owned\007", "\\x1b]0;owned\\x07");
        check_text("\xff\xfe", "\\xff\\xfe");
}

static void test_long_text(void) {
        g_autofree char *plain = g_strnfill(4096, 'x'), *escaped = g_strnfill(4096, '\033');
        g_autoptr(GString) wide = g_string_new("x");
        DeviceInfo f = {};

        g_assert_cmpint(device_info_set_text(&f, plain, escaped), ==, 0);
        g_assert_cmpuint(strlen(f.vendor), ==, DEVICE_TEXT_MAX);
        g_assert_cmpuint(strlen(f.product), ==, DEVICE_TEXT_MAX);

        /* The text is cut between two characters. */
        while (wide->len < 4096)
                g_string_append(wide, "ü");
        g_assert_cmpint(device_info_set_text(&f, wide->str, NULL), ==, 0);
        g_assert_cmpuint(strlen(f.vendor), ==, DEVICE_TEXT_MAX - 1);
        g_assert_true(text_is_utf8(f.vendor));
        g_assert_cmpstr(f.product, ==, "");
        device_info_done(&f);
}

static void test_copy(void) {
        DeviceInfo f = {
                .syspath = (char *) "/sys/devices/x",
                .sysname = (char *) "x",
                .subsystem = (char *) "usb",
                .usb_path = (char *) "/sys/devices/x",
                .usb_peer = (char *) "2-1",
                .usb_speed = 480,
                .flags = DEVICE_IS_HUB,
        };
        char **const strings[] = {
                &f.syspath,
                &f.sysname,
                &f.subsystem,
                &f.devtype,
                &f.seat,
                &f.vendor,
                &f.product,
                &f.usb_path,
                &f.usb_peer,
        };
        DeviceInfo copy;

        g_assert_cmpint(device_info_copy(&copy, &f), ==, 0);
        g_assert_true(device_info_equal(&copy, &f));
        g_assert_true(copy.syspath != f.syspath);

        /* All fields are compared. */
        for (gsize i = 0; i < G_N_ELEMENTS(strings); i++) {
                char *kept = *strings[i];

                *strings[i] = (char *) "different";
                g_assert_false(device_info_equal(&copy, &f));
                *strings[i] = kept;
        }
        f.usb_speed++;
        g_assert_false(device_info_equal(&copy, &f));
        f.usb_speed--;
        f.flags |= DEVICE_IS_FIXED;
        g_assert_false(device_info_equal(&copy, &f));

        device_info_done(&copy);
        device_info_done(&copy);
}

static void test_list(void) {
        DeviceList a = {}, b = {};

        g_assert_true(device_list_equal(&a, &b));
        g_assert_cmpint(device_list_append(&a, DEVICE_KEYBOARD, "/sys/a"), ==, 0);
        g_assert_false(device_list_equal(&a, &b));
        g_assert_cmpint(device_list_append(&b, DEVICE_POINTER, "/sys/a"), ==, 0);
        g_assert_false(device_list_equal(&a, &b));
        device_list_done(&b);
        g_assert_cmpint(device_list_append(&b, DEVICE_KEYBOARD, "/sys/a"), ==, 0);
        g_assert_true(device_list_equal(&a, &b));
        device_list_done(&a);
        device_list_done(&b);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/device/kind-names", test_kind_names);
        g_test_add_func("/device/kind", test_kind);
        g_test_add_func("/device/seat", test_seat);
        g_test_add_func("/device/seat-again", test_seat_again);
        g_test_add_func("/device/text", test_text);
        g_test_add_func("/device/text-long", test_long_text);
        g_test_add_func("/device/copy", test_copy);
        g_test_add_func("/device/list", test_list);

        return g_test_run();
}
