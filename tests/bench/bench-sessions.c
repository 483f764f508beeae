/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What usherd costs on a large PC, beside logind: that knows the same seats and sessions, is asked the same
 * questions by the same connection, in turns, in the same minute. The absolute figures are this machine's;
 * the ratios say something. HACKING.md says how to run it. */

#include <stdio.h>
#include <stdlib.h>

#include "machine.h"
#include "measure.h"

#define SEATS 40U
#define SESSIONS_PER_SEAT 3U
#define SESSIONS (SEATS * SESSIONS_PER_SEAT)

#define CALLS 500U
#define RUNS 100U
#define SNAPSHOTS 25U
#define LOG_OFFS 9U

typedef struct {
        guint64 usherd, logind;
} Cpu;

/* ---- the rows ---- */

static void bench_calls(Box *box) {
        g_auto(Samples) ours = {}, peer = {};

        samples_init(&ours);
        samples_init(&peer);
        for (guint i = 0; i < CALLS; i++) {
                g_autoptr(GVariant) stations = NULL, sessions = NULL;
                gint64 begin = g_get_monotonic_time();

                stations = machine_call(box, USHER, "ListStations", NULL);
                samples_add(&ours, begin);
                g_assert_cmpuint(machine_count(stations), ==, SEATS + 1);

                begin = g_get_monotonic_time();
                sessions = machine_call(box, LOGIND, "ListSessions", NULL);
                samples_add(&peer, begin);
                g_assert_cmpuint(machine_count(sessions), >=, SESSIONS);
        }

        table_row("ListStations, ListSessions: one call", samples_median(&ours) / 1000,
                        samples_median(&peer) / 1000, "ms");
        table_row("ListStations, ListSessions: the slowest of a hundred",
                        samples_percentile(&ours, 99) / 1000, samples_percentile(&peer, 99) / 1000, "ms");
}

/* A call that does nothing is the least that any call can cost. */
static void bench_floor(Box *box) {
        g_auto(Samples) list = {}, ping = {};

        samples_init(&list);
        samples_init(&ping);
        for (guint i = 0; i < CALLS; i++) {
                g_autoptr(GVariant) stations = NULL, nothing = NULL;
                gint64 begin = g_get_monotonic_time();

                stations = machine_call(box, USHER, "ListStations", NULL);
                samples_add(&list, begin);

                begin = g_get_monotonic_time();
                nothing = machine_call(
                                box, "org.usher1", "/org/usher1", "org.freedesktop.DBus.Peer", "Ping", NULL);
                samples_add(&ping, begin);
        }

        table_row("ListStations, Ping: both of usherd", samples_median(&list) / 1000,
                        samples_median(&ping) / 1000, "ms");
}

static void get_all(Box *box, const char *path, const char *interface) {
        g_autoptr(GVariant) properties = machine_call(box, "org.freedesktop.login1", path,
                        "org.freedesktop.DBus.Properties", "GetAll", g_variant_new("(s)", interface));

        g_assert_nonnull(properties);
}

/* All seats and sessions of logind with their properties, one after the other, as a client without a cache
 * would. */
static void get_all_of_logind(Box *box) {
        g_autoptr(GVariant) sessions = machine_call(box, LOGIND, "ListSessions", NULL);
        g_autoptr(GVariant) seats = machine_call(box, LOGIND, "ListSeats", NULL);
        g_autoptr(GVariantIter) of_sessions = NULL, of_seats = NULL;
        const char *path;

        g_variant_get(sessions, "(a(susso))", &of_sessions);
        while (g_variant_iter_next(of_sessions, "(&su&s&s&o)", NULL, NULL, NULL, NULL, &path))
                get_all(box, path, "org.freedesktop.login1.Session");
        g_variant_get(seats, "(a(so))", &of_seats);
        while (g_variant_iter_next(of_seats, "(&s&o)", NULL, &path))
                get_all(box, path, "org.freedesktop.login1.Seat");
}

static void bench_snapshot(Box *box) {
        g_auto(Samples) ours = {}, peer = {};

        samples_init(&ours);
        samples_init(&peer);
        for (guint i = 0; i < SNAPSHOTS; i++) {
                g_autoptr(GVariant) objects = NULL;
                gint64 begin = g_get_monotonic_time();

                objects = machine_call(box, "org.usher1", "/org/usher1",
                                "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", NULL);
                samples_add(&ours, begin);

                begin = g_get_monotonic_time();
                get_all_of_logind(box);
                samples_add(&peer, begin);
        }

        table_row("GetManagedObjects, the calls of logind for the same", samples_median(&ours) / 1000,
                        samples_median(&peer) / 1000, "ms");
}

