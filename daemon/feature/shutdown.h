/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Every shutdown of the machine, not only those that usherd begins. usher-shutdown.service holds a shutdown
 * up and has everybody warned. A shutdown that goes past it, by logind alone, is delayed by an inhibitor
 * lock for as long as logind allows, which is enough for a last warning. */

#include "core/feature.h"

extern const Feature shutdown_feature;
