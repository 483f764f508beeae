/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-seat-repair, with a fake logind and a fake lightdm. The machine has no seat with the name of the
 * repaired seat, so the program never finds graphics devices to hide. A test sees that it got that far by
 * its message about the search. */

#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "client.h"
#include "common/names.h"
#include "fake-logind.h"
#include "world.h"

#define DM "org.freedesktop.DisplayManager"
#define DM_PATH "/org/freedesktop/DisplayManager"
#define GDM "org.gnome.DisplayManager"
#define BROKEN "seat-of-no-machine"

/* clang-format off */
static const char dm_xml[] =
        "<node>"
        INTERFACE("org.freedesktop.DisplayManager",
                PROPERTY("Seats", "ao"))
        INTERFACE("org.freedesktop.DisplayManager.Seat",
                METHOD("SwitchToGreeter", "")
                PROPERTY("Sessions", "ao"))
        "</node>";

static const char gdm_xml[] =
        "<node>"
        INTERFACE("org.gnome.DisplayManager.LocalDisplayFactory",
                METHOD("CreateTransientDisplay", OUT("o")))
        "</node>";

static const char policy[] =
        "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN'"
        " 'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'>\n"
        "<busconfig>"
        "<policy user='root'><allow own='" DM "'/><allow own='" GDM "'/></policy>"
        "<policy context='default'><allow send_destination='" DM "'/><allow send_destination='" GDM "'/></policy>"
        "</busconfig>";
/* clang-format on */

typedef struct Repair {
        Bus *bus;
        FakeLogind *logind;
        Fake dm;
        gboolean has_dm;
        const char *seat;        /* the one to repair */
        const char *in_use;      /* the seat object of lightdm with a session, or NULL */
        const char *brings_back; /* the greeter's state on that seat after the display manager was asked */
        char *errors;            /* the program's output */
        gboolean exited;
} Repair;

static void on_call(gpointer owner, const FakeCall *call, GDBusMethodInvocation *invocation) {
        Repair *r = owner;

        gboolean gdm = g_str_equal(call->member, "CreateTransientDisplay");

        if (r->brings_back &&
                        (gdm ||
                                        g_str_has_suffix(call->path,
                                                        g_str_equal(r->seat, BROKEN) ? "/Seat7" : "/Seat0")))
                fake_logind_add_session(r->logind, .id = "c1", .uid = 120, .seat = r->seat,
                                .class = "greeter", .state = r->brings_back);
        g_dbus_method_invocation_return_value(invocation, gdm ? g_variant_new("(o)", "/Display1") : NULL);
}

static GVariant *on_get(gpointer owner, const char *path, const char *interface, const char *property) {
        Repair *r = owner;

        if (g_str_equal(property, "Seats"))
                return g_variant_new_parsed("[@o '" DM_PATH "/Seat0', '" DM_PATH "/Seat7']");
        if (r->in_use && g_str_has_suffix(path, r->in_use))
                return g_variant_new_parsed("[@o '" DM_PATH "/Session3']");

        return g_variant_new_parsed("@ao []");
}

static void set_up(Repair *r, gconstpointer data) {
        *r = (Repair) { .bus = bus_start(policy), .seat = BROKEN };
        r->logind = fake_logind_new(r->bus);
        fake_logind_add_seat(r->logind, "seat0");
        fake_logind_add_seat(r->logind, BROKEN);
}

static void tear_down(Repair *r, gconstpointer data) {
        if (r->has_dm)
                fake_done(&r->dm);
        fake_logind_free(r->logind);
        bus_stop(r->bus);
        g_free(r->errors);
}

static void start_dm(Repair *r, const char *process) {
        g_assert_no_errno(prctl(PR_SET_NAME, process));
        fake_init(&r->dm, r->bus, DM, 0, dm_xml, on_call, on_get, r);
        fake_add_object(&r->dm, DM_PATH, DM);
        fake_add_object(&r->dm, DM_PATH "/Seat0", DM ".Seat");
        fake_add_object(&r->dm, DM_PATH "/Seat7", DM ".Seat");
        r->has_dm = TRUE;
}

static void start_gdm(Repair *r) {
        fake_init(&r->dm, r->bus, GDM, 0, gdm_xml, on_call, on_get, r);
        fake_add_object(&r->dm, "/org/gnome/DisplayManager/LocalDisplayFactory", GDM ".LocalDisplayFactory");
        r->has_dm = TRUE;
}

static void on_exit_of_repair(GObject *source, GAsyncResult *result, gpointer userdata) {
        g_autoptr(GError) error = NULL;
        Repair *r = userdata;

        g_subprocess_communicate_utf8_finish(G_SUBPROCESS(source), result, NULL, &r->errors, &error);
        g_assert_no_error(error);
        r->exited = TRUE;
}

