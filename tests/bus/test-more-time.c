/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* More time: what users may give themselves, how they ask for more, and who may answer. */

#include "common/names.h"
#include "fixture.h"

#define SECOND G_USEC_PER_SEC
#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define INVALID_ARGS "org.freedesktop.DBus.Error.InvalidArgs"
#define LIMITS_EXCEEDED "org.freedesktop.DBus.Error.LimitsExceeded"
#define NO_SUCH_REQUEST "org.usher1.Error.NoSuchRequest"
#define NOT_CANCELLABLE "org.usher1.Error.NotCancellable"

typedef struct {
        GDBusConnection *ada, *ben, *teacher;
        const char *job;
} Room;

/* The teacher logs Ada off. Operators may log off pupils, and users themselves. */
static Room room(Fixture *f, const char *setting) {
        g_autofree char *config = g_strdup_printf(TEST_CONFIG "%s\n", setting);
        Room r = { .job = "/org/usher1/job/1" };

        fixture_configure(f, config);
        at_station(f, "3", ADA, "seat0");
        at_station(f, "4", BEN, "seat-left");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, FAKE_POLKIT_ANY_UID, FAKE_POLKIT_YES);
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        r.ada = fixture_connect(f, ADA);
        r.ben = fixture_connect(f, BEN);
        r.teacher = fixture_connect(f, TEACHER);
        g_variant_unref(usher_call(
                        r.teacher, MANAGER, "Manager.LogOff", ARGS("('seat0', {'grace': <uint32 60>})")));
        return r;
}

static guint64 deadline(Fixture *f, const Room *r) {
        return usher_get_uint64(f->root, r->job, "DeadlineMonotonic");
}

static void extend(GDBusConnection *connection, const Room *r, guint32 seconds) {
        g_variant_unref(usher_call(connection, r->job, "Job.Extend", ARGS("(%u,)", seconds)));
}

static void request(GDBusConnection *connection, const Room *r, guint32 seconds) {
        g_variant_unref(usher_call(connection, r->job, "Job.RequestTime", ARGS("(%u,)", seconds)));
}

#define assert_requested(f, r, seconds) \
        g_assert_cmpuint(usher_get_uint32((f)->root, (r)->job, "TimeRequested"), ==, seconds)
#define assert_extendable(f, r, seconds) \
        g_assert_cmpuint(usher_get_uint64((f)->root, (r)->job, "UserExtendable"), ==, (seconds) *SECOND)

static void test_a_user_adds_so_much_in_all(Fixture *f, gconstpointer data) {
        Room r = room(f, "UserExtendMaxSec=5min");
        guint64 before = deadline(f, &r);

        g_assert_cmpuint(usher_get_uint64(f->root, MANAGER, "UserExtendMaxUSec"), ==, 300 * SECOND);
        assert_extendable(f, &r, 300);
        assert_refused(r.ada, r.job, "Job.Extend", ARGS("(uint32 301,)"), LIMITS_EXCEEDED);
        extend(r.ada, &r, 200);
        assert_extendable(f, &r, 100);
        assert_refused(r.ada, r.job, "Job.Extend", ARGS("(uint32 101,)"), LIMITS_EXCEEDED);
        extend(r.ada, &r, 100);
        assert_extendable(f, &r, 0);
        assert_refused(r.ada, r.job, "Job.Extend", ARGS("(uint32 1,)"), LIMITS_EXCEEDED);
        g_assert_cmpuint(deadline(f, &r), ==, before + 300 * SECOND);

        /* Others may give more, up to the maximum. */
        extend(r.teacher, &r, 600);
        extend(f->root, &r, 600);
        g_assert_cmpuint(deadline(f, &r), ==, before + 1500 * SECOND);
        assert_refused(r.ada, r.job, "Job.Extend", ARGS("(uint32 1,)"), LIMITS_EXCEEDED);
}

static void test_a_request_is_granted(Fixture *f, gconstpointer data) {
        Room r = room(f, "UserExtendMaxSec=0");
        guint64 before = deadline(f, &r);
        g_autofree char *history = NULL;

        request(r.ada, &r, 600);
        assert_requested(f, &r, 600);

        /* Asking postpones nothing. */
        g_assert_cmpuint(deadline(f, &r), ==, before);

        extend(r.teacher, &r, 300);
        assert_requested(f, &r, 0);
        g_assert_cmpuint(deadline(f, &r), ==, before + 300 * SECOND);
        settle(f->root);
        history = fixture_history(f, r.job, "TimeRequested");
        g_assert_cmpstr(history, ==, "600 0");
        assert_refused(r.teacher, r.job, "Job.DenyTime", NULL, NO_SUCH_REQUEST);
}

