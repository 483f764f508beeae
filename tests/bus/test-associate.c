/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The association of keyboards with stations: who may listen for Enter, who hears it, and when it ends. The
 * test plays usher-associate, which tells usherd on its socket what was pressed. */

#include "desk.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/names.h"

#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define FAILED "org.freedesktop.DBus.Error.Failed"
#define BUSY "org.usher1.Error.Busy"
#define NO_SUCH_ASSOCIATION "org.usher1.Error.NoSuchAssociation"

/* usher-associate, with one client at a time. */
typedef struct Reader {
        int listener, client;
        guint listener_source, client_source;
} Reader;

/* Only wakes whoever waits. */
static gboolean on_io(int fd, GIOCondition condition, gpointer userdata) {
        return G_SOURCE_CONTINUE;
}

static Reader reader_new(void) {
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = USHER_ASSOCIATE_SOCKET };
        Reader r = { .client = -1 };

        (void) unlink(USHER_ASSOCIATE_SOCKET);
        r.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        g_assert_cmpint(r.listener, >=, 0);
        g_assert_cmpint(bind(r.listener, (struct sockaddr *) &address, sizeof(address)), ==, 0);
        g_assert_cmpint(listen(r.listener, 1), ==, 0);
        r.listener_source = g_unix_fd_add(r.listener, G_IO_IN, on_io, NULL);
        return r;
}

static void reader_close(Reader *r) {
        if (r->client < 0)
                return;

        g_source_remove(r->client_source);
        (void) close(r->client);
        r->client = -1;
}

static void reader_done(Reader *r) {
        reader_close(r);
        g_source_remove(r->listener_source);
        (void) close(r->listener);
        (void) unlink(USHER_ASSOCIATE_SOCKET);
}

