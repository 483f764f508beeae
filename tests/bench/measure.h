/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Tools of a benchmark: time samples and their median, the resources of a service, and a table that compares
 * each figure with a reference. */

#include <glib.h>

/* Durations, in microseconds. */
typedef struct {
        GArray *values;
} Samples;

void samples_init(Samples *s);
void samples_done(Samples *s);
void samples_add(Samples *s, gint64 begin);
void samples_add_value(Samples *s, gint64 value);
double samples_median(Samples *s);
double samples_percentile(Samples *s, guint percent); /* 0 is the least, 100 the most */

/* CPU time of a service and all its processes since its start, in microseconds. */
guint64 service_cpu(const char *service);

/* The same of a control group and all below it: "" is everything that runs in the box. */
guint64 group_cpu(const char *group);

typedef struct {
        guint64 pss;       /* in KiB: a page that n processes share counts one n-th */
        guint64 anonymous; /* the part of it that is heap and stack */
} Memory;

Memory service_memory(const char *service);

void table_head(const char *ours, const char *peer);
void table_row(const char *what, double ours, double peer, const char *unit);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Samples, samples_done)
