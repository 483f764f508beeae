/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Messages with the real logind and polkit: who may send them, whom they reach, and who may read them. */

#include <string.h>

#include "usher.h"

static const char configuration[] = "[LogOff]\nMinimumGraceSec=1\n";

typedef struct {
        Usher *usher;
} Fixture;

static void set_up(Fixture *f, gconstpointer unused) {
        f->usher = usher_new(configuration);
}

static void tear_down(Fixture *f, gconstpointer unused) {
        usher_free(f->usher);
}

static void send(Fixture *f, const char *station, const char *text) {
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) reply =
                        usher_call(f->usher, "SendMessage", g_variant_new("(ss)", station, text), &error);

        g_assert_no_error(error);
}

/* All pending notices, of all users: root sees them all. */
static guint count_notices(Fixture *f) {
        g_autoptr(GVariant) reply = usher_call(f->usher, "ListNotices", NULL, NULL), list = NULL;

        if (!reply)
                return G_MAXUINT;

        list = g_variant_get_child_value(reply, 0);
        return (guint) g_variant_n_children(list);
}

static bool no_notices(gpointer userdata) {
        return count_notices(userdata) == 0;
}

static void test_terminal(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s = usher_open(f->usher,
                        &(BoxSessionOptions) { .user = "u1", .seat = "seat-box1", .terminal = true });

        send(f, "seat-box1", "Bring your exercise books\x1b]0;gone\x07\xe2\x80\xae");
        g_assert_true(box_session_wait_text(s, "Bring your exercise books", BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(s, "seat-box1", BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(s, "\\x1b]0;gone\\x07\\u202e", BOX_TIMEOUT_MSEC));
        g_assert_null(memchr(s->screen->str, 0x1b, s->screen->len));
        g_assert_true(box_wait(no_notices, f, BOX_TIMEOUT_MSEC));
}

static void test_desktop(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(f->usher, &(BoxSessionOptions) { .user = "u2", .seat = "seat-box2" });
        g_autoptr(Notifier) n = notifier_new(f->usher, s, "good");
        g_autofree char *text = NULL;

        send(f, "seat-box2", "Tidy up <b>now</b> & go");
        g_assert_true(notifier_wait(n, "new Message from root", BOX_TIMEOUT_MSEC));
        g_assert_true(notifier_wait(n, "&lt;b&gt;now&lt;/b&gt; &amp; go", BOX_TIMEOUT_MSEC));
        g_assert_true(box_wait(no_notices, f, BOX_TIMEOUT_MSEC));

        /* The message stays on the screen until it is read, even when usher-warn exits. */
        g_assert_true(notifier_wait(n, "seat-box2", BOX_TIMEOUT_MSEC));
        text = notifier_read(n);
        g_assert_null(strstr(text, "close"));
}

/* A desktop that is still starting: the server comes up after the message. */
static void test_server_comes_later(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(f->usher, &(BoxSessionOptions) { .user = "u3", .seat = "seat-box3" });
        g_autoptr(Notifier) n = NULL;

        send(f, "seat-box3", "Good morning");
        g_assert_cmpuint(count_notices(f), ==, 1);
        n = notifier_new(f->usher, s, "good");
        g_assert_true(notifier_wait(n, "Good morning", BOX_TIMEOUT_MSEC));
        g_assert_true(box_wait(no_notices, f, BOX_TIMEOUT_MSEC));
}

static void test_all(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) one = usher_open(f->usher,
                        &(BoxSessionOptions) { .user = "u4", .seat = "seat-box4", .terminal = true });
        g_autoptr(BoxSession) two = usher_open(f->usher,
                        &(BoxSessionOptions) { .user = "u5", .seat = "seat-box5", .terminal = true });
        g_autoptr(BoxSession) greeter = usher_open(f->usher,
                        &(BoxSessionOptions) { .user = "u6", .seat = "seat-box6", .class = "greeter" });
        g_autoptr(GVariant) reply = NULL;
        g_autoptr(GError) error = NULL;
        guint reached;

        /* Without a user at the station there is no error, and nothing is kept for the next one. */
        send(f, "seat-box7", "Anybody?");
        send(f, "seat-box6", "Anybody?");
        g_assert_cmpuint(count_notices(f), ==, 0);

        reply = usher_call(f->usher, "SendMessageAll",
                        g_variant_new("(s)", "The bell rings in five minutes"), &error);
        g_assert_no_error(error);
        g_variant_get(reply, "(u)", &reached);
        g_assert_cmpuint(reached, ==, 2);
        g_assert_true(box_session_wait_text(one, "The bell rings", BOX_TIMEOUT_MSEC));
        g_assert_true(box_session_wait_text(two, "The bell rings", BOX_TIMEOUT_MSEC));
}

static void test_bad_text(Fixture *f, gconstpointer unused) {
        g_autofree char *most = g_strnfill(1024, 'x'), *more = g_strnfill(1025, 'x');
        g_autoptr(GString) emoji = g_string_new(NULL);

        for (guint i = 0; i < 5000; i++)
                g_string_append(emoji, "\xf0\x9f\x98\x80");

        send(f, "seat-box8", most);
        usher_call_fails(f->usher, "SendMessage", g_variant_new("(ss)", "seat-box8", more),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        usher_call_fails(f->usher, "SendMessage", g_variant_new("(ss)", "seat-box8", emoji->str),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        usher_call_fails(f->usher, "SendMessageAll", g_variant_new("(s)", ""),
                        "org.freedesktop.DBus.Error.InvalidArgs");
        usher_call_fails(f->usher, "SendMessage", g_variant_new("(ss)", "seat-nowhere", "x"),
                        "org.usher1.Error.NoSuchStation");
}

static BoxResult *run(Fixture *f, const char *user, BoxSession *session, const char *command) {
        g_autoptr(GError) error = NULL;
        BoxResult *r = box_run_as(f->usher->box, user, session,
                        (const char *const[]) { "/bin/sh", "-c", command, NULL }, &error);

        g_assert_no_error(error);
        return r;
}

static void test_rights(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) teacher = usher_open(
                        f->usher, &(BoxSessionOptions) { .user = "teacher", .seat = "seat-box9" });
        g_autoptr(BoxSession) pupil = usher_open(f->usher,
                        &(BoxSessionOptions) { .user = "u10", .seat = "seat-box10", .terminal = true });
        g_autoptr(BoxResult) may = NULL, away = NULL, may_not = NULL;

        may = run(f, "teacher", teacher, "usherctl --no-ask-password message seat-box10 'Well done'");
        g_assert_cmpstr(may->errors, ==, "");
        g_assert_cmpint(may->status, ==, 0);
        g_assert_true(box_session_wait_text(pupil, "Message from teacher", BOX_TIMEOUT_MSEC));

        away = run(f, "teacher", NULL, "usherctl --no-ask-password message seat-box10 'Hello'");
        g_assert_cmpint(away->status, ==, 1);
        may_not = run(f, "u10", pupil, "usherctl --no-ask-password message-all 'School is off'");
        g_assert_cmpint(may_not->status, ==, 1);
}

/* A notice can only be read by its own user, and only that user can report that it was shown. */
static void test_privacy(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) one =
                        usher_open(f->usher, &(BoxSessionOptions) { .user = "u11", .seat = "seat-box11" });
        g_autoptr(BoxSession) two =
                        usher_open(f->usher, &(BoxSessionOptions) { .user = "u12", .seat = "seat-box12" });
        g_autoptr(BoxMonitor) new = box_monitor_new(
                        f->usher->box, "org.usher1", NULL, "org.usher1.Manager", "NoticeNew");
        g_autoptr(BoxResult) own = NULL, other = NULL, shown_by_other = NULL, shown = NULL;
        g_autofree char *by_other = NULL, *by_own = NULL;
        const BoxSignal *signal;
        guint number, uid;

        send(f, "seat-box11", "Your mother called");
        signal = box_monitor_wait(new, NULL, 1, BOX_TIMEOUT_MSEC);
        g_assert_nonnull(signal);
        g_variant_get(signal->parameters, "(uu)", &number, &uid);
        g_assert_cmpuint(uid, ==, one->uid);

#define CALL "busctl call org.usher1 /org/usher1 org.usher1.Manager "
        own = run(f, "u11", one, CALL "ListNotices");
        g_assert_nonnull(strstr(own->output, "Your mother called"));
        other = run(f, "u12", two, CALL "ListNotices");
        g_assert_cmpint(other->status, ==, 0);
        g_assert_null(strstr(other->output, "mother"));

        by_other = g_strdup_printf(CALL "NoticeShown us %u desktop", number);
        shown_by_other = run(f, "u12", two, by_other);
        g_assert_cmpint(shown_by_other->status, !=, 0);
        g_assert_cmpuint(count_notices(f), ==, 1);

        by_own = g_strdup_printf(CALL "NoticeShown us %u desktop", number);
        shown = run(f, "u11", one, by_own);
        g_assert_cmpstr(shown->errors, ==, "");
        g_assert_cmpuint(count_notices(f), ==, 0);
#undef CALL
}

static void test_gone_session(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(f->usher, &(BoxSessionOptions) { .user = "u13", .seat = "seat-box13" });
        g_autoptr(GError) error = NULL;

        send(f, "seat-box13", "Too late");
        g_assert_cmpuint(count_notices(f), ==, 1);
        (void) box_session_close(s, &error);
        g_assert_no_error(error);
        g_assert_true(box_wait(no_notices, f, BOX_TIMEOUT_MSEC));
}

/* The last test of the program: it uses up the messages of this minute. */
static void test_limits(Fixture *f, gconstpointer unused) {
        g_autoptr(BoxSession) s =
                        usher_open(f->usher, &(BoxSessionOptions) { .user = "u14", .seat = "seat-box14" });
        g_autoptr(GError) error = NULL;
        guint sent = 0;

        usher_systemctl("restart", NULL, "usherd.service");
        usher_wait_known(f->usher, s);

        /* Eight can wait at a desktop without a server, the ninth is too many. */
        while (sent < 8) {
                send(f, "seat-box14", "Hello?");
                sent++;
        }
        usher_call_fails(f->usher, "SendMessage", g_variant_new("(ss)", "seat-box14", "Hello?"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        sent++;

        /* More than twenty in a minute are too many, at any stations. */
        while (sent < 20) {
                send(f, "seat-box20", "Hello?");
                sent++;
        }
        usher_call_fails(f->usher, "SendMessage", g_variant_new("(ss)", "seat-box20", "Hello?"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
        usher_call_fails(f->usher, "SendMessageAll", g_variant_new("(s)", "Hello?"),
                        "org.freedesktop.DBus.Error.LimitsExceeded");
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);

#define BOX_TEST(path, func) g_test_add(path, Fixture, NULL, set_up, func, tear_down)
        BOX_TEST("/message/terminal", test_terminal);
        BOX_TEST("/message/desktop", test_desktop);
        BOX_TEST("/message/server-comes-later", test_server_comes_later);
        BOX_TEST("/message/all", test_all);
        BOX_TEST("/message/bad-text", test_bad_text);
        BOX_TEST("/message/rights", test_rights);
        BOX_TEST("/message/privacy", test_privacy);
        BOX_TEST("/message/gone-session", test_gone_session);
        BOX_TEST("/message/limits", test_limits);
#undef BOX_TEST

        return g_test_run();
}
