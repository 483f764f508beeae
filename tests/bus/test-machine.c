/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Changes to the whole machine by others: shutdowns through logind or systemd, and suspends. */

#include "everybody.h"

#include "common/names.h"

#define SHUTTING_DOWN "org.usher1.Error.ShuttingDown"

/* No event shows that a lock is released, so the test polls. */
static void wait_locks(Fixture *f, guint n) {
        gint64 end = g_get_monotonic_time() + 10 * SECOND;

        while (fake_logind_inhibitors(f->logind, "delay") != n) {
                fixture_settle(f);
                g_assert_cmpint(g_get_monotonic_time(), <, end);
        }
}

static void wait_lock(Fixture *f) {
        wait_locks(f, 1);
}

static void wait_no_lock(Fixture *f) {
        wait_locks(f, 0);
}

static void test_the_hook_is_not_waited_for(Fixture *f, gconstpointer data) {
        four_people(f);
        f->systemd->hook = "active";
        everybody_start(f);
        wait_lock(f);
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        wait_no_lock(f);
        assert_jobs(f, "");

        /* The shutdown is cancelled. */
        fake_logind_prepare_for_shutdown(f->logind, FALSE);
        wait_lock(f);
}

static void test_without_the_hook_people_get_a_last_warning(Fixture *f, gconstpointer data) {
        g_autofree char *reason = NULL;
        gint64 begin;

        four_people(f);
        everybody_start(f);
        wait_lock(f);
        begin = g_get_monotonic_time();
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        fixture_settle(f);
        assert_jobs(f, "1 2 3 4");
        reason = usher_get_string(f->root, "/org/usher1/job/1", "Reason");
        g_assert_cmpstr(reason, ==, "power-off");
        WAIT_FOR(fake_systemd_has_warner(f->systemd, ADA) && fake_systemd_has_warner(f->systemd, BEN));
        g_assert_cmpuint(fake_logind_inhibitors(f->logind, "delay"), ==, 1);

        /* logind's delay is five seconds. */
        wait_until_time(begin + 3500 * G_TIME_SPAN_MILLISECOND);
        g_assert_cmpuint(fake_logind_inhibitors(f->logind, "delay"), ==, 0);
}

static void test_a_cancelled_shutdown_lets_people_stay(Fixture *f, gconstpointer data) {
        four_people(f);
        everybody_start(f);
        wait_lock(f);
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        fixture_settle(f);
        assert_jobs(f, "1 2 3 4");
        fake_logind_prepare_for_shutdown(f->logind, FALSE);
        fixture_settle(f);
        assert_jobs(f, "");
        wait_lock(f);
        assert_deeds(&f->logind->fake, "");
}

static void test_the_lock_is_never_held_for_nothing(Fixture *f, gconstpointer data) {
        gint64 begin;

        everybody_start(f);
        wait_lock(f);
        begin = g_get_monotonic_time();
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        wait_no_lock(f);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, SECOND);
}

static void test_the_lock_is_taken_from_the_next_logind(Fixture *f, gconstpointer data) {
        everybody_start(f);
        wait_lock(f);
        fake_restart(&f->logind->fake);
        WAIT_FOR(fake_count(&f->logind->fake, "Inhibit") > 1);
        wait_lock(f);
}

static void test_nothing_is_cancelled_once_systemd_shuts_down(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        everybody_start(f);
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        jobs = job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll",
                        ARGS("({'grace': <uint32 2>, 'include-caller': <true>, 'include-seatless': "
                             "<true>},)")));
        assert_refused(f->root, MANAGER, "Manager.CancelAll", NULL, "org.usher1.Error.NotCancellable");
        assert_refused(f->root, jobs[0], "Job.Cancel", NULL, "org.usher1.Error.NotCancellable");

        /* logind's TerminateSession would wait for usher-shutdown.service now, so sessions are ended without
         * it. */
        everybody_wait(f, jobs, "done");
        g_assert_cmpuint(fake_count(&f->logind->fake, "TerminateSession"), ==, 0);
        g_assert_cmpuint(fake_count(&f->logind->fake, "KillSession"), >=, 4);
}

