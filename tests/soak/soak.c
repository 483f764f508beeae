/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* soak [--seed=N] [--seconds=N], in the box with 60 seats. It prints its seed; the same seed makes the same
 * choices again. For the first part of the time usherd and the bus are killed too; after that usherd has to
 * stay as small as it was. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"
#include "measure.h"
#include "soak.h"

#define SECONDS 600

/* The part of the time in which usherd is killed. */
#define ROUGH 0.6

/* What usherd may grow by in the rest of it. */
#define GROWTH_KIB 1024
#define GROWTH_FDS 4
#define GROWTH_UNITS 2

#define LOGINS_AT_ONCE 10

static void pause_a_moment(Soak *s) {
        gint64 until = g_get_monotonic_time() + g_rand_int_range(s->random, 50, 300) * 1000;

        do
                (void) g_main_context_iteration(NULL, FALSE);
        while (g_get_monotonic_time() < until && (g_usleep(5000), true));
}

static void fill(Soak *s) {
        guint n = soak_count(s);

        /* Some sat at a password prompt when logins were blocked. */
        if (s->mode == MODE_LEAVING && n > 0 && g_rand_int_range(s->random, 0, 30) == 0)
                soak_log_in(s, 1);
        if (s->mode == MODE_STATIONS && n < SOAK_SESSIONS)
                soak_log_in(s, MIN(SOAK_SESSIONS - n, LOGINS_AT_ONCE));
}

static void live(Soak *s, gint64 until) {
        while (g_get_monotonic_time() < until || s->mode != MODE_STATIONS) {
                soak_do_something(s);
                soak_follow_mode(s);
                judge_look(s);
                fill(s);
                pause_a_moment(s);
        }
}

/* ---- usherd's size ---- */

typedef struct {
        guint64 kib;
        guint fds, processes, units;
} Size;

static guint count_lines(const char *command) {
        g_autofree char *out = usher_output((const char *const[]) { "bash", "-c", command, NULL });

        return (guint) strtoul(out, NULL, 10);
}

/* A warner stays for a moment after its last job. */
static bool no_warner_runs(gpointer unused) {
        return count_lines("systemctl list-units --no-legend 'usher-warn@*' | wc -l") == 0;
}

/* With nothing to do, and everybody there. */
static Size measure(Soak *s) {
        g_autoptr(GVariant) cancelled = NULL;
        Size size;

        for (guint i = 0; i < s->sitters->len; i++)
                judge_unsure(s->sitters->pdata[i]);
        cancelled = usher_call(&s->usher, "CancelAll", NULL, NULL);
        g_assert_true(usher_wait_no_jobs(&s->usher));
        for (judge_look(s); soak_count(s) < SOAK_SESSIONS; judge_look(s))
                fill(s);
        g_assert_true(box_wait(no_warner_runs, NULL, 3 * BOX_TIMEOUT_MSEC));
        machine_wait_quiet(USHERD_SERVICE);

        size = (Size) {
                .kib = service_memory(USHERD_SERVICE).anonymous,
                .fds = count_lines("ls /proc/$(systemctl show --value -p MainPID usherd)/fd | wc -l"),
                .processes = count_lines("wc -l </sys/fs/cgroup/system.slice/usherd.service/cgroup.procs"),
                .units = count_lines("systemctl list-units --all --no-legend 'usher*' | wc -l"),
        };
        printf("# usherd: %" G_GUINT64_FORMAT
               " KiB of heap and stack, %u descriptors, %u processes, %u units\n",
                        size.kib, size.fds, size.processes, size.units);
        return size;
}

/* ---- the end ---- */

static int n_results, n_bad;

static const char *result(bool good) {
        n_results++;
        n_bad += !good;
        return good ? "ok" : "not ok";
}

static void report(guint n, const char *what) {
        const char *ok = result(n == 0);

        printf("%s %d - %u %s\n", ok, n_results, n, what);
}

static void report_size(guint64 before, guint64 after, guint growth, const char *what) {
        const char *ok = result(after <= before + growth);

        printf("%s %d - %s: %" G_GUINT64_FORMAT ", then %" G_GUINT64_FORMAT "\n", ok, n_results, what,
                        before, after);
}

static void finish(Soak *s) {
        soak_log_off_all(s, 60);
        (void) box_wait(judge_is_done, s, 600000);
        for (guint i = 0; i < s->sitters->len; i++)
                judge_blame(&s->verdict.forgotten, s->sitters->pdata[i], "it never ended");
        judge_read_journal(s);
}

int main(int argc, char *argv[]) {
        gint seed = (gint) (g_get_real_time() % 1000000), seconds = SECONDS;
        const GOptionEntry entries[] = {
                { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Make the choices of this seed", "N" },
                { "seconds", 0, 0, G_OPTION_ARG_INT, &seconds, "Go on for so long", "N" },
                {},
        };
        g_autoptr(GOptionContext) context = g_option_context_new(NULL);
        g_autoptr(GError) error = NULL;
        Size before, after;
        gint64 begin;
        Soak s = {};

        g_option_context_add_main_entries(context, entries, NULL);
        if (!g_option_context_parse(context, &argc, &argv, &error)) {
                fprintf(stderr, "%s\n", error->message);
                return 2;
        }

        setvbuf(stdout, NULL, _IOLBF, 0);
        printf("# --seed=%d --seconds=%d\n", seed, seconds);
        s.random = g_rand_new_with_seed((guint32) seed);
        soak_prepare(&s);
        while (soak_count(&s) < SOAK_SESSIONS)
                fill(&s);

        begin = g_get_monotonic_time();
        live(&s, begin + (gint64) (ROUGH * seconds * G_USEC_PER_SEC));
        s.gentle = true;
        before = measure(&s);
        live(&s, begin + seconds * G_USEC_PER_SEC);
        after = measure(&s);
        finish(&s);

        printf("# %u deeds, %u logins, %u failed, %u log-outs, %u ends, %u kills, %u faults, %u switches\n",
                        s.n_deeds, s.n_opened, s.n_failed_logins, s.n_logged_out, s.n_ended, s.n_kills,
                        s.n_faults, s.n_switches);
        report(s.verdict.wrong, "ended wrongly");
        report(s.verdict.early, "ended early");
        report(s.verdict.unwarned, "ended without a warning");
        report(s.verdict.forgotten, "forgotten");
        report(s.verdict.unrecorded, "not recorded");
        report(s.verdict.twice, "recorded twice");
        report(s.verdict.stuck, "switches stuck");
        report_size(before.kib, after.kib, GROWTH_KIB, "KiB of heap and stack");
        report_size(before.fds, after.fds, GROWTH_FDS, "descriptors");
        report_size(before.processes, after.processes, 0, "processes");
        report_size(before.units, after.units, GROWTH_UNITS, "units");
        printf("1..%d\n", n_results);
        return n_bad == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
