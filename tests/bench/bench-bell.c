/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The cost of a bell: 180 sessions of 60 users on 60 seats are logged off by usherd, or ended by one
 * loginctl command while usherd is stopped, in turns. And the cost of a start of usherd among so many
 * sessions. Elapsed time depends on the load of the machine, the CPU time of everything in the box far
 * less. */

#include <stdio.h>
#include <stdlib.h>

#include "machine.h"
#include "measure.h"

#define SEATS 60U
#define SESSIONS_PER_SEAT 3U
#define SESSIONS (SEATS * SESSIONS_PER_SEAT)

#define ROUNDS_VARIABLE "USHER_BENCH_ROUNDS"
#define NO_START_VARIABLE "USHER_BENCH_NO_START"
#define ROUNDS 3U
#define STARTS 5U

#define GRACE_SEC 20U

/* A systemd service of about the same size, which also reads its state and takes a name on the bus. */
#define PEER_SERVICE "systemd-hostnamed.service"

#define CONFIGURATION "/etc/usher/usherd.conf"

typedef struct {
        Samples elapsed, cpu; /* microseconds */
} Cost;

static void cost_init(Cost *c) {
        samples_init(&c->elapsed);
        samples_init(&c->cpu);
}

/* Where CPU time goes: the whole box first. What system.slice has used beyond the others is that of the
 * warners. */
static const char *const groups[] = { "", "init.scope", "system.slice", "user.slice",
        "system.slice/dbus.service", "system.slice/" LOGIND_SERVICE, "system.slice/systemd-journald.service",
        "system.slice/" USHERD_SERVICE };

typedef struct {
        guint64 cpu[G_N_ELEMENTS(groups)];
        gint64 begin;
} Usage;

static guint64 read_group(gsize i) {
        bool stopped = g_str_has_suffix(groups[i], USHERD_SERVICE) &&
                        !g_file_test("/sys/fs/cgroup/system.slice/" USHERD_SERVICE, G_FILE_TEST_IS_DIR);

        return stopped ? 0 : group_cpu(groups[i]);
}

static Usage usage_begin(void) {
        Usage u;

        for (gsize i = 0; i < G_N_ELEMENTS(groups); i++)
                u.cpu[i] = read_group(i);
        u.begin = g_get_monotonic_time();
        return u;
}

static void usage_end(Usage *u, const char *what, gint64 elapsed, Cost *cost) {
        samples_add_value(&cost->elapsed, elapsed);
        samples_add_value(&cost->cpu, (gint64) (group_cpu("") - u->cpu[0]));

        printf("# %s: %.2f s, CPU", what, (double) elapsed / 1e6);
        for (gsize i = 0; i < G_N_ELEMENTS(groups); i++)
                printf(" %s %.2f s%s", groups[i][0] ? groups[i] : "all",
                                (double) (read_group(i) - u->cpu[i]) / 1e6,
                                i + 1 < G_N_ELEMENTS(groups) ? "," : "\n");
        (void) fflush(stdout);
}

/* Sessions end while the caller waits for it, and the time is that of the last signal. */
static BoxMonitor *watch_sessions(Box *box) {
        return box_monitor_new(box, "org.freedesktop.login1", NULL, NULL, "SessionRemoved");
}

static gint64 wait_for_the_last(BoxMonitor *removed, gint64 since) {
        g_assert_nonnull(box_monitor_wait(removed, NULL, SESSIONS, MACHINE_WAIT_MSEC));
        box_monitor_free(removed);
        return g_get_monotonic_time() - since;
}

static void configure(const char *text) {
        g_autoptr(GError) error = NULL;

        g_assert_cmpint(g_mkdir_with_parents("/etc/usher", 0755), ==, 0);
        g_file_set_contents(CONFIGURATION, text, -1, &error);
        g_assert_no_error(error);
        machine_systemctl("restart", USHERD_SERVICE);
}

static GPtrArray *open_all(Box *box) {
        GPtrArray *sessions = machine_open(box, SEATS, SESSIONS);

        machine_assert_open(sessions);
        return sessions;
}

static void measure_bell(Box *box, const char *configuration, guint grace, Cost *cost) {
        g_autoptr(GPtrArray) sessions = NULL;
        g_autoptr(GVariant) jobs = NULL;
        GVariantBuilder options;
        BoxMonitor *removed;
        Usage u;

        configure(configuration);
        sessions = open_all(box);
        machine_wait_quiet(USHERD_SERVICE);

        g_variant_builder_init(&options, G_VARIANT_TYPE("a{sv}"));
        g_variant_builder_add(&options, "{sv}", "grace", g_variant_new_uint32(grace));
        removed = watch_sessions(box);
        u = usage_begin();
        jobs = machine_call(
                        box, USHER, "LogOffAll", g_variant_new("(@a{sv})", g_variant_builder_end(&options)));
        g_assert_cmpuint(machine_count(jobs), ==, SESSIONS);
        usage_end(&u,
                        configuration[0]          ? "not asked" :
                                        grace > 0 ? "warned" :
                                                    "asked",
                        wait_for_the_last(removed, u.begin + grace * G_USEC_PER_SEC), cost);
        machine_wait_empty(box);
}

