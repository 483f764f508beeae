/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Clients that take all they can get, and what is left for the others. */

#include "teacher.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <signal.h>
#include <sys/resource.h>

#include "accounts.h"
#include "common/names.h"

/* The default limit of a service, and the limit of one message. */
#define OPEN_MAX_OF_A_SERVICE 1024
#define FDS_OF_A_MESSAGE 16

/* The limits of calls of one user that wait for the user database, and for polkit. */
#define LOOKUPS_OF_ONE_USER 16
#define CHECKS_OF_ONE_USER 8

#define SECOND G_USEC_PER_SEC
#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define LIMITS_EXCEEDED "org.freedesktop.DBus.Error.LimitsExceeded"

static void two_stations(Fixture *f) {
        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
}

static GUnixFDList *file_descriptors(void) {
        GUnixFDList *list = g_unix_fd_list_new();
        int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

        g_assert_no_errno(null);
        for (int i = 0; i < FDS_OF_A_MESSAGE; i++)
                g_assert_cmpint(g_unix_fd_list_append(list, null, NULL), >=, 0);
        close(null);

        return list;
}

static GDBusMessage *log_off_with(GUnixFDList *list) {
        GDBusMessage *m = g_dbus_message_new_method_call(
                        USHER_BUS_NAME, MANAGER, USHER_IFACE_MANAGER, "LogOff");

        g_dbus_message_set_body(m, ARGS("('seat0', @a{sv} {})"));
        g_dbus_message_set_unix_fd_list(m, list);
        return m;
}

/* sd-bus keeps the descriptors of a message open until the message is freed. Messages that wait for their
 * turn or for polkit are kept, and a process without free descriptors loses its bus connection. */
