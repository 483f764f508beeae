/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The Logind object with the test as logind and as bus driver. */

#include <fcntl.h>

#include "pair.h"

#include "common/bus-util.h"
#include "common/names.h"
#include "peer/delay-lock.h"
#include "peer/logind.h"

#define SESSIONS_MAX 24

typedef struct FakeSession {
        const char *id;
        const char *path;
        pid_t leader;
        const char *answers; /* NULL: its own id */
} FakeSession;

typedef struct World {
        Pair *pair;
        Logind *logind;
        const char *owner;
        FakeSession sessions[SESSIONS_MAX + 1];
        const char *seats[3];

        gboolean silent;   /* sessions get no reply */
        gboolean busy;     /* sessions get an error */
        gboolean old_list; /* the next list is older than the last session */
        guint lists;       /* how often all seats or sessions were listed */
        int lock_fd;       /* sent as the delay lock */
        GString *calls;    /* to logind, except for lists */
        GString *events;   /* of the Logind object */
} World;

static void append_session(sd_bus_message *reply, const FakeSession *s) {
        g_assert_cmpint(sd_bus_message_append(reply, "a{sv}", 4, "Id", "s", s->answers ? s->answers : s->id,
                                        "Class", "s", "user", "Leader", "u", (uint32_t) s->leader, "User",
                                        "(uo)", 1000, "/user"),
                        >=, 0);
}

static gboolean has_session(World *w, const char *path) {
        for (FakeSession *s = w->sessions; s->id; s++)
                if (g_str_equal(s->path, path))
                        return TRUE;

        return FALSE;
}

static void append_lists(World *w, sd_bus_message *reply, gboolean seats) {
        g_assert_cmpint(sd_bus_message_open_container(reply, 'a', seats ? "(so)" : "(susso)"), >=, 0);
        for (const char **seat = w->seats; seats && *seat; seat++)
                g_assert_cmpint(sd_bus_message_append(reply, "(so)", *seat, "/seat"), >=, 0);
        for (FakeSession *s = w->sessions; !seats && s->id; s++) {
                if (w->old_list && !s[1].id) {
                        w->old_list = FALSE;
                        break;
                }
                g_assert_cmpint(sd_bus_message_append(reply, "(susso)", s->id, 1000, "ada", "", s->path), >=,
                                0);
        }
        g_assert_cmpint(sd_bus_message_close_container(reply), >=, 0);
}

/* KillSession with its signal, everything else by its name and, for GetAll, the path. */
static void note_call(World *w, sd_bus_message *call, const char *member) {
        const char *what = sd_bus_message_get_path(call);
        int signal_number = 0;

        if (g_str_equal(member, "KillSession"))
                g_assert_cmpint(sd_bus_message_read(call, "ssi", &what, NULL, &signal_number), >, 0);
        else if (g_str_equal(member, "TerminateSession"))
                g_assert_cmpint(sd_bus_message_read(call, "s", &what), >, 0);

        g_string_append_printf(w->calls, "%s %s", member, what);
        if (signal_number > 0)
                g_string_append_printf(w->calls, " %i", signal_number);
        g_string_append_c(w->calls, '\n');
}

static void on_call(Pair *p, sd_bus_message *call, void *userdata) {
        _cleanup_bus_message_ sd_bus_message *reply = NULL;
        const char *member = sd_bus_message_get_member(call), *path = sd_bus_message_get_path(call);
        World *w = userdata;

        if (g_str_equal(member, "GetNameOwner")) {
                pair_reply(p, call, "s", w->owner);
                return;
        }

        g_assert_cmpint(sd_bus_message_new_method_return(call, &reply), >=, 0);
        if (g_str_equal(member, "ListSeats") || g_str_equal(member, "ListSessions")) {
                w->lists++;
                append_lists(w, reply, g_str_equal(member, "ListSeats"));
        } else {
                note_call(w, call, member);
                if (w->silent && g_str_equal(member, "GetAll"))
                        return;
                if (w->busy && g_str_equal(member, "GetAll")) {
                        pair_reply_error(p, call, "org.freedesktop.DBus.Error.LimitsExceeded", "Busy");
                        return;
                }
                if (g_str_equal(member, "GetAll") && g_str_has_prefix(path, "/session/") &&
                                !has_session(w, path)) {
                        pair_reply_error(p, call, SD_BUS_ERROR_UNKNOWN_OBJECT, "Gone");
                        return;
                }
                if (g_str_equal(member, "Inhibit"))
                        g_assert_cmpint(sd_bus_message_append(reply, "h", w->lock_fd), >=, 0);
                if (g_str_equal(member, "GetAll") && g_str_equal(path, LOGIND_PATH))
                        g_assert_cmpint(sd_bus_message_append(reply, "a{sv}", 2, "PreparingForShutdown", "b",
                                                        1, "InhibitDelayMaxUSec", "t", UINT64_C(7)),
                                        >=, 0);
                for (FakeSession *s = w->sessions; g_str_equal(member, "GetAll") && s->id; s++)
                        if (g_str_equal(s->path, path))
                                append_session(reply, s);
        }
        g_assert_cmpint(sd_bus_send(p->server, reply, NULL), >=, 0);
}

