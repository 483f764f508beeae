/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The model of usher-stations, without a display, as a teacher's program sees a real usherd. */

#include "tests/bus/fixture.h"

#include <signal.h>

#include "common/names.h"
#include "stations/model/call.h"
#include "stations/model/ended.h"
#include "stations/model/rights.h"

typedef struct View {
        GDBusConnection *connection;
        UsherRoom *room;
        guint changes;
        char *ended; /* "station result" of the log-offs that ended, in order */
} View;

static void on_ended(UsherRoom *room, UsherJob *job, const char *result, View *view) {
        char *text = g_strdup_printf("%s%s%s %s", view->ended ? view->ended : "", view->ended ? "; " : "",
                        usher_job_get_station(job), result);

        g_free(view->ended);
        view->ended = text;
}

static void view_open(View *view, Fixture *f) {
        view->connection = fixture_connect(f, TEACHER);
        view->room = usher_room_new(view->connection);
        g_signal_connect(view->room, "job-ended", G_CALLBACK(on_ended), view);
}

static void view_done(View *view) {
        g_object_unref(view->room);
        g_free(view->ended);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(View, view_done)

static gboolean is_ready(const View *view) {
        return usher_room_get_state(view->room) == USHER_ROOM_READY;
}

static void view_open_ready(View *view, Fixture *f) {
        view_open(view, f);
        WAIT_FOR(is_ready(view));
}

static UsherStation *station(const View *view, const char *id) {
        UsherStation *found = usher_room_find_station(view->room, id);

        g_assert_nonnull(found);
        return found;
}

static gboolean has_state(const View *view, const char *id, const char *state) {
        return g_str_equal(usher_station_get_state(station(view, id)), state);
}

static UsherJob *job_at(const View *view, const char *id) {
        return usher_room_get_job_at(view->room, station(view, id));
}

static void allow_teacher(Fixture *f) {
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
}

/* ---- calls ---- */

typedef struct Answer {
        gboolean done;
        GVariant *reply;
        GError *error;
} Answer;

static void answer_done(Answer *answer) {
        g_clear_pointer(&answer->reply, g_variant_unref);
        g_clear_error(&answer->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_done)

static void on_answer(GObject *source, GAsyncResult *result, gpointer data) {
        Answer *answer = data;

        answer->reply = usher_call_finish(USHER_ROOM(source), result, NULL, &answer->error);
        answer->done = TRUE;
}

static void call(Answer *answer,
                const View *view,
                const char *path,
                const char *member,
                GVariant *arguments) {
        usher_call_async(view->room, path, member, arguments, on_answer, answer);
        WAIT_FOR(answer->done);
}

/* ---- the tests ---- */

static void test_stations_as_usherd_has_them(Fixture *f, gconstpointer data) {
        g_auto(View) view = {};
        guint32 uid;

        at_station(f, "3", ADA, "seat-left");
        fixture_start(f);
        view_open(&view, f);
        g_assert_cmpint(usher_room_get_state(view.room), ==, USHER_ROOM_LOADING);
        WAIT_FOR(is_ready(&view));

        g_assert_cmpuint(g_list_model_get_n_items(usher_room_get_stations(view.room)), ==, 3);
        g_assert_cmpuint(g_list_model_get_n_items(usher_room_get_jobs(view.room)), ==, 0);
        g_assert_cmpstr(usher_station_get_user(station(&view, "seat-left"), &uid), ==, "ada");
        g_assert_cmpuint(uid, ==, ADA);
        g_assert_cmpuint(usher_station_count_sessions(station(&view, "seat-left")), ==, 1);
        g_assert_cmpstr(usher_station_get_user(station(&view, "seat0"), NULL), ==, "");
        g_assert_cmpstr(usher_station_get_name(station(&view, "seat0")), ==, "seat0");
        g_assert_cmpuint(usher_item_get_number(usher_room_get_manager(view.room), "GraceUSec"), ==,
                        60 * G_USEC_PER_SEC);
}

static void on_changed(View *view) {
        view->changes++;
}

static void test_a_login_is_seen(Fixture *f, gconstpointer data) {
        g_auto(View) view = {};

        fixture_start(f);
        view_open_ready(&view, f);
        g_signal_connect_swapped(station(&view, "seat0"), "changed", G_CALLBACK(on_changed), &view);

        at_station(f, "3", ADA, "seat0");
        WAIT_FOR(has_state(&view, "seat0", "in-use"));
        g_assert_cmpuint(view.changes, >, 0);
        fake_logind_set_locked(f->logind, "3", TRUE);
        WAIT_FOR(has_state(&view, "seat0", "locked"));
        fake_logind_remove_session(f->logind, "3");
        WAIT_FOR(has_state(&view, "seat0", "free"));

        fake_logind_add_seat(f->logind, "seat-new");
        WAIT_FOR(usher_room_find_station(view.room, "seat-new"));
        fake_logind_remove_seat(f->logind, "seat-new");
        WAIT_FOR(!usher_room_find_station(view.room, "seat-new"));
}

/* Started by somebody else, with another program. */
static void test_a_log_off_is_seen(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        g_auto(View) view = {};
        g_auto(Answer) extended = {}, cancelled = {};
        gint64 now, next;
        UsherJob *job;

        allow_teacher(f);
        at_station(f, "3", ADA, "seat0");
        fixture_start(f);
        view_open_ready(&view, f);
        g_signal_connect_swapped(station(&view, "seat0"), "changed", G_CALLBACK(on_changed), &view);
        path = fixture_log_off(f, "seat0", NULL);
        WAIT_FOR(job_at(&view, "seat0"));
        g_assert_cmpuint(view.changes, >, 0);

        job = job_at(&view, "seat0");
        now = g_get_monotonic_time();
        g_assert_true(usher_job_is_warning(job));
        g_assert_cmpint(usher_job_get_remaining(job, now), <=, 60 * G_USEC_PER_SEC);
        g_assert_cmpint(usher_job_get_remaining(job, now), >, 20 * G_USEC_PER_SEC);
        g_assert_cmpint(usher_job_get_remaining(job, G_MAXINT64 / 2), ==, 0);
        g_assert_cmpfloat(usher_job_get_fraction(job, now), <=, 1);
        g_assert_cmpfloat(usher_job_get_fraction(job, now + 50 * G_USEC_PER_SEC), <, 0.5);
        next = usher_job_get_next_second(job, now);
        g_assert_cmpint(usher_job_get_remaining(job, now + next) % G_USEC_PER_SEC, ==, 0);
        g_assert_cmpstr(usher_job_get_started_by(job), ==, "root");

        call(&extended, &view, path, "Job.Extend", g_variant_new("(u)", 300));
        g_assert_no_error(extended.error);
        WAIT_FOR(usher_job_get_remaining(job, g_get_monotonic_time()) > 300 * G_USEC_PER_SEC);
        g_assert_cmpfloat(usher_job_get_fraction(job, g_get_monotonic_time()), >, 0.9);

        call(&cancelled, &view, path, "Job.Cancel", NULL);
        g_assert_no_error(cancelled.error);
        WAIT_FOR(view.ended && !job_at(&view, "seat0"));
        g_assert_cmpstr(view.ended, ==, "seat0 cancelled");
}

static void test_what_ended_is_remembered(Fixture *f, gconstpointer data) {
        g_autofree char *left = NULL, *done = NULL;
        g_auto(View) view = {};
        UsherPeople *people;
        g_autoptr(GListModel) list = NULL;
        g_autoptr(UsherEnded) last = NULL, first = NULL;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);
        view_open_ready(&view, f);
        people = usher_people_new(view.connection);
        list = usher_ended_list_new(view.room, people);

        left = fixture_log_off(f, "seat0", NULL);
        WAIT_FOR(job_at(&view, "seat0"));
        fake_logind_remove_session(f->logind, "3");
        WAIT_FOR(g_list_model_get_n_items(list) == 1);
        done = fixture_log_off(f, "seat-left", "{'grace': <uint32 1>}");
        WAIT_FOR(g_list_model_get_n_items(list) == 2);

        last = g_list_model_get_item(list, 0);
        first = g_list_model_get_item(list, 1);
        g_assert_cmpstr(usher_ended_get_info(first)->result, ==, "left");
        g_assert_cmpstr(usher_ended_get_info(first)->user, ==, "ada");
        g_assert_cmpstr(usher_ended_get_info(last)->station, ==, "seat-left");
        g_assert_cmpstr(usher_ended_get_info(last)->result, ==, "done");
        g_assert_cmpstr(usher_ended_get_info(last)->started_by, ==, "root");
        usher_people_free(people);
}

static void test_usherd_comes_and_goes(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL;
        g_auto(View) view = {};

        view_open(&view, f);
        WAIT_FOR(usher_room_get_state(view.room) == USHER_ROOM_ABSENT);

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);
        WAIT_FOR(is_ready(&view));
        path = fixture_log_off(f, "seat0", NULL);
        WAIT_FOR(job_at(&view, "seat0"));

        fixture_kill(f);
        WAIT_FOR(usher_room_get_state(view.room) == USHER_ROOM_ABSENT);
        g_assert_null(usher_room_get_manager(view.room));
        g_assert_cmpuint(g_list_model_get_n_items(usher_room_get_stations(view.room)), ==, 0);
        g_assert_cmpuint(g_list_model_get_n_items(usher_room_get_jobs(view.room)), ==, 0);

        fixture_start(f);
        WAIT_FOR(is_ready(&view));
        g_assert_nonnull(job_at(&view, "seat0"));
        g_assert_cmpstr(view.ended, ==, NULL);
}