/* Returns the exit status. */
static int repair(Repair *r, const char *seat) {
        g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_PIPE);
        g_autoptr(GSubprocess) process = NULL;
        g_autoptr(GError) error = NULL;

        g_subprocess_launcher_setenv(launcher, "DBUS_SYSTEM_BUS_ADDRESS", bus_address(r->bus), TRUE);
        process = g_subprocess_launcher_spawn(launcher, &error, g_getenv("USHER_SEAT_REPAIR"), seat, NULL);
        g_assert_no_error(error);
        g_subprocess_communicate_utf8_async(process, NULL, NULL, on_exit_of_repair, r);
        WAIT_FOR(r->exited);
        g_test_message("%s", r->errors);
        g_assert_true(g_subprocess_get_if_exited(process));
        return g_subprocess_get_exit_status(process);
}

static void assert_left_alone(Repair *r, int status, const char *why) {
        g_assert_cmpint(repair(r, BROKEN), ==, status);
        g_assert_nonnull(strstr(r->errors, why));
        g_assert_null(strstr(r->errors, "no graphics device"));
        if (r->has_dm)
                g_assert_cmpuint(fake_count(&r->dm, "SwitchToGreeter"), ==, 0);
}

/* It got to the point of hiding the devices. */
static void assert_restarts_seat(Repair *r) {
        g_assert_cmpint(repair(r, r->seat), ==, 1);
        g_assert_nonnull(strstr(r->errors, "has no graphics device"));
}

static void test_a_person_is_left_alone(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        fake_logind_add_session(r->logind, .id = "3", .uid = ADA, .seat = BROKEN);
        assert_left_alone(r, 0, "Somebody is logged in");
}

static void test_an_unknown_class_is_a_person(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        fake_logind_add_session(r->logind, .id = "3", .uid = ADA, .seat = BROKEN, .class = "pupil");
        assert_left_alone(r, 0, "Somebody is logged in");
}

static void test_a_login_screen_is_left_alone(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        fake_logind_add_session(r->logind, .id = "c1", .uid = 120, .seat = BROKEN, .class = "greeter");
        assert_left_alone(r, 0, "has a login screen");
}

static void test_without_logind_somebody_sits_there(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        fake_stop(&r->logind->fake);
        assert_left_alone(r, 1, "Failed to find out who is at");
}

static void test_with_a_deaf_logind_somebody_sits_there(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        r->logind->fake.hang = TRUE;
        assert_left_alone(r, 1, "Failed to find out who is at");
}

static void test_a_seat_that_is_gone_has_nobody(Repair *r, gconstpointer data) {
        fake_logind_remove_seat(r->logind, BROKEN);
        assert_restarts_seat(r);
}

static void test_a_background_session_is_nobody(Repair *r, gconstpointer data) {
        fake_logind_add_session(r->logind, .id = "3", .uid = ADA, .seat = BROKEN, .class = "background");
        assert_restarts_seat(r);
}

static void test_an_invisible_greeter_is_no_login_screen(Repair *r, gconstpointer data) {
        fake_logind_add_session(r->logind, .id = "c1", .uid = 120, .seat = BROKEN, .class = "greeter",
                        .state = "online");
        assert_restarts_seat(r);
}

/* No display manager is needed for that. */
static void test_a_hidden_greeter_comes_to_the_front(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        r->logind->activates = TRUE;
        fake_logind_add_session(r->logind, .id = "c1", .uid = 120, .seat = BROKEN, .class = "greeter",
                        .state = "online");
        g_assert_cmpint(repair(r, BROKEN), ==, 0);
        g_assert_nonnull(strstr(r->errors, "has a login screen"));
        g_assert_cmpuint(fake_count(&r->logind->fake, "Activate"), ==, 1);
        g_assert_cmpuint(fake_count(&r->dm, "SwitchToGreeter"), ==, 0);
}

static void test_a_greeter_whose_process_is_gone_is_no_login_screen(Repair *r, gconstpointer data) {
        pid_t leader = fork();

        g_assert_no_errno(leader);
        if (leader == 0)
                _exit(0);
        g_assert_cmpint(waitpid(leader, NULL, 0), ==, leader);

        r->logind->activates = TRUE;
        fake_logind_add_session(r->logind, .id = "c1", .uid = 120, .seat = BROKEN, .class = "greeter",
                        .leader = (guint32) leader);
        assert_restarts_seat(r);
        g_assert_cmpuint(fake_count(&r->logind->fake, "Activate"), ==, 0);
}

static void test_lightdm_brings_its_greeter_back(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        r->in_use = "/Seat0";
        r->brings_back = "active";
        fake_logind_add_session(r->logind, .id = "3", .uid = ADA, .seat = "seat0");

        g_assert_cmpint(repair(r, BROKEN), ==, 0);
        g_assert_nonnull(strstr(r->errors, "has a login screen"));
        g_assert_cmpuint(fake_count(&r->dm, "SwitchToGreeter"), ==, 1);
        g_assert_cmpstr(fake_nth(&r->dm, "SwitchToGreeter", 0)->path, ==, DM_PATH "/Seat7");
}