static void note(World *w, const char *event, const char *id) {
        g_string_append_printf(w->events, "%s %s\n", event, id);
}

static void on_session(const SessionInfo *info, void *userdata) {
        note(userdata, "session", info->id);
}

static void on_session_gone(const char *id, void *userdata) {
        note(userdata, "session_gone", id);
}

static void on_seat(const char *id, void *userdata) {
        note(userdata, "seat", id);
}

static void on_seat_gone(const char *id, void *userdata) {
        note(userdata, "seat_gone", id);
}

static void on_synced(void *userdata) {
        note(userdata, "synced", "");
}

static void on_lost(void *userdata) {
        note(userdata, "lost", "");
}

static void on_resumed(void *userdata) {
        note(userdata, "resumed", "");
}

static void on_shutting_down(bool begins, void *userdata) {
        note(userdata, "shutting_down", begins ? "yes" : "no");
}

static const LogindEvents events = {
        .session = on_session,
        .session_gone = on_session_gone,
        .seat = on_seat,
        .seat_gone = on_seat_gone,
        .synced = on_synced,
        .lost = on_lost,
        .resumed = on_resumed,
        .shutting_down = on_shutting_down,
};

/* The steps of a query: owner, lists, sessions. */
static void settle(World *w) {
        for (unsigned i = 0; i < 4; i++)
                pair_settle(w->pair);
}

static void expect(World *w, const char *calls, const char *reports) {
        settle(w);
        g_assert_cmpstr(w->calls->str, ==, calls);
        g_assert_cmpstr(w->events->str, ==, reports);
        g_string_truncate(w->calls, 0);
        g_string_truncate(w->events, 0);
}

static World *world_new(void) {
        World *w = g_new0(World, 1);

        *w = (World) {
                .pair = pair_new(),
                .owner = ":1.7",
                .sessions = { { "2", "/session/_32", 20 }, { "10", "/session/_3110", 10 } },
                .seats = { "seat0", "seat1" },
                .calls = g_string_new(NULL),
                .events = g_string_new(NULL),
        };
        w->pair->handler = on_call;
        w->pair->userdata = w;
        g_assert_cmpint(logind_new(&w->logind, w->pair->client, &events, w), >=, 0);
        expect(w, "GetAll /session/_32\nGetAll /session/_3110\n",
                        "lost \nseat seat0\nseat seat1\nsession 2\nsession 10\nsynced \n");
        g_assert_true(logind_is_synced(w->logind));
        return w;
}

static void world_free(World *w) {
        logind_free(w->logind);
        pair_free(w->pair);
        g_string_free(w->calls, TRUE);
        g_string_free(w->events, TRUE);
        g_free(w);
}

/* What is known of the session stays, under its own id. */
static void test_an_answer_about_another_session(void) {
        World *w = world_new();

        w->sessions[1].answers = "2";
        logind_look_session(w->logind, "10");
        expect(w, "GetAll /session/_3110\n", "");
        g_assert_false(logind_is_synced(w->logind));
        world_free(w);
}

/* A path that was wrong once would be asked for ever. */
static void test_another_path(void) {
        World *w = world_new();

        w->sessions[1].path = "/session/_3199";
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "10",
                        "/session/_3199");
        expect(w, "GetAll /session/_3199\n", "session_gone 10\nsession 10\nsynced \n");
        world_free(w);
}

static void test_hint(void) {
        World *w = world_new();

        pair_signal(w->pair, ":1.7", "/org/freedesktop/login1/session/_39", DBUS_IFACE_PROPERTIES,
                        "PropertiesChanged", "sa{sv}as", LOGIND_IFACE_SESSION, 0, 0);
        expect(w, "", "");

        logind_look_session(w->logind, "10");
        expect(w, "GetAll /session/_3110\n", "session 10\nsynced \n");

        logind_look_session(w->logind, "3");
        expect(w, "", "");
        world_free(w);
}

static void test_properties_changed(void) {
        World *w = world_new();

        w->sessions[2] = (FakeSession) { "7", "/org/freedesktop/login1/session/_37", 70 };
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "7",
                        w->sessions[2].path);
        expect(w, "GetAll /org/freedesktop/login1/session/_37\n", "session 7\nsynced \n");

        pair_signal(w->pair, ":1.7", w->sessions[2].path, DBUS_IFACE_PROPERTIES, "PropertiesChanged",
                        "sa{sv}as", LOGIND_IFACE_SESSION, 0, 0);
        expect(w, "GetAll /org/freedesktop/login1/session/_37\n", "session 7\nsynced \n");

        /* A signal of another sender is ignored, whatever it says. */
        pair_signal(w->pair, ":1.66", w->sessions[2].path, DBUS_IFACE_PROPERTIES, "PropertiesChanged",
                        "sa{sv}as", LOGIND_IFACE_SESSION, 0, 0);
        pair_signal(w->pair, ":1.66", LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", "b", 0);
        expect(w, "", "");
        world_free(w);
}

