/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The readers of replies, without a peer. */

#include "pair.h"

#include "common/bus-util.h"
#include "common/names.h"
#include "peer/logind-internal.h"
#include "peer/logind-request.h"
#include "peer/polkit.h"
#include "peer/systemd.h"

static Pair *pair;

static sd_bus_message *reply_with(const char *types, ...) {
        sd_bus_message *reply = reply_new(pair);
        va_list ap;

        va_start(ap, types);
        g_assert_cmpint(sd_bus_message_appendv(reply, types, ap), >=, 0);
        va_end(ap);
        reply_seal(reply);
        return reply;
}

static sd_bus_message *refusal(void) {
        return reply_new_error(pair, SD_BUS_ERROR_ACCESS_DENIED, "no");
}

static void check_answer(sd_bus_message *reply, PolkitAnswer expected) {
        g_assert_cmpint(polkit_read_answer(reply), ==, expected);
        sd_bus_message_unref(reply);
}

static void test_polkit(void) {
        check_answer(reply_with("(bba{ss})", 1, 0, 0), POLKIT_ANSWER_ALLOWED);
        check_answer(reply_with("(bba{ss})", 1, 1, 0), POLKIT_ANSWER_ALLOWED);
        check_answer(reply_with("(bba{ss})", 0, 0, 0), POLKIT_ANSWER_DENIED);
        check_answer(reply_with("(bba{ss})", 0, 1, 1, "polkit.dismissed", "true"), POLKIT_ANSWER_CHALLENGE);
        check_answer(refusal(), POLKIT_ANSWER_DENIED);
        check_answer(reply_with("b", 1), POLKIT_ANSWER_DENIED);
        check_answer(reply_with("(bb)", 1, 1), POLKIT_ANSWER_DENIED);
}

static void check_processes(sd_bus_message *reply, const char *expected) {
        _cleanup_free_ char *names = systemd_read_processes(reply);

        g_assert_cmpstr(names, ==, expected);
        sd_bus_message_unref(reply);
}

static void test_processes(void) {
        sd_bus_message *many = reply_new(pair);

        check_processes(reply_with("a(sus)", 0), "");
        check_processes(reply_with("a(sus)", 2, "/a", 1234, "vim", "/a", 1200, "s\nh"),
                        "vim (1234), s\\x0ah (1200)");
        check_processes(refusal(), "");
        check_processes(reply_with("s", "vim"), "");

        g_assert_cmpint(sd_bus_message_open_container(many, 'a', "(sus)"), >=, 0);
        for (unsigned i = 1; i <= 11; i++)
                g_assert_cmpint(sd_bus_message_append(many, "(sus)", "/a", i, "x"), >=, 0);
        g_assert_cmpint(sd_bus_message_close_container(many), >=, 0);
        reply_seal(many);
        check_processes(many, "x (1), x (2), x (3), x (4), x (5), x (6), x (7), x (8) and 3 more");
}

typedef struct Inhibitor {
        const char *what, *who, *why, *mode;
        uid_t uid;
} Inhibitor;

static const Inhibitor inhibitors[] = {
        { "shutdown:sleep", "apt", "upgrade", "block", 0 },
        { "shutdown", "Usher", "warn", "delay", 0 },
        { "shutdown-not:sleep", "x", "x", "block", 1 },
        { "sleep:idle", "player\033", "film", "block", 1000 },
        { "idle", "player", "film", "block-weak", 1001 },
        { "idle", "player", "film", "delay", 1002 },
        { "idle-not", "player", "film", "block", 1003 },
        { "idle:shutdown", "burner\033", "burning", "block", 1000 },
        { "", "nobody", "nothing", "block", 1004 },
        { "shutdown", "backup", "tape", "block-weak", 1005 },
        { "shutdown:idle", "later", "unknown", "block-not", 1006 },
};

static sd_bus_message *list_of(const Inhibitor *list, size_t n) {
        sd_bus_message *reply = reply_new(pair);

        g_assert_cmpint(sd_bus_message_open_container(reply, 'a', "(ssssuu)"), >=, 0);
        for (size_t i = 0; i < n; i++)
                g_assert_cmpint(sd_bus_message_append(reply, "(ssssuu)", list[i].what, list[i].who,
                                                list[i].why, list[i].mode, list[i].uid, 1),
                                >=, 0);
        g_assert_cmpint(sd_bus_message_close_container(reply), >=, 0);
        reply_seal(reply);
        return reply;
}

static void check_blockers(sd_bus_message *reply, int expected, const char *expected_text) {
        _cleanup_free_ char *text = NULL;

        g_assert_cmpint(logind_read_shutdown_blockers(reply, &text), ==, expected);
        g_assert_cmpstr(text, ==, expected_text);
        sd_bus_message_unref(reply);
}