static void test_a_request_is_denied(Fixture *f, gconstpointer data) {
        Room r = room(f, "UserExtendMaxSec=0");
        guint64 before = deadline(f, &r);

        request(r.ada, &r, 600);
        g_variant_unref(usher_call(r.teacher, r.job, "Job.DenyTime", NULL));
        assert_requested(f, &r, 0);
        g_assert_cmpuint(deadline(f, &r), ==, before);

        /* Two answer at once. */
        assert_refused(r.teacher, r.job, "Job.DenyTime", NULL, NO_SUCH_REQUEST);

        /* Users withdraw their own. */
        request(r.ada, &r, 600);
        g_variant_unref(usher_call(r.ada, r.job, "Job.DenyTime", NULL));
        assert_requested(f, &r, 0);
        assert_jobs(f, "1");
}

static void test_nobody_else_asks_or_answers(Fixture *f, gconstpointer data) {
        Room r = room(f, "UserExtendMaxSec=0");

        assert_refused(r.ben, r.job, "Job.RequestTime", ARGS("(uint32 600,)"), ACCESS_DENIED);
        assert_refused(r.teacher, r.job, "Job.RequestTime", ARGS("(uint32 600,)"), ACCESS_DENIED);
        assert_requested(f, &r, 0);

        request(r.ada, &r, 600);
        assert_refused(r.ben, r.job, "Job.DenyTime", NULL, ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_LOG_OFF);
        assert_refused(r.ben, r.job, "Job.Extend", ARGS("(uint32 600,)"), ACCESS_DENIED);
        assert_refused(r.ada, r.job, "Job.Extend", ARGS("(uint32 600,)"), LIMITS_EXCEEDED);
        assert_requested(f, &r, 600);
}

/* The session's user is an administrator, so the teacher's right does not do. */
static void test_an_administrator_asks(Fixture *f, gconstpointer data) {
        g_autofree char *job = NULL;
        GDBusConnection *teacher;

        at_station(f, "3", HEAD, "seat0");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF, TEACHER, FAKE_POLKIT_YES);
        fixture_start(f);
        teacher = fixture_connect(f, TEACHER);
        job = fixture_log_off(f, "seat0", "{'grace': <uint32 60>}");
        g_variant_unref(usher_call(fixture_connect(f, HEAD), job, "Job.RequestTime", ARGS("(uint32 600,)")));

        assert_refused(teacher, job, "Job.DenyTime", NULL, ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(f->polkit)->action, ==, USHER_ACTION_LOG_OFF_ADMINISTRATOR);
        assert_refused(teacher, job, "Job.Extend", ARGS("(uint32 600,)"), ACCESS_DENIED);
        g_assert_cmpuint(usher_get_uint32(f->root, job, "TimeRequested"), ==, 600);
}

static void test_a_user_cannot_flood(Fixture *f, gconstpointer data) {
        Room r = room(f, "UserExtendMaxSec=0");
        g_autofree char *history = NULL;

        for (guint32 i = 0; i < 50; i++)
                g_free(usher_error(r.ada, r.job, "Job.RequestTime", ARGS("(%u,)", 600 + i % 2)));
        assert_refused(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 599,)"), LIMITS_EXCEEDED);
        settle(f->root);
        history = fixture_history(f, r.job, "TimeRequested");
        g_assert_cmpstr(history, ==, "600 601 600");
        g_variant_unref(usher_call(r.teacher, r.job, "Job.DenyTime", NULL));
        assert_refused(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 600,)"), LIMITS_EXCEEDED);
}

/* A user who begins log-offs of their own to ask again has nobody to ask: they may postpone those. */
static void test_ones_own_log_off_asks_nobody(Fixture *f, gconstpointer data) {
        GDBusConnection *ada;
        g_autofree char *job = NULL;
        g_autoptr(GVariant) reply = NULL;

        fixture_configure(f, TEST_CONFIG "UserExtendMaxSec=0\n");
        at_station(f, "3", ADA, "seat0");
        fake_polkit_answer(f->polkit, USHER_ACTION_LOG_OFF_SELF, ADA, FAKE_POLKIT_YES);
        fixture_start(f);
        ada = fixture_connect(f, ADA);
        reply = usher_call(ada, MANAGER, "Manager.LogOffSession", ARGS("('3', {'grace': <uint32 60>})"));
        g_variant_get(reply, "(o)", &job);

        assert_refused(ada, job, "Job.RequestTime", ARGS("(uint32 600,)"), INVALID_ARGS);
        assert_refused(ada, job, "Job.RequestTime", ARGS("(uint32 3600,)"), LIMITS_EXCEEDED);
        g_variant_unref(usher_call(ada, job, "Job.Extend", ARGS("(uint32 600,)")));

        /* Somebody else wants it too. */
        g_free(fixture_log_off(f, "seat0", "{'grace': <uint32 3600>}"));
        fixture_wait_property(f, job, "UserExtendable", "0");
        settle(f->root);
        g_assert_cmpuint(usher_get_uint64(f->root, job, "UserExtendable"), ==, 0);
        g_variant_unref(usher_call(ada, job, "Job.RequestTime", ARGS("(uint32 600,)")));
}

