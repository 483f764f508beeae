/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A pending action after the log-offs, with the real systemd: it survives what happens to units and programs
 * meanwhile. */

#include "usher.h"

static const char configuration[] = "[LogOff]\nGraceSec=600\nMinimumGraceSec=1\n";

typedef struct {
        Usher *usher;
        BoxSession *session;
        char **jobs;
} Fixture;

/* A restart of the machine in ten minutes. */
static void set_up(Fixture *f, gconstpointer unused) {
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;

        f->usher = usher_new(configuration);
        f->session = usher_open(f->usher, &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1" });
        reply = usher_call(f->usher, "Restart", g_variant_new("(@a{sv})", usher_options(600, NULL)), &error);
        g_assert_no_error(error);
        g_variant_get(reply, "(^ao)", &f->jobs);
        g_assert_cmpuint(g_strv_length(f->jobs), ==, 1);
}

static void tear_down(Fixture *f, gconstpointer unused) {
        g_autoptr(GVariant) cancelled = usher_call(f->usher, "CancelAll", NULL, NULL);

        usher_assert_removed(f->usher, 1, f->session, "cancelled", BOX_TIMEOUT_MSEC);
        g_assert_true(box_session_is_listed(f->session));
        g_strfreev(f->jobs);
        box_session_free(f->session);
        usher_free(f->usher);
}

static void assert_pending(Fixture *f) {
        usher_call_fails(f->usher, "PowerOff", g_variant_new("(@a{sv})", usher_options(600, NULL)),
                        "org.usher1.Error.ShuttingDown");
        g_assert_true(usher_job_wait(f->usher, f->jobs[0], "Phase", "warning", 0));
}

/* As an administrator or an upgrade does. The program of the unit runs when it is stopped, and must not log
 * anybody off then. */
static void test_hook_restarted(Fixture *f, gconstpointer unused) {
        usher_systemctl("restart", NULL, "usher-shutdown.service");
        assert_pending(f);
        usher_systemctl("stop", NULL, "usher-shutdown.service");
        assert_pending(f);
        usher_systemctl("start", NULL, "usher-shutdown.service");
}

static void test_usherd_killed(Fixture *f, gconstpointer unused) {
        usher_systemctl("kill", "--signal=KILL", "usherd.service");
        g_assert_true(usher_job_wait(f->usher, f->jobs[0], "Phase", "warning", BOX_TIMEOUT_MSEC));
        assert_pending(f);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define BOX_TEST(path, func) g_test_add(path, Fixture, NULL, set_up, func, tear_down)
        BOX_TEST("/pending/hook-restarted", test_hook_restarted);
        BOX_TEST("/pending/usherd-killed", test_usherd_killed);
#undef BOX_TEST

        return g_test_run();
}