/* A class that logs in or is logged off would otherwise cost a list for each session. */
static void test_sessions_come_and_go_without_a_list(void) {
        World *w = world_new();

        w->lists = 0;
        w->sessions[2] = (FakeSession) { "7", "/session/_37", 70 };
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "7",
                        "/session/_37");
        expect(w, "GetAll /session/_37\n", "session 7\nsynced \n");

        w->sessions[2] = (FakeSession) {};
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", "so", "7",
                        "/session/_37");
        expect(w, "GetAll /session/_37\n", "session_gone 7\nsynced \n");

        /* Usher never knew it. */
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", "so", "8",
                        "/session/_38");
        expect(w, "", "");
        g_assert_cmpuint(w->lists, ==, 0);

        /* A list that is under way when a session comes may not have it. */
        logind_look(w->logind);
        w->old_list = TRUE;
        w->sessions[2] = (FakeSession) { "7", "/session/_37", 70 };
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "7",
                        "/session/_37");
        settle(w);
        settle(w);
        g_assert_true(logind_is_synced(w->logind));
        g_assert_true(g_str_has_suffix(w->events->str, "session 7\nsynced \n"));
        world_free(w);
}

static void test_gone(void) {
        World *w = world_new();

        w->sessions[0] = w->sessions[1];
        w->sessions[1] = (FakeSession) {};
        w->seats[1] = NULL;
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", "so", "2",
                        "/session/_32");
        expect(w, "GetAll /session/_32\n", "session_gone 2\nsynced \n");
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SeatRemoved", "so", "seat1",
                        "/seat");
        expect(w, "", "seat_gone seat1\nsynced \n");

        logind_look_session(w->logind, "2");
        expect(w, "", "");

        /* The id is used again. */
        w->sessions[1] = (FakeSession) { "2", "/session/_32", 21 };
        logind_look(w->logind);
        expect(w, "GetAll /session/_32\n", "session 2\nsynced \n");

        /* Both signals at once: the known session is queried again. */
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionRemoved", "so", "2",
                        "/session/_32");
        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "SessionNew", "so", "2",
                        "/session/_32");
        settle(w);
        g_assert_true(g_str_has_prefix(w->calls->str, "GetAll /session/_32\n"));
        g_assert_true(logind_is_synced(w->logind));
        world_free(w);
}

static void test_owner(void) {
        World *w = world_new();

        /* A query is under way when logind goes away. */
        w->silent = TRUE;
        logind_look_session(w->logind, "10");
        expect(w, "GetAll /session/_3110\n", "");
        g_assert_false(logind_is_synced(w->logind));
        w->silent = FALSE;

        pair_signal(w->pair, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", "sss",
                        LOGIND_BUS_NAME, ":1.7", "");
        expect(w, "", "lost \n");
        g_assert_false(logind_is_there(w->logind));
        g_assert_false(logind_is_synced(w->logind));
        logind_look(w->logind);
        logind_look_session(w->logind, "2");
        expect(w, "", "");

        pair_signal(w->pair, DBUS_BUS_NAME, DBUS_PATH, DBUS_IFACE, "NameOwnerChanged", "sss",
                        LOGIND_BUS_NAME, "", ":1.8");
        expect(w, "GetAll /session/_32\nGetAll /session/_3110\n", "lost \nsession 2\nsession 10\nsynced \n");

        pair_signal(w->pair, ":1.7", LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForShutdown", "b", 1);
        expect(w, "", "");
        pair_signal(w->pair, ":1.8", LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForShutdown", "b", 1);
        pair_signal(w->pair, ":1.8", LOGIND_PATH, LOGIND_IFACE_MANAGER, "PrepareForSleep", "b", 0);
        expect(w, "", "shutting_down yes\nresumed \n");
        world_free(w);
}

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
        g_test_add_func("/logind/looks-at-one-session", test_hint);
        g_test_add_func("/logind/an-answer-about-another-session", test_an_answer_about_another_session);
        g_test_add_func("/logind/another-path-is-another-session", test_another_path);
        g_test_add_func("/logind/signal-is-a-hint", test_properties_changed);
        g_test_add_func("/logind/session-and-seat-gone", test_gone);
        g_test_add_func("/logind/sessions-come-and-go-without-a-list",
                        test_sessions_come_and_go_without_a_list);
        g_test_add_func("/logind/new-owner-is-queried-again", test_owner);
        g_test_add_func("/logind/busy-is-not-gone", test_busy);
        g_test_add_func("/logind/only-the-same-session-is-ended", test_end);
        g_test_add_func("/logind/an-end-does-not-wait-for-looks", test_an_end_does_not_wait_for_looks);
        g_test_add_func("/logind/cancelled-end-ends-nothing", test_end_free);
        g_test_add_func("/logind/delay-lock-is-held-and-released", test_delay_lock);
        return g_test_run();
}
