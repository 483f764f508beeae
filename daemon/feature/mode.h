/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The mode of the machine: whether each seat stands for itself or all of them are one. The truth is the
 * state of usher-console.service, which does the switching, so the mode outlives usherd. */

#include "core/feature.h"
#include "core/manager.h"

extern const Feature mode_feature;

Mode mode_current(Manager *m);

/* Whether a switch is under way, by usherd or by somebody who starts or stops the unit. */
bool mode_is_switching(Manager *m);