static void run_program(const char *const *argv, Samples *s) {
        g_autoptr(GError) error = NULL;
        gint64 begin = g_get_monotonic_time();
        int status;

        g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                        NULL, NULL, NULL, &status, &error);
        samples_add(s, begin);
        g_assert_no_error(error);
        g_assert_cmpint(status, ==, 0);
}

static void bench_programs(void) {
        static const char *const usherctl[] = { "usherctl", "--no-pager", "list", NULL };
        static const char *const loginctl[] = { "loginctl", "--no-pager", "list-sessions", NULL };
        g_auto(Samples) ours = {}, peer = {};

        samples_init(&ours);
        samples_init(&peer);
        for (guint i = 0; i < RUNS; i++) {
                run_program(usherctl, &ours);
                run_program(loginctl, &peer);
        }

        table_row("usherctl list, loginctl list-sessions: one run", samples_median(&ours) / 1000,
                        samples_median(&peer) / 1000, "ms");
}

static void bench_memory(void) {
        Memory ours = service_memory(USHERD_SERVICE), peer = service_memory(LOGIND_SERVICE);

        table_row("memory (PSS)", (double) ours.pss, (double) peer.pss, "KiB");
        table_row("memory, heap and stack only", (double) ours.anonymous, (double) peer.anonymous, "KiB");
}

static GVariant *log_off_options(void) {
        GVariantBuilder b;

        g_variant_builder_init(&b, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&b, "{sv}", "grace", g_variant_new_uint32(600));
        return g_variant_new("(@a{sv})", g_variant_builder_end(&b));
}

/* Called off each time, so that it can be done again. */
static double measure_log_off_all(Box *box) {
        g_auto(Samples) samples = {};

        samples_init(&samples);
        for (guint i = 0; i < LOG_OFFS; i++) {
                g_autoptr(GVariant) options = g_variant_ref_sink(log_off_options()), jobs = NULL,
                                    cancelled = NULL;
                gint64 begin = g_get_monotonic_time();

                jobs = machine_call(box, USHER, "LogOffAll", options);
                samples_add(&samples, begin);
                g_assert_cmpuint(machine_count(jobs), ==, SESSIONS);

                cancelled = machine_call(box, USHER, "CancelAll", NULL);
                machine_wait_quiet(USHERD_SERVICE);
        }
        return samples_median(&samples);
}

/* Of a logind that nobody else asks anything. Also logs everybody off. */
static double measure_terminate(GPtrArray *sessions) {
        gint64 begin = g_get_monotonic_time();

        for (guint i = 0; i < sessions->len; i++) {
                g_autoptr(GError) error = NULL;

                (void) box_session_terminate(sessions->pdata[i], &error);
                g_assert_no_error(error);
        }
        return (double) (g_get_monotonic_time() - begin);
}

int main(int argc, char **argv) {
        g_autoptr(Box) box = NULL; /* freed last: it has the sessions */
        g_autoptr(GPtrArray) sessions = NULL, again = NULL;
        g_autoptr(GError) error = NULL;
        double log_off_all;
        Cpu before, with;
        guint64 alone;

        if (!box_inside()) {
                fputs("This runs in the box, with --seats 40: see HACKING.md.\n", stderr);
                return 77;
        }
        box = box_new(&error);
        g_assert_no_error(error);

        machine_wait_quiet(USHERD_SERVICE);
        before = (Cpu) { service_cpu(USHERD_SERVICE), service_cpu(LOGIND_SERVICE) };
        sessions = machine_open(box, SEATS, SESSIONS);
        machine_wait_quiet(USHERD_SERVICE);
        with = (Cpu) { service_cpu(USHERD_SERVICE) - before.usherd,
                service_cpu(LOGIND_SERVICE) - before.logind };
        machine_assert_open(sessions);

        printf("%u sessions on %u seats\n\n", SESSIONS, SEATS);
        table_head("usherd", "logind");
        bench_calls(box);
        bench_floor(box);
        bench_snapshot(box);
        bench_programs();
        bench_memory();
        table_row("CPU time while the sessions opened", (double) with.usherd / 1000,
                        (double) with.logind / 1000, "ms");

        /* And the same once more without usherd: what logind has to do for it is no work of logind's own. */
        log_off_all = measure_log_off_all(box);
        machine_systemctl("stop", USHERD_SERVICE);
        table_row("LogOffAll, TerminateSession for each: the replies", log_off_all / 1000,
                        measure_terminate(sessions) / 1000, "ms");
        machine_wait_empty(box);

        before.logind = service_cpu(LOGIND_SERVICE);
        again = machine_open(box, SEATS, SESSIONS);
        alone = service_cpu(LOGIND_SERVICE) - before.logind;
        machine_assert_open(again);

        putchar('\n');
        table_head("with", "without");
        table_row("logind's CPU time for the same, with usherd, without", (double) with.logind / 1000,
                        (double) alone / 1000, "ms");
        return EXIT_SUCCESS;
}