static gboolean has_client(Reader *r) {
        r->client = accept4(r->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        return r->client >= 0;
}

static void reader_accept(Reader *r) {
        WAIT_FOR(has_client(r));
        r->client_source = g_unix_fd_add(r->client, G_IO_IN, on_io, NULL);
}

static void reader_tell(Reader *r, const char *text) {
        g_assert_cmpint(send(r->client, text, strlen(text), MSG_NOSIGNAL), ==, (gssize) strlen(text));
}

static void reader_enter(Reader *r, const char *syspath) {
        g_autofree char *line = g_strdup_printf("%s\n", syspath);

        reader_tell(r, line);
}

static gboolean is_hung_up(Reader *r) {
        char byte;

        return recv(r->client, &byte, 1, 0) == 0;
}

/* usherd has disconnected, which ends usher-associate. */
static void reader_wait_end(Reader *r) {
        WAIT_FOR(is_hung_up(r));
        reader_close(r);
}

/* What a connection hears of usherd: "EnterPressed(1-3) AssociationEnded() ". */
static void on_signal(GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *member,
                GVariant *arguments,
                gpointer userdata) {

        const char *hub = "";

        if (g_str_equal(member, "EnterPressed"))
                g_variant_get(arguments, "(&ss)", &hub, NULL);
        g_string_append_printf(userdata, "%s(%s) ", member, hub);
}

static GString *listen_to(GDBusConnection *connection) {
        GString *heard = g_string_new(NULL);

        g_dbus_connection_signal_subscribe(connection, USHER_BUS_NAME, USHER_IFACE_MANAGER, NULL, MANAGER,
                        NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_signal, heard, NULL);
        settle(connection);
        return heard;
}

/* Somebody who may manage stations. */
static GDBusConnection *manager_connect(Desk *d) {
        fake_polkit_answer(d->f.polkit, USHER_ACTION_MANAGE_STATIONS, TEACHER, FAKE_POLKIT_YES);
        return fixture_connect(&d->f, TEACHER);
}

static void begin(GDBusConnection *connection, Reader *r) {
        g_autoptr(Call) call = usher_send(connection, MANAGER, "Manager.BeginAssociation", NULL);

        reader_accept(r);
        g_assert_cmpstr(call->text, ==, NULL);
        reader_tell(r, "ready\n");
        call_wait(call);
        g_assert_cmpstr(call->error, ==, NULL);
}

static void end(GDBusConnection *connection) {
        g_variant_unref(usher_call(connection, MANAGER, "Manager.EndAssociation", NULL));
}

static void test_only_the_caller_hears_of_enter(Desk *d, gconstpointer data) {
        g_autofree char *on_root = NULL;
        GDBusConnection *teacher, *ben;
        GString *heard, *by_ben;
        Reader r = reader_new();

        on_root = g_strdup_printf("%s/1-9/1-9:1.0/input/input9", d->root);
        fixture_start(&d->f);
        teacher = manager_connect(d);
        ben = fixture_connect(&d->f, BEN);
        heard = listen_to(teacher);
        by_ben = listen_to(ben);

        begin(teacher, &r);
        reader_enter(&r, d->left);
        reader_tell(&r, d->left);
        reader_tell(&r, "/1-3.1/input/input3\n");
        WAIT_FOR(g_str_has_suffix(heard->str, "(1-3) "));
        reader_enter(&r, on_root);
        WAIT_FOR(g_str_equal(heard->str, "EnterPressed() EnterPressed(1-3) EnterPressed() "));

        end(teacher);
        reader_wait_end(&r);
        WAIT_FOR(fake_count(&d->f.systemd->fake, "StopUnit") == 1);
        settle(teacher);
        settle(ben);
        g_assert_cmpstr(heard->str, ==, "EnterPressed() EnterPressed(1-3) EnterPressed() ");
        g_assert_cmpstr(by_ben->str, ==, "");
        g_assert_cmpuint(fixture_count_signals(&d->f, MANAGER, "EnterPressed"), ==, 0);
        reader_done(&r);
}

static void test_it_takes_a_right(Desk *d, gconstpointer data) {
        GDBusConnection *mallory;
        Reader r = reader_new();

        fixture_start(&d->f);
        mallory = fixture_connect(&d->f, MALLORY);
        assert_refused(mallory, MANAGER, "Manager.BeginAssociation", NULL, ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(d->f.polkit)->action, ==, USHER_ACTION_MANAGE_STATIONS);
        assert_refused(mallory, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);
        fixture_settle(&d->f);
        g_assert_cmpuint(fake_count(&d->f.systemd->fake, "StartUnit"), ==, 0);
        g_assert_false(has_client(&r));
        reader_done(&r);
}

static void test_one_at_a_time(Desk *d, gconstpointer data) {
        GDBusConnection *teacher, *other;
        GString *heard;
        Reader r = reader_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        other = manager_connect(d);
        heard = listen_to(other);
        begin(teacher, &r);

        /* The same user, and the same connection. */
        assert_refused(other, MANAGER, "Manager.BeginAssociation", NULL, BUSY);
        assert_refused(teacher, MANAGER, "Manager.BeginAssociation", NULL, BUSY);
        assert_refused(d->f.root, MANAGER, "Manager.BeginAssociation", NULL, BUSY);
        assert_refused(other, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);
        assert_refused(d->f.root, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);
        reader_enter(&r, d->left);

        /* While the socket is being stopped, the next one waits for it. */
        end(teacher);
        reader_wait_end(&r);
        begin(other, &r);
        reader_enter(&r, d->left);
        WAIT_FOR(g_str_equal(heard->str, "EnterPressed() "));
        assert_refused(teacher, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);
        end(other);
        reader_wait_end(&r);
        reader_done(&r);
}

static void test_the_caller_vanishes(Desk *d, gconstpointer data) {
        GDBusConnection *teacher, *next;
        g_autoptr(Call) call = NULL;
        Reader r = reader_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        begin(teacher, &r);
        bus_disconnect(g_object_ref(teacher));
        reader_wait_end(&r);
        WAIT_FOR(fake_count(&d->f.systemd->fake, "StopUnit") == 1);

        /* And before usher-associate is ready. */
        next = manager_connect(d);
        call = usher_send(next, MANAGER, "Manager.BeginAssociation", NULL);
        reader_accept(&r);
        bus_disconnect(g_object_ref(next));
        reader_wait_end(&r);

        begin(manager_connect(d), &r);
        reader_done(&r);
}

static void test_usher_associate_ends(Desk *d, gconstpointer data) {
        GDBusConnection *teacher;
        GString *heard;
        Reader r = reader_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        heard = listen_to(teacher);
        begin(teacher, &r);
        reader_close(&r);
        WAIT_FOR(g_str_equal(heard->str, "AssociationEnded() "));
        assert_refused(teacher, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);

        begin(teacher, &r);
        end(teacher);
        reader_wait_end(&r);
        settle(teacher);
        g_assert_cmpstr(heard->str, ==, "AssociationEnded() ");
        reader_done(&r);
}

/* Whatever is at the other end of the socket, usherd goes on. */
static void test_a_strange_reader(Desk *d, gconstpointer data) {
        g_autofree char *long_line = g_strnfill(5000, '/');
        const char *const first[] = { "", "\n", "hello\n", "/sys/devices\n", long_line },
                          *const later[] = { "\n", "ready\n", "/etc/passwd\n", "/sys/\xff\n",
                                  "/sys/\xc3\x28\n", long_line };
        GDBusConnection *teacher;
        GString *heard;
        Reader r = reader_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        heard = listen_to(teacher);

        for (gsize i = 0; i < G_N_ELEMENTS(first); i++) {
                g_autoptr(Call) call = usher_send(teacher, MANAGER, "Manager.BeginAssociation", NULL);

                reader_accept(&r);
                reader_tell(&r, first[i]);
                if (!*first[i])
                        (void) shutdown(r.client, SHUT_WR);
                call_wait(call);
                g_assert_cmpstr(call->error, ==, FAILED);
                reader_close(&r);
        }

        for (gsize i = 0; i < G_N_ELEMENTS(later); i++) {
                begin(teacher, &r);
                reader_tell(&r, later[i]);
                WAIT_FOR(g_str_has_suffix(heard->str, "AssociationEnded() "));
                g_string_truncate(heard, 0);
                reader_close(&r);
        }
        reader_done(&r);
}

static void test_systemd_does_not_start_it(Desk *d, gconstpointer data) {
        GDBusConnection *teacher;
        Reader r = reader_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        d->f.systemd->associate_fails = TRUE;
        assert_refused(teacher, MANAGER, "Manager.BeginAssociation", NULL, FAILED);
        d->f.systemd->associate_fails = FALSE;
        d->f.systemd->refuse_start = "org.freedesktop.systemd1.NoSuchUnit";
        assert_refused(teacher, MANAGER, "Manager.BeginAssociation", NULL, FAILED);
        d->f.systemd->refuse_start = NULL;

        begin(teacher, &r);
        reader_done(&r);
}

/* Nobody listens to keyboards for a usherd that is gone. */
static void test_usherd_ends(Desk *d, gconstpointer data) {
        Reader r = reader_new();

        fixture_start(&d->f);
        begin(manager_connect(d), &r);
        fixture_kill(&d->f);
        reader_wait_end(&r);
        fixture_start(&d->f);
        begin(manager_connect(d), &r);
        d->f.dies_by_design = TRUE;
        fixture_stop(&d->f);
        reader_wait_end(&r);
        reader_done(&r);
}

int main(int argc, char *argv[]) {
        hubs_enter(argv);
        fixture_init(&argc, &argv);

#define ADD(name, function) g_test_add("/associate/" name, Desk, NULL, desk_set_up, function, desk_tear_down)
        ADD("only-the-caller-hears-of-enter", test_only_the_caller_hears_of_enter);
        ADD("it-takes-a-right", test_it_takes_a_right);
        ADD("one-at-a-time", test_one_at_a_time);
        ADD("the-caller-vanishes", test_the_caller_vanishes);
        ADD("usher-associate-ends", test_usher_associate_ends);
        ADD("a-strange-reader", test_a_strange_reader);
        ADD("systemd-does-not-start-it", test_systemd_does_not_start_it);
        ADD("usherd-ends", test_usherd_ends);

        return g_test_run();
}
