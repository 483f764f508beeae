/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Which screens show the label, and when the callers get their reply. */

#include "core/notice.h"
#include "daemon.h"
#include "feature/identify.h"

#define GREETER ((uid_t) 61004)

typedef struct Answer {
        unsigned n;
        unsigned n_shown;
} Answer;

static void set_up(Daemon *d, gconstpointer data) {
        static const Feature *const features[] = { &identify_feature, NULL };

        daemon_set_up(d, features);
        manager_logind_events.seat("seat0", d->manager);
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static void on_answer(bool shown, void *userdata) {
        Answer *a = userdata;

        a->n++;
        a->n_shown += shown;
}

static int identify_at(Daemon *d, const char *station, Answer *a) {
        int r;

        r = identify_station(d->manager, manager_find_station(d->manager, station), "root", on_answer, a);
        daemon_run(d);
        return r;
}

static void identify(Daemon *d, Answer *a) {
        g_assert_cmpint(identify_at(d, SEAT, a), ==, 0);
}

/* The notice of that session, which must exist; "" for the console. */
static Notice *notice(Daemon *d, const char *session, NoticeKind kind) {
        Notice *n;

        TAILQ_FOREACH(n, &d->manager->notices, notices)
                if (n->kind == kind && g_str_equal(n->session, session))
                        return n;

        g_assert_not_reached();
}

static unsigned count_notices(Daemon *d) {
        unsigned found = 0;
        Notice *n;

        TAILQ_FOREACH(n, &d->manager->notices, notices)
                found++;

        return found;
}

static void two_sessions(Daemon *d) {
        daemon_session(d, .id = "3");
        daemon_session(d, .id = "c1", .leader = 400, .uid = GREETER, .class = "greeter");
        daemon_session(d, .id = "5", .leader = 500, .state = "closing");
}

static void test_shown(Daemon *d, gconstpointer data) {
        Answer a = {}, b = {}, c = {};

        two_sessions(d);
        identify(d, &a);
        identify(d, &b);
        g_assert_cmpuint(count_notices(d), ==, 2);
        g_assert_cmpstr(notice(d, "3", NOTICE_SIGN)->text, ==, SEAT);
        g_assert_cmpuint(daemon_count_calls(d, "StartUnit(usher-identify@61001.service)"), ==, 1);
        g_assert_cmpuint(daemon_count_calls(d, "StartUnit(usher-identify@61004.service)"), ==, 1);
        g_assert_cmpuint(a.n + b.n, ==, 0);

        notice_end(notice(d, "c1", NOTICE_SIGN), NOTICE_SHOWN_SCREEN, false);
        g_assert_cmpuint(a.n_shown, ==, 1);
        g_assert_cmpuint(b.n_shown, ==, 1);

        /* The next request starts again on both. */
        identify(d, &c);
        g_assert_cmpuint(count_notices(d), ==, 2);
        notice_end(notice(d, "c1", NOTICE_SIGN), NOTICE_SHOWN_SCREEN, false);
        notice_end(notice(d, "3", NOTICE_SIGN), NOTICE_SHOWN_SCREEN, false);
        g_assert_cmpuint(c.n, ==, 1);
        g_assert_cmpuint(a.n + b.n, ==, 2);
        g_assert_cmpuint(count_notices(d), ==, 0);
}

/* A desktop that cannot show a label gets a notification, a login screen none. */
static void test_falls_back(Daemon *d, gconstpointer data) {
        Answer a = {};

        two_sessions(d);
        identify(d, &a);
        notice_end(notice(d, "c1", NOTICE_SIGN), NOTICE_SHOWN_NONE, false);
        g_assert_cmpuint(count_notices(d), ==, 1);
        notice_end(notice(d, "3", NOTICE_SIGN), NOTICE_SHOWN_NONE, false);
        g_assert_cmpuint(a.n, ==, 0);
        notice_end(notice(d, "3", NOTICE_IDENTIFY), NOTICE_SHOWN_DESKTOP, false);
        g_assert_cmpuint(a.n_shown, ==, 1);
}

static void test_no_program_falls_back(Daemon *d, gconstpointer data) {
        Answer a = {};

        d->refuse = "StartUnit";
        daemon_session(d, .id = "3");
        identify(d, &a);
        g_assert_cmpuint(count_notices(d), ==, 1);
        (void) notice(d, "3", NOTICE_IDENTIFY);
        daemon_fire_timers(d);
        g_assert_cmpuint(a.n, ==, 1);
        g_assert_cmpuint(a.n_shown, ==, 0);
}

static void test_a_session_that_ends(Daemon *d, gconstpointer data) {
        Answer a = {};

        daemon_session(d, .id = "3");
        identify(d, &a);
        daemon_end_session(d, "3");
        g_assert_cmpuint(count_notices(d), ==, 0);
        g_assert_cmpuint(a.n, ==, 1);
        g_assert_cmpuint(a.n_shown, ==, 0);
}

/* The notice is not for another session with the same id. */
static void test_an_id_that_is_used_again(Daemon *d, gconstpointer data) {
        Answer a = {};

        daemon_session(d, .id = "3");
        identify(d, &a);
        daemon_session(d, .id = "3", .leader = 301);
        g_assert_cmpuint(count_notices(d), ==, 0);
        g_assert_cmpuint(a.n, ==, 1);
        g_assert_cmpuint(a.n_shown, ==, 0);
}

static void test_the_console(Daemon *d, gconstpointer data) {
        Answer a = {};

        g_assert_cmpint(identify_at(d, SEAT, &a), ==, -ENXIO);
        g_assert_cmpint(identify_at(d, "seat0", &a), ==, 0);
        g_assert_cmpuint(notice(d, "", NOTICE_SIGN)->uid, ==, 0);
        notice_end(notice(d, "", NOTICE_SIGN), NOTICE_SHOWN_TERMINAL, false);
        g_assert_cmpuint(a.n_shown, ==, 1);
}

static void test_too_many_wait(Daemon *d, gconstpointer data) {
        Answer a = {};

        daemon_session(d, .id = "3");
        for (unsigned i = 0; i < IDENTIFY_WAITERS_MAX; i++)
                identify(d, &a);
        g_assert_cmpint(identify_at(d, SEAT, &a), ==, -ENOBUFS);
        notice_end(notice(d, "3", NOTICE_SIGN), NOTICE_SHOWN_SCREEN, false);
        g_assert_cmpuint(a.n_shown, ==, IDENTIFY_WAITERS_MAX);
}

static void test_too_many_notices(Daemon *d, gconstpointer data) {
        Session *s;
        Notice *n;
        Answer a = {};

        daemon_session(d, .id = "3");
        s = manager_find_session(d->manager, "3");
        for (unsigned i = 0; i < NOTICES_PER_SESSION_MAX; i++)
                g_assert_cmpint(notice_new(&n, d->manager, NOTICE_MESSAGE, SEAT, s, "root", "x", NULL, NULL),
                                ==, 0);
        g_assert_cmpint(identify_at(d, SEAT, &a), ==, -EXFULL);
        g_assert_cmpuint(a.n, ==, 0);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/identify/" name, Daemon, NULL, set_up, function, tear_down)
        ADD("shown", test_shown);
        ADD("falls-back", test_falls_back);
        ADD("no-program-falls-back", test_no_program_falls_back);
        ADD("a-session-that-ends", test_a_session_that_ends);
        ADD("an-id-that-is-used-again", test_an_id_that_is_used_again);
        ADD("the-console", test_the_console);
        ADD("too-many-wait", test_too_many_wait);
        ADD("too-many-notices", test_too_many_notices);
        return g_test_run();
}
