/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Thousands of device events from the real kernel and the real udevd, while usherd does not get to run: the
 * kernel drops some, and usherd has to notice, enumerate everything again and become idle. */

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "usher.h"

/* Sixty-odd events each. With the largest usual receive buffer some hundred are too many. */
#define ROUNDS_AT_ONCE 50
#define ROUNDS_MAX 1000

#define USHERD "org.usher1", "/org/usher1", "org.usher1.Manager"

typedef struct {
        Box *box;
        GPid usherd;
} Fixture;

static char *output_of(const char *command) {
        return g_strchomp(usher_output((const char *const[]) { "bash", "-c", command, NULL }));
}

static void fixture_set_up(Fixture *f, gconstpointer unused) {
        g_autofree char *pid = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_true(box_inside());
        f->box = box_new(&error);
        g_assert_no_error(error);
        pid = output_of("systemctl show --value -p MainPID usherd.service");
        f->usherd = (GPid) g_ascii_strtoll(pid, NULL, 10);
        g_assert_cmpint(f->usherd, >, 1);
}

static void fixture_tear_down(Fixture *f, gconstpointer unused) {
        box_free(f->box);
}

static guint64 overruns(Fixture *f) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) value = NULL;

        value = box_get_property(f->box, USHERD, "UdevOverruns", &error);
        g_assert_no_error(error);
        return g_variant_get_uint64(value);
}

static bool has_overrun(gpointer userdata) {
        return overruns(userdata) > 0;
}

static char *stations(Fixture *f) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply = NULL;

        reply = box_call(f->box, USHERD, "ListStations", NULL, &error);
        g_assert_no_error(error);
        return g_variant_print(reply, FALSE);
}

/* Hundredths of a second. */
static guint64 cpu(Fixture *f) {
        g_autofree char *file = g_strdup_printf("/proc/%d/stat", f->usherd), *text = NULL;
        unsigned long user, system;

        g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
        g_assert_cmpint(sscanf(strrchr(text, ')') + 1,
                                        " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
                                        &system),
                        ==, 2);
        return user + system;
}

/* Whether usherd has used hardly any CPU time for two seconds: it does not go on working for ever. */
static bool is_idle(gpointer userdata) {
        static guint64 used;
        static gint64 since;
        guint64 now = cpu(userdata);

        if (since == 0 || now > used + 2) {
                used = now;
                since = g_get_monotonic_time();
        }
        return g_get_monotonic_time() - since > 2 * G_USEC_PER_SEC;
}

static void test_lost_events_are_made_good(Fixture *f, gconstpointer unused) {
        g_autofree char *before = stations(f), *after = NULL, *storm = NULL;
        guint64 rounds = 0;

        g_assert_cmpuint(overruns(f), ==, 0);

        storm = g_strdup_printf(
                        "for i in $(seq %d); do udevadm trigger --action=change --subsystem-match=tty; "
                        "done; "
                        "udevadm settle; awk '$5 > 0 { n += $9 } END { print n + 0 }' /proc/net/netlink",
                        ROUNDS_AT_ONCE);
        g_assert_cmpint(kill(f->usherd, SIGSTOP), ==, 0);
        for (;;) {
                g_autofree char *dropped = output_of(storm);

                rounds += ROUNDS_AT_ONCE;
                if (g_ascii_strtoull(dropped, NULL, 10) > 0)
                        break;
                g_assert_cmpuint(rounds, <, ROUNDS_MAX);
        }
        g_assert_cmpint(kill(f->usherd, SIGCONT), ==, 0);

        g_assert_true(box_wait(has_overrun, f, BOX_TIMEOUT_MSEC));
        after = stations(f);
        g_assert_cmpstr(after, ==, before);
        g_test_message("after %" G_GUINT64_FORMAT " rounds: %" G_GUINT64_FORMAT " overruns", rounds,
                        overruns(f));

        g_assert_true(box_wait(is_idle, f, BOX_TIMEOUT_MSEC));
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add("/storm/lost-events-are-made-good", Fixture, NULL, fixture_set_up,
                        test_lost_events_are_made_good, fixture_tear_down);
        return g_test_run();
}
