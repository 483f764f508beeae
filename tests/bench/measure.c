/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <stdio.h>
#include <string.h>

#include "measure.h"

void samples_init(Samples *s) {
        s->values = g_array_new(FALSE, FALSE, sizeof(gint64));
}

void samples_done(Samples *s) {
        g_clear_pointer(&s->values, g_array_unref);
}

void samples_add(Samples *s, gint64 begin) {
        samples_add_value(s, g_get_monotonic_time() - begin);
}

void samples_add_value(Samples *s, gint64 value) {
        g_array_append_val(s->values, value);
}

static gint compare(gconstpointer a, gconstpointer b) {
        gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

        return (x > y) - (x < y);
}

double samples_median(Samples *s) {
        g_assert_cmpuint(s->values->len, >, 0);
        g_array_sort(s->values, compare);
        return (double) g_array_index(s->values, gint64, s->values->len / 2);
}

double samples_percentile(Samples *s, guint percent) {
        (void) samples_median(s);
        return (double) g_array_index(s->values, gint64, (s->values->len - 1) * percent / 100);
}

/* The number after this word in a file of the kernel's. */
static guint64 read_field(const char *file, const char *field) {
        g_autofree char *text = NULL;
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) lines = NULL;

        g_file_get_contents(file, &text, NULL, &error);
        g_assert_no_error(error);

        lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++)
                if (g_str_has_prefix(*line, field))
                        return g_ascii_strtoull(g_strchug(*line + strlen(field)), NULL, 10);

        g_error("No %s in %s", field, file);
}

guint64 group_cpu(const char *group) {
        g_autofree char *file = g_strdup_printf("/sys/fs/cgroup/%s/cpu.stat", group);

        return read_field(file, "usage_usec ");
}

guint64 service_cpu(const char *service) {
        g_autofree char *group = g_strdup_printf("system.slice/%s", service);

        return group_cpu(group);
}

Memory service_memory(const char *service) {
        g_autofree char *group = g_strdup_printf("/sys/fs/cgroup/system.slice/%s/cgroup.procs", service);
        g_autofree char *processes = NULL;
        g_autoptr(GError) error = NULL;
        g_auto(GStrv) pids = NULL;
        Memory sum = {};

        g_file_get_contents(group, &processes, NULL, &error);
        g_assert_no_error(error);

        pids = g_strsplit(g_strchomp(processes), "\n", -1);
        for (char **pid = pids; *pid; pid++) {
                g_autofree char *file = g_strdup_printf("/proc/%s/smaps_rollup", *pid);

                sum.pss += read_field(file, "Pss:");
                sum.anonymous += read_field(file, "Pss_Anon:");
        }
        return sum;
}

void table_head(const char *ours, const char *peer) {
        printf("%-64s %10s %10s  %-4s %6s\n", "", ours, peer, "", "ratio");
}

void table_row(const char *what, double ours, double peer, const char *unit) {
        printf("%-64s %10.2f %10.2f  %-4s %6.2f\n", what, ours, peer, unit, ours / peer);
        (void) fflush(stdout);
}