/* Something has the name and does not answer as usherd does. */
static void test_a_usherd_that_does_not_answer(Fixture *f, gconstpointer data) {
        GDBusConnection *other = fixture_connect(f, 0);
        g_autoptr(Call) name = NULL;
        g_auto(View) view = {};

        name = call_send(other, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "RequestName",
                        ARGS("(%s, uint32 4)", USHER_BUS_NAME), FALSE);
        call_wait(name);
        g_assert_cmpstr(name->error, ==, NULL);
        view_open(&view, f);
        WAIT_FOR(usher_room_get_state(view.room) == USHER_ROOM_SILENT);
        g_assert_cmpstr(usher_room_get_error(view.room), !=, "");

        usher_room_retry(view.room);
        g_assert_cmpint(usher_room_get_state(view.room), ==, USHER_ROOM_LOADING);
        WAIT_FOR(usher_room_get_state(view.room) == USHER_ROOM_SILENT);
}

/* A usherd that hangs does not stop the program: its calls wait, and are answered in the end. */
static void test_a_call_waits_for_usherd(Fixture *f, gconstpointer data) {
        g_auto(View) view = {};
        g_auto(Answer) answer = {}, lost = {};

        allow_teacher(f);
        fixture_start(f);
        view_open_ready(&view, f);
        g_assert_no_errno(kill(f->pid, SIGSTOP));
        usher_call_async(view.room, SEAT0, "Station.SetLabel", g_variant_new("(s)", "Front"), on_answer,
                        &answer);
        settle(view.connection);
        g_assert_false(answer.done);
        g_assert_no_errno(kill(f->pid, SIGCONT));
        WAIT_FOR(answer.done);
        g_assert_no_error(answer.error);
        WAIT_FOR(g_str_equal(usher_station_get_name(station(&view, "seat0")), "Front"));

        g_assert_no_errno(kill(f->pid, SIGSTOP));
        usher_call_async(view.room, SEAT0, "Station.SetLabel", g_variant_new("(s)", "Back"), on_answer,
                        &lost);
        settle(view.connection);
        f->dies_by_design = TRUE;
        fixture_kill(f);
        WAIT_FOR(lost.done);
        g_assert_cmpint(usher_fault_from_error(lost.error), ==, USHER_FAULT_GONE);
}

