/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The labels of the stations, kept on disk. */

#include "core/feature.h"
#include "core/manager.h"
#include "feature/label-file.h"

extern const Feature label_feature;

/* Whether this station can have that label. Returns 0, -EEXIST with the station that has it in ret_other,
 * -EINVAL with a sentence for the caller in ret_problem, or -ENOMEM. */
int label_check_for_station(Manager *m,
                const Station *s,
                const char *label,
                const Station **ret_other,
                const char **ret_problem);

/* Writes the label to disk first; on any error it has not changed: -ENOBUFS when there are LABELS_MAX, else
 * what labels_problem() explains. If the labels on disk could not be read so far, reads them now. The label
 * must be one that was checked; "" takes it away. */
int label_set(Manager *m, Station *s, const char *label);
