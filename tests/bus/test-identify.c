/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Identifying stations: who shows the label, what is tried when they cannot, and what the caller gets. The
 * tests play usher-identify and usher-warn. */

#include "fixture.h"

#include <string.h>

#include "common/names.h"

#define LEFT "/org/usher1/station/seat_2dleft"
#define RIGHT "/org/usher1/station/seat_2dright"
#define GREETER 61002
#define LIMITS_EXCEEDED "org.freedesktop.DBus.Error.LimitsExceeded"

static Call *identify(Fixture *f, const char *station) {
        return usher_send(f->root, station, "Station.Identify", NULL);
}

/* "number kind session uid" of each pending notice, one per line; "" for none. */
static char *notices(Fixture *f) {
        g_autoptr(GVariant) reply = usher_call(f->root, MANAGER, "Manager.ListNotices", NULL), list = NULL;
        g_autoptr(GString) text = g_string_new(NULL);
        const char *kind, *session;
        guint32 number, uid;
        GVariantIter i;

        list = g_variant_get_child_value(reply, 0);
        g_variant_iter_init(&i, list);
        while (g_variant_iter_next(
                        &i, "(u&sss&susst)", &number, &kind, NULL, NULL, &session, &uid, NULL, NULL, NULL))
                g_string_append_printf(text, "%s%u %s %s %u", text->len > 0 ? "\n" : "", number, kind,
                                session, uid);

        return g_string_free(g_steal_pointer(&text), FALSE);
}

#define assert_notices(f, expected)                      \
        G_STMT_START {                                   \
                g_autofree char *_notices = notices(f);  \
                g_assert_cmpstr(_notices, ==, expected); \
        }                                                \
        G_STMT_END

static void report(Fixture *f, uid_t uid, guint32 number, const char *how) {
        GDBusConnection *connection = uid == 0 ? f->root : fixture_connect(f, uid);

        g_variant_unref(usher_call(
                        connection, MANAGER, "Manager.NoticeShown", ARGS("(%u, %s)", number, how)));
}

static void assert_answer(Call *call, const char *error) {
        call_wait(call);
        g_assert_cmpstr(call->error, ==, error);
}

static void test_large_on_the_screen(Fixture *f, gconstpointer data) {
        g_autoptr(GVariant) list = NULL;
        g_autofree char *text = NULL;
        g_autoptr(Call) call = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        g_variant_unref(usher_call(f->root, LEFT, "Station.SetLabel", ARGS("('Window',)")));

        call = identify(f, LEFT);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, ADA));
        list = usher_call(f->root, MANAGER, "Manager.ListNotices", NULL);
        text = g_variant_print(list, FALSE);
        g_assert_nonnull(strstr(text, "'sign', 'seat-left', 'Window', '3', 61001, 'root', 'Window'"));
        g_assert_false(call->done);

        report(f, ADA, 1, "screen");
        assert_answer(call, NULL);
        assert_notices(f, "");
        g_assert_false(fake_systemd_has_warner(f->systemd, ADA));
}

/* A desktop that cannot show Usher's window still has notifications. */
static void test_a_notification_instead(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left", .type = "wayland");
        fixture_start(f);
        call = identify(f, LEFT);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, ADA));
        report(f, ADA, 1, "none");
        WAIT_FOR(fake_systemd_has_warner(f->systemd, ADA));
        assert_notices(f, "2 identify 3 61001");
        g_assert_false(call->done);
        report(f, ADA, 2, "desktop");
        assert_answer(call, NULL);
        assert_notices(f, "");
}

static void test_not_installed(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        call = identify(f, LEFT);
        WAIT_FOR(fake_systemd_has_warner(f->systemd, ADA));
        assert_notices(f, "2 identify 3 61001");
        report(f, ADA, 2, "none");
        assert_answer(call, USHER_ERROR_NO_SUCH_SESSION);
        assert_notices(f, "");
}

/* The program was started, and does nothing. */
static void test_a_sign_that_hangs(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        call = identify(f, LEFT);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, ADA));
        WAIT_FOR(fake_systemd_has_warner(f->systemd, ADA));
        report(f, ADA, 2, "desktop");
        assert_answer(call, NULL);
}

/* Nobody would read notifications, but labels are often shown in an empty room. */
static void test_a_login_screen(Fixture *f, gconstpointer data) {
        g_autoptr(Call) shown = NULL, failed = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(
                        f->logind, .id = "c1", .uid = GREETER, .seat = "seat-left", .class = "greeter");
        fixture_start(f);

        shown = identify(f, LEFT);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, GREETER));
        assert_notices(f, "1 sign c1 61002");
        report(f, GREETER, 1, "screen");
        assert_answer(shown, NULL);

        failed = identify(f, LEFT);
        fixture_settle(f);
        report(f, GREETER, 2, "none");
        assert_answer(failed, USHER_ERROR_NO_SUCH_SESSION);
        g_assert_false(fake_systemd_has_warner(f->systemd, GREETER));
}

/* The first seat always has a console. */
static void test_the_console(Fixture *f, gconstpointer data) {
        g_autoptr(Call) bare = NULL, greeter = NULL, other = NULL;

        f->systemd->with_identify = TRUE;
        fixture_start(f);

        bare = identify(f, SEAT0);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, 0));
        assert_notices(f, "1 sign  0");
        report(f, 0, 1, "screen");
        assert_answer(bare, NULL);

        other = identify(f, RIGHT);
        assert_answer(other, USHER_ERROR_NO_SUCH_SESSION);

        /* A login screen under Wayland. After the console has failed too, nothing is left to try. */
        fake_logind_add_session(f->logind, .id = "c1", .uid = GREETER, .seat = "seat0", .class = "greeter");
        fixture_settle(f);
        greeter = identify(f, SEAT0);
        fixture_settle(f);
        report(f, GREETER, 2, "none");
        assert_notices(f, "3 sign  0");
        report(f, 0, 3, "none");
        assert_answer(greeter, USHER_ERROR_NO_SUCH_SESSION);
        assert_notices(f, "");
}