static void test_refusals_in_words(Fixture *f, gconstpointer data) {
        g_auto(View) view = {};
        g_auto(Answer) denied = {}, dismissed = {}, wrong = {}, late = {};
        g_autofree char *text = NULL;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);
        view_open_ready(&view, f);
        call(&denied, &view, SEAT0, "Station.LogOff", g_variant_new_parsed("(" NO_OPTIONS ",)"));
        g_assert_cmpint(usher_fault_from_error(denied.error), ==, USHER_FAULT_DENIED);

        allow_teacher(f);
        call(&wrong, &view, SEAT0, "Station.SetLabel", g_variant_new("(s)", " x"));
        g_assert_cmpint(usher_fault_from_error(wrong.error), ==, USHER_FAULT_OTHER);
        text = usher_fault_text(wrong.error);
        g_assert_false(g_str_has_prefix(text, "GDBus"));
        g_assert_cmpstr(text, !=, "");

        call(&late, &view, "/org/usher1/job/99", "Job.Cancel", NULL);
        g_assert_cmpint(usher_fault_from_error(late.error), ==, USHER_FAULT_LATE);
        g_assert_cmpint(usher_fault_from_error(NULL), ==, USHER_FAULT_NONE);
}

static void test_what_polkit_says(Fixture *f, gconstpointer data) {
        GDBusConnection *teacher = fixture_connect(f, TEACHER);
        g_autoptr(UsherRights) rights = NULL;

        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_ALL, TEACHER, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_RESTART, TEACHER, FAKE_POLKIT_CHALLENGE);
        rights = usher_rights_new(teacher);
        g_assert_true(usher_rights_may(rights, USHER_RIGHT_SET_MODE));
        WAIT_FOR(usher_rights_are_known(rights));
        g_assert_true(usher_rights_may(rights, USHER_RIGHT_LOG_OFF_ALL));
        g_assert_true(usher_rights_may(rights, USHER_RIGHT_RESTART));
        g_assert_false(usher_rights_may(rights, USHER_RIGHT_SET_MODE));

        fake_polkit_answer(f->polkit, USHER_ACTION_SET_MODE, TEACHER, FAKE_POLKIT_YES);
        fake_emit(&f->polkit->fake, POLKIT_PATH, POLKIT_IFACE_AUTHORITY, "Changed", NULL);
        WAIT_FOR(usher_rights_may(rights, USHER_RIGHT_SET_MODE));
}

