/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "matrix-wait.h"

/* How often to type a name and a password. */
#define LOG_IN_TRIES 5

void keep(Matrix *x, guint station, const char *name) {
        g_autofree char *path = g_strdup_printf("%s/%s-%u.png", x->folder, name, station);

        (void) machine_screenshot(x->machine, station, path, NULL);
}

bool wait_seen(Matrix *x,
                guint station,
                const Screen *before,
                double change,
                guint timeout,
                GError **error) {
        gint64 deadline = g_get_monotonic_time() + timeout * G_USEC_PER_SEC;

        for (;;) {
                g_autoptr(Screen) now = machine_look(x->machine, station, error);

                if (!now)
                        return false;
                if (before ? screen_difference(before, now) > change : screen_emptiness(now) < 0.99)
                        return true;
                if (g_get_monotonic_time() > deadline) {
                        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                                        before ? "nothing new on that screen after %u s" :
                                                 "the screen is blank after %u s",
                                        timeout);
                        return false;
                }
        }
}

bool wait_class(Matrix *x, guint station, const char *class, guint timeout, GError **error) {
        if (machine_wait_until(x->machine, timeout, NULL,
                            "s=$(loginctl show-seat --value -p ActiveSession %s) && "
                            "test \"$(loginctl show-session --value -p Class $s)\" = %s",
                            machine_seats[station], class))
                return true;

        g_set_error(error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "no active %s session on that seat after %u s",
                        class, timeout);
        return false;
}

bool wait_greeter(Matrix *x, guint station, GError **error) {
        return wait_class(x, station, "greeter", GREETER_SEC, error) &&
                        wait_seen(x, station, NULL, 0, GREETER_SEC, error);
}

/* For display managers that log in somebody by themselves on seat0 only: types what the desktop's file says.
 * A greeter takes keys some time after its window is there, so this is tried again. */
bool type_log_in(Matrix *x, guint station, GError **error) {
        g_autofree char *keys = machine_shell(x->machine, NULL, "cat /usr/local/share/log-in-keys");

        if (!keys)
                return true;

        if (!wait_greeter(x, station, error))
                return false;
        for (guint i = 0; i < LOG_IN_TRIES; i++) {
                if (!machine_type(x->machine, station, keys, error))
                        return false;
                if (wait_class(x, station, "user", SHOW_SEC, NULL))
                        break;
        }
        return true;
}
