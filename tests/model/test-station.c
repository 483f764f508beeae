/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The properties of a station and of a session, derived from plain values. */

#include <glib.h>

#include "common/seat-id.h"
#include "core/station.h"
#include "hub/device.h"

static const StationEquipment complete = {
        .known = true, .keyboard = true, .pointer = true, .display = true
};

static SessionInfo session(const char *id, const char *class, const char *user, bool active) {
        return (SessionInfo) {
                .id = (char *) id,
                .user = (char *) user,
                .seat = (char *) "seat0",
                .class = (char *) class,
                .type = (char *) "x11",
                .state = (char *) "online",
                .uid = 1000 + (uid_t) user[0],
                .leader = 42,
                .started = 7,
                .active = active,
        };
}

static Station *station(void) {
        Station *s;

        g_assert_cmpint(station_new(&s, "seat0"), ==, 0);
        s->present = true;
        return s;
}

static void test_kinds(void) {
        static const struct {
                const char *class;
                SessionKind kind;
        } classes[] = {
                { "user", SESSION_KIND_USER },
                { "user-early", SESSION_KIND_USER },
                { "user-incomplete", SESSION_KIND_USER },
                { "user-light", SESSION_KIND_USER },
                { "user-early-light", SESSION_KIND_USER },
                { "greeter", SESSION_KIND_SYSTEM },
                { "lock-screen", SESSION_KIND_SYSTEM },
                { "background", SESSION_KIND_SYSTEM },
                { "background-light", SESSION_KIND_SYSTEM },
                { "manager", SESSION_KIND_SYSTEM },
                { "manager-early", SESSION_KIND_SYSTEM },
                { "none", SESSION_KIND_SYSTEM },
                { "manager-late", SESSION_KIND_UNKNOWN },
                { "background-user", SESSION_KIND_UNKNOWN },
                { "something-new", SESSION_KIND_UNKNOWN },
                { "", SESSION_KIND_UNKNOWN },
        };

        for (size_t i = 0; i < G_N_ELEMENTS(classes); i++) {
                SessionInfo f = session("1", classes[i].class, "anna", true);

                g_assert_cmpint(session_kind(&f), ==, classes[i].kind);
        }
}

static void test_identity(void) {
        SessionInfo f = session("3", "user", "anna", true), other = f;
        SessionIdentity i;

        g_assert_cmpint(session_identity_init(&i, &f), ==, 0);
        g_assert_true(session_identity_matches(&i, &f));

        other.leader++;
        g_assert_false(session_identity_matches(&i, &other));
        other = f;
        other.started++;
        g_assert_false(session_identity_matches(&i, &other));
        other = f;
        other.id = (char *) "33";
        g_assert_false(session_identity_matches(&i, &other));

        session_identity_done(&i);
}

static void test_states(void) {
        SessionInfo greeter = session("c1", "greeter", "lightdm", true);
        SessionInfo anna = session("2", "user", "anna", true);
        Session *empty[] = { &(Session) { .info = &greeter } }, *busy[] = { &(Session) { .info = &anna } };
        Station *s = station();

        g_assert_cmpint(station_update(s, empty, 1, false, &complete), ==, 0);
        g_assert_cmpint(s->state, ==, STATION_FREE);
        g_assert_cmpstr(s->active_session, ==, "");
        g_assert_cmpstr(s->active_user, ==, "");
        g_assert_cmpuint(s->active_uid, ==, (uid_t) -1);

        s->changed = 0;
        g_assert_cmpint(station_update(s, busy, 1, false, &complete), ==, 0);
        g_assert_cmpint(s->state, ==, STATION_IN_USE);
        g_assert_cmpstr(s->active_user, ==, "anna");
        g_assert_cmpuint(s->changed, ==,
                        STATION_CHANGED_STATE | STATION_CHANGED_ACTIVE_SESSION |
                                        STATION_CHANGED_ACTIVE_USER);

        s->changed = 0;
        g_assert_cmpint(station_update(s, busy, 1, false, &complete), ==, 0);
        g_assert_cmpuint(s->changed, ==, 0);

        anna.locked = true;
        g_assert_cmpint(station_update(s, busy, 1, false, &complete), ==, 0);
        g_assert_cmpint(s->state, ==, STATION_LOCKED);

        g_assert_cmpint(station_update(s, busy, 1, true, &complete), ==, 0);
        g_assert_cmpint(s->state, ==, STATION_ENDING);

        station_free(s);
}

