/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The association of keyboards with stations: who may listen for Enter, who hears it, and when it ends. */

#include "desk.h"

#include <sys/socket.h>

#include "common/names.h"
#include "fake-associate.h"

#define ACCESS_DENIED "org.freedesktop.DBus.Error.AccessDenied"
#define FAILED "org.freedesktop.DBus.Error.Failed"
#define BUSY "org.usher1.Error.Busy"
#define NO_SUCH_ASSOCIATION "org.usher1.Error.NoSuchAssociation"

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

static void begin(GDBusConnection *connection, FakeAssociate *a) {
        g_autoptr(Call) call = usher_send(connection, MANAGER, "Manager.BeginAssociation", NULL);

        fake_associate_accept(a);
        g_assert_cmpstr(call->text, ==, NULL);
        fake_associate_tell(a, "ready\n");
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
        FakeAssociate *a = fake_associate_new();

        on_root = g_strdup_printf("%s/1-9/1-9:1.0/input/input9", d->root);
        fixture_start(&d->f);
        teacher = manager_connect(d);
        ben = fixture_connect(&d->f, BEN);
        heard = listen_to(teacher);
        by_ben = listen_to(ben);

        begin(teacher, a);
        fake_associate_enter(a, d->left);
        fake_associate_tell(a, d->left);
        fake_associate_tell(a, "/1-3.1/input/input3\n");
        WAIT_FOR(g_str_has_suffix(heard->str, "(1-3) "));
        fake_associate_enter(a, on_root);
        WAIT_FOR(g_str_equal(heard->str, "EnterPressed() EnterPressed(1-3) EnterPressed() "));

        end(teacher);
        fake_associate_wait_end(a);
        WAIT_FOR(fake_count(&d->f.systemd->fake, "StopUnit") == 1);
        settle(teacher);
        settle(ben);
        g_assert_cmpstr(heard->str, ==, "EnterPressed() EnterPressed(1-3) EnterPressed() ");
        g_assert_cmpstr(by_ben->str, ==, "");
        g_assert_cmpuint(fixture_count_signals(&d->f, MANAGER, "EnterPressed"), ==, 0);
        fake_associate_free(a);
}

static void test_it_takes_a_right(Desk *d, gconstpointer data) {
        GDBusConnection *mallory;
        FakeAssociate *a = fake_associate_new();

        fixture_start(&d->f);
        mallory = fixture_connect(&d->f, MALLORY);
        assert_refused(mallory, MANAGER, "Manager.BeginAssociation", NULL, ACCESS_DENIED);
        g_assert_cmpstr(fake_polkit_last(d->f.polkit)->action, ==, USHER_ACTION_MANAGE_STATIONS);
        assert_refused(mallory, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);
        fixture_settle(&d->f);
        g_assert_cmpuint(fake_count(&d->f.systemd->fake, "StartUnit"), ==, 0);
        g_assert_false(fake_associate_has_client(a));
        fake_associate_free(a);
}

static void test_one_at_a_time(Desk *d, gconstpointer data) {
        GDBusConnection *teacher, *other;
        GString *heard;
        FakeAssociate *a = fake_associate_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        other = manager_connect(d);
        heard = listen_to(other);
        begin(teacher, a);

        /* The same user, and the same connection. */
        assert_refused(other, MANAGER, "Manager.BeginAssociation", NULL, BUSY);
        assert_refused(teacher, MANAGER, "Manager.BeginAssociation", NULL, BUSY);
        assert_refused(d->f.root, MANAGER, "Manager.BeginAssociation", NULL, BUSY);
        assert_refused(other, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);
        assert_refused(d->f.root, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);
        fake_associate_enter(a, d->left);

        /* While the socket is being stopped, the next one waits for it. */
        end(teacher);
        fake_associate_wait_end(a);
        begin(other, a);
        fake_associate_enter(a, d->left);
        WAIT_FOR(g_str_equal(heard->str, "EnterPressed() "));
        assert_refused(teacher, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);
        end(other);
        fake_associate_wait_end(a);
        fake_associate_free(a);
}

