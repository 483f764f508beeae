/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* When an idle session is due, and how often a user may send messages. Time is a number here. */

#include <glib.h>

#include "core/config.h"
#include "core/rate.h"
#include "feature/idle-clock.h"

#define LIMIT (10 * USEC_PER_MINUTE)
#define LEFT (1000 * USEC_PER_SEC)

static SessionInfo session_info(void) {
        return (SessionInfo) {
                .id = (char *) "7",
                .user = (char *) "anna",
                .seat = (char *) "seat0",
                .class = (char *) "user",
                .type = (char *) "x11",
                .state = (char *) "active",
                .started = 5,
                .idle = true,
                .idle_since_monotonic = LEFT,
        };
}

static void test_due(void) {
        SessionInfo f = session_info();

        g_assert_cmpuint(idle_due(&f, &(IdleClock) { .limit = LIMIT }), ==, LEFT + LIMIT);

        /* Off means never, however long the session is idle. */
        g_assert_cmpuint(idle_due(&f, &(IdleClock) {}), ==, USEC_INFINITY);
        /* An overflow must not make it due now. */
        g_assert_cmpuint(idle_due(&f, &(IdleClock) { .limit = USEC_INFINITY - 1 }), ==, USEC_INFINITY);

        f.idle = false;
        g_assert_cmpuint(idle_due(&f, &(IdleClock) { .limit = LIMIT }), ==, USEC_INFINITY);
}

static void test_clock_is_set_back(void) {
        SessionInfo f = session_info();

        g_assert_cmpuint(idle_due(&f, &(IdleClock) { .limit = LIMIT, .inhibited = 2 * LEFT }), ==,
                        2 * LEFT + LIMIT);
        g_assert_cmpuint(idle_due(&f, &(IdleClock) { .limit = LIMIT, .idle_reset = 3 * LEFT }), ==,
                        3 * LEFT + LIMIT);
        g_assert_cmpuint(idle_due(&f, &(IdleClock) { .limit = LIMIT, .idle_reset = 1, .inhibited = 1 }), ==,
                        LEFT + LIMIT);

        /* A desktop without a time, and one whose idle time began before the session. */
        f.idle_since_monotonic = 0;
        f.started = 4 * LEFT;
        g_assert_cmpuint(idle_due(&f, &(IdleClock) { .limit = LIMIT }), ==, 4 * LEFT + LIMIT);
}

static void test_whom_it_concerns(void) {
        static const struct {
                const char *class, *seat, *state;
                bool concerned;
        } table[] = {
                { "user", "seat0", "active", true },
                { "user", "seat0", "online", true },
                { "user", "", "active", false }, /* ssh */
                { "greeter", "seat0", "active", false },
                { "lock-screen", "seat0", "active", false },
                { "something-new", "seat0", "active", false },
                { "user", "seat0", "opening", false },
                { "user", "seat0", "closing", false },
        };

        for (size_t i = 0; i < ELEMENTSOF(table); i++) {
                SessionInfo f = session_info();

                f.class = (char *) table[i].class;
                f.seat = (char *) table[i].seat;
                f.state = (char *) table[i].state;
                g_assert_cmpint(idle_concerns(&f), ==, table[i].concerned);
                g_assert_cmpint(idle_due(&f, &(IdleClock) { .limit = LIMIT }) != USEC_INFINITY, ==,
                                table[i].concerned);
        }
}

static void apply(Config *c, const char *section, const char *value, int expected) {
        g_autofree char *problem = NULL;

        g_assert_cmpint(config_apply_line(c, section, "IdleLogOffSec", value, &problem), ==, expected);
        g_assert_cmpint(problem != NULL, ==, expected < 0);
        if (problem)
                g_test_message("%s", problem);
}

static void test_one_station(void) {
        g_autofree char *long_name = g_strnfill(200, 'x');
        g_autofree char *long_section = g_strdup_printf("Station:%s", long_name);
        g_autofree Config *c = g_new0(Config, 1);
        g_autofree char *problem = NULL;

        config_init(c);
        g_assert_cmpuint(config_idle_log_off(c, "seat0", "Window left"), ==, 0);

        apply(c, "LogOff", "1h", 0);
        apply(c, "Station:Window left", "10min", 0);
        apply(c, "Station:seat0", "0", 0);
        apply(c, "Station:Fenster – links", "5min", 0);
        g_assert_cmpuint(config_idle_log_off(c, "seat-1", ""), ==, USEC_PER_HOUR);
        g_assert_cmpuint(config_idle_log_off(c, "seat-1", "Window left"), ==, 10 * USEC_PER_MINUTE);
        g_assert_cmpuint(config_idle_log_off(c, "seat-1", "Fenster – links"), ==, 5 * USEC_PER_MINUTE);
        g_assert_cmpuint(config_idle_log_off(c, "seat0", "Window left"), ==, 0);

        /* An empty value restores the common limit; an invalid line changes nothing. */
        apply(c, "Station:seat0", "", 0);
        g_assert_cmpuint(config_idle_log_off(c, "seat0", ""), ==, USEC_PER_HOUR);
        apply(c, "Station:Window left", "soon", -EINVAL);
        apply(c, "Station:Window left", "8d", -EINVAL);
        g_assert_cmpuint(config_idle_log_off(c, "seat-1", "Window left"), ==, 10 * USEC_PER_MINUTE);

        apply(c, "Station:", "10min", -EINVAL);
        apply(c, long_section, "10min", -EINVAL);
        g_assert_cmpint(config_apply_line(c, "Station:seat0", "GraceSec", "10", &problem), ==, -EINVAL);

        for (unsigned i = 0; c->n_stations < CONFIG_STATIONS_MAX; i++) {
                g_autofree char *section = g_strdup_printf("Station:%u", i);

                apply(c, section, "1min", 0);
        }
        apply(c, "Station:one more", "1min", -EINVAL);
        g_assert_cmpuint(config_idle_log_off(c, "seat-1", "one more"), ==, USEC_PER_HOUR);
}

static void test_rate(void) {
        Rate r = {};
        unsigned noted = 0;

        for (unsigned i = 0; i < RATE_EACH_MAX; i++)
                g_assert_cmpuint(rate_note(&r, 1000, LEFT + i), ==, 0);
        g_assert_cmpuint(rate_note(&r, 1000, LEFT + USEC_PER_SEC), ==, RATE_EACH_MAX);

        /* Another user may, and the first one again after a minute. */
        g_assert_cmpuint(rate_note(&r, 1001, LEFT + USEC_PER_SEC), ==, 0);
        g_assert_cmpuint(rate_note(&r, 1000, LEFT + USEC_PER_MINUTE - 1), ==, RATE_EACH_MAX);
        g_assert_cmpuint(rate_note(&r, 1000, LEFT + USEC_PER_MINUTE), ==, 0);

        /* A thousand users have their limits too. */
        for (uid_t uid = 2000; uid < 3000; uid++)
                noted += rate_note(&r, uid, LEFT + 10 * USEC_PER_MINUTE) == 0;
        g_assert_cmpuint(noted, ==, RATE_ALL_MAX);
        g_assert_cmpuint(rate_note(&r, 3000, LEFT + 11 * USEC_PER_MINUTE), ==, 0);
}

int main(int argc, char *argv[]) {
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/idle/due", test_due);
        g_test_add_func("/idle/clock-is-set-back", test_clock_is_set_back);
        g_test_add_func("/idle/whom-it-concerns", test_whom_it_concerns);
        g_test_add_func("/idle/one-station", test_one_station);
        g_test_add_func("/rate/each-and-all", test_rate);
        return g_test_run();
}