static void run_loginctl(GPtrArray *sessions, gsize from, gsize n) {
        g_autoptr(GPtrArray) argv = g_ptr_array_new();
        g_autoptr(GError) error = NULL;
        int status;

        g_ptr_array_add(argv, (gpointer) "loginctl");
        g_ptr_array_add(argv, (gpointer) "terminate-session");
        for (gsize i = from; i < from + n; i++)
                g_ptr_array_add(argv, ((BoxSession *) sessions->pdata[i])->id);
        g_ptr_array_add(argv, NULL);

        g_spawn_sync(NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                        &error);
        g_assert_no_error(error);
        g_assert_cmpint(status, ==, 0);
}

/* Each command ends |at_a_time| sessions. */
static void measure_loginctl(Box *box, const char *what, guint at_a_time, Cost *cost) {
        g_autoptr(GPtrArray) sessions = NULL;
        BoxMonitor *removed;
        Usage u;

        machine_systemctl("stop", USHERD_SERVICE);
        sessions = open_all(box);
        removed = watch_sessions(box);
        u = usage_begin();
        for (gsize i = 0; i < sessions->len; i += at_a_time)
                run_loginctl(sessions, i, at_a_time);
        usage_end(&u, what, wait_for_the_last(removed, u.begin), cost);
        machine_wait_empty(box);
}

/* A restart returns when the service reports that it is ready. */
static void measure_start(const char *service, Cost *cost) {
        gint64 elapsed;
        Usage u;

        machine_systemctl("stop", service);
        machine_wait_quiet(LOGIND_SERVICE);
        u = usage_begin();
        machine_systemctl("start", service);
        elapsed = g_get_monotonic_time() - u.begin;
        machine_wait_quiet(LOGIND_SERVICE);
        usage_end(&u, service, elapsed, cost);
}

static void measure_starts(Box *box, Cost *ours, Cost *peer) {
        g_autoptr(GPtrArray) sessions = NULL;

        configure("");
        sessions = open_all(box);
        for (guint i = 0; i < STARTS; i++) {
                measure_start(USHERD_SERVICE, ours);
                measure_start(PEER_SERVICE, peer);
        }
        g_clear_pointer(&sessions, g_ptr_array_unref);
        machine_wait_empty(box);
}

static void print_cost(const char *what, Cost *ours, Cost *peer) {
        g_autofree char *cpu = g_strdup_printf("  CPU of the machine, range %.2f to %.2f : %.2f to %.2f s",
                        samples_percentile(&ours->elapsed, 0) / 1e6,
                        samples_percentile(&ours->elapsed, 100) / 1e6,
                        samples_percentile(&peer->elapsed, 0) / 1e6,
                        samples_percentile(&peer->elapsed, 100) / 1e6);

        table_row(what, samples_median(&ours->elapsed) / 1e6, samples_median(&peer->elapsed) / 1e6, "s");
        table_row(cpu, samples_median(&ours->cpu) / 1e6, samples_median(&peer->cpu) / 1e6, "s");
}

int main(int argc, char **argv) {
        const char *variable = g_getenv(ROUNDS_VARIABLE);
        guint64 rounds = variable ? g_ascii_strtoull(variable, NULL, 10) : ROUNDS;
        Cost loginctl, loop, asked, not_asked, warned, start, start_peer;
        g_autoptr(Box) box = NULL;
        g_autoptr(GError) error = NULL;

        if (!box_inside()) {
                fputs("This runs in the box, with --seats 60: see HACKING.md.\n", stderr);
                return 77;
        }
        box = box_new(&error);
        g_assert_no_error(error);

        cost_init(&loginctl);
        cost_init(&loop);
        cost_init(&asked);
        cost_init(&not_asked);
        cost_init(&warned);
        cost_init(&start);
        cost_init(&start_peer);

        printf("%u sessions of %u users on %u seats, %u rounds, median\n\n", SESSIONS, SEATS, SEATS,
                        (guint) rounds);
        table_head("usherd", "peer");
        if (!g_getenv(NO_START_VARIABLE)) {
                measure_starts(box, &start, &start_peer);
                print_cost("start, " PEER_SERVICE "'s", &start, &start_peer);
        }
        if (rounds == 0)
                return EXIT_SUCCESS;

        for (guint64 i = 0; i < rounds; i++) {
                measure_bell(box, "", 0, &asked);
                measure_loginctl(box, "loginctl", SESSIONS, &loginctl);
                measure_bell(box, "[LogOff]\nAskSec=0\n", 0, &not_asked);
                measure_loginctl(box, "loginctl", SESSIONS, &loginctl);
                measure_loginctl(box, "loop of loginctl", 1, &loop);
                measure_bell(box, "", GRACE_SEC, &warned);
        }
        print_cost("LogOffAll without grace, one loginctl command", &asked, &loginctl);
        print_cost("LogOffAll without grace, a loop of loginctl", &asked, &loop);
        print_cost("LogOffAll without grace, AskSec=0, one loginctl command", &not_asked, &loginctl);
        print_cost("LogOffAll after the grace, one loginctl command", &warned, &loginctl);
        return EXIT_SUCCESS;
}
