/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* usher-matrix boots a PC with one kind of desktop, with three stations of which two are in use, and prints
 * what works on it, a line each:
 *
 *     CELL<TAB>yes|no|n/a<TAB>reason
 *
 * and facts, with "-" as the answer: the versions, and what the log-offs took.
 *
 * tests/vm/matrix runs it for each row of the table and compares. A cell that fails says why, and the next
 * is tried: a display manager that serves only one seat still has to serve that one whole. The program fails
 * only if the PC does not boot, or ends. Pictures of the screens are saved on the way. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "matrix-wait.h"

#define GREETER 2 /* nobody is logged in there */

#define GRACE_SEC 60
#define END_SEC 120

/* Fractions of the screen: a notification covers about 1 %, a sign most of it. */
#define CHANGED 0.004
#define SIGN 0.2

/* What the table names the versions of. */
#define VERSIONS                                                                          \
        "systemd|dbus-daemon|dbus-broker|polkitd|lightdm|gdm3|sddm|plasma-login-manager|" \
        "openbox|xfce4-session|mate-session-manager|lxqt-session|labwc|gnome-shell|plasma-workspace"

typedef bool (*Cell)(Matrix *x, guint station, GError **error);

#define NOT_APPLICABLE(error, reason) \
        (g_set_error_literal((error), G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, (reason)), false)

static void print_cell(const char *name, const char *answer, const char *reason) {
        g_autofree char *line = g_strdup(reason);

        printf("%s\t%s\t%s\n", name, answer, g_strstrip(g_strdelimit(line, "\t\n", ' ')));
        fflush(stdout);
}

/* ---- a PC with people at two of three stations ---- */

static bool cell_greeter(Matrix *x, guint station, GError **error) {
        if (!wait_greeter(x, station, error))
                return false;

        keep(x, station, "greeter");
        return true;
}

static bool cell_desktop(Matrix *x, guint station, GError **error) {
        const char *pupil = machine_pupils[station];

        if (station > 0 && !type_log_in(x, station, error))
                return false;
        if (!machine_wait_until(x->machine, START_SEC, NULL, "test -e /run/user/$(id -u %s)/essay-is-open",
                            pupil)) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s has no desktop after %u s", pupil,
                                START_SEC);
                return false;
        }

        g_free(x->session[station]);
        x->session[station] = machine_shell(x->machine, error,
                        "loginctl show-seat --value -p ActiveSession %s", machine_seats[station]);
        if (!x->session[station])
                return false;
        g_strchomp(x->session[station]);
        if (!wait_seen(x, station, NULL, 0, SHOW_SEC, error))
                return false;

        /* The server of notifications starts with the first of them. */
        g_free(machine_shell_as(x->machine, pupil, NULL,
                        "busctl --user --timeout=50 call org.freedesktop.Notifications "
                        "/org/freedesktop/Notifications org.freedesktop.Notifications GetCapabilities"));
        return true;
}

static bool cell_hubs(Matrix *x, guint station, GError **error) {
        for (guint i = 0; i < STATIONS; i++) {
                g_autofree char *out = machine_shell(x->machine, error,
                                "busctl --json=short call org.usher1 /org/usher1 org.usher1.Manager "
                                "ListHubs | "
                                "grep -q '\"station\",\"[^\"]*\",\"%s\"' && "
                                "usherctl --no-legend list | grep -F '%s ' | grep -q ' ok '",
                                machine_seats[i], machine_seats[i]);

                if (!out)
                        return false;
        }
        return true;
}

static bool cell_identify(Matrix *x, guint station, GError **error) {
        g_autoptr(Screen) before = machine_look(x->machine, station, error);
        g_autofree char *out = NULL;

        if (!before)
                return false;

        out = machine_shell(x->machine, error, "usherctl identify %s", machine_seats[station]);
        if (!out || !wait_seen(x, station, before, SIGN, SHOW_SEC, error))
                return false;

        keep(x, station, "identify");
        return machine_wait_until(x->machine, SHOW_SEC, error,
                        "test -z \"$(systemctl list-units --no-legend 'usher-identify@*')\"");
}

/* ---- a log-off ---- */

