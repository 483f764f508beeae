/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The labels of the stations, in step with those on disk. */

#include "core/manager.h"

/* Makes a station, be it absent, for each label on disk. */
void station_labels_load(Manager *m);

/* Whether this station can have that label. Returns 0, -EEXIST with the station that has it in ret_other, or
 * -EINVAL with a sentence for the person who asked in ret_problem. */
int station_label_check(Manager *m,
                const Station *s,
                const char *label,
                const Station **ret_other,
                const char **ret_problem);

/* On disk first; on any error nothing has changed. -ENOBUFS when there are LABELS_MAX. The label must be one
 * that was checked. */
int station_label_set(Manager *m, Station *s, const char *label);
