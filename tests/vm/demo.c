/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* ./demo shows a multiseat PC with three pupils: one is logged off after a warning, and then all. Every line
 * of output below the explanations was printed by a real program on that PC. */

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "machine.h"

/* The station that is logged off alone. */
#define VICTIM 1
#define GRACE_SEC 20

typedef struct {
        Machine *machine;
        const char *folder;
        gint64 start;
        unsigned pictures;
} Demo;

static void say(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void say(const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        printf("\n\033[1m");
        vprintf(format, ap);
        printf("\033[0m\n");
        va_end(ap);
        fflush(stdout);
}

static void fail(GError *error) {
        fprintf(stderr, "\nThe demo broke off: %s\n", error->message);
        exit(EXIT_FAILURE);
}

/* A progress line for slow steps: in a thread of its own, since the main thread waits for the step. */
typedef struct {
        const char *what;
        gint64 start;
        GMutex lock;
        GCond done_cond;
        bool done;
        GThread *thread;
} Progress;

static gpointer show_progress(gpointer data) {
        Progress *p = data;

        g_mutex_lock(&p->lock);
        while (!p->done) {
                int s = (int) ((g_get_monotonic_time() - p->start) / G_USEC_PER_SEC);

                if (isatty(STDOUT_FILENO))
                        printf("\r  %s ... %d s ", p->what, s);
                fflush(stdout);
                (void) g_cond_wait_until(
                                &p->done_cond, &p->lock, g_get_monotonic_time() + G_USEC_PER_SEC / 2);
        }
        g_mutex_unlock(&p->lock);
        return NULL;
}

static void progress_begin(Progress *p, const char *what) {
        *p = (Progress) { .what = what, .start = g_get_monotonic_time() };
        g_mutex_init(&p->lock);
        g_cond_init(&p->done_cond);
        p->thread = g_thread_new("progress", show_progress, p);
}

static void progress_end(Progress *p) {
        g_mutex_lock(&p->lock);
        p->done = true;
        g_cond_signal(&p->done_cond);
        g_mutex_unlock(&p->lock);
        (void) g_thread_join(p->thread);
        printf("%s  %s: %.0f s\n", isatty(STDOUT_FILENO) ? "\r" : "", p->what,
                        (double) (g_get_monotonic_time() - p->start) / G_USEC_PER_SEC);
        g_mutex_clear(&p->lock);
        g_cond_clear(&p->done_cond);
        fflush(stdout);
}

/* Runs a command on the PC and shows it with its output, as a terminal there would. */
static void show(Demo *d, const char *command) {
        g_autoptr(GError) error = NULL;
        g_autofree char *out = NULL;

        out = machine_shell(d->machine, &error, "%s", command);
        if (!out)
                fail(error);

        printf("# %s\n%s", command, out);
        if (*out && !g_str_has_suffix(out, "\n"))
                putchar('\n');
        fflush(stdout);
}

static void take_pictures(Demo *d, const char *when) {
        for (guint i = 0; i < machine_stations(d->machine); i++) {
                g_autofree char *path = g_strdup_printf(
                                "%s/%u-%s-%s.png", d->folder, d->pictures + 1, when, machine_seats[i]);
                g_autoptr(GError) error = NULL;

                if (!machine_screenshot(d->machine, i, path, &error))
                        fail(error);
        }
        d->pictures++;
        printf("  (what the three screens show now: %s/%u-%s-*.png)\n", d->folder, d->pictures, when);
        fflush(stdout);
}

static void wait_until(Demo *d, guint timeout, const char *what, const char *condition) {
        g_autoptr(GError) error = NULL;
        Progress p;
        bool ok;

        progress_begin(&p, what);
        ok = machine_wait_until(d->machine, timeout, &error, "%s", condition);
        progress_end(&p);
        if (!ok)
                fail(error);
}

/* The session of a greeter exists before its window does, and viewers want to see the window. */
static void wait_painted(Demo *d, guint station) {
        gint64 until = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

        do {
                g_autoptr(GError) error = NULL;
                g_autoptr(Screen) s = machine_look(d->machine, station, &error);

                if (!s)
                        fail(error);
                if (screen_emptiness(s) < 0.999)
                        return;
        } while (g_get_monotonic_time() < until);
}

static void wait_greeter(Demo *d, guint station) {
        const char *seat = machine_seats[station];
        g_autofree char *what = g_strdup_printf("the login screen of %s", seat);
        g_autofree char *condition = g_strdup_printf("test \"$(loginctl show-session --value -p Class "
                                                     "$(loginctl show-seat --value -p ActiveSession "
                                                     "%s))\" = greeter",
                        seat);

        wait_until(d, 30, what, condition);
        wait_painted(d, station);
}

static void boot(Demo *d, const char *tree, bool shell) {
        g_autoptr(GError) error = NULL;
        Progress p;

        say("A PC with three stations is booting: one computer, three screens, three keyboards, three "
            "pupils.");
        progress_begin(&p, "booting a real kernel, systemd, logind and three desktops");
        d->machine = machine_start(
                        &(MachineOptions) { .stations = 3, .tree = tree, .console = shell }, &error);
        if (!d->machine || !machine_wait_boot(d->machine, &error) ||
                        !machine_wait_desktops(d->machine, &error) ||
                        !machine_wait_until(d->machine, MACHINE_BOOT_SEC, &error,
                                        "test $(usherctl --no-legend | grep -c in-use) -eq 3")) {
                progress_end(&p);
                fail(error);
        }
        progress_end(&p);
}

static void name_stations(Demo *d) {
        say("Stations get the names on their stickers, and each can show which one it is.");
        show(d, "usherctl label seat0 Teacher");
        show(d, "usherctl label seat-pci-pci-0000_00_11_0 'Window left'");
        show(d, "usherctl label seat-pci-pci-0000_00_12_0 'Window right'");
        show(d, "usherctl identify");
        take_pictures(d, "which-is-which");
        wait_until(d, 30, "ten seconds, then the screens are as before",
                        "test -z \"$(systemctl list-units --no-legend 'usher-identify@*')\"");
}

static void log_off_one(Demo *d) {
        g_autofree char *call = NULL, *gone = NULL;
        const char *seat = machine_seats[VICTIM], *pupil = machine_pupils[VICTIM];

        say("The lesson at %s's station is over. The administrator asks for it, with %d seconds of warning:",
                        pupil, GRACE_SEC);
        call = g_strdup_printf("busctl call org.usher1 /org/usher1 org.usher1.Manager LogOff 'sa{sv}' %s "
                               "2 grace u %d message s 'Class is over'",
                        seat, GRACE_SEC);
        show(d, call);
        wait_until(d, 20, "the warning appears on that screen, and on no other",
                        "test $(usherctl --no-legend jobs | grep -c desktop) -eq 1");
        show(d, "usherctl jobs");
        take_pictures(d, "warned");

        say("%s can save and say goodbye. Nothing happens before the time is up.", pupil);
        gone = g_strdup_printf("! loginctl --no-legend list-sessions | grep -qw %s", pupil);
        wait_until(d, GRACE_SEC + 30, "the countdown", gone);
        show(d, "usherctl");

        say("The login screen comes back on that station; the other two work on.");
        wait_greeter(d, VICTIM);
        show(d, "loginctl --no-legend list-sessions");
        take_pictures(d, "one-logged-off");
}

static void log_off_all(Demo *d) {
        say("The bell rings: everybody goes home. Each is warned on their own screen.");
        show(d, "usherctl log-off-all --grace=15 --message='See you tomorrow'");
        wait_until(d, 15, "the warnings appear",
                        "test $(usherctl --no-legend jobs | grep -c desktop) -eq 2");
        take_pictures(d, "all-warned");
        wait_until(d, 60, "the countdown", "! usherctl --no-legend | grep -qE 'in-use|ending'");
        for (guint i = 0; i < machine_stations(d->machine); i++)
                wait_greeter(d, i);
        for (guint i = 0; i < machine_stations(d->machine); i++)
                wait_painted(d, i);
        show(d, "usherctl");
        take_pictures(d, "all-logged-off");

        say("Who ended whom is in the journal:");
        show(d, "journalctl --no-pager --output=cat SYSLOG_IDENTIFIER=usherd PRIORITY=5");
}

int main(int argc, char *argv[]) {
        g_autoptr(GError) error = NULL;
        gboolean shell = FALSE;
        char *tree = NULL, *folder = NULL;
        const GOptionEntry entries[] = {
                { "shell", 0, 0, G_OPTION_ARG_NONE, &shell, "stay in the running PC, with a root prompt",
                                NULL },
                { "tree", 0, 0, G_OPTION_ARG_FILENAME, &tree, "what is installed on the PC", "DIR" },
                { "pictures", 0, 0, G_OPTION_ARG_FILENAME, &folder, "where the screenshots go", "DIR" },
                {},
        };
        g_autoptr(GOptionContext) context = g_option_context_new("- shows Usher on a multiseat PC");
        Demo d = { .start = g_get_monotonic_time() };

        g_option_context_add_main_entries(context, entries, NULL);
        if (!g_option_context_parse(context, &argc, &argv, &error) || !tree || !folder) {
                fprintf(stderr, "%s\n", error ? error->message : "--tree and --pictures are needed");
                return 2;
        }
        if (g_mkdir_with_parents(folder, 0755) < 0) {
                perror(folder);
                return EXIT_FAILURE;
        }
        d.folder = folder;

        boot(&d, tree, shell);
        say("What Usher sees: stations, and the hubs that belong to them.");
        show(&d, "usherctl");
        show(&d, "usherctl hubs");
        take_pictures(&d, "before");

        name_stations(&d);
        log_off_one(&d);
        log_off_all(&d);

        printf("\nThat took %.0f s. The screenshots are in %s.\n",
                        (double) (g_get_monotonic_time() - d.start) / G_USEC_PER_SEC, folder);

        if (shell) {
                say("The PC is yours: log in as root, no password. `poweroff`, or Ctrl-A X, ends it.");
                fflush(stdout);
                (void) machine_wait_off(d.machine, G_MAXUINT / 1000, NULL, &error);
        }

        machine_stop(d.machine);
        return EXIT_SUCCESS;
}