static bool cell_warned(Matrix *x, guint station, GError **error) {
        const char *pupil = machine_pupils[station];
        g_autoptr(Screen) before = NULL;
        g_autofree char *listen = NULL, *asked = NULL;

        if (!x->session[station]) {
                g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "nobody is logged in there");
                return false;
        }

        listen = machine_shell_as(x->machine, pupil, error,
                        "systemd-run --user --quiet --unit=listen "
                        "-p StandardOutput=file:$XDG_RUNTIME_DIR/told -p "
                        "StandardError=file:$XDG_RUNTIME_DIR/ready "
                        "busctl --user monitor "
                        "--match=\"type='method_call',interface='org.freedesktop.Notifications',member='"
                        "Notify'\" && "
                        "until grep -q Monitoring $XDG_RUNTIME_DIR/ready; do sleep 0.2; done");
        before = listen ? machine_look(x->machine, station, error) : NULL;
        if (!before)
                return false;

        x->asked = g_get_monotonic_time();
        asked = machine_shell(x->machine, error, "usherctl log-off %s --grace=%u --message='Class is over'",
                        machine_seats[station], GRACE_SEC);
        if (!asked ||
                        !machine_wait_until(x->machine, GRACE_SEC - 10, error,
                                        "usherctl --no-legend jobs | grep %s | grep -q desktop", pupil) ||
                        !wait_seen(x, station, before, CHANGED, GRACE_SEC - 10, error))
                return false;

        keep(x, station, "warned");
        return true;
}

/* Anna's desktop is in German. */
static bool cell_language(Matrix *x, guint station, GError **error) {
        return machine_wait_until(x->machine, SHOW_SEC, error,
                        "grep -q 'abgemeldet' /run/user/$(id -u %s)/told", machine_pupils[station]);
}

/* A reminder takes the place of the first warning: it names the number of that one. */
static bool cell_reminder(Matrix *x, guint station, GError **error) {
        return machine_wait_until(x->machine, GRACE_SEC + 5, error,
                        "test $(grep -c UINT32 /run/user/$(id -u %s)/told) -ge 2 && "
                        "grep UINT32 /run/user/$(id -u %s)/told | grep -qv 'UINT32 0;'",
                        machine_pupils[station], machine_pupils[station]);
}

/* How long the desktop took to log out, in the words of usherd's journal record. */
static void print_log_out(Matrix *x, guint station) {
        g_autofree char *record = g_strdup_printf(
                        "journalctl -q -o cat --output-fields=USHER_PHASES -t usherd USER_ID=%s | grep -F "
                        "warning",
                        machine_pupils[station]);
        g_autofree char *phases = NULL;

        if (machine_wait_until(x->machine, SHOW_SEC, NULL, "%s", record))
                phases = machine_shell(x->machine, NULL, "%s", record);
        print_cell(station == 0 ? "log-out on seat0" : "log-out on another seat", "-", phases ?: "");
}

static bool cell_ended(Matrix *x, guint station, GError **error) {
        if (!x->session[station] || !x->asked) {
                g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED, "nobody was warned there");
                return false;
        }
        if (!machine_wait_until(x->machine, GRACE_SEC + END_SEC, error, "! loginctl show-session %s",
                            x->session[station]))
                return false;

        keep(x, station, "ended");
        if (g_get_monotonic_time() - x->asked < GRACE_SEC * G_USEC_PER_SEC) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "ended before %u s were over", GRACE_SEC);
                return false;
        }

        print_log_out(x, station);
        return true;
}

static bool cell_saved(Matrix *x, guint station, GError **error) {
        const char *pupil = machine_pupils[station];
        g_autofree char *saved = NULL, *registered = NULL;

        registered = machine_shell(x->machine, NULL,
                        "journalctl -q -t xsmp-essay _UID=$(id -u %s) | grep Registered", pupil);
        if (!registered)
                return NOT_APPLICABLE(error, "no session manager with which programs register");

        saved = machine_shell(x->machine, error, "grep quicksilver /home/%s/essay.txt", pupil);
        return saved;
}

/* ---- the whole PC ---- */

static bool cell_mode(Matrix *x, guint station, GError **error) {
        g_autofree char *off = NULL, *console = NULL, *back = NULL;

        off = machine_shell(x->machine, error, "autologin off && usherctl mode console --grace=5");
        if (!off ||
                        !machine_wait_until(x->machine, START_SEC, error,
                                        "test $(usherctl mode) = console && "
                                        "test \"$(loginctl --no-legend list-seats | xargs)\" = seat0") ||
                        !cell_greeter(x, 0, error))
                return false;

        keep(x, 0, "console");
        console = machine_shell(x->machine, error, "autologin on && usherctl mode station");
        return console &&
                        machine_wait_until(x->machine, START_SEC, error,
                                        "test $(usherctl mode) = station && "
                                        "test $(loginctl --no-legend list-seats | wc -l) -eq %d",
                                        STATIONS) &&
                        wait_class(x, GREETER, "greeter", GREETER_SEC, error);
}