static void test_blockers(void) {
        Inhibitor many[10];

        for (size_t i = 0; i < G_N_ELEMENTS(many); i++)
                many[i] = (Inhibitor) { "shutdown", "a", "b", "block", 1 };

        check_blockers(list_of(NULL, 0), 0, "");
        check_blockers(list_of(inhibitors, G_N_ELEMENTS(inhibitors)), 3,
                        "'apt' of user 0 (upgrade), 'burner\\x1b' of user 1000 (burning), 'backup' of user "
                        "1005 (tape)");
        check_blockers(list_of(many, 10), 10,
                        "'a' of user 1 (b), 'a' of user 1 (b), 'a' of user 1 (b), 'a' of user 1 (b), "
                        "'a' of user 1 (b), 'a' of user 1 (b), 'a' of user 1 (b), 'a' of user 1 (b) and 2 "
                        "more");
        check_blockers(refusal(), -EACCES, NULL);
        check_blockers(reply_with("u", 1), -ENXIO, NULL);
}

static void test_idle(void) {
        static const uid_t expected[] = { 1000, 1001, 1000 };
        _cleanup_bus_message_ sd_bus_message *reply = list_of(inhibitors, G_N_ELEMENTS(inhibitors)),
                                             *none = list_of(NULL, 0), *error = refusal();
        _cleanup_free_ uid_t *uids = NULL, *no_uids = NULL;
        size_t n;

        g_assert_cmpint(logind_read_idle_inhibitors(reply, &uids, &n), ==, 0);
        g_assert_cmpmem(uids, n * sizeof(uid_t), expected, sizeof(expected));

        g_assert_cmpint(logind_read_idle_inhibitors(none, &no_uids, &n), ==, 0);
        g_assert_cmpuint(n, ==, 0);
        g_assert_cmpint(logind_read_idle_inhibitors(error, &no_uids, &n), ==, -EACCES);
}

static void check_preparing(sd_bus_message *reply, int expected) {
        g_assert_cmpint(logind_read_preparing_for_shutdown(reply), ==, expected);
        sd_bus_message_unref(reply);
}

static void test_preparing(void) {
        check_preparing(reply_with("v", "b", 1), 1);
        check_preparing(reply_with("v", "b", 0), 0);
        check_preparing(reply_with("v", "s", "yes"), -ENXIO);
        check_preparing(refusal(), -EACCES);
}

static void check_session(sd_bus_message *reply, int expected) {
        _cleanup_(session_info_freep) SessionInfo *info = NULL;

        g_assert_cmpint(logind_read_session(reply, "/session/_31", &info), ==, expected);
        g_assert_true(!info == (expected < 0));
        if (info) {
                g_assert_cmpstr(info->id, ==, "1");
                g_assert_cmpstr(info->path, ==, "/session/_31");
                g_assert_cmpstr(info->class, ==, "user");
                g_assert_cmpstr(info->seat, ==, "");
                g_assert_cmpuint(info->uid, ==, 1000);
                g_assert_true(info->idle);
        }
        sd_bus_message_unref(reply);
}

static void test_session(void) {
        check_session(reply_with("a{sv}", 5, "Id", "s", "1", "Class", "s", "user", "User", "(uo)", 1000,
                                      "/user", "IdleHint", "b", 1, "NewInALaterVersion", "as", 1, "x"),
                        0);
        check_session(reply_with("a{sv}", 2, "Class", "s", "user", "User", "(uo)", 1000, "/user"), -EBADMSG);
        check_session(reply_with("a{sv}", 2, "Id", "s", "1", "Class", "s", "user"), -EBADMSG);
        check_session(reply_with("a{sv}", 1, "Id", "u", 1), -ENXIO);
        check_session(reply_new_error(pair, LOGIND_ERROR_NO_SUCH_SESSION, "gone"), -ESRCH);
        check_session(reply_new_error(pair, SD_BUS_ERROR_UNKNOWN_OBJECT, "gone"), -ESRCH);
        check_session(refusal(), -EACCES);
}

int main(int argc, char **argv) {
        int r;

        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/replies/only-a-yes-of-polkit-allows", test_polkit);
        g_test_add_func("/replies/processes-are-named", test_processes);
        g_test_add_func("/replies/blockers-of-shutdown", test_blockers);
        g_test_add_func("/replies/idle-inhibitors", test_idle);
        g_test_add_func("/replies/preparing-for-shutdown", test_preparing);
        g_test_add_func("/replies/session", test_session);

        pair = pair_new();
        r = g_test_run();
        pair_free(pair);
        return r;
}