static void test_another_shutdown_drops_a_pending_action(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 1>}");
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        everybody_wait(f, jobs, "done");
        fixture_settle(f);
        g_assert_cmpuint(fake_count(&f->logind->fake, "RebootWithFlags"), ==, 0);
}

/* Ctrl-Alt-Del: systemd has begun, without a word from logind. */
static void test_a_shutdown_past_logind_drops_a_pending_action(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 2>}");
        f->systemd->queued = "poweroff.target";
        fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, "deactivating");
        WAIT_FOR(fake_count(&f->systemd->fake, "ListJobs") == 1);
        fixture_settle(f);
        fixture_settle(f);
        assert_refused(f->root, jobs[0], "Job.Cancel", NULL, "org.usher1.Error.NotCancellable");
        everybody_wait(f, jobs, "done");
        fixture_settle(f);
        g_assert_cmpuint(fake_count(&f->logind->fake, "RebootWithFlags"), ==, 0);
}

/* usher-shutdown(8) waits for 25 minutes. */
#define HOOK_WAITS (25 * 60 * SECOND)

static void extend(Fixture *f, const char *job, guint32 seconds) {
        g_variant_unref(usher_call(f->root, job, "Job.Extend", ARGS("(%u,)", seconds)));
}

static void test_extend_in_a_shutdown_lasts_as_long_as_the_hook_waits(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;
        guint64 begin, before, after;

        four_people(f);
        f->systemd->hook = "active";
        everybody_start(f);
        jobs = job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll",
                        ARGS("({'grace': <uint32 60>, 'include-caller': <true>},)")));

        /* While the machine stays on nothing but the maximum limits it. */
        before = usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic");
        extend(f, jobs[0], 2000);
        g_assert_cmpuint(
                        usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic"), ==, before + 2000 * SECOND);

        begin = (guint64) g_get_monotonic_time();
        f->systemd->queued = "poweroff.target";
        fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, "deactivating");
        WAIT_FOR(fake_count(&f->systemd->fake, "ListJobs") == 1);
        fixture_settle(f);
        fixture_settle(f);

        /* All that can be given is given, and after that nothing. */
        extend(f, jobs[1], 100);
        g_assert_cmpuint(usher_get_uint64(f->root, jobs[1], "Remaining"), >, 150 * SECOND);
        extend(f, jobs[1], 3000);
        after = usher_get_uint64(f->root, jobs[1], "DeadlineMonotonic");
        g_assert_cmpuint(after, >=, begin + HOOK_WAITS);
        g_assert_cmpuint(after, <, (guint64) g_get_monotonic_time() + HOOK_WAITS);
        assert_refused(f->root, jobs[1], "Job.Extend", ARGS("(uint32 1,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        g_assert_cmpuint(usher_get_uint64(f->root, jobs[1], "DeadlineMonotonic"), ==, after);
}

static void test_a_last_warning_cannot_be_extended(Fixture *f, gconstpointer data) {
        guint64 before;

        four_people(f);
        everybody_start(f);
        wait_lock(f);
        fake_logind_prepare_for_shutdown(f->logind, TRUE);
        fixture_settle(f);
        before = usher_get_uint64(f->root, "/org/usher1/job/1", "DeadlineMonotonic");
        assert_refused(f->root, "/org/usher1/job/1", "Job.Extend", ARGS("(uint32 300,)"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        g_assert_cmpuint(usher_get_uint64(f->root, "/org/usher1/job/1", "DeadlineMonotonic"), ==, before);
}

/* An administrator or a package upgrade restarts usher-shutdown.service: that is no shutdown. */
static void test_a_restarted_hook_keeps_the_pending_action(Fixture *f, gconstpointer data) {
        static const char *const states[] = { "deactivating", "inactive", "activating", "active" };
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 2>}");
        for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
                fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, states[i]);
                fixture_settle(f);
                fixture_settle(f);
                assert_refused(f->root, MANAGER, "Manager.PowerOff", ARGS("(" NO_OPTIONS ",)"),
                                SHUTTING_DOWN);
        }

        everybody_wait(f, jobs, "done");
        WAIT_FOR(fake_count(&f->logind->fake, "RebootWithFlags") == 1);
}

