/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A countdown lasts as long as was promised, although the clock is set meanwhile. The box cannot test this,
 * because it shares the clock of the host. */

#include "room.h"

#define ANNA 0
#define BEN 1

#define GRACE_SEC 25
#define END_SEC 60

#define JOB "org.usher1.Job"

/* A running countdown. */
typedef struct {
        char *session, *job;
        guint64 deadline; /* CLOCK_MONOTONIC, as all times here, in microseconds */
} Countdown;

static guint64 get_time(const char *job, const char *property) {
        g_autofree char *value = room_run(
                        "busctl get-property org.usher1 %s " JOB " %s | cut -d' ' -f2", job, property);

        g_assert_cmpstr(value, !=, "");
        return g_ascii_strtoull(value, NULL, 10);
}

static void wait_warned(const char *job) {
        room_wait_until(GRACE_SEC, "busctl get-property org.usher1 %s " JOB " Warned | grep -q desktop",
                        job);
}

static void countdown_begin(Countdown *c, guint station) {
        c->session = room_run("loginctl show-seat --value -p ActiveSession %s", machine_seats[station]);
        c->job = room_run(
                        "busctl call org.usher1 /org/usher1 org.usher1.Manager LogOff 'sa{sv}' %s 1 grace u "
                        "%u | cut -d'\"' -f2",
                        machine_seats[station], GRACE_SEC);
        wait_warned(c->job);
        c->deadline = get_time(c->job, "DeadlineMonotonic");
}

/* The session ends, and not before the deadline. */
static void countdown_end(Countdown *c) {
        g_autofree char *ended = NULL;

        g_free(room_run("loginctl show-session %s", c->session));
        room_wait_until(GRACE_SEC + END_SEC, "! loginctl show-session %s", c->session);
        ended = room_run("journalctl -q -o json -t systemd-logind SESSION_ID=%s | grep 'Removed session' | "
                         "grep -o '__MONOTONIC_TIMESTAMP\":\"[0-9]*' | grep -o '[0-9]*$'",
                        c->session);
        g_test_message("ended %.3f s after the deadline",
                        ((double) g_ascii_strtoull(ended, NULL, 10) - (double) c->deadline) /
                                        G_USEC_PER_SEC);
        g_assert_cmpuint(g_ascii_strtoull(ended, NULL, 10), >=, c->deadline);
        room_assert_prints("", "usherctl --no-legend jobs");
        g_free(c->session);
        g_free(c->job);
}

/* An hour is far more than is left of the countdown. The time that clients show moves with the clock. */
static void set_clock(guint station, const char *by, gint64 seconds) {
        guint64 shown;
        Countdown c;

        countdown_begin(&c, station);
        shown = get_time(c.job, "Deadline");
        g_free(room_run("date --set='%s'", by));
        room_wait_until(GRACE_SEC, "journalctl -q -t usherd | tail -n 1 | grep -q 'The clock was set'");

        g_assert_cmpuint(get_time(c.job, "DeadlineMonotonic"), ==, c.deadline);
        g_assert_cmpint(((gint64) get_time(c.job, "Deadline") - (gint64) shown) / G_USEC_PER_SEC, >=,
                        seconds - 30);
        g_assert_cmpint(((gint64) get_time(c.job, "Deadline") - (gint64) shown) / G_USEC_PER_SEC, <=,
                        seconds + 30);
        countdown_end(&c);
}

static void test_clock_is_set_forward(void) {
        set_clock(ANNA, "+1 hour", 3600);
}

static void test_clock_is_set_back(void) {
        set_clock(BEN, "-2 hours", -7200);
}

int main(int argc, char *argv[]) {
        int r;

        g_test_init(&argc, &argv, NULL);
        room_open(&(MachineOptions) { .stations = 2 });
        g_test_add_func("/clock/is-set-forward", test_clock_is_set_forward);
        g_test_add_func("/clock/is-set-back", test_clock_is_set_back);
        r = g_test_run();

        room_close();
        return r;
}
