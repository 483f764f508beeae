/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The user database hangs, like a directory whose server is down: countdowns go on, unknown users count as
 * administrators, and everything is normal again when the database answers. */

#include "teacher.h"

#include "accounts.h"
#include "common/names.h"

#define SECOND G_USEC_PER_SEC
#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"

/* The limit of lookups at the same time. */
#define WORKERS_MAX 16

static void test_countdowns_go_on(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *version = NULL;
        g_auto(GStrv) more = NULL;
        gint64 begin, end;
        int lease;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);
        accounts_wait_workers(f->pid, 0);
        lease = accounts_hang(f->passwd);

        begin = g_get_monotonic_time();
        path = fixture_log_off(f, "seat0", "{'grace': <uint32 2>}");
        at_station(f, "4", BEN, "seat-left");
        accounts_wait_workers(f->pid, 1);

        /* root's calls do not wait, and a waiting caller delays nobody else. */
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.ListStations", NULL));
        more = job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOff", ARGS("('seat-left', {'grace': <uint32 60>})")));
        g_assert_cmpuint(g_strv_length(more), ==, 1);
        version = usher_get_string(f->root, MANAGER, "Version");
        g_assert_nonnull(version);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 1 * SECOND);

        assert_result(f, path, "done");
        end = fake_nth(&f->logind->fake, "TerminateSession", 0)->time - begin;
        g_assert_cmpint(end, >=, 2 * SECOND);
        g_assert_cmpint(end, <, 4 * SECOND);
        accounts_wait_workers(f->pid, 1);
        accounts_answer(lease);
}

/* Readiness of usherd is that of its bus name and its jobs; who is an administrator it learns later. */
static void test_a_start_waits_for_no_answer(Fixture *f, gconstpointer data) {
        gint64 begin = g_get_monotonic_time();
        int lease = accounts_hang(f->passwd);

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 8 * SECOND); /* less than a lookup's time-out */
        accounts_wait_workers(f->pid, 2);
        accounts_answer(lease);
}

static void test_an_unknown_user_takes_the_stronger_right(Fixture *f, gconstpointer data) {
        g_autoptr(Call) refused = NULL, all = NULL;
        GDBusConnection *tina;
        int lease;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);
        tina = teacher_connect(f);
        teacher_get_known(tina);
        accounts_wait_workers(f->pid, 0);
        lease = accounts_hang(f->passwd);
        at_station(f, "4", BEN, "seat-left");
        accounts_wait_workers(f->pid, 1);

        refused = usher_send(tina, MANAGER, "Manager.LogOff", ARGS("('seat-left', {'grace': <uint32 60>})"));
        call_wait(refused);
        g_assert_cmpstr(refused->error, ==, ACCESS_DENIED);
        g_assert_cmpint(refused->answered - refused->sent, >=, HELD_USEC);
        g_assert_cmpint(refused->answered - refused->sent, <, 2 * HELD_USEC);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_LOG_OFF_ADMINISTRATOR);

        /* A user who was looked up before stays known. */
        all = teacher_log_off_all(tina);
        g_assert_cmpuint(teacher_n_jobs(all), ==, 1);
        g_assert_cmpuint(teacher_n_left_alone(f), ==, 1);
        accounts_answer(lease);
}

static void test_a_call_waits_for_the_answer(Fixture *f, gconstpointer data) {
        g_autoptr(Call) all = NULL;
        GDBusConnection *tina;
        int lease;

        fixture_start(f);
        tina = teacher_connect(f);
        teacher_get_known(tina);
        accounts_wait_workers(f->pid, 0);
        lease = accounts_hang(f->passwd);
        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        at_station(f, "5", HEAD, "seat-right");
        accounts_wait_workers(f->pid, 3);

        all = teacher_log_off_all(tina);
        fixture_settle(f);
        g_assert_false(all->done);
        accounts_answer(lease);
        g_assert_cmpuint(teacher_n_jobs(all), ==, 2);
        g_assert_cmpuint(teacher_n_left_alone(f), ==, 1);
        g_assert_cmpint(all->answered - all->sent, <, HELD_USEC);
        accounts_wait_workers(f->pid, 0);
}

/* A caller with endless calls takes the room of one caller. */
static void test_one_user_does_not_take_all_places(Fixture *f, gconstpointer data) {
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) call_free);
        g_autoptr(Call) all = NULL;
        GDBusConnection *tina, *mallory;
        int lease;

        fixture_start(f);
        tina = teacher_connect(f);
        teacher_get_known(tina);
        accounts_wait_workers(f->pid, 0);
        mallory = fixture_connect(f, MALLORY);
        lease = accounts_hang(f->passwd);
        at_station(f, "3", ADA, "seat0");
        accounts_wait_workers(f->pid, 1);

        for (int i = 0; i < 100; i++)
                g_ptr_array_add(calls, teacher_log_off_all(mallory));
        g_variant_unref(usher_call(mallory, MANAGER, "Manager.ListJobs", NULL));
        all = teacher_log_off_all(tina);
        wait_until_time(g_get_monotonic_time() + HELD_USEC / 2);
        g_assert_false(all->done);
        accounts_answer(lease);
        g_assert_cmpuint(teacher_n_jobs(all), ==, 1);

        for (guint i = 0; i < calls->len; i++) {
                call_wait(calls->pdata[i]);
                g_assert_nonnull(((Call *) calls->pdata[i])->error);
        }
}