static void test_file_descriptors_are_not_kept(Fixture *f, gconstpointer data) {
        g_autoptr(GUnixFDList) list = file_descriptors();
        g_autoptr(GDBusMessage) one = log_off_with(list), answer = NULL;
        g_autoptr(GError) error = NULL, refused = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        f->polkit->hold = TRUE;
        fixture_start(f);
        g_assert_no_errno(prlimit(f->pid, RLIMIT_NOFILE,
                        &(struct rlimit) { OPEN_MAX_OF_A_SERVICE, OPEN_MAX_OF_A_SERVICE }, NULL));

        for (int k = 0; k < 10; k++) {
                GDBusConnection *mallory = fixture_connect(f, MALLORY);

                for (int i = 0; i < 100; i++) {
                        g_autoptr(GDBusMessage) m = log_off_with(list);

                        g_dbus_connection_send_message(mallory, m, 0, NULL, &error);
                        g_assert_no_error(error);
                }
                settle(mallory);
        }

        fixture_settle(f);
        g_assert_false(f->exited);
        assert_jobs(f, "");

        answer = g_dbus_connection_send_message_with_reply_sync(
                        fixture_connect(f, MALLORY), one, 0, -1, NULL, NULL, &error);
        g_assert_no_error(error);
        g_assert_true(g_dbus_message_to_gerror(answer, &refused));
        g_assert_error(refused, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
        g_assert_cmpuint(fake_polkit_n_held(f->polkit), ==, 0);
}

static void test_a_thousand_requests_are_too_many(Fixture *f, gconstpointer data) {
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) call_free);
        g_autoptr(Call) other = NULL;
        guint refused = 0, held;
        gint64 before;

        two_stations(f);
        f->polkit->hold = TRUE;
        fixture_start(f);

        /* The bus allows 128 pending replies for each connection. */
        for (int i = 0; i < 10; i++) {
                GDBusConnection *mallory = fixture_connect(f, MALLORY);

                for (int k = 0; k < 100; k++)
                        g_ptr_array_add(calls,
                                        usher_send(mallory, MANAGER, "Manager.LogOff",
                                                        ARGS("('seat0', @a{sv} {})")));
        }

        fixture_settle(f);
        for (guint i = 0; i < calls->len; i++) {
                Call *call = calls->pdata[i];

                if (!call->done)
                        continue;

                g_assert_cmpstr(call->error, ==, LIMITS_EXCEEDED);
                g_assert_true(g_regex_match_simple("[0-9]+", call->text, 0, 0));
                refused++;
        }
        held = fake_polkit_n_held(f->polkit);
        g_test_message("%u refused, %u waiting", refused, held);
        g_assert_cmpuint(refused, >=, 500);
        g_assert_cmpuint(held, ==, CHECKS_OF_ONE_USER);

        /* Neither root nor another user is affected. */
        before = g_get_monotonic_time();
        g_strfreev(job_paths(usher_call(
                        f->root, MANAGER, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)"))));
        g_assert_cmpint(g_get_monotonic_time() - before, <, 1 * SECOND);
        other = usher_send(fixture_connect(f, TEACHER), MANAGER, "Manager.LogOff",
                        ARGS("('seat0', @a{sv} {})"));
        WAIT_FOR(fake_polkit_n_held(f->polkit) == held + 1);

        /* What waits is answered in the end. */
        fake_polkit_release(f->polkit);
        for (guint i = 0; i < calls->len; i++)
                call_wait(calls->pdata[i]);
        call_wait(other);
}

/* The bus allows usherd 128 pending replies in total: calls to polkit must leave room for the calls that end
 * sessions. */
static void test_requests_of_many_users_hold_nobody_up(Fixture *f, gconstpointer data) {
        static const uid_t users[] = { ADA, BEN, TEACHER, MALLORY, HEAD };
        g_autoptr(GPtrArray) calls = g_ptr_array_new_with_free_func((GDestroyNotify) call_free);
        g_autofree char *path = NULL;

        two_stations(f);
        f->polkit->hold = TRUE;
        fixture_start(f);

        for (gsize i = 0; i < G_N_ELEMENTS(users); i++) {
                GDBusConnection *user = fixture_connect(f, users[i]);

                for (int k = 0; k < 100; k++)
                        g_ptr_array_add(calls,
                                        usher_send(user, MANAGER, "Manager.LogOff",
                                                        ARGS("('seat-left', @a{sv} {})")));
        }
        fixture_settle(f);

        path = fixture_log_off(f, "seat0", "{'grace': <uint32 0>}");
        assert_result(f, path, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");

        /* Refusals were for too many requests, or for too many pending ones; none came from the bus. */
        fake_polkit_release(f->polkit);
        for (guint i = 0; i < calls->len; i++) {
                Call *call = calls->pdata[i];

                call_wait(call);
                g_assert_true(g_str_equal(call->error, LIMITS_EXCEEDED) ||
                                g_str_equal(call->error, ACCESS_DENIED));
        }
}

/* All of them call, each as often as one may, and polkit asks each for a password that nobody types. */
static GPtrArray *crowd_hangs(Fixture *f, guint n_users) {
        GPtrArray *calls = g_ptr_array_new_with_free_func((GDestroyNotify) call_free);

        for (guint i = 0; i < n_users; i++) {
                GDBusConnection *c = fixture_connect(f, CROWD + i);

                fake_polkit_answer(f->polkit, NULL, CROWD + i, FAKE_POLKIT_HANG);
                for (int k = 0; k < 8; k++)
                        g_ptr_array_add(calls,
                                        usher_send(c, MANAGER, "Manager.LogOff",
                                                        ARGS("('seat-left', @a{sv} {})")));
                settle(c);
        }

        fixture_settle(f);
        return calls;
}

static void test_few_accounts_do_not_take_all_places(Fixture *f, gconstpointer data) {
        g_autoptr(GPtrArray) calls = NULL;

        two_stations(f);
        fixture_start(f);
        calls = crowd_hangs(f, 7);

        /* Polkit says no to her, so it was asked. */
        assert_refused(fixture_connect(f, MALLORY), MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"),
                        ACCESS_DENIED);
}

static void assert_answered_at_once(GDBusConnection *c, const char *member, GVariant *arguments) {
        gint64 begin = g_get_monotonic_time();

        g_variant_unref(usher_call(c, MANAGER, member, arguments));
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 1 * SECOND);
}

static void test_a_crowd_keeps_neither_root_nor_operators_out(Fixture *f, gconstpointer data) {
        g_autoptr(GPtrArray) calls = NULL;
        GDBusConnection *teacher;
        guint n_held;

        two_stations(f);
        fixture_start(f);
        fake_polkit_answer(f->polkit, NULL, TEACHER, FAKE_POLKIT_YES);
        calls = crowd_hangs(f, CROWD_SIZE);
        n_held = fake_polkit_n_held(f->polkit);
        g_test_message("%u are waiting", n_held);
        g_assert_cmpuint(n_held, >=, 20);

        /* Somebody else finds no place now. */
        assert_refused(fixture_connect(f, MALLORY), MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"),
                        LIMITS_EXCEEDED);

        teacher = fixture_connect(f, TEACHER);
        assert_answered_at_once(teacher, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 60>})"));
        assert_answered_at_once(teacher, "Manager.CancelAll", NULL);
        assert_answered_at_once(teacher, "Manager.LogOffAll", ARGS("({'grace': <uint32 60>},)"));
        assert_answered_at_once(f->root, "Manager.LogOffAll", ARGS("({'grace': <uint32 30>},)"));
        assert_answered_at_once(f->root, "Manager.CancelAll", NULL);
        g_assert_cmpuint(fake_polkit_n_held(f->polkit), ==, n_held);
}

