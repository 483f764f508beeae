/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* The mode of the machine: each seat is a station, or all seats are merged into one. The mode follows the
 * state of usher-console.service, which makes the switch, so it survives a restart of usherd. */

#include "core/feature.h"
#include "core/manager.h"

extern const Feature mode_feature;

Mode mode_current(Manager *m);

/* Whether a switch is under way, by usherd or by somebody who starts or stops the unit. */
bool mode_is_switching(Manager *m);
