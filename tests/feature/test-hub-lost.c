/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Hubs that are unplugged, and what survives a restart of usherd. */

#include "common/timespan.h"
#include "daemon.h"
#include "feature/hub-lost.h"

static void plug(Daemon *d) {
        hub(&d->room, "usb1");
        hub_at(&d->room, "1-1", SEAT);
        keyboard_at(&d->room, "1-1.1", SEAT);
}

static void plug_again(Daemon *d) {
        plug(d);
        daemon_settle(d);
}

static void unplug_hub(Daemon *d) {
        unplug(&d->room, "1-1");
        daemon_settle(d);
        daemon_fire_timers(d);
}

static void configure(Daemon *d, HubLost action) {
        Config config = d->manager->config;

        config.hub_lost = action;
        manager_set_config(d->manager, &config);
}

static void set_up(Daemon *d, gconstpointer data) {
        static const Feature *const features[] = { &hub_lost_feature, NULL };

        daemon_set_up(d, features);
        configure(d, HUB_LOST_LOG_OFF);
        daemon_session(d, .id = "3");
        plug(d);
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

/* usherd starts again, with the hub or without it. */
static void restart(Daemon *d, bool with_hub) {
        daemon_restart(d);
        configure(d, HUB_LOST_LOG_OFF);
        if (with_hub)
                plug(d);
        daemon_serve(d);
}

static void test_logs_off(Daemon *d, gconstpointer data) {
        const Job *j;

        unplug_hub(d);
        j = daemon_job(d, "3");
        g_assert_cmpint(j->origin, ==, JOB_ORIGIN_HUB_LOST);
        g_assert_cmpint(j->reason, ==, JOB_REASON_HUB_LOST);
        g_assert_cmpstr(j->by_user, ==, "");
        g_assert_cmpstr(j->message, ==, "");

        plug_again(d);
        daemon_assert_no_job(d, "3");

        /* It acts once for each loss. */
        unplug_hub(d);
        (void) daemon_job(d, "3");
}

static void test_a_hub_that_is_back_in_time(Daemon *d, gconstpointer data) {
        unplug(&d->room, "1-1");
        daemon_settle(d);
        plug_again(d);
        daemon_fire_timers(d);
        daemon_assert_no_job(d, "3");
}

static void test_locks(Daemon *d, gconstpointer data) {
        configure(d, HUB_LOST_LOCK);
        daemon_session(d, .id = "4", .leader = 400, .class = "greeter");
        unplug_hub(d);
        daemon_assert_no_job(d, "3");
        g_assert_cmpuint(daemon_count_calls(d, "LockSession(3)"), ==, 1);
        g_assert_cmpuint(daemon_count_calls(d, "LockSession(4)"), ==, 0);
}

static void test_new_settings_begin_again(Daemon *d, gconstpointer data) {
        unplug(&d->room, "1-1");
        daemon_settle(d);
        configure(d, HUB_LOST_KEEP);
        daemon_fire_timers(d);
        daemon_assert_no_job(d, "3");

        configure(d, HUB_LOST_LOG_OFF);
        daemon_fire_timers(d);
        (void) daemon_job(d, "3");
}

static void test_a_countdown_is_kept(Daemon *d, gconstpointer data) {
        daemon_log_off(d, "3", TEACHER, false);
        unplug_hub(d);
        g_assert_cmpint(daemon_job(d, "3")->origin, ==, JOB_ORIGIN_CALLER);
        plug_again(d);
        (void) daemon_job(d, "3");
}

static void test_a_log_off_that_was_also_requested_stays(Daemon *d, gconstpointer data) {
        unplug_hub(d);
        daemon_log_off(d, "3", TEACHER, false);
        plug_again(d);
        g_assert_cmpuint(daemon_job(d, "3")->by_uid, ==, TEACHER);
}

/* Two hubs on one power strip, and one of them gets its power back. */
static void test_the_hub_of_another_station_stays_lost(Daemon *d, gconstpointer data) {
        manager_logind_events.seat("seat-right", d->manager);
        daemon_session(d, .id = "4", .leader = 400, .seat = "seat-right");
        hub_at(&d->room, "1-2", "seat-right");
        keyboard_at(&d->room, "1-2.1", "seat-right");
        daemon_settle(d);

        unplug(&d->room, "1-2");
        unplug_hub(d);
        (void) daemon_job(d, "3");
        (void) daemon_job(d, "4");
        plug_again(d);
        daemon_assert_no_job(d, "3");
        (void) daemon_job(d, "4");
}

static void test_hubs_that_were_assigned_again(Daemon *d, gconstpointer data) {
        unplug_hub(d);
        (void) daemon_job(d, "3");
        manager_hubs_reassigned(d->manager);
        daemon_run(d);
        daemon_assert_no_job(d, "3");

        /* Nor is the hub missing when all seats are checked again. */
        configure(d, HUB_LOST_LOG_OFF);
        daemon_fire_timers(d);
        daemon_assert_no_job(d, "3");
}

static void test_back_after_a_restart(Daemon *d, gconstpointer data) {
        usec_t deadline;

        unplug_hub(d);
        deadline = daemon_job(d, "3")->deadline;
        restart(d, false);
        g_assert_cmpint(daemon_job(d, "3")->origin, ==, JOB_ORIGIN_HUB_LOST);
        g_assert_cmpuint(daemon_job(d, "3")->deadline, ==, deadline);

        plug_again(d);
        daemon_assert_no_job(d, "3");
}

static void test_back_during_a_restart(Daemon *d, gconstpointer data) {
        unplug_hub(d);
        restart(d, true);
        daemon_assert_no_job(d, "3");
}

/* A new usherd writes the store before udev has reported any device. */
static void test_two_restarts(Daemon *d, gconstpointer data) {
        unplug_hub(d);
        daemon_restart(d);
        manager_store_changed(d->manager);
        daemon_run(d);
        restart(d, false);
        plug_again(d);
        daemon_assert_no_job(d, "3");
}

/* As usherd 0.1 wrote it. */
static void test_the_store_of_0_1(Daemon *d, gconstpointer data) {
        g_autofree char *file = g_build_filename(d->house->directory, "jobs", NULL);
        g_autofree char *text = g_strdup_printf(
                        "Number=7\nSession=3\nLeader=300\nStarted=1\nStation=" SEAT
                        "\nUser=ada\nUID=61001\nScope=\nGraphical=1\nShared=0\n"
                        "BlockLogins=0\nPlan=\nReason=requested\nMessage=Lost%%21\n"
                        "ByUID=0\nByUser=\nLostHubs=1-1\nCreated=1\nGrace=600000000\n"
                        "Deadline=%" PRIu64 "\nPhase=warning\nScopeStopped=0\nWarned=desktop\n\n",
                        now_monotonic() + USEC_PER_HOUR);

        g_assert_true(g_file_set_contents(file, text, -1, NULL));
        restart(d, false);
        g_assert_cmpuint(daemon_job(d, "3")->number, ==, 7);
        plug_again(d);
        daemon_assert_no_job(d, "3");
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/hub-lost/" name, Daemon, NULL, set_up, function, tear_down)
        ADD("logs-off", test_logs_off);
        ADD("a-hub-that-is-back-in-time", test_a_hub_that_is_back_in_time);
        ADD("locks", test_locks);
        ADD("new-settings-begin-again", test_new_settings_begin_again);
        ADD("a-countdown-is-kept", test_a_countdown_is_kept);
        ADD("a-log-off-that-was-also-requested-stays", test_a_log_off_that_was_also_requested_stays);
        ADD("the-hub-of-another-station-stays-lost", test_the_hub_of_another_station_stays_lost);
        ADD("hubs-that-were-assigned-again", test_hubs_that_were_assigned_again);
        ADD("back-after-a-restart", test_back_after_a_restart);
        ADD("back-during-a-restart", test_back_during_a_restart);
        ADD("two-restarts", test_two_restarts);
        ADD("the-store-of-0.1", test_the_store_of_0_1);
        return g_test_run();
}
