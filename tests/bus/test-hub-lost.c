/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* HubLost=: what happens to a session when its hub is unplugged, and that nothing happens when the hub is
 * back in time. */

#include "desk.h"

static void configure(Fixture *f, const char *what, const char *when) {
        g_autofree char *text = NULL;

        text = g_strdup_printf(TEST_CONFIG "[Stations]\nHubLost=%s\nHubLostSec=%s\n", what, when);
        fixture_configure(f, text);
}

static void test_a_lost_hub_locks(Desk *d, gconstpointer data) {
        Fixture *f = &d->f;

        configure(f, "lock", "200ms");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fake_logind_add_session(f->logind, .id = "5", .uid = BEN, .seat = "seat-right");
        fixture_start(f);
        hubs_unplug(d->hubs, d->left);
        WAIT_FOR(fake_count(&f->logind->fake, "LockSession") == 1);
        assert_deeds(&f->logind->fake, "LockSession('3')");
        assert_jobs(f, "");
}

static void test_a_lost_hub_logs_off(Desk *d, gconstpointer data) {
        g_autofree char *job = NULL, *message = NULL, *by = NULL, *reason = NULL;
        Fixture *f = &d->f;

        configure(f, "log-off", "200ms");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fake_logind_add_session(f->logind, .id = "5", .uid = BEN, .seat = "seat-right");
        fixture_start(f);
        hubs_unplug(d->hubs, d->left);
        WAIT_FOR(fixture_count_signals(f, MANAGER, "JobNew") == 1);
        job = fixture_only_job(f);
        message = usher_get_string(f->root, job, "Message");
        g_assert_cmpstr(message, ==, "");
        by = usher_get_text(f->root, job, "StartedBy");
        g_assert_cmpstr(by, ==, "(0, '')");
        reason = usher_get_string(f->root, job, "Reason");
        g_assert_cmpstr(reason, ==, "hub-lost");
        fixture_wait_property(f, job, "Session", "'3'");

        /* The hub is back in time: nothing was lost. */
        hubs_plug(d->hubs, d->left);
        assert_result(f, job, "cancelled");
        assert_deeds(&f->logind->fake, "");
}

/* A log-off has begun because the hub of the station is gone. */
static char *lost_hub(Desk *d) {
        Fixture *f = &d->f;

        configure(f, "log-off", "200ms");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        hubs_unplug(d->hubs, d->left);
        WAIT_FOR(fixture_count_signals(f, MANAGER, "JobNew") == 1);
        return fixture_only_job(f);
}

static void test_a_hub_that_is_back_after_a_restart(Desk *d, gconstpointer data) {
        g_autofree char *job = lost_hub(d);
        Fixture *f = &d->f;

        fixture_kill(f);
        fixture_start(f);
        fixture_wait_property(f, LEFT, "Health", "'no-keyboard'");
        wait_until_time(g_get_monotonic_time() + G_USEC_PER_SEC / 2);
        assert_jobs(f, "1");
        hubs_plug(d->hubs, d->left);
        assert_result(f, job, "cancelled");
        assert_deeds(&f->logind->fake, "");
}