/* The person counts, not the greeter of a user switch that is shown at the moment. */
static void test_background_session_is_in_use(void) {
        SessionInfo greeter = session("c1", "greeter", "lightdm", true);
        SessionInfo anna = session("2", "user", "anna", false), ben = session("3", "user", "ben", true);
        Session *first = &(Session) { .info = &greeter }, *second = &(Session) { .info = &anna };
        Session *third = &(Session) { .info = &ben };
        Session *behind[] = { first, second }, *two[] = { second, third };
        Station *s = station();

        g_assert_cmpint(station_update(s, behind, 2, false, &complete), ==, 0);
        g_assert_cmpint(s->state, ==, STATION_IN_USE);
        g_assert_cmpstr(s->active_session, ==, "");
        g_assert_cmpstr(s->active_user, ==, "anna");

        g_assert_true(station_user_session(two, 2) == third);
        station_free(s);
}

static void test_health_shows_the_worst(void) {
        StationEquipment e = {};
        Station *s = station();

        g_assert_cmpint(station_update(s, NULL, 0, false, &e), ==, 0);
        g_assert_cmpint(s->health, ==, STATION_OK);

        e.known = true;
        g_assert_cmpint(station_update(s, NULL, 0, false, &e), ==, 0);
        g_assert_cmpint(s->health, ==, STATION_NO_DISPLAY);

        e.display = true;
        g_assert_cmpint(station_update(s, NULL, 0, false, &e), ==, 0);
        g_assert_cmpint(s->health, ==, STATION_NO_KEYBOARD);

        e.keyboard = true;
        g_assert_cmpint(station_update(s, NULL, 0, false, &e), ==, 0);
        g_assert_cmpint(s->health, ==, STATION_NO_POINTER);

        e.pointer = true;
        g_assert_cmpint(station_update(s, NULL, 0, false, &e), ==, 0);
        g_assert_cmpint(s->health, ==, STATION_OK);

        s->login_screen_missing = true;
        g_assert_cmpint(station_update(s, NULL, 0, false, &e), ==, 0);
        g_assert_cmpint(s->health, ==, STATION_NO_LOGIN_SCREEN);

        s->present = false;
        g_assert_cmpint(station_update(s, NULL, 0, false, &e), ==, 0);
        g_assert_cmpint(s->health, ==, STATION_ABSENT);
        station_free(s);
}

static void test_order(void) {
        Station *zero = station(), *two, *ten;

        g_assert_cmpint(station_new(&two, "seat-b"), ==, 0);
        g_assert_cmpint(station_new(&ten, "seat-a"), ==, 0);
        string_replace(&two->label, "Station 2");
        string_replace(&ten->label, "Station 10");

        g_assert_cmpint(station_compare(zero, two), <, 0);
        g_assert_cmpint(station_compare(two, ten), <, 0);
        g_assert_cmpint(station_compare(ten, zero), >, 0);
        g_assert_cmpstr(station_name(zero), ==, "seat0");
        g_assert_cmpstr(station_name(ten), ==, "Station 10");

        station_free(zero);
        station_free(two);
        station_free(ten);
}

static void test_ids(void) {
        static const char *const good[] = { "seat0", "seat-pci-pci-0000_00_11_0", "seat-1" };
        static const char *const bad[] = { "", "seat", "chair0", "seat/../x", "seat 0", "seat-\n", "seat%n",
                "../seat0" };
        char longest[300];

        for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
                g_assert_true(seat_id_is_valid(good[i]));
        for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
                g_assert_false(seat_id_is_valid(bad[i]));

        memset(longest, 'a', sizeof(longest));
        memcpy(longest, "seat", 4);
        longest[256] = '\0';
        g_assert_false(seat_id_is_valid(longest));
        longest[255] = '\0';
        g_assert_true(seat_id_is_valid(longest));
}

static void test_tables(void) {
        for (int i = 0; i < _STATION_STATE_MAX; i++)
                g_assert_cmpint(station_state_from_string(station_state_to_string(i)), ==, i);
        for (int i = 0; i < _STATION_HEALTH_MAX; i++)
                g_assert_cmpint(station_health_from_string(station_health_to_string(i)), ==, i);
        for (int i = 0; i < _SESSION_KIND_MAX; i++)
                g_assert_cmpint(session_kind_from_string(session_kind_to_string(i)), ==, i);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

        g_test_add_func("/session/kinds", test_kinds);
        g_test_add_func("/session/identity", test_identity);
        g_test_add_func("/station/states", test_states);
        g_test_add_func("/station/background-session-is-in-use", test_background_session_is_in_use);
        g_test_add_func("/station/health-shows-the-worst", test_health_shows_the_worst);
        g_test_add_func("/station/order", test_order);
        g_test_add_func("/station/ids", test_ids);
        g_test_add_func("/station/tables", test_tables);

        return g_test_run();
}
