/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What display managers do at the wrong moment, and sessions that lack what others have. */

#include "fixture.h"

#include "common/names.h"

#define LEFT "/org/usher1/station/seat_2dleft"
#define RIGHT "/org/usher1/station/seat_2dright"

/* An account that neither the test's user database nor the machine's has. */
#define NOBODY_KNOWS 64999

static void add_greeter(Fixture *f, const char *id, const char *seat) {
        fake_logind_add_session(f->logind, .id = id, .uid = NOBODY_KNOWS, .seat = seat, .class = "greeter");
}

/* Ada and Ben at work, and a greeter that waits for somebody. */
static void three_seats(Fixture *f) {
        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        add_greeter(f, "c1", "seat-right");
        fixture_start(f);
}

/* All its sessions end, on all seats, and greeters are there again. */
static void restart_display_manager(Fixture *f) {
        static const char *const ids[] = { "3", "4", "c1" };

        for (gsize i = 0; i < G_N_ELEMENTS(ids); i++)
                if (fake_logind_has_session(f->logind, ids[i]))
                        fake_logind_remove_session(f->logind, ids[i]);
        add_greeter(f, "c2", "seat0");
        add_greeter(f, "c3", "seat-left");
        add_greeter(f, "c4", "seat-right");
}

static GStrv log_off_all(Fixture *f, const char *options) {
        g_autofree char *arguments = g_strdup_printf("(%s,)", options);

        return job_paths(usher_call(f->root, MANAGER, "Manager.LogOffAll", g_variant_new_parsed(arguments)));
}

static void assert_all_free(Fixture *f) {
        static const char *const stations[] = { SEAT0, LEFT, RIGHT };

        assert_jobs(f, "");
        for (gsize i = 0; i < G_N_ELEMENTS(stations); i++)
                fixture_wait_property(f, stations[i], "State", "'free'");
}

static void test_restarts_during_the_warning(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        three_seats(f);
        jobs = log_off_all(f, "{'grace': <uint32 60>}");
        g_assert_cmpuint(g_strv_length(jobs), ==, 2);
        restart_display_manager(f);

        assert_result(f, jobs[0], "left");
        assert_result(f, jobs[1], "left");
        assert_all_free(f);
        assert_deeds(&f->logind->fake, "");

        /* Automatic login: the same account at the same seat, in a session that nobody asked to end. */
        fake_logind_remove_session(f->logind, "c2");
        at_station(f, "3", ADA, "seat0");
        fixture_wait_property(f, SEAT0, "State", "'in-use'");
        assert_jobs(f, "");
}

/* One session is terminated already, the other one's user has more time. */
static void test_restarts_while_sessions_end(Fixture *f, gconstpointer data) {
        g_autofree char *ada = NULL, *ben = NULL;

        three_seats(f);
        f->logind->ignore_terminate = TRUE;
        ben = fixture_log_off(f, "seat-left", "{'grace': <uint32 60>}");
        ada = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        WAIT_FOR(fake_count(&f->logind->fake, "TerminateSession") == 1);
        restart_display_manager(f);

        assert_result(f, ada, "done");
        assert_result(f, ben, "left");
        assert_all_free(f);
        g_assert_cmpuint(fake_count(&f->logind->fake, "TerminateSession"), ==, 1);
}

/* The graphics cards are taken away and come back, and with them all seats but seat0. */
static void test_takes_the_seats_along(Fixture *f, gconstpointer data) {
        g_auto(GStrv) jobs = NULL;

        three_seats(f);
        jobs = log_off_all(f, "{'grace': <uint32 60>}");
        fake_logind_remove_session(f->logind, "3");
        fake_logind_remove_session(f->logind, "4");
        fake_logind_remove_session(f->logind, "c1");
        fake_logind_remove_seat(f->logind, "seat-left");
        fake_logind_remove_seat(f->logind, "seat-right");
        assert_result(f, jobs[0], "left");
        assert_result(f, jobs[1], "left");

        fake_logind_add_seat(f->logind, "seat-left");
        fake_logind_add_seat(f->logind, "seat-right");
        restart_display_manager(f);
        assert_all_free(f);
        fixture_wait_property(f, LEFT, "Health", "'ok'");
        assert_deeds(&f->logind->fake, "");
}

static void test_a_session_without_a_leader(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0", .no_leader = TRUE);
        fixture_start(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        assert_result(f, job, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
}

/* Only the start tells them apart. */
static void test_another_session_without_a_leader(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;

        fixture_configure(f, "[LogOff]\nMinimumGraceSec=1\nAskSec=0\nTerminateSec=1\nKillSec=1\n");
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0", .no_leader = TRUE);
        fixture_start(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 1>}");
        fixture_settle(f);
        fake_logind_reuse_id(f->logind, "3", ADA);
        g_assert_cmpstr(fixture_wait_result(f, job), !=, "failed");
        assert_deeds(&f->logind->fake, "");
        g_assert_true(fake_logind_has_session(f->logind, "3"));
}

static void test_a_greeter_of_an_unknown_account(Fixture *f, gconstpointer data) {
        g_autofree char *user = NULL, *health = NULL;
        g_auto(GStrv) one = NULL, all = NULL;
        guint reached;
        GVariant *reply;

        add_greeter(f, "c1", "seat-left");
        fixture_start(f);
        health = usher_get_string(f->root, LEFT, "Health");
        g_assert_cmpstr(health, ==, "ok");
        user = usher_get_text(f->root, LEFT, "ActiveUser");
        g_assert_cmpstr(user, ==, "(4294967295, '')");

        one = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOff", ARGS("('seat-left', {'grace': <uint32 0>})")));
        g_assert_cmpuint(g_strv_length(one), ==, 0);
        all = log_off_all(f, "{'grace': <uint32 0>, 'include-seatless': <true>}");
        g_assert_cmpuint(g_strv_length(all), ==, 0);
        reply = usher_call(f->root, MANAGER, "Manager.SendMessageAll", ARGS("('Hello',)"));
        g_variant_get(reply, "(u)", &reached);
        g_variant_unref(reply);
        g_assert_cmpuint(reached, ==, 0);
        assert_nothing_happened(f);

        /* No program can run as that account. */
        assert_refused(f->root, LEFT, "Station.Identify", NULL, USHER_ERROR_NO_SUCH_SESSION);
        g_assert_true(fake_logind_has_session(f->logind, "c1"));
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/display-manager/" name, function)
        ADD("restarts-during-the-warning", test_restarts_during_the_warning);
        ADD("restarts-while-sessions-end", test_restarts_while_sessions_end);
        ADD("takes-the-seats-along", test_takes_the_seats_along);
        ADD("a-session-without-a-leader", test_a_session_without_a_leader);
        ADD("another-session-without-a-leader", test_another_session_without_a_leader);
        ADD("a-greeter-of-an-unknown-account", test_a_greeter_of_an_unknown_account);

        return g_test_run();
}
