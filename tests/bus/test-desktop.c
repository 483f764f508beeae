/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How usher-warn asks a desktop to log out, with fake session managers. Names, arguments and errors are
 * those of the real ones; usher-warn(8) lists their versions. All peers on the user's bus are this one
 * process. */

#include <systemd/sd-event.h>
#include <unistd.h>

#include "client.h"
#include "common/names.h"
#include "fake-logind.h"
#include "warn/desktop.h"
#include "world.h"

#define MANAGERS_MAX 2

#define GNOME_NAME "org.gnome.SessionManager"
#define GNOME_PATH "/org/gnome/SessionManager"
#define INHIBITOR_IFACE "org.gnome.SessionManager.Inhibitor"
#define SAVING GNOME_PATH "/Inhibitor1"
#define AWAKE GNOME_PATH "/Inhibitor2"

#define GNOME_XML                                                                           \
        INTERFACE(GNOME_NAME, METHOD("Logout", IN("u")) METHOD("GetInhibitors", OUT("ao"))) \
        INTERFACE(INHIBITOR_IFACE,                                                          \
                        METHOD("GetFlags", OUT("u")) METHOD("GetAppId", OUT("s"))           \
                                        METHOD("GetReason", OUT("s")))

/* A name on the user's bus, with its object. */
typedef struct Manager {
        const char *name, *path, *interface, *xml;
} Manager;

static const Manager gnome = { GNOME_NAME, GNOME_PATH, GNOME_NAME, GNOME_XML };
static const Manager kde_shutdown = { "org.kde.Shutdown", "/Shutdown", "org.kde.Shutdown",
        INTERFACE("org.kde.Shutdown", METHOD("logout", "")) };
static const Manager ksmserver = { "org.kde.ksmserver", "/KSMServer", "org.kde.KSMServerInterface",
        INTERFACE("org.kde.KSMServerInterface", METHOD("logout", IN("i") IN("i") IN("i"))) };
static const Manager xfce = { "org.xfce.SessionManager", "/org/xfce/SessionManager",
        "org.xfce.Session.Manager",
        INTERFACE("org.xfce.Session.Manager", METHOD("Logout", IN("b") IN("b"))) };
static const Manager lxqt = { "org.lxqt.session", "/LXQtSession", "org.lxqt.session",
        INTERFACE("org.lxqt.session", METHOD("logout", "")) };

typedef struct Rig {
        Bus *system, *user;
        FakeLogind *logind;
        Fake managers[MANAGERS_MAX];
        guint n_managers;
        const char *refusal; /* the error they return */
        gboolean inhibited;

        sd_event *event;
        sd_bus *system_bus, *user_bus;
        GSource *pump;
        DesktopRequest *request;

        guint n_answers;
        gboolean accepted;
        char *blockers;
} Rig;

typedef struct Pump {
        GSource source;
        sd_event *event;
} Pump;

static gboolean pump_prepare(GSource *source, int *timeout) {
        *timeout = -1;
        return sd_event_prepare(((Pump *) source)->event) > 0;
}

static gboolean pump_check(GSource *source) {
        return sd_event_wait(((Pump *) source)->event, 0) > 0;
}

static gboolean pump_dispatch(GSource *source, GSourceFunc func, gpointer data) {
        return sd_event_dispatch(((Pump *) source)->event) >= 0;
}

static GSourceFuncs pump_funcs = { .prepare = pump_prepare, .check = pump_check, .dispatch = pump_dispatch };

/* The tested code runs in an sd-event loop, the fakes in GLib's main loop: the latter runs the former. */
static GSource *pump_new(sd_event *event) {
        GSource *source = g_source_new(&pump_funcs, sizeof(Pump));

        ((Pump *) source)->event = event;
        g_source_add_unix_fd(source, sd_event_get_fd(event), G_IO_IN);
        g_source_attach(source, NULL);
        return source;
}

static sd_bus *connect_to(Rig *rig, Bus *bus) {
        sd_bus *b = NULL;

        g_assert_cmpint(sd_bus_new(&b), >=, 0);
        g_assert_cmpint(sd_bus_set_address(b, bus_address(bus)), >=, 0);
        g_assert_cmpint(sd_bus_set_bus_client(b, true), >=, 0);
        g_assert_cmpint(sd_bus_start(b), >=, 0);
        g_assert_cmpint(sd_bus_attach_event(b, rig->event, SD_EVENT_PRIORITY_NORMAL), >=, 0);
        return b;
}