/* A caller who waits for the database and then authenticates does so once. */
static void test_polkit_is_asked_once(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;
        GDBusConnection *tina;
        guint before;
        int lease;

        tina = teacher_meets_unknown(f, &lease);

        before = f->polkit->questions->len;
        f->polkit->hold = TRUE;
        call = teacher_log_off_all(tina);
        fixture_settle(f);
        g_assert_cmpuint(f->polkit->questions->len, ==, before);
        accounts_answer(lease);
        WAIT_FOR(fake_polkit_n_held(f->polkit) == 1);

        /* While the password is typed a user comes who cannot be looked up: only the next call is
         * affected. */
        accounts_wait_workers(f->pid, 0);
        lease = accounts_hang(f->passwd);
        at_station(f, "4", BEN, "seat-left");
        accounts_wait_workers(f->pid, 1);
        fake_polkit_release(f->polkit);
        g_assert_cmpuint(teacher_n_jobs(call), ==, 1);
        g_assert_cmpuint(teacher_n_left_alone(f), ==, 1);

        /* One check for "log off all", one for "administrators too". */
        g_assert_cmpuint(f->polkit->questions->len, ==, before + 2);
        accounts_answer(lease);
}

/* logind knows a user who has no account any more, or whose directory says so because its server is down. */
static void test_an_account_that_is_not_there(Fixture *f, gconstpointer data) {
        g_autoptr(Call) all = NULL;
        GDBusConnection *tina;

        fixture_start(f);
        tina = teacher_connect(f);
        teacher_get_known(tina);

        fake_logind_add_session(f->logind, .id = "3", .uid = 61999, .name = "carla", .seat = "seat0");
        all = teacher_log_off_all(tina);
        g_assert_cmpuint(teacher_n_jobs(all), ==, 0);
        g_assert_cmpuint(teacher_n_left_alone(f), ==, 1);
        g_assert_cmpint(all->answered - all->sent, <, HELD_USEC);
}

static char *started_by(Fixture *f, GDBusConnection *connection, const char *seat) {
        g_auto(GStrv) paths = NULL;

        paths = job_paths(usher_call(
                        connection, MANAGER, "Manager.LogOff", ARGS("(%s, {'grace': <uint32 60>})", seat)));
        g_assert_cmpuint(g_strv_length(paths), ==, 1);
        return usher_get_text(f->root, paths[0], "StartedBy");
}

static void test_a_caller_without_a_name(Fixture *f, gconstpointer data) {
        g_autofree char *number = NULL, *session = NULL, *root = NULL;
        int lease;

        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fixture_start(f);
        fake_polkit_answer(f->polkit, NULL, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        accounts_wait_workers(f->pid, 0);
        lease = accounts_hang(f->passwd);

        number = started_by(f, fixture_connect(f, TEACHER), "seat0");
        g_assert_cmpstr(number, ==, "(61003, '61003')");
        root = started_by(f, f->root, "seat-left");
        g_assert_cmpstr(root, ==, "(0, 'root')");

        /* logind has sent this caller's name. */
        g_variant_unref(usher_call(f->root, MANAGER, "Manager.CancelAll", NULL));
        session = started_by(f, fixture_connect(f, ADA), "seat-left");
        g_assert_cmpstr(session, ==, "(61001, 'ada')");
        accounts_answer(lease);
}

static void test_a_caller_whose_name_comes_late(Fixture *f, gconstpointer data) {
        g_autofree char *path = NULL, *by = NULL;
        g_autoptr(Call) call = NULL;
        GDBusConnection *tina;
        int lease;

        at_station(f, "3", ADA, "seat0");
        fixture_start(f);
        tina = teacher_connect(f);
        accounts_wait_workers(f->pid, 0);
        lease = accounts_hang(f->passwd);

        call = usher_send(tina, MANAGER, "Manager.LogOffSession", ARGS("('3', {'grace': <uint32 60>})"));
        accounts_wait_workers(f->pid, 1);
        accounts_answer(lease);
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
        path = fixture_only_job(f);
        by = usher_get_text(f->root, path, "StartedBy");
        g_assert_cmpstr(by, ==, "(61003, 'teacher')");
}

static void test_a_whole_class_at_once(Fixture *f, gconstpointer data) {
        g_autoptr(Call) all = NULL;
        GDBusConnection *tina;
        int lease;

        fixture_start(f);
        tina = teacher_connect(f);
        teacher_get_known(tina);
        accounts_wait_workers(f->pid, 0);
        lease = accounts_hang(f->passwd);
        for (guint i = 0; i < 3 * WORKERS_MAX; i++) {
                g_autofree char *id = g_strdup_printf("%u", 100 + i);

                at_station(f, id, i % 2 == 0 ? ADA : BEN, "seat0");
        }
        accounts_wait_workers(f->pid, WORKERS_MAX);

        all = teacher_log_off_all(tina);
        fixture_settle(f);
        accounts_wait_workers(f->pid, WORKERS_MAX);
        accounts_answer(lease);
        g_assert_cmpuint(teacher_n_jobs(all), ==, 3 * WORKERS_MAX);
        g_assert_cmpuint(teacher_n_left_alone(f), ==, 0);
        accounts_wait_workers(f->pid, 0);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/accounts/" name, function)
        ADD("countdowns-go-on", test_countdowns_go_on);
        ADD("a-start-waits-for-no-answer", test_a_start_waits_for_no_answer);
        ADD("an-unknown-user-takes-the-stronger-right", test_an_unknown_user_takes_the_stronger_right);
        ADD("a-call-waits-for-the-answer", test_a_call_waits_for_the_answer);
        ADD("one-user-does-not-take-all-places", test_one_user_does_not_take_all_places);
        ADD("polkit-is-asked-once", test_polkit_is_asked_once);
        ADD("an-account-that-is-not-there", test_an_account_that_is_not_there);
        ADD("a-caller-without-a-name", test_a_caller_without_a_name);
        ADD("a-caller-whose-name-comes-late", test_a_caller_whose_name_comes_late);
        ADD("a-whole-class-at-once", test_a_whole_class_at_once);

        return g_test_run();
}