/* A pupil sends what usherd would send, straight to the teacher's program. */
static void test_forged_signals(Fixture *f, gconstpointer data) {
        GDBusConnection *mallory = fixture_connect(f, MALLORY);
        g_auto(View) view = {};
        const char *target;

        fixture_start(f);
        view_open_ready(&view, f);
        target = g_dbus_connection_get_unique_name(view.connection);
        g_assert_true(g_dbus_connection_emit_signal(mallory, target, SEAT0, DBUS_IFACE_PROPERTIES,
                        "PropertiesChanged",
                        ARGS("(%s, {'State': <'locked'>}, @as [])", USHER_IFACE_STATION), NULL));
        g_assert_true(g_dbus_connection_emit_signal(mallory, target, MANAGER, DBUS_IFACE_OBJECT_MANAGER,
                        "InterfacesRemoved", ARGS("(%o, [%s])", SEAT0, USHER_IFACE_STATION), NULL));
        settle(mallory);
        settle(view.connection);
        at_station(f, "3", ADA, "seat-left");
        WAIT_FOR(has_state(&view, "seat-left", "in-use"));
        g_assert_true(has_state(&view, "seat0", "free"));
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);
        fixture_add("/model/stations-as-usherd-has-them", test_stations_as_usherd_has_them);
        fixture_add("/model/a-login-is-seen", test_a_login_is_seen);
        fixture_add("/model/a-log-off-is-seen", test_a_log_off_is_seen);
        fixture_add("/model/what-ended-is-remembered", test_what_ended_is_remembered);
        fixture_add("/model/usherd-comes-and-goes", test_usherd_comes_and_goes);
        fixture_add("/model/a-usherd-that-does-not-answer", test_a_usherd_that_does_not_answer);
        fixture_add("/model/a-call-waits-for-usherd", test_a_call_waits_for_usherd);
        fixture_add("/model/refusals-in-words", test_refusals_in_words);
        fixture_add("/model/what-polkit-says", test_what_polkit_says);
        fixture_add("/model/forged-signals", test_forged_signals);
        return g_test_run();
}
