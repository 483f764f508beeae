/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Who receives a message. The model suite tests how many a user may send. */

#include "daemon.h"
#include "feature/message.h"

static void set_up(Daemon *d, gconstpointer data) {
        static const Feature *const features[] = { &message_feature, NULL };

        daemon_set_up(d, features);
        daemon_serve(d);
}

static void tear_down(Daemon *d, gconstpointer data) {
        daemon_tear_down(d);
}

static int send(Daemon *d) {
        int r;

        r = message_send(d->manager, manager_find_station(d->manager, SEAT), "teacher", "Five more minutes");
        daemon_run(d);
        return r;
}

static void test_people_only(Daemon *d, gconstpointer data) {
        const Notice *n;

        daemon_session(d, .id = "c1", .leader = 400, .class = "greeter");
        daemon_session(d, .id = "5", .leader = 500, .state = "closing");
        g_assert_cmpint(send(d), ==, 0);
        g_assert_true(TAILQ_EMPTY(&d->manager->notices));

        daemon_session(d, .id = "3");
        g_assert_cmpint(send(d), ==, 1);
        n = TAILQ_FIRST(&d->manager->notices);
        g_assert_cmpint(n->kind, ==, NOTICE_MESSAGE);
        g_assert_cmpstr(n->session, ==, "3");
        g_assert_cmpstr(n->from, ==, "teacher");
        g_assert_cmpstr(n->text, ==, "Five more minutes");
        g_assert_cmpuint(daemon_count_calls(d, "StartUnit(usher-warn@61001.service)"), ==, 1);

        daemon_fire_timers(d);
        g_assert_true(TAILQ_EMPTY(&d->manager->notices));
}

static void test_too_many_wait(Daemon *d, gconstpointer data) {
        daemon_session(d, .id = "3");
        for (unsigned i = 0; i < NOTICES_PER_SESSION_MAX; i++)
                g_assert_cmpint(send(d), ==, 1);
        g_assert_cmpint(send(d), ==, -ENOBUFS);

        /* One of them can still read it. */
        daemon_session(d, .id = "4", .leader = 400);
        g_assert_cmpint(send(d), ==, 1);
}

static void test_each_uid_has_a_limit(Daemon *d, gconstpointer data) {
        unsigned n = 0;

        while (message_count(d->manager, TEACHER) == 0)
                g_assert_cmpuint(++n, <, 1000);
        g_assert_cmpuint(message_count(d->manager, TEACHER), ==, n);
        g_assert_cmpuint(message_count(d->manager, ADA), ==, 0);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
#define ADD(name, function) g_test_add("/message/" name, Daemon, NULL, set_up, function, tear_down)
        ADD("people-only", test_people_only);
        ADD("too-many-wait", test_too_many_wait);
        ADD("each-uid-has-a-limit", test_each_uid_has_a_limit);
        return g_test_run();
}