static bool cell_shutdown(Matrix *x, guint station, GError **error) {
        g_autoptr(Screen) before = NULL;
        g_autofree char *late = NULL, *reboot = NULL;
        gint64 begin;

        /* The agent, through which this program looks into the PC, must stay as long as the users. */
        late = machine_shell(x->machine, error,
                        "printf '[Unit]\\nBefore=usher-shutdown.service\\n'"
                        " > /etc/systemd/system/qemu-guest-agent.service.d/late.conf;"
                        "printf '[Shutdown]\\nGraceSec=%u\\n' >> /etc/usher/usherd.conf;"
                        "systemctl daemon-reload; systemctl reload usherd",
                        GRACE_SEC);
        before = late && cell_desktop(x, station, error) ? machine_look(x->machine, station, error) : NULL;
        if (!before)
                return false;

        begin = g_get_monotonic_time();
        reboot = machine_shell(x->machine, error, "systemctl reboot");
        if (!reboot || !wait_seen(x, station, before, CHANGED, GRACE_SEC - 10, error))
                return false;
        keep(x, station, "shutdown");

        if (!machine_wait_restart(x->machine, GRACE_SEC + 2 * END_SEC, error))
                return false;
        if (g_get_monotonic_time() - begin < GRACE_SEC * G_USEC_PER_SEC) {
                g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "restarted before %u s were over",
                                GRACE_SEC);
                return false;
        }
        return true;
}

/* The order matters: each leaves the PC as the next expects it. */
static const struct {
        const char *name;
        guint station;
        Cell run;
} cells[] = {
        { "desktop on seat0", 0, cell_desktop },
        { "desktop on another seat", 1, cell_desktop },
        { "greeter on another seat", GREETER, cell_greeter },
        { "hubs and roles", 0, cell_hubs },
        { "identify on a greeter", GREETER, cell_identify },
        { "identify on a desktop", 0, cell_identify },
        { "seat0: warned", 0, cell_warned },
        { "seat0: language", 0, cell_language },
        { "seat0: reminder", 0, cell_reminder },
        { "seat0: ended", 0, cell_ended },
        { "seat0: a program saved", 0, cell_saved },
        { "seat0: greeter back and visible", 0, cell_greeter },
        { "other: warned", 1, cell_warned },
        { "other: reminder", 1, cell_reminder },
        { "other: ended", 1, cell_ended },
        { "other: a program saved", 1, cell_saved },
        { "other: greeter back and visible", 1, cell_greeter },
        { "mode switch and back", 0, cell_mode },
        { "shutdown waits", 0, cell_shutdown },
};

/* Returns false if the PC is gone: that says nothing about Usher, and the row must be tried again. */
static bool run_cells(Matrix *x) {
        for (gsize i = 0; i < G_N_ELEMENTS(cells); i++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(Screen) screen = NULL;

                if (cells[i].run(x, cells[i].station, &error))
                        print_cell(cells[i].name, "yes", "");
                else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
                        print_cell(cells[i].name, "n/a", error->message);
                else {
                        screen = machine_look(x->machine, cells[i].station, NULL);
                        if (!screen)
                                return false;
                        keep(x, cells[i].station, "failed");
                        print_cell(cells[i].name, "no", error->message);
                }
        }

        return true;
}

static void print_versions(Matrix *x) {
        g_autofree char *versions = machine_shell(x->machine, NULL,
                        "dpkg-query --show --showformat '${db:Status-Status} ${Package} ${Version}\\n' | "
                        "grep -E '^installed (" VERSIONS
                        ") ' | cut -d' ' -f2- | paste -sd, | sed 's/,/, /g'");

        print_cell("versions", "-", versions ?: "");
}

int main(int argc, char *argv[]) {
        g_autoptr(GError) error = NULL;
        g_autofree char *tree = NULL, *folder = NULL;
        const GOptionEntry entries[] = {
                { "tree", 0, 0, G_OPTION_ARG_FILENAME, &tree, "what is installed on the PC", "DIR" },
                { "pictures", 0, 0, G_OPTION_ARG_FILENAME, &folder, "where the screenshots go", "DIR" },
                {},
        };
        g_autoptr(GOptionContext) context = g_option_context_new("- tries Usher with one kind of desktop");
        Matrix x = {};
        bool alive;

        g_option_context_add_main_entries(context, entries, NULL);
        if (!g_option_context_parse(context, &argc, &argv, &error) || !tree || !folder) {
                fprintf(stderr, "%s\n", error ? error->message : "--tree and --pictures are needed");
                return 2;
        }

        x.folder = folder;
        x.machine = machine_start(&(MachineOptions) { .stations = STATIONS, .tree = tree }, &error);
        if (!x.machine || !machine_wait_boot(x.machine, &error)) {
                fprintf(stderr, "%s\n", error->message);
                machine_stop(x.machine);
                return EXIT_FAILURE;
        }

        print_versions(&x);
        alive = run_cells(&x);
        if (!alive)
                fprintf(stderr, "The PC has ended.\n");
        for (guint i = 0; i < STATIONS; i++)
                g_free(x.session[i]);
        machine_stop(x.machine);
        return alive ? EXIT_SUCCESS : EXIT_FAILURE;
}
