/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The properties of seats and sessions, and the signals when they change. */

#include "fixture.h"

#include "common/names.h"

#define LEFT "/org/usher1/station/seat_2dleft"
#define RIGHT "/org/usher1/station/seat_2dright"

static char *list(Fixture *f) {
        g_autoptr(GVariant) reply = usher_call(f->root, MANAGER, "Manager.ListStations", NULL);
        g_autoptr(GVariantIter) stations = NULL;
        const char *id, *state, *user, *session;
        GString *text = g_string_new(NULL);

        g_variant_get(reply, "(a(ssssso))", &stations);
        while (g_variant_iter_next(stations, "(&s&s&s&s&s&o)", &id, NULL, &state, &user, &session, NULL))
                g_string_append_printf(text, "%s%s %s %s %s", text->len > 0 ? "; " : "", id, state,
                                user[0] ? user : "-", session[0] ? session : "-");

        return g_string_free(text, FALSE);
}

static void assert_list(Fixture *f, const char *expected) {
        g_autofree char *is = list(f);

        g_assert_cmpstr(is, ==, expected);
}

static void test_free_at_first(Fixture *f, gconstpointer data) {
        g_autofree char *paths = NULL;

        fixture_start(f);
        assert_list(f, "seat0 free - -; seat-left free - -; seat-right free - -");
        paths = usher_get_text(f->root, MANAGER, "Stations");
        g_assert_nonnull(strstr(paths, LEFT));
        g_assert_nonnull(strstr(paths, SEAT0));
}

static void test_the_user_of_a_station(Fixture *f, gconstpointer data) {
        g_autofree char *user = NULL, *all = NULL, *active = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "c1", .uid = 0, .name = "lightdm", .seat = "seat-left",
                        .class = "greeter");
        fake_logind_add_session(
                        f->logind, .id = "9", .uid = TEACHER, .type = "tty", .remote_host = "192.0.2.1");
        fixture_start(f);

        assert_list(f, "seat0 in-use ada 3; seat-left free - -; seat-right free - -");
        user = usher_get_text(f->root, SEAT0, "ActiveUser");
        g_assert_cmpstr(user, ==, "(61001, 'ada')");
        all = usher_get_text(f->root, SEAT0, "Sessions");
        g_assert_cmpstr(all, ==, "[('3', 61001, 'ada', 'x11', 'active')]");
        active = usher_get_string(f->root, SEAT0, "ActiveSession");
        g_assert_cmpstr(active, ==, "3");
}

static void test_comings_and_goings(Fixture *f, gconstpointer data) {
        fixture_start(f);

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_wait_property(f, LEFT, "State", "'in-use'");
        fixture_wait_property(f, LEFT, "ActiveUser", "(61001, 'ada')");
        fake_logind_set_locked(f->logind, "3", TRUE);
        fixture_wait_property(f, LEFT, "State", "'locked'");
        fake_logind_set_locked(f->logind, "3", FALSE);
        fixture_wait_property(f, LEFT, "State", "'in-use'");
        fake_logind_remove_session(f->logind, "3");
        fixture_wait_property(f, LEFT, "State", "'free'");
        fixture_wait_property(f, LEFT, "Sessions", "[]");
        g_assert_cmpuint(fixture_count_signals(f, SEAT0, "PropertiesChanged"), ==, 0);
        g_assert_cmpuint(fixture_count_signals(f, RIGHT, "PropertiesChanged"), ==, 0);
}

static void test_idle_as_logind_has_it(Fixture *f, gconstpointer data) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fixture_start(f);

        g_assert_cmpuint(usher_get_uint64(f->root, SEAT0, "IdleSinceHint"), ==, 0);
        fake_logind_set_idle(f->logind, "3", TRUE);
        WAIT_FOR(fixture_count_signals(f, SEAT0, "PropertiesChanged") > 0);
        g_assert_cmpuint(usher_get_uint64(f->root, SEAT0, "IdleSinceHint"), >,
                        (guint64) (g_get_real_time() - 60 * G_USEC_PER_SEC));
        fake_logind_set_idle(f->logind, "3", FALSE);
        fixture_wait_property(f, SEAT0, "IdleSinceHint", "0");
}

static void test_the_active_one_of_several(Fixture *f, gconstpointer data) {
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat0", .state = "online",
                        .inactive = TRUE);
        fixture_start(f);

        fixture_wait_property(f, SEAT0, "ActiveSession", "'3'");
        fake_logind_set_active(f->logind, "3", FALSE);
        fake_logind_set_active(f->logind, "4", TRUE);
        fixture_wait_property(f, SEAT0, "ActiveSession", "'4'");
        fixture_wait_property(f, SEAT0, "ActiveUser", "(61002, 'ben')");
}

static void test_a_new_seat(Fixture *f, gconstpointer data) {
        fixture_start(f);

        fake_logind_add_seat(f->logind, "seat-b");
        WAIT_FOR(fixture_count_signals(f, MANAGER, "StationAdded") == 1);
        fixture_wait_property(f, "/org/usher1/station/seat_2db", "State", "'free'");
        assert_list(f, "seat0 free - -; seat-b free - -; seat-left free - -; seat-right free - -");

        fake_logind_remove_seat(f->logind, "seat-b");
        WAIT_FOR(fixture_count_signals(f, MANAGER, "StationRemoved") == 1);
        assert_refused(f->root, MANAGER, "Manager.GetStation", ARGS("('seat-b',)"),
                        "org.usher1.Error.NoSuchStation");
}