static void test_bounds(Fixture *f, gconstpointer data) {
        Room r = room(f, "UserExtendMaxSec=2min");

        assert_refused(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 0,)"), INVALID_ARGS);
        assert_refused(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 120,)"), INVALID_ARGS);
        assert_refused(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 3541,)"), LIMITS_EXCEEDED);
        assert_refused(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 4294967295,)"), LIMITS_EXCEEDED);
        assert_requested(f, &r, 0);
        request(r.ada, &r, 3540);
        extend(r.teacher, &r, 3540);
        assert_requested(f, &r, 0);
        assert_extendable(f, &r, 0);
}

static void test_an_unanswered_request_holds_up_nothing(Fixture *f, gconstpointer data) {
        Room r = room(f, "UserExtendMaxSec=0");

        request(r.ada, &r, 600);
        g_variant_unref(usher_call(r.ada, r.job, "Job.EndNow", NULL));
        assert_result(f, r.job, "done");
        assert_deeds(&f->logind->fake, "TerminateSession('3')");
        g_free(usher_error(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 600,)")));
        assert_refused(r.teacher, r.job, "Job.DenyTime", NULL, "org.usher1.Error.NoSuchJob");
}

static void test_too_late(Fixture *f, gconstpointer data) {
        Room r;

        f->logind->ignore_terminate = TRUE;
        r = room(f, "UserExtendMaxSec=0\nTerminateSec=1h");
        request(r.ada, &r, 600);
        g_variant_unref(usher_call(r.ada, r.job, "Job.EndNow", NULL));
        fixture_wait_property(f, r.job, "Phase", "'terminating'");
        assert_requested(f, &r, 0);
        assert_refused(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 600,)"), NOT_CANCELLABLE);
        assert_refused(r.teacher, r.job, "Job.DenyTime", NULL, NO_SUCH_REQUEST);
}

/* usherd dies: what was asked, added and counted comes back, and the request is not announced again. */
static void test_a_restart_of_usherd(Fixture *f, gconstpointer data) {
        Room r = room(f, "UserExtendMaxSec=5min");

        extend(r.ada, &r, 200);
        request(r.ada, &r, 600);
        request(r.ada, &r, 601);
        request(r.ada, &r, 602);
        fixture_kill(f);
        fixture_start(f);

        assert_requested(f, &r, 602);
        assert_extendable(f, &r, 100);
        assert_refused(r.ada, r.job, "Job.Extend", ARGS("(uint32 101,)"), LIMITS_EXCEEDED);
        assert_refused(r.ada, r.job, "Job.RequestTime", ARGS("(uint32 603,)"), LIMITS_EXCEEDED);
        g_variant_unref(usher_call(r.teacher, r.job, "Job.DenyTime", NULL));
        fixture_kill(f);
        fixture_start(f);
        assert_requested(f, &r, 0);
}

int main(int argc, char *argv[]) {
        fixture_init(&argc, &argv);

#define ADD(name, function) fixture_add("/more-time/" name, function)
        ADD("a-user-adds-so-much-in-all", test_a_user_adds_so_much_in_all);
        ADD("a-request-is-granted", test_a_request_is_granted);
        ADD("a-request-is-denied", test_a_request_is_denied);
        ADD("nobody-else-asks-or-answers", test_nobody_else_asks_or_answers);
        ADD("an-administrator-asks", test_an_administrator_asks);
        ADD("a-user-cannot-flood", test_a_user_cannot_flood);
        ADD("ones-own-log-off-asks-nobody", test_ones_own_log_off_asks_nobody);
        ADD("bounds", test_bounds);
        ADD("an-unanswered-request-holds-up-nothing", test_an_unanswered_request_holds_up_nothing);
        ADD("too-late", test_too_late);
        ADD("a-restart-of-usherd", test_a_restart_of_usherd);

        return g_test_run();
}