/* Each session of a seat is shown the label, and the first one that succeeds answers the caller. The next
 * call shows it to all of them again. */
static void test_several_sessions(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL, again = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fake_logind_add_session(
                        f->logind, .id = "4", .uid = TEACHER, .seat = "seat-left", .state = "online");
        fake_logind_add_session(f->logind, .id = "5", .uid = ADA, .seat = "seat-right");
        fake_logind_add_session(
                        f->logind, .id = "6", .uid = ADA, .seat = "seat-left", .class = "background");
        fixture_start(f);
        call = identify(f, LEFT);
        fixture_settle(f);
        assert_notices(f, "1 sign 3 61001\n2 sign 4 61003");
        report(f, TEACHER, 2, "none");
        fixture_settle(f);
        g_assert_false(call->done);
        report(f, ADA, 1, "terminal");
        assert_answer(call, NULL);
        assert_notices(f, "3 identify 4 61003");

        again = identify(f, LEFT);
        fixture_settle(f);
        assert_notices(f, "4 sign 3 61001\n5 sign 4 61003");
        report(f, TEACHER, 5, "screen");
        assert_answer(again, NULL);
}

/* A user with more messages than can be shown keeps the screen: it is not switched to the console. */
static void test_too_much_to_show(Fixture *f, gconstpointer data) {
        g_autoptr(Call) here = NULL, left = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat0");
        fake_logind_add_session(f->logind, .id = "4", .uid = BEN, .seat = "seat-left");
        fixture_start(f);
        for (int i = 0; i < 8; i++)
                g_variant_unref(usher_call(
                                f->root, MANAGER, "Manager.SendMessageAll", ARGS("('Good morning',)")));

        here = identify(f, SEAT0);
        assert_answer(here, LIMITS_EXCEEDED);
        left = identify(f, LEFT);
        assert_answer(left, LIMITS_EXCEEDED);
        g_assert_false(fake_systemd_has_sign(f->systemd, 0));
}

static void test_callers_join(Fixture *f, gconstpointer data) {
        Call *calls[16];
        g_autoptr(Call) late = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        for (size_t i = 0; i < G_N_ELEMENTS(calls); i++)
                calls[i] = identify(f, LEFT);
        late = identify(f, LEFT);
        assert_answer(late, LIMITS_EXCEEDED);
        assert_notices(f, "1 sign 3 61001");
        report(f, ADA, 1, "screen");
        for (size_t i = 0; i < G_N_ELEMENTS(calls); i++) {
                assert_answer(calls[i], NULL);
                call_free(calls[i]);
        }
}

/* A notice for one session is not shown to the next one, and the caller still gets an answer. */
static void test_the_session_ends(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        call = identify(f, LEFT);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, ADA));
        fake_logind_remove_session(f->logind, "3");
        assert_answer(call, USHER_ERROR_NO_SUCH_SESSION);
        assert_notices(f, "");
        g_assert_false(fake_systemd_has_warner(f->systemd, ADA));
}

/* Users cannot read or report another user's notice. */
static void test_others_signs(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL, theft = NULL;
        g_autoptr(GVariant) list = NULL;
        g_autofree char *text = NULL;
        GDBusConnection *teacher;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        call = identify(f, LEFT);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, ADA));
        teacher = fixture_connect(f, TEACHER);
        list = usher_call(teacher, MANAGER, "Manager.ListNotices", NULL);
        text = g_variant_print(list, FALSE);
        g_assert_cmpstr(text, ==, "([],)");
        theft = usher_send(teacher, MANAGER, "Manager.NoticeShown", ARGS("(uint32 1, 'screen')"));
        assert_answer(theft, USHER_ERROR_NO_SUCH_NOTICE);
        g_assert_false(call->done);
        report(f, ADA, 1, "screen");
        assert_answer(call, NULL);
}

/* usherd exits while a caller waits and a label is being shown: nothing leaks, as the sanitizer would
 * show. */
static void test_the_end_in_the_middle(Fixture *f, gconstpointer data) {
        g_autoptr(Call) call = NULL;

        f->systemd->with_identify = TRUE;
        fake_logind_add_session(f->logind, .id = "3", .uid = ADA, .seat = "seat-left");
        fixture_start(f);
        call = identify(f, LEFT);
        WAIT_FOR(fake_systemd_has_sign(f->systemd, ADA));
        fixture_stop(f);
        f->dies_by_design = TRUE;
        assert_answer(call, "org.freedesktop.DBus.Error.NoReply");
}

int main(int argc, char **argv) {
        fixture_init(&argc, &argv);

        fixture_add("/identify/large-on-the-screen", test_large_on_the_screen);
        fixture_add("/identify/a-notification-instead", test_a_notification_instead);
        fixture_add("/identify/not-installed", test_not_installed);
        fixture_add("/identify/a-sign-that-hangs", test_a_sign_that_hangs);
        fixture_add("/identify/a-login-screen", test_a_login_screen);
        fixture_add("/identify/the-console", test_the_console);
        fixture_add("/identify/several-sessions", test_several_sessions);
        fixture_add("/identify/too-much-to-show", test_too_much_to_show);
        fixture_add("/identify/callers-join", test_callers_join);
        fixture_add("/identify/the-session-ends", test_the_session_ends);
        fixture_add("/identify/others-signs", test_others_signs);
        fixture_add("/identify/the-end-in-the-middle", test_the_end_in_the_middle);

        return g_test_run();
}