static void test_a_restarted_hook_does_not_prevent_cancelling(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        four_people(f);
        f->systemd->hook = "active";
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        fake_systemd_set_unit(f->systemd, USHER_UNIT_SHUTDOWN, "deactivating");
        fixture_settle(f);
        fixture_settle(f);
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        everybody_wait(f, jobs, "cancelled");
        g_assert_cmpuint(fake_count(&f->logind->fake, "RebootWithFlags"), ==, 0);
}

static void test_after_a_suspend_people_are_warned_again(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;
        guint64 before;

        four_people(f);
        fixture_configure(f, "[LogOff]\nMinimumGraceSec=20\n");
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 5>}");
        WAIT_FOR(fake_systemd_has_warner(f->systemd, ADA));
        before = usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic");
        fake_forget(&f->systemd->fake);
        fake_emit(&f->logind->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep",
                        g_variant_new("(b)", TRUE));
        fake_emit(&f->logind->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep",
                        g_variant_new("(b)", FALSE));
        WAIT_FOR(fake_count(&f->systemd->fake, "StartUnit") >= 4);
        g_assert_cmpuint(usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic"), >, before + 10 * SECOND);
        g_assert_cmpuint(usher_get_uint64(f->root, jobs[0], "Remaining"), >, 15 * SECOND);
}

/* With enough time left the monotonic deadline stays. The wall-clock time has changed, and a user who was
 * away has seen no warning. */
static void test_after_a_suspend_with_time_left_people_are_warned_again(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;
        guint64 before;

        four_people(f);
        everybody_start(f);
        jobs = everybody_ask(f, "Restart", "{'grace': <uint32 60>}");
        usher_call(f->root, jobs[0], "Job.SetWarned", ARGS("('desktop',)"));
        fixture_wait_property(f, jobs[0], "Warned", "'desktop'");
        before = usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic");
        fake_emit(&f->logind->fake, LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep",
                        g_variant_new("(b)", FALSE));
        fixture_wait_property(f, jobs[0], "Warned", "'pending'");
        g_assert_cmpuint(usher_get_uint64(f->root, jobs[0], "DeadlineMonotonic"), ==, before);
}

int main(int argc, char **argv) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/machine/" name, function)
        ADD("the-hook-is-not-waited-for", test_the_hook_is_not_waited_for);
        ADD("without-the-hook-people-get-a-last-warning", test_without_the_hook_people_get_a_last_warning);
        ADD("a-cancelled-shutdown-lets-people-stay", test_a_cancelled_shutdown_lets_people_stay);
        ADD("the-lock-is-never-held-for-nothing", test_the_lock_is_never_held_for_nothing);
        ADD("the-lock-is-taken-from-the-next-logind", test_the_lock_is_taken_from_the_next_logind);
        ADD("nothing-is-cancelled-once-systemd-shuts-down",
                        test_nothing_is_cancelled_once_systemd_shuts_down);
        ADD("another-shutdown-drops-a-pending-action", test_another_shutdown_drops_a_pending_action);
        ADD("a-shutdown-past-logind-drops-a-pending-action",
                        test_a_shutdown_past_logind_drops_a_pending_action);
        ADD("extend-in-a-shutdown-lasts-as-long-as-the-hook-waits",
                        test_extend_in_a_shutdown_lasts_as_long_as_the_hook_waits);
        ADD("a-last-warning-cannot-be-extended", test_a_last_warning_cannot_be_extended);
        ADD("a-restarted-hook-keeps-the-pending-action", test_a_restarted_hook_keeps_the_pending_action);
        ADD("a-restarted-hook-does-not-prevent-cancelling",
                        test_a_restarted_hook_does_not_prevent_cancelling);
        ADD("after-a-suspend-with-time-left-people-are-warned-again",
                        test_after_a_suspend_with_time_left_people_are_warned_again);
        ADD("after-a-suspend-people-are-warned-again", test_after_a_suspend_people_are_warned_again);

        return g_test_run();
}
