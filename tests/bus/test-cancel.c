/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Changes to a log-off that has begun: cancelled, postponed, or moved forward. */

#include "fixture.h"

#define SECOND G_USEC_PER_SEC

static void test_cancel_all_ends_nobody(Fixture *f, gconstpointer data) {
        g_autofree char *first = NULL, *second = NULL;
        g_autoptr(GVariant) reply = NULL, none = NULL;
        guint32 n;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);

        first = fixture_log_off(f, "seat0", "{'grace': <uint32 2>}");
        second = fixture_log_off(f, "seat-left", "{'grace': <uint32 2>}");
        reply = usher_call(f->root, MANAGER, "Manager.CancelAll", NULL);
        g_variant_get(reply, "(u)", &n);
        g_assert_cmpuint(n, ==, 2);
        assert_result(f, first, "cancelled");
        assert_result(f, second, "cancelled");
        fixture_wait_property(f, SEAT0, "State", "'in-use'");

        none = usher_call(f->root, MANAGER, "Manager.CancelAll", NULL);
        g_variant_get(none, "(u)", &n);
        g_assert_cmpuint(n, ==, 0);

        wait_until_time(g_get_monotonic_time() + 5 * SECOND / 2);
        fixture_settle(f);
        assert_deeds(&f->logind->fake, "");
        assert_jobs(f, "");
}

static void test_one_job_is_cancelled(Fixture *f, gconstpointer data) {
        g_autofree char *first = NULL, *second = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);

        first = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        second = fixture_log_off(f, "seat-left", "{'grace': <uint32 60>}");
        g_variant_unref(usher_call(f->root, first, "Job.Cancel", NULL));
        assert_result(f, first, "cancelled");
        assert_jobs(f, "2");
        assert_refused(f->root, first, "Job.Cancel", NULL, "org.usher1.Error.NoSuchJob");
}

static void test_an_end_that_has_begun_cannot_be_taken_back(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        g_autoptr(GVariant) reply = NULL;
        guint32 n;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nTerminateSec=1h\nAskSec=300ms\n");
        at_station(f, "3", ADA, "seat0");
        f->logind->ignore_terminate = TRUE;
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        fixture_wait_property(f, path, "Phase", "'terminating'");
        assert_refused(f->root, path, "Job.Cancel", NULL, "org.usher1.Error.NotCancellable");
        assert_refused(f->root, path, "Job.Extend", ARGS("(uint32 5,)"), "org.usher1.Error.NotCancellable");
        reply = usher_call(f->root, MANAGER, "Manager.CancelAll", NULL);
        g_variant_get(reply, "(u)", &n);
        g_assert_cmpuint(n, ==, 0);

        fake_logind_remove_session(f->logind, "3");
        assert_result(f, path, "done");
}

static void test_extend_moves_the_deadline_but_not_past_the_maximum(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        guint64 before, after;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        before = usher_get_uint64(f->root, path, "DeadlineMonotonic");
        g_variant_unref(usher_call(f->root, path, "Job.Extend", ARGS("(uint32 300,)")));
        after = usher_get_uint64(f->root, path, "DeadlineMonotonic");
        g_assert_cmpuint(after, ==, before + 300 * SECOND);

        /* The end can be an hour after the start at most, with one postponement or several. */
        assert_refused(f->root, path, "Job.Extend", ARGS("(uint32 3241,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        assert_refused(f->root, path, "Job.Extend", ARGS("(uint32 4294967295,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        g_assert_cmpuint(usher_get_uint64(f->root, path, "DeadlineMonotonic"), ==, after);
        g_variant_unref(usher_call(f->root, path, "Job.Extend", ARGS("(uint32 3240,)")));
        assert_refused(f->root, path, "Job.Extend", ARGS("(uint32 1,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
}

static void test_extend_takes_effect(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        gint64 before;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        before = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        g_variant_unref(usher_call(f->root, path, "Job.Extend", ARGS("(uint32 1,)")));
        assert_result(f, path, "done");
        g_assert_cmpint(fake_nth(&f->logind->fake, "TerminateSession", 0)->time - before, >=, 2 * SECOND);
}

static void test_end_now_shortens_the_warning(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 3600>}");
        g_variant_unref(usher_call(f->root, path, "Job.EndNow", NULL));
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

static void test_nothing_to_cancel_takes_no_right(Fixture *f, gconstpointer data) {
        g_autoptr(GVariant) reply = NULL;
        guint32 n;

        fixture_start(f);
        reply = usher_call(fixture_connect(f, MALLORY), MANAGER, "Manager.CancelAll", NULL);
        g_variant_get(reply, "(u)", &n);
        g_assert_cmpuint(n, ==, 0);
        g_assert_cmpuint(f->polkit->questions->len, ==, 0);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/cancel/" name, function)
        ADD("cancel-all-ends-nobody", test_cancel_all_ends_nobody);
        ADD("one-job-is-cancelled", test_one_job_is_cancelled);
        ADD("an-end-that-has-begun-cannot-be-taken-back", test_an_end_that_has_begun_cannot_be_taken_back);
        ADD("extend-moves-the-deadline-but-not-past-the-maximum",
                        test_extend_moves_the_deadline_but_not_past_the_maximum);
        ADD("extend-takes-effect", test_extend_takes_effect);
        ADD("end-now-shortens-the-warning", test_end_now_shortens_the_warning);
        ADD("nothing-to-cancel-takes-no-right", test_nothing_to_cancel_takes_no_right);

        return g_test_run();
}