static void test_a_hub_that_is_back_during_a_restart(Desk *d, gconstpointer data) {
        g_autofree char *job = lost_hub(d);
        Fixture *f = &d->f;

        fixture_kill(f);
        hubs_plug(d->hubs, d->left);
        fixture_start(f);
        assert_result(f, job, "cancelled");
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

/* Somebody requests this log-off, with or without a hub. */
static void test_a_log_off_that_was_also_requested_stays(Desk *d, gconstpointer data) {
        g_autofree char *job = lost_hub(d), *same = NULL;
        Fixture *f = &d->f;

        same = fixture_log_off(f, "seat-left", "{'grace': <uint32 3000>}");
        g_assert_cmpstr(job, ==, same);
        fixture_settle(f);
        fixture_kill(f);
        fixture_start(f);
        fixture_wait_property(f, LEFT, "Health", "'no-keyboard'");
        hubs_plug(d->hubs, d->left);
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        assert_jobs(f, "1");
        fixture_wait_property(f, job, "Phase", "'warning'");
}

/* The administrator has detached all hubs: this one is no longer missed, so nobody is logged off for it. */
static void test_detach_all_cancels_it(Desk *d, gconstpointer data) {
        g_autofree char *job = lost_hub(d);
        Fixture *f = &d->f;

        g_variant_unref(usher_call(f->root, MANAGER, "Manager.DetachAll", NULL));
        assert_result(f, job, "cancelled");
        assert_deeds(&f->logind->fake, "FlushDevices(false)");
}

static void test_another_hub_cancels_it(Desk *d, gconstpointer data) {
        g_autofree char *job = lost_hub(d);
        Fixture *f = &d->f;

        fixture_kill(f);
        fixture_start(f);
        fixture_wait_property(f, LEFT, "Health", "'no-keyboard'");
        assert_jobs(f, "1");
        desk_attach(d, "1-4", "seat-left");
        hubs_attach(d->hubs, d->right, "seat-left");
        assert_result(f, job, "cancelled");
}

static void test_a_hub_that_is_back_in_time(Desk *d, gconstpointer data) {
        Fixture *f = &d->f;

        configure(f, "log-off", "2");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        hubs_unplug(d->hubs, d->left);
        fixture_wait_property(f, LEFT, "Health", "'no-keyboard'");
        hubs_plug(d->hubs, d->left);
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        wait_until_time(g_get_monotonic_time() + 5 * G_USEC_PER_SEC / 2);
        assert_jobs(f, "");
        g_assert_cmpuint(fixture_count_signals(f, MANAGER, "JobNew"), ==, 0);
}

/* A log-off that somebody requested goes on, whatever happens to the hub. */
static void test_a_countdown_is_kept(Desk *d, gconstpointer data) {
        g_autofree char *job = NULL;
        Fixture *f = &d->f;
        guint64 deadline;

        configure(f, "log-off", "200ms");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        job = fixture_log_off(f, "seat-left", "{'grace': <uint32 600>}");
        deadline = usher_get_uint64(f->root, job, "DeadlineMonotonic");
        hubs_unplug(d->hubs, d->left);
        fixture_wait_property(f, LEFT, "Health", "'no-keyboard'");
        wait_until_time(g_get_monotonic_time() + G_USEC_PER_SEC / 2);
        assert_jobs(f, "1");
        g_assert_cmpuint(usher_get_uint64(f->root, job, "DeadlineMonotonic"), ==, deadline);

        hubs_plug(d->hubs, d->left);
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        assert_jobs(f, "1");
        fixture_wait_property(f, job, "Phase", "'warning'");
        assert_deeds(&f->logind->fake, "");
}

static void test_nothing_is_done_unless_asked_for(Desk *d, gconstpointer data) {
        Fixture *f = &d->f;

        configure(f, "keep", "0");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        hubs_unplug(d->hubs, d->left);
        fixture_wait_property(f, LEFT, "Health", "'no-keyboard'");
        wait_until_time(g_get_monotonic_time() + G_USEC_PER_SEC / 2);
        assert_jobs(f, "");
        assert_deeds(&f->logind->fake, "");
}

int main(int argc, char *argv[]) {
        hubs_enter(argv);
        fixture_init(&argc, &argv);

#define ADD(name, function) g_test_add("/hub-lost/" name, Desk, NULL, desk_set_up, function, desk_tear_down)
        ADD("a-lost-hub-locks", test_a_lost_hub_locks);
        ADD("a-lost-hub-logs-off", test_a_lost_hub_logs_off);
        ADD("a-hub-that-is-back-after-a-restart", test_a_hub_that_is_back_after_a_restart);
        ADD("a-hub-that-is-back-during-a-restart", test_a_hub_that_is_back_during_a_restart);
        ADD("a-log-off-that-was-also-requested-stays", test_a_log_off_that_was_also_requested_stays);
        ADD("detach-all-cancels-it", test_detach_all_cancels_it);
        ADD("another-hub-cancels-it", test_another_hub_cancels_it);
        ADD("a-hub-that-is-back-in-time", test_a_hub_that_is_back_in_time);
        ADD("a-countdown-is-kept", test_a_countdown_is_kept);
        ADD("nothing-is-done-unless-asked-for", test_nothing_is_done_unless_asked_for);

        return g_test_run();
}