static void test_lookups(Fixture *f, gconstpointer data) {
        g_autoptr(GVariant) by_id = NULL, by_session = NULL;
        const char *path;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fake_logind_add_session(
                        f->logind, .id = "9", .uid = TEACHER, .type = "tty", .remote_host = "192.0.2.1");
        fixture_start(f);

        by_id = usher_call(f->root, MANAGER, "Manager.GetStation", ARGS("('seat-left',)"));
        g_variant_get(by_id, "(&o)", &path);
        g_assert_cmpstr(path, ==, LEFT);
        by_session = usher_call(f->root, MANAGER, "Manager.GetStationBySession", ARGS("('3',)"));
        g_variant_get(by_session, "(&o)", &path);
        g_assert_cmpstr(path, ==, LEFT);

        /* A session without a seat is at no station. */
        assert_refused(f->root, MANAGER, "Manager.GetStationBySession", ARGS("('9',)"),
                        "org.usher1.Error.NoSuchStation");
}

/* The object manager and the single objects must agree. */
static void test_managed_objects(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        g_autoptr(GVariantIter) objects = NULL;
        g_autoptr(Call) call = NULL;
        guint stations = 0, jobs = 0;
        const char *path;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fixture_start(f);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        WAIT_FOR(fixture_count_signals(f, MANAGER, "InterfacesAdded") >= 1);

        call = call_send(f->root, USHER_BUS_NAME, MANAGER, "org.freedesktop.DBus.ObjectManager",
                        "GetManagedObjects", NULL, FALSE);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        g_variant_get(call->reply, "(a{oa{sa{sv}}})", &objects);
        while (g_variant_iter_next(objects, "{&o@a{sa{sv}}}", &path, NULL)) {
                stations += g_str_has_prefix(path, USHER_PATH_STATION "/");
                jobs += g_str_has_prefix(path, USHER_PATH_JOB "/");
        }
        g_assert_cmpuint(stations, ==, 3);
        g_assert_cmpuint(jobs, ==, 1);

        g_variant_unref(usher_call(f->root, job, "Job.Cancel", NULL));
        WAIT_FOR(fixture_count_signals(f, MANAGER, "InterfacesRemoved") >= 1);
}

static void test_many_changes_at_once(Fixture *f, gconstpointer data) {
        fixture_start(f);

        for (int i = 0; i < 200; i++) {
                g_autofree char *id = g_strdup_printf("s%d", i);

                fake_logind_add_session(f->logind, .id = id, .uid = BEN, .seat = "seat0");
                fake_logind_remove_session(f->logind, id);
        }
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fixture_wait_property(f, SEAT0, "ActiveSession", "'3'");
        fixture_settle(f);
        assert_list(f, "seat0 in-use ada 3; seat-left free - -; seat-right free - -");
}

/* logind hangs for longer than a call waits. What it did not answer is queried again. */
static void test_what_logind_did_not_answer(Fixture *f, gconstpointer data) {
        guint before;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        g_setenv("SYSTEMD_BUS_TIMEOUT", "1s", TRUE);
        fixture_start(f);
        g_unsetenv("SYSTEMD_BUS_TIMEOUT");
        fixture_wait_property(f, SEAT0, "State", "'in-use'");
        fixture_settle(f);

        before = f->logind->fake.log->len;
        f->logind->fake.hang = TRUE;
        fake_logind_set_locked(f->logind, "3", TRUE);
        WAIT_FOR(f->logind->fake.log->len > before);
        f->logind->fake.hang = FALSE;
        fixture_wait_property(f, SEAT0, "State", "'locked'");
}

/* The session is gone before its properties are read: that is normal, and delays nothing. */
static void test_a_session_ends_while_it_is_looked_up(Fixture *f, gconstpointer data) {
        fixture_start(f);

        f->logind->fake.hang = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        WAIT_FOR(fake_count(&f->logind->fake, "GetAll") + fake_count(&f->logind->fake, "ListSessions") > 0);
        fake_logind_remove_session(f->logind, "3");
        fake_release(&f->logind->fake);
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        fixture_wait_property(f, LEFT, "State", "'in-use'");
        assert_list(f, "seat0 free - -; seat-left in-use ben 4; seat-right free - -");
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/stations/" name, function)
        ADD("free-at-first", test_free_at_first);
        ADD("the-user-of-a-station", test_the_user_of_a_station);
        ADD("comings-and-goings", test_comings_and_goings);
        ADD("idle-as-logind-has-it", test_idle_as_logind_has_it);
        ADD("the-active-one-of-several", test_the_active_one_of_several);
        ADD("a-new-seat", test_a_new_seat);
        ADD("lookups", test_lookups);
        ADD("managed-objects", test_managed_objects);
        ADD("many-changes-at-once", test_many_changes_at_once);
        ADD("what-logind-did-not-answer", test_what_logind_did_not_answer);
        ADD("a-session-ends-while-it-is-looked-up", test_a_session_ends_while_it_is_looked_up);

        return g_test_run();
}