static void test_a_greeter_that_stays_invisible_is_not_enough(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        r->brings_back = "online";
        assert_restarts_seat(r);
        g_assert_cmpuint(fake_count(&r->dm, "SwitchToGreeter"), ==, 2);
}

/* lightdm would switch from a user on a text console to a greeter. */
static void test_who_is_at_a_terminal_elsewhere_is_not_disturbed(Repair *r, gconstpointer data) {
        start_dm(r, "lightdm");
        fake_logind_add_session(r->logind, .id = "3", .uid = ADA, .seat = "seat0", .type = "tty",
                        .tty = "tty2", .service = "login");
        assert_restarts_seat(r);
        g_assert_cmpuint(fake_count(&r->dm, "SwitchToGreeter"), ==, 0);
}

/* The same method of another display manager does something else. */
static void test_another_display_manager_is_not_asked(Repair *r, gconstpointer data) {
        start_dm(r, "sddm");
        assert_restarts_seat(r);
        g_assert_cmpuint(fake_count(&r->dm, "SwitchToGreeter"), ==, 0);
}

static void assert_brings_greeter_back(Repair *r, const char *method) {
        r->seat = "seat0";
        r->brings_back = "active";
        g_assert_cmpint(repair(r, "seat0"), ==, 0);
        g_assert_nonnull(strstr(r->errors, "has a login screen"));
        g_assert_cmpuint(fake_count(&r->dm, method), ==, 1);
}

static void test_sddm_and_the_like_know_seat0(Repair *r, gconstpointer process) {
        start_dm(r, process);
        assert_brings_greeter_back(r, "SwitchToGreeter");
        g_assert_cmpstr(fake_nth(&r->dm, "SwitchToGreeter", 0)->path, ==, DM_PATH "/Seat0");
}

static void test_gdm_knows_seat0(Repair *r, gconstpointer data) {
        start_gdm(r);
        assert_brings_greeter_back(r, "CreateTransientDisplay");
}

static void test_gdm_does_not_know_other_seats(Repair *r, gconstpointer data) {
        start_gdm(r);
        assert_restarts_seat(r);
        g_assert_cmpuint(fake_count(&r->dm, "CreateTransientDisplay"), ==, 0);
}

static void test_the_only_argument_is_a_seat(Repair *r, gconstpointer data) {
        static const char *const wrong[] = { "", "seat", "chair0", "seat0/../x", "seat 0", "seat0\n", "-x" };

        for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
                r->exited = FALSE;
                g_assert_cmpint(repair(r, wrong[i]), ==, 2);
                g_free(g_steal_pointer(&r->errors));
        }
}

int main(int argc, char *argv[]) {
        world_enter();
        g_test_init(&argc, &argv, NULL);
        g_assert_nonnull(g_getenv("USHER_SEAT_REPAIR"));

#define ADD(name, function) g_test_add("/seat-repair/" name, Repair, NULL, set_up, function, tear_down)
        ADD("a-person-is-left-alone", test_a_person_is_left_alone);
        ADD("an-unknown-class-is-a-person", test_an_unknown_class_is_a_person);
        ADD("a-login-screen-is-left-alone", test_a_login_screen_is_left_alone);
        ADD("without-logind-somebody-sits-there", test_without_logind_somebody_sits_there);
        ADD("with-a-deaf-logind-somebody-sits-there", test_with_a_deaf_logind_somebody_sits_there);
        ADD("a-seat-that-is-gone-has-nobody", test_a_seat_that_is_gone_has_nobody);
        ADD("a-background-session-is-nobody", test_a_background_session_is_nobody);
        ADD("an-invisible-greeter-is-no-login-screen", test_an_invisible_greeter_is_no_login_screen);
        ADD("a-hidden-greeter-comes-to-the-front", test_a_hidden_greeter_comes_to_the_front);
        ADD("a-greeter-whose-process-is-gone-is-no-login-screen",
                        test_a_greeter_whose_process_is_gone_is_no_login_screen);
        ADD("lightdm-brings-its-greeter-back", test_lightdm_brings_its_greeter_back);
        ADD("a-greeter-that-stays-invisible-is-not-enough",
                        test_a_greeter_that_stays_invisible_is_not_enough);
        ADD("who-is-at-a-terminal-elsewhere-is-not-disturbed",
                        test_who_is_at_a_terminal_elsewhere_is_not_disturbed);
        ADD("another-display-manager-is-not-asked", test_another_display_manager_is_not_asked);
        g_test_add("/seat-repair/sddm-knows-seat0", Repair, "sddm", set_up,
                        test_sddm_and_the_like_know_seat0, tear_down);
        g_test_add("/seat-repair/plasma-login-manager-knows-seat0", Repair, "plasmalogin", set_up,
                        test_sddm_and_the_like_know_seat0, tear_down);
        ADD("gdm-knows-seat0", test_gdm_knows_seat0);
        ADD("gdm-does-not-know-other-seats", test_gdm_does_not_know_other_seats);
        ADD("the-only-argument-is-a-seat", test_the_only_argument_is_a_seat);

        return g_test_run();
}
