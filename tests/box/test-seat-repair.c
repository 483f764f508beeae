/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-seat-repair with the real udev and logind, in the sandbox of its unit: a display manager sees the
 * seat go and come back, unless somebody is there. */

#include <string.h>

#include "usher.h"

static const char configuration[] = "[LogOff]\nGraceSec=60\n";

/* Returns how many of these signals were about the seat. */
static guint count(BoxMonitor *monitor, const char *seat) {
        guint n = 0;

        for (guint i = 1; i <= box_monitor_count(monitor, NULL); i++) {
                const char *id;

                g_variant_get(box_monitor_wait(monitor, NULL, i, 0)->parameters, "(&s&o)", &id, NULL);
                n += g_str_equal(id, seat);
        }

        return n;
}

typedef struct {
        BoxMonitor *added;
        const char *seat;
} SeatWait;

static bool is_back(gpointer userdata) {
        const SeatWait *w = userdata;

        return count(w->added, w->seat) > 0;
}

static void test_repair(Usher *u, gconstpointer unused) {
        g_autoptr(BoxMonitor) added = box_monitor_new(
                        u->box, "org.freedesktop.login1", NULL, "org.freedesktop.login1.Manager", "SeatNew");
        g_autoptr(BoxMonitor) removed = box_monitor_new(u->box, "org.freedesktop.login1", NULL,
                        "org.freedesktop.login1.Manager", "SeatRemoved");
        g_autoptr(BoxSession) person =
                        usher_open(u, &(BoxSessionOptions) { .user = "u8", .seat = "seat-box8" });
        SeatWait w = { added, "seat-box7" };

        usher_systemctl("start", NULL, "usher-seat-repair@seat-box8.service");
        usher_systemctl("start", NULL, "usher-seat-repair@seat-box7.service");
        g_assert_true(box_wait(is_back, &w, BOX_TIMEOUT_MSEC));

        g_assert_cmpuint(count(removed, "seat-box7"), ==, 1);
        g_assert_cmpuint(box_monitor_count(removed, NULL), ==, 1);
        g_assert_cmpuint(box_monitor_count(added, NULL), ==, 1);
        g_assert_true(box_session_is_listed(person));
        g_assert_false(g_file_test(
                        "/run/udev/rules.d/74-usher-seat-repair-seat-box7.rules", G_FILE_TEST_EXISTS));
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        usher_test("/seat-repair/only-where-nobody-is", configuration, test_repair);

        return g_test_run();
}