static void test_the_caller_vanishes(Desk *d, gconstpointer data) {
        GDBusConnection *teacher, *next;
        g_autoptr(Call) call = NULL;
        FakeAssociate *a = fake_associate_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        begin(teacher, a);
        bus_disconnect(g_object_ref(teacher));
        fake_associate_wait_end(a);
        WAIT_FOR(fake_count(&d->f.systemd->fake, "StopUnit") == 1);

        /* And before usher-associate is ready. */
        next = manager_connect(d);
        call = usher_send(next, MANAGER, "Manager.BeginAssociation", NULL);
        fake_associate_accept(a);
        bus_disconnect(g_object_ref(next));
        fake_associate_wait_end(a);

        begin(manager_connect(d), a);
        fake_associate_free(a);
}

static void test_usher_associate_ends(Desk *d, gconstpointer data) {
        GDBusConnection *teacher;
        GString *heard;
        FakeAssociate *a = fake_associate_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        heard = listen_to(teacher);
        begin(teacher, a);
        fake_associate_close(a);
        WAIT_FOR(g_str_equal(heard->str, "AssociationEnded() "));
        assert_refused(teacher, MANAGER, "Manager.EndAssociation", NULL, NO_SUCH_ASSOCIATION);

        begin(teacher, a);
        end(teacher);
        fake_associate_wait_end(a);
        settle(teacher);
        g_assert_cmpstr(heard->str, ==, "AssociationEnded() ");
        fake_associate_free(a);
}

/* Whatever is at the other end of the socket, usherd goes on. */
static void test_a_strange_reader(Desk *d, gconstpointer data) {
        g_autofree char *long_line = g_strnfill(5000, '/');
        const char *const first[] = { "", "\n", "hello\n", "/sys/devices\n", long_line },
                          *const later[] = { "\n", "ready\n", "/etc/passwd\n", "/sys/\xff\n",
                                  "/sys/\xc3\x28\n", long_line };
        GDBusConnection *teacher;
        GString *heard;
        FakeAssociate *a = fake_associate_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        heard = listen_to(teacher);

        for (gsize i = 0; i < G_N_ELEMENTS(first); i++) {
                g_autoptr(Call) call = usher_send(teacher, MANAGER, "Manager.BeginAssociation", NULL);

                fake_associate_accept(a);
                fake_associate_tell(a, first[i]);
                if (!*first[i])
                        (void) shutdown(a->client, SHUT_WR);
                call_wait(call);
                g_assert_cmpstr(call->error, ==, FAILED);
                fake_associate_close(a);
        }

        for (gsize i = 0; i < G_N_ELEMENTS(later); i++) {
                begin(teacher, a);
                fake_associate_tell(a, later[i]);
                WAIT_FOR(g_str_has_suffix(heard->str, "AssociationEnded() "));
                g_string_truncate(heard, 0);
                fake_associate_close(a);
        }
        fake_associate_free(a);
}

static void test_systemd_does_not_start_it(Desk *d, gconstpointer data) {
        GDBusConnection *teacher;
        FakeAssociate *a = fake_associate_new();

        fixture_start(&d->f);
        teacher = manager_connect(d);
        d->f.systemd->associate_fails = TRUE;
        assert_refused(teacher, MANAGER, "Manager.BeginAssociation", NULL, FAILED);
        d->f.systemd->associate_fails = FALSE;
        d->f.systemd->refuse_start = "org.freedesktop.systemd1.NoSuchUnit";
        assert_refused(teacher, MANAGER, "Manager.BeginAssociation", NULL, FAILED);
        d->f.systemd->refuse_start = NULL;

        begin(teacher, a);
        fake_associate_free(a);
}

/* Nobody listens to keyboards for a usherd that is gone. */
static void test_usherd_ends(Desk *d, gconstpointer data) {
        FakeAssociate *a = fake_associate_new();

        fixture_start(&d->f);
        begin(manager_connect(d), a);
        fixture_kill(&d->f);
        fake_associate_wait_end(a);
        fixture_start(&d->f);
        begin(manager_connect(d), a);
        d->f.dies_by_design = TRUE;
        fixture_stop(&d->f);
        fake_associate_wait_end(a);
        fake_associate_free(a);
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