static const char user_policy[] =
                "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN'"
                " 'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n"
                "<busconfig>"
                "<policy user='root'><allow own='*'/><allow send_destination='*'/></policy>"
                "</busconfig>";

static void rig_set_up(Rig *rig, gconstpointer data) {
        rig->system = bus_start(NULL);
        rig->user = bus_start(user_policy);
        rig->logind = fake_logind_new(rig->system);
        fake_logind_add_seat(rig->logind, "seat0");
        fake_logind_add_seat(rig->logind, "seat-left");

        g_assert_cmpint(sd_event_new(&rig->event), >=, 0);
        rig->system_bus = connect_to(rig, rig->system);
        rig->user_bus = connect_to(rig, rig->user);
        rig->pump = pump_new(rig->event);
}

static void drop_managers(Rig *rig) {
        while (rig->n_managers > 0)
                fake_done(&rig->managers[--rig->n_managers]);
}

static void rig_tear_down(Rig *rig, gconstpointer data) {
        desktop_request_free(rig->request);
        g_source_destroy(rig->pump);
        g_source_unref(rig->pump);
        sd_bus_close_unref(rig->user_bus);
        sd_bus_close_unref(rig->system_bus);
        sd_event_unref(rig->event);
        drop_managers(rig);
        fake_logind_free(rig->logind);
        bus_stop(rig->user);
        bus_stop(rig->system);
        g_free(rig->blockers);
}

static void on_manager_call(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation) {
        gboolean saving = g_str_equal(call->path, SAVING);
        GVariant *reply = NULL;
        Rig *rig = owner;

        if (g_str_equal(call->member, "GetInhibitors"))
                reply = rig->inhibited ? g_variant_new_parsed("([%o, %o],)", AWAKE, SAVING) :
                                         g_variant_new_parsed("(@ao [],)");
        else if (g_str_equal(call->member, "GetFlags"))
                reply = g_variant_new("(u)", saving ? 1 : 8);
        else if (g_str_equal(call->member, "GetAppId"))
                reply = g_variant_new("(s)", saving ? "org.example.Editor" : "org.example.Player");
        else if (g_str_equal(call->member, "GetReason"))
                reply = g_variant_new("(s)", "Unsaved essay");
        else if (rig->refusal) {
                g_dbus_method_invocation_return_dbus_error(invocation, rig->refusal, "Not now");
                return;
        }

        g_dbus_method_invocation_return_value(invocation, reply);
}

static void add_manager(Rig *rig, const Manager *manager) {
        g_autofree char *xml = g_strdup_printf("<node>%s</node>", manager->xml);
        Fake *fake;

        g_assert_cmpuint(rig->n_managers, <, MANAGERS_MAX);
        fake = &rig->managers[rig->n_managers++];
        fake_init(fake, rig->user, manager->name, 0, xml, on_manager_call, NULL, rig);
        fake_add_object(fake, manager->path, manager->interface);
        if (manager == &gnome) {
                fake_add_object(fake, SAVING, INHIBITOR_IFACE);
                fake_add_object(fake, AWAKE, INHIBITOR_IFACE);
        }
}

/* A graphical session of this process's user. With ours set, the session managers, which are this process,
 * belong to it. */
static void add_session(Rig *rig, const char *id, const char *seat, gboolean ours) {
        fake_logind_add_session(rig->logind, .id = id, .uid = getuid(), .name = "root", .seat = seat,
                        .leader = ours ? (guint32) getpid() : 0);
}

static void on_asked(bool accepted, const char *blockers, void *userdata) {
        Rig *rig = userdata;

        rig->n_answers++;
        rig->accepted = accepted;
        g_free(rig->blockers);
        rig->blockers = g_strdup(blockers);
}

/* Asks the desktop of session 3 to log out, and waits for the outcome. */
static gboolean ask(Rig *rig) {
        WarnSession session = {
                .path = (char *) LOGIND_PATH "/session/_33", .type = (char *) "x11", .uid = getuid()
        };
        int r;

        rig->request = desktop_request_free(rig->request);
        rig->n_answers = 0;
        r = desktop_request_new(
                        &rig->request, rig->event, rig->user_bus, rig->system_bus, &session, on_asked, rig);
        g_assert_cmpint(r, >=, 0);
        WAIT_FOR(rig->n_answers > 0);
        return rig->accepted;
}