/* Endless calls: the next ones are sent before the previous ones are answered. Each takes usherd longer than
 * the bus. */
static void flood(GObject *source, GAsyncResult *result, gpointer data) {
        GDBusConnection *mallory = G_DBUS_CONNECTION(source);
        g_autoptr(GVariant) reply = NULL;
        gboolean *stop = data;

        if (result)
                reply = g_dbus_connection_call_finish(mallory, result, NULL);
        if (*stop)
                return;

        for (int i = 0; i < 20; i++) {
                g_autoptr(GDBusMessage) m = g_dbus_message_new_method_call(USHER_BUS_NAME, MANAGER,
                                "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");

                g_dbus_message_set_flags(m, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
                (void) g_dbus_connection_send_message(
                                mallory, m, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
        }
        g_dbus_connection_call(mallory, USHER_BUS_NAME, MANAGER, USHER_IFACE_MANAGER, "ListStations", NULL,
                        NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, flood, data);
}

/* usherd is busy without a pause; answered calls must still not count as pending. */
static void test_a_busy_usherd_forgets_what_is_answered(Fixture *f, gconstpointer data) {
        static gboolean stop;
        GDBusConnection *teacher, *mallory;

        two_stations(f);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        mallory = fixture_connect(f, MALLORY);

        for (int i = 0; i < 6; i++)
                flood(G_OBJECT(mallory), NULL, &stop);
        for (int i = 0; i < 20; i++)
                assert_refused(teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', @a{sv} {})"),
                                ACCESS_DENIED);
        stop = TRUE;
        assert_nothing_happened(f);
}

/* The user database hangs when a user comes, and calls wait for it: polkit is not asked until it answers. */
static GPtrArray *calls_wait_for_a_lookup(
                Fixture *f, GDBusConnection *tina, const char *session, guint n_calls, int *ret_lease) {
        GPtrArray *calls = g_ptr_array_new_with_free_func((GDestroyNotify) call_free);
        guint n_questions = f->polkit->questions->len;

        accounts_wait_workers(f->pid, 0);
        *ret_lease = accounts_hang(f->passwd);
        at_station(f, session, ADA, "seat0");
        accounts_wait_workers(f->pid, 1);

        for (guint i = 0; i < n_calls; i++)
                g_ptr_array_add(calls, teacher_log_off_all(tina));
        g_variant_unref(usher_call(tina, MANAGER, "Manager.ListJobs", NULL));
        settle(f->polkit->fake.connection);
        g_assert_cmpuint(f->polkit->questions->len, ==, n_questions);

        return calls;
}

/* If calls still counted that have waited for the user database, the next one would not wait. */
static void test_a_busy_usherd_forgets_what_was_looked_up(Fixture *f, gconstpointer data) {
        g_autoptr(GPtrArray) calls = NULL, next = NULL;
        GDBusConnection *tina, *mallory;
        static gboolean stop;
        int lease;

        fixture_start(f);
        tina = teacher_connect(f);
        teacher_get_known(tina);
        mallory = fixture_connect(f, MALLORY);
        for (int i = 0; i < 6; i++)
                flood(G_OBJECT(mallory), NULL, &stop);

        /* Half of them exceed the limit for polkit. */
        calls = calls_wait_for_a_lookup(f, tina, "3", LOOKUPS_OF_ONE_USER, &lease);
        accounts_answer(lease);
        for (guint i = 0; i < calls->len; i++)
                call_wait(calls->pdata[i]);

        next = calls_wait_for_a_lookup(f, tina, "4", 1, &lease);
        accounts_answer(lease);
        g_assert_cmpuint(teacher_n_jobs(next->pdata[0]), ==, 2);
        stop = TRUE;
}

static gint64 told_at(Fixture *f, const char *path) {
        for (guint i = 0; i < f->signals->len; i++) {
                const Signal *s = f->signals->pdata[i];

                if (g_str_equal(s->path, path) && g_str_equal(s->member, "PropertiesChanged"))
                        return s->time;
        }

        return 0;
}

/* Changes are announced once, after all queued messages; but the messages may never end. */
static void test_a_busy_usherd_announces_changes(Fixture *f, gconstpointer data) {
        g_autoptr(Call) change = NULL, last = NULL;
        GDBusConnection *mallory;

        fixture_start(f);
        mallory = fixture_connect(f, MALLORY);

        g_assert_no_errno(kill(f->pid, SIGSTOP));
        change = usher_send(f->root, SEAT0, "Station.SetLabel", ARGS("('Window',)"));
        settle(f->root);
        for (int i = 0; i < 5000; i++) {
                g_autoptr(GDBusMessage) m = g_dbus_message_new_method_call(USHER_BUS_NAME, MANAGER,
                                "org.freedesktop.DBus.ObjectManager", "GetManagedObjects");

                g_dbus_message_set_flags(m, G_DBUS_MESSAGE_FLAGS_NO_REPLY_EXPECTED);
                (void) g_dbus_connection_send_message(
                                mallory, m, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
        }
        last = usher_send(mallory, MANAGER, "Manager.ListStations", NULL);
        settle(mallory);
        g_assert_no_errno(kill(f->pid, SIGCONT));

        call_wait(last);
        WAIT_FOR(told_at(f, SEAT0) > 0);
        g_assert_cmpint(told_at(f, SEAT0), <, last->answered);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

        fixture_add("/crowd/file-descriptors-are-not-kept", test_file_descriptors_are_not_kept);
        fixture_add("/crowd/a-thousand-requests-are-too-many", test_a_thousand_requests_are_too_many);
        fixture_add("/crowd/requests-of-many-users-hold-nobody-up",
                        test_requests_of_many_users_hold_nobody_up);
        fixture_add("/crowd/few-accounts-do-not-take-all-places", test_few_accounts_do_not_take_all_places);
        fixture_add("/crowd/a-crowd-keeps-neither-root-nor-operators-out",
                        test_a_crowd_keeps_neither_root_nor_operators_out);
        fixture_add("/crowd/a-busy-usherd-forgets-what-is-answered",
                        test_a_busy_usherd_forgets_what_is_answered);
        fixture_add("/crowd/a-busy-usherd-forgets-what-was-looked-up",
                        test_a_busy_usherd_forgets_what_was_looked_up);
        fixture_add("/crowd/a-busy-usherd-announces-changes", test_a_busy_usherd_announces_changes);

        return g_test_run();
}
