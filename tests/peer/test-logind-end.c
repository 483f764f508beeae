/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How sessions are ended, and the delay lock. */

#include "logind-world.h"

#include <fcntl.h>

#include "peer/delay-lock.h"

static void on_end(int r, void *userdata) {
        *(int *) userdata = r;
}

/* Whether a session is there, only the word that it is not can say. */
static void test_busy(void) {
        SessionInfo session = { .id = (char *) "2", .path = (char *) "/session/_32", .leader = 20 };
        World *w = world_new();
        LogindEnd *end = NULL;
        int r = 1;

        w->busy = TRUE;
        logind_look_session(w->logind, "2");
        expect(w, "GetAll /session/_32\n", "");

        g_assert_cmpint(logind_end_session(w->logind, &end, &session, LOGIND_KILL, on_end, &r), ==, 0);
        settle(w);
        g_assert_cmpint(r, <, 0);
        g_assert_cmpint(r, !=, -ESRCH);
        g_assert_null(strstr(w->calls->str, "KillSession"));
        world_free(w);
}

static int end_session(World *w, const SessionInfo *session, LogindEndHow how) {
        LogindEnd *end = NULL;
        int r = 1;

        g_assert_cmpint(logind_end_session(w->logind, &end, session, how, on_end, &r), ==, 0);
        g_assert_nonnull(end);
        settle(w);
        g_assert_null(end);
        return r;
}

static void test_end(void) {
        SessionInfo session = { .id = (char *) "2", .path = (char *) "/session/_32", .leader = 20 };
        World *w = world_new();

        g_assert_cmpint(end_session(w, &session, LOGIND_TERMINATE), ==, 0);
        expect(w, "GetAll /session/_32\nTerminateSession 2\n", "");
        g_assert_cmpint(end_session(w, &session, LOGIND_SIGNAL), ==, 0);
        expect(w, "GetAll /session/_32\nKillSession 2 15\nKillSession 2 1\n", "");
        g_assert_cmpint(end_session(w, &session, LOGIND_KILL), ==, 0);
        expect(w, "GetAll /session/_32\nKillSession 2 9\n", "");

        g_assert_cmpint(end_session(w, &session, LOGIND_CHECK), ==, 0);
        expect(w, "GetAll /session/_32\n", "");

        /* Another session has the id by now. */
        w->sessions[0].leader = 21;
        g_assert_cmpint(end_session(w, &session, LOGIND_KILL), ==, -ESRCH);
        expect(w, "GetAll /session/_32\n", "");
        g_assert_cmpint(end_session(w, &session, LOGIND_CHECK), ==, -ESRCH);
        expect(w, "GetAll /session/_32\n", "");
        world_free(w);
}

/* The looks at a class may take logind a while. */
static void test_an_end_does_not_wait_for_looks(void) {
        SessionInfo session = { .id = (char *) "2", .path = (char *) "/session/_32", .leader = 20 };
        static char ids[SESSIONS_MAX][16], paths[SESSIONS_MAX][32];
        World *w = world_new();
        LogindEnd *end = NULL;
        int r = 1;

        for (int i = 2; i < SESSIONS_MAX; i++) {
                (void) snprintf(ids[i], sizeof(ids[i]), "c%i", i);
                (void) snprintf(paths[i], sizeof(paths[i]), "/session/c%i", i);
                w->sessions[i] = (FakeSession) { ids[i], paths[i], 100 + i };
        }
        logind_look(w->logind);
        for (int i = 0; i < SESSIONS_MAX; i++)
                settle(w);
        g_assert_true(logind_is_synced(w->logind));

        w->silent = TRUE;
        for (int i = 2; i < SESSIONS_MAX; i++)
                logind_look_session(w->logind, ids[i]);
        settle(w);
        g_string_truncate(w->calls, 0);

        g_assert_cmpint(logind_end_session(w->logind, &end, &session, LOGIND_KILL, on_end, &r), ==, 0);
        settle(w);
        g_assert_cmpstr(w->calls->str, ==, "GetAll /session/_32\n");
        g_assert_cmpuint(logind_end_sent(end), !=, USEC_INFINITY);
        logind_end_free(end);
        world_free(w);
}

static void test_end_free(void) {
        SessionInfo session = { .id = (char *) "2", .path = (char *) "/session/_32", .leader = 20 };
        World *w = world_new();
        LogindEnd *end = NULL;
        int r = 1;

        g_assert_cmpint(logind_end_session(w->logind, &end, &session, LOGIND_KILL, on_end, &r), ==, 0);
        logind_end_free(end);
        g_assert_null(end);
        expect(w, "GetAll /session/_32\n", "");
        g_assert_cmpint(r, ==, 1);
        world_free(w);
}

static void on_preparing(bool preparing, usec_t delay_max, void *userdata) {
        World *w = userdata;

        g_assert_cmpuint(delay_max, ==, 7);
        note(w, "preparing", preparing ? "yes" : "no");
}

static gboolean lock_is_held(int fd) {
        char byte;

        return read(fd, &byte, 1) < 0 && errno == EAGAIN;
}

static void test_delay_lock(void) {
        World *w = world_new();
        DelayLock *lock;
        int fds[2];

        g_assert_cmpint(pipe2(fds, O_CLOEXEC | O_NONBLOCK), ==, 0);
        w->lock_fd = fds[1];
        g_assert_cmpint(delay_lock_new(&lock, w->logind, on_preparing, w), ==, 0);

        delay_lock_take(lock);
        delay_lock_take(lock);
        expect(w,
                        "Inhibit /org/freedesktop/login1\nGetAll /org/freedesktop/login1\n"
                        "GetAll /org/freedesktop/login1\n",
                        "preparing yes\n");
        close(fds[1]);
        g_assert_true(lock_is_held(fds[0]));

        delay_lock_release(lock);
        g_assert_false(lock_is_held(fds[0]));
        g_assert_null(delay_lock_free(lock));
        close(fds[0]);
        world_free(w);
}

int main(int argc, char **argv) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/logind-end/busy-is-not-gone", test_busy);
        g_test_add_func("/logind-end/only-the-same-session-is-ended", test_end);
        g_test_add_func("/logind-end/an-end-does-not-wait-for-looks", test_an_end_does_not_wait_for_looks);
        g_test_add_func("/logind-end/cancelled-end-ends-nothing", test_end_free);
        g_test_add_func("/logind-end/delay-lock-is-held-and-released", test_delay_lock);
        return g_test_run();
}