/* The session managers that run, and the complete call that the first of them gets. */
static const struct {
        const Manager *managers[MANAGERS_MAX];
        const char *deeds;
} desktops[] = {
        { { &gnome }, "Logout(1)" },
        { { &kde_shutdown, &ksmserver }, "logout()" },
        { { &ksmserver }, "logout(0, 0, 0)" },
        { { &xfce }, "Logout(false, true)" },
        { { &lxqt }, "logout()" },
};

static void test_each_in_its_own_way(Rig *rig, gconstpointer data) {
        add_session(rig, "3", "seat0", TRUE);

        for (gsize i = 0; i < G_N_ELEMENTS(desktops); i++) {
                for (gsize k = 0; k < MANAGERS_MAX && desktops[i].managers[k]; k++)
                        add_manager(rig, desktops[i].managers[k]);

                g_assert_true(ask(rig));
                WAIT_FOR(rig->managers[0].log->len > 0);
                assert_deeds(&rig->managers[0], desktops[i].deeds);
                if (rig->n_managers > 1)
                        assert_deeds(&rig->managers[1], "");
                drop_managers(rig);
        }
}

static void test_names_who_holds_it_up(Rig *rig, gconstpointer data) {
        add_session(rig, "3", "seat0", TRUE);
        add_manager(rig, &gnome);
        rig->inhibited = TRUE;

        g_assert_true(ask(rig));
        WAIT_FOR(g_str_equal(rig->blockers, "org.example.Editor: Unsaved essay"));
        rig->inhibited = FALSE;
        WAIT_FOR(g_str_equal(rig->blockers, ""));
}

/* The user has just chosen "Log out", and a program asks whether to save. */
static void test_one_that_is_logging_out_already(Rig *rig, gconstpointer data) {
        add_session(rig, "3", "seat0", TRUE);
        add_manager(rig, &gnome);
        rig->refusal = "org.gnome.SessionManager.NotInRunning";
        rig->inhibited = TRUE;
        g_assert_true(ask(rig));
        WAIT_FOR(g_str_equal(rig->blockers, "org.example.Editor: Unsaved essay"));
        drop_managers(rig);

        add_manager(rig, &xfce);
        rig->refusal = "org.xfce.SessionManager.Error.Failed";
        g_assert_true(ask(rig));
}

/* Nobody is asked to save then, and there is nothing to wait for. */
static void test_one_that_may_not_log_out(Rig *rig, gconstpointer data) {
        add_session(rig, "3", "seat0", TRUE);
        add_manager(rig, &gnome);
        rig->refusal = "org.gnome.SessionManager.LockedDown";
        g_assert_false(ask(rig));
        drop_managers(rig);

        add_manager(rig, &xfce);
        rig->refusal = "org.xfce.SessionManager.Error.Unsupported";
        g_assert_false(ask(rig));
}

static void test_another_session_is_left_alone(Rig *rig, gconstpointer data) {
        add_session(rig, "3", "seat0", FALSE);
        add_session(rig, "4", "seat-left", TRUE);
        add_manager(rig, &gnome);
        g_assert_false(ask(rig));
        assert_deeds(&rig->managers[0], "");
}

static void test_below_the_users_systemd(Rig *rig, gconstpointer data) {
        add_session(rig, "3", "seat0", FALSE);
        add_manager(rig, &gnome);
        g_assert_true(ask(rig));
        assert_deeds(&rig->managers[0], "Logout(1)");
        fake_forget(&rig->managers[0]);

        /* The session of the caller cannot be found any more. */
        add_session(rig, "4", "seat-left", FALSE);
        g_assert_false(ask(rig));
        assert_deeds(&rig->managers[0], "");
}

static void test_nobody_there(Rig *rig, gconstpointer data) {
        add_session(rig, "3", "seat0", TRUE);
        g_assert_false(ask(rig));
}

int main(int argc, char *argv[]) {
        world_enter();
        g_test_init(&argc, &argv, NULL);

#define ADD(path, function) g_test_add(path, Rig, NULL, rig_set_up, function, rig_tear_down)
        ADD("/desktop/each-in-its-own-way", test_each_in_its_own_way);
        ADD("/desktop/names-who-holds-it-up", test_names_who_holds_it_up);
        ADD("/desktop/one-that-is-logging-out-already", test_one_that_is_logging_out_already);
        ADD("/desktop/one-that-may-not-log-out", test_one_that_may_not_log_out);
        ADD("/desktop/another-session-is-left-alone", test_another_session_is_left_alone);
        ADD("/desktop/below-the-users-systemd", test_below_the_users_systemd);
        ADD("/desktop/nobody-there", test_nobody_there);

        return g_test_run();
}
